"""What a cell is read as, and what every door makes of it."""

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.measure.cells.columns import Convention, convention, conventions
from himpun.measure.cells.doors import Door, take
from himpun.measure.cells.parts import Habit, Hint, Kind
from himpun.measure.cells.reading import read_cell
from himpun.measure.numbers import NumberUnreadable, read_number, write_number

D = Decimal


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("1.234,5", "angka 1.234,5"),
        ("62.50 %", "angka 62,5 %"),
        ("7.125 persen", "angka 7.125 %"),
        ("45 kelompok", "angka 45 kelompok"),
        ("8.250 lembar", "angka 8.250 lembar"),
        ("12 (dua belas) dokumen", "angka 12 dokumen"),
        ("5 km²", "angka 5 km²"),
        ("1,2 miliar", "angka 1.200.000.000"),
        ("1,75 - 2.40", "rentang 1,75–2,4"),
        ("10.5 s.d. 12,5", "rentang 10,5–12,5"),
        ("2.60 - 3.50 poin", "rentang 2,6–3,5 poin"),
        ("Zona Kuning 70 - 85", "rentang 70–85"),
        ("Kategori Sedang: 60 – 70", "rentang 60–70"),
        ("55 s/d 65 (Cukup)", "rentang 55–65"),
        ("WTP", "predikat WTP"),
        ("Opini Wajar Dengan Pengecualian", "predikat WDP"),
        ("BB (72,35)", "predikat BB, angka 72,35"),
        ("88.40 A", "predikat A, angka 88,4"),
        ("Baik 80", "predikat BAIK, angka 80"),
        ("3.00 Peringkat", "peringkat angka 3"),
        ("Juara 2", "peringkat angka 2"),
        ("peringkat 3 dari 514", "peringkat angka 3"),
        ("IV", "angka 4 tingkat"),
        ("Level III", "angka 3 tingkat"),
        ("88/100.000", "angka 88 per 100.000"),
        ("1 : 15", "angka 1 per 15"),
        ("3% dari jumlah siswa", "bagian 3% dari jumlah siswa"),
        ("3% dari 200 siswa", "angka 6 siswa"),
        ("≥ 75", "paling sedikit angka 75"),
        ("maks 5", "paling banyak angka 5"),
        ("51.307 *", "angka 51.307"),
        ("2.019,5 ²⁾", "angka 2.019,5"),
        ("98 a)", "angka 98"),
        ("(1.250)", "angka −1.250"),
        ("Rp (3.000,50)", "angka −3.000,5"),
        ("1.250-", "angka −1.250"),
        ("'1.250", "angka 1.250"),
        ("1\u00a0250", "angka 1.250"),
        ("\u200e12,5\u200b", "angka 12,5"),
        ("-", "kosong"),
        ("tidak ada data", "kosong"),
        ("nihil", "angka 0"),
        ("X", "kata “X”"),
        ("V", "kata “V”"),
        ("Tahun 2024", "kata “Tahun 2024”"),
        ("turun 5%", "kata “turun 5%”"),
        ("TW 3", "kata “TW 3”"),
        ("10.5.3", "kata “10.5.3”"),
    ],
)
def test_a_cell_says_what_was_read(text: str, what: str) -> None:
    assert read_cell(text).what() == what


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("51.307 *", "Tanda catatan kaki “*” pada “51.307 *” dilewati."),
        ("Zona Hijau 85 - 100", "Kata “Zona Hijau” di depan angkanya dilewati."),
        ("VI", "Tebakan: “VI” dibaca sebagai angka Romawi 6."),
        ("(5,2)", "Tebakan: “(5,2)” dibaca sebagai −5,2."),
        ("1,5 - 2.5", "Tebakan: kedua batas “1,5 - 2.5” ditulis dengan tanda yang berbeda; dibaca sebagai 1,5–2,5."),
    ],
)
def test_a_cell_says_what_was_guessed(text: str, said: str) -> None:
    assert read_cell(text).assumed == said


def test_a_whole_number_was_not_rounded_and_a_multiple_was_at_its_own_digit() -> None:
    assert read_cell("9").readings[0].step == 0
    assert read_cell("9,50").readings[0].step == Fraction(1, 100)
    assert read_cell("1,2 miliar").readings[0].step == 10**8


# --- columns ----------------------------------------------------------------------------------------------------------


def test_a_column_is_read_as_a_whole() -> None:
    assert convention(["1.417", "2,345,678", "5", None, D("1.5")]) == Convention(Habit.ENGLISH)
    assert convention(["1.417", "71,98"]).habit is Habit.INDONESIAN
    assert convention(["1.417", "5"]) == Convention()
    assert convention(["71,98", "83.18", "2.5"]) == Convention(None, ("71,98", "83.18"))


def test_a_column_that_proves_nothing_follows_the_table_unless_the_table_is_at_odds() -> None:
    shared = conventions({"a": ["1.417"], "b": ["2.5"]})
    assert shared["a"].habit is Habit.ENGLISH
    assert conventions({"a": ["1.417"], "b": ["2.5"], "c": ["2,5"]})["a"] == Convention()


