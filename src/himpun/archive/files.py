"""Files kept by content: the name of a file is the SHA-256 of its bytes, so a changed file is a wrong name.

A file is written beside its place, forced to disk and renamed, so that a killed process leaves either the whole file
or none. Storing the same bytes twice keeps one file. An upload arrives as `Incoming`, already written and digested:
storing it is a rename.
"""

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from himpun import clock
from himpun.archive.incoming import Incoming, UploadTooLarge
from himpun.archive.models import StoredFile
from himpun.errors import Refusal


class FileMissing(Refusal):
    """The archive has no such file."""

    code = "berkas-tidak-ada"
    status = 404

    def __init__(self, sha256: str) -> None:
        super().__init__(
            f"Berkas {sha256[:12]}… tidak ada di arsip. Jalankan `himpun verify-archive` dan pulihkan dari cadangan."
        )


def file_of(sha256: str) -> Path:
    """Where the file with this digest lies."""
    return Path(settings.ARCHIVE_ROOT) / sha256[:2] / sha256[2:4] / sha256


def store(content: bytes | Incoming, *, media_type: str) -> str:
    """Keep `content` and return its SHA-256 (64 hex digits). Safe to repeat. Raises UploadTooLarge for a cut upload."""
    if isinstance(content, Incoming) and not content.is_whole:
        raise UploadTooLarge(content.limit)
    sha256 = content.sha256 if isinstance(content, Incoming) else hashlib.sha256(content).hexdigest()
    place = file_of(sha256)
    if not place.exists():
        _write_whole(place, content)
    StoredFile.objects.get_or_create(
        sha256=sha256,
        defaults={"size": len(content), "media_type": media_type, "stored_at": clock.now()},
    )
    return sha256


def _write_whole(place: Path, content: bytes | Incoming) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Incoming):
        content.move_to(place)
        _sync_folder(place.parent)
        return
    handle, beside = tempfile.mkstemp(dir=place.parent, prefix=".baru-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, place)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)
        raise
    _sync_folder(place.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(sha256: str) -> bytes:
    """The bytes kept under this digest. Raises FileMissing."""
    try:
        return file_of(sha256).read_bytes()
    except FileNotFoundError as error:
        raise FileMissing(sha256) from error
