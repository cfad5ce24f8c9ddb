"""The markup inside an xlsx: workbook, strings, styles and cells, read part by part with their limits."""

import posixpath
import re
from dataclasses import dataclass, field
from typing import Final, NoReturn
from xml.parsers import expat

from himpun.spreadsheets.book import (
    address,
    column_letter,
    coordinates,
    corners,
)
from himpun.spreadsheets.door import DDE, SMALL, shown_name, thousands
from himpun.spreadsheets.package import FORBIDDEN_TYPES, VALUES_ONLY, Package
from himpun.spreadsheets.parts import Attributes


class PartReader:
    """Walks one XML part as a stream. `start` and `end` get names without prefix; `text` what stands between."""

    def __init__(self, package: Package, part: str) -> None:
        self.package, self.door, self.part = package, package.door, part
        self.capturing = False
        self._pieces: list[str] = []

    def start(self, tag: str, attributes: Attributes) -> None: ...

    def end(self, tag: str) -> None: ...

    def captured(self) -> str:
        """What was written since `capturing` was set; stops capturing."""
        self.capturing = False
        text = "".join(self._pieces)
        self._pieces.clear()
        return text

    def read(self) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._on_start
        parser.EndElementHandler = self._on_end
        parser.CharacterDataHandler = self._on_text
        parser.StartDoctypeDeclHandler = self._on_doctype
        fed = 0
        try:
            for chunk in self.package.chunks(self.part):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > SMALL:
                    self.door.damaged(shown_name(self.part))
            parser.Parse(b"", True)
        except expat.ExpatError:
            self.door.damaged(shown_name(self.part))

    def _on_start(self, name: str, attributes: Attributes) -> None:
        self.start(name.rpartition(":")[2], attributes)

    def _on_end(self, name: str) -> None:
        self.end(name.rpartition(":")[2])

    def _on_text(self, text: str) -> None:
        if self.capturing:
            self._pieces.append(text)

    def _on_doctype(self, *_: object) -> None:
        self.package._doctype()


