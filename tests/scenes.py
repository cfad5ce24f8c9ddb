"""Scenes: what many tests begin with is built once in a process, written down, and put back for each of them.

    @pytest.fixture
    def kecamatan(db: None) -> Cast:
        return once(load_cast, "kecamatan-contoh")

    @pytest.fixture
    def issued(kecamatan: Cast) -> Document:
        return once(sign_and_issue, kecamatan)

The builder is called the first time; what it changed is then written down (rows, files of the archive, what it
returned), undone, and put back by plain SQL: for that test and for every later one that asks for the same in the same
circumstances, which are the rows there are, the clock, the settings, and whether papers are typed. So no test knows whether it was
the first, and none can spoil a scene for the next. Loading a sample office takes a second; putting it back, less than
a hundredth of that.

Scenes are what a test presupposes; what it is about, it does itself. The long walks of the cast (`@scene`) are walked
for real in every test that patches or watches something (`WATCHING`): a walk put back calls no patched function, asks
no counted query and logs nothing.
"""

import hashlib
import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from django.conf import UserSettingsHolder, settings
from django.db import connection, transaction

from himpun import clock
from himpun.cycles.deadlines import pace
from himpun.documents import work
from himpun.offices.calendar import kept
from himpun.procedures import queries

T = TypeVar("T")
P = ParamSpec("P")
Row = Any
"""A tuple on SQLite, a line of COPY on PostgreSQL."""
Rows = Mapping[str, frozenset[Row]]
"""By table; a table without rows is not among them."""

SEQUENCES = "sqlite_sequence"
"""Where SQLite keeps the last number it gave in each table. PostgreSQL's own sequences only ever move on."""


@dataclass(frozen=True)
class Scene:
    """What a builder changed: keys of rows that went or became others, rows that came, numbers given, files that came."""

    gone: Mapping[str, list[Any]]
    come: Mapping[str, list[Row]]
    numbers: list[tuple[str, int]]
    files: Mapping[Path, bytes]
    returned: bytes


WATCHING = frozenset(
    {
        "caplog",
        "django_assert_max_num_queries",
        "django_assert_num_queries",
        "django_capture_on_commit_callbacks",
        "mailoutbox",
        "monkeypatch",
    }
)
"""Fixtures by which a test patches or watches what is done."""
MOST_KEPT = 100

_scenes: OrderedDict[bytes, Scene] = OrderedDict()
_for_real: ContextVar[bool] = ContextVar("for_real", default=True)


def once(build: Callable[..., T], *given: object) -> T:
    """What `build(*given)` does and returns, as a copy. Both the arguments and the result must be picklable."""
    before = _all_rows()
    circumstances = clock.now(), work.render.__qualname__, _overridden()
    key = _key(before, build.__module__, build.__qualname__, given, *circumstances)
    if key not in _scenes:
        _scenes[key] = _written_down(before, build, given)
    _scenes.move_to_end(key)
    while len(_scenes) > MOST_KEPT:
        _scenes.popitem(last=False)
    return cast(T, _put_back(_scenes[key]))


def scene(walk: Callable[P, T]) -> Callable[P, T]:
    """Let a long walk be put back where it was walked already; in a test that patches or watches it is walked."""

    @wraps(walk)
    def walked(*given: P.args, **named: P.kwargs) -> T:
        return walk(*given, **named) if named or _for_real.get() else once(walk, *given)

    return walked


@contextmanager
def walks(*, for_real: bool) -> Iterator[None]:
    """Whether the walks marked as scenes are walked for real until the block ends. Outside of any block they are."""
    token = _for_real.set(for_real)
    try:
        yield
    finally:
        _for_real.reset(token)


def forget() -> None:
    """What is kept by row number belongs to one test: the next one gives the same numbers to other rows."""
    queries.forget()
    kept.forget()
    pace.forget()


def _key(before: Rows, *circumstances: object) -> bytes:
    rows = sorted((table, sorted(map(repr, rows))) for table, rows in before.items())
    return hashlib.sha256(pickle.dumps((rows, circumstances))).digest()


def _overridden() -> dict[str, str]:
    """The settings that the test changed, but for the place of its archive."""
    changed: dict[str, Any] = {}
    holder = settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        changed = {name: value for name, value in vars(holder).items() if name.isupper()} | changed
        holder = holder.default_settings
    return {name: repr(value) for name, value in sorted(changed.items()) if name != "ARCHIVE_ROOT"}


