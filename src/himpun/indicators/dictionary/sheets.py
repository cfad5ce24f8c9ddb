"""The dictionary as sheets: what is exported, and the same columns read back. Pure.

One workbook has the sheets Indikator, Variabel, Target and Syarat; as CSV each is a file, and Indikator alone is enough
to change what stands in it. The headings of an office folder (code, owner_post, …) are understood too. A column that
is not there leaves its field as it is; a sheet that is not there leaves all its rows as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from himpun.indicators.dictionary.definition import CHECK_LABELS, LABELS, VARIABLE_LABELS, Definition, Typed
from himpun.indicators.dictionary.differences import as_typed
from himpun.spreadsheets.book import DANGEROUS, Book, Sheet, Wrong, address, column_letter, text_of
from himpun.spreadsheets.csv import torn_rows
from himpun.spreadsheets.records import plain_heading
from himpun.typed import near, read_whole

CODE, YEAR = "code", "year"
_KEY = {CODE: "Kode", YEAR: "Tahun"}


class Table(NamedTuple):
    """One sheet: its name, its columns (field → heading), those it cannot do without, and other names of its columns."""

    name: str
    columns: Mapping[str, str]
    needed: tuple[str, ...]
    also: Mapping[str, str] = {}


INDICATORS = Table("Indikator", LABELS, (CODE, YEAR), {"owner_post": "owner"})
VARIABLES = Table(
    "Variabel",
    {**_KEY, **VARIABLE_LABELS},
    (CODE, "name", "label"),
    {"indicator": CODE, "nama": "name", "variabel": "name"},
)
TARGETS = Table(
    "Target", {**_KEY, "period": "Periode", "value": "Target"}, (CODE, "period", "value"), {"indicator": CODE}
)
CHECKS = Table("Syarat", {**_KEY, **CHECK_LABELS}, (CODE, "condition", "sentence"), {"indicator": CODE})
TABLES = (INDICATORS, VARIABLES, TARGETS, CHECKS)
_IGNORED = frozenset({"no", "keterangan", "catatan"})


@dataclass(frozen=True, slots=True)
class Line:
    """One filled row of a sheet: its number there and its cells by field."""

    number: int
    cells: Mapping[str, str]
    sheet: str
    headings: Mapping[str, str]

    def wrong(self, column: str, cause: str) -> Wrong:
        """Something wrong in one of its cells, named by the field."""
        return Wrong(self.number, self.headings.get(column, column), self.cells.get(column, "")[:80], cause, self.sheet)


@dataclass
class Entry:
    """Everything the files say of one indicator and year; None where they say nothing of that sort."""

    line: Line
    variables: list[Line] | None = None
    targets: list[Line] | None = None
    checks: list[Line] | None = None

    def typed(self, kept: Typed | None) -> Typed:
        """As typed text, over what is kept where the files say nothing."""
        code, year = key_of(self.line)
        fields = {name: text for name, text in self.line.cells.items() if name not in (CODE, YEAR)}
        base = kept or Typed(code, year, {})
        return Typed(
            code,
            year,
            {**base.fields, **fields},
            base.variables if self.variables is None else [line.cells for line in self.variables],
            base.targets
            if self.targets is None
            else {**base.targets, **{line.cells["period"]: line.cells["value"] for line in self.targets}},
            base.checks if self.checks is None else [line.cells for line in self.checks],
        )

    def place(self, key: str) -> tuple[Line, str]:
        """The row and field that an error's key (`definitions.read_definition`) means."""
        kind, _, rest = key.partition("-")
        lines = {"variable": self.variables, "check": self.checks}.get(kind)
        if lines is not None and rest:
            number, _, column = rest.partition("-")
            return lines[int(number)], column
        if kind == "target" and self.targets is not None:
            for line in self.targets:
                if line.cells["period"] == rest:
                    return line, "value"
        return self.line, key


