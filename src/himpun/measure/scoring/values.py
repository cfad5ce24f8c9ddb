"""Targets, realisasi and scores as they are written and read."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from himpun.choices import Choice
from himpun.errors import Refusal
from himpun.measure.cells.doors import Door, Taken, take
from himpun.measure.cells.grades import AKIP_GRADE as AKIP_GRADE
from himpun.measure.cells.grades import BPK_OPINION as BPK_OPINION
from himpun.measure.numbers import Number, NumberUnreadable, exact, write_number, write_percent

SHOWN_PLACES = 2
"""Decimals of a result in a formula."""


class Polarity(Choice):
    """Which way is better, and so which formula measures it."""

    POSITIVE = "positif", "Positif"
    NEGATIVE_A = "negatif-a", "Negatif (2T−R)/T"
    NEGATIVE_B = "negatif-b", "Negatif T/R"
    RANGE = "range", "Rentang"
    STABLE = "stabil", "Stabil"
    GRADE = "predikat", "Predikat"
    RANK = "peringkat", "Peringkat (kecil lebih baik)"
    TEXT = "teks", "Teks (tidak dihitung)"


WORDS = frozenset({Polarity.GRADE, Polarity.TEXT})
"""Polarities whose realisasi is a word, not a number: they need no formula."""


class Aggregation(Choice):
    """How the periods of a year make one capaian; chosen per indicator and year."""

    SUM = "jumlah", "Jumlah"
    CUMULATIVE = "kumulatif", "Kumulatif"
    LAST = "posisi-akhir", "Posisi akhir"
    MEAN = "rata-rata", "Rata-rata"
    YEARLY = "tahunan", "Tahunan"


class State(StrEnum):
    """Whether there is a capaian, and if not, of which sort the gap is. Blank is not 0."""

    COMPUTED = "dihitung"
    NOT_FILLED = "belum diisi"
    NOT_MEASURED = "belum diukur"
    NOT_COMPUTABLE = "tidak dapat dihitung"


class BandUnreadable(Refusal):
    """The two bounds do not make a band."""

    code = "rentang-tidak-sah"


class ScaleInvalid(Refusal):
    """The levels do not give every value exactly one category."""

    code = "skala-tidak-sah"


@dataclass(frozen=True, slots=True)
class Band:
    """A target from `lower` to `upper`, both included. Raises `BandUnreadable` when lower is above upper."""

    lower: Number
    upper: Number

    def __post_init__(self) -> None:
        if exact(self.lower) > exact(self.upper):
            raise BandUnreadable(
                f"Batas bawah {write_number(self.lower)} melebihi batas atas {write_number(self.upper)}; "
                "tulis yang kecil di depan."
            )

    def __str__(self) -> str:
        return f"{write_number(self.lower)}–{write_number(self.upper)}"


Target = Number | Band | str
"""A number, a band (range), or the text of a grade (predikat)."""
Actual = Number | str
"""A number, or the text of a grade (predikat)."""

T = TypeVar("T", bound=Target)


@dataclass(frozen=True, slots=True)
class Score:
    """A capaian in percent, or the reason why there is none.

    `raw` is what the formula gives, exact, also below 0; `value` is what counts and is shown, floored at 0. `formula`
    has the numbers in it, such that working it out again gives the printed result. `target` and `actual` are what was
    compared (for a year: the sum, the mean or the last).
    """

    raw: Fraction | None = None
    state: State = State.COMPUTED
    reason: str = ""
    formula: str = ""
    target: Fraction | Band | str | None = None
    actual: Fraction | str | None = None

    @property
    def value(self) -> Fraction | None:
        """The exact capaian, never below 0; None when there is none."""
        return None if self.raw is None else max(self.raw, Fraction(0))

    @property
    def achieved(self) -> bool:
        """Whether the target was reached: 100 or more, before rounding."""
        return self.raw is not None and self.raw >= 100

    @property
    def shown(self) -> str:
        """For a table cell: "91,67", or the state in words."""
        return str(self.state) if self.value is None else write_percent(self.value)


def read_target(text: str, polarity: Polarity | str) -> Target | None:
    """Read a target as an office writes it: "1.234,5", "62.50 %", "45 kelompok", "2,60–3,50" for range, "WTP" for predikat.

    None when blank or "-". Raises `NumberUnreadable` or `BandUnreadable` with a sentence that shows how to write it.
    """
    polarity = Polarity(polarity)
    if not text.strip():
        return None
    if polarity in (Polarity.GRADE, Polarity.TEXT):
        return text.strip()
    found = take_target(text, polarity)
    if polarity is Polarity.RANGE and found.value is not None and found.upper is not None:
        return Band(found.value, found.upper)
    return found.value


def take_target(text: str, polarity: Polarity | str) -> Taken:
    """The same for targets in numbers, with the unit that stands in the cell and what was guessed. Raises as `read_target`."""
    is_band = polarity == Polarity.RANGE
    try:
        found = take(text, Door.TARGET, band=is_band)
        if is_band and found.value is None:
            raise NumberUnreadable("Rentangnya kosong.")
        return found
    except NumberUnreadable as error:
        if is_band:
            raise BandUnreadable(f"Tulis rentang seperti 2,60–3,50; “{text.strip()}” tidak dapat dibaca.") from None
        raise error
