"""Visits of steps from a log of events, with their working time. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from himpun.history.clock import Span, WorkClock
from himpun.history.events import COMPLETE, RESUME, START, STEP, SUSPEND, Event, Log
from himpun.offices.worktime import Amount

USUAL = (
    "5 menit", "10 menit", "15 menit", "20 menit", "30 menit", "1 jam", "2 jam", "4 jam", "1 hari", "2 hari", "3 hari",
    "4 hari", "5 hari", "7 hari", "10 hari", "14 hari", "20 hari", "30 hari",
)  # fmt: skip
"""The amounts SOPs usually give, from the shortest."""
ENOUGH = 10
"""Fewer visits than this say nothing about a realistic standard."""
KEPT = 0.8
"""The share of visits that a realistic standard would have kept."""


class Visit(NamedTuple):
    """One turn of a step. `minutes` is None where it did not end or nobody noted when it began.

    `late` is by how many working minutes it ended after it was due: None where it cannot be told.
    """

    case: str
    step: int
    start: datetime | None
    end: datetime | None
    minutes: int | None
    late: int | None
    decision: str
    resource: str
    office: str
    period: str
    pauses: tuple[Span, ...] = ()


def pauses_of(events: Iterable[Event]) -> tuple[Span, ...]:
    """The pauses of a case that have ended, in order of time, those that overlap made one."""
    found: list[Span] = []
    since: datetime | None = None
    for event in events:
        if event.lifecycle == SUSPEND and since is None:
            since = event.at
        elif event.lifecycle == RESUME and since is not None:
            found.append((since, event.at))
            since = None
    return tuple(found)


def visits_of(
    case: Log, numbers: Mapping[str, int], amounts: Mapping[int, Amount | None], clock: WorkClock
) -> list[Visit]:
    """The turns of a case's own steps in the order they ended, those still open last.

    `numbers` maps an activity to its step where the event does not say. A step without a `start` began when the one
    before it ended; the first one without a `start` began nobody knows when.
    """
    pauses = pauses_of(case)
    begun: dict[int, list[datetime]] = {}
    before: datetime | None = None
    visits: list[Visit] = []
    for event in case:
        if event.scope != STEP:
            continue
        step = event.step or numbers.get(event.activity, 0)
        if event.lifecycle == START:
            begun.setdefault(step, []).append(event.at)
        elif event.lifecycle == COMPLETE:
            waiting = begun.get(step)
            start = waiting.pop(0) if waiting else before
            visits.append(_visit(event, step, start, amounts.get(step), clock, pauses))
            before = event.at
    return visits + [_open(case[0], step, at) for step, starts in begun.items() for at in starts]


def _visit(
    event: Event, step: int, start: datetime | None, amount: Amount | None, clock: WorkClock, pauses: tuple[Span, ...]
) -> Visit:
    end, minutes, late = event.at, None, None
    if start is not None:
        mine = tuple((a, b) for a, b in pauses if a < end and b > start) if pauses else ()
        minutes = clock.minutes(start, end)
        if mine:
            minutes -= sum(clock.minutes(max(a, start), min(b, end)) for a, b in mine)
        late = clock.late(start, end, amount, mine) if amount else None
    else:
        mine = ()
    return Visit(
        event.case, step, start, end, minutes, late, event.decision, event.resource, event.office, event.period, mine
    )


def _open(event: Event, step: int, start: datetime) -> Visit:
    return Visit(event.case, step, start, None, None, None, "", "", event.office, event.period)
