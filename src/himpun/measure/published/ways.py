"""The ways a published row could have been computed: every reading of its cells, every formula. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

from himpun.measure.cells.columns import Convention
from himpun.measure.cells.grades import GRADE_TABLES
from himpun.measure.cells.parts import Cell, Habit, Kind, Reading
from himpun.measure.cells.reading import believed, read_cell
from himpun.measure.numbers import Number, exact, write_number
from himpun.measure.published.rounding import Span, reach_of, span_around
from himpun.measure.published.rows import FIELD_NAMES, FIELDS, FORMULA_NAMES, PublishedRow
from himpun.measure.published.stance import NEGATIVES, Stance
from himpun.measure.scoring.achievement import achievement
from himpun.measure.scoring.values import Actual, Band, Polarity, Score, Target

Habits = Mapping[str, Convention]
"""How each column writes its numbers."""
GradeTable = Mapping[str, Number]


class Way:
    """A formula with the row's numbers, worked out when first asked: most rows need only one."""

    def __init__(
        self,
        name: str,
        polarity: Polarity,
        target: Target,
        actual: Actual,
        table: GradeTable = MappingProxyType({}),
        steps: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0)),
    ) -> None:
        self.name, self.polarity, self.steps = name, polarity, steps
        self._target, self._actual, self._table = target, actual, table

    @cached_property
    def score(self) -> Score:
        return achievement(self._target, self._actual, self.polarity, predicates=self._table)

    @cached_property
    def spans(self) -> tuple[Span, Span] | None:
        """The target and the realisasi before they were rounded or cut off; None where neither can have been."""
        t, r = self._target, self._actual
        if isinstance(t, str | Band) or isinstance(r, str) or not any(self.steps):
            return None
        return span_around(exact(t), self.steps[0]), span_around(exact(r), self.steps[1])

    @cached_property
    def reach(self) -> Span | None:
        """Every capaian that those give; None where nothing was rounded or there is no such formula."""
        return None if self.spans is None else reach_of(self.polarity, *self.spans)


class Ways(NamedTuple):
    own: list[Way]
    inferable: list[Way]
    others: list[Way]


class Combination(NamedTuple):
    """One reading of each cell of the row. `published` is None when nothing is printed."""

    target: Reading | None
    actual: Reading | None
    published: Reading | None


class NotComputableError(Exception):
    """Carries the reason. Never leaves this module."""


