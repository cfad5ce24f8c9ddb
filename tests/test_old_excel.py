"""Workbooks of Excel 97–2003 (.xls): read with what calamine does not tell, or refused with the cause.

`fixtures/triwulan.xls` was written by another program (xlwt): quarters merged over target and realisasi, a percent, a
formula, a hidden row, a hidden column and a hidden sheet.
"""

from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himpun.spreadsheets.book import BookRefused, Limits, Sheet
from himpun.spreadsheets.reading import media_type_of, read_book

CONTENT = (Path(__file__).parent / "indicators" / "fixtures" / "triwulan.xls").read_bytes()


def first(content: bytes = CONTENT, name: str = "capaian.xls") -> Sheet:
    return read_book(name, content).sheets[0]


@pytest.mark.parametrize("name", ["capaian.xls", "capaian.xlsx", "capaian.csv", "CAPAIAN.XLS", "lampiran"])
def test_it_is_known_by_its_content_whatever_it_is_called(name: str) -> None:
    book = read_book(name, CONTENT)
    assert (book.kind, [sheet.name for sheet in book.sheets]) == ("xls", ["IKU 2026", "Lama"])
    assert media_type_of(book) == "application/vnd.ms-excel"


def test_values_are_those_that_the_program_shows() -> None:
    sheet = first()
    assert sheet.rows[2][3:6] == (Decimal(4), Decimal(20), Decimal(5))
    assert sheet.rows[3][3] == Decimal("1250.5")
    assert read_book("a.xls", CONTENT).sheets[1].rows == (("désa 日本",),)


def test_percents_formulas_merged_and_hidden_cells_are_told() -> None:
    sheet = first()
    assert sheet.percents == {"D5"}, "a % in quotes is only a letter"
    assert sheet.formulas == {"F5"}
    assert set(sheet.merged) == {"A1:A2", "B1:B2", "C1:D1", "E1:F1", "G1:H1"}
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({6}, {8})
    assert [one.hidden for one in read_book("a.xls", CONTENT).sheets] == [False, True]


WORKBOOK = "Workbook".encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (CONTENT[:600], "rusak"),
        (CONTENT[:4_000], "rusak"),
        (CONTENT.replace(WORKBOOK, "Macros\0\0".encode("utf-16-le")), "makro"),
        (CONTENT.replace(WORKBOOK, "WordDocu".encode("utf-16-le")), "bukan lembar kerja"),
        (CONTENT.replace(b"\xe1\x00\x02\x00", b"\x2f\x00\x02\x00", 1), "berkata sandi"),
        (CONTENT.replace(b"\x09\x08\x10\x00\x00\x06", b"\x09\x08\x10\x00\x00\x05", 1), "sebelum 1997"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_cause(content: bytes, cause: str) -> None:
    assert content != CONTENT
    with pytest.raises(BookRefused, match=cause):
        read_book("a.xls", content)


@pytest.mark.parametrize(
    ("limits", "cause"), [(Limits(columns=5), "paling banyak 5 kolom"), (Limits(cells=20), "20 sel")]
)
def test_it_may_hold_no_more_than_any_other(limits: Limits, cause: str) -> None:
    with pytest.raises(BookRefused, match=cause):
        read_book("a.xls", CONTENT, limits)


@given(st.integers(8, len(CONTENT) - 1), st.binary(min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_spoiled_bytes_give_a_book_or_a_refusal(at: int, torn: bytes) -> None:
    with suppress(BookRefused):
        assert read_book("a.xls", CONTENT[:at] + torn + CONTENT[at + len(torn) :]).kind == "xls"
