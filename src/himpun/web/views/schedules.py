"""Jadwal: the procedures an office starts by itself, their next starts and what became of the past ones."""

from datetime import date, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from himpun import clock
from himpun.cycles import schedules
from himpun.cycles.models import Schedule, ScheduleRun
from himpun.cycles.steps.disposition import needs_letter
from himpun.errors import NotAllowed, Refusal
from himpun.measure.periods import Kind
from himpun.offices.acting import HoldsNoPost
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.models.offices import Office
from himpun.offices.rules import MAY_START_CYCLES
from himpun.procedures.models import ProcedureVersion
from himpun.procedures.queries import versions_in_force
from himpun.web.forms import Typed, attempt, dates_of
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from

KINDS = [(kind.value, f"setiap {kind.value}") for kind in Kind]
HISTORY = 20


def _office(request: PersonRequest) -> Office:
    office = request.acting.office
    if office is None:
        raise HoldsNoPost("melihat jadwal kantor")
    return office


def _runs(office: Office) -> Any:
    return ScheduleRun.objects.filter(schedule__office=office)


@require_GET
def schedule_list(request: PersonRequest) -> HttpResponse:
    """The schedules of the office, the next four starts of each, and what became of the newest periods."""
    office, now = _office(request), clock.now()
    calendar, _ = calendar_of(office.pk, office.calendar_stamp)
    names = _names(office, request.acting.day)
    rows = list(Schedule.objects.filter(office=office).order_by("-active", "key", "kind"))
    context = {
        "rows": [
            (schedule, names.get(schedule.key, schedule.key), _next(schedule, calendar, now)) for schedule in rows
        ],
        "runs": [
            (run, names.get(run.schedule.key, run.schedule.key))
            for run in _runs(office).select_related("schedule", "cycle").order_by("-at", "-pk")[:HISTORY]
        ],
        "may_start": request.acting.has(MAY_START_CYCLES),
        "now": now,
    }
    return render(request, "schedules/list.html", context)


def _next(schedule: Schedule, calendar: Any, now: Any) -> list[schedules.Planned]:
    return schedules.next_starts(schedule, calendar, now) if schedule.active else []


def _names(office: Office, day: date) -> dict[str, str]:
    return {version.key: version.name for version in versions_in_force(office, day)}


def schedule_new(request: PersonRequest) -> HttpResponse:
    """Make a schedule."""
    shown = {"kind": "triwulan", "workday": "1", "side": "sesudah", "at": "08:00", "deadline_in": "kalender"}
    shown["active_from"] = request.acting.day.isoformat()
    return _form(request, None, shown)


def schedule_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a schedule, or start a stopped one again."""
    schedule = get_object_or_404(Schedule.objects.select_related("office"), pk=pk, office=_office(request))
    shown = {
        "key": schedule.key,
        "kind": schedule.kind,
        "workday": str(abs(schedule.workday)),
        "side": "sesudah" if schedule.workday > 0 else "sebelum",
        "at": f"{schedule.at:%H:%M}",
        "deadline_days": "" if schedule.deadline_days is None else str(schedule.deadline_days),
        "deadline_in": schedule.deadline_in,
        "active_from": (schedule.active_from if schedule.active else request.acting.day).isoformat(),
    }
    return _form(request, schedule, shown)


def _form(request: PersonRequest, schedule: Schedule | None, shown: dict[str, str]) -> HttpResponse:
    office, acting = _office(request), request.acting
    if not acting.has(MAY_START_CYCLES):
        raise HoldsNoPost("mengatur jadwal siklus")
    typed = Typed(request.POST if request.method == "POST" else shown)
    if request.method == "POST":
        saved = attempt(
            typed,
            lambda: schedules.save_schedule(
                office=office, schedule=schedule, fields=_fields(request), by=acting.person
            ),
        )
        if saved:
            messages.success(request, "Jadwal tersimpan. Siklusnya dimulai sendiri pada waktunya.")
            return redirect("schedules")
    context = {
        "typed": typed,
        "schedule": schedule,
        "procedures": [version for version in versions_in_force(office, acting.day) if _starts_alone(version)],
        "kinds": KINDS,
        "ways": Schedule.Days.choices,
    }
    return render(request, "schedules/form.html", context, status=422 if typed.errors or typed.error else 200)


def _starts_alone(version: ProcedureVersion) -> bool:
    return not needs_letter(version.definition)


def _fields(request: PersonRequest) -> dict[str, Any]:
    given = request.POST
    workday = max(_whole(given.get("workday", "")) or 0, 0)
    return {
        "key": given.get("key", ""),
        "kind": given.get("kind", ""),
        "workday": -workday if given.get("side") == "sebelum" else workday,
        "at": _clock(given.get("at", "")),
        "deadline_days": _whole(given.get("deadline_days", "")),
        "deadline_in": given.get("deadline_in", "kalender"),
        **dates_of(given, "active_from"),
    }


def _whole(text: str) -> int | None:
    """A whole number; None for nothing, and -1 (which no field takes) for what is none."""
    text = text.strip()
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text.strip().replace(".", ":").zfill(5))
    except ValueError:
        return None


@posted_from("schedule")
def stop(request: PersonRequest, pk: int) -> HttpResponse:
    """Stop a schedule; what it started goes on."""
    schedule = get_object_or_404(Schedule.objects.select_related("office"), pk=pk, office=_office(request))
    schedules.stop_schedule(schedule=schedule, by=request.acting.person)
    messages.success(request, "Jadwal dihentikan. Siklus yang sudah dimulai tetap berjalan.")
    return redirect("schedules")


@posted_from(lambda request, pk: reverse("schedules"))
def retry(request: PersonRequest, pk: int) -> HttpResponse:
    """Try a failed period again; why it fails again is said above the list."""
    run = get_object_or_404(_runs(_office(request)).select_related("schedule__office"), pk=pk)
    try:
        again = schedules.retry_run(run=run, by=request.acting.person)
    except NotAllowed:
        raise
    except Refusal as refusal:
        messages.warning(request, f"Belum dapat dimulai. {refusal}")
        return redirect("schedules")
    messages.success(request, "Siklus dimulai.")
    return redirect("cycle", again.cycle_id)
