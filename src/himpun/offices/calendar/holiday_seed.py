"""A first guess at the days off and the Ramadan hours of a year, for the editable tables. Pure; asked only when somebody fills a year.

The days come from the `holidays` package: past years follow the joint ministerial decrees (SKB Tiga Menteri), years not
yet decreed are estimates. The dates of Ramadan come from the `hijridate` package (Umm al-Qura), a day or two from what the
sidang isbat finds. Both say so in their source, and are replaced by what the decree says (`himpun holidays`).
"""

from dataclasses import dataclass
from datetime import date, timedelta

import holidays
from hijridate import Gregorian, Hijri

from himpun.offices.vocabulary import HolidayKind

CATEGORIES = {"government": HolidayKind.COLLECTIVE.value, "public": HolidayKind.NATIONAL.value}
"""Category of the package → kind; a day in both is a national holiday."""

GUESSED = "perkiraan awal; ganti dengan nomor SKB Tiga Menteri"
RAMADAN_HOURS_SOURCE = "Perpres 21/2023; tanggal perkiraan, ganti menurut sidang isbat"

_RAMADAN = 9
_USUAL, _FRIDAY = ["08.00-12.00", "12.30-15.00"], ["08.00-11.30", "12.30-15.30"]
RAMADAN_HOURS = {"senin": _USUAL, "selasa": _USUAL, "rabu": _USUAL, "kamis": _USUAL, "jumat": _FRIDAY}
"""32.5 hours net: Monday–Thursday 08.00–15.00 resting 12.00–12.30, Friday 08.00–15.30 resting 11.30–12.30."""


@dataclass(frozen=True, slots=True)
class SeedDay:
    """A national day off: its date, Indonesian name and kind."""

    day: date
    name: str
    kind: str


def seed_holidays(year: int) -> list[SeedDay]:
    """The national days off and the collective leave of one year, in order of date."""
    found: dict[date, SeedDay] = {}
    for category, kind in CATEGORIES.items():
        days = holidays.country_holidays("ID", years=year, categories=(category,), language="id")
        found |= {day: SeedDay(day, str(name)[:200], kind) for day, name in days.items() if day.year == year}
    return [found[day] for day in sorted(found)]


def seed_ramadan(year: int) -> list[tuple[date, date]]:
    """First and last day of each Ramadan that begins in this year (two in 2030); Umm al-Qura, an estimate."""
    first, last = (Gregorian(year, *end).to_hijri().year for end in ((1, 1), (12, 31)))
    months = [Hijri(hijri, _RAMADAN, 1) for hijri in range(first, last + 1)]
    begins = [(date(*month.to_gregorian().datetuple()), month.month_length()) for month in months]
    return [(day, day + timedelta(days=length - 1)) for day, length in begins if day.year == year]
