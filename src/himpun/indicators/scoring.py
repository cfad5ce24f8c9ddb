"""Capaian: how far the realisasi of an indicator reached its target, and what the office calls that.

Pure and exact: values are `Decimal` or `Fraction`, results are `Fraction`, percentages run from 0 to 100 and beyond,
and rounding happens only in `himpun.indicators.numbers` to show a number. What cannot be computed is never 0 and never
infinite: it is a `Score` without a value and with the reason.

The formulas are those of docs/reference/penilaian.md: T = target, R = realisasi, C = capaian (%). Tables marked [B] are common
practice that was not read in a regulation; they are defaults for data an office edits, not rules of this code.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple, TypeVar

from himpun.choices import Choice
from himpun.errors import Refusal
from himpun.indicators.numbers import (
    Number,
    NumberUnreadable,
    decimal_places,
    exact,
    read_number,
    round_half_up,
    write_number,
    write_percent,
)
from himpun.indicators.periods import Frequency

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


class Aggregation(Choice):
    """How the periods of a year make one capaian; chosen per indicator and year."""

    SUM = "jumlah", "Jumlah"
    CUMULATIVE = "kumulatif", "Kumulatif"
    LAST = "posisi-akhir", "Posisi akhir"
    MEAN = "rata-rata", "Rata-rata"
    YEARLY = "tahunan", "Tahunan"


class VariableKind(Choice):
    """What a raw variable is in the share of its indicator, or that it is the value itself."""

    NUMERATOR = "pembilang", "Pembilang"
    DENOMINATOR = "penyebut", "Penyebut"
    VALUE = "nilai", "Nilai"


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

_T = TypeVar("_T", bound=Target)

BPK_OPINION: Mapping[str, int] = {"WTP": 4, "WDP": 3, "TW": 2, "TMP": 1}
"""[B] Opinion of the BPK on the financial statements, best first: WDP where WTP was the target is 75."""

AKIP_GRADE: Mapping[str, int] = {"AA": 7, "A": 6, "BB": 5, "B": 4, "CC": 3, "C": 2, "D": 1}
"""[B] Grade of the AKIP evaluation (PermenPANRB 88/2021), best first, by rank."""


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


class _NoScoreError(Exception):
    """There is no capaian; carries the sentence. Never leaves this module."""

    def __init__(self, reason: str, state: State = State.NOT_COMPUTABLE) -> None:
        super().__init__(reason)
        self.state = state

    def score(self, target: Fraction | Band | str | None = None, actual: Fraction | str | None = None) -> Score:
        return Score(None, self.state, str(self), "", target, actual)


_BAND = re.compile(r"(?P<lower>.*[0-9].*?)\s*(?:–|—|s\.?/?d\.?|sampai|(?<=[0-9% ])-)\s*(?P<upper>\S.*)", re.IGNORECASE)


def read_target(text: str, polarity: Polarity | str) -> Target | None:
    """Read a target as an office writes it: "1.234,5", "2,60–3,50" for range, "WTP" for predikat; None when blank.

    Raises `NumberUnreadable` or `BandUnreadable` with a sentence that shows how to write it.
    """
    polarity = Polarity(polarity)
    if not text.strip():
        return None
    if polarity in (Polarity.GRADE, Polarity.TEXT):
        return text.strip()
    return _read_band(text) if polarity is Polarity.RANGE else read_number(text)


def _read_band(text: str) -> Band:
    match = _BAND.fullmatch(text.strip())
    if match is None:
        raise BandUnreadable(f"Tulis rentang seperti 2,60–3,50; “{text.strip()}” tidak dapat dibaca.")
    return Band(read_number(match["lower"]), read_number(match["upper"]))


# --- one target and one realisasi ------------------------------------------------------------------------------------


def achievement(
    target: Target | None,
    actual: Actual | None,
    polarity: Polarity | str,
    *,
    predicates: Mapping[str, Number] | None = None,
) -> Score:
    """The capaian of one realisasi against one target, by the formula of `polarity`.

    positif R/T×100; negatif-a (2T−R)/T×100; negatif-b T/R×100; stabil (1−|R−T|/T)×100; range: 100 inside, above it
    (2U−R)/U×100, below it R/L×100; predikat: grades become numbers by `predicates`, then positif; peringkat (a place
    in a list, the lower the better): as negatif-a; teks: never computed.
    Never raises for a value: T = 0 (but for a negative polarity with R = 0, which is 100), a target below 0, NaN and
    the like give a reason instead. None and "" mean not filled.
    """
    if _is_blank(target) or target is None:
        return Score(state=State.NOT_FILLED, reason="Target belum ditetapkan.")
    if _is_blank(actual) or actual is None:
        return Score(state=State.NOT_FILLED, reason="Realisasi belum diisi.")
    if polarity == Polarity.TEXT:
        return Score(state=State.NOT_COMPUTABLE, reason="Indikator teks disimpan dan ditampilkan, tidak dihitung.")
    return _measure([target], [actual], Polarity(polarity), predicates=predicates or {})


def capped(score: Score, cap: Number | None) -> Score:
    """The capaian limited to `cap` percent where an indicator has one, and the formula saying so."""
    if cap is None or score.raw is None or score.raw <= exact(cap):
        return score
    return replace(score, raw=exact(cap), formula=f"{score.formula}, dibatasi {write_number(cap)}")


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


@dataclass(frozen=True, slots=True)
class _Operand:
    """A target or realisasi as it stands in a formula: one number, a sum of several, or their mean."""

    terms: tuple[Fraction, ...]
    mean: bool = False
    grade: str = ""

    @property
    def value(self) -> Fraction:
        return sum(self.terms, Fraction(0)) / (len(self.terms) if self.mean else 1)

    def rounded(self, places: int) -> "_Operand":
        """What cannot be written out in full, rounded; the rest untouched."""
        return replace(self, terms=tuple(_writable(term, places) for term in self.terms))

    def __str__(self) -> str:
        if self.grade:
            return f"{self.grade} ({write_number(self.value)})"
        if len(self.terms) == 1:
            return _in_formula(self.terms[0])
        total = f"({' + '.join(_in_formula(term) for term in self.terms)})"
        return f"({total} / {len(self.terms)})" if self.mean else total


def _writable(value: Fraction, places: int) -> Fraction:
    return value if decimal_places(value) is not None else Fraction(round_half_up(value, places))


def _in_formula(value: Fraction) -> str:
    if decimal_places(value) is None:
        return f"({write_number(value.numerator)} / {write_number(value.denominator)})"
    return f"({write_number(value)})" if value < 0 else write_number(value)


class _Formula(NamedTuple):
    text: str
    compute: Callable[[Fraction, Fraction], Fraction]

    def worked_out(self, t: _Operand, r: _Operand) -> tuple[Fraction, str]:
        """The exact result, and the formula with its numbers: "(2 × 12 − 13) / 12 × 100 = 91,67"."""
        raw = self.compute(t.value, r.value)
        result = write_number(raw, SHOWN_PLACES)
        written = self._agreeing(t, r, result)
        return raw, f"{written} = {result}" + (", ditampilkan 0" if raw < 0 else "")

    def _agreeing(self, t: _Operand, r: _Operand, result: str) -> str:
        """Numbers as short as they can be while working them out still gives `result` (66,67 / 70, not 66,7 / 70)."""
        for places in range(SHOWN_PLACES, SHOWN_PLACES + 5):
            short_t, short_r = t.rounded(places), r.rounded(places)
            with suppress(ZeroDivisionError):
                if write_number(self.compute(short_t.value, short_r.value), SHOWN_PLACES) == result:
                    return self.text.format(t=short_t, r=short_r)
        return self.text.format(t=t, r=r)


_POSITIVE = _Formula("{r} / {t} × 100", lambda t, r: r / t * 100)
_NEGATIVE_A = _Formula("(2 × {t} − {r}) / {t} × 100", lambda t, r: (2 * t - r) / t * 100)
_NEGATIVE_B = _Formula("{t} / {r} × 100", lambda t, r: t / r * 100)
_STABLE = _Formula("(1 − |{r} − {t}| / {t}) × 100", lambda t, r: (1 - abs(r - t) / t) * 100)
_FORMULAS = {
    Polarity.POSITIVE: _POSITIVE,
    Polarity.NEGATIVE_A: _NEGATIVE_A,
    Polarity.NEGATIVE_B: _NEGATIVE_B,
    Polarity.STABLE: _STABLE,
    Polarity.GRADE: _POSITIVE,
    Polarity.RANK: _NEGATIVE_A,
}


def _measure(
    targets: Sequence[Target],
    actuals: Sequence[Actual],
    polarity: Polarity,
    *,
    predicates: Mapping[str, Number],
    mean: bool = False,
) -> Score:
    if polarity is Polarity.RANGE:
        return _measure_range(targets, actuals, mean=mean)
    read = _grade_reader(predicates) if polarity is Polarity.GRADE else _read_numbers
    try:
        t, r = read(targets, "Target", mean), read(actuals, "Realisasi", mean)
    except _NoScoreError as error:
        return error.score()
    shown_t, shown_r = t.grade or t.value, r.grade or r.value
    try:
        raw, formula = _compare(t, r, polarity)
    except _NoScoreError as error:
        return error.score(shown_t, shown_r)
    return Score(raw, formula=formula, target=shown_t, actual=shown_r)


def _compare(t: _Operand, r: _Operand, polarity: Polarity) -> tuple[Fraction, str]:
    if t.value == r.value == 0 and polarity in (Polarity.NEGATIVE_A, Polarity.NEGATIVE_B, Polarity.RANK):
        return Fraction(100), "target 0 dan realisasi 0 = 100"
    _check_divides(t.value, "Target")
    if polarity is Polarity.NEGATIVE_B:
        _check_divides(r.value, "Realisasi")
    return _FORMULAS[polarity].worked_out(t, r)


def _check_divides(value: Fraction, what: str) -> None:
    if value == 0:
        raise _NoScoreError(f"{what} 0: rumusnya membagi dengan {what.lower()}, jadi capaian tidak dapat dihitung.")
    if value < 0:
        raise _NoScoreError(
            f"{what} di bawah 0 ({write_number(value, 6)}): rumus capaian hanya berlaku untuk angka positif."
        )


def _measure_range(targets: Sequence[Target], actuals: Sequence[Actual], *, mean: bool) -> Score:
    try:
        bands = [_band(target) for target in targets]
        lower = _read_numbers([band.lower for band in bands], "Batas bawah", mean)
        upper = _read_numbers([band.upper for band in bands], "Batas atas", mean)
        r = _read_numbers(actuals, "Realisasi", mean)
    except _NoScoreError as error:
        return error.score()
    band = Band(lower.value, upper.value)
    try:
        raw, formula = _compare_range(lower, upper, r)
    except _NoScoreError as error:
        return error.score(band, r.value)
    return Score(raw, formula=formula, target=band, actual=r.value)


def _compare_range(lower: _Operand, upper: _Operand, r: _Operand) -> tuple[Fraction, str]:
    """Outside, the nearer bound is the target: both formulas then equal the one for stabil and meet 100."""
    if r.value > upper.value:
        _check_divides(upper.value, "Batas atas")
        return _NEGATIVE_A.worked_out(upper, r)
    if r.value < lower.value:
        _check_divides(lower.value, "Batas bawah")
        return _POSITIVE.worked_out(lower, r)
    return Fraction(100), f"{r} di antara {lower} dan {upper} = 100"


def _band(target: Target) -> Band:
    if isinstance(target, Band):
        return target
    raise _NoScoreError("Target harus berupa rentang (batas bawah dan batas atas), karena polaritasnya range.")


def _read_numbers(values: Sequence[Target], what: str, mean: bool) -> _Operand:
    terms = tuple(_read_number(value, what) for value in values)
    same = mean and len(set(terms)) == 1
    return _Operand(terms[:1] if same else terms, mean=mean)


def _read_number(value: Target, what: str) -> Fraction:
    if isinstance(value, Band):
        raise _NoScoreError(f"{what} berupa rentang {value}, padahal polaritas indikator ini bukan range.")
    if isinstance(value, str):
        raise _NoScoreError(f"{what} berupa predikat “{value}”, padahal polaritas indikator ini bukan predikat.")
    try:
        return exact(value)
    except NumberUnreadable as error:
        raise _NoScoreError(f"{what}: {error}") from None


def _grade_reader(predicates: Mapping[str, Number]) -> Callable[[Sequence[Target], str, bool], _Operand]:
    scores = {name.strip().casefold(): (name.strip(), number) for name, number in predicates.items()}

    def read(values: Sequence[Target], what: str, mean: bool) -> _Operand:
        (value,) = values
        if not isinstance(value, str):
            raise _NoScoreError(f"{what} harus berupa predikat, misalnya {_examples(predicates)}.")
        found = scores.get(value.strip().casefold())
        if found is None:
            raise _NoScoreError(
                f"{what} “{value.strip()}” tidak ada dalam tabel predikat; yang ada: {_examples(predicates)}."
            )
        name, number = found
        return replace(_read_numbers([number], what, mean), grade=name)

    return read


def _examples(predicates: Mapping[str, Number]) -> str:
    return ", ".join(predicates) or "(tabelnya masih kosong)"


# --- the periods of a year -------------------------------------------------------------------------------------------


def over_year(
    targets: Mapping[int, Target | None],
    actuals: Mapping[int, Actual | None],
    polarity: Polarity | str,
    aggregation: Aggregation | str,
    *,
    yearly_target: Target | None = None,
    frequency: Frequency | str | None = None,
    predicates: Mapping[str, Number] | None = None,
) -> Score:
    """The capaian of a year so far, from its periods; keys are the index of the period in the year, from 1.

    jumlah ΣR/ΣT and rata-rata (mean R / mean T) over the filled periods; kumulatif and posisi-akhir: the last filled
    period; tahunan: measured once. 0 is filled, None and "" are not, gaps are allowed. A period without a target of
    its own takes `yearly_target` where that means the same: always for posisi-akhir, rata-rata and tahunan, in the
    last period for kumulatif, when every period is filled for jumlah (the last two need `frequency`, which also gives
    the periods their names in a reason).
    """
    aggregation, polarity = Aggregation(aggregation), Polarity(polarity)
    year = _Year(
        _filled(targets),
        None if _is_blank(yearly_target) else yearly_target,
        Frequency(frequency) if frequency is not None else None,
    )
    filled: dict[int, Actual] = _filled(actuals)
    if not filled:
        return _nothing_filled(aggregation)
    adds_up = aggregation in (Aggregation.SUM, Aggregation.MEAN)
    if adds_up and polarity is Polarity.GRADE:
        return _NoScoreError(f"Predikat tidak punya {aggregation}; pilih posisi-akhir atau tahunan.").score()
    used = list(filled) if adds_up else list(filled)[-1:]
    try:
        wanted = year.targets_for(used, aggregation)
    except _NoScoreError as error:
        return error.score()
    mean = aggregation is Aggregation.MEAN
    return _measure(wanted, [filled[index] for index in used], polarity, predicates=predicates or {}, mean=mean)


def _filled(values: Mapping[int, _T | None]) -> dict[int, _T]:
    """By period, earliest first, without the blanks."""
    return {index: value for index, value in sorted(values.items()) if not _is_blank(value) and value is not None}


def _nothing_filled(aggregation: Aggregation) -> Score:
    if aggregation is Aggregation.YEARLY:
        return Score(state=State.NOT_MEASURED, reason="Diukur sekali setahun; sampai periode ini belum diukur.")
    return Score(state=State.NOT_FILLED, reason="Belum ada realisasi yang diisi.")


@dataclass(frozen=True, slots=True)
class _Year:
    """The targets of a year, none of them blank."""

    targets: Mapping[int, Target]
    yearly: Target | None
    frequency: Frequency | None

    def targets_for(self, used: Sequence[int], aggregation: Aggregation) -> list[Target]:
        match aggregation:
            case Aggregation.SUM:
                return self._sum(used)
            case Aggregation.CUMULATIVE:
                ends_the_year = self.frequency is not None and used[-1] == self.frequency.kind.per_year
                return [self._target(used[-1], self.yearly if ends_the_year else None)]
            case Aggregation.YEARLY:
                latest = self.targets[max(self.targets)] if self.targets else None
                return [self.yearly if self.yearly is not None else self._target(used[-1], latest)]
            case _:
                return [self._target(index, self.yearly) for index in used]

    def _sum(self, used: Sequence[int]) -> list[Target]:
        complete = self.frequency is not None and len(used) == self.frequency.kind.per_year
        if complete and self.yearly is not None and not all(index in self.targets for index in used):
            return [self.yearly]
        return [self._target(index) for index in used]

    def _target(self, index: int, otherwise: Target | None = None) -> Target:
        target = self.targets.get(index, otherwise)
        if target is None:
            raise _NoScoreError(f"Target {self._name(index)} belum ditetapkan.", State.NOT_FILLED)
        return target

    def _name(self, index: int) -> str:
        kind = self.frequency.kind if self.frequency else None
        return kind.name_of(index) if kind and 1 <= index <= kind.per_year else f"periode ke-{index}"


# --- what a capaian is called ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Level:
    """One row of a scale: values above `above` (or equal to it, when `inclusive`). The lowest level has no bound.

    `colour` is a key, not a colour: pages, documents and charts each map it to their own.
    """

    name: str
    colour: str
    above: Number | None = None
    inclusive: bool = False

    @property
    def lower_rule(self) -> str:
        """ "> 90", "≥ 70", or "" for the lowest level."""
        return "" if self.above is None else f"{'≥' if self.inclusive else '>'} {write_number(self.above)}"

    @property
    def upper_rule(self) -> str:
        """The same bound, seen from the level beneath: "≤ 90", "< 70"."""
        return "" if self.above is None else f"{'<' if self.inclusive else '≤'} {write_number(self.above)}"

    def takes(self, value: Fraction) -> bool:
        """Whether the value reaches this level."""
        if self.above is None:
            return True
        return value >= exact(self.above) if self.inclusive else value > exact(self.above)


@dataclass(frozen=True, slots=True)
class Category:
    """What a value is called: `name`, the `colour` key, and the `rule` that put it there ("> 75 dan ≤ 90")."""

    name: str
    colour: str
    rule: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Levels from the highest to the lowest. Every number has exactly one: each level begins where the one above ends.

    Compared with the unrounded number. Raises `ScaleInvalid` when the bounds do not go down, when the lowest level has
    a bound or another has none, or when two levels have the same name.
    """

    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        _check_levels(self.levels)

    def category(self, value: Number) -> Category:
        """The category of a capaian (exact, not rounded)."""
        number = exact(value)
        place = next(place for place, level in enumerate(self.levels) if level.takes(number))
        return self.categories()[place]

    def categories(self) -> tuple[Category, ...]:
        """All of them, the highest first: the legend."""
        uppers = ("", *(level.upper_rule for level in self.levels))
        return tuple(
            Category(level.name, level.colour, " dan ".join(filter(None, (level.lower_rule, upper))) or "semua nilai")
            for level, upper in zip(self.levels, uppers, strict=False)
        )

    def rule_text(self) -> str:
        """The rule to print beneath a table."""
        rules = "; ".join(f"{category.name} {category.rule}" for category in self.categories())
        return f"{rules}. Dibandingkan dengan angka sebelum dibulatkan."


