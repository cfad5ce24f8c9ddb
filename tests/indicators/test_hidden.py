"""Hidden rows and columns of an own sheet: said, and taken only when somebody chose so."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from himpun.indicators.figures.mapping.applying import apply, unseen
from himpun.indicators.figures.mapping.headings import guess
from himpun.spreadsheets.book import Book
from himpun.spreadsheets.reading import read_book
from tests import test_open_document as od
from tests import workbooks
from tests.indicators.office_sheets import known

KNOWN = known()
HEAD = ("Kode", "Data", "TW I 2026", "TW II 2026", "TW III 2026")
ROWS = (
    ("IKU-13", None, 1, 2, 3),
    ("IKU-10", None, 10, 20, 30),
    ("IKU-01", "Seluruh desa di wilayah kecamatan", 9, 9, 9),
    ("IKU-99", None, 7, 7, 7),
)


def xlsx(shape: Callable[[Any], None]) -> Book:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("2026")
        for number, row in enumerate((HEAD, *ROWS)):
            sheet.write_row(number, 0, row)
        shape(sheet)

    return read_book("a.xlsx", workbooks.made(build))


def taken(book: Book, **how: bool) -> list[str]:
    rows, _ = apply(guess(book), book, KNOWN, **how)
    return [row.address for row in rows]


def by_filter(sheet: Any) -> None:
    sheet.autofilter("A1:E5")
    sheet.filter_column("A", "x == IKU-13")
    for row in (2, 3, 4):
        sheet.set_row(row, options={"hidden": True})


def test_hidden_rows_are_left_out_and_said() -> None:
    book = xlsx(lambda sheet: sheet.set_row(2, options={"hidden": True}))
    assert taken(book) == ["C2", "D2", "E2", "C4", "D4", "E4"]
    found = unseen(guess(book), book)
    assert (found.rows, found.rows_said, found.columns, found.figures, found.filtered) == ((3,), "3", (), 3, False)
    assert taken(book, hidden=True) == ["C2", "D2", "E2", "C3", "D3", "E3", "C4", "D4", "E4"]


def test_rows_that_a_filter_hides_are_said_as_such() -> None:
    book = xlsx(by_filter)
    assert taken(book) == ["C2", "D2", "E2"]
    found = unseen(guess(book), book)
    assert (found.rows_said, found.figures, found.filtered) == ("3–5", 9, True)


@pytest.mark.parametrize("shape", [
    lambda sheet: sheet.set_column("D:D", None, None, {"hidden": True}),
    lambda sheet: sheet.set_column("D:D", 0),
])  # fmt: skip
def test_a_hidden_column_and_one_without_width_are_the_same(shape: Callable[[Any], None]) -> None:
    book = xlsx(shape)
    assert taken(book) == ["C2", "E2", "C3", "E3", "C4", "E4"]
    assert unseen(guess(book), book).columns_said == "D"


def test_a_hidden_column_of_codes_still_names_its_rows() -> None:
    book = xlsx(lambda sheet: sheet.set_column("A:A", None, None, {"hidden": True}))
    assert len(taken(book)) == 9
    assert unseen(guess(book), book).figures == 0


def test_what_is_wrong_in_a_hidden_row_is_not_told() -> None:
    book = xlsx(lambda sheet: sheet.set_row(4, 0))
    _, wrong = apply(guess(book), book, KNOWN)
    assert wrong == ()
    _, wrong = apply(guess(book), book, KNOWN, hidden=True)
    assert wrong[0].row == 5


def test_of_an_open_document_too() -> None:
    rows = "".join(
        f'<table:table-row table:visibility="{seen}">{"".join(cells)}</table:table-row>'
        for seen, cells in [
            ("visible", [od.word("Kode"), od.word("TW I 2026"), od.word("TW II 2026")]),
            ("filter", [od.word("IKU-10"), od.number("1"), od.number("2")]),
            ("collapse", [od.word("IKU-09"), od.number("3"), od.number("4")]),
            ("visible", [od.word("IKU-13"), od.number("5"), od.number("6")]),
        ]
    )
    columns = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse"/><table:table-column table:number-columns-repeated="1021"/>'
    )
    book = read_book("a.ods", od.ods(od.table(columns + rows, "2026")))
    assert [row.typed for row in apply(guess(book), book, KNOWN)[0]] == [Decimal(5)]
    found = unseen(guess(book), book)
    assert (found.rows, found.columns, found.figures, found.filtered) == ((2, 3), (3,), 5, True)


def test_very_many_hidden_rows_are_said_shortly() -> None:
    book = xlsx(lambda sheet: None)
    found = unseen(guess(book), book)._replace(rows=tuple(range(2, 100, 2)))
    assert found.rows_said.endswith("24, …")
