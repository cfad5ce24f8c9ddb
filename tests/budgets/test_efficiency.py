"""The three rules of efficiency on a tree: whose money stands beside whose capaian, and the cap."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.budgets.efficiency import Chosen, Judged, judge, judge_indicator
from himpun.budgets.rollup import Tree, roll_up
from himpun.budgets.worth import EfficiencyRule
from tests.budgets.samples import ACTIVITY, OFFICE_NEEDS, OTHER_ACTIVITY, PLAN, PROGRAM, REPORT, entry, tree

DIFFERENCE, REMAINDER, VALUE = (Chosen(rule) for rule in EfficiencyRule)


def one_node(spent: int, budget: int = 100) -> Tree:
    return roll_up([entry(PROGRAM, budget, spent={1: spent})], 12)


def judged(spent: int, achievement: int | Fraction, chosen: Chosen) -> Judged:
    return judge(one_node(spent), PROGRAM, {PROGRAM: ["IKU-01"]}, {"IKU-01": Fraction(achievement)}, chosen)


@pytest.mark.parametrize(
    ("achievement", "verdict"),
    [(86, "efisien"), (85, "cukup efisien"), (80, "cukup efisien"), (75, "cukup efisien"), (74, "tidak efisien")],
)
def test_selisih_is_judged_around_five_points(achievement: int, verdict: str) -> None:
    found = judged(80, achievement, DIFFERENCE)

    assert found.efficiency.verdict == verdict
    assert found.efficiency.value == achievement - 80


def test_the_tolerance_of_the_office_counts() -> None:
    strict = Chosen(EfficiencyRule.DIFFERENCE, Decimal(1))

    assert judged(80, 82, DIFFERENCE).efficiency.verdict == "cukup efisien"
    assert judged(80, 82, strict).efficiency.verdict == "efisien"
    assert "lebih dari 1 efisien" in strict.text


def test_sisa_is_what_was_not_spent_once_every_target_is_reached() -> None:
    reached, missed = judged(80, 100, REMAINDER), judged(80, 99, REMAINDER)

    assert reached.efficiency.value == 20
    assert missed.efficiency.value is None
    assert "Target belum tercapai" in missed.efficiency.reason


def test_sisa_is_not_granted_by_a_mean_that_hides_a_miss() -> None:
    links = {PROGRAM: ["IKU-01", "IKU-02"]}
    found = judge(one_node(80), PROGRAM, links, {"IKU-01": Fraction(140), "IKU-02": Fraction(90)}, REMAINDER)

    assert found.efficiency.value is None


def test_an_efficiency_that_would_print_235_is_capped_to_100() -> None:
    """E = (100×370% − 96)/(100×370%) = 74,05 %: without the cap NE = 50 + 74,05/20×50 = 235,1."""
    found = judged(96, 370, VALUE)

    assert found.efficiency.value == 100
    assert "= 74,05, dibatasi menjadi 20" in found.efficiency.formula


@given(st.integers(0, 10**15), st.integers(1, 10**15), st.fractions(0, 1000), st.decimals(1, 20, places=2))
def test_ne_never_leaves_0_to_100(spent: int, budget: int, achievement: Fraction, cap: Decimal) -> None:
    chosen = Chosen(EfficiencyRule.VALUE, cap=cap)
    found = judge(one_node(spent, budget), PROGRAM, {PROGRAM: ["I"]}, {"I": achievement}, chosen).efficiency

    assert found.value is None if achievement == 0 else 0 <= found.value <= 100  # type: ignore[operator]


def test_ne_over_kegiatan_adds_pagu_times_capaian() -> None:
    """(100×90% − 40 + 100×50% − 25) / 140 = 53,57 %, capped; with realisasi 80 and 55 it is 3,57 %."""
    entries = [
        entry(PROGRAM),
        entry(ACTIVITY, 100, spent={1: 80}),
        entry(OTHER_ACTIVITY, 100, spent={1: 55}),
    ]
    links, achieved = {ACTIVITY: ["A"], OTHER_ACTIVITY: ["B"]}, {"A": Fraction(90), "B": Fraction(50)}
    found = judge(roll_up(entries, 12), PROGRAM, links, achieved, VALUE)

    assert found.efficiency.value == 50 + Fraction(5, 140) * 100 / 20 * 50


def test_a_node_with_links_of_its_own_is_not_counted_again_below() -> None:
    links = {ACTIVITY: ["A"], REPORT: ["B"]}
    found = judge(roll_up(tree(), 12), PROGRAM, links, {"A": Fraction(100), "B": Fraction(0)}, DIFFERENCE)

    assert found.indicators == ("A",)
    assert found.efficiency.formula == "100 − 40 = 60 poin persentase"
    assert found.left_out == (f"{OFFICE_NEEDS}: belum ditautkan ke indikator",)


def test_what_has_no_capaian_is_named_and_alone_gives_no_efficiency() -> None:
    rolled = roll_up(tree(), 12)
    some = judge(rolled, ACTIVITY, {ACTIVITY: ["A", "B"]}, {"A": Fraction(100)}, DIFFERENCE)
    none = judge(rolled, ACTIVITY, {ACTIVITY: ["B"]}, {}, DIFFERENCE)

    assert some.efficiency.value == 60
    assert some.left_out == ("B: capaian belum ada",)
    assert none.efficiency.value is None
    assert none.shown == "–"


def test_without_any_link_the_reason_is_said() -> None:
    assert "Belum ada indikator" in judge(roll_up(tree(), 12), "", {}, {}, VALUE).efficiency.reason


def test_an_indicator_is_judged_over_its_programs_without_counting_money_twice() -> None:
    links = {ACTIVITY: ["A"], PLAN: ["A"], OFFICE_NEEDS: ["A"]}
    found = judge_indicator(roll_up(tree(), 12), "A", links, Fraction(100), REMAINDER)

    assert found.efficiency.value == 100 - Fraction(65_000_000, 200_000_000) * 100
    assert found.left_out == (f"{PLAN}: sudah termasuk dalam induknya",)


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.fractions(0, 200, max_denominator=10**4))
def test_the_printed_subtraction_can_be_worked_out_again(spent: int, budget: int, achievement: Fraction) -> None:
    links = {PROGRAM: ["I"]}
    formula = judge(one_node(spent, budget), PROGRAM, links, {"I": achievement}, DIFFERENCE).efficiency.formula
    left, right, result = (
        _read(part) for part in formula.removesuffix(" poin persentase").replace(" = ", " − ").split(" − ")
    )

    assert abs(left - right - result) <= Decimal("0.005")


def _read(text: str) -> Decimal:
    return Decimal(text.replace(".", "").replace(",", ".").replace("−", "-"))
