"""How long a step takes: middle, percentiles, share within its standard. Pure."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from himpun.history.clock import WorkClock
from himpun.history.visits import KEPT, Visit
from himpun.offices import worktime
from himpun.offices.worktime import Amount, WorkCalendar
from himpun.procedures.definition import Procedure, Step


def percentile(values: Sequence[int], share: float) -> int | None:
    """The nearest rank: the smallest value not exceeded by at least this share of them; None of none."""
    ordered = sorted(values)
    return ordered[max(math.ceil(round(share * len(ordered), 9)) - 1, 0)] if ordered else None


def middle(values: Sequence[int]) -> float | None:
    """The median; None of none."""
    return median(values) if values else None


@dataclass(frozen=True, slots=True)
class StepTiming:
    """One step over all its visits. `standard` is in working minutes; shares are from 0 to 1; None: `why_not` says why."""

    step: Step
    visits: int
    measured: int
    median: float | None
    p90: int | None
    on_time: float | None
    late: int
    returns: int
    repeats: int
    skipped: int
    standard: int | None
    why_not: str

    @property
    def rework(self) -> float | None:
        """The share of visits that were no first visit of their case."""
        return self.repeats / self.visits if self.visits else None

    @property
    def returned(self) -> float | None:
        """The share of visits that ended in handing back."""
        return self.returns / self.visits if self.visits else None

    @property
    def delay(self) -> str:
        """How it stands: aman, sebagian, terlambat, or tanpa-data; for the colour of the flowchart."""
        if self.on_time is None:
            return "tanpa-data"
        return "aman" if self.on_time >= KEPT else "sebagian" if self.on_time >= KEPT / 2 else "terlambat"


NO_VISITS = "belum pernah dijalankan"
NO_STARTS = "waktu mulai tidak tercatat"
NO_STANDARD = "SOP tidak memberi waktu baku"


def step_timings(
    procedure: Procedure, visits: Iterable[Visit], clock: WorkClock, skips: Mapping[int, int] | None = None
) -> list[StepTiming]:
    """Every step of the procedure, also those nobody ran. `skips`: step → in how many cases it was left out."""
    by_step: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.end is not None:
            by_step[visit.step].append(visit)
    return [_step_timing(step, by_step[step.no], clock, (skips or {}).get(step.no, 0)) for step in procedure.steps]


def _step_timing(step: Step, visits: Sequence[Visit], clock: WorkClock, skipped: int) -> StepTiming:
    minutes = [visit.minutes for visit in visits if visit.minutes is not None]
    judged = [visit.late for visit in visits if visit.late is not None]
    late = sum(minutes > 0 for minutes in judged)
    return StepTiming(
        step=step,
        visits=len(visits),
        measured=len(minutes),
        median=middle(minutes),
        p90=percentile(minutes, 0.9),
        on_time=1 - late / len(judged) if judged else None,
        late=late,
        returns=sum(visit.decision in step.returns for visit in visits),
        repeats=len(visits) - len({visit.case for visit in visits}),
        skipped=skipped,
        standard=in_minutes(clock.amount(step), clock),
        why_not=_why_not(step, visits, minutes, clock),
    )


def _why_not(step: Step, visits: Sequence[Visit], minutes: Sequence[int], clock: WorkClock) -> str:
    if not visits:
        return NO_VISITS
    if not minutes:
        return NO_STARTS
    return "" if clock.amount(step) else NO_STANDARD


def in_minutes(amount: Amount | None, clock: WorkClock) -> int | None:
    """A standard time in the working minutes that its days have by the usual week: what a bar is compared with."""
    if amount is None:
        return None
    return amount.working_minutes(usual_day(clock.calendar))


def usual_day(calendar: WorkCalendar) -> int:
    """The net minutes of this calendar's usual working day."""
    return max(worktime.minutes_of(day) for day in calendar.hours)
