"""Headings of two and three rows: a column is realisasi because its headings say so, and where they do not, it is asked."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himpun.indicators.figures.mapping.applying import apply, missing
from himpun.indicators.figures.mapping.headings import guess, headings_at, questions
from himpun.indicators.figures.mapping.values import Mapping, MappingUnfit
from himpun.spreadsheets.book import Book, Content, Sheet, address
from himpun.spreadsheets.reading import read_book
from tests.indicators.office_sheets import known

KNOWN = known()
Rows = tuple[tuple[Content, ...], ...]


def book(*rows: tuple[Content, ...], merged: tuple[str, ...] = (), name: str = "IKU 2026") -> Book:
    return Book((Sheet(name, rows, merged),), "xlsx")


def csv(text: str, name: str = "capaian 2026.csv") -> Book:
    return read_book(name, text.encode())


def periods(found: Book) -> dict[int, str]:
    mapping = dated(found)
    assert missing(mapping) == (), missing(mapping)
    return mapping.periods


def dated(found: Book) -> Mapping:
    """The guess; a sheet that names no year is of 2026."""
    mapping = guess(found)
    return replace(mapping, year=mapping.year or 2026)


def values(found: Book) -> dict[str, object]:
    rows, wrong = apply(dated(found), found, KNOWN)
    assert wrong == ()
    return {row.period_code: row.typed if isinstance(row.typed, Decimal) else str(row.typed) for row in rows}


def asks(found: Book) -> str:
    """The question; without an answer nothing is read."""
    with pytest.raises(MappingUnfit, match="Pemetaan belum lengkap"):
        apply(dated(found), found, KNOWN)
    return " ".join(questions(found.sheets[0]))


N = Decimal
T, R, C = "Target", "Realisasi", "Capaian"


class TestQuartersOverTargetAndRealisasi:
    def test_merged_quarters_are_read_with_what_stands_below(self):
        found = book(
            ("Kode", "Indikator", "Triwulan I 2026", None, "Triwulan II 2026"),
            (None, None, T, R, T, R),
            ("IKU-13", None, N(10), N(4), N(20), N(5)),
            merged=("A1:A2", "B1:B2", "C1:D1", "E1:F1"),
        )
        assert values(found) == {"2026-TW1": N(4), "2026-TW2": N(5)}
        assert headings_at(found.sheets[0], 2)[4].name == "Triwulan I 2026 › Realisasi"

    def test_one_quarter_is_enough(self):
        found = book(
            ("Kode", "Indikator", "TW III"), (None, None, T, R, C), ("IKU-13", None, N(10), N(4), N(40)),
            merged=("C1:E1",),
        )  # fmt: skip
        assert values(found) == {"2026-TW3": N(4)}

    def test_merged_cells_that_the_program_trimmed_or_did_not_write_down(self):
        rows = (
            ("Kode", "Indikator", "TW I", None, "TW II"),
            (None, None, T, R, T, R),
            ("IKU-13", None, N(10), N(4), N(20), N(5)),
        )
        for merged in ((), ("C1:D1",), ("C1:D1", "E1:F1")):
            assert values(book(*rows, merged=merged)) == {"2026-TW1": N(4), "2026-TW2": N(5)}

    def test_realisasi_before_target_and_capaian_last(self):
        found = book(
            ("Kode", "TW II", None, None, "TW IV"),
            (None, R, T, "%", R, T, "%"),
            ("IKU-13", N(1), N(2), N(50), N(3), N(4), N(75)),
        )
        assert values(found) == {"2026-TW2": N(1), "2026-TW4": N(3)}

    def test_letters_where_t_and_r_stand_side_by_side(self):
        found = csv("Kode;TW I;;;TW II;;\n;T;R;C;T;R;C\nIKU-13;10;4;40;20;5;25\n")
        assert values(found) == {"2026-TW1": "4", "2026-TW2": "5"}

    @pytest.mark.parametrize("lower", [("K", "Rp"), ("Kinerja", "Anggaran"), ("Realisasi Kinerja", "Realisasi Pagu")])
    def test_the_performance_beside_the_money(self, lower):
        found = book(
            ("Kode", "Realisasi pada Triwulan", None, None, None),
            (None, "I", None, "II", None),
            (None, *lower, *lower),
            ("IKU-13", N(4), N(1_000_000), N(5), N(2_000_000)),
            merged=("A1:A3", "B1:E1", "B2:C2", "D2:E2"),
        )  # fmt: skip
        assert values(found) == {"2026-TW1": N(4), "2026-TW2": N(5)}


class TestOtherOrders:
    def test_target_and_realisasi_over_the_quarters(self):
        found = csv("Kode,Indikator,Target,,Realisasi,,Ket\n,,TW I,TW II,TW I,TW II,\nIKU-13,,10,20,4,5,baik\n")
        assert values(found) == {"2026-TW1": "4", "2026-TW2": "5"}

    def test_three_rows_with_the_year_on_top(self):
        found = book(
            ("Kode", "Tahun 2025", None, None, None, "Tahun 2026"),
            (None, "Semester I", None, "Semester II", None, "Semester I"),
            (None, T, R, T, R, T, R),
            ("IKU-14", N(1), N(2), N(3), N(4), N(5), N(6)),
            name="data",
        )
        assert guess(found).periods == {3: "2025-S1", 5: "2025-S2", 7: "2026-S1"}

    def test_kinerja_and_keuangan_over_the_same_quarters(self):
        found = book(
            ("Kode", "Kinerja", None, None, None, "Keuangan", None, None, None),
            (None, "TW I", None, "TW II", None, "TW I", None, "TW II", None),
            (None, T, R, T, R, T, R, T, R),
            ("IKU-13", *map(N, (10, 4, 20, 5, 900, 800, 700, 600))),
        )
        assert values(found) == {"2026-TW1": N(4), "2026-TW2": N(5)}

    def test_a_row_of_numbers_below_and_a_title_above(self):
        found = book(
            ("PENGUKURAN KINERJA TRIWULAN II TAHUN 2026",),
            ("No", "Indikator", "Kode", "TW I", None, None, "TW II"),
            (None, None, None, T, R, C, T, R, C),
            ("1", "2", "3", "4", "5", "6 = 5/4 x 100", "7", "8", "9=8/7"),
            (N(1), None, "IKU-13", *map(N, (10, 4, 40, 20, 5, 25))),
            merged=("A1:I1",),
        )
        assert values(found) == {"2026-TW1": N(4), "2026-TW2": N(5)}

    def test_notes_and_posts_right_of_the_last_quarter_are_not_under_it(self):
        found = csv(
            "Kode;Triwulan III 2026;;;\n;Target;Realisasi;Unit Kerja;Keterangan\nIKU-13;10;4;seksi-trantib;lancar\n"
        )
        (row,), wrong = apply(guess(found), found, KNOWN)
        assert (wrong, row.typed, row.period_code) == ((), "4", "2026-TW3")
        assert (row.unit, row.note) == ("seksi-trantib", "lancar")

    def test_words_around_the_quarter(self):
        found = csv("Kode;Target TW III (Juli-September);Realisasi TW III (Juli-September)\nIKU-13;10;4\n")
        assert values(found) == {"2026-TW3": "4"}

    def test_one_quarter_in_the_middle_can_be_no_other(self):
        assert values(csv(";;TW III 2026;\nKode;Target;Realisasi;Capaian\nIKU-13;10;4;40\n")) == {"2026-TW3": "4"}


class TestTwoReadingsAreAsked:
    def test_capaian_alone_is_never_taken(self):
        asked = asks(csv("Kode;TW I;;TW II;\n;Target;Capaian;Target;Capaian\nIKU-13;10;4;20;5\n"))
        assert "Tidak ada kolom realisasi" in asked
        assert "C “TW I › Capaian”" in asked

    def test_two_columns_of_one_quarter_without_a_word(self):
        asked = asks(csv("Kode;TW I;;TW II;\n;L;P;L;P\nIKU-13;1;2;3;4\n"))
        assert "Kolom B “TW I › L” dan C “TW I › P” sama periodenya" in asked

    def test_target_over_realisasi(self):
        asked = asks(csv("Kode;Target 2026;;\n;Realisasi TW I;Realisasi TW II;Realisasi TW III\nIKU-13;1;2;3\n"))
        assert "menyebut realisasi dan yang lain sekaligus" in asked

    def test_a_heading_of_both(self):
        assert "sekaligus" in asks(csv("Kode;Target/Realisasi TW I;Target/Realisasi TW II\nIKU-13;1;2\n"))

    @pytest.mark.parametrize(
        ("above", "below"),
        [(";;TW I;;;TW II;", ";Target;Realisasi;Capaian;Target;Realisasi;Capaian"), (";;TW I;;TW II", ";Realisasi;Target;Realisasi;Target")],
    )  # fmt: skip
    def test_a_quarter_that_stands_in_the_middle_of_a_copy(self, above, below):
        found = csv(f"{above}\nKode{below}\nIKU-13;10;4;40;20;5;25\n")
        assert "mungkin juga milik kolom" in asks(found)

    def test_a_year_over_the_columns_and_a_quarter_in_the_title(self):
        found = csv("Triwulan III 2026;;\nKode;Tahun 2026;\n;Target;Realisasi\nIKU-13;10;4\n")
        assert "judul kolomnya menyebut 2026, judul lembarnya 2026-TW3" in asks(found).lower().replace("tw3", "TW3")

    def test_a_quarter_over_the_columns_and_another_in_the_title(self):
        found = csv("Triwulan II 2026;;\nKode;TW III 2026;\n;Target;Realisasi\nIKU-13;10;4\n")
        assert "periode mana angkanya?" in asks(found)

    def test_two_columns_of_one_word(self):
        found = csv("Periode: Triwulan II 2026;;;\nKode;Kabupaten;;Kecamatan;\n;Target;Realisasi;Target;Realisasi\nIKU-13;1;2;3;4\n")  # fmt: skip
        assert "C “Kabupaten › Realisasi” dan E “Kecamatan › Realisasi”: yang mana berisi angkanya?" in asks(found)

    def test_a_row_above_the_last_heading_is_no_heading_row(self):
        found = csv("Kode;TW I;;TW II;\n;Target;Realisasi;Target;Realisasi\nIKU-13;10;4;20;5\n")
        chosen = Mapping("CSV", 1, "lebar", {"kode": 1}, {2: "TW1", 4: "TW2"}, 2026)
        with pytest.raises(MappingUnfit, match="masih ada judul kolom: “Target”, “Realisasi”"):
            apply(chosen, found, KNOWN)


class TestRowsOfTargets:
    def test_a_row_that_says_target_is_not_taken_and_said(self):
        found = csv("Kode;Jenis;TW I;TW II\nIKU-13;Target;10;20\nIKU-13;Realisasi;4;5\nIKU-13;Capaian (%);40;25\n")
        rows, wrong = apply(dated(found), found, KNOWN)
        assert [row.typed for row in rows] == ["4", "5"]
        assert [(one.row, "target atau capaian" in one.cause) for one in wrong] == [(2, True), (4, True)]

    def test_a_variable_that_is_called_a_target_is_a_figure(self):
        indicator = [("PAD-1", "PBB", (("target_pbb", "Target PBB", "penyebut"), ("pbb", "PBB masuk", "pembilang")))]
        found = csv("Kode;Data;2026\nPAD-1;Target PBB;100\nPAD-1;PBB masuk;40\n")
        rows, wrong = apply(guess(found), found, indicator)
        assert ([row.variable for row in rows], wrong) == (["target_pbb", "pbb"], ())


MEASURES = (T, R, C, "%", "Anggaran")
orders = st.lists(st.permutations(MEASURES[:3]) | st.permutations(MEASURES), min_size=1, max_size=4)


class TestAnyOrder:
    """Whatever stands beside it, merged, trimmed or copied: what is taken is the realisasi of its quarter, or nothing."""

    @given(orders, st.booleans(), st.booleans())
    @settings(deadline=None, max_examples=60)
    def test_quarters_over_measures(self, orders: list[list[str]], is_merged: bool, with_notes: bool):
        upper, lower, figures, merged, expected = ["Kode"], [None], ["IKU-13"], [], {}
        for number, order in enumerate(orders, 1):
            first = len(upper) + 1
            upper += [f"TW {['I', 'II', 'III', 'IV'][number - 1]}", *[None] * (len(order) - 1)]
            lower += order
            figures += [N(10 * number + place) for place in range(len(order))]
            expected[f"2026-TW{number}"] = N(10 * number + list(order).index(R))
            merged.append(f"{address(1, first)}:{address(1, first + len(order) - 1)}")
        if with_notes:
            upper, figures = [*upper, "Keterangan"], [*figures, "lancar"]
        found = book(tuple(upper), tuple(lower), tuple(figures), merged=tuple(merged) if is_merged else ())
        assert values(found) == expected

    @given(st.permutations((T, R, C)), st.integers(1, 4), st.booleans())
    @settings(deadline=None, max_examples=60)
    def test_measures_over_quarters(self, order: list[str], quarters: int, is_merged: bool):
        upper, lower, figures, merged, expected = ["Kode"], [None], ["IKU-13"], [], {}
        for place, measure in enumerate(order):
            first = len(upper) + 1
            upper += [measure, *[None] * (quarters - 1)]
            lower += [f"TW {['I', 'II', 'III', 'IV'][number]}" for number in range(quarters)]
            figures += [N(10 * place + number) for number in range(quarters)]
            if measure == R:
                expected = {f"2026-TW{number + 1}": N(10 * place + number) for number in range(quarters)}
            merged.append(f"{address(1, first)}:{address(1, first + quarters - 1)}")
        found = book(
            tuple(upper), tuple(lower), tuple(figures), merged=tuple(merged) if is_merged and quarters > 1 else ()
        )
        assert values(found) == expected
