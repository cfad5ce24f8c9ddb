"""Writing the journal: one office's turn, one transaction, one or more records.

`with act(chain, at=…, person=…) as turn:` begins a transaction and takes the lock of the office's chain head before
anything else is read, so that two people of one office never act on the same stale picture and no two acts can wait
for each other in a ring. Offices have a chain each, so that one's act waits for no other's; an act that two offices keep
takes both turns, always in one order (`offices/journals`). Everything here is plain SQL in a handful of statements
because every act of the product passes through it.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from himpun.archive import seals
from himpun.archive.chain import GENESIS, Entry, canonical, digest

_LOCK = "SELECT seq, digest, mac FROM archive_chainhead WHERE chain = %s"
_NEW_HEAD = (
    "INSERT INTO archive_chainhead (chain, seq, digest, mac) VALUES (%s, 0, %s, '') ON CONFLICT (chain) DO NOTHING"
)
_MOVE_HEAD = "UPDATE archive_chainhead SET seq = %s, digest = %s, mac = %s WHERE chain = %s"
_COLUMNS = "chain, seq, at, person, person_name, post, post_title, act, subject, data, file_sha256, previous, digest"
_INSERT = f"INSERT INTO archive_record ({_COLUMNS}) VALUES "  # noqa: S608 - constants of this module
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts, as the journal keeps it: user name and name, post code and title as of that day."""

    person: str
    person_name: str
    post: str = ""
    post_title: str = ""


SYSTEM = Author("himpun", "Himpun (sistem)")
CONSOLE = Author("konsol", "Administrator (konsol)")
"""Who types a command on the server: nobody whom Himpun could know."""


def head_mac(chain: str, seq: int, last: str) -> str:
    """What only Himpun can write beside the head of a chain: its key lies outside of the database."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"himpun.archive:{chain}:{seq}:{last}".encode(), hashlib.sha256).hexdigest()


def is_proven(chain: str, seq: int, last: str, mac: str) -> bool:
    """Whether the head was moved by Himpun. A chain whose head once was not is never proven again by itself."""
    return seq == 0 or hmac.compare_digest(mac, head_mac(chain, seq, last))


class Turn:
    """The office's turn to write. `record` may be called any number of times; rows are written when the turn ends."""

    def __init__(self, chain: str, seq: int, previous: str, mac: str, at: datetime, author: Author) -> None:
        self.chain, self.at, self.author = chain, at, author
        self._proven = is_proven(chain, seq, previous, mac)
        self._seq, self._previous = seq, previous
        self._pending: list[tuple[Entry, str]] = []
        self._subject = ""
        self.touches = seals.Touches()

    def record(
        self,
        act: str,
        subject: str,
        data: dict[str, Any] | None = None,
        *,
        file_sha256: str = "",
        author: Author | None = None,
    ) -> str:
        """Add one record to the chain and return its digest. `act` is named source:subject:action."""
        who = author or self.author
        entry = Entry(
            self.chain,
            self._seq + 1,
            self.at,
            who.person,
            who.person_name,
            who.post,
            who.post_title,
            act,
            subject,
            canonical(data or {}),
            file_sha256,
            self._previous,
        )
        sealed = digest(entry)
        self._pending.append((entry, sealed))
        self._seq, self._previous, self._subject = entry.seq, sealed, subject
        return sealed

    def write(self, cursor: CursorWrapper) -> None:
        """Write what was recorded: one INSERT and one move of the head, however many records; one statement where it can be.

        Rows of sealed tables that were written since go into records of their own, about the subject of the last act.
        """
        for rows in self.touches.taken() if self.touches else ():
            self.record(seals.ROWS_WRITTEN, self._subject or f"chain:{self.chain}", rows)
        if not self._pending:
            return
        if connection.vendor == "postgresql":
            parts, values = self.taken_as_parts()
            cursor.execute(f"WITH {parts} SELECT 1", values)
            return
        insert, values, moved = self._taken()
        cursor.execute(insert, values)
        cursor.execute(_MOVE_HEAD, moved)

    def taken_as_parts(self) -> tuple[str, list[Any]]:
        """What `write` would write, as parts of somebody else's WITH (on PostgreSQL), where a round trip is worth saving."""
        insert, values, moved = self._taken()
        return f"noted AS ({insert}), moved AS ({_MOVE_HEAD})", [*values, *moved]

    def _taken(self) -> tuple[str, list[Any], list[Any]]:
        values: list[Any] = []
        for entry, sealed in self._pending:
            values += _row_values(entry, sealed)
        insert = _INSERT + ", ".join([_ROW] * len(self._pending))
        self._pending = []
        mac = head_mac(self.chain, self._seq, self._previous) if self._proven else ""
        return insert, values, [self._seq, self._previous, mac, self.chain]


def _row_values(entry: Entry, sealed: str) -> list[Any]:
    return [
        entry.chain,
        entry.seq,
        connection.ops.adapt_datetimefield_value(entry.at),
        entry.person,
        entry.person_name,
        entry.post,
        entry.post_title,
        entry.act,
        entry.subject,
        entry.data,
        entry.file_sha256,
        entry.previous,
        sealed,
    ]


def planned_cursor() -> CursorWrapper:
    """Django's cursor, except that PostgreSQL plans each of its statements once a connection and not every time.

    For the few statements every act repeats: planning a decision's SELECT takes longer than running it
    (docs/explanation/performance.md).
    """
    if connection.vendor != "postgresql":
        return connection.cursor()
    import psycopg

    connection.ensure_connection()
    connection.connection.prepare_threshold = 0
    cursor: Any = psycopg.Cursor(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)


def _take_head(cursor: CursorWrapper, chain: str) -> tuple[int, str, str]:
    lock = _LOCK + (" FOR UPDATE" if connection.vendor == "postgresql" else "")
    cursor.execute(lock, [chain])
    head = cursor.fetchone()
    if head is None:
        cursor.execute(_NEW_HEAD, [chain, GENESIS])
        cursor.execute(lock, [chain])
        head = cursor.fetchone()
    return int(head[0]), str(head[1]), str(head[2])


@contextmanager
def act(chain: str, *, at: datetime, author: Author) -> Iterator[Turn]:
    """Take the turn of `chain`, run the block in one transaction, then write its records. Any exception undoes all."""
    with transaction.atomic(), planned_cursor() as cursor:
        turn = Turn(chain, *_take_head(cursor, chain), at, author)
        with seals.watching(turn.touches):
            yield turn
        turn.write(cursor)
