"""What money bought: absorption of a budget and the efficiency of an indicator against it (docs/reference/penilaian.md). Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from himpun.measure.numbers import Number, exact, round_half_up, write_number
from himpun.measure.scoring.achievement import PART_OF_TARGET, NoScoreError, Operand, in_formula, read_operand
from himpun.measure.scoring.values import SHOWN_PLACES, Score, State


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
        below = read_operand(budget, "Pagu anggaran")
        above = read_operand(spent, "Realisasi anggaran")
        if below <= 0:
            raise NoScoreError("Pagu anggaran harus lebih dari 0 supaya serapan dapat dihitung.")
    except NoScoreError as error:
        return error.score()
    raw, formula = PART_OF_TARGET.worked_out(Operand((below,)), Operand((above,)))
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
            raise NoScoreError("Belum ada anggaran yang diisi.")
        match rule:
            case EfficiencyRule.DIFFERENCE:
                return _difference(rows, exact(tolerance))
            case EfficiencyRule.REMAINDER:
                return _remainder(rows)
            case EfficiencyRule.VALUE:
                return _efficiency_value(rows, exact(cap))
    except NoScoreError as error:
        return Efficiency(rule, reason=str(error))


class _Row(NamedTuple):
    budget: Fraction
    spent: Fraction
    achievement: Fraction


def _complete(line: BudgetLine) -> _Row:
    named = {"Pagu anggaran": line.budget, "Realisasi anggaran": line.spent, "Capaian": line.achievement}
    for name, value in named.items():
        if value is None:
            raise NoScoreError(f"{name} belum diisi.", State.NOT_FILLED)
    return _Row(*(read_operand(value, name) for name, value in named.items() if value is not None))


def _total_absorption(rows: Sequence[_Row]) -> Fraction:
    score = absorption(sum((row.spent for row in rows), Fraction(0)), sum((row.budget for row in rows), Fraction(0)))
    if score.raw is None:
        raise NoScoreError(score.reason)
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
        raise NoScoreError("Target belum tercapai, jadi efisiensi tidak dihitung.")
    absorbed = _total_absorption(rows)
    value = 100 - absorbed
    return Efficiency(EfficiencyRule.REMAINDER, value, formula=_subtracted(Fraction(100), absorbed))


def _efficiency_value(rows: Sequence[_Row], cap: Fraction) -> Efficiency:
    worth = sum((row.budget * row.achievement / 100 for row in rows), Fraction(0))
    if worth <= 0:
        raise NoScoreError("Jumlah pagu × capaian harus lebih dari 0 supaya nilai efisiensi dapat dihitung.")
    spent = sum((row.spent for row in rows), Fraction(0))
    found = (worth - spent) / worth * 100
    kept = min(max(found, -cap), cap)
    value = 50 + kept / 20 * 50
    limited = f", dibatasi menjadi {_short(kept)}" if kept != found else ""
    formula = (
        f"E = ({_short(worth)} − {_short(spent)}) / {_short(worth)} × 100 = {_short(found)}{limited}; "
        f"NE = 50 + {in_formula(_agreeing(kept, lambda taken: 50 + taken / 20 * 50))} / 20 × 50 = {_short(value)}"
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
