"""The working calendar: a year as a picture, and the office's own days and hours.

Everybody of the office may look; who may manage it (`MAY_MANAGE_OFFICE`) may change. After a change the open deadlines are
counted anew, and the message says how many moved.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from himpun.offices.actions import days as actions
from himpun.offices.calendar.kept import calendar_of, named_days, named_hours
from himpun.offices.calendar.national import unfilled_sentence, years_unfilled
from himpun.offices.calendar.year import STATES, months_of
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.offices import Office
from himpun.offices.rules import MAY_MANAGE_OFFICE
from himpun.offices.vocabulary import OWN_DAYS
from himpun.offices.worktime import WEEKDAYS
from himpun.typed import read_year
from himpun.web.forms import Typed, attempt, dates_of, read_whole
from himpun.web.middleware import PersonRequest
from himpun.web.views.offices import office_of, recounted, settings_form

LEGEND = [(state, letter, meaning) for state, (letter, meaning) in STATES.items()]
OWN_KINDS = [(kind.value, kind.label) for kind in OWN_DAYS]


@require_GET
def year_page(request: PersonRequest) -> HttpResponse:
    """The year as a picture, and below it the days that differ with what decreed them."""
    office, year = office_of(request), _year(request)
    calendar, day_minutes = calendar_of(office.pk, office.calendar_stamp)
    first, last = date(year, 1, 1), date(year, 12, 31)
    days, hours = named_days(office, first, last), named_hours(office, first, last)
    months = months_of(
        calendar,
        year,
        {day: (row.kind, row.name) for day, row in days.items()},
        {day: row.name for day, row in hours.items()},
        request.acting.day,
    )
    context = {
        "office": office,
        "year": year,
        "years": (year - 1, year + 1),
        "unfilled": unfilled_sentence(years_unfilled(first, last)),
        "months": months,
        "weekdays": [name.capitalize() for name in WEEKDAYS],
        "workdays": sum(month.workdays for month in months),
        "minutes": sum(month.minutes for month in months),
        "day_minutes": day_minutes,
        "legend": LEGEND,
        "days": [days[day] for day in sorted(days)],
        "hours": _spans(hours),
        "may_manage": request.acting.has(MAY_MANAGE_OFFICE),
    }
    return render(request, "calendar/year.html", context)


def _spans(hours: dict[date, SpecialHours]) -> list[SpecialHours]:
    """The periods of other hours that rule at least one day, in order."""
    return sorted(set(hours.values()), key=lambda row: (row.since, row.pk))


# --- the office's own days --------------------------------------------------------------------------------------------


def holidays(request: PersonRequest) -> HttpResponse:
    """The days off of a year and the periods of other hours; days are added and removed here."""
    office, year = office_of(request), _year(request)
    typed = Typed(request.POST)
    if request.method == "POST":
        done = attempt(typed, _wanted(request, office))
        if done is not None:
            _say(request, office, done)
            return redirect(f"{request.path}?tahun={year}")
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = named_days(office, first, last)
    own = SpecialHours.objects.filter(office=office, since__lte=last, until__gte=first)
    national = SpecialHours.objects.filter(office=None, since__lte=last, until__gte=first)
    context = {
        "year": year,
        "years": (year - 1, year + 1),
        "days": [days[day] for day in sorted(days)],
        "kinds": OWN_KINDS,
        "hours": [*national, *own],
    }
    return settings_form(request, "offices/holidays.html", typed, context)


def _wanted(request: PersonRequest, office: Office) -> Callable[[], str]:
    """What the form asks for: a day or hours to take away, or a day to add."""
    if pk := request.POST.get("remove", ""):
        holiday = get_object_or_404(Holiday, pk=read_whole(pk), office=office)
        return lambda: _removed(request, office, holiday)
    if pk := request.POST.get("remove_hours", ""):
        hours = get_object_or_404(SpecialHours, pk=read_whole(pk), office=office)
        return lambda: _hours_removed(request, office, hours)
    return lambda: _added(request, office)


def _removed(request: PersonRequest, office: Office, holiday: Holiday) -> str:
    actions.remove_holiday(office=office, holiday=holiday, by=request.acting.person)
    return f"{holiday.name} dihapus dari kalender kantor."


def _hours_removed(request: PersonRequest, office: Office, hours: SpecialHours) -> str:
    actions.remove_special_hours(office=office, hours=hours, by=request.acting.person)
    return f"Jam khusus {hours.name} dihapus."


def _added(request: PersonRequest, office: Office) -> str:
    holiday = actions.add_holiday(office=office, by=request.acting.person, **_day_fields(request))
    return f"{holiday.name} ditambahkan."


def holiday_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Correct one of the office's own days."""
    office = office_of(request)
    holiday = get_object_or_404(Holiday, pk=pk, office=office)
    shown = {"day": holiday.day.isoformat(), "kind": holiday.kind, "name": holiday.name, "source": holiday.source}
    typed = Typed(request.POST if request.method == "POST" else shown)
    if request.method == "POST":
        by = request.acting.person
        changed = attempt(
            typed,
            lambda: actions.change_holiday(office=office, holiday=holiday, by=by, **_day_fields(request)),
        )
        if changed is not None:
            _say(request, office, f"{changed.name} tersimpan.")
            return redirect(f"{reverse('holidays')}?tahun={changed.day.year}")
    context = {"holiday": holiday, "kinds": OWN_KINDS}
    return settings_form(request, "offices/holiday.html", typed, context)


