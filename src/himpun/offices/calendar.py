"""The working calendar of an office, built from its rows and kept until its stamp moves on."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import Q

from himpun.offices import worktime
from himpun.offices.models import Holiday, Office


@lru_cache(maxsize=4096)
def calendar_of(office_id: int, stamp: int) -> tuple[worktime.WorkCalendar, int]:
    """The calendar of an office as of this `calendar_stamp`, and the minutes of "1 hari" there."""
    office = Office.objects.get(pk=office_id)
    days = Holiday.objects.filter(Q(office=office) | Q(office__isnull=True)).values_list("day", flat=True)
    calendar = worktime.WorkCalendar(
        hours=worktime.read_week(office.hours), holidays=frozenset(days), timezone=ZoneInfo(office.timezone)
    )
    return calendar, office.day_minutes


def minutes_worked(office: Office, start: datetime, end: datetime) -> int:
    """Working minutes from `start` to `end` by the office's calendar."""
    calendar, _ = calendar_of(office.pk, office.calendar_stamp)
    return worktime.minutes_between(calendar, start, end)
