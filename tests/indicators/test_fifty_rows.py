"""Fifty rows with every kind of cell that offices write: each verdict right, each explained in a sentence.

The table is fixtures/lima-puluh-baris.csv; beside what an office prints it says which verdict, which formula and which words
are expected. What one table cannot hold, such as two habits of writing numbers, stands below.
"""

import csv
import json
from pathlib import Path

import pytest

from himpun.commands import run
from himpun.measure.published.check import Checked, PublishedRow, check, contradictions
from himpun.measure.published.table import read_table
from himpun.spreadsheets.reading import read_book

FIFTY = Path(__file__).parent / "fixtures" / "lima-puluh-baris.csv"


def expected() -> list[dict[str, str]]:
    with FIFTY.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


@pytest.fixture(scope="module")
def judged() -> list[Checked]:
    return check(read_table(read_book(FIFTY.name, FIFTY.read_bytes())).rows)


def test_there_are_fifty_rows_and_every_verdict_is_among_them(judged: list[Checked]) -> None:
    assert len(judged) == len(expected()) == 50
    assert {str(each.verdict) for each in judged} == {each["vonis"] for each in expected()}
    assert len({each.verdict for each in judged}) == 6


@pytest.mark.parametrize("place", range(50), ids=[each["indikator"].replace("\n", " ") for each in expected()])
def test_each_row_is_judged_right_and_explained(place: int, judged: list[Checked]) -> None:
    wanted, found = expected()[place], judged[place]
    assert (str(found.verdict), found.formula) == (wanted["vonis"], wanted["rumus"]), found.message
    assert wanted["kalimat"] in found.message
    assert found.message.endswith((".", "?"))


def test_the_command_says_the_same_and_its_summary_names_all_six(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check-capaian", str(FIFTY), "--json"]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["verdict"] for record in records] == [each["vonis"] for each in expected()]

    run(["check-capaian", str(FIFTY)])
    text = capsys.readouterr().out
    assert "4 cocok-dalam-pembulatan" in text.splitlines()[-1]
    assert "Kolom target memakai dua cara menulis angka: “84,75” (koma desimal) dan “62.50 %” (titik desimal)" in text


# --- columns ----------------------------------------------------------------------------------------------------------


def rows(*cells: tuple[str, str, str]) -> list[PublishedRow]:
    return [PublishedRow(place, f"Indikator {place}", *each) for place, each in enumerate(cells, start=2)]


ENGLISH = (("2,345,678", "2,345,678", "100"), ("80", "91.55", "114.44"))


@pytest.mark.parametrize(
    ("cells", "recomputed"),
    [(("12", "1,254", "10,450"), 10450), (("2,500", "1,250", "50"), 50), (("1.500", "3", "200"), 200)],
)
def test_a_column_of_english_numbers_decides_what_its_smallest_ones_mean(
    cells: tuple[str, str, str], recomputed: int
) -> None:
    found = check(rows(*ENGLISH, cells))[-1]
    assert (str(found.verdict), found.recomputed) == ("cocok", recomputed), found.message


@pytest.mark.parametrize(("target", "actual"), [("1.250", "1.500"), ("2.000", "2.400")])
def test_a_column_of_indonesian_numbers_reads_three_digits_behind_a_dot_as_thousands(target: str, actual: str) -> None:
    found = check(rows(("12.345,5", "12.345,5", "100"), (target, actual, "120")))[-1]
    assert str(found.verdict) == "cocok"
    assert f"“{target}” dibaca sebagai {target} (titik sebagai tanda ribuan)" in found.message


def test_a_reading_against_its_column_is_said_to_be_so() -> None:
    found = check(rows(("71,98", "71,98", "100"), ("1.500", "1,2", "80"), ("90,5", "90,5", "100")))[1]
    assert str(found.verdict) == "cocok"
    assert "melawan kolomnya" in found.message


def test_a_column_that_contradicts_itself_is_named_with_an_example_of_each() -> None:
    table = rows(("71,98", "80", "100"), ("83.18", "80", "100"), ("1.417", "1.417", "100"))
    assert contradictions(table) == [
        "Kolom target memakai dua cara menulis angka: “71,98” (koma desimal) dan “83.18” (titik desimal). "
        "Samakan, supaya angka seperti 1.417 tidak perlu ditebak."
    ]
    assert "Kolom target sendiri memakai dua cara menulis angka" in check(table)[-1].message
    assert contradictions(rows(*ENGLISH)) == []


# --- rounding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "actual", "published", "polarity", "verdict"),
    [
        ("0,42", "0,30", "70,40", "", "cocok-dalam-pembulatan"),
        ("3", "1,41", "212,90", "negatif-b", "cocok-dalam-pembulatan"),
        ("2,5", "2,7", "92,5", "negatif-a", "cocok-dalam-pembulatan"),
        ("12,4", "12,9", "95,60", "stabil", "cocok-dalam-pembulatan"),
        ("66,7", "33,3", "49,96", "positif", "cocok-dalam-pembulatan"),
        ("1,2 miliar", "0,9 miliar", "77,1", "positif", "cocok-dalam-pembulatan"),
        ("0,42", "0,30", "75,40", "positif", "tidak-cocok"),
        ("42", "30", "70,40", "positif", "tidak-cocok"),
        ("3", "1", "320", "negatif-b", "tidak-cocok"),
        ("42,00", "30,00", "70,40", "positif", "tidak-cocok"),
    ],
)
def test_what_rounds_or_is_cut_to_what_is_printed_explains_a_figure_and_whole_numbers_do_not(
    target: str, actual: str, published: str, polarity: str, verdict: str
) -> None:
    (found,) = check([PublishedRow(2, "x", target, actual, published, polarity)])
    assert str(found.verdict) == verdict, found.message


