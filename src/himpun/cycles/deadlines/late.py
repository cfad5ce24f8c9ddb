"""How late something is, in working days and hours, and the one sentence that says so. Pure."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime

from himpun.offices import worktime
from himpun.offices.worktime import Amount, WorkCalendar

MOST_LATE_DAYS = 4000
"""Lateness is counted up to some sixteen years of working days."""


@dataclass(frozen=True, slots=True)
class Late:
    """Whole working days, however long each was, and working minutes beyond; false when there is neither.

    `day` is the net length of the office's usual working day in minutes.
    """

    days: int = 0
    minutes: int = 0
    day: int = 450

    def __bool__(self) -> bool:
        return bool(self.days or self.minutes)

    @property
    def words(self) -> str:
        """As people say it: "2 hari kerja 3 jam"."""
        return _said(self.days, self.minutes, "hari kerja")

    @property
    def in_days(self) -> float:
        """In working days, with one decimal."""
        return round(self.days + self.minutes / self.day, 1)


NOT_LATE = Late()


def late_by(calendar: WorkCalendar, due_at: datetime, at: datetime) -> Late:
    """How late it is at `at` what was due at `due_at`; nothing before."""
    if at <= due_at:
        return Late(day=day_length(calendar))
    span = range(1, MOST_LATE_DAYS)
    days = bisect_right(span, at, key=lambda number: worktime.due(calendar, due_at, Amount(days=number)))
    since = worktime.due(calendar, due_at, Amount(days=days)) if days else due_at
    return Late(days, max(worktime.minutes_between(calendar, since, at), 0), day_length(calendar))


def day_length(calendar: WorkCalendar) -> int:
    """The net minutes of this calendar's usual working day: what late and left minutes are written in days with."""
    return max(worktime.minutes_of(day) for day in calendar.hours)


def in_words(minutes: int, day: int) -> str:
    """Working minutes as people say them, a working day having `day`: "45 menit", "3 jam 20 menit", "2 hari 3 jam"."""
    return _said(*divmod(abs(minutes), day), "hari")


def _said(days: int, minutes: int, day_word: str) -> str:
    hours, left = divmod(minutes, 60)
    parts = [(days, day_word), (hours, "jam"), (left, "menit")]
    said = [f"{amount} {unit}" for amount, unit in parts if amount]
    return " ".join(said[:2]) or "0 menit"