@dataclass(frozen=True, slots=True)
class Case:
    """One indicator: its cells, read, and how their columns are written."""

    name: str
    target: Cell
    actual: Cell
    published: Cell
    habits: Habits

    @classmethod
    def of(cls, row: PublishedRow, name: str, habits: Habits) -> "Case":
        cells = {field: read_cell(getattr(row, field), percent=field in row.percents) for field in FIELDS}
        return cls(name, **cells, habits=habits)

    @property
    def is_printed(self) -> bool:
        """Whether there is a figure to check."""
        return self.published.kind in (Kind.NUMBER, Kind.SHARE) and self.published.hint is None

    def combinations(self, stance: Stance) -> list[Combination]:
        """Every way to read the row, the most plausible first."""
        printed: Sequence[Reading | None] = (
            [believed(each) for each in self.published.readings] if self.is_printed else [None]
        )
        found = [
            Combination(*each)
            for each in product(self.target.readings or (None,), self.actual.readings or (None,), printed)
        ]
        return sorted(found, key=lambda each: self._implausibility(each, stance)) if len(found) > 1 else found

    def _implausibility(self, one: Combination, stance: Stance) -> tuple[int, ...]:
        """The column's habit first, then sizes that do not fit together, then finer sizes, then English."""
        t, r, c = (None if reading is None else reading.value for reading in one)
        apart = _decades(t, r)
        raw = next((way.score.raw for way in self.ways(one, stance).own if way.score.raw is not None), None)
        off = _decades(raw, c)
        pairs = list(zip(FIELDS, (self.target, self.actual, self.published), one, strict=True))
        doubtful = [(field, reading) for field, cell, reading in pairs if cell.is_doubtful and reading is not None]
        unusual = sum(self.habits[field].habit not in (None, reading.habit) for field, reading in doubtful)
        english = sum(reading.habit is Habit.ENGLISH for _, reading in doubtful)
        return (unusual, apart if apart >= 2 else 0, off if off >= 2 else 0, apart, off, english)

    def ways(self, one: Combination, stance: Stance) -> Ways:
        """The formulas with this reading's numbers. Raises nothing: what cannot be computed has a reason in its score."""
        if self.target.kind is Kind.GRADE and self.actual.kind is Kind.GRADE:
            return Ways(self.by_grade() + self._beside_grades(one), [], [])
        if one.target is None or one.actual is None:
            return Ways([], [], [])
        if one.target.upper is not None:
            return _by_band(one.target, one.actual, stance)
        t, r = self.on_one_base(one.target.value, one.actual.value)
        steps = self.on_one_base(one.target.step, one.actual.step)
        own, inferable, others = (
            [Way(FORMULA_NAMES[each], each, t, r, steps=steps) for each in polarities]
            for polarities in (stance.own, stance.inferable, stance.others)
        )
        return Ways(own, inferable, others)

    def on_one_base(self, t: Fraction, r: Fraction) -> tuple[Fraction, Fraction]:
        """Both over the same base: 88/100.000 and 90/100.000 are 88 and 90; 4 dari 9 beside 50 is 44,44 percent."""
        bases = (self.target.base, self.actual.base)
        if bases[0] == bases[1] or self.omitted_base is not None:
            return t, r
        if None not in bases:
            return t / (bases[0] or 1), r / (bases[1] or 1)
        return (t / bases[0] * 100, r) if bases[0] else (t, r / (bases[1] or 1) * 100)

    @property
    def omitted_base(self) -> Fraction | None:
        """The base that only one of the two names and the other can only mean too (per 1.000, per 100.000)."""
        bases = (self.target.base, self.actual.base)
        one = bases[0] or bases[1]
        return one if None in bases and one is not None and one >= 1000 else None

    def by_grade(self) -> list[Way]:
        """Both grades by every table that holds both; equal words without a table are 100. Empty when none fits."""
        pair = (self.target.grade, self.actual.grade)
        tables = [table for table in GRADE_TABLES.values() if all(grade in table for grade in pair)]
        letters = GRADE_TABLES["huruf A–D"]
        if any(word in self.name.casefold() for word in ("kepuasan", "ikm", "skm", "akreditasi")) and letters in tables:
            tables.sort(key=lambda table: table is not letters)
        if not tables and pair[0] == pair[1]:
            pair, tables = (self.target.text, self.target.text), [{self.target.text: 1}]
        return [Way("predikat", Polarity.GRADE, *pair, table) for table in tables]

    def _beside_grades(self, one: Combination) -> list[Way]:
        if one.target is None or one.actual is None:
            return []
        formula = FORMULA_NAMES[Polarity.POSITIVE]
        steps = one.target.step, one.actual.step
        return [Way(formula, Polarity.POSITIVE, one.target.value, one.actual.value, steps=steps)]

    def notes(self, one: Combination) -> list[str]:
        """What was guessed to read the row like this."""
        cells = (self.target, self.actual, self.published)
        said = [cell.note(reading) for cell, reading in zip(cells, one, strict=True)]
        said += [self._against_column(*each) for each in zip(FIELDS, cells, one, strict=True)]
        if Kind.SHARE in (self.target.kind, self.actual.kind) and self.target.kind is not self.actual.kind:
            whole = self.target.share_of or self.actual.share_of
            said.append(f"Tebakan: target dan realisasi sama-sama bagian dari “{whole}”.")
        if self.omitted_base is not None:
            said.append(f"Tebakan: keduanya per {write_number(self.omitted_base)}.")
        return [each for each in said if each]

    def _against_column(self, field: str, cell: Cell, reading: Reading | None) -> str:
        """What to say of a doubtful cell whose column contradicts itself, or that only fits when read against its column."""
        if reading is None or not cell.is_doubtful:
            return ""
        column, name = self.habits[field], FIELD_NAMES[field]
        if column.contradicting:
            one, other = column.contradicting
            return (
                f"Kolom {name} sendiri memakai dua cara menulis angka (“{one}” dan “{other}”), jadi pastikan bacaannya."
            )
        if column.habit in (None, reading.habit):
            return ""
        habit = "koma desimal" if column.habit is Habit.INDONESIAN else "titik desimal"
        return f"Angka lain di kolom {name} ditulis dengan {habit}; bacaan ini melawan kolomnya, jadi pastikan."


def _decades(one: Fraction | None, other: Fraction | None) -> int:
    """How many powers of ten lie between two positive numbers; 0 where that means nothing."""
    if not one or not other or one < 0 or other < 0:
        return 0
    return round(abs(math.log10(one) - math.log10(other)))


def _by_band(band: Reading, actual: Reading, stance: Stance) -> Ways:
    """The nearer bound takes the place of T. Above, a miss or a surplus: what the polarity says."""
    r, steps = actual.value, (band.step, actual.step)
    lower, upper = band.value, band.upper if band.upper is not None else band.value
    if lower <= r <= upper:
        return Ways([Way("rentang", Polarity.RANGE, Band(lower, upper), r)], [], [])
    bound = upper if r > upper else lower
    ways = {each: Way("rentang", each, bound, r, steps=steps) for each in (Polarity.POSITIVE, *NEGATIVES)}
    as_range = NEGATIVES if r > upper else (Polarity.POSITIVE,)
    is_known = bool(stance.stated or stance.why) and stance.stated is not Polarity.RANGE
    chosen = [each for each in stance.own if each in ways] if is_known else []
    own = list(dict.fromkeys([*chosen, *as_range] if stance.stated else [*as_range, *chosen]))
    rest = [ways[each] for each in ways if each not in own]
    if not stance.stated and not stance.why:
        return Ways([ways[each] for each in own], rest, [])
    return Ways([ways[each] for each in own], [], rest)
