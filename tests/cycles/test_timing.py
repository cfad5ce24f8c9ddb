"""How long steps took: visits, percentiles, pauses, waiting, comparison, suggestion."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.history.comparing import LOOSEN, TIGHTEN, TOO_FEW, compared, suggestion
from himpun.history.events import CHILD, COMPLETE, RESUME, START, SUSPEND, UNIT, Event, Log, in_order
from himpun.history.timings import NO_VISITS, percentile, step_timings
from himpun.history.visits import Visit, pauses_of, visits_of
from himpun.history.waiting import Waiting, waiting_in
from himpun.offices import worktime
from himpun.offices.worktime import Amount
from tests.cycles.logs import CALENDAR, MONDAY, PROCEDURE, clock, ended, turn

AMOUNTS = {step.no: clock().amount(step) for step in PROCEDURE.steps}
MOMENTS = st.datetimes(datetime(2026, 9, 25), datetime(2026, 11, 5)).map(lambda at: at.replace(tzinfo=worktime.WIB))  # noqa: DTZ001


def visits(log: Log) -> list[Visit]:
    return visits_of(in_order(log), {}, AMOUNTS, clock())


@given(MOMENTS, MOMENTS, st.integers(0, 6), st.integers(0, 700))
def test_the_quick_clock_agrees_with_working_time(a: datetime, b: datetime, days: int, minutes: int) -> None:
    start, end = min(a, b), max(a, b)
    amount, quick = Amount(days, minutes), clock()
    due = worktime.due(CALENDAR, start, amount)

    assert quick.minutes(start, end) == worktime.minutes_between(CALENDAR, start, end)
    assert (quick.late(start, end, amount) > 0) == (end > due)
    if end > due:
        assert quick.late(start, end, amount) == max(worktime.minutes_between(CALENDAR, due, end), 1)
    assert quick.late(start, due, amount) == 0
    assert quick.late(start, due + timedelta(microseconds=1), amount) == 1


def test_a_turn_has_its_working_minutes_and_its_lateness() -> None:
    (first, second) = visits(
        turn("k", 1, MONDAY, MONDAY + timedelta(days=1)) + turn("k", 2, MONDAY, MONDAY + timedelta(days=2, hours=1))
    )

    assert (first.minutes, first.late) == (450, 0)
    assert (second.minutes, second.late) == (960, 60)


def test_without_a_start_a_step_began_when_the_one_before_ended_and_the_first_nobody_knows_when() -> None:
    first, second = visits(ended("k", (1, 2), hours=2))

    assert (first.start, first.minutes, first.late) == (None, None, None)
    assert (second.start, second.minutes) == (MONDAY, 120)


def test_a_pause_is_not_counted() -> None:
    log = [
        *turn("k", 1, MONDAY, MONDAY + timedelta(days=3)),
        Event("k", "1 kegiatan", MONDAY + timedelta(hours=1), SUSPEND, step=1),
        Event("k", "1 kegiatan", MONDAY + timedelta(days=2, hours=1), RESUME, step=1),
    ]
    (visit,) = visits(log)

    assert pauses_of(in_order(log)) == ((MONDAY + timedelta(hours=1), MONDAY + timedelta(days=2, hours=1)),)
    assert (visit.minutes, visit.late) == (450, 0)


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_the_percentile_is_the_smallest_value_that_nine_tenths_do_not_exceed(values: list[int]) -> None:
    found = percentile(values, 0.9)

    assert found is not None
    assert sum(value <= found for value in values) * 10 >= len(values) * 9
    assert all(sum(value <= less for value in values) * 10 < len(values) * 9 for less in values if less < found)


def test_a_step_nobody_ran_is_blank_with_its_reason_and_never_nought() -> None:
    rows = step_timings(PROCEDURE, visits(turn("k", 1, MONDAY, MONDAY + timedelta(hours=1))), clock(), {3: 2})

    assert (rows[0].median, rows[0].on_time, rows[0].why_not) == (60, 1.0, "")
    assert (rows[1].median, rows[1].p90, rows[1].on_time, rows[1].rework, rows[1].why_not) == (None,) * 4 + (NO_VISITS,)
    assert rows[2].skipped == 2
    assert (rows[0].delay, rows[1].delay) == ("aman", "tanpa-data")


def test_returns_and_repetitions_are_counted() -> None:
    steps, decisions = (1, 2, 1, 2, 3, 4), ("lanjut", "kurang", "lanjut", "lengkap", "setuju", "selesai")
    rows = step_timings(PROCEDURE, visits(ended("k", steps, decisions=decisions)), clock())

    assert (rows[1].visits, rows[1].returns, rows[1].returned, rows[1].repeats, rows[1].rework) == (2, 1, 0.5, 1, 0.5)


def waited(log: Log) -> Waiting:
    found = Waiting()
    waiting_in(in_order(log), visits(log), clock(), found)
    return found


def test_who_holds_the_next_step_waits_for_who_holds_this_one() -> None:
    noon = MONDAY + timedelta(hours=2)
    found = waited(turn("k", 1, MONDAY, noon) + turn("k", 2, noon, noon + timedelta(hours=1)))

    assert dict(found.minutes) == {("B", "A"): 120}


def test_while_units_owe_their_part_they_are_waited_for_and_share_the_time() -> None:
    at = [MONDAY + timedelta(hours=no) for no in range(4)]
    unit = [
        Event("k", "isian U1", at[0], START, "U1", scope=UNIT),
        Event("k", "isian U2", at[0], START, "U2", scope=UNIT),
        Event("k", "isian U1", at[1], COMPLETE, "U1", scope=UNIT),
        Event("k", "isian U2", at[2], COMPLETE, "U2", scope=UNIT),
        Event("k", "anak", at[0], START, "C", scope=CHILD),
        Event("k", "anak", at[2], COMPLETE, "C", scope=CHILD),
    ]
    found = waited([*turn("k", 1, at[0], at[3]), *turn("k", 2, at[3], at[3] + timedelta(hours=1)), *unit])

    assert found.of("A", "U1") == 30
    assert found.of("A", "U2") == 30 + 60
    assert found.of("A", "C") is None
    assert found.of("B", "A") == 60
    assert sum(found.minutes.values()) == 180


def test_offices_and_periods_are_compared_by_what_took_how_long() -> None:
    rows = [visit._replace(period="2026-TW1") for visit in visits(turn("k", 1, MONDAY, MONDAY + timedelta(days=3)))]
    rows += [visit._replace(period="2026-TW2") for visit in visits(turn("m", 1, MONDAY, MONDAY + timedelta(hours=1)))]
    first, second = compared(rows, {"m": 60}, lambda visit: visit.period)

    assert (first.name, first.median, first.on_time) == ("2026-TW1", None, 0)
    assert (second.name, second.median, second.on_time) == ("2026-TW2", 60, 1)


def turns(step: int, count: int, days: float) -> list[Visit]:
    log = [event for no in range(count) for event in turn(str(no), step, MONDAY, MONDAY + timedelta(days=days))]
    return [visit for event in range(0, len(log), 2) for visit in visits(log[event : event + 2])]


@pytest.mark.parametrize(
    ("step", "days", "text", "verdict"),
    [(1, 3, "3 hari", LOOSEN), (2, 1 / 24, "1 jam", TIGHTEN), (2, 2, "2 hari", "tetap")],
)
def test_the_suggestion_is_the_smallest_usual_amount_that_would_have_been_kept(
    step: int, days: float, text: str, verdict: str
) -> None:
    found = suggestion(PROCEDURE.step(step), turns(step, 12, days), clock())

    assert (found.text, found.verdict, found.n, found.kept_then) == (text, verdict, 12, 1.0)


def test_a_few_slow_visits_do_not_move_the_suggestion_and_too_few_give_none() -> None:
    mixed = turns(1, 8, 1) + [visit._replace(case=f"x{visit.case}") for visit in turns(1, 2, 9)]

    assert suggestion(PROCEDURE.step(1), mixed, clock()).text == "1 hari"
    few = suggestion(PROCEDURE.step(1), turns(1, 9, 1), clock())
    assert (few.verdict, few.text) == (TOO_FEW, "")
    assert "9 kunjungan" in few.sentence
