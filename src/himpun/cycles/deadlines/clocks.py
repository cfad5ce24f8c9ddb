"""The clock of each open task and request: safe, near, late by how much, paused, or not counted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Max

from himpun.cycles.deadlines.late import NOT_LATE, Late, day_length, in_words, late_by
from himpun.cycles.deadlines.survey import Survey, survey_of
from himpun.cycles.models import Cycle, Task
from himpun.indicators.models.requests import DataRequest
from himpun.offices import worktime
from himpun.offices.due_words import due_words
from himpun.offices.worktime import WorkCalendar
from himpun.procedures.definition import Step

SAFE, NEAR, LATE, PAUSED, ENDLESS = "aman", "mendekati", "terlambat", "dijeda", "tanpa-batas"
_URGENCY = (ENDLESS, PAUSED, SAFE, NEAR, LATE)


@dataclass(frozen=True, slots=True)
class TaskClock:
    """How a task stands at a moment. A task that only waits for others shows *their* state and minutes.

    `minutes` are working minutes: above zero late, below zero left. `own_minutes` are those of the task's own due moment
    while it waits for others. `day` is the net length of the office's working day in minutes. `counted` and `own_counted`
    are the late minutes in working days, as deadlines count those: a short day of Ramadan is one too. `window` is when the
    SOP says that the step may lie, in its words.
    """

    state: str
    minutes: int = 0
    waiting_on: tuple[str, ...] = ()
    for_others: bool = False
    due_at: datetime | None = None
    own_minutes: int = 0
    day: int = 450
    paused_since: datetime | None = None
    counted: Late = NOT_LATE
    own_counted: Late = NOT_LATE
    window: str = ""
    calendar: WorkCalendar | None = field(default=None, compare=False, repr=False)

    @property
    def due_words(self) -> str:
        """The due moment as people say it; "" without one."""
        return due_words(self.calendar, self.due_at, zoned=False) if self.calendar and self.due_at else ""

    @property
    def late(self) -> int:
        """Working minutes late; 0 when it is not."""
        return max(self.minutes, 0)

    @property
    def left(self) -> int:
        """Working minutes left; 0 when there are none."""
        return max(-self.minutes, 0)

    @property
    def words(self) -> str:
        """How much late or left: "2 hari 3 jam" (of working time)."""
        return self.counted.words if self.minutes > 0 else in_words(self.minutes, self.day)

    @property
    def own_words(self) -> str:
        """How much the task's own due moment is past while it waits for others."""
        return self.own_counted.words


def clocks(tasks: Iterable[Task], now: datetime) -> dict[int, TaskClock]:
    """The clock of each open task, by its pk. A decided task has none."""
    given = [task for task in tasks if task.is_open]
    found = clocks_in(survey_of({task.cycle_id for task in given}), now)
    return {task.pk: found[task.pk] for task in given if task.pk in found}


def clocks_in(survey: Survey, now: datetime) -> dict[int, TaskClock]:
    """The clock of every open task of a survey, by its pk."""
    reader = _ClockReader(survey, _waited_until(survey, now), now)
    return {pk: reader.clock(task) for pk, task in survey.tasks.items()}


def request_clocks(requests: Iterable[DataRequest], now: datetime) -> dict[int, TaskClock]:
    """The clock of each open request, by its pk: that of the unit's part of the step."""
    asked = [request for request in requests if request.is_open]
    survey = survey_of(cycles_of(asked))
    return request_clocks_in(survey, clocks_in(survey, now), asked)


def cycles_of(requests: Iterable[DataRequest]) -> set[int]:
    """The cycles that sent these requests (those that were loaded from files have none)."""
    return {int(one.origin.removeprefix("cycle:")) for one in requests if one.origin.startswith("cycle:")}


def request_clocks_in(
    survey: Survey, found: Mapping[int, TaskClock], requests: Iterable[DataRequest]
) -> dict[int, TaskClock]:
    """The same from a survey already made and its clocks."""
    parts = {(f"cycle:{part.cycle_id}", part.post_id): part.pk for parts in survey.parts.values() for part in parts}
    keys = ((request.pk, parts.get((request.origin, request.unit_id))) for request in requests if request.is_open)
    return {pk: found[part] for pk, part in keys if part is not None}


