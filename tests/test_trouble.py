"""A full disk, a busy or a lost database: a sentence and 503 at every door, and the worker tries again."""

import errno
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, transaction
from django.test import Client
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from himpun.api.actions import make_token
from himpun.archive import files
from himpun.commands import run
from himpun.jobs.worker import TickingWorker
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.procedures.models import ProcedureVersion
from himpun.trouble import DatabaseAway, DatabaseBusy, DiskFull, ReadOnly, trouble_of
from tests.cast import Cast
from tests.scratch import REPOSITORY, on_sqlite
from tests.web.test_offices import as_

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def wrapped(kind: type[DatabaseError], cause: Exception) -> Exception:
    """An error as Django raises it, from the driver's own."""
    try:
        try:
            raise cause
        except Exception as error:
            raise kind(*error.args) from error
    except DatabaseError as raised:
        return raised


class Postgres(Exception):
    """An error of psycopg with PostgreSQL's code."""

    def __init__(self, said: str, sqlstate: str | None) -> None:
        super().__init__(said)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (FULL, DiskFull),
        (OSError(errno.EDQUOT, "quota"), DiskFull),
        (OSError(errno.EROFS, "read-only"), ReadOnly),
        (wrapped(OperationalError, sqlite3.OperationalError("database or disk is full")), DiskFull),
        (wrapped(OperationalError, sqlite3.OperationalError("database is locked")), DatabaseBusy),
        (wrapped(OperationalError, sqlite3.OperationalError("database table is locked: x")), DatabaseBusy),
        (wrapped(OperationalError, sqlite3.OperationalError("attempt to write a readonly database")), ReadOnly),
        (wrapped(OperationalError, sqlite3.OperationalError("unable to open database file")), DatabaseAway),
        (wrapped(OperationalError, sqlite3.OperationalError("disk I/O error")), DatabaseAway),
        (wrapped(OperationalError, Postgres("could not extend file", "53100")), DiskFull),
        (wrapped(OperationalError, Postgres("too many clients", "53300")), DatabaseBusy),
        (wrapped(OperationalError, Postgres("deadlock detected", "40P01")), DatabaseBusy),
        (wrapped(OperationalError, Postgres("terminating connection", "57P01")), DatabaseAway),
        (wrapped(OperationalError, Postgres("read-only transaction", "25006")), ReadOnly),
    ],
)
def test_each_trouble_is_known_on_both_databases_and_says_what_to_do(error: Exception, found: type) -> None:
    seen = trouble_of(error)
    assert isinstance(seen, found)
    assert seen.status == 503
    assert "belum tersimpan" in str(seen)


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "none"),
        ValueError("database is locked"),
        wrapped(IntegrityError, sqlite3.IntegrityError("UNIQUE constraint failed")),
        wrapped(OperationalError, sqlite3.OperationalError("no such table: x")),
        InterfaceError("bad parameter"),
        None,
    ],
)
def test_a_fault_of_the_program_stays_one(error: Exception | None) -> None:
    assert trouble_of(error) is None


def test_a_lost_connection_of_psycopg_is_known() -> None:
    psycopg = pytest.importorskip("psycopg")
    lost = psycopg.OperationalError("connection failed: Connection refused")
    assert isinstance(trouble_of(wrapped(OperationalError, lost)), DatabaseAway)


def test_what_came_from_a_full_disk_is_found_behind_another_error() -> None:
    error = RuntimeError("rendering failed")
    error.__context__ = FULL
    assert isinstance(trouble_of(error), DiskFull)


# --- the doors --------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """No byte more can be forced to the disk."""

    def no_room(handle: int) -> None:
        raise FULL

    monkeypatch.setattr("himpun.archive.files.os.fsync", no_room)


