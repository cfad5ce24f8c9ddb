from contextlib import suppress
from decimal import Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.measure.numbers import (
    NumberUnreadable,
    decimal_places,
    exact,
    read_number,
    round_half_up,
    write_number,
    write_percent,
)

decimals = st.decimals(min_value=-(10**20), max_value=10**20, allow_nan=False, allow_infinity=False, places=6)
fractions = st.fractions(min_value=-(10**12), max_value=10**12, max_denominator=10**6)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("12", "12"),
        ("1234", "1234"),
        ("1.234", "1234"),
        ("1.234,5", "1234.5"),
        ("83,18", "83.18"),
        ("0,125", "0.125"),
        ("1.000.000", "1000000"),
        ("1 234 567,8", "1234567.8"),
        (" 1.234 ", "1234"),
        ("44,44%", "44.44"),
        ("44,44 %", "44.44"),
        ("44,44 persen", "44.44"),
        ("Rp1.500.000", "1500000"),
        ("Rp. 1.500.000,-", "1500000"),
        ("rp 1.500.000,50", "1500000.50"),
        ("-3", "-3"),
        ("−3,5", "-3.5"),
        ("–3", "-3"),
        ("-Rp 2.000", "-2000"),
        ("Rp -2.000", "-2000"),
        ("+7", "7"),
        ("007", "7"),
        ("(1.250)", "-1250"),
        ("Rp (2.500,75)", "-2500.75"),
        ("1.250-", "-1250"),
        ("'1.250", "1250"),
        ("’-3,5", "-3.5"),
        ("1\u00a0250", "1250"),
        ("\u200b12\u2060,5\ufeff", "12.5"),
        ("\u202a7\u202c", "7"),
    ],
)
def test_numbers_are_read_as_indonesians_write_them(text, value):
    assert read_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["12,3,4", "83.18", "1.23", "1.2345", "12.34.567", "1,234.5", "0.125", "dua", "1e5", "NaN", "Infinity", "--3",
     "-Rp -3", "5,", ",5", "-(5)", "(5", "5)", "-5-", "(-5)", "12 34", "1.234 567", "٣", "1/2", "5 6", "%", "Rp", "½"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_an_example_of_how_to_write_it(text):
    with pytest.raises(NumberUnreadable, match=r"Tulis angka seperti 1\.234,5|ditulis cara Inggris"):
        read_number(text)


def test_the_sentence_repeats_what_was_typed():
    with pytest.raises(NumberUnreadable) as refusal:
        read_number("12,3,4")
    assert str(refusal.value) == "Tulis angka seperti 1.234,5; “12,3,4” tidak dapat dibaca."


def test_an_english_number_gets_a_suggestion():
    with pytest.raises(NumberUnreadable, match="Bila maksudnya 83,18, tulis begitu"):
        read_number("83.18")


@pytest.mark.parametrize("text", ["", "   ", "\t"])
def test_blank_is_not_zero(text):
    with pytest.raises(NumberUnreadable, match="masih kosong"):
        read_number(text)


@pytest.mark.parametrize("text", ["1" * 31, "0," + "1" * 31, "1." + ".".join(["234"] * 10)])
def test_a_number_of_absurd_length_is_refused(text):
    with pytest.raises(NumberUnreadable, match="terlalu panjang"):
        read_number(text)


@pytest.mark.parametrize(
    ("value", "places", "min_places", "text"),
    [
        (Decimal("1234.5"), None, 0, "1.234,5"),
        (Decimal("1234.50"), None, 0, "1.234,5"),
        (Decimal("1234.5"), None, 2, "1.234,50"),
        (Decimal("0.005"), 2, 0, "0,01"),
        (Decimal("-0.005"), 2, 0, "−0,01"),
        (Decimal("-0.001"), 2, 0, "0"),
        (Decimal("2.5"), 0, 0, "3"),
        (Decimal("1E+3"), None, 0, "1.000"),
        (1000000, None, 0, "1.000.000"),
        (Fraction(400, 9), 2, 0, "44,44"),
        (Fraction(400, 9), None, 0, "44,444444"),
        (Fraction(1, 8), None, 0, "0,125"),
        (Decimal("123456789012345678901234567890"), None, 0, "123.456.789.012.345.678.901.234.567.890"),
    ],
)
def test_numbers_are_written_as_indonesians_write_them(value, places, min_places, text):
    assert write_number(value, places, min_places) == text


def test_a_percentage_always_shows_its_two_decimals():
    assert [write_percent(value) for value in (Fraction(1100, 12), 100, 0)] == ["91,67", "100,00", "0,00"]


@given(decimals)
def test_what_was_written_is_read_back_the_same(value):
    assert read_number(write_number(value)) == value


@given(fractions, st.integers(0, 8))
def test_rounding_moves_a_number_by_at_most_half_a_unit_and_halves_move_away_from_zero(value, places):
    rounded = Fraction(round_half_up(value, places))
    assert abs(rounded - value) <= Fraction(1, 2 * 10**places)
    if abs(rounded - value) == Fraction(1, 2 * 10**places):
        assert abs(rounded) > abs(value)


@given(fractions)
def test_the_precision_of_the_decimal_context_plays_no_part(value):
    before = write_number(value, 5)
    precision = getcontext().prec
    try:
        getcontext().prec = 3
        assert write_number(value, 5) == before
    finally:
        getcontext().prec = precision


@given(fractions)
def test_decimal_places_are_what_is_needed_and_not_one_more(value):
    places = decimal_places(value)
    if places is None:
        assert (value * 10**40).denominator != 1
    else:
        assert (value * 10**places).denominator == 1
        assert places == 0 or (value * 10 ** (places - 1)).denominator != 1


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_and_never_becomes_nan_or_infinite(text):
    with suppress(NumberUnreadable):
        assert read_number(text).is_finite()


@given(st.text(alphabet="0123456789., -−%Rp", max_size=24))
def test_anything_made_of_the_signs_of_a_number_is_read_or_refused(text):
    test_any_text_is_read_or_refused_and_never_becomes_nan_or_infinite.hypothesis.inner_test(text)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+30", "1E+999999", "1E-999999"])
def test_what_is_no_measurement_is_not_computed_with(value):
    with pytest.raises(NumberUnreadable):
        exact(Decimal(value))


def test_floats_are_not_accepted():
    with pytest.raises(TypeError, match="Decimal"):
        exact(0.1)
