"""Cuti: who is on leave now, soon and before, who stands in; recording, changing, ending and cancelling."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET

from himpun.errors import FieldErrors
from himpun.offices.holdings import leaves as actions
from himpun.offices.holdings.leaves import LeaveFields
from himpun.offices.models.holdings import Appointment, Holding, Leave
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.queries import people_known_to
from himpun.offices.rules import MAY_MANAGE_OFFICE
from himpun.web.forms import Typed, attempt, dates_of, read_date, read_whole
from himpun.web.middleware import PersonRequest
from himpun.web.views.appointments import letter_file
from himpun.web.views.offices import office_of, settings_form, wrong_dates

PAST_SHOWN = 50


@require_GET
def leave_list(request: PersonRequest) -> HttpResponse:
    """Leaves of the office: now, to come, and the newest that are over."""
    office, day = office_of(request), request.acting.day
    rows = Leave.objects.filter(office=office).select_related("person", "substitute")
    context = {
        "now": list(rows.filter(since__lte=day, until__gte=day).order_by("until")),
        "coming": list(rows.filter(since__gt=day).order_by("since")),
        "past": list(rows.filter(until__lt=day)[:PAST_SHOWN]),
        "acting_for": _stood_in_for(office),
    }
    return settings_form(request, "offices/leaves.html", Typed({}), context)


def _stood_in_for(office: Office) -> dict[int, str]:
    """Leave → the posts that its substitute holds because of it."""
    posts: dict[int, list[str]] = {}
    made = Holding.objects.filter(leave__office=office).order_by("post__order")
    for leave, title in made.values_list("leave", "post__title"):
        titles = posts.setdefault(leave or 0, [])
        if title not in titles:
            titles.append(title)
    return {leave: ", ".join(f"Plh. {title}" for title in titles) for leave, titles in posts.items()}


def leave_new(request: PersonRequest) -> HttpResponse:
    """Record somebody's leave."""
    office = office_of(request)
    start = {"person": request.GET.get("orang", ""), "kind": Leave.Kind.LEAVE.value}
    typed = Typed(request.POST if request.method == "POST" else {**start, "since": request.acting.day.isoformat()})
    if request.method == "POST":
        leave = attempt(typed, lambda: _record(request, office))
        if leave is not None:
            messages.success(request, _said(leave))
            return redirect("leaves")
    return settings_form(request, "offices/leave.html", typed, _choices(office, request))


def _record(request: PersonRequest, office: Office) -> Leave:
    person = people_known_to(office).filter(pk=read_whole(request.POST.get("person", ""))).first()
    wrong = {} if person else {"person": "Pilih orangnya."}
    fields = _fields(request, office, wrong)
    assert person is not None  # noqa: S101 - else `_fields` has refused
    return actions.record_leave(office=office, person=person, fields=fields, by=request.acting.person)


def _said(leave: Leave) -> str:
    posts = [holding.title for holding in leave.holdings.select_related("post")]
    waiting = list(leave.appointments.filter(state=Appointment.State.WAITING).select_related("post"))
    if leave.substitute is None:
        return f"{leave} tercatat. Belum ada penggantinya: tugas yang datang menunggu sampai ada."
    if waiting:
        titles, missing = ", ".join(one.title for one in waiting), " dan ".join(waiting[0].missing)
        return f"{leave} tercatat. {leave.substitute} belum menjadi {titles}: penugasannya menunggu {missing}."
    return f"{leave} tercatat. {leave.substitute} menjadi {', '.join(posts) or 'penggantinya'} pada hari-hari itu."


def _fields(request: PersonRequest, office: Office, wrong: dict[str, str]) -> LeaveFields:
    """What was typed. Raises FieldErrors, with what is `wrong` already."""
    given = request.POST
    substitute = _substitute(request, office, wrong)
    if wrong := wrong | wrong_dates(request):
        raise FieldErrors(wrong)
    since, until = read_date(given.get("since", "")), read_date(given.get("until", ""))
    return LeaveFields(given.get("kind", ""), since, until, given.get("letter", ""), substitute, letter_file(request))


def _substitute(request: PersonRequest, office: Office, wrong: dict[str, str]) -> Person | None:
    """Who stands in: chosen from the office, or named by user name from another; None for nobody."""
    if username := request.POST.get("username", "").strip():
        person = Person.objects.select_related("home").filter(username=username, is_active=True).first()
        if person is None:
            wrong["username"] = "Nama pengguna ini tidak ditemukan. Periksa ejaannya, atau tambahkan orangnya dahulu."
        return person
    return people_known_to(office).filter(pk=read_whole(request.POST.get("substitute", ""))).first()


def _choices(office: Office, request: PersonRequest) -> dict[str, Any]:
    return {"kinds": Leave.Kind.choices(), "people": people_known_to(office).filter(is_active=True)}


def leave_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """One leave: change it, end it earlier, or cancel it."""
    office, day = office_of(request), request.acting.day
    rows = Leave.objects.select_related("office", "person", "substitute")
    leave = get_object_or_404(rows, pk=pk, office=office)
    if not request.acting.sees(MAY_MANAGE_OFFICE) and leave.person_id != request.acting.person.pk:
        return redirect("leaves")  # the reason of a colleague's absence is for who manages the office
    ways = {"end": _end, "cancel": _cancel}
    act = request.POST.get("act", "")
    typed = Typed(_as_typed(leave) if request.method != "POST" or act in ways else request.POST)
    if request.method == "POST":
        done = attempt(typed, lambda: ways.get(act, _change)(request, office, leave))
        if done is not None:
            messages.success(request, done)
            return redirect("leaves")
    made = leave.holdings.select_related("post", "person").order_by("post__order", "since")
    context = {"leave": leave, "begun": leave.since <= day, "over": leave.until < day, "made": made}
    waiting = leave.appointments.filter(state=Appointment.State.WAITING)
    context["waiting"] = waiting.select_related("post", "person").order_by("post__order", "since")
    context["may_cancel"] = leave.since >= day
    context["last_day"] = request.POST.get("last_day") or day.isoformat()
    return settings_form(request, "offices/leave.html", typed, {**_choices(office, request), **context})


def _as_typed(leave: Leave) -> dict[str, str]:
    return {
        "kind": leave.kind,
        "since": leave.since.isoformat(),
        "until": leave.until.isoformat(),
        "letter": leave.letter,
        "substitute": str(leave.substitute_id or ""),
    }


def _change(request: PersonRequest, office: Office, leave: Leave) -> str:
    changed = actions.change_leave(leave=leave, fields=_fields(request, office, {}), by=request.acting.person)
    return f"{changed} tersimpan."


def _end(request: PersonRequest, office: Office, leave: Leave) -> str:
    until = dates_of(request.POST, "last_day")["last_day"]
    try:
        ended = actions.end_leave(leave=leave, until=until, by=request.acting.person)
    except FieldErrors as error:
        raise FieldErrors({"last_day": error.fields["until"]}) from None
    return f"{ended} berakhir {ended.until:%d-%m-%Y}."


def _cancel(request: PersonRequest, office: Office, leave: Leave) -> str:
    actions.cancel_leave(leave=leave, by=request.acting.person)
    return f"{leave} dibatalkan."
