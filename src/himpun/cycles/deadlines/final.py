"""Deadlines of a run and its tasks: how near each is and for whom, when runs will end, pausing, moving.

Reading (`clocks`, `outlooks`) costs a fixed number of queries for any number of tasks and runs of any number
of offices; procedures that run one another cost one more for each level.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from himpun import clock, typed
from himpun.archive.journal import Turn, act
from himpun.cycles.deadlines import planning
from himpun.cycles.deadlines.late import day_length
from himpun.cycles.deadlines.outlook import known_courses, plan_by
from himpun.cycles.deadlines.planning import Course
from himpun.cycles.deadlines.units import counted_in
from himpun.cycles.engine import CycleClosed
from himpun.cycles.models import Cycle, Task
from himpun.errors import FieldErrors
from himpun.offices import worktime
from himpun.offices.acting import acting_in
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_SET_DEADLINES
from himpun.offices.worktime import WorkCalendar
from himpun.procedures.definition import Step


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether the standard times still fit before a deadline: the working days they need and those that there are."""

    needs: int
    there: int
    enough: bool

    @property
    def sentence(self) -> str:
        """What to know when they do not fit; empty when they do."""
        if self.enough:
            return ""
        return (
            f"Menurut waktu baku siklus ini masih perlu {self.needs} hari kerja, sedangkan sampai batas akhir ada {self.there}. "
            "Percepat langkahnya atau mundurkan batas akhirnya."
        )


def check_deadline(due_at: datetime | None, now: datetime) -> None:
    """A final deadline lies in the future. Raises FieldErrors."""
    if due_at is not None and due_at <= now:
        raise FieldErrors({"due_at": "Batas akhir harus sesudah saat ini. Pilih tanggal yang akan datang."})
    if due_at is not None and (sentence := typed.wrong_day(due_at.date(), typed.Day.DEADLINE, now.date())):
        raise FieldErrors({"due_at": sentence})


def end_of_day(office: Office, day: date) -> datetime:
    """A deadline given as a day: the end of that day's work in the office, or of the next working day's. Raises FieldErrors."""
    if sentence := typed.wrong_day(day, typed.Day.DEADLINE, office.today()):
        raise FieldErrors({"due_at": sentence})
    calendar, _ = calendar_of(office.pk, office.calendar_stamp)
    return worktime.end_of_day(calendar, day)


def fit_of(cycle: Cycle, now: datetime) -> Fit | None:
    """Whether what is left of a running cycle fits before its deadline by the standard times; None without a deadline."""
    task = Task.objects.filter(cycle=cycle, decided_at__isnull=True, part=False).first()
    if cycle.due_at is None or task is None:
        return None
    calendar, day_minutes, courses = _ground(cycle)
    path = planning.straight_path(counted_in(cycle.office_id, cycle.procedure.definition), task.step_no)
    children = {key: Course(steps) for key, steps in courses.items()}
    end = planning.ends_from(calendar, day_minutes, path, now, children=children)[path[-1].no]
    day = day_length(calendar)
    needs, there = (worktime.minutes_between(calendar, now, until) for until in (end, cycle.due_at))
    return Fit(-(-needs // day), there // day, end <= cycle.due_at)


def set_deadline(*, cycle: Cycle, due_at: datetime | None, by: Person) -> Fit | None:
    """Set or remove (None) the final deadline of a running cycle; the procedures its open step runs get theirs from it.

    Raises HoldsNoPost, FieldErrors (not in the future) or CycleClosed. A deadline too near is allowed: see `Fit`.
    """
    actor = acting_in(by, cycle.office_id, roles=MAY_SET_DEADLINES, to="menetapkan batas akhir siklus")
    with act(cycle.office.code, at=clock.now(), author=actor.author) as turn:
        check_deadline(due_at, turn.at)
        _set_deadline(turn, open_cycle(cycle.pk), due_at)
    cycle.due_at = due_at
    return fit_of(cycle, clock.now())


def open_cycle(pk: int) -> Cycle:
    cycle = Cycle.objects.select_related("office").filter(pk=pk, state=Cycle.State.OPEN).first()
    if cycle is None:
        raise CycleClosed
    return cycle


def _set_deadline(turn: Turn, cycle: Cycle, due_at: datetime | None) -> None:
    was = cycle.due_at
    if due_at == was:
        return
    Cycle.objects.filter(pk=cycle.pk).update(due_at=due_at)
    cycle.due_at = due_at
    zone = zone_of(cycle.office)
    turn.record("cycles:deadline:set", cycle.subject, {"due_was": iso(was, zone), "due_now": iso(due_at, zone)})
    for child in Cycle.objects.filter(parent__cycle=cycle, state=Cycle.State.OPEN).select_related("parent", "office"):
        _set_deadline(turn, child, planned_finish(cycle, child.parent.step_no) if child.parent else None)


def planned_finish(cycle: Cycle, step_no: int) -> datetime | None:
    """When a step of a cycle is planned to end at the latest: the deadline of a procedure it runs. None without one."""
    if cycle.due_at is None:
        return None
    calendar, day_minutes, courses = _ground(cycle)
    definition = counted_in(cycle.office_id, cycle.procedure.definition)
    plan = plan_by(calendar, day_minutes, definition, step_no, cycle.due_at, courses)
    return plan[step_no]


def _ground(cycle: Cycle) -> tuple[WorkCalendar, int, Mapping[str, list[Step]]]:
    """What a plan of one cycle is counted by: the office's calendar, its "1 hari", the procedures that steps may run."""
    calendar, day_minutes = calendar_of(cycle.office_id, cycle.office.calendar_stamp)
    courses = known_courses([cycle.office_id], [cycle.procedure.definition], cycle.office.today())
    return calendar, day_minutes, courses[cycle.office_id]


def zone_of(office: Office) -> ZoneInfo:
    return ZoneInfo(office.timezone)


def iso(at: datetime | None, zone: ZoneInfo) -> str:
    """A moment for the journal, in the office's own time."""
    return at.astimezone(zone).isoformat(timespec="minutes") if at else ""