def _check_levels(levels: Sequence[Level]) -> None:
    if not levels or levels[-1].above is not None:
        raise ScaleInvalid("Baris terakhir skala tidak boleh punya batas bawah, supaya setiap nilai punya kategori.")
    names = [level.name for level in levels]
    for name in names:
        if not name.strip() or names.count(name) > 1:
            raise ScaleInvalid(f"Nama kategori “{name}” kosong atau dipakai dua kali; beri nama yang berbeda.")
    _check_descending(levels[:-1])


def _check_descending(bounded: Sequence[Level]) -> None:
    previous: Level | None = None
    for level in bounded:
        if level.above is None:
            raise ScaleInvalid(f"Isi batas bawah kategori “{level.name}”; hanya kategori terendah yang tanpa batas.")
        if previous is not None and previous.above is not None and exact(level.above) >= exact(previous.above):
            raise ScaleInvalid(
                f"Batas “{level.name}” ({write_number(level.above)}) harus lebih kecil daripada batas "
                f"“{previous.name}” ({write_number(previous.above)}); urutkan dari yang tertinggi."
            )
        previous = level


FIVE_LEVELS = Scale(
    (
        Level("Sangat Tinggi", "sangat-tinggi", 90),
        Level("Tinggi", "tinggi", 75),
        Level("Sedang", "sedang", 65),
        Level("Rendah", "rendah", 50),
        Level("Sangat Rendah", "sangat-rendah"),
    )
)
"""[B] Permendagri 54/2010 and 86/2017; the published integer bands leave gaps (90,4), strict ">" does not."""

TRAFFIC_LIGHT = Scale(
    (Level("Hijau", "hijau", 90), Level("Kuning", "kuning", 70, inclusive=True), Level("Merah", "merah"))
)
"""Also in use: below 70 merah, up to 90 kuning, above it hijau."""

PUBLIC_SATISFACTION = Scale(
    (
        Level("A (Sangat Baik)", "sangat-tinggi", Decimal("88.30")),
        Level("B (Baik)", "tinggi", Decimal("76.60")),
        Level("C (Kurang Baik)", "rendah", 65, inclusive=True),
        Level("D (Tidak Baik)", "sangat-rendah"),
    )
)
"""Indeks Kepuasan Masyarakat: 25–64,99 D; 65–76,60 C; 76,61–88,30 B; 88,31–100 A; the words are [B]."""


# --- many indicators -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An indicator that does not count in the mean, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Many capaian at a glance, in percent; both means are None when nothing could be counted.

    A plain mean hides a miss behind a surplus, so `capped_mean` (each at most 100) and the counts stand beside it.
    """

    mean: Fraction | None
    capped_mean: Fraction | None
    achieved: int
    not_achieved: int
    left_out: tuple[LeftOut, ...]

    @property
    def counted(self) -> int:
        """How many indicators the means are of."""
        return self.achieved + self.not_achieved


def summary(scores: Iterable[tuple[str, Score]]) -> Summary:
    """Sum up pairs of an indicator's name and its score."""
    pairs = list(scores)
    counted = [(score, score.value) for _, score in pairs if score.value is not None]
    values = [value for _, value in counted]
    achieved = sum(score.achieved for score, _ in counted)
    return Summary(
        mean=_mean(values),
        capped_mean=_mean([min(value, Fraction(100)) for value in values]),
        achieved=achieved,
        not_achieved=len(counted) - achieved,
        left_out=tuple(LeftOut(name, score.reason) for name, score in pairs if score.value is None),
    )


