"""What happened in runs of a procedure, as events: one row of an event log.

Pure. A log is a list of events in any order; `cases_of` gives them by case, each in order of time. Moments are aware.
A step's turn is a `start` and a `complete`; a pause is a `suspend` and a `resume` of the whole case. What a step waits
for stands in the same case with another `scope`: the parts of the units, and the steps of a procedure it runs.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

START, COMPLETE, SUSPEND, RESUME, ABORT = "start", "complete", "suspend", "resume", "ate_abort"
"""Words of the lifecycle extension of IEEE 1849; the last ends a case that was cancelled."""

STEP, UNIT, CHILD = "langkah", "unit", "anak"
"""Scope: a step of the case's own procedure, a unit's part of one, a step of a procedure that one runs."""
SCOPES = (STEP, UNIT, CHILD)


class Event(NamedTuple):
    """One event. `step` is its number in the procedure (0: unknown), `resource` the title of the post, `post` its code."""

    case: str
    activity: str
    at: datetime
    lifecycle: str = COMPLETE
    resource: str = ""
    step: int = 0
    scope: str = STEP
    decision: str = ""
    person: str = ""
    post: str = ""
    office: str = ""
    period: str = ""
    procedure: str = ""
    sha256: str = ""


Log = list[Event]
_ORDER = {ABORT: 3, COMPLETE: 0, SUSPEND: 1, RESUME: 1, START: 2}


def in_order(events: Iterable[Event]) -> Log:
    """By time; at one moment what ends comes before what begins."""
    return sorted(events, key=lambda event: (event.at, _ORDER.get(event.lifecycle, 0)))


def cases_of(events: Iterable[Event]) -> dict[str, Log]:
    """Case → its events in order of time, cases as they first appear."""
    cases: dict[str, Log] = {}
    for event in events:
        case = cases.get(event.case)
        if case is None:
            cases[event.case] = [event]
        else:
            case.append(event)
    return {case: _sorted(found) for case, found in cases.items()}


def _sorted(events: Log) -> Log:
    """In order already, as most logs are, or put in order."""
    before, together = events[0].at, -1
    for event in events:
        if event.at < before:
            return paired(in_order(events))
        together += event.at == before
        before = event.at
    return paired(events) if together else events


def paired(events: Log) -> Log:
    """Events in order of time, where a turn that began and ended at one moment begins before it ends."""
    open_turns: Counter[tuple[str, int, str]] = Counter()
    found: Log = []
    for _, moment in groupby(events, key=lambda event: event.at):
        waiting = list(moment)
        while waiting:
            event = waiting.pop(0)
            turn = (event.scope, event.step, event.activity)
            if event.lifecycle == START:
                open_turns[turn] += 1
            elif event.lifecycle == COMPLETE:
                own = [one for one in waiting if one.lifecycle == START and turn == (one.scope, one.step, one.activity)]
                if own and not open_turns[turn]:
                    waiting.remove(own[0])
                    found.append(own[0])
                elif open_turns[turn]:
                    open_turns[turn] -= 1
            found.append(event)
    return found
