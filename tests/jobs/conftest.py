"""Real processes on a migrated database of their own."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.scratch import MIGRATE, Processes, database_on_server, on_sqlite, url_of


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated database to copy: a SQLite file, or the name of a database on the tests' server."""
    folder = tmp_path_factory.mktemp("contoh")
    if on_sqlite():
        place = str(folder / "scratch.sqlite3")
        Processes(folder, f"sqlite:///{place}").python(MIGRATE)
        yield place
        return
    with database_on_server("template0") as name:
        Processes(folder, url_of(name)).python(MIGRATE)
        yield name


@pytest.fixture
def processes(tmp_path: Path, template: str) -> Iterator[Processes]:
    """Processes on a fresh database: SQLite in a folder, or a database made for this test on the tests' server."""
    if on_sqlite():
        shutil.copy(template, tmp_path / "scratch.sqlite3")
        with closing(Processes(tmp_path, f"sqlite:///{tmp_path / 'scratch.sqlite3'}")) as made:
            yield made
        return
    with database_on_server(template) as name, closing(Processes(tmp_path, url_of(name))) as made:
        yield made
