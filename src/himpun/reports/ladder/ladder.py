"""The late ladder: who holds each run of a period now, how late in working time, and when it will probably end.

For an office: its runs, and under each the units that owe their part. The offices below it: `ladder_below.py`. Reads
the runs of any number of offices in a fixed number of queries (one more for each level of procedures that run one
another), and shows nothing of what was filled in.

What is late is what `cycles.deadlines.clocks` says: a step that only waits for others is as late as they are. An
office without a run of the procedure in the period has not begun, and that is shown. Whoever was excused was not
asked, and is counted apart.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from himpun import clock
from himpun.cycles.deadlines.clocks import TaskClock, clocks, clocks_in
from himpun.cycles.deadlines.late import NOT_LATE, Late, late_by
from himpun.cycles.deadlines.outlook import outlooks_in
from himpun.cycles.deadlines.survey import Survey, survey_of
from himpun.cycles.models import Cycle, Task
from himpun.cycles.queries import holders_of
from himpun.indicators.models.requests import DataRequest
from himpun.measure.periods import Kind, Period
from himpun.offices import worktime
from himpun.offices.calendar.kept import calendars_of
from himpun.offices.models.offices import Office
from himpun.procedures.definition import Procedure
from himpun.procedures.models import ProcedureVersion
from himpun.procedures.queries import procedures_of
from himpun.procedures.reading import role_titles, worded
from himpun.reports.ladder.rungs import DONE, LATE, OPEN, PAUSED, Rung, Visit, track_of
from himpun.reports.ladder.standings import NEAR, NOT_BEGUN, ORDER, SOP, STATES, reporting_in
from himpun.reports.recap.recap import Reporting

_OF_CLOCK = {"terlambat": LATE, "mendekati": NEAR, "dijeda": PAUSED}


@dataclass(frozen=True, slots=True)
class Awaited:
    """An open task that really waits for its own post: a unit's part, or a step that waits for nobody else."""

    task: Task
    step: str
    holder: str
    clock: TaskClock

    @property
    def late(self) -> bool:
        """Whether it is past its due moment and not paused."""
        return self.clock.state == "terlambat"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's part in a run: its state, and how late it is or was (`late` in working minutes, 0 when it is not)."""

    task: Task
    state: str
    label: str
    holder: str
    due_at: datetime | None
    done_at: datetime | None
    late: int
    counted: Late
    reason: str
    request: int | None

    @property
    def is_open(self) -> bool:
        """Whether the unit still owes its part."""
        return self.done_at is None

    @property
    def words(self) -> str:
        """How late it is or was: "2 hari 3 jam"."""
        return self.counted.words

    @property
    def late_days(self) -> float:
        """The same in working days, with one decimal."""
        return self.counted.in_days


