"""Working time: when something is due, and how many working minutes lie between two moments.

Pure: a calendar and moments go in, moments and minutes come out. Every moment is aware; results are in the
calendar's own time zone, whatever zone the question was asked in.

What an office expects, and what is decided here:

- **"1 hari" is one whole working day, not a count of minutes.** Received Monday 10.00, due Tuesday 10.00;
  received Friday 10.00, due Monday 10.00. A working day of the usual week is 450 minutes net while the source's
  setting says 480 ("8 jam"): counting 480 minutes would let "1 hari" creep half an hour later every day.
  So days advance *working days* and keep the clock time; only minutes advance *working minutes*.
- **A clock time that the day reached does not work at is moved into that day's working time**: before work to its
  start, during rest to the end of the rest, after work to its end.
- **Received outside working time counts as received when work next begins.**
- **The last moment still counts.** 16.00 sharp is working time, and 450 minutes from 07.30 end at 16.00, not at
  07.30 the next day. The same holds at the beginning of a rest.
- **Calendar days run through days off** and end with the work of the last one, or of the next working day where the
  office does not work then. The day of receipt is not counted, at whatever hour something was received.
- **Round the clock is round the clock**: 24 hours from Friday 15.00 end on Saturday 15.00.
- **`Amount.in_days(480)`** turns a time written in minutes into days where it fills them, so that "480 menit"
  means the "1 hari" it stands for in the source. Without it, 480 minutes are 480 working minutes.

Intervals are wall-clock times. Indonesia has no daylight saving time; in a zone that has, a day's work is still
counted by the clock on the wall.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from himpun.errors import Refusal

Interval = tuple[time, time]
Day = tuple[Interval, ...]
Week = tuple[Day, Day, Day, Day, Day, Day, Day]

_MORNING = time(7, 30)
_USUAL: Day = ((_MORNING, time(12, 0)), (time(13, 0), time(16, 0)))
_FRIDAY: Day = ((_MORNING, time(11, 30)), (time(13, 0), time(16, 30)))

DEFAULT_WEEK: Week = (_USUAL, _USUAL, _USUAL, _USUAL, _FRIDAY, (), ())
"""37.5 hours net: Monday–Thursday 07.30–16.00 resting 12.00–13.00, Friday 07.30–16.30 resting 11.30–13.00.

Every one of the five days is 450 minutes net (7.5 hours).
"""

WEEKDAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")

LONGEST_HOURS = 366
"""Days that one period of other hours (Ramadan) may last."""

WIB = ZoneInfo("Asia/Jakarta")
WITA = ZoneInfo("Asia/Makassar")
WIT = ZoneInfo("Asia/Jayapura")

_CLOCK = r"([01]?\d|2[0-3])[.:]([0-5]\d)"
_INTERVAL = re.compile(rf"\s*{_CLOCK}\s*[-–]\s*{_CLOCK}\s*\Z", re.ASCII)
_MINUTE = 60_000_000  # microseconds: everything is counted in whole microseconds, so nothing is rounded
_FULL_DAY = 24 * 60
_LAST_DAY = date.max.toordinal()


class CalendarUnusable(Refusal):
    """The working hours contradict themselves or hold no work, or the answer lies after the calendar's end."""

    code = "kalender-kerja-salah"


