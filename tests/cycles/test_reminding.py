"""What reminds whom of which step when: the sweep of the worker, and reminders sent by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from himpun import clock
from himpun.cycles.models import Cycle, Nudge, Pause, ReminderRule, Task
from himpun.cycles.reminders import sweep as reminding
from himpun.cycles.reminders.changing import restore_rules, save_rules
from himpun.cycles.reminders.plan import AFTER, AT, BEFORE, Rule
from himpun.cycles.reminders.sweep import AlreadyNudged, NotWaiting, nudge_by_hand, sweep
from himpun.errors import FieldErrors
from himpun.notifications.models import Message
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Post
from himpun.procedures import queries as definitions
from tests.cast import MECHANISM, SOP, WIB, Cast, found_office


def at(text: str) -> datetime:
    """ "06 10.00" in October 2026."""
    return datetime.strptime(f"2026-10-{text}", "%Y-%m-%d %H.%M").replace(tzinfo=WIB)


@contextmanager
def swept(text: str) -> Iterator[None]:
    with clock.held_at(at(text)):
        sweep()
        yield


def rules_fired(task: Task) -> list[tuple[str, bool]]:
    """Every rule that fired for a task, and whether it sent something."""
    return [(nudge.rule, nudge.message_id is not None) for nudge in task.nudges.order_by("id")]


def told(post: Post) -> list[str]:
    return [message.text for message in Message.objects.filter(post=post, about__startswith="task:").order_by("id")]


@pytest.fixture
def line(small: Cast) -> Cast:
    """The small office with a line of command: units and sekretaris under the kepala, the others under sekretaris."""
    kepala, sekretaris = small.post("kepala"), small.post("sekretaris")
    Post.objects.filter(office=small.office).exclude(role="kepala").update(parent=sekretaris)
    Post.objects.filter(role__in=("sekretaris", "unit"), office=small.office).update(parent=kepala)
    Post.objects.filter(pk=small.post("analis").pk).update(parent=small.post("kasubbag-perencanaan"))
    return small


@pytest.fixture
def task(line: Cast) -> Task:
    """The Sekretaris' step, opened Monday 08.00 and due Tuesday 08.00."""
    cycle = line.start()
    line.decide(cycle, "disposisi", instructions=["proses"])
    return line.open_task(cycle)


def test_the_holder_is_told_when_a_step_is_theirs_and_the_next_look_is_at_the_first_rule(
    line: Cast, task: Task
) -> None:
    assert sweep() == 1
    assert sweep() == 0

    [text] = told(task.post)
    assert text.startswith("Tugas baru: ")
    assert "langkah 2" in text
    assert "Batas waktu 6 Okt 2026 pukul 08.00 WIB" in text
    message = Message.objects.get(about=f"task:{task.pk}")
    assert (message.topic, message.obligatory, message.path) == ("tugas", False, f"/siklus/{task.cycle_id}/#langkah")
    task.refresh_from_db()
    assert task.nudge_at == at("05 11.30")


MOMENTS = [
    ("05 11.29", []),
    ("05 11.30", [("sebelum 4 jam ↑0", True)]),
    ("06 07.59", [("sebelum 4 jam ↑0", True)]),
    ("06 08.00", [("sebelum 4 jam ↑0", True), ("tepat ↑0", True)]),
    ("07 07.59", [("sebelum 4 jam ↑0", True), ("tepat ↑0", True)]),
]
"""The usual rules for a step due on Tuesday 6 October at 08.00, swept at every moment before as well."""


@pytest.mark.parametrize("until", range(1, len(MOMENTS) + 1))
def test_the_usual_rules_fire_at_their_moments_and_only_once(task: Task, until: int) -> None:
    for moment, _ in MOMENTS[:until]:
        with swept(moment):
            pass

    assert rules_fired(task)[1:] == MOMENTS[until - 1][1]


