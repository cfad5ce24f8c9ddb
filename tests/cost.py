"""What the database has to do for an act, however fast the machine is: to see that it does not grow with the archive."""

import json
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def work_done(act: Callable[[], Any]) -> int:
    """Steps of SQLite's machine, or rows that PostgreSQL looks at in the queries of `act`."""
    if connection.vendor == "postgresql":
        return _rows_looked_at(act)
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(step, 1)
    try:
        act()
    finally:
        connection.connection.set_progress_handler(None, 1)
    return steps


def _rows_looked_at(act: Callable[[], Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as seen:
        act()
    found = 0
    with connection.cursor() as cursor:
        for query in seen.captured_queries:
            if query["sql"].startswith("SELECT"):
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
                (told,) = cursor.fetchone()
                plan = json.loads(told) if isinstance(told, str) else told
                found += _rows_of(plan[0]["Plan"])
    return found


def _rows_of(node: dict[str, Any]) -> int:
    """The rows that a step of a plan and those below it took up, the passed over ones too."""
    mine = sum(node.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"))
    return int(mine * node["Actual Loops"]) + sum(map(_rows_of, node.get("Plans", [])))