# --- doors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "note"),
    [
        ("83.18", "83.18", "“83.18” dibaca sebagai 83,18."),
        ("71,98", "71.98", ""),
        ("1.417", "1417", "Titik dibaca sebagai pemisah ribuan; bila maksudnya pecahan, tulis 1,417."),
        ("1,417", "1.417", "Koma dibaca sebagai tanda desimal; bila maksudnya ribuan, tulis 1.417."),
        ("1.234.567", "1234567", ""),
        ("1,234,567", "1234567", "“1,234,567” dibaca sebagai 1.234.567."),
        ("1.234,5", "1234.5", ""),
        ("1,234.5", "1234.5", "“1,234.5” dibaca sebagai 1.234,5."),
        ("0.125", "0.125", "“0.125” dibaca sebagai 0,125."),
        ("85", "85", ""),
        ("85.0", "85", "“85.0” dibaca sebagai 85."),
    ],
)
def test_an_own_sheet_of_unknown_habits_is_read_and_doubt_is_told(text: str, value: str, note: str) -> None:
    taken = take(text, Door.OWN_SHEET)
    assert (taken.value, taken.note) == (D(value), note)


@pytest.mark.parametrize(("text", "value"), [("1,254", 1254), ("10,450", 10450), ("(2,500)", -2500)])
def test_a_column_of_english_numbers_decides(text: str, value: int) -> None:
    taken = take(text, Door.MONEY, column=Convention(Habit.ENGLISH))
    assert taken.value == value
    assert "kolomnya memakai koma untuk ribuan" in taken.note


@pytest.mark.parametrize("door", [Door.OWN_SHEET, Door.MONEY])
def test_in_a_column_that_contradicts_itself_a_doubtful_number_is_asked_again(door: Door) -> None:
    torn = Convention(None, ("71,98", "83.18"))
    with pytest.raises(
        NumberUnreadable, match=r"“1\.417” dapat berarti 1\.417 atau 1,417, dan kolomnya memakai dua cara"
    ):
        take("1.417", door, column=torn)
    assert take("83.18", door, column=torn).value == D("83.18")


@pytest.mark.parametrize(
    ("door", "dash", "nihil"),
    [
        (Door.FIGURE, "ditanyakan", "ditanyakan"),
        (Door.TARGET, None, 0),
        (Door.OWN_SHEET, None, "ditanyakan"),
        (Door.MONEY, 0, 0),
        (Door.PUBLISHED, None, 0),
    ],
)
def test_a_dash_and_nihil_have_their_meaning_at_each_door(door: Door, dash: object, nihil: object) -> None:
    for text, meaning in (("-", dash), ("–", dash), ("nihil", nihil), ("NIHIL", nihil)):
        if meaning == "ditanyakan":
            with pytest.raises(NumberUnreadable, match="Tulis 0 bila angkanya memang nol"):
                take(text, door)
        else:
            taken = take(text, door)
            assert taken.value == meaning
            assert f"“{text}” dibaca sebagai" in taken.note


@pytest.mark.parametrize(
    ("text", "unit", "is_taken"),
    [
        ("45 kelompok", "kelompok", True),
        ("45 klp", "kelompok tani", False),
        ("12 org", "orang", True),
        ("12 dok.", "dokumen", True),
        ("62%", "persen", True),
        ("62 %", "%", True),
        ("62%", "desa", False),
        ("3 jam", "menit", False),
        ("3 unit", "", True),
        ("IV", "tingkat kematangan", True),
    ],
)
def test_a_figure_in_another_unit_is_refused_and_a_target_keeps_it(text: str, unit: str, is_taken: bool) -> None:
    if is_taken:
        assert take(text, Door.FIGURE, unit=unit).value is not None
    else:
        with pytest.raises(NumberUnreadable, match=f"sedangkan yang diminta {unit}"):
            take(text, Door.FIGURE, unit=unit)
    assert take(text, Door.TARGET, unit=unit).value is not None


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("3% dari jumlah siswa", "yang angkanya tidak disebut"),
        ("4 dari 9 desa", "perbandingan, bukan satu angka"),
        ("70 - 85", "rentang, bukan satu angka"),
        ("≥ 75", "batas, bukan angka yang pasti"),
        ("BB (72,35)", "berisi predikat"),
        ("83.18", "Bila maksudnya 83,18, tulis begitu"),
        ("dua", "Tulis angka seperti 1.234,5"),
        ("", "masih kosong"),
    ],
)
def test_what_is_typed_and_is_no_figure_is_refused_with_how_to_write_it(text: str, cause: str) -> None:
    with pytest.raises(NumberUnreadable, match=cause):
        take(text, Door.FIGURE)


def test_a_target_may_be_a_bound_a_rank_or_a_band() -> None:
    bound = take("≥ 75", Door.TARGET)
    assert (bound.value, bound.hint, bound.note) == (75, Hint.AT_LEAST, "“≥ 75” dibaca sebagai 75.")
    assert take("peringkat 3", Door.TARGET).hint is Hint.RANK
    band = take("1,75 - 2.40", Door.TARGET, band=True)
    assert (band.value, band.upper) == (D("1.75"), D("2.40"))


decimals = st.decimals(min_value=-(10**15), max_value=10**15, allow_nan=False, allow_infinity=False, places=4)


@given(decimals)
def test_taking_never_differs_from_reading_what_indonesians_write(value: Decimal) -> None:
    text = write_number(value)
    for door in Door:
        assert take(text, door).value == read_number(text) == value


@given(st.text(max_size=40))
def test_any_text_is_a_cell_and_is_taken_or_refused(text: str) -> None:
    assert read_cell(text).kind in Kind
    for door in Door:
        with suppress(NumberUnreadable):
            taken = take(text, door)
            assert taken.value is None or taken.value.is_finite()
