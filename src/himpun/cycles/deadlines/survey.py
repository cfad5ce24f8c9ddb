"""What the times of many running cycles stand on, read at once: open tasks, calendars, procedures, pauses."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q

from himpun.cycles.deadlines.planning import Pauses
from himpun.cycles.deadlines.units import Holders, counted_by, holder_numbers
from himpun.cycles.models import Cycle, Pause, Task
from himpun.offices.calendar import kept
from himpun.offices.worktime import WorkCalendar
from himpun.procedures.definition import Procedure, Step
from himpun.procedures.queries import procedures_of


@dataclass(slots=True)
class Survey:
    """The open tasks of some cycles, and of the procedures that their steps run, with all that their times depend on.

    `steps` is the open step of each cycle and `parts` the units' open parts, by cycle; `child` the running cycle that a
    step (by its pk) waits for. Calendars are by office, definitions by version, pauses by cycle in order.
    """

    tasks: dict[int, Task] = field(default_factory=dict)
    steps: dict[int, Task] = field(default_factory=dict)
    parts: dict[int, list[Task]] = field(default_factory=dict)
    child: dict[int, int] = field(default_factory=dict)
    calendars: dict[int, tuple[WorkCalendar, int]] = field(default_factory=dict)
    definitions: dict[int, Procedure] = field(default_factory=dict)
    pauses: dict[int, list[Pause]] = field(default_factory=dict)
    holders: Holders = field(default_factory=dict)

    def calendar(self, task: Task) -> tuple[WorkCalendar, int]:
        """The calendar of a task's office, and its length of "1 hari" in minutes."""
        return self.calendars[task.cycle.office_id]

    def procedure(self, cycle: Cycle) -> Procedure:
        """The version a cycle pins, its times counted for the units of the cycle's office."""
        return counted_by(self.holders, cycle.office_id, self.definitions[cycle.procedure_id])

    def step_of(self, task: Task) -> Step:
        """The step a task is of, with the time by which its due moment is counted."""
        step = self.procedure(task.cycle).step(task.step_no)
        return replace(step, time_text=task.counted_as, times=1) if task.counted_as else step

    def others(self, task: Task) -> list[Task]:
        """The open tasks that a step waits for: the units' parts, or the open step of the procedure it runs."""
        if task.part:
            return []
        child = self.steps.get(self.child.get(task.pk, 0))
        return [*self.parts.get(task.cycle_id, []), *([child] if child else [])]

    def waited_for(self, task: Task) -> list[Task]:
        """The tasks that a step really waits for, down to those that wait for nobody; none when it waits for its own holder."""
        return [last for other in self.others(task) for last in self.waited_for(other) or [other]]

    def closed_pauses(self, cycle_id: int, until: datetime | None = None) -> Pauses:
        """The pauses that ended, and with `until` also the one that lasts, as if it ended then."""
        found = [(pause.since, pause.until or until) for pause in self.pauses.get(cycle_id, [])]
        return [(since, end) for since, end in found if end is not None and end >= since]

    def open_pause(self, cycle_id: int) -> Pause | None:
        """The pause of a cycle that lasts; None when it is not paused."""
        return next((pause for pause in self.pauses.get(cycle_id, []) if pause.until is None), None)

    def paused_since(self, cycle_id: int) -> datetime | None:
        """Since when a cycle is paused now; None when it is not."""
        pause = self.open_pause(cycle_id)
        return pause.since if pause else None


def survey_of(cycle_ids: Collection[int], *, parts: bool = True) -> Survey:
    """Survey these cycles, with or without the units' parts.

    A fixed number of queries for any number of cycles and offices, and one more for each level of procedures below.
    """
    survey = Survey()
    found = _take(survey, Q(cycle__in=cycle_ids), parts) if cycle_ids else []
    while found:
        running = Q(cycle__parent__in=[task.pk for task in found if not task.part], cycle__state=Cycle.State.OPEN)
        found = _take(survey, running & ~Q(cycle__in=list(survey.steps)), parts)
    if survey.tasks:
        _complete(survey)
    return survey


def _take(survey: Survey, which: Q, parts: bool) -> list[Task]:
    """Take in the open tasks of more cycles."""
    rows = Task.objects.filter(which, decided_at__isnull=True).select_related("post").order_by("id")
    found = list(rows if parts else rows.filter(part=False))
    for task in found:
        survey.tasks[task.pk] = task
        if task.part:
            survey.parts.setdefault(task.cycle_id, []).append(task)
        else:
            survey.steps[task.cycle_id] = task
    return found


def _complete(survey: Survey) -> None:
    """Give the tasks their cycles, and read what those depend on."""
    ids = {task.cycle_id for task in survey.tasks.values()}
    cycles = {cycle.pk: cycle for cycle in Cycle.objects.filter(pk__in=ids).select_related("office__kind")}
    for task in survey.tasks.values():
        task.cycle = cycles[task.cycle_id]
    for cycle in cycles.values():
        if cycle.parent_id is not None and cycle.pk in survey.steps:
            survey.child[cycle.parent_id] = cycle.pk
    survey.calendars = kept.calendars_of(cycle.office for cycle in cycles.values())
    survey.definitions = procedures_of(cycle.procedure_id for cycle in cycles.values())
    survey.holders = holder_numbers({cycle.office_id for cycle in cycles.values()}, survey.definitions.values())
    for pause in Pause.objects.filter(cycle__in=ids).order_by("since"):
        survey.pauses.setdefault(pause.cycle_id, []).append(pause)
