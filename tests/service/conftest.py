"""One prepared database for the whole folder; each test starts the service as it needs it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.scratch import REPOSITORY, scratch_database
from tests.service.running import Service, environment_for


@pytest.fixture(scope="package")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """A folder, a database and what the scenery told of it."""
    folder = tmp_path_factory.mktemp("layanan")
    with scratch_database(folder) as database:
        done = subprocess.run(
            [sys.executable, "-m", "tests.service.scenery"],
            env=environment_for(folder, database), cwd=REPOSITORY, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        yield folder, database, json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def told(prepared: tuple[Path, str, dict[str, Any]]) -> dict[str, Any]:
    return prepared[2]


@contextmanager
def starting(prepared: tuple[Path, str, dict[str, Any]]) -> Iterator[Callable[..., Service]]:
    """Starts services on the prepared database, and ends them: serve("--no-worker", HIMPUN_EVIDENCE_MAX_BYTES="…")."""
    folder, database, _ = prepared
    started: list[Service] = []

    def start(*arguments: str, port: int = 0, **more: str) -> Service:
        environment = environment_for(folder, more.pop("DATABASE_URL", database), **more)
        started.append(Service(folder, environment, *arguments, port=port))
        return started[-1]

    try:
        yield start
    finally:
        for service in started:
            service.end()


@pytest.fixture
def serve(prepared: tuple[Path, str, dict[str, Any]]) -> Iterator[Callable[..., Service]]:
    with starting(prepared) as start:
        yield start


@pytest.fixture(scope="module")
def service(prepared: tuple[Path, str, dict[str, Any]]) -> Iterator[Service]:
    """One service for the tests of a module that leave it as it was; it takes large evidence."""
    with starting(prepared) as start:
        yield start("--no-worker", HIMPUN_EVIDENCE_MAX_BYTES="250000000").await_answer()
