"""Rendering as background work: idempotent, from stored content to a file in the archive.

The first who needs the file may render it too; whoever comes second finds it there. Never writes a second file for a
version: the content is fixed and the rendering deterministic.
"""

from collections.abc import Mapping
from typing import Any

from django_tasks import task

from himpun import clock
from himpun.archive import files
from himpun.archive.journal import SYSTEM, act
from himpun.documents import proof
from himpun.documents.issue import issued_content
from himpun.documents.models import Approval, Document, DocumentVersion
from himpun.documents.pictures import with_pictures
from himpun.documents.rendering import render

PDF = "application/pdf"


@task()
def render_version(version_id: int) -> None:
    """Render a version and, once it is signed, the issued document."""
    version = DocumentVersion.objects.select_related("document__office").get(pk=version_id)
    ensure_rendered(version)
    ensure_issued(version)


def enqueue_rendering(version_id: int) -> None:
    """Ask the worker, in the same transaction, to render a version."""
    render_version.enqueue(version_id)


def ensure_rendered(version: DocumentVersion) -> str:
    """The SHA-256 of the version's PDF, rendering it first where nobody has."""
    if not version.file_sha256:
        _render_into(version, "file_sha256", version.content, "documents:version:rendered")
    return version.file_sha256


def ensure_issued(version: DocumentVersion) -> str:
    """The SHA-256 of the signed document as issued (number, paraf, signature, QR); "" while it is not signed.

    Raises DocumentAltered where what is to be issued is not what the journal recorded.
    """
    if version.signed_sha256 or not is_signed(version):
        return version.signed_sha256
    proof.check(version)
    _render_into(version, "signed_sha256", issued_content(version), "documents:document:issued")
    return version.signed_sha256


def is_signed(version: DocumentVersion) -> bool:
    """Whether the version bears a signature."""
    return version.approvals.filter(kind=Approval.Kind.SIGNATURE).exists()


def _render_into(version: DocumentVersion, field: str, content: Mapping[str, Any], name: str) -> None:
    document = version.document
    sha256 = files.store(render(document.kind, with_pictures(content), made_at=version.made_at), media_type=PDF)
    with act(document.office.code, at=clock.now(), author=SYSTEM) as turn:
        changed = DocumentVersion.objects.filter(pk=version.pk, **{field: ""}).update(**{field: sha256})
        if changed:
            data = {"document": document.pk, "kind": document.kind, "title": document.title, "version": version.no}
            turn.record(name, document.subject, data, file_sha256=sha256)
    version.refresh_from_db(fields=[field])


def render_waiting() -> int:
    """Render everything that waits; returns how many. For the tour and for a first look after a restore."""
    waiting = DocumentVersion.objects.filter(file_sha256="").select_related("document__office")
    count = 0
    for version in waiting:
        ensure_rendered(version)
        count += 1
    for document in Document.objects.filter(kind=Document.Kind.PERFORMANCE).select_related("office"):
        count += bool(not document.latest.signed_sha256 and ensure_issued(document.latest))
    return count
