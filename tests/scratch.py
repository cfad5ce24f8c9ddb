"""A database of its own for tests that start real processes, of the same kind as the suite runs on."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings


@contextmanager
def scratch_database(folder: Path) -> Iterator[str]:
    """A database URL: SQLite in `folder`, or a new database on the suite's PostgreSQL server, dropped afterwards."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{folder / 'scratch.sqlite3'}"
        return
    name = f"himpun_scratch_{secrets.token_hex(4)}"
    _on_server(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}"))
    finally:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(statement: str) -> None:
    import psycopg

    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as server:
        server.execute(statement)
