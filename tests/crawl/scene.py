"""Two small offices and their regency in the middle of a year, each with something at every kind of address.

Every text of an office bears the office's mark, so that a page which shows it to somebody else is found by its words.
Besides the office's mark there are marks of what not everybody of the office may read: the secret letter, what a unit
wrote into its own request, stored passwords and the digests of tokens.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat

from himpun.api.actions import make_token, revoke_token, save_codes
from himpun.api.forms.codes import Code
from himpun.api.models import Token
from himpun.api.rules import READ_FIGURES, SCOPES
from himpun.archive.journal import SYSTEM, Author, act
from himpun.archive.seals import ROWS_WRITTEN
from himpun.budgets.actions import save_program
from himpun.cycles import actions
from himpun.cycles.deadlines.pauses import pause_cycle
from himpun.cycles.models import Schedule, ScheduleRun
from himpun.cycles.schedules import save_schedule
from himpun.cycles.steps import answers
from himpun.cycles.steps.draft import draft_of
from himpun.documents.actions import note_opened
from himpun.documents.models import Delivery, Mailing
from himpun.documents.work import render_waiting
from himpun.indicators.dictionary.scales import save_scale
from himpun.indicators.figures.importing import FigureRow, import_figures
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.figures import Figure, FigureImport
from himpun.indicators.models.requests import DataRequest
from himpun.indicators.recaps.corrections import ask_correction
from himpun.indicators.requests.evidence import attach_evidence
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.reviewing import lines_of
from himpun.letters.actions import Scan, register_letter, register_outgoing
from himpun.letters.contacts import save_contact
from himpun.letters.models import IssuedNumber
from himpun.letters.registers import reserve_numbers
from himpun.measure.scoring.bounds import Row
from himpun.notifications.models import Message, Outgoing
from himpun.notifications.spreading import spread_due
from himpun.offices.access import attempts, links
from himpun.offices.actions import days as offices
from himpun.offices.holdings.appointments import LetterFile, begin_holding
from himpun.offices.models.holdings import Holding, Leave
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import OneTimeLink, Person
from himpun.procedures import drafts
from himpun.procedures.models import ProcedureVersion
from tests.budgets.samples import give_budget
from tests.cast import MECHANISM, MONDAY, SOP, Cast, entrust, found_office, publish
from tests.cycles.scenery import collecting_of, mechanism_at, newcomer, sop_at
from tests.papers import pdf
from tests.procedures.cases import SMALL
from tests.reports.figures import define
from tests.reports.region_of_two import Regency, found_regency

TODAY = MONDAY.date()
UNITS = 4
PASSWORD_MARK = "zqsandi"
SEAL_MARK = "zqsegel"
"""What stands in the seal of a row alone: the journal's seals are shown to nobody."""
SECRET = "rahasia"
"""The mark of the secret letter, in `Side.marks`."""
APPOINTED, ATTEMPTS = "surat penugasan", "alamat percobaan masuk"
"""The marks of the letter of an appointment that waits, and of the address from which somebody tried to log in."""
DRAFT_FIGURE = "31415926"
"""What the second unit typed and has not sent."""


@dataclass
class Side:
    """One office with what stands at its addresses."""

    cast: Cast
    mark: str
    marks: dict[str, str] = field(default_factory=dict)
    at: dict[str, Any] = field(default_factory=dict)
    """Rows that a form needs in a certain state, by name."""

    @property
    def office(self) -> Office:
        return self.cast.office

    def unit_mark(self, no: int) -> str:
        return self.marks[f"unit {no}"]