def _mean(values: Sequence[Fraction]) -> Fraction | None:
    return sum(values, Fraction(0)) / len(values) if values else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one number stands to another; the word comes from the numbers, so prose cannot contradict them."""

    word: str
    difference: Fraction
    sentence: str


def compare(current: Number, reference: Number, *, unit: str = "", places: int = SHOWN_PLACES) -> Comparison:
    """ "di atas", "di bawah" or "sama dengan", with the distance: "88,95 berada 5,71 di atas 83,24".

    For a unit of "%" or "persen" the distance is in "poin persentase", which is not percent.
    """
    now, then = exact(current), exact(reference)
    percent = unit.strip().casefold() in ("%", "persen")
    suffix = "%" if percent else f" {unit.strip()}" if unit.strip() else ""
    words = [f"{write_number(number, places)}{suffix}" for number in (now, then)]
    if now == then:
        return Comparison("sama dengan", Fraction(0), f"{words[0]} sama dengan {words[1]}")
    word = "di atas" if now > then else "di bawah"
    distance = write_number(_shown_distance(now, then, places), places) + (" poin persentase" if percent else suffix)
    return Comparison(word, now - then, f"{words[0]} berada {distance} {word} {words[1]}")


def _shown_distance(now: Fraction, then: Fraction, places: int) -> Number:
    """Of the numbers as printed, so that the reader's own subtraction agrees."""
    return abs(Fraction(round_half_up(now, places)) - Fraction(round_half_up(then, places)))


