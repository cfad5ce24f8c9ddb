"""Offices' own sheets: three shapes come in whole, spoiled copies are refused with the cell or the cause."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himpun.errors import Refusal
from himpun.indicators.figures.mapping.applying import apply, missing
from himpun.indicators.figures.mapping.headings import fingerprint, guess, renewed
from himpun.indicators.figures.mapping.values import (
    LONG,
    WIDE,
    FigureRow,
    Mapping,
    MappingUnfit,
    from_json,
    normalised,
    to_json,
)
from himpun.measure.numbers import read_number
from himpun.spreadsheets.book import Book, Content, Sheet, Wrong
from himpun.spreadsheets.reading import read_book
from tests.indicators.office_sheets import CODES, FIRST_FIGURE, SHEETS, SPOILED, figures, known

KNOWN = known()
SHAPES = list(SHEETS)
IKU_13 = "Jumlah patroli ketenteraman dan ketertiban umum terpadu"
LONG_HEAD = ("Kode", "Indikator", "Data", "Periode", "Nilai", "Ket")


def office_book(shape: str) -> Book:
    return read_book(f"{shape}.xlsx", SHEETS[shape]())


def of_rows(*rows: tuple[Content, ...], name: str = "Data", **more: object) -> Book:
    return Book((Sheet(name, tuple(rows), **more),), "xlsx")


def read(*rows: tuple[Content, ...], **changes: object) -> tuple[tuple[FigureRow, ...], tuple[Wrong, ...]]:
    """A long sheet under `LONG_HEAD`, with the mapping guessed and then changed."""
    book = of_rows(LONG_HEAD, *rows)
    return apply(replace(guess(book), **{"year": 2026, **changes}), book, KNOWN)


def told(*rows: tuple[Content, ...], **changes: object) -> Wrong:
    taken, (wrong,) = read(*rows, **changes)
    assert taken == ()
    return wrong


class TestThreeOffices:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_every_figure_comes_in_as_the_example_has_it(self, shape):
        book = office_book(shape)
        rows, wrong = apply(guess(book), book, KNOWN)
        assert wrong == ()
        taken = {
            (row.indicator_code, row.variable, row.period_code): row.typed
            if isinstance(row.typed, Decimal)
            else read_number(row.typed)
            for row in rows
        }
        assert taken == {key: read_number(value) for key, value in figures(*CODES[shape]).items()}
        assert len(rows) == len(taken) >= 12
        assert rows[0].address == FIRST_FIGURE[shape]

    def test_notes_come_along_and_unclear_numbers_say_how_they_were_read(self):
        rows, _ = apply(guess(office_book("panjang")), office_book("panjang"), KNOWN)
        assert [row.note for row in rows[:3]] == ["", "data sementara", ""]
        rows, _ = apply(guess(office_book("triwulanan")), office_book("triwulanan"), KNOWN)
        doubts = {row.typed: row.doubt for row in rows if row.doubt}
        assert doubts["10.674"] == "Titik dibaca sebagai pemisah ribuan; bila maksudnya pecahan, tulis 10,674."
        assert "8.639,00" not in doubts

    def test_the_guess_says_what_it_saw(self):
        long, month, quarter = (guess(office_book(shape)) for shape in SHAPES)
        assert (long.shape, long.header_row, long.columns["nilai"]) == (LONG, 4, 6)
        assert (month.shape, month.year, month.carry, month.blanks) == (WIDE, 2026, True, ("-",))
        assert month.periods == {4 + number: f"{number:02d}" for number in range(1, 13)}
        assert quarter.periods == {8: "TW1", 9: "TW2", 10: "TW3", 11: "TW4"}, "the targets beside them are no actuals"
        assert quarter.others == ("Petunjuk",)
        assert [missing(each) for each in (long, month, quarter)] == [(), (), ()]


class TestSpoiledCopies:
    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize(
        ("spoiled", "cause"),
        [
            ("salah-jenis", "“dua belas” bukan angka"),
            ("tanggal", "menjadi tanggal"),
            ("persen", "berformat persen"),
            ("sel-gabung", "digabungkan"),
            ("rumus", "Ada rumus di sel ini"),
            ("galat", "Ada rumus di sel ini"),
        ],
    )
    def test_a_wrong_cell_is_told_with_its_place(self, shape, spoiled, cause):
        book = read_book("salinan.xlsx", SPOILED[spoiled](shape))
        rows, wrong = apply(guess(office_book(shape)), book, KNOWN)
        assert len(wrong) == 1
        assert f"({FIRST_FIGURE[shape]})" in wrong[0].column
        assert cause in wrong[0].cause
        assert wrong[0].sheet == book.sheets[0].name
        assert FIRST_FIGURE[shape] not in [row.address for row in rows]

    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize(
        ("spoiled", "cause"),
        [
            ("lembar-tambahan", "Ada lembar “Coretan” yang tidak dikenal"),
            ("baris-kosong", "lebih dari 100.000 baris"),
            ("makro", "mengandung makro"),
            ("bom-zip", "bom zip"),
        ],
    )
    def test_a_wrong_file_is_refused_with_the_cause(self, shape, spoiled, cause):
        mapping = guess(office_book(shape))
        with pytest.raises(Refusal, match=cause):
            apply(mapping, read_book("salinan.xlsx", SPOILED[spoiled](shape)), KNOWN)


class TestNames:
    @pytest.mark.parametrize(
        ("code", "name"),
        [("IKU-13", IKU_13), ("iku-13", ""), ("", IKU_13.upper()), ("", f"IKU-13  {IKU_13}"), ("IKU 13", "Jumlah patroli ketertiban umum terpadu")],
    )  # fmt: skip
    def test_the_same_but_for_case_spaces_and_marks_is_the_same(self, code, name):
        rows, wrong = read((code or None, name or None, None, "TW I", Decimal(10)))
        assert wrong == ()
        assert rows == (FigureRow(2, 5, "IKU-13", "patroli", "2026-TW1", Decimal(10)),)

    @pytest.mark.parametrize(
        ("row", "cell", "cause"),
        [
            ((None, "Jumlah patroli ketenteraman dan ketertiban", None, "TW I", 1), "Indikator (B2)", f"Mungkin maksudnya IKU-13 “{IKU_13}”"),
            ((None, "Panjang jalan mantap", None, "TW I", 1), "Indikator (B2)", "tidak ada dalam kamus"),
            (("IKU-99", None, None, "TW I", 1), "Kode (A2)", "Kode “IKU-99” tidak ada dalam kamus"),
            (("IKU-10", IKU_13, None, "TW I", 1), "Indikator (B2)", "tidak sejalan; nama ini milik IKU-13"),
            (("IKU-10", "Kunjungan wisata", None, "TW I", 1), "Indikator (B2)", "bukan nama IKU-10"),
            ((None, None, None, "TW I", 1), "Kode (A2)", "Indikatornya kosong"),
            (("IKU-01", None, None, "TW I", 1), "Data (C2)", "lebih dari satu data"),
            (("IKU-01", None, "Seluruh desa di wilayah", "TW I", 1), "Data (C2)", "Mungkin maksudnya “Seluruh desa di wilayah kecamatan”"),
            ((None, "JUMLAH", None, "TW I", 1), "Indikator (B2)", "Baris jumlah tidak diambil"),
            ((None, None, "Total", "TW I", 1), "Data (C2)", "Baris jumlah tidak diambil"),
            (("IKU-13", None, "Total", "TW I", 1), "Data (C2)", "Baris jumlah tidak diambil"),
            (("IKU-13", None, None, "entah", 1), "Periode (D2)", "Periodenya tidak dapat dibaca"),
            (("IKU-13", None, None, None, 1), "Periode (D2)", "Periodenya tidak dapat dibaca"),
            (("IKU-13", None, None, "Triwulan V", 1), "Periode (D2)", "Periodenya tidak dapat dibaca"),
            (("IKU-13", None, None, "TW I", True), "Nilai (E2)", "benar/salah"),
            (("IKU-13", None, None, "TW I", "#REF!"), "Nilai (E2)", "kesalahan Excel"),
        ],
    )  # fmt: skip
    def test_nothing_is_taken_by_resemblance(self, row, cell, cause):
        wrong = told(tuple(Decimal(1) if each == 1 and each is not True else each for each in row))
        assert wrong.column == cell
        assert cause in wrong.cause

    def test_two_indicators_of_one_name_need_the_code(self):
        twice = [*KNOWN, KNOWN[-1]._replace(code="IKU-77")]
        book = of_rows(LONG_HEAD, (None, KNOWN[-1].name, "Usulan lengkap yang diterima", "2026-S1", Decimal(1)))
        _, (wrong,) = apply(guess(book), book, twice)
        assert "beberapa indikator (IKU-14, IKU-77). Tulis kodenya" in wrong.cause

    def test_a_figure_given_twice_is_told_with_the_first_cell(self):
        row = ("IKU-13", None, None, "TW I", Decimal(10))
        rows, (wrong,) = read(row, row)
        assert len(rows) == 1
        assert "sudah ada di sel E2" in wrong.cause

    def test_a_kind_names_the_variable_when_there_is_one_of_it(self):
        rows, wrong = read(("IKU-01", None, "Penyebut", "TW I", Decimal(9)))
        assert (rows[0].variable, wrong) == ("desa_seluruhnya", ())

    def test_rows_without_figures_say_nothing(self):
        assert read(("IKU-99", "Sasaran 1", None, None, None), (None, "Mengetahui,", None, None, None)) == ((), ())

    def test_blank_is_not_zero_and_zero_is_not_blank(self):
        rows, wrong = read(("IKU-13", None, None, "TW I", None), ("IKU-13", None, None, "TW II", Decimal(0)))
        assert ([row.typed for row in rows], wrong) == ([Decimal(0)], ())

    def test_a_sign_for_no_data_is_blank_only_where_the_mapping_says_so(self):
        row = ("IKU-01", None, "Seluruh desa di wilayah kecamatan", "TW I", "-")
        assert read(row) == ((), ())
        assert "bukan angka" in told(row, blanks=()).cause

    def test_a_merged_name_is_told_once(self):
        rows = (
            LONG_HEAD,
            ("IKU-01", None, "Pembilang", "TW I", Decimal(4)),
            (None, None, "Penyebut", "TW I", Decimal(9)),
        )
        book = of_rows(*rows, merged=("A2:A3",))
        taken, (wrong,) = apply(replace(guess(book), year=2026), book, KNOWN)
        assert taken == ()
        assert (wrong.column, "Sel A2:A3 digabungkan" in wrong.cause) == ("Kode (A2)", True)

    def test_a_blank_name_is_the_one_above_only_when_the_mapping_carries(self):
        rows = (("IKU-01", None, "Pembilang", "TW I", Decimal(4)), (None, None, "Penyebut", "TW I", Decimal(9)))
        assert [row.variable for row in read(*rows)[0]] == ["desa_baik", "desa_seluruhnya"], "guessed from the gap"
        taken, (wrong,) = read(*rows, carry=False)
        assert len(taken) == 1
        assert "Indikatornya kosong" in wrong.cause


class TestPeriods:
    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ("2026-TW3", "2026-TW3"), ("Triwulan III 2026", "2026-TW3"), ("TW III", "2026-TW3"), ("tw3", "2026-TW3"),
            ("TW. III Tahun 2025", "2025-TW3"), ("Realisasi TW 3", "2026-TW3"), ("s.d. Triwulan III", "2026-TW3"),
            ("Agustus", "2026-08"), ("Agt 2025", "2025-08"), ("Bulan Agustus 2026", "2026-08"), ("Nopember", "2026-11"),
            (date(2026, 8, 1), "2026-08"), ("Semester II", "2026-S2"), ("Smt 1 2026", "2026-S1"), (Decimal(2026), "2026"),
            ("Tahun 2025", "2025"), ("2026-08", "2026-08"),
        ],
    )  # fmt: skip
    def test_periods_are_read_as_offices_write_them(self, written, code):
        rows, wrong = read(("IKU-13", None, None, written, Decimal(1)))
        assert wrong == ()
        assert rows[0].period_code == code

    @pytest.mark.parametrize(
        "written",
        [
            "TW",
            "Semester III",
            "Agustusan",
            date(2026, 8, 17),
            "08/2026 dan 09/2026",
            "Triwulan III dan IV",
            Decimal(3),
        ],
    )
    def test_anything_else_is_told(self, written):
        assert "Tulis seperti Triwulan III 2026" in told(("IKU-13", None, None, written, Decimal(1))).cause

    @pytest.mark.parametrize(
        ("heading", "written", "code"),
        [("Triwulan", "III", "2026-TW3"), ("Bulan", Decimal(8), "2026-08"), ("Semester", "2", "2026-S2")],
    )
    def test_a_number_below_a_heading_that_says_what_it_counts(self, heading, written, code):
        book = of_rows(("Kode", heading, "Tahun", "Realisasi"), ("IKU-13", written, Decimal(2026), Decimal(5)))
        rows, wrong = apply(guess(book), book, KNOWN)
        assert ([row.period_code for row in rows], wrong) == ([code], ())

    def test_without_any_year_nothing_is_taken(self):
        assert "Tahunnya tidak tertulis" in told(("IKU-13", None, None, "TW I", Decimal(1)), year=None).cause

    def test_one_period_of_the_title_is_that_of_all_rows(self):
        book = of_rows(
            ("Periode : Triwulan II Tahun 2026",), ("Kode", "Data", "Realisasi"), ("IKU-13", None, Decimal(5))
        )
        mapping = guess(book)
        assert (mapping.period, missing(mapping)) == ("2026-TW2", ())
        assert apply(mapping, book, KNOWN)[0][0].period_code == "2026-TW2"
        assert "periode" in missing(replace(mapping, period=""))[0]

    def test_columns_of_several_years_keep_their_own(self):
        book = of_rows(("Kode", "2025", Decimal(2026)), ("IKU-13", Decimal(40), Decimal(5)))
        rows, wrong = apply(guess(book), book, KNOWN)
        assert ([(row.period_code, row.typed) for row in rows], wrong) == (
            [("2025", Decimal(40)), ("2026", Decimal(5))],
            (),
        )

    def test_two_columns_that_read_alike_are_not_guessed(self):
        book = of_rows(
            ("Tahun 2026",), ("Kode", "TW I", "TW II", "TW I", "TW II"), ("IKU-13", *map(Decimal, (10, 20, 4, 5)))
        )
        mapping = guess(book)
        assert mapping.periods == {}
        with pytest.raises(MappingUnfit, match="kolom setiap periode"):
            apply(mapping, book, KNOWN)


class TestRemembering:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_a_mapping_goes_through_json_unchanged(self, shape):
        mapping = guess(office_book(shape))
        assert from_json(json.loads(json.dumps(to_json(mapping)))) == mapping

    @pytest.mark.parametrize(
        "kept",
        [
            {},
            {"sheet": "a"},
            {"columns": 3},
            {"sheet": "a", "header_row": 1, "shape": "bulat", "columns": {}},
            {"sheet": "a", "header_row": 1, "shape": LONG, "columns": {"apa": 1}},
            {"sheet": "a", "header_row": 1, "shape": LONG, "columns": {"nilai": None}},
            {"sheet": "a", "header_row": "1", "shape": LONG, "columns": {}},
            {"periods": {"x": "1"}},
        ],
    )
    def test_what_is_no_mapping_is_refused(self, kept):
        with pytest.raises(MappingUnfit):
            from_json(kept)

    def test_the_fingerprint_is_that_of_the_headings_not_of_the_figures(self):
        first, second, other = (
            of_rows(("Realisasi 2026",), ("Kode", "Jan", "Feb"), ("IKU-13", Decimal(1), None)),
            of_rows(
                ("Realisasi 2027",), ("KODE", "Jan", "Feb"), ("IKU-10", None, Decimal(7)), ("IKU-13", None, Decimal(7))
            ),
            of_rows(("Realisasi 2026",), ("Kode", "Feb", "Jan"), ("IKU-13", Decimal(1), None)),
        )
        prints = [fingerprint(book.sheets[0]) for book in (first, second, other)]
        assert prints[0] == prints[1] != prints[2]

    def test_next_year_the_same_mapping_reads_the_new_year(self):
        def of(year: int) -> Book:
            return of_rows((f"Tahun {year}",), ("Kode", "Jan", "Feb"), ("IKU-13", Decimal(1), Decimal(2)))

        mapping = guess(of(2026))
        with pytest.raises(MappingUnfit, match="menyebut tahun 2027, sedangkan pemetaannya untuk 2026"):
            apply(mapping, of(2027), KNOWN)
        rows, _ = apply(renewed(mapping, of(2027)), of(2027), KNOWN)
        assert [row.period_code for row in rows] == ["2027-01", "2027-02"]

    def test_a_period_in_the_title_that_is_not_the_mappings_is_refused(self):
        def of(quarter: str) -> Book:
            return of_rows(
                (f"Triwulan {quarter} Tahun 2026",), ("Kode", "Data", "Realisasi"), ("IKU-13", None, Decimal(5))
            )

        mapping = guess(of("II"))
        with pytest.raises(MappingUnfit, match="menyebut periode 2026-TW3"):
            apply(mapping, of("III"), KNOWN)
        assert apply(renewed(mapping, of("III")), of("III"), KNOWN)[0][0].period_code == "2026-TW3"

    def test_a_renamed_sheet_is_found_by_its_headings(self):
        rows = (LONG_HEAD, ("IKU-13", None, None, "2026-TW1", Decimal(10)))
        mapping = guess(of_rows(*rows, name="Juni"))
        assert len(apply(mapping, of_rows(*rows, name="Juli"), KNOWN)[0]) == 1

    def test_changed_headings_and_a_missing_sheet_are_refused(self):
        mapping = guess(of_rows(LONG_HEAD, ("IKU-13", None, None, "2026-TW1", Decimal(10))))
        moved = ("Kode", "Indikator", "Data", "Nilai", "Periode", "Ket")
        with pytest.raises(MappingUnfit, match="tidak sama dengan saat pemetaan dibuat"):
            apply(mapping, of_rows(moved, ("IKU-13", None, None, Decimal(10), "2026-TW1")), KNOWN)
        with pytest.raises(MappingUnfit, match="Lembar “Data” tidak ada"):
            apply(mapping, of_rows(moved, name="Lain"), KNOWN)

    def test_a_column_may_be_named_by_its_heading(self):
        book = of_rows(("Kode", "Waktu", "Hasil akhir"), ("IKU-13", "2026-TW1", Decimal(10)))
        mapping = Mapping("Data", 1, LONG, {"kode": "kode", "periode": "Waktu", "nilai": "HASIL AKHIR"})
        assert len(apply(mapping, book, KNOWN)[0]) == 1
        with pytest.raises(MappingUnfit, match="Kolom “Hasil” tidak ada"):
            apply(replace(mapping, columns=mapping.columns | {"nilai": "Hasil"}), book, KNOWN)

    def test_a_book_without_headings_is_refused_with_advice(self):
        with pytest.raises(MappingUnfit, match="Beri judul kolom"):
            guess(of_rows((Decimal(1), Decimal(2))))

    def test_a_hidden_sheet_is_not_the_one_that_is_guessed(self):
        rows = (LONG_HEAD, ("IKU-13", None, None, "2026-TW1", Decimal(10)))
        book = Book((Sheet("Lama", rows, hidden=True), Sheet("Baru", rows)), "xlsx")
        assert (guess(book).sheet, guess(book).others) == ("Baru", ("Lama",))


VARIABLES = [(each.code, variable[0], variable[1]) for each in KNOWN for variable in each.variables]
places = st.tuples(st.sampled_from(VARIABLES), st.integers(1, 12))
some_figures = st.dictionaries(places, st.decimals(-(10**6), 10**6, places=2), min_size=1, max_size=25)
contents = st.none() | st.text(max_size=12) | st.sampled_from(["Kode", "Indikator", "Jan", "Feb", "TW I", "Nilai", "IKU-13", "Jumlah", "-"]) | st.decimals(
    allow_nan=False, allow_infinity=False, min_value=-5000, max_value=5000, places=2
) | st.booleans() | st.dates()  # fmt: skip


class TestAnySheet:
    @given(some_figures, st.randoms())
    @settings(deadline=None, max_examples=50)
    def test_long_and_wide_give_the_same_figures_in_any_order_of_rows(self, some, random):
        long = [(code, None, label, f"2026-{month:02d}", value) for ((code, _, label), month), value in some.items()]
        wide = [
            (code, label, *(some.get(((code, name, label), month)) for month in range(1, 13)))
            for code, name, label in {place for place, _ in some}
        ]
        random.shuffle(long)
        random.shuffle(wide)
        months = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
        books = of_rows(LONG_HEAD, *long), of_rows(("Tahun 2026",), ("Kode", "Data", *months), *wide)
        expected = {(code, name, f"2026-{month:02d}", value) for ((code, name, _), month), value in some.items()}
        for book in books:
            rows, wrong = apply(guess(book), book, KNOWN)
            assert wrong == ()
            assert {(row.indicator_code, row.variable, row.period_code, row.typed) for row in rows} == expected

    @given(st.lists(st.lists(contents, max_size=6).map(tuple), max_size=8))
    @settings(deadline=None, max_examples=150)
    def test_any_sheet_gives_figures_and_causes_or_a_refusal(self, cells):
        book = of_rows(*cells)
        with suppress(MappingUnfit):
            mapping = guess(book)
            assert from_json(to_json(mapping)) == mapping
            rows, wrong = apply(mapping, book, KNOWN)
            refused = {each.column.rpartition("(")[2].rstrip(")") for each in wrong}
            assert {row.address for row in rows}.isdisjoint(refused)

    @given(st.text(max_size=30))
    def test_normalising_twice_is_normalising_once(self, text):
        assert normalised(normalised(text)) == normalised(text)


class TestColumns:
    """How a column writes its numbers is read from all its rows before any is taken."""

    @staticmethod
    def read(*figures: str):
        codes = [f"IKU-{number:02d}" for number in range(1, len(figures) + 1)]
        rows = (("Kode", "Nilai"), *zip(codes, figures, strict=True))
        mapping = Mapping("A", 1, "panjang", {"kode": 1, "nilai": 2}, period="2026-TW1")
        known = [(code, code, (("a", "A", "pembilang"),)) for code in codes]
        return apply(mapping, Book((Sheet("A", rows),), "csv"), known)

    def test_english_thousands_are_read_where_the_column_says_so(self):
        rows, wrong = self.read("2,345,678", "1,254", "91.55")
        assert [row.value for row in rows] == [2345678, 1254, Decimal("91.55")]
        assert wrong == ()
        assert "kolomnya memakai koma untuk ribuan" in rows[1].doubt

    def test_a_doubtful_number_in_a_column_that_contradicts_itself_is_not_taken(self):
        rows, wrong = self.read("71,98", "83.18", "1.417", "12.500")
        assert [row.value for row in rows] == [Decimal("71.98"), Decimal("83.18")]
        assert [one.row for one in wrong] == [4, 5]
        assert "kolomnya memakai dua cara menulis angka (“71,98” dan “83.18”)" in wrong[0].cause
