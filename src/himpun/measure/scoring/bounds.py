"""A scale as an office types it, row by row with both bounds, checked for gaps and overlaps at every bound.

Pure. Published scales are written in whole numbers ("76–90", "66–75") and leave 75,4 without a category; such rows are
refused with the gap named and the strict form proposed. What is accepted gives every number exactly one level.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from himpun.errors import FieldErrors, Refusal
from himpun.measure.numbers import read_number, write_number
from himpun.measure.scoring.scale import CATEGORY_COLOURS, Level, Scale
from himpun.typed import Complaints, line

COLOURS: Mapping[str, str] = {
    "sangat-tinggi": "Biru tua",
    "tinggi": "Biru muda",
    "sedang": "Kuning tua",
    "rendah": "Jingga",
    "sangat-rendah": "Merah bata",
    "hijau": "Hijau",
    "kuning": "Kuning",
    "merah": "Merah",
}
"""Colour key → its name; the keys are those of charts.CATEGORY_COLOURS."""
LARGEST = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Row:
    """One typed level: "> 75 dan ≤ 90". A blank bound is open; `from_included` is ≥, `to_included` is ≤."""

    name: str
    colour: str
    lower: str = ""
    from_included: bool = False
    upper: str = ""
    to_included: bool = True


class ScaleRefused(FieldErrors):
    """The rows leave a gap or overlap. Fields are named "row-NUMBER-COLUMN" from 0; `proposal` is a form without faults."""

    code = "skala-bercelah"

    def __init__(self, fields: dict[str, str], proposal: tuple[Row, ...] = ()) -> None:
        super().__init__(fields)
        self.proposal = proposal


@dataclass(frozen=True, slots=True)
class _Interval:
    place: int
    row: Row
    lower: Fraction | None
    upper: Fraction | None


def read_rows(rows: Sequence[Row]) -> Scale:
    """The scale these rows make, whatever their order. Raises ScaleRefused with every fault at its bound."""
    wrong = Complaints()
    intervals = [_interval(place, row, wrong) for place, row in enumerate(rows)]
    if not rows:
        wrong["rows"] = "Isi paling sedikit satu tingkat."
    _check_names(rows, wrong)
    if wrong:
        raise ScaleRefused(wrong)
    ordered = sorted(intervals, key=_height, reverse=True)
    for interval in ordered:
        _check_itself(interval, wrong)
    if wrong:
        raise ScaleRefused(wrong)
    _check_ends(ordered, wrong)
    for above, below in pairwise(ordered):
        _check_bound(above, below, wrong)
    if wrong and len(rows) == 1:
        wrong["rows"] = "Satu tingkat bukan skala. Tambahkan tingkat di atas atau di bawahnya."
    if wrong:
        raise ScaleRefused(wrong, _proposal(ordered))
    return Scale(tuple(_level(interval) for interval in ordered))


def rows_of(scale: Scale) -> tuple[Row, ...]:
    """A scale as rows with both bounds, the highest first."""
    rows, above = [], None
    for level in scale.levels:
        lower = "" if level.above is None else write_number(level.above)
        upper = "" if above is None or above.above is None else write_number(above.above)
        closed = above is None or not above.inclusive
        rows.append(Row(level.name, level.colour, lower, level.inclusive, upper, closed))
        above = level
    return tuple(rows)


def levels_of(scale: Scale) -> list[dict[str, Any]]:
    """A scale as it is stored: the highest first, the lowest without a bound."""
    return [
        {
            "name": level.name,
            "colour": level.colour,
            "above": "" if level.above is None else format(Decimal(str(level.above)).normalize(), "f"),
            "inclusive": level.inclusive,
        }
        for level in scale.levels
    ]


# --- one row ---------------------------------------------------------------------------------------------------------


def _interval(place: int, row: Row, wrong: Complaints) -> _Interval:
    wrong.choice(f"row-{place}-colour", row.colour, CATEGORY_COLOURS, "Pilih warna dari daftar.")
    lower, upper = (
        wrong.read(f"row-{place}-{column}", text, _bound, None) if text.strip() else None
        for column, text in (("lower", row.lower), ("upper", row.upper))
    )
    return _Interval(place, row, lower, upper)


def _bound(text: str) -> Fraction:
    number = read_number(text)
    if abs(number) >= LARGEST or (exponent := number.as_tuple().exponent) == "n" or int(exponent) < -6:
        raise Refusal("Batas paling banyak 9 angka di depan koma dan 6 di belakangnya.")
    return Fraction(number)


def _check_names(rows: Sequence[Row], wrong: Complaints) -> None:
    names = [line(row.name).casefold() for row in rows]
    for place, name in enumerate(names):
        if not name:
            wrong[f"row-{place}-name"] = "Tulis nama tingkat ini, misalnya “Tinggi”."
        elif names.index(name) != place:
            wrong[f"row-{place}-name"] = (
                f"Nama “{rows[place].name}” sudah dipakai tingkat lain; beri nama yang berbeda."
            )


def _height(interval: _Interval) -> tuple[bool, Fraction, bool, bool, Fraction, bool]:
    """Where a level stands: by its lower bound, then its upper; open ends are the lowest and the highest."""
    row = interval.row
    return (
        interval.lower is not None,
        interval.lower or Fraction(0),
        not row.from_included,
        interval.upper is None,
        interval.upper or Fraction(0),
        row.to_included,
    )


def _check_itself(interval: _Interval, wrong: Complaints) -> None:
    lower, upper, row = interval.lower, interval.upper, interval.row
    if lower is None or upper is None or lower < upper:
        return
    if lower > upper:
        wrong[f"row-{interval.place}-upper"] = f"Batas atas {row.upper} lebih kecil daripada batas bawah {row.lower}."
    else:
        wrong[f"row-{interval.place}-upper"] = (
            f"Batas bawah dan atas sama ({row.upper}); beri batas atas yang lebih besar."
        )


# --- where two levels meet -------------------------------------------------------------------------------------------


def _check_ends(ordered: Sequence[_Interval], wrong: Complaints) -> None:
    highest, lowest = ordered[0], ordered[-1]
    if lowest.lower is not None:
        wrong[f"row-{lowest.place}-lower"] = (
            f"Celah di bawah {write_number(lowest.lower)}: kosongkan batas bawah tingkat terendah."
        )
    if highest.upper is not None:
        wrong[f"row-{highest.place}-upper"] = (
            f"Celah di atas {write_number(highest.upper)}: capaian dapat melebihinya; kosongkan batas atas tingkat tertinggi."
        )


def _check_bound(above: _Interval, below: _Interval, wrong: Complaints) -> None:
    place = f"row-{above.place}-lower"
    names = f"“{below.row.name}” dan “{above.row.name}”"
    if above.lower is None or below.upper is None or above.lower < below.upper:
        wrong[place] = f"Tumpang tindih antara {names}{_shared(above, below)}: sebuah angka punya dua tingkat."
    elif above.lower > below.upper:
        lower, upper = write_number(below.upper), write_number(above.lower)
        wrong[place] = f"Celah antara {lower} dan {upper}: {_between(below.upper, above.lower)} tidak punya tingkat."
    elif above.row.from_included and below.row.to_included:
        wrong[place] = f"Tumpang tindih pada {write_number(above.lower)}: angka itu punya dua tingkat, {names}."
    elif not above.row.from_included and not below.row.to_included:
        wrong[place] = f"Celah pada {write_number(above.lower)}: angka itu tidak punya tingkat ({names})."


def _shared(above: _Interval, below: _Interval) -> str:
    if above.lower is None or below.upper is None:
        return ""
    return f" dari {write_number(above.lower)} sampai {write_number(below.upper)}"


def _between(lower: Fraction, upper: Fraction) -> str:
    """A number in the gap that people would meet: 75,4 between 75 and 76."""
    return write_number(lower + (upper - lower) * Fraction(2, 5), 8)


def _proposal(ordered: Sequence[_Interval]) -> tuple[Row, ...]:
    """The same levels without a gap or overlap; () where they cross, and for a level alone, which is no scale."""
    bounds: list[tuple[Fraction, bool]] = []
    for above, below in pairwise(ordered):
        bound, included = _meeting(above, below)
        if bound is None or (bounds and bound >= bounds[-1][0]):
            return ()
        bounds.append((bound, included))
    if not bounds:
        return ()
    rows = [replace(interval.row, lower="", upper="") for interval in ordered]
    for place, (bound, included) in enumerate(bounds):
        text = write_number(bound)
        rows[place] = replace(rows[place], lower=text, from_included=included)
        rows[place + 1] = replace(rows[place + 1], upper=text, to_included=not included)
    return tuple(rows)


def _meeting(above: _Interval, below: _Interval) -> tuple[Fraction | None, bool]:
    """Where two levels should meet, and whether the upper one takes that number (≥).

    A bound that is printed with ≥ stays: nobody is promoted by mending. Only neighbours in whole numbers ("76–90", "91–100"),
    which say nothing of 90,4, take the strict form: above (>) where the one beneath ends (≤).
    """
    if above.lower is not None and above.row.from_included and not _are_whole(above, below):
        return above.lower, True
    meets = above.lower == below.upper and above.row.from_included != below.row.to_included
    return below.upper if below.upper is not None else above.lower, meets and above.row.from_included


def _are_whole(above: _Interval, below: _Interval) -> bool:
    lower, upper = above.lower, below.upper
    return lower is not None and upper is not None and lower - upper == 1 and lower.denominator == 1


def _level(interval: _Interval) -> Level:
    name = " ".join(interval.row.name.split())
    lower = None if interval.lower is None else read_number(interval.row.lower)
    return Level(name, interval.row.colour, lower, lower is not None and interval.row.from_included)


# --- drawn -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Segment:
    """One level on the ruler: where it begins and how wide it is, in thousandths of the ruler, the lowest first."""

    name: str
    colour: str
    rule: str
    start: int
    width: int
    bound: str


def ruler(scale: Scale) -> tuple[Segment, ...]:
    """The levels from the lowest to the highest, to scale between the bounds, with room for the two open ends."""
    categories = scale.categories()
    bounds = [Fraction(level.above) for level in scale.levels if level.above is not None]
    if not bounds:
        return (Segment(categories[0].name, categories[0].colour, categories[0].rule, 0, 1000, ""),)
    span = (max(bounds) - min(bounds)) or Fraction(50)
    first = min(bounds) - span * Fraction(35, 100)
    whole = max(bounds) + span * Fraction(35, 100) - first
    edges = [0, *(round((bound - first) / whole * 1000) for bound in reversed(bounds)), 1000]
    texts = ["", *(write_number(bound) for bound in reversed(bounds))]
    return tuple(
        Segment(category.name, category.colour, category.rule, start, end - start, text)
        for category, start, end, text in zip(reversed(categories), edges, edges[1:], texts, strict=False)
    )