# --- budget and efficiency -------------------------------------------------------------------------------------------


class EfficiencyRule(StrEnum):
    """Three ways in use to judge the money beside the capaian; the office chooses one per year."""

    DIFFERENCE = "selisih"
    REMAINDER = "sisa"
    VALUE = "nilai-efisiensi"


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """The money of one kegiatan in rupiah (pagu and realisasi) and its capaian in percent."""

    budget: Number | None
    spent: Number | None
    achievement: Number | None


@dataclass(frozen=True, slots=True)
class Efficiency:
    """`value` in percentage points (selisih) or percent (sisa, nilai-efisiensi); `verdict` only for selisih."""

    rule: EfficiencyRule
    value: Fraction | None = None
    verdict: str = ""
    formula: str = ""
    reason: str = ""


def absorption(spent: Number | None, budget: Number | None) -> Score:
    """Serapan = realisasi / pagu × 100, both in rupiah. A pagu of 0 or below, or a blank, gives a reason."""
    if budget is None:
        return Score(state=State.NOT_FILLED, reason="Pagu anggaran belum diisi.")
    if spent is None:
        return Score(state=State.NOT_FILLED, reason="Realisasi anggaran belum diisi.")
    try:
        below = _read_number(budget, "Pagu anggaran")
        above = _read_number(spent, "Realisasi anggaran")
        if below <= 0:
            raise _NoScoreError("Pagu anggaran harus lebih dari 0 supaya serapan dapat dihitung.")
    except _NoScoreError as error:
        return error.score()
    raw, formula = _POSITIVE.worked_out(_Operand((below,)), _Operand((above,)))
    return Score(raw, formula=formula, target=below, actual=above)


