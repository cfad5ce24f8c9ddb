"""Text is measured, and broken so that no line is wider than its column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.procedures.flowchart.lettering import text_width, wrapped

WORDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=120)


def test_a_capital_w_is_wider_than_an_i() -> None:
    assert text_width("W", 10) > text_width("i", 10)


def test_bold_text_is_wider() -> None:
    assert text_width("Pelaksana", 10, bold=True) > text_width("Pelaksana", 10)


def test_the_widths_are_those_of_the_fonts() -> None:
    assert [text_width(letter, 1000) for letter in "Ai“’é–"] == [667, 222, 333, 222, 556, 556]
    assert [text_width(letter, 1000, bold=True) for letter in "Ai“’é–"] == [722, 278, 500, 278, 556, 556]


def test_width_grows_with_the_type_size() -> None:
    assert text_width("Camat", 4) == pytest.approx(2 * text_width("Camat", 2))


def test_an_unknown_character_counts_as_a_full_em() -> None:
    assert text_width("汉", 10) == 10


@given(WORDS, st.floats(5, 80), st.booleans())
def test_no_line_is_wider_than_its_column(text: str, width: float, bold: bool) -> None:
    assert all(text_width(line, 2.7, bold) <= width + 1e-9 for line in wrapped(text, width, 2.7, bold))


@given(WORDS, st.floats(5, 80))
def test_no_character_is_lost(text: str, width: float) -> None:
    assert "".join("".join(wrapped(text, width, 2.7)).split()) == "".join(text.split())


def test_words_are_kept_whole_where_they_fit() -> None:
    assert wrapped("Menerima dan memeriksa", text_width("Menerima dan", 2.7), 2.7) == ["Menerima dan", "memeriksa"]


def test_a_word_too_long_is_broken_after_a_slash_first() -> None:
    assert wrapped("Bupati/Inspektorat", text_width("Inspektorat", 2.7), 2.7) == ["Bupati/", "Inspektorat"]


def test_no_text_gives_no_lines() -> None:
    assert wrapped("  ", 10, 2.7) == []
