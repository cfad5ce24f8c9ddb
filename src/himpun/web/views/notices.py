"""Messages, the bell, one's own channels; the reminders of an office and what its outbox did."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_time
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from himpun import clock
from himpun.cycles.models import ReminderRule
from himpun.cycles.reminders.changing import MOST_RULES, MOST_UP, restore_rules, save_rules
from himpun.cycles.reminders.plan import DEFAULT_RULES, Rule
from himpun.cycles.reminders.sweep import rules_for
from himpun.errors import FieldErrors
from himpun.notifications import choices, sending
from himpun.notifications.actions import mark_seen, messages_for, unseen_for
from himpun.notifications.channels import MAIL, channels
from himpun.notifications.models import Channel, Message, Outgoing
from himpun.notifications.spreading import Wishes, wishes_of
from himpun.offices.access import links
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models.offices import Office
from himpun.offices.rules import MAY_MANAGE_OFFICE, MAY_PUBLISH_PROCEDURES
from himpun.procedures.models import ProcedureVersion
from himpun.procedures.queries import NoProcedure, versions_in_force
from himpun.web.accounts import is_own_password
from himpun.web.forms import Typed, attempt, read_whole
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from

PAGE = 25
BLANK = 3
"""Empty rows for further rules."""
RECENT = timedelta(days=30)
"""How far back the office's outbox is counted."""
STATES = Outgoing.State
STUCK = (STATES.FAILED, STATES.UNCERTAIN)


# --- messages -------------------------------------------------------------------------------------------------------


@require_GET
@never_cache
def messages_page(request: PersonRequest) -> HttpResponse:
    """What the holders of my posts were told, and where it was carried; looking at it is seeing it."""
    acting = request.acting
    topic = request.GET.get("topik", "")
    only_new = "baru" in request.GET
    rows = unseen_for(acting.person, acting.day) if only_new else messages_for(acting.person, acting.day)
    if topic in Message.Topic.values:
        rows = rows.filter(topic=topic)
    # What was new is not new any more on the next page: the next ones are then the first.
    page = Paginator(rows, PAGE).get_page(1 if only_new else request.GET.get("hal"))
    shown = list(page.object_list)
    new = set(
        unseen_for(acting.person, acting.day).filter(pk__in=[one.pk for one in shown]).values_list("pk", flat=True)
    )
    mark_seen(acting.person, [one for one in shown if one.pk in new])
    sent: dict[int, list[Outgoing]] = {}
    for copy in Outgoing.objects.filter(person=acting.person, message__in=shown).order_by("id"):
        sent.setdefault(copy.message_id, []).append(copy)
    context = {
        "page": page,
        "rows": [(one, one.pk in new, sent.get(one.pk, [])) for one in shown],
        "topics": Message.Topic.choices,
        "topic": topic,
        "only_new": only_new,
        "channels": _labels(),
    }
    return render(request, "work/messages.html", context)


@posted_from("messages")
def all_seen(request: PersonRequest) -> HttpResponse:
    """Nothing of mine is new any more."""
    acting = request.acting
    mark_seen(acting.person, unseen_for(acting.person, acting.day))
    return redirect("messages")


@require_GET
@never_cache
@login_not_required
def bell(request: HttpRequest) -> HttpResponse:
    """The bell with how many messages are new; nothing to swap for who is no longer logged in."""
    if not request.user.is_authenticated:
        return HttpResponse(status=204)
    return render(request, "notices/bell.html")


def _labels() -> dict[str, str]:
    return {name: kind.label for name, kind in channels().items()}


@posted_from(lambda request, pk: reverse("messages"))
def resend(request: PersonRequest, pk: int) -> HttpResponse:
    """Send a copy again that failed or of which nobody knows the end."""
    acting = request.acting
    mine_or_ours = Q(person=acting.person) | Q(message__post__office=acting.office)
    rows = Outgoing.objects.filter(mine_or_ours).select_related("message__post__office", "person")
    sending.resend(outgoing=get_object_or_404(rows, pk=pk), by=acting.person)
    messages.success(request, "Kiriman masuk antrean dan segera dikirim lagi.")
    return redirect("reminders" if request.POST.get("dari") == "kantor" else "messages")


