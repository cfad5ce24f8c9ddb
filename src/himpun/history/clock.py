"""Working time between two moments of a log, fast. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, time

from himpun.offices import worktime
from himpun.offices.worktime import Amount, WorkCalendar
from himpun.procedures.definition import Step
from himpun.procedures.times import read_duration

Span = tuple[datetime, datetime]


class WorkClock:
    """A calendar read very often: what is known of a day is kept. Answers equal those of `worktime`."""

    def __init__(self, calendar: WorkCalendar, day_minutes: int) -> None:
        self.calendar, self.day_minutes = calendar, day_minutes
        self._zone = calendar.timezone
        self._days: dict[int, _Day] = {}
        self._ahead: dict[tuple[int, int], int] = {}
        self._last: tuple[datetime | None, _Place] = (None, (0, 0, 0))
        self._before: tuple[datetime | None, _Place] = self._last

    def worked(self, at: datetime) -> int:
        """Working microseconds before this moment, since the calendar's first day."""
        return self._place(at)[2]

    def minutes(self, start: datetime, end: datetime) -> int:
        """The whole working minutes from `start` to a later `end`; 0 when it comes first."""
        before = self._place(start)[2]
        return max(self._place(end)[2] - before, 0) // _MINUTE

    def amount(self, step: Step) -> Amount | None:
        """The standard time of a step; None where the SOP gives none."""
        return step.amount(self.day_minutes)

    def read(self, text: str) -> Amount | None:
        """A time as the SOP writes it; None where it sets no limit."""
        duration = read_duration(text)
        return duration.amount(self.day_minutes) if duration else None

    def late(self, start: datetime, end: datetime, amount: Amount, pauses: Sequence[Span] = ()) -> int:
        """By how many working minutes `end` came after what was due; 0 in time, at least 1 when late."""
        if not pauses and amount.only_work:
            over = self.worked(end) - self._due(start, amount)
            if over:
                return max(over // _MINUTE, 1) if over > 0 else 0
        due = worktime.due_with_pauses(self.calendar, start, amount, pauses)
        return 0 if end <= due else max(self.minutes(due, end), 1)

    def _due(self, start: datetime, amount: Amount) -> int:
        """What has been worked when work begun at `start` is due; a moment of rest has the same as the work before it."""
        ordinal, clock, worked = self._place(start)
        if amount.days:
            ordinal, clock = self._begun(ordinal, clock)
            ordinal = self._day_ahead(ordinal, amount.days)
            worked = _worked_on(self._day(ordinal), clock)
        return worked + amount.minutes * _MINUTE

    def _begun(self, ordinal: int, clock: int) -> tuple[int, int]:
        """When work next begins."""
        for start, end in self._day(ordinal)[1]:
            if clock <= end:
                return ordinal, max(clock, start)
        ordinal = self._day_ahead(ordinal, 1)
        return ordinal, self._day(ordinal)[1][0][0]

    def _day_ahead(self, ordinal: int, days: int) -> int:
        found = self._ahead.get((ordinal, days))
        if found is None:
            found = self.calendar._days.advance(date.fromordinal(ordinal), days).toordinal()
            self._ahead[ordinal, days] = found
        return found

    def _place(self, at: datetime) -> "_Place":
        """Day, microsecond of the day, and what was worked before. The last two are kept: a step's start and end."""
        if self._last[0] is at:
            return self._last[1]
        if self._before[0] is at:
            return self._before[1]
        local = at.astimezone(self._zone)
        ordinal = local.toordinal()
        clock = (local.hour * 3600 + local.minute * 60 + local.second) * 1_000_000 + local.microsecond
        place = (ordinal, clock, _worked_on(self._day(ordinal), clock))
        self._before, self._last = self._last, (at, place)
        return place

    def _day(self, ordinal: int) -> "_Day":
        found = self._days.get(ordinal)
        if found is None:
            spans = tuple((_micro(start), _micro(end)) for start, end in self.calendar.on(date.fromordinal(ordinal)))
            found = self._days[ordinal] = (self.calendar._time.before(ordinal), spans)
        return found


_Day = tuple[int, tuple[tuple[int, int], ...]]
_Place = tuple[int, int, int]
_MINUTE = 60_000_000


def _worked_on(day: _Day, clock: int) -> int:
    worked, spans = day
    for start, end in spans:
        if clock <= start:
            break
        worked += (clock if clock < end else end) - start
    return worked


def _micro(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond
