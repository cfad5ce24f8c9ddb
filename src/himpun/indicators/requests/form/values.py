"""What a form is made of on both ways, and its seal. Pure."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from himpun.errors import Refusal
from himpun.measure.cells.doors import Door, take
from himpun.measure.numbers import NumberUnreadable
from himpun.spreadsheets.book import Wrong

SHEET: Final = "Isian"
HELP: Final = "Petunjuk"
HELP_TITLE: Final = "Cara mengisi dan mengembalikan"
HIDDEN: Final = "_himpun"
KIND: Final = "isian/1"
"""What the hidden sheet says it is; a form of another kind is refused."""
HEADER_ROW: Final = 9
HEADINGS: Final = (
    "No", "Kode", "Indikator", "Data yang diminta", "Satuan", "Periode lalu", "Isian", "Catatan", "Nihil", "Alasan nihil",
)  # fmt: skip
YES: Final = "Ya"
NOT: Final = "Tidak"
REASON_LENGTH: Final = 300
EXCEL_DIGITS: Final = 15
"""Excel keeps so many digits of a number; a longer one is written as text."""


class FormRefused(Refusal):
    """The form is foreign, stale, damaged or was changed where it must not be; nothing of it is taken."""

    code = "formulir-ditolak"


@dataclass(frozen=True, slots=True)
class FormCell:
    """One figure asked for. `value` and `before` (the period before) are text as typed; `choices` makes a drop-down."""

    variable_id: int
    label: str
    unit: str = ""
    kind: str = ""
    value: str = ""
    before: str = ""
    choices: tuple[str, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    whole: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class FormLine:
    """One indicator of the request with its figures, note and nihil."""

    line_id: int
    no: int
    code: str
    name: str
    definition: str
    cells: tuple[FormCell, ...]
    note: str = ""
    nihil: bool = False
    nihil_reason: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A request to one unit. `due` and `collector` are sentences for people; `made_at` is aware."""

    form_id: str
    office: str
    unit: str
    period_label: str
    period: str
    round: int
    due: str
    collector: str
    lines: tuple[FormLine, ...]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class FilledCell:
    """A figure as the file has it. `typed` is `was`, letter for letter, where both are the same number."""

    line_id: int
    variable_id: int
    row: int
    column: int
    address: str
    typed: str
    was: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a line says beside its figures."""

    note: str = ""
    nihil: bool = False
    nihil_reason: str = ""


@dataclass(frozen=True, slots=True)
class FilledLine:
    """A line's note and nihil as the file has them, and as they were at download."""

    line_id: int
    row: int
    code: str
    typed: Words
    was: Words


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form that agrees with its seal. While `wrong` is not empty nothing of it should be taken."""

    form_id: str
    checksum: str
    cells: tuple[FilledCell, ...]
    lines: tuple[FilledLine, ...]
    wrong: tuple[Wrong, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What the file changes and nobody else did. `field`: "value" (with variable), "note", "nihil" (Ya/Tidak), "nihil_reason"."""

    line_id: int
    variable_id: int | None
    field: str
    value: str
    address: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Changed on both sides, differently: `base` at download, `theirs` in the system now, `mine` in the file."""

    line_id: int
    variable_id: int | None
    field: str
    base: str
    theirs: str
    mine: str
    address: str


@dataclass(frozen=True, slots=True)
class Merge:
    """The three-way comparison of a form with the system, in the form's order."""

    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def checksum(form: Form) -> str:
    """The seal: SHA-256 over what must not change in the file, and over the values at download."""
    return seal_of(form.form_id, kept_rows(form))


class Kept(NamedTuple):
    """One row of the hidden sheet, all text."""

    row: str
    line_id: str
    variable_id: str
    code: str
    label: str
    value: str
    note: str
    nihil: str
    reason: str


FIRST_KEPT: Final = 8
KEPT_HEADINGS: Final = ("baris", "line_id", "variable_id", "kode", "data", "nilai", "catatan", "nihil", "alasan")


def kept_rows(form: Form) -> list[Kept]:
    kept: list[Kept] = []
    for line in form.lines:
        for cell in line.cells or (None,):
            is_first = cell is None or cell is line.cells[0]
            kept.append(
                Kept(
                    row=str(HEADER_ROW + 1 + len(kept)),
                    line_id=str(line.line_id),
                    variable_id=str(cell.variable_id) if cell else "",
                    code=one_line(line.code) if is_first else "",
                    label=shown_label(cell) if cell else "",
                    value=one_line(cell.value) if cell else "",
                    note=many_lines(line.note) if is_first else "",
                    nihil=(YES if line.nihil else NOT) if is_first else "",
                    reason=one_line(line.nihil_reason) if is_first else "",
                )
            )
    return kept


def seal_of(form_id: str, kept: Iterable[Kept]) -> str:
    content = json.dumps([KIND, form_id, [list(row) for row in kept]], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def shown_label(cell: FormCell) -> str:
    return one_line(cell.label) + (" *" if cell.required else "")


LONGEST: Final = 32_000
"""Letters in a cell; Excel holds hardly more."""


def one_line(text: str) -> str:
    """On one line, with single spaces and without what cannot be seen."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())[:LONGEST].strip()


def many_lines(text: str) -> str:
    """As a cell gives it back: line ends as \\n, no control characters, no space around."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(letter for letter in joined if letter == "\n" or letter.isprintable())
    return seen.strip()[:LONGEST].strip()


def column_mark(form_id: str, seal: str) -> str:
    return f"Formulir {form_id} · sidik SHA-256 {seal}"


def same_figure(one: str, other: str) -> bool:
    """Whether two texts as typed say the same: "1.234,50" and "1234,5" do."""
    return figure_key(one) == figure_key(other)


def figure_key(text: str) -> Decimal | str:
    """What makes two typed figures the same: the number where it reads as one, else the text."""
    try:
        number = take(text, Door.FIGURE).value
    except NumberUnreadable:
        return one_line(text)
    return one_line(text) if number is None else number
