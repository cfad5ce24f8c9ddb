"""Capaian: how far the realisasi of an indicator reached its target, and what the office calls that.

Pure and exact: values are `Decimal` or `Fraction`, results are `Fraction`, percentages run from 0 to 100 and beyond,
and rounding happens only in `himpun.measure.numbers` to show a number. What cannot be computed is never 0 and never
infinite: it is a `Score` without a value and with the reason.

The formulas are those of docs/reference/penilaian.md: T = target, R = realisasi, C = capaian (%). Tables marked [B] are common
practice that was not read in a regulation; they are defaults for data an office edits, not rules of this code.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from himpun.choices import Choice
from himpun.measure.numbers import (
    Number,
    NumberUnreadable,
    decimal_places,
    exact,
    round_half_up,
    write_number,
)
from himpun.measure.scoring.values import SHOWN_PLACES, Actual, Band, Polarity, Score, State, Target


class VariableKind(Choice):
    """What a raw variable is in the share of its indicator, or that it is the value itself."""

    NUMERATOR = "pembilang", "Pembilang"
    DENOMINATOR = "penyebut", "Penyebut"
    VALUE = "nilai", "Nilai"


class NoScoreError(Exception):
    """There is no capaian; carries the sentence. Never leaves this module."""

    def __init__(self, reason: str, state: State = State.NOT_COMPUTABLE) -> None:
        super().__init__(reason)
        self.state = state

    def score(self, target: Fraction | Band | str | None = None, actual: Fraction | str | None = None) -> Score:
        return Score(None, self.state, str(self), "", target, actual)


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
    if not_given(target) or target is None:
        return Score(state=State.NOT_FILLED, reason="Target belum ditetapkan.")
    if not_given(actual) or actual is None:
        return Score(state=State.NOT_FILLED, reason="Realisasi belum diisi.")
    if polarity == Polarity.TEXT:
        return Score(state=State.NOT_COMPUTABLE, reason="Indikator teks disimpan dan ditampilkan, tidak dihitung.")
    return measured([target], [actual], Polarity(polarity), predicates=predicates or {})


def capped(score: Score, cap: Number | None) -> Score:
    """The capaian limited to `cap` percent where an indicator has one, and the formula saying so."""
    if cap is None or score.raw is None or score.raw <= exact(cap):
        return score
    return replace(score, raw=exact(cap), formula=f"{score.formula}, dibatasi {write_number(cap)}")


def not_given(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


@dataclass(frozen=True, slots=True)
class Operand:
    """A target or realisasi as it stands in a formula: one number, a sum of several, or their mean."""

    terms: tuple[Fraction, ...]
    mean: bool = False
    grade: str = ""

    @property
    def value(self) -> Fraction:
        return sum(self.terms, Fraction(0)) / (len(self.terms) if self.mean else 1)

    def rounded(self, places: int) -> "Operand":
        """What cannot be written out in full, rounded; the rest untouched."""
        return replace(self, terms=tuple(_writable(term, places) for term in self.terms))

    def __str__(self) -> str:
        if self.grade:
            return f"{self.grade} ({write_number(self.value)})"
        if len(self.terms) == 1:
            return in_formula(self.terms[0])
        total = f"({' + '.join(in_formula(term) for term in self.terms)})"
        return f"({total} / {len(self.terms)})" if self.mean else total


def _writable(value: Fraction, places: int) -> Fraction:
    return value if decimal_places(value) is not None else Fraction(round_half_up(value, places))


def in_formula(value: Fraction) -> str:
    if decimal_places(value) is None:
        return f"({write_number(value.numerator)} / {write_number(value.denominator)})"
    return f"({write_number(value)})" if value < 0 else write_number(value)


class _Formula(NamedTuple):
    text: str
    compute: Callable[[Fraction, Fraction], Fraction]

    def worked_out(self, t: Operand, r: Operand) -> tuple[Fraction, str]:
        """The exact result, and the formula with its numbers: "(2 × 12 − 13) / 12 × 100 = 91,67"."""
        raw = self.compute(t.value, r.value)
        result = write_number(raw, SHOWN_PLACES)
        written = self._agreeing(t, r, result)
        return raw, f"{written} = {result}" + (", ditampilkan 0" if raw < 0 else "")

    def _agreeing(self, t: Operand, r: Operand, result: str) -> str:
        """Numbers as short as they can be while working them out still gives `result` (66,67 / 70, not 66,7 / 70)."""
        for places in range(SHOWN_PLACES, SHOWN_PLACES + 5):
            short_t, short_r = t.rounded(places), r.rounded(places)
            with suppress(ZeroDivisionError):
                if write_number(self.compute(short_t.value, short_r.value), SHOWN_PLACES) == result:
                    return self.text.format(t=short_t, r=short_r)
        return self.text.format(t=t, r=r)


PART_OF_TARGET = _Formula("{r} / {t} × 100", lambda t, r: r / t * 100)
_NEGATIVE_A = _Formula("(2 × {t} − {r}) / {t} × 100", lambda t, r: (2 * t - r) / t * 100)
_NEGATIVE_B = _Formula("{t} / {r} × 100", lambda t, r: t / r * 100)
_STABLE = _Formula("(1 − |{r} − {t}| / {t}) × 100", lambda t, r: (1 - abs(r - t) / t) * 100)
_FORMULAS = {
    Polarity.POSITIVE: PART_OF_TARGET,
    Polarity.NEGATIVE_A: _NEGATIVE_A,
    Polarity.NEGATIVE_B: _NEGATIVE_B,
    Polarity.STABLE: _STABLE,
    Polarity.GRADE: PART_OF_TARGET,
    Polarity.RANK: _NEGATIVE_A,
}


def measured(
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
    except NoScoreError as error:
        return error.score()
    shown_t, shown_r = t.grade or t.value, r.grade or r.value
    try:
        raw, formula = _compare(t, r, polarity)
    except NoScoreError as error:
        return error.score(shown_t, shown_r)
    return Score(raw, formula=formula, target=shown_t, actual=shown_r)


def _compare(t: Operand, r: Operand, polarity: Polarity) -> tuple[Fraction, str]:
    if t.value == r.value == 0 and polarity in (Polarity.NEGATIVE_A, Polarity.NEGATIVE_B, Polarity.RANK):
        return Fraction(100), "target 0 dan realisasi 0 = 100"
    _check_divides(t.value, "Target")
    if polarity is Polarity.NEGATIVE_B:
        _check_divides(r.value, "Realisasi")
    return _FORMULAS[polarity].worked_out(t, r)


def _check_divides(value: Fraction, what: str) -> None:
    if value == 0:
        raise NoScoreError(f"{what} 0: rumusnya membagi dengan {what.lower()}, jadi capaian tidak dapat dihitung.")
    if value < 0:
        raise NoScoreError(
            f"{what} di bawah 0 ({write_number(value, 6)}): rumus capaian hanya berlaku untuk angka positif."
        )


def _measure_range(targets: Sequence[Target], actuals: Sequence[Actual], *, mean: bool) -> Score:
    try:
        bands = [_band(target) for target in targets]
        lower = _read_numbers([band.lower for band in bands], "Batas bawah", mean)
        upper = _read_numbers([band.upper for band in bands], "Batas atas", mean)
        r = _read_numbers(actuals, "Realisasi", mean)
    except NoScoreError as error:
        return error.score()
    band = Band(lower.value, upper.value)
    try:
        raw, formula = _compare_range(lower, upper, r)
    except NoScoreError as error:
        return error.score(band, r.value)
    return Score(raw, formula=formula, target=band, actual=r.value)


def _compare_range(lower: Operand, upper: Operand, r: Operand) -> tuple[Fraction, str]:
    """Outside, the nearer bound is the target: both formulas then equal the one for stabil and meet 100."""
    if r.value > upper.value:
        _check_divides(upper.value, "Batas atas")
        return _NEGATIVE_A.worked_out(upper, r)
    if r.value < lower.value:
        _check_divides(lower.value, "Batas bawah")
        return PART_OF_TARGET.worked_out(lower, r)
    return Fraction(100), f"{r} di antara {lower} dan {upper} = 100"


def _band(target: Target) -> Band:
    if isinstance(target, Band):
        return target
    raise NoScoreError("Target harus berupa rentang (batas bawah dan batas atas), karena polaritasnya range.")


def _read_numbers(values: Sequence[Target], what: str, mean: bool) -> Operand:
    terms = tuple(read_operand(value, what) for value in values)
    same = mean and len(set(terms)) == 1
    return Operand(terms[:1] if same else terms, mean=mean)


def read_operand(value: Target, what: str) -> Fraction:
    if isinstance(value, Band):
        raise NoScoreError(f"{what} berupa rentang {value}, padahal polaritas indikator ini bukan range.")
    if isinstance(value, str):
        raise NoScoreError(f"{what} berupa predikat “{value}”, padahal polaritas indikator ini bukan predikat.")
    try:
        return exact(value)
    except NumberUnreadable as error:
        raise NoScoreError(f"{what}: {error}") from None


def _grade_reader(predicates: Mapping[str, Number]) -> Callable[[Sequence[Target], str, bool], Operand]:
    scores = {name.strip().casefold(): (name.strip(), number) for name, number in predicates.items()}

    def read(values: Sequence[Target], what: str, mean: bool) -> Operand:
        (value,) = values
        if not isinstance(value, str):
            raise NoScoreError(f"{what} harus berupa predikat, misalnya {_examples(predicates)}.")
        found = scores.get(value.strip().casefold())
        if found is None:
            raise NoScoreError(
                f"{what} “{value.strip()}” tidak ada dalam tabel predikat; yang ada: {_examples(predicates)}."
            )
        name, number = found
        return replace(_read_numbers([number], what, mean), grade=name)

    return read


def _examples(predicates: Mapping[str, Number]) -> str:
    return ", ".join(predicates) or "(tabelnya masih kosong)"
