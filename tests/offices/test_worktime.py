"""Working time, checked against the examples an office would give and against counting minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himpun.offices.calendar.holiday_seed import seed_holidays
from himpun.offices.worktime import (
    DEFAULT_WEEK,
    WIB,
    WIT,
    WITA,
    Amount,
    CalendarUnusable,
    Day,
    Week,
    WorkCalendar,
    due,
    due_with_pauses,
    end_of_day,
    explained,
    minutes_between,
    minutes_of,
    next_working,
    nth_workday,
    read_week,
    start_of,
    write_week,
)

# 2026-08-03 is a Monday; 2026-08-17, Independence Day, too.
HOLIDAYS = frozenset({date(2026, 8, 17), date(2026, 8, 25), date(2026, 12, 24), date(2026, 12, 25)})
OFFICE = WorkCalendar(DEFAULT_WEEK, HOLIDAYS, WIB)
MINUTE = timedelta(minutes=1)


def at(day: int, hour: int, minute: int = 0, *, month: int = 8, zone: ZoneInfo = WIB) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=zone)


def days(number: int) -> Amount:
    return Amount(days=number)


def minutes(number: int) -> Amount:
    return Amount(minutes=number)


# --- the usual week --------------------------------------------------------------------------------------------------


def test_the_usual_week_is_thirty_seven_and_a_half_hours_net_in_five_equal_days() -> None:
    assert [minutes_of(day) for day in DEFAULT_WEEK] == [450, 450, 450, 450, 450, 0, 0]
    assert sum(minutes_of(day) for day in DEFAULT_WEEK) == 37.5 * 60


def test_the_usual_week_begins_and_ends_as_the_regulation_says() -> None:
    for day in DEFAULT_WEEK[:4]:
        assert (day[0][0], day[-1][1]) == (time(7, 30), time(16, 0))
    assert (DEFAULT_WEEK[4][0][0], DEFAULT_WEEK[4][-1][1]) == (time(7, 30), time(16, 30))


# --- "1 hari" --------------------------------------------------------------------------------------------------------


def test_one_day_from_monday_ten_is_tuesday_ten() -> None:
    assert due(OFFICE, at(3, 10), days(1)) == at(4, 10)


def test_one_day_from_friday_ten_is_monday_ten() -> None:
    assert due(OFFICE, at(7, 10), days(1)) == at(10, 10)


def test_a_holiday_pushes_the_day_after_it() -> None:
    assert due(OFFICE, at(14, 10), days(1)) == at(18, 10), "Friday, then a long weekend with Monday off"


def test_a_long_weekend_over_christmas() -> None:
    assert due(OFFICE, at(23, 15, month=12), days(1)) == at(28, 15, month=12)


def test_received_in_the_evening_counts_as_received_next_morning() -> None:
    assert due(OFFICE, at(3, 20), days(1)) == at(5, 7, 30)


def test_received_on_sunday_counts_as_received_on_monday() -> None:
    assert due(OFFICE, at(9, 11), days(2)) == at(12, 7, 30)


def test_received_during_rest_counts_as_received_after_it() -> None:
    assert due(OFFICE, at(3, 12, 20), days(1)) == at(4, 13)


def test_received_in_the_last_moment_of_the_day_is_due_in_the_last_moment_of_the_next() -> None:
    assert due(OFFICE, at(3, 16), days(1)) == at(4, 16)


def test_a_clock_time_the_reached_day_does_not_work_at_is_moved_into_it() -> None:
    assert due(OFFICE, at(7, 16, 20), days(1)) == at(10, 16), "Friday works until 16.30, Monday until 16.00"
    assert due(OFFICE, at(3, 11, 45), days(4)) == at(7, 13), "Friday's rest begins at 11.30"


def test_the_fifteen_days_and_twenty_minutes_of_the_procedure() -> None:
    assert due(OFFICE, at(3, 9), Amount(days=15, minutes=20)) == at(26, 9, 20), "with two days off in August"


def test_no_time_at_all_is_due_when_work_begins() -> None:
    assert due(OFFICE, at(3, 10), Amount()) == at(3, 10)
    assert due(OFFICE, at(8, 10), Amount()) == at(10, 7, 30)


# --- menit -----------------------------------------------------------------------------------------------------------


def test_minutes_stop_at_the_end_of_the_day_and_go_on_the_next() -> None:
    assert due(OFFICE, at(3, 15, 50), minutes(20)) == at(4, 7, 40)


def test_minutes_pass_over_rest() -> None:
    assert due(OFFICE, at(3, 11, 50), minutes(20)) == at(3, 13, 10)


def test_minutes_that_fill_the_day_end_with_it() -> None:
    assert due(OFFICE, at(3, 7, 30), minutes(450)) == at(3, 16)
    assert due(OFFICE, at(3, 7, 30), minutes(451)) == at(4, 7, 31)


def test_480_minutes_from_friday_half_past_three_end_on_monday() -> None:
    assert due(OFFICE, at(7, 15, 30), minutes(480)) == at(10, 15, 30)


def test_480_minutes_from_monday_ten_are_half_an_hour_more_than_a_working_day() -> None:
    assert due(OFFICE, at(3, 10), minutes(480)) == at(4, 10, 30)


def test_480_minutes_read_as_the_day_they_stand_for_keep_the_clock_time() -> None:
    one_day = minutes(480).in_days(480)
    assert one_day == days(1)
    assert due(OFFICE, at(3, 10), one_day) == at(4, 10)
    assert due(OFFICE, at(7, 15, 30), one_day) == at(10, 15, 30)


def test_only_full_days_of_minutes_become_days() -> None:
    assert minutes(1460).in_days(480) == Amount(days=3, minutes=20)
    assert minutes(479).in_days(480) == minutes(479)
    assert Amount(days=1, minutes=460).in_days(450) == Amount(days=2, minutes=10)


# --- backwards -------------------------------------------------------------------------------------------------------


def test_a_day_before_monday_ten_is_friday_ten() -> None:
    assert start_of(OFFICE, at(10, 10), days(1)) == at(7, 10)


def test_a_day_before_tuesday_after_a_long_weekend_is_friday() -> None:
    assert start_of(OFFICE, at(18, 10), days(1)) == at(14, 10)


def test_480_minutes_before_monday_half_past_three_are_friday_half_past_three() -> None:
    assert start_of(OFFICE, at(10, 15, 30), minutes(480)) == at(7, 15, 30)


def test_a_deadline_at_the_end_of_work_takes_whatever_began_before_the_end_of_the_day_before() -> None:
    assert start_of(OFFICE, at(10, 16), days(1)) == at(7, 16, 30), "Friday works until 16.30, Monday until 16.00"


def test_a_deadline_outside_work_is_the_end_of_work_before_it() -> None:
    assert start_of(OFFICE, at(9, 12), Amount()) == at(7, 16, 30)
    assert start_of(OFFICE, at(3, 12, 30), minutes(30)) == at(3, 11, 30)


def test_a_moment_no_start_is_due_at_has_the_last_start_that_is_due_before_it() -> None:
    start = start_of(OFFICE, at(7, 16, 20), days(1))
    assert start == at(6, 16), "Thursday ends at 16.00, so nothing is due on Friday between 16.00 and 16.30"
    assert due(OFFICE, start, days(1)) == at(7, 16)


def test_the_fifteen_days_and_twenty_minutes_of_the_procedure_backwards() -> None:
    assert start_of(OFFICE, at(26, 9, 20), Amount(days=15, minutes=20)) == at(3, 9)


def test_a_start_before_the_first_year_is_refused_in_words() -> None:
    with pytest.raises(CalendarUnusable, match="mendahului awal kalender"):
        start_of(OFFICE, at(3, 10), days(1_000_000))


# --- pauses ----------------------------------------------------------------------------------------------------------


def test_a_pause_sets_aside_what_was_left_and_counts_it_on_afterwards() -> None:
    assert due_with_pauses(OFFICE, at(3, 10), days(1), []) == at(4, 10)
    paused = [(at(3, 14), at(5, 9))]  # 270 minutes were left: 120 of Monday, 150 of Tuesday
    assert due_with_pauses(OFFICE, at(3, 10), days(1), paused) == at(5, 14, 30)


def test_two_pauses_are_counted_one_after_the_other() -> None:
    paused = [(at(3, 11), at(3, 14)), (at(4, 8), at(4, 9)), (at(6, 8), at(6, 9))]
    assert due_with_pauses(OFFICE, at(3, 10), minutes(240), paused) == at(4, 9, 30)


def test_a_pause_outside_working_time_or_after_the_deadline_or_before_the_start_changes_nothing() -> None:
    for pause in [(at(3, 17), at(4, 6)), (at(4, 10), at(6, 10)), (at(1, 10), at(3, 9))]:
        assert due_with_pauses(OFFICE, at(3, 10), days(1), [pause]) == at(4, 10)


def test_what_begins_during_a_pause_is_counted_from_its_end() -> None:
    assert due_with_pauses(OFFICE, at(3, 10), minutes(60), [(at(3, 8), at(5, 9))]) == at(5, 10)


# --- working days ----------------------------------------------------------------------------------------------------


def test_the_nth_working_day_passes_over_weekends_and_holidays() -> None:
    assert nth_workday(OFFICE, date(2026, 8, 14), 1) == date(2026, 8, 18)
    assert nth_workday(OFFICE, date(2026, 8, 1), 5) == date(2026, 8, 7)
    assert nth_workday(OFFICE, date(2026, 8, 17), -1) == date(2026, 8, 14), "the last working day not after the 17th"
    assert nth_workday(OFFICE, date(2026, 8, 18), -1) == date(2026, 8, 18)
    assert nth_workday(OFFICE, date(2026, 8, 31), -3) == date(2026, 8, 27)
    with pytest.raises(ValueError, match="0th"):
        nth_workday(OFFICE, date(2026, 8, 3), 0)


def test_the_end_of_a_day_off_is_the_end_of_the_next_working_day() -> None:
    assert end_of_day(OFFICE, date(2026, 8, 7)) == at(7, 16, 30)
    assert end_of_day(OFFICE, date(2026, 8, 15)) == at(18, 16)


# --- in words --------------------------------------------------------------------------------------------------------


def test_a_count_is_told_day_by_day_with_what_was_passed_over() -> None:
    rows = explained(OFFICE, at(14, 15, 30), Amount(days=1, minutes=60))
    told = [(row.day.day, row.as_day, row.minutes, row.why_not) for row in rows]
    assert told == [
        (14, False, 0, ""),
        (15, False, 0, "tanpa-jam-kerja"),
        (16, False, 0, "tanpa-jam-kerja"),
        (17, False, 0, "libur"),
        (18, True, 30, ""),
        (19, False, 30, ""),
    ]
    assert rows[4].spans == ((time(15, 30), time(16)),)


def test_what_came_after_work_is_told_to_begin_the_next_day() -> None:
    evening = explained(OFFICE, at(3, 20), minutes(10))
    assert [(row.day.day, row.minutes, row.why_not) for row in evening] == [(3, 0, "sesudah-jam-kerja"), (4, 10, "")]


# --- measuring -------------------------------------------------------------------------------------------------------


def test_a_day_is_measured_as_450_minutes_and_a_week_as_2250() -> None:
    assert minutes_between(OFFICE, at(3, 10), at(4, 10)) == 450
    assert minutes_between(OFFICE, at(3, 10), at(10, 10)) == 2250


def test_time_off_measures_as_nothing() -> None:
    assert minutes_between(OFFICE, at(7, 16, 30), at(10, 7, 30)) == 0
    assert minutes_between(OFFICE, at(3, 12), at(3, 13)) == 0
    assert minutes_between(OFFICE, at(17, 0), at(18, 0)) == 0


def test_measuring_backwards_is_negative() -> None:
    assert minutes_between(OFFICE, at(4, 10), at(3, 10)) == -450


def test_seconds_do_not_make_a_minute() -> None:
    late = at(3, 10) + timedelta(seconds=90)
    assert minutes_between(OFFICE, at(3, 10), late) == 1
    assert minutes_between(OFFICE, late, at(3, 10)) == -1
    assert due(OFFICE, late, minutes(1)) == late + MINUTE


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        (at(3, 7, 29), False),
        (at(3, 7, 30), True),
        (at(3, 12), True),
        (at(3, 12, 1), False),
        (at(3, 16), True),
        (at(3, 16, 1), False),
        (at(7, 16, 30), True),
        (at(8, 10), False),
        (at(17, 10), False),
    ],
)
def test_the_first_and_the_last_moment_are_working_time(moment: datetime, working: bool) -> None:
    assert (next_working(OFFICE, moment) == moment) is working


# --- zones -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [WIB, WITA, WIT])
def test_every_zone_works_by_its_own_clock(zone: ZoneInfo) -> None:
    office = WorkCalendar(DEFAULT_WEEK, HOLIDAYS, zone)
    found = due(office, at(3, 10, zone=zone), Amount(days=1, minutes=5))
    assert found == at(4, 10, 5, zone=zone)
    assert found.tzinfo is zone


def test_the_same_moment_is_work_in_papua_and_not_yet_in_java() -> None:
    moment = datetime(2026, 8, 2, 22, 45, tzinfo=UTC)  # Monday 05.45 WIB, 07.45 WIT
    assert next_working(OFFICE, moment) == at(3, 7, 30)
    assert next_working(WorkCalendar(DEFAULT_WEEK, HOLIDAYS, WIT), moment) == moment


def test_a_question_asked_in_utc_is_answered_in_the_zone_of_the_office() -> None:
    found = due(OFFICE, datetime(2026, 8, 3, 3, tzinfo=UTC), days(1))
    assert (found, found.tzinfo) == (at(4, 10), WIB)


def test_a_moment_without_a_zone_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due(OFFICE, datetime(2026, 8, 3, 10), days(1))  # noqa: DTZ001


# --- other weeks and days --------------------------------------------------------------------------------------------


def test_days_with_other_hours_such_as_ramadan_replace_the_usual() -> None:
    short: Day = ((time(8), time(12)), (time(12, 30), time(15)))
    ramadan = {date(2026, 8, 3) + timedelta(days=n): short for n in range(5)}
    office = WorkCalendar(DEFAULT_WEEK, frozenset(), WIB, ramadan)
    assert sum(minutes_of(day) for day in ramadan.values()) == 32.5 * 60
    assert next_working(office, at(3, 7, 30)) == at(3, 8)
    assert due(office, at(3, 14, 30), minutes(60)) == at(4, 8, 30)
    assert due(office, at(7, 14), minutes(90)) == at(10, 8), "Friday until 15.00, and the usual hours on Monday"


def test_a_holiday_in_ramadan_is_still_off() -> None:
    office = WorkCalendar(DEFAULT_WEEK, HOLIDAYS, WIB, {date(2026, 8, 17): ((time(8), time(12)),)})
    assert next_working(office, at(17, 9)) == at(18, 7, 30)


def test_a_saturday_can_be_made_a_working_day() -> None:
    office = WorkCalendar(DEFAULT_WEEK, HOLIDAYS, WIB, {date(2026, 8, 8): ((time(8), time(12)),)})
    assert due(office, at(7, 10), days(1)) == at(8, 10)


def test_hours_are_written_and_read_back_as_they_were() -> None:
    written = write_week(DEFAULT_WEEK)
    assert written["jumat"] == ["07.30-11.30", "13.00-16.30"]
    assert read_week(written) == DEFAULT_WEEK
    assert read_week({}) == DEFAULT_WEEK


def test_a_day_left_out_is_off() -> None:
    assert read_week({"senin": ["08:00–12:00"]}) == (((time(8), time(12)),), (), (), (), (), (), ())


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [
        ({"senin": ["16.00-07.30"]}, "berakhir sebelum dimulai"),
        ({"senin": ["07.30-12.00", "11.00-16.00"]}, "bertumpang tindih"),
        ({"senin": ["pagi"]}, "tulis seperti 07.30-12.00"),
        ({"senin": ["07.30-25.00"]}, "tulis seperti 07.30-12.00"),
        ({"monday": ["07.30-12.00"]}, "Hari “monday” tidak dikenal"),
        ({"senin": []}, "tidak mempunyai jam kerja"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_the_reason(hours: dict[str, list[str]], sentence: str) -> None:
    with pytest.raises(CalendarUnusable, match=sentence):
        read_week(hours)


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(CalendarUnusable, match="tidak boleh kurang dari nol"):
        Amount(days=-1)


def test_an_amount_beyond_the_end_of_the_calendar_is_refused_in_words() -> None:
    with pytest.raises(CalendarUnusable, match="melampaui akhir kalender"):
        due(OFFICE, at(3, 10), days(10_000_000))


def test_twenty_thousand_working_days_are_found_without_walking_them() -> None:
    years_off = frozenset(date(year, 8, 17) for year in range(2026, 2110))
    office = WorkCalendar(DEFAULT_WEEK, years_off, WIB)
    found = due(office, at(3, 10), days(20_000))
    assert minutes_between(office, at(3, 10), found) == 20_000 * 450
    assert found.year == 2103


# --- whatever the calendar -------------------------------------------------------------------------------------------

FIRST, LAST = date(2026, 8, 1), date(2026, 9, 15)


@st.composite
def some_day(draw: st.DrawFn) -> Day:
    """Up to three intervals in quarter hours."""
    marks = sorted(draw(st.sets(st.integers(0, 95), max_size=6)))
    clocks = [time(mark // 4, mark % 4 * 15) for mark in marks]
    return tuple(zip(clocks[::2], clocks[1::2], strict=False))


@st.composite
def some_calendar(draw: st.DrawFn) -> WorkCalendar:
    drawn = draw(st.tuples(*[some_day()] * 7).filter(any))
    week: Week = draw(st.sampled_from([DEFAULT_WEEK, drawn]))
    dates = st.dates(FIRST, LAST)
    holidays = draw(st.frozensets(dates, max_size=8))
    special = draw(st.dictionaries(dates, some_day(), max_size=4))
    return WorkCalendar(week, holidays, draw(st.sampled_from([WIB, WITA, WIT])), special)


moments = st.integers(0, 30 * 24 * 60).map(lambda minute: datetime(2026, 8, 1, tzinfo=UTC) + minute * MINUTE)
amounts = st.builds(Amount, days=st.integers(0, 12), minutes=st.integers(0, 3000))


def minute_is_worked(calendar: WorkCalendar, start: datetime) -> bool:
    """Whether the minute that begins now is worked, read off the calendar by eye."""
    local = start.astimezone(calendar.timezone)
    usual = calendar.special_days.get(local.date(), calendar.hours[local.weekday()])
    hours = () if local.date() in calendar.holidays else usual
    return any(begin <= local.time() < end for begin, end in hours)


@settings(deadline=None)
@given(some_calendar(), moments, st.integers(1, 700))
def test_minutes_agree_with_counting_them_one_by_one(calendar: WorkCalendar, start: datetime, amount: int) -> None:
    moment, worked = start, 0
    while worked < amount and moment < start + timedelta(days=40):
        worked += minute_is_worked(calendar, moment)
        moment += MINUTE
    if worked == amount:
        assert due(calendar, start, minutes(amount)) == moment


@settings(deadline=None)
@given(some_calendar(), moments, st.integers(0, 5 * 24 * 60))
def test_measuring_agrees_with_counting_minutes_one_by_one(calendar: WorkCalendar, a: datetime, length: int) -> None:
    counted = sum(minute_is_worked(calendar, a + n * MINUTE) for n in range(length))
    assert minutes_between(calendar, a, a + length * MINUTE) == counted


@given(some_calendar(), moments, st.integers(1, 15))
def test_days_agree_with_counting_working_days_one_by_one(calendar: WorkCalendar, start: datetime, amount: int) -> None:
    day, left = next_working(calendar, start).date(), amount
    while left:
        day += timedelta(days=1)
        left -= bool(calendar.on(day))
    assert due(calendar, start, days(amount)).date() == day


@given(some_calendar(), moments, amounts)
def test_nothing_is_ever_due_outside_working_time(calendar: WorkCalendar, start: datetime, amount: Amount) -> None:
    found = due(calendar, start, amount)
    assert next_working(calendar, found) == found
    assert found >= start
    assert found.tzinfo is calendar.timezone


@given(some_calendar(), moments, st.integers(0, 20_000))
def test_adding_minutes_and_measuring_them_agree(calendar: WorkCalendar, start: datetime, amount: int) -> None:
    assert minutes_between(calendar, start, due(calendar, start, minutes(amount))) == amount


@given(some_calendar(), moments, st.integers(0, 2000), st.integers(0, 2000))
def test_minutes_may_be_added_in_two_steps(calendar: WorkCalendar, start: datetime, one: int, two: int) -> None:
    assert due(calendar, due(calendar, start, minutes(one)), minutes(two)) == due(calendar, start, minutes(one + two))


@given(moments, st.integers(1, 60))
def test_in_the_usual_week_a_day_keeps_the_clock_time_or_is_moved_off_rest(start: datetime, amount: int) -> None:
    begun, found = next_working(OFFICE, start), due(OFFICE, start, days(amount))
    assert found.time() == begun.time() or not any(
        opens <= begun.time() <= closes for opens, closes in OFFICE.on(found.date())
    )


@given(some_calendar(), moments, moments, amounts)
def test_what_is_received_later_is_never_due_earlier(
    calendar: WorkCalendar, one: datetime, two: datetime, amount: Amount
) -> None:
    earlier, later = sorted([one, two])
    assert due(calendar, earlier, amount) <= due(calendar, later, amount)


@given(some_calendar(), moments, amounts, st.integers(0, 3), st.integers(0, 100))
def test_more_time_is_never_due_earlier(
    calendar: WorkCalendar, start: datetime, amount: Amount, more_days: int, more_minutes: int
) -> None:
    more = Amount(amount.days, amount.minutes + more_minutes)
    assert due(calendar, start, amount) <= due(calendar, start, more)
    assert due(calendar, start, days(amount.days)) <= due(calendar, start, days(amount.days + more_days))


@given(some_calendar(), moments, amounts, st.dates(FIRST, LAST))
def test_another_holiday_never_makes_anything_due_earlier_when_all_days_are_alike(
    calendar: WorkCalendar, start: datetime, amount: Amount, off: date
) -> None:
    alike = WorkCalendar(DEFAULT_WEEK[:4] + DEFAULT_WEEK[:1] + ((), ()), calendar.holidays, WIB)
    pushed = WorkCalendar(alike.hours, alike.holidays | {off}, WIB)
    assert due(alike, start, amount) <= due(pushed, start, amount)


@given(some_calendar(), moments, moments, moments)
def test_stretches_of_time_add_up(calendar: WorkCalendar, a: datetime, b: datetime, c: datetime) -> None:
    assert minutes_between(calendar, a, b) + minutes_between(calendar, b, c) == minutes_between(calendar, a, c)
    assert minutes_between(calendar, a, b) == -minutes_between(calendar, b, a)


@given(some_calendar(), moments)
def test_the_next_working_moment_is_working_and_nothing_is_worked_before_it(
    calendar: WorkCalendar, moment: datetime
) -> None:
    found = next_working(calendar, moment)
    assert any(start <= found.time() <= end for start, end in calendar.on(found.date()))
    assert minutes_between(calendar, moment, found) == 0
    assert next_working(calendar, found) == found


@given(some_calendar(), moments, amounts)
def test_subtracting_undoes_adding(calendar: WorkCalendar, start: datetime, amount: Amount) -> None:
    found = due(calendar, start, amount)
    latest = start_of(calendar, found, amount)
    assert due(calendar, latest, amount) == found
    assert latest >= next_working(calendar, start)


@given(some_calendar(), moments, amounts)
def test_a_start_found_backwards_is_working_time_and_in_time(
    calendar: WorkCalendar, end: datetime, amount: Amount
) -> None:
    found = start_of(calendar, end, amount)
    assert next_working(calendar, found) == found
    assert due(calendar, found, amount) <= end
    assert found.tzinfo is calendar.timezone


@given(some_calendar(), moments, moments, amounts)
def test_a_later_deadline_never_asks_for_an_earlier_start(
    calendar: WorkCalendar, one: datetime, two: datetime, amount: Amount
) -> None:
    earlier, later = sorted([one, two])
    assert start_of(calendar, earlier, amount) <= start_of(calendar, later, amount)


@given(some_calendar(), moments, st.integers(1, 2000), st.integers(1, 2000))
def test_minutes_may_be_taken_off_in_two_steps(calendar: WorkCalendar, end: datetime, one: int, two: int) -> None:
    assert start_of(calendar, start_of(calendar, end, minutes(one)), minutes(two)) == start_of(
        calendar, end, minutes(one + two)
    )


@given(some_calendar(), moments, amounts, st.lists(moments, max_size=6, unique=True))
def test_a_pause_never_makes_anything_due_earlier_or_outside_working_time(
    calendar: WorkCalendar, start: datetime, amount: Amount, marks: list[datetime]
) -> None:
    marks = sorted(marks)
    pauses = list(zip(marks[::2], marks[1::2], strict=False))
    found = due_with_pauses(calendar, start, amount, pauses)
    assert found >= due(calendar, start, amount)
    assert next_working(calendar, found) == found


@given(some_calendar(), st.dates(FIRST, LAST), st.integers(1, 20))
def test_working_days_are_counted_forth_and_back(calendar: WorkCalendar, day: date, number: int) -> None:
    later = nth_workday(calendar, day, number)
    assert sum(bool(calendar.on(day + timedelta(days=n))) for n in range(1, (later - day).days + 1)) == number
    assert nth_workday(calendar, later, -1) == later
    assert nth_workday(calendar, later, -number) == nth_workday(calendar, day, 1)


@given(some_calendar(), moments, amounts)
def test_the_days_and_minutes_told_add_up_to_the_amount(
    calendar: WorkCalendar, start: datetime, amount: Amount
) -> None:
    rows = explained(calendar, start, amount)
    assert sum(row.as_day for row in rows) == amount.days
    assert sum(row.minutes for row in rows) == amount.minutes
    assert rows[-1].day == due(calendar, start, amount).date()
    for row in rows:
        assert not (row.why_not and (row.as_day or row.minutes))


# --- seed of holidays ------------------------------------------------------------------------------------------------


def test_the_seed_has_national_holidays_and_collective_leave_with_indonesian_names() -> None:
    found = {seed.day: (seed.name, seed.kind) for seed in seed_holidays(2026)}
    assert found[date(2026, 8, 17)] == ("Hari Kemerdekaan Republik Indonesia", "nasional")
    assert found[date(2026, 3, 20)] == ("Cuti Bersama Hari Raya Idul Fitri", "cuti-bersama")


def test_the_seed_is_in_order_and_of_that_year_only() -> None:
    found = [seed.day for seed in seed_holidays(2027)]
    assert found == sorted(set(found))
    assert {day.year for day in found} == {2027}
