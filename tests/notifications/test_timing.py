"""Quiet hours, digests and back-off as pure arithmetic of moments."""

from datetime import datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.notifications.timing import BACK_OFF, digest_at, is_quiet, send_at, try_again_at

WIB, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
FIRST, LAST = datetime(2026, 1, 1), datetime(2027, 12, 31)  # noqa: DTZ001 - Hypothesis gives them their zone
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(ZoneInfo("UTC")))
CLOCKS = st.times().map(lambda clock: clock.replace(microsecond=0))
ZONES = st.sampled_from([WIB, ZoneInfo("Asia/Makassar"), WIT])
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "expected"),
    [("19.59", "5 19.59"), ("20.00", "6 06.00"), ("23.30", "6 06.00"), ("00.10", "5 06.00"), ("06.00", "5 06.00")],
)
def test_at_night_a_message_waits_for_the_morning(at: str, expected: str) -> None:
    moment = datetime.strptime(f"2026-10-05 {at}", "%Y-%m-%d %H.%M").replace(tzinfo=WIB)
    assert f"{send_at(moment, time(20), time(6), WIB):%-d %H.%M}" == expected


def test_the_night_is_that_of_the_office() -> None:
    evening_in_the_west = datetime(2026, 10, 5, 19, 0, tzinfo=WIB)
    assert send_at(evening_in_the_west, time(20), time(6), WIB) == evening_in_the_west
    assert send_at(evening_in_the_west, time(20), time(6), WIT) == datetime(2026, 10, 6, 6, 0, tzinfo=WIT)


@given(MOMENTS, CLOCKS, CLOCKS, ZONES)
def test_a_message_goes_as_early_as_it_may_and_never_in_the_quiet_hours(
    at: datetime, quiet_from: time, quiet_until: time, zone: ZoneInfo
) -> None:
    found = send_at(at, quiet_from, quiet_until, zone)

    assert at <= found < at + DAY
    assert not is_quiet(found.astimezone(zone).time(), quiet_from, quiet_until)
    assert send_at(found, quiet_from, quiet_until, zone) == found
    if found != at:
        assert is_quiet(at.astimezone(zone).time(), quiet_from, quiet_until)
        assert found.astimezone(zone).time() == quiet_until
        just_before = (found - timedelta(seconds=1)).astimezone(zone).time()
        assert is_quiet(just_before, quiet_from, quiet_until)


@given(MOMENTS, CLOCKS, ZONES)
def test_no_quiet_hours_when_both_ends_are_the_same(at: datetime, clock: time, zone: ZoneInfo) -> None:
    assert send_at(at, clock, clock, zone) == at


@given(MOMENTS, CLOCKS, ZONES)
def test_a_digest_comes_within_a_day_at_the_hour_that_was_chosen(at: datetime, clock: time, zone: ZoneInfo) -> None:
    found = digest_at(at, clock, zone)

    assert at <= found < at + DAY
    assert found.astimezone(zone).time() == clock
    assert digest_at(found, clock, zone) == found


def test_after_the_first_try_and_five_more_it_is_over() -> None:
    now = datetime(2026, 10, 5, 8, 0, tzinfo=WIB)

    tries = [try_again_at(now, tries) for tries in range(1, 8)]

    assert [found - now for found in tries[:5] if found] == list(BACK_OFF)
    assert tries[5:] == [None, None]
    assert list(accumulate(BACK_OFF))[-1] < DAY
