"""One CSV table: its columns, and reading it into rows."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from himpun.offices.files.cells import (
    check_number,
    code,
    day,
    day_hours,
    email,
    nip,
    one_of,
    period,
    slug,
    text,
    username,
    variable_name,
    whole,
    year,
    yes,
)
from himpun.offices.files.findings import Findings
from himpun.offices.files.rows import (
    HOLDINGS,
    HOLIDAYS,
    HOURS,
    INDICATORS,
    LEAVES,
    PEOPLE,
    POSTS,
    PROGRAMS,
    PROGRESS,
    TARGETS,
    VALUES,
    VARIABLES,
    HoldingRow,
    HolidayRow,
    HoursRow,
    IndicatorRow,
    LeaveRow,
    PersonRow,
    PostRow,
    ProgramRow,
    ProgressRow,
    TargetRow,
    ValueRow,
    VariableRow,
)
from himpun.offices.rules import ROLES
from himpun.offices.typed import marks_fault
from himpun.offices.worktime import WEEKDAYS

DEFINITIF = "definitif"
MANDATES = ("a.n", "u.b")
HOLDING_KINDS = (DEFINITIF, "Plt", "Plh", "Pj", *MANDATES)
LEAVE_KINDS = ("cuti", "sakit", "dinas")
POLARITIES = ("positif", "negatif-a", "negatif-b", "range", "stabil", "predikat", "peringkat", "teks")
AGGREGATIONS = ("jumlah", "kumulatif", "posisi-akhir", "rata-rata", "tahunan")
FREQUENCIES = ("bulanan", "triwulanan", "semesteran", "tahunan")
DAY_KINDS = ("daerah", "penutupan", "masuk")
VARIABLE_KINDS = ("pembilang", "penyebut", "nilai")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how its cells are read, whether a cell and whether the whole column may be left out."""

    name: str
    read: Callable[[str], Any] = text
    longest: int = 300
    blank: bool = False
    optional: bool = False
    empty: Any = ""
    attribute: str = ""
    secret: bool = False

    @property
    def field(self) -> str:
        """The attribute of the row it fills."""
        return self.attribute or self.name

    def value_of(self, written: str) -> Any:
        """What the cell means; raises ValueError with the cause."""
        if len(written) > self.longest:
            raise ValueError(f"terlalu panjang ({len(written)} huruf); paling banyak {self.longest}.")
        if sentence := marks_fault(written):
            raise ValueError(sentence[:1].lower() + sentence[1:])
        return self.read(written)


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: its columns, the row each line becomes, and what makes a line unique."""

    columns: tuple[Column, ...]
    becomes: type[Any]
    key: tuple[str, ...]
    optional: bool = False


def _blank(name: str, read: Callable[[str], Any] = text, *, longest: int = 300) -> Column:
    return Column(name, read, longest=longest, blank=True)


def _missing(name: str, read: Callable[[str], Any] = text, *, longest: int = 300) -> Column:
    return Column(name, read, longest=longest, blank=True, optional=True)


def _number(written: str) -> str:
    check_number(written)
    return written


_PARAGRAPHS = 10_000  # a definition or a note may take the room it needs

TABLES: Mapping[str, Table] = {
    POSTS: Table(
        (
            Column("code", slug, longest=64),
            Column("title", longest=200),
            _blank("role", one_of(ROLES)),
            _blank("parent"),
            Column("unit_code", code, longest=40),
            Column("order", whole),
        ),
        PostRow,
        ("code",),
    ),
    PEOPLE: Table(
        (
            Column("username", username, longest=150),
            Column("name", longest=200),
            _blank("nip", nip, longest=30),
            _blank("rank", longest=80),
            _blank("email", email, longest=254),
            Column("password", blank=True, optional=True, secret=True),
        ),
        PersonRow,
        ("username",),
    ),
    HOLDINGS: Table(
        (
            Column("post"),
            Column("username"),
            Column("kind", one_of(HOLDING_KINDS)),
            Column("from", day, attribute="since"),
            Column("to", day, blank=True, empty=None, attribute="until"),
            _blank("letter", longest=200),
            _missing("own_post"),
        ),
        HoldingRow,
        ("post", "username", "from"),
    ),
    LEAVES: Table(
        (
            Column("username"),
            Column("kind", one_of(LEAVE_KINDS)),
            Column("from", day, attribute="since"),
            Column("to", day, attribute="until"),
            _missing("letter", longest=200),
            _missing("substitute"),
        ),
        LeaveRow,
        ("username", "from"),
        optional=True,
    ),
    INDICATORS: Table(
        (
            Column("code", code, longest=40),
            Column("name"),
            Column("sasaran"),
            Column("definition", longest=_PARAGRAPHS),
            _blank("rationale", longest=_PARAGRAPHS),
            Column("formula", longest=500),
            Column("unit", longest=60),
            Column("polarity", one_of(POLARITIES)),
            Column("aggregation", one_of(AGGREGATIONS)),
            Column("source"),
            Column("owner_post"),
            Column("frequency", one_of(FREQUENCIES)),
            Column("evidence_required", yes),
            Column("year", year),
            _missing("renstra_target", longest=60),
            _missing("national_standard", longest=60),
        ),
        IndicatorRow,
        ("code", "year"),
    ),
    VARIABLES: Table(
        (
            Column("indicator"),
            Column("name", variable_name, longest=40),
            Column("label"),
            Column("unit", longest=60),
            Column("kind", one_of(VARIABLE_KINDS)),
            Column("order", whole),
        ),
        VariableRow,
        ("indicator", "name"),
    ),
    TARGETS: Table(
        (Column("indicator"), Column("period", period), Column("value", longest=60)),
        TargetRow,
        ("indicator", "period"),
    ),
    VALUES: Table(
        (
            Column("indicator"),
            Column("variable"),
            Column("unit_post"),
            Column("period", period),
            Column("value", longest=60),
            _missing("note", longest=_PARAGRAPHS),
        ),
        ValueRow,
        ("indicator", "variable", "unit_post", "period"),
        optional=True,
    ),
    HOLIDAYS: Table(
        (
            Column("date", day, attribute="day"),
            Column("name", longest=200),
            _missing("source", longest=200),
            Column("kind", one_of(DAY_KINDS), blank=True, optional=True, empty=DAY_KINDS[0]),
        ),
        HolidayRow,
        ("date",),
        optional=True,
    ),
    HOURS: Table(
        (
            Column("from", day, attribute="since"),
            Column("to", day, attribute="until"),
            Column("name", longest=200),
            _missing("source", longest=200),
            *(Column(name, day_hours, blank=True, optional=True, empty=None) for name in WEEKDAYS),
        ),
        HoursRow,
        ("from",),
        optional=True,
    ),
    PROGRAMS: Table(
        (
            Column("year", year),
            Column("code", code, longest=40),
            Column("name"),
            _missing("owner_post"),
            _blank("budget", _number, longest=60),
            _missing("revised_budget", _number, longest=60),
            _missing("indicators"),
        ),
        ProgramRow,
        ("year", "code"),
        optional=True,
    ),
    PROGRESS: Table(
        (
            Column("year", year),
            Column("program", longest=40),
            Column("month", whole),
            _blank("spent", _number, longest=60),
            _blank("physical", _number, longest=60),
        ),
        ProgressRow,
        ("year", "program", "month"),
        optional=True,
    ),
}

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
    missing = [column.name for column in table.columns if not column.optional and column.name not in header]
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
    for column in table.columns:
        written = cells.get(column.name, "")
        if not written:
            values[column.field] = column.empty
            if not column.blank:
                good = False
                found.add(name, "tidak boleh kosong.", row=number, column=column.name)
            continue
        try:
            values[column.field] = column.value_of(written)
        except ValueError as problem:
            good = False
            shown = "" if column.secret else written
            found.add(name, str(problem), row=number, column=column.name, value=shown)
    return table.becomes(**values) if good else None
