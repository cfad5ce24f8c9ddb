"""Deadlines of a run and its tasks: how near each is and for whom, when runs will end, pausing, moving.

Reading (`clocks`, `outlooks`) costs a fixed number of queries for any number of tasks and runs of any number
of offices; procedures that run one another cost one more for each level.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import structlog
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone

from himpun import clock, moments, typed
from himpun.archive.journal import SYSTEM, Turn, act
from himpun.cycles import planning
from himpun.cycles.due import due_by
from himpun.cycles.engine import CycleClosed
from himpun.cycles.late import NOT_LATE, Late, day_length, in_words, late_by
from himpun.cycles.models import Cycle, Pause, Task
from himpun.cycles.pace import Pace, paces_of
from himpun.cycles.planning import Course
from himpun.cycles.standing import Survey, survey_of
from himpun.errors import Conflict, FieldErrors
from himpun.indicators.models.requests import DataRequest
from himpun.measure.periods import Period
from himpun.notifications.actions import tell
from himpun.offices import worktime
from himpun.offices.acting import Actor, acting_in
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.models import Office, Person
from himpun.offices.rules import MAY_PAUSE_CYCLES, MAY_SET_DEADLINES
from himpun.offices.worktime import WorkCalendar
from himpun.places import place
from himpun.procedures.definition import Procedure, Step
from himpun.procedures.models import ProcedureVersion

log = structlog.get_logger("himpun.cycles")

SAFE, NEAR, LATE, PAUSED, ENDLESS = "aman", "mendekati", "terlambat", "dijeda", "tanpa-batas"
_URGENCY = (ENDLESS, PAUSED, SAFE, NEAR, LATE)


# --- the clock of a task --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TaskClock:
    """How a task stands at a moment. A task that only waits for others shows *their* state and minutes.

    `minutes` are working minutes: above zero late, below zero left. `own_minutes` are those of the task's own due moment
    while it waits for others. `day` is the net length of the office's working day in minutes. `counted` and `own_counted`
    are the late minutes in working days, as deadlines count those: a short day of Ramadan is one too.
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