@dataclass
class Scene:
    """Both offices, the regency above them, and every kind of person."""

    here: Side
    there: Side
    regency: Regency
    people: dict[str, Person | None] = field(default_factory=dict)
    programs: dict[str, str] = field(default_factory=dict)
    """Kind of program → the secret it sends."""

    def side_of(self, person: Person) -> list[Side]:
        """The offices where somebody holds a post today."""
        held = set(Holding.objects.on(TODAY).filter(person=person).values_list("post__office", flat=True))
        return [side for side in (self.here, self.there) if side.office.pk in held]

    def allowed(self, person: Person | None) -> set[str]:
        """The marks that somebody may read."""
        if person is None or not person.is_active:
            return set()
        found = set()
        for side in self.side_of(person):
            held = Holding.objects.on(TODAY).filter(person=person, post__office=side.office)
            roles, posts = (set(held.values_list(name, flat=True)) for name in ("post__role", "post"))
            found.add(side.mark)
            if roles & {"kepala", "sekretaris", "kasubbag-umum"}:
                found |= {side.marks[SECRET], side.marks[APPOINTED]}
            if roles & {"sekretaris", "kasubbag-umum"}:
                found.add(side.marks[ATTEMPTS])
            if (
                person == side.cast.units[0] or "kasubbag-perencanaan" in roles
            ):  # whose post it is, and who holds it now
                found.add(side.marks[APPOINTED])
            for no in range(1, UNITS + 1):
                if side.cast.post_of_unit(no - 1).pk in posts or roles - {"unit"}:
                    found.add(side.unit_mark(no))
        return found

    @property
    def every_mark(self) -> dict[str, str]:
        """Mark → what it is the mark of."""
        found = {PASSWORD_MARK: "kata sandi tersimpan", SEAL_MARK: "isi segel"}
        for side in (self.here, self.there):
            found[side.mark] = f"kantor {side.office.code}"
            found |= {mark: f"{what} di {side.office.code}" for what, mark in side.marks.items()}
        found |= dict.fromkeys(Token.objects.values_list("digest", flat=True), "sidik token API")
        return found | dict.fromkeys(OneTimeLink.objects.values_list("digest", flat=True), "sidik tautan sekali pakai")


def build() -> Scene:
    """Everything, on the Monday of the tests."""
    publish()
    here, there = _side("kec-satu", "zqmarka"), _side("dinas-dua", "zqmarkb")
    scene = Scene(here, there, found_regency(here.cast, there.cast))
    _people(scene)
    _live(here, whole=True)
    _live(there, whole=False)
    away = {"person": here.cast.units[-1], "since": TODAY, "until": TODAY + timedelta(days=5), "letter": "850/1"}
    Leave.objects.create(office=here.office, **away)
    _programs(scene)
    Person.objects.update(password=f"md5${PASSWORD_MARK}$x")
    render_waiting()
    return scene


def _side(code: str, mark: str) -> Side:
    side = Side(found_office(code, units=UNITS), mark)
    last = mark[-1]
    side.marks = {SECRET: f"zqsecret{last}", APPOINTED: f"zqpenugasan{last}", ATTEMPTS: f"zqalamat{last}"}
    side.marks |= {f"unit {no}": f"zqunit{last}{no}" for no in range(1, UNITS + 1)}
    define(side.cast, "IKU-09", frequency="bulanan", owner=side.cast.post_of_unit(1))
    define(side.cast, "IKU-77", year=2027, frequency="tahunan")
    Variable.objects.filter(indicator__office=side.office, indicator__code="IKU-77").update(unit="kali")
    office = Office.objects.filter(pk=side.office.pk)
    office.update(name=f"Kantor {mark}", address=f"Jalan {mark}", contact=f"Telepon {mark}")
    side.office.refresh_from_db()
    of_posts = {"post__office": side.office}
    _marked(Post.objects.filter(office=side.office), mark, "title")
    _marked(Person.objects.filter(pk__in=Holding.objects.filter(**of_posts).values("person")), mark, "name", "rank")
    _marked(Indicator.objects.filter(office=side.office), mark, "name", "sasaran", "definition", "source", "rationale")
    _marked(Variable.objects.filter(indicator__office=side.office), mark, "label")
    people = Person.objects.filter(pk__in=Holding.objects.filter(**of_posts).values("person"))
    people.update(email=Concat(F("username"), Value("@contoh.example")))
    return side


def _marked(rows: Any, mark: str, *names: str) -> None:
    rows.update(**{name: Concat(F(name), Value(f" {mark}")) for name in names})


# --- who ------------------------------------------------------------------------------------------------------------


