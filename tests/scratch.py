"""Databases and processes of their own for tests that start and kill real ones, of the same kind as the suite runs on."""

import atexit
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

MIGRATE = "from django.core.management import call_command; call_command('migrate', verbosity=0)"
_for_good = ExitStack()
"""What lives until the process ends."""
atexit.register(_for_good.close)
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
    """A migrated database to copy: a SQLite file, or the name of a database on the suite's server."""
    folder = Path(_for_good.enter_context(TemporaryDirectory(prefix="himpun-")))
    if on_sqlite():
        template = str(folder / "migrated.sqlite3")
        Processes(folder, f"sqlite:///{template}").python(MIGRATE)
        return template
    name = _for_good.enter_context(database_on_server("template0"))
    Processes(folder, url_of(name)).python(MIGRATE)
    return name


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


def _on_server(statement: str) -> None:
    import psycopg

    server = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(scheme="postgresql", path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


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


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
