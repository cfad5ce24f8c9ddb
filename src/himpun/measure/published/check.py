"""Checking a published capaian: which formula gives the printed figure, or that none does, and why.

Pure and exact; the formulas are those of `himpun.measure.scoring.achievement`. The rules, one by one, stand in
docs/reference/check-capaian.md. T = target, R = realisasi, C = the printed capaian (%).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import Any, NamedTuple

from himpun.measure.numbers import Number, round_half_up, write_number
from himpun.measure.published.cells import (
    GRADE_TABLES,
    Cell,
    Habit,
    Kind,
    Reading,
    believed,
    names_in,
    parts_of,
    read_cell,
    units_differ,
)
from himpun.measure.published.direction import direction
from himpun.measure.scoring.achievement import achievement
from himpun.measure.scoring.values import Actual, Band, Polarity, Score, Target
from himpun.spreadsheets.book import Content


class Verdict(StrEnum):
    """What is to be said about one row."""

    MATCHES = "cocok"
    DIFFERS = "tidak-cocok"
    WRONG_POLARITY = "polaritas-keliru"
    NOT_COMPUTABLE = "tidak-dapat-dihitung"
    NOT_PUBLISHED = "tanpa-angka-terbit"


WRONG = frozenset({Verdict.DIFFERS, Verdict.WRONG_POLARITY})
"""The verdicts that say a printed figure is not what it should be."""

_WORST_FIRST = (
    Verdict.DIFFERS,
    Verdict.WRONG_POLARITY,
    Verdict.NOT_COMPUTABLE,
    Verdict.NOT_PUBLISHED,
    Verdict.MATCHES,
)

CAPS = (100, 110, 120, 150)
"""Percent at which offices stop counting; a figure counts as capped only when it is exactly one of these."""

FORMULA_NAMES: Mapping[Polarity, str] = {
    Polarity.POSITIVE: "R/T×100",
    Polarity.NEGATIVE_A: "(2T−R)/T×100",
    Polarity.NEGATIVE_B: "T/R×100",
    Polarity.STABLE: "stabil",
    Polarity.RANGE: "rentang",
    Polarity.GRADE: "predikat",
}


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A row of a published table. `percents` names the fields an Excel sheet shows with % (0,85 is 85)."""

    row: int
    indicator: str
    target: Content
    actual: Content
    published: Content
    polarity: str = ""
    year: str = ""
    percents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to one row. `recomputed` is exact, in percent, before any cap or rounding; None when there is none."""

    row: int
    indicator: str
    year: str
    target: str
    actual: str
    published: str
    verdict: Verdict
    formula: str
    recomputed: Fraction | None
    message: str


FIELDS = ("target", "actual", "published")
Habits = Mapping[str, Habit | None]
GradeTable = Mapping[str, Number]


def check(rows: Sequence[PublishedRow]) -> list[Checked]:
    """Check every row. The columns are read as a whole first, to know by which habit their numbers are written."""
    habits = _habits(rows)
    uses_signs = any(row.polarity.strip() == "+" for row in rows)
    return [_check_row(row if uses_signs else _without_dash(row), habits) for row in rows]


def _without_dash(row: PublishedRow) -> PublishedRow:
    """A lone dash for polarity is a blank, unless the column also says "+"."""
    return replace(row, polarity="") if row.polarity.strip() in ("-", "–", "−") else row


def counts(checked: Iterable[Checked]) -> dict[Verdict, int]:
    """How many rows have each verdict, all five named."""
    found = Counter(each.verdict for each in checked)
    return {verdict: found[verdict] for verdict in Verdict}


def as_record(checked: Checked) -> dict[str, Any]:
    """One row for machines: `row`, `verdict`, `formula`, `recomputed` (a number of two decimals or None), `message`."""
    recomputed = None if checked.recomputed is None else float(round_half_up(checked.recomputed, 2))
    return {
        "row": checked.row,
        "verdict": str(checked.verdict),
        "formula": checked.formula,
        "recomputed": recomputed,
        "message": checked.message,
    }


def changing_formulas(checked: Sequence[Checked]) -> list[str]:
    """A sentence for each indicator whose rows were computed by different formulas, such as from year to year."""
    found: dict[str, dict[str, list[Checked]]] = defaultdict(lambda: defaultdict(list))
    for each in checked:
        if each.formula and each.recomputed != 100 and each.indicator.strip():
            found[each.indicator.strip().casefold()][each.formula.partition(",")[0]].append(each)
    return [_changes(formulas) for formulas in found.values() if len(formulas) > 1]


def _changes(formulas: Mapping[str, Sequence[Checked]]) -> str:
    name = next(iter(formulas.values()))[0].indicator.strip()
    said = "; ".join(
        f"{formula} ({', '.join(f'baris {each.row}' + (f', {each.year}' if each.year else '') for each in rows)})"
        for formula, rows in sorted(formulas.items())
    )
    return f"“{name}” dihitung dengan rumus yang berganti: {said}. Samakan rumusnya, atau jelaskan mengapa berganti."


# --- one row ---------------------------------------------------------------------------------------------------------


def _check_row(row: PublishedRow, habits: Habits) -> Checked:
    parts = {name: parts_of(getattr(row, name)) for name in FIELDS}
    counted = {name: len(found) for name, found in parts.items()}
    if max(counted.values()) == 1:
        return _answer(row, _judge(_Case.of(row, row.indicator, habits), _stated(row.polarity)))
    if read_cell(row.published).kind is Kind.BLANK:
        parts["published"] = (None,) * max(counted["target"], counted["actual"])
        counted["published"] = len(parts["published"])
    if len(set(counted.values())) > 1:
        return _answer(row, _uneven(row, counted))
    names = names_in(row.indicator, counted["target"])
    polarities = [str(each) for each in parts_of(row.polarity)]
    each_polarity = polarities if len(polarities) == len(names) else [row.polarity] * len(names)
    judged = [
        _judge(
            _Case.of(
                replace(row, target=target, actual=actual, published=published), f"{row.indicator} {name}", habits
            ),
            _stated(polarity),
        )
        for name, polarity, target, actual, published in zip(
            names, each_polarity, parts["target"], parts["actual"], parts["published"], strict=True
        )
    ]
    return _answer(row, _together(names, judged))


class _Judgement(NamedTuple):
    verdict: Verdict
    message: str
    formula: str = ""
    recomputed: Fraction | None = None


def _answer(row: PublishedRow, judged: _Judgement) -> Checked:
    shown = {name: read_cell(getattr(row, name), percent=name in row.percents).text for name in FIELDS}
    return Checked(
        row=row.row,
        indicator=" ".join(row.indicator.split()),
        year=row.year,
        **shown,
        verdict=judged.verdict,
        formula=judged.formula,
        recomputed=judged.recomputed,
        message=judged.message,
    )


def _uneven(row: PublishedRow, counted: Mapping[str, int]) -> _Judgement:
    message = (
        f"Tidak dapat dihitung: beberapa indikator dalam satu sel, tetapi jumlah isinya berbeda (target "
        f"{counted['target']}, realisasi {counted['actual']}, capaian {counted['published']}). "
        f"Tulis satu indikator pada satu baris."
    )
    return _Judgement(Verdict.NOT_COMPUTABLE, message + _unchecked(row.published))


def _together(names: Sequence[str], judged: Sequence[_Judgement]) -> _Judgement:
    worst = next(verdict for verdict in _WORST_FIRST if any(each.verdict is verdict for each in judged))
    said = " ".join(f"({name}) {each.message}" for name, each in zip(names, judged, strict=True))
    formulas = {each.formula for each in judged}
    formula = formulas.pop() if len(formulas) == 1 else ""
    return _Judgement(worst, f"{len(judged)} indikator dalam satu sel. {said}", formula)


def _unchecked(published: Content) -> str:
    cell = read_cell(published)
    return "" if cell.kind is Kind.BLANK else f" Angka terbit {cell.text} tidak dapat diperiksa."


# --- by which habit a column is written ------------------------------------------------------------------------------


def _habits(rows: Sequence[PublishedRow]) -> Habits:
    """The one habit that the clear numbers of a column prove; None where there are none or both."""
    found: dict[str, set[Habit]] = {name: set() for name in FIELDS}
    for row in rows:
        for name in FIELDS:
            for part in parts_of(getattr(row, name)):
                if (evidence := read_cell(part).evidence) is not None:
                    found[name].add(evidence)
    everywhere: set[Habit] = set().union(*found.values())
    return {name: _only(habits or everywhere) for name, habits in found.items()}


def _only(habits: set[Habit]) -> Habit | None:
    return next(iter(habits)) if len(habits) == 1 else None


# --- polarity: stated, read from the name or the target, or unknown ---------------------------------------------------


_STATED: Mapping[str, Polarity] = {
    **dict.fromkeys(("positif", "positive", "pos", "+", "naik", "maksimal", "maximize", "p"), Polarity.POSITIVE),
    **dict.fromkeys(
        ("negatif", "negative", "neg", "-", "–", "−", "turun", "minimal", "minimize", "n"), Polarity.NEGATIVE_A
    ),
    "range": Polarity.RANGE,
    "rentang": Polarity.RANGE,
    "stabil": Polarity.STABLE,
    "stabilize": Polarity.STABLE,
    "tetap": Polarity.STABLE,
    "predikat": Polarity.GRADE,
    "peringkat": Polarity.RANK,
    "teks": Polarity.TEXT,
}
_NEGATIVES = (Polarity.NEGATIVE_A, Polarity.NEGATIVE_B)


@dataclass(frozen=True, slots=True)
class _Stance:
    """Which formulas may hold (`own`, the one that should first), may be inferred, or betray a wrong polarity."""

    own: tuple[Polarity, ...]
    inferable: tuple[Polarity, ...] = ()
    others: tuple[Polarity, ...] = ()
    why: str = ""
    stated: Polarity | None = None
    unknown: str = ""


def _stated(text: str) -> _Stance | None:
    """The stance of a polarity as somebody wrote it; None when nothing was written."""
    word = " ".join(text.casefold().split())
    if not word or word in ("none", "nan", "n/a"):
        return None
    polarity = _STATED.get(word)
    if word.replace(" ", "-") in ("negatif-a", "negatif-b"):
        exactly = Polarity(word.replace(" ", "-"))
        return _Stance(
            (exactly,), others=(Polarity.POSITIVE,), why=f"polaritas dinyatakan {text.strip()}", stated=exactly
        )
    if polarity is None and (("makin" in word or "semakin" in word) and "baik" in word):
        less = any(sign in word for sign in ("kecil", "rendah", "sedikit", "turun", "cepat"))
        polarity = Polarity.NEGATIVE_A if less else Polarity.POSITIVE
    if polarity is None:
        return _Stance((), unknown=text.strip())
    return replace(_stance(polarity), why=f"polaritas dinyatakan {text.strip()}", stated=polarity)


def _stance(polarity: Polarity) -> _Stance:
    match polarity:
        case Polarity.NEGATIVE_A | Polarity.NEGATIVE_B | Polarity.RANK:
            return _Stance(_NEGATIVES, others=(Polarity.POSITIVE,))
        case Polarity.STABLE:
            return _Stance((Polarity.STABLE,), others=(Polarity.POSITIVE, *_NEGATIVES))
        case _:
            return _Stance((Polarity.POSITIVE,), others=_NEGATIVES)


_UNKNOWN = _Stance((Polarity.POSITIVE,), inferable=_NEGATIVES)


def _taken(case: "_Case", stated: _Stance | None) -> _Stance:
    """The stated polarity, else what the target ("≤ 5") or the name says, else none."""
    if stated is not None and not stated.unknown:
        return stated
    unknown = stated.unknown if stated else ""
    if case.target.hint is not None:
        why = f"target “{case.target.text}” berarti makin {'besar' if case.target.hint is Polarity.POSITIVE else 'kecil'} makin baik"
        return replace(_stance(case.target.hint), why=why, unknown=unknown)
    named = direction(case.name)
    if named is None:
        return replace(_UNKNOWN, unknown=unknown)
    why = f"nama indikatornya berarti makin {'besar' if named is Polarity.POSITIVE else 'kecil'} makin baik"
    return replace(_stance(named), why=why, unknown=unknown)


# --- the ways a row could have been computed -------------------------------------------------------------------------


class _Way:
    """A formula with the row's numbers, worked out when first asked: most rows need only one."""

    def __init__(
        self, name: str, polarity: Polarity, target: Target, actual: Actual, table: GradeTable = MappingProxyType({})
    ) -> None:
        self.name, self.polarity = name, polarity
        self._target, self._actual, self._table = target, actual, table

    @cached_property
    def score(self) -> Score:
        return achievement(self._target, self._actual, self.polarity, predicates=self._table)


