"""A file on its way into the archive: written once, where it will stay, and digested meanwhile; never whole in memory.

It lies in a folder of the archive itself, so that keeping it is a rename. What nobody keeps is thrown away.
"""

import hashlib
import os
import secrets
import time
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from himpun.errors import Refusal

FOLDER = "masuk"
STALE = 3600
"""Seconds after which what still lies here was left by a process that ended."""


class UploadTooLarge(Refusal):
    """More bytes than are taken at this place."""

    code = "berkas-terlalu-besar"
    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"Berkas terlalu besar: paling banyak {limit // 1_000_000} MB. Perkecil atau pindai ulang.")


class Incoming:
    """One file as it arrives. Beyond `limit` bytes it is only counted, so that whoever asks can be told its size.

    `len()` and `startswith()` answer as they do for bytes; `open()` reads it.
    """

    def __init__(self, limit: int, *, keep: bool = True) -> None:
        self.limit = limit
        self.size = 0
        self.head = b""
        self.keep = keep
        self.place = incoming_folder() / secrets.token_hex(16)
        self._digest = hashlib.sha256()
        self._file: BinaryIO | None = None

    def __len__(self) -> int:
        return self.size

    def startswith(self, start: bytes | tuple[bytes, ...]) -> bool:
        """Whether it begins so (as far as the first kilobyte tells)."""
        return self.head.startswith(start)

    @property
    def is_whole(self) -> bool:
        """Whether every byte of it was taken."""
        return self.size <= self.limit

    @property
    def sha256(self) -> str:
        """The digest of the bytes so far."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Take the next bytes; one byte beyond the limit is kept, so that readers see that there is more."""
        room = max(self.limit + 1 - self.size, 0)
        self.size += len(chunk)
        taken = chunk[:room]
        if len(self.head) < 1024:
            self.head = (self.head + taken)[:1024]
        self._digest.update(taken)
        if self.keep and (taken or self._file is None):
            self._writing().write(taken)

    def _writing(self) -> BinaryIO:
        if self._file is None:
            self.place.parent.mkdir(parents=True, exist_ok=True)
            self._file = open(self.place, "xb", buffering=0, opener=_for_own_eyes)  # noqa: SIM115
        return self._file

    def open(self) -> BinaryIO:
        """Read what has arrived, from its beginning."""
        if not self.keep:
            raise ValueError("nothing of this file is kept")
        self._writing()
        return self.place.open("rb")

    def move_to(self, place: Path) -> None:
        """Force it to the disk and give it its name. Raises UploadTooLarge for a file that was cut off."""
        if not self.is_whole:
            raise UploadTooLarge(self.limit)
        file = self._writing()
        os.fsync(file.fileno())
        os.replace(self.place, place)
        self.close()

    def close(self) -> None:
        """Write no more."""
        if self._file is not None:
            self._file.close()

    def discard(self) -> None:
        """Throw it away unless it was kept. Safe to repeat."""
        self.close()
        if self.keep:
            self.place.unlink(missing_ok=True)


def _for_own_eyes(place: str, flags: int) -> int:
    return os.open(place, flags, 0o600)


def incoming_folder() -> Path:
    """Where files lie that are on their way into the archive."""
    return Path(settings.ARCHIVE_ROOT) / FOLDER


def sweep_incoming() -> int:
    """Throw away what processes that were killed have left; returns how many files."""
    found = 0
    for place in incoming_folder().glob("*"):
        try:
            if time.time() - place.stat().st_mtime > STALE:
                place.unlink(missing_ok=True)
                found += 1
        except FileNotFoundError:
            continue
    return found
