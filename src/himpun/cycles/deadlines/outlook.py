"""When a cycle will be done: the plan back from its final deadline, and the forecast from the office's own pace."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import F, Q
from django.utils import timezone

from himpun.cycles.deadlines import planning
from himpun.cycles.deadlines.late import day_length, in_words
from himpun.cycles.deadlines.pace import Pace, paces_of
from himpun.cycles.deadlines.planning import Course
from himpun.cycles.deadlines.survey import Survey, survey_of
from himpun.cycles.deadlines.units import counted_by, holder_numbers
from himpun.cycles.models import Cycle, Task
from himpun.offices import worktime
from himpun.offices.worktime import WorkCalendar
from himpun.procedures.definition import Procedure, Step
from himpun.procedures.models import ProcedureVersion


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a run goes: `plan` and `ends` by step number (latest finish, probable end), and its own deadline.

    `plan` is empty without a deadline. `margin` are the working minutes from the probable end to the deadline, below
    zero when it comes too late; None without one.
    """

    ends: dict[int, datetime]
    end: datetime
    due_at: datetime | None
    plan: dict[int, datetime]
    margin: int | None
    day: int

    @property
    def margin_words(self) -> str:
        """The margin as people say it: "2 hari 3 jam"."""
        return in_words(self.margin or 0, self.day)

    def misses(self, step_no: int, ended_at: datetime | None) -> bool:
        """Whether the plan of a step was not kept, or cannot be kept as things go."""
        end = ended_at or self.ends.get(step_no)
        latest = self.plan.get(step_no)
        return latest is not None and end is not None and end > latest


def outlooks(cycles: Iterable[Cycle], now: datetime) -> dict[int, Outlook]:
    """How each running cycle goes, by its pk; a cycle that ended or is cancelled has none."""
    ids = {cycle.pk for cycle in cycles if cycle.state == Cycle.State.OPEN}
    return outlooks_in(survey_of(ids, parts=False), ids, now)


def outlooks_in(survey: Survey, cycle_ids: Iterable[int], now: datetime) -> dict[int, Outlook]:
    """The same from a survey already made."""
    if not survey.steps:
        return {}
    courses = known_courses(survey.calendars, survey.definitions.values(), timezone.localdate(now))
    paces = paces_of((task.cycle.office for task in survey.steps.values()), survey.calendars)
    reader = _Forecaster(survey, courses, paces, now)
    return {pk: reader.outlook(pk) for pk in cycle_ids if pk in survey.steps}


Courses = dict[int, dict[str, list[Step]]]
"""By office: the straight path of each procedure that another may run."""


@dataclass(slots=True)
class _Forecaster:
    survey: Survey
    courses: Courses
    paces: dict[tuple[int, str], Pace]
    now: datetime
    _made: dict[int, Outlook] = field(default_factory=dict)

    def outlook(self, pk: int) -> Outlook:
        """The outlook of a cycle; that of the procedure its open step waits for comes first."""
        if pk not in self._made:
            self._made[pk] = self._outlook(self.survey.steps[pk])
        return self._made[pk]

    def _outlook(self, task: Task) -> Outlook:
        calendar, day_minutes = self.survey.calendar(task)
        cycle, procedure = task.cycle, self.survey.procedure(task.cycle)
        path = planning.straight_path(procedure, task.step_no)
        child = self.survey.child.get(task.pk)
        ends = planning.expected_ends(
            calendar,
            day_minutes,
            path,
            opened_at=task.opened_at,
            now=self.now,
            due_at=task.due_at,
            expected=self.paces.get((cycle.office_id, cycle.key), {}),
            children=self._children(cycle.office_id),
            pauses=self.survey.closed_pauses(cycle.pk, self.now),
            not_before=self.outlook(child).end if child else None,
        )
        end = ends[path[-1].no]
        margin = worktime.minutes_between(calendar, end, cycle.due_at) if cycle.due_at else None
        plan = plan_by(calendar, day_minutes, procedure, task.step_no, cycle.due_at, self.courses[cycle.office_id])
        return Outlook(ends, end, cycle.due_at, plan, margin, day_length(calendar))

    def _children(self, office: int) -> planning.Courses:
        return {
            key: Course(steps, self.paces.get((office, key), {})) for key, steps in self.courses.get(office, {}).items()
        }


def plan_by(
    calendar: WorkCalendar,
    day_minutes: int,
    procedure: Procedure,
    step_no: int,
    due_at: datetime | None,
    courses: Mapping[str, list[Step]],
) -> dict[int, datetime]:
    """The latest finish of every step on the way from the first and from `step_no`; nothing without a deadline."""
    if due_at is None:
        return {}
    children = {key: Course(steps) for key, steps in courses.items()}
    plan: dict[int, datetime] = {}
    for start in (procedure.first.no, step_no):
        path = planning.straight_path(procedure, start)
        plan |= planning.backward_plan(calendar, day_minutes, path, due_at, children)
    return plan


def known_courses(offices: Collection[int], definitions: Iterable[Procedure], day: date) -> Courses:
    """The procedures that the steps of these may run, as in force on `day` in each office: one query a level."""
    found: Courses = {office: {} for office in offices}
    wanted, asked = _run_by(definitions), set[str]()
    while wanted - asked:
        rows = ProcedureVersion.objects.filter(
            Q(office__in=offices) | Q(office__isnull=True), key__in=wanted - asked, in_force_from__lte=day
        )
        asked |= wanted
        versions = list(rows.order_by(F("office").asc(nulls_first=True), "number"))
        holders = holder_numbers(offices, [version.definition for version in versions])
        for version in versions:
            for office in [version.office_id] if version.office_id else found:
                definition = counted_by(holders, office, version.definition)
                found[office][version.key] = planning.straight_path(definition, definition.first.no)
        wanted = _run_by(version.definition for version in versions)
    return found


def _run_by(procedures: Iterable[Procedure]) -> set[str]:
    return {step.runs for procedure in procedures for step in procedure.steps if step.runs}
