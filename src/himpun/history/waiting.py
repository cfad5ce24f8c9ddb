"""Who waited for whom, and how long. Pure."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from himpun.history.clock import WorkClock
from himpun.history.events import COMPLETE, START, UNIT, Log
from himpun.history.visits import Visit


@dataclass
class Waiting:
    """Working minutes, by who waited and for whom."""

    minutes: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))

    def add(self, waiter: str, awaited: str, minutes: float) -> None:
        """Nobody waits for themselves, nor for nobody."""
        if waiter and awaited and waiter != awaited and minutes:
            self.minutes[waiter, awaited] += minutes

    @property
    def waiters(self) -> list[str]:
        return sorted({waiter for waiter, _ in self.minutes})

    @property
    def awaited(self) -> list[str]:
        """Whom others waited for, the longest first."""
        total: dict[str, float] = defaultdict(float)
        for (_, awaited), minutes in self.minutes.items():
            total[awaited] += minutes
        return sorted(total, key=lambda name: (-total[name], name))

    def of(self, waiter: str, awaited: str) -> float | None:
        """Minutes, or None where nobody waited."""
        return self.minutes.get((waiter, awaited))


def waiting_in(case: Log, visits: Sequence[Visit], clock: WorkClock, found: Waiting) -> None:
    """Add the waiting of one case to `found`; every working minute of an ended visit is counted once.

    Who holds the next step waits for the holder of this one. While a step's units still owe their part, its holder waits
    for them, and for the steps of a procedure it runs when nobody below owes anything; several at once share the minute.
    """
    units, children = _others(case, UNIT), _others(case, "anak")
    ended = [visit for visit in visits if visit.start and visit.end]
    for place, visit in enumerate(ended):
        following = ended[place + 1].resource if place + 1 < len(ended) else ""
        for start, end, names in _segments(visit, units, children):
            minutes = clock.minutes(start, end) - sum(
                clock.minutes(max(a, start), min(b, end)) for a, b in visit.pauses if a < end and b > start
            )
            if not names:
                found.add(following, visit.resource, minutes)
            for name in names:
                found.add(visit.resource, name, minutes / len(names))


_Held = tuple[datetime, datetime, str]


def _others(case: Log, scope: str) -> list[_Held]:
    """When units, or steps of a procedure that is run, had something open, and who it was."""
    open_: dict[tuple[str, str], tuple[datetime, str]] = {}
    found: list[_Held] = []
    for event in case:
        key = (event.activity, event.resource if scope == UNIT else "")
        if event.scope == scope and event.lifecycle == START:
            open_[key] = (event.at, event.resource)
        elif event.scope == scope and event.lifecycle == COMPLETE and key in open_:
            start, resource = open_.pop(key)
            found.append((start, event.at, event.resource or resource))
    last = case[-1].at
    return found + [(start, max(last, start), resource) for start, resource in open_.values()]


def _segments(
    visit: Visit, units: list[_Held], children: list[_Held]
) -> Iterable[tuple[datetime, datetime, list[str]]]:
    """The visit cut where it began or ceased to wait for somebody, with whom it waited for in each piece."""
    start, end = visit.start, visit.end
    if start is None or end is None:
        return
    near = [[held for held in side if held[0] < end and held[1] > start] for side in (units, children)]
    cuts = {start, end} | {at for side in near for held in side for at in held[:2] if start < at < end}
    moments = sorted(cuts)
    for a, b in itertools.pairwise(moments):
        open_ = [sorted({name for since, until, name in side if since <= a and until >= b}) for side in near]
        yield a, b, open_[0] or open_[1]