# --- one's own channels ---------------------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters("password")
def own_messages(request: PersonRequest) -> HttpResponse:
    """One's channels, quiet hours, digest and topics; each form on the page says what it does."""
    typed = Typed(request.POST if request.method == "POST" else {})
    if request.method == "POST":
        act = OWN_ACTS.get(request.POST.get("act", ""), _nothing)
        if done := attempt(typed, lambda: act(request)):
            messages.success(request, done)
            if act is not _try_channel:  # what was tried is still to be saved
                return redirect("own_messages")
    person = request.acting.person
    wishes = wishes_of([person.pk]).get(person.pk, Wishes())
    context = {
        "typed": typed,
        "ways": _own_ways(request),
        "no_mail": MAIL not in channels(),
        "wishes": wishes,
        "topics": [(value, label, value not in wishes.topics_off) for value, label in Message.Topic.choices],
        "typed_kind": request.POST.get("kind", ""),
        "email": typed.data.get("email", person.email),
    }
    return render(request, "notices/own.html", context, status=422 if typed.errors or typed.error else 200)


def _own_ways(request: PersonRequest) -> list[dict[str, Any]]:
    """Every channel there is, with how this person uses it."""
    person = request.acting.person
    rows = {row.kind: row for row in Channel.objects.filter(person=person)}
    found = []
    for name, kind in channels().items():
        row = rows.get(name)
        address = row.address if row else person.email if name == MAIL else ""
        used = row.active if row else bool(address)
        found.append(
            {
                "name": name, "label": kind.label, "hint": kind.hint, "address": address, "used": used,
                "digest": bool(row and row.digest), "unasked": row is None and used,
                "autocomplete": "email" if name == MAIL else "off",
            }
        )  # fmt: skip
    return found


def _nothing(request: PersonRequest) -> str:
    return ""


def _use_channel(request: PersonRequest) -> str:
    post = request.POST
    row = choices.choose_channel(
        person=request.acting.person,
        kind=post.get("kind", ""),
        address=post.get("address", ""),
        digest="digest" in post,
    )
    return f"Pesan juga dikirim ke {row.address}."


def _leave_channel(request: PersonRequest) -> str:
    choices.switch_off(person=request.acting.person, kind=request.POST.get("kind", ""))
    return "Saluran dimatikan. Pesan tetap ada di halaman Pesan."


def _try_channel(request: PersonRequest) -> str:
    post = request.POST
    proof = choices.try_channel(
        person=request.acting.person, kind=post.get("kind", ""), address=post.get("address", "")
    )
    return f"Pesan uji diterima saluran: {proof}"


def _choose_times(request: PersonRequest) -> str:
    given = {name: _time(request.POST.get(name, "")) for name in ("quiet_from", "quiet_until", "digest_at")}
    choices.choose_times(person=request.acting.person, **given)
    return "Jam tenang dan jam ringkasan disimpan."


def _time(text: str) -> Any:
    try:
        return parse_time(text.strip().replace(".", ":"))
    except ValueError:
        return None


def _choose_topics(request: PersonRequest) -> str:
    choices.choose_topics(person=request.acting.person, wanted=request.POST.getlist("topics"))
    return "Pilihan topik disimpan."


def _change_address(request: PersonRequest) -> str:
    person, post = request.acting.person, request.POST
    if not is_own_password(request, person, post.get("password", "")):
        raise FieldErrors({"password": "Kata sandi ini bukan kata sandi Anda. Ketik ulang."})
    changed = links.change_address(person=person, email=post.get("email", ""))
    return f"Surel Anda kini {changed.email}." if changed.email else "Surel Anda dikosongkan."


OWN_ACTS: dict[str, Callable[[PersonRequest], str]] = {
    "pakai": _use_channel,
    "matikan": _leave_channel,
    "uji": _try_channel,
    "waktu": _choose_times,
    "topik": _choose_topics,
    "surel": _change_address,
}


# --- reminders of the office ----------------------------------------------------------------------------------------


