"""Addresses that only take what is sent, and lead whoever opens them to the page that holds their form."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

Page = str | Callable[..., str]
"""The name of a page with the same numbers in its address, or what finds its path from the request and the numbers."""


def posted_from(page: Page) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A view that only takes POST. Opened (after a login, by reloading, by hand) it leads to `page`."""

    def made(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: Any, **given: Any) -> HttpResponse:
            if request.method == "POST":
                return view(request, **given)
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            return HttpResponseRedirect(
                reverse(page, kwargs=given) if isinstance(page, str) else page(request, **given)
            )

        answer.posted_from = page  # type: ignore[attr-defined]
        return answer

    return made