class _Ways(NamedTuple):
    own: list[_Way]
    inferable: list[_Way]
    others: list[_Way]


class _Combination(NamedTuple):
    """One reading of each cell of the row. `published` is None when nothing is printed."""

    target: Reading | None
    actual: Reading | None
    published: Reading | None


class _NotComputableError(Exception):
    """Carries the reason. Never leaves this module."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One indicator: its cells, read, and how their columns are written."""

    name: str
    target: Cell
    actual: Cell
    published: Cell
    habits: Habits

    @classmethod
    def of(cls, row: PublishedRow, name: str, habits: Habits) -> "_Case":
        cells = {field: read_cell(getattr(row, field), percent=field in row.percents) for field in FIELDS}
        return cls(name, **cells, habits=habits)

    @property
    def is_printed(self) -> bool:
        """Whether there is a figure to check."""
        return self.published.kind is Kind.NUMBER and self.published.hint is None

    def combinations(self, stance: _Stance) -> list[_Combination]:
        """Every way to read the row, the most plausible first."""
        printed: Sequence[Reading | None] = (
            [believed(each) for each in self.published.readings] if self.is_printed else [None]
        )
        found = [
            _Combination(*each)
            for each in product(self.target.readings or (None,), self.actual.readings or (None,), printed)
        ]
        return sorted(found, key=lambda each: self._implausibility(each, stance)) if len(found) > 1 else found

    def _implausibility(self, one: _Combination, stance: _Stance) -> tuple[int, ...]:
        """Sizes that do not fit together first, then the column's habit, then finer sizes, then English."""
        t, r, c = (None if reading is None else reading.value for reading in one)
        apart = _decades(t, r)
        raw = next((way.score.raw for way in self.ways(one, stance).own if way.score.raw is not None), None)
        off = _decades(raw, c)
        pairs = list(zip(FIELDS, (self.target, self.actual, self.published), one, strict=True))
        doubtful = [(field, reading) for field, cell, reading in pairs if cell.is_doubtful and reading is not None]
        unusual = sum(self.habits.get(field) not in (None, reading.habit) for field, reading in doubtful)
        english = sum(reading.habit is Habit.ENGLISH for _, reading in doubtful)
        return (apart if apart >= 2 else 0, off if off >= 2 else 0, unusual, apart, off, english)

    def ways(self, one: _Combination, stance: _Stance) -> _Ways:
        """The formulas with this reading's numbers. Raises nothing: what cannot be computed has a reason in its score."""
        if self.target.kind is Kind.GRADE and self.actual.kind is Kind.GRADE:
            return _Ways(self.by_grade() + self._beside_grades(one), [], [])
        if one.target is None or one.actual is None:
            return _Ways([], [], [])
        if one.target.upper is not None:
            return _by_band(one.target, one.actual.value, stance)
        t, r = self.on_one_base(one.target.value, one.actual.value)
        own, inferable, others = (
            [_Way(FORMULA_NAMES[each], each, t, r) for each in polarities]
            for polarities in (stance.own, stance.inferable, stance.others)
        )
        return _Ways(own, inferable, others)

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

    def by_grade(self) -> list[_Way]:
        """Both grades by every table that holds both; equal words without a table are 100. Empty when none fits."""
        pair = (self.target.grade, self.actual.grade)
        tables = [table for table in GRADE_TABLES.values() if all(grade in table for grade in pair)]
        letters = GRADE_TABLES["huruf A–D"]
        if any(word in self.name.casefold() for word in ("kepuasan", "ikm", "skm", "akreditasi")) and letters in tables:
            tables.sort(key=lambda table: table is not letters)
        if not tables and pair[0] == pair[1]:
            pair, tables = (self.target.text, self.target.text), [{self.target.text: 1}]
        return [_Way("predikat", Polarity.GRADE, *pair, table) for table in tables]

    def _beside_grades(self, one: _Combination) -> list[_Way]:
        if one.target is None or one.actual is None:
            return []
        formula = FORMULA_NAMES[Polarity.POSITIVE]
        return [_Way(formula, Polarity.POSITIVE, one.target.value, one.actual.value)]

    def notes(self, one: _Combination) -> list[str]:
        """What was guessed to read the row like this."""
        cells = (self.target, self.actual, self.published)
        said = [cell.note(reading) for cell, reading in zip(cells, one, strict=True)]
        if self.omitted_base is not None:
            said.append(f"Tebakan: keduanya per {write_number(self.omitted_base)}.")
        return [each for each in said if each]


