"""Messages with many figures, as other systems and people send them: read into rows, row by row right or wrong. Pure.

Our own JSON and CSV are read here; `dhis2` and `adx` read the forms of other systems into the same rows. What is wrong
with one row is told for that row; what is wrong with the whole (no XML, no such column) is a refusal.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from himpun.errors import Refusal
from himpun.measure.periods import Period
from himpun.spreadsheets.book import Wrong
from himpun.spreadsheets.records import CsvUnreadable, Row, listing
from himpun.typed import visible

MAX_ROWS = 500_000
"""More rows than this are sent in several messages; splitting changes nothing."""
COLUMNS = ("indikator", "variabel", "unit", "periode", "nilai")
"""Columns of our own CSV and JSON; "variabel" and "unit" may be left out."""
_NEEDED = ("indikator", "periode", "nilai")
_PASSED = frozenset({"id", "versi", "beku", "sumber", "pada", "oleh", "no", "catatan", "keterangan"})
"""What may stand beside them unread: what we hand out with a figure, a number of the row, a note."""


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
    """A row as it was sent: codes of the sender, the period in our own notation, the value as written or exact.

    `details`: (name as sent, kind of code, code) of the option combinations that are not the default one by themselves.
    """

    row: int
    element: str
    unit: str
    period: str
    value: str | Decimal | bool
    details: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A message that was read: its rows, what is wrong with those that could not be read, and what was passed over."""

    rows: tuple[GivenRow, ...]
    wrong: tuple[Wrong, ...] = ()
    passed: tuple[str, ...] = ()


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


def collect(found: Iterable[GivenRow | Wrong], passed: Collection[str] = ()) -> Message:
    """Rows and faults sorted out. Raises MessageTooLong or, where there is nothing at all, MessageRefused.

    `passed`, the names of what carries no figure, may grow while the rows are read.
    """
    rows: list[GivenRow] = []
    wrong: list[Wrong] = []
    for one in found:
        if isinstance(one, Wrong):
            wrong.append(one)
        elif not all(is_clean(text) for text in (*one, *sum(one.details, ())) if isinstance(text, str)):
            wrong.append(Wrong(one.row, "nilai", "", "Baris ini memuat karakter yang tidak dapat disimpan."))
        else:
            rows.append(one)
        if len(rows) + len(wrong) > MAX_ROWS:
            raise MessageTooLong
    if not rows and not wrong:
        raise MessageRefused("Pesan ini tidak memuat satu angka pun. Kirim sekurangnya satu baris.")
    return Message(tuple(rows), tuple(wrong), tuple(dict.fromkeys(passed)))


# --- our own JSON ----------------------------------------------------------------------------------------------------


def read_json(content: bytes) -> Message:
    """{"rows": [{"indikator", "variabel", "unit", "periode", "nilai"}]}, numbers exact; rows count from 1."""
    given = load_object(content)
    rows = list_of(given, "rows")
    check_keys(given, ("rows", "berikutnya"))
    passed: dict[str, None] = {}
    return collect((_own_row(number, row, passed) for number, row in enumerate(rows, 1)), passed.keys())


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


def check_keys(given: Mapping[str, Any], known: Collection[str]) -> None:
    """Raises MessageRefused for names in a JSON object, beside its rows, that are not known."""
    if strange := sorted({*given} - {*known}):
        named = ", ".join(f"“{name[:40]}”" for name in strange)
        raise MessageRefused(f"Pesan ini memuat {named}, yang tidak dikenal di sini. Kirim tanpa itu.")


def sort_out(row: Iterable[str], known: Collection[str], without: Collection[str], passed: dict[str, None]) -> str:
    """Names of a row that are neither known nor carry no figure (`without`, noted as passed), in a sentence; "" if none."""
    strange = [name for name in row if name not in known and name not in without]
    passed.update(dict.fromkeys(name for name in row if name in without))
    if not strange:
        return ""
    named = ", ".join(f"“{name[:40]}”" for name in strange)
    return f"{named} tidak dikenal di sini, sehingga tidak dapat diabaikan begitu saja. Kirim angka tanpa rincian itu."


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _own_row(number: int, row: Any, passed: dict[str, None]) -> GivenRow | Wrong:
    if not isinstance(row, dict):
        return Wrong(number, "baris", str(row)[:80], "Setiap baris harus objek JSON.")
    if strange := sort_out(row, COLUMNS, _PASSED, passed):
        return Wrong(
            number, next(name for name in row if name not in COLUMNS and name not in _PASSED)[:40], "", strange
        )
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
        value if isinstance(value, Decimal) else visible(str(value)),
    )