def efficiency(
    rule: EfficiencyRule | str, lines: Sequence[BudgetLine], *, tolerance: Number = 5, cap: Number = 20
) -> Efficiency:
    """Whether the capaian was worth its money, for one or more kegiatan.

    selisih: mean capaian − serapan, in percentage points: above `tolerance` efisien, within ± `tolerance` cukup
    efisien, below it tidak efisien. sisa: 100 − serapan, only where every capaian reached 100. nilai-efisiensi:
    E = Σ(PAK·CK−RAK)/Σ(PAK·CK) in percent, kept within ± `cap`; NE = 50 + E/20×50. Without the cap a published
    report printed an NE of 235%.
    """
    rule = EfficiencyRule(rule)
    try:
        rows = [_complete(line) for line in lines]
        if not rows:
            raise _NoScoreError("Belum ada anggaran yang diisi.")
        match rule:
            case EfficiencyRule.DIFFERENCE:
                return _difference(rows, exact(tolerance))
            case EfficiencyRule.REMAINDER:
                return _remainder(rows)
            case EfficiencyRule.VALUE:
                return _efficiency_value(rows, exact(cap))
    except _NoScoreError as error:
        return Efficiency(rule, reason=str(error))


class _Row(NamedTuple):
    budget: Fraction
    spent: Fraction
    achievement: Fraction


