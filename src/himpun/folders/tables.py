"""One CSV table of an office folder, read into its rows."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from himpun.folders.findings import Findings
from himpun.folders.rows import TABLES, Table
from himpun.spreadsheets.records import CsvUnreadable, Record, fault_of, plain_heading, records

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
    read = _records(path, found)
    header = [_heading(cell, table) for cell in read[0][1]] if read else []
    if not read or not _header_usable(name, header, table, found):
        return Sheet()
    written = read[1:]
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


def _records(path: Path, found: Findings) -> list[Record]:
    """Every line that is not blank, the heading first; a file without any has an empty heading."""
    try:
        return list(records(path.read_bytes())) or [(1, [])]
    except CsvUnreadable as refusal:
        found.add(path.name, f"susunan CSV rusak: {refusal.cause}", row=refusal.row or None)
    except OSError as problem:
        found.add(path.name, f"tidak dapat dibaca ({problem.strerror}); periksa hak akses berkas.")
    return []


def _heading(cell: str, table: Table) -> str:
    """A heading by the column that it names, whatever its capitals and blanks."""
    known = {plain_heading(column.name): column.name for column in table.columns}
    return known.get(plain_heading(cell), cell.casefold())


def _line(name: str, header: Sequence[str], number: int, cells: Sequence[str], found: Findings) -> Line | None:
    """One line as column → text; None when it has more cells than columns, as nobody knows which is which."""
    if cause := fault_of(cells, len(header)):
        found.add(name, cause, row=number)
        return None
    padded = [*cells, *[""] * len(header)]
    return number, {column: padded[at] for at, column in enumerate(header) if column}


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
