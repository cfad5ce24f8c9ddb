"""What happens to a form whose session ended while it was on its way (see `himpun.web.kept`)."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import REASON_CSRF_TOKEN_MISSING, REASON_NO_CSRF_COOKIE
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from himpun.web.filling import fill
from himpun.web.kept import Kept, forget, keep, kept_by, mark_owner, owner_of, to_login

_TOKEN = (REASON_CSRF_TOKEN_MISSING, REASON_NO_CSRF_COOKIE, "CSRF token from ")
"""How Django's reasons begin when only the token of a form is wrong: where it came from was looked at before."""


class LoginFirstMiddleware(LoginRequiredMiddleware):
    """Who is not logged in is led to the login; what they sent is kept, where this was their browser."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        owner = owner_of(request.COOKIES)
        return to_login(request, person=owner) if owner else super().handle_no_permission(request, view_func)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW. A form of ours that is older than the last login in this browser is kept.

    Only with the `Origin` of a browser, which Django has compared by then: a form of another site is never kept.
    """
    is_ours = "Origin" in request.headers and reason.startswith(_TOKEN)
    if is_ours and request.user.is_authenticated and keep(request, person=request.user.pk):
        return redirect("kept")
    if is_ours and not request.user.is_authenticated and owner_of(request.COOKIES):
        return to_login(request, person=None)
    return render(request, "403_csrf.html", status=403)


class KeptMiddleware:
    """Puts what was kept into its form when the page with that form is shown; forgets it once it was sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        if not request.user.is_authenticated:
            return response
        mark_owner(request, response, request.user)
        kept = kept_by(request, request.user)
        if kept is None:
            return response
        if request.method == "POST" and request.path == kept.action and _was_taken(response):
            forget(request)
        elif _is_page(request, response):
            _place(request, response, kept)
        return response


def _was_taken(response: HttpResponse) -> bool:
    """Whether a form was not refused, and not kept once more."""
    return response.status_code < 400 and response.get("Location") != reverse("kept")


def _is_page(request: HttpRequest, response: HttpResponse) -> bool:
    is_html = response.get("Content-Type", "").startswith("text/html") and not response.streaming
    return request.method == "GET" and response.status_code == 200 and is_html


def _place(request: HttpRequest, response: HttpResponse, kept: Kept) -> None:
    filled = fill(
        response.content.decode(),
        path=request.path,
        action=kept.action,
        fields=kept.fields,
        notice=lambda left: render_to_string("kept/placed.html", {"kept": kept, "left": left}, request=request),
    )
    if filled is not None:
        response.content = filled.encode()
