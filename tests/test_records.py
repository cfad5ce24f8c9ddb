"""The one reader of CSV: what it takes whatever program wrote it, and what it refuses with the line."""

import csv
import io
from contextlib import suppress
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.history import csv as logs
from himpun.moments import serial
from himpun.spreadsheets.csv import torn_rows
from himpun.spreadsheets.reading import read_book
from himpun.spreadsheets.records import CsvUnreadable, listing, records
from himpun.typed import visible

TABLE = [["indikator", "periode", "nilai"], ["IKU-01", "2026-TW3", "84,75"], ["IKU-02", "2026-TW3", "é “x”; y, z"]]


def written(rows: list[list[str]], separator: str = ";", newline: str = "\r\n") -> str:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=separator, lineterminator=newline).writerows(rows)
    return target.getvalue()


def cells(content: bytes | str) -> list[list[str]]:
    return [row for _, row in records(content)]


# --- habits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_table_is_the_same_whatever_program_wrote_it(separator: str, encoding: str, newline: str) -> None:
    text = written(TABLE, separator, newline)
    assert cells(text.encode(encoding)) == TABLE
    assert cells(f"sep={separator}{newline}{text}".encode(encoding)) == TABLE
    assert cells(f"{newline}{newline}{text}{newline}".encode(encoding)) == TABLE


@given(st.lists(st.lists(st.text("aZ é,;\t\"'|1.\n", max_size=5), min_size=3, max_size=3), min_size=2, max_size=6))
def test_every_table_that_is_whole_is_read_as_it_was_written(rows: list[list[str]]) -> None:
    wanted = [[visible(cell).strip() for cell in row] for row in [["kode", "nama", "nilai"], *rows]]
    text = "sep=;\n" + written(wanted)
    with suppress(CsvUnreadable):  # a cell of several lines that looks like a row of the table
        assert cells(text.encode()) == [row for row in wanted if any(row)]


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_read_or_refused(content: bytes) -> None:
    with suppress(CsvUnreadable):
        for line, row in records(content):
            assert line > 0
            assert any(row)


@pytest.mark.parametrize(
    "row",
    [
        "\u200bIKU-01\u200b;\u00a02026-TW3;\u202d7\u202c",
        "\ufeffIKU-01;2026\u2060-TW3\u200e;7\u202f",
        "IKU\u200d-01;\u20682026-TW3\u2069; 7 ",
    ],
)
def test_marks_that_nobody_sees_are_passed_over(row: str) -> None:
    assert cells(f"a;b;c\n{row}\n")[1] == ["IKU-01", "2026-TW3", "7"]


def test_headings_are_known_by_their_words_and_not_by_how_they_are_written() -> None:
    found = listing(
        " NILAI ,Periode,Nama_Indikator\n7,2026,Satu\n",
        known={"nilai": "v", "periode": "p", "nama indikator": "n"},
        needed=["v"],
    )
    assert [dict(row.cells) for row in found.rows] == [{"v": "7", "p": "2026", "n": "Satu"}]


def test_a_quote_after_a_blank_still_keeps_a_decimal_comma_together() -> None:
    assert cells('a, b, c\nx, "84,75", y\n')[1] == ["x", "84,75", "y"]


def test_a_note_of_several_lines_is_one_cell_and_the_line_of_the_next_row_is_right() -> None:
    assert [line for line, _ in records('a;b;c\n1;2;"satu\ndua; tiga; empat"\n4;5;6\n')] == [1, 2, 4]


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a;b;c\n1;2;"x\n3;4;y\n', 2),
        ('a;b;c\n1;2;3\n4;5;"x\n7;8;"y"\n', 3),
        ('a,b,c\n1,2,"x\n3,4,5\n6,7,8"\n9,9,9\n', 2),
        ('sep=;\na;b;c\n1;2;3\n4;"x"y;5\n', 4),
        ('a\tb\tc\n\n1\t2\t"x\n3\t4\t5\n', 3),
    ],
)
def test_a_quote_that_is_not_closed_names_its_line_and_swallows_nothing(text: str, line: int) -> None:
    with pytest.raises(CsvUnreadable) as refused:
        list(records(text))
    assert refused.value.row == line


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ("1,2,6,5\n1,2,7\n", [True, False]),
        ("1,2,\n1,2\n", [False, True]),
        ("1,2,3,\n1,2,3,, x\n", [True, True]),
    ],
)
def test_a_row_with_cells_too_many_or_too_few_has_a_fault(rows: str, faults: list[bool]) -> None:
    found = listing(f"a,b,c\n{rows}", known={"a": "a", "b": "b", "c": "c"}, needed=["a"])
    assert [bool(row.fault) for row in found.rows] == faults


def test_what_may_be_left_unread_may_also_be_missing_at_the_end_of_a_row() -> None:
    found = listing("a;b;catatan\n1;2\n1\n", known={"a": "a", "b": "b"}, needed=["a"])
    assert [bool(row.fault) for row in found.rows] == [False, True]


@pytest.mark.parametrize(
    ("text", "named"),
    [("a;warna\n1;2\n", "“warna”"), ("b;c\n1;2\n", "a"), ("a;A \n1;2\n", "dua kali"), ("", "kosong")],
)
def test_columns_that_cannot_be_are_named(text: str, named: str) -> None:
    with pytest.raises(CsvUnreadable, match=named):
        list(listing(text, known={"a": "a"}, needed=["a"], passed=()).rows)


def test_a_book_knows_rows_that_are_wider_than_the_headings_and_a_workbook_has_none() -> None:
    (sheet,) = read_book("a.csv", b"Judul\nKode,Nilai\nA,6,5\nB,7\n").sheets
    assert list(torn_rows(sheet, 2, 2)) == [3]
    assert "2" in torn_rows(sheet, 2, 2)[3].cause


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("5/10/2026 08.30", "", "2026-10-05 08:30:00"),
        ("25/10/2026 8:30 PM", "", "2026-10-25 20:30:00"),
        ("10/25/2026 12:05 AM", "", "2026-10-25 00:05:00"),
        ("5/10/2026 8:30 PM", "bulan-hari", "2026-05-10 20:30:00"),
        ("5/10/2026 12:30:07 p.m.", "hari-bulan", "2026-10-05 12:30:07"),
        ("46150.5", "seri", "2026-05-08 12:00:00"),
        ("5/10/2026 8:30 PM", "", None),
        ("46150", "", None),
        ("5/10/2026 13:30 PM", "hari-bulan", None),
    ],
)  # fmt: skip
def test_a_moment_that_has_two_readings_is_read_only_when_it_was_said_which(
    text: str, order: str, moment: str | None
) -> None:
    found = logs.moment(text, order)
    assert (found and found.isoformat(" ")) == moment


@pytest.mark.parametrize(
    ("text", "asked"),
    [("5/10/2026 8:30 PM", "10 Mei 2026"), ("10/25/2026 08:30", "25 Oktober 2026"), ("46150", "8 Mei 2026")],
)
def test_the_question_names_the_reading_and_how_to_choose_it(text: str, asked: str) -> None:
    with pytest.raises(logs.LogUnreadable) as refused:
        logs.read(f"kasus;kegiatan;waktu\n1;Terima;{text}\n".encode(), zone=UTC)
    assert asked in str(refused.value)
    assert "--dates" in str(refused.value)


@pytest.mark.parametrize("text", ["1234", "2026-05", "99999", "46150,", "46.150,5"])
def test_other_numbers_are_no_dates(text: str) -> None:
    assert serial(text) is None