@dataclass
class Read:
    """What files say: an entry for each indicator and year, and what could not be understood."""

    entries: dict[tuple[str, int], Entry] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)


def key_of(line: Line) -> tuple[str, int]:
    """The indicator and year a row is about; year 0 when there is none."""
    return line.cells.get(CODE, ""), read_whole(line.cells.get(YEAR, "")) or 0


# --- reading ---------------------------------------------------------------------------------------------------------


def read_books(books: Sequence[tuple[str, Book]]) -> Read:
    """Read named books (an XLSX, or CSV files) as one dictionary."""
    read = Read()
    lines: dict[str, list[Line]] = {}
    for name, book in books:
        for sheet in book.sheets:
            shown = name if book.kind == "csv" else sheet.name
            table = _table_of(sheet, by_name=book.kind != "csv")
            if table is None:
                names = ", ".join(one.name for one in TABLES)
                cause = f"lembar ini tidak dikenal; yang dibaca {names}. Hapus lembarnya atau perbaiki judul kolomnya."
                read.wrong.append(Wrong(1, "", shown, cause, shown))
                continue
            if table.name in lines:
                read.wrong.append(Wrong(1, "", shown, f"{table.name} ada dua kali; sisakan satu.", shown))
                continue
            lines[table.name] = _lines(sheet, shown, table, read.wrong)
    if INDICATORS.name not in lines and not read.wrong:
        read.wrong.append(Wrong(1, "", "", "Tidak ada lembar Indikator dengan kolom Kode dan Tahun.", INDICATORS.name))
    _gather(lines, read)
    return read


def _fields_of(table: Table) -> dict[str, str]:
    """Heading as written, in small letters → field."""
    found = {heading: name for name, heading in table.columns.items()}
    found |= {name: name for name in table.columns}
    return {plain_heading(heading): name for heading, name in {**found, **table.also}.items()}


def _headings(sheet: Sheet) -> list[str]:
    return [plain_heading(text_of(cell)) for cell in (sheet.rows[0] if sheet.rows else ())]


def _table_of(sheet: Sheet, *, by_name: bool) -> Table | None:
    """A sheet by its name, a CSV by the headings that only one table has."""
    if by_name:
        return next((table for table in TABLES if table.name.casefold() == sheet.name.strip().casefold()), None)
    headings = set(_headings(sheet))
    for table in (VARIABLES, TARGETS, CHECKS, INDICATORS):
        fields = _fields_of(table)
        given = {fields[heading] for heading in headings if heading in fields}
        if set(table.needed) <= given and (table is not VARIABLES or "kind" in given):
            return table
    return None


def _lines(sheet: Sheet, shown: str, table: Table, wrong: list[Wrong]) -> list[Line]:
    fields, columns = _fields_of(table), {}
    headings: dict[str, str] = {}
    for place, heading in enumerate(_headings(sheet), 1):
        name = fields.get(heading)
        written = text_of(sheet.cell(1, place)).strip()
        if name is None:
            if heading and heading not in _IGNORED and heading not in _also_written(table):
                known = ", ".join(table.columns.values())
                wrong.append(
                    Wrong(1, column_letter(place), written, f"kolom tidak dikenal; yang dibaca: {known}.", shown)
                )
        elif name in columns:
            wrong.append(Wrong(1, column_letter(place), written, "kolom ini ada dua kali; sisakan satu.", shown))
        else:
            columns[name], headings[name] = place, written
    for name in table.needed:
        if name not in columns:
            wrong.append(Wrong(1, table.columns[name], "", "kolom ini belum ada; tambahkan pada baris judul.", shown))
    for area in sheet.merged:
        wrong.append(Wrong(1, area, "", "sel gabungan tidak dapat dibaca; pisahkan selnya.", shown))
    torn = torn_rows(sheet, 1, 1)
    wrong += (replace(one, sheet=shown) for one in torn.values())
    found = []
    for number in range(2, len(sheet.rows) + 1):
        if number in torn:
            continue
        cells = {name: _cell(sheet, number, place) for name, place in columns.items()}
        if not any(cells.values()):
            continue
        line = Line(number, cells, shown, headings)
        found.append(line)
        for name, place in columns.items():
            if address(number, place) in sheet.formulas:
                wrong.append(line.wrong(name, "sel ini berisi rumus Excel; salin sebagai nilai."))
    return found


