"""The recap of achievement: analysed where it fell short, then finished."""

from himpun.cycles.engine import OutputMissing
from himpun.cycles.models import Cycle
from himpun.cycles.steps.deed import Deed, leave
from himpun.cycles.steps.papers.achievements import achievements
from himpun.documents.models import Document
from himpun.indicators.models.recaps import Recap
from himpun.indicators.recaps.freezing import finish_recap, unanalysed
from himpun.measure.periods import Period
from himpun.notifications.actions import tell
from himpun.places import place


def recap_of(cycle: Cycle) -> Recap | None:
    """The recap a run of the mechanism froze."""
    return Recap.objects.filter(origin=cycle.subject).order_by("-frozen_at").first()


def analysis_missing(deed: Deed) -> list[str]:
    recap = recap_of(deed.cycle)
    if recap is None:
        return ["Data isian belum dibekukan."]
    lacking = unanalysed(recap)
    if not lacking:
        return []
    shown = "; ".join(lacking[:5]) + ("; …" if len(lacking) > 5 else "")
    return [f"Tulis penyebab dan tindak lanjut untuk {len(lacking)} indikator yang belum mencapai target: {shown}."]


def close_recap(deed: Deed) -> None:
    """Close the analysis and leave the recap of achievement."""
    recap = recap_of(deed.cycle)
    if recap is None:
        raise OutputMissing(analysis_missing(deed))
    finish_recap(deed.turn, recap=recap)
    lines = list(recap.lines.select_related("indicator"))
    title = f"Rekap Hasil Capaian {Period.parse(deed.cycle.period).label}"
    leave(deed, Document.Kind.RECAP, title, dict(achievements(recap, lines, deed.actor, deed.turn.at)))
    if deed.cycle.parent:
        parent = deed.cycle.parent
        tell(
            deed.turn,
            posts=[parent.post_id],
            text=f"{title} selesai; bahan dapat disampaikan.",
            place=place("cycle", parent.cycle_id),
        )
