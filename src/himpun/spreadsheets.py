"""Workbooks and CSV files that came from outside, read without trusting a byte of them.

Pure. An XLSX is looked through as a zip and as XML streams before anything is unpacked into memory: macros, external
links, embedded objects, DOCTYPE, zip bombs, and sheets larger than `Limits` are refused with the cause and what to do.
Only the parts that were looked through are handed on to calamine, which reads the values. Numbers become exact
`Decimal`: what `repr` of the float shows, because that is what the person saw ("83.18").
"""

import csv
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, NoReturn, TypeVar
from xml.parsers import expat

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from himpun.errors import Refusal

T = TypeVar("T")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text begins with that a spreadsheet would run as a formula; some run the wide forms too."""

Content = str | Decimal | bool | date | None
"""What a cell holds. A time of day and a duration are text; a moment is a `datetime`, which is a `date`."""


def inert(cell: str) -> str:
    """A cell of a CSV that a spreadsheet takes as text and never as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


class BookRefused(Refusal):
    """The file is not taken in; the sentence names the file, the cause and what to do."""

    code = "berkas-ditolak"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may hold. `ratio` is unpacked ÷ packed; `cells` counts from A1 to the last filled cell."""

    bytes: int = 20_000_000
    unpacked: int = 60_000_000
    rows: int = 100_000
    columns: int = 200
    ratio: int = 200
    entries: int = 2_000
    sheets: int = 100
    cells: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet from A1; rows are ragged, trailing blanks dropped. `percents` are numbers shown with a % (0,85 = 85%)."""

    name: str
    rows: tuple[tuple[Content, ...], ...]
    merged: tuple[str, ...] = ()
    formulas: frozenset[str] = frozenset()
    hidden: bool = False
    percents: frozenset[str] = frozenset()

    def cell(self, row: int, column: int) -> Content:
        """The content at a 1-based row and column; None where there is nothing."""
        if row < 1 or column < 1 or row > len(self.rows) or column > len(self.rows[row - 1]):
            return None
        return self.rows[row - 1][column - 1]


@dataclass(frozen=True, slots=True)
class Book:
    """A file's sheets in their order. `kind` is "xlsx" or "csv"."""

    sheets: tuple[Sheet, ...]
    kind: str

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that name, or None."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One line of an import's report: row, column (heading or letter), what stood there, and why it is not taken."""

    row: int
    column: str
    value: str
    cause: str
    sheet: str = ""


def read_book(name: str, content: bytes, limits: Limits = Limits()) -> Book:
    """Read an .xlsx, .csv or .txt. Raises `BookRefused`, and nothing else, whatever the bytes are."""
    door = _Door(_shown(name), limits)
    extension = posixpath.splitext(name.lower().strip())[1]
    door.check_kind(extension, content)
    if extension == ".xlsx":
        return _read_xlsx(door, content)
    return _read_csv(door, content)


