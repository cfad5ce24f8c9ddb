"""The late ladder of 53 offices in detail and of the whole country by region, beside the bare SQL that fetches the same rows.

Offices, runs, tasks and requests are generated in bulk: in every office a run of the ten steps that waits at its third
step for the six-step mechanism, which waits for the units; some are done, paused or not begun, half are late. Times are
those of the whole page: asked for by an HTTP request, computed and rendered.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import connection
from django.test import Client, override_settings

from bench import office
from himpun import clock
from himpun.commands.setup import publish_own_procedures
from himpun.cycles.models import Cycle, Task
from himpun.indicators.models.requests import DataRequest
from himpun.offices.kinds import seed_kinds
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.procedures.models import ProcedureVersion

PERIOD = "2026-TW3"
SOP, MECHANISM = "pengumpulan-data-kinerja", "permintaan-data"
NOW = datetime(2026, 10, 21, 3, 0, tzinfo=UTC)
UNITS = 10
_state: dict[str, Any] = {}


def prepare(regencies: int, offices: int) -> dict[str, int]:
    """A province with regencies that share so many offices, and a person at the province and at the first regency."""
    office.migrate()
    seed_kinds()
    publish_own_procedures()
    province = _office("provinsi", "kabupaten", None)
    kabupaten = [_office(f"kab-{no}", "kabupaten", province) for no in range(regencies)]
    for of in (province, *kabupaten[:1]):
        _supervisor(of)
    below = Office.objects.bulk_create(
        (_new(f"kec-{no}", "kecamatan", kabupaten[no % regencies]) for no in range(offices)), batch_size=1000
    )
    posts = _posts(below)
    tasks = _runs(below, posts)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    _state.update(kabupaten=kabupaten, offices=below)
    return {
        "offices": len(below),
        "regency": len(below) // regencies,
        "tasks": tasks,
        "requests": DataRequest.objects.count(),
    }


def _new(code: str, kind: str, parent: Office | None) -> Office:
    return Office(code=code, name=code.title(), kind_id=kind, government="Contoh", city="Contoh", parent=parent)


def _office(code: str, kind: str, parent: Office | None) -> Office:
    of = _new(code, kind, parent)
    of.save()
    return of


def _supervisor(of: Office) -> None:
    post = Post.objects.create(office=of, code="organisasi", title="Organisasi", role="kasubbag-perencanaan")
    person = Person.objects.create(username=of.code, name=of.name)
    Holding.objects.create(post=post, person=person, since=datetime(2020, 1, 1, tzinfo=UTC).date())


def _posts(offices: list[Office]) -> dict[int, list[Post]]:
    """The analis and the units of each office, one person holding all of them."""
    made = Post.objects.bulk_create(
        (
            Post(
                office=of,
                code=f"p-{no}",
                title=f"Kepala Seksi {no}" if no else "Analis",
                role="unit" if no else "analis",
                order=no,
            )
            for of in offices
            for no in range(UNITS + 1)
        ),
        batch_size=2000,
    )
    found: dict[int, list[Post]] = {}
    for post in made:
        found.setdefault(post.office_id, []).append(post)
    people = Person.objects.bulk_create(
        (Person(username=f"orang-{of.pk}", name=f"Orang {of.name}") for of in offices), batch_size=2000
    )
    since = datetime(2020, 1, 1, tzinfo=UTC).date()
    Holding.objects.bulk_create(
        (
            Holding(post=post, person=person, since=since)
            for of, person in zip(offices, people, strict=True)
            for post in found[of.pk]
        ),
        batch_size=2000,
    )
    return found


def _runs(offices: list[Office], posts: dict[int, list[Post]]) -> int:
    """A run in nine of ten offices; one of ten is done, the others collect from their units."""
    versions = {version.key: version for version in ProcedureVersion.objects.all()}
    begun = [(no, of) for no, of in enumerate(offices) if no % 10]
    tops = _cycles([(no, of, None) for no, of in begun], versions[SOP])
    steps = _tasks([(cycle, step, False) for cycle, no in _numbered(tops, begun) for step in _visited(no)], posts)
    third = {task.cycle_id: task for task in steps if task.decided_at is None}
    children = _cycles(
        [(no, of, third[cycle.pk]) for cycle, (no, of) in zip(tops, begun, strict=True) if cycle.pk in third],
        versions[MECHANISM],
    )
    below = _tasks([(child, step, False) for child in children for step in range(1, 5)], posts, open_at=4)
    parts = [(child, 4, True) for child in children]
    asked = _parts(parts, posts)
    return len(steps) + len(below) + asked


def _numbered(cycles: list[Cycle], begun: list[tuple[int, Office]]) -> list[tuple[Cycle, int]]:
    return [(cycle, no) for cycle, (no, _) in zip(cycles, begun, strict=True)]


def _visited(no: int) -> range:
    return range(1, 11) if no % 10 == 1 else range(1, 4)


def _cycles(wanted: list[tuple[int, Office, Task | None]], version: ProcedureVersion) -> list[Cycle]:
    started = NOW - timedelta(days=14)
    return Cycle.objects.bulk_create(
        (
            Cycle(
                office=of,
                procedure=version,
                key=version.key,
                period=PERIOD,
                parent=parent,
                state="selesai" if parent is None and no % 10 == 1 else "berjalan",
                ended_at=NOW - timedelta(days=1) if parent is None and no % 10 == 1 else None,
                started_at=started,
                started_by="bench",
            )
            for no, of, parent in wanted
        ),
        batch_size=2000,
    )


def _tasks(wanted: list[tuple[Cycle, int, bool]], posts: dict[int, list[Post]], open_at: int = 3) -> list[Task]:
    def row(cycle: Cycle, step: int) -> Task:
        is_open = cycle.state == "berjalan" and step == open_at
        done = (
            {} if is_open else {"decided_at": NOW - timedelta(days=10), "decision": "selesai", "person_name": "Orang"}
        )
        due = NOW + timedelta(days=1 if cycle.office_id % 2 else -3)
        return Task(
            cycle=cycle,
            visit=step,
            step_no=step,
            post=posts[cycle.office_id][0],
            opened_at=NOW - timedelta(days=12),
            due_at=due,
            **done,
        )

    return Task.objects.bulk_create((row(cycle, step) for cycle, step, _ in wanted), batch_size=2000)


def _parts(wanted: list[tuple[Cycle, int, bool]], posts: dict[int, list[Post]]) -> int:
    """Of each office's units half have answered; those of every second office are late."""
    tasks, requests = [], []
    for cycle, step, _ in wanted:
        for no, post in enumerate(islice(posts[cycle.office_id], 1, None)):
            due = NOW + timedelta(days=1 if cycle.office_id % 2 else -3)
            done = (
                {"decided_at": due - timedelta(hours=4), "decision": "dijawab", "person_name": "Orang"}
                if no % 2
                else {}
            )
            tasks.append(
                Task(
                    cycle=cycle,
                    visit=4,
                    step_no=step,
                    part=True,
                    post=post,
                    opened_at=NOW - timedelta(days=9),
                    due_at=due,
                    **done,
                )
            )
            requests.append(
                DataRequest(
                    office_id=cycle.office_id,
                    unit=post,
                    period=PERIOD,
                    origin=cycle.subject,
                    state="dijawab" if no % 2 else "dikirim",
                    due_at=due,
                    sent_at=NOW - timedelta(days=9),
                    submitted_at=due - timedelta(hours=4) if no % 2 else None,
                )
            )
    Task.objects.bulk_create(tasks, batch_size=2000)
    DataRequest.objects.bulk_create(requests, batch_size=2000)
    return len(tasks)