def _decades(one: Fraction | None, other: Fraction | None) -> int:
    """How many powers of ten lie between two positive numbers; 0 where that means nothing."""
    if not one or not other or one < 0 or other < 0:
        return 0
    return round(abs(math.log10(one) - math.log10(other)))


def _by_band(band: Reading, r: Fraction, stance: _Stance) -> _Ways:
    """The nearer bound takes the place of T. Above, a miss or a surplus: what the polarity says."""
    lower, upper = band.value, band.upper if band.upper is not None else band.value
    if lower <= r <= upper:
        return _Ways([_Way("rentang", Polarity.RANGE, Band(lower, upper), r)], [], [])
    bound = upper if r > upper else lower
    ways = {each: _Way("rentang", each, bound, r) for each in (Polarity.POSITIVE, *_NEGATIVES)}
    as_range = _NEGATIVES if r > upper else (Polarity.POSITIVE,)
    is_known = bool(stance.stated or stance.why) and stance.stated is not Polarity.RANGE
    chosen = [each for each in stance.own if each in ways] if is_known else []
    own = list(dict.fromkeys([*chosen, *as_range] if stance.stated else [*as_range, *chosen]))
    rest = [ways[each] for each in ways if each not in own]
    if not stance.stated and not stance.why:
        return _Ways([ways[each] for each in own], rest, [])
    return _Ways([ways[each] for each in own], [], rest)


