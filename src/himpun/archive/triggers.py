"""The SQL that makes a table append-only, on both databases. Used by migrations."""

from collections.abc import Callable
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSAL = "Catatan ini hanya dapat ditambah, tidak dapat diubah atau dihapus."

APPEND_ONLY = ("archive_record", "procedures_procedureversion")
"""The tables so protected; the tests lift it to empty them between transactional tests."""


def _sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for event in ("UPDATE", "DELETE")
    ]


def _postgresql(table: str) -> list[str]:
    return [
        "CREATE OR REPLACE FUNCTION himpun_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION himpun_append_only()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION himpun_append_only()",
    ]


def _drop_sqlite(table: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {table}_no_{event}" for event in ("update", "delete")]


def _drop_postgresql(table: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}" for name in ("append_only", "no_truncate")]


def protecting(table: str, vendor: str) -> list[str]:
    """The statements that forbid changing and deleting rows of `table`."""
    return _sqlite(table) if vendor == "sqlite" else _postgresql(table)


def lifting(table: str, vendor: str) -> list[str]:
    """The statements that allow it again."""
    return _drop_sqlite(table) if vendor == "sqlite" else _drop_postgresql(table)


def protect(
    table: str,
) -> tuple[Callable[[Any, BaseDatabaseSchemaEditor], None], Callable[[Any, BaseDatabaseSchemaEditor], None]]:
    """Forward and backward functions for a migration's RunPython."""

    def forward(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for statement in protecting(table, schema_editor.connection.vendor):
            schema_editor.execute(statement, None)

    def backward(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        for statement in lifting(table, schema_editor.connection.vendor):
            schema_editor.execute(statement, None)

    return forward, backward