def column_letter(column: int) -> str:
    """3 → "C", 28 → "AB"."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """(5, 3) → "C5"."""
    return f"{column_letter(column)}{row}"


def coordinates(cell: str) -> tuple[int, int]:
    """ "C5" → (5, 3), row and column from 1. Raises ValueError for anything else."""
    match = _ADDRESS.fullmatch(cell)
    if match is None:
        raise ValueError(f"not a cell address: {cell!r}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


def corners(area: str) -> tuple[int, int, int, int]:
    """ "B2:C3" → (2, 2, 3, 3): first row, first column, last row, last column. A single cell is an area too."""
    first, _, last = area.partition(":")
    top, left = coordinates(first)
    bottom, right = coordinates(last or first)
    return min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def text_of(content: Content) -> str:
    """How a cell reads as typed text: 83.18 → "83,18" (every decimal, no thousands dots), a date → ISO, None → ""."""
    match content:
        case None:
            return ""
        case bool():
            return "TRUE" if content else "FALSE"
        case Decimal():
            whole, _, decimals = format(content, "f").partition(".")
            decimals = decimals.rstrip("0")
            return f"{whole},{decimals}" if decimals else whole
        case datetime():
            return content.isoformat(sep=" ")
        case date():
            return content.isoformat()
        case _:
            return content


_ADDRESS: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_CHUNK: Final = 65_536
_SMALL: Final = 1_000_000
"""Bytes. Unpacking to less than this is never a bomb, and no XML tag is longer."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DDE: Final = re.compile(r"\|.*!|\bDDE(?:AUTO)?\b", re.IGNORECASE | re.DOTALL)
_SAVE_AS: Final = "Buka di Excel atau LibreOffice, simpan ulang sebagai Excel Workbook (.xlsx), lalu unggah hasilnya."
_AGAIN: Final = "Buka di Excel atau LibreOffice, simpan ulang sebagai .xlsx, lalu unggah lagi."
_DAMAGED: Final = "isinya rusak atau terpotong"
_OTHER_KINDS: Final = {
    ".xls": "ini Excel lama (.xls)",
    ".xlsm": "ini Excel dengan makro (.xlsm)",
    ".xltm": "ini Excel dengan makro (.xltm)",
    ".xlsb": "ini Excel biner (.xlsb)",
    ".ods": "ini OpenDocument (.ods)",
}


@dataclass(frozen=True, slots=True)
class _Door:
    """Where a file is turned away: knows what the file is called and how much it may hold."""

    name: str
    limits: Limits

    def refuse(self, cause: str, advice: str) -> NoReturn:
        raise BookRefused(f"Berkas “{self.name}” ditolak: {cause}. {advice}")

    def damaged(self, where: str = "") -> NoReturn:
        self.refuse(_DAMAGED + (f" ({where})" if where else ""), _AGAIN)

    def check_kind(self, extension: str, content: bytes) -> None:
        if extension in _OTHER_KINDS:
            self.refuse(_OTHER_KINDS[extension], _SAVE_AS)
        if extension not in (".xlsx", ".csv", ".txt"):
            self.refuse("yang dapat dibaca hanya .xlsx dan .csv", _SAVE_AS)
        if not content:
            self.refuse("berkasnya kosong", "Periksa berkasnya, lalu unggah lagi.")
        if len(content) > self.limits.bytes:
            self.refuse(
                f"ukurannya {_millions(len(content))} MB, paling besar {_millions(self.limits.bytes)} MB",
                "Hapus lembar, gambar, dan baris kosong yang tidak perlu, atau bagi menjadi beberapa berkas.",
            )
        if extension == ".xlsx":
            self._check_is_zip(content)
        elif content.startswith((b"PK\x03\x04", _OLE)):
            self.refuse("isinya bukan teks CSV", "Beri nama sesuai jenisnya (.xlsx), atau simpan ulang sebagai CSV.")

    def _check_is_zip(self, content: bytes) -> None:
        if content.startswith(_OLE):
            if "EncryptedPackage".encode("utf-16-le") in content:
                self.refuse("berkasnya berkata sandi", "Hapus kata sandinya (Simpan Sebagai tanpa sandi), lalu unggah.")
            self.refuse("isinya Excel lama (.xls) walaupun namanya .xlsx", _SAVE_AS)
        if not content.startswith(b"PK\x03\x04"):
            self.refuse("isinya bukan Excel (.xlsx)", _SAVE_AS)


def _shown(name: str) -> str:
    printable = "".join(letter if letter.isprintable() else "�" for letter in name.strip())
    return printable if len(printable) <= 80 else f"{printable[:60]}…{printable[-15:]}"


def _millions(size: int) -> str:
    return f"{size / 1_000_000:.1f}".replace(".", ",").removesuffix(",0")


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")


# XLSX: the zip


