"""Reading a workbook of programs and planning what it changes: both shapes, every wrong cell, nothing adopted unseen."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.budgets.planning import Plan, plan
from himpun.budgets.rollup import Entry, Level
from himpun.budgets.sheets import Reading, read_budget
from himpun.budgets.workbook import to_fill_in
from himpun.spreadsheets.book import Book, BookRefused, Content, Sheet
from himpun.spreadsheets.reading import read_book
from tests.budgets.samples import ACTIVITY, PLAN, PROGRAM, REPORT, entry, tree

HEAD = ("Kode", "Nama", "Pagu", "Pagu perubahan", "Realisasi Jan", "Fisik Jan")
POSTS = {"camat"}
BASE: list[tuple[Content, ...]] = [(PROGRAM, "Program"), (ACTIVITY, "Kegiatan")]


def book(*rows: tuple[Content, ...], head: tuple[str, ...] = HEAD, **marks: object) -> Book:
    return Book((Sheet("Anggaran", (head, *rows), **marks),), "xlsx")  # type: ignore[arg-type]


def planned(found: Book, existing: list[Entry] | None = None) -> Plan:
    reading = read_budget(found)
    return plan({one.code: one for one in existing or []}, reading.rows, POSTS, reading.wrong)


def causes(found: Book, existing: list[Entry] | None = None) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.cause) for one in planned(found, existing).wrong]


def test_a_wide_sheet_makes_a_tree() -> None:
    found = planned(book(*BASE, (REPORT, "Laporan", Decimal(100), None, "1.000,50", Decimal(7))))

    assert found.wrong == ()
    assert [change.entry.code for change in found.changes] == [PROGRAM, ACTIVITY, REPORT]
    leaf = found.changes[2].entry
    assert (leaf.level, leaf.budget, leaf.revised) == (Level.SUB_ACTIVITY, 100, None)
    assert (leaf.spent, leaf.physical) == ({1: Decimal("1000.50")}, {1: 7})


def test_a_long_sheet_fills_months_of_what_is_there() -> None:
    rows: list[tuple[Content, ...]] = [(PLAN, "Maret", Decimal(5), Decimal(60)), (PLAN, Decimal(4), None, Decimal(70))]
    found = planned(book(*rows, head=("kode", "bulan", "realisasi", "fisik")), tree())

    assert [(one.label, one.before, one.after) for one in found.changes[0].fields] == [
        ("Realisasi Maret", "", "5"),
        ("Fisik Maret", "", "60"),
        ("Fisik April", "", "70"),
    ]


def test_a_blank_cell_leaves_what_is_there() -> None:
    found = planned(book((PLAN, "", None, None, None, Decimal(31))), tree())

    assert [(one.label, one.before, one.after) for one in found.changes[0].fields] == [("Fisik Januari", "30", "31")]


def test_a_percentage_format_is_read_as_the_person_sees_it() -> None:
    found = planned(book((PLAN, "", None, None, None, Decimal("0.6")), percents=frozenset({"F2"})), tree())

    assert found.changes[0].entry.physical[1] == 60


def test_progress_that_was_probably_meant_in_percent_is_doubted() -> None:
    assert "Bila maksudnya 60 persen" in read_budget(book((PLAN, "", None, None, None, Decimal("0.6")))).notes[0]


@pytest.mark.parametrize(
    ("cell", "cause"),
    [
        ("1000.5", "Bila maksudnya 1.000,5"),
        ("seratus", "tidak dapat dibaca"),
        (Decimal(-1), "tidak boleh di bawah 0"),
        (Decimal("0.001"), "Paling banyak 2 angka"),
        (Decimal(10) ** 13, "terlalu besar"),
        (True, "Bukan angka"),
    ],
)
def test_a_pagu_that_cannot_be_one_is_named_by_its_cell(cell: Content, cause: str) -> None:
    found = causes(book(*BASE, (REPORT, "Laporan", cell)))

    assert found[0][:2] == (4, "Pagu")
    assert cause in found[0][2]


@pytest.mark.parametrize("cell", [Decimal("100.5"), Decimal(-1), Decimal("5.00001")])
def test_a_progress_beyond_0_to_100_is_refused(cell: Decimal) -> None:
    assert [one[:2] for one in causes(book(*BASE, (REPORT, "Laporan", None, None, None, cell)))] == [(4, "Fisik Jan")]


def test_formulas_and_merged_cells_are_not_taken() -> None:
    computed = causes(book(*BASE, (REPORT, "Laporan", Decimal(5)), formulas=frozenset({"C4"})))
    merged = causes(book(*BASE, (REPORT, "Laporan", Decimal(5)), merged=("A2:B2",)))
    title = causes(Book((Sheet("A", (("Judul",), HEAD, *BASE), ("A1:F1",)),), "xlsx"))

    assert "berisi rumus" in computed[0][2]
    assert "sel digabung" in merged[0][2]
    assert title == []


def test_every_wrong_cell_is_reported_at_once() -> None:
    found = causes(book(*BASE, (REPORT, "", "x", None, None, Decimal(101)), ("7.01.09.2.01", "Yatim")))

    assert [one[:2] for one in found] == [(4, "Pagu"), (4, "Fisik Jan"), (4, "Nama"), (5, "Kode")]


def test_headings_that_mean_the_same_are_refused() -> None:
    assert "sama artinya" in causes(book(head=("Kode", "Pagu", "Pagu murni")))[0][2]
    assert "bulan apa" in causes(book(head=("Kode", "Realisasi")))[0][2]
    assert "tidak ada kolom realisasi" in causes(book(head=("Kode", "Bulan")))[0][2]


def test_a_book_without_the_table_or_with_two_is_refused() -> None:
    sheet = Sheet("A", (HEAD, *BASE))

    assert "tidak ada baris judul" in causes(Book((Sheet("A", (("apa saja",),)),), "xlsx"))[0][2]
    assert "sisakan satu lembar" in causes(Book((sheet, sheet), "xlsx"))[0][2]
    assert "belum ada baris isian" in causes(book())[0][2]


def test_a_code_excel_turned_into_a_number_is_not_guessed() -> None:
    assert "jadikan selnya Teks" in causes(book((Decimal("7.01"), "Program")))[0][2]


def test_a_code_twice_is_refused_but_not_in_another_month() -> None:
    long_head = ("kode", "bulan", "realisasi")
    twice = causes(book(*BASE, (PROGRAM, "Program lagi")))
    months = causes(book((PLAN, Decimal(3), Decimal(1)), (PLAN, Decimal(3), Decimal(2)), head=long_head), tree())

    assert "sudah ada di baris lain" in twice[0][2]
    assert "bulan Maret sudah ada" in months[0][2]


def test_subtotals_must_be_the_sum_and_are_never_stored() -> None:
    leaf = (REPORT, "Laporan", Decimal(100), Decimal(80), Decimal(5))
    right = planned(book((PROGRAM, "P", Decimal(100), Decimal(80), Decimal(5)), (ACTIVITY, "K", Decimal(100)), leaf))
    wrong = causes(book((PROGRAM, "P", Decimal(101)), (ACTIVITY, "K", None, None, Decimal(6)), leaf))
    progress = causes(book((PROGRAM, "P"), (ACTIVITY, "K", None, None, None, Decimal(50)), leaf))

    assert right.wrong == ()
    assert [change.entry.budget for change in right.changes] == [None, None, 100]
    assert [(row, column) for row, column, _ in wrong] == [(2, "Pagu"), (3, "Realisasi Jan")]
    assert "jumlah di bawahnya (100)" in wrong[0][2]
    assert "hanya diisi pada baris terbawah" in progress[0][2]


def test_a_level_must_be_known_and_stays() -> None:
    head = ("Kode", "Nama", "Jenjang")
    odd = causes(book(("4.01", "Program lama"), head=head))
    said = planned(book(("4.01", "Program lama", "Program"), head=head))
    moved = causes(book((PLAN, "", "kegiatan"), head=head), tree())

    assert "tambahkan kolom jenjang" in odd[0][2]
    assert said.changes[0].entry.level is Level.PROGRAM
    assert "jenjang tidak dapat diubah" in moved[0][2]


def test_a_leaf_with_money_of_its_own_gets_nothing_below_it() -> None:
    held = [entry(PROGRAM), entry(ACTIVITY, 5)]

    assert "masih menyimpan pagu" in causes(book((REPORT, "Laporan", Decimal(5))), held)[0][2]


def test_an_owner_is_a_post_of_the_office() -> None:
    head = ("Kode", "Nama", "Penanggung jawab")

    assert "tidak ada jabatan" in causes(book((PROGRAM, "P", "bupati"), head=head))[0][2]
    assert planned(book((PROGRAM, "P", "camat"), head=head)).changes[0].entry.owner == "camat"


def test_the_same_file_again_changes_nothing() -> None:
    once = planned(book(*BASE, (REPORT, "Laporan", Decimal(100))))
    again = planned(book(*BASE, (REPORT, "Laporan", Decimal(100))), [change.entry for change in once.changes])

    assert (len(again.changes), again.same) == (0, 3)


@given(st.permutations([(PROGRAM, "P"), (ACTIVITY, "K"), (REPORT, "L", Decimal(9)), (PLAN, "R", Decimal(4))]))
def test_the_order_of_the_rows_changes_nothing(rows: list[tuple[Content, ...]]) -> None:
    assert planned(book(*rows)).digest == planned(book(*sorted(rows, key=lambda row: str(row[0])))).digest


def test_the_workbook_to_fill_in_comes_back_as_it_went() -> None:
    reading: Reading = read_budget(read_book("isian.xlsx", to_fill_in(tree())))
    found = plan({one.code: one for one in tree()}, reading.rows, POSTS, reading.wrong)

    assert found.wrong == ()
    assert (len(found.changes), found.same) == (0, len(tree()))


@given(st.text(max_size=300))
def test_whatever_stands_in_a_csv_is_read_or_refused_in_words(content: str) -> None:
    with suppress(BookRefused):
        found = planned(read_book("a.csv", f"kode;nama;pagu\n{content}".encode()))
        assert all(one.cause for one in found.wrong)
