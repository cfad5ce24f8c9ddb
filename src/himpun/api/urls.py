"""Addresses of the API: every answer below /api/v1/ is JSON (or the form that was asked for), also a refusal."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt

from himpun.api.door import NotHere, answer, api, check_request
from himpun.api.operations import document
from himpun.errors import Refusal

View = Callable[..., HttpResponse]


def for_programs(view: View) -> View:
    """A view that needs no login and no CSRF token, and that answers in JSON also where its method is refused."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **keywords: Any) -> HttpResponse:
        try:
            check_request(request)
        except Refusal as refusal:
            return answer(refusal.status, refusal.code, str(refusal))
        response = view(request, *arguments, **keywords)
        if isinstance(response, HttpResponseNotAllowed):
            return _not_allowed(response)
        return response

    guarded.speaks_json = True  # type: ignore[attr-defined]
    return guarded


def _not_allowed(response: HttpResponse) -> HttpResponse:
    allowed = response["Allow"]
    refused = answer(405, "cara-tidak-dikenal", f"Alamat ini tidak menerima cara itu. Yang diterima: {allowed}.")
    refused["Allow"] = allowed
    return refused


@for_programs
def unknown(request: HttpRequest, *_: str) -> HttpResponse:
    """No such address."""
    return answer(404, NotHere.code, "Alamat API ini tidak ada. Daftar alamatnya ada di /api/.")


@for_programs
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of the API for programs; open to everybody, since it holds nothing of an office."""
    if request.method not in ("GET", "HEAD"):
        return _not_allowed(HttpResponseNotAllowed(["GET", "HEAD"]))
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


def _mounted() -> list[URLPattern]:
    """The operations' own addresses, below v1/."""
    found = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    return [path(f"v1/{one.pattern}", for_programs(cast(View, one.callback)), name=f"api_{one.name}") for one in found]


urlpatterns = [
    *_mounted(),
    path("v1/openapi.json", openapi, name="openapi"),
    re_path(r"^v1(/|$)", unknown, name="api_unknown"),
]
