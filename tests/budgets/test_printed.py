"""What a budget file prints beside the figures that are kept: read, recomputed, compared, named; never silently dropped."""

from decimal import Decimal

import pytest

from himpun.budgets.planning import Plan, plan
from himpun.budgets.printed import nearest_place
from himpun.budgets.sheets import Reading, read_budget
from himpun.spreadsheets.book import Book, Content, Sheet
from tests.budgets.samples import ACTIVITY, PLAN, PROGRAM, REPORT

D = Decimal
HEAD = ("Kode", "Nama", "Pagu", "Realisasi Jan", "Fisik Jan")
TOP: tuple[tuple[Content, ...], ...] = ((PROGRAM, "Program"), (ACTIVITY, "Kegiatan"))


def reading(*rows: tuple[Content, ...], head: tuple[str, ...] = HEAD) -> Reading:
    return read_budget(Book((Sheet("Anggaran", (head, *rows)),), "xlsx"))


def planned(found: Reading) -> Plan:
    return plan({}, found.rows, (), found.wrong)


def test_a_dash_is_zero_in_a_column_of_money_and_says_so() -> None:
    found = reading(*TOP, (REPORT, "Laporan", "100.000", "-", None), (PLAN, "Rencana", "–", "Rp -", None))
    entries = {change.entry.code: change.entry for change in planned(found).changes}

    assert (entries[REPORT].budget, entries[REPORT].spent) == (100000, {1: 0})
    assert (entries[PLAN].budget, entries[PLAN].spent) == (0, {1: 0})
    assert "Kolom “Realisasi Jan”: 2 sel “-” dibaca sebagai 0." in found.notes


def test_a_blank_stays_blank_and_nihil_is_zero() -> None:
    found = reading(*TOP, (REPORT, "Laporan", "nihil", "", None))
    entry = planned(found).changes[2].entry
    assert (entry.budget, entry.spent) == (0, {})


def test_english_figures_in_text_are_read_where_the_column_is_english_and_asked_where_one_is_alone() -> None:
    found = reading(
        *TOP,
        (REPORT, "Laporan", "1,250,000.50"),
        (PLAN, "Rencana", "2,500,000.00"),
        ("7.01.01.2.01.0009", "Lain", "1,500"),
    )
    budgets = [change.entry.budget for change in planned(found).changes][2:]

    assert budgets == [D("2500000"), D("1250000.50"), D(1500)]
    assert "dibaca dengan koma untuk ribuan dan titik untuk desimal" in " ".join(found.notes)
    alone = planned(reading(*TOP, (REPORT, "Laporan", "1250.50"))).wrong
    assert "Bila maksudnya 1.250,5, tulis begitu" in alone[0].cause


@pytest.mark.parametrize("heading", ["Sumber Dana", "Anggaran kas", "Lokasi", "Kelompok sasaran"])
def test_an_unknown_column_is_kept_aside_and_named(heading: str) -> None:
    found = reading(*TOP, (REPORT, "Laporan", D(100), "PAD"), head=("Kode", "Nama", "Pagu", heading))

    assert planned(found).wrong == ()
    assert f"Kolom “{heading}” (D) tidak dikenal; isinya tidak dibaca." in found.notes


PRINTED = ("Kode", "Nama", "Pagu", "Realisasi Jan", "Sisa", "Realisasi (%)", "Target (Rp)", "Target (%)")


def test_rest_and_percentages_that_agree_say_nothing() -> None:
    row = (REPORT, "Laporan", D(300), D(100), D(200), D("33.33"), D(150), D(50))
    found = reading(*TOP, row, head=PRINTED)
    assert (planned(found).wrong, found.notes) == ((), ())


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        (4, D(201), f"Baris 4 ({REPORT}), Sisa: tertulis 201, dihitung 200."),
        (5, D("33.4"), f"Baris 4 ({REPORT}), Realisasi (%): tertulis 33,4, dihitung 33,33."),
        (7, "51", f"Baris 4 ({REPORT}), Target (%): tertulis 51, dihitung 50."),
    ],
)
def test_each_printed_figure_that_does_not_agree_is_named(place: int, value: Content, sentence: str) -> None:
    cells: list[Content] = [REPORT, "Laporan", D(300), D(100), D(200), D("33.33"), D(150), D(50)]
    cells[place] = value
    found = reading(*TOP, tuple(cells), head=PRINTED)
    assert any(note.startswith(sentence) for note in found.notes), found.notes
    assert planned(found).wrong == ()


LEAVES: tuple[tuple[Content, ...], ...] = (
    (REPORT, "Laporan", D(100), None, D(40)),
    (PLAN, "Rencana", D(300), None, D(80)),
)


def test_physical_progress_on_a_parent_is_recomputed_and_compared() -> None:
    right = planned(reading((PROGRAM, "P", None, None, D(70)), (ACTIVITY, "K", D(400), None, D("70.0")), *LEAVES))
    wrong = planned(reading((PROGRAM, "P", None, None, D(60)), (ACTIVITY, "K"), *LEAVES)).wrong

    assert right.wrong == ()
    assert [change.entry.physical for change in right.changes][:2] == [{}, {}]
    assert "dihitung dari bawahnya (70)" in wrong[0].cause


def test_rows_of_urusan_and_opd_are_compared_and_not_kept() -> None:
    head = ("Kode", "Nama", "Jenjang", "Pagu")
    rows = ((PROGRAM, "P", "", None), (ACTIVITY, "K", "", None), (REPORT, "L", "", D(100)), (PLAN, "R", "", D(300)))
    found = reading(
        ("7", "Unsur kewilayahan", "Urusan", D(400)), ("7.01", "Kecamatan", "OPD", D(410)), *rows, head=head
    )

    assert planned(found).wrong == ()
    assert {change.entry.code for change in planned(found).changes} == {PROGRAM, ACTIVITY, REPORT, PLAN}
    assert any("Baris 2 (7) urusan atau OPD: tidak disimpan" in note and "sesuai" in note for note in found.notes)
    assert any("Baris 3 (7.01)" in note and "pagu tertulis 410, jumlah di bawahnya 400" in note for note in found.notes)


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("7.01.01.01.2.01.0006", "7.01.01.2.01.0006"),
        ("7.01.2.01.0006", "7.01.01.2.01.0006"),
        ("7.01.01.2.0006", "7.01.01.2.01.0006"),
        ("7.01.01.2.2.01.0007", "7.01.01.2.01.0007"),
        ("9.99.01.2.01.0006", ""),
    ],
)
def test_a_code_with_a_part_left_out_or_twice_is_suggested_its_place(code: str, meant: str) -> None:
    assert nearest_place(code, {PROGRAM, ACTIVITY}) == meant
    found = planned(reading((PROGRAM, "Program"), (ACTIVITY, "Kegiatan"), (code, "Laporan", D(5))))
    assert found.wrong
    assert (f"ungkin maksudnya {meant}." in found.wrong[0].cause) is bool(meant)