# --- measuring ------------------------------------------------------------------------------------------------------


def page(times: int = 9) -> dict[str, float]:
    """Milliseconds of the first regency's page in detail: first time in the process, later, of this process's own
    processor time (which other work on the machine does not lengthen), and of the bare SQL."""
    of = _state["kabupaten"][0]
    return _measured(
        of, f"/waktu/wilayah/?kantor={of.code}&periode={PERIOD}&lihat=kantor", "Kantor di bawah", _detail(of), times
    )


def country(times: int = 5) -> dict[str, float]:
    """The same of the whole country by region, asked by the province."""
    of = Office.objects.get(code="provinsi")
    return _measured(
        of, f"/waktu/wilayah/?kantor=provinsi&periode={PERIOD}&lihat=wilayah", "per wilayah", _COUNTRY, times
    )


def _measured(of: Office, path: str, marker: str, bare: list[str], times: int) -> dict[str, float]:
    client = Client()
    client.force_login(Person.objects.get(username=of.code))

    def ask() -> None:
        answer = client.get(path, secure=True)
        assert answer.status_code == 200, answer.status_code
        assert marker in answer.content.decode()

    with clock.held_at(NOW), override_settings(ALLOWED_HOSTS=["*"], STORAGES=_PLAIN):
        first = _milliseconds(ask, 1)
        later = _milliseconds(ask, times)
        statements = _counted(ask)
        cpu = _milliseconds(ask, times, time.process_time)
    floor = _milliseconds(lambda: _fetched(bare), times)
    return {
        "first": first,
        "himpun": later,
        "cpu": cpu,
        "bare": floor,
        "ratio": later / floor,
        "statements": statements,
    }


