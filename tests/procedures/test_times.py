"""Times as SOPs write them: which clock counts them, what is kept beside them, and what is not taken for a time."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.offices.worktime import Amount
from himpun.procedures.reading import read
from himpun.procedures.times import (
    CALENDAR_DAYS,
    ROUND_THE_CLOCK,
    Duration,
    beside_words,
    counting_words,
    is_worth_saying,
    read_duration,
)
from tests.procedures.cases import SMALL


def known(text: str) -> Duration:
    duration = read_duration(text)
    assert duration is not None, text
    return duration


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("30 hari kalender", Amount(calendar_days=30)),
        ("7 (tujuh) hari kalender sejak diterima", Amount(calendar_days=7)),
        ("10 hari berturut-turut", Amount(calendar_days=10)),
        ("2 minggu kalender", Amount(calendar_days=14)),
        ("1 bulan takwim", Amount(calendar_days=30)),
        ("48 jam", Amount(running=2 * 1440)),
        ("2 x 24 jam", Amount(running=2 * 1440)),
        ("1x24 Jam", Amount(running=1440)),
        ("2 (dua) x 24 (dua puluh empat) jam", Amount(running=2 * 1440)),
        ("12 jam nonstop", Amount(running=720)),
        ("48 jam kerja", Amount(days=6)),
        ("16 jam", Amount(days=2)),
        ("4 hari kerja", Amount(days=4)),
        ("3 hari kalender 2 jam", Amount(calendar_days=3, minutes=120)),
    ],
)
def test_working_days_the_calendar_and_round_the_clock_are_units_of_their_own(text: str, amount: Amount) -> None:
    assert known(text).amount(480) == amount


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("Paling lambat 5 hari kerja", 5 * 480),
        ("Selambat-lambatnya 3 (tiga) hari kerja setelah surat diterima", 3 * 480),
        ("dalam waktu 2 hari", 2 * 480),
        ("2 (dua) jam", 120),
        ("3/4 jam", 45),
        ("1 1/2 jam", 90),
        ("½ hari", 240),
        ("1½ jam", 90),
        ("setengah jam", 30),
        ("tiga hari", 3 * 480),
        ("dua puluh lima menit", 25),
        ("sehari", 480),
        ("2 s/d 3 jam", 180),
        ("5 sd 10 menit", 10),
        ("1 hari s/d 2 minggu", 10 * 480),
        ("30 menit - 1 jam", 60),
        ("1 hari kerja sampai dengan 3 hari kerja", 3 * 480),
        ("2 atau 3 hari", 3 * 480),
        ("2 x 45 menit", 90),
        ("90 detik", 2),
        ("15 mnt", 15),
    ],
)
def test_the_further_ways_of_writing_a_working_time(text: str, minutes: int) -> None:
    assert known(text).minutes(480) == minutes


@pytest.mark.parametrize(
    "text",
    [
        "Tentatif", "Insidentil", "Pada jam layanan", "Selama jam pelayanan", "Jam kerja", "Sesuai kebutuhan",
        "sesuai jadwal", "Disesuaikan dengan kondisi", "Tidak ditentukan", "Tergantung banyaknya berkas", "setiap saat",
    ],
)  # fmt: skip
def test_words_that_set_no_limit_are_kept_as_they_stand(text: str) -> None:
    found = known(text)

    assert (found.amount(480), found.parts, found.text) == (None, (), text)
    assert counting_words(found) == f"tanpa waktu baku (“{text}”)"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("3 hari (Juli–September)", ("", "Juli–September", "")),
        ("1 minggu, minggu ke-2 Desember", ("", "minggu ke-2 Desember", "")),
        ("2 hari (tanggal 1–5)", ("", "tanggal 1–5", "")),
        ("10 menit per berkas", ("berkas", "", "")),
        ("15 menit/orang", ("orang", "", "")),
        ("5 menit untuk setiap seksi", ("seksi", "", "")),
        ("1 hari setelah berkas lengkap", ("", "", "setelah berkas lengkap")),
        ("20 menit per surat (Januari)", ("surat", "Januari", "")),
    ],
)
def test_what_stands_beside_the_amount_is_kept(text: str, kept: tuple[str, str, str]) -> None:
    found = known(text)

    assert (found.per, found.window, found.note) == kept
    assert is_worth_saying(found)
    assert beside_words(found)


@pytest.mark.parametrize(
    "text",
    ["1 (dua) hari", "segera", "minimal 3 hari", "3/2 hari", "5", "2 hari 7", "3 hari per 10 berkas", "x 24 jam", "1 hari 5x"],
)  # fmt: skip
def test_what_contradicts_itself_or_leaves_a_number_over_is_no_time(text: str) -> None:
    assert read_duration(text) is None


def test_a_time_for_each_of_something_is_counted_as_often_as_there_are() -> None:
    assert known("5 menit per unit").amount(480, 11) == Amount(minutes=55)
    assert known("2 hari kalender per unit").amount(480, 3) == Amount(calendar_days=6)
    assert known("100 menit per unit").amount(480, 5) == Amount(days=1, minutes=20)


def test_how_a_time_is_counted_is_said_in_words() -> None:
    assert counting_words(known("3 minggu")) == "3 minggu = 15 hari kerja"
    assert counting_words(known("1,5 jam")) == "1,5 jam kerja"
    assert "siang malam" in counting_words(known("2 x 24 jam"))
    assert "libur ikut dihitung" in counting_words(known("5 hari kalender"))
    assert not is_worth_saying(known("2 hari 3 jam"))


FORMER = re.compile(
    r"^(?:±|\+/-|≤|<|maks(?:imal|imum)?\.?|paling lama|kurang lebih|sekitar)?\s*"
    r"(?P<n>\d+)(?:\s*(?:-|–|—|s\.?\s?d\.?|sampai)\s*(?P<m>\d+))?\s*(?P<unit>menit|jam|hari|minggu|bulan)\b\D*$",
    re.I,
)
FORMER_MINUTES = {"menit": 1, "jam": 60, "hari": 480, "minggu": 2400, "bulan": 10080}


@given(
    st.sampled_from(["", "± ", "maks. ", "paling lama ", "sekitar "]),
    st.integers(0, 500),
    st.sampled_from(["", "–3", " s.d. 7", " sampai 20"]),
    st.sampled_from(["menit", "Jam", "HARI", "minggu", "bulan"]),
    st.text("abcdefghijklmnop ()-/,.", max_size=25),
)
def test_what_was_read_before_is_still_read_and_means_the_same_unless_it_says_otherwise(
    before: str, number: int, until: str, unit: str, behind: str
) -> None:
    text = f"{before}{number}{until} {unit} {behind}"
    former = FORMER.match(text)
    if not former:
        return
    found = known(text)
    if found.unit in CALENDAR_DAYS or found.unit in ROUND_THE_CLOCK:
        return
    assert found.high == Fraction(former["m"] or former["n"])
    assert found.minutes(480) == int(former["m"] or former["n"]) * FORMER_MINUTES[former["unit"].lower()]


def test_a_time_per_unit_is_counted_for_the_role_that_several_hold_unless_each_has_a_task() -> None:
    role = '[[role]]\nkey = "unit"\ntitle = "Seksi Pemerintahan"\nseveral = true\n[[step]]\nno = 1'
    for words, expected in (("unit", "unit"), ("seksi", "unit"), ("berkas", "")):
        text = SMALL.replace("[[step]]\nno = 1", role, 1).replace('time = "1 hari"', f'time = "5 menit per {words}"', 1)
        procedure = read(text)
        assert procedure.counted_for(procedure.first) == expected
        counted = procedure.counted({1: 4}).first.amount(480)
        assert counted == Amount(minutes=20)
    each = read(text.replace("per berkas", "per unit").replace('who = "analis"', 'who = "analis"\neach = "unit"', 1))
    assert each.counted_for(each.first) == ""
