"""Workbooks of LibreOffice, and cells as other programs leave them: read as the person sees them."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from himpun.spreadsheets.book import Book, BookRefused, Limits, Sheet
from himpun.spreadsheets.reading import read_book

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)


def ods(tables: str, *, styles: str = "", **parts: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("mimetype", MIMETYPE)
        package.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>'
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        )
        for name, text in parts.items():
            package.writestr(name.replace("__", "/"), text)
    return target.getvalue()


def table(rows: str, name: str = "Data", style: str = "") -> str:
    return f'<table:table table:name="{name}" table:style-name="{style}">{rows}</table:table>'


def row(*cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


def word(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


def number(value: str, kind: str = "float", more: str = "") -> str:
    shown = "<text:p>apa pun</text:p>"
    return f'<table:table-cell office:value-type="{kind}" office:value="{value}" {more}>{shown}</table:table-cell>'


BLANK = "<table:table-cell/>"


def read(content: bytes, name: str = "a.ods", limits: Limits = Limits()) -> Book:
    return read_book(name, content, limits)


def only(content: bytes) -> Sheet:
    (sheet,) = read(content).sheets
    return sheet


def test_values_are_those_of_the_cells_whatever_is_shown() -> None:
    day = '<table:table-cell office:value-type="date" office:date-value="2026-10-05"><text:p>5/10/26</text:p></table:table-cell>'
    yes = '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>YA</text:p></table:table-cell>'
    sheet = only(ods(table(row(word("Kode"), number("6.0000000000000009"), number("0.85", "percentage"), day, yes))))
    assert sheet.rows == (("Kode", Decimal(6), Decimal("0.85"), date(2026, 10, 5), True),)
    assert sheet.percents == {"C1"}


def test_what_is_repeated_counts_and_blanks_without_end_cost_nothing() -> None:
    far = '<table:table-cell table:number-columns-repeated="16384"/>'
    rows = row(
        word("a"),
        '<table:table-cell table:number-columns-repeated="2"/>',
        number("7", more='table:number-columns-repeated="2"'),
        far,
    )
    sheet = only(ods(table(rows + row(far, times=3) + row(word("b"), times=2) + row(far, times=1_048_000))))
    assert sheet.rows == (("a", None, None, 7, 7), (), (), (), ("b",), ("b",))


def test_formulas_merged_cells_notes_and_hidden_sheets_are_told() -> None:
    aside = "<office:annotation><text:p>catatan</text:p></office:annotation>"
    texts = "<text:p>isi<text:s/>dua</text:p><text:p>baris</text:p>"
    note = f'<table:table-cell office:value-type="string">{aside}{texts}</table:table-cell>'
    rows = row(word("Judul", 'table:number-columns-spanned="2"'), "<table:covered-table-cell/>") + row(
        note, number("3", more='table:formula="of:=1+2"')
    )
    hidden = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    book = read(ods(table(rows) + table(row(word("x")), "Lain", "ta2"), styles=hidden))
    assert (book.sheets[0].merged, book.sheets[0].formulas) == (("A1:B1",), {"B2"})
    assert book.sheets[0].cell(2, 1) == "isi dua\nbaris"
    assert [sheet.hidden for sheet in book.sheets] == [False, True]


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (ods(table(row(word("a"))), Basic__Standard__m="x"), "makro"),
        (ods(table(row(word("a"))), **{"META-INF/manifest.xml": "<x><encryption-data/></x>"}), "kata sandi"),
        (ods(table(row(number("1", more='table:formula="of:=DDE(&quot;cmd&quot;)"')))), "DDE"),
        (ods(table('<table:table-source/>' + row(word("a")))), "tautan"),
        (ods(table(row(number("dua")))), "rusak"),
        (ods(table(row(word("a"), times=101))), "lebih dari 100 baris"),
        (ods(table(row(word("a", 'table:number-columns-repeated="21"')))), "lebih dari 20 kolom"),
        (ods(table(row(word("a"))) + table(row(word("b")))), "dua lembar"),
        (ods("<table:apa>"), "rusak"),
        (ods(""), "tidak ada lembar"),
    ],
)  # fmt: skip
def test_dangerous_and_damaged_ones_are_refused(content: bytes, cause: str) -> None:
    with pytest.raises(BookRefused, match=cause):
        read(content, limits=Limits(rows=100, columns=20))


@pytest.mark.parametrize("name", ["a.ods", "a.xlsx", "lampiran", "a.zip", "A.ODS"])
def test_a_workbook_is_known_by_its_content_whatever_it_is_called(name: str) -> None:
    assert read(ods(table(row(word("a")))), name).kind == "ods"


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("rekap.xls", b"<html><table><tr><td>1</td></tr></table></html>", "HTML"),
        ("rekap.csv", b"<?xml version='1.0'?><x/>", "HTML atau XML"),
        ("rekap.ods", b"kode nilai\n", "bukan Excel"),
        ("rekap.doc", b"kode;nilai\n", "hanya .xlsx, .xls, .ods, dan .csv"),
    ],
)
def test_what_is_no_workbook_says_what_it_is(name: str, content: bytes, cause: str) -> None:
    with pytest.raises(BookRefused, match=cause):
        read_book(name, content)
