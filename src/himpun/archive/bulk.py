"""Many rows sealed at once: a file in the archive that lists them, named in the journal by its SHA-256.

The file is compressed JSON, a line each: first a head (the table, the fields of a line, and what is the same in all rows),
then one array a row, its key first. A million rows in a record of the journal would make every reading of it slow.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField

from himpun.archive import files
from himpun.archive.journal import Turn
from himpun.archive.seals import ROWS_WRITTEN, SEALED, Kind, plain

MEDIA_TYPE = "application/vnd.himpun.rows"


def record_rows(
    turn: Turn, subject: str, kind: Kind, lines: Iterable[str], *, fields: list[str], same: Mapping[str, Any]
) -> None:
    """Seal rows: `lines` are JSON arrays of the key and `fields`; `same` holds further fields, alike in all rows."""
    shared = {name: plain(value) for name, value in same.items()}
    rows = list(lines)
    if not rows:
        return
    head = json.dumps({"table": kind.label, "fields": fields, "same": shared})
    content = zlib.compress("\n".join([head, *rows]).encode(), level=1)
    sha256 = files.store(content, media_type=MEDIA_TYPE)
    summary = f"{len(rows)} {kind.noun.lower()}"
    turn.record(ROWS_WRITTEN, subject, {"bulk": len(rows), "summary": summary}, file_sha256=sha256)


def sealed_rows(sha256: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The key and the fields of every row that such a file lists. Raises FileMissing, or ValueError for a spoiled one."""
    try:
        head, *rows = zlib.decompress(files.read(sha256)).decode().split("\n")
    except zlib.error as error:
        raise ValueError(sha256) from error
    told = json.loads(head)
    kind, same = SEALED[told["table"]], told["same"]
    exact = [isinstance(kind.model._meta.get_field(name), DecimalField) for name in told["fields"]]
    for row in rows:
        pk, *values = json.loads(row)
        read = [
            plain(Decimal(str(value))) if number and value is not None else plain(value)
            for value, number in zip(values, exact, strict=True)
        ]
        yield kind.key(pk), {**same, **dict(zip(told["fields"], read, strict=True))}