@dataclass(frozen=True, slots=True)
class Amount:
    """A standard time (waktu): calendar days, then whole working days and working minutes, then minutes round the clock."""

    days: int = 0
    minutes: int = 0
    calendar_days: int = 0
    running: int = 0

    def __post_init__(self) -> None:
        if min(self.days, self.minutes, self.calendar_days, self.running) < 0:
            raise CalendarUnusable("Waktu tidak boleh kurang dari nol; tulis jumlah hari atau menit yang positif.")

    def in_days(self, day_minutes: int) -> "Amount":
        """The same amount with every full `day_minutes` written as a working day: 500 menit = 1 hari 20 menit."""
        if day_minutes <= 0:
            raise CalendarUnusable("Panjang “1 hari” harus lebih dari 0 menit; perbaiki day_minutes kantor ini.")
        days, minutes = divmod(self.minutes, day_minutes)
        return replace(self, days=self.days + days, minutes=minutes)

    def working_minutes(self, day_minutes: int) -> int:
        """About how many working minutes it is, where five of seven days have `day_minutes`: to compare, not to count."""
        days = self.calendar_days * _FULL_DAY + self.running
        return self.days * day_minutes + self.minutes + days * day_minutes * 5 // (7 * _FULL_DAY)

    @property
    def only_work(self) -> bool:
        """Whether it is counted in working time alone."""
        return not (self.calendar_days or self.running)

    @property
    def work(self) -> "Amount":
        """Its part that is counted in working time."""
        return Amount(self.days, self.minutes)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When an office works: a usual week, the days off, and the days with other hours (Ramadan).

    A date in both `holidays` and `special_days` is a day off.
    """

    hours: Week
    holidays: frozenset[date]
    timezone: ZoneInfo
    special_days: Mapping[date, Day] = field(default_factory=dict, hash=False)

    _time: "_Tally" = field(init=False, repr=False, compare=False)
    _days: "_Tally" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_week(self.hours)
        for day in self.special_days.values():
            check_day(day)
        other: dict[date, Day] = {**self.special_days, **dict.fromkeys(self.holidays, ())}
        object.__setattr__(self, "_time", _tally(_length, self.hours, other))
        object.__setattr__(self, "_days", _tally(_works, self.hours, other))

    def on(self, day: date) -> Day:
        """The working intervals of one date; empty on a day off."""
        if day in self.holidays:
            return ()
        return self.special_days.get(day, self.hours[day.weekday()])


def check_day(day: Day) -> None:
    """Refuse intervals that end before they begin or run into one another."""
    for start, end in day:
        if start >= end:
            raise CalendarUnusable(
                f"Jam kerja {_clock(start)}–{_clock(end)} berakhir sebelum dimulai; tukar atau perbaiki jamnya."
            )
    for (_, end), (start, _) in pairwise(day):
        if start < end:
            raise CalendarUnusable(
                f"Jam kerja yang mulai {_clock(start)} bertumpang tindih dengan yang berakhir {_clock(end)}; "
                "urutkan jam kerja dan pisahkan dengan istirahat."
            )


def check_week(week: Week) -> None:
    """Refuse a week that is not seven days, contradicts itself, or has no work at all."""
    if len(week) != len(WEEKDAYS):
        raise CalendarUnusable("Jam kerja harus ditulis untuk tujuh hari, mulai Senin; hari libur dikosongkan.")
    for day in week:
        check_day(day)
    if not any(week):
        raise CalendarUnusable("Kalender kerja tidak mempunyai jam kerja; isi paling sedikit satu hari.")


def read_day(texts: Iterable[str]) -> Day:
    """One day's intervals as people write them: ["07.30-12.00", "13.00-16.00"]; the gap between is the rest."""
    day = tuple(_interval(text) for text in texts)
    check_day(day)
    return day


def read_week(data: Mapping[str, Iterable[str]]) -> Week:
    """A week as settings hold it: {"senin": ["07.30-12.00", …], …}. A day left out is off; none at all, the usual."""
    if not data:
        return DEFAULT_WEEK
    for name in data:
        if name not in WEEKDAYS:
            raise CalendarUnusable(f"Hari “{name}” tidak dikenal; tulis salah satu dari {', '.join(WEEKDAYS)}.")
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (read_day(data.get(name, ())) for name in WEEKDAYS)
    week = (monday, tuesday, wednesday, thursday, friday, saturday, sunday)
    check_week(week)
    return week


def write_week(week: Week) -> dict[str, list[str]]:
    """The reverse of `read_week`, fit for TOML and JSON."""
    return {name: write_day(day) for name, day in zip(WEEKDAYS, week, strict=True)}


def write_day(day: Day) -> list[str]:
    """The reverse of `read_day`: ["07.30-12.00", "13.00-16.00"]."""
    return [f"{_clock(start)}-{_clock(end)}" for start, end in day]


def minutes_of(day: Day) -> int:
    """The working minutes of one day, net of rest."""
    return _length(day) // _MINUTE


