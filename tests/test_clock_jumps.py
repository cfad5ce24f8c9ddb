"""A clock that jumps a year ahead and back: periodic work goes on, and what was begun in error is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from himpun import clock
from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.cycles import actions, schedules
from himpun.cycles.models import Cycle, Nudge, ScheduleRun
from himpun.cycles.reminders import sweep
from himpun.jobs.models import Tick
from himpun.jobs.reaper import put_back_lost
from himpun.jobs.ticks import Ticks, register, run_due
from himpun.notifications.models import Message, Outgoing
from himpun.notifications.sending import take_back_lost
from tests.cast import MECHANISM, MONDAY, Cast, later

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)


@contextmanager
def a_year_ahead() -> Iterator[None]:
    with clock.held_at(clock.now() + YEAR):
        yield


def test_every_tick_runs_on_at_once_when_the_clock_comes_back() -> None:
    ran: list[str] = []
    ticks: Ticks = {
        "cepat": (timedelta(seconds=5), lambda: ran.append("cepat")),
        "harian": (timedelta(days=1), lambda: ran.append("harian")),
    }
    register(ticks)
    run_due(ticks)
    with a_year_ahead():
        run_due(ticks)
    ran.clear()
    with later(minutes=2):
        assert sorted(run_due(ticks)) == ["cepat", "harian"]
        assert run_due(ticks) == []
    with later(minutes=3):
        assert run_due(ticks) == ["cepat"], "and then in their own rhythm"
    assert ran == ["cepat", "harian", "cepat"]
    assert max(Tick.objects.values_list("next_at", flat=True)) < MONDAY + timedelta(days=2)


def test_clocks_of_two_machines_that_differ_a_little_change_nothing() -> None:
    ticks: Ticks = {"jam": (timedelta(hours=1), lambda: None)}
    register(ticks)
    with later(seconds=50):
        run_due(ticks)
    assert run_due(ticks) == []


def test_what_was_counted_until_next_year_is_forgotten() -> None:
    ticks: Ticks = {"jam": (timedelta(hours=1), lambda: None)}
    register(ticks)
    with a_year_ahead():
        run_due(ticks)
    cache.set("dihitung", [1], 10_000)
    run_due(ticks)
    assert cache.get("dihitung") is None


# --- schedules --------------------------------------------------------------------------------------------------------


@pytest.fixture
def monthly(small: Cast) -> Cast:
    fields = {
        "key": MECHANISM,
        "kind": "bulan",
        "workday": 1,
        "at": time(8),
        "deadline_days": 10,
        "deadline_in": "kalender",
        "active_from": MONDAY.date(),
    }
    schedules.save_schedule(office=small.office, fields=fields, by=small.kasubbag)
    return small


def test_runs_begun_by_a_clock_ahead_are_told_to_who_manages_the_office_and_begin_again_in_time(monthly: Cast) -> None:
    with clock.held_at(MONDAY + timedelta(days=60)):
        begun = [run.period for run in schedules.run_schedules()]
    assert begun == ["2026-10", "2026-11"]
    assert schedules.run_schedules() == []

    for role in ("kasubbag-umum", "sekretaris", "kasubbag-perencanaan"):
        told = [message.text for message in Message.objects.filter(post=monthly.post(role)).order_by("id")]
        early = [text for text in told if "Jam komputer Himpun sempat maju" in text]
        assert len(early) == 2
        assert "Oktober 2026" in early[0]
        assert "02-11-2026 pukul 08.00" in early[0]
    assert Record.objects.filter(act="cycles:schedule:early").count() == 2
    assert not ScheduleRun.objects.exists()
    schedules.run_schedules()
    assert Record.objects.filter(act="cycles:schedule:early").count() == 2, "told once"

    october = Cycle.objects.get(period="2026-10")
    actions.cancel_cycle(cycle=october, reason="Telanjur dimulai", by=monthly.kepala)
    with clock.held_at(MONDAY + timedelta(days=28)):
        assert [(run.period, run.state) for run in schedules.run_schedules()] == [("2026-10", "dimulai")]
    with clock.held_at(MONDAY + timedelta(days=60)):
        again = [(run.period, run.state) for run in schedules.run_schedules()]
    assert again == [("2026-11", "sudah-ada")], "what nobody cancelled is found there"
    assert not verify().faults


def test_runs_that_were_missed_and_begun_late_are_not_taken_for_early(monthly: Cast) -> None:
    with clock.held_at(MONDAY + timedelta(days=40)):
        schedules.run_schedules()
        schedules.run_schedules()
    with clock.held_at(MONDAY + timedelta(days=29)):
        schedules.run_schedules()
    assert Record.objects.filter(act="cycles:schedule:early").count() == 0


# --- reminders --------------------------------------------------------------------------------------------------------


def test_reminders_sent_by_a_clock_ahead_are_told_and_come_again_in_their_time(small: Cast) -> None:
    cycle = small.start()
    task = small.open_task(cycle)
    assert task.due_at is not None
    sweep.sweep_due()
    opened = list(Nudge.objects.values_list("rule", flat=True))
    with a_year_ahead():
        sweep.sweep_due()
    assert Nudge.objects.count() > len(opened)
    sweep.sweep_due()
    assert list(Nudge.objects.values_list("rule", flat=True)) == opened
    told = Message.objects.filter(post=small.post("kasubbag-umum"), text__contains="sempat maju")
    assert told.count() == 1
    task.refresh_from_db()
    assert task.nudge_at is not None
    assert task.nudge_at <= task.due_at
    with clock.held_at(task.due_at):
        sweep.sweep_due()
    assert Nudge.objects.filter(message__isnull=False).count() > len(opened), "reminded when it was really due"
    assert told.count() == 1


# --- tasks and messages in hand ---------------------------------------------------------------------------------------


def a_task(**fields: object) -> DBTaskResult[..., object]:
    given = {"run_after": get_date_max(), "worker_ids": ["pekerja"], **fields}
    return DBTaskResult.objects.create(
        args_kwargs={"args": [], "kwargs": {}},
        task_path="himpun.documents.work.render_version",
        backend_name="default",
        **given,
    )


def test_a_task_whose_worker_was_killed_while_the_clock_was_ahead_is_not_lost_for_a_year() -> None:
    lost = a_task(status="RUNNING", started_at=timezone.now() + YEAR)
    put_off = a_task(status="READY", run_after=timezone.now() + YEAR)
    usual = a_task(status="READY")
    just_begun = a_task(status="RUNNING", started_at=timezone.now())
    put_back_lost()
    for row in (lost, put_off, usual, just_begun):
        row.refresh_from_db()
    assert (lost.status, just_begun.status) == ("READY", "RUNNING")
    assert put_off.run_after <= timezone.now()
    assert usual.run_after == get_date_max()


def test_messages_claimed_or_put_off_while_the_clock_was_ahead_go_out_now(small: Cast) -> None:
    message = Message.objects.create(post=small.post("analis"), text="Pesan", place="/", at=clock.now())
    ahead = clock.now() + YEAR
    rows = [
        Outgoing.objects.create(message=message, person=small.analis, channel=name, address="a@b.example", **given)
        for name, given in (
            ("surel", {"next_at": ahead}),
            ("whatsapp", {"state": "mengirim", "claimed_at": ahead}),
            ("sms", {"next_at": clock.now() + timedelta(hours=20)}),
        )
    ]
    take_back_lost({})
    for row in rows:
        row.refresh_from_db()
    assert [(row.state, row.next_at <= clock.now()) for row in rows] == [
        ("menunggu", True),
        ("menunggu", True),
        ("menunggu", False),
    ]
