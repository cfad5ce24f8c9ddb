"""What the journal proves of a signed document, for whoever shows or issues it.

Which version was signed is read from the journal; the rows of the document, the version and its approvals are then
held against what the journal recorded of them. Where they differ nothing of the document is shown or issued.
"""

import json
from functools import reduce
from operator import or_

import structlog
from django.db.models import Q

from himpun.archive import chain
from himpun.archive.comparing import Said, differences_of
from himpun.archive.journal import is_proven
from himpun.archive.models import ChainHead, Record
from himpun.archive.seals import BEGUN_CHAIN, ROWS_WRITTEN, SEALED
from himpun.documents.models import Approval, Document, DocumentVersion
from himpun.errors import Conflict

log = structlog.get_logger()
SIGNED = f"documents:version:{Approval.Kind.SIGNATURE}"


class DocumentAltered(Conflict):
    """The database says something else of a signed document than the journal."""

    code = "tidak-cocok-jurnal"

    def __init__(self) -> None:
        super().__init__(
            "Isi basis data tentang dokumen ini tidak cocok dengan jurnal arsip, jadi dokumen ini tidak ditampilkan dan tidak "
            "diterbitkan. Minta pengelola menjalankan `himpun verify-archive`, lalu memulihkan basis data dari cadangan."
        )


def signed_version(document: Document) -> DocumentVersion | None:
    """The newest version that the journal says was signed; None while none is. Raises DocumentAltered."""
    records = Record.objects.filter(chain=document.office.code, subject=document.subject, act=SIGNED)
    told = [json.loads(record.data) for record in records]
    signed = {int(data["version"]) for data in told if data.get("document") == document.pk}
    kept = set(
        document.versions.filter(approvals__kind=Approval.Kind.SIGNATURE).order_by().values_list("no", flat=True)
    )
    if signed != kept:
        _refuse(document, [f"ditandatangani menurut jurnal: {sorted(signed)}, menurut tabel: {sorted(kept)}"])
    if not signed:
        return None
    version = document.versions.get(no=max(signed))
    version.document = document
    check(version)
    return version


def check(version: DocumentVersion) -> None:
    """Raises DocumentAltered unless the rows of a version are what the journal recorded."""
    document, approvals = version.document, list(version.approvals.all())
    rows = [document, version, *approvals]
    keys = [SEALED[row._meta.label_lower].key(row.pk) for row in rows]
    mentioned = reduce(or_, (Q(data__contains=f'"{key}"') for key in keys))
    of_version = Q(data__contains=f'"version_id":{version.pk}}}')
    records = list(
        Record.objects.filter(
            mentioned | of_version, act=ROWS_WRITTEN, chain__in=[document.office.code, BEGUN_CHAIN]
        ).order_by("id")
    )
    faults = [f"catatan {record} diubah" for record in records if chain.digest(record.as_entry()) != record.digest]
    faults += _loose(records)
    said = Said(records)
    faults += said.unread
    faults += differences_of(rows, said)
    there = {SEALED[Approval._meta.label_lower].key(one.pk) for one in approvals}
    faults += [
        f"{key} hilang"
        for key, fields in said.of_table(SEALED[Approval._meta.label_lower])
        if fields.get("version_id") == version.pk and key not in there
    ]
    if faults:
        _refuse(document, faults)


def _loose(records: list[Record]) -> list[str]:
    """Those that hang on no chain: not between the record before and the one after, or the chain's head."""
    beside = reduce(or_, (Q(chain=one.chain, seq__in=[one.seq - 1, one.seq + 1]) for one in records), Q(pk=None))
    near = {(one.chain, one.seq): one for one in Record.objects.filter(beside)}
    found = ChainHead.objects.filter(chain__in={one.chain for one in records})
    heads = {head.chain: (head.seq, head.digest) for head in found}
    loose = [
        f"ujung rantai {head.chain} tidak bermeterai"
        for head in found
        if not is_proven(head.chain, head.seq, head.digest, head.mac)
    ]
    for one in records:
        before, after = near.get((one.chain, one.seq - 1)), near.get((one.chain, one.seq + 1))
        follows = one.previous == (before.digest if before else chain.GENESIS) and (before is not None or one.seq == 1)
        held = after.previous == one.digest if after else heads.get(one.chain) == (one.seq, one.digest)
        if not (follows and held):
            loose.append(f"catatan {one} tidak bersambung")
    return loose


def _refuse(document: Document, faults: list[str]) -> None:
    log.error("document-altered", document=document.pk, faults=faults)
    raise DocumentAltered