def next_working(calendar: WorkCalendar, at: datetime) -> datetime:
    """`at` itself when it is working time, or else the next moment when work begins."""
    local = _local(calendar, at)
    clock = local.time()
    for start, end in calendar.on(local.date()):
        if clock <= end:
            return _moment(calendar, local.date(), max(clock, start))
    day = calendar._days.advance(local.date(), 1)
    return _moment(calendar, day, calendar.on(day)[0][0])


def due(calendar: WorkCalendar, start: datetime, amount: Amount) -> datetime:
    """When work begun at `start` with this much time is due; a moment of working time unless it runs round the clock.

    The days come first and keep the clock time, then the minutes: "1 hari 20 menit" from Monday 10.00 is Tuesday 10.20.
    """
    if not amount.only_work:
        return due_with_pauses(calendar, start, amount, ())
    at = next_working(calendar, start)
    if amount.days:
        day = calendar._days.advance(at.date(), amount.days)
        at = _moment(calendar, day, _clamped(calendar.on(day), at.time()))
    if amount.minutes:
        at = _advance_time(calendar, at, amount.minutes * _MINUTE)
    return at


def start_of(calendar: WorkCalendar, end: datetime, amount: Amount) -> datetime:
    """When work with this much time has to begin at the latest to be due by `end`; always a moment of working time.

    The mirror of `due`: `due(start_of(end, amount), amount)` is `end` itself wherever any start is due at `end`, and
    else the last moment before it that is (Friday 16.20 is not one day after any moment of a Thursday that ends at
    16.00). What `due` adds last comes off first.
    """
    at = _last_working(calendar, _later(calendar, end, -amount.running) if amount.running else end)
    if amount.minutes:
        at = _retreat_time(calendar, at, amount.minutes * _MINUTE)
    if amount.days:
        at = _retreat_days(calendar, at, amount.days)
    if amount.calendar_days:
        at = _retreat_calendar(calendar, at, amount.calendar_days)
    return at


def due_with_pauses(
    calendar: WorkCalendar, start: datetime, amount: Amount, pauses: Sequence[tuple[datetime, datetime]]
) -> datetime:
    """When work is due that stood still during these pauses (begin and end, in order of time, not overlapping).

    At the beginning of a pause that comes before the due moment so far, the time still left is set aside and counted on
    from the pause's end, by the clock it is counted by. Never earlier than without the pause; a pause before `start`
    changes nothing.
    """
    at = start
    if amount.calendar_days:
        at = _calendar_end(calendar, at, amount.calendar_days, pauses)
    if amount.only_work or amount.days or amount.minutes:
        at = _work_end(calendar, at, amount.work, pauses)
    if amount.running:
        at = _running_end(calendar, at, amount.running, pauses)
    return at


def _stopped(
    start: datetime,
    found: datetime,
    pauses: Sequence[tuple[datetime, datetime]],
    counted_on: Callable[[datetime, datetime, datetime], datetime],
) -> datetime:
    """The due moment `found` moved on by each pause that begins before it: from its beginning, its end and the moment so far."""
    for begun, ended in pauses:
        stopped = max(begun, start)
        if stopped < found and stopped < ended:
            found = counted_on(stopped, ended, found)
    return found


def _work_end(
    calendar: WorkCalendar, start: datetime, amount: Amount, pauses: Sequence[tuple[datetime, datetime]]
) -> datetime:
    def on(stopped: datetime, ended: datetime, found: datetime) -> datetime:
        return max(found, _counted_on(calendar, stopped, ended, found))

    return _stopped(start, due(calendar, start, amount), pauses, on)


def _calendar_end(
    calendar: WorkCalendar, start: datetime, days: int, pauses: Sequence[tuple[datetime, datetime]]
) -> datetime:
    """The end of work on the day so many days later, or on the next working day."""
    reached = _day_later(_local(calendar, start).date(), days)

    def on(stopped: datetime, ended: datetime, found: datetime) -> datetime:
        nonlocal reached
        left = max((reached - _local(calendar, stopped).date()).days, 0)
        reached = max(reached, _day_later(_local(calendar, ended).date(), left))
        return end_of_day(calendar, reached)

    return _stopped(start, end_of_day(calendar, reached), pauses, on)


