"""Who sends a request and how much it may carry: asked of the session or the token, before a byte of the body is read."""

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest, parse_cookie

from himpun.api.actions import open_token
from himpun.errors import NotAllowed
from himpun.gate.limits import (
    API,
    NOBODY,
    Limit,
    limit_for_ended,
    limit_for_nobody,
    limit_for_person,
    limit_for_program,
)
from himpun.offices.models.people import Person
from himpun.web.kept import owner_of

HUGE_NUMBER = 18
"""Digits that no row's number has."""


class LogInFirst(NotAllowed):
    """Nobody in particular sends more than they may."""

    code = "masuk-dahulu"

    def __init__(self) -> None:
        super().__init__(
            "Anda belum masuk, atau waktu masuk Anda sudah habis, jadi kiriman sebesar ini tidak diterima. "
            "Masuk, lalu kirim lagi."
        )


@dataclass(frozen=True, slots=True)
class Allowance:
    """Who sends ("" for nobody in particular) and what they may send."""

    sender: str
    limit: Limit


def allowance_of(path: str, cookies: str, authorization: str, length: int | None) -> Allowance:
    """Raises the refusal of who may not send this much here (`length` None: not told). Reads the database."""
    close_old_connections()
    try:
        if path.startswith(API):
            access = open_token(authorization.partition(" ")[2].strip())
            return Allowance(f"token:{access.token.pk}", limit_for_program())
        person = _person(cookies)
        if person is None:
            return _for_nobody(path, length, was_here=owner_of(parse_cookie(cookies)) is not None)
        limit, numbers = limit_for_person(path)
        if limit.may is not None and all(len(number) < HUGE_NUMBER for number in numbers):
            limit.may(person, *numbers)
        return Allowance(f"person:{person.pk}", limit)
    finally:
        close_old_connections()


def _for_nobody(path: str, length: int | None, *, was_here: bool) -> Allowance:
    limit = limit_for_nobody(path)
    if was_here and limit is NOBODY:
        limit = limit_for_ended(path)
    if length is not None and length > limit.whole and limit is NOBODY:
        raise LogInFirst
    return Allowance("", limit)


def _person(cookies: str) -> Person | None:
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    return user if isinstance(user, Person) else None