def _near(step: Step, day_minutes: int) -> int:
    """From how many minutes left a task is near its due moment: a working day or a quarter of its standard time."""
    minutes = step.time.minutes(day_minutes) if step.time else None
    return min(day_minutes, (minutes or day_minutes * 4) // 4)


# --- when a run will end --------------------------------------------------------------------------------------------


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
        for version in versions:
            for office in [version.office_id] if version.office_id else found:
                found[office][version.key] = planning.straight_path(version.definition, version.definition.first.no)
        wanted = _run_by(version.definition for version in versions)
    return found


def _run_by(procedures: Iterable[Procedure]) -> set[str]:
    return {step.runs for procedure in procedures for step in procedure.steps if step.runs}


# --- the run's own deadline -----------------------------------------------------------------------------------------


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
    if sentence := typed.wrong_day(day, typed.Day.DEADLINE, clock.today()):
        raise FieldErrors({"due_at": sentence})
    calendar, _ = calendar_of(office.pk, office.calendar_stamp)
    return worktime.end_of_day(calendar, day)


def fit_of(cycle: Cycle, now: datetime) -> Fit | None:
    """Whether what is left of a running cycle fits before its deadline by the standard times; None without a deadline."""
    task = Task.objects.filter(cycle=cycle, decided_at__isnull=True, part=False).first()
    if cycle.due_at is None or task is None:
        return None
    calendar, day_minutes, courses = _ground(cycle)
    path = planning.straight_path(cycle.procedure.definition, task.step_no)
    children = {key: Course(steps) for key, steps in courses.items()}
    end = planning.ends_from(calendar, day_minutes, path, now, children=children)[path[-1].no]
    day = day_length(calendar)
    needs, there = (worktime.minutes_between(calendar, now, until) for until in (end, cycle.due_at))
    return Fit(-(-needs // day), there // day, end <= cycle.due_at)


def set_deadline(*, cycle: Cycle, due_at: datetime | None, by: Person) -> Fit | None:
    """Set or remove (None) the final deadline of a running cycle; the procedures its open step runs get theirs from it.

    Raises HoldsNoPost, FieldErrors (not in the future) or CycleClosed. A deadline too near is allowed: see `Fit`.
    """
    actor = acting_in(by, cycle.office_id, clock.today(), roles=MAY_SET_DEADLINES, to="menetapkan batas akhir siklus")
    with act(cycle.office.code, at=clock.now(), author=actor.author) as turn:
        check_deadline(due_at, turn.at)
        _set_deadline(turn, _open_cycle(cycle.pk), due_at)
    cycle.due_at = due_at
    return fit_of(cycle, clock.now())


def _open_cycle(pk: int) -> Cycle:
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
    zone = _zone(cycle.office)
    turn.record("cycles:deadline:set", cycle.subject, {"due_was": _iso(was, zone), "due_now": _iso(due_at, zone)})
    for child in Cycle.objects.filter(parent__cycle=cycle, state=Cycle.State.OPEN).select_related("parent", "office"):
        _set_deadline(turn, child, planned_finish(cycle, child.parent.step_no) if child.parent else None)


def planned_finish(cycle: Cycle, step_no: int) -> datetime | None:
    """When a step of a cycle is planned to end at the latest: the deadline of a procedure it runs. None without one."""
    if cycle.due_at is None:
        return None
    calendar, day_minutes, courses = _ground(cycle)
    plan = plan_by(calendar, day_minutes, cycle.procedure.definition, step_no, cycle.due_at, courses)
    return plan[step_no]


def _ground(cycle: Cycle) -> tuple[WorkCalendar, int, Mapping[str, list[Step]]]:
    """What a plan of one cycle is counted by: the office's calendar, its "1 hari", the procedures that steps may run."""
    calendar, day_minutes = calendar_of(cycle.office_id, cycle.office.calendar_stamp)
    courses = known_courses([cycle.office_id], [cycle.procedure.definition], clock.today())
    return calendar, day_minutes, courses[cycle.office_id]


def _zone(office: Office) -> ZoneInfo:
    return ZoneInfo(office.timezone)


def _iso(at: datetime | None, zone: ZoneInfo) -> str:
    """A moment for the journal, in the office's own time."""
    return at.astimezone(zone).isoformat(timespec="minutes") if at else ""


# --- pausing --------------------------------------------------------------------------------------------------------


class AlreadyPaused(Conflict):
    """The cycle is paused already."""

    code = "sudah-dijeda"

    def __init__(self) -> None:
        super().__init__("Siklus ini sudah dijeda. Muat ulang halaman untuk melihat oleh siapa dan mengapa.")


class NotPaused(Conflict):
    """There is no pause to end."""

    code = "tidak-dijeda"

    def __init__(self) -> None:
        super().__init__("Siklus ini tidak sedang dijeda. Muat ulang halaman untuk melihat keadaan terbaru.")


class ParentPaused(Conflict):
    """The cycle this one belongs to is paused."""

    code = "induk-dijeda"

    def __init__(self) -> None:
        super().__init__(
            "Siklus yang menjalankan siklus ini sedang dijeda. Lanjutkan siklus itu; yang ini ikut berjalan."
        )


def pause_cycle(*, cycle: Cycle, reason: str, by: Person) -> None:
    """Let the clock of a running cycle, and of what its open step runs, stand still, with a reason.

    Raises HoldsNoPost, FieldErrors (no reason), CycleClosed or AlreadyPaused. Until it is resumed nothing is decided.
    """
    actor = acting_in(by, cycle.office_id, clock.today(), roles=MAY_PAUSE_CYCLES, to="menjeda siklus")
    reason = typed.needed(reason, "Tulis alasan jeda; alasan ini terlihat oleh semua dan tercatat di arsip.")
    with act(cycle.office.code, at=clock.now(), author=actor.author) as turn:
        if _open_pause(_open_cycle(cycle.pk).pk):
            raise AlreadyPaused
        _pause(turn, cycle.pk, reason, actor)


def is_paused(cycle_id: int) -> bool:
    """Whether a cycle's clock stands still."""
    return _open_pause(cycle_id) is not None


def _open_pause(cycle_id: int) -> Pause | None:
    return Pause.objects.filter(cycle=cycle_id, until__isnull=True).first()


def _pause(turn: Turn, cycle_id: int, reason: str, actor: Actor) -> None:
    Pause.objects.create(
        cycle_id=cycle_id,
        since=turn.at,
        reason=reason,
        person_id=actor.person_id,
        person_name=actor.name,
        person_title=actor.title,
    )
    turn.record("cycles:cycle:paused", f"cycle:{cycle_id}", {"reason": reason})
    _tell_holders(turn, cycle_id, f"Siklus dijeda: {reason}")
    for child in Cycle.objects.filter(parent__cycle=cycle_id, state=Cycle.State.OPEN):
        if not _open_pause(child.pk):
            _pause(turn, child.pk, reason, actor)


def _tell_holders(turn: Turn, cycle_id: int, text: str) -> None:
    posts = Task.objects.filter(cycle=cycle_id, decided_at__isnull=True).values_list("post", flat=True)
    tell(turn, posts=sorted(set(posts)), text=text, place=place("cycle", cycle_id))


def resume_cycle(*, cycle: Cycle, by: Person) -> None:
    """Let the clock run on: every open deadline moves by the working time of the pause.

    Raises HoldsNoPost, NotPaused, or ParentPaused: what a paused cycle runs is resumed with it.
    """
    actor = acting_in(by, cycle.office_id, clock.today(), roles=MAY_PAUSE_CYCLES, to="melanjutkan siklus")
    with act(cycle.office.code, at=clock.now(), author=actor.author) as turn:
        pause = _open_pause(cycle.pk)
        if pause is None:
            raise NotPaused
        if cycle.parent and _open_pause(cycle.parent.cycle_id):
            raise ParentPaused
        resumed = _resume(turn, pause)
        Task.objects.filter(cycle__in=resumed, decided_at__isnull=True, due_at__isnull=False).update(nudge_at=turn.at)
        _count_anew(turn, resumed, "siklus dilanjutkan sesudah jeda")


def _resume(turn: Turn, pause: Pause) -> list[int]:
    """End a pause and those that came with it; returns the cycles."""
    Pause.objects.filter(pk=pause.pk, until__isnull=True).update(until=turn.at)
    turn.record("cycles:cycle:resumed", f"cycle:{pause.cycle_id}", {"reason": pause.reason})
    below = Pause.objects.filter(cycle__parent__cycle=pause.cycle_id, until__isnull=True, since=pause.since)
    return [pause.cycle_id, *(pk for child in below for pk in _resume(turn, child))]


# --- counting anew --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moved:
    """A task whose due moment was counted anew and came out otherwise."""

    task: Task
    was: datetime | None
    now: datetime | None


CALENDAR_CHANGED = "kalender kerja kantor berubah"


def recount(office: Office, *, what: str = "") -> list[Moved]:
    """Count every open deadline of an office anew after its calendar changed; nothing when that was done already.

    Moved deadlines are journaled and told to their posts with the old and the new moment, and `what` changed.
    """
    with act(office.code, at=clock.now(), author=SYSTEM) as turn:
        current = Office.objects.get(pk=office.pk)
        if current.deadlines_stamp == current.calendar_stamp:
            return []
        cycles = Cycle.objects.filter(office=current, state=Cycle.State.OPEN).values_list("pk", flat=True)
        why = f"{CALENDAR_CHANGED} ({what})" if what else CALENDAR_CHANGED
        moved = _count_anew(turn, list(cycles), why)
        Office.objects.filter(pk=current.pk).update(deadlines_stamp=current.calendar_stamp)
    return moved


def recount_changed() -> int:
    """Recount every office whose calendar changed since its deadlines were counted; returns how many had open tasks.

    Those without an open cycle are marked in one statement: a national holiday changes the calendar of every office.
    """
    changed = Office.objects.exclude(deadlines_stamp=F("calendar_stamp"))
    running = Cycle.objects.filter(office=OuterRef("pk"), state=Cycle.State.OPEN)
    busy = list(changed.filter(Exists(running)))
    for office in busy:
        try:
            recount(office)
        except Exception:  # one office's trouble is not to keep the others waiting; the next tick tries again
            log.exception("recount-failed", office=office.code)
    changed.exclude(Exists(running)).update(deadlines_stamp=F("calendar_stamp"))
    return len(busy)


def _count_anew(turn: Turn, cycle_ids: list[int], why: str) -> list[Moved]:
    """Count the open tasks of these cycles anew, from their opening and the pauses that ended; note and tell what moved."""
    survey = survey_of(cycle_ids)
    moved = []
    for task in survey.tasks.values():
        calendar, day_minutes = survey.calendar(task)
        pauses = survey.closed_pauses(task.cycle_id)
        due_at = due_by(calendar, day_minutes, survey.step_of(task), task.opened_at, pauses)
        if due_at != task.due_at and task.cycle_id in cycle_ids:
            moved.append(Moved(task, task.due_at, due_at))
    _write_moved(turn, survey, moved)
    for one in moved:
        _note_moved(turn, one, why)
    return moved


def _write_moved(turn: Turn, survey: Survey, moved: list[Moved]) -> None:
    for one in moved:
        one.task.due_at = one.now
        if not survey.paused_since(one.task.cycle_id):
            one.task.nudge_at = turn.at if one.now else None
    Task.objects.bulk_update([one.task for one in moved], ["due_at", "nudge_at"], batch_size=200)
    for one in moved:
        if one.task.part:
            origin = f"cycle:{one.task.cycle_id}"
            asked = DataRequest.objects.filter(origin=origin, unit=one.task.post_id, state__in=DataRequest.OPEN)
            asked.update(due_at=one.now)


def _note_moved(turn: Turn, one: Moved, why: str) -> None:
    task, cycle = one.task, one.task.cycle
    zone = _zone(cycle.office)
    data = {"task": task.pk, "step": task.step_no, "post": task.post.title, "why": why}
    turn.record(
        "cycles:deadline:moved", cycle.subject, {**data, "due_was": _iso(one.was, zone), "due_now": _iso(one.now, zone)}
    )
    was, now = (f"{_spoken(at, zone)}" for at in (one.was, one.now))
    label = Period.parse(cycle.period).label
    tell(
        turn,
        posts=[task.post_id],
        text=f"Batas waktu langkah {task.step_no}, {label}, bergeser dari {was} menjadi {now}: {why}.",
        place=place("cycle", cycle.pk),
        about=f"task:{task.pk}",
    )


def _spoken(at: datetime | None, zone: ZoneInfo) -> str:
    return moments.short(at, zone) if at else "tanpa batas waktu"