def _office(request: PersonRequest) -> Office:
    office = request.acting.office
    if office is None:
        raise HoldsNoPost("melihat pengingat kantor")
    return office


@require_GET
@never_cache
def reminders(request: PersonRequest) -> HttpResponse:
    """The rules of every procedure of the office; below, for who manages it, what its outbox did."""
    office = _office(request)
    own = set(ReminderRule.objects.filter(office=office).values_list("key", flat=True))
    context: dict[str, Any] = {
        "office": office,
        "procedures": [
            (version, rules_for(office, version.key) if version.key in own else DEFAULT_RULES, version.key in own)
            for version in versions_in_force(office, request.acting.day)
        ],
        "may_change": request.acting.has(MAY_PUBLISH_PROCEDURES),
        "may_manage": request.acting.has(MAY_MANAGE_OFFICE),
    }
    if context["may_manage"]:
        context |= _outbox(request, office)
    return render(request, "reminders/list.html", context)


def _outbox(request: PersonRequest, office: Office) -> dict[str, Any]:
    """The office's recent copies, those that need somebody first, and how many there are of each state."""
    state = request.GET.get("status", "")
    recent = Outgoing.objects.filter(message__post__office=office, message__at__gte=clock.now() - RECENT)
    counts = dict(recent.order_by().values_list("state").annotate(count=Count("pk")))
    rows = recent.filter(state=state) if state in STATES.values else recent
    rows = rows.select_related("person", "message__post").order_by("-id")
    return {
        "states": [(value, label, counts.get(value, 0)) for value, label in STATES.choices],
        "state": state,
        "stuck": sum(counts.get(value, 0) for value in STUCK),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("hal")),
        "channels": _labels(),
        "stuck_states": STUCK,
    }


@never_cache
def reminder_rules(request: PersonRequest, key: str) -> HttpResponse:
    """Edit the rules of one procedure, all at once."""
    office, version = _office(request), _version(request, key)
    if not request.acting.has(MAY_PUBLISH_PROCEDURES):
        raise HoldsNoPost("mengubah aturan pengingat")
    rules: Sequence[Rule] = rules_for(office, key)
    typed = Typed(request.POST if request.method == "POST" else {})
    if request.method == "POST":
        rules = _typed_rules(request)
        if answer := attempt(typed, lambda: _change_rules(request, office, key, rules)):
            return answer  # type: ignore[no-any-return]
    shown: list[Rule | None] = [*rules, *[None] * min(BLANK, MOST_RULES - len(rules))]
    context = {
        "version": version,
        "typed": typed,
        "rows": [(place, rule, typed.errors.get(f"amount-{place}", "")) for place, rule in enumerate(shown)],
        "whens": ReminderRule.When.choices,
        "ups": range(MOST_UP + 1),
        "own": ReminderRule.objects.filter(office=office, key=key).exists(),
    }
    return render(request, "reminders/rules.html", context, status=422 if typed.errors or typed.error else 200)


def _version(request: PersonRequest, key: str) -> ProcedureVersion:
    for version in versions_in_force(_office(request), request.acting.day):
        if version.key == key:
            return version
    raise NoProcedure(key)


def _typed_rules(request: PersonRequest) -> list[Rule]:
    """The rows of the form that name a moment; the others are left out."""
    post = request.POST
    found = []
    for place in range(MOST_RULES + 1):
        if when := post.get(f"when-{place}", ""):
            amount = " ".join(post.get(f"amount-{place}", "").split())
            up = read_whole(post.get(f"up-{place}", ""))
            found.append(Rule(when, amount, up, f"obligatory-{place}" in post))
    return found


def _change_rules(request: PersonRequest, office: Office, key: str, rules: Sequence[Rule]) -> HttpResponseRedirect:
    if "restore" in request.POST:
        restore_rules(office=office, key=key, by=request.acting.person)
        messages.success(request, "Aturan pengingat kembali ke bawaan.")
    else:
        save_rules(office=office, key=key, rules=rules, by=request.acting.person)
        messages.success(request, "Aturan pengingat disimpan dan berlaku untuk langkah yang sedang terbuka.")
    return redirect("reminders")
