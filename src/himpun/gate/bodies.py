"""Where the bytes of a body go as they arrive: into memory while they are few, to the disk once where they are many.

The files of a form go straight to the archive's own folder, digested; what is left for the application is the form
with a key in each file's place (`himpun.web.uploads` finds the file by it).
"""

import io
import secrets
import zlib
from typing import BinaryIO

from django.utils.http import parse_header_parameters
from multipart import MultipartError, MultipartSegment, PushMultipartParser

from himpun.archive.incoming import Incoming
from himpun.errors import Refusal
from himpun.gate.limits import KB, Limit
from himpun.web.uploads import KEY_LENGTH

IN_MEMORY = 256 * KB
"""A body without files is kept in memory up to here."""
_SEGMENTS = 6000
_STEP = 256 * KB
_PLAIN = ("", "7bit", "8bit", "binary")


class BodyUnreadable(Refusal):
    """The form is not put together as forms are."""

    code = "kiriman-tidak-terbaca"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            "Kiriman tidak terbaca: susunannya rusak atau terputus. Muat ulang halamannya, lalu kirim lagi."
        )


class BodyTooLarge(Refusal):
    """More than is taken at this address."""

    code = "kiriman-terlalu-besar"
    status = 413

    def __init__(self, limit: Limit) -> None:
        most = f"tiap berkas paling banyak {limit.file // 1_000_000} MB" if limit.file else _said(limit.fields)
        super().__init__(f"Kiriman terlalu besar untuk alamat ini: {most}. Perkecil atau bagi, lalu kirim lagi.")


def _said(size: int) -> str:
    return f"paling banyak {size // KB} KB" if size < 1_000_000 else f"paling banyak {size // 1_000_000} MB"


class PlainBody:
    """A body that is no form with files."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.files: dict[str, Incoming] = {}
        self._memory = bytearray()
        self._spool: Incoming | None = None

    @property
    def size(self) -> int:
        """How many bytes the application will read."""
        return self._spool.size if self._spool else len(self._memory)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes. Raises BodyTooLarge."""
        if self.size + len(chunk) > self.limit.fields:
            raise BodyTooLarge(self.limit)
        if self._spool is None and len(self._memory) + len(chunk) <= IN_MEMORY:
            self._memory += chunk
            return
        if self._spool is None:
            self._spool = Incoming(self.limit.fields)
            self._spool.write(bytes(self._memory))
            self._memory.clear()
        self._spool.write(chunk)

    def finish(self) -> None:
        """All has arrived."""

    def open(self) -> BinaryIO:
        """What the application reads."""
        return self._spool.open() if self._spool else io.BytesIO(self._memory)

    def discard(self) -> None:
        """Throw away what nobody kept."""
        if self._spool:
            self._spool.discard()


class FormBody:
    """A form with files, taken apart while it arrives."""

    def __init__(self, limit: Limit, boundary: str) -> None:
        self.limit = limit
        self.files: dict[str, Incoming] = {}
        self._boundary = boundary.encode("latin-1")
        self._out = bytearray()
        self._file: Incoming | None = None
        try:
            self._parser = PushMultipartParser(self._boundary, max_header_size=8 * KB, max_segment_count=_SEGMENTS)
        except MultipartError as error:
            raise BodyUnreadable from error

    @property
    def size(self) -> int:
        """How many bytes the application will read: the form with keys in place of files."""
        return len(self._out)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes. Raises BodyTooLarge or BodyUnreadable."""
        try:
            for event in self._parser.parse(chunk):
                if isinstance(event, MultipartSegment):
                    self._begin(event)
                elif event:
                    self._take(bytes(event))
                else:
                    self._end()
        except MultipartError as error:
            raise BodyUnreadable from error

    def _begin(self, segment: MultipartSegment) -> None:
        headers = [(name.lower(), value) for name, value in segment.headerlist]
        if any(name == "content-transfer-encoding" and value.lower() not in _PLAIN for name, value in headers):
            raise BodyUnreadable
        lines = [f"{name}: {value}" for name, value in headers]
        self._add(b"--" + self._boundary + b"\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n")
        if any(_names_a_file(line) for line in lines):
            if len(self.files) >= self.limit.files:
                raise BodyTooLarge(self.limit)
            key = secrets.token_hex(KEY_LENGTH // 2)
            keep = bool(self.limit.file) and not self.limit.digest_only
            self._file = self.files[key] = Incoming(self.limit.file, keep=keep)
            self._add(key.encode())

    def _take(self, data: bytes) -> None:
        if self._file is None:
            self._add(data)
        else:
            self._file.write(data)

    def _add(self, data: bytes) -> None:
        if len(self._out) + len(data) > self.limit.fields:
            raise BodyTooLarge(self.limit)
        self._out += data

    def _end(self) -> None:
        self._file = None
        self._out += b"\r\n"

    def finish(self) -> None:
        """All has arrived. Raises BodyUnreadable for a form that ends before its end."""
        try:
            self._parser.close()
        except MultipartError as error:
            raise BodyUnreadable from error
        self._out += b"--" + self._boundary + b"--\r\n"

    def open(self) -> BinaryIO:
        """What the application reads."""
        return io.BytesIO(self._out)

    def discard(self) -> None:
        """Throw away what nobody kept."""
        for incoming in self.files.values():
            incoming.discard()


def _names_a_file(line: str) -> bool:
    """Whether Django will take the part for a file; asked of its own reader so that both always agree."""
    try:
        name, options = parse_header_parameters(line)
    except ValueError:
        return False
    return name.partition(":")[0].strip() == "content-disposition" and bool(options.get("filename"))


Body = PlainBody | FormBody


class Unpacking:
    """A gzipped body, unpacked no further than its limit allows: a bomb ends at the limit."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self._zip = zlib.decompressobj(wbits=31)
        self._total = 0

    def feed(self, chunk: bytes) -> None:
        """Unpack the next bytes. Raises BodyTooLarge or BodyUnreadable."""
        try:
            while chunk:
                if self._zip.eof:  # another member follows: some programs pack a long body in several
                    chunk = chunk.lstrip(b"\0")
                    if not chunk:
                        return
                    self._zip = zlib.decompressobj(wbits=31)
                plain = self._zip.decompress(chunk, _STEP)
                self._total += len(plain)
                if self._total > self.body.limit.whole:
                    raise BodyTooLarge(self.body.limit)
                if plain:
                    self.body.feed(plain)
                chunk = self._zip.unconsumed_tail or self._zip.unused_data
        except zlib.error as error:
            raise BodyUnreadable from error

    def finish(self) -> None:
        """All has arrived."""
        if not self._zip.eof:
            raise BodyUnreadable
        self.body.finish()