def _people(scene: Scene) -> None:
    """Every kind of person; the last unit of `here` is held by somebody on leave."""
    here, there = scene.here.cast, scene.there.cast
    plh, former, inactive, both, none = (
        newcomer(name) for name in ("plh", "bekas", "nonaktif", "dua-kantor", "tanpa-jabatan")
    )
    entrust(plh, here.post("kasubbag-perencanaan"), since=TODAY, until=TODAY + timedelta(days=3), kind="Plh")
    entrust(former, here.post("kasubbag-umum"), since=date(2024, 6, 3), until=TODAY - timedelta(days=1))
    entrust(inactive, here.post("kasubbag-umum"), since=TODAY)
    Person.objects.filter(pk=inactive.pk).update(is_active=False)
    inactive.is_active = False
    entrust(both, there.post_of_unit(2), since=TODAY)
    entrust(both, here.post("kasubbag-umum"), since=TODAY)
    away = here.units[-1]
    scene.people = {
        "anonim": None,
        "kepala": here.kepala,
        "sekretaris": here.sekretaris,
        "kasubbag perencanaan": here.kasubbag,
        "kasubbag umum": here.umum,
        "analis": here.analis,
        "unit 1": here.units[0],
        "unit 2": here.units[1],
        "unit yang cuti": away,
        "Plh. kasubbag perencanaan": plh,
        "bekas kasubbag umum": former,
        "pegawai nonaktif": inactive,
        "pegawai tanpa jabatan": none,
        "pegawai dua kantor": both,
        "kepala dinas": there.kepala,
        "kasubbag umum dinas": there.umum,
        "unit dinas": there.units[0],
        "kabag kabupaten": scene.regency.supervisor,
    }


def _programs(scene: Scene) -> None:
    here, there = scene.here.cast, scene.there.cast
    for kind, cast, person, scopes in (
        ("program penuh", here, here.kasubbag, SCOPES),
        ("program unit", here, here.units[0], SCOPES),
        ("program baca angka", here, here.analis, [READ_FIGURES]),
        ("program dinas", there, there.kasubbag, SCOPES),
        ("program yang dicabut", here, here.analis, SCOPES),
        ("program kedaluwarsa", here, here.umum, SCOPES),
    ):
        token, scene.programs[kind] = make_token(person=person, office=cast.office, name=kind, scopes=scopes)
        if kind == "program yang dicabut":
            revoke_token(token=token, by=person)
        if kind == "program kedaluwarsa":
            ended = {"created": MONDAY - timedelta(days=9), "expires": MONDAY - timedelta(days=1)}
            Token.objects.filter(pk=token.pk).update(**ended)
    scene.programs["tanpa token"] = ""
    scene.programs["token karangan"] = "himpun_" + "x" * 43


# --- what there is --------------------------------------------------------------------------------------------------


def _live(side: Side, *, whole: bool) -> None:
    """What stands in an office; runs at every step only where forms are sent."""
    _letters(side)
    _runs(side, whole=whole)
    _open_requests(side)
    _figures(side)
    _settings(side)
    _waiting(side)
    _messages(side)


def _letters(side: Side) -> None:
    cast, mark, secret = side.cast, side.mark, side.marks[SECRET]
    side.at["letter"] = cast.letter(number=f"1/{mark}", sender=f"Bupati {mark}", subject=f"Hal {mark}", note=mark)
    fields = {
        "number": f"R-{secret}", "dated": date(2026, 10, 1), "received_on": TODAY, "sender": f"Bupati {secret}",
        "subject": f"Perihal {secret}", "attachment": secret, "note": secret, "nature": "rahasia",
    }  # fmt: skip
    scan = Scan("surat.pdf", pdf(secret))
    letter = register_letter(office=cast.office, fields=fields, by=cast.umum, scan=scan)
    run = actions.start_cycle(office=cast.office, key=SOP, period="2026-TW1", by=cast.umum, letter=letter)
    cast.decide(run, "disposisi", instructions=["proses"], note=f"Catatan {secret}")
    side.at |= {"secret letter": letter, "secret run": run}
    book = {"name": f"Kepala {mark}", "agency": f"Dinas {mark}", "channel": "Pos"}
    side.at["contact"] = save_contact(office=cast.office, fields=book, by=cast.umum)
    outgoing = {"dated": TODAY, "sender": f"Camat {mark}", "recipient": f"Bupati {mark}", "subject": f"Laporan {mark}"}
    register_outgoing(office=cast.office, kind="keluar", fields=outgoing, by=cast.umum)
    reserve_numbers(office=cast.office, register="surat-keluar", first=20, last=20, reason=f"Cap {mark}", by=cast.umum)
    side.at["reserved"] = IssuedNumber.objects.get(register__office=cast.office, state="dicadangkan")


