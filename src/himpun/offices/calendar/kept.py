"""The working calendar of an office, built from its rows and kept until its stamp moves on.

An office's own row comes before the national one of the same day, and "masuk" makes a day off a day of work again. Offices
with the same hours, zone and days share one `WorkCalendar`: most offices have no rows of their own.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from himpun.offices import worktime
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.offices import Office
from himpun.offices.worktime import WEEKDAYS, Day, WorkCalendar

Kept = tuple[WorkCalendar, int]
DayRow = tuple[bool, date, bool]  # whether it is the office's own, the day, whether the office is off then
HoursRow = tuple[bool, date, date, str]  # whether it is the office's own, since, until, the hours as JSON

MOST_KEPT = 100_000
MANY = 500  # from here on the rows of all offices are read, as a list of numbers would grow too long for the database
_kept: dict[tuple[int, int], Kept] = {}


def calendar_of(office_id: int, stamp: int) -> Kept:
    """The calendar of an office as of this `calendar_stamp`, and the minutes of "1 hari" there."""
    kept = _kept.get((office_id, stamp))
    if kept is None:
        office = Office.objects.only("hours", "timezone", "day_minutes").get(pk=office_id)
        kept = _keep((office_id, stamp), _built_for([office])[office_id])
    return kept


def calendars_of(offices: Iterable[Office]) -> dict[int, Kept]:
    """The same of many offices (loaded with hours, timezone, day_minutes and calendar_stamp), in two queries at most."""
    asked = {office.pk: office for office in offices}
    missing = [office for office in asked.values() if (office.pk, office.calendar_stamp) not in _kept]
    built = _built_for(missing) if missing else {}
    found = {}
    for pk, office in asked.items():
        key = (pk, office.calendar_stamp)
        found[pk] = _keep(key, built[pk]) if pk in built else _kept[key]
    return found


def forget() -> None:
    """Forget every calendar (tests: other rows get the same numbers)."""
    _kept.clear()


def _keep(key: tuple[int, int], kept: Kept) -> Kept:
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[key] = kept
    return kept


def _built_for(offices: list[Office]) -> dict[int, Kept]:
    ours = Q(office__isnull=True) | Q(office__in=[office.pk for office in offices]) if len(offices) < MANY else Q()
    days, hours = _day_rows(ours), _hours_rows(ours)
    return {office.pk: (_calendar_for(office, days, hours), office.day_minutes) for office in offices}


def _calendar_for(
    office: Office, days: dict[int | None, frozenset[DayRow]], hours: dict[int | None, frozenset[HoursRow]]
) -> WorkCalendar:
    week = json.dumps(office.hours, sort_keys=True)
    own_days, own_hours = (days.get(office.pk), hours.get(office.pk)) if office.pk else (None, None)
    return _calendar(
        week,
        office.timezone,
        days[None] | own_days if own_days else days[None],
        hours[None] | own_hours if own_hours else hours[None],
    )


def _day_rows(ours: Q) -> dict[int | None, frozenset[DayRow]]:
    """Office number (None: national) → its rows."""
    found: dict[int | None, set[DayRow]] = defaultdict(set)
    for office, day, kind in Holiday.objects.filter(ours).values_list("office_id", "day", "kind"):
        found[office].add((office is not None, day, kind != Holiday.Kind.WORKING))
    return {None: frozenset(), **{office: frozenset(rows) for office, rows in found.items()}}


def _hours_rows(ours: Q) -> dict[int | None, frozenset[HoursRow]]:
    found: dict[int | None, set[HoursRow]] = defaultdict(set)
    for office, since, until, hours in SpecialHours.objects.filter(ours).values_list(
        "office_id", "since", "until", "hours"
    ):
        found[office].add((office is not None, since, until, json.dumps(hours, sort_keys=True)))
    return {None: frozenset(), **{office: frozenset(rows) for office, rows in found.items()}}


@lru_cache(maxsize=4096)
def _calendar(week: str, zone: str, days: frozenset[DayRow], hours: frozenset[HoursRow]) -> WorkCalendar:
    """One calendar for all offices of which this is true."""
    off = {day: is_off for _, day, is_off in sorted(days)}  # an own row comes after the national one and replaces it
    special: dict[date, Day] = {}
    for _, since, until, written in sorted(hours):
        special |= special_days(worktime.read_week(json.loads(week)), since, until, json.loads(written))
    holidays = frozenset(day for day, is_off in off.items() if is_off)
    return WorkCalendar(worktime.read_week(json.loads(week)), holidays, ZoneInfo(zone), special)


def special_days(usual: worktime.Week, since: date, until: date, hours: dict[str, list[str]]) -> dict[date, Day]:
    """The hours of each day from `since` to `until`; a weekday that `hours` leaves out keeps the usual ones."""
    week = [worktime.read_day(hours[name]) if name in hours else usual[at] for at, name in enumerate(WEEKDAYS)]
    return {day: week[day.weekday()] for day in days_between(since, until)}


def national_calendar() -> Kept:
    """The usual week in WIB with the national days only: what holds where no office is named."""
    usual = Office(timezone="Asia/Jakarta", day_minutes=480)
    nobody = Q(office__isnull=True)
    return _calendar_for(usual, _day_rows(nobody), _hours_rows(nobody)), usual.day_minutes


def named_days(office: Office | None, first: date, last: date) -> dict[date, Holiday]:
    """The row that says what each day is, from `first` to `last`: the office's own before the national one."""
    rows = Holiday.objects.filter(_of(office), day__range=(first, last)).order_by(F("office").asc(nulls_first=True))
    return {row.day: row for row in rows}


def named_hours(office: Office | None, first: date, last: date) -> dict[date, SpecialHours]:
    """The row whose hours count on each day from `first` to `last`, as the calendar chooses it."""
    rows = SpecialHours.objects.filter(_of(office), since__lte=last, until__gte=first)
    found: dict[date, SpecialHours] = {}
    for row in rows.order_by(F("office").asc(nulls_first=True), "since"):
        found |= dict.fromkeys(days_between(max(row.since, first), min(row.until, last)), row)
    return found


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _of(office: Office | None) -> Q:
    return Q(office__isnull=True) | Q(office=office) if office else Q(office__isnull=True)