def _written_down(before: Rows, build: Callable[..., object], given: tuple[object, ...]) -> Scene:
    files = _files()
    with transaction.atomic():
        returned = pickle.dumps(build(*given))
        after, numbers = _all_rows(), _numbers()
        transaction.set_rollback(True)
    forget()
    nothing: frozenset[Row] = frozenset()
    gone = {table: [_key_of(table, row) for row in rows - after.get(table, nothing)] for table, rows in before.items()}
    come = {table: sorted(rows - before.get(table, nothing), key=repr) for table, rows in after.items()}
    new = {name: content for name, content in _files().items() if name not in files}
    return Scene(_filled(gone), _filled(come), numbers, new, returned)


def _filled(lists: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    return {table: found for table, found in lists.items() if found}


def _put_back(scene: Scene) -> object:
    with transaction.atomic(), connection.wrap_database_errors:
        for table, keys in scene.gone.items():
            _delete(table, keys)
        for table, rows in scene.come.items():
            _insert(table, rows)
        _number_on(scene.numbers)
    for name, content in scene.files.items():
        file = Path(settings.ARCHIVE_ROOT) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_bytes(content)
    return pickle.loads(scene.returned)  # noqa: S301 - our own words of a moment ago


def _files() -> dict[Path, bytes]:
    """The files of the archive, by their places in it."""
    root = Path(settings.ARCHIVE_ROOT)
    return {file.relative_to(root): file.read_bytes() for file in root.rglob("*") if file.is_file()}


# --- rows -------------------------------------------------------------------------------------------------------------


@cache
def _tables() -> dict[str, tuple[str, list[str]]]:
    """Every table with its primary key and its columns."""
    found, tables = connection.introspection, {}
    with connection.cursor() as cursor:
        for table in set(found.table_names(cursor)) - {"django_migrations"}:
            cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')  # noqa: S608
            columns = [column[0] for column in cursor.description]
            tables[table] = (str(found.get_primary_key_column(cursor, table)), columns)
    return tables


def _all_rows() -> Rows:
    return {table: rows for table, (_, columns) in _tables().items() if (rows := frozenset(_read(table, columns)))}


def _read(table: str, columns: list[str]) -> list[Row]:
    """The rows as they are kept. (SQLite hands out the value of an expression without making a date or time of it.)"""
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with connection.connection.cursor().copy(f'COPY "{table}" TO STDOUT') as out:
            return b"".join(out).splitlines(keepends=True)
    as_kept = ", ".join(f'+"{column}"' for column in columns)
    return cast(list[Row], connection.connection.execute(f'SELECT {as_kept} FROM "{table}"').fetchall())  # noqa: S608


def _key_of(table: str, row: Row) -> Any:
    key, columns = _tables()[table]
    place = columns.index(key)
    return row[place] if isinstance(row, tuple) else row.rstrip(b"\n").split(b"\t")[place].decode()


def _delete(table: str, keys: list[Any]) -> None:
    which = f'"{_tables()[table][0]}"'
    if connection.vendor == "postgresql":
        which = f"CAST({which} AS text)"
    with connection.cursor() as cursor:
        cursor.executemany(f'DELETE FROM "{table}" WHERE {which} = %s', [[key] for key in keys])  # noqa: S608


def _insert(table: str, rows: list[Row]) -> None:
    if connection.vendor == "postgresql":
        with connection.connection.cursor().copy(f'COPY "{table}" FROM STDIN') as into:
            into.write(b"".join(rows))
        return
    places = ", ".join("?" * len(rows[0]))
    connection.connection.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)  # noqa: S608


def _numbers() -> list[tuple[str, int]]:
    return _read(SEQUENCES, ["name", "seq"]) if connection.vendor == "sqlite" else []


def _number_on(numbers: list[tuple[str, int]]) -> None:
    """Numbers that were given and whose rows are gone are not given again."""
    for table, last in numbers:
        values = {"table": table, "last": last}
        moved = f"UPDATE {SEQUENCES} SET seq = max(seq, :last) WHERE name = :table"  # noqa: S608
        if not connection.connection.execute(moved, values).rowcount:
            connection.connection.execute(f"INSERT INTO {SEQUENCES} (name, seq) VALUES (:table, :last)", values)  # noqa: S608
