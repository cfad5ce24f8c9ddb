from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.measure.periods import Frequency, Kind, NotDue, Period, PeriodUnreadable, for_day, is_due, value_period

kinds = st.sampled_from(Kind)
frequencies = st.sampled_from(Frequency)
days = st.dates(min_value=date(1901, 1, 1), max_value=date(2999, 12, 31))
periods = st.builds(for_day, kinds, days)


@pytest.mark.parametrize(
    ("code", "kind", "label", "first", "last"),
    [
        ("2026", "tahun", "Tahun 2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-S1", "semester", "Semester I 2026", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-S2", "semester", "Semester II 2026", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-TW3", "triwulan", "Triwulan III 2026", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-08", "bulan", "Agustus 2026", date(2026, 8, 1), date(2026, 8, 31)),
        ("2028-02", "bulan", "Februari 2028", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_code_says_which_days_it_covers_and_how_people_call_it(code, kind, label, first, last):
    period = Period.parse(code)
    assert (period.kind, period.label, period.first_day, period.last_day) == (kind, label, first, last)
    assert (period.code, str(period)) == (code, code)


@pytest.mark.parametrize(
    "code", ["", "26", "2026-TW5", "2026-TW0", "2026-S3", "2026-13", "2026-00", "2026-8", "0000", "x"]
)
def test_what_is_no_period_is_refused_with_a_sentence_that_shows_how_to_write_one(code):
    with pytest.raises(PeriodUnreadable, match="Tulis seperti 2026"):
        Period.parse(code)


def test_a_code_may_be_typed_carelessly():
    assert Period.parse(" 2026-tw3 ").code == "2026-TW3"


@given(periods)
def test_every_period_is_read_back_from_its_code(period):
    assert Period.parse(period.code) == period


@given(kinds, days)
def test_every_day_falls_in_exactly_one_period_of_each_kind(kind, day):
    period = for_day(kind, day)
    assert period.contains(day)
    assert not period.previous().contains(day)


@given(periods)
def test_the_period_before_ends_the_day_before(period):
    assert (period.first_day - period.previous().last_day).days == 1


@given(periods, periods)
def test_a_period_contains_another_exactly_when_it_contains_its_first_and_last_day(one, other):
    assert one.contains(other) == (one.contains(other.first_day) and one.contains(other.last_day))
    assert one.contains(one)


def test_periods_of_a_year_stand_in_the_order_in_which_they_end_and_the_shorter_first():
    codes = [
        "2026",
        "2026-S2",
        "2026-TW4",
        "2026-12",
        "2026-S1",
        "2026-TW2",
        "2026-06",
        "2026-04",
        "2026-TW1",
        "2026-03",
    ]
    assert [p.code for p in sorted(map(Period.parse, codes))] == list(reversed(codes))
    assert Period.parse("2025") < Period.parse("2026-01")
    with pytest.raises(TypeError):
        assert Period.parse("2025") < "2026"


@given(periods, periods)
def test_two_periods_are_equal_or_one_is_before_the_other(one, other):
    assert (one < other) + (one == other) + (one > other) == 1


def test_siblings_are_the_periods_of_the_same_kind_so_far():
    assert [p.code for p in Period.parse("2026-TW3").siblings_until()] == ["2026-TW1", "2026-TW2", "2026-TW3"]
    assert [p.code for p in Period.parse("2026").siblings_until()] == ["2026"]


def test_january_comes_after_december_of_the_year_before():
    assert Period.parse("2026-01").previous().code == "2025-12"


@pytest.mark.parametrize(
    ("frequency", "requested", "given_for"),
    [
        ("bulanan", "2026-08", "2026-08"),
        ("bulanan", "2026-TW1", "2026-TW1"),
        ("bulanan", "2026", "2026"),
        ("triwulanan", "2026-03", "2026-TW1"),
        ("triwulanan", "2026-04", None),
        ("triwulanan", "2026-TW2", "2026-TW2"),
        ("triwulanan", "2026-S1", "2026-S1"),
        ("semesteran", "2026-TW1", None),
        ("semesteran", "2026-TW2", "2026-S1"),
        ("semesteran", "2026-TW4", "2026-S2"),
        ("semesteran", "2026-06", "2026-S1"),
        ("tahunan", "2026-TW3", None),
        ("tahunan", "2026-TW4", "2026"),
        ("tahunan", "2026-12", "2026"),
        ("tahunan", "2026-S1", None),
        ("tahunan", "2026-S2", "2026"),
        ("tahunan", "2026", "2026"),
    ],
)
def test_a_request_asks_an_indicator_when_one_of_its_own_periods_ends_with_it(frequency, requested, given_for):
    period = Period.parse(requested)
    assert is_due(frequency, period) == (given_for is not None)
    if given_for:
        assert value_period(frequency, period).code == given_for


def test_asking_too_early_is_refused_and_says_when():
    with pytest.raises(NotDue, match=r"Indikator tahunan belum diukur pada Triwulan I 2026; isi pada Tahun 2026\."):
        value_period("tahunan", Period.parse("2026-TW1"))


@given(frequencies, periods)
def test_what_is_due_belongs_to_a_period_that_ends_with_the_request_and_contains_it(frequency, period):
    if is_due(frequency, period):
        value = value_period(frequency, period)
        assert value.last_day == period.last_day
        assert value.contains(period)


@given(frequencies, st.integers(2000, 2100))
def test_every_indicator_is_due_at_the_end_of_the_year(frequency, year):
    assert all(is_due(frequency, for_day(kind, date(year, 12, 31))) for kind in Kind)


@given(periods)
def test_a_monthly_indicator_is_always_due(period):
    assert is_due("bulanan", period)