# --- judging ---------------------------------------------------------------------------------------------------------


class _Match(NamedTuple):
    way: _Way
    combination: _Combination
    suffix: str


def _judge(case: _Case, stated: _Stance | None) -> _Judgement:
    stance = _taken(case, stated)
    unknown = [f"Polaritas “{stance.unknown}” tidak dikenal, jadi tidak dipakai."] if stance.unknown else []
    judged = _judged(case, stance)
    return judged._replace(message=" ".join([judged.message, *unknown]))


def _judged(case: _Case, stance: _Stance) -> _Judgement:
    combinations = case.combinations(stance)
    likeliest = combinations[0]
    try:
        _check_comparable(case, stance)
    except _NotComputableError as error:
        return _not_computed(case, str(error), likeliest)
    if not case.is_printed:
        return _not_published(case, stance, likeliest)
    ways = {one: case.ways(one, stance) for one in combinations}
    if found := _find(combinations, {one: ways[one].own for one in combinations}, may_cap=True):
        return _matches(case, found, [])
    if found := _find(combinations, {one: ways[one].inferable for one in combinations}):
        return _matches(case, found, [_inferred(found.way)])
    own = _computed(ways[likeliest].own)
    if own is None:
        return _not_computed(case, _reason(ways[likeliest].own), likeliest)
    if found := _find(combinations, {one: ways[one].others for one in combinations}):
        return _wrong_polarity(case, stance, found)
    return _differs(case, stance, likeliest, own, ways[likeliest])


