"""What a file is, from its bytes alone: never from its name or from what a browser says of it.

`check` is for the door: the file is opened by the library that knows its kind (in a child with a limit of time and
memory), and what carries a program or a second file in itself is refused. `seen` is for handing out, also what was
taken in before there was a check: a look at the beginning, so that a file is served as what it is or as nothing.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from himpun.archive.incoming import Incoming
from himpun.errors import Refusal
from himpun.jobs.bounded import Answer, Bounded, JobStopped

CHECKING = Bounded("himpun.archive.content", seconds=20, megabytes=512)


class Kind(StrEnum):
    """The kinds of files that come in from people."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"
    XLSX = "xlsx"
    DOCX = "docx"
    ODS = "ods"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self]


MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
}
SCANS = (Kind.PDF, Kind.PNG, Kind.JPEG)
EVIDENCE = tuple(Kind)

Source = bytes | Path | Incoming


class ContentRefused(Refusal):
    """The file is not what may come in here, and this says why."""

    code = "isi-berkas-ditolak"


def seen(source: Source) -> Kind | None:
    """What the bytes begin like; None for every other file. Says nothing of the rest of it."""
    with _opened(source) as file:
        return _begins(file)


def check(source: Source, name: str, accepted: Collection[Kind] = EVIDENCE) -> Kind:
    """The kind of a file that is wholly one of `accepted`. `name` is only for the sentence. Raises ContentRefused."""
    with _opened(source) as file:
        kind = _begins(file)
    if kind is None or kind not in accepted:
        raise ContentRefused(
            f"{name} bukan {_listed(accepted)} yang sah. Simpan dahulu dalam salah satu bentuk itu, lalu unggah lagi."
        )
    place = source.place if isinstance(source, Incoming) else source
    given, content = ({"path": str(place)}, b"") if isinstance(place, Path) else ({}, place)
    try:
        said, _ = CHECKING.ask("check", {**given, "kind": kind}, content)
    except JobStopped as stopped:
        raise ContentRefused(
            f"{name} tidak dapat diperiksa: {stopped.why}. Simpan ulang lebih kecil atau lebih sederhana, lalu unggah lagi."
        ) from stopped
    if wrong := said.get("wrong"):
        raise ContentRefused(_SENTENCES[wrong].format(name=name, kind=kind.upper()))
    return kind


_SENTENCES = {
    "broken": "{name} berbentuk {kind} tetapi rusak atau terpotong. Buka di komputer Anda, simpan ulang, lalu unggah lagi.",
    "locked": "{name} terkunci dengan kata sandi, sehingga tidak dapat diperiksa dan dibaca. Buka kuncinya, lalu unggah lagi.",
    "active": "{name} memuat program atau tindakan otomatis. Cetak menjadi PDF biasa atau simpan tanpa makro, lalu unggah lagi.",
    "double": "{name} memuat berkas lain di dalamnya. Simpan ulang sebagai {kind} biasa, lalu unggah lagi.",
    "large": "{name} terlalu besar gambarnya. Pindai ulang paling rapat 600 titik per inci, lalu unggah lagi.",
}


def _listed(accepted: Collection[Kind]) -> str:
    names = [kind.upper() for kind in Kind if kind in accepted]
    return f"{', '.join(names[:-1])}, atau {names[-1]}"


def _opened(source: Source) -> BinaryIO:
    if isinstance(source, Incoming):
        return source.open()
    return source.open("rb") if isinstance(source, Path) else io.BytesIO(source)


def _begins(file: BinaryIO) -> Kind | None:
    start = file.read(8)
    if start.startswith(b"%PDF-"):
        return Kind.PDF
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if start.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if start.startswith(b"PK\x03\x04"):
        return _office_kind(file)
    return None


def _office_kind(file: BinaryIO) -> Kind | None:
    try:
        with zipfile.ZipFile(file) as package:
            names = set(package.namelist())
            if {"mimetype", "content.xml"} <= names:
                with package.open("mimetype") as said:
                    return Kind.ODS if said.read(200).strip() == Kind.ODS.media_type.encode() else None
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    if any(name.startswith("xl/") for name in names):
        return Kind.XLSX
    return Kind.DOCX if any(name.startswith("word/") for name in names) else None


# --- in the child ----------------------------------------------------------------------------------------------------

_PDF_END = 4096
"""Where the last bytes must say where the table of objects is: a file that was cut off does not."""
_MOST_OBJECTS = 300_000
_MOST_PIXELS = {Kind.PNG: 80_000_000, Kind.JPEG: 250_000_000}
_MOST_PARTS, _MOST_UNPACKED = 5_000, 300 * 1024 * 1024
_MAIN_PART = {Kind.XLSX: b"spreadsheetml.sheet.main+xml", Kind.DOCX: b"wordprocessingml.document.main+xml"}
_PROGRAMS = (b"macroEnabled", b"vbaProject", b"activeX")
_PDF_ACTIONS = frozenset({"/JavaScript", "/Launch"})
_PDF_KEYS = frozenset({"/JS", "/JavaScript", "/RichMedia", "/XFA"})


