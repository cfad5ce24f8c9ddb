"""A published capaian is found again by the formula that made it; what cannot be is said, and why."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.measure.numbers import round_half_up, write_number
from himpun.measure.published.check import (
    CAPS,
    Checked,
    PublishedRow,
    Verdict,
    as_record,
    changing_formulas,
    check,
    counts,
)
from himpun.measure.published.direction import direction
from himpun.measure.scoring.achievement import achievement
from himpun.measure.scoring.values import Polarity
from himpun.spreadsheets.book import Content

D = Decimal
A, B, RT = "(2T−R)/T×100", "T/R×100", "R/T×100"


def row(
    target: Content = None,
    actual: Content = None,
    published: Content = None,
    polarity: str = "",
    name: str = "Indikator contoh",
    number: int = 2,
    year: str = "",
) -> PublishedRow:
    return PublishedRow(number, name, target, actual, published, polarity, year)


def one(*cells: Content, polarity: str = "", name: str = "Indikator contoh") -> Checked:
    (found,) = check([row(*cells, polarity=polarity, name=name)])
    return found


def judged(found: Checked) -> tuple[str, str]:
    return str(found.verdict), found.formula


# --- formulas and bounds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "actual", "published", "polarity", "formula", "recomputed"),
    [
        ("12", "13", "91,67", "negatif", A, 91.67),
        ("12", "13", "92,31", "negatif", B, 92.31),
        ("12", "13", "92,31", "negatif-b", B, 92.31),
        ("12", "10", "116,67", "negatif", A, 116.67),
        ("12", "10", "120", "negatif", B, 120),
        ("12", "0", "200", "negatif", A, 200),
        ("12", "24", "0", "negatif", A, 0),
        ("12", "24", "50", "negatif", B, 50),
        ("12", "30", "-50", "negatif", A, -50),
        ("12", "30", "0", "negatif", f"{A}, dibatasi 0", -50),
        ("12", "30", "40", "negatif", B, 40),
        ("0", "0", "100", "negatif", A, 100),
        ("84,75", "88,95", "104,96", "", RT, 104.96),
        ("70", "66,67", "95,24", "", RT, 95.24),
        ("55,56", "55,56", "100", "", RT, 100),
        ("WTP", "WDP", "75", "", "predikat", 75),
        ("A", "A", "100", "", "predikat", 100),
        ("BB", "A", "120", "", "predikat", 120),
        ("A", "BB", "83,33", "", "predikat", 83.33),
        ("2,60–3,50", "3,1", "100", "", "rentang", 100),
        ("2,60–3,50", "3,85", "90", "range", "rentang", 90),
        ("2,60–3,50", "2,34", "90", "range", "rentang", 90),
        ("10", "12", "80", "stabil", "stabil", 80),
        ("10", "8", "80", "stabil", "stabil", 80),
    ],
)
def test_the_oracles_of_the_field_are_found_again(target, actual, published, polarity, formula, recomputed):
    found = one(target, actual, published, polarity=polarity)

    assert judged(found) == ("cocok", formula)
    assert as_record(found)["recomputed"] == recomputed


def test_a_figure_from_an_unrounded_realisasi_matches_within_rounding_and_the_message_shows_which():
    found = one("70", "66,7", "95,24")

    assert judged(found) == ("cocok-dalam-pembulatan", RT)
    assert as_record(found)["recomputed"] == 95.29
    assert "Cocok bila realisasi sebelum dibulatkan kira-kira 66,67" in found.message


@pytest.mark.parametrize(("target", "actual"), [("0", "5"), ("0", "0"), ("-1,5", "2"), ("-1,5", "-2")])
def test_a_target_of_zero_or_below_is_no_hundred_and_no_zero(target, actual):
    found = one(target, actual, "100", polarity="positif")

    assert judged(found) == ("tidak-dapat-dihitung", "")
    assert found.recomputed is None
    assert "Angka terbit 100 tidak dapat diperiksa" in found.message


# --- polarity ---------------------------------------------------------------------------------------------------------


def test_a_stated_polarity_that_the_figure_contradicts_is_named():
    found = one("12", "13", "108,33", polarity="negatif")

    assert judged(found) == ("polaritas-keliru", RT)
    assert as_record(found)["recomputed"] == 91.67
    assert "Kegagalan tercetak sebagai keberhasilan" in found.message


def test_a_rise_of_what_should_fall_is_a_wrong_polarity_without_any_being_stated():
    assert judged(one("10", "12", "120", name="Angka Kemiskinan")) == ("polaritas-keliru", RT)
    assert judged(one("10", "12", "80", name="Angka Kemiskinan")) == ("cocok", A)
    assert judged(one("80", "75", "106,25", name="Indeks Kepuasan Masyarakat")) == ("polaritas-keliru", A)


def test_a_negative_polarity_is_inferred_only_from_an_uncapped_figure_and_is_said():
    inferred = one("80", "75", "106,25")
    assert judged(inferred) == ("cocok", A)
    assert "disimpulkan makin kecil makin baik" in inferred.message

    assert judged(one("12", "10", "100")) == ("tidak-cocok", "")
    assert judged(one("12", "10", "100", polarity="positif")) == ("tidak-cocok", "")


def test_where_target_and_realisasi_are_equal_the_positive_formula_is_named():
    assert judged(one("5", "5", "100")) == ("cocok", RT)


@pytest.mark.parametrize(
    ("target", "printed"), [("≤ 5", "80"), ("maks 5", "80"), ("< 5", "80,0"), ("paling lama 5", "80")]
)
def test_at_most_in_the_target_says_which_way_is_better(target, printed):
    assert judged(one(target, "4", printed)) == ("polaritas-keliru", RT)
    assert judged(one(target, "4", "120")) == ("cocok", A)


@pytest.mark.parametrize("target", ["≥ 75", "> 75", "min 75", "minimal 75", ">= 75%"])
def test_at_least_in_the_target_is_a_number(target):
    assert judged(one(target, "80", "106,67")) == ("cocok", RT)


def test_the_exact_negative_formula_that_is_stated_must_be_the_one():
    found = one("12", "13", "92,31", polarity="negatif-a")
    assert judged(found) == ("tidak-cocok", "")
    assert "Rumus T/R×100 menghasilkannya" in found.message


def test_an_unknown_polarity_is_said_and_not_used():
    found = one("80", "75", "93,75", polarity="kuning")
    assert judged(found) == ("cocok", RT)
    assert "Polaritas “kuning” tidak dikenal" in found.message


def test_a_dash_for_polarity_is_a_blank_unless_the_column_says_plus():
    dash = row("10", "12", "120", "-")
    assert check([dash])[0].verdict is Verdict.MATCHES
    assert check([dash, row("1", "1", "100", "+")])[0].verdict is Verdict.WRONG_POLARITY


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Tingkat Pengangguran Terbuka", Polarity.NEGATIVE_A),
        ("Prevalensi stunting", Polarity.NEGATIVE_A),
        ("Rata-rata waktu penyelesaian izin", Polarity.NEGATIVE_A),
        ("Temuan Inspektorat yang belum ditindaklanjuti", Polarity.NEGATIVE_A),
        ("Persentase temuan yang ditindaklanjuti", None),
        ("Persentase penurunan angka kemiskinan", None),
        ("Cakupan layanan penanganan stunting", None),
        ("Rata-rata lama sekolah", Polarity.POSITIVE),
        ("Persentase laporan tepat waktu", Polarity.POSITIVE),
        ("Jumlah dokumen", None),
    ],
)
def test_a_name_says_which_way_is_better_only_where_it_is_plain(name, expected):
    assert direction(name) == expected


# --- rounding and caps ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("published", "formula"),
    [
        ("93,75", RT),
        ("93,8", f"{RT}, dibulatkan"),
        ("94", f"{RT}, dibulatkan"),
        ("93,7", f"{RT}, dipotong"),
        ("93", f"{RT}, dipotong"),
        ("93,75 %", RT),
        ("93,750", RT),
    ],
)
def test_the_printed_precision_is_the_one_that_counts(published, formula):
    assert judged(one("80", "75", published)) == ("cocok", formula)


@pytest.mark.parametrize("published", ["93,74", "93,76", "95", "92", "937,5"])
def test_another_figure_at_its_own_precision_does_not_match(published):
    assert one("80", "75", published).verdict is Verdict.DIFFERS


@pytest.mark.parametrize("cap", CAPS)
def test_a_figure_may_stop_at_a_cap_but_not_below_the_cap(cap):
    assert judged(one("10", "20", str(cap))) == ("cocok", f"{RT}, dibatasi {cap}")
    assert one("10", "7", str(cap)).verdict is Verdict.DIFFERS
    assert one("10", "20", str(cap - 1)).verdict is Verdict.DIFFERS


def test_a_miss_that_is_rounded_to_a_hundred_is_pointed_at():
    assert "targetnya belum tercapai" in one("1000", "996", "100").message


def test_a_ratio_where_a_percentage_should_be_is_not_taken_silently():
    found = one("100", "95", "0,95")
    assert found.verdict is Verdict.DIFFERS
    assert "rasio, bukan persen (95%)" in found.message


# --- numbers of both habits -------------------------------------------------------------------------------------------


def test_both_habits_in_one_table_are_read_and_the_guesses_are_named():
    table = [row("83.18", "71,98", "86,54"), row("1.417", "1.500", "105,86"), row("1.417", "1,5", "105.86")]
    first, second, third = check(table)

    assert [each.verdict for each in (first, second, third)] == [Verdict.MATCHES] * 3
    assert "Tebakan: “83.18” dibaca sebagai 83,18" in first.message
    assert "“71,98”" not in first.message
    assert "“1.417” dibaca sebagai 1.417 (titik sebagai tanda ribuan); bacaan lain 1,417" in second.message
    assert "“1.417” dibaca sebagai 1,417 (titik sebagai tanda desimal); bacaan lain 1.417" in third.message


def test_english_thousands_are_said_as_what_they_are():
    assert (
        "“1,300,000” dibaca sebagai 1.300.000 (koma sebagai tanda ribuan)"
        in one("1.250.000", "1,300,000", "104").message
    )


def test_a_count_is_never_said_to_have_been_rounded():
    assert "sebelum dibulatkan" not in one("9", "4", "45,5").message


def test_the_column_decides_where_the_row_cannot():
    alone, _ = check([row("1.417", "1.417", "100"), row("5", "5", "100")])
    assert "dibaca sebagai 1.417 (titik sebagai tanda ribuan)" in alone.message

    english, _ = check([row("1.417", "1.417", "100"), row("83.18", "83.18", "100")])
    assert "dibaca sebagai 1,417 (titik sebagai tanda desimal)" in english.message


def test_a_number_of_excel_is_exact_and_no_guess():
    found = one(D("84.75"), D("88.95"), D("104.95575221238938"))
    assert judged(found) == ("cocok", RT)
    assert "Tebakan" not in found.message
    assert judged(one(D("1.417"), D("1.5"), D("105.86"))) == ("cocok", RT)


def test_a_percent_of_excel_is_a_percent():
    (found,) = check(
        [
            PublishedRow(
                2, "x", D("0.8475"), D("0.8895"), D("1.0496"), percents=frozenset({"target", "actual", "published"})
            )
        ]
    )
    assert judged(found) == ("cocok", RT)
    assert (found.target, found.published) == ("84,75%", "104,96%")


# --- what offices write instead of numbers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "actual", "cause"),
    [
        ("< inflasi nasional", "2,5", "“< inflasi nasional” bukan angka"),
        ("meningkat", "5", "“meningkat” bukan angka"),
        ("", "5", "Target kosong"),
        ("5", "-", "Realisasi kosong"),
        ("5", "n/a", "Realisasi kosong"),
        ("5", "#DIV/0!", "galat Excel"),
        ("BB", "72,5", "tidak sejenis"),
        ("WTP", "BB", "tidak ada dalam satu tabel"),
        ("Sangat Baik", "Baik", "tidak ada dalam satu tabel"),
        ("12 bulan", "1 tahun", "Satuan target (bulan) dan realisasi (tahun) berbeda"),
        ("5-3", "4", "bukan angka"),
        ("5", "3-4", "berupa rentang"),
        ("5", "> 4", "batas, bukan angka"),
        (date(2024, 4, 3), "4", "tanggal"),
        (True, "4", "bukan angka"),
    ],
)  # fmt: skip
def test_what_no_formula_compares_has_its_reason_and_names_the_figure(target, actual, cause):
    found = one(target, actual, "97,5")

    assert judged(found) == ("tidak-dapat-dihitung", "")
    assert cause in found.message
    assert "Angka terbit 97,5 tidak dapat diperiksa" in found.message


@pytest.mark.parametrize(
    ("target", "actual", "published"),
    [
        ("88/100.000", "90/100.000", "102,27"),
        ("88 per 100.000 KH", "90", "102,27"),
        ("5 dokumen", "4 dokumen", "80"),
        ("Rp 1.000.000,-", "Rp1.250.000", "125"),
        ("1,2 miliar", "1.500 juta", "125"),
        ("Opini WTP", "Wajar Dengan Pengecualian", "75"),
        ("BB (70,01)", "BB (72,35)", "100"),
        ("BB (70,00)", "BB (77,00)", "110"),
        ("Baik", "Baik", "100"),
        ("2.60 - 3.50", "3.1", "100"),
        ("2,60% s.d. 3,50%", "3,1%", "100"),
        ("3±1%", "4", "100"),
        ("4 dari 9 desa", "4 dari 9 desa", "100"),
        ("50%", "4/9", "88,89"),
        ("100%", "95% (tercapai)", "95"),
    ],
)
def test_ratios_bands_grades_and_units_are_compared(target, actual, published):
    found = one(target, actual, published)
    assert found.verdict is Verdict.MATCHES, found.message


@pytest.mark.parametrize("published", [None, "", " ", "-", "n/a", "Tercapai", "#DIV/0!", ">100"])
def test_without_a_printed_figure_the_hitungan_stands_alone(published):
    found = one("80", "75", published)

    assert judged(found) == ("tanpa-angka-terbit", "")
    assert found.recomputed == Fraction(375, 4)
    assert one("x", "75", published).recomputed is None


def test_above_a_band_only_a_stated_positive_polarity_makes_it_a_surplus():
    assert judged(one("2,60–3,50", "3,85", "110", polarity="positif")) == ("cocok", "rentang")
    assert judged(one("2,60–3,50", "3,85", "110", polarity="range")) == ("polaritas-keliru", "rentang")
    assert judged(one("2,60–3,50", "3,85", "110", name="Laju pertumbuhan ekonomi")) == ("cocok", "rentang")
    assert judged(one("2,60–3,50", "3,85", "110", name="Laju inflasi")) == ("polaritas-keliru", "rentang")
    assert as_record(one("2,60–3,50", "2,34", "99", name="Laju inflasi"))["recomputed"] == 90


def test_several_indicators_in_one_cell_are_checked_one_by_one_and_the_worst_counts():
    good = one("a. 5\nb. 6", "a. 5\nb. 3", "a. 100\nb. 50", name="a. Satu\nb. Dua")
    assert judged(good) == ("cocok", RT)
    assert "(Satu) Cocok" in good.message
    assert "(Dua) Cocok" in good.message

    bad = one("5; 6", "5; 3", "100; 60")
    assert bad.verdict is Verdict.DIFFERS
    assert "(bagian 2) Tidak cocok" in bad.message

    uneven = one("5\n6", "5\n3", "75")
    assert uneven.verdict is Verdict.NOT_COMPUTABLE
    assert "target 2, realisasi 2, capaian 1" in uneven.message


def test_a_unit_on_a_line_of_its_own_is_no_second_indicator():
    assert judged(one("12\nDokumen", "12\nDokumen", "100\n%")) == ("cocok", RT)


def test_a_formula_that_changes_from_year_to_year_is_pointed_at():
    table = [row("10", "12", "120", number=2, year="2023"), row("10", "12", "80", number=3, year="2024")]
    assert changing_formulas(check(table)) == [
        "“Indikator contoh” dihitung dengan rumus yang berganti: (2T−R)/T×100 (baris 3, 2024); R/T×100 (baris 2, 2023). "
        "Samakan rumusnya, atau jelaskan mengapa berganti."
    ]
    assert changing_formulas(check(table[:1])) == []


def test_the_summary_names_all_six_verdicts():
    found = check([row("80", "75", "93,75"), row("80", "75", "90"), row("0", "5", "0"), row("80", "75", None)])
    assert {str(verdict): number for verdict, number in counts(found).items()} == {
        "cocok": 1,
        "cocok-dalam-pembulatan": 0,
        "tidak-cocok": 1,
        "polaritas-keliru": 0,
        "tidak-dapat-dihitung": 1,
        "tanpa-angka-terbit": 1,
    }


# --- properties -------------------------------------------------------------------------------------------------------

amounts = st.decimals("0.01", "9999", places=2)
FOUND_BY = {
    "positif": (Polarity.POSITIVE, RT),
    "negatif-a": (Polarity.NEGATIVE_A, A),
    "negatif-b": (Polarity.NEGATIVE_B, B),
    "stabil": (Polarity.STABLE, "stabil"),
}


@given(amounts, amounts, st.sampled_from(sorted(FOUND_BY)), st.integers(0, 6), st.booleans())
def test_a_figure_printed_from_a_formula_at_any_precision_is_found_by_it(t, r, stated, places, from_excel):
    polarity, formula = FOUND_BY[stated]
    raw = achievement(t, r, polarity).raw
    assert raw is not None
    printed = round_half_up(raw, places)
    cells = (t, r, printed) if from_excel else (written(t), written(r), written(printed, places))

    found = one(*cells, polarity=stated)

    assert found.verdict is Verdict.MATCHES, found.message
    assert found.formula.partition(",")[0] == formula
    assert found.recomputed == raw


@given(amounts, amounts, st.integers(2, 4))
def test_a_wrong_figure_is_never_called_right(t, r, places):
    raw = achievement(t, r, Polarity.POSITIVE).raw
    assert raw is not None
    wrong = written(round_half_up(raw, places) + D(3).scaleb(-places), places)

    assert one(written(t), written(r), wrong, polarity="positif").verdict is not Verdict.MATCHES


def written(number: D, places: int = 2) -> str:
    return write_number(number, places, places).replace(".", "")


ODD = """1.417 83.18 71,98 0 -3 −2,5 2,60–3,50 5-3 A WTP ≤5 <inflasi 88/100.000 5;6 - #REF! 1.2.3 ٣ ½ 1e999 (5) % Rp 1/0 ± 3±9 nihil"""
pieces = st.sampled_from([*ODD.split(" "), "", "a. 5\nb. 6", "12 bulan", "9" * 40])
contents: st.SearchStrategy[Content] = st.one_of(
    st.none(), st.booleans(), st.text(max_size=20), pieces, st.decimals(), st.dates()
)
polarities = st.one_of(st.text(max_size=8), st.sampled_from(["positif", "negatif", "range", "predikat", "teks"]))
rows = st.builds(row, contents, contents, contents, polarities, st.text(max_size=20))


@given(st.lists(rows, max_size=6))
def test_garbage_gets_a_verdict_and_never_an_error(table: Sequence[PublishedRow]) -> None:
    found = check(table)
    for each in found:
        record = as_record(each)
        assert set(record) == {"row", "verdict", "formula", "recomputed", "message"}
        assert record["message"]
        assert json.dumps(record, allow_nan=False)


@given(st.lists(rows, max_size=6).flatmap(lambda table: st.tuples(st.just(table), st.permutations(range(len(table))))))
def test_the_order_of_the_rows_changes_nothing(drawn: tuple[list[PublishedRow], list[int]]) -> None:
    table, order = drawn
    straight = check(table)
    shuffled = check([table[index] for index in order])
    assert [straight[index] for index in order] == shuffled
