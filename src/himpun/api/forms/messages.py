"""Messages with many figures, as other systems and people send them: read into rows, row by row right or wrong. Pure.

Our own JSON and CSV are read here; `dhis2` and `adx` read the forms of other systems into the same rows. What is wrong
with one row is told for that row; what is wrong with the whole (no XML, no such column) is a refusal.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from himpun.errors import Refusal
from himpun.measure.periods import Period
from himpun.spreadsheets.book import Wrong

MAX_ROWS = 500_000
"""More rows than this are sent in several messages; splitting changes nothing."""
COLUMNS = ("indikator", "variabel", "unit", "periode", "nilai")
"""Columns of our own CSV and JSON; "variabel" and "unit" may be left out."""
_NEEDED = ("indikator", "periode", "nilai")


class MessageRefused(Refusal):
    """The message as a whole cannot be read: nothing was taken."""

    code = "pesan-tidak-terbaca"
    status = 400


class MessageTooLong(MessageRefused):
    """More rows than are taken at once."""

    code = "pesan-terlalu-besar"
    status = 413

    def __init__(self) -> None:
        super().__init__(
            f"Pesan ini memuat lebih dari {MAX_ROWS:,} baris.".replace(",", ".")
            + " Kirim dalam beberapa pesan; hasilnya sama."
        )


class GivenRow(NamedTuple):
    """A row as it was sent: codes of the sender, the period in our own notation, the value as written or exact."""

    row: int
    element: str
    unit: str
    period: str
    value: str | Decimal


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was read: its rows, and what is wrong with those that could not be read."""

    rows: tuple[GivenRow, ...]
    wrong: tuple[Wrong, ...] = ()


class DataValue(NamedTuple):
    """A figure to hand out: codes of the receiver, and the value with a decimal point ("44.44") or as a word."""

    element: str
    unit: str
    period: Period
    value: str


def plain_number(number: Decimal) -> str:
    """A number as machines write it: "44.44", "0", never "4E+1"."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_clean(text: str) -> bool:
    """Whether a database can keep the text: no NUL, no half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def collect(found: Iterable[GivenRow | Wrong]) -> Message:
    """Rows and faults sorted out. Raises MessageTooLong or, where there is nothing at all, MessageRefused."""
    rows: list[GivenRow] = []
    wrong: list[Wrong] = []
    for one in found:
        if isinstance(one, Wrong):
            wrong.append(one)
        elif not all(is_clean(text) for text in one if isinstance(text, str)):
            wrong.append(Wrong(one.row, "nilai", "", "Baris ini memuat karakter yang tidak dapat disimpan."))
        else:
            rows.append(one)
        if len(rows) + len(wrong) > MAX_ROWS:
            raise MessageTooLong
    if not rows and not wrong:
        raise MessageRefused("Pesan ini tidak memuat satu angka pun. Kirim sekurangnya satu baris.")
    return Message(tuple(rows), tuple(wrong))


# --- our own JSON ----------------------------------------------------------------------------------------------------


def read_json(content: bytes) -> Message:
    """{"rows": [{"indikator", "variabel", "unit", "periode", "nilai"}]}, numbers exact; rows count from 1."""
    rows = load_json(content, "rows")
    return collect(_own_row(number, row) for number, row in enumerate(rows, 1))


def load_json(content: bytes, name: str) -> Sequence[Any]:
    """The list `name` of a JSON object, its numbers as exact Decimal. Raises MessageRefused."""
    return list_of(load_object(content), name)


