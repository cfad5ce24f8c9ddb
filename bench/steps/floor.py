"""The floor: the very rows Himpun writes, as bare SQL through the driver, one transaction a step.

On the same tables with the same indexes and triggers, but nobody asks who may decide, what comes next, when it is due,
or what the chain's last digest was: every value is ready before the clock starts.
"""

import sqlite3
from datetime import datetime
from typing import Any

from django.db import connection

from bench import office
from bench.office import Cycles, Waiting
from bench.steps import timing
from bench.tracing import Count
from himpun import clock
from himpun.archive.models import ChainHead

_FINISH = """UPDATE cycles_task SET decided_at = %s, decision = %s, reason = %s, person_id = %s, person_name = %s,
person_title = %s WHERE id = %s AND decided_at IS NULL"""
_OPEN = """INSERT INTO cycles_task (cycle_id, visit, step_no, part, post_id, opened_at, due_at, decision, reason,
person_name, person_title) VALUES (%s, %s, %s, %s, %s, %s, %s, '', '', '', '')"""
_END = "UPDATE cycles_cycle SET state = 'selesai', ended_at = %s WHERE id = %s AND state = 'berjalan'"
_RECORD = """INSERT INTO archive_record (chain, seq, at, person, person_name, post, post_title, act, subject, data,
file_sha256, previous, digest) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s, %s)"""
_HEAD = "UPDATE archive_chainhead SET seq = %s, digest = %s WHERE chain = %s"

Statement = tuple[str, list[Any]]


class Floor:
    def __init__(self) -> None:
        self.cycles = Cycles(office.sample_office())
        self.posts = list(self.cycles.holders)[:5]
        self.sqlite = connection.vendor == "sqlite"
        self.seq = 0
        connection.ensure_connection()
        parameters = connection.get_connection_params()
        if self.sqlite:
            self.connection: Any = sqlite3.connect(parameters["database"], isolation_level=None)
            self.connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")
        else:
            import psycopg

            names = ("dbname", "user", "password", "host", "port")
            settings = {name: parameters[name] for name in names if name in parameters}
            self.connection = psycopg.connect(**settings, autocommit=True)
        self.cursor = self.connection.cursor()

    def start(self, runs: int) -> None:
        self.cycles.start(runs)

    def lined_up(self, step: int) -> list[list[Statement]]:
        self.seq = ChainHead.objects.get(chain=self.cycles.office.code).seq
        return [self._statements(one, step) for one in self.cycles.waiting()]

    def _statements(self, one: Waiting, step: int) -> list[Statement]:
        now = self._moment(clock.now())
        post, person = self.posts[step % 5], one.by
        finish = [now, "disposisi", "", person.pk, person.name, "Sekretaris Camat", one.task_id]
        statements = [(_FINISH, finish)]
        if step < timing.STEPS:
            statements.append((_OPEN, [one.cycle_id, one.visit + 1, step + 1, False, post, now, now]))
        else:
            statements.append((_END, [now, one.cycle_id]))
            statements.append((_RECORD, self._record(one, now)))
        statements.append((_RECORD, self._record(one, now)))
        statements.append((_HEAD, [self.seq, "f" * 64, self.cycles.office.code]))
        return [(self._marked(text), values) for text, values in statements]

    def _record(self, one: Waiting, now: Any) -> list[Any]:
        self.seq += 1
        data = '{"decision":"disposisi","next":2,"step":1,"task":1,"visit":1}'
        who = [one.by.username, one.by.name, "sekcam", "Sekretaris Camat"]
        subject = f"cycle:{one.cycle_id}"
        return [self.cycles.office.code, self.seq, now, *who, "cycles:task:decided", subject, data, "e" * 64, "f" * 64]

    def _moment(self, at: datetime) -> Any:
        return str(at.replace(tzinfo=None)) if self.sqlite else at

    def _marked(self, text: str) -> str:
        return text.replace("%s", "?") if self.sqlite else text

    def decide(self, one: list[Statement]) -> None:
        execute = self.cursor.execute
        execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        for text, values in one:
            execute(text, values)
        execute("COMMIT")

    def driver(self) -> Any:
        return self.connection


_subject: Floor | None = None


def prepare() -> Count:
    global _subject
    _subject = Floor()
    return timing.counted(_subject)


def batch(runs: int) -> float:
    assert _subject
    return timing.batch(_subject, runs)


def close() -> None:
    assert _subject
    assert not _subject.cycles.waiting()
