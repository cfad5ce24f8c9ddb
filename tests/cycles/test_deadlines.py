"""Deadlines on the database: each task's clock and for whom it runs, the forecast, pausing, and counting anew."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.cycles import actions
from himpun.cycles.deadlines.clocks import TaskClock, clocks, request_clocks
from himpun.cycles.deadlines.final import set_deadline
from himpun.cycles.deadlines.late import Late, late_by
from himpun.cycles.deadlines.outlook import outlooks
from himpun.cycles.deadlines.pauses import AlreadyPaused, NotPaused, ParentPaused, pause_cycle, resume_cycle
from himpun.cycles.deadlines.recounting import recount, recount_changed
from himpun.cycles.deadlines.survey import Survey
from himpun.cycles.engine import CycleClosed, CyclePaused
from himpun.cycles.models import Cycle, Pause, Task
from himpun.cycles.steps import answers
from himpun.errors import FieldErrors
from himpun.indicators.models.requests import DataRequest
from himpun.notifications.models import Message
from himpun.offices.acting import HoldsNoPost
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.offices import Office
from tests.cast import MECHANISM, PERIOD, SOP, WIB, Cast, found_office, later

pytestmark = pytest.mark.django_db


def at(day: int, hour: int = 8, minute: int = 0) -> datetime:
    """A moment of October 2026; MONDAY is the fifth at 08.00."""
    return datetime(2026, 10, day, hour, minute, tzinfo=WIB)


def clock_of(task: Task, now: datetime) -> TaskClock:
    return clocks([task], now)[task.pk]


def part(cycle: Cycle, no: int) -> Task:
    return Task.objects.filter(cycle=cycle, part=True).order_by("post__order", "pk")[no]


def mechanism(cast: Cast, **more: Any) -> Cycle:
    return actions.start_cycle(office=cast.office, key=MECHANISM, period=PERIOD, by=cast.kasubbag, **more)


# --- whose clock ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "state", "minutes", "words"),
    [
        (at(5, 9), "aman", -390, "6 jam 30 menit"),
        (at(5, 14, 30), "mendekati", -120, "2 jam"),
        (at(6), "mendekati", 0, "0 menit"),
        (at(6, 10), "terlambat", 120, "2 jam"),
        (at(8, 9, 30), "terlambat", 2 * 450 + 90, "2 hari kerja 1 jam"),
    ],
)
def test_a_task_is_safe_near_or_late_by_working_minutes(
    small: Cast, now: datetime, state: str, minutes: int, words: str
) -> None:
    found = clock_of(small.open_task(small.start()), now)

    assert (found.state, found.words) == (state, words)
    assert found.minutes == minutes
    assert found.waiting_on == ("Camat",)
    assert not found.for_others


def test_a_short_day_of_ramadan_is_a_day_late_as_the_reminder_says(small: Cast) -> None:
    day = ["08.00-12.00", "12.30-15.00"]
    hours = dict.fromkeys(("senin", "selasa", "rabu", "kamis", "jumat"), day)
    SpecialHours.objects.create(
        office=small.office, name="Ramadan", since=date(2026, 2, 18), until=date(2026, 3, 19), hours=hours
    )
    Office.objects.filter(pk=small.office.pk).update(calendar_stamp=9)
    cycle = small.start()
    due_at, now = (datetime(2026, 3, number, 10, tzinfo=WIB) for number in (9, 10))
    Task.objects.filter(cycle=cycle).update(due_at=due_at)

    found = clock_of(small.open_task(cycle), now)

    assert found.minutes == 390
    assert (found.words, found.counted.in_days) == ("1 hari kerja", 1.0)
    assert late_by(calendar_of(small.office.pk, 9)[0], due_at, now) == Late(1, 0, 450)


def test_a_task_overdue_at_night_is_late_although_no_working_minute_has_passed(small: Cast) -> None:
    cycle = small.start()
    Task.objects.filter(cycle=cycle).update(due_at=at(5, 16))

    assert clock_of(small.open_task(cycle), at(5, 20)).state == "terlambat"
    assert clock_of(small.open_task(cycle), at(5, 20)).minutes == 0


def test_a_task_without_a_standard_time_has_no_deadline(small: Cast) -> None:
    cycle = small.start()
    Task.objects.filter(cycle=cycle).update(due_at=None)

    assert clock_of(small.open_task(cycle), at(9)).state == "tanpa-batas"


def test_the_collecting_step_waits_for_the_units_that_have_not_answered(small: Cast) -> None:
    cycle = mechanism(small)
    small.to_collecting(cycle)
    small.answer(small.requests(cycle)[0])

    waits = clock_of(small.open_task(cycle), at(6, 10))
    unit = clock_of(part(cycle, 1), at(6, 10))

    assert waits.for_others
    assert waits.waiting_on == unit.waiting_on == ("Kepala Seksi 2",)
    assert waits.state == unit.state == "terlambat"
    assert (waits.own_minutes, waits.late) == (120, 120)


def test_the_step_that_runs_the_mechanism_waits_for_whoever_holds_its_open_step(small: Cast) -> None:
    cycle = small.to_step_3()
    early = clock_of(small.open_task(cycle), at(5, 8, 1))
    small.to_collecting(small.child(cycle))

    assert early.waiting_on == ("Kasubbag Perencanaan dan Keuangan",)
    assert clock_of(small.open_task(cycle), at(5, 9)).waiting_on == ("Kepala Seksi 1", "Kepala Seksi 2")
    late = clock_of(small.open_task(cycle), at(9))
    assert (late.own_minutes, late.own_words) == (2 * 450, "2 hari kerja")


def test_a_holder_who_had_to_wait_past_the_deadline_is_late_only_from_then_on(small: Cast) -> None:
    cycle = mechanism(small)
    small.to_collecting(cycle)
    with later(days=2):
        small.answer_all(cycle)

    found = clock_of(small.open_task(cycle), at(7, 9))

    assert (found.state, found.minutes, found.for_others) == ("terlambat", 60, False)
    assert found.waiting_on == ("Kasubbag Umum dan Kepegawaian",)


def test_a_returned_answer_has_a_clock_of_its_own(small: Cast) -> None:
    cycle = mechanism(small)
    small.to_collecting(cycle)
    small.answer_all(cycle)
    request = small.requests(cycle)[0]
    with later(days=3):
        answers.return_answer(request=request, reason="Angka terbalik", by=small.umum)

    again = Task.objects.get(cycle=cycle, part=True, decided_at=None)
    request.refresh_from_db()

    assert again.due_at == request.due_at == at(9)
    assert clock_of(again, at(8, 9)).state == "aman"
    assert clock_of(small.open_task(cycle), at(8, 9)).state == "aman"
    assert request_clocks([request], at(9, 9))[request.pk].late == 60


@pytest.mark.parametrize("offices", [1, 4])
def test_clocks_and_forecasts_cost_the_same_however_many_there_are(small: Cast, offices: int) -> None:
    casts = [small, *(found_office(f"kec-{no}") for no in range(offices - 1))]
    runs = [cast.to_step_3() for cast in casts]
    for cast, run in zip(casts, runs, strict=True):
        cast.to_collecting(cast.child(run))
    tasks = list(Task.objects.filter(decided_at=None))

    with CaptureQueriesContext(connection) as read_clocks:
        assert len(clocks(tasks, at(9))) == 4 * offices
    with CaptureQueriesContext(connection) as read_forecasts:
        assert len(outlooks(Cycle.objects.all(), at(9))) == 2 * offices

    assert len(read_clocks) <= 8
    assert len(read_forecasts) <= 9


# --- forecast -------------------------------------------------------------------------------------------------------


def test_the_forecast_of_a_run_holds_what_its_step_still_waits_for(small: Cast) -> None:
    cycle = small.to_step_3()
    child = small.child(cycle)

    found = outlooks([cycle, child], at(5, 8))

    assert found[child.pk].end == at(8, 8, 20)
    assert found[cycle.pk].ends[3] == at(8, 8, 20)
    assert found[cycle.pk].ends[4] == at(13, 8, 20)


def test_the_forecast_moves_as_steps_end(small: Cast) -> None:
    cycle = mechanism(small)
    before = outlooks([cycle], at(5))[cycle.pk].end
    small.to_collecting(cycle)
    small.answer_all(cycle)
    small.decide(cycle, "sampaikan")

    assert before == at(8, 8, 20)
    assert outlooks([cycle], at(5))[cycle.pk].end == at(7)


def run_once(cast: Cast, period: str, hours: int) -> None:
    """A mechanism of another period whose first step took so many hours."""
    cycle = actions.start_cycle(office=cast.office, key=MECHANISM, period=period, by=cast.kasubbag)
    with later(hours=hours):
        cast.decide(cycle, "perintahkan")
        actions.cancel_cycle(cycle=cycle, reason="selesai dicoba", by=cast.kepala)


def test_what_the_office_took_lately_comes_before_the_standard_time(small: Cast) -> None:
    periods = ["2026-07", "2026-08", "2026-09"]
    for period, hours in zip(periods[:2], (1, 2), strict=True):
        run_once(small, period, hours)
    cycle = mechanism(small)
    two = outlooks([cycle], at(5))[cycle.pk].ends[1]
    run_once(small, periods[2], 3)

    assert two == at(5, 8, 5)
    assert outlooks([cycle], at(5))[cycle.pk].ends[1] == at(5, 10)


def test_another_offices_pace_and_cancelled_steps_do_not_count(small: Cast, neighbour: Cast) -> None:
    for period in ("2026-07", "2026-08", "2026-09"):
        run_once(neighbour, period, 3)
        cancelled = actions.start_cycle(office=small.office, key=MECHANISM, period=period, by=small.kasubbag)
        with later(hours=2):
            actions.cancel_cycle(cycle=cancelled, reason="salah periode", by=small.kepala)
    cycle = mechanism(small)

    assert outlooks([cycle], at(5))[cycle.pk].ends[1] == at(5, 8, 5)


# --- the final deadline ---------------------------------------------------------------------------------------------


def test_a_deadline_is_planned_back_to_every_step_and_to_what_a_step_runs(small: Cast) -> None:
    cycle = small.start()
    fit = set_deadline(cycle=cycle, due_at=at(30, 16), by=small.kasubbag)
    small.decide(cycle, "disposisi", note="Segera")
    small.decide(cycle, "perintahkan", note="Segera")
    child = small.child(cycle)

    plan = outlooks([cycle], at(5))[cycle.pk].plan

    assert fit is not None
    assert fit.enough
    assert fit.sentence == ""
    assert plan[10] == at(30, 16)
    assert plan[9] == at(30, 15, 40)
    assert plan[3] == child.due_at
    assert 6 not in plan


def test_a_deadline_too_near_is_allowed_and_said(small: Cast) -> None:
    cycle = small.start()
    fit = set_deadline(cycle=cycle, due_at=at(9, 16), by=small.kepala)
    outlook = outlooks([cycle], at(5))[cycle.pk]

    assert fit is not None
    assert "perlu 16 hari kerja" in fit.sentence
    assert "ada 4" in fit.sentence
    assert outlook.margin is not None
    assert outlook.margin < 0
    assert outlook.misses(1, None)
    assert not outlooks([mechanism(small)], at(5)).popitem()[1].misses(1, None)


def test_moving_the_deadline_moves_that_of_the_procedure_a_step_runs(small: Cast) -> None:
    cycle = small.to_step_3()
    child = small.child(cycle)
    assert child.due_at is None

    set_deadline(cycle=cycle, due_at=at(30, 16), by=small.kepala)
    child.refresh_from_db()
    inherited = child.due_at
    set_deadline(cycle=cycle, due_at=None, by=small.kepala)
    child.refresh_from_db()

    assert inherited == at(16, 15, 40)
    assert child.due_at is None
    assert Record.objects.filter(act="cycles:deadline:set").count() == 4


@pytest.mark.parametrize("key", [SOP, MECHANISM])
def test_a_deadline_can_be_given_at_the_start_but_not_in_the_past(small: Cast, key: str) -> None:
    letter = small.letter()
    with pytest.raises(FieldErrors) as wrong:
        actions.start_cycle(office=small.office, key=key, period=PERIOD, by=small.umum, letter=letter, due_at=at(5, 8))
    cycle = actions.start_cycle(
        office=small.office, key=key, period=PERIOD, by=small.umum, letter=letter, due_at=at(5, 8, 1)
    )

    assert "due_at" in wrong.value.fields
    assert cycle.due_at == at(5, 8, 1)


def test_only_who_may_sets_a_deadline_and_only_of_a_running_cycle(small: Cast) -> None:
    cycle = small.start()
    with pytest.raises(HoldsNoPost):
        set_deadline(cycle=cycle, due_at=at(30), by=small.analis)
    actions.cancel_cycle(cycle=cycle, reason="salah", by=small.kepala)
    with pytest.raises(CycleClosed):
        set_deadline(cycle=cycle, due_at=at(30), by=small.kepala)

    assert Cycle.objects.get(pk=cycle.pk).due_at is None


# --- pausing --------------------------------------------------------------------------------------------------------


def test_a_pause_stops_the_clock_of_a_cycle_and_of_what_it_runs_and_resuming_moves_what_is_open(small: Cast) -> None:
    cycle = small.to_step_3()
    child = small.child(cycle)
    small.to_collecting(child)
    with later(hours=1):
        pause_cycle(cycle=cycle, reason="Menunggu  audit", by=small.sekretaris)
        stopped = clock_of(small.open_task(cycle), at(12))
    with later(days=2):
        resume_cycle(cycle=cycle, by=small.kepala)

    due = dict(Task.objects.filter(decided_at=None).order_by("pk").values_list("pk", "due_at"))
    assert (stopped.state, stopped.minutes) == ("dijeda", -(2 * 450 - 60))
    assert stopped.paused_since == at(5, 9)
    assert due[small.open_task(cycle).pk] == at(8, 15, 30)
    assert due[part(child, 0).pk] == small.requests(child)[0].due_at == at(7, 15, 30)
    assert set(Task.objects.filter(decided_at=None).values_list("nudge_at", flat=True)) == {at(7)}
    assert Pause.objects.filter(until=at(7), reason="Menunggu audit").count() == 2
    assert verify().faults == []


def test_nothing_is_decided_or_returned_while_a_cycle_is_paused(small: Cast) -> None:
    cycle = mechanism(small)
    small.to_collecting(cycle)
    small.answer_all(cycle)
    pause_cycle(cycle=cycle, reason="Audit", by=small.kepala)

    with pytest.raises(CyclePaused):
        small.decide(cycle, "sampaikan")
    with pytest.raises(CyclePaused):
        answers.return_answer(request=small.requests(cycle)[0], reason="salah", by=small.umum)
    resume_cycle(cycle=cycle, by=small.kepala)
    small.decide(cycle, "sampaikan")

    assert small.open_task(cycle).step_no == 5


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_pause_needs_a_reason(small: Cast, reason: str) -> None:
    cycle = small.start()
    with pytest.raises(FieldErrors):
        pause_cycle(cycle=cycle, reason=reason, by=small.kepala)
    assert not Pause.objects.exists()


def test_who_may_not_pause_or_pauses_twice_or_resumes_what_runs_is_told_so(small: Cast) -> None:
    cycle = small.to_step_3()
    for person in (small.kasubbag, small.analis, small.umum):
        with pytest.raises(HoldsNoPost):
            pause_cycle(cycle=cycle, reason="Audit", by=person)
    with pytest.raises(NotPaused):
        resume_cycle(cycle=cycle, by=small.kepala)
    pause_cycle(cycle=cycle, reason="Audit", by=small.kepala)
    with pytest.raises(AlreadyPaused):
        pause_cycle(cycle=cycle, reason="Audit", by=small.kepala)
    with pytest.raises(ParentPaused):
        resume_cycle(cycle=small.child(cycle), by=small.kepala)


def test_a_pause_that_came_first_outlasts_that_of_the_cycle_above(small: Cast) -> None:
    cycle = small.to_step_3()
    child = small.child(cycle)
    pause_cycle(cycle=child, reason="Unit dilatih", by=small.kepala)
    with later(hours=1):
        pause_cycle(cycle=cycle, reason="Audit", by=small.kepala)
        resume_cycle(cycle=cycle, by=small.kepala)

    assert list(Pause.objects.filter(until=None).values_list("cycle", flat=True)) == [child.pk]


def test_visits_that_were_paused_do_not_teach_the_forecast(small: Cast) -> None:
    for period in ("2026-07", "2026-08", "2026-09"):
        cycle = actions.start_cycle(office=small.office, key=MECHANISM, period=period, by=small.kasubbag)
        pause_cycle(cycle=cycle, reason="Audit", by=small.kepala)
        with later(hours=3):
            resume_cycle(cycle=cycle, by=small.kepala)
            small.decide(cycle, "perintahkan")
    cycle = mechanism(small)

    assert outlooks([cycle], at(5))[cycle.pk].ends[1] == at(5, 8, 5)


# --- counting anew --------------------------------------------------------------------------------------------------


def holiday(office: Office, day: date) -> None:
    """A day off, as the calendar's own acts leave it."""
    Holiday.objects.create(office=office, day=day, name="Hari jadi")
    Office.objects.filter(pk=office.pk).update(calendar_stamp=office.calendar_stamp + 1)