_FORBIDDEN_PARTS: Final = (
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
_FORBIDDEN_TYPES: Final = (
    ("macroenabled", "berkasnya mengandung makro"),
    ("vbaproject", "berkasnya mengandung makro"),
    ("macrosheet", "berkasnya mengandung makro"),
    ("activex", "berkasnya mengandung objek sisipan (ActiveX)"),
    ("oleobject", "berkasnya mengandung objek sisipan (OLE)"),
    ("externallink", "berkasnya mengandung tautan ke berkas lain"),
)
_VALUES_ONLY: Final = (
    "Salin isinya ke buku kerja baru sebagai nilai (Tempel Khusus → Nilai), simpan sebagai .xlsx, lalu unggah."
)
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


class _Package:
    """An XLSX's zip, its names and sizes checked; sizes are counted while unpacking, never believed."""

    def __init__(self, door: _Door, content: bytes) -> None:
        self.door = door
        if content.count(b"PK\x01\x02") > door.limits.entries:
            door.refuse(f"isinya lebih dari {_thousands(door.limits.entries)} bagian", _SAVE_AS)
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
            self.door.damaged(f"{_shown(part)} tidak ada")
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except _READING_ERRORS:
            self.door.damaged(_shown(part))

    def copy_of(self, parts: list[str]) -> io.BytesIO:
        """A zip of these parts only, freshly made, for calamine."""
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
            for part in dict.fromkeys(part.lower() for part in parts):
                target.writestr(self._parts[part].filename, b"".join(self.chunks(part)))
        copy.seek(0)
        return copy

    def _take(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        if info.flag_bits & 0x1:
            self.door.refuse("berkasnya berkata sandi", "Hapus kata sandinya, simpan ulang, lalu unggah.")
        if "\\" in name or name.startswith("/") or ".." in name.split("/") or ":" in name or not name.isprintable():
            self.door.refuse("nama bagian di dalamnya tidak wajar", _SAVE_AS)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or name.lower() in self._parts:
            self.door.damaged(_shown(name))
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
                if size > max(_SMALL, self.door.limits.ratio * info.compress_size):
                    self.door.refuse("isinya membengkak tidak wajar ketika dibuka (bom zip)", _SAVE_AS)
                if number == 0 and (b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk) and part.endswith((".xml", ".rels")):
                    self._doctype()
            total += size

    def _too_large(self) -> NoReturn:
        self.door.refuse(
            f"setelah dibuka isinya lebih dari {_millions(self.door.limits.unpacked)} MB (bom zip, atau baris kosong berformat)",
            "Hapus baris, gambar, dan lembar yang tidak perlu, simpan, lalu unggah lagi.",
        )

    def _doctype(self) -> NoReturn:
        self.door.refuse("di dalamnya ada DOCTYPE atau ENTITY, yang tidak pernah ditulis Excel", _SAVE_AS)


# XLSX: the XML


Attributes = dict[str, str]


class _Reader:
    """Walks one XML part as a stream. `start` and `end` get names without prefix; `text` what stands between."""

    def __init__(self, package: _Package, part: str) -> None:
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
                if fed - parser.CurrentByteIndex > _SMALL:
                    self.door.damaged(_shown(self.part))
            parser.Parse(b"", True)
        except expat.ExpatError:
            self.door.damaged(_shown(self.part))

    def _on_start(self, name: str, attributes: Attributes) -> None:
        self.start(name.rpartition(":")[2], attributes)

    def _on_end(self, name: str) -> None:
        self.end(name.rpartition(":")[2])

    def _on_text(self, text: str) -> None:
        if self.capturing:
            self._pieces.append(text)

    def _on_doctype(self, *_: object) -> None:
        self.package._doctype()


class _Rules(_Reader):
    """[Content_Types].xml and the .rels: what the parts say they are. Hyperlinks may point outside, nothing else may."""

    def __init__(self, package: _Package, part: str) -> None:
        super().__init__(package, part)
        self.targets: dict[str, str] = {}
        self.document = ""

    def start(self, tag: str, attributes: Attributes) -> None:
        kind = (attributes.get("ContentType") or attributes.get("Type") or "").lower()
        for word, cause in _FORBIDDEN_TYPES:
            if word in kind:
                self.door.refuse(cause, _VALUES_ONLY)
        if tag != "Relationship":
            return
        if attributes.get("TargetMode", "").lower() == "external" and not kind.endswith("/hyperlink"):
            self.door.refuse("berkasnya mengandung tautan ke berkas lain", _VALUES_ONLY)
        target = attributes.get("Target", "")
        self.targets[attributes.get("Id", "")] = target
        if kind.endswith("/officedocument"):
            self.document = target


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a sheet of the workbook is kept."""

    name: str
    part: str
    hidden: bool


class _Workbook(_Reader):
    """xl/workbook.xml: the sheets in order."""

    def __init__(self, package: _Package, part: str, targets: dict[str, str]) -> None:
        super().__init__(package, part)
        self.targets = targets
        self.places: list[_Place] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "sheetData":
            self.door.damaged(_shown(self.part))
        if tag != "sheet":
            return
        plain = {name.rpartition(":")[2]: value for name, value in attributes.items()}
        part = _resolved(self.part, self.targets.get(plain.get("id", ""), ""))
        self.places.append(_Place(plain.get("name", ""), part, plain.get("state", "visible") != "visible"))
        if len(self.places) > self.door.limits.sheets:
            self.door.refuse(f"lembarnya lebih dari {self.door.limits.sheets}", "Bagi menjadi beberapa berkas.")


def _resolved(source: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")


class _Strings(_Reader):
    """xl/sharedStrings.xml: how long each text is; one long text used by every cell would fill the memory."""

    MAX = 32_767
    """What Excel allows in a cell."""

    def __init__(self, package: _Package, part: str) -> None:
        super().__init__(package, part)
        self.lengths: list[int] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "sheetData":
            self.door.damaged(_shown(self.part))
        if tag == "si":
            self.captured()
            self.capturing = True

    def end(self, tag: str) -> None:
        if tag != "si":
            return
        length = len(self.captured())
        self.lengths.append(length)
        if length > self.MAX:
            self.door.refuse(f"ada sel yang isinya lebih dari {_thousands(self.MAX)} huruf", "Ringkas isinya.")
        if len(self.lengths) > self.door.limits.cells:
            self.door.refuse(f"teksnya lebih dari {_thousands(self.door.limits.cells)} macam", "Bagi berkasnya.")


class _Styles(_Reader):
    """xl/styles.xml: which cell styles show a number as a percentage."""

    def __init__(self, package: _Package, part: str) -> None:
        super().__init__(package, part)
        self.percents: set[str] = set()
        self._formats = {"9", "10"}
        self._inside = False
        self._count = 0

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "sheetData":
            self.door.damaged(_shown(self.part))
        if tag == "numFmt" and "%" in _QUOTED.sub("", attributes.get("formatCode", "")):
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


@dataclass(slots=True)
class _Facts:
    """What a look through a sheet found: its size from A1, and what calamine does not tell."""

    height: int = 0
    width: int = 0
    letters: int = 0
    merged: list[str] = field(default_factory=list)
    formulas: set[str] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    percents: set[str] = field(default_factory=set)


class _Cells(_Reader):
    """One sheet: counts rows and cells and stops at the first too many; finds formulas, merged cells and errors."""

    def __init__(
        self, package: _Package, place: _Place, lengths: list[int], percents: frozenset[str], facts: _Facts
    ) -> None:
        super().__init__(package, place.part)
        self.name, self.lengths, self.styles, self.facts = _shown(place.name), lengths, percents, facts
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
            self.facts.errors[self._row, self._column] = text.strip()[:40] or "#N/A"
            return
        index = self._number(text)
        if index >= len(self.lengths):
            self.door.damaged(f"lembar “{self.name}”, sel {address(self._row, self._column)}")
        self.facts.letters += self.lengths[index]

    def _end_formula(self, text: str) -> None:
        if _DDE.search(text):
            self.door.refuse(
                f"lembar “{self.name}” sel {address(self._row, self._column)} memanggil program lain (DDE)",
                _VALUES_ONLY,
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
            f"lembar “{self.name}” lebih dari {_thousands(self.door.limits.rows)} baris, termasuk baris kosong yang berformat",
            "Hapus baris di bawah data (pilih barisnya, Hapus), simpan, lalu unggah lagi.",
        )


_INDEX: Final = re.compile(r"[0-9]{1,9}")


def _read_xlsx(door: _Door, content: bytes) -> Book:
    package = _Package(door, content)
    for name in package.names():
        for word, cause in _FORBIDDEN_PARTS:
            if word in name:
                door.refuse(cause, _VALUES_ONLY)
    document, targets = _relations(package)
    workbook = _Workbook(package, document, targets)
    workbook.read()
    sheets = [place for place in workbook.places if "/chartsheets/" not in f"/{place.part.lower()}"]
    if not sheets:
        door.damaged("tidak ada lembar")
    facts = _look_through(package, sheets)
    fixed = ("[Content_Types].xml", "_rels/.rels", document, _rels_of(document), _STRINGS, _STYLES)
    copy = package.copy_of([part for part in fixed if part in package] + [place.part for place in sheets])
    return Book(tuple(_values(door, copy, workbook.places, facts)), "xlsx")


_STRINGS: Final = "xl/sharedStrings.xml"
_STYLES: Final = "xl/styles.xml"


def _rels_of(part: str) -> str:
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")


def _relations(package: _Package) -> tuple[str, dict[str, str]]:
    """The workbook's part and what its relations point at; refuses forbidden kinds and links in every .rels."""
    _Rules(package, "[Content_Types].xml").read()
    document, targets = "xl/workbook.xml", {}
    for name in sorted(name for name in package.names() if name.endswith(".rels")):
        rules = _Rules(package, name)
        rules.read()
        if name == "_rels/.rels" and rules.document:
            document = _resolved("", rules.document)
        targets[name] = rules.targets
    return document, targets.get(_rels_of(document).lower(), {})


def _look_through(package: _Package, places: list[_Place]) -> dict[str, _Facts]:
    """The facts of every sheet by name, after the strings and styles they lean on."""
    lengths: list[int] = []
    percents: frozenset[str] = frozenset()
    if _STRINGS in package:
        strings = _Strings(package, _STRINGS)
        strings.read()
        lengths = strings.lengths
    if _STYLES in package:
        styles = _Styles(package, _STYLES)
        styles.read()
        percents = frozenset(styles.percents)
    found: dict[str, _Facts] = {}
    for place in places:
        if place.name in found:
            package.door.damaged(f"dua lembar bernama “{_shown(place.name)}”")
        found[place.name] = _Facts()
        _Cells(package, place, lengths, percents, found[place.name]).read()
        _check_total(package.door, found)
    return found


def _check_total(door: _Door, found: dict[str, _Facts]) -> None:
    if sum(facts.height * facts.width for facts in found.values()) > door.limits.cells:
        door.refuse(f"isinya lebih dari {_thousands(door.limits.cells)} sel", "Bagi menjadi beberapa berkas.")
    if sum(facts.letters for facts in found.values()) > door.limits.unpacked:
        door.refuse(f"teksnya lebih dari {_millions(door.limits.unpacked)} juta huruf", "Bagi menjadi beberapa berkas.")


def _values(door: _Door, copy: io.BytesIO, places: list[_Place], facts: dict[str, _Facts]) -> Iterator[Sheet]:
    workbook = _by_calamine(door, lambda: CalamineWorkbook.from_filelike(copy))
    kinds = {data.name: data for data in workbook.sheets_metadata}
    if set(kinds) != {place.name for place in places}:
        door.damaged("daftar lembarnya tidak sesuai")
    for name, found in facts.items():
        if kinds[name].typ is not SheetTypeEnum.WorkSheet:
            door.refuse(f"lembar “{_shown(name)}” bukan lembar kerja biasa", _VALUES_ONLY)
        raw = _raw_rows(door, workbook, name)
        yield Sheet(
            name=name,
            rows=_trimmed([[_content(each) for each in row] for row in _with_errors(raw, found.errors)]),
            merged=tuple(found.merged),
            formulas=frozenset(found.formulas),
            hidden=kinds[name].visible is not SheetVisibleEnum.Visible,
            percents=frozenset(found.percents),
        )


def _raw_rows(door: _Door, workbook: CalamineWorkbook, name: str) -> list[list[object]]:
    sheet = _by_calamine(door, lambda: workbook.get_sheet_by_name(name))
    return [list(row) for row in _by_calamine(door, lambda: sheet.to_python(skip_empty_area=False))]


def _by_calamine(door: _Door, read: Callable[[], T]) -> T:
    """calamine's answer; its errors, and a panic in its Rust code, mean that the file is damaged."""
    try:
        return read()
    except Exception:
        door.damaged()
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        door.damaged()


def _with_errors(rows: list[list[object]], errors: dict[tuple[int, int], str]) -> list[list[object]]:
    """calamine reads #DIV/0! as blank; here it stays what the person sees. Rows grow where only errors stand."""
    for (row, column), text in errors.items():
        rows.extend([] for _ in range(row - len(rows)))
        cells = rows[row - 1]
        cells.extend("" for _ in range(column - len(cells)))
        cells[column - 1] = text
    return rows


def _content(raw: object) -> Content:
    match raw:
        case "" | None:
            return None
        case bool() | str():
            return raw
        case float() | int():
            return _number(raw)
        case datetime() if raw.time() == time():
            return raw.date()
        case date():
            return raw
        case time():
            return raw.isoformat()
        case timedelta():
            return str(raw)
        case _:
            return str(raw)


def _number(raw: float) -> Content:
    value = Decimal(repr(raw))
    if not value.is_finite():
        return str(raw)
    whole = value.to_integral_value()
    return (whole if whole else Decimal(0)) if value == whole else value


def _trimmed(rows: list[list[Content]]) -> tuple[tuple[Content, ...], ...]:
    """The rows without blanks at their ends, without blank rows at the end."""
    tidy = []
    for row in rows:
        while row and row[-1] is None:
            row.pop()
        tidy.append(tuple(row))
    while tidy and not tidy[-1]:
        tidy.pop()
    return tuple(tidy)


# CSV


_SEPARATOR_LINE: Final = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)


def _read_csv(door: _Door, content: bytes) -> Book:
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
            f"baris {_thousands(reader.line_num)} tidak dapat dibaca sebagai CSV (tanda petik yang tidak ditutup?)",
            "Perbaiki baris itu, atau simpan ulang sebagai CSV UTF-8.",
        )
    trimmed = _trimmed(rows)
    formulas = frozenset(
        address(row, column)
        for row, cells_of in enumerate(trimmed, start=1)
        for column, cell in enumerate(cells_of, start=1)
        if isinstance(cell, str) and cell.startswith("=")
    )
    return Book((Sheet("CSV", trimmed, formulas=formulas),), "csv")


def _check_csv_size(door: _Door, row: int, width: int, cells: int) -> None:
    limits = door.limits
    if row > limits.rows:
        door.refuse(f"barisnya lebih dari {_thousands(limits.rows)}", "Bagi menjadi beberapa berkas.")
    if width > limits.columns:
        door.refuse(f"baris {_thousands(row)} lebih dari {limits.columns} kolom", "Hapus kolom yang tidak perlu.")
    if cells > limits.cells:
        door.refuse(f"isinya lebih dari {_thousands(limits.cells)} sel", "Bagi menjadi beberapa berkas.")


def _decoded(door: _Door, content: bytes) -> str:
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
    lines = text[:_CHUNK].splitlines()[:20]

    def score(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            return 0, 0
        wide = [width for width in widths if width > 1]
        usual = max(set(wide), key=lambda width: (wide.count(width), width), default=0)
        return wide.count(usual) if usual else 0, usual

    return max((";", "\t", ","), key=score)
