"""Checking the archive: every chain from its first record to its head, every file against its name, every row of the
sealed tables against what the journal recorded of it."""

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from himpun.archive import chain, comparing, files
from himpun.archive.journal import is_proven
from himpun.archive.models import ChainHead, Record, StoredFile
from himpun.archive.seals import CHUNK, SEALED


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what is wrong (sentences; empty when all is well)."""

    chains: int
    records: int
    files: int
    rows: int
    faults: list[str]


@contextmanager
def _one_moment() -> Iterator[None]:
    """Journal and tables as they are at one moment, while the office works on: nobody waits for the check."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        postgres = connection.vendor == "postgresql"
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if postgres else "BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def verify() -> Report:
    """Check everything. The first fault of each chain and every wrong file is named."""
    with _one_moment():
        return _verify()


def _verify() -> Report:
    heads = {head.chain: (head.seq, head.digest) for head in ChainHead.objects.all()}
    names = sorted(set(heads) | set(Record.objects.values_list("chain", flat=True).distinct()))
    broken = {name: fault.sentence for name in names if (fault := _chain_fault(name, heads))}
    faults = [*broken.values(), *_heads_faults(without=broken)]
    faults += _files_faults()
    faults += comparing.differences()
    return Report(len(names), Record.objects.count(), StoredFile.objects.count(), comparing.count_sealed(), faults)


def _heads_faults(without: Collection[str]) -> Iterator[str]:
    for head in ChainHead.objects.exclude(chain__in=without).order_by("chain"):
        if not is_proven(head.chain, head.seq, head.digest, head.mac):
            yield (
                f"Ujung rantai {head.chain} (catatan nomor {head.seq}) tidak bermeterai kunci Himpun: jurnal ditulis di luar Himpun, "
                "atau secret-key di HIMPUN_VAR bukan kunci arsip ini."
            )


def _chain_fault(name: str, heads: dict[str, tuple[int, str]]) -> chain.Fault | None:
    rows = Record.objects.filter(chain=name).order_by("seq").iterator(chunk_size=2000)
    return chain.first_fault(name, ((row.as_entry(), row.digest) for row in rows), heads.get(name, (0, chain.GENESIS)))


def _files_faults() -> Iterator[str]:
    known = set()
    for sha256 in StoredFile.objects.order_by("sha256").values_list("sha256", flat=True).iterator():
        known.add(sha256)
        yield from _file_faults(sha256)
    for sha256, name, seq in (
        Record.objects.exclude(file_sha256="").values_list("file_sha256", "chain", "seq").iterator()
    ):
        if sha256 not in known:
            known.add(sha256)
            yield f"Berkas {sha256} yang disebut catatan nomor {seq} pada rantai {name} tidak terdaftar di arsip."
    for kind in SEALED.values():
        for field in kind.files:
            named = kind.model._base_manager.exclude(**{field: ""}).order_by("pk").values_list("pk", field)
            for pk, sha256 in named.iterator(chunk_size=CHUNK):
                if sha256 not in known:
                    known.add(sha256)
                    yield f"Berkas {sha256} yang disebut {kind.noun} nomor {pk} tidak terdaftar di arsip."


def _file_faults(sha256: str) -> Iterator[str]:
    try:
        content = files.read(sha256)
    except files.FileMissing:
        yield f"Berkas {sha256} hilang dari {files.file_of(sha256)}."
        return
    if hashlib.sha256(content).hexdigest() != sha256:
        yield f"Berkas {files.file_of(sha256)} telah berubah: isinya tidak lagi cocok dengan namanya."