def _check_comparable(case: _Case, stance: _Stance) -> None:
    """Raises the reason when target and realisasi are nothing that a formula can compare."""
    if stance.stated is Polarity.TEXT:
        raise _NotComputableError("Indikator teks disimpan dan ditampilkan, tidak dihitung")
    for cell, what in ((case.target, "Target"), (case.actual, "Realisasi")):
        if cell.kind is Kind.BLANK:
            raise _NotComputableError(f"{what} kosong; kosong bukan 0")
        if cell.kind is Kind.WORDS:
            raise _NotComputableError(f"{what} {cell.cause}")
    if case.actual.kind is Kind.BAND:
        raise _NotComputableError(f"Realisasi “{case.actual.text}” berupa rentang, bukan satu angka")
    if case.actual.hint in (Polarity.POSITIVE, Polarity.NEGATIVE_A):
        raise _NotComputableError(f"Realisasi “{case.actual.text}” batas, bukan angka yang pasti")
    _check_grades(case)
    if units_differ(case.target, case.actual):
        raise _NotComputableError(f"Satuan target ({case.target.unit}) dan realisasi ({case.actual.unit}) berbeda")
    if stance.stated is Polarity.RANGE and case.target.kind is Kind.NUMBER:
        raise _NotComputableError(f"Polaritas rentang, tetapi target “{case.target.text}” bukan rentang")