def load_object(content: bytes) -> Mapping[str, Any]:
    """A JSON object, its numbers as exact Decimal. Raises MessageRefused."""
    try:
        given = json.loads(content, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise MessageRefused(
            "Isi pesan bukan JSON yang benar (UTF-8). Periksa tanda kurung dan tanda kutipnya."
        ) from error
    if not isinstance(given, dict):
        raise MessageRefused("Isi pesan harus objek JSON, dimulai dengan kurung kurawal.")
    return given


def list_of(given: Mapping[str, Any], name: str) -> Sequence[Any]:
    """The list `name` of a JSON object. Raises MessageRefused."""
    rows = given.get(name)
    if not isinstance(rows, list):
        raise MessageRefused(f'Pesan ini tidak punya daftar “{name}”. Tulis seperti {{"{name}": [ … ]}}.')
    return rows


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _own_row(number: int, row: Any) -> GivenRow | Wrong:
    if not isinstance(row, dict):
        return Wrong(number, "baris", str(row)[:80], "Setiap baris harus objek JSON.")
    for name in COLUMNS:
        if isinstance(row.get(name), dict | list | bool):
            return Wrong(number, name, "", f"“{name}” harus teks atau angka.")
    if missing := [name for name in _NEEDED if row.get(name) is None]:
        return Wrong(number, missing[0], "", f"Kolom {missing[0]} belum diisi.")
    value = row["nilai"]
    return GivenRow(
        number,
        joined(text_of(row, "indikator"), text_of(row, "variabel")),
        text_of(row, "unit"),
        text_of(row, "periode"),
        value if isinstance(value, Decimal) else str(value),
    )


def text_of(row: Mapping[str, Any], name: str) -> str:
    """A field as text; "" where it is not there."""
    value = row.get(name)
    return "" if value is None else str(value).strip()


def joined(indicator: str, variable: str) -> str:
    """ "IKU-01" and "desa_baik" → "IKU-01.desa_baik"; the indicator alone where no variable is named."""
    return f"{indicator}.{variable}" if variable else indicator


# --- our own CSV -----------------------------------------------------------------------------------------------------


def read_csv(content: bytes) -> Message:
    """Columns of `COLUMNS` in any order, parted by ; or , or a tab. Rows are the lines of the file, the heading is 1."""
    return collect(_csv_row(number, row) for number, row in table_of(content, _NEEDED))


def _csv_row(number: int, row: Mapping[str, str]) -> GivenRow | Wrong:
    if missing := [name for name in _NEEDED if not row[name].strip()]:
        return Wrong(number, missing[0], "", f"Kolom {missing[0]} belum diisi. Kosong tidak sama dengan 0.")
    element = joined(row["indikator"].strip(), row.get("variabel", "").strip())
    return GivenRow(number, element, row.get("unit", "").strip(), row["periode"].strip(), row["nilai"].strip())


def table_of(content: bytes, needed: Sequence[str]) -> Iterable[tuple[int, Mapping[str, str]]]:
    """Line number and cells by heading (small letters) of a CSV text. Raises MessageRefused."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MessageRefused("Berkas CSV ini bukan teks UTF-8. Simpan ulang sebagai “CSV UTF-8”.") from error
    heading = text.partition("\n")[0]
    delimiter = max(";,\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in needed if name not in names]
        if missing:
            raise MessageRefused(f"Baris pertama CSV harus memuat nama kolom; yang belum ada: {', '.join(missing)}.")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                padded = [*cells, *[""] * (len(names) - len(cells))]
                yield reader.line_num, dict(zip(names, padded, strict=False))
    except csv.Error as error:
        raise MessageRefused(
            f"Berkas CSV ini rusak pada baris {reader.line_num}. Simpan ulang dari lembar kerja."
        ) from error


# --- XML -------------------------------------------------------------------------------------------------------------


class Tag(NamedTuple):
    """An element of an XML text: how deep it lies (0 is the root), its name without namespace, its attributes."""

    depth: int
    name: str
    attributes: Mapping[str, str]


class _Heard:
    """What the XML parser tells; builds no tree, so that a message of any shape takes no more memory than its text."""

    def __init__(self) -> None:
        self.tags: list[Tag] = []
        self._depth = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.tags.append(Tag(self._depth, local(name), {local(key): value for key, value in attributes.items()}))
        self._depth += 1
        if len(self.tags) > MAX_ROWS * 2:
            raise MessageTooLong

    def end(self, name: str) -> None:
        self._depth -= 1

    def close(self) -> None:
        """Nothing is left to do."""


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def read_tags(content: bytes) -> list[Tag]:
    """Every element of an XML text in its order; a document type or an entity is refused. Raises MessageRefused."""
    heard = _Heard()
    parser = DefusedXMLParser(target=heard, forbid_dtd=True)
    try:
        parser.feed(content)
        parser.close()
    except DefusedXmlException as error:
        raise MessageRefused("XML dengan DOCTYPE atau entitas tidak diterima. Kirim tanpa DOCTYPE.") from error
    except (SyntaxError, ValueError, LookupError) as error:
        raise MessageRefused("Isi pesan bukan XML yang benar.") from error
    return heard.tags