def _running_end(
    calendar: WorkCalendar, start: datetime, minutes: int, pauses: Sequence[tuple[datetime, datetime]]
) -> datetime:
    def on(stopped: datetime, ended: datetime, found: datetime) -> datetime:
        return _local(calendar, ended) + (found - stopped)

    return _stopped(start, _later(calendar, start, minutes), pauses, on)


OFF, NO_WORK, TOO_LATE = "libur", "tanpa-jam-kerja", "sesudah-jam-kerja"


@dataclass(frozen=True, slots=True)
class Counted:
    """What one day adds to a count, as `explained` tells it.

    `hours` are the working intervals of the day, `special` when they are not those of its weekday. `as_day` when it is
    counted as one of the days; `spans` are the stretches counted as minutes, `minutes` of them in all. `why_not` says
    why nothing is counted: OFF, NO_WORK, TOO_LATE (received after work had ended), or "" when something is.
    `by_calendar` when it is one of the calendar days, `running` the minutes of it that are counted round the clock.
    """

    day: date
    hours: Day
    special: bool
    as_day: bool
    spans: Day
    minutes: int
    why_not: str
    by_calendar: bool = False
    running: int = 0


def explained(calendar: WorkCalendar, start: datetime, amount: Amount) -> list[Counted]:
    """How `due` counts, one row a day from the day of `start` to the day it is due."""
    found, first = due(calendar, start, amount), _local(calendar, start).date()
    span = [first + timedelta(days=number) for number in range((found.date() - first).days + 1)]
    by_calendar = Amount(calendar_days=amount.calendar_days)
    handed = due(calendar, start, by_calendar) if amount.calendar_days else _local(calendar, start)
    works = amount.only_work or amount.days or amount.minutes
    begun = next_working(calendar, handed) if works else handed
    reached = due(calendar, handed, Amount(days=amount.days)) if works else handed  # where the days end, minutes begin
    worked = due(calendar, handed, amount.work) if works else handed  # where what runs round the clock begins
    rows = [_counted(calendar, day, begun, reached, worked) for day in span]
    if amount.calendar_days:  # days that the calendar counts are not passed over because work begins later
        rows = [replace(row, why_not="" if row.why_not == TOO_LATE else row.why_not) for row in rows]
    last = _day_later(first, amount.calendar_days)
    return [_counted_otherwise(calendar, row, first < row.day <= last, worked, found) for row in rows]