def _check_grades(case: _Case) -> None:
    kinds = {case.target.kind, case.actual.kind}
    if Kind.GRADE not in kinds:
        return
    if kinds == {Kind.GRADE}:
        if not case.by_grade() and not (case.target.readings and case.actual.readings):
            raise _NotComputableError(
                f"Predikat “{case.target.text}” dan “{case.actual.text}” tidak ada dalam satu tabel predikat"
            )
        return
    if not (case.target.readings and case.actual.readings) or Kind.BAND in kinds:
        raise _NotComputableError(
            f"Target “{case.target.text}” dan realisasi “{case.actual.text}” tidak sejenis (predikat dan angka)"
        )


def _find(
    combinations: Sequence[_Combination], ways: Mapping[_Combination, Sequence[_Way]], *, may_cap: bool = False
) -> _Match | None:
    """The first way that gives the printed figure: rounded before cut off before capped, plausible readings first.

    An implausible reading must give the figure by plain rounding; a coincidence of 100 proves nothing there.
    """
    for strictness in (_rounded, _cut_off, _capped) if may_cap else (_rounded, _cut_off):
        for one in combinations if strictness is _rounded else combinations[:1]:
            for way in ways[one]:
                if way.score.raw is None or one.published is None:
                    continue
                suffix = strictness(way.score.raw, one.published)
                if suffix is not None:
                    return _Match(way, one, suffix)
    return None


def _rounded(raw: Fraction, printed: Reading) -> str | None:
    if Fraction(round_half_up(raw, printed.places)) != printed.value:
        return None
    return "" if printed.places >= 2 or raw == printed.value else ", dibulatkan"


def _cut_off(raw: Fraction, printed: Reading) -> str | None:
    digits = int(abs(raw) * 10**printed.places)
    cut = Fraction(digits if raw >= 0 else -digits, 10**printed.places)
    return ", dipotong" if cut == printed.value else None


def _capped(raw: Fraction, printed: Reading) -> str | None:
    if raw < 0 and printed.value == 0:
        return ", dibatasi 0"
    if printed.value in CAPS and raw > printed.value:
        return f", dibatasi {write_number(printed.value)}"
    return None


def _computed(ways: Sequence[_Way]) -> _Way | None:
    return next((way for way in ways if way.score.raw is not None), None)


def _reason(ways: Sequence[_Way]) -> str:
    return ways[0].score.reason.rstrip(".") if ways else "Target dan realisasi tidak dapat dibandingkan"


# --- what is said ----------------------------------------------------------------------------------------------------


