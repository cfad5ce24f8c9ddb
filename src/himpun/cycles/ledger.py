"""The hot path in plain SQL: read the open task with the office's turn, finish it, open the next.

One decision passes here on every step of every cycle, so it is written in five statements (two on PostgreSQL, planned
once a connection): an ORM query costs about half a millisecond of Python, PostgreSQL is bound by round trips
(docs/explanation/performance.md).
The step of a cycle is opened and decided here and nowhere else. The other rows and columns of `cycles_task` are written
by models: a unit's part (`actions`, `collecting`), what a cancelled cycle leaves open (`actions`), due moments counted
anew (`deadlines`), and when the reminders look next (`deadlines`, `reminders`, `early`).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from himpun.archive.journal import Turn
from himpun.archive.seals import said_moment
from himpun.offices.acting import Actor
from himpun.offices.models.holdings import Holding

_SEEN = """
SELECT t.id, t.visit, t.step_no, t.part, t.decided_at IS NULL, t.post_id, p.code, p.title, p.role,
       c.id, c.state, c.procedure_id, c.period, o.id, o.code, o.calendar_stamp,
       h.kind, u.id, u.username, u.name, u.nip, u.rank, head.seq, head.digest, above.title, own.title,
       (SELECT MAX(l.until) FROM offices_leave l WHERE l.person_id = u.id AND l.since <= %s AND l.until >= %s),
       EXISTS (SELECT 1 FROM cycles_pause z WHERE z.cycle_id = c.id AND z.until IS NULL), t.opened_at, t.due_at, head.mac
FROM cycles_task t
JOIN cycles_cycle c ON c.id = t.cycle_id
JOIN offices_office o ON o.id = c.office_id
JOIN offices_post p ON p.id = t.post_id
JOIN archive_chainhead head ON head.chain = o.code
LEFT JOIN offices_person u ON u.id = %s AND u.is_active
LEFT JOIN offices_holding h ON h.post_id = t.post_id AND h.person_id = u.id
     AND h.since <= %s AND (h.until IS NULL OR h.until >= %s)