def broken(client: Client, monkeypatch: pytest.MonkeyPatch, target: str) -> Client:
    def no_room(*_: object, **__: object) -> None:
        raise wrapped(OperationalError, sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr(target, no_room)
    client.raise_request_exception = False
    return client


def test_a_page_says_that_the_disk_is_full(small: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = broken(as_(small.umum), monkeypatch, "himpun.offices.actions.people.act")
    answer = client.post("/pengaturan/orang/baru/", {"name": "Ani", "username": "ani"})
    assert answer.status_code == 503
    assert "Ruang simpan peladen Himpun penuh" in answer.content.decode()
    assert "belum tersimpan" in answer.content.decode()
    assert answer["Retry-After"] == "120"


def test_so_it_is_said_where_the_session_cannot_be_written(small: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = broken(as_(small.umum), monkeypatch, "django.contrib.sessions.backends.db.SessionStore.load")
    answer = client.get("/")
    assert answer.status_code == 503
    assert "Ruang simpan peladen Himpun penuh" in answer.content.decode()


def test_the_api_says_it_as_json(small: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _, secret = make_token(person=small.analis, office=small.office, name="P", scopes=["kamus:baca"])
    client = broken(Client(), monkeypatch, "himpun.api.actions.capacities")
    answer = client.get("/api/v1/indikator", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 503
    said = json.loads(answer.content)
    assert said["code"] == "cakram-penuh"
    assert "Kirim lagi nanti" in said["message"]


def test_the_command_line_says_it_without_a_traceback(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise FULL

    monkeypatch.setattr("himpun.commands.load_office.load", no_room)
    assert run(["load-office", "examples/kecamatan-contoh"]) == 1
    said = capsys.readouterr().err
    assert "Ruang simpan peladen Himpun penuh" in said
    assert "Traceback" not in said


def test_a_file_that_finds_no_room_leaves_nothing_half_written(db: None, full: None, settings: Any) -> None:
    with pytest.raises(OSError, match="No space left"):
        files.store(b"isi", media_type="text/plain")
    left = [one for one in Path(settings.ARCHIVE_ROOT).rglob("*") if one.is_file()]
    assert left == []


@task()
def find_no_room() -> None:
    """A job on a full disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@task()
def go_wrong() -> None:
    """A job with a fault of its own."""
    raise ValueError("salah")


@pytest.mark.django_db(transaction=True)
def test_a_job_that_meets_a_full_disk_is_tried_again_and_one_with_a_fault_is_not(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    for one in (find_no_room, go_wrong):
        one.enqueue()
    TickingWorker({}).run()
    found = {row.task_path.rpartition(".")[2]: row for row in DBTaskResult.objects.all()}
    assert found["find_no_room"].status == TaskResultStatus.READY
    assert found["find_no_room"].run_after is not None
    assert found["go_wrong"].status == TaskResultStatus.FAILED


# --- a disk that is really full ---------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    place = tmp_path / "cakram"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a file system can be mounted only by root, where mounting is allowed")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.processes
@pytest.mark.skipif("not on_sqlite()", reason="the file system of SQLite's own file is filled")
def test_a_real_process_on_a_full_disk_says_so(small_disk: Path, tmp_path: Path) -> None:
    assert on_sqlite()
    own = {
        "HIMPUN_VAR": str(tmp_path / "var"),
        "DATABASE_URL": f"sqlite:///{small_disk / 'kecil.sqlite3'}",
        "HIMPUN_DEBUG": "",
    }
    command = [sys.executable, "-m", "himpun"]

    def himpun(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments],
            env={**os.environ, **own},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )

    (small_disk / "penuh").write_bytes(b"\0" * 2_700_000)
    done = himpun("setup")
    assert done.returncode == 1
    assert "Ruang simpan peladen Himpun penuh" in done.stderr
    assert "Traceback" not in done.stderr


# --- the same on both databases ---------------------------------------------------------------------------------------


def test_what_is_once_for_all_offices_is_once_on_both_databases(small: Cast) -> None:
    day = date(2026, 8, 17)
    for office in (None, small.office):
        Holiday.objects.create(office=office, day=day, name="Kemerdekaan")
        SpecialHours.objects.create(office=office, since=day, until=day, name="Jam lain")
        for again in (
            lambda office=office: Holiday.objects.create(office=office, day=day, name="Lagi"),
            lambda office=office: SpecialHours.objects.create(office=office, since=day, until=day, name="Lagi"),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                again()


def test_a_version_of_a_procedure_is_once_on_both_databases_and_still_never_changed(small: Cast) -> None:
    shared = ProcedureVersion.objects.filter(office=None).first()
    assert shared is not None
    for office in (None, small.office):
        shared.pk, shared.office = None, office
        if office:
            shared.save(force_insert=True)
            shared.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            shared.save(force_insert=True)
    with pytest.raises(DatabaseError, match="hanya dapat ditambah"), transaction.atomic():
        ProcedureVersion.objects.update(name="lain")
    with pytest.raises(DatabaseError, match="hanya dapat ditambah"), transaction.atomic():
        ProcedureVersion.objects.filter(office=None).delete()


def test_no_constraint_is_skipped_on_this_database(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # a browser of another test may be open in this process
    assert [one for one in run_checks(databases=["default"]) if one.id.startswith("models.W")] == []
