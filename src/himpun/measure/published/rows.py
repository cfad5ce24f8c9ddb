"""A published row, what is said about it, and the names of verdicts and formulas. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from himpun.measure.scoring.values import Polarity
from himpun.spreadsheets.book import Content


class Verdict(StrEnum):
    """What is to be said about one row."""

    MATCHES = "cocok"
    WITHIN_ROUNDING = "cocok-dalam-pembulatan"
    DIFFERS = "tidak-cocok"
    WRONG_POLARITY = "polaritas-keliru"
    NOT_COMPUTABLE = "tidak-dapat-dihitung"
    NOT_PUBLISHED = "tanpa-angka-terbit"


WRONG = frozenset({Verdict.DIFFERS, Verdict.WRONG_POLARITY})
"""The verdicts that say a printed figure is not what it should be."""

WORST_FIRST = (
    Verdict.DIFFERS,
    Verdict.WRONG_POLARITY,
    Verdict.NOT_COMPUTABLE,
    Verdict.NOT_PUBLISHED,
    Verdict.WITHIN_ROUNDING,
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
    """A row of a published table. `percents` names the fields an Excel sheet shows with % (0,85 is 85); `weight` the bobot."""

    row: int
    indicator: str
    target: Content
    actual: Content
    published: Content
    polarity: str = ""
    year: str = ""
    percents: frozenset[str] = frozenset()
    weight: Content = None


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
FIELD_NAMES: Mapping[str, str] = {"target": "target", "actual": "realisasi", "published": "capaian"}


class Judgement(NamedTuple):
    verdict: Verdict
    message: str
    formula: str = ""
    recomputed: Fraction | None = None
