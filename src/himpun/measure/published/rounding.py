"""What a printed figure may have been before it was rounded or cut off, and every capaian that such figures give. Pure.

Interval arithmetic over all the values that round half up, or are cut off, to what is printed; a whole number is itself.
The formulas are continuous, so everything between their smallest and their largest value is reached.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from himpun.measure.cells.parts import Reading
from himpun.measure.numbers import round_half_up
from himpun.measure.scoring.values import Polarity


def rounded(raw: Fraction, printed: Reading) -> str | None:
    """What to say of a figure that rounds to the printed one ("" where nothing); None when it does not."""
    if Fraction(round_half_up(raw, printed.places)) != printed.value:
        return None
    return "" if printed.places >= 2 or raw == printed.value else ", dibulatkan"


def cut_off(raw: Fraction, printed: Reading) -> str | None:
    """The same of a figure whose further digits were left out."""
    digits = int(abs(raw) * 10**printed.places)
    cut = Fraction(digits if raw >= 0 else -digits, 10**printed.places)
    return ", dipotong" if cut == printed.value else None


class End(NamedTuple):
    """One end of a span, and whether it belongs to it."""

    value: Fraction
    included: bool


class Span(NamedTuple):
    """Every number from `low` to `high`; `printed` is the one that stands in the table."""

    low: End
    high: End
    printed: Fraction

    @property
    def is_wide(self) -> bool:
        """Whether there is more than one number in it."""
        return self.low.value != self.high.value

    def meets(self, other: "Span") -> bool:
        """Whether both have a number in common."""
        return _reaches(self.low, other.high) and _reaches(other.low, self.high)

    def holds(self, value: Fraction) -> bool:
        """Whether the number belongs to the span."""
        return self.meets(span_around(value, Fraction(0)))


def _reaches(low: End, high: End) -> bool:
    return low.value < high.value or (low.value == high.value and low.included and high.included)


def span_around(value: Fraction, step: Fraction) -> Span:
    """What rounds or is cut off to `value`, whose last digit is worth `step`; the value alone where that is 0."""
    if not step:
        return Span(End(value, included=True), End(value, included=True), value)
    nearer, further = End(abs(value) - step / 2, included=True), End(abs(value) + step, included=False)
    if not value:
        return Span(End(-step, included=False), further, value)
    if value > 0:
        return Span(nearer, further, value)
    return Span(End(-further.value, included=False), End(-nearer.value, included=True), value)


_FORMULAS: dict[Polarity, Callable[[Fraction, Fraction], Fraction]] = {
    Polarity.POSITIVE: lambda t, r: r / t * 100,
    Polarity.NEGATIVE_A: lambda t, r: (2 * t - r) / t * 100,
    Polarity.NEGATIVE_B: lambda t, r: t / r * 100,
    Polarity.STABLE: lambda t, r: (1 - abs(r - t) / t) * 100,
}


def reach_of(polarity: Polarity, target: Span, actual: Span) -> Span | None:
    """Every capaian of targets and realisasi in these spans; None where a formula would divide by 0 or less, or there is none."""
    formula = _FORMULAS.get(polarity)
    if formula is None or target.low.value <= 0 or (polarity is Polarity.NEGATIVE_B and actual.low.value <= 0):
        return None
    corners = [End(formula(t.value, r.value), t.included and r.included) for t, r in product(target[:2], actual[:2])]
    high = _outermost(corners, max(corner.value for corner in corners))
    if polarity is Polarity.STABLE and target.meets(actual):
        high = End(Fraction(100), included=True)
    return Span(
        _outermost(corners, min(corner.value for corner in corners)), high, formula(target.printed, actual.printed)
    )


def _outermost(corners: Iterable[End], value: Fraction) -> End:
    return End(value, any(corner.included for corner in corners if corner.value == value))


def before_rounding(
    polarity: Polarity, target: Span, actual: Span, printed: Reading, *, realisasi: bool
) -> Fraction | None:
    """The realisasi (or target) that gives the printed capaian with the other as printed; None where none of its span does."""
    t, r, c = target.printed, actual.printed, printed.value
    wanted, span = (r, actual) if realisasi else (t, target)
    if not span.is_wide:
        return None
    match polarity:
        case Polarity.POSITIVE:
            found = t * c / 100 if realisasi else (r * 100 / c if c else wanted)
        case Polarity.NEGATIVE_A:
            found = t * (2 - c / 100) if realisasi else (r / (2 - c / 100) if c != 200 else wanted)
        case Polarity.NEGATIVE_B:
            found = (t * 100 / c if c else wanted) if realisasi else r * c / 100
        case _:
            return None
    return found if span.holds(found) else None
