"""What is wrong with a figure, or deserves a second look, while it is being collected.

Pure. `salah` keeps a figure (or a request) back until it is put right; `periksa` asks for a written explanation. A jump
is measured against the period before and against the median of the earlier periods of the same length.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from himpun.errors import Refusal
from himpun.measure.formula.evaluating import evaluate
from himpun.measure.formula.parser import parse
from himpun.measure.numbers import Number, exact, write_number
from himpun.measure.scoring.values import State

JUMP_PERCENT = Decimal(50)
"""What counts as a jump where an indicator says nothing else."""
ENOUGH_FOR_MEDIAN = 3
"""With fewer earlier periods a median says no more than the last period does."""


class Level(StrEnum):
    """How much a finding weighs."""

    WRONG = "salah"
    LOOK = "periksa"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `field` names the variable, "" for the whole row."""

    level: Level
    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What one figure must keep to. `choices` are the words allowed where the figure is a word; empty: any."""

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    whole: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()


class Agreement(NamedTuple):
    """What the figures of a row must fulfil together, with the sentence for when they do not."""

    condition: str
    sentence: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class History:
    """The earlier figures a new one is held against, newest last; `last_name` says which one `last` is."""

    earlier: tuple[Decimal, ...] = ()
    last_name: str = "periode lalu"

    @property
    def last(self) -> Decimal | None:
        """The newest of them."""
        return self.earlier[-1] if self.earlier else None

    @property
    def median(self) -> Fraction | None:
        """Their median; None with too few of them."""
        return median(self.earlier) if len(self.earlier) >= ENOUGH_FOR_MEDIAN else None


def check_figure(figure: Decimal | str | None, limits: Limits, field: str = "") -> Finding | None:
    """Whether one figure keeps to its limits; a blank (None or "") is wrong only where it is required."""
    if figure is None or figure == "":
        return Finding(Level.WRONG, field, "Wajib diisi; kosong tidak sama dengan 0.") if limits.required else None
    cause = _word_cause(figure, limits) if isinstance(figure, str) else _number_cause(figure, limits)
    return Finding(Level.WRONG, field, cause) if cause else None


def _word_cause(word: str, limits: Limits) -> str:
    if not limits.choices or word.upper() in {choice.upper() for choice in limits.choices}:
        return ""
    return f"“{word}” tidak dikenal. Pilih salah satu: {', '.join(limits.choices)}."


def _number_cause(number: Decimal, limits: Limits) -> str:
    shown = write_number(number)
    if limits.minimum is not None and number < limits.minimum:
        return f"Paling kecil {write_number(limits.minimum)}; tertulis {shown}."
    if limits.maximum is not None and number > limits.maximum:
        return f"Paling besar {write_number(limits.maximum)}; tertulis {shown}."
    if limits.whole and exact(number).denominator != 1:
        return f"Harus bilangan bulat; tertulis {shown}."
    return ""


def median(numbers: Sequence[Number]) -> Fraction:
    """The middle one, exact; of an even count the mean of the middle two. Raises ValueError without numbers."""
    if not numbers:
        raise ValueError("no median of nothing")
    ordered = sorted(map(exact, numbers))
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def check_jump(
    value: Decimal,
    last: Decimal | None,
    earlier: Sequence[Decimal],
    percent: Decimal | None = None,
    field: str = "",
    last_name: str = "periode lalu",
) -> Finding | None:
    """Whether a figure is further than `percent` from the last one, or from the median of the earlier ones.

    From 0 there is no percentage: any other number is a jump then, and the sentence shows both.
    """
    limit = exact(JUMP_PERCENT if percent is None else percent)
    told = []
    if last is not None and is_jump(value, last, limit):
        told.append(_jump_from(value, last, last_name))
    middle = median(earlier) if len(earlier) >= ENOUGH_FOR_MEDIAN else None
    if middle is not None and is_jump(value, middle, limit):
        told.append(_jump_from(value, middle, f"median {len(earlier)} periode sebelumnya"))
    if not told:
        return None
    sentence = f"{write_number(value)} {' dan '.join(told)}. Perbaiki, atau jelaskan bila memang benar."
    return Finding(Level.LOOK, field, sentence)


def is_jump(value: Number, base: Number, percent: Number) -> bool:
    """Whether `value` lies further than `percent` % of `base` away from it; without dividing, so 0 is no exception."""
    return abs(exact(value) - exact(base)) * 100 > exact(percent) * abs(exact(base))


def _jump_from(value: Number, base: Number, name: str) -> str:
    difference = exact(value) - exact(base)
    moved = "naik" if difference > 0 else "turun"
    if not base:
        return f"{moved} dari 0 pada {name}"
    share = write_number(abs(difference) * 100 / abs(exact(base)), places=1)
    return f"{moved} {share}% dari {name} ({write_number(base)})"


def check_fall(value: Decimal, floor: Decimal | None, floor_name: str, field: str = "") -> Finding | None:
    """A figure that grows over the year cannot be less than it was before in the same year (`floor`)."""
    if floor is None or value >= floor:
        return None
    sentence = (
        f"Angka kumulatif {write_number(value)} lebih kecil daripada {floor_name} ({write_number(floor)}). "
        "Perbaiki, atau jelaskan bila memang benar."
    )
    return Finding(Level.LOOK, field, sentence)


def check_share(numerator: Decimal, denominator: Decimal, field: str = "") -> Finding | None:
    """A part larger than its whole is worth a second look: not every percentage stops at 100, most do."""
    if numerator <= denominator:
        return None
    sentence = (
        f"Pembilang {write_number(numerator)} lebih besar daripada penyebut {write_number(denominator)}. "
        "Perbaiki, atau jelaskan bila memang benar."
    )
    return Finding(Level.LOOK, field, sentence)


def check_agreements(agreements: Iterable[Agreement], values: Mapping[str, Decimal | None]) -> list[Finding]:
    """Which conditions the figures of a row break. With a figure missing a condition says nothing yet."""
    found = []
    for agreement in agreements:
        try:
            holds = _holds(agreement.condition, values)
        except Refusal as error:
            found.append(Finding(Level.LOOK, "", f"Syarat “{agreement.condition}” tidak dapat diperiksa: {error}"))
            continue
        if holds is False:
            level = Level.WRONG if agreement.blocks else Level.LOOK
            found.append(Finding(level, "", agreement.sentence or f"Tidak memenuhi syarat {agreement.condition}."))
    return found


def _holds(condition: str, values: Mapping[str, Decimal | None]) -> bool | None:
    """Whether a condition over the figures of a row holds; None while a figure is missing. Raises Refusal."""
    figures = {name: {"": None if number is None else exact(number)} for name, number in values.items()}
    result = evaluate(parse(f"jika({condition}; 1; 0)"), figures, {})
    if result.state == State.NOT_FILLED:
        return None
    if result.value is None:
        raise Refusal(result.reason)
    return bool(result.value)
