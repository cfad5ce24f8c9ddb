"""Sealing what was there before its table was sealed: once for each table, at the upgrade that brings its seal.

It must not happen again: a row added by SQL would then be sealed as if it had always been there.
"""

import json

from himpun import clock
from himpun.archive import bulk
from himpun.archive.comparing import batched
from himpun.archive.journal import SYSTEM, Turn, act
from himpun.archive.models import Record
from himpun.archive.seals import BEGUN, BEGUN_CHAIN, CHUNK, ROWS_WRITTEN, SEALED, Kind

FILE_ROWS = 100_000
"""So many rows in one file, of the tables that hold very many."""


def seal_existing() -> int:
    """Seal the rows of every table not sealed before, as they stand; returns how many. Safe to repeat."""
    with act(BEGUN_CHAIN, at=clock.now(), author=SYSTEM) as turn:
        before = Record.objects.filter(chain=BEGUN_CHAIN, act=BEGUN).values_list("data", flat=True)
        known = {label for data in before for label in json.loads(data)["tables"]}
        fresh = [kind for label, kind in SEALED.items() if label not in known]
        if not fresh:
            return 0
        count = sum(_seal(turn, kind) for kind in fresh)
        turn.record(BEGUN, "rows:begun", {"tables": sorted(kind.label for kind in fresh), "rows": count})
    return count


def _seal(turn: Turn, kind: Kind) -> int:
    there = kind.model._base_manager.all() if kind.when is None else kind.model._base_manager.filter(kind.when)
    keys = list(there.order_by("pk").values_list("pk", flat=True))
    if kind.many_at_once:
        for chunk in batched(keys, FILE_ROWS):
            lines = (json.dumps([row.pk, *kind.content(row).values()]) for row in kind.rows(chunk))
            bulk.record_rows(turn, f"rows:{kind.label}", kind, lines, fields=list(kind.fields), same={})
        return len(keys)
    for chunk in batched(keys, CHUNK):
        rows = {kind.key(row.pk): kind.content(row) for row in kind.rows(chunk)}
        summary = f"{len(rows)} {kind.noun.lower()} yang sudah ada"
        turn.record(ROWS_WRITTEN, f"rows:{kind.label}", {"rows": rows, "summary": summary})
    return len(keys)
