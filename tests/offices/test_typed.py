"""What counts as nothing, how long a text may be, which years can be, and what is noted of what is wrong."""

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from himpun.api import schemas
from himpun.budgets.actions import check_year
from himpun.errors import FieldErrors, Refusal
from himpun.indicators.dictionary.definition import Surroundings, Typed
from himpun.indicators.dictionary.reading import read_definition
from himpun.offices.cells import code as read_code
from himpun.offices.cells import year as read_cell
from himpun.typed import (
    Complaints,
    Day,
    Text,
    check,
    fault,
    is_blank,
    line,
    marks_fault,
    needed,
    paragraphs,
    read_whole,
    read_year,
    wrong_day,
)

TODAY = date(2026, 11, 23)
INVISIBLE = {
    "spasi tanpa putus": "\u00a0",
    "lebar nol": "\u200b\u200c\u200d\u2060\ufeff",
    "arah tulisan": "\u202a\u202e\u2066\u2069\u200e\u061c",
    "pengisi Hangul": "\u3164\u115f\u1160\uffa0",
    "Braille kosong": "\u2800",
    "pemilih ragam": "\ufe0f\U000e0101\u180b",
    "tanda hubung lunak": "\u00ad",
    "tag": "\U000e0041\U000e007f",
    "penggabung": "\u034f\u0301",
    "baris dan kendali": "\n\r\t\u2028\u0085\x1f",
    "pribadi": "\ue000",
}


@pytest.mark.parametrize("text", INVISIBLE.values(), ids=INVISIBLE)
def test_what_does_not_show_is_nothing(text: str) -> None:
    assert is_blank(text)
    assert line(f" {text} ") == paragraphs(text * 3) == ""
    with pytest.raises(FieldErrors, match="Tulis alasannya"):
        needed(text, "Tulis alasannya.")


@pytest.mark.parametrize("text", ["a", "-", "0", "é", "中", "\u0631", "\u200bx\u200b", "👍"])
def test_what_shows_is_something(text: str) -> None:
    assert not is_blank(text)


@given(st.text())
def test_a_text_is_blank_when_its_line_is_and_both_settle(text: str) -> None:
    assert (line(text) == "") == is_blank(text)
    assert line(line(text)) == line(text)
    assert paragraphs(paragraphs(text)) == paragraphs(text)


@pytest.mark.parametrize("kind", Text)
def test_every_kind_of_text_ends_somewhere(kind: Text) -> None:
    assert fault("a" * kind.value, kind) == ""
    assert "paling banyak" in fault("a" * (kind.value + 1), kind)


def test_marks_are_heaped_only_so_high() -> None:
    assert "tanda bertumpuk" in marks_fault("a" + "\u0301" * 9)
    assert "tanda bertumpuk" in marks_fault("a" + "\u0301\u200d" * 9), "what has no width does not part them"
    assert marks_fault("a" + "\u0301" * 8 + "b" + "\u0301" * 8) == ""
    for text in ("Penyempurnaan résumé naïve Sơn Trà", "ẩ ḗ ṩ", "\u0643\u064e\u062a\u064e\u0628\u064e", "ꦲꦏ꧀ꦱꦫꦗꦮ"):
        assert marks_fault(unicodedata.normalize("NFD", text)) == ""


def test_a_long_heap_is_refused() -> None:
    for text in ("a" + "\u0301" * 20_000, "\u00e9" * 3_000_000):
        assert fault(text, Text.NOTE)


def test_each_field_has_its_own_sentence() -> None:
    with pytest.raises(FieldErrors) as refused:
        check({"a": ("x" * 501, Text.REASON), "b": ("x", Text.REASON), "c": ("x" + "\u0301" * 99, Text.NOTE)})
    assert set(refused.value.fields) == {"a", "c"}
    assert refused.value.fields["a"].startswith("Terlalu panjang: 501 huruf, paling banyak 500.")


@pytest.mark.parametrize("kind", Day)
@pytest.mark.parametrize("year", [1, 1900, 2099, 9999])
def test_a_year_that_cannot_be_is_refused(kind: Day, year: int) -> None:
    assert f"Tahun {year} tidak mungkin" in wrong_day(date(year, 1, 1), kind, TODAY)


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        (Day.LETTER, -3 * 365), (Day.RECEIVED, 0), (Day.HELD_SINCE, -30 * 365), (Day.HELD_UNTIL, 5 * 365),
        (Day.LEAVE, 90), (Day.CALENDAR, 365), (Day.IN_FORCE, 60), (Day.IN_FORCE, -8 * 365), (Day.DEADLINE, 365),
    ],
)  # fmt: skip
def test_an_ordinary_day_passes(kind: Day, days: int) -> None:
    assert wrong_day(TODAY + timedelta(days=days), kind, TODAY) == ""