_PLAIN = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def _counted(work: Callable[[], None]) -> int:
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def _milliseconds(work: Callable[[], None], times: int, clock_of: Callable[[], float] = time.perf_counter) -> float:
    taken = []
    for _ in range(times):
        begun = clock_of()
        work()
        taken.append(clock_of() - begun)
    return sorted(taken)[len(taken) // 2] * 1000


def _fetched(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()


def _detail(of: Office) -> list[str]:
    here = f"JOIN offices_office o ON o.id = c.office_id AND o.parent_id = {of.pk} WHERE c.period = '{PERIOD}'"
    return [
        f"SELECT id, code, name FROM offices_office WHERE parent_id = {of.pk}",
        f"SELECT c.* FROM cycles_cycle c {here}",
        f"SELECT t.*, p.title FROM cycles_task t JOIN offices_post p ON p.id = t.post_id JOIN cycles_cycle c ON c.id = t.cycle_id {here}",
        "SELECT h.post_id, n.name FROM offices_holding h JOIN offices_person n ON n.id = h.person_id WHERE h.post_id IN "
        f"(SELECT t.post_id FROM cycles_task t JOIN cycles_cycle c ON c.id = t.cycle_id {here} AND t.decided_at IS NULL)",
        _REQUESTS + f" AND office_id IN (SELECT id FROM offices_office WHERE parent_id = {of.pk}) GROUP BY office_id",
    ]


_REQUESTS = (
    "SELECT office_id, COUNT(*), SUM(CASE WHEN state IN ('dijawab', 'dibekukan') THEN 1 ELSE 0 END), "
    "SUM(CASE WHEN submitted_at <= due_at THEN 1 ELSE 0 END) FROM indicators_datarequest "
    f"WHERE period = '{PERIOD}'"
)
_COUNTRY = [
    "SELECT id, parent_id, hours, timezone, day_minutes, calendar_stamp FROM offices_office",
    f"SELECT office_id, id, parent_id, state FROM cycles_cycle WHERE period = '{PERIOD}' AND state <> 'dibatalkan'",
    "SELECT t.cycle_id, t.part, MIN(t.due_at) FROM cycles_task t JOIN cycles_cycle c ON c.id = t.cycle_id "
    f"WHERE t.decided_at IS NULL AND c.period = '{PERIOD}' AND c.state = 'berjalan' GROUP BY t.cycle_id, t.part",
    _REQUESTS + " GROUP BY office_id",
]