def test_lateness_goes_up_the_line_day_by_day(line: Cast, task: Task) -> None:
    with swept("07 08.00"):
        assert rules_fired(task)[-2:] == [("sesudah 1 hari ↑0", True), ("sesudah 1 hari ↑1", True)]
    with swept("09 08.00"):
        assert rules_fired(task)[-1] == ("sesudah 3 hari ↑2", False)

    assert told(task.post)[-1].startswith("Terlambat 1 hari kerja: langkah 2 ")
    [escalated] = told(line.post("kepala"))
    assert escalated.startswith("Sekretaris Camat, terlambat 1 hari kerja: langkah 2 ")
    assert Message.objects.get(post=line.post("kepala"), about=f"task:{task.pk}").topic == "eskalasi"
    task.refresh_from_db()
    assert task.nudge_at is None


def test_beyond_the_kepala_stands_the_kepala_of_the_office_above(line: Cast, task: Task) -> None:
    regency = found_office("kab")
    line.office.parent = regency.office
    line.office.save()

    with swept("09 08.00"):
        pass

    [message] = Message.objects.filter(post=regency.post("kepala"), about=f"task:{task.pk}")
    assert message.text.startswith("Sekretaris Camat, terlambat 3 hari kerja: langkah 2 ")
    assert message.path == "/waktu/"


def test_found_after_the_due_moment_a_rule_before_it_says_nothing_and_the_others_are_made_up_for(task: Task) -> None:
    with swept("06 09.00"):
        assert rules_fired(task) == [("dibuka", True), ("sebelum 4 jam ↑0", False), ("tepat ↑0", True)]
    assert told(task.post)[-1].startswith("Terlambat 1 jam: ")


def test_a_moment_before_the_opening_says_nothing_more_than_the_opening(line: Cast) -> None:
    """Step 1 of the mechanism has five minutes: four hours before its due moment lie before it was opened."""
    from himpun.cycles.actions import start_cycle

    cycle = start_cycle(office=line.office, key=MECHANISM, period="2026-09", by=line.kasubbag)
    sweep()

    assert rules_fired(line.open_task(cycle)) == [("dibuka", True), ("sebelum 4 jam ↑0", False)]


def test_two_moments_found_together_after_the_worker_was_away_are_told_once(line: Cast, task: Task) -> None:
    with swept("05 08.30"):
        pass
    with swept("07 09.00"):
        fired = rules_fired(task)[1:]

    assert fired == [
        ("sebelum 4 jam ↑0", False),
        ("tepat ↑0", False),
        ("sesudah 1 hari ↑0", True),
        ("sesudah 1 hari ↑1", True),
    ]
    assert len(told(task.post)) == 2  # that it was opened, and that it is late


def test_an_absent_superior_is_passed_over_for_the_next_who_is_there(line: Cast) -> None:
    cycle = line.start()
    line.decide(cycle, "disposisi", instructions=["proses"])
    line.decide(cycle, "perintahkan", instructions=["siapkan"])
    mine = line.open_task(line.child(cycle))  # the kasubbag's, under the sekretaris
    Holding.objects.filter(post=line.post("sekretaris")).update(until=at("05 00.00").date())

    with swept("07 09.00"):
        pass

    nudge = mine.nudges.get(rule="sesudah 1 hari ↑1")
    assert nudge.message is not None
    assert nudge.message.post == line.post("kepala")
    assert "karena Sekretaris Camat sedang tidak ada pemangkunya" in nudge.message.text


def test_a_due_moment_that_moved_is_reminded_of_anew(task: Task) -> None:
    with swept("06 08.00"):
        pass
    Task.objects.filter(pk=task.pk).update(due_at=at("08 08.00"), nudge_at=at("06 09.00"))

    with swept("06 09.00"):
        assert len(rules_fired(task)) == 3
    with swept("08 08.00"):
        assert rules_fired(task)[3:] == [("sebelum 4 jam ↑0", False), ("tepat ↑0", True)]


