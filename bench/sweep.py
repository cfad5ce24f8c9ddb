"""The sweep of the reminders over a million open tasks, of which few are due, beside the bare SQL that finds them.

Every due task costs its message, its proof and its next moment; a task that is not due must cost nothing. So the same
sweep is measured among ten thousand open tasks too: the two times should be alike.
"""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from bench import office
from himpun import clock
from himpun.commands.setup import publish_own_procedures
from himpun.cycles.models import Nudge, Task
from himpun.cycles.reminders.sweep import sweep as sweep_once
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, OfficeKind, Post
from himpun.offices.models.people import Person
from himpun.procedures.models import ProcedureVersion

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
UNITS = 100
_CYCLES = """INSERT INTO cycles_cycle (office_id, procedure_id, key, period, round, state, started_at, started_by, cancel_reason)
    WITH RECURSIVE n(no) AS (SELECT 1 UNION ALL SELECT no + 1 FROM n WHERE no < %s)
    SELECT %s, %s, 'permintaan-data', 'P' || no, 1, 'berjalan', %s, 'bench', '' FROM n"""
_TASKS = """INSERT INTO cycles_task (cycle_id, visit, step_no, part, post_id, opened_at, due_at, nudge_at, decision, reason,
    person_name, person_title)
    SELECT c.id, 1, 4, %s, p.id, %s, {due}, {nudge}, '', '', '', '' FROM cycles_cycle c CROSS JOIN offices_post p
    WHERE c.office_id = %s AND p.office_id = c.office_id AND p.role = 'unit'"""
_LATER = {"postgresql": "%s + (c.id %% 97) * interval '1 hour'", "sqlite": "datetime(%s, (c.id %% 97) || ' hours')"}
_state: dict[str, Any] = {}


def prepare(tasks: int) -> int:
    """An office with `tasks` open unit parts that are all due some days from now; returns how many there are."""
    with clock.held_at(NOW):
        if "version" not in _state:
            office.migrate()
            publish_own_procedures()
            _state["version"] = ProcedureVersion.objects.get(key="permintaan-data")
        of = _founded(f"bench-{tasks}")
    due_at, nudge_at = NOW + timedelta(days=9), NOW + timedelta(days=2)
    later = _LATER[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(_CYCLES, [tasks // UNITS, of.pk, _state["version"].pk, NOW - timedelta(days=1)])
        cursor.execute(
            _TASKS.format(due=later, nudge=later),
            [True, NOW - timedelta(days=1), _typed(due_at), _typed(nudge_at), of.pk],
        )
        cursor.execute("ANALYZE")
    _state[tasks] = of
    return Task.objects.filter(cycle__office=of, decided_at__isnull=True).count()


def _typed(moment: datetime) -> Any:
    return moment if connection.vendor == "postgresql" else moment.strftime("%Y-%m-%d %H:%M:%S")


def _founded(code: str) -> Office:
    kind, _ = OfficeKind.objects.get_or_create(code="kecamatan", defaults={"name": "Kecamatan", "unit_word": "Seksi"})
    of = Office.objects.create(code=code, name=code, kind=kind, government="Contoh", city="Contoh")
    head = Post.objects.create(office=of, code="kepala", title="Camat", role="kepala")
    posts = Post.objects.bulk_create(
        Post(office=of, code=f"unit-{no}", title=f"Seksi {no}", role="unit", parent=head) for no in range(UNITS)
    )
    person = Person.objects.create(username=code, name="Seksi")
    Holding.objects.bulk_create(Holding(post=post, person=person, since=date(2020, 1, 1)) for post in [head, *posts])
    return of


def sweep(tasks: int, due: int = 1000) -> dict[str, float]:
    """Milliseconds of one sweep with `due` tasks due among `tasks` open ones, how many it touched, and the bare SQL."""
    of = _state[tasks]
    ids = list(Task.objects.filter(cycle__office=of).order_by("pk").values_list("pk", flat=True)[:: tasks // due][:due])
    Task.objects.filter(pk__in=ids).update(due_at=NOW + timedelta(hours=2), nudge_at=NOW - timedelta(minutes=1))
    bare = _timed(lambda: list(_due().values_list("pk", "due_at", "post", "cycle")))
    with clock.held_at(NOW):
        begun = time.perf_counter()
        while sweep_once():
            pass
        seconds = time.perf_counter() - begun
    touched = Nudge.objects.filter(task__in=ids).values("task").distinct().count()
    assert touched == due, (touched, due)
    nothing = _timed(lambda: _held(sweep_once))
    return {"himpun": seconds * 1000, "bare": bare, "nothing": nothing, "due": due}


def _due() -> Any:
    return Task.objects.filter(decided_at__isnull=True, nudge_at__lte=NOW)


def _held(work: Any) -> None:
    with clock.held_at(NOW):
        work()


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
