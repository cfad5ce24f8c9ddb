"""One CSV table of an office folder, read into its rows."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from himpun.folders.findings import Findings
from himpun.folders.rows import TABLES, Table

Line = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was read: every line as text, and a row for each line without an error of its own.

    While it is not `complete`, something missing from it may stand on a line that could not be read.
    """

    lines: tuple[Line, ...] = ()
    rows: tuple[Any, ...] = ()
    complete: bool = False

    def written(self, column: str) -> set[str]:
        """Everything written in a column, also on lines with an error elsewhere."""
        return {cells[column] for _, cells in self.lines if cells.get(column)}


def read_sheet(folder: Path, name: str, found: Findings) -> Sheet:
    table = TABLES[name]
    path = folder / name
    if not path.is_file():
        if not table.optional:
            found.add(name, "berkas ini belum ada; buat berkasnya dengan judul kolom dan isinya.")
        return Sheet(complete=table.optional)
    content = read_text(path, found)
    if content is None:
        return Sheet()
    records = _records(name, content, found)
    header = [cell.casefold() for cell in records[0]] if records else []
    if not records or not _header_usable(name, header, table, found):
        return Sheet()
    written = [(number, cells) for number, cells in enumerate(records[1:], start=2) if any(cells)]
    aligned = [_line(name, header, number, cells, found) for number, cells in written]
    lines = [line for line in aligned if line is not None]
    _check_key(name, table.key, lines, found)
    rows = (_row(name, table, number, cells, found) for number, cells in lines)
    return Sheet(tuple(lines), tuple(row for row in rows if row is not None), complete=len(lines) == len(written))


def read_text(path: Path, found: Findings) -> str | None:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        found.add(path.name, "bukan UTF-8; di Excel simpan ulang sebagai “CSV UTF-8 (dipisahkan koma)”.")
    except OSError as problem:
        found.add(path.name, f"tidak dapat dibaca ({problem.strerror}); periksa hak akses berkas.")
    return None


def _records(name: str, content: str, found: Findings) -> list[list[str]]:
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=_separator(content), strict=True)
    try:
        return [[cell.strip() for cell in cells] for cells in reader] or [[]]
    except csv.Error as problem:
        found.add(name, f"susunan CSV rusak ({problem}); periksa tanda kutip yang tidak ditutup.")
        return []


def _line(name: str, header: Sequence[str], number: int, cells: Sequence[str], found: Findings) -> Line | None:
    """One line as column → text; None when it has more cells than columns, as nobody knows which is which."""
    if any(cells[len(header) :]):
        cause = (
            f"baris ini berisi {len(cells)} kolom, judulnya {len(header)}; apit isi yang mengandung pemisah "
            'dengan tanda kutip (contoh: "84,75").'
        )
        found.add(name, cause, row=number)
        return None
    padded = [*cells, *[""] * len(header)]
    return number, {column: padded[at] for at, column in enumerate(header) if column}


def _separator(content: str) -> str:
    header = content.lstrip("\r\n").split("\n", 1)[0]
    return ";" if header.count(";") > header.count(",") else ","


def _header_usable(name: str, header: Sequence[str], table: Table, found: Findings) -> bool:
    known = [column.name for column in table.columns]
    missing = [column.name for column in table.columns if not column.cell.optional and column.name not in header]
    for column in missing:
        found.add(name, "kolom ini belum ada; tambahkan pada baris judul.", row=1, column=column)
    for column, times in Counter(column for column in header if column).items():
        if column not in known:
            cause = f"kolom tidak dikenal; hapus, atau pakai: {', '.join(known)}."
            found.add(name, cause, row=1, column=column)
        if times > 1:
            found.add(name, "kolom ini ditulis lebih dari sekali; sisakan satu.", row=1, column=column)
    return not missing


def _check_key(name: str, key: tuple[str, ...], lines: Iterable[Line], found: Findings) -> None:
    first: dict[tuple[str, ...], int] = {}
    for number, cells in lines:
        here = tuple(cells[column].casefold() for column in key)
        if not all(here):
            continue  # a blank cell is an error of its own
        if here in first:
            cause = f"sudah ada pada baris {first[here]}; hapus salah satunya."
            found.add(name, cause, row=number, column=", ".join(key), value=", ".join(cells[c] for c in key))
        else:
            first[here] = number


def _row(name: str, table: Table, number: int, cells: Mapping[str, str], found: Findings) -> Any:
    values: dict[str, Any] = {"row": number}
    good = True
    for heading, field, cell in table.columns:
        written = cells.get(heading, "")
        if not written:
            values[field] = cell.empty
            if not cell.blank:
                good = False
                found.add(name, "tidak boleh kosong.", row=number, column=heading)
            continue
        try:
            values[field] = cell.value_of(written)
        except ValueError as problem:
            good = False
            found.add(name, str(problem), row=number, column=heading, value="" if cell.secret else written)
    return table.becomes(**values) if good else None
