"""Which indicators are due, and the requests that ask for them."""

from datetime import datetime

from django.db.models import Max, QuerySet

from himpun.archive.journal import Turn
from himpun.errors import Refusal
from himpun.indicators.figures.places import places_of
from himpun.indicators.figures.taking import ensure_elements, in_force_at, mark_used
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.recaps import Recap
from himpun.indicators.models.requests import DataRequest, Evidence, RequestLine, Value
from himpun.indicators.requests.reviewing import lines_of
from himpun.measure.periods import Period, is_due
from himpun.offices.models.offices import UNIT, Office, Post


class NothingDue(Refusal):
    """No unit has an indicator to report for the period."""

    code = "tidak-ada-indikator"

    def __init__(self, period: str) -> None:
        super().__init__(
            f"Belum ada indikator yang jatuh tempo pada {period}. Muat atau tambahkan indikator kantor ini dahulu."
        )


# --- preparing and sending ------------------------------------------------------------------------------------------


def indicators_due(office: Office, period: Period) -> QuerySet[Indicator]:
    """The office's indicators of the year that are measured in `period`."""
    rows = Indicator.objects.current().filter(office=office, year=period.year).select_related("owner")
    due = [row.pk for row in rows if is_due(row.frequency, period)]
    return rows.filter(pk__in=due)


def prepare_requests(turn: Turn, *, office: Office, period: Period, origin: str) -> list[DataRequest]:
    """One request for every unit, and for any other post that answers for an indicator due. Raises NothingDue.

    A post that is closed, or was opened after the period had ended, is asked nothing.
    A unit with nothing due is asked nothing: its request is excused from the start, with that reason. The answer of an
    earlier round of the same period is carried over with the figures in force, so that nobody types them twice; what is
    frozen stands in any round.
    """
    by_post: dict[int, list[Indicator]] = {}
    there = list(Post.objects.filter(office=office).there_on(office.today(), period.last_day))
    numbers = {post.pk for post in there}
    due = list(indicators_due(office, period).prefetch_related("contributors"))
    for indicator in due:
        for post in dict.fromkeys([indicator.owner_id, *(unit.pk for unit in indicator.contributors.all())]):
            if post in numbers:
                by_post.setdefault(post, []).append(indicator)
    if not by_post:
        raise NothingDue(period.label)
    mark_used(due, turn.at)
    ensure_elements(Variable.objects.filter(indicator__in=due).select_related("indicator"))
    asked = [post for post in there if post.role == UNIT or post.pk in by_post]
    before = DataRequest.objects.filter(office=office, period=period.code).aggregate(last=Max("round"))["last"] or 0
    number = last_round(office, period.code) + 1
    requests = [_prepare(office, post, period, number, before, origin, by_post.get(post.pk, [])) for post in asked]
    data = {"period": period.code, "round": number, "units": [post.title for post in asked]}
    turn.record("indicators:request:prepared", origin, data)
    return requests


def last_round(office: Office, period: str) -> int:
    """The last round of a period: of its requests, or of a recap frozen once more after a correction; 0 before the first."""
    rounds = (DataRequest.objects, Recap.objects)
    found = (each.filter(office=office, period=period).aggregate(last=Max("round"))["last"] for each in rounds)
    return max(number or 0 for number in found)


def _prepare(
    office: Office, post: Post, period: Period, number: int, before: int, origin: str, indicators: list[Indicator]
) -> DataRequest:
    """The request of one unit; `before` is the round whose answers are carried over, 0 for none."""
    excused = not indicators
    request = DataRequest.objects.create(
        office=office,
        unit=post,
        period=period.code,
        round=number,
        origin=origin,
        state=DataRequest.State.EXCUSED if excused else DataRequest.State.PREPARED,
        reason="Tidak ada indikator unit ini yang jatuh tempo pada periode ini." if excused else "",
    )
    lines = RequestLine.objects.bulk_create(
        RequestLine(request=request, indicator=indicator, order=order) for order, indicator in enumerate(indicators, 1)
    )
    if before:
        _carry_over(post, period, before, lines)
    _take_over_figures(request, frozen_only=not before)
    return request


def _take_over_figures(request: DataRequest, *, frozen_only: bool) -> None:
    """The figures in force into a request just prepared: what an import or a correction changed since is not undone."""
    lines = list(lines_of(request))
    places = {(line, variable): place for line in lines for variable, place in places_of(line).items()}
    found = in_force_at(places.values())
    for (line, variable), place in places.items():
        figure = found.get(place)
        if figure is None or (frozen_only and not figure.frozen):
            continue
        given = {"number": figure.number, "text": figure.text}
        Value.objects.update_or_create(line=line, variable_id=variable, defaults=given)
        RequestLine.objects.filter(pk=line.pk, nihil=True).update(nihil=False, nihil_reason="")


def _carry_over(post: Post, period: Period, number: int, lines: list[RequestLine]) -> None:
    earlier = RequestLine.objects.filter(request__unit=post, request__period=period.code, request__round=number)
    before = {line.indicator_id: line for line in earlier.prefetch_related("values", "evidence")}
    for line in lines:
        old = before.get(line.indicator_id)
        if old is None:
            continue
        RequestLine.objects.filter(pk=line.pk).update(
            note=old.note,
            nihil=old.nihil,
            nihil_reason=old.nihil_reason,
            explanation=old.explanation,
            saved_at=old.saved_at,
            saved_by=old.saved_by,
        )
        Value.objects.bulk_create(
            Value(line=line, variable_id=value.variable_id, number=value.number, text=value.text)
            for value in old.values.all()
        )
        Evidence.objects.bulk_create(
            Evidence(
                line=line,
                sha256=file.sha256,
                name=file.name,
                size=file.size,
                media_type=file.media_type,
                added_at=file.added_at,
                added_by=file.added_by,
            )
            for file in old.evidence.all()
        )


def send_requests(turn: Turn, *, origin: str, due_at: datetime | None) -> int:
    """Send every prepared request of a run; returns how many."""
    prepared = DataRequest.objects.filter(origin=origin, state=DataRequest.State.PREPARED)
    units = list(prepared.values_list("unit__title", flat=True))
    prepared.update(state=DataRequest.State.SENT, sent_at=turn.at, due_at=due_at)
    turn.record("indicators:request:sent", origin, {"units": units})
    return len(units)
