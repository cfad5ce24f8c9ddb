"""The page of a one-time link: a person sets their password and is logged in. Open to everybody who has the link.

Looking at it changes nothing. The secret stands in the address, so the page is kept by no cache and its address goes to
no other site; `Referrer-Policy: origin`, because with `no-referrer` browsers send forms without the origin that the
CSRF check needs.
"""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from himpun import clock
from himpun.errors import FieldErrors, Refusal
from himpun.notifications.access_mail import ask_by_mail, can_mail
from himpun.offices.access import links
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.queries import managers_at_work
from himpun.web.forms import Typed

ASK_LIMIT = {"ask_link": "60/m/ip,3/10m/key"}
LINK_LIMIT = {"one_time_link": "120/m/ip"}
"""A whole office may open its links in one minute; a secret of 256 bits is not guessed by more."""


class TooMany(Refusal):
    """More requests from one address than people make."""

    code = "terlalu-sering"
    status = 429

    def __init__(self) -> None:
        super().__init__("Terlalu banyak permintaan dari jaringan ini. Tunggu satu menit, lalu buka tautannya lagi.")


@method_decorator([login_not_required, never_cache, sensitive_post_parameters()], name="dispatch")
class OneTimeLinkPage(View):
    """GET shows the form, POST uses the link."""

    http_method_names = ("get", "head", "post")

    @method_decorator(sensitive_variables())
    def dispatch(self, request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        response: HttpResponse
        if not ratelimit.consume(request, app="himpun", action="one_time_link", config=LINK_LIMIT, limit_get=True):
            response = _unusable(request, TooMany())
        else:
            response = super().dispatch(request, *args, **given)  # type: ignore[assignment]
        response["Referrer-Policy"] = "origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        try:
            link = links.open_link(secret)
        except links.LinkUnusable as refusal:
            return _unusable(request, refusal)
        return _form(request, link.person, Typed({}))

    @method_decorator(sensitive_variables())
    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        given = request.POST
        try:
            person = links.redeem(secret=secret, password=given.get("password1", ""), again=given.get("password2", ""))
        except FieldErrors as refusal:
            return _form(request, links.open_link(secret).person, Typed({}, dict(refusal.fields)))
        except links.LinkUnusable as refusal:
            return _unusable(request, refusal)
        messages.success(request, "Kata sandi tersimpan. Pakai kata sandi ini bila masuk lagi.")
        record_authentication(request, person, method="password", username=person.username)
        answer: HttpResponse = perform_login(request, person, redirect_url="/")
        return answer


def _form(request: HttpRequest, person: Person, typed: Typed) -> HttpResponse:
    context = {"person": person, "typed": typed, "advice": password_validators_help_texts()}
    return render(request, "account/one_time_link.html", context, status=422 if typed.errors else 200)


def _unusable(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return render(request, "account/link_unusable.html", {"refusal": refusal}, status=refusal.status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for a link by e-mail. The same answer, at the same cost, whether or not anybody has the address."""
    typed = Typed(request.POST)
    if request.method == "POST" and can_mail():
        address = request.POST.get("email", "").strip()
        if wrong := _wrong_address(request, address):
            typed.errors["email"] = wrong
        else:
            ask_by_mail(address)
            return redirect(f"{request.path}?terkirim=1")
    sent = request.GET.get("terkirim") == "1"
    context = {"typed": typed, "can_mail": can_mail(), "sent": sent, **_who_renews(request)}
    return render(request, "account/ask_link.html", context, status=422 if typed.errors else 200)


def _who_renews(request: HttpRequest) -> dict[str, Any]:
    """The offices to choose from, and who can give a new link in the chosen one; in the only one without choosing."""
    offices = list(Office.objects.order_by("name"))
    code = request.GET.get("kantor", "") if len(offices) > 1 else ""
    chosen = next((one for one in offices if one.code == code), offices[0] if len(offices) == 1 else None)
    return {
        "offices": offices,
        "chosen_office": chosen,
        "managers": managers_at_work(chosen, clock.today()) if chosen else [],
    }


def _wrong_address(request: HttpRequest, address: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        return "Tulis alamat surel seperti nama@contoh.go.id."
    if not ratelimit.consume(request, app="himpun", action="ask_link", config=ASK_LIMIT, key=address.lower()):
        return "Terlalu sering. Tunggu sepuluh menit, atau minta tautan kepada yang disebut di bawah."
    return ""


@login_not_required
def old_link(request: HttpRequest, **given: str) -> HttpResponse:
    """The address of a reset by allauth, which Himpun no longer sends."""
    return _unusable(request, links.LinkUnusable(f"Tautan ini tidak berlaku lagi. {links.ASK}"))
