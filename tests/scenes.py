"""Scenes: what many tests begin with is built once in a process, written down, and put back for each of them.

    @pytest.fixture
    def kecamatan(db: None) -> Cast:
        return once(kecamatan_contoh)

A scene is built on an empty database, at the moment the clock shows and with the papers the test has (typed or set in
type). Every test gets it as it was written down: the rows by plain SQL, the files of the archive, and what the builder
returned, as a copy. So no test knows whether it was the first, and none can spoil a scene for the next. Loading a
sample office takes a second; putting it back, less than a hundredth of that.
"""

import pickle
import shutil
import tempfile
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import connection, transaction

from himpun import clock
from himpun.cycles import actions, pace, standing
from himpun.documents import work
from himpun.offices import calendar

T = TypeVar("T")
Rows = Any
"""A table's rows: a list of tuples on SQLite, the text of COPY on PostgreSQL."""

SEQUENCES = "sqlite_sequence"
"""Where SQLite keeps the last number it gave in each table. PostgreSQL's own sequences only ever move on."""


@dataclass(frozen=True)
class Scene:
    """A scene written down."""

    rows: Mapping[str, Rows]
    numbers: list[tuple[str, int]]
    archive: Path
    returned: bytes


_scenes: dict[Hashable, Scene] = {}
_place = tempfile.TemporaryDirectory(prefix="himpun-adegan-")


def once(build: Callable[..., T], *given: Hashable) -> T:
    """What `build(*given)` makes and returns, in an empty database: built the first time, put back ever after.

    `build` may ask for scenes itself. What it returns must be picklable: a Cast, a row, a tuple of them.
    """
    key = (build.__module__, build.__qualname__, given, clock.now(), work.render.__qualname__)
    if key not in _scenes:
        _scenes[key] = _written_down(build, given)
    return cast(T, _put_back(_scenes[key]))


def forget() -> None:
    """What is kept by row number belongs to one test: the next one gives the same numbers to other rows."""
    actions._procedure.cache_clear()
    calendar.forget()
    standing.forget()
    pace.forget()


def _written_down(build: Callable[..., object], given: tuple[Hashable, ...]) -> Scene:
    before, root = _all_rows(), Path(settings.ARCHIVE_ROOT)
    assert not root.exists(), f"A scene is built on an empty archive, not on {root}"
    with transaction.atomic():
        returned = pickle.dumps(build(*given))
        after, numbers = _all_rows(), _numbers()
        transaction.set_rollback(True)
    forget()
    changed = {table: rows for table, rows in after.items() if rows != before.get(table)}
    there = [table for table in changed if before.get(table)]
    assert not there, f"A scene is built on an empty database; these tables held rows: {', '.join(there)}"
    archive = Path(_place.name) / str(len(list(Path(_place.name).iterdir())))
    if root.exists():
        shutil.move(root, archive)
    else:
        archive.mkdir()
    return Scene(changed, numbers, archive, returned)


def _put_back(scene: Scene) -> object:
    with transaction.atomic(), connection.wrap_database_errors:
        for table, rows in scene.rows.items():
            _write(table, rows)
        _number_on(scene.numbers)
    shutil.copytree(scene.archive, settings.ARCHIVE_ROOT, dirs_exist_ok=True)
    return pickle.loads(scene.returned)  # noqa: S301 - our own words of a moment ago


def _all_rows() -> dict[str, Rows]:
    """Every table that holds rows, with them."""
    tables = (table for table in connection.introspection.table_names() if table != "django_migrations")
    return {table: rows for table in tables if (rows := _read(table))}


def _read(table: str) -> Rows:
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        with connection.connection.cursor().copy(f'COPY "{table}" TO STDOUT') as out:
            return b"".join(out)
    return connection.connection.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608 - our own tables


def _write(table: str, rows: Rows) -> None:
    if connection.vendor == "postgresql":
        with connection.connection.cursor().copy(f'COPY "{table}" FROM STDIN') as into:
            into.write(rows)
        return
    places = ", ".join("?" * len(rows[0]))
    connection.connection.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)  # noqa: S608


def _numbers() -> list[tuple[str, int]]:
    if connection.vendor == "postgresql":
        return []
    return cast(list[tuple[str, int]], _read(SEQUENCES))


def _number_on(numbers: list[tuple[str, int]]) -> None:
    """Numbers that were given and whose rows are gone are not given again."""
    for table, last in numbers:
        values = {"table": table, "last": last}
        moved = f"UPDATE {SEQUENCES} SET seq = max(seq, :last) WHERE name = :table"  # noqa: S608
        if not connection.connection.execute(moved, values).rowcount:
            connection.connection.execute(f"INSERT INTO {SEQUENCES} (name, seq) VALUES (:table, :last)", values)  # noqa: S608