def _complete(line: BudgetLine) -> _Row:
    named = {"Pagu anggaran": line.budget, "Realisasi anggaran": line.spent, "Capaian": line.achievement}
    for name, value in named.items():
        if value is None:
            raise _NoScoreError(f"{name} belum diisi.", State.NOT_FILLED)
    return _Row(*(_read_number(value, name) for name, value in named.items() if value is not None))


def _total_absorption(rows: Sequence[_Row]) -> Fraction:
    score = absorption(sum((row.spent for row in rows), Fraction(0)), sum((row.budget for row in rows), Fraction(0)))
    if score.raw is None:
        raise _NoScoreError(score.reason)
    return score.raw


def _difference(rows: Sequence[_Row], tolerance: Fraction) -> Efficiency:
    achieved = sum((row.achievement for row in rows), Fraction(0)) / len(rows)
    absorbed = _total_absorption(rows)
    value = achieved - absorbed
    verdict = "efisien" if value > tolerance else "tidak efisien" if value < -tolerance else "cukup efisien"
    formula = f"{_subtracted(achieved, absorbed)} poin persentase"
    return Efficiency(EfficiencyRule.DIFFERENCE, value, verdict, formula)


def _remainder(rows: Sequence[_Row]) -> Efficiency:
    if any(row.achievement < 100 for row in rows):
        raise _NoScoreError("Target belum tercapai, jadi efisiensi tidak dihitung.")
    absorbed = _total_absorption(rows)
    value = 100 - absorbed
    return Efficiency(EfficiencyRule.REMAINDER, value, formula=_subtracted(Fraction(100), absorbed))


