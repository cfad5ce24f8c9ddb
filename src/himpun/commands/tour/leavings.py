"""What a walk leaves in its folder: every version of every document as PDF under a readable name, and the journal."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.utils.text import slugify

from himpun.archive import files
from himpun.archive.models import Record
from himpun.documents.models import Approval, Document, DocumentVersion


def leave_documents(folder: Path) -> list[str]:
    """Write every PDF in the order they were made; returns their names."""
    papers = sorted(_papers(), key=lambda paper: paper[0])
    names = []
    for place, (_, stem, sha256) in enumerate(papers, 1):
        names.append(f"{place:02d}-{stem}.pdf")
        (folder / names[-1]).write_bytes(files.read(sha256))
    return names


def _papers() -> Iterator[tuple[tuple[datetime, int], str, str]]:
    """When it was made, its name without number, and its bytes' digest, for every version and every issued document."""
    for version in DocumentVersion.objects.select_related("document__only_post"):
        last = version.no == version.document.versions.count()
        yield (version.made_at, version.pk), _stem(version, last), version.file_sha256
        if version.signed_sha256:
            signed_at = version.approvals.get(kind=Approval.Kind.SIGNATURE).at
            yield (signed_at, version.pk), f"{_stem(version, last)}-ditandatangani", version.signed_sha256


def _stem(version: DocumentVersion, last: bool) -> str:
    document = version.document
    unit = f"-{slugify(document.only_post.title)}" if document.only_post else ""
    several = "" if last and version.no == 1 else f"-versi-{version.no}"
    return slugify(str(Document.Kind(document.kind).label)) + unit + several + ("" if last else "-digantikan")


def leave_journal(place: Path) -> int:
    """Write the journal, one record a line as JSON, chain by chain in the order of its numbers; returns how many."""
    records = Record.objects.order_by("chain", "seq")
    with place.open("w", encoding="utf-8") as file:
        return sum(bool(file.write(f"{journal_line(record)}\n")) for record in records.iterator(chunk_size=2000))


def journal_line(record: Record) -> str:
    """One record as JSON, with `data` spelled out; sorted and packed again it is the text the digest seals."""
    entry = record.as_entry()
    fields = {name: getattr(entry, name) for name in entry.__slots__}
    spelled = {
        "at": entry.at.isoformat(timespec="microseconds"),
        "data": json.loads(entry.data),
        "digest": record.digest,
    }
    return json.dumps({**fields, **spelled}, ensure_ascii=False)
