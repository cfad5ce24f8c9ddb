"""Sealing what was there before its table was sealed: once for each table, at the upgrade that brings its seal.

It must not happen again: a row added by SQL would then be sealed as if it had always been there.
"""

import json

from django.db import transaction
from django.db.models import Q

from himpun import clock
from himpun.archive import bulk
from himpun.archive.comparing import batched
from himpun.archive.journal import CONSOLE, SYSTEM, Turn, act, head_mac
from himpun.archive.models import ChainHead, Record
from himpun.archive.seals import BEGUN, BEGUN_CHAIN, CHUNK, ROWS_WRITTEN, SEALED, Kind

FILE_ROWS = 100_000
"""So many rows in one file, of the tables that hold very many."""
HEADS = ChainHead._meta.label_lower
"""Stands among the tables for the heads of the chains, which are proven by a key since."""


@transaction.atomic
def seal_existing() -> int:
    """Seal the rows of every table not sealed before, as they stand; returns how many. Safe to repeat."""
    before = Record.objects.filter(chain=BEGUN_CHAIN, act=BEGUN).values_list("data", flat=True)
    known = {label for data in before for label in json.loads(data)["tables"]}
    fresh = [kind for label, kind in SEALED.items() if label not in known]
    if not fresh and HEADS in known:
        return 0
    with act(BEGUN_CHAIN, at=clock.now(), author=SYSTEM) as turn:
        count = sum(_seal(turn, kind) for kind in fresh)
        tables = sorted([*(kind.label for kind in fresh), *({HEADS} - known)])
        turn.record(BEGUN, "rows:begun", {"tables": tables, "rows": count})
    if HEADS not in known:
        _prove_heads()
    return count


@transaction.atomic
def prove_heads_anew() -> int:
    """Put the present key's seal on every chain, by the administrator's word: the old key was lost. Returns how many."""
    with act(BEGUN_CHAIN, at=clock.now(), author=CONSOLE) as turn:
        turn.record("archive:heads:sealed", "rows:heads", {"chains": ChainHead.objects.count()})
    return _prove_heads()


def _prove_heads() -> int:
    heads = list(ChainHead.objects.filter(seq__gt=0))
    for head in heads:
        head.mac = head_mac(head.chain, head.seq, head.digest)
    ChainHead.objects.bulk_update(heads, ["mac"], batch_size=CHUNK)
    return len(heads)


def _seal(turn: Turn, kind: Kind) -> int:
    drafts = kind.when if kind.by_hand and kind.when is not None else Q()
    there = kind.model._base_manager.filter(drafts)
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
