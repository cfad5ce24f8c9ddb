"""Pengaturan: the office's facts and working time, its posts, its people.

Everybody of the office may look; who may manage it (`MAY_MANAGE_OFFICE`) may change.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from himpun import clock, moments
from himpun.cycles.deadlines.recounting import recount
from himpun.errors import Refusal
from himpun.letters.numbering import DEFAULT_PATTERN, fill, is_good, meet
from himpun.letters.registers import registers_of
from himpun.notifications.access_mail import link_of, renew_access, way_to
from himpun.offices.access import attempts, links
from himpun.offices.acting import HoldsNoPost
from himpun.offices.actions.homes import homes_open_to, move_home
from himpun.offices.actions.office import change_office, set_public_address
from himpun.offices.actions.people import add_person, change_person
from himpun.offices.actions.posts import add_post, change_post, open_work
from himpun.offices.actions.texts import OFFICE_TEXTS, PERSON_TEXTS
from himpun.offices.calendar.kept import named_days
from himpun.offices.models.calendar import Holiday
from himpun.offices.models.holdings import Appointment, Holding, Leave
from himpun.offices.models.offices import Office, Paper, Post
from himpun.offices.patterns import check_pattern
from himpun.offices.queries import is_present, looks_after, people_known_to
from himpun.offices.reaching import FIELD as ADDRESS_FIELD
from himpun.offices.reaching import NotReached
from himpun.offices.rules import MAY_MANAGE_OFFICE, ROLES
from himpun.offices.worktime import WEEKDAYS
from himpun.places import is_here_only
from himpun.web.forms import Typed, attempt, dates_of, read_whole, unread_dates
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from

ZONES = {
    "Asia/Jakarta": "WIB (Asia/Jakarta)",
    "Asia/Makassar": "WITA (Asia/Makassar)",
    "Asia/Jayapura": "WIT (Asia/Jayapura)",
}


def office_of(request: PersonRequest) -> Office:
    """The office looked at. Raises HoldsNoPost."""
    office = request.acting.office
    if office is None:
        raise HoldsNoPost("membuka pengaturan kantor")
    return office


def settings_form(request: PersonRequest, template: str, typed: Typed, context: Mapping[str, Any]) -> HttpResponse:
    """A page of the settings: everybody of the office sees it, who manages it may change."""
    may_manage = request.acting.has(MAY_MANAGE_OFFICE)
    refused = typed.errors or typed.error
    given = {"typed": typed, "may_manage": may_manage, "office": office_of(request), **context}
    return render(request, template, given, status=422 if refused else 200)


@require_GET
def settings_page(request: PersonRequest) -> HttpResponse:
    """The whole office at a glance, and what is still missing in it."""
    office, day = office_of(request), request.acting.day
    today = Prefetch("holdings", Holding.objects.marked_on(day).select_related("person"), to_attr="today")
    posts: list[Any] = list(office.posts.prefetch_related(today))
    held = Holding.objects.filter(post__office=office).select_related("post", "own_post__parent").order_by("-since")
    people = people_known_to(office).prefetch_related(Prefetch("holdings", held, to_attr="here"))
    context = {
        "tree": _tree(posts),
        "roles": ROLES,
        "people": [(person, [holding for holding in person.here if _in_force(holding, day)]) for person in people],
        "missing_roles": [title for role, title in ROLES.items() if role not in {post.role for post in posts}],
        "empty_posts": [
            post for post in posts if post.there_in(day, day) and not any(is_present(holding) for holding in post.today)
        ],
        "away": Leave.objects.filter(office=office, since__lte=day, until__gte=day).count(),
        "zone": ZONES.get(office.timezone, office.timezone),
        "hours": [(name, ", ".join(office.hours.get(name, []))) for name in WEEKDAYS],
        "holiday_count": _days_off(office, day.year),
    }
    return settings_form(request, "offices/settings.html", Typed({}), context)


def _days_off(office: Office, year: int) -> int:
    rows = named_days(office, date(year, 1, 1), date(year, 12, 31)).values()
    return sum(row.kind != Holiday.Kind.WORKING for row in rows)


def wrong_dates(request: PersonRequest) -> dict[str, str]:
    """A date that was typed but cannot be read; an empty last day means until further notice."""
    return unread_dates(request.POST, "since", "until")


def _in_force(holding: Holding, day: date) -> bool:
    return holding.since <= day and (holding.until is None or holding.until >= day)


def _tree(posts: Sequence[Post]) -> list[tuple[int, Post]]:
    """The posts depth first, each with how deep it hangs; a post whose superiors form a ring still comes once."""
    known = {post.pk for post in posts}
    below: dict[int | None, list[Post]] = defaultdict(list)
    for post in posts:
        below[post.parent_id if post.parent_id in known else None].append(post)
    found: list[tuple[int, Post]] = []
    waiting = [(0, post) for post in reversed(below[None])]
    while waiting:
        depth, post = waiting.pop()
        found.append((depth, post))
        waiting += [(depth + 1, child) for child in reversed(below[post.pk])]
    placed = {post.pk for _, post in found}
    return found + [(0, post) for post in posts if post.pk not in placed]


# --- the office's facts ----------------------------------------------------------------------------------------------


def office_edit(request: PersonRequest) -> HttpResponse:
    """Facts, working time and number patterns."""
    office = office_of(request)
    typed = Typed(request.POST if request.method == "POST" else _office_as_typed(office))
    if request.method == "POST":
        changed = attempt(typed, lambda: _change_office(request, office))
        if changed is not None:
            messages.success(request, f"Data kantor tersimpan. {recounted(office)}".strip())
            return redirect("settings")
    return _office_page(request, office, typed)


@dataclass(slots=True)
class _Address(Typed):
    """The office's page with its address typed; `unseen` where only somebody elsewhere can say that it opens."""

    unseen: bool = False