def _runs(side: Side, *, whole: bool) -> None:
    """Runs of both procedures at the steps where a form of its own can be sent, or one that has begun and one that ended."""
    cast, mark = side.cast, side.mark
    steps = {1: "2026-TW4", 11: "2026-TW3"} | ({6: "2026-TW2", 9: "2026", 10: "2026-S1"} if whole else {})
    for step, period in sorted(steps.items()):
        side.at[f"sop {step}"] = sop_at(cast, step, period)
    for step, period in ((5, "2026-08"), (6, "2026-05")) if whole else ():
        side.at[f"mekanisme {step}"] = mechanism_at(cast, step, period)
    side.at["paused"] = actions.start_cycle(office=cast.office, key=MECHANISM, period="2026-06", by=cast.kasubbag)
    pause_cycle(cycle=side.at["paused"], reason=f"Menunggu {mark}", by=cast.kepala)
    for cycle in (side.at[name] for name in ("sop 10", "sop 11") if name in side.at):
        document = draft_of(cycle)
        assert document is not None
        sent = cycle is side.at["sop 11"]
        for name in ("Luar satu", "Luar dua"):
            Delivery.objects.create(
                document=document, recipient=f"{name} {mark}", method="Tautan", added_at=MONDAY,
                sent_at=MONDAY if sent else None,
            )  # fmt: skip
    side.at["unmailed"] = Delivery.objects.get(document=draft_of(side.at["sop 11"]), recipient__startswith="Luar satu")
    Mailing.objects.create(delivery=side.at["unmailed"], state="gagal", error=f"550 {mark}")
    opened = Delivery.objects.get(document=draft_of(side.at["sop 11"]), recipient__startswith="Luar dua")
    note_opened(delivery=opened, author=Author("", f"Ani {mark}"))


def _open_requests(side: Side) -> None:
    """A collection in which the first unit has answered, the second has filled in, and the third has done nothing."""
    cast = side.cast
    run = collecting_of(cast, "2026-07")
    requests = cast.requests(run)
    for no in (1, 2, 4):
        _write(cast, requests[no - 1], side.unit_mark(no), DRAFT_FIGURE if no == 2 else "7")
    answers.answer_request(request=requests[0], by=cast.holder(requests[0].unit))
    side.at |= {"collecting": run, "answered": requests[0], "filled": requests[1], "empty": requests[2]}


def _write(cast: Cast, request: DataRequest, mark: str, figure: str) -> None:
    who = cast.holder(request.unit)
    for line in lines_of(request):
        figures = {variable.pk: figure for variable in line.indicator.variables.all()}
        words = {"note": f"Catatan {mark}", "explanation": f"Karena {mark}"}
        save_line(line_id=line.pk, by=who, figures=figures, **words)
        if line.indicator.code == "IKU-09":
            continue
        attach_evidence(line_id=line.pk, name=f"bukti-{mark}.pdf", content=pdf(mark), by=who)


def _figures(side: Side) -> None:
    cast, mark = side.cast, side.mark
    frozen = Figure.objects.current().filter(office=cast.office, frozen=True).order_by("pk")
    first, second = list(frozen.filter(unit=cast.post_of_unit(0)))[:2]
    side.at["figure"] = first
    rows = [FigureRow(2, "IKU-01.penyebut", cast.post_of_unit(0).code, "2026-03", "9")]
    brought = import_figures(
        office=cast.office, rows=rows, name=f"impor-{mark}.csv", format="csv", content=mark.encode(), by=cast.analis
    )
    side.at["import"] = FigureImport.objects.get(pk=brought.import_id)
    side.at["correction"] = ask_correction(
        figure_id=second.pk, new="8", reason=f"Satu terlewat {mark}", evidence_name=f"koreksi-{mark}.pdf",
        evidence=pdf(mark), by=cast.units[0],
    )  # fmt: skip


