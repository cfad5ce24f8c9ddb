"""An OpenDocument workbook read: values, percentages, formulas and merged cells out of its one part."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from himpun.spreadsheets.book import Book, Content, Sheet, address, as_shown, without_blank_ends
from himpun.spreadsheets.door import DDE, Door, shown_name, thousands
from himpun.spreadsheets.markup import PartReader
from himpun.spreadsheets.package import VALUES_ONLY, Package
from himpun.spreadsheets.parts import Attributes
from himpun.typed import visible

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_MOST_LETTERS: Final = 32_767
_UNSEEN: Final = ("collapse", "filter")
"""What `table:visibility` says of rows and columns that are hidden."""


def read_ods(door: Door, content: bytes) -> Book:
    package = Package(door, content)
    if any(name.startswith(("basic/", "scripts/")) for name in package.names()):
        door.refuse("berkasnya mengandung makro", VALUES_ONLY)
    if _MANIFEST in package and any(b"encryption-data" in chunk for chunk in package.chunks(_MANIFEST)):
        door.refuse("berkasnya berkata sandi", "Hapus kata sandinya, simpan ulang, lalu unggah.")
    reader = _Tables(package, _CONTENT)
    reader.read()
    if not reader.sheets:
        door.damaged("tidak ada lembar")
    return Book(tuple(reader.sheets), "ods")


class _Tables(PartReader):
    """Walks content.xml: tables, rows, cells; what is repeated is counted before it is written out."""

    def __init__(self, package: Package, part: str) -> None:
        super().__init__(package, part)
        self.sheets: list[Sheet] = []
        self._hidden: set[str] = set()
        self._style = self._name = ""
        self._asides = 0
        self._cells = 0
        self._cell: Attributes | None = None
        self._texts: list[str] = []
        self._begin("", "")

    def _begin(self, name: str, style: str) -> None:
        self._name, self._is_hidden = name, style in self._hidden
        self._rows: list[list[Content]] = []
        self._row: list[Content] = []
        self._blank_rows = self._blank_cells = 0
        self._repeat = 1
        self._merged: list[str] = []
        self._formulas: set[str] = set()
        self._percents: set[str] = set()
        self._columns = 0
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._filtered = self._is_row_hidden = False

    def start(self, tag: str, attributes: Attributes) -> None:
        given = {name.rpartition(":")[2]: value for name, value in attributes.items()}
        match tag:
            case "dde-link" | "table-source" | "cell-range-source":
                self.door.refuse("berkasnya mengandung tautan ke berkas lain", VALUES_ONLY)
            case "style":
                self._style = given.get("name", "")
            case "table-properties" if given.get("display") == "false":
                self._hidden.add(self._style)
            case "table":
                self._begin(given.get("name", ""), given.get("style-name", ""))
                if len(self.sheets) >= self.door.limits.sheets:
                    self.door.refuse(f"lembarnya lebih dari {self.door.limits.sheets}", "Bagi menjadi beberapa berkas.")
            case "table-row":
                self._row, self._blank_cells, self._repeat = [], 0, self._times(given, "number-rows-repeated")
                self._is_row_hidden = given.get("visibility") in _UNSEEN
                self._filtered = self._filtered or given.get("visibility") == "filter"
            case "table-column":
                self._pass_columns(given)
            case "table-cell" | "covered-table-cell":
                self._cell, self._texts = given, []
            case "annotation":
                self._asides += 1
            case "p" if self._cell is not None and not self._asides:
                self.capturing = True
            case "s" | "tab" | "line-break" if self.capturing:
                self._on_text(" ")

    def end(self, tag: str) -> None:
        match tag:
            case "annotation":
                self._asides -= 1
            case "p" if self.capturing:
                self._texts.append(self.captured())
            case "table-cell" | "covered-table-cell":
                self._end_cell(self._cell or {}, covered=tag != "table-cell")
            case "table-row":
                self._end_row()
            case "table":
                self._end_table()

    def _pass_columns(self, given: Attributes) -> None:
        first, most = self._columns + 1, self.door.limits.columns
        self._columns += self._times(given, "number-columns-repeated")
        if given.get("visibility") in _UNSEEN:
            self._hidden_columns.update(range(first, min(self._columns, most) + 1))

    def _end_cell(self, given: Attributes, *, covered: bool) -> None:
        self._cell = None
        content = None if covered else self._content(given)
        times = self._times(given, "number-columns-repeated")
        if content is None and "formula" not in given:
            self._blank_cells += times
            self._note_merged(given, len(self._row) + self._blank_cells - times + 1)
            return
        if len(self._row) + self._blank_cells + times > self.door.limits.columns:
            most = self.door.limits.columns
            self.door.refuse(
                f"lembar “{shown_name(self._name)}” lebih dari {most} kolom", "Hapus kolom yang tidak perlu."
            )
        self._row += [None] * self._blank_cells
        self._blank_cells = 0
        self._note_merged(given, len(self._row) + 1)
        for _ in range(times):
            self._row.append(content)
            place = address(len(self._rows) + self._blank_rows + 1, len(self._row))
            self._note(given, place)

    def _note(self, given: Attributes, place: str) -> None:
        if formula := given.get("formula"):
            if DDE.search(formula):
                where = f"lembar “{shown_name(self._name)}” sel {place}"
                self.door.refuse(f"{where} memanggil program lain (DDE)", VALUES_ONLY)
            self._formulas.add(place)
        if given.get("value-type") == "percentage":
            self._percents.add(place)

    def _note_merged(self, given: Attributes, column: int) -> None:
        wide, high = self._times(given, "number-columns-spanned"), self._times(given, "number-rows-spanned")
        if wide > 1 or high > 1:
            row = len(self._rows) + self._blank_rows + 1
            self._merged.append(f"{address(row, column)}:{address(row + high - 1, column + wide - 1)}")

    def _end_row(self) -> None:
        if not self._row:
            self._blank_rows += self._repeat
            return
        height = len(self._rows) + self._blank_rows + self._repeat
        self._cells += len(self._row) * self._repeat
        if height > self.door.limits.rows:
            most = thousands(self.door.limits.rows)
            self.door.refuse(
                f"lembar “{shown_name(self._name)}” lebih dari {most} baris", "Bagi menjadi beberapa berkas."
            )
        if self._cells > self.door.limits.cells:
            self.door.refuse(
                f"isinya lebih dari {thousands(self.door.limits.cells)} sel", "Bagi menjadi beberapa berkas."
            )
        self._rows += [[] for _ in range(self._blank_rows)]
        self._blank_rows = 0
        first = len(self._rows) + 1
        if self._is_row_hidden:
            self._hidden_rows.update(range(first, first + self._repeat))
        self._rows += [[*self._row] for _ in range(self._repeat)]
        for places in (self._formulas, self._percents) if self._repeat > 1 else ():
            columns = [column for column in range(1, len(self._row) + 1) if address(first, column) in places]
            places.update(address(row, column) for row in range(first, first + self._repeat) for column in columns)

    def _end_table(self) -> None:
        if any(sheet.name == self._name for sheet in self.sheets):
            self.door.damaged(f"dua lembar bernama “{shown_name(self._name)}”")
        self.sheets.append(
            Sheet(
                self._name,
                without_blank_ends(self._rows),
                tuple(self._merged),
                frozenset(self._formulas),
                self._is_hidden,
                frozenset(self._percents),
                hidden_rows=frozenset(self._hidden_rows),
                hidden_columns=frozenset(self._hidden_columns),
                filtered=self._filtered,
            )
        )
        self._begin("", "")

    def _times(self, given: Attributes, name: str) -> int:
        text = given.get(name, "1")
        if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text)):
            self.door.damaged(f"lembar “{shown_name(self._name)}”")
        return int(text)

    def _content(self, given: Attributes) -> Content:
        shown = visible("\n".join(self._texts))
        if len(shown) > _MOST_LETTERS:
            self.door.refuse(f"ada sel yang isinya lebih dari {thousands(_MOST_LETTERS)} huruf", "Ringkas isinya.")
        try:
            match given.get("value-type", ""):
                case "float" | "percentage" | "currency":
                    return as_shown(Decimal(given["value"]))
                case "boolean":
                    return given["boolean-value"] == "true"
                case "date":
                    return _day(given["date-value"])
        except (KeyError, ValueError, InvalidOperation):
            self.door.damaged(f"lembar “{shown_name(self._name)}”")
        return shown or None


def _day(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