def test_a_holiday_added_afterwards_moves_open_deadlines_and_says_so(small: Cast) -> None:
    cycle = small.to_step_3()
    child = small.child(cycle)
    small.to_collecting(child)
    done = Task.objects.filter(decided_at__isnull=False).order_by("pk")
    before = list(done.values_list("due_at", flat=True))
    holiday(small.office, date(2026, 10, 6))
    with later(hours=1):
        moved = recount(small.office)

    task = small.open_task(cycle)
    record = Record.objects.filter(act="cycles:deadline:moved", subject=cycle.subject).get()
    message = Message.objects.filter(about=f"task:{task.pk}").get()
    assert {one.task.pk for one in moved} == set(Task.objects.filter(decided_at=None).values_list("pk", flat=True))
    assert task.due_at == at(8)
    assert task.nudge_at == at(5, 9)
    assert {request.due_at for request in small.requests(child)} == {at(7)}
    assert list(done.values_list("due_at", flat=True)) == before
    assert '"due_now":"2026-10-08T08:00+07:00"' in record.data
    moved_to = "dari 7 Okt 2026 pukul 08.00 WIB menjadi 8 Okt 2026 pukul 08.00 WIB: kalender kerja kantor berubah"
    assert moved_to in message.text
    assert message.post_id == task.post_id


