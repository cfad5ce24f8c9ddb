"""Uploaded files as the views see them: lying in the archive's own folder already, digested, never whole in memory.

Behind the gate a file has been received before the view's thread began, and its part of the form holds only the key
under which it lies. Without the gate (tests, another server) the same handler takes the bytes itself.
"""

import io
from typing import IO, Any, cast

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from himpun.archive.incoming import Incoming

RECEIVED = "himpun.received"
"""The key of a request's META under which the gate leaves {key: Incoming}."""
KEY_LENGTH = 64


class UploadUnknown(SuspiciousOperation):
    """A part of the form names no file that was received with it."""


class ReceivedFile(UploadedFile[bytes]):
    """An upload whose bytes lie where they will stay; `incoming` is what the archive stores."""

    def __init__(self, incoming: Incoming, name: str, content_type: str | None, field_name: str | None) -> None:
        file: IO[bytes] = incoming.open() if incoming.keep else io.BytesIO()
        super().__init__(file, name, content_type, incoming.size, None)
        self.incoming = incoming
        self.field_name = field_name

    def close(self) -> None:
        """The request is over: what nobody stored goes."""
        if self.file is not None:
            self.file.close()
        self.incoming.discard()


class ReceivingHandler(FileUploadHandler):
    """Takes over what the gate received, or receives it here."""

    keep = True

    def new_file(self, *arguments: Any, **given: Any) -> None:
        super().new_file(*arguments, **given)
        self.received = cast(dict[str, Incoming] | None, self._meta.get(RECEIVED))
        self.key = b""
        self.incoming = Incoming(settings.UPLOAD_MAX_BYTES, keep=self.keep) if self.received is None else None

    @property
    def _meta(self) -> dict[str, Any]:
        return self.request.META if self.request is not None else {}

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write it down; behind the gate this is only the key of a file."""
        if self.incoming is not None:
            self.incoming.write(raw_data)
        elif len(self.key) <= KEY_LENGTH:
            self.key += raw_data

    def file_complete(self, file_size: int) -> ReceivedFile:
        incoming = self.incoming
        if incoming is None:
            incoming = (self.received or {}).get(self.key.decode("ascii", "replace"))
            if incoming is None:
                raise UploadUnknown("a file that was not received")
        return ReceivedFile(incoming, self.file_name or "", self.content_type, self.field_name)

    def upload_interrupted(self) -> None:
        if self.incoming is not None:
            self.incoming.discard()


class DigestingHandler(ReceivingHandler):
    """Takes only the size and the SHA-256 of a file, and keeps nothing of it."""

    keep = False


def incoming_of(request: HttpRequest, field: str) -> tuple[str, Incoming] | None:
    """The name and the bytes of the file in a form's field; None where none was chosen."""
    upload = request.FILES.get(field)
    if upload is None or not upload.name:
        return None
    return upload.name, cast(ReceivedFile, upload).incoming
