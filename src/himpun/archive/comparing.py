"""What the tables say held against what the journal recorded, row by row: a row that was changed, added or deleted
behind Himpun's back is named with the record it no longer agrees with.

The journal is read once, in the order of writing, into a table of its own in a temporary file, so that a country's
archive needs no more memory than an office's.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Model

from himpun.archive import bulk, files
from himpun.archive.models import Record
from himpun.archive.seals import CHUNK, ROWS_WRITTEN, SEALED, Kind

T = TypeVar("T")
Fields = Mapping[str, Any]
Says = Callable[[Record, Any], Iterable[tuple[str, Fields]]]

SAID_BY_ACTS: dict[str, Says] = {}
"""Act → what its record alone says of rows: (key, fields), for what is written by SQL of our own in the hot path."""


class Said:
    """What the journal says of every row, the last word of each field, and which record it stands in."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._kept = sqlite3.connect("")
        self._kept.execute("CREATE TABLE said (key TEXT PRIMARY KEY, fields TEXT, place TEXT) WITHOUT ROWID")
        self.unread: list[str] = []
        self._last: dict[str, int] = {}
        for record in records:
            self._in_order(record)
            self._take(record)

    def _in_order(self, record: Record) -> None:
        """The key by which records are read is in no digest: moved, an older word would be the last one."""
        if record.seq <= self._last.get(record.chain, 0):
            self.unread.append(
                f"Catatan nomor {record.seq} pada rantai {record.chain} tersimpan sesudah catatan nomor "
                f"{self._last[record.chain]}: urutannya diubah."
            )
        self._last[record.chain] = record.seq

    def _take(self, record: Record) -> None:
        data, place = json.loads(record.data), f"nomor {record.seq} pada rantai {record.chain}"
        if record.act != ROWS_WRITTEN:
            self._put_over([(key, fields, place) for key, fields in SAID_BY_ACTS[record.act](record, data)])
            return
        self._put([(key, fields, place) for key, fields in data.get("rows", {}).items()])
        if "bulk" in data:
            self._take_many(record.file_sha256, place)
        ended = [(key,) for key in (*data.get("gone", ()), *data.get("released", ()))]
        self._kept.executemany("DELETE FROM said WHERE key = ?", ended)

    def _take_many(self, sha256: str, place: str) -> None:
        try:
            for chunk in batched(bulk.sealed_rows(sha256), CHUNK):
                self._put_over([(key, fields, place) for key, fields in chunk])
        except (files.FileMissing, ValueError):
            self.unread.append(f"Daftar baris {sha256} yang disebut catatan {place} tidak dapat dibaca.")

    def _put(self, rows: Iterable[tuple[str, Fields, str]]) -> None:
        self._kept.executemany(
            "INSERT OR REPLACE INTO said VALUES (?, ?, ?)",
            [(key, json.dumps(fields), place) for key, fields, place in rows],
        )

    def _put_over(self, rows: list[tuple[str, Fields, str]]) -> None:
        """What is said of some fields, over what was said before of the others."""
        earlier = self.of([key for key, _, _ in rows])
        self._put((key, {**earlier.get(key, ({}, ""))[0], **fields}, place) for key, fields, place in rows)

    def of(self, keys: list[str]) -> dict[str, tuple[dict[str, Any], str]]:
        """What is said of these rows, and where."""
        marks = ", ".join("?" * len(keys))
        rows = self._kept.execute(f"SELECT key, fields, place FROM said WHERE key IN ({marks})", keys)  # noqa: S608
        return {key: (json.loads(fields), place) for key, fields, place in rows}

    def of_table(self, kind: Kind) -> Iterator[tuple[str, dict[str, Any]]]:
        """What is said of every row of a table."""
        rows = self._kept.execute("SELECT key, fields FROM said WHERE key >= ? AND key < ?", _span(kind))
        for key, fields in rows:
            yield key, json.loads(fields)

    def missing(self, kind: Kind, there: set[Any]) -> Iterator[tuple[str, str]]:
        """The keys of this table that the journal knows and `there` has not, with the place that names them."""
        rows = self._kept.execute(
            "SELECT key, place FROM said WHERE key >= ? AND key < ? ORDER BY LENGTH(key), key", _span(kind)
        )
        for key, place in rows:
            if key.rpartition(":")[2] not in there:
                yield key, place


