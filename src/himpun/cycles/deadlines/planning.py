"""Planning a run: the way it should go, the latest finish of each step, and when it will probably end.

Pure: a calendar, steps and moments go in, moments come out. Two measures of time meet here. A *standard time* is what
the SOP writes, in which a full `day_minutes` is one working day (`worktime.Amount.in_days`). An *expected time* is what
an office really took, in working minutes as `worktime.minutes_between` counts them: never turned into days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from himpun.measure.periods import Period
from himpun.offices import worktime
from himpun.offices.worktime import Amount, WorkCalendar
from himpun.procedures.definition import END, Procedure, Step

Pauses = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Course:
    """A procedure that a step runs: its steps from the first to the end, and what is expected of each, in working minutes."""

    steps: Sequence[Step]
    expected: Mapping[int, int] = field(default_factory=dict)


Courses = Mapping[str, Course]
"""By the key of the procedure, as a step's `runs` names it."""
NONE: Courses = {}


def straight_path(procedure: Procedure, step_no: int) -> list[Step]:
    """From this step to the end by each step's first decision that is no return; a way that turns back ends there."""
    path: list[Step] = []
    target: int | str = step_no
    while target != END and all(step.no != int(target) for step in path):
        step = procedure.step(int(target))
        path.append(step)
        target = next((to for decision, to in step.next.items() if decision not in step.returns), END)
    return path


def standard(step: Step, day_minutes: int) -> Amount:
    """The standard time of a step; nothing where the SOP gives none."""
    return step.amount(day_minutes) or Amount()


# --- backwards ------------------------------------------------------------------------------------------------------


def backward_plan(
    calendar: WorkCalendar, day_minutes: int, steps: Sequence[Step], deadline: datetime, children: Courses = NONE
) -> dict[int, datetime]:
    """Step number → its latest finish, so that all of `steps` still fit before the deadline.

    A step that runs a procedure in `children` leaves it time enough: that procedure has to end by the step's finish.
    """
    plan: dict[int, datetime] = {}
    finish = worktime.start_of(calendar, deadline, Amount())
    for step in reversed(steps):
        plan[step.no] = finish
        finish = _latest_start(calendar, day_minutes, step, finish, children)
    return plan


def latest_start(
    calendar: WorkCalendar, day_minutes: int, steps: Sequence[Step], deadline: datetime, children: Courses = NONE
) -> datetime:
    """When `steps` have to begin at the latest to end by the deadline."""
    finish = backward_plan(calendar, day_minutes, steps, deadline, children)[steps[0].no]
    return _latest_start(calendar, day_minutes, steps[0], finish, children)


def _latest_start(
    calendar: WorkCalendar, day_minutes: int, step: Step, finish: datetime, children: Courses
) -> datetime:
    own = worktime.start_of(calendar, finish, standard(step, day_minutes))
    child = children.get(step.runs)
    if child is None or not child.steps:
        return own
    return min(own, latest_start(calendar, day_minutes, child.steps, finish, _others(children, step.runs)))


def _others(children: Courses, key: str) -> Courses:
    """The courses without this one: a procedure that (wrongly) runs itself is followed once."""
    return {name: course for name, course in children.items() if name != key}


# --- forwards -------------------------------------------------------------------------------------------------------


def expected_ends(
    calendar: WorkCalendar,
    day_minutes: int,
    steps: Sequence[Step],
    *,
    opened_at: datetime,
    now: datetime,
    due_at: datetime | None = None,
    expected: Mapping[int, int],
    children: Courses = NONE,
    pauses: Pauses = (),
    not_before: datetime | None = None,
) -> dict[int, datetime]:
    """Step number → when it will probably end; the first of `steps` is open since `opened_at`.

    A step takes what is `expected` of it (working minutes), else its standard time, and not less than the procedure it
    runs takes. An open step that should have ended by now, or is overdue, is taken to need at least a quarter of its
    time from now on. It does not end before `not_before`: the forecast of the procedure it waits for.
    """
    first = steps[0]
    time = expected_time(first, day_minutes, expected)
    at = worktime.due_with_pauses(calendar, opened_at, time, pauses)
    if at < now or (due_at is not None and due_at < now):
        at = max(at, worktime.due(calendar, now, _quarter(time, day_minutes)))
    if not_before is not None:
        at = max(at, not_before)
    return {first.no: at, **ends_from(calendar, day_minutes, steps[1:], at, expected=expected, children=children)}


def ends_from(
    calendar: WorkCalendar,
    day_minutes: int,
    steps: Sequence[Step],
    start: datetime,
    *,
    expected: Mapping[int, int] | None = None,
    children: Courses = NONE,
) -> dict[int, datetime]:
    """When each of `steps` ends, one after the other from `start`: by the standard times alone without `expected`."""
    ends, at, known = {}, start, expected or {}
    for step in steps:
        begun, at = at, worktime.due(calendar, at, expected_time(step, day_minutes, known))
        child = children.get(step.runs) if step.no not in known else None
        if child and child.steps:
            at = max(at, _course_end(calendar, day_minutes, child, begun, _others(children, step.runs)))
        ends[step.no] = at
    return ends


def _course_end(
    calendar: WorkCalendar, day_minutes: int, course: Course, start: datetime, children: Courses
) -> datetime:
    ends = ends_from(calendar, day_minutes, course.steps, start, expected=course.expected, children=children)
    return ends[course.steps[-1].no]


def expected_time(step: Step, day_minutes: int, expected: Mapping[int, int]) -> Amount:
    """What a step takes: the working minutes expected of it, else its standard time."""
    return Amount(minutes=expected[step.no]) if step.no in expected else standard(step, day_minutes)


def _quarter(time: Amount, day_minutes: int) -> Amount:
    return Amount(minutes=time.working_minutes(day_minutes) // 4)


# --- by the calendar ------------------------------------------------------------------------------------------------


def scheduled_start(calendar: WorkCalendar, period: Period, workday: int, at: time) -> datetime:
    """When a run for `period` begins by itself: on the n-th working day after its end, or the n-th last within it."""
    day = worktime.nth_workday(calendar, period.last_day, workday)
    return datetime.combine(day, at, tzinfo=calendar.timezone)


def scheduled_deadline(calendar: WorkCalendar, period: Period, days: int, *, working: bool) -> datetime:
    """The end of work so many calendar (or working) days after the end of `period`, or of the next working day's."""
    if working and days:
        return worktime.end_of_day(calendar, worktime.nth_workday(calendar, period.last_day, days))
    return worktime.end_of_day(calendar, period.last_day + timedelta(days=days))
