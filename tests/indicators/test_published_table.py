"""The columns of a published table are found as offices write them, and every row keeps the number people see."""

import csv
import io

import pytest

from himpun.measure.published.check import Verdict, check
from himpun.measure.published.table import Table, TableNotFound, as_csv, read_table
from himpun.spreadsheets.reading import read_book
from tests import workbooks


def table(text: str) -> Table:
    return read_table(read_book("tabel.csv", text.encode()))


@pytest.mark.parametrize(
    "heading",
    [
        "indikator;target;realisasi;capaian",
        "INDIKATOR KINERJA ;Target 2024; Realisasi 2024;Capaian (%)",
        "No;Sasaran;Indikator Kinerja Utama;Satuan;Target;Realisasi;% Capaian",
        "Indikator Sasaran;Target Tahun 2024;Realisasi Tahun 2024;Persentase Capaian",
        "Uraian Indikator;Target Kinerja;Realisasi Kinerja;Tingkat Capaian Kinerja (%)",
    ],
)
def test_the_headings_in_use_are_understood(heading: str) -> None:
    names = heading.split(";")
    cells = {"target": "80", "realisasi": "75", "capaian": "93,75"}
    row = [next((cells[key] for key in cells if key in name.lower()), "x") for name in names]

    (found,) = table(f"{heading}\n{';'.join(row)}").rows

    assert (found.row, found.target, found.actual, found.published) == (2, "80", "75", "93,75")


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_separator_is_read(separator: str) -> None:
    lines = [("indikator", "target", "realisasi", "capaian", "polaritas", "tahun")]
    lines.append(("IKM", "84.75", "88.95", "104.96", "positif", "2024"))
    (found,) = table("\n".join(separator.join(line) for line in lines)).rows
    assert (found.indicator, found.published, found.polarity, found.year) == ("IKM", "104.96", "positif", "2024")


def test_rows_are_counted_as_people_see_them() -> None:
    found = table("Judul laporan;;;\n;;;\nindikator;target;realisasi;capaian\nA;1;1;100\n;;;\n\nB;2;1;50\n")
    assert [row.row for row in found.rows] == [4, 7]


def test_the_row_of_column_numbers_and_a_repeated_heading_are_no_data() -> None:
    found = table(
        "indikator;target;realisasi;capaian\n(1);(2);(3);(4)=3/2\nA;1;1;100\nindikator;target;realisasi;capaian\nB;2;1;50"
    )
    assert [row.indicator for row in found.rows] == ["A", "B"]


def test_a_heading_of_two_rows_is_read_at_the_latest_year() -> None:
    found = table(
        "Indikator;2023;;;Tahun 2024;;\n;Target;Realisasi;Capaian;Target;Realisasi;Capaian\nA;1;1;100;4;3;75\n"
    )
    assert [(row.row, row.target, row.published, row.year) for row in found.rows] == [(3, "4", "75", "2024")]
    assert "kolom tahun 2024" in found.notes[0]


def test_missing_columns_are_named() -> None:
    with pytest.raises(TableNotFound, match="Kolom target, capaian tidak ditemukan"):
        table("indikator;realisasi\nA;1")


def test_in_a_workbook_the_first_sheet_with_a_table_is_taken_or_the_named_one() -> None:
    def build(book: workbooks.xlsxwriter.Workbook) -> None:
        book.add_worksheet("Sampul").write(0, 0, "Laporan")
        for name, actual in (("Satu", 3), ("Dua", 2)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Indikator", "Target", "Realisasi", "Capaian"])
            sheet.write_row(1, 0, ["A", 4, actual])
            sheet.write_number(1, 3, actual / 4, book.add_format({"num_format": "0.00%"}))

    book = read_book("laporan.xlsx", workbooks.made(build))
    found = read_table(book)

    assert found.sheet == "Satu"
    assert "“Dua” juga berisi tabel" in found.notes[0]
    for read in (found, read_table(book, "Dua")):
        assert [each.verdict for each in check(read.rows)] == [Verdict.MATCHES]
    with pytest.raises(TableNotFound, match="Yang ada: “Sampul”, “Satu”, “Dua”"):
        read_table(book, "Tiga")


def test_the_answer_is_a_csv_that_excel_runs_nothing_of() -> None:
    checked = check(table("indikator;target;realisasi;capaian\n=cmd();12;30;-50").rows)
    heading, row = csv.reader(io.StringIO(as_csv(checked)), delimiter=";")

    assert heading[0] == "baris"
    assert row[:7] == ["2", "'=cmd()", "", "12", "30", "-50", "cocok"]
    assert row[8] == "-50,00"
