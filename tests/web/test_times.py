"""The pages of time: how near each task is and for whom, deadline, pause, forecast and plan on a cycle, schedules."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from himpun import clock
from himpun.cycles import actions, schedules
from himpun.cycles.deadlines.final import set_deadline
from himpun.cycles.deadlines.pauses import pause_cycle
from himpun.cycles.models import Cycle, Pause, Schedule, ScheduleRun
from himpun.offices.models.offices import Post
from tests.cast import MECHANISM, MONDAY, PERIOD, SOP, WIB, Cast, found_office, later
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db

TYPED = {
    "key": MECHANISM,
    "kind": "bulan",
    "workday": "2",
    "side": "sesudah",
    "at": "08:30",
    "deadline_days": "10",
    "deadline_in": "kalender",
    "active_from": "2026-10-05",
}


def text_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def collecting(cast: Cast) -> Cycle:
    """A mechanism that waits for its units."""
    cycle = actions.start_cycle(office=cast.office, key=MECHANISM, period=PERIOD, by=cast.kasubbag)
    cast.to_collecting(cycle)
    return cycle


# --- tasks ----------------------------------------------------------------------------------------------------------


def test_my_work_says_how_late_and_for_whom_a_step_waits(small: Cast) -> None:
    cycle = collecting(small)
    small.answer(small.requests(cycle)[0])
    with later(days=2):
        own = text_of(screen(small.holder(small.post_of_unit(1))).get(reverse("work")))
        waits = text_of(screen(small.umum).get(reverse("work")))

    assert "Terlambat 1 hari kerja" in own
    assert "Menunggu Kepala Seksi 2:" in waits
    assert "batas langkah ini" in waits


@pytest.mark.parametrize("name", ["cycles", "requests", "work"])
def test_lists_cost_the_same_however_much_runs(
    small: Cast, name: str, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    collecting(small)
    for period in ("2026-07", "2026-08", "2026-09"):
        actions.start_cycle(office=small.office, key=MECHANISM, period=period, by=small.kasubbag)
        small.start(period=period)
    browser = screen(small.umum)
    browser.get(reverse("work"))

    with django_assert_max_num_queries(17):
        assert browser.get(reverse(name)).status_code == 200


def test_a_request_shows_its_units_own_clock(small: Cast) -> None:
    cycle = collecting(small)
    request = small.requests(cycle)[0]
    with later(days=1, hours=2):
        browser = screen(small.holder(request.unit))
        assert "Terlambat 2 jam" in text_of(browser.get(reverse("request", args=[request.pk])))
        assert "Terlambat 2 jam" in text_of(browser.get(reverse("requests")))


# --- deadline and forecast ------------------------------------------------------------------------------------------


def test_a_deadline_is_set_on_the_page_and_planned_to_every_step(small: Cast) -> None:
    cycle = small.start()
    browser = screen(small.kepala)

    page = browser.post(reverse("cycle_deadline", args=[cycle.pk]), {"due_at": "2026-10-09"}, follow=True)

    shown = text_of(page)
    assert "Batas akhir <strong" in shown
    assert "9 Okt 2026, akhir jam kerja (16.30)" in shown
    assert "masih perlu 16 hari kerja" in shown
    assert "paling lambat" in shown
    assert "Rencana terlewati" in shown
    assert "sesudah batas akhir" in shown


@pytest.mark.parametrize("written", ["12/31/2026", "akhir tahun"])
def test_a_deadline_that_is_no_date_is_said_at_its_field_and_stays_as_typed(small: Cast, written: str) -> None:
    cycle = small.start()
    page = screen(small.kepala).post(reverse("cycle_deadline", args=[cycle.pk]), {"due_at": written})

    assert page.status_code == 422
    shown = text_of(page)
    assert f'value="{written}"' in shown
    assert "Tanggal ini tidak terbaca. Tulis hari/bulan/tahun, misalnya 31/12/2026." in shown


def test_a_deadline_with_room_shows_the_forecast_before_it(small: Cast) -> None:
    cycle = small.start()
    set_deadline(cycle=cycle, due_at=datetime(2026, 11, 30, 16, tzinfo=WIB), by=small.kepala)

    shown = text_of(screen(small.analis).get(reverse("cycle", args=[cycle.pk])))

    assert "sebelum batas akhir" in shown
    assert "Rencana terlewati" not in shown
    assert "Tetapkan batas akhir" not in shown


@pytest.mark.parametrize("typed", ["2026-10-01", "besok"])
def test_a_deadline_that_cannot_be_is_refused_at_its_field(small: Cast, typed: str) -> None:
    cycle = small.start()

    page = screen(small.kepala).post(reverse("cycle_deadline", args=[cycle.pk]), {"due_at": typed})

    assert page.status_code == 422
    assert 'id="err_due_at">' in text_of(page)
    assert Cycle.objects.get(pk=cycle.pk).due_at is None


def test_a_cycle_begins_with_its_deadline_from_a_letter_and_without(small: Cast) -> None:
    letter = small.letter()
    browser = screen(small.umum)

    browser.post(reverse("start_from_letter", args=[letter.pk]), {"key": SOP, "period": PERIOD, "due_at": "2026-11-06"})
    browser.post(reverse("cycle_new"), {"key": MECHANISM, "period": "2026-09", "due_at": "2026-10-12"})
    wrong = browser.post(reverse("cycle_new"), {"key": MECHANISM, "period": "2026-08", "due_at": "2026-10-01"})

    due = dict(Cycle.objects.values_list("period", "due_at"))
    assert due == {
        PERIOD: datetime(2026, 11, 6, 16, 30, tzinfo=WIB),
        "2026-09": datetime(2026, 10, 12, 16, tzinfo=WIB),
    }
    assert wrong.status_code == 422
    assert 'value="01/10/2026"' in text_of(wrong)


# --- pausing --------------------------------------------------------------------------------------------------------


def test_a_pause_is_made_shown_and_ended_on_the_page(small: Cast) -> None:
    cycle = small.start()
    browser = screen(small.kepala)

    page = browser.post(reverse("cycle_pause", args=[cycle.pk]), {"reason": "Menunggu audit"}, follow=True)
    paused = text_of(page)
    work = text_of(screen(small.kepala).get(reverse("work")))
    resumed = text_of(browser.post(reverse("cycle_resume", args=[cycle.pk]), follow=True))

    assert "Dijeda sejak" in paused
    assert "Menunggu audit" in paused
    assert 'value="disposisi"' not in paused
    assert "state-dijeda" in work
    assert "Melanjutkan siklus yang dijeda" in resumed
    assert 'value="disposisi"' in resumed
    assert Pause.objects.get().until == MONDAY


def test_a_pause_without_a_reason_stays_on_the_form(small: Cast) -> None:
    cycle = small.start()

    page = screen(small.kepala).post(reverse("cycle_pause", args=[cycle.pk]), {"reason": ""})

    assert page.status_code == 422
    assert 'id="err_pause-reason">Tulis alasan jeda' in text_of(page)


def test_who_may_not_pause_sees_no_form_and_is_refused(small: Cast, neighbour: Cast) -> None:
    cycle = small.start()
    browser = screen(small.analis)

    assert "Jeda siklus ini" not in text_of(browser.get(reverse("cycle", args=[cycle.pk])))
    assert browser.post(reverse("cycle_pause", args=[cycle.pk]), {"reason": "x"}).status_code == 403
    for name in ("cycle_pause", "cycle_resume", "cycle_deadline"):
        assert screen(neighbour.kepala).post(reverse(name, args=[cycle.pk])).status_code == 404
    assert not Pause.objects.exists()


def test_a_decision_sent_while_paused_is_refused_with_what_to_do(small: Cast) -> None:
    cycle = small.start()
    task = small.open_task(cycle)
    pause_cycle(cycle=cycle, reason="Audit", by=small.kepala)

    page = screen(small.kepala).post(
        reverse("decide", args=[task.pk]), {"decision": "disposisi", "instructions": ["proses"]}
    )

    assert page.status_code == 409
    assert "Lanjutkan siklus dahulu" in text_of(page)


# --- schedules ------------------------------------------------------------------------------------------------------


def test_a_schedule_is_made_changed_and_stopped_on_its_pages(small: Cast) -> None:
    browser = screen(small.kasubbag)

    made = text_of(browser.post(reverse("schedule_new"), TYPED, follow=True))
    schedule = Schedule.objects.get()
    assert (schedule.workday, schedule.at, schedule.deadline_days) == (2, time(8, 30), 10)
    assert "hari kerja ke-2 sesudah bulan berakhir, pukul 08.30" in made
    assert made.count("8.30") >= 5
    assert "2 Nov 2026" not in made
    assert "3 Nov 2026 08.30" in made

    form = text_of(browser.get(reverse("schedule", args=[schedule.pk])))
    assert 'value="08:30"' in form
    changed = {**TYPED, "side": "sebelum", "deadline_days": ""}
    browser.post(reverse("schedule", args=[schedule.pk]), changed)
    schedule.refresh_from_db()
    assert (schedule.workday, schedule.deadline_days) == (-2, None)
    assert "hari kerja ke-2 dari akhir bulan" in text_of(browser.get(reverse("schedules")))

    stopped = text_of(browser.post(reverse("schedule_stop", args=[schedule.pk]), follow=True))
    assert "Dihentikan" in stopped
    assert "Aktifkan lagi" in stopped


@pytest.mark.parametrize(
    ("field", "typed"),
    [("workday", "0"), ("workday", "dua"), ("at", "25:00"), ("deadline_days", "-3"), ("active_from", "2026-09-01"), ("key", SOP)],
)  # fmt: skip
def test_a_wrong_schedule_comes_back_with_what_was_typed(small: Cast, field: str, typed: str) -> None:
    page = screen(small.kasubbag).post(reverse("schedule_new"), {**TYPED, field: typed})

    assert page.status_code == 422
    assert f'id="err_{field}"></div>' not in text_of(page)
    assert "08:30" in text_of(page) or field == "at"
    assert not Schedule.objects.exists()


def test_what_failed_is_shown_with_its_reason_and_tried_again_there(small: Cast) -> None:
    fields = {"key": MECHANISM, "kind": "bulan", "workday": 1, "at": time(8), "deadline_days": None}
    fields |= {"deadline_in": "kalender", "active_from": date(2026, 10, 5)}
    schedules.save_schedule(office=small.office, fields=fields, by=small.kasubbag)
    analis = small.post("analis")
    Post.objects.filter(pk=analis.pk).update(role="")
    with clock.held_at(datetime(2026, 11, 2, 8, tzinfo=WIB)):
        schedules.run_schedules()
        run = ScheduleRun.objects.get()
        browser = screen(small.kasubbag)
        shown = text_of(browser.get(reverse("schedules")))
        again = text_of(browser.post(reverse("schedule_retry", args=[run.pk]), follow=True))
        Post.objects.filter(pk=analis.pk).update(role="analis")
        done = browser.post(reverse("schedule_retry", args=[run.pk]))

    assert "state-gagal" in shown
    assert "belum punya jabatan" in shown
    assert "Belum dapat dimulai." in again
    assert done["Location"] == f"/siklus/{Cycle.objects.get().pk}/"


def test_others_see_the_schedules_of_their_own_office_only_and_change_nothing(small: Cast, neighbour: Cast) -> None:
    screen(small.kasubbag).post(reverse("schedule_new"), TYPED)
    pk = Schedule.objects.get().pk
    unit, other = screen(small.units[0]), screen(neighbour.kasubbag)

    assert "Mekanisme" in text_of(unit.get(reverse("schedules")))
    assert "Buat jadwal" not in text_of(unit.get(reverse("schedules")))
    assert "Belum ada jadwal" in text_of(other.get(reverse("schedules")))
    assert unit.get(reverse("schedule_new")).status_code == 403
    assert unit.post(reverse("schedule_stop", args=[pk])).status_code == 403
    assert other.post(reverse("schedule_stop", args=[pk])).status_code == 404
    assert Client().get(reverse("schedules")).status_code == 302
    assert Schedule.objects.get().active


def test_the_page_of_schedules_costs_the_same_however_many_there_are(
    small: Cast, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    browser = screen(small.kasubbag)
    for kind in ("bulan", "triwulan", "semester", "tahun"):
        browser.post(reverse("schedule_new"), {**TYPED, "kind": kind})
    found_office("kec-lain")
    with clock.held_at(datetime(2027, 3, 2, 8, tzinfo=WIB)):
        assert len(schedules.run_schedules()) == 7
        browser = screen(small.kasubbag)
        browser.get(reverse("schedules"))
        with django_assert_max_num_queries(12):
            assert browser.get(reverse("schedules")).status_code == 200