def _counted(calendar: WorkCalendar, day: date, begun: datetime, reached: datetime, found: datetime) -> Counted:
    hours = calendar.on(day)
    as_day = bool(hours) and begun.date() < day <= reached.date()
    spans = _spans(calendar, day, reached, found)
    why_not = OFF if day in calendar.holidays else NO_WORK if not hours else TOO_LATE if day < begun.date() else ""
    special = day not in calendar.holidays and hours != calendar.hours[day.weekday()]
    return Counted(day, hours, special, as_day, spans, _length(spans) // _MINUTE, why_not)


def _counted_otherwise(
    calendar: WorkCalendar, row: Counted, by_calendar: bool, since: datetime, until: datetime
) -> Counted:
    """A row with what the calendar and the clock count of its day; a day off among them is counted all the same."""
    midnight, following = (_moment(calendar, row.day + timedelta(days=more), time.min) for more in (0, 1))
    running = max(min(until, following) - max(since, midnight), timedelta(0))
    if not (by_calendar or running):
        return row
    return replace(row, by_calendar=by_calendar, running=running // timedelta(minutes=1))


def _spans(calendar: WorkCalendar, day: date, start: datetime, end: datetime) -> Day:
    """The working intervals of a day between two moments of the calendar's own zone."""
    if not start.date() <= day <= end.date():
        return ()
    low = start.time() if day == start.date() else time.min
    high = end.time() if day == end.date() else time.max
    pieces = ((max(begin, low), min(stop, high)) for begin, stop in calendar.on(day))
    return tuple((begin, stop) for begin, stop in pieces if begin < stop)


def nth_workday(calendar: WorkCalendar, day: date, n: int) -> date:
    """The n-th working day after `day`; with n < 0 the |n|-th counted back from `day`, which itself counts.

    −1 is the last working day not after `day`. There is no 0th.
    """
    if n == 0:
        raise ValueError("there is no 0th working day")
    return calendar._days.advance(day, n) if n > 0 else calendar._days.retreat(day, -n)


def end_of_day(calendar: WorkCalendar, day: date) -> datetime:
    """The end of that day's work, or of the next working day's when it is a day off."""
    working = day if calendar.on(day) else nth_workday(calendar, day, 1)
    return _moment(calendar, working, calendar.on(working)[-1][1])


def minutes_between(calendar: WorkCalendar, a: datetime, b: datetime) -> int:
    """The whole working minutes from `a` to `b`; negative when `b` comes first."""
    worked = _worked(calendar, _local(calendar, b)) - _worked(calendar, _local(calendar, a))
    return worked // _MINUTE if worked >= 0 else -(-worked // _MINUTE)


@dataclass(frozen=True, slots=True)
class _Tally:
    """A running total over all days, answered without walking them: whole weeks plus the days that differ."""

    week: tuple[int, ...]  # totals before Monday, before Tuesday, …, of the whole week
    changed: tuple[int, ...]  # ordinals of the days that differ from their weekday, in order
    change: tuple[int, ...]  # total difference before the first, the second, … of them, and after the last

    def before(self, ordinal: int) -> int:
        """The total of all days before this one."""
        weeks, days = divmod(ordinal - 1, 7)  # day 1, 1 January of the year 1, is a Monday
        return weeks * self.week[-1] + self.week[days] + self.change[bisect_left(self.changed, ordinal)]

    def advance(self, day: date, amount: int) -> date:
        """The day on which the total has grown by `amount` (> 0) since the end of `day`."""
        ordinal = day.toordinal()
        return self.reaching(ordinal, self.before(ordinal + 1) + amount)

    def retreat(self, day: date, amount: int) -> date:
        """The day that begins the last `amount` (> 0) of the total up to the end of `day`: advance, backwards."""
        ordinal = day.toordinal()
        return self.holding(ordinal, self.before(ordinal + 1) - amount)

    def holding(self, ordinal: int, target: int) -> date:
        """The last day, not after `ordinal`'s total, on which the total grows from at most `target` to more than it."""
        missing = self.before(ordinal + 1) - target
        earliest = ordinal - 7 * (missing // self.week[-1] + len(self.changed) + 2)
        if earliest < 1:
            raise CalendarUnusable("Waktunya mendahului awal kalender; tulis jumlah hari atau menit yang lebih kecil.")
        return self.reaching(earliest, target + 1)

    def reaching(self, ordinal: int, target: int) -> date:
        """The first day from `ordinal` on at whose end the total is at least `target`."""
        missing = max(target - self.before(ordinal), 0)
        enough_weeks = missing // self.week[-1] + len(self.changed) + 2
        span = range(ordinal, min(ordinal + 7 * enough_weeks, _LAST_DAY + 1))
        found = bisect_left(span, target, key=lambda candidate: self.before(candidate + 1))
        if found == len(span):
            raise CalendarUnusable("Waktunya melampaui akhir kalender; tulis jumlah hari atau menit yang lebih kecil.")
        return date.fromordinal(span[found])


def _tally(measure: Callable[[Day], int], week: Week, other: Mapping[date, Day]) -> _Tally:
    """Count every day by `measure`: its working time, or whether there is any."""
    days = sorted(other)
    return _Tally(
        week=_sums(measure(day) for day in week),
        changed=tuple(day.toordinal() for day in days),
        change=_sums(measure(other[day]) - measure(week[day.weekday()]) for day in days),
    )


def _works(day: Day) -> int:
    return int(bool(day))


def _advance_time(calendar: WorkCalendar, at: datetime, amount: int) -> datetime:
    target = _worked(calendar, at) + amount
    day = calendar._time.reaching(at.toordinal(), target)
    left = target - calendar._time.before(day.toordinal())
    for start, end in calendar.on(day):
        if left <= (length := _length(((start, end),))):
            return _moment(calendar, day, start) + timedelta(microseconds=left)
        left -= length
    raise AssertionError("the tally and the day disagree")  # pragma: no cover


def _last_working(calendar: WorkCalendar, at: datetime) -> datetime:
    """`at` itself when it is working time, or else the last moment when work ended."""
    local = _local(calendar, at)
    return _last_on(calendar, local.date(), local.time())


def _last_on(calendar: WorkCalendar, day: date, clock: time) -> datetime:
    """The last working moment of `day` up to this clock time, or of the working day before."""
    for start, end in reversed(calendar.on(day)):
        if start <= clock:
            return _moment(calendar, day, min(clock, end))
    before = calendar._days.retreat(day - timedelta(days=1), 1)
    return _moment(calendar, before, calendar.on(before)[-1][1])


def _retreat_time(calendar: WorkCalendar, at: datetime, amount: int) -> datetime:
    """The last working moment that has `amount` (> 0) of working time from it to `at`."""
    target = _worked(calendar, at) - amount
    day = calendar._time.holding(at.toordinal(), target)
    left = target - calendar._time.before(day.toordinal())
    for start, end in calendar.on(day):
        if left < (length := _length(((start, end),))):
            return _moment(calendar, day, start) + timedelta(microseconds=left)
        left -= length
    raise AssertionError("the tally and the day disagree")  # pragma: no cover


def _retreat_days(calendar: WorkCalendar, at: datetime, days: int) -> datetime:
    """The last working moment from which this many days lead to `at` or to before it."""
    day = calendar._days.retreat(at.date(), days + 1)
    ends = at.time() == calendar.on(at.date())[-1][1]  # whatever came after the end of work was moved to it
    return _last_on(calendar, day, time.max if ends else at.time())


def _retreat_calendar(calendar: WorkCalendar, at: datetime, days: int) -> datetime:
    """The last working moment from which so many calendar days end by `at`, which is working time."""
    ends = at.time() == calendar.on(at.date())[-1][1]
    last = at.date() if ends else calendar._days.retreat(at.date() - timedelta(days=1), 1)
    return _last_on(calendar, _day_later(last, -days), time.max)


def _day_later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise CalendarUnusable(
            "Waktunya melampaui akhir kalender; tulis jumlah hari atau menit yang lebih kecil."
        ) from None


def _later(calendar: WorkCalendar, at: datetime, minutes: int) -> datetime:
    """So many minutes later round the clock, or earlier."""
    try:
        return _local(calendar, _local(calendar, at).astimezone(UTC) + timedelta(minutes=minutes))
    except OverflowError:
        raise CalendarUnusable(
            "Waktunya melampaui akhir kalender; tulis jumlah hari atau menit yang lebih kecil."
        ) from None


def _counted_on(calendar: WorkCalendar, begun: datetime, ended: datetime, found: datetime) -> datetime:
    """`found` counted anew: what was left of it when the pause began, from when it ended."""
    left = _worked(calendar, found) - _worked(calendar, _local(calendar, begun))
    at = next_working(calendar, ended)
    return _advance_time(calendar, at, left) if left else at


def _worked(calendar: WorkCalendar, local: datetime) -> int:
    """All working time before this moment, since the calendar's first day."""
    clock = local.time()
    today = sum(_length(((start, min(clock, end)),)) for start, end in calendar.on(local.date()) if start < clock)
    return calendar._time.before(local.toordinal()) + today


def _clamped(day: Day, clock: time) -> time:
    """The clock time moved into the working time of `day`, which is not empty."""
    return next((max(clock, start) for start, end in day if clock <= end), day[-1][1])


def _local(calendar: WorkCalendar, at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("working time needs a moment with a time zone")
    return at.astimezone(calendar.timezone)


def _moment(calendar: WorkCalendar, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=calendar.timezone)


def _length(day: Day) -> int:
    return sum(_since_midnight(end) - _since_midnight(start) for start, end in day)


def _since_midnight(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond


def _sums(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(accumulate(numbers, initial=0))


def _interval(text: str) -> Interval:
    found = _INTERVAL.match(text) if isinstance(text, str) else None
    if not found:
        raise CalendarUnusable(f"Jam kerja “{text}” tidak terbaca; tulis seperti 07.30-12.00.")
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    return time(start_hour, start_minute), time(end_hour, end_minute)


def _clock(clock: time) -> str:
    return f"{clock:%H.%M}"