LEFT JOIN offices_post own ON own.id = h.own_post_id
LEFT JOIN offices_post above ON above.id = own.parent_id AND h.kind = 'u.b'
WHERE t.id = %s
ORDER BY CASE h.kind {preference} END
"""
_SEEN = _SEEN.replace(
    "{preference}", " ".join(f"WHEN '{kind}' THEN {place}" for place, kind in enumerate(Holding.PREFERENCE))
)
_FINISH = """
UPDATE cycles_task SET decided_at = %s, decision = %s, reason = %s, person_id = %s, person_name = %s, person_title = %s
WHERE id = %s AND decided_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM cycles_pause z WHERE z.cycle_id = cycles_task.cycle_id AND z.until IS NULL)
"""
_OPEN = """
INSERT INTO cycles_task (cycle_id, visit, step_no, part, post_id, opened_at, due_at, nudge_at, decision, reason, person_name, person_title)
"""
_NEXT = """
SELECT %s, %s, %s, %s, p.id, %s, %s, %s, '', '', '', '' FROM offices_post p WHERE p.office_id = %s AND p.role = %s
"""
_NEXT_TYPED = _NEXT.replace("p.id, %s, %s", "p.id, %s, %s::timestamptz")  # PostgreSQL cannot tell what a NULL is


@dataclass(frozen=True, slots=True)
class Seen:
    """The task as found when the office's turn was taken, and who asks: `actor` is None when they do not hold its post,
    and has `away_until` when they are on leave. Its moments are as the journal writes them."""

    task_id: int
    visit: int
    step_no: int
    part: bool
    is_open: bool
    post_title: str
    cycle_id: int
    cycle_open: bool
    procedure_id: int
    period: str
    office_id: int
    office_code: str
    calendar_stamp: int
    actor: Actor | None
    head: tuple[int, str, str]
    paused: bool = False
    opened_at: str = ""
    due_at: str = ""


def see(cursor: CursorWrapper, task_id: int, person_id: int, day: date) -> Seen | None:
    """The task, its cycle, whether `person_id` holds its post on `day`, and the office's turn (locked). None: no task.

    Only the turn's own row is sure to be of this moment: PostgreSQL reads the others before it waits for the lock. So
    finishing checks again that the task is open, and what else a step waits for is read in statements after this one.
    """
    lock = " LIMIT 1 FOR UPDATE OF head" if connection.vendor == "postgresql" else " LIMIT 1"
    as_of = connection.ops.adapt_datefield_value(day)
    cursor.execute(_SEEN + lock, [as_of, as_of, person_id, as_of, as_of, task_id])
    row = cursor.fetchone()
    return _seen(row) if row else None


def _seen(row: tuple[Any, ...]) -> Seen:
    (task_id, visit, step_no, part, is_open, post_id, post_code, post_title, role) = row[:9]
    (cycle_id, state, procedure_id, period, office_id, office_code, stamp) = row[9:16]
    (kind, person_id, username, name, nip, rank) = row[16:22]
    actor = None
    if kind is not None:
        own_titles, away_until = tuple(filter(None, row[24:26])), _day(row[26])
        actor = Actor(
            person_id, username, name, nip, rank, post_id, post_code, post_title, role, kind, office_id, office_code,
            own_titles, away_until,
        )  # fmt: skip
    return Seen(
        task_id,
        visit,
        step_no,
        bool(part),
        bool(is_open),
        post_title,
        cycle_id,
        state == "berjalan",
        procedure_id,
        period,
        office_id,
        office_code,
        stamp,
        actor,
        (int(row[22]), str(row[23]), str(row[30])),
        bool(row[27]),
        _moment(row[28]),
        _moment(row[29]),
    )


def _moment(found: Any) -> str:
    """A moment as the database gives it (SQLite without its zone, which is UTC), as the journal writes it; "" for none."""
    if found is None:
        return ""
    return said_moment(found if found.tzinfo else found.replace(tzinfo=UTC))


def _day(found: Any) -> date | None:
    """A date as the database gives it: SQLite knows the type of a column, not of a MAX."""
    return date.fromisoformat(found) if isinstance(found, str) else found


@dataclass(frozen=True, slots=True)
class Finish:
    """How a task ends: what was decided, why, by whom and when."""

    task_id: int
    decision: str
    reason: str
    actor: Actor
    at: datetime

    def values(self) -> list[Any]:
        at = connection.ops.adapt_datetimefield_value(self.at)
        who = self.actor
        return [at, self.decision, self.reason, who.person_id, who.name, who.title, self.task_id]


@dataclass(frozen=True, slots=True)
class Open:
    """The task to open next, for the post that has `role` in the office. The reminders look at it at once."""

    cycle_id: int
    visit: int
    step_no: int
    office_id: int
    role: str
    at: datetime
    due_at: datetime | None

    def values(self) -> list[Any]:
        adapt = connection.ops.adapt_datetimefield_value
        due, at = adapt(self.due_at) if self.due_at else None, adapt(self.at)
        return [self.cycle_id, self.visit, self.step_no, False, at, due, at, self.office_id, self.role]


_FINISH_AND_OPEN = (
    f"WITH done AS ({_FINISH} RETURNING id), "  # noqa: S608 - constants of this module
    f"opened AS ({_OPEN} {_NEXT_TYPED} AND EXISTS (SELECT 1 FROM done) RETURNING id), "
)


def finish_and_open(cursor: CursorWrapper, finish: Finish, following: Open, turn: Turn) -> bool:
    """Finish a task that is still open and open the next, both or neither. False: it was no longer open.

    PostgreSQL writes what `turn` has recorded so far in the same statement; False must then end the transaction.
    """
    if connection.vendor == "postgresql":
        records, values = turn.taken_as_parts()
        statement = f"{_FINISH_AND_OPEN} {records} SELECT 1 FROM opened"  # noqa: S608 - constants
        cursor.execute(statement, [*finish.values(), *following.values(), *values])
        return bool(cursor.rowcount == 1)
    return finish_task(cursor, finish) and open_task(cursor, following)


_END = "UPDATE cycles_cycle SET state = 'selesai', ended_at = %s WHERE id = %s AND state = 'berjalan'"
_FINISH_AND_END = f"WITH done AS ({_FINISH} RETURNING id), ended AS ({_END} AND EXISTS (SELECT 1 FROM done)), "  # noqa: S608


def finish_and_end(cursor: CursorWrapper, finish: Finish, cycle_id: int, turn: Turn) -> bool:
    """Finish the last task of a cycle if it is still open, and the cycle with it; otherwise as `finish_and_open`."""
    ended = [connection.ops.adapt_datetimefield_value(finish.at), cycle_id]
    if connection.vendor == "postgresql":
        records, values = turn.taken_as_parts()
        statement = f"{_FINISH_AND_END} {records} SELECT 1 FROM done"  # noqa: S608 - constants
        cursor.execute(statement, [*finish.values(), *ended, *values])
        return bool(cursor.rowcount == 1)
    if not finish_task(cursor, finish):
        return False
    cursor.execute(_END, ended)
    return True


def finish_task(cursor: CursorWrapper, finish: Finish) -> bool:
    """Finish a task if it is still open. False: somebody was first."""
    cursor.execute(_FINISH, finish.values())
    return bool(cursor.rowcount == 1)


def open_task(cursor: CursorWrapper, following: Open) -> bool:
    """Open a task for the post that has the role. False: the office has no such post."""
    cursor.execute(_OPEN + _NEXT, following.values())
    return bool(cursor.rowcount == 1)


def turn_of(seen: Seen, at: datetime) -> Turn:
    """The journal turn that `see` took, in the name of its actor (who must be there)."""
    assert seen.actor is not None  # noqa: S101 - checked by rules.check_may_decide before
    return Turn(seen.office_code, *seen.head, at, seen.actor.author)
