"""What a cell is found to hold, with every reading of it and everything that was guessed. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from himpun.measure.numbers import decimal_places, round_half_up, write_number


class Kind(StrEnum):
    """What sort of thing a cell holds."""

    BLANK = "kosong"
    NUMBER = "angka"
    BAND = "rentang"
    SHARE = "bagian"
    GRADE = "predikat"
    WORDS = "kata"


class Habit(StrEnum):
    """How a number is written: "71,98", "83.18", or such that both give the same ("72")."""

    PLAIN = "sama"
    INDONESIAN = "indonesia"
    ENGLISH = "inggris"


class Hint(StrEnum):
    """What a cell says beside its number: at least, at most, or a place in a list."""

    AT_LEAST = "paling sedikit"
    AT_MOST = "paling banyak"
    RANK = "peringkat"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a cell: a number, or a band from `value` to `upper`.

    `places` are the decimals as written, `multiple` what a word behind multiplies it by ("1,2 miliar").
    """

    value: Fraction
    places: int
    habit: Habit = Habit.PLAIN
    upper: Fraction | None = None
    multiple: int = 1

    def __str__(self) -> str:
        lower = write_number(self.value, max(self.places, 6))
        return lower if self.upper is None else f"{lower}–{write_number(self.upper, max(self.places, 6))}"

    @property
    def step(self) -> Fraction:
        """What one of the last printed digit is worth; 0 for a whole number, which was not rounded."""
        return Fraction(self.multiple, 10**self.places) if self.places else Fraction(0)

    @property
    def decimal(self) -> Decimal:
        """The number as a decimal, exactly as written."""
        found = decimal_places(self.value)
        return round_half_up(self.value, self.places if found is None else max(found, self.places))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, read. `readings` are the likeliest first (empty for blanks, words and most grades).

    `base` is the denominator of a ratio ("88/100.000"); `share_of` the quantity of which a share is given;
    `assumed` what was taken for granted, in sentences; `cause` why it is no number, for WORDS and SHARE.
    """

    text: str
    kind: Kind
    readings: tuple[Reading, ...] = ()
    grade: str = ""
    hint: Hint | None = None
    base: Fraction | None = None
    unit: str = ""
    share_of: str = ""
    assumed: str = ""
    cause: str = ""

    @property
    def is_doubtful(self) -> bool:
        """Whether the two habits give different numbers."""
        return len(self.readings) > 1

    @property
    def evidence(self) -> Habit | None:
        """The habit this cell proves for its column; None when it proves nothing."""
        if self.is_doubtful or not self.readings or self.readings[0].habit is Habit.PLAIN:
            return None
        return self.readings[0].habit

    def by(self, habit: Habit | None) -> Reading | None:
        """The reading by the habit of the column where there is one, else the likeliest; None when there is none."""
        return next((one for one in self.readings if one.habit is habit), self.readings[0] if self.readings else None)

    def what(self, reading: Reading | None = None) -> str:
        """What was read, in words: "angka 8.250 lembar", "rentang 1,75–2,4", "predikat BB, angka 72,35", "kosong"."""
        taken = reading or self.by(None)
        number = f"{'rentang' if self.kind is Kind.BAND else 'angka'} {taken}" if taken else ""
        number += f" {self.unit}" if number and self.unit else ""
        number += f" per {write_number(self.base)}" if number and self.base else ""
        match self.kind:
            case Kind.GRADE:
                return f"predikat {self.grade}" + (f", {number}" if number else "")
            case Kind.NUMBER | Kind.BAND:
                return f"{self.hint} {number}" if self.hint else number
            case Kind.SHARE:
                return f"bagian {taken}% dari {self.share_of}"
            case Kind.WORDS:
                return f"kata “{self.text}”"
            case _:
                return "kosong"

    def note(self, reading: Reading | None) -> str:
        """What was guessed when this reading was taken, or ""."""
        said = [self.assumed] if self.assumed else []
        if reading is not None and self.is_doubtful:
            other = next(each for each in self.readings if each is not reading)
            mark = "." if re.search(r"[0-9]\.[0-9]", self.text) else ","
            meaning = "ribuan" if (reading.habit is Habit.INDONESIAN) == (mark == ".") else "desimal"
            word = "titik" if mark == "." else "koma"
            said.append(
                f"Tebakan: “{self.text}” dibaca sebagai {reading} ({word} sebagai tanda {meaning}); bacaan lain {other}."
            )
        elif reading is not None and reading.habit is Habit.ENGLISH:
            marks = [("," in self.text, "koma sebagai tanda ribuan"), ("." in self.text, "titik sebagai tanda desimal")]
            meaning = ", ".join(words for is_there, words in marks if is_there)
            said.append(f"Tebakan: “{self.text}” dibaca sebagai {reading} ({meaning}).")
        return " ".join(said)
