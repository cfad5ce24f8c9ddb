"""A book of sheets as plain values, its limits, and addresses of cells."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Final, TypeVar

from himpun.errors import Refusal
from himpun.spreadsheets.parts import FORMULA_SIGNS

T = TypeVar("T")

Content = str | Decimal | bool | date | None
"""What a cell holds. A time of day and a duration are text; a moment is a `datetime`, which is a `date`."""


class Word(str):
    """A value whose sender says that it is a text: it is never read as a number."""

    __slots__ = ()


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
    widths: tuple[int, ...] = ()
    """Of a CSV: how many cells each row has as written. Nothing else says which cell is whose; one too many shifts the rest."""
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    filtered: bool = False
    """Whether a filter is on: some of the hidden rows are those that it leaves out."""

    def cell(self, row: int, column: int) -> Content:
        """The content at a 1-based row and column; None where there is nothing."""
        if row < 1 or column < 1 or row > len(self.rows) or column > len(self.rows[row - 1]):
            return None
        return self.rows[row - 1][column - 1]


@dataclass(frozen=True, slots=True)
class Book:
    """A file's sheets in their order. `kind` is "xlsx", "xls", "ods" or "csv"."""

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


_DIGITS: Final = Context(prec=15)


def as_shown(value: Decimal) -> Decimal:
    """A number as a spreadsheet shows it: fifteen digits, of the seventeen that it keeps of a broken one."""
    whole = value.to_integral_value()
    if value != whole:
        value = _DIGITS.create_decimal(value)
        whole = value.to_integral_value()
    return (whole if whole else Decimal(0)) if value == whole else value


_ADDRESS: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def without_blank_ends(rows: list[list[Content]]) -> tuple[tuple[Content, ...], ...]:
    """The rows without blanks at their ends, without blank rows at the end."""
    tidy = []
    for row in rows:
        while row and row[-1] is None:
            row.pop()
        tidy.append(tuple(row))
    while tidy and not tidy[-1]:
        tidy.pop()
    return tuple(tidy)


DANGEROUS = tuple(sign for sign in FORMULA_SIGNS if sign != "-")


def harmless(text: str) -> str:
    """Text for a CSV that Excel opens: what would be run as a formula begins with an apostrophe."""
    is_number = text.replace("−", "-").lstrip("-").replace(".", "").replace(",", "").isdigit()
    return f"'{text}" if text.startswith(DANGEROUS) or (text.startswith("-") and not is_number) else text
