"""Rendering as background work: idempotent, from stored content to a file in the archive.

The first who needs the file may render it too; whoever comes second finds it there. Never writes a second file for a
version: the content is fixed and the rendering deterministic. A version that cannot be rendered says why, waits longer
after each failure, and stands in nobody's way.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from himpun import clock, moments
from himpun.archive import files
from himpun.archive.journal import SYSTEM, act
from himpun.documents import proof
from himpun.documents.issue import issued_content
from himpun.documents.models import Approval, DocumentVersion
from himpun.documents.pictures import with_pictures
from himpun.documents.rendering import BadContent, render
from himpun.errors import Refusal
from himpun.notifications.actions import tell
from himpun.offices.models.offices import Post
from himpun.offices.rules import MAY_MANAGE_OFFICE
from himpun.places import place

PDF = "application/pdf"
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
TOLD_AFTER = 3
"""Failures of one version after which the office is told."""

log = structlog.get_logger("himpun.documents")


class StillFailing(Refusal):
    """The version could not be rendered, and its next try is not due yet."""

    code = "berkas-gagal-dibuat"
    status = 503

    def __init__(self, version: DocumentVersion, retry_at: datetime) -> None:
        super().__init__(
            f"Berkas naskah ini sudah {version.failures} kali gagal dibuat. {version.failure} "
            f"Dicoba lagi sesudah {moments.numeric(timezone.localtime(retry_at))}."
        )


@task()
def render_version(version_id: int) -> None:
    """Render a version and, once it is signed, the issued document."""
    version = DocumentVersion.objects.select_related("document__office").get(pk=version_id)
    _made(ensure_rendered, version)
    _made(ensure_issued, version)


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


def made_ready(version: DocumentVersion) -> str:
    """Render what is still to be rendered of a version; "" or the sentence that says why it cannot be."""
    try:
        ensure_rendered(version)
        ensure_issued(version)
    except Refusal as refusal:
        return str(refusal)
    return ""


def is_signed(version: DocumentVersion) -> bool:
    """Whether the version bears a signature."""
    return version.approvals.filter(kind=Approval.Kind.SIGNATURE).exists()


def _render_into(version: DocumentVersion, field: str, content: Mapping[str, Any], name: str) -> None:
    document = version.document
    if version.retry_at and version.retry_at > clock.now():
        raise StillFailing(version, version.retry_at)
    try:
        pdf = render(document.kind, _drawn(document.kind, content), made_at=version.made_at)
    except Refusal as refusal:
        _failed(version, refusal)
        raise
    sha256 = files.store(pdf, media_type=PDF)
    with act(document.office.code, at=clock.now(), author=SYSTEM) as turn:
        done = {field: sha256, "failures": 0, "failure": "", "retry_at": None}
        if field == "signed_sha256":
            done["unissued"] = None
        changed = DocumentVersion.objects.filter(pk=version.pk, **{field: ""}).update(**done)
        if changed:
            data = {"document": document.pk, "kind": document.kind, "title": document.title, "version": version.no}
            turn.record(name, document.subject, data, file_sha256=sha256)
    version.refresh_from_db(fields=[field])


def _drawn(kind: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        drawn: Mapping[str, Any] = with_pictures(kind, content)
    except ValueError as wrong:
        raise BadContent(kind, [f"grafiknya tidak dapat digambar ({wrong})"]) from wrong
    return drawn


def _failed(version: DocumentVersion, refusal: Refusal) -> None:
    """Count a failure and put the next try off: twice as long each time."""
    failures = version.failures + 1
    wait = min(FIRST_WAIT * 2 ** min(failures - 1, 12), LONGEST_WAIT)
    counted = {"failures": failures, "failure": str(refusal)[:500], "retry_at": clock.now() + wait}
    changed = DocumentVersion.objects.filter(pk=version.pk, failures=version.failures).update(**counted)
    document = version.document
    log.error(
        "rendering-failed", document=document.pk, version=version.no, failures=failures, why=type(refusal).__name__
    )
    version.refresh_from_db(fields=list(counted))
    if changed and failures == TOLD_AFTER:
        _tell_office(version)


def _tell_office(version: DocumentVersion) -> None:
    document = version.document
    with act(document.office.code, at=clock.now(), author=SYSTEM) as turn:
        data = {
            "document": document.pk,
            "title": document.title,
            "version": version.no,
            "failures": version.failures,
            "why": version.failure,
        }
        turn.record("documents:version:failed", document.subject, data)
        posts = Post.objects.filter(office=document.office, role__in=MAY_MANAGE_OFFICE)
        text = f"Berkas {document.title} gagal dibuat. {version.failure}"
        tell(turn, posts=list(posts), text=text, place=place("document", document.pk))


def render_waiting() -> int:
    """Render everything that waits and whose turn it is; returns how many. One that fails costs the others nothing.

    What waits is found by two indexes, so that it costs the same however much has been made.
    """
    due = DocumentVersion.objects.filter(Q(retry_at__isnull=True) | Q(retry_at__lte=clock.now()))
    due = due.select_related("document__office")
    waiting = [(ensure_rendered, version) for version in due.filter(file_sha256="")]
    waiting += [(ensure_issued, version) for version in due.filter(unissued=True)]
    return sum(_made(make, version) for make, version in waiting)


def _made(make: Callable[[DocumentVersion], str], version: DocumentVersion) -> bool:
    try:
        return bool(make(version))
    except Refusal:
        return False  # counted and told already
    except Exception:
        log.exception("rendering-broken", document=version.document_id, version=version.no)
        return False
