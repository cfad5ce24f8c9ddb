"""himpun due and himpun holidays: the examples of the how-to page as they are printed, and what is refused."""

import re
import shlex
from datetime import date
from pathlib import Path

import pytest

from himpun.commands import run
from himpun.commands.due import read_amount
from himpun.offices.calendar.national import seed_national_calendar
from himpun.offices.models.calendar import Holiday
from himpun.offices.worktime import Amount
from tests.cast import Cast

PAGE = Path(__file__).parents[1] / "docs/how-to/kalender-kerja.md"
EXAMPLES = re.findall(r"```console\n\$ himpun (.*?)\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sown() -> None:
    seed_national_calendar([2026, 2027])


def test_the_page_shows_what_the_command_prints(sown: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["load-office", "examples/kecamatan-contoh"]) == 0
    capsys.readouterr()
    assert len(EXAMPLES) == 3
    for command, printed in EXAMPLES:
        assert run(shlex.split(command)) == 0
        assert capsys.readouterr().out == printed


def test_evening_and_now_and_long_times_are_told(sown: None, small: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["due", "14/08/2026 20:00", "1 hari"]) == 0
    told = capsys.readouterr().out
    assert "dihitung dari Selasa, 18-08-2026 07.30 WIB" in told
    assert "diterima sesudah jam kerja" in told
    assert run(["due", "sekarang", "200 hari", "--office", small.office.code]) == 0
    told = capsys.readouterr().out
    assert "Senin, 05-10-2026 08.00 WIB" in told
    assert "hari tidak ditampilkan" in told
    assert len(told.splitlines()) == 46


def test_a_day_received_after_the_hours_of_ramadan_names_them(sown: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["due", "2026-03-13 15.45", "1 hari"]) == 0
    told = capsys.readouterr().out
    assert "Jumat  13-03-2026  08.00–11.30, 12.30–15.30   jam khusus Ramadan; diterima sesudah jam kerja" in told


def test_a_count_through_a_year_without_national_days_says_so(sown: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["due", "2028-03-13 14.00", "1 hari"]) == 0
    told = capsys.readouterr().out
    assert "Libur nasional 2028 belum diisi; hitungan ini menganggapnya tidak ada libur." in told
    assert told.splitlines()[-1].endswith("himpun holidays 2028 --fill")
    assert run(["due", "2027-12-31 14.00", "1 hari"]) == 0
    assert "Libur nasional 2028 belum diisi" in capsys.readouterr().out
    assert run(["due", "2027-12-30 14.00", "1 hari"]) == 0
    assert "belum diisi" not in capsys.readouterr().out


def test_an_empty_year_is_filled_with_its_guess_as_the_list_advises(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["holidays", "2031"]) == 0
    assert "himpun holidays 2031 --fill" in capsys.readouterr().out
    assert run(["holidays", "2031", "--fill", "--dry-run"]) == 1
    assert "--dry-run hanya berlaku bersama --import" in capsys.readouterr().err
    assert not Holiday.objects.exists()
    assert run(["holidays", "2031", "--fill"]) == 0
    days = Holiday.objects.filter(day__year=2031, office=None).count()
    assert f"Tahun 2031: {days} hari perkiraan ditambah" in capsys.readouterr().out
    assert days > 10
    assert run(["holidays", "2031", "--fill"]) == 0
    assert "Tahun 2031 sudah berisi" in capsys.readouterr().out
    assert run(["holidays", "3000", "--fill"]) == 1
    assert "Libur 3000 tidak dapat diperkirakan" in capsys.readouterr().err
    assert run(["holidays", "99999"]) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["besok", "1 hari"], "Awal “besok” tidak terbaca"),
        (["2026-02-30 08.00", "1 hari"], "tidak terbaca"),
        (["2026-02-20 25.00", "1 hari"], "tidak terbaca"),
        (["sekarang", "sebentar"], "Waktu “sebentar” tidak terbaca"),
        (["sekarang", "setiap saat"], "tidak terbaca sebagai batas"),
        (["sekarang", "Tentatif"], "tidak terbaca sebagai batas"),
        (["sekarang", "5000 hari kalender 4000 hari"], "paling lama 3660 hari"),
        (["sekarang", "1000000 hari"], "paling lama 3660 hari"),
        (["sekarang", "1 hari", "--office", "tidak-ada"], "Tidak ada kantor berkode"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["due", *arguments]) == 1
    assert sentence in capsys.readouterr().err


