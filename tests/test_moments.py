"""Days and moments in words: one spelling for pages, papers, messages and the journal."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from himpun import moments

AT = datetime(2026, 10, 7, 3, 5, tzinfo=UTC)


def test_a_moment_is_told_by_its_own_clock_or_by_that_of_a_zone_which_is_named() -> None:
    assert moments.long(AT) == "7 Oktober 2026 pukul 03.05"
    assert moments.long(AT, ZoneInfo("Asia/Jakarta")) == "7 Oktober 2026 pukul 10.05 WIB"
    assert moments.short(AT, ZoneInfo("Asia/Makassar")) == "7 Okt 2026 pukul 11.05 WITA"
    assert moments.short(AT) == "7 Okt 2026 pukul 03.05"


def test_a_moment_before_midnight_is_of_the_next_day_further_east() -> None:
    late = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert moments.long(late, ZoneInfo("Asia/Jayapura")) == "1 Januari 2027 pukul 01.30 WIT"


@pytest.mark.parametrize(("name", "called"), [("Asia/Pontianak", "WIB"), ("Asia/Singapore", "+08"), ("UTC", "UTC")])
def test_a_zone_is_called_as_people_call_it(name: str, called: str) -> None:
    assert moments.zone_name(ZoneInfo(name), AT) == called


def test_days_numbers_and_files() -> None:
    assert moments.day(date(2026, 8, 17)) == "17 Agustus 2026"
    assert moments.numeric(AT) == "07-10-2026 03.05"
    assert moments.filed(AT) == "2026-10-07 03:05"
