"""A database of its own for the tests that start real processes, of the same kind as the tests' own."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings

MIGRATE = "from django.core.management import call_command; call_command('migrate', verbosity=0)"
REPOSITORY = Path(__file__).resolve().parents[2]


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


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated database to copy: a SQLite file, or the name of a database on the tests' server."""
    folder = tmp_path_factory.mktemp("contoh")
    if _on_sqlite():
        place = str(folder / "scratch.sqlite3")
        Processes(folder, f"sqlite:///{place}").python(MIGRATE)
        yield place
        return
    with _database_on_server("template0") as name:
        Processes(folder, _url_of(name)).python(MIGRATE)
        yield name


@pytest.fixture
def processes(tmp_path: Path, template: str) -> Iterator[Processes]:
    """Processes on a fresh database: SQLite in a folder, or a database made for this test on the tests' server."""
    if _on_sqlite():
        shutil.copy(template, tmp_path / "scratch.sqlite3")
        with closing(Processes(tmp_path, f"sqlite:///{tmp_path / 'scratch.sqlite3'}")) as made:
            yield made
        return
    with _database_on_server(template) as name, closing(Processes(tmp_path, _url_of(name))) as made:
        yield made


def _on_sqlite() -> bool:
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")


@contextmanager
def _database_on_server(template: str) -> Iterator[str]:
    name = f"himpun_scratch_{secrets.token_hex(4)}"
    _on_server(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield name
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def _url_of(name: str) -> str:
    return urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}"))


def _on_server(statement: str) -> None:
    import psycopg

    server = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(scheme="postgresql", path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
