"""Token API: one's own tokens, made and revoked here; and what the API can do, in words."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from himpun import clock
from himpun.api.actions import make_token, revoke_token
from himpun.api.models import Token
from himpun.api.reference import described
from himpun.api.rules import LONGEST_DAYS, SCOPES
from himpun.offices.acting import HoldsNoPost
from himpun.web.forms import Typed, attempt, whole_number
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from

SHOWN = 100
PROPOSED_DAYS = 365


@never_cache
def tokens(request: PersonRequest) -> HttpResponse:
    """One's tokens; a new one's secret is on the page that answers its form and nowhere else."""
    typed, secret = Typed(request.POST if request.method == "POST" else {"days": PROPOSED_DAYS}), ""
    if request.method == "POST":
        made = attempt(typed, lambda: _make(request))
        if made is not None:
            secret = made[1]
            typed = Typed({"days": PROPOSED_DAYS})
    rows = Token.objects.filter(person=request.acting.person).select_related("office", "person")
    context = {
        "typed": typed,
        "secret": secret,
        "tokens": rows[:SHOWN],
        "now": clock.now(),
        "scopes": SCOPES,
        "chosen": request.POST.getlist("scopes") if not secret else [],
        "longest": LONGEST_DAYS,
        "base": request.acting.office.base_url if request.acting.office else settings.BASE_URL,
    }
    return render(request, "api/tokens.html", context, status=422 if typed.errors or typed.error else 200)


def _make(request: PersonRequest) -> tuple[Token, str]:
    acting = request.acting
    if acting.office is None:
        raise HoldsNoPost("membuat token")
    return make_token(
        person=acting.person,
        office=acting.office,
        name=request.POST.get("name", ""),
        scopes=request.POST.getlist("scopes"),
        days=whole_number(request, "days"),
    )


@posted_from(lambda request, pk: reverse("tokens"))
def revoke(request: PersonRequest, pk: int) -> HttpResponse:
    """End one of one's own tokens."""
    token = get_object_or_404(Token.objects.select_related("office"), pk=pk, person=request.acting.person)
    revoke_token(token=token, by=request.acting.person)
    messages.success(request, f"Token “{token.name}” dicabut; program yang memakainya tidak dapat masuk lagi.")
    return redirect("tokens")


@require_GET
@login_not_required
def api_page(request: HttpRequest) -> HttpResponse:
    """What the API can do, with an example of each operation; open to everybody, since it holds nothing of an office."""
    context = {"operations": described(settings.BASE_URL), "scopes": SCOPES, "base": settings.BASE_URL}
    return render(request, "api/page.html", context)