class Rules(PartReader):
    """[Content_Types].xml and the .rels: what the parts say they are. Hyperlinks may point outside, nothing else may."""

    def __init__(self, package: Package, part: str) -> None:
        super().__init__(package, part)
        self.targets: dict[str, str] = {}
        self.document = ""

    def start(self, tag: str, attributes: Attributes) -> None:
        kind = (attributes.get("ContentType") or attributes.get("Type") or "").lower()
        for word, cause in FORBIDDEN_TYPES:
            if word in kind:
                self.door.refuse(cause, VALUES_ONLY)
        if tag != "Relationship":
            return
        if attributes.get("TargetMode", "").lower() == "external" and not kind.endswith("/hyperlink"):
            self.door.refuse("berkasnya mengandung tautan ke berkas lain", VALUES_ONLY)
        target = attributes.get("Target", "")
        self.targets[attributes.get("Id", "")] = target
        if kind.endswith("/officedocument"):
            self.document = target


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sheet of the workbook is kept."""

    name: str
    part: str
    hidden: bool


class Workbook(PartReader):
    """xl/workbook.xml: the sheets in order."""

    def __init__(self, package: Package, part: str, targets: dict[str, str]) -> None:
        super().__init__(package, part)
        self.targets = targets
        self.places: list[Place] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "sheetData":
            self.door.damaged(shown_name(self.part))
        if tag != "sheet":
            return
        plain = {name.rpartition(":")[2]: value for name, value in attributes.items()}
        part = resolved(self.part, self.targets.get(plain.get("id", ""), ""))
        self.places.append(Place(plain.get("name", ""), part, plain.get("state", "visible") != "visible"))
        if len(self.places) > self.door.limits.sheets:
            self.door.refuse(f"lembarnya lebih dari {self.door.limits.sheets}", "Bagi menjadi beberapa berkas.")


class Strings(PartReader):
    """xl/sharedStrings.xml: how long each text is; one long text used by every cell would fill the memory."""

    MAX = 32_767
    """What Excel allows in a cell."""

    def __init__(self, package: Package, part: str) -> None:
        super().__init__(package, part)
        self.lengths: list[int] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "sheetData":
            self.door.damaged(shown_name(self.part))
        if tag == "si":
            self.captured()
            self.capturing = True

    def end(self, tag: str) -> None:
        if tag != "si":
            return
        length = len(self.captured())
        self.lengths.append(length)
        if length > self.MAX:
            self.door.refuse(f"ada sel yang isinya lebih dari {thousands(self.MAX)} huruf", "Ringkas isinya.")
        if len(self.lengths) > self.door.limits.cells:
            self.door.refuse(f"teksnya lebih dari {thousands(self.door.limits.cells)} macam", "Bagi berkasnya.")


class Styles(PartReader):
    """xl/styles.xml: which cell styles show a number as a percentage."""

    def __init__(self, package: Package, part: str) -> None:
        super().__init__(package, part)
        self.percents: set[str] = set()
        self._formats = {"9", "10"}
        self._inside = False
        self._count = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "sheetData":
            self.door.damaged(shown_name(self.part))
        if tag == "numFmt" and shows_percent(attributes.get("formatCode", "")):
            self._formats.add(attributes.get("numFmtId", ""))
        elif tag == "cellXfs":
            self._inside = True
        elif tag == "xf" and self._inside:
            if attributes.get("numFmtId") in self._formats:
                self.percents.add(str(self._count))
            self._count += 1

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self._inside = False


_QUOTED: Final = re.compile(r'"[^"]*"|\\.')


def shows_percent(format_code: str) -> bool:
    """Whether a number format multiplies by a hundred: a quoted % is only a letter."""
    return "%" in _QUOTED.sub("", format_code)


@dataclass(slots=True)
class Facts:
    """What a look through a sheet found: its size from A1, and what calamine does not tell."""

    height: int = 0
    width: int = 0
    letters: int = 0
    merged: list[str] = field(default_factory=list)
    formulas: set[str] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    percents: set[str] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    filtered: bool = False


class Cells(PartReader):
    """One sheet: counts rows and cells and stops at the first too many; finds formulas, merged cells and errors."""

    def __init__(
        self, package: Package, place: Place, lengths: list[int], percents: frozenset[str], facts: Facts
    ) -> None:
        super().__init__(package, place.part)
        self.name, self.lengths, self.styles, self.facts = shown_name(place.name), lengths, percents, facts
        self._rows = 0
        self._row = 0
        self._column = 0
        self._type = ""
        self._style = ""
        self._is_used = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "v":
            self._use()
            self.capturing = self._type in ("s", "e")
        elif tag == "row":
            self._start_row(attributes.get("r"))
            if _is_hidden(attributes, "ht"):
                self.facts.hidden_rows.add(self._row)
        elif tag == "col" and _is_hidden(attributes, "width"):
            self._hide_columns(attributes)
        elif tag == "sheetPr":
            self.facts.filtered = attributes.get("filterMode") in _TRUE
        elif tag == "f":
            self._use()
            self.capturing = True
        elif tag == "is":
            self._use()
        elif tag == "mergeCell":
            self.facts.merged.append(self._area(attributes.get("ref", "")))

    def end(self, tag: str) -> None:
        if tag == "v" and self.capturing:
            self._end_value(self.captured())
        elif tag == "f":
            self._end_formula(self.captured())

    def _start_row(self, number: str | None) -> None:
        self._rows += 1
        if self._rows > self.door.limits.rows:
            self._too_many_rows()
        self._row = self._number(number) if number is not None else self._row + 1
        self._column = 0

    def _hide_columns(self, attributes: Attributes) -> None:
        first, last = self._number(attributes.get("min", "")), self._number(attributes.get("max", ""))
        self.facts.hidden_columns.update(range(first, min(last, self.door.limits.columns) + 1))

    def _start_cell(self, attributes: Attributes) -> None:
        self._type, self._style = attributes.get("t", ""), attributes.get("s", "")
        self._is_used = False
        place = attributes.get("r")
        if place is None:
            self._column += 1
            return
        try:
            self._row, self._column = coordinates(place)
        except ValueError:
            self.door.damaged(f"lembar “{self.name}”")

    def _use(self) -> None:
        """The cell holds something: it counts, wherever it stands."""
        if self._is_used:
            return
        self._is_used = True
        facts, limits = self.facts, self.door.limits
        facts.height, facts.width = max(facts.height, self._row), max(facts.width, self._column)
        if facts.height > limits.rows:
            self._too_many_rows()
        if facts.width > limits.columns:
            self.door.refuse(
                f"lembar “{self.name}” memakai kolom {column_letter(facts.width)}, paling banyak {limits.columns} kolom",
                "Hapus kolom yang tidak perlu, simpan, lalu unggah lagi.",
            )
        if self._style in self.styles:
            facts.percents.add(address(self._row, self._column))

    def _end_value(self, text: str) -> None:
        if self._type == "e":
            if text.strip():
                self.facts.errors[self._row, self._column] = text.strip()[:40]
            return
        if not text.strip():  # a cell that was emptied: some programs leave its kind of value
            return
        index = self._number(text)
        if index >= len(self.lengths):
            self.door.damaged(f"lembar “{self.name}”, sel {address(self._row, self._column)}")
        self.facts.letters += self.lengths[index]

    def _end_formula(self, text: str) -> None:
        if DDE.search(text):
            self.door.refuse(
                f"lembar “{self.name}” sel {address(self._row, self._column)} memanggil program lain (DDE)",
                VALUES_ONLY,
            )
        self.facts.formulas.add(address(self._row, self._column))

    def _area(self, text: str) -> str:
        try:
            corners(text)
        except ValueError:
            self.door.damaged(f"lembar “{self.name}”")
        return text

    def _number(self, text: str) -> int:
        if not _INDEX.fullmatch(text.strip()):
            self.door.damaged(f"lembar “{self.name}”")
        return int(text)

    def _too_many_rows(self) -> NoReturn:
        self.door.refuse(
            f"lembar “{self.name}” lebih dari {thousands(self.door.limits.rows)} baris, termasuk baris kosong yang berformat",
            "Hapus baris di bawah data (pilih barisnya, Hapus), simpan, lalu unggah lagi.",
        )


_TRUE: Final = ("1", "true")


def _is_hidden(attributes: Attributes, size: str) -> bool:
    """Whether a row or column is hidden, or drawn so small that it is."""
    return attributes.get("hidden") in _TRUE or attributes.get(size) in ("0", "0.0")


_INDEX: Final = re.compile(r"[0-9]{1,9}")


def resolved(source: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")
