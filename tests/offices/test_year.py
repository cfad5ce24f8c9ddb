"""The year as a picture: weeks, states and sums, without a database."""

from datetime import date

import pytest

from himpun.offices.calendar.year import STATES, hours_in_words, months_of, state_of
from himpun.offices.worktime import DEFAULT_WEEK, WIB, WorkCalendar, read_day

SATURDAY = date(2026, 8, 8)
SHORT = read_day(["08.00-12.00"])
OFFICE = WorkCalendar(DEFAULT_WEEK, frozenset({date(2026, 8, 17)}), WIB, {date(2026, 8, 18): SHORT, SATURDAY: SHORT})


def test_every_day_stands_once_in_its_week_under_its_weekday() -> None:
    for year in (2023, 2024, 2026, 2100):
        months = months_of(OFFICE, year, {}, {}, date(2026, 8, 3))
        cells = [cell for month in months for week in month.weeks for cell in week if cell]
        assert [cell.day.timetuple().tm_yday for cell in cells] == list(range(1, len(cells) + 1))
        assert len(cells) == (366 if year == 2024 else 365)
        for month in months:
            for week in month.weeks:
                assert len(week) == 7
                assert all(cell is None or cell.day.weekday() == at for at, cell in enumerate(week))


def test_days_and_minutes_are_those_of_the_calendar() -> None:
    august = months_of(OFFICE, 2026, {}, {}, date(2026, 8, 3))[7]
    assert (august.workdays, august.minutes) == (21, 19 * 450 + 2 * 240), "20 weekdays and a Saturday; two short days"


def test_a_state_is_told_by_a_letter_of_its_own_and_only_work_has_none() -> None:
    letters = [letter for letter, _ in STATES.values()]
    assert len(set(letters)) == len(letters)
    assert [state for state, (letter, _) in STATES.items() if not letter] == ["kerja"]


def test_what_a_row_says_comes_before_what_the_hours_say() -> None:
    assert state_of(OFFICE, date(2026, 8, 17), "nasional") == "nasional"
    assert state_of(OFFICE, date(2026, 8, 18), "masuk") == "masuk"
    assert state_of(OFFICE, date(2026, 8, 18), "") == "jam-khusus"
    assert state_of(OFFICE, SATURDAY, "") == "jam-khusus"
    assert state_of(OFFICE, date(2026, 8, 9), "") == "akhir-pekan"
    assert state_of(OFFICE, date(2026, 8, 10), "") == "kerja"


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        ({}, "hari lain seperti biasa"),
        ({"selasa": ["08.00-12.00"], "senin": ["08.00-12.00"]}, "Senin–Selasa 08.00-12.00; hari lain seperti biasa"),
        (
            {"senin": ["08.00-12.00"], "rabu": ["08.00-12.00"], "jumat": []},
            "Senin 08.00-12.00; Rabu 08.00-12.00; Jumat libur; hari lain seperti biasa",
        ),
    ],
)
def test_hours_of_weekdays_that_follow_one_another_are_told_together(hours: dict[str, list[str]], told: str) -> None:
    assert hours_in_words(hours) == told
