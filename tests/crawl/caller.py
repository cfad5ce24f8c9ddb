"""One request at a time, by one person, undone afterwards: what it answered and what it changed.

A request runs in a savepoint that is rolled back. What it changed is read from the statements it sent: the tables whose
rows were touched by statements that were not themselves rolled back by a refusal.
"""

import io
import json
import re
import subprocess
import traceback
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.test.client import ClientHandler, RequestFactory

from himpun.archive.models import ChainHead
from himpun.offices.models.people import Person

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_CHANGES = re.compile(
    r"\b(?:INSERT INTO|INSERT OR \w+ INTO|UPDATE|DELETE FROM)\s+\"?(\w+)\"?(?=\s+(?:SET|\(|WHERE|AS|DEFAULT)|\s*$)"
)
_SAVEPOINT = re.compile(r"^(SAVEPOINT|ROLLBACK TO SAVEPOINT) (\S+)")


@dataclass
class Answer:
    """What came of a request."""

    status: int
    body: str
    media: str
    headers: Mapping[str, str]
    changed: dict[str, int] = field(default_factory=dict)
    """Table → how many rows were touched."""
    chains: set[str] = field(default_factory=set)
    """The chains of the journal that grew."""
    broken: str = ""
    """The exception that became a 500."""


class _Changes:
    """Counts rows touched, forgetting what a savepoint took back."""

    def __init__(self) -> None:
        self.touched: list[tuple[str, int]] = []
        self.points: dict[str, int] = {}

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if point := _SAVEPOINT.match(sql):
            what, name = point.groups()
            if what == "SAVEPOINT":
                self.points[name] = len(self.touched)
            else:
                del self.touched[self.points[name] :]
        elif table := _CHANGES.search(sql):
            rows = context["cursor"].rowcount
            if rows or "RETURNING" in sql:  # SQLite counts those only when they are read
                self.touched.append((table[1], rows or 1))
        return result

    def by_table(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for table, rows in self.touched:
            found[table] = found.get(table, 0) + abs(rows)
        return found


class Caller(RequestFactory):
    """Sends requests as one person (or a program with a token), without rendering anything twice."""

    def __init__(self, person: Person | None = None, token: str = "", *, csrf: bool = False) -> None:
        super().__init__()
        self.handler = ClientHandler(enforce_csrf_checks=csrf)
        self.session = _session_of(person) if person else ""
        self.token = token

    def ask(self, method: str, path: str, data: Any = None, media: str = "", *, keep: bool = False) -> Answer:
        """Send one request and undo what it did, unless it is to be kept."""
        changes, broken = _Changes(), list[str]()

        def note(**_: Any) -> None:
            broken.append(traceback.format_exc())

        got_request_exception.connect(note, weak=False)
        try:
            with transaction.atomic(), _before() as before, connection.execute_wrapper(changes):
                response = self._send(method, path, data, media)
                body = b"".join(response.streaming_content) if response.streaming else response.content
                changed = changes.by_table()
                chains = _grown(before) if "archive_record" in changed else set()
                transaction.set_rollback(not keep)
        finally:
            got_request_exception.disconnect(note)
        media = response.headers.get("Content-Type", "")
        return Answer(
            response.status_code, text_of(body, media), media, response.headers, changed, chains, "".join(broken)
        )

    def _send(self, method: str, path: str, data: Any, media: str) -> Any:
        if data is not None and not media:
            return getattr(self, method.lower())(path, data, **self._headers())
        if isinstance(data, dict):
            data = json.dumps(data)
        return self.generic(method, path, data or b"", media, **self._headers())

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))

    def _headers(self) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        cookies = {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={self.session}"} if self.session else {}
        return {"headers": headers, **cookies}


def _session_of(person: Person) -> str:
    """A session of somebody who logged in, also of one who may not log in any more."""
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(person.pk), BACKEND
    store[HASH_SESSION_KEY] = Person.objects.get(pk=person.pk).get_session_auth_hash()
    store.save()
    return str(store.session_key)


@contextmanager
def _before() -> Iterator[dict[str, int]]:
    yield dict(ChainHead.objects.values_list("chain", "seq"))


def _grown(before: Mapping[str, int]) -> set[str]:
    return {chain for chain, seq in ChainHead.objects.values_list("chain", "seq") if seq != before.get(chain, 0)}


# --- reading what came ----------------------------------------------------------------------------------------------


def text_of(body: bytes, media: str) -> str:
    """Everything that can be read in a body: a workbook's sheets, a PDF's text, else the bytes as they are."""
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    text = body.decode("utf-8", "replace")
    return text + _words_of(body) if body.startswith(b"%PDF-") and b"%%EOF" in body[-64:] else text


@lru_cache(maxsize=512)
def _words_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")