@posted_from("office_edit")
def public_address(request: PersonRequest) -> HttpResponse:
    """The address that the office's papers and mails carry, looked at before it is kept."""
    office = office_of(request)
    given = request.POST.get("public_url", "")
    typed = _Address({**_office_as_typed(office), "public_url": given})
    elsewhere = request.POST.get("seen_elsewhere") == "1"
    try:
        kept = set_public_address(office=office, address=given, by=request.acting.person, seen_elsewhere=elsewhere)
    except NotReached as refusal:
        typed.errors[ADDRESS_FIELD] = str(refusal)
        typed.unseen = True
    except Refusal as refusal:
        typed.refuse(refusal)
    else:
        told = f"Alamat publik tersimpan: {kept}." if kept else "Alamat publik dihapus; berlaku lagi bawaan pemasangan."
        messages.success(request, f"{told} Naskah yang sudah terbit tidak berubah.")
        return redirect("settings")
    return _office_page(request, office, typed)


def _office_page(request: PersonRequest, office: Office, typed: Typed) -> HttpResponse:
    context = {
        "unseen": getattr(typed, "unseen", False),
        "installed_url": settings.BASE_URL,
        "here_only": is_here_only(office.base_url),
        "papers": Paper.choices,
        "zones": ZONES,
        "hours": [(name, f"hours_{name}", typed.data.get(f"hours_{name}", "")) for name in WEEKDAYS],
        "patterns": [
            (
                register,
                label,
                f"pattern_{register}",
                typed.data.get(f"pattern_{register}", ""),
                _example(typed, register, registers_of(office)),
            )
            for register, label in registers_of(office).items()
        ],
    }
    return settings_form(request, "offices/office.html", typed, context)


def recounted(office: Office, what: str = "") -> str:
    """Count the open deadlines anew where the calendar changed, and say how many moved; "" when none did."""
    moved = len(recount(office, what=what))
    return f"{moved} batas waktu bergeser dan diberitahukan." if moved else ""


def _office_as_typed(office: Office) -> dict[str, Any]:
    typed: dict[str, Any] = {name: getattr(office, name) for name in (*OFFICE_TEXTS, "timezone", "day_minutes")}
    typed |= {"paper": office.paper, "public_url": office.public_url}
    typed |= {f"hours_{name}": ", ".join(office.hours.get(name, [])) for name in WEEKDAYS}
    typed["may_approve_twice"] = "1" if office.may_approve_twice else ""
    patterns = {name: office.number_patterns.get(name) or DEFAULT_PATTERN for name in registers_of(office)}
    return typed | {f"pattern_{name}": pattern for name, pattern in patterns.items()}