@dataclass(slots=True)
class Row:
    """One run of a procedure, or an office that has not begun one (`cycle` is None)."""

    office: Office
    cycle: Cycle | None = None
    procedure: str = ""
    state: str = NOT_BEGUN
    track: tuple[Rung, ...] = ()
    task: Task | None = None
    step: str = ""
    holder: str = ""
    clock: TaskClock | None = None
    forecast: datetime | None = None
    awaited: list[Awaited] = field(default_factory=list)
    reporting: Reporting = field(default_factory=Reporting)
    excused: int = 0
    units: list[Unit] = field(default_factory=list)
    has_below: bool = False

    @property
    def late(self) -> int:
        """Working minutes late; 0 when it is not."""
        return self.clock.late if self.clock and self.state == LATE else 0

    @property
    def late_days(self) -> float:
        """The same in working days of the office, with one decimal."""
        return self.clock.counted.in_days if self.clock and self.late else 0.0

    @property
    def label(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def after_deadline(self) -> bool:
        """Whether the run ended, or will probably end, after its own deadline."""
        end = self.cycle and (self.cycle.ended_at or self.forecast)
        return bool(self.cycle and end and self.cycle.due_at and end > self.cycle.due_at)

    @property
    def late_tasks(self) -> list[Awaited]:
        """Who is late in it."""
        return [one for one in self.awaited if one.late]


@dataclass(slots=True)
class Ladder:
    """The ladder of one office: its runs in a period, each with its units."""

    office: Office
    period: Period
    key: str
    rows: list[Row]
    reporting: Reporting
    excused: int

    @property
    def late(self) -> list[Awaited]:
        """Everything that is late, each once."""
        return list({one.task.pk: one for row in self.rows for one in row.late_tasks}.values())


# --- runs in detail -------------------------------------------------------------------------------------------------


def rows_of(cycles: Sequence[Cycle], now: datetime) -> dict[int, Row]:
    """A row for each of these runs (with office and kind loaded), by its pk; requests and units apart."""
    ids = [cycle.pk for cycle in cycles]
    if not ids:
        return {}
    detail = _Detail.of(cycles, now)
    return {cycle.pk: detail.row(cycle) for cycle in cycles}


@dataclass(slots=True)
class _Detail:
    """All that is read about some runs."""

    definitions: Mapping[int, Procedure]
    visits: Mapping[int, list[Visit]]
    survey: Survey
    clocks: Mapping[int, TaskClock]
    forecasts: Mapping[int, datetime]
    holders: Mapping[int, str]

    @classmethod
    def of(cls, cycles: Sequence[Cycle], now: datetime) -> "_Detail":
        running = {cycle.pk for cycle in cycles if cycle.state == Cycle.State.OPEN}
        survey = survey_of(running)
        versions = {cycle.procedure_id for cycle in cycles}
        return cls(
            definitions={**survey.definitions, **procedures_of(versions - survey.definitions.keys())},
            visits=_visits([cycle.pk for cycle in cycles]),
            survey=survey,
            clocks=clocks_in(survey, now),
            forecasts={pk: outlook.end for pk, outlook in outlooks_in(survey, running, now).items()},
            holders=holders_of([task.post_id for task in survey.tasks.values()], timezone.localdate(now)),
        )

    def row(self, cycle: Cycle) -> Row:
        task = self.survey.steps.get(cycle.pk)
        clock = self.clocks[task.pk] if task else None
        state = _OF_CLOCK.get(clock.state, OPEN) if clock else DONE
        definition = self.definitions[cycle.procedure_id]
        open_state = state if state in (LATE, PAUSED) else OPEN
        return Row(
            cycle.office,
            cycle,
            definition.name,
            state,
            track_of([step.no for step in definition.steps], self.visits.get(cycle.pk, []), open_state),
            task,
            self._titled(task, cycle.office) if task else "",
            self.holders.get(task.post_id, "") if task else "",
            clock,
            self.forecasts.get(cycle.pk),
            [self._awaited(leaf, cycle.office) for leaf in self._leaves(task)],
        )

    def _titled(self, task: Task, office: Office) -> str:
        definition = self.definitions[task.cycle.procedure_id]
        return worded(definition.step(task.step_no).title, role_titles(definition, office.kind.titles))

    def _leaves(self, task: Task | None) -> Iterable[Task]:
        """The open tasks below an open step that wait for nobody but their own post: often the step itself."""
        if task is None:
            return
        others = self.survey.others(task)
        if not others:
            yield task
        for other in others:
            yield from self._leaves(other)

    def _awaited(self, task: Task, office: Office) -> Awaited:
        task.cycle.office = office
        return Awaited(task, self._titled(task, office), self.holders.get(task.post_id, ""), self.clocks[task.pk])


def _visits(cycles: Sequence[int]) -> dict[int, list[Visit]]:
    found: dict[int, list[Visit]] = defaultdict(list)
    tasks = Task.objects.filter(cycle__in=cycles, part=False).order_by("cycle", "visit")
    for cycle, step_no, due_at, decided_at in tasks.values_list("cycle_id", "step_no", "due_at", "decided_at"):
        found[cycle].append(Visit(step_no, due_at, decided_at))
    return found


# --- one office -----------------------------------------------------------------------------------------------------


def ladder_of(office: Office, period: Period, *, key: str = "", now: datetime | None = None) -> Ladder:
    """The ladder of one office: its runs of a period, those of one procedure where `key` names it."""
    now = now or clock.now()
    cycles = Cycle.objects.filter(office=office, period=period.code).exclude(state=Cycle.State.CANCELLED)
    chosen = list((cycles.filter(key=key) if key else cycles).select_related("parent").order_by("-round", "pk"))
    for cycle in chosen:
        cycle.office = office
    rows = rows_of(chosen, now)
    for pk, units in _units(office, chosen, now).items():
        rows[pk].units = units
    reporting, excused = reporting_in(Office.objects.filter(pk=office.pk), period).get(office.pk, (Reporting(), 0))
    ordered = _under_their_steps(sorted(rows.values(), key=by_lateness))
    return Ladder(office, period, key, ordered, reporting, excused)


def by_lateness(row: Row) -> tuple[float, int, Any]:
    """The latest first, then by how worrying the state is, then by name."""
    return -row.late_days, ORDER[row.state], row.office.name.casefold()


def _under_their_steps(rows: list[Row]) -> list[Row]:
    """Each run, followed by the runs that its steps started."""
    below: dict[int, list[Row]] = defaultdict(list)
    there = {row.cycle.pk for row in rows if row.cycle}
    for row in rows:
        above = row.cycle.parent.cycle_id if row.cycle and row.cycle.parent else 0
        below[above if above in there else 0].append(row)
    ordered: list[Row] = []

    def follow(rows: list[Row]) -> None:
        for row in rows:
            ordered.append(row)
            follow(below[row.cycle.pk] if row.cycle else [])

    follow(below[0])
    return ordered


def _units(office: Office, cycles: Sequence[Cycle], now: datetime) -> dict[int, list[Unit]]:
    """By run, the newest part of each unit, in the order of the units."""
    parts = Task.objects.filter(cycle__in=cycles, part=True).select_related("post", "cycle").order_by("visit", "pk")
    newest = {(part.cycle_id, part.post_id): part for part in parts}
    if not newest:
        return {}
    requests = {
        (request.origin, request.unit_id): request
        for request in DataRequest.objects.filter(office=office, origin__in={cycle.subject for cycle in cycles})
    }
    of_open = clocks(newest.values(), now)
    holders = holders_of([part.post_id for part in newest.values()], timezone.localdate(now))
    calendar, _ = calendars_of([office])[office.pk]
    found: dict[int, list[Unit]] = defaultdict(list)
    for part in sorted(newest.values(), key=lambda part: (part.post.order, part.post_id)):
        request = requests.get((part.cycle.subject, part.post_id))
        late, counted = _late_by(calendar, part, of_open.get(part.pk))
        found[part.cycle_id].append(_unit(part, request, late, counted, holders.get(part.post_id, "")))
    return found


def _late_by(calendar: worktime.WorkCalendar, part: Task, clock: TaskClock | None) -> tuple[int, Late]:
    """How late a part is or was: in working minutes, and in working days as deadlines count them."""
    if clock is not None:
        return (clock.late, clock.counted) if clock.state == "terlambat" else (0, NOT_LATE)
    excused = part.decision == DataRequest.State.EXCUSED
    if excused or part.due_at is None or part.decided_at is None or part.decided_at <= part.due_at:
        return 0, NOT_LATE
    minutes = max(worktime.minutes_between(calendar, part.due_at, part.decided_at), 0)
    return minutes, late_by(calendar, part.due_at, part.decided_at)


def _unit(part: Task, request: DataRequest | None, late: int, counted: Late, holder: str) -> Unit:
    state = request.state if request else (part.decision or DataRequest.State.SENT)
    label = request.get_state_display() if request else (part.decision or "Menunggu")
    return Unit(
        part,
        state,
        label,
        holder,
        part.due_at,
        part.decided_at,
        late,
        counted,
        request.reason if request and request.state in ("dikecualikan", "dikembalikan") else "",
        request.pk if request else None,
    )


# --- what can be asked for ------------------------------------------------------------------------------------------


def likely_period(office: Office, day: date, *, below: bool) -> Period:
    """The period of the newest run there that still goes on, else the quarter that ended last."""
    there = Q(office__parent=office) if below else Q(office=office)
    newest = Cycle.objects.filter(there, state=Cycle.State.OPEN, parent__isnull=True).aggregate(last=Max("pk"))["last"]
    code = Cycle.objects.filter(pk=newest).values_list("period", flat=True).first() if newest else None
    return Period.parse(code) if code else Kind.QUARTER.period(day).previous()


def procedures_for(office: Office, *, below: bool) -> dict[str, str]:
    """The procedures that may be chosen, key → name: shared ones, and those of the office or the offices below it."""
    own = Q(office__parent=office) if below else Q(office=office)
    versions = ProcedureVersion.objects.filter(Q(office__isnull=True) | own).order_by("number")
    return dict(sorted(versions.values_list("key", "name"), key=lambda pair: (pair[0] != SOP, pair[1])))
