"""Files that show where a figure comes from."""

from django.conf import settings
from django.db import transaction

from himpun import clock
from himpun.archive import files
from himpun.archive.content import ContentRefused, check
from himpun.archive.incoming import Incoming
from himpun.errors import FieldErrors
from himpun.indicators.models.requests import DataRequest, Evidence, RequestLine
from himpun.indicators.requests.filling import check_may_fill, locked_request
from himpun.offices.models.people import Person


def attach_evidence(*, line_id: int, name: str, content: bytes | Incoming, by: Person) -> Evidence:
    """Attach a file to a line; what kind it is, its bytes say.

    Raises NotYourRequest, RequestClosed, or FieldErrors for a file too large or of another kind.
    """
    check_may_fill(DataRequest.objects.select_related("unit").get(lines=line_id), by)
    media_type = check_evidence(name, content)
    sha256 = files.store(content, media_type=media_type)
    with transaction.atomic():
        check_may_fill(locked_request(line_id), by)
        evidence, _ = Evidence.objects.get_or_create(
            line_id=line_id,
            sha256=sha256,
            defaults={
                "name": name[-200:],
                "size": len(content),
                "media_type": media_type,
                "added_at": clock.now(),
                "added_by": by.name,
            },
        )
    return evidence


def check_evidence(name: str, content: bytes | Incoming) -> str:
    """The media type of a file that may serve as evidence, judged by its content. Raises FieldErrors ("file")."""
    if not content:
        raise FieldErrors({"file": f"{name} kosong. Pilih berkas yang berisi."})
    if len(content) > settings.EVIDENCE_MAX_BYTES:
        raise FieldErrors(
            {
                "file": f"{name} terlalu besar: paling banyak {settings.EVIDENCE_MAX_BYTES // 1_000_000} MB. Perkecil atau pindai ulang."
            }
        )
    try:
        return check(content, name).media_type
    except ContentRefused as refusal:
        raise FieldErrors({"file": str(refusal)}) from refusal


def share_evidence(*, evidence_id: int, line_id: int, by: Person) -> Evidence:
    """Let a file already attached in a request serve another of its lines too. Raises as `attach_evidence` does."""
    with transaction.atomic():
        request = locked_request(line_id)
        check_may_fill(request, by)
        file = Evidence.objects.filter(pk=evidence_id, line__request=request).first()
        if file is None:
            raise FieldErrors(
                {"file": "Berkas itu tidak ada dalam permintaan ini. Muat ulang halaman, lalu pilih lagi."}
            )
        shared, _ = Evidence.objects.get_or_create(
            line_id=line_id,
            sha256=file.sha256,
            defaults={
                "name": file.name,
                "size": file.size,
                "media_type": file.media_type,
                "added_at": clock.now(),
                "added_by": by.name,
            },
        )
    return shared


def detach_evidence(*, evidence_id: int, by: Person) -> RequestLine:
    """Take a file off a line again while the request is open. The stored bytes stay."""
    with transaction.atomic():
        evidence = Evidence.objects.select_related("line").get(pk=evidence_id)
        check_may_fill(locked_request(evidence.line_id), by)
        evidence.delete()
    return evidence.line
