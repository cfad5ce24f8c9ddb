"""Forms of requests as workbooks: handed out, taken back, and those that arrived by mail."""

from typing import Any

from django.core import signing
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from himpun.errors import NotAllowed, Refusal
from himpun.indicators.models.requests import DataRequest, FormArrival
from himpun.indicators.requests import forms
from himpun.indicators.requests.filling import check_may_fill
from himpun.indicators.requests.mail import handled, waiting_for
from himpun.web import downloads
from himpun.web.forms import Typed
from himpun.web.middleware import PersonRequest
from himpun.web.views.sheets import SALT, SHOWN, Door, Kept, walk


def _asked(request: PersonRequest, pk: int) -> DataRequest:
    seen = DataRequest.objects.visible_to(request.acting.person, request.acting.day)
    return get_object_or_404(seen.select_related("unit", "office"), pk=pk)


@require_GET
def form_file(request: PersonRequest, pk: int) -> HttpResponse:
    """The request as a workbook, for who may fill it in."""
    asked = _asked(request, pk)
    check_may_fill(asked, request.acting.person)
    name = f"isian-{asked.office.code}-{asked.unit.code}-{asked.period}-putaran-{asked.round}.xlsx"
    return downloads.made(forms.form_of(asked), forms.XLSX, name)


@require_http_methods(["GET", "POST"])
def request_file(request: PersonRequest, pk: int) -> HttpResponse:
    """A filled form or an own sheet for a request: shown first, applied when the person agrees."""
    asked = _asked(request, pk)
    person = request.acting.person

    def page(typed: Typed, status: int, **found: Any) -> HttpResponse:
        return render(request, "sheets/request.html", {"asked": asked, "typed": typed, **found}, status=status)

    def show(kept: Kept, typed: Typed) -> HttpResponse:
        hidden = "hidden" in typed.data
        preview = forms.read_back(asked, name=kept.name, content=kept.content, by=person, hidden=hidden)
        return page(typed, 409 if typed.error else 200, kept=kept, preview=preview, shown=SHOWN, hidden=hidden)

    def apply(kept: Kept, given: QueryDict) -> str:
        choices = {key: given.get(key, "") for key in given if key.startswith("pilih-")}
        changed = forms.apply_back(
            asked,
            sha256=kept.sha256,
            name=kept.name,
            by=person,
            choices=choices,
            rest=given.get("rest", ""),
            only_good="only_good" in given,
            hidden="hidden" in given,
        )
        handled(asked, kept.sha256)
        return f"{changed} isian diambil dari {kept.name}." if changed else f"{kept.name} tidak mengubah apa pun."

    try:
        check_may_fill(asked, person)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return page(Typed({}, error=str(refusal)), refusal.status)
    door = Door(
        _scope(asked),
        f"Isian {asked.unit.title}",
        asked.office,
        reverse("request_file", args=[pk]),
        reverse("request", args=[pk]),
        show,
        apply,
        page,
    )
    return walk(request, door)


def _scope(asked: DataRequest) -> str:
    return f"permintaan:{asked.pk}"


def arrivals(asked: DataRequest) -> list[tuple[FormArrival, str]]:
    """The forms that came by mail and wait for their unit, each with the token that opens its preview."""
    scope = f"{_scope(asked)}:{asked.office_id}"
    return [(one, signing.dumps([scope, one.name, one.sha256], salt=SALT)) for one in waiting_for(asked)]
