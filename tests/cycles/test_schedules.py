"""Schedules: what may be scheduled, when a period starts, that it starts once, and what became of it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from himpun import clock
from himpun.archive.models import Record
from himpun.cycles import actions, schedules
from himpun.cycles.models import Cycle, Schedule, ScheduleRun
from himpun.cycles.schedules import NeedsLetter, NothingToRetry
from himpun.errors import FieldErrors
from himpun.notifications.models import Message
from himpun.offices.acting import HoldsNoPost
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.models.calendar import Holiday
from himpun.offices.models.offices import Office, Post
from himpun.procedures.models import ProcedureVersion
from tests.cast import MECHANISM, MONDAY, SOP, WIB, Cast, found_office

pytestmark = pytest.mark.django_db

MONTHLY = {
    "key": MECHANISM,
    "kind": "bulan",
    "workday": 1,
    "at": time(8),
    "deadline_days": 10,
    "deadline_in": "kalender",
    "active_from": MONDAY.date(),
}


def at(month: int, day: int, hour: int = 8, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=WIB)


def scheduled(cast: Cast, **other: Any) -> Schedule:
    return schedules.save_schedule(office=cast.office, fields={**MONTHLY, **other}, by=cast.kasubbag)


def tick(moment: datetime) -> list[tuple[str, str]]:
    """What the tick starts at a moment: period and state."""
    with clock.held_at(moment):
        return [(run.period, run.state) for run in schedules.run_schedules()]


# --- starting -------------------------------------------------------------------------------------------------------


def test_a_period_starts_by_itself_on_its_working_day_and_once(small: Cast) -> None:
    scheduled(small)

    assert tick(at(11, 2, 7, 59)) == []
    assert tick(at(11, 2)) == [("2026-10", "dimulai")]
    assert tick(at(11, 2, 8, 1)) == []
    cycle = Cycle.objects.get()
    assert (cycle.period, cycle.started_by, cycle.due_at) == ("2026-10", "Himpun (sistem)", at(11, 10, 16))
    run = ScheduleRun.objects.get()
    assert (run.cycle, run.planned_at, run.reason) == (cycle, at(11, 2), "")


def test_who_plans_is_told_and_the_journal_names_the_system(small: Cast) -> None:
    scheduled(small)
    tick(at(11, 2))

    message = Message.objects.get(post=small.post("kasubbag-perencanaan"))
    record = Record.objects.get(act="cycles:schedule:run")
    assert "Oktober 2026, menurut jadwal: dimulai" in message.text
    assert message.path == f"/siklus/{Cycle.objects.get().pk}/"
    assert record.person_name == "Himpun (sistem)"
    assert Record.objects.get(act="cycles:cycle:started").person_name == "Himpun (sistem)"


def test_periods_missed_while_the_worker_was_away_start_late_oldest_first_and_say_so(small: Cast) -> None:
    scheduled(small)

    assert tick(at(12, 21, 10)) == [("2026-10", "dimulai"), ("2026-11", "dimulai")]
    assert {run.reason for run in ScheduleRun.objects.all()} == {
        "Dimulai terlambat: pekerja latar tidak berjalan pada saatnya."
    }
    assert [cycle.due_at for cycle in Cycle.objects.order_by("pk")] == [at(11, 10, 16), at(12, 10, 16)]


def test_a_period_whose_day_came_before_the_schedule_was_in_force_is_not_started(small: Cast) -> None:
    scheduled(small, active_from=date(2026, 11, 3))

    assert tick(at(11, 20)) == []
    assert tick(at(12, 1)) == [("2026-11", "dimulai")]


def test_a_holiday_moves_the_day_it_starts(small: Cast) -> None:
    scheduled(small)
    Holiday.objects.create(office=small.office, day=date(2026, 11, 2), name="Hari jadi")
    Office.objects.filter(pk=small.office.pk).update(calendar_stamp=small.office.calendar_stamp + 1)

    assert tick(at(11, 2)) == []
    assert tick(at(11, 3)) == [("2026-10", "dimulai")]


def test_a_schedule_before_the_periods_end_starts_on_the_last_working_days(small: Cast) -> None:
    scheduled(small, workday=-2, deadline_days=None)

    assert tick(at(10, 28, 23)) == []
    assert tick(at(10, 29)) == [("2026-10", "dimulai")]
    assert Cycle.objects.get().due_at is None


def test_a_start_counted_back_beyond_the_periods_beginning_is_not_late(small: Cast) -> None:
    schedule = scheduled(small, workday=-25, deadline_days=None, active_from=date(2026, 10, 20))
    calendar, _ = calendar_of(small.office.pk, 0)
    begins = at(10, 27)

    assert [one.period.code for one in schedules.next_starts(schedule, calendar, at(10, 26), 2)] == [
        "2026-11",
        "2026-12",
    ]
    assert schedules.next_starts(schedule, calendar, at(10, 26), 1)[0].at == begins
    assert schedules.next_starts(schedule, calendar, at(10, 28), 1)[0].period.code == "2026-12"
    assert tick(at(10, 27, 7, 59)) == []
    assert tick(begins) == [("2026-11", "dimulai")]
    assert ScheduleRun.objects.get().reason == ""


def test_a_start_counted_far_beyond_the_periods_end_is_among_the_next(small: Cast) -> None:
    schedule = scheduled(small, workday=60, deadline_days=None)
    calendar, _ = calendar_of(small.office.pk, 0)

    first = schedules.next_starts(schedule, calendar, at(10, 28), 1)[0]

    assert (first.period.code, first.at) == ("2026-08", at(11, 23))


def test_a_moment_before_the_schedule_was_saved_is_not_blamed_on_the_worker(small: Cast) -> None:
    with clock.held_at(at(11, 2, 10)):
        scheduled(small, active_from=date(2026, 11, 2))

    assert tick(at(11, 2, 10, 1)) == [("2026-10", "dimulai")]
    assert ScheduleRun.objects.get().reason == "Waktunya sudah lewat ketika jadwal disimpan."
    assert "pekerja latar" not in Message.objects.get(post=small.post("kasubbag-perencanaan")).text
    assert tick(at(12, 1, 10)) == [("2026-11", "dimulai")]
    assert "pekerja latar" in ScheduleRun.objects.get(period="2026-11").reason


def test_each_office_starts_by_its_own_clock(small: Cast) -> None:
    east = found_office("kec-timur")
    Office.objects.filter(pk=east.office.pk).update(timezone="Asia/Jayapura")
    east.office.refresh_from_db()
    scheduled(small)
    scheduled(east)

    assert tick(at(11, 2, 6)) == [("2026-10", "dimulai")]
    assert Cycle.objects.get().office == east.office
    assert len(tick(at(11, 2))) == 1


def test_a_period_that_runs_or_has_ended_is_noted_and_not_started_again(small: Cast) -> None:
    cycle = actions.start_cycle(office=small.office, key=MECHANISM, period="2026-10", by=small.kasubbag)
    scheduled(small)

    assert tick(at(11, 2)) == [("2026-10", "sudah-ada")]
    assert ScheduleRun.objects.get().cycle == cycle
    assert Cycle.objects.count() == 1


def test_a_period_that_was_cancelled_is_started_anew(small: Cast) -> None:
    cycle = actions.start_cycle(office=small.office, key=MECHANISM, period="2026-10", by=small.kasubbag)
    actions.cancel_cycle(cycle=cycle, reason="salah", by=small.kepala)
    scheduled(small)

    assert tick(at(11, 2)) == [("2026-10", "dimulai")]
    assert Cycle.objects.latest("pk").round == 2


def test_what_cannot_start_is_kept_with_its_reason_told_and_can_be_tried_again(small: Cast) -> None:
    scheduled(small)
    analis = small.post("analis")
    Post.objects.filter(pk=analis.pk).update(role="")

    assert tick(at(11, 2)) == [("2026-10", "gagal")]
    assert tick(at(11, 2, 9)) == []
    run = ScheduleRun.objects.get()
    assert "belum punya jabatan" in run.reason
    assert not Cycle.objects.exists()
    assert "gagal" in Message.objects.get(post=small.post("kasubbag-perencanaan")).text
    assert not Record.objects.filter(act="cycles:cycle:started").exists()

    Post.objects.filter(pk=analis.pk).update(role="analis")
    with clock.held_at(at(11, 2, 14)):
        again = schedules.retry_run(run=run, by=small.kasubbag)
    assert (again.state, again.reason) == ("dimulai", "Dimulai setelah dicoba lagi.")
    assert again.cycle == Cycle.objects.get()
    with pytest.raises(NothingToRetry):
        schedules.retry_run(run=run, by=small.kasubbag)


def test_trouble_of_one_office_does_not_keep_the_others_from_starting(
    small: Cast, neighbour: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled(small)
    scheduled(neighbour)
    begin = schedules.begin

    def stumbling(turn: Any, *, office: Office, **more: Any) -> Cycle:
        if office == small.office:
            raise RuntimeError
        return begin(turn, office=office, **more)

    monkeypatch.setattr(schedules, "begin", stumbling)

    assert tick(at(11, 2)) == [("2026-10", "dimulai")]
    monkeypatch.undo()
    assert tick(at(11, 2)) == [("2026-10", "dimulai")]


def test_the_step_that_awaits_a_cancelled_run_gets_the_scheduled_one(small: Cast) -> None:
    cycle = small.start(period="2026-10")
    small.decide(cycle, "disposisi", note="Segera")
    small.decide(cycle, "perintahkan", note="Segera")
    actions.cancel_cycle(cycle=small.child(cycle), reason="salah", by=small.kepala)
    scheduled(small)
    tick(at(11, 2))

    assert small.child(cycle).parent == small.open_task(cycle)
    assert small.child(cycle).state == "berjalan"


@pytest.mark.parametrize("offices", [1, 5])
def test_looking_for_what_is_due_costs_the_same_however_many_schedules(
    small: Cast, offices: int, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for cast in [small, *(found_office(f"kec-{no}", units=1) for no in range(offices - 1))]:
        scheduled(cast)
        scheduled(cast, kind="triwulan")
    tick(at(11, 2))

    with django_assert_max_num_queries(3):
        assert tick(at(11, 20)) == []


# --- keeping --------------------------------------------------------------------------------------------------------


def test_the_next_starts_are_known_beforehand(small: Cast) -> None:
    schedule = scheduled(small, kind="triwulan", workday=3, deadline_in="kerja")
    calendar, _ = calendar_of(small.office.pk, 0)

    found = schedules.next_starts(schedule, calendar, MONDAY)

    assert [one.period.code for one in found] == ["2026-TW4", "2027-TW1", "2027-TW2", "2027-TW3"]
    assert found[0].at == datetime(2027, 1, 5, 8, tzinfo=WIB)
    assert found[0].due_at == datetime(2027, 1, 14, 16, tzinfo=WIB)


def test_a_stopped_schedule_starts_nothing_and_catches_nothing_up_when_it_goes_on(small: Cast) -> None:
    schedule = scheduled(small)
    schedules.stop_schedule(schedule=schedule, by=small.umum)
    assert tick(at(11, 2)) == []

    with clock.held_at(at(11, 20)):
        with pytest.raises(FieldErrors):
            schedules.save_schedule(
                office=small.office, fields=MONTHLY, by=small.kasubbag, schedule=Schedule.objects.get()
            )
        schedules.save_schedule(
            office=small.office,
            fields={**MONTHLY, "active_from": date(2026, 11, 20)},
            by=small.kasubbag,
            schedule=Schedule.objects.get(),
        )
    assert tick(at(11, 21)) == []
    assert tick(at(12, 1)) == [("2026-11", "dimulai")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "minggu"),
        ("workday", 0),
        ("workday", 61),
        ("at", None),
        ("deadline_days", -1),
        ("deadline_days", 401),
        ("deadline_in", "windu"),
        ("active_from", None),
        ("active_from", MONDAY.date() - timedelta(days=1)),
        ("active_from", date(9999, 12, 30)),
        ("key", "tidak-ada"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused_at_its_field(small: Cast, field: str, value: Any) -> None:
    with pytest.raises(FieldErrors) as wrong:
        scheduled(small, **{field: value})

    assert field in wrong.value.fields
    assert not Schedule.objects.exists()


def test_a_deadline_before_the_start_is_refused(small: Cast) -> None:
    with pytest.raises(FieldErrors) as wrong:
        scheduled(small, workday=10, deadline_days=5)
    assert "deadline_days" in wrong.value.fields
    assert scheduled(small, workday=10, deadline_days=30).pk


def test_a_procedure_that_begins_with_a_disposition_cannot_be_scheduled(small: Cast) -> None:
    with pytest.raises(NeedsLetter):
        scheduled(small, key=SOP)
    assert ProcedureVersion.objects.filter(key=SOP).exists()


def test_an_office_has_one_schedule_of_a_procedure_and_kind(small: Cast) -> None:
    scheduled(small)
    with pytest.raises(FieldErrors) as wrong:
        scheduled(small)
    assert "kind" in wrong.value.fields
    assert scheduled(small, kind="triwulan").pk


def test_only_who_may_start_cycles_keeps_schedules(small: Cast, neighbour: Cast) -> None:
    schedule = scheduled(small)
    for person in (small.kepala, small.analis, small.units[0], neighbour.kasubbag):
        with pytest.raises(HoldsNoPost):
            schedules.save_schedule(office=small.office, fields=MONTHLY, by=person)
        with pytest.raises(HoldsNoPost):
            schedules.stop_schedule(schedule=schedule, by=person)
