"""What was sent when the session had ended: kept until its person has logged in again, then back in its form.

A signed cookie, which outlives the session, says whose browser it is: only for who was logged in here is anything kept,
and nobody else is shown it. Passwords and files are never kept. It lies in the new session until the form was sent, or
thrown away, or a day has gone by.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from himpun import clock
from himpun.offices.models.people import Person
from himpun.web.context import place_of

COOKIE = "himpun_orang"
COOKIE_DAYS = 90
KEPT_FOR = timedelta(days=1)
LARGEST = 512 * 1024
"""Letters of one form that are kept; the longest narratives have a tenth of that."""
_KEY = "kept"
_SIGNER = TimestampSigner(salt="himpun.web.kept")
_NEVER = ("password", "csrfmiddlewaretoken", "secret")
"""Parts of the names of fields that go nowhere but where they were sent."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One form as it was sent: where to, from which page, what was typed, which files were chosen."""

    action: str
    page: str
    fields: Mapping[str, list[str]]
    files: list[str]
    at: datetime
    person: int | None

    @property
    def where(self) -> str:
        """The part of Himpun the page belongs to, as the navigation names it."""
        return place_of(urlsplit(self.page).path)

    @property
    def texts(self) -> list[str]:
        """What was typed, as far as it is words: the values of boxes and lists say nothing by themselves."""
        return [value for values in self.fields.values() for value in values if " " in value.strip() or len(value) > 24]

    @property
    def count(self) -> int:
        """How many fields were not empty."""
        return sum(bool(value.strip()) for values in self.fields.values() for value in values)


def owner_of(cookies: Mapping[str, str]) -> int | None:
    """Whose browser it is: the key of the person who was last logged in, None when nobody was."""
    try:
        return int(_SIGNER.unsign(cookies.get(COOKIE, ""), max_age=timedelta(days=COOKIE_DAYS)))
    except (BadSignature, ValueError):
        return None


def mark_owner(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    """Write down whose browser it is, where that is not known yet."""
    if owner_of(request.COOKIES) != person.pk:
        response.set_cookie(
            COOKIE,
            _SIGNER.sign(str(person.pk)),
            max_age=timedelta(days=COOKIE_DAYS),
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def keep(request: HttpRequest, *, person: int | None) -> bool:
    """Keep the form that was sent; False where nothing of it may or need be kept."""
    if not _may_be_kept(request):
        return False
    fields = {
        name: [str(value) for value in values]
        for name, values in request.POST.lists()
        if not any(part in name.lower() for part in _NEVER)
    }
    if sum(len(value) for values in fields.values() for value in values) > LARGEST:
        return False
    request.session[_KEY] = {
        "action": request.path,
        "page": page_of(request),
        "fields": fields,
        "files": [file.name or "" for _, files in request.FILES.lists() for file in files],
        "at": clock.now().isoformat(),
        "person": person,
    }
    return True


def _may_be_kept(request: HttpRequest) -> bool:
    return request.method == "POST" and "HX-Request" not in request.headers and _is_ours(request.path)


def page_of(request: HttpRequest) -> str:
    """The page whose form was sent: where the browser came from, else the address itself, which leads to its page."""
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc == request.get_host() and _is_ours(came.path):
        return came.path + (f"?{came.query}" if came.query else "")
    return request.path


def _is_ours(path: str) -> bool:
    """Whether a page of ours answers at a path: those of the login and its second step are allauth's."""
    try:
        return not resolve(path).func.__module__.startswith("allauth")
    except Resolver404:
        return False


def kept_by(request: HttpRequest, person: Person) -> Kept | None:
    """What this person sent and what is not done yet; what is another's, or old, is thrown away."""
    found = cast(dict[str, Any] | None, request.session.get(_KEY))
    if found is None:
        return None
    kept = Kept(**{**found, "at": datetime.fromisoformat(found["at"])})
    if kept.person not in (None, person.pk) or clock.now() - kept.at > KEPT_FOR:
        forget(request)
        return None
    return kept


def forget(request: HttpRequest) -> None:
    """Nothing is kept any more."""
    request.session.pop(_KEY, None)


def to_login(request: HttpRequest, *, person: int | None) -> HttpResponseRedirect:
    """Where who must log in first is led: afterwards to what was kept, or to the page, never to where only forms go."""
    page = reverse("kept") if keep(request, person=person) else page_of(request)
    return redirect(f"{reverse('account_login')}?{urlencode({'next': page}, safe='/')}")
