"""The parts of an xlsx package, looked through before anything is read."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final, NoReturn

from himpun.spreadsheets.door import CHUNK, SAVE_AS, SMALL, Door, millions, shown_name, thousands

# --- XLSX: the zip ---------------------------------------------------------------------------------------------------


FORBIDDEN_PARTS: Final = (
    ("xl/workbook.bin", "isinya Excel biner (.xlsb)"),
    ("vbaproject", "berkasnya mengandung makro"),
    ("xl/macrosheets/", "berkasnya mengandung makro"),
    ("xl/dialogsheets/", "berkasnya mengandung makro"),
    ("xl/activex/", "berkasnya mengandung objek sisipan (ActiveX)"),
    ("xl/embeddings/", "berkasnya mengandung objek sisipan (OLE)"),
    ("oleobject", "berkasnya mengandung objek sisipan (OLE)"),
    ("xl/externallinks/", "berkasnya mengandung tautan ke berkas lain"),
    ("xl/connections.xml", "berkasnya mengandung sambungan data luar"),
    ("xl/querytables/", "berkasnya mengandung sambungan data luar"),
)
FORBIDDEN_TYPES: Final = (
    ("macroenabled", "berkasnya mengandung makro"),
    ("vbaproject", "berkasnya mengandung makro"),
    ("macrosheet", "berkasnya mengandung makro"),
    ("activex", "berkasnya mengandung objek sisipan (ActiveX)"),
    ("oleobject", "berkasnya mengandung objek sisipan (OLE)"),
    ("externallink", "berkasnya mengandung tautan ke berkas lain"),
)
VALUES_ONLY: Final = (
    "Salin isinya ke buku kerja baru sebagai nilai (Tempel Khusus → Nilai), simpan sebagai .xlsx, lalu unggah."
)
_EMPTY_VALUE: Final = re.compile(rb"<(?:[a-z]+:)?v\s*/>|<((?:[a-z]+:)?v)>\s*</\1>")
_READING_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
)


class Package:
    """An XLSX's zip, its names and sizes checked; sizes are counted while unpacking, never believed."""

    def __init__(self, door: Door, content: bytes) -> None:
        self.door = door
        if content.count(b"PK\x01\x02") > door.limits.entries:
            door.refuse(f"isinya lebih dari {thousands(door.limits.entries)} bagian", SAVE_AS)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except _READING_ERRORS:
            door.damaged()
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            self._take(info)
        self._measure()

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._parts

    def names(self) -> tuple[str, ...]:
        return tuple(self._parts)

    def chunks(self, part: str) -> Iterator[bytes]:
        info = self._parts.get(part.lower())
        if info is None:
            self.door.damaged(f"{shown_name(part)} tidak ada")
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
        except _READING_ERRORS:
            self.door.damaged(shown_name(part))

    def copy_of(self, parts: list[str]) -> io.BytesIO:
        """A zip of these parts only, freshly made, for calamine, which takes an empty value for damage: it is left out."""
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
            for part in dict.fromkeys(part.lower() for part in parts):
                content = b"".join(self.chunks(part))
                target.writestr(self._parts[part].filename, _EMPTY_VALUE.sub(b"", content))
        copy.seek(0)
        return copy

    def _take(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        if info.flag_bits & 0x1:
            self.door.refuse("berkasnya berkata sandi", "Hapus kata sandinya, simpan ulang, lalu unggah.")
        if "\\" in name or name.startswith("/") or ".." in name.split("/") or ":" in name or not name.isprintable():
            self.door.refuse("nama bagian di dalamnya tidak wajar", SAVE_AS)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or name.lower() in self._parts:
            self.door.damaged(shown_name(name))
        if not info.is_dir():
            self._parts[name.lower()] = info

    def _measure(self) -> None:
        if sum(info.file_size for info in self._parts.values()) > self.door.limits.unpacked:
            self._too_large()
        total = 0
        for part, info in self._parts.items():
            size = 0
            for number, chunk in enumerate(self.chunks(part)):
                size += len(chunk)
                if total + size > self.door.limits.unpacked:
                    self._too_large()
                if size > max(SMALL, self.door.limits.ratio * info.compress_size):
                    self.door.refuse("isinya membengkak tidak wajar ketika dibuka (bom zip)", SAVE_AS)
                if number == 0 and (b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk) and part.endswith((".xml", ".rels")):
                    self._doctype()
            total += size

    def _too_large(self) -> NoReturn:
        self.door.refuse(
            f"setelah dibuka isinya lebih dari {millions(self.door.limits.unpacked)} MB (bom zip, atau baris kosong berformat)",
            "Hapus baris, gambar, dan lembar yang tidak perlu, simpan, lalu unggah lagi.",
        )

    def _doctype(self) -> NoReturn:
        self.door.refuse("di dalamnya ada DOCTYPE atau ENTITY, yang tidak pernah ditulis Excel", SAVE_AS)