# --- means ------------------------------------------------------------------------------------------------------------

THREE = (("10", "12", "120", "1"), ("80", "75", "93,75", "3"), ("3", "2", "66,67", "1"))


@pytest.mark.parametrize(
    ("name", "printed", "verdict", "formula"),
    [
        ("Rata-rata", "93,47", "cocok", "rata-rata"),
        ("RATA – RATA CAPAIAN KINERJA", "86.81", "cocok", "rata-rata, dibatasi 100"),
        ("Rerata", "93,58", "cocok", "rata-rata tertimbang"),
        ("Rata-rata capaian sasaran II", "95,70", "cocok", "rata-rata tertimbang"),
        ("Nilai rata-rata", "93,4", "cocok", "rata-rata, dipotong"),
        ("Rata-rata", "93,476", "cocok-dalam-pembulatan", "rata-rata"),
        ("Rata-rata", "91", "tidak-cocok", ""),
    ],
)
def test_a_row_of_means_is_recomputed_from_the_rows_above(name: str, printed: str, verdict: str, formula: str) -> None:
    above = [PublishedRow(place, "x", t, r, c, weight=w) for place, (t, r, c, w) in enumerate(THREE, start=2)]
    found = check([*above, PublishedRow(5, name, "", "", printed)])[-1]
    assert (str(found.verdict), found.formula) == (verdict, formula), found.message
    assert "baris 2, 3, 4" in found.message


def test_the_last_mean_may_be_of_everything_above_or_of_the_means() -> None:
    def table(last: str) -> Checked:
        first = [PublishedRow(2, "x", "10", "10", "100"), PublishedRow(3, "Rata-rata", "-", "", "100")]
        second = [PublishedRow(4, "x", "10", "5", "50"), PublishedRow(5, "y", "10", "8", "80")]
        return check(
            [
                *first,
                *second,
                PublishedRow(6, "Rata-rata", None, None, "65"),
                PublishedRow(7, "Rata-rata total", None, None, last),
            ]
        )[-1]

    assert "rata-rata biasa semua capaian dari 3 capaian" in table("76,67").message
    assert "rata-rata biasa rata-rata capaian dari 2 capaian (baris 3, 6)" in table("82,50").message
    assert str(table("70").verdict) == "tidak-cocok"


@pytest.mark.parametrize("name", ["Rata-rata lama sekolah", "Rata-rata nilai ujian", "Rata-rata waktu pelayanan"])
def test_an_indicator_that_is_itself_a_mean_is_none_of_the_rows_above(name: str) -> None:
    found = check([PublishedRow(2, "x", "1", "1", "100"), PublishedRow(3, name, "", "", "100")])[-1]
    assert str(found.verdict) == "tidak-dapat-dihitung"
    nothing = check([PublishedRow(2, "Rata-rata", "", "", "100")])[-1]
    assert "tidak ada capaian di atas baris rata-rata ini" in nothing.message


# --- which way is better ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Tingkat kemangkiran", "Angka infeksi nosokomial", "Jumlah kejadian kebakaran", "Keluhan pelanggan", "Temuan APIP",
        "Sengketa pertanahan", "Angka kematian balita", "Waktu tunggu rawat jalan", "Lama antrean", "Insiden keselamatan pasien",
        "Kasus DBD", "Tingkat kebocoran air", "Rumah tidak layak huni", "Anak tidak sekolah", "Tunggakan pajak",
    ],
)  # fmt: skip
def test_what_should_be_few_is_never_just_right_when_computed_the_other_way(name: str) -> None:
    (found,) = check([PublishedRow(2, name, "10", "12", "120")])
    assert str(found.verdict) == "polaritas-keliru", found.message


@pytest.mark.parametrize(
    ("name", "is_asked"),
    [
        ("Penurunan kasus tawuran", True),
        ("Laporan kehilangan dan kejadian di pelayanan umum", True),
        ("Persentase keluhan yang ditangani", False),
        ("Temuan yang ditindaklanjuti", False),
        ("Cakupan penanganan stunting", False),
        ("Jumlah dokumen", False),
    ],
)
def test_a_name_that_could_mean_both_is_asked(name: str, is_asked: bool) -> None:
    (found,) = check([PublishedRow(2, name, "10", "12", "120")])
    assert str(found.verdict) == "cocok"
    assert ("benarkah?" in found.message) is is_asked


# --- shares -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "actual"),
    [
        ("3% dari jumlah siswa", "12.480,5"),
        ("5 persen dari total APBD", "1.250"),
        ("100", "40% dari penduduk usia kerja"),
        ("10% lebih tinggi dari tahun lalu", "12"),
        ("3 dari jumlah puskesmas", "2"),
        ("3% dari jumlah siswa", "3% dari jumlah guru"),
    ],
)
def test_a_share_of_a_quantity_that_is_not_given_cannot_be_compared(target: str, actual: str) -> None:
    (found,) = check([PublishedRow(2, "x", target, actual, "100")])
    assert str(found.verdict) == "tidak-dapat-dihitung"
    assert "yang angkanya tidak disebut" in found.message


@pytest.mark.parametrize(
    ("target", "actual", "published"),
    [
        ("80% dari jumlah desa", "60% dari jumlah desa", "75"),
        ("10% dari 200 siswa", "15", "75"),
        ("4 dari 5 desa", "3 dari 5 desa", "75"),
    ],
)
def test_a_share_whose_quantity_is_given_or_the_same_can(target: str, actual: str, published: str) -> None:
    (found,) = check([PublishedRow(2, "x", target, actual, published)])
    assert str(found.verdict) == "cocok", found.message