def test_counting_anew_twice_tells_nobody_twice(small: Cast) -> None:
    small.start()
    holiday(small.office, date(2026, 10, 6))

    assert len(recount(small.office)) == 1
    assert recount(small.office) == []
    assert Message.objects.filter(text__contains="bergeser").count() == 1


def test_the_tick_counts_only_offices_whose_calendar_changed(
    small: Cast, neighbour: Cast, django_assert_num_queries: Callable[[int], Any]
) -> None:
    here, there = small.start(), neighbour.start()
    recount_changed()
    holiday(small.office, date(2026, 10, 6))

    assert recount_changed() == 1
    assert small.open_task(here).due_at == at(7)
    assert neighbour.open_task(there).due_at == at(6)
    with django_assert_num_queries(2):
        assert recount_changed() == 0


def test_a_calendar_changed_during_a_pause_counts_from_the_pauses_that_ended(small: Cast) -> None:
    cycle = small.start()
    pause_cycle(cycle=cycle, reason="Audit", by=small.kepala)
    holiday(small.office, date(2026, 10, 7))
    nudged = small.open_task(cycle).nudge_at
    with later(hours=2):
        recount(small.office)
        assert small.open_task(cycle).nudge_at == nudged
        resume_cycle(cycle=Cycle.objects.get(pk=cycle.pk), by=small.kepala)

    assert small.open_task(cycle).due_at == at(6, 10)
    assert small.open_task(cycle).nudge_at == at(5, 10)


def test_requests_answered_keep_their_due_moment(small: Cast) -> None:
    cycle = mechanism(small)
    small.to_collecting(cycle)
    small.answer(small.requests(cycle)[0])
    holiday(small.office, date(2026, 10, 6))
    recount(small.office)

    assert [request.due_at for request in small.requests(cycle)] == [at(6), at(7)]
    assert DataRequest.objects.filter(due_at=at(7)).count() == 1


def test_a_step_waits_for_those_at_the_end_of_the_line() -> None:
    """Procedure in procedure in procedure: whoever only waits themselves is not who is waited for."""
    top, below, lowest, part = (Task(pk=pk, cycle_id=cycle) for pk, cycle in ((1, 1), (2, 2), (3, 3), (4, 1)))
    part.part = True
    survey = Survey(steps={1: top, 2: below, 3: lowest}, parts={1: [part]}, child={1: 2, 2: 3})

    assert survey.waited_for(top) == [part, lowest]
    assert survey.waited_for(part) == survey.waited_for(lowest) == []
