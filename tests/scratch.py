"""Databases and processes of their own for tests that start and kill real ones, of the same kind as the suite runs on."""

import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

MIGRATE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
"""
REPOSITORY = Path(__file__).resolve().parents[1]


@contextmanager
def scratch_database(folder: Path, *, empty: bool = False, like: str = "") -> Iterator[str]:
    """A database URL: SQLite in `folder`, or a new database on the suite's PostgreSQL server, dropped afterwards.

    It is a copy of one that was migrated once, because migrating takes seconds, or of `like`, the URL of one that nobody
    has open; `empty` for tests of just that.
    """
    if on_sqlite():
        place = folder / "scratch.sqlite3"
        if not empty:
            shutil.copy(like.removeprefix("sqlite:///") or migrated(), place)
        yield f"sqlite:///{place}"
        return
    with database_on_server("template0" if empty else urlsplit(like).path[1:] or migrated()) as name:
        yield url_of(name)


@cache
def migrated() -> str:
    """A migrated database to copy: a SQLite file, or the name of a database on the suite's server.

    Migrating takes ten seconds and more, so it is done once for all processes of a run; on SQLite once until something
    below the pages changes.
    """
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _migrated_file() if on_sqlite() else _migrated_on_server()


KEPT = REPOSITORY / "var" / "tests"
"""Where the migrated database of SQLite is kept from one run to the next."""
ABOVE = ("web", "commands", "gate")
"""Rooms that leave nothing in a database: no change in them asks for a new one."""


def _migrated_file() -> str:
    kept = KEPT / f"migrated-{_what_makes_it()}.sqlite3"
    if not kept.exists():
        for old in KEPT.glob("migrated-*"):
            old.unlink()
        with TemporaryDirectory(prefix="himpun-") as folder:
            made = Path(folder) / "migrated.sqlite3"
            Processes(Path(folder), f"sqlite:///{made}").python(MIGRATE)
            with closing(sqlite3.connect(made)) as database:
                database.execute("PRAGMA journal_mode=DELETE")  # what is copied into memory cannot keep a second file
            shutil.copy(made, KEPT / "new")
        (KEPT / "new").rename(kept)
    return str(kept)


def _what_makes_it() -> str:
    """The digest of every module that may leave something in a migrated database, and of the libraries' versions."""
    own = REPOSITORY / "src" / "himpun"
    files = [one for one in own.rglob("*.py") if one.relative_to(own).parts[0] not in ABOVE]
    digest = hashlib.sha256(MIGRATE.encode())
    for file in [REPOSITORY / "uv.lock", *sorted(files)]:
        digest.update(f"{file}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _migrated_on_server() -> str:
    name = f"himpun_migrated_{RUN}"
    if not _on_server("SELECT 1 FROM pg_database WHERE datname = %s", name):
        _on_server("DROP DATABASE IF EXISTS himpun_being_migrated WITH (FORCE)")
        _on_server("CREATE DATABASE himpun_being_migrated TEMPLATE template0")
        with TemporaryDirectory(prefix="himpun-") as folder:
            Processes(Path(folder), url_of("himpun_being_migrated")).python(MIGRATE)
        _on_server(f"ALTER DATABASE himpun_being_migrated RENAME TO {name}")
    return name


OF_THIS_RUN = "HIMPUN_TEST_RUN"
BEGAN_IT = OF_THIS_RUN not in os.environ
"""Whether this process began the run; those it starts are told its name."""
RUN = str(os.environ.setdefault(OF_THIS_RUN, secrets.token_hex(4)))


def drop_migrated() -> None:
    """Leave nothing on the suite's server, at the end of the run that this process began."""
    if BEGAN_IT and not on_sqlite():
        _on_server(f"DROP DATABASE IF EXISTS himpun_migrated_{RUN} WITH (FORCE)")


def copy_migrated(name: str, **options: Any) -> None:
    """Stands in for the commands by which Django fills the suite's own database."""
    if name == "migrate" and on_sqlite():
        connection.ensure_connection()
        with closing(sqlite3.connect(migrated())) as kept:
            kept.backup(connection.connection)


def on_sqlite() -> bool:
    """Whether the suite runs on SQLite."""
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")


@contextmanager
def database_on_server(template: str) -> Iterator[str]:
    """The name of a new database on the suite's server, made from `template`, dropped afterwards."""
    name = f"himpun_scratch_{secrets.token_hex(4)}"
    _on_server(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield name
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def url_of(name: str) -> str:
    """The address of a database on the suite's server."""
    return urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}"))


def _on_server(statement: str, *given: str) -> bool:
    """Run it; whether it found a row."""
    import psycopg

    server = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(scheme="postgresql", path="/postgres"))
    with psycopg.connect(server, autocommit=True) as asked:
        done = asked.execute(statement, given)
        return done.description is not None and done.fetchone() is not None


class Processes:
    """Starts real Himpun processes on the scratch database, and ends them all at last."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        own = {"HIMPUN_VAR": str(folder / "var"), "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "himpun.settings"}
        self.environment = {**os.environ, **own, "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}"}
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `python -m …` and go on."""
        command = [sys.executable, "-m", *arguments]
        process = subprocess.Popen(command, env=self.environment, cwd=REPOSITORY, text=True)
        self.started.append(process)
        return process

    def python(self, text: str) -> str:
        """Run some Python with Django set up; returns the last line it prints."""
        command = [sys.executable, "-c", f"import django; django.setup()\n{text}"]
        done = subprocess.run(
            command, env=self.environment, cwd=REPOSITORY, text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip().rpartition("\n")[2]

    def enqueue(self, name: str) -> None:
        self.python(f"from tests.jobs.marking import leave_mark; leave_mark.enqueue({name!r}, {str(self.folder)!r})")

    def statuses(self) -> str:
        """The status of every task, in order."""
        return self.python(
            "from django_tasks_db.models import DBTaskResult\n"
            "print(*DBTaskResult.objects.order_by('enqueued_at').values_list('status', flat=True))"
        )

    def lines(self, name: str) -> list[str]:
        """What the tasks and ticks have left in a file."""
        place = self.folder / name
        return place.read_text().split() if place.exists() else []

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
