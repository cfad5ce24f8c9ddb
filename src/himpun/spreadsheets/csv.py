"""A CSV file read: encoding, separator, lines."""

import csv
import io
import re
from typing import Final

from himpun.spreadsheets.book import Book, Content, Sheet, address, without_blank_ends
from himpun.spreadsheets.door import CHUNK, Door, thousands

# --- CSV -------------------------------------------------------------------------------------------------------------


_SEPARATOR_LINE: Final = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)


def read_csv(door: Door, content: bytes) -> Book:
    text = _decoded(door, content)
    if said := _SEPARATOR_LINE.match(text):
        delimiter, text = said[1], text[said.end() :]
    else:
        delimiter = _delimiter(text)
    rows: list[list[Content]] = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            cells += len(row)
            _check_csv_size(door, len(rows) + 1, len(row), cells)
            rows.append([cell or None for cell in row])
    except csv.Error:
        door.refuse(
            f"baris {thousands(reader.line_num)} tidak dapat dibaca sebagai CSV (tanda petik yang tidak ditutup?)",
            "Perbaiki baris itu, atau simpan ulang sebagai CSV UTF-8.",
        )
    trimmed = without_blank_ends(rows)
    formulas = frozenset(
        address(row, column)
        for row, cells_of in enumerate(trimmed, start=1)
        for column, cell in enumerate(cells_of, start=1)
        if isinstance(cell, str) and cell.startswith("=")
    )
    return Book((Sheet("CSV", trimmed, formulas=formulas),), "csv")


def _check_csv_size(door: Door, row: int, width: int, cells: int) -> None:
    limits = door.limits
    if row > limits.rows:
        door.refuse(f"barisnya lebih dari {thousands(limits.rows)}", "Bagi menjadi beberapa berkas.")
    if width > limits.columns:
        door.refuse(f"baris {thousands(row)} lebih dari {limits.columns} kolom", "Hapus kolom yang tidak perlu.")
    if cells > limits.cells:
        door.refuse(f"isinya lebih dari {thousands(limits.cells)} sel", "Bagi menjadi beberapa berkas.")


def _decoded(door: Door, content: bytes) -> str:
    if b"\0" in content:
        door.refuse("isinya bukan teks CSV", "Simpan ulang sebagai CSV UTF-8, lalu unggah lagi.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    door.refuse("hurufnya tidak dapat dibaca", "Simpan ulang sebagai CSV UTF-8, lalu unggah lagi.")


def _delimiter(text: str) -> str:
    """The separator that cuts the first twenty lines into the most alike rows; the semicolon of Indonesian Excel first."""
    lines = text[:CHUNK].splitlines()[:20]

    def score(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            return 0, 0
        wide = [width for width in widths if width > 1]
        usual = max(set(wide), key=lambda width: (wide.count(width), width), default=0)
        return wide.count(usual) if usual else 0, usual

    return max((";", "\t", ","), key=score)
