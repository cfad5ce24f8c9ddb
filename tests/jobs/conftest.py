"""Real processes on a migrated database of their own."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.scratch import Processes, scratch_database


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Processes on a fresh database: SQLite in a folder, or a database made for this test on the tests' server."""
    with scratch_database(tmp_path) as database, closing(Processes(tmp_path, database)) as made:
        yield made
