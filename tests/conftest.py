"""Set-up shared by all tests: plain storage, a quick hasher, the archive in a temporary folder, the clock on a Monday."""

import os

os.environ.setdefault("HIMPUN_DEBUG", "1")
os.environ.setdefault("HIMPUN_URL", "http://himpun.contoh.example")

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.backends.base.creation import BaseDatabaseCreation
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings
from xdist.scheduler.loadgroup import LoadGroupScheduling

from himpun import clock
from himpun.archive.chain import canonical
from himpun.archive.triggers import APPEND_ONLY, lifting, protecting
from himpun.documents import work
from himpun.indicators import guard
from tests.cast import MONDAY, Cast, found_office, load_casts, small_office
from tests.databases import ONCE
from tests.scenes import WATCHING, forget, once, walks
from tests.scratch import copy_migrated, drop_migrated, migrated, on_sqlite

hypothesis_settings.register_profile("himpun", deadline=None, derandomize=True)
hypothesis_settings.load_profile("himpun")

PUBLIC = os.environ["HIMPUN_URL"]
"""Where others open Himpun: nothing is signed with an address of this computer alone. Processes are told it too."""


@pytest.fixture(autouse=True)
def _plain(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ARCHIVE_ROOT = tmp_path / "arsip"
    settings.BASE_URL = PUBLIC
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.held_at(MONDAY):
        yield


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """What a test kept, and how it let papers be made, ends with it.

    A patch of a test that began before `quick_paper` and ends after it would put back the typed papers, for good.
    """
    forget()
    yield
    for name, real in REAL_PAPERS.items():
        setattr(work, name, real)


REAL_PAPERS = {name: getattr(work, name) for name in ("render", "with_pictures")}


@pytest.fixture(autouse=True)
def _walks(request: pytest.FixtureRequest) -> Iterator[None]:
    """The walks of the cast are walked for real where a test patches or watches, or commits what it does."""
    asked = set(request.fixturenames)
    marked = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in asked or bool(marked and marked.kwargs.get("transaction"))
    with walks(for_real=commits or bool(WATCHING & asked)):
        yield


def typed_paper(kind: str, content: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """Stands in for the rendering: a few bytes that differ wherever the document would differ."""
    return b"%PDF-1.7 " + hashlib.sha256(canonical([kind, content, made_at]).encode()).hexdigest().encode()


def type_papers(patch: pytest.MonkeyPatch) -> None:
    """Let documents be "rendered" by `typed_paper`, and their charts not be drawn."""
    patch.setattr("himpun.documents.work.render", typed_paper)
    patch.setattr("himpun.documents.work.with_pictures", lambda kind, content: content)


@pytest.fixture
def quick_paper() -> Iterator[None]:
    """Documents without Typst, for tests that are not about how they look."""
    with pytest.MonkeyPatch.context() as patch:
        type_papers(patch)
        yield


@pytest.fixture
def small(db: None, quick_paper: None) -> Cast:
    """A small office with two units, both procedures published, documents without Typst: what most tests need."""
    return once(small_office)


@pytest.fixture
def neighbour(small: Cast) -> Cast:
    """Another small office beside `small`, which must not see anything of it."""
    return once(found_office, "kec-tetangga")


@pytest.fixture
def sample_offices(db: None, request: pytest.FixtureRequest) -> dict[str, Cast]:
    """Those of the sample offices that the test asks for, with both procedures published."""
    names = (name for name in ("kecamatan", "dinas") if name in request.fixturenames)
    return once(load_casts, *(f"{name}-contoh" for name in names))


@pytest.fixture
def kecamatan(sample_offices: dict[str, Cast]) -> Cast:
    """Kecamatan Contoh with both procedures published."""
    return sample_offices["kecamatan-contoh"]


@pytest.fixture
def dinas(sample_offices: dict[str, Cast]) -> Cast:
    """Dinas Contoh; a test that needs both asks for `kecamatan` too."""
    return sample_offices["dinas-contoh"]


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


_flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def _flush_with_triggers_lifted(self: TransactionTestCase) -> None:
    """Transactional tests empty all tables at their end, which the triggers rightly refuse."""
    for table in APPEND_ONLY:
        _run(lifting(table, connection.vendor))
    _run(guard.lifting(connection.vendor))
    try:
        _flush(self)
    finally:
        for table in APPEND_ONLY:
            _run(protecting(table, connection.vendor))
        _run(guard.protecting(connection.vendor))


TransactionTestCase._fixture_teardown = _flush_with_triggers_lifted  # type: ignore[attr-defined]


_create = BaseDatabaseCreation.create_test_db


def _create_by_copying(self: BaseDatabaseCreation, *arguments: Any, **options: Any) -> str:
    """The suite's own database is a copy of one that was migrated once for all processes (tests/scratch.py)."""
    if not on_sqlite():
        self.connection.settings_dict["TEST"]["TEMPLATE"] = migrated()
    with patch("django.core.management.call_command", copy_migrated):
        return str(_create(self, *arguments, **options))


BaseDatabaseCreation.create_test_db = _create_by_copying  # type: ignore[method-assign]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What a run's processes shared goes with it."""
    if not hasattr(session.config, "workerinput"):
        drop_migrated()


FEW = 15
"""So many files of tests are run by one process: starting more would cost more than it saves."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """For `-n auto`: no other process for a few files; else None, as many as there are cores."""
    places = [Path(argument.partition("::")[0]) for argument in config.args]
    files = [file for place in places for file in (place.rglob("test_*.py") if place.is_dir() else [place])]
    return 0 if len(files) < FEW else None


FIRST = ("browser", "test_the_year", "crawl", "test_tour", "landed", "killing", "service", "cycles/test_races", "jobs")
"""Folders and files that take longest, begun first, so that no core waits at the end for the last of them."""


class ByFile(LoadGroupScheduling):
    """The tests of a file, or of a named group, are run by one process: what they share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        scope = super()._split_scope(nodeid)
        return str(scope).partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Whole files go to the processes, in the order of the collection."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


def _rank(item: pytest.Item) -> int:
    place = item.path.relative_to(ROOT / "tests").as_posix()
    return next((rank for rank, first in enumerate(FIRST) if place.startswith(first)), len(FIRST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests wait for HIMPUN_LONG; what touches no database, or needs but one kind of them, is marked so."""
    items.sort(key=_rank)
    for item in items:
        if item.get_closest_marker("long") and not LONG:
            item.add_marker(pytest.mark.skip(reason="lama: HIMPUN_LONG=1 atau make test-long"))
        if _is_pure(item):
            item.add_marker("pure")
        if item.path.relative_to(ROOT).as_posix() in ONCE:
            item.add_marker("once")


LONG = os.environ.get("HIMPUN_LONG") == "1"
ROOT = Path(__file__).resolve().parents[1]
DATABASE = frozenset({"db", "transactional_db", "django_db_setup", "client", "admin_client", "live_server"})


def _is_pure(item: pytest.Item) -> bool:
    """Whether a test touches no database: CI runs it once, not once for each kind of database."""
    marks = {mark.name for mark in item.iter_markers()}
    return not (DATABASE & set(getattr(item, "fixturenames", ())) or marks & {"django_db", "browser", "processes"})
