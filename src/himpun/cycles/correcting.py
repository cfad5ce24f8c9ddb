"""Issuing a document anew after figures of it were corrected: a run of its own, with its own approvals and number.

The signed document stays as it is. The run begins where the procedure mends the document, with the same answers frozen
once more and the corrections in them, and goes on through every paraf and the signature (decision 0025).
"""

from dataclasses import dataclass

from himpun import clock, moments
from himpun.archive.journal import act
from himpun.cycles.actions import begin
from himpun.cycles.models import Cycle
from himpun.cycles.steps.draft import draft_of, gathered, write_draft
from himpun.cycles.steps.papers.performance import corrected_narrative
from himpun.documents.models import Approval, Document
from himpun.documents.parts import local
from himpun.errors import Conflict
from himpun.indicators.models.figures import Correction
from himpun.indicators.models.recaps import Recap
from himpun.indicators.recaps.corrections import corrections_after
from himpun.indicators.recaps.freezing import freeze_corrected
from himpun.offices.acting import acting_in
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_START_CYCLES


class NothingToCorrect(Conflict):
    """The run has no signed document that corrections made untrue, or a newer one has it."""

    code = "tidak-ada-yang-diperbaiki"

    def __init__(self) -> None:
        super().__init__(
            "Dokumen perbaikan hanya diterbitkan untuk dokumen terakhir yang ditandatangani pada suatu periode, bila ada angkanya "
            "yang dikoreksi sesudah dibekukan dan perbaikannya belum disusun."
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """How a run's signed document stands to the corrections made since its figures were frozen.

    `anew` is the run that issues it anew, if there is one; `due` says that one may be begun.
    """

    cycle: Cycle
    document: Document | None
    recap: Recap | None
    corrections: list[Correction]
    anew: Cycle | None = None

    @property
    def due(self) -> bool:
        """Whether a corrected document can be issued now: the run has ended and nobody has begun it."""
        ended = self.cycle.state == Cycle.State.ENDED
        return bool(ended and self.document and self.corrections and self.anew is None)


def standing_of(cycle: Cycle) -> Standing:
    """Of the run that issues the document: for a mechanism that a step of it ran, that one."""
    if cycle.parent:
        cycle = Cycle.objects.select_related("office", "procedure", "letter").get(pk=cycle.parent.cycle_id)
    document, recap = draft_of(cycle), gathered(cycle)
    signed = document if document and document.official else None
    corrections = corrections_after(recap) if recap else []
    return Standing(cycle, signed, recap, corrections, _later_run(cycle))


def _later_run(cycle: Cycle) -> Cycle | None:
    """The newest run of the same procedure and period that came after this one and was not cancelled."""
    later = Cycle.objects.filter(office=cycle.office_id, key=cycle.key, period=cycle.period, round__gt=cycle.round)
    return later.exclude(state=Cycle.State.CANCELLED).order_by("-round").first()


def issue_corrected(*, cycle: Cycle, by: Person) -> Cycle:
    """Begin to issue a document anew. Raises HoldsNoPost, NothingToCorrect, AlreadyRunning, RoleEmpty or WritesNothing."""
    office = cycle.office
    actor = acting_in(by, office.pk, roles=MAY_START_CYCLES, to="menerbitkan dokumen perbaikan")
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        found = standing_of(cycle)
        if not found.due or found.document is None or found.recap is None:
            raise NothingToCorrect
        made = begin(
            turn,
            office=office,
            key=found.cycle.key,
            period=found.cycle.period,
            actor=actor,
            letter=found.cycle.letter,
            parent=None,
            day=office.today(),
            corrects=found.cycle,
        )
        told = {"replaces": found.document.number, "corrections": [_told(one) for one in found.corrections]}
        turn.record("cycles:cycle:corrects", made.subject, told)
        freeze_corrected(turn, recap=found.recap, origin=made.subject, actor=actor)
        narrative = _narrative(found.document, found.corrections)
        write_draft(turn, made, narrative, actor, reason="Angka yang dikoreksi dimuat")
    return made


def _narrative(document: Document, corrections: list[Correction]) -> dict[str, str]:
    official = document.official or document.latest
    signed = official.approvals.filter(kind=Approval.Kind.SIGNATURE).first()
    dated = f" tanggal {moments.day(local(signed.at, document.office))}" if signed else ""
    replaced = f"{document.title} Nomor {document.number}{dated}"
    return corrected_narrative(official.narrative, replaced, [_told(one) for one in corrections])


def _told(correction: Correction) -> str:
    figure = correction.figure
    return (
        f"{figure.variable.indicator.code} {figure.variable.label} ({figure.unit.title}, {figure.period.label}) "
        f"dari {correction.old} menjadi {correction.new}"
    )