def _waited_until(survey: Survey, now: datetime) -> dict[int, datetime]:
    """For steps past their due moment that wait for nobody any more: when the last of the others was done."""
    steps = [task for task in survey.steps.values() if task.due_at and task.due_at < now and not survey.others(task)]
    if not steps:
        return {}
    by_visit = {(task.cycle_id, task.visit): task.pk for task in steps}
    parts = Task.objects.filter(cycle__in={task.cycle_id for task in steps}, part=True, decided_at__isnull=False)
    ends = parts.values_list("cycle", "visit").annotate(last=Max("decided_at")).order_by()
    found = {by_visit[cycle, visit]: at for cycle, visit, at in ends if (cycle, visit) in by_visit}
    ended = Cycle.objects.filter(parent__in=[task.pk for task in steps], ended_at__isnull=False)
    for pk, at in ended.values_list("parent").annotate(last=Max("ended_at")).order_by():
        found[pk] = max(at, found.get(pk, at))
    return found


@dataclass(slots=True)
class _ClockReader:
    survey: Survey
    waited_until: dict[int, datetime]
    now: datetime
    _days: dict[int, int] = field(default_factory=dict)
    _made: dict[int, TaskClock] = field(default_factory=dict)

    def clock(self, task: Task) -> TaskClock:
        """The task's clock: that of whoever is waited for, most urgent first, where it only waits for others."""
        if task.pk not in self._made:
            self._made[task.pk] = self._clock(task)
        return self._made[task.pk]

    def _clock(self, task: Task) -> TaskClock:
        own = self._own(task)
        others = [self.clock(other) for other in self.survey.others(task)]
        if not others or own.state == PAUSED:
            return own
        worst = max(others, key=lambda one: (_URGENCY.index(one.state), one.minutes))
        waiting_on = dict.fromkeys(title for one in others for title in one.waiting_on)
        return replace(
            worst,
            waiting_on=tuple(waiting_on),
            for_others=True,
            due_at=own.due_at,
            calendar=own.calendar,
            window=own.window,
            own_minutes=own.minutes,
            own_counted=own.counted,
        )

    def _own(self, task: Task) -> TaskClock:
        calendar, day_minutes = self.survey.calendar(task)
        paused = self.survey.paused_since(task.cycle_id)
        plain = TaskClock(
            ENDLESS,
            waiting_on=(task.post.title,),
            due_at=task.due_at,
            day=self._day(task.cycle.office_id, calendar),
            paused_since=paused,
            window=_window(self.survey.step_of(task)),
            calendar=calendar,
        )
        if task.due_at is None:
            return replace(plain, state=PAUSED) if paused else plain
        at = paused or self.now
        since = self._late_from(task, task.due_at, at)
        minutes = worktime.minutes_between(calendar, since, at)
        counted = late_by(calendar, since, at) if minutes > 0 else NOT_LATE
        if paused:
            return replace(plain, state=PAUSED, minutes=minutes, counted=counted)
        near = -minutes <= _near(self.survey.step_of(task), day_minutes)
        state = LATE if at > task.due_at else NEAR if near else SAFE
        return replace(plain, state=state, minutes=minutes, counted=counted)

    def _late_from(self, task: Task, due_at: datetime, at: datetime) -> datetime:
        """The due moment; for a holder who had to wait for others past it, the moment the last of them was done."""
        done_at = self.waited_until.get(task.pk)
        return max(due_at, done_at) if done_at and at > due_at else due_at

    def _day(self, office: int, calendar: WorkCalendar) -> int:
        if office not in self._days:
            self._days[office] = day_length(calendar)
        return self._days[office]


def _window(step: Step) -> str:
    """When the SOP says that the step may lie ("Mar–Apr"); "" where it does not."""
    time = step.time
    return time.window if time else ""


def _near(step: Step, day_minutes: int) -> int:
    """From how many minutes left a task is near its due moment: a working day or a quarter of its standard time."""
    amount = step.amount(day_minutes)
    minutes = amount.working_minutes(day_minutes) if amount else 0
    return min(day_minutes, (minutes or day_minutes * 4) // 4)
