"""A recap is frozen as exact text, analysed, and finished."""

import hashlib

from django.db.models import Max

from himpun import typed
from himpun.archive.chain import canonical
from himpun.archive.journal import Turn
from himpun.errors import Conflict
from himpun.indicators.figures.places import places_of
from himpun.indicators.figures.taking import freeze_places
from himpun.indicators.measured import keeping
from himpun.indicators.measured.office_year import OfficeYear
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.indicators.requests.asking import last_round
from himpun.indicators.requests.reviewing import lines_of
from himpun.measure.periods import Period
from himpun.offices.acting import Actor
from himpun.offices.models.offices import Office


def freeze(turn: Turn, *, office: Office, period: Period, origin: str, actor: Actor) -> Recap:
    """Freeze what a run asked for into a recap: figures, scores and their formulas, under one digest.

    The figures in force are frozen, whoever brought them: an import since the answer removes nothing and is not undone.
    """
    requests = DataRequest.objects.filter(origin=origin).select_related("unit").order_by("unit__order")
    number = requests.aggregate(last=Max("round"))["last"] or 1
    lines = [line for request in requests for line in lines_of(request)]
    freeze_places(place for line in lines for place in places_of(line).values())
    recap = _keep(turn, office=office, period=period, number=number, origin=origin, actor=actor, lines=lines)
    requests.filter(state=DataRequest.State.SUBMITTED).update(state=DataRequest.State.FROZEN)
    return recap


def freeze_corrected(turn: Turn, *, recap: Recap, origin: str, actor: Actor) -> Recap:
    """The same answers frozen once more with what was corrected since, and the analysis taken over, to be looked at again."""
    kept = recap.lines.select_related("source_line__request")
    asked = {line.source_line.request.origin for line in kept if line.source_line}
    requests = DataRequest.objects.filter(origin__in=asked).select_related("unit").order_by("unit__order")
    lines = [line for request in requests for line in lines_of(request)]
    number = last_round(recap.office, recap.period) + 1
    period = Period.parse(recap.period)
    made = _keep(turn, office=recap.office, period=period, number=number, origin=origin, actor=actor, lines=lines)
    for old in recap.lines.exclude(cause="", follow_up=""):
        made.lines.filter(indicator=old.indicator_id).update(cause=old.cause, follow_up=old.follow_up)
    return made


def _keep(
    turn: Turn, *, office: Office, period: Period, number: int, origin: str, actor: Actor, lines: list[RequestLine]
) -> Recap:
    frozen = _frozen_lines(office, period, lines)
    digest = hashlib.sha256(canonical([content for _, content in frozen]).encode()).hexdigest()
    recap = Recap.objects.create(
        office=office,
        period=period.code,
        round=number,
        origin=origin,
        digest=digest,
        frozen_at=turn.at,
        frozen_by=actor.name,
        frozen_title=actor.title,
    )
    RecapLine.objects.bulk_create(
        RecapLine(
            recap=recap,
            indicator=line.indicator,
            unit=line.indicator.owner,
            source_line=line,
            order=order,
            frozen=content,
        )
        for order, (line, content) in enumerate(frozen, 1)
    )
    turn.record(
        "indicators:recap:frozen",
        origin,
        {"recap": recap.pk, "period": period.code, "digest": digest, "lines": len(frozen)},
    )
    return recap


def _frozen_lines(
    office: Office, period: Period, lines: list[RequestLine]
) -> list[tuple[RequestLine, dict[str, object]]]:
    """What a recap keeps, an indicator each: with the line of who answers for it, measured as it was asked."""
    by_indicator: dict[int, list[RequestLine]] = {}
    for line in lines:
        owns = line.request.unit_id == line.indicator.owner_id
        by_indicator.setdefault(line.indicator_id, []).insert(0 if owns else 99, line)
    year = OfficeYear.load(office, period.year, frozen_only=True)
    year.define(each[0].indicator for each in by_indicator.values())
    return [(each[0], keeping.frozen_of(year, each, period)) for each in by_indicator.values()]


def write_analysis(turn: Turn, *, line: RecapLine, cause: str, follow_up: str) -> None:
    """Write why an indicator came out as it did, and what follows. Raises FieldErrors, and Conflict when the recap is finished."""
    cause, follow_up = typed.paragraphs(cause), typed.paragraphs(follow_up)
    typed.check({"cause": (cause, typed.Text.PASSAGE), "follow_up": (follow_up, typed.Text.PASSAGE)})
    still_open = RecapLine.objects.filter(pk=line.pk, recap__finished_at__isnull=True)
    if not still_open.update(cause=cause, follow_up=follow_up):
        raise RecapFinished
    data = {"indicator": line.frozen["kode"], "cause": cause, "follow_up": follow_up}
    turn.record("indicators:recap:analysed", line.recap.origin, data)


class RecapFinished(Conflict):
    """The recap was handed on; its analysis no longer changes."""

    code = "rekap-selesai"

    def __init__(self) -> None:
        super().__init__("Rekap ini sudah selesai dan disampaikan, sehingga analisisnya tidak dapat diubah lagi.")


def lacks_analysis(line: RecapLine) -> bool:
    """Whether an indicator missed its target and has no cause or no follow-up yet.

    What has no capaian (nihil, its unit excused, not measured, not computable) missed nothing: the recap says why it is
    left out.
    """
    score = keeping.score_from(line.frozen)
    return score.value is not None and not score.achieved and not (line.cause and line.follow_up)


def unanalysed(recap: Recap) -> list[str]:
    """The names of the indicators that still lack their analysis."""
    return [line.frozen["nama"] for line in recap.lines.all() if lacks_analysis(line)]


def finish_recap(turn: Turn, *, recap: Recap) -> None:
    """Close the analysis of a recap."""
    Recap.objects.filter(pk=recap.pk, finished_at__isnull=True).update(finished_at=turn.at)
    turn.record("indicators:recap:finished", recap.origin, {"recap": recap.pk, "digest": recap.digest})
