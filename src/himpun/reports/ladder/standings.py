"""How offices stand in a period: late, not begun, running, paused, done; and how their requests were answered.

Rows of numbers only, without who holds what: so that the whole country is read, counted and sorted in a second. What is
late agrees with `cycles.deadlines.clocks`: a step that only waits for others is as late as they are.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from himpun.cycles.deadlines.late import Late, day_length, late_by
from himpun.cycles.models import Cycle, Pause, Task
from himpun.indicators.models.requests import DataRequest
from himpun.measure.periods import Period
from himpun.offices import worktime
from himpun.offices.calendar.kept import calendars_of
from himpun.offices.models.offices import Office
from himpun.reports.ladder.rungs import DONE, LATE, OPEN, PAUSED
from himpun.reports.recap.recap import Reporting

NOT_BEGUN, NEAR = "belum-mulai", "mendekati"
STATES = {
    LATE: "Terlambat",
    NOT_BEGUN: "Belum mulai",
    NEAR: "Mendekati batas",
    OPEN: "Berjalan",
    PAUSED: "Dijeda",
    DONE: "Selesai",
}
"""How a run, or an office in a period, stands; the most worrying first."""
ORDER = {state: no for no, state in enumerate(STATES)}
SOP = "pengumpulan-data-kinerja"
"""The procedure a supervisor looks at first."""


Span = tuple[worktime.WorkCalendar, datetime, datetime]
"""What lateness is counted from in words: the calendar, the due moment and now. Only for the latest: it costs more."""


@dataclass(slots=True)
class Standing:
    """How an office stands in a period, without saying who holds what: enough to count, sort and filter by."""

    state: str = NOT_BEGUN
    late: int = 0
    day: int = 450
    span: Span | None = None
    reporting: Reporting = field(default_factory=Reporting)
    excused: int = 0
    begun: bool = False


@dataclass(slots=True)
class Counts:
    """Offices by how they stand, the latest of them, and the requests of the period."""

    offices: int = 0
    by_state: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))
    late: int = 0
    day: int = 450
    latest: str = ""
    span: Span | None = None
    reporting: Reporting = field(default_factory=Reporting)
    excused: int = 0

    @property
    def running(self) -> int:
        """Runs that are under way, late and paused ones included."""
        return sum(self.by_state[state] for state in (OPEN, NEAR, LATE, PAUSED))

    @property
    def not_begun(self) -> int:
        return self.by_state[NOT_BEGUN]

    @property
    def done(self) -> int:
        return self.by_state[DONE]

    @property
    def late_offices(self) -> int:
        return self.by_state[LATE]

    @property
    def words(self) -> str:
        """How late the latest is: "5 hari 2 jam"."""
        return self._counted.words if self.late else ""

    @property
    def late_days(self) -> float:
        """The same in working days, with one decimal."""
        return self._counted.in_days

    @property
    def _counted(self) -> Late:
        return late_by(*self.span) if self.span else Late()

    def add(self, name: str, standing: Standing) -> None:
        """Count one office."""
        self.offices += 1
        self.by_state[standing.state] += 1
        self.reporting += standing.reporting
        self.excused += standing.excused
        if standing.late * self.day > self.late * standing.day:
            self.late, self.day, self.latest, self.span = standing.late, standing.day, name, standing.span


def standings_of(offices: QuerySet[Office], period: Period, *, key: str, now: datetime) -> dict[int, Standing]:
    """How each of these offices stands: rows of numbers only, so that the whole country is read in a second.

    The offices are asked for as a query: thousands of them as a list of numbers would take longer than the answer.
    """
    offices = offices.order_by()
    found = {pk: Standing() for pk in offices.values_list("pk", flat=True)}
    for pk, (reporting, excused) in reporting_in(offices, period).items():
        found[pk].reporting, found[pk].excused = reporting, excused
    runs = _Runs.of(offices, period, key)
    dues: dict[int, datetime] = {}
    for office, (cycle, state) in runs.newest.items():
        standing = found[office]
        standing.begun = True
        standing.state = DONE if state == Cycle.State.ENDED else PAUSED if cycle in runs.paused else OPEN
        due = runs.earliest_due(cycle) if standing.state == OPEN else None
        if due is not None and due < now:
            dues[office] = due
    _note_late(found, dues, now)
    return found


def _note_late(found: Mapping[int, Standing], dues: Mapping[int, datetime], now: datetime) -> None:
    fields = ("hours", "timezone", "day_minutes", "calendar_stamp")
    calendars = calendars_of(Office.objects.filter(pk__in=list(dues)).only(*fields).order_by())
    lengths = {id(kept): day_length(kept) for kept in {id(kept): kept for kept, _ in calendars.values()}.values()}
    for pk, due in dues.items():
        calendar, _ = calendars[pk]
        found[pk].state, found[pk].day = LATE, lengths[id(calendar)]
        found[pk].late = max(worktime.minutes_between(calendar, due, now), 0)
        found[pk].span = (calendar, due, now)


@dataclass(slots=True)
class _Runs:
    """The newest run of each office, and of every running one the earliest due moments of its open tasks."""

    newest: dict[int, tuple[int, str]]
    children: dict[int, list[int]]
    parts: dict[int, datetime | None]
    steps: dict[int, datetime | None]
    paused: set[int]

    @classmethod
    def of(cls, offices: QuerySet[Office], period: Period, key: str) -> "_Runs":
        there = offices.values("pk")
        runs = Cycle.objects.filter(office__in=there, key=key, period=period.code)
        rows = runs.exclude(state=Cycle.State.CANCELLED).order_by("round").values_list("office_id", "pk", "state")
        newest = {office: (pk, state) for office, pk, state in rows}
        running = Q(office__in=there, period=period.code, state=Cycle.State.OPEN)
        children: dict[int, list[int]] = defaultdict(list)
        below = Cycle.objects.filter(running, parent__isnull=False).order_by()
        for above, pk in below.values_list("parent__cycle_id", "pk"):
            children[above].append(pk)
        parts, steps = _dues(there, period)
        paused = Pause.objects.filter(until__isnull=True, cycle__state=Cycle.State.OPEN, cycle__period=period.code)
        return cls(newest, children, parts, steps, set(paused.order_by().values_list("cycle_id", flat=True)))

    def earliest_due(self, cycle: int) -> datetime | None:
        """The earliest due moment of whoever is really waited for; None when nobody has one."""
        if cycle in self.paused:
            return None
        waits = cycle in self.parts or cycle in self.children
        found = [self.parts.get(cycle) if waits else self.steps.get(cycle)]
        found += [self.earliest_due(child) for child in self.children.get(cycle, [])]
        return min((due for due in found if due is not None), default=None)


def _dues(offices: Any, period: Period) -> tuple[dict[int, datetime | None], dict[int, datetime | None]]:
    """By run: the earliest due moment of its open parts, and of its open step."""
    tasks = Task.objects.filter(decided_at__isnull=True, cycle__office__in=offices, cycle__period=period.code)
    rows = tasks.filter(cycle__state=Cycle.State.OPEN).order_by().values_list("cycle_id", "part")
    found: tuple[dict[int, datetime | None], dict[int, datetime | None]] = ({}, {})
    for cycle, part, first in rows.annotate(first=Min("due_at")):
        found[0 if part else 1][cycle] = first
    return found


def reporting_in(offices: QuerySet[Office], period: Period) -> dict[int, tuple[Reporting, int]]:
    """By office, how its requests of this very period were answered, and how many units were excused."""
    state = DataRequest.State
    answered = Q(state__in=(state.SUBMITTED, state.FROZEN))
    in_time = answered & (Q(due_at__isnull=True) | Q(submitted_at__lte=F("due_at")))
    sent = DataRequest.objects.filter(
        office__in=offices.values("pk"), period=period.code, withdrawn_at__isnull=True
    ).exclude(Q(state=state.PREPARED) | Q(origin__startswith="muat:"))
    rows = (
        sent.order_by()
        .values_list("office_id")
        .annotate(
            asked=Count("pk", filter=~Q(state=state.EXCUSED)),
            answered=Count("pk", filter=answered),
            in_time=Count("pk", filter=in_time),
            excused=Count("pk", filter=Q(state=state.EXCUSED)),
        )
    )
    return {office: (Reporting(asked, done, on_time), excused) for office, asked, done, on_time, excused in rows}