def _efficiency_value(rows: Sequence[_Row], cap: Fraction) -> Efficiency:
    worth = sum((row.budget * row.achievement / 100 for row in rows), Fraction(0))
    if worth <= 0:
        raise _NoScoreError("Jumlah pagu × capaian harus lebih dari 0 supaya nilai efisiensi dapat dihitung.")
    spent = sum((row.spent for row in rows), Fraction(0))
    found = (worth - spent) / worth * 100
    kept = min(max(found, -cap), cap)
    value = 50 + kept / 20 * 50
    limited = f", dibatasi menjadi {_short(kept)}" if kept != found else ""
    formula = (
        f"E = ({_short(worth)} − {_short(spent)}) / {_short(worth)} × 100 = {_short(found)}{limited}; "
        f"NE = 50 + {_in_formula(_agreeing(kept, lambda taken: 50 + taken / 20 * 50))} / 20 × 50 = {_short(value)}"
    )
    return Efficiency(EfficiencyRule.VALUE, value, formula=formula)


def _subtracted(one: Fraction, other: Fraction) -> str:
    """ "102,574 − 65,495 = 37,08": as many decimals as the reader's own subtraction needs to agree."""
    for places in range(SHOWN_PLACES, SHOWN_PLACES + 5):
        left, right = round_half_up(one, places), round_half_up(other, places)
        if _short(Fraction(left) - Fraction(right)) == _short(one - other):
            break
    return f"{write_number(left)} − {write_number(right)} = {_short(one - other)}"


def _agreeing(value: Fraction, compute: Callable[[Fraction], Fraction]) -> Fraction:
    """The value with as few decimals as still give the printed result."""
    for places in range(SHOWN_PLACES, SHOWN_PLACES + 5):
        taken = Fraction(round_half_up(value, places))
        if _short(compute(taken)) == _short(compute(value)):
            return taken
    return value


def _short(value: Fraction) -> str:
    return write_number(value, SHOWN_PLACES)