def _also_written(table: Table) -> frozenset[str]:
    """Columns of an office folder that mean nothing here: a variable's order is that of its rows."""
    return frozenset({"order"}) if table is VARIABLES else frozenset()


def _cell(sheet: Sheet, row: int, column: int) -> str:
    content = sheet.cell(row, column)
    if isinstance(content, bool):
        return "ya" if content else "tidak"
    text = text_of(content).strip()
    return text[1:] if text.startswith("'") and text[1:2] in (*DANGEROUS, "-") else text


def _gather(lines: Mapping[str, Sequence[Line]], read: Read) -> None:
    for line in lines.get(INDICATORS.name, ()):
        key = key_of(line)
        if not key[0] or not key[1]:
            column = YEAR if key[0] else CODE
            cause = "tulis tahun dengan empat angka." if key[0] else "tulis kode indikatornya."
            read.wrong.append(line.wrong(column, cause))
        elif key in read.entries:
            first = read.entries[key].line.number
            read.wrong.append(line.wrong(CODE, f"indikator dan tahun ini sudah ada pada baris {first}."))
        else:
            read.entries[key] = Entry(line)
    for table, attribute in ((VARIABLES, "variables"), (TARGETS, "targets"), (CHECKS, "checks")):
        if table.name not in lines:
            continue
        for entry in read.entries.values():
            setattr(entry, attribute, None)
        for line in lines[table.name]:
            _give(line, attribute, read)


def _give(line: Line, attribute: str, read: Read) -> None:
    """A row of another sheet to its indicator; without a year it is for every year that the files have of the code."""
    code, year = key_of(line)
    if not year and attribute == "targets":
        year = read_whole(line.cells.get("period", "")[:4]) or 0
    keys = [key for key in read.entries if key[0] == code and (not year or key[1] == year)]
    if not keys:
        meant = near(code, {known for known, _ in read.entries})
        also = f" Mungkin maksudnya {meant}; tulis persis seperti itu." if meant else ""
        cause = f"indikator {code or '(kosong)'} tidak ada pada lembar {INDICATORS.name}.{also}"
        read.wrong.append(line.wrong(CODE, cause))
    for key in keys:
        rows: list[Line] = getattr(read.entries[key], attribute) or []
        setattr(read.entries[key], attribute, rows)
        if attribute == "targets" and any(one.cells["period"] == line.cells["period"] for one in rows):
            read.wrong.append(line.wrong("period", "target periode ini sudah ada pada baris lain."))
            continue
        rows.append(line)


# --- writing ---------------------------------------------------------------------------------------------------------


def tables_of(definitions: Iterable[Definition]) -> dict[str, list[list[str]]]:
    """Every sheet with its row of headings first, in the order of the definitions."""
    sheets: dict[str, list[list[str]]] = {table.name: [list(table.columns.values())] for table in TABLES}
    for definition in definitions:
        typed = as_typed(definition)
        key = {CODE: definition.code, YEAR: str(definition.year)}
        rows: dict[str, list[Mapping[str, str]]] = {
            INDICATORS.name: [{**key, **typed.fields}],
            VARIABLES.name: [{**key, **row} for row in typed.variables],
            TARGETS.name: [{**key, "period": period, "value": value} for period, value in typed.targets.items()],
            CHECKS.name: [{**key, **row} for row in typed.checks],
        }
        for table in TABLES:
            sheets[table.name] += [[row.get(name, "") for name in table.columns] for row in rows[table.name]]
    return sheets