def _change_office(request: PersonRequest, office: Office) -> Office:
    post = request.POST
    fields: dict[str, Any] = {name: " ".join(post.get(name, "").split()) for name in (*OFFICE_TEXTS, "timezone")}
    fields["day_minutes"] = _whole(post.get("day_minutes", ""))
    fields["hours"] = {name: _intervals(post.get(f"hours_{name}", "")) for name in WEEKDAYS}
    if "paper" in post:
        fields["paper"] = post["paper"]
    if "may_approve_twice" in post:
        fields["may_approve_twice"] = post["may_approve_twice"] == "1"
    typed = {name: post.get(f"pattern_{name}", "").strip() for name in registers_of(office)}
    kept = office.number_patterns  # what is shown for a register without a pattern of its own is no pattern of its own
    fields["number_patterns"] = {name: text for name, text in typed.items() if name in kept or text != DEFAULT_PATTERN}
    return change_office(office=office, fields=fields, by=request.acting.person)


def _intervals(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]


def _whole(text: str) -> int:
    """A whole number from 0; -1 when it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _example(typed: Typed, register: str, registers: Mapping[str, str]) -> str:
    """A number by this pattern, and which other registers count with it since theirs could give the same number."""
    pattern, year = str(typed.data.get(f"pattern_{register}", "")), clock.today().year
    said = _number_from(pattern)
    if not is_good(pattern):
        return said
    others = {name: str(typed.data.get(f"pattern_{name}", "")) for name in registers if name != register}
    same = [registers[name] for name, other in others.items() if is_good(other) and meet(pattern, other, year)]
    return f"{said} Satu urutan dengan {' dan '.join(same)}, agar tidak ada nomor kembar." if same else said


def _number_from(pattern: str) -> str:
    try:
        check_pattern(pattern)
    except ValueError as problem:
        return f"Belum benar: {problem}"
    return f"Contoh: {fill(pattern, sequence=12, day=clock.today(), unit='PK')}."


@require_GET
def number_example(request: HttpRequest) -> HttpResponse:
    """What number the pattern being typed would give."""
    pattern = next((str(value) for name, value in request.GET.items() if name.startswith("pattern_")), "")
    return render(request, "offices/number_example.html", {"example": _number_from(pattern[:200])})


# --- posts -----------------------------------------------------------------------------------------------------------


def post_new(request: PersonRequest) -> HttpResponse:
    """Add a post."""
    office = office_of(request)
    typed = Typed(request.POST if request.method == "POST" else {"order": str(_next_order(office))})
    if request.method == "POST":
        post = attempt(
            typed,
            lambda: add_post(office=office, fields=_post_fields(request, office), by=request.acting.person),
        )
        if post is not None:
            messages.success(request, f"Jabatan {post.title} ditambahkan. Catat sekarang siapa yang memangkunya.")
            return redirect("post_edit", post.pk)
    return settings_form(request, "offices/post.html", typed, {"roles": ROLES, "posts": office.posts.all()})


def post_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """One post: its title, role and place, and everybody who held it."""
    office = office_of(request)
    post = get_object_or_404(Post.objects.select_related("office"), pk=pk, office=office)
    stored = {name: getattr(post, name) for name in ("code", "title", "role", "unit_code")}
    shown = {**stored, "parent": str(post.parent_id or ""), "order": str(post.order)}
    shown |= {"since": post.since, "until": post.until}
    typed = Typed(request.POST if request.method == "POST" else shown)
    if request.method == "POST":
        changed = attempt(
            typed,
            lambda: change_post(post=post, fields=_post_fields(request, office), by=request.acting.person),
        )
        if changed is not None:
            messages.success(request, f"Jabatan {changed.title} tersimpan.")
            if changed.until and (waiting := open_work(changed)):
                told = f"Masih ada {waiting} pekerjaan yang menunggu jabatan ini; selesaikan sampai {moments.day(changed.until)}."
                messages.warning(request, told)
            return redirect("settings")
    context = {
        "post": post,
        "roles": ROLES,
        "posts": office.posts.exclude(pk=post.pk),
        "holdings": [
            (holding, _in_force(holding, request.acting.day))
            for holding in post.holdings.select_related("person", "own_post").order_by("-since", "-id")
        ],
        "waiting": post.appointments.filter(state=Appointment.State.WAITING).select_related(
            "person", "own_post__parent"
        ),
    }
    return settings_form(request, "offices/post.html", typed, context)


def _next_order(office: Office) -> int:
    last = office.posts.order_by("-order").values_list("order", flat=True).first()
    return (last or 0) + 10


def _post_fields(request: PersonRequest, office: Office) -> dict[str, Any]:
    given = request.POST
    fields: dict[str, Any] = {name: given.get(name, "").strip() for name in ("code", "title", "role", "unit_code")}
    parent = given.get("parent", "")
    return {
        **fields,
        "parent": office.posts.filter(pk=read_whole(parent)).first(),
        "order": _whole(given.get("order", "0")),
        **dates_of(given, "since", "until"),
    }


# --- people ----------------------------------------------------------------------------------------------------------


@never_cache
def person_new(request: PersonRequest) -> HttpResponse:
    """Add somebody who can log in; the link for their first password is shown once."""
    office = office_of(request)
    typed = Typed(request.POST)
    if request.method == "POST":
        made = attempt(typed, lambda: add_person(office=office, fields=request.POST.dict(), by=request.acting.person))
        if made is not None:
            return _link_page(request, made, new=True)
    return settings_form(request, "offices/person.html", typed, {})


@never_cache
def person_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """One person: their data, the posts they hold here, and a new link to come in by."""
    office, by = office_of(request), request.acting.person
    person = get_object_or_404(people_known_to(office), pk=pk)
    shown = {name: getattr(person, name) for name in ("username", *PERSON_TEXTS)}
    typed = Typed(request.POST if request.method == "POST" else {**shown, "is_active": person.is_active})
    if request.method == "POST" and request.POST.get("act") == "password":
        typed = Typed({**shown, "is_active": person.is_active})
        done, given = attempt(typed, lambda: (True, renew_access(office=office, person=person, by=by))) or (False, None)
        if given is not None:
            return _link_page(request, given, new=False)
        if done:
            messages.success(request, f"Tautan masuk dikirim ke surel {person.name}.")
            return redirect("person_edit", person.pk)
    elif request.method == "POST" and request.POST.get("act") == "home":
        typed = Typed({**shown, "is_active": person.is_active})
        to = Office.objects.filter(pk=read_whole(request.POST.get("home", ""))).first()
        moved = attempt(typed, lambda: move_home(office=office, person=person, to=to, by=by))
        if moved is not None:
            messages.success(request, f"Data dan akses {moved.name} kini dikelola {moved.home}.")
            return redirect("settings")
    elif request.method == "POST":
        active = request.POST.get("is_active") == "1"
        fields = request.POST.dict()
        changed = attempt(
            typed, lambda: change_person(office=office, person=person, fields=fields, active=active, by=by)
        )
        if changed is not None:
            messages.success(request, f"Data {changed.name} tersimpan.")
            return redirect("settings")
    held = person.holdings.filter(post__office=office).select_related("post", "own_post__parent")
    held = held.order_by("-since", "-id")
    context = {
        "person": person,
        "leaves": person.leaves.filter(office=office, until__gte=request.acting.day).select_related("substitute"),
        "ours": looks_after(office, person),
        "way": way_to(person).name,
        "failures": attempts.failures_of(person),
        "has_password": person.has_usable_password(),
        "has_link": links.has_open_link(person),
        "home": person.home,
        "homes": homes_open_to(person) if looks_after(office, person) else [],
        "waiting": person.appointments.filter(post__office=office, state=Appointment.State.WAITING),
        "holdings": [(holding, _in_force(holding, request.acting.day)) for holding in held],
    }
    return settings_form(request, "offices/person.html", typed, context)


def _link_page(request: PersonRequest, given: links.Given, *, new: bool) -> HttpResponse:
    """The one page that shows a one-time link."""
    context = {"person": given.person, "link": link_of(given), "expires": given.expires, "new": new}
    return settings_form(request, "offices/link.html", Typed({}), {**context, "has_mfa": is_mfa_enabled(given.person)})