def _settings(side: Side) -> None:
    cast, mark = side.cast, side.mark
    programs = give_budget(cast)
    for program in programs.values():
        type(program).objects.filter(pk=program.pk).update(name=f"{program.name} {mark}")
    side.at["programs"] = programs
    fields = {"code": "7.01.09", "name": "Kosong", "budget": "", "revised_budget": ""}
    side.at["empty program"] = save_program(office=cast.office, year=2026, fields=fields, by=cast.kasubbag)
    rows = [Row(f"Baik {mark}", "tinggi", "90", False, "", True), Row(f"Kurang {mark}", "rendah", "", True, "90", True)]
    side.at["scale"] = save_scale(
        office=cast.office,
        name=f"Skala {mark}",
        year=2026,
        rows=rows,
        scale=None,
        source=mark,
        reason="",
        by=cast.analis,
    )
    save_codes(office=cast.office, codes=[Code("dhis2", "unsur", f"X{mark}", "IKU-01.pembilang")], by=cast.analis)
    side.at["holiday"] = offices.add_holiday(
        office=cast.office, day=date(2026, 12, 21), name=f"Libur {mark}", source=mark, by=cast.umum
    )
    hours = {"name": f"Jam {mark}", "source": mark, "since": date(2026, 12, 1), "until": date(2026, 12, 4)}
    hours["hours"] = {"senin": "08.00-12.00"}
    side.at["hours"] = offices.add_special_hours(office=cast.office, fields=hours, by=cast.umum)
    leave = {"since": date(2026, 11, 2), "until": date(2026, 11, 4), "letter": f"850/{mark}"}
    side.at["leave"] = Leave.objects.create(person=cast.units[2], office=cast.office, **leave)
    side.at["holding"] = entrust(cast.units[1], cast.post_of_unit(2), since=date(2026, 11, 2), until=date(2026, 11, 4))
    side.at["schedule"] = _schedule(cast)
    side.at["procedure"] = _own_procedure(cast.office, mark)


def _own_procedure(office: Office, mark: str) -> ProcedureVersion:
    shared = ProcedureVersion.objects.filter(key=MECHANISM, office=None).latest("number")
    text = shared.text.replace('outcome = "', f'outcome = "{mark} ', 1)
    fields = {"key": MECHANISM, "name": shared.name, "number": 1, "text": text, "published_by": f"Orang {mark}"}
    fields |= {"sha256": hashlib.sha256(text.encode()).hexdigest(), "in_force_from": date(2027, 3, 1)}
    return ProcedureVersion.objects.create(office=office, published_at=MONDAY, **fields)


def _schedule(cast: Cast) -> Schedule:
    fields = {
        "key": MECHANISM, "kind": "bulan", "workday": 1, "at": time(8), "deadline_days": None,
        "deadline_in": "kalender", "active_from": TODAY,
    }  # fmt: skip
    schedule = save_schedule(office=cast.office, fields=fields, by=cast.kasubbag)
    ScheduleRun.objects.create(
        schedule=schedule, period="2026-04", planned_at=MONDAY, at=MONDAY, state="gagal", reason="Belum ada pemangku"
    )
    return schedule


def _waiting(side: Side) -> None:
    """What waits for somebody's word: an appointment, a draft of an SOP, a one-time link; and tries to log in."""
    cast, mark = side.cast, side.mark
    terms = {"kind": "Plh", "since": date(2026, 12, 1), "until": date(2026, 12, 4), "letter": f"800/{mark}"}
    letter = LetterFile(pdf(side.marks[APPOINTED]))
    post = cast.post("kasubbag-perencanaan")
    side.at["appointment"] = begin_holding(post=post, person=cast.units[0], by=cast.umum, file=letter, **terms)
    text = SMALL.replace('key = "kecil"', 'key = "naskah"').replace("Prosedur Kecil", f"Naskah {mark}")
    side.at["draft"] = drafts.submit(text=text, office=cast.office, in_force_from=date(2027, 1, 1), by=cast.kasubbag)
    side.at["link"] = links.give_link(cast.units[2], MONDAY)
    attempts.note(cast.units[1].username, side.marks[ATTEMPTS], passed=False)
    with act(cast.office.code, at=MONDAY, author=SYSTEM) as turn:
        turn.record(ROWS_WRITTEN, f"office:{cast.office.code}", {"summary": "1 baris", "rows": [{"isi": SEAL_MARK}]})


def _messages(side: Side) -> None:
    spread_due()
    message = Message.objects.filter(post=side.cast.post("kasubbag-umum")).first()
    assert message is not None
    copy = {"person": side.cast.umum, "channel": "uji", "address": f"{side.mark}@contoh.example"}
    side.at["outgoing"] = Outgoing.objects.create(message=message, state="gagal", error="tidak terkirim", **copy)