class _Wrong(Exception):
    """Why the file is refused, as a key of `_SENTENCES`."""


def _check(given: dict[str, Any], content: bytes) -> Answer:
    kind = Kind(given["kind"])
    source: Source = Path(given["path"]) if "path" in given else content
    try:
        with _opened(source) as file:
            if kind in _MAIN_PART:
                _check_office(file, kind)
            elif kind is Kind.ODS:
                _check_open_document(file)
            else:
                _check_alone(file)
                (_check_pdf if kind is Kind.PDF else _check_image)(file, kind)
    except _Wrong as wrong:
        return {"wrong": str(wrong)}, b""
    return {}, b""


def _check_alone(file: BinaryIO) -> None:
    """No archive hangs at the end: such a file would be a scan to one reader and a program to another."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at >= 0 and len(tail) >= at + 22 and at + 22 + struct.unpack_from("<H", tail, at + 20)[0] == len(tail):
        raise _Wrong("double")
    file.seek(0)


def _check_pdf(file: BinaryIO, kind: Kind) -> None:
    import pikepdf

    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _PDF_END))
    if b"startxref" not in file.read():
        raise _Wrong("broken")
    file.seek(0)
    try:
        with pikepdf.open(file) as pdf:
            if len(pdf.pages) == 0:
                raise _Wrong("broken")
            for count, found in enumerate(_dictionaries(pdf)):
                if count > _MOST_OBJECTS:
                    raise _Wrong("broken")
                if _PDF_KEYS & found.keys() or str(found.get("/S", "")) in _PDF_ACTIONS:
                    raise _Wrong("active")
    except pikepdf.PasswordError:
        raise _Wrong("locked") from None
    except (pikepdf.PdfError, ValueError, RuntimeError, OSError):
        raise _Wrong("broken") from None


def _dictionaries(pdf: Any) -> Iterator[Any]:
    """Every dictionary of the file, also those inside others; each object once."""
    import pikepdf

    waiting: list[Any] = [pdf.trailer, *pdf.objects]
    while waiting:
        found = waiting.pop()
        if isinstance(found, pikepdf.Array):
            inside: list[Any] = list(found)
        elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
            yield found
            inside = [found.get(key) for key in found.keys()]  # noqa: SIM118
        else:
            continue
        waiting.extend(one for one in inside if isinstance(one, pikepdf.Object) and not one.is_indirect)


def _check_image(file: BinaryIO, kind: Kind) -> None:
    """Every row is decoded: a JPEG at an eighth of its size, which reads all of it and keeps little."""
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # ours is by kind
    try:
        with Image.open(file, formats=["PNG" if kind is Kind.PNG else "JPEG"]) as image:
            if image.width * image.height > _MOST_PIXELS[kind]:
                raise _Wrong("large")
            if kind is Kind.JPEG:
                image.draft("L", (image.width // 8, image.height // 8))
            image.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, struct.error):
        raise _Wrong("broken") from None


def _check_office(file: BinaryIO, kind: Kind) -> None:
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise _Wrong("broken")
            with package.open("[Content_Types].xml") as listed:
                types = listed.read(1_000_000)
            names = " ".join(part.filename for part in parts).encode()
            if any(program in types or program in names for program in _PROGRAMS):
                raise _Wrong("active")
            if _MAIN_PART[kind] not in types or package.testzip() is not None:
                raise _Wrong("broken")
    except (zipfile.BadZipFile, zlib.error, KeyError, OSError, ValueError, RuntimeError, EOFError):
        raise _Wrong("broken") from None


def _check_open_document(file: BinaryIO) -> None:
    """Programs lie in Basic/ and Scripts/, what is embedded in files of its own (charts in folders); a password encrypts the parts."""
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise _Wrong("broken")
            names = [part.filename for part in parts]
            if "META-INF/manifest.xml" in names:
                with package.open("META-INF/manifest.xml") as manifest:
                    if b"encryption-data" in manifest.read(4_000_000):
                        raise _Wrong("locked")
            if any(name.casefold().startswith(("basic/", "scripts/")) for name in names):
                raise _Wrong("active")
            if any(re.fullmatch(r"Object [0-9]+", name) for name in names):
                raise _Wrong("double")
            with package.open("content.xml") as content:
                begun = content.read(4_000)
            if b"office:document-content" not in begun or package.testzip() is not None:
                raise _Wrong("broken")
    except (zipfile.BadZipFile, zlib.error, KeyError, OSError, ValueError, RuntimeError, EOFError):
        raise _Wrong("broken") from None


JOBS = {"check": _check}