def test_nothing_fires_while_a_cycle_is_paused(line: Cast, task: Task) -> None:
    Pause.objects.create(
        cycle=task.cycle,
        since=clock.now(),
        reason="Menunggu arahan",
        person=line.kepala,
        person_name="x",
        person_title="y",
    )
    with swept("07 08.00"):
        assert rules_fired(task) == []
    Pause.objects.update(until=at("07 08.00"))
    with swept("07 08.00"):
        assert rules_fired(task) != []


def test_a_decided_step_is_not_reminded_of(line: Cast, task: Task) -> None:
    line.decide(task.cycle, "perintahkan", instructions=["siapkan"])

    with swept("09 08.00"):
        assert rules_fired(task) == []


def test_a_step_without_time_is_announced_and_then_left_alone(task: Task) -> None:
    Task.objects.filter(pk=task.pk).update(due_at=None)

    assert sweep() == 1
    task.refresh_from_db()
    assert (task.nudge_at, rules_fired(task)) == (None, [("dibuka", True)])


# --- steps that wait for others ---------------------------------------------------------------------------------------


@pytest.fixture
def collecting(line: Cast) -> Cycle:
    """The mechanism, waiting for its two units, due after one working day."""
    child = line.child(line.to_step_3())
    line.to_collecting(child)
    return child


def test_units_are_reminded_by_their_own_part_and_the_collector_only_after_the_due_moment(
    line: Cast, collecting: Cycle
) -> None:
    step = line.open_task(collecting)
    parts = list(Task.objects.filter(cycle=collecting, part=True))
    for moment in ("05 08.00", "05 13.00", "06 08.00", "07 08.00"):
        with swept(moment):
            pass

    assert rules_fired(step) == [
        ("dibuka", True), ("sebelum 4 jam ↑0", False), ("tepat ↑0", False),
        ("sesudah 1 hari ↑0", True), ("sesudah 1 hari ↑1", True),
    ]  # fmt: skip
    for part in parts:
        assert rules_fired(part)[:3] == [("dibuka", False), ("sebelum 4 jam ↑0", True), ("tepat ↑0", True)]
    assert "Menunggu: Kepala Seksi 1, Kepala Seksi 2." in told(step.post)[-1]
    request = line.requests(collecting)[0]
    assert {message.path for message in Message.objects.filter(about=f"task:{parts[0].pk}")} == {
        f"/permintaan/{request.pk}/"
    }


def test_the_step_that_runs_a_procedure_says_who_holds_it_up(line: Cast, collecting: Cycle) -> None:
    assert collecting.parent is not None
    with swept("09 16.00"):
        pass

    fired = rules_fired(collecting.parent)
    assert fired[1:3] == [("sebelum 4 jam ↑0", False), ("tepat ↑0", False)]
    assert "Menunggu: Kepala Seksi 1, Kepala Seksi 2." in told(line.post("analis"))[-1]


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_a_step_is_reminded_by_hand_once_a_day_and_only_by_who_may(line: Cast, neighbour: Cast, task: Task) -> None:
    for stranger in (line.units[0], neighbour.kepala):
        with pytest.raises(HoldsNoPost):
            nudge_by_hand(task=task, by=stranger)

    assert nudge_by_hand(task=task, by=line.umum) == ["Sekretaris Camat"]
    with pytest.raises(AlreadyNudged):
        nudge_by_hand(task=task, by=line.kepala)
    with clock.held_at(at("06 09.00")):
        assert nudge_by_hand(task=task, by=line.kepala) == ["Sekretaris Camat"]

    assert told(task.post)[0].startswith("Kasubbag Umum dan Kepegawaian mengingatkan Anda: ")
    assert rules_fired(task) == [("manual 2026-10-05", True), ("manual 2026-10-06", True)]
    line.decide(task.cycle, "perintahkan", instructions=["siapkan"])
    with pytest.raises(NotWaiting):
        nudge_by_hand(task=task, by=line.umum)


