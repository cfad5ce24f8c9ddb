"""The ten steps and the mechanism, act by act, at working times, through the same actions as the pages.

`Walk` holds the office's clock: every act begins so many working minutes after the one before, and the background
work it leaves (rendering) is done at once, by the same worker that does it for an office.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from himpun import clock
from himpun.archive.journal import Author
from himpun.commands.tour.acts import Acts
from himpun.commands.tour.paper import sample_pdf
from himpun.commands.tour.story import LETTER, PERIOD, RETURN_REASON, STORIES, Answer, Story
from himpun.cycles import actions
from himpun.cycles.models import Cycle
from himpun.cycles.steps import answers as collecting
from himpun.cycles.steps import drafting
from himpun.documents.actions import note_opened
from himpun.documents.models import Delivery
from himpun.indicators.models.requests import DataRequest
from himpun.indicators.requests.evidence import attach_evidence
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.reviewing import lines_of
from himpun.jobs.worker import work_off
from himpun.letters.actions import Scan, register_letter
from himpun.letters.models import Letter
from himpun.offices import worktime
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person

BEGINNING = datetime(2026, 10, 5, 8, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
"""Monday, the first working day after the quarter has ended (and a weekend)."""
SOP = "pengumpulan-data-kinerja"


class Walk(Acts):
    """One office, its clock, and the acts of its people."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.story: Story = STORIES[office.code]
        self.calendar, _ = calendar_of(office.pk, office.calendar_stamp)
        self.now = BEGINNING

    @contextmanager
    def after(self, *, days: int = 0, hours: int = 0, minutes: int = 0) -> Iterator[None]:
        """Act so much working time later; then the background work is done."""
        self.now = worktime.due(self.calendar, self.now, worktime.Amount(days, 60 * hours + minutes))
        with clock.held_at(self.now):
            yield
            work_off()

    # --- the walk ----------------------------------------------------------------------------------------------------

    def whole(self) -> Cycle:
        """From the letter to the renewed receipt."""
        cycle = self.begin()
        self.disposition(cycle)
        self.mechanism(self.child(cycle))
        self.first_draft(cycle)
        self.returned_once(cycle)
        self.signed_and_distributed(cycle)
        self.received(cycle)
        return cycle

    def begin(self) -> Cycle:
        """The letter is registered and the SOP started from it."""
        with self.after(minutes=5):
            letter = self.register()
        with self.after(minutes=10):
            return actions.start_cycle(
                office=self.office, key=SOP, period=PERIOD, by=self.by_role("kasubbag-umum"), letter=letter
            )

    def register(self) -> Letter:
        lines = ["SURAT CONTOH (rekaan)", LETTER["sender"], f"Nomor {LETTER['number']}", f"Hal: {LETTER['subject']}"]
        scan = Scan("surat-masuk.pdf", sample_pdf(lines))
        fields = {**LETTER, "dated": date(2026, 10, 1), "received_on": self.now.date()}
        return register_letter(office=self.office, fields=fields, by=self.by_role("kasubbag-umum"), scan=scan)

    def disposition(self, cycle: Cycle) -> None:
        """Steps 1 and 2; the second starts step 3 and with it the mechanism."""
        also = self.post("kasubbag-perencanaan").pk
        with self.after(hours=2):
            self.decide(
                cycle,
                "disposisi",
                instructions=["proses", "koordinasi"],
                note="Segera ditindaklanjuti, laporkan hasilnya.",
                to=[also],
            )
        with self.after(hours=3, minutes=30):
            self.decide(
                cycle, "perintahkan", instructions=["siapkan"], note="Siapkan bahan dari semua unit.", to=[also]
            )

    def mechanism(self, child: Cycle) -> None:
        """The six steps of the mechanism, within step 3."""
        with self.after(minutes=4):
            self.decide(child, "perintahkan")
        with self.after(minutes=4):
            self.decide(child, "sampaikan")
        with self.after(minutes=8):
            self.decide(child, "sampaikan")
        self.answers(child)
        with self.after(minutes=20):
            self.decide(child, "sampaikan")
        with self.after(minutes=75):
            self.decide(child, "bekukan")
        self.analyses(child)
        with self.after(minutes=60):
            self.decide(child, "selesai")

    def answers(self, child: Cycle) -> None:
        """Every unit answers in time but one, which answers after the deadline."""
        for request in sorted(self.waiting(child), key=lambda request: request.unit.code == self.story.late):
            late = request.unit.code == self.story.late
            with self.after(hours=6 if late else 0, minutes=35):
                self.answer(request)

    def answer(self, request: DataRequest) -> None:
        who = self.person(request.unit)
        for line in lines_of(request):
            given = self.story.answers[line.indicator.code]
            variables = {variable.name: variable for variable in line.indicator.variables.all()}
            figures = {variables[name].pk: figure for name, figure in given.figures.items()}
            save_line(
                line_id=line.pk,
                by=who,
                figures=figures,
                note=given.note,
                nihil=bool(given.nihil),
                nihil_reason=given.nihil,
            )
            if not given.nihil:
                self.attach(line.pk, line.indicator.code, line.indicator.name, given, who)
        collecting.answer_request(request=request, by=who)

    def attach(self, line_id: int, code: str, name: str, given: Answer, who: Person) -> None:
        lines = [
            "BUKTI DUKUNG CONTOH (rekaan)",
            f"{code} {name}",
            *(f"{key} = {figure}" for key, figure in given.figures.items()),
        ]
        attach_evidence(
            line_id=line_id,
            name=f"bukti-{code.lower()}.pdf",
            content=sample_pdf(lines),
            by=who,
        )

    def analyses(self, child: Cycle) -> None:
        """Cause and follow-up where a target was missed."""
        with self.after(minutes=75):
            for line in self.recapped(child):
                if analysis := self.story.analyses.get(line.frozen["kode"]):
                    self.analyse_line(line, child, cause=analysis.cause, follow_up=analysis.follow_up)

    def first_draft(self, cycle: Cycle) -> None:
        """Steps 3, 4 and 5: the material becomes a draft, and its reader a second version of it."""
        with self.after(minutes=25):
            self.decide(cycle, "sampaikan")
        with self.after(days=1, hours=1):
            self.decide(cycle, "terima")
        with self.after(hours=3):
            self.revise(cycle, self.story.analysis_text, "melengkapi analisis capaian")
        with self.after(hours=2):
            self.decide(cycle, "sudah baik")

    def returned_once(self, cycle: Cycle) -> None:
        """Steps 7 and 8, back to 6 with a reason, and 7 and 8 again on the new version."""
        with self.after(hours=2):
            self.approve(cycle, "paraf")
        with self.after(days=1, minutes=20):
            self.decide(cycle, "perbaiki naskah", reason=RETURN_REASON)
        with self.after(hours=2):
            self.revise(cycle, self.story.revised_text, "menambah tindak lanjut dan jadwalnya")
        with self.after(minutes=15):
            self.decide(cycle, "selesai")
        with self.after(minutes=45):
            self.approve(cycle, "paraf")
        with self.after(hours=3):
            self.approve(cycle, "paraf")

    def signed_and_distributed(self, cycle: Cycle) -> None:
        """Steps 9 and 10."""
        with self.after(hours=4):
            self.approve(cycle, "tanda tangan")
        with self.after(minutes=10):
            drafting.add_recipient(
                cycle=cycle,
                recipient="Inspektorat Kabupaten Contoh",
                post=None,
                method="Tautan",
                by=self.by_role("analis"),
            )
        with self.after(minutes=5):
            self.decide(cycle, "selesai")

    def received(self, cycle: Cycle) -> None:
        """All but the last recipient open it, in the office and by link; then the receipt is renewed."""
        for delivery in list(self.draft(cycle).deliveries.select_related("post", "document__office"))[:-1]:
            with self.after(hours=1, minutes=25):
                note_opened(delivery=delivery, author=self.opener(delivery))
        with self.after(days=1):
            drafting.renew_receipt(cycle=cycle, by=self.by_role("analis"))

    def opener(self, delivery: Delivery) -> Author:
        """Who opens a delivered copy: the holder of the post, or whoever has the link."""
        return self.holding(delivery.post).author if delivery.post else Author("", "Pemegang tautan")
