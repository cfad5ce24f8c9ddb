"""One cast of people everywhere: the two sample offices, a small one for quick tests, and short names for who is who.

Kecamatan Contoh: camat, sekcam, kasubbag (perencanaan), umum (kasubbag umum), analis, five kasi.
Dinas Contoh: kadis and the rest. Kecamatan Kecil: the same roles, as many units as a test asks for, one indicator each.
Nobody of one office may see anything of the other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from himpun import clock
from himpun.archive.journal import SYSTEM, act
from himpun.commands.load_office import load
from himpun.commands.setup import publish_own_procedures
from himpun.commands.tour.acts import Acts
from himpun.cycles import actions
from himpun.cycles.models import Cycle
from himpun.cycles.steps import answers
from himpun.documents.work import ensure_issued, ensure_rendered
from himpun.folders.reading import read_office
from himpun.indicators.models.dictionary import Indicator, Target, Variable
from himpun.indicators.models.requests import DataRequest
from himpun.indicators.requests.evidence import attach_evidence
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.frozen import frozen_in
from himpun.indicators.requests.reviewing import lines_of
from himpun.letters.actions import register_letter
from himpun.letters.models import Letter
from himpun.measure.periods import Frequency
from himpun.offices.holdings.appointments import LetterFile, begin_holding
from himpun.offices.holdings.awaiting import awaited
from himpun.offices.holdings.consenting import consent, consent_from_console
from himpun.offices.kinds import seed_kinds
from himpun.offices.models.holdings import Appointment, Holding
from himpun.offices.models.offices import UNIT, Office, Post
from himpun.offices.models.people import Person
from himpun.procedures import drafts
from himpun.procedures.models import ProcedureVersion
from tests.papers import pdf
from tests.scenes import scene

WIB = ZoneInfo("Asia/Jakarta")
MONDAY = datetime(2026, 10, 5, 8, 0, tzinfo=WIB)
"""The first Monday after the third quarter: when most tests begin."""
SOP, MECHANISM = "pengumpulan-data-kinerja", "permintaan-data"
PERIOD = "2026-TW3"


@dataclass
class Cast(Acts):
    """The people of one office by role, and the acts they do in the tests. Long walks are scenes (tests/scenes.py)."""

    office: Office

    def holder(self, post: Post) -> Person:
        """Who holds a post, definitif."""
        return Holding.objects.filter(post=post, kind="definitif").select_related("person").latest("since").person

    person = holder

    @cached_property
    def kepala(self) -> Person:
        return self.by_role("kepala")

    @cached_property
    def sekretaris(self) -> Person:
        return self.by_role("sekretaris")

    @cached_property
    def kasubbag(self) -> Person:
        return self.by_role("kasubbag-perencanaan")

    @cached_property
    def umum(self) -> Person:
        return self.by_role("kasubbag-umum")

    @cached_property
    def analis(self) -> Person:
        return self.by_role("analis")

    @cached_property
    def units(self) -> list[Person]:
        return [self.holder(post) for post in Post.objects.filter(office=self.office, role=UNIT)]

    def letter(self, **fields: Any) -> Letter:
        """A letter from the regency, in the agenda."""
        given = {
            "number": "000.7/123/ORG/2026",
            "dated": date(2026, 10, 1),
            "received_on": date(2026, 10, 5),
            "sender": "Bupati Contoh",
            "subject": "Permintaan data kinerja triwulan III",
        }
        return register_letter(office=self.office, fields={**given, **fields}, by=self.umum)

    def start(self, key: str = SOP, period: str = PERIOD) -> Cycle:
        """A cycle just begun, from a letter."""
        return actions.start_cycle(office=self.office, key=key, period=period, by=self.umum, letter=self.letter())

    def post_of_unit(self, no: int) -> Post:
        """The post of a unit, counted from 0."""
        return Post.objects.filter(office=self.office, role=UNIT).order_by("order")[no]

    def requests(self, child: Cycle) -> list[DataRequest]:
        """What the units are asked in a run of the mechanism, in the order of the units."""
        return list(
            DataRequest.objects.filter(origin=child.subject).select_related("unit", "office").order_by("unit__order")
        )

    @scene
    def to_step_3(self) -> Cycle:
        """A cycle whose mechanism has just begun."""
        cycle = self.start()
        self.decide(cycle, "disposisi", instructions=["proses"], note="Segera ditindaklanjuti")
        self.decide(cycle, "perintahkan", instructions=["siapkan"])
        return cycle

    @scene
    def to_collecting(self, child: Cycle) -> None:
        """The mechanism up to the step that awaits the units."""
        self.decide(child, "perintahkan")
        self.decide(child, "sampaikan")
        self.decide(child, "sampaikan")

    def fill(self, request: DataRequest, *, by: Person | None = None) -> None:
        """Fill in every figure of a request plausibly, as its unit would, without sending it; what is frozen stays."""
        who = by or self.holder(request.unit)
        lines = list(lines_of(request))
        frozen = frozen_in(lines)
        for line in lines:
            figures = {
                variable.pk: self.figure(line.indicator, variable)
                for variable in line.indicator.variables.all()
                if (line.pk, variable.pk) not in frozen
            }
            save_line(
                line_id=line.pk, by=who, figures=figures, note="Sesuai laporan", explanation="Sudah dicocokkan ulang"
            )
            if line.indicator.evidence_required and not line.evidence.all():
                attach_evidence(line_id=line.pk, name="bukti.pdf", content=pdf("contoh"), by=who)

    @staticmethod
    def figure(indicator: Indicator, variable: Variable) -> str:
        if indicator.polarity == "predikat":
            return "B"
        return {"pembilang": "7", "penyebut": "9"}.get(variable.kind, "80" if variable.only_whole else "80,5")

    def answer(self, request: DataRequest) -> None:
        """Fill in and send."""
        self.fill(request)
        answers.answer_request(request=request, by=self.holder(request.unit))

    def answer_all(self, child: Cycle) -> None:
        """Every unit answers."""
        for request in self.waiting(child):
            self.answer(request)

    def analyse(self, child: Cycle) -> None:
        """Cause and follow-up for every indicator of the recap."""
        for line in self.recapped(child):
            self.analyse_line(line, child, cause="Data belum lengkap", follow_up="Dilengkapi")

    @scene
    def run_mechanism(self, child: Cycle) -> None:
        """The mechanism from its beginning to its end."""
        self.to_collecting(child)
        self.answer_all(child)
        self.decide(child, "sampaikan")
        self.decide(child, "bekukan")
        self.analyse(child)
        self.decide(child, "selesai")

    @scene
    def to_step_4(self) -> Cycle:
        """A cycle whose material was delivered."""
        cycle = self.to_step_3()
        self.deliver(cycle)
        return cycle

    def deliver(self, cycle: Cycle) -> None:
        """Step 3: the mechanism it runs, and the material delivered."""
        self.run_mechanism(self.child(cycle))
        self.decide(cycle, "sampaikan")

    def sha(self, cycle: Cycle) -> str:
        """The SHA-256 of the newest draft, rendered."""
        return ensure_rendered(self.draft(cycle).latest)

    def paraf(self, cycle: Cycle) -> None:
        self.approve(cycle, "paraf")

    @scene
    def to_signing(self) -> Cycle:
        """A cycle parafed twice, waiting for the signature."""
        cycle = self.to_step_4()
        self.decide(cycle, "terima")
        self.decide(cycle, "sudah baik")
        self.paraf(cycle)
        self.paraf(cycle)
        return cycle

    def sign(self, cycle: Cycle) -> None:
        self.approve(cycle, "tanda tangan")
        self.issue(cycle)

    def issue(self, cycle: Cycle) -> None:
        """The signed document made, as the worker would."""
        ensure_issued(self.draft(cycle).latest)

    @scene
    def finish(self) -> Cycle:
        """A whole cycle, signed, distributed and archived."""
        cycle = self.to_signing()
        self.sign(cycle)
        self.decide(cycle, "selesai")
        cycle.refresh_from_db()
        return cycle


SMALL_ROLES = {
    "kepala": "Camat",
    "sekretaris": "Sekretaris Camat",
    "kasubbag-perencanaan": "Kasubbag Perencanaan dan Keuangan",
    "analis": "Analis Perencanaan Evaluasi dan Pelaporan",
    "kasubbag-umum": "Kasubbag Umum dan Kepegawaian",
}


def found_office(code: str = "kec-kecil", *, units: int = 2) -> Cast:
    """A small office, written straight to the database: the five roles, and `units` units with an indicator each.

    The first unit's indicator needs evidence. Everybody's user name is "<office>.<role or unit number>". The rows are
    sealed in a chain of the tests' own, so that the office's begins with its first act.
    """
    with act("pengujian", at=MONDAY, author=SYSTEM):
        return _found(code, units)


def _found(code: str, units: int) -> Cast:
    seed_kinds()
    office = Office.objects.create(
        code=code,
        name=f"Kecamatan {code}",
        kind_id="kecamatan",
        government="PEMERINTAH KABUPATEN CONTOH",
        city="Contoh",
    )
    rows = [*SMALL_ROLES.items(), *((UNIT, f"Kepala Seksi {no}") for no in range(1, units + 1))]
    posts = Post.objects.bulk_create(
        Post(office=office, code=f"jabatan-{no}", title=title, role=role, unit_code=f"U{no}", order=no)
        for no, (role, title) in enumerate(rows, 1)
    )
    people = Person.objects.bulk_create(
        Person(username=f"{code}.{post.code}", name=f"Orang {post.title}", nip=f"{post.order:018}", home=office)
        for post in posts
    )
    Holding.objects.bulk_create(
        Holding(post=post, person=person, since=date(2025, 1, 2)) for post, person in zip(posts, people, strict=True)
    )
    _give_indicators([post for post in posts if post.role == UNIT])
    return Cast(office)


def _give_indicators(units: list[Post]) -> None:
    indicators = Indicator.objects.bulk_create(
        Indicator(
            office=post.office,
            code=f"IKU-{no:02}",
            name=f"Persentase layanan {post.title}",
            year=2026,
            sasaran="Meningkatnya layanan",
            unit="%",
            owner=post,
            frequency=Frequency.MONTHLY,
            evidence_required=no == 1,
            order=no,
        )
        for no, post in enumerate(units, 1)
    )
    for indicator in indicators:
        Target.objects.create(indicator=indicator, period=PERIOD, value="80")
        for order, kind in enumerate(("pembilang", "penyebut"), 1):
            Variable.objects.create(indicator=indicator, name=kind, label=f"Jumlah {kind}", kind=kind, order=order)


SCAN = LetterFile(pdf("surat perintah"))
"""The scan of a letter, where a holding needs one."""


def confirmed(appointment: Appointment) -> Appointment:
    """Let others give what an appointment waits for: whoever may, else the administrator."""
    while appointment.state == Appointment.State.WAITING:
        able = awaited([appointment], clock.today())[appointment.pk]
        if (by := next((row.person for row in (*able.accepting, *able.confirming)), None)) is None:
            return consent_from_console(appointment=appointment)
        appointment = consent(appointment=appointment, by=by)
    return appointment


def appointed(**fields: Any) -> Holding:
    """Record a holding (as `begin_holding` takes it) with its letter, and let others confirm it where that is needed."""
    holding = confirmed(begin_holding(**{"file": SCAN, **fields})).holding
    assert holding is not None
    return holding


@contextmanager
def by_hand() -> Iterator[None]:
    """Rows that a test writes straight to the database, sealed as an act would seal them."""
    with act("pengujian", at=clock.now(), author=SYSTEM):
        yield


def entrust(person: Person, post: Post, *, since: date, until: date | None = None, kind: str = "Plt") -> Holding:
    """Let somebody hold a post besides its holder: a Plt unless said otherwise."""
    return Holding.objects.create(post=post, person=person, kind=kind, since=since, until=until)


@contextmanager
def later(**passed: float) -> Iterator[datetime]:
    """Some time after the present moment of the test: `later(minutes=5)`, `later(days=1)`."""
    moment = clock.now() + timedelta(**passed)
    with clock.held_at(moment):
        yield moment


def load_cast(folder: str) -> Cast:
    """Load a sample office and give its cast."""
    return Cast(load(read_office(f"examples/{folder}")))


def load_casts(*folders: str) -> dict[str, Cast]:
    """Both procedures published and sample offices loaded; their casts by folder."""
    publish()
    return {folder: load_cast(folder) for folder in folders}


def small_office() -> Cast:
    """The small office under both procedures, which are published unless they are already."""
    if not ProcedureVersion.objects.exists():
        publish()
    return found_office()


def publish_own(cast: Cast, text: str, in_force_from: date, *, by: Person | None = None) -> ProcedureVersion:
    """An office's own version: written by the Kasubbag Perencanaan unless said otherwise, approved by whoever must."""
    draft = drafts.submit(text=text, office=cast.office, in_force_from=in_force_from, by=by or cast.kasubbag)
    while level := draft.next_level:
        draft = drafts.approve(draft=draft, sha256=draft.sha256, revision=1, by=cast.by_role(level.role))
    assert draft.version is not None
    return draft.version


def publish() -> None:
    """Publish both procedures."""
    publish_own_procedures()