def test_by_hand_the_units_are_reminded_for_whom_the_step_waits(line: Cast, collecting: Cycle) -> None:
    assert nudge_by_hand(task=line.open_task(collecting), by=line.umum) == ["Kepala Seksi 1", "Kepala Seksi 2"]
    with pytest.raises(AlreadyNudged):
        nudge_by_hand(task=Task.objects.filter(cycle=collecting, part=True)[0], by=line.umum)


def test_an_office_above_reminds_an_office_below(line: Cast, neighbour: Cast, task: Task) -> None:
    line.office.parent = neighbour.office
    line.office.save()

    assert nudge_by_hand(task=task, by=neighbour.sekretaris) == ["Sekretaris Camat"]


# --- rules ------------------------------------------------------------------------------------------------------------


def test_an_office_has_rules_of_its_own_for_a_procedure_until_it_goes_back_to_the_usual_ones(
    line: Cast, task: Task
) -> None:
    with pytest.raises(HoldsNoPost):
        save_rules(office=line.office, key=SOP, rules=[Rule(AT)], by=line.umum)
    with pytest.raises(FieldErrors) as refused:
        save_rules(office=line.office, key=SOP, rules=[Rule(AT, "1 hari"), Rule(BEFORE, "besok")], by=line.kasubbag)
    assert set(refused.value.fields) == {"amount-0", "amount-1"}
    save_rules(office=line.office, key=SOP, rules=[Rule(BEFORE, "30 menit"), Rule(AFTER, "2 jam", 1)], by=line.kasubbag)

    with swept("06 10.00"):
        assert rules_fired(task) == [("dibuka", True), ("sebelum 30 menit ↑0", False), ("sesudah 2 jam ↑1", True)]
    restore_rules(office=line.office, key=SOP, by=line.kasubbag)
    with swept("06 10.00"):
        assert rules_fired(task)[3:] == [("sebelum 4 jam ↑0", False), ("tepat ↑0", True)]
    assert not ReminderRule.objects.exists()


@pytest.mark.parametrize("amount", ["", "0 menit", "setiap saat", "99999 hari", "besok"])
def test_a_time_that_cannot_be_counted_is_no_rule(line: Cast, amount: str) -> None:
    with pytest.raises(FieldErrors):
        save_rules(office=line.office, key=SOP, rules=[Rule(AFTER, amount)], by=line.kasubbag)


# --- cost -------------------------------------------------------------------------------------------------------------


def test_a_batch_costs_the_same_however_many_tasks_it_has(line: Cast) -> None:
    def cost() -> int:
        definitions.forget()
        with CaptureQueriesContext(connection) as seen:
            sweep()
        return len(seen)

    line.start(period="2026-TW1")
    one = cost()
    for number in range(2, 10):
        line.start(period=f"2026-0{number}")

    assert cost() == one


def test_the_sweep_reads_only_the_index_of_what_is_due(line: Cast, task: Task) -> None:
    """Whatever else is in the table: with sequential scans made dear, PostgreSQL takes the partial index, as SQLite does."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    assert "task_to_nudge" in reminding.due_tasks(clock.now())[:100].explain()


def test_a_task_that_cannot_be_planned_does_not_keep_the_others_from_being_reminded(line: Cast, task: Task) -> None:
    ReminderRule.objects.create(office=line.office, key=SOP, when=AFTER, amount="rusak")
    other = line.open_task(_mechanism(line))

    assert sweep() == 2
    assert (rules_fired(task), rules_fired(other)[0]) == ([], ("dibuka", True))
    task.refresh_from_db()
    assert task.nudge_at == clock.now() + reminding.TROUBLE_REST
    assert Nudge.objects.filter(task=task).count() == 0


def _mechanism(cast: Cast) -> Cycle:
    from himpun.cycles.actions import start_cycle

    return start_cycle(office=cast.office, key=MECHANISM, period="2026-09", by=cast.kasubbag)
