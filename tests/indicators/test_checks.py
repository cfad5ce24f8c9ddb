"""What is wrong with a figure and what deserves a second look: pure, for any numbers at all."""

import statistics
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.indicators.requests.checks import (
    Agreement,
    Level,
    Limits,
    check_agreements,
    check_fall,
    check_figure,
    check_jump,
    check_share,
    is_jump,
    median,
)

NUMBERS = st.decimals(-(10**12), 10**12, places=4)
PERCENTS = st.decimals(0, 500, places=2)
D = Decimal


def sentence(value: str, last: str | None, earlier: list[str], percent: str | None = None) -> str:
    found = check_jump(
        D(value), None if last is None else D(last), [D(each) for each in earlier], D(percent) if percent else None
    )
    return found.sentence if found else ""


def test_a_jump_says_both_numbers_and_both_percentages() -> None:
    said = sentence("80", "20", ["25", "30", "20"])

    assert said.startswith("80 naik 300% dari periode lalu (20) dan naik 220% dari median 3 periode sebelumnya (25).")
    assert "jelaskan" in said


@pytest.mark.parametrize(
    ("value", "last", "expected"),
    [
        ("30", "20", ""),
        ("30,1", "20", "naik 50,5%"),
        ("10", "20", ""),
        ("9", "20", "turun 55%"),
        ("0", "20", "turun 100%"),
    ],
)
def test_fifty_per_cent_is_the_limit_where_nothing_else_is_said(value: str, last: str, expected: str) -> None:
    assert expected in sentence(value.replace(",", "."), last, [])
    assert bool(sentence(value.replace(",", "."), last, [])) == bool(expected)


def test_from_zero_there_is_no_percentage_and_no_infinity() -> None:
    assert sentence("80", "0", ["0"]).startswith("80 naik dari 0 pada periode lalu.")
    assert sentence("0", "0", ["0"]) == ""


def test_the_median_says_nothing_before_three_periods() -> None:
    assert sentence("100", None, ["10", "10"]) == ""
    assert "median 3 periode" in sentence("100", None, ["10", "10", "10"])


def test_an_indicator_may_set_its_own_limit() -> None:
    assert sentence("21", "20", [], "4") != ""
    assert sentence("80", "20", [], "300") == ""


@given(NUMBERS, st.none() | NUMBERS, st.lists(NUMBERS, max_size=12), st.none() | PERCENTS)
def test_no_numbers_make_it_fail_and_the_order_of_the_earlier_ones_does_not_matter(
    value: Decimal, last: Decimal | None, earlier: list[Decimal], percent: Decimal | None
) -> None:
    found = check_jump(value, last, earlier, percent)

    assert found == check_jump(value, last, sorted(earlier), percent)
    assert found is None or (found.level == Level.LOOK and "inf" not in found.sentence.lower())


@given(NUMBERS, NUMBERS, PERCENTS, st.decimals(0, 10**6, places=2))
def test_further_away_is_a_jump_all_the_more(value: Decimal, base: Decimal, percent: Decimal, more: Decimal) -> None:
    further = value + more if value >= base else value - more

    assert not is_jump(value, base, percent) or is_jump(further, base, percent)


@given(NUMBERS, NUMBERS, PERCENTS, st.decimals(0, 500, places=2))
def test_a_wider_limit_finds_no_more(value: Decimal, base: Decimal, percent: Decimal, more: Decimal) -> None:
    assert is_jump(value, base, percent) or not is_jump(value, base, percent + more)


@given(NUMBERS, NUMBERS, PERCENTS)
def test_up_and_down_are_the_same_distance(value: Decimal, base: Decimal, percent: Decimal) -> None:
    assert is_jump(value, base, percent) == is_jump(-value, -base, percent)
    assert is_jump(value, base, percent) == is_jump(2 * Fraction(base) - Fraction(value), base, percent)


@given(NUMBERS, PERCENTS)
def test_the_same_figure_again_is_never_a_jump(value: Decimal, percent: Decimal) -> None:
    assert not is_jump(value, value, percent)


@given(st.lists(NUMBERS, min_size=1))
def test_the_median_is_the_one_of_the_standard_library(numbers: list[Decimal]) -> None:
    assert median(numbers) == statistics.median([Fraction(each) for each in numbers])


def test_the_median_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing"):
        median([])


@given(NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS, st.booleans())
def test_a_number_keeps_to_its_limits_or_is_refused(
    value: Decimal, low: Decimal | None, high: Decimal | None, whole: bool
) -> None:
    found = check_figure(value, Limits(low, high, whole))
    keeps = (low is None or value >= low) and (high is None or value <= high) and (not whole or value == int(value))

    assert (found is None) == keeps
    assert found is None or found.level == Level.WRONG


def test_blank_is_wrong_only_where_it_is_required() -> None:
    assert check_figure(None, Limits(minimum=D(1))) is None
    assert check_figure("", Limits(required=True)) is not None
    assert check_figure(D(0), Limits(required=True)) is None


def test_a_word_is_one_of_the_choices_whatever_its_case() -> None:
    limits = Limits(choices=("AA", "BB"))

    assert check_figure("bb", limits) is None
    assert "Pilih salah satu: AA, BB" in getattr(check_figure("B", limits), "sentence", "")
    assert check_figure("apa saja", Limits()) is None


@given(NUMBERS, NUMBERS)
def test_a_part_larger_than_its_whole_is_looked_at(part: Decimal, whole: Decimal) -> None:
    found = check_share(part, whole)

    assert (found is None) == (part <= whole)
    assert found is None or found.level == Level.LOOK


@given(NUMBERS, st.none() | NUMBERS)
def test_a_cumulative_figure_does_not_fall(value: Decimal, floor: Decimal | None) -> None:
    assert (check_fall(value, floor, "Triwulan I 2026") is None) == (floor is None or value >= floor)


SUM = Agreement("laki + perempuan = jumlah", "Laki-laki dan perempuan tidak sama dengan jumlahnya.", blocks=True)


def test_totals_that_do_not_agree_block_and_say_why() -> None:
    (found,) = check_agreements([SUM], {"laki": D(3), "perempuan": D(4), "jumlah": D(8)})

    assert (found.level, found.sentence) == (Level.WRONG, SUM.sentence)
    assert check_agreements([SUM], {"laki": D("3.5"), "perempuan": D("4.5"), "jumlah": D(8)}) == []


def test_a_missing_figure_breaks_nothing_yet() -> None:
    assert check_agreements([SUM], {"laki": D(3), "perempuan": None, "jumlah": D(8)}) == []


def test_a_condition_that_cannot_be_worked_out_is_shown_and_does_not_block() -> None:
    conditions = [Agreement("laki / perempuan > 1", "x", blocks=True), Agreement("laki >", "y", blocks=True)]
    found = check_agreements(conditions, {"laki": D(3), "perempuan": D(0)})

    assert [each.level for each in found] == [Level.LOOK, Level.LOOK]
    assert all("tidak dapat diperiksa" in each.sentence for each in found)


@given(NUMBERS, NUMBERS, NUMBERS, st.booleans())
def test_agreement_is_exact_and_never_fails(laki: Decimal, perempuan: Decimal, jumlah: Decimal, blocks: bool) -> None:
    found = check_agreements([SUM._replace(blocks=blocks)], {"laki": laki, "perempuan": perempuan, "jumlah": jumlah})

    assert bool(found) == (laki + perempuan != jumlah)
