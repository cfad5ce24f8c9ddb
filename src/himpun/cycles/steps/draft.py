"""The draft of Data Kinerja: gathered from the recap, written, revised."""

from himpun.archive.journal import Turn
from himpun.cycles.engine import OutputMissing
from himpun.cycles.models import Cycle
from himpun.cycles.steps.deed import Deed
from himpun.cycles.steps.papers.performance import CORRECTED, first_narrative, performance_data
from himpun.cycles.steps.recap import analysis_missing, recap_of
from himpun.documents import actions as documents
from himpun.documents.models import Document
from himpun.indicators.models.recaps import Recap
from himpun.measure.periods import Period
from himpun.offices.acting import Actor


def draft_of(cycle: Cycle) -> Document | None:
    """The Data Kinerja of a cycle, from the first draft to the signed document."""
    return Document.objects.filter(subject=cycle.subject, kind=Document.Kind.PERFORMANCE).first()


def gathered(cycle: Cycle) -> Recap | None:
    """The newest finished recap that a step of this cycle ran for; of one that corrects another, its own."""
    if cycle.corrects_id:
        return recap_of(cycle)
    children = Cycle.objects.filter(parent__cycle=cycle, state=Cycle.State.ENDED).values_list("pk", flat=True)
    origins = [f"cycle:{pk}" for pk in children]
    return (
        Recap.objects.filter(origin__in=origins, finished_at__isnull=False, withdrawn_at__isnull=True)
        .order_by("-frozen_at")
        .first()
    )


def recap_missing(deed: Deed) -> list[str]:
    return (
        []
        if gathered(deed.cycle)
        else ["Rekap hasil capaian belum ada: jalankan mekanisme pengumpulan data sampai selesai."]
    )


def assemble_draft(deed: Deed) -> None:
    """Assemble the draft from the frozen recap; narrative already written is kept."""
    found = draft_of(deed.cycle)
    narrative = found.latest.narrative if found else first_narrative(deed.cycle)
    reason = "Bahan dilengkapi" if found else ""
    write_draft(deed.turn, deed.cycle, narrative, deed.actor, reason=reason)


def write_draft(turn: Turn, cycle: Cycle, narrative: dict[str, str], actor: Actor, *, reason: str) -> Document:
    """A new version of the draft: the narrative given, on the newest finished recap. Raises OutputMissing."""
    recap = gathered(cycle)
    if recap is None:
        raise OutputMissing(["Rekap hasil capaian belum ada."])
    found = draft_of(cycle)
    number = found.latest.no + 1 if found else 1
    content = dict(performance_data(cycle, recap, narrative, version=number))
    if found:
        documents.add_version(turn, document=found, content=content, actor=actor, reason=reason, narrative=narrative)
        return found
    title = f"Data Kinerja {cycle.office.name} {Period.parse(cycle.period).label}"
    if cycle.corrects_id:
        title += f" ({CORRECTED.lower()})"
    return documents.make_document(
        turn,
        office=cycle.office,
        kind=Document.Kind.PERFORMANCE,
        title=title,
        subject=cycle.subject,
        period=cycle.period,
        content=content,
        actor=actor,
        narrative=narrative,
    )


def draft_missing(deed: Deed) -> list[str]:
    return [] if draft_of(deed.cycle) else ["Draft Data Kinerja belum ada."]


def revision_missing(deed: Deed) -> list[str]:
    draft = draft_of(deed.cycle)
    if draft is None:
        return ["Draft Data Kinerja belum ada."]
    if deed.cycle.corrects_id and (missing := analysis_missing(deed)):
        return missing
    if draft.latest.made_at <= deed.task.opened_at and not (deed.cycle.corrects_id and deed.task.visit == 1):
        return [
            "Belum ada versi perbaikan sejak naskah ini dikembalikan. Perbaiki naskah lalu simpan sebagai versi baru."
        ]
    return []