def _day_fields(request: PersonRequest) -> dict[str, Any]:
    given = request.POST
    return {
        **dates_of(given, "day"),
        "kind": given.get("kind", Holiday.Kind.LOCAL),
        "name": given.get("name", ""),
        "source": given.get("source", ""),
    }


# --- other hours ------------------------------------------------------------------------------------------------------


def hours_new(request: PersonRequest) -> HttpResponse:
    """Add days with other hours."""
    office, by = office_of(request), request.acting.person
    typed = Typed(request.POST)
    if request.method == "POST":
        added = attempt(typed, lambda: actions.add_special_hours(office=office, fields=_hours_fields(request), by=by))
        if added is not None:
            return _hours_saved(request, office, added)
    return _hours_page(request, typed, None)


def hours_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Correct one of the office's own periods of other hours."""
    office, by = office_of(request), request.acting.person
    hours = get_object_or_404(SpecialHours, pk=pk, office=office)
    typed = Typed(request.POST if request.method == "POST" else _hours_as_typed(hours))
    if request.method == "POST":
        changed = attempt(
            typed,
            lambda: actions.change_special_hours(office=office, hours=hours, fields=_hours_fields(request), by=by),
        )
        if changed is not None:
            return _hours_saved(request, office, changed)
    return _hours_page(request, typed, hours)


def _hours_page(request: PersonRequest, typed: Typed, hours: SpecialHours | None) -> HttpResponse:
    names = [(name.capitalize(), f"hours_{name}") for name in WEEKDAYS]
    return settings_form(request, "offices/special_hours.html", typed, {"hours": hours, "weekdays": names})


def _hours_saved(request: PersonRequest, office: Office, hours: SpecialHours) -> HttpResponse:
    _say(request, office, f"Jam khusus {hours.name} tersimpan.")
    return redirect(f"{reverse('holidays')}?tahun={hours.since.year}")


def _hours_fields(request: PersonRequest) -> dict[str, Any]:
    given = request.POST
    return {
        "name": given.get("name", ""),
        "source": given.get("source", ""),
        **dates_of(given, "since", "until"),
        "hours": {name: given.get(f"hours_{name}", "") for name in WEEKDAYS},
    }


def _hours_as_typed(hours: SpecialHours) -> dict[str, str]:
    written = {f"hours_{name}": ", ".join(spans) or "libur" for name, spans in hours.hours.items()}
    span = {"since": hours.since.isoformat(), "until": hours.until.isoformat()}
    return {"name": hours.name, "source": hours.source, **span, **written}


# --- afterwards -------------------------------------------------------------------------------------------------------


def _say(request: PersonRequest, office: Office, done: str) -> None:
    """What was done, and which deadlines it moved."""
    messages.success(request, f"{done} {recounted(office, done.rstrip('.')) or 'Tidak ada batas waktu yang bergeser.'}")


def _year(request: PersonRequest) -> int:
    return read_year(request.GET.get("tahun", "")) or request.acting.day.year
