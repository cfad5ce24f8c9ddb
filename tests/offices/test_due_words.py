"""A due moment in words: the end of a day's work, never the next day's beginning, and the moment itself otherwise."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.offices.due_words import as_said, due_words
from himpun.offices.worktime import DEFAULT_WEEK, WIB, WIT, WorkCalendar, minutes_between

USUAL = WorkCalendar(DEFAULT_WEEK, frozenset({date(2026, 12, 9)}), WIB)


def at(day: int, clock: str, month: int = 12) -> datetime:
    return datetime.combine(date(2026, month, day), time.fromisoformat(clock), WIB)


@pytest.mark.parametrize(
    ("due_at", "said"),
    [
        (at(2, "07:30"), "1 Des 2026, akhir jam kerja (16.00 WIB)"),
        (at(1, "16:00"), "1 Des 2026, akhir jam kerja (16.00 WIB)"),
        (at(7, "07:30"), "4 Des 2026, akhir jam kerja (16.30 WIB)"),  # Monday: the Friday before
        (at(10, "07:30"), "8 Des 2026, akhir jam kerja (16.00 WIB)"),  # after a holiday
        (at(2, "10:20"), "2 Des 2026 pukul 10.20 WIB"),
        (at(5, "15:00"), "5 Des 2026 pukul 15.00 WIB"),  # a Saturday, by a clock that runs round
        (at(1, "12:00"), "1 Des 2026 pukul 12.00 WIB"),  # a rest begins, the day's work has not ended
    ],
)
def test_it_is_told_as_people_say_it(due_at: datetime, said: str) -> None:
    assert due_words(USUAL, due_at) == said


def test_papers_spell_the_month_out_and_pages_leave_the_zone_away() -> None:
    assert due_words(USUAL, at(16, "07:30"), long=True) == "15 Desember 2026, akhir jam kerja (16.00 WIB)"
    assert due_words(USUAL, at(16, "09:05"), long=True) == "16 Desember 2026 pukul 09.05 WIB"
    assert due_words(USUAL, at(16, "07:30"), zoned=False) == "15 Des 2026, akhir jam kerja (16.00)"


def test_it_is_told_by_the_clock_of_the_office() -> None:
    east = WorkCalendar(DEFAULT_WEEK, frozenset(), WIT)

    assert due_words(east, at(1, "05:30")) == "30 Nov 2026, akhir jam kerja (16.00 WIT)"


@given(st.integers(0, 400), st.integers(0, 24 * 60 - 1))
def test_no_working_time_lies_between_the_moment_and_what_is_said(days: int, minute: int) -> None:
    due_at = at(1, "00:00", 1) + timedelta(days=days, minutes=minute)
    said = as_said(USUAL, due_at)

    assert said <= due_at
    assert minutes_between(USUAL, said, due_at) == 0