def text_of(row: Mapping[str, Any], name: str) -> str:
    """A field as text; "" where it is not there."""
    value = row.get(name)
    return "" if value is None else visible(str(value)).strip()


def joined(indicator: str, variable: str) -> str:
    """ "IKU-01" and "desa_baik" → "IKU-01.desa_baik"; the indicator alone where no variable is named."""
    return f"{indicator}.{variable}" if variable else indicator


# --- our own CSV -----------------------------------------------------------------------------------------------------


def read_csv(content: bytes) -> Message:
    """Columns of `COLUMNS` in any order, parted by ; or , or a tab. Rows are the lines of the file, the heading is 1."""
    with unreadable_csv():
        table = listing(content, known={name: name for name in COLUMNS}, needed=_NEEDED, passed=_PASSED)
        return collect(map(_csv_row, table.rows), table.passed)


def _csv_row(line: Row) -> GivenRow | Wrong:
    number, row, fault = line
    if fault:
        return Wrong(number, "baris", "", fault)
    if missing := [name for name in _NEEDED if not row[name]]:
        return Wrong(number, missing[0], "", f"Kolom {missing[0]} belum diisi. Kosong tidak sama dengan 0.")
    element = joined(row["indikator"], row.get("variabel", ""))
    return GivenRow(number, element, row.get("unit", ""), row["periode"], row["nilai"])


@contextmanager
def unreadable_csv() -> Iterator[None]:
    """A CSV that cannot be read refuses the message, with the line."""
    try:
        yield
    except CsvUnreadable as refusal:
        raise MessageRefused(str(refusal)) from refusal


# --- XML -------------------------------------------------------------------------------------------------------------


class Tag(NamedTuple):
    """An element of an XML text: how deep it lies (0 is the root), its name and attributes, and the text within.

    A name of the format's own namespace, or of none, stands without it; of another it stays whole: it is not known.
    """

    depth: int
    name: str
    attributes: Mapping[str, str]
    text: str


_NO_MATTER = ("http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/XML/1998/namespace")
"""Namespaces of attributes about the document itself."""


class _Heard:
    """What the XML parser tells; builds no tree, so that a message of any shape takes no more memory than its text."""

    def __init__(self, namespace: str) -> None:
        self._own = f"{{{namespace}}}"
        self._begun: list[tuple[int, str, Mapping[str, str]]] = []
        self._texts: dict[int, list[str]] = {}
        self._open: list[int] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        given = {
            self._local(key): visible(value).strip()
            for key, value in attributes.items()
            if key[1:].partition("}")[0] not in _NO_MATTER
        }
        self._begun.append((len(self._open), self._local(name), given))
        self._open.append(len(self._begun) - 1)
        if len(self._begun) > MAX_ROWS * 2:
            raise MessageTooLong

    def data(self, text: str) -> None:
        if text.strip() and self._open:
            self._texts.setdefault(self._open[-1], []).append(text)

    def end(self, name: str) -> None:
        self._open.pop()

    def close(self) -> None:
        """Nothing is left to do."""

    def tags(self) -> list[Tag]:
        return [
            Tag(*begun, visible("".join(self._texts.get(number, ()))).strip())
            for number, begun in enumerate(self._begun)
        ]

    def _local(self, name: str) -> str:
        return name.removeprefix(self._own)


def read_tags(content: bytes, namespace: str) -> list[Tag]:
    """Every element of an XML text in its order; a document type or an entity is refused. Raises MessageRefused."""
    heard = _Heard(namespace)
    parser = DefusedXMLParser(target=heard, forbid_dtd=True)
    try:
        parser.feed(content)
        parser.close()
    except DefusedXmlException as error:
        raise MessageRefused("XML dengan DOCTYPE atau entitas tidak diterima. Kirim tanpa DOCTYPE.") from error
    except (SyntaxError, ValueError, LookupError) as error:
        raise MessageRefused("Isi pesan bukan XML yang benar.") from error
    return heard.tags()


def check_known(tag: Tag, known: Collection[str]) -> None:
    """Raises MessageRefused for an attribute of the message itself that is not known, or for text in it."""
    if strange := sorted({*tag.attributes} - {*known}):
        raise MessageRefused(f"<{tag.name}> memuat {', '.join(strange)}, yang tidak dikenal di sini. Kirim tanpa itu.")
    if tag.text:
        raise MessageRefused(
            f"<{tag.name}> memuat teks “{tag.text[:40]}”, yang tidak dikenal di sini. Kirim tanpa itu."
        )
