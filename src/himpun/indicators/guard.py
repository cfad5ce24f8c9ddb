"""The SQL by which the database itself keeps frozen figures as they are, on both databases. Used by migrations.

A frozen figure is neither changed nor deleted; it gives way to a new version once a correction of it was approved.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSAL = "Angka ini sudah dibekukan; ia hanya berubah lewat koreksi yang disetujui."
TABLE = "indicators_figure"
_KEPT = (
    "variable_id",
    "element_id",
    "unit_id",
    "year",
    "month",
    "months",
    "number",
    "text",
    "version",
    "frozen",
    "source",
    "at",
    "by",
)
_APPROVED = "EXISTS (SELECT 1 FROM indicators_correction c WHERE c.figure_id = OLD.id AND c.state = 'disetujui')"


def _changed(different: str) -> str:
    columns = " OR ".join(f'NEW."{column}" {different} OLD."{column}"' for column in _KEPT)
    return f"({columns} OR (NEW.current {different} OLD.current AND NOT (OLD.current AND {_APPROVED})))"


def protecting(vendor: str) -> list[str]:
    """The statements that make the database refuse."""
    if vendor == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        return [
            f"CREATE TRIGGER {TABLE}_frozen_update BEFORE UPDATE ON {TABLE} "
            f"WHEN OLD.frozen AND {_changed('IS NOT')} {refuse}",
            f"CREATE TRIGGER {TABLE}_frozen_delete BEFORE DELETE ON {TABLE} WHEN OLD.frozen {refuse}",
        ]
    return [
        "CREATE OR REPLACE FUNCTION himpun_figure_frozen() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'DELETE' THEN RAISE EXCEPTION '{REFUSAL}'; END IF; "
        f"IF {_changed('IS DISTINCT FROM')} THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW; END $$",
        *(
            f"CREATE TRIGGER {TABLE}_frozen_{event} BEFORE {event.upper()} ON {TABLE} "
            "FOR EACH ROW WHEN (OLD.frozen) EXECUTE FUNCTION himpun_figure_frozen()"
            for event in ("update", "delete")
        ),
    ]


def lifting(vendor: str) -> list[str]:
    """The statements that lift it; tests need that to empty the table."""
    on = "" if vendor == "sqlite" else f" ON {TABLE}"
    return [f"DROP TRIGGER IF EXISTS {TABLE}_frozen_{event}{on}" for event in ("update", "delete")]


def protect(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Forward function for a migration's RunPython; may run twice."""
    for statement in (*lifting(schema_editor.connection.vendor), *protecting(schema_editor.connection.vendor)):
        schema_editor.execute(statement, None)


def lift(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Backward function."""
    for statement in lifting(schema_editor.connection.vendor):
        schema_editor.execute(statement, None)
