"""Times by the calendar, round the clock and for each unit, as running tasks are counted by them."""

from datetime import date, datetime
from importlib import import_module

import pytest
from django.apps import apps

from himpun.archive.verify import verify
from himpun.cycles import actions
from himpun.cycles.deadlines.clocks import clocks
from himpun.cycles.deadlines.outlook import outlooks
from himpun.cycles.deadlines.pauses import pause_cycle, resume_cycle
from himpun.cycles.deadlines.recounting import recount
from himpun.cycles.models import Cycle, Task
from himpun.cycles.reminders.changing import check_rules
from himpun.cycles.reminders.plan import AFTER, BEFORE, Rule
from himpun.errors import FieldErrors
from himpun.offices.models.calendar import Holiday
from himpun.offices.models.offices import Office
from himpun.procedures.actions import publish_shared
from tests.cast import MECHANISM, PERIOD, WIB, Cast, later
from tests.procedures.cases import SHIPPED, SIX_STEPS

pytestmark = pytest.mark.django_db

FORMER = import_module("himpun.cycles.migrations.0004_counted_as")


def at(day: int, hour: int = 8, minute: int = 0) -> datetime:
    """A moment of October 2026; the fifth is the Monday on which the clock stands, at 08.00."""
    return datetime(2026, 10, day, hour, minute, tzinfo=WIB)


def started(cast: Cast, first_time: str) -> Cycle:
    """A run of the mechanism whose first step has this time."""
    text = (SHIPPED / f"{SIX_STEPS}.toml").read_text("utf-8").replace('time = "5 menit"', f'time = "{first_time}"', 1)
    publish_shared(text=text, in_force_from=date(2026, 1, 1))
    return actions.start_cycle(office=cast.office, key=MECHANISM, period=PERIOD, by=cast.kasubbag)


def day_off(office: Office, day: date) -> None:
    Holiday.objects.create(office=office, day=day, name="Hari jadi")
    Office.objects.filter(pk=office.pk).update(calendar_stamp=office.calendar_stamp + 1)


@pytest.mark.parametrize(
    ("time", "due"),
    [
        ("7 hari kalender", at(12, 16)),
        ("5 hari kalender", at(12, 16)),
        ("7 hari", at(14, 8)),
        ("2 x 24 jam", at(7, 8)),
        ("24 jam kerja", at(8, 8)),
        ("10 menit per unit", at(5, 8, 20)),
        ("10 menit per berkas", at(5, 8, 10)),
        ("2 hari (Oktober–November)", at(7, 8)),
        ("Pada jam layanan", None),
    ],
)
def test_a_task_is_due_by_the_clock_that_its_time_names(small: Cast, time: str, due: datetime | None) -> None:
    cycle = started(small, time)
    task = small.open_task(cycle)

    assert task.due_at == due
    day_off(small.office, date(2026, 10, 30))
    assert recount(small.office) == [], "counted anew it is the same"
    assert outlooks([cycle], at(5, 9))[cycle.pk].end is not None


def test_a_task_round_the_clock_is_late_though_nobody_works(small: Cast) -> None:
    task = small.open_task(started(small, "24 jam"))

    assert clocks([task], at(6, 7))[task.pk].state == "mendekati"
    assert clocks([task], at(6, 22))[task.pk].state == "terlambat"


def test_calendar_days_do_not_move_for_a_holiday_but_for_a_pause(small: Cast) -> None:
    cycle = started(small, "4 hari kalender")
    day_off(small.office, date(2026, 10, 7))
    assert recount(small.office) == []
    with later(hours=1):
        pause_cycle(cycle=cycle, reason="menunggu data", by=small.kepala)
    with later(days=3):
        resume_cycle(cycle=cycle, by=small.kepala)

    assert small.open_task(cycle).due_at == at(12, 16)


@pytest.mark.parametrize(
    ("time", "was", "moved"),
    [("14 hari kalender", at(23), at(26)), ("24 jam", at(8), at(9)), ("10 menit per unit", at(5, 8, 10), None)],
)
def test_a_task_that_ran_before_times_had_clocks_keeps_its_deadline_and_how_it_is_counted(
    small: Cast, time: str, was: datetime, moved: datetime | None
) -> None:
    cycle = started(small, time)
    Task.objects.filter(cycle=cycle, decided_at=None).update(due_at=was)
    FORMER.write_down(apps, None)

    assert small.open_task(cycle).due_at == was
    day_off(small.office, date(2026, 10, 6))
    assert [one.now for one in recount(small.office)] == ([moved] if moved else [])
    small.decide(cycle, "perintahkan")
    assert [fault for fault in verify().faults if not fault.startswith("Hari libur")] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 hari", ""),
        ("15 hari 20 menit", ""),
        ("1–3 hari kerja", ""),
        ("setiap saat", ""),
        ("10 hari kalender", "10 hari kerja"),
        ("72 jam", "72 jam kerja"),
        ("1 s.d. 2 jam", "2 jam kerja"),
        ("3 menit/berkas", "3 menit"),
        ("2 minggu (Mei)", "2 minggu"),
    ],
)
def test_how_a_time_was_read_is_written_so_that_it_is_read_so(text: str, said: str) -> None:
    assert FORMER.former_reading(text) == said


def test_a_reminder_may_be_set_by_the_calendar_or_round_the_clock() -> None:
    check_rules([Rule(BEFORE, "24 jam"), Rule(AFTER, "2 hari kalender"), Rule(AFTER, "366 hari")])
    with pytest.raises(FieldErrors, match="Paling lama"):
        check_rules([Rule(BEFORE, "600 hari kalender")])
    with pytest.raises(FieldErrors, match="Tulis waktu kerja"):
        check_rules([Rule(BEFORE, "tentatif")])
