"""What should have been: due moments and reminders counted again from the raw rows, walking day by day.

Nothing of `himpun.offices.worktime` or `himpun.cycles` decides anything here; only rows are read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Interval = tuple[time, time]
DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")


def intervals(texts: Sequence[str]) -> list[Interval]:
    """ "07.30-12.00" → (07:30, 12:00)."""
    found = []
    for text in texts:
        (a, b), (c, d) = (part.strip().split(".") for part in text.split("-"))
        found.append((time(int(a), int(b)), time(int(c), int(d))))
    return found


@dataclass
class NaiveCalendar:
    """An office's working time as rows say it at one moment; every question is answered by walking."""

    zone: ZoneInfo
    week: dict[str, list[Interval]]
    off: set[date]
    working: set[date] = field(default_factory=set)
    special: list[tuple[date, date, dict[str, list[Interval]]]] = field(default_factory=list)

    def on(self, day: date) -> list[Interval]:
        if day in self.off and day not in self.working:
            return []
        name = DAYS[day.weekday()]
        for since, until, hours in self.special:
            if since <= day <= until and name in hours:
                return hours[name]
        return self.week.get(name, [])

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        return [
            (datetime.combine(day, start, tzinfo=self.zone), datetime.combine(day, end, tzinfo=self.zone))
            for start, end in self.on(day)
        ]

    def days_from(self, day: date, step: int = 1) -> Iterator[date]:
        while True:
            yield day
            day += timedelta(days=step)

    def first_working(self, at: datetime) -> datetime:
        """`at`, or the next moment of work."""
        local = at.astimezone(self.zone)
        for day in self.days_from(local.date()):
            for start, end in self.spans(day):
                if local <= end:
                    return max(local, start)
        raise AssertionError

    def days_on(self, at: datetime, days: int) -> datetime:
        """The same clock time so many working days later, moved into that day's work."""
        at = self.first_working(at)
        day = at.date()
        while days:
            day += timedelta(days=1)
            days -= bool(self.on(day))
        wanted = datetime.combine(day, at.time(), tzinfo=self.zone)
        for start, end in self.spans(day):
            if wanted <= end:
                return max(wanted, start)
        return self.spans(day)[-1][1]

    def minutes_on(self, at: datetime, minutes: int) -> datetime:
        """So many working minutes later."""
        at = self.first_working(at)
        if not minutes:
            return at
        left = timedelta(minutes=minutes)
        for day in self.days_from(at.date()):
            for start, end in self.spans(day):
                start = max(start, at)
                if end > start and left <= end - start:
                    return start + left
                left -= max(end - start, timedelta())
        raise AssertionError

    def minutes_back(self, at: datetime, minutes: int) -> datetime:
        """The latest moment from which so many working minutes end at `at`."""
        left = timedelta(minutes=minutes)
        for day in self.days_from(at.astimezone(self.zone).date(), -1):
            for start, end in reversed(self.spans(day)):
                end = min(end, at)
                if end > start and left <= end - start:
                    return end - left
                left -= max(end - start, timedelta())
        raise AssertionError

    def minutes_between(self, a: datetime, b: datetime) -> int:
        """Whole working minutes from `a` to a later `b`."""
        total = timedelta()
        for day in self.days_from(a.astimezone(self.zone).date()):
            if day > b.astimezone(self.zone).date():
                return int(total.total_seconds() // 60)
            for start, end in self.spans(day):
                total += max(min(end, b) - max(start, a), timedelta())
        raise AssertionError

    def due(self, start: datetime, minutes: int, day_minutes: int) -> datetime:
        """`minutes` of standard time, whole working days of `day_minutes` first."""
        days, rest = divmod(minutes, day_minutes)
        at = self.days_on(start, days) if days else self.first_working(start)
        return self.minutes_on(at, rest) if rest else at

    def due_after(
        self, start: datetime, minutes: int, day_minutes: int, pauses: Sequence[tuple[datetime, datetime]]
    ) -> datetime:
        """The same, and what was left at each pause counted on from its end."""
        at = self.due(start, minutes, day_minutes)
        for since, until in pauses:
            if since < at and until > start:
                left = self.minutes_between(max(since, start), at)
                at = self.minutes_on(until, left)
        return at

    def workday(self, after: date, n: int) -> date:
        """The n-th working day after a date."""
        day = after
        while n:
            day += timedelta(days=1)
            n -= bool(self.on(day))
        return day


@dataclass(frozen=True)
class Rule:
    """A reminder rule as the contract says it: when, how many working minutes away, how far up the line."""

    when: str
    minutes: int
    up: int
    text: str

    def moment(self, calendar: NaiveCalendar, due_at: datetime, day_minutes: int) -> datetime:
        if self.when == "tepat":
            return due_at
        if self.when == "sebelum":
            assert self.minutes < day_minutes  # walking back over whole days is not recounted here
            return calendar.minutes_back(due_at, self.minutes)
        return calendar.due(due_at, self.minutes, day_minutes)