def _sentence(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _not_computed(case: _Case, reason: str, one: _Combination) -> _Judgement:
    if not case.is_printed:
        said = f"{_nothing_printed(case)} Tidak dapat dihitung: {reason}."
        return _Judgement(Verdict.NOT_PUBLISHED, _sentence(said, *case.notes(one)))
    said = f"Tidak dapat dihitung: {reason}. Angka terbit {case.published.text} tidak dapat diperiksa."
    return _Judgement(Verdict.NOT_COMPUTABLE, _sentence(said, *case.notes(one)))


def _nothing_printed(case: _Case) -> str:
    if case.published.kind is Kind.BLANK:
        return "Tidak ada angka capaian yang terbit."
    return f"Tidak ada angka capaian yang terbit: “{case.published.text}” bukan satu angka."


def _not_published(case: _Case, stance: _Stance, one: _Combination) -> _Judgement:
    ways = case.ways(one, stance).own
    way = _computed(ways)
    if way is None:
        return _not_computed(case, _reason(ways), one)
    because = f" ({stance.why})" if stance.why else ""
    said = f"{_nothing_printed(case)} Hitungannya{because}: {way.score.formula}."
    return _Judgement(Verdict.NOT_PUBLISHED, _sentence(said, *case.notes(one)), recomputed=way.score.raw)


def _matches(case: _Case, found: _Match, more: Sequence[str]) -> _Judgement:
    way, one, suffix = found
    raw = way.score.raw
    ending = suffix.removeprefix(", ")
    said = f"Cocok: {way.score.formula}; terbit {case.published.text}{f' ({ending})' if ending else ''}."
    close = (
        "Dibulatkan menjadi 100, padahal targetnya belum tercapai."
        if raw is not None and raw < 100 and one.published is not None and one.published.value == 100
        else ""
    )
    message = _sentence(said, close, *more, *case.notes(one))
    return _Judgement(Verdict.MATCHES, message, way.name + suffix, raw)


def _inferred(way: _Way) -> str:
    less = "makin besar" if way.polarity is Polarity.POSITIVE else "makin kecil"
    return f"Polaritas tidak dinyatakan; dari angkanya disimpulkan {less} makin baik. Pastikan memang begitu."


def _wrong_polarity(case: _Case, stance: _Stance, found: _Match) -> _Judgement:
    way, one, suffix = found
    right = _computed(case.ways(one, stance).own)
    should = f" Seharusnya {right.score.formula}." if right else ""
    effect = _effect(way, right)
    said = f"Polaritas tampak keliru: angka terbit {case.published.text} berasal dari {way.score.formula}, padahal {stance.why}."
    return _Judgement(
        Verdict.WRONG_POLARITY,
        _sentence(said + should, effect, *case.notes(one)),
        way.name + suffix,
        right.score.raw if right else None,
    )


def _effect(way: _Way, right: _Way | None) -> str:
    if right is None or way.score.raw is None or right.score.raw is None:
        return ""
    if way.score.raw > 100 > right.score.raw:
        return "Kegagalan tercetak sebagai keberhasilan."
    if way.score.raw < 100 < right.score.raw:
        return "Keberhasilan tercetak sebagai kegagalan."
    return ""


def _differs(case: _Case, stance: _Stance, one: _Combination, own: _Way, ways: _Ways) -> _Judgement:
    raw, printed = own.score.raw, one.published
    if raw is None or printed is None:
        raise AssertionError("judged as differing without two figures")
    finer = f" (lebih teliti {write_number(raw, printed.places + 1)})" if printed.places > 2 else ""
    because = f" ({stance.why})" if stance.why else ""
    said = f"Tidak cocok: {own.score.formula}{finer}{because}, sedangkan terbit {case.published.text}."
    hints = list(_hints(case, stance, one, own, ways))
    none = "" if hints else "Tidak ada rumus baku yang menghasilkan angka itu."
    message = _sentence(said, none, *hints, *case.notes(one))
    return _Judgement(Verdict.DIFFERS, message, recomputed=raw)


def _hints(case: _Case, stance: _Stance, one: _Combination, own: _Way, ways: _Ways) -> Iterator[str]:
    """What might have happened; never enough to call the figure right."""
    printed = one.published
    if printed is None:
        return
    if one.target is not None and one.actual is not None:
        if before := _unrounded(one.target, one.actual, own, printed):
            yield f"Cocok bila realisasi sebelum dibulatkan kira-kira {before}; terbitkan angka yang dipakai menghitung."
        if printed.value == one.actual.value:
            yield "Angka terbit sama dengan realisasinya, bukan perbandingannya dengan target."
    raw = own.score.raw or Fraction(0)
    if _rounded(raw, replace(printed, value=printed.value * 100, places=max(0, printed.places - 2))) is not None:
        yield f"Angka terbit cocok bila dimaksud sebagai rasio, bukan persen ({write_number(printed.value * 100)}%)."
    for way in (*ways.others, *ways.inferable):
        if way.score.raw is not None and (suffix := _capped(way.score.raw, printed)):
            yield f"Polaritas sebaliknya{suffix} juga memberi angka itu; itu tidak membuktikan apa-apa."
            break
    if stance.stated in _NEGATIVES and len(stance.own) == 1:
        sister = next(each for each in _NEGATIVES if each is not stance.stated)
        again = case.ways(one, replace(stance, own=(sister,), others=())).own
        if found := _find([one], {one: again}):
            yield f"Rumus {found.way.name} menghasilkannya, tetapi {stance.why}."


def _unrounded(target: Reading, actual: Reading, own: _Way, printed: Reading) -> str:
    """The realisasi that would give the printed figure, where it rounds to the one that is written; "" else."""
    t, c = target.value, printed.value
    match own.polarity:
        case Polarity.POSITIVE if own.name != "rentang":
            before = t * c / 100
        case Polarity.NEGATIVE_A if own.name != "rentang":
            before = t * (2 - c / 100)
        case Polarity.NEGATIVE_B if own.name != "rentang" and c > 0:
            before = t * 100 / c
        case _:
            return ""
    if Fraction(round_half_up(before, actual.places)) != actual.value:
        return ""
    if not actual.places and abs(actual.value) < 100:
        return ""  # 4 of 9 is a count, not a rounded measure
    if abs(before - actual.value) * 100 > abs(actual.value):
        return ""
    shown = write_number(before, actual.places + 1)
    return shown if shown != write_number(actual.value) else write_number(before, actual.places + 2)
