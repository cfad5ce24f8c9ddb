"""Counts what really goes to the database: asked of the driver, not of Django, so that nothing can go past it."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Count = dict[str, int]


def count(driver: Any, run: Callable[[], object]) -> Count:
    """How many statements (BEGIN and COMMIT among them) and commits `run` sends through this driver's connection."""
    tracing = _sqlite if isinstance(driver, sqlite3.Connection) else _postgresql
    with tracing(driver) as seen:
        run()
    commits = sum("COMMIT" in statement.upper().split()[:1] for statement in seen)
    return {"statements": len(seen), "commits": commits}


@contextmanager
def _sqlite(driver: sqlite3.Connection) -> Iterator[list[str]]:
    seen: list[str] = []
    driver.set_trace_callback(lambda text: None if text.startswith("--") else seen.append(text))
    try:
        yield seen
    finally:
        driver.set_trace_callback(None)


@contextmanager
def _postgresql(driver: Any) -> Iterator[list[str]]:
    """libpq's own trace of the protocol: the server reports each statement it has completed, however it was sent."""
    seen: list[str] = []
    with tempfile.TemporaryFile("w+") as trace:
        driver.pgconn.trace(trace.fileno())
        driver.pgconn.set_trace_flags(1)  # no time stamps
        try:
            yield seen
        finally:
            driver.pgconn.untrace()
            trace.seek(0)
            for line in trace:
                words = line.rstrip("\n").split("\t")
                if words[0] == "B" and words[2] == "CommandComplete":
                    seen.append(words[3].strip(' "'))
