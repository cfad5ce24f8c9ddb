"""The hash chain of the journal. Pure: entries in, digests or faults out.

Each entry's digest is the SHA-256 of the canonical JSON of its fields together with the digest before it, so an entry
that is altered, removed or moved breaks the chain at a place that can be named.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: who (person and post, as text), when, what, about what, with which file."""

    chain: str
    seq: int
    at: datetime
    person: str
    person_name: str
    post: str
    post_title: str
    act: str
    subject: str
    data: str
    file_sha256: str
    previous: str


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing wrong with a chain; `sentence` says it in Indonesian."""

    chain: str
    seq: int
    kind: str
    sentence: str


def canonical(value: Any) -> str:
    """JSON with one spelling only: sorted keys, no spaces, no ASCII escapes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def digest(entry: Entry) -> str:
    """The SHA-256 (64 hex digits) that seals `entry` to the one before it."""
    fields = (
        entry.chain,
        entry.seq,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.person,
        entry.person_name,
        entry.post,
        entry.post_title,
        entry.act,
        entry.subject,
        entry.data,
        entry.file_sha256,
        entry.previous,
    )
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def first_fault(chain: str, entries: Iterable[tuple[Entry, str]], head: tuple[int, str] | None) -> Fault | None:
    """Walk `entries` (with their stored digests, in the order of seq) and name the first fault, or None.

    `head` is the number and digest of the last entry as kept apart from the entries, or None when there is none.
    """
    previous, expected = GENESIS, 1
    for entry, stored in entries:
        if fault := _entry_fault(chain, entry, stored, previous, expected):
            return fault
        previous, expected = stored, expected + 1
    if head is not None and head != (expected - 1, previous):
        return _tail_fault(chain, head, expected - 1)
    return None


def _entry_fault(chain: str, entry: Entry, stored: str, previous: str, expected: int) -> Fault | None:
    if entry.seq != expected:
        return Fault(chain, expected, "removed", f"Catatan nomor {expected} pada rantai {chain} hilang.")
    if digest(entry) != stored:
        return Fault(chain, entry.seq, "altered", f"Catatan nomor {entry.seq} pada rantai {chain} telah diubah.")
    if entry.previous != previous:
        return Fault(
            chain,
            entry.seq,
            "reordered",
            f"Catatan nomor {entry.seq} pada rantai {chain} tidak menyambung ke catatan sebelumnya: urutannya diubah.",
        )
    return None


def _tail_fault(chain: str, head: tuple[int, str], last: int) -> Fault:
    if head[0] > last:
        return Fault(
            chain,
            last + 1,
            "removed",
            f"Catatan nomor {last + 1} sampai {head[0]} pada rantai {chain} hilang dari ujungnya.",
        )
    return Fault(
        chain,
        last,
        "altered",
        f"Ujung rantai {chain} tidak cocok dengan catatan nomor {last}: catatan ditulis ulang atau ditambah di luar Himpun.",
    )
