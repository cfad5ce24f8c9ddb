"""Periods of a year, and which indicators a request for a period asks for.

Pure: no database, no clock. A period is written as a code: `2026` (tahun), `2026-S1` (semester), `2026-TW3`
(triwulan), `2026-08` (bulan). The four frequencies are those of the indicator's card.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import total_ordering
from typing import Self

from himpun.choices import Choice
from himpun.errors import Refusal
from himpun.moments import MONTHS

ROMAN = ("I", "II", "III", "IV")


class PeriodUnreadable(Refusal):
    """The code is not that of a period."""

    code = "periode-tidak-terbaca"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"“{text}” bukan kode periode. "
            "Tulis seperti 2026 (tahun), 2026-S1 (semester), 2026-TW3 (triwulan), atau 2026-08 (bulan)."
        )


class NotDue(Refusal):
    """An indicator of this frequency has no value to give for the requested period."""

    code = "belum-waktunya-diukur"

    def __init__(self, frequency: "Frequency", requested: "Period") -> None:
        super().__init__(
            f"Indikator {frequency} belum diukur pada {requested.label}; "
            f"isi pada {frequency.kind.period(requested.last_day).label}."
        )


class Kind(StrEnum):
    """How long a period lasts."""

    MONTH = "bulan"
    QUARTER = "triwulan"
    SEMESTER = "semester"
    YEAR = "tahun"

    @property
    def months(self) -> int:
        """Length in months: 1, 3, 6 or 12."""
        return _MONTHS_OF[self]

    @property
    def per_year(self) -> int:
        """How many of them make a year: 12, 4, 2 or 1."""
        return 12 // self.months

    @classmethod
    def of_months(cls, months: int) -> "Kind":
        """The kind that is so many months long; raises ValueError for a length no kind has."""
        for kind, length in _MONTHS_OF.items():
            if length == months:
                return kind
        raise ValueError(months)

    def name_of(self, index: int) -> str:
        """The period's name without its year: "Agustus", "Triwulan III", "Semester I", "Tahun"."""
        match self:
            case Kind.MONTH:
                return MONTHS[index - 1]
            case Kind.YEAR:
                return "Tahun"
            case _:
                return f"{self.capitalize()} {ROMAN[index - 1]}"

    def period(self, day: date) -> "Period":
        """The period of this kind that `day` falls in."""
        return Period(self, day.year, (day.month - 1) // self.months + 1)


_MONTHS_OF = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.SEMESTER: 6, Kind.YEAR: 12}


class Frequency(Choice):
    """How often an indicator is measured."""

    MONTHLY = "bulanan", "Bulanan"
    QUARTERLY = "triwulanan", "Triwulanan"
    SEMESTERLY = "semesteran", "Semesteran"
    YEARLY = "tahunan", "Tahunan"

    @property
    def kind(self) -> Kind:
        """The kind of period one measurement covers."""
        return _KIND_OF[self]


_KIND_OF = {
    Frequency.MONTHLY: Kind.MONTH,
    Frequency.QUARTERLY: Kind.QUARTER,
    Frequency.SEMESTERLY: Kind.SEMESTER,
    Frequency.YEARLY: Kind.YEAR,
}
_CODE = re.compile(r"([0-9]{4})(?:-(?:(TW|S)([1-9])|([0-9]{2})))?")
_KIND_OF_CODE = {"TW": Kind.QUARTER, "S": Kind.SEMESTER}


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A month, quarter, semester or year. `index` counts from 1 within the year.

    In order of their last day, the shorter first: Maret, Triwulan I, April, …, Desember, Triwulan IV, Semester II,
    Tahun. Raises `PeriodUnreadable` for a period that does not exist.
    """

    kind: Kind
    year: int
    index: int = 1

    def __post_init__(self) -> None:
        if not (1 <= self.year <= 9999 and 1 <= self.index <= self.kind.per_year):
            raise PeriodUnreadable(self.code)

    @classmethod
    def parse(cls, code: str) -> Self:
        """Read "2026", "2026-S1", "2026-TW3" or "2026-08"; raises `PeriodUnreadable`."""
        match = _CODE.fullmatch(code.strip().upper())
        if match is None:
            raise PeriodUnreadable(code)
        year, letters, index, month = match.groups()
        kind = _KIND_OF_CODE[letters] if letters else Kind.MONTH if month else Kind.YEAR
        try:
            return cls(kind, int(year), int(index or month or 1))
        except PeriodUnreadable:
            raise PeriodUnreadable(code) from None

    @property
    def code(self) -> str:
        """As stored and put in addresses: "2026-TW3"."""
        suffix = {
            Kind.MONTH: f"-{self.index:02d}",
            Kind.QUARTER: f"-TW{self.index}",
            Kind.SEMESTER: f"-S{self.index}",
            Kind.YEAR: "",
        }
        return f"{self.year:04d}{suffix[self.kind]}"

    @property
    def label(self) -> str:
        """As people read it: "Triwulan III 2026"."""
        return f"{self.kind.name_of(self.index)} {self.year}"

    @property
    def first_month(self) -> int:
        """The first month, 1 to 12."""
        return self.last_month - self.kind.months + 1

    @property
    def last_month(self) -> int:
        """The last month, 1 to 12."""
        return self.index * self.kind.months

    @property
    def first_day(self) -> date:
        """The first day, included."""
        return date(self.year, self.first_month, 1)

    @property
    def last_day(self) -> date:
        """The last day, included."""
        return date(self.year, self.last_month, calendar.monthrange(self.year, self.last_month)[1])

    def contains(self, other: "Period | date") -> bool:
        """Whether every day of `other` falls in this period; a period contains itself."""
        first, last = (other.first_day, other.last_day) if isinstance(other, Period) else (other, other)
        return self.first_day <= first and last <= self.last_day

    def previous(self) -> "Period":
        """The period of the same kind just before, in the year before if need be."""
        if self.index > 1:
            return Period(self.kind, self.year, self.index - 1)
        return Period(self.kind, self.year - 1, self.kind.per_year)

    def siblings_until(self) -> tuple["Period", ...]:
        """The periods of the same kind in this year, up to and including this one."""
        return tuple(Period(self.kind, self.year, index) for index in range(1, self.index + 1))

    def __str__(self) -> str:
        return self.code

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        return self._order < other._order

    @property
    def _order(self) -> tuple[int, int, int]:
        return self.year, self.last_month, self.kind.months


def for_day(kind: Kind | str, day: date) -> Period:
    """The period of `kind` ("bulan", "triwulan", "semester", "tahun") that `day` falls in."""
    return Kind(kind).period(day)


def is_due(frequency: Frequency | str, period: Period) -> bool:
    """Whether a request for `period` asks an indicator of `frequency` for a value.

    It does when one of the indicator's own periods ends together with the request: a yearly indicator is asked in
    Triwulan IV and in Desember, a quarterly one in Maret but not in April, a monthly one always.
    """
    return period.last_month % Frequency(frequency).kind.months == 0


def value_period(frequency: Frequency | str, requested: Period) -> Period:
    """The period that the value given for `requested` belongs to: the longer of the request and the indicator's own.

    A monthly indicator in a request for Triwulan I gives a value for Triwulan I; a yearly one in Triwulan IV gives one
    for the year. Raises `NotDue` where `is_due` is false.
    """
    frequency = Frequency(frequency)
    if not is_due(frequency, requested):
        raise NotDue(frequency, requested)
    kind = max(frequency.kind, requested.kind, key=lambda each: each.months)
    return kind.period(requested.last_day)
