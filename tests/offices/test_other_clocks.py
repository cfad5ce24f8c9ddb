"""Calendar days and hours round the clock: when they end, whatever the office does then, and backwards."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.offices.worktime import (
    DEFAULT_WEEK,
    WIB,
    WITA,
    Amount,
    CalendarUnusable,
    WorkCalendar,
    due,
    due_with_pauses,
    explained,
    next_working,
    start_of,
)
from tests.offices.test_worktime import some_calendar

HOLIDAYS = frozenset({date(2026, 12, 24), date(2026, 12, 25)})
OFFICE = WorkCalendar(DEFAULT_WEEK, HOLIDAYS, WIB)


def at(day: int, hour: int = 10, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=WIB)


def calendar_days(number: int) -> Amount:
    return Amount(calendar_days=number)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (at(1), 14, at(15, 16)),
        (at(1), 3, at(4, 16, 30)),
        (at(1, 20), 1, at(2, 16)),
        (at(5), 2, at(7, 16)),
        (at(4), 1, at(7, 16)),
        (at(17), 7, at(28, 16)),
        (at(17), 8, at(28, 16)),
        (at(17), 11, at(28, 16)),
    ],
)
def test_calendar_days_end_with_the_work_of_the_last_or_of_the_next_working_day(
    start: datetime, days: int, end: datetime
) -> None:
    assert due(OFFICE, start, calendar_days(days)) == end


def test_hours_round_the_clock_run_through_night_weekend_and_holiday() -> None:
    assert due(OFFICE, at(4, 15), Amount(running=24 * 60)) == at(5, 15)
    assert due(OFFICE, at(23, 8, 15), Amount(running=72 * 60)) == at(26, 8, 15)
    assert due(OFFICE, at(5, 22), Amount(running=90)) == at(5, 23, 30)
    assert due(OFFICE, at(4, 15).astimezone(WITA), Amount(running=60)).utcoffset() == timedelta(hours=7)


def test_the_calendar_comes_first_then_work_then_the_clock() -> None:
    assert due(OFFICE, at(1), Amount(calendar_days=1, days=1)) == at(3, 16)
    assert due(OFFICE, at(1), Amount(calendar_days=1, minutes=60)) == at(3, 8, 30)
    assert due(OFFICE, at(1), Amount(days=1, running=60)) == at(2, 11)


def test_what_stood_still_is_counted_on_by_its_own_clock() -> None:
    pause = [(at(2, 9), at(7, 9))]

    assert due_with_pauses(OFFICE, at(1), calendar_days(3), pause) == at(9, 16)
    assert due_with_pauses(OFFICE, at(1), Amount(running=48 * 60), pause) == at(8, 10)
    assert due_with_pauses(OFFICE, at(8), Amount(running=60), pause) == at(8, 11)
    assert due_with_pauses(OFFICE, at(1), calendar_days(1), [(at(9), at(10))]) == at(2, 16)


def test_the_latest_start_of_calendar_days_is_the_end_of_work_so_many_days_before() -> None:
    assert start_of(OFFICE, at(15, 16), calendar_days(14)) == at(1, 16)
    assert start_of(OFFICE, at(15, 15), calendar_days(14)) == at(30, 16, month=11)
    assert start_of(OFFICE, at(5, 15), Amount(running=24 * 60)) == at(4, 15)


def test_a_count_is_told_day_by_day_with_the_days_off_that_are_counted() -> None:
    rows = explained(OFFICE, at(3, 20), calendar_days(3))
    assert [(row.day.day, row.by_calendar) for row in rows] == [(3, False), (4, True), (5, True), (6, True), (7, False)]
    assert sum(row.running for row in explained(OFFICE, at(4, 15), Amount(running=24 * 60))) == 24 * 60


def test_an_amount_beyond_the_calendar_is_refused_in_words() -> None:
    for amount in (calendar_days(10**7), Amount(running=10**11)):
        with pytest.raises(CalendarUnusable, match="akhir kalender"):
            due(OFFICE, at(1), amount)


AMOUNTS = st.builds(Amount, st.integers(0, 4), st.integers(0, 900), st.integers(0, 20), st.integers(0, 4000))
MOMENTS = st.integers(0, 59 * 1440).map(lambda minutes: datetime(2026, 2, 1, tzinfo=WIB) + timedelta(minutes=minutes))


@given(some_calendar(), MOMENTS, AMOUNTS, st.integers(0, 5000))
def test_what_is_received_later_or_has_more_time_is_never_due_earlier(
    calendar: WorkCalendar, start: datetime, amount: Amount, later: int
) -> None:
    found = due(calendar, start, amount)

    assert due(calendar, start + timedelta(minutes=later), amount) >= found >= start.astimezone(calendar.timezone)
    more = Amount(amount.days, amount.minutes, amount.calendar_days + later % 7, amount.running)
    assert due(calendar, start, more) >= found


@given(some_calendar(), MOMENTS, AMOUNTS)
def test_a_start_found_backwards_is_the_latest_that_is_due_in_time(
    calendar: WorkCalendar, end: datetime, amount: Amount
) -> None:
    start = start_of(calendar, end, amount)
    following = next_working(calendar, start + timedelta(minutes=1))

    assert next_working(calendar, start) == start
    assert due(calendar, start, amount) <= end
    assert due(calendar, following, amount) > end or following - start < timedelta(minutes=1)


@given(some_calendar(), MOMENTS, AMOUNTS, st.integers(0, 9000), st.integers(0, 9000))
def test_a_pause_never_makes_anything_due_earlier(
    calendar: WorkCalendar, start: datetime, amount: Amount, begun: int, length: int
) -> None:
    since = start + timedelta(minutes=begun)
    found = due_with_pauses(calendar, start, amount, [(since, since + timedelta(minutes=length))])

    assert found >= due(calendar, start, amount)
