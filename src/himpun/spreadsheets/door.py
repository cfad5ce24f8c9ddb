"""What stands at the door: kinds and sizes that come in."""

import re
from dataclasses import dataclass
from typing import Final, NoReturn

from himpun.spreadsheets.book import BookRefused, Limits
from himpun.spreadsheets.records import CsvUnreadable, decoded, records

CHUNK: Final = 65_536
SMALL: Final = 1_000_000
"""Bytes. Unpacking to less than this is never a bomb, and no XML tag is longer."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DDE: Final = re.compile(r"\|.*!|\bDDE(?:AUTO)?\b", re.IGNORECASE | re.DOTALL)
SAVE_AS: Final = "Buka di Excel atau LibreOffice, simpan ulang sebagai Excel Workbook (.xlsx), lalu unggah hasilnya."
_AGAIN: Final = "Buka di Excel atau LibreOffice, simpan ulang sebagai .xlsx, lalu unggah lagi."
_DAMAGED: Final = "isinya rusak atau terpotong"
_WORKBOOKS: Final = (".xlsx", ".xls", ".xlsm", ".xltm", ".xlsb", ".ods")
OPEN_DOCUMENT: Final = b"application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True, slots=True)
class Door:
    """Where a file is turned away: knows what the file is called and how much it may hold."""

    name: str
    limits: Limits

    def refuse(self, cause: str, advice: str) -> NoReturn:
        raise BookRefused(f"Berkas “{self.name}” ditolak: {cause}. {advice}")

    def damaged(self, where: str = "") -> NoReturn:
        self.refuse(_DAMAGED + (f" ({where})" if where else ""), _AGAIN)

    def kind_of(self, extension: str, content: bytes) -> str:
        """What the bytes are: "xlsx", "xls", "ods" or "csv". The name decides only that a text is meant as a table."""
        if not content:
            self.refuse("berkasnya kosong", "Periksa berkasnya, lalu unggah lagi.")
        if len(content) > self.limits.bytes:
            self.refuse(
                f"ukurannya {millions(len(content))} MB, paling besar {millions(self.limits.bytes)} MB",
                "Hapus lembar, gambar, dan baris kosong yang tidak perlu, atau bagi menjadi beberapa berkas.",
            )
        if content.startswith(_OLE):
            if "EncryptedPackage".encode("utf-16-le") in content:
                self.refuse("berkasnya berkata sandi", "Hapus kata sandinya (Simpan Sebagai tanpa sandi), lalu unggah.")
            return "xls"
        if content.startswith(b"PK\x03\x04"):
            return "ods" if OPEN_DOCUMENT in content[:200] else "xlsx"
        if content.lstrip()[:1] == b"<":
            self.refuse("isinya halaman web (HTML atau XML), bukan lembar kerja", SAVE_AS)
        if extension in _WORKBOOKS and not _is_table(content):
            self.refuse(f"isinya bukan Excel ({extension})", SAVE_AS)
        if extension not in (".csv", ".txt", ".tsv", *_WORKBOOKS):
            self.refuse("yang dapat dibaca hanya .xlsx, .xls, .ods, dan .csv", SAVE_AS)
        return "csv"


def _is_table(content: bytes) -> bool:
    """Whether the bytes are a text table: programs call what they export .xls, whatever it is."""
    try:
        text = decoded(content[:4_000])
        first = next(records(text), None)
    except CsvUnreadable:
        return False
    is_text = all(letter.isprintable() or letter in "\t\r\n" for letter in text)
    return is_text and first is not None and len(first[1]) > 1


def shown_name(name: str) -> str:
    printable = "".join(letter if letter.isprintable() else "�" for letter in name.strip())
    return printable if len(printable) <= 80 else f"{printable[:60]}…{printable[-15:]}"


def millions(size: int) -> str:
    return f"{size / 1_000_000:.1f}".replace(".", ",").removesuffix(",0")


def thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")
