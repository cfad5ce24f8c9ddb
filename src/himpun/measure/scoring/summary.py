"""Many scores in one sentence: counts, mean, what was left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from himpun.measure.numbers import (
    Number,
    exact,
    round_half_up,
    write_number,
)
from himpun.measure.scoring.values import SHOWN_PLACES, Score


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