def _span(kind: Kind) -> tuple[str, str]:
    """Between which texts the keys of a table lie."""
    return f"{kind.label}:", f"{kind.label};"


ALSO: list[Callable[["Said"], Iterator[str]]] = []
"""What rooms hold against the journal in a way of their own."""


def said_by_journal() -> Said:
    """Everything the journal says of rows."""
    records = Record.objects.filter(act__in=[ROWS_WRITTEN, *SAID_BY_ACTS])
    return Said(records.order_by("id").iterator(chunk_size=CHUNK))


def differences(said: Said | None = None, kinds: Iterable[Kind] | None = None) -> Iterator[str]:
    """Each difference between the sealed tables and the journal, as a sentence."""
    said = said or said_by_journal()
    yield from said.unread
    for kind in SEALED.values() if kinds is None else kinds:
        keys = list(kind.model._base_manager.order_by("pk").values_list("pk", flat=True))
        must = _must_be_sealed(kind)
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK]
            rows, unreadable = _read(kind, chunk)
            yield from unreadable
            yield from _of_rows(kind, rows, said.of([kind.key(pk) for pk in chunk]), must)
        for key, place in said.missing(kind, {str(pk) for pk in keys}):
            yield f"{kind.noun} nomor {key.rpartition(':')[2]} hilang dari tabel; jurnal mencatatnya pada catatan {place}."
    for check in ALSO if kinds is None else ():
        yield from check(said)


def differences_of(rows: Iterable[Model], said: Said) -> Iterator[str]:
    """The differences of just these rows, for who shows them."""
    for row in rows:
        kind = SEALED[row._meta.label_lower]
        yield from _of_rows(kind, [row], said.of([kind.key(row.pk)]), None)


def count_sealed() -> int:
    """How many rows the sealed tables hold."""
    return sum(kind.model._base_manager.count() for kind in SEALED.values())


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items, so many at a time."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def _must_be_sealed(kind: Kind) -> set[Any] | None:
    """The keys of the rows that must be known to the journal; None for all of them."""
    return None if kind.when is None else set(kind.model._base_manager.filter(kind.when).values_list("pk", flat=True))


def _read(kind: Kind, keys: list[Any]) -> tuple[list[Model], list[str]]:
    """The rows, and a sentence for each that holds what its table cannot hold."""
    try:
        return list(kind.rows(keys)), []
    except (ArithmeticError, ValueError, TypeError):
        if len(keys) == 1:
            return [], [f"{kind.noun} nomor {keys[0]} di tabel berisi nilai yang tidak dapat dibaca."]
    halves = _read(kind, keys[: len(keys) // 2]), _read(kind, keys[len(keys) // 2 :])
    return halves[0][0] + halves[1][0], halves[0][1] + halves[1][1]


def _of_rows(
    kind: Kind, rows: Iterable[Model], known: Mapping[str, tuple[Fields, str]], must: set[Any] | None
) -> Iterator[str]:
    for row in rows:
        fields, place = known.get(kind.key(row.pk), ({}, ""))
        if fields:
            yield from _of_row(kind, row, fields, place)
        elif must is None or row.pk in must:
            yield f"{kind.noun} nomor {row.pk} ({_short(str(row))}) ada di tabel, tetapi tidak pernah dicatat jurnal."


def _of_row(kind: Kind, row: Model, fields: Fields, place: str) -> Iterator[str]:
    now = kind.content(row)
    for name, recorded in fields.items():
        if name in now and now[name] != recorded:
            yield (
                f"{kind.noun} nomor {row.pk}: {kind.called(name)} ({name}) di tabel {_short(now[name])}, "
                f"di jurnal {_short(recorded)} (catatan {place})."
            )


def _short(value: Any) -> str:
    text = "kosong" if value in (None, "", []) else str(value)
    if text.startswith("sha256:"):
        return f"berisi lain ({text[:19]}…)"
    return f"“{text if len(text) <= 80 else text[:79] + '…'}”"
