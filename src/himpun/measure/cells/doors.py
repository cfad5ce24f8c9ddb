"""What a cell means at the door by which it came, and what was guessed to take it. Pure.

Every door reads by the same reader; they differ in what they may take without asking: what a person types is asked again
where a program's column decides, and "-" is no target, no figure or no money.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from himpun.measure.cells.columns import Convention
from himpun.measure.cells.parts import Cell, Habit, Hint, Kind, Reading
from himpun.measure.cells.reading import read_cell
from himpun.measure.numbers import NumberUnreadable, english_asked, read_number, write_number
from himpun.spreadsheets.book import Content


class Door(StrEnum):
    """Where a cell came in."""

    FIGURE = "angka"
    """A figure as somebody types it: pages, the workbook, the API, values of an office folder."""
    TARGET = "target"
    """A target in the dictionary, typed or from a file."""
    OWN_SHEET = "lembar"
    """A cell of an office's own sheet, in a column."""
    MONEY = "rupiah"
    """An amount of money in a budget."""
    PUBLISHED = "terbit"
    """A cell of a published table."""


class Meaning(StrEnum):
    """What a dash or the word nihil stands for."""

    NOTHING = "kosong"
    ZERO = "0"
    ASKED = "ditanyakan"


DASH: Mapping[Door, Meaning] = {
    Door.FIGURE: Meaning.ASKED,
    Door.TARGET: Meaning.NOTHING,
    Door.OWN_SHEET: Meaning.NOTHING,
    Door.MONEY: Meaning.ZERO,
    Door.PUBLISHED: Meaning.NOTHING,
}
NIHIL: Mapping[Door, Meaning] = {
    Door.FIGURE: Meaning.ASKED,
    Door.TARGET: Meaning.ZERO,
    Door.OWN_SHEET: Meaning.ASKED,
    Door.MONEY: Meaning.ZERO,
    Door.PUBLISHED: Meaning.ZERO,
}
_IS_DASH = re.compile(r"(?:rp\.?\s*)?[-–—−_\s]+", re.IGNORECASE)
_ASK = {
    Door.FIGURE: "“{0}” bukan angka. Tulis 0 bila angkanya memang nol; bila tidak ada data, kosongkan atau tandai nihil.",
    Door.OWN_SHEET: "“{0}” tidak jelas di sini. Tulis 0 bila angkanya memang nol, atau kosongkan selnya.",
}
_ABBREVIATIONS = {
    "org": "orang",
    "thn": "tahun",
    "th": "tahun",
    "bln": "bulan",
    "mnt": "menit",
    "hr": "hari",
    "jml": "jumlah",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read of a cell: its number (None for nothing), the upper bound of a band, its unit, and every guess."""

    value: Decimal | None
    upper: Decimal | None = None
    unit: str = ""
    hint: Hint | None = None
    notes: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """The guesses as one text; "" when nothing was guessed."""
        return " ".join(self.notes)


def take(
    content: Content, door: Door, *, unit: str = "", column: Convention | None = None, band: bool = False
) -> Taken:
    """The number in a cell. `unit`: what is asked for; `column`: how its column is written; `band`: two bounds are meant.

    Raises NumberUnreadable with a sentence that says how to write it.
    """
    cell = read_cell(content)
    if (found := _sign(cell, door)) is not None:
        return found
    reading = _reading(cell, door, column)
    _check_kind(cell, door, band=band)
    _check_unit(cell, door, unit)
    notes = [_guessed(cell, reading, door, column)]
    if cell.hint in (Hint.AT_LEAST, Hint.AT_MOST):
        notes.append(f"“{cell.text}” dibaca sebagai {reading}.")
    upper = None if reading.upper is None else Reading(reading.upper, reading.places).decimal
    return Taken(reading.decimal, upper, cell.unit, cell.hint, tuple(note for note in notes if note))


def _sign(cell: Cell, door: Door) -> Taken | None:
    """What an empty cell, a dash or "nihil" means here; None for anything else."""
    is_nihil = cell.text.casefold().strip(" .-") == "nihil"
    if cell.kind is not Kind.BLANK and not is_nihil and not _IS_DASH.fullmatch(cell.text or "x"):
        return None
    if not cell.text:
        if door is Door.FIGURE:
            read_number("")
        return Taken(None)
    meaning = NIHIL[door] if is_nihil else DASH[door]
    if meaning is Meaning.ZERO and (is_nihil or _IS_DASH.fullmatch(cell.text)):
        return Taken(Decimal(0), notes=(f"“{cell.text}” dibaca sebagai 0.",))
    if meaning is Meaning.NOTHING:
        return Taken(None, notes=(f"“{cell.text}” dibaca sebagai kosong.",))
    raise NumberUnreadable(_ASK.get(door, _ASK[Door.FIGURE]).format(cell.text[:40]))


def _reading(cell: Cell, door: Door, column: Convention | None) -> Reading:
    if not cell.readings or cell.kind is Kind.WORDS:
        read_number(cell.text)  # says how a number is written
        raise NumberUnreadable(f"Tulis angka seperti 1.234,5; “{cell.text[:40]}” tidak dapat dibaca.")
    if column is not None and column.contradicting and cell.is_doubtful:
        one, other = cell.readings[0], cell.readings[1]
        raise NumberUnreadable(
            f"“{cell.text}” dapat berarti {one} atau {other}, dan kolomnya memakai dua cara menulis angka "
            f"(“{column.contradicting[0]}” dan “{column.contradicting[1]}”). Tulis ulang angka ini."
        )
    reading = cell.by(column.habit if column else None)
    if reading is None:
        raise AssertionError("a cell with readings has one")
    if door in (Door.FIGURE, Door.MONEY) and reading.habit is Habit.ENGLISH and column is None:
        raise NumberUnreadable(english_asked(cell.text, str(reading)))
    return reading


def _check_kind(cell: Cell, door: Door, *, band: bool) -> None:
    example = "Tulis angka seperti 1.234,5."
    shown = cell.text[:60]
    if cell.kind is Kind.SHARE:
        raise NumberUnreadable(f"{cell.cause[:120]}. Tulis angkanya saja, atau jumlah yang dimaksud.")
    if cell.kind is Kind.GRADE:
        raise NumberUnreadable(f"“{shown}” berisi predikat, sedangkan yang diminta angka. {example}")
    if (cell.kind is Kind.BAND) is not band:
        right = "Tulis rentang seperti 2,60–3,50." if band else example
        raise NumberUnreadable(f"“{shown}” {'satu angka' if band else 'rentang, bukan satu angka'}. {right}")
    if cell.base is not None:
        raise NumberUnreadable(f"“{shown}” perbandingan, bukan satu angka. {example}")
    if door is not Door.TARGET and cell.hint in (Hint.AT_LEAST, Hint.AT_MOST):
        raise NumberUnreadable(f"“{shown}” batas, bukan angka yang pasti. {example}")


def _check_unit(cell: Cell, door: Door, unit: str) -> None:
    """A unit that is not the one asked for is refused where a figure is typed; a target keeps it."""
    if door is Door.TARGET or not cell.unit or not unit.strip() or same_unit(cell.unit, unit):
        return
    shown = "persen" if cell.unit == "%" else cell.unit
    raise NumberUnreadable(
        f"“{cell.text[:40]}” memakai satuan {shown}, sedangkan yang diminta {unit}. Tulis angkanya dalam {unit}."
    )


def same_unit(written: str, asked: str) -> bool:
    """Whether a unit as it stands in a cell is the one asked for: "org" is orang, "%" is persen."""
    words = re.findall(r"[^\W\d_]+|%", asked.casefold())
    if written == "%":
        return bool({"%", "persen", "persentase", "prosen", "percent"} & set(words))
    full = _ABBREVIATIONS.get(written, written)
    return full == "tingkat" or any(word.startswith(full) or full.startswith(word) for word in words if len(full) > 1)


def _guessed(cell: Cell, reading: Reading, door: Door, column: Convention | None) -> str:
    """What was guessed; a doubtful number is a guess unless the column or, where people type, the house decides it."""
    if not cell.is_doubtful and reading.habit is not Habit.ENGLISH:
        return cell.assumed
    if cell.is_doubtful and door in (Door.FIGURE, Door.TARGET, Door.MONEY) and reading.habit is not Habit.ENGLISH:
        return cell.assumed
    if cell.is_doubtful and column is not None and column.habit is reading.habit is Habit.ENGLISH:
        return (
            f"“{cell.text}” dibaca sebagai {reading}, sebab kolomnya memakai koma untuk ribuan dan titik untuk desimal."
        )
    if not cell.is_doubtful:
        return f"{cell.assumed} “{cell.text}” dibaca sebagai {reading}.".strip()
    other = next(each for each in cell.readings if each is not reading)
    mark, meant = ("Titik", "ribuan") if re.search(r"[0-9]\.[0-9]{3}(?![0-9])", cell.text) else ("Koma", "desimal")
    wrong = "pecahan" if meant == "ribuan" else "ribuan"
    sign = "pemisah ribuan" if meant == "ribuan" else "tanda desimal"
    return f"{mark} dibaca sebagai {sign}; bila maksudnya {wrong}, tulis {write_number(other.value, 30)}."
