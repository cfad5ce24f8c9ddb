"""An office at work, for tests of the running service: `python -m tests.service.scenery` on the database of DATABASE_URL.

Prints as JSON who is logged in and where a unit is asked for evidence.
"""

# ruff: noqa: E402 - Django is set up before its parts are imported

import json
import sys

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from himpun import clock
from himpun.api.actions import make_token
from himpun.api.rules import SCOPES
from himpun.commands import setup
from himpun.cycles.actions import start_cycle
from himpun.indicators.models.requests import RequestLine
from himpun.offices.models.people import Person
from tests.cast import MECHANISM, MONDAY, PERIOD, found_office, publish

PASSWORD = "sandi-yang-panjang"


def session_of(person: Person) -> str:
    """The cookie of somebody who has just logged in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def main() -> None:
    setup.run(None)  # type: ignore[arg-type]
    with clock.held_at(MONDAY):
        publish()
        cast = found_office()
        child = start_cycle(office=cast.office, key=MECHANISM, period=PERIOD, by=cast.kasubbag)
        cast.to_collecting(child)
    cast.kasubbag.set_password(PASSWORD)
    cast.kasubbag.save()
    unit = cast.holder(cast.post_of_unit(0))
    other = cast.holder(cast.post_of_unit(1))
    line = RequestLine.objects.get(request__unit=cast.post_of_unit(0))
    _, secret = make_token(person=cast.analis, office=cast.office, name="uji", scopes=SCOPES)
    told = {
        "username": cast.kasubbag.username,
        "unit": session_of(unit),
        "other": session_of(other),
        "umum": session_of(cast.umum),
        "line": line.pk,
        "request": line.request_id,
        "token": secret,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    sys.exit(main())
