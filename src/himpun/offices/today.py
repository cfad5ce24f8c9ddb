"""What day it is in an office: Indonesia has three time zones, and for two hours of every night two days.

Nothing is asked of the database while it is one day everywhere.
"""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from himpun import clock
from himpun.moments import ZONE_NAMES
from himpun.offices.models.offices import Office


def days_of_today() -> list[date]:
    """The days that it is somewhere in Indonesia, the earlier first."""
    return sorted({clock.today(ZoneInfo(name)) for name in ZONE_NAMES})


def today_where(zone: Callable[[], str | None]) -> date:
    """What day it is in the zone that `zone` finds, which is asked only while Indonesia has two days; None is the west."""
    days = days_of_today()
    if len(days) == 1:
        return days[0]
    name = zone()
    return clock.today(ZoneInfo(name)) if name else days[0]


def today_in(office_id: int) -> date:
    """What day it is in an office."""
    return today_where(lambda: Office.objects.values_list("timezone", flat=True).get(pk=office_id))