def test_the_bounds_move_with_the_present() -> None:
    assert wrong_day(date(2040, 1, 1), Day.HELD_SINCE, TODAY)
    assert wrong_day(date(2040, 1, 1), Day.HELD_SINCE, date(2039, 1, 1)) == ""


# --- whole numbers and years -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "number"), [("0", 0), (" 12 ", 12), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert read_whole(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.5", "1e3", "٣", "9" * 19, "satu", "1 2"])
def test_anything_else_is_no_whole_number(text: str) -> None:
    assert read_whole(text) is None


DOORS = {
    "a file of an office": lambda year: read_cell(str(year)),
    "a budget": check_year,
    "an indicator": lambda year: _definition_of(year),
    "the API": TypeAdapter(schemas.Year).validate_python,
}


def _definition_of(year: int) -> None:
    try:
        read_definition(Typed("IKU-01", year, {}), Surroundings({}))
    except FieldErrors as refused:
        if "year" in refused.fields:
            raise


@pytest.mark.parametrize("door", DOORS)
def test_every_door_takes_the_same_years(door: str) -> None:
    for year in (2000, 2026, 2099):
        assert read_year(f" {year} ") == year
        DOORS[door](year)
    for year in (0, 26, 1999, 2100, 20266):
        assert read_year(str(year)) is None
        with pytest.raises((Refusal, ValueError)):
            DOORS[door](year)


# --- what is noted ---------------------------------------------------------------------------------------------------


def test_what_is_right_is_given_and_nothing_noted() -> None:
    wrong = Complaints()
    assert wrong.text("name", "Pelayanan", Text.NAME, missing="Tulis namanya.") == "Pelayanan"
    assert wrong.text("note", "", Text.NOTE) == ""
    assert wrong.whole("places", " 3 ", range(7), otherwise=2) == 3
    assert wrong.whole("places", "", range(7), otherwise=2) == 2
    assert wrong.year("year", 2026) == 2026
    assert wrong.day("since", TODAY, Day.LEAVE, TODAY, missing="Isi tanggalnya.") == TODAY
    assert wrong.day("until", None, Day.LEAVE, TODAY) is None
    assert wrong.choice("kind", "cuti", ("cuti", "sakit")) == "cuti"
    assert wrong.read("code", "IKU-01", read_code, "") == "IKU-01"
    wrong.refuse()
    assert not wrong


def test_what_is_wrong_is_noted_at_its_field_and_refused_together() -> None:
    wrong = Complaints()
    wrong.text("name", " ", Text.NAME, missing="Tulis namanya.")
    wrong.text("note", "x" * 61, 60)
    assert wrong.whole("places", "7", range(7), otherwise=2) == 2
    assert wrong.whole("days", "-1", range(1, 400), otherwise=0, sentence="Tulis masa berlakunya.") == 0
    wrong.year("year", 2100)
    assert wrong.day("since", None, Day.LEAVE, TODAY, missing="Isi tanggalnya.") is None
    assert wrong.day("until", date(1900, 1, 1), Day.LEAVE, TODAY) is None
    wrong.choice("kind", "libur", ("cuti", "sakit"))
    wrong.choice("post", "9", (), "Pilih jabatan dari daftar.")
    assert wrong.read("code", "IKU 01", read_code, "") == ""
    with pytest.raises(FieldErrors) as refused:
        wrong.refuse()
    assert refused.value.fields == {
        "name": "Tulis namanya.",
        "note": "Terlalu panjang: 61 huruf, paling banyak 60. Ringkas dahulu.",
        "places": "Tulis bilangan bulat dari 0 sampai 6.",
        "days": "Tulis masa berlakunya.",
        "year": "Tulis tahun dengan empat angka, misalnya 2026.",
        "since": "Isi tanggalnya.",
        "until": "Tahun 1900 tidak mungkin untuk tanggal cuti: antara 2023 dan 2029. Periksa kembali tahunnya.",
        "kind": "“libur” tidak dikenal; pilih salah satu dari: cuti, sakit.",
        "post": "Pilih jabatan dari daftar.",
        "code": "Hanya boleh huruf, angka, titik, garis, dan tanda hubung, tanpa spasi (contoh: IKU-01).",
    }


def test_the_last_word_on_a_field_counts_and_no_word_is_none() -> None:
    wrong = Complaints()
    assert wrong.note("name", "Satu.")
    assert not wrong.note("name", "")
    wrong.note("name", "Dua.")
    assert wrong == {"name": "Dua."}
