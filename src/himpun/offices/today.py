"""What day it is in an office: Indonesia has three time zones, and for two hours of every night two days.

Nothing is asked of the database while it is one day everywhere.
"""

from datetime import date
from zoneinfo import ZoneInfo

from himpun import clock
from himpun.moments import ZONE_NAMES
from himpun.offices.models.offices import Office


def days_of_today() -> list[date]:
    """The days that it is somewhere in Indonesia, the earlier first."""
    return sorted({clock.today(ZoneInfo(name)) for name in ZONE_NAMES})


def today_in(office_id: int) -> date:
    """What day it is in an office."""
    days = days_of_today()
    if len(days) == 1:
        return days[0]
    zone = Office.objects.values_list("timezone", flat=True).get(pk=office_id)
    return clock.today(ZoneInfo(zone))
