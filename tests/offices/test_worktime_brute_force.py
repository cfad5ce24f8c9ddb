"""Working time against a calendar of single minutes: ten thousand random cases, four questions each.

The counter below knows nothing of `worktime`'s tallies. It writes down for every minute of some weeks whether it is
worked, from intervals in minutes of the day, and then walks over that list one minute at a time. It is seeded, so a case
that fails once fails again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from himpun.offices.worktime import (
    Amount,
    Day,
    Week,
    WorkCalendar,
    due,
    due_with_pauses,
    minutes_between,
    nth_workday,
    start_of,
)

CALENDARS, CASES_EACH = 100, 100
CASES = 10_000
DAYS, DAY = 91, 24 * 60
FIRST = date(2026, 2, 2)
LEAST_WEEK = 900  # minutes, so that every answer lies within DAYS
ASKED_FROM, ASKED_UNTIL = 35, 49  # the days in which questions begin, with room before and after them
HOURS_AHEAD = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}

Span = tuple[int, int]  # from and until, in minutes of the day


# --- the counter of single minutes ------------------------------------------------------------------------------------


def minutes_of_a_day(spans: list[Span]) -> bytes:
    """1 for every minute that is worked, 0 for every other."""
    return bytes(any(begins <= minute < ends for begins, ends in spans) for minute in range(DAY))


@dataclass
class Minutes:
    """Every minute since FIRST at midnight, on the wall clock of the office: worked or not."""

    worked: bytearray

    def __post_init__(self) -> None:
        """Working moments: the beginning of a worked minute, or the end of one."""
        self.working = bytes(before or after for before, after in zip(b"\0" + self.worked, self.worked, strict=False))

    @classmethod
    def of(cls, week: list[list[Span]], off: set[int], special: dict[int, list[Span]]) -> "Minutes":
        usual = [minutes_of_a_day(spans) for spans in week]
        other = {day: minutes_of_a_day(spans) for day, spans in special.items()}
        other |= {day: bytes(DAY) for day in off}
        days = (other.get(day, usual[(FIRST + timedelta(days=day)).weekday()]) for day in range(DAYS))
        return cls(bytearray(b"".join(days)))

    def has_work(self, day: int) -> bool:
        return 1 in self.worked[day * DAY : (day + 1) * DAY]

    def begun(self, at: int) -> int:
        while not self.working[at]:
            at += 1
        return at

    def ended(self, at: int) -> int:
        while not self.working[at]:
            at -= 1
        return at

    def after(self, at: int, minutes: int) -> int:
        while minutes:
            minutes -= self.worked[at]
            at += 1
        return at

    def before(self, at: int, minutes: int) -> int:
        while minutes:
            at -= 1
            minutes -= self.worked[at]
        return at

    def other_day(self, day: int, number: int) -> int:
        """The day that many working days later, or earlier."""
        step = 1 if number > 0 else -1
        while number:
            day += step
            number -= step if self.has_work(day) else 0
        return day

    def moved_in(self, day: int) -> list[int]:
        """For every minute of the day: where that clock time ends up when it is moved into the day's work."""
        moved, later = [0] * DAY, self.ended((day + 1) * DAY - 1)
        for at in range((day + 1) * DAY - 1, day * DAY - 1, -1):
            if self.working[at]:
                later = at
            moved[at - day * DAY] = later
        return moved

    def due(self, start: int, days: int, minutes: int) -> int:
        at = self.begun(start)
        if days:
            at = self.moved_in(self.other_day(at // DAY, days))[at % DAY]
        return self.after(at, minutes)

    def start_of(self, end: int, days: int, minutes: int) -> int:
        at = self.before(self.ended(end), minutes)
        if not days:
            return at
        moved = self.moved_in(at // DAY)
        day = self.other_day(at // DAY, -days)
        for start in range((day + 1) * DAY - 1, day * DAY - 1, -1):
            if self.working[start] and moved[start % DAY] <= at:
                return start
        return self.ended(day * DAY - 1)

    def due_with_pauses(self, start: int, days: int, minutes: int, pauses: list[Span]) -> int:
        found = self.due(start, days, minutes)
        for begun, ended in pauses:
            stopped = max(begun, start)
            if stopped < min(found, ended):
                left = sum(self.worked[stopped:found])
                found = max(found, self.after(self.begun(ended), left))
        return found

    def without(self, pauses: list[Span]) -> "Minutes":
        """The same minutes, where nobody works during the pauses."""
        worked = bytearray(self.worked)
        for begun, ended in pauses:
            worked[begun:ended] = bytes(ended - begun)
        return Minutes(worked)


# --- random calendars and questions -----------------------------------------------------------------------------------

USUAL: list[Span] = [(450, 720), (780, 960)]
FRIDAY: list[Span] = [(450, 690), (780, 990)]


def some_spans(random: Random) -> list[Span]:
    marks = sorted(random.sample(range(0, DAY, 5), random.choice((2, 2, 4, 4, 6))))
    return list(zip(marks[::2], marks[1::2], strict=True))


def some_week(random: Random) -> list[list[Span]]:
    if random.random() < 0.4:
        return [USUAL, USUAL, USUAL, USUAL, FRIDAY, [], []]
    week = [some_spans(random) if random.random() < 0.75 else [] for _ in range(7)]
    worked = sum(ends - begins for spans in week for begins, ends in spans)
    return week if worked >= LEAST_WEEK else [USUAL, USUAL, *week[2:]]


def as_day(spans: list[Span]) -> Day:
    return tuple((time(*divmod(begins, 60)), time(*divmod(ends, 60))) for begins, ends in spans)


@dataclass
class Case:
    """One random office and one random question, both as minutes and as `worktime` takes them."""

    minutes: Minutes
    calendar: WorkCalendar
    random: Random
    ahead: int

    def moment(self, at: int) -> datetime:
        """A minute as an aware moment, told in some other zone half of the time."""
        local = datetime.combine(FIRST, time()) + timedelta(minutes=at)
        in_utc = (local - timedelta(hours=self.ahead)).replace(tzinfo=UTC)
        return in_utc if self.random.random() < 0.5 else in_utc.astimezone(ZoneInfo("Asia/Jakarta"))

    def minute(self, moment: datetime) -> int:
        """A moment as a minute, and in the zone of the office."""
        assert moment.utcoffset() == timedelta(hours=self.ahead)
        return round((moment.replace(tzinfo=None) - datetime.combine(FIRST, time())) / timedelta(minutes=1))

    def asked(self) -> int:
        return self.random.randrange(ASKED_FROM * DAY, ASKED_UNTIL * DAY)

    def amount(self) -> tuple[int, int]:
        return self.random.choice((0, 0, 0, 1, 1, 2, 3)), self.random.choice(
            (0, 0, 1, 20, 450, 480, self.random.randrange(900))
        )

    def pauses(self, start: int) -> list[Span]:
        marks = sorted(self.random.sample(range(start - DAY, start + 6 * DAY), self.random.choice((2, 2, 4, 6))))
        return list(zip(marks[::2], marks[1::2], strict=True))


def some_office(random: Random) -> tuple[Minutes, WorkCalendar, int]:
    week = some_week(random)
    off = {random.randrange(DAYS) for _ in range(random.randrange(12))}
    special = {random.randrange(DAYS): some_spans(random) for _ in range(random.randrange(12))}
    zone = random.choice(sorted(HOURS_AHEAD))
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (as_day(spans) for spans in week)
    hours: Week = (monday, tuesday, wednesday, thursday, friday, saturday, sunday)
    calendar = WorkCalendar(
        hours,
        frozenset(FIRST + timedelta(days=day) for day in off),
        ZoneInfo(zone),
        {FIRST + timedelta(days=day): as_day(spans) for day, spans in special.items()},
    )
    return Minutes.of(week, off, special), calendar, HOURS_AHEAD[zone]


def cases(seed: int, calendars: int, each: int) -> Iterator[Case]:
    random = Random(seed)  # noqa: S311 - a repeatable test, no secret
    for _ in range(calendars):
        minutes, calendar, ahead = some_office(random)
        for _ in range(each):
            yield Case(minutes, calendar, random, ahead)


# --- compared ---------------------------------------------------------------------------------------------------------


def test_ten_thousand_random_cases_agree_with_counting_single_minutes() -> None:
    compared = 0
    for case in cases(20261124, CALENDARS, CASES_EACH):
        (days, minutes), at = case.amount(), case.asked()
        moment, amount, pauses = case.moment(at), Amount(days, minutes), case.pauses(at)
        closed = [(case.moment(begun), case.moment(ended)) for begun, ended in pauses]
        other = case.asked()
        counted = case.minutes
        assert case.minute(due(case.calendar, moment, amount)) == counted.due(at, days, minutes)
        assert case.minute(start_of(case.calendar, moment, amount)) == counted.start_of(at, days, minutes)
        assert case.minute(due_with_pauses(case.calendar, moment, amount, closed)) == counted.due_with_pauses(
            at, days, minutes, pauses
        )
        between = sum(counted.worked[at:other]) - sum(counted.worked[other:at])
        assert minutes_between(case.calendar, moment, case.moment(other)) == between
        compared += 1
    assert compared == CASES


def test_a_start_found_backwards_is_the_very_last_one_that_is_due_in_time() -> None:
    """By the definition itself: try every minute before the deadline."""
    for case in cases(7, 60, 3):
        (days, minutes), end = case.amount(), case.asked()
        start = case.minute(start_of(case.calendar, case.moment(end), Amount(days, minutes)))
        assert case.minutes.due(start, days, minutes) <= end
        for later in range(start + 1, min(end, start + 2 * DAY) + 1):
            if case.minutes.working[later]:
                assert case.minutes.due(later, days, minutes) > end
                break


def test_paused_minutes_are_minutes_nobody_works() -> None:
    """Minutes alone (no days) may be counted by striking the paused minutes out of the calendar."""
    for case in cases(8, 60, 5):
        at, minutes = case.asked(), case.random.randrange(1, 1500)
        pauses = case.pauses(at)
        closed = [(case.moment(begun), case.moment(ended)) for begun, ended in pauses]
        found = case.minute(due_with_pauses(case.calendar, case.moment(at), Amount(minutes=minutes), closed))
        assert found == case.minutes.without(pauses).after(at, minutes)


@pytest.mark.parametrize("number", [-9, -2, -1, 1, 2, 9])
def test_the_nth_working_day_is_found_by_walking_days(number: int) -> None:
    for case in cases(9, 20, 5):
        day = case.asked() // DAY
        begin = day + 1 if number < 0 else day  # counting back, the day itself counts
        assert nth_workday(case.calendar, FIRST + timedelta(days=day), number) == FIRST + timedelta(
            days=case.minutes.other_day(begin, number)
        )