def test_minutes_that_fill_the_day_of_the_office_are_days() -> None:
    assert read_amount("480 menit", 480) == Amount(days=1)
    assert read_amount("480 menit", 450) == Amount(days=1, minutes=30)
    assert read_amount("2 hari 3 jam", 480) == Amount(days=2, minutes=180)


def test_calendar_days_and_hours_round_the_clock_are_counted_by_their_own_clock(
    sown: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["due", "2026-12-17 20.00", "7 hari kalender"]) == 0
    told = capsys.readouterr().out
    assert "7 hari kalender = 7 hari kalender, sampai akhir jam kerja hari terakhir" in told
    assert "Batas      Senin, 28-12-2026 16.00 WIB" in told
    assert "Minggu 20-12-2026  –                          bukan hari kerja; hari kalender ke-3" in told
    assert "dihitung dari" not in told
    assert run(["due", "2026-11-20 15.30", "2 x 24 jam"]) == 0
    told = capsys.readouterr().out
    assert "Batas      Minggu, 22-11-2026 15.30 WIB" in told
    assert "2880 menit terus-menerus (siang malam, juga hari libur)" in told
    assert "Sabtu  21-11-2026  –                          bukan hari kerja; 1440 menit terus-menerus" in told
    assert run(["due", "2026-11-20 15.30", "48 jam kerja"]) == 0
    assert "= 6 hari kerja (1 hari = 480 menit)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("time", "sentence"),
    [
        (
            "10 menit per berkas",
            "Waktunya untuk tiap berkas; dihitung satu kali, karena banyaknya berkas tidak diketahui.",
        ),
        ("3 hari (Juni–Juli)", "Rentang “Juni–Juli” dicatat; batas waktu tetap dihitung sejak langkah dibuka."),
        ("1 hari setelah rapat", "Kata “setelah rapat” dicatat, tidak ikut dihitung."),
    ],
)
def test_what_stands_beside_a_time_is_said(
    sown: None, time: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["due", "2026-11-20 10.00", time]) == 0
    assert f"Catatan    {sentence}\n" in capsys.readouterr().out


def test_the_national_days_are_listed_tried_and_replaced(
    sown: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "skb.csv"
    file.write_text("tanggal,nama,jenis\n2027-01-01,Tahun Baru,nasional\n2027-12-27,Libur Baru,nasional\n", "utf-8")
    before = Holiday.objects.filter(day__year=2027).count()

    assert run(["holidays", "2027"]) == 0
    assert "01-01-2027  nasional      Tahun Baru Masehi  [perkiraan" in capsys.readouterr().out
    assert run(["holidays", "--import", str(file), "--source", "SKB 1/2026", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "~ 01-01-2027  nasional      Tahun Baru (semula Tahun Baru Masehi)" in told
    assert "+ 27-12-2027" in told
    assert "tambahkan --yes" in told
    assert run(["holidays", "--import", str(file), "--source", "SKB 1/2026"]) == 1
    assert f"hanya memuat 2 hari dan akan menghapus {before - 1} hari libur 2027" in capsys.readouterr().err
    assert Holiday.objects.filter(day__year=2027).count() == before

    assert run(["holidays", "--import", str(file), "--source", "SKB 1/2026", "--yes"]) == 0
    assert f"1 ditambah, {before - 1} dihapus, 1 diubah, 0 tetap" in capsys.readouterr().out
    assert [row.day for row in Holiday.objects.filter(day__year=2027)] == [date(2027, 1, 1), date(2027, 12, 27)]
    assert run(["holidays", "--ramadan", "2027-02-09", "2027-03-09", "--source", "Sidang isbat"]) == 0
    assert "09-02-2027 sampai 09-03-2027" in capsys.readouterr().out
    assert seed_national_calendar([2027]) == 0
    assert Holiday.objects.filter(day__year=2027).count() == 2, "what was decreed is not sown over"


def test_a_list_or_date_that_cannot_be_read_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "skb.csv"
    file.write_text("tanggal,nama,jenis\n2027-01-01,Tahun Baru,libur\n", "utf-8")
    assert run(["holidays", "--import", str(file), "--source", "SKB"]) == 1
    assert "baris 2, kolom jenis" in capsys.readouterr().err
    assert run(["holidays", "--import", str(tmp_path / "tidak-ada.csv"), "--source", "SKB"]) == 1
    assert run(["holidays", "--ramadan", "besok", "lusa", "--source", "SKB"]) == 1
    assert "Tanggal “besok” tidak terbaca" in capsys.readouterr().err
    assert run(["holidays", "2040"]) == 0
    assert "Belum ada hari libur nasional 2040" in capsys.readouterr().out
