"""The track of a run: what each rung says of its step."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from himpun.reports.ladder.rungs import (
    DONE,
    DONE_LATE,
    FUTURE,
    LATE,
    OPEN,
    PAUSED,
    SAID,
    SKIPPED,
    Rung,
    Visit,
    said,
    track_of,
)

MONDAY = datetime(2026, 10, 5, 1, tzinfo=UTC)
LATER = MONDAY + timedelta(hours=3)


def done(no: int, *, late: bool = False) -> Visit:
    return Visit(no, MONDAY, LATER if late else MONDAY)


def states(*visits: Visit, open_state: str = OPEN) -> list[str]:
    return [rung.state for rung in track_of(range(1, 6), visits, open_state)]


def test_a_run_on_its_way_shows_what_was_done_and_how_and_what_is_open() -> None:
    assert states(done(1), done(2, late=True), Visit(3, MONDAY, None)) == [DONE, DONE_LATE, OPEN, FUTURE, FUTURE]
    assert states(done(1), Visit(2, MONDAY, None), open_state=LATE)[1] == LATE
    assert states(done(1), Visit(2, MONDAY, None), open_state=PAUSED)[1] == PAUSED


def test_after_a_return_the_steps_ahead_have_to_be_done_again() -> None:
    returned = [done(1), done(2), done(3), done(4), Visit(2, MONDAY, None)]

    assert states(*returned) == [DONE, OPEN, FUTURE, FUTURE, FUTURE]


def test_a_step_that_the_run_went_past_was_skipped() -> None:
    assert states(done(1), done(2), done(4), Visit(5, None, None)) == [DONE, DONE, SKIPPED, DONE, OPEN]
    assert states(done(1), done(5)) == [DONE, SKIPPED, SKIPPED, SKIPPED, DONE]


def test_a_step_without_a_due_moment_is_never_late() -> None:
    assert states(Visit(1, None, LATER), Visit(2, None, None))[0] == DONE


def test_the_track_in_words_gathers_neighbours() -> None:
    track = track_of(range(1, 6), [done(1), done(2), Visit(3, MONDAY, None)], LATE)

    assert said(track) == ("Langkah 1–2 selesai tepat waktu; langkah 3 sedang dikerjakan, terlambat; langkah 4–5 belum")


def test_no_two_states_look_the_same_without_their_colour() -> None:
    marks = {Rung(4, state).mark for state in SAID}

    assert len(marks) == len(SAID)


@given(st.lists(st.tuples(st.integers(1, 8), st.booleans()), max_size=12), st.integers(1, 8))
def test_there_is_a_rung_for_every_step_and_nothing_ahead_of_the_open_one(
    past: list[tuple[int, bool]], now_at: int
) -> None:
    visits = [*(done(no, late=late) for no, late in past), Visit(now_at, MONDAY, None)]

    track = track_of(range(1, 9), visits)

    assert [rung.no for rung in track] == list(range(1, 9))
    assert [rung.no for rung in track if rung.state == OPEN] == [now_at]
    assert all((rung.state == FUTURE) == (rung.no > now_at) for rung in track)
