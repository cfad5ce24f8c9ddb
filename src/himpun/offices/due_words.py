"""A due moment as people say it. Pure.

Nobody says "tomorrow at 07.30" of work that a whole day was given for: between the end of one day's work and the beginning
of the next no working time passes, so a moment when work begins is told as the end of the work before it. What is *counted*
stays the moment itself.
"""

from datetime import datetime, timedelta

from himpun import moments
from himpun.offices.worktime import WorkCalendar

FURTHEST = 60
"""So many days back the work before is looked for; an office that rests longer is told the moment itself."""


def as_said(calendar: WorkCalendar, due_at: datetime) -> datetime:
    """The end of the work before, where `due_at` is when a day's work begins; else the moment itself, on the office's clock."""
    at = due_at.astimezone(calendar.timezone)
    hours = calendar.on(at.date())
    if not hours or at.time() != hours[0][0]:
        return at
    for back in range(1, FURTHEST):
        before = at.date() - timedelta(days=back)
        if worked := calendar.on(before):
            return datetime.combine(before, worked[-1][1], calendar.timezone)
    return at


def due_words(calendar: WorkCalendar, due_at: datetime, *, long: bool = False, zoned: bool = True) -> str:
    """ "1 Des 2026, akhir jam kerja (16.00 WIB)", "1 Des 2026 pukul 10.20 WIB"; `long` spells the month out."""
    at, zone = as_said(calendar, due_at), calendar.timezone if zoned else None
    hours = calendar.on(at.date())
    if hours and at.time() == hours[-1][1]:
        day = moments.day(at) if long else moments.short_day(at)
        name = f" {moments.zone_name(zone, at)}" if zone else ""
        return f"{day}, akhir jam kerja ({at:%H.%M}{name.rstrip()})"
    return moments.long(at, zone) if long else moments.short(at, zone)
