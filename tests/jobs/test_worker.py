"""Real workers: killed, asked to end, and several at once."""

import signal

import pytest

from tests.scratch import Processes, until

pytestmark = pytest.mark.processes

REAP_ALL = (
    "from datetime import timedelta; from himpun.jobs.reaper import put_back_lost; print(put_back_lost(timedelta(0)))"
)
COUNT_MARKS = "from himpun.jobs.models import Tick; print(Tick.objects.filter(name='tanda').count())"


def test_a_task_whose_worker_was_killed_is_finished_by_another_once_in_effect(processes: Processes) -> None:
    (processes.folder / "tunggu").touch()
    processes.enqueue("tanda")
    first = processes.start("himpun", "worker")
    until(lambda: processes.lines("mulai") == ["tanda"])

    first.send_signal(signal.SIGKILL)
    first.wait()
    assert processes.statuses() == "RUNNING"
    assert processes.python(REAP_ALL) == "1"
    assert processes.statuses() == "READY"
    (processes.folder / "tunggu").unlink()
    processes.start("himpun", "worker")

    until(lambda: processes.lines("selesai") == ["tanda"])
    until(lambda: processes.statuses() == "SUCCESSFUL")
    assert processes.lines("mulai") == ["tanda", "tanda"]
    assert processes.python(COUNT_MARKS) == "1"


def test_a_worker_asked_to_end_finishes_the_task_in_hand(processes: Processes) -> None:
    (processes.folder / "tunggu").touch()
    processes.enqueue("tanda")
    worker = processes.start("himpun", "worker")
    until(lambda: processes.lines("mulai") == ["tanda"])

    worker.send_signal(signal.SIGTERM)
    (processes.folder / "tunggu").unlink()

    assert worker.wait(20) == 0
    assert processes.statuses() == "SUCCESSFUL"


def test_a_worker_asked_to_end_twice_leaves_its_task_to_the_reaper(processes: Processes) -> None:
    (processes.folder / "tunggu").touch()
    processes.enqueue("tanda")
    worker = processes.start("himpun", "worker")
    until(lambda: processes.lines("mulai") == ["tanda"])

    worker.send_signal(signal.SIGTERM)
    with pytest.raises(Exception, match="timed out"):
        worker.wait(1)
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(20) == 1
    assert processes.statuses() == "RUNNING"


def test_an_idle_worker_ends_at_once(processes: Processes) -> None:
    worker = processes.start("tests.jobs.marking", str(processes.folder))
    until(lambda: processes.lines("tandai") == ["sekali"])

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(5) == 0


def test_three_workers_run_a_tick_once_and_every_task_once(processes: Processes) -> None:
    for name in ("satu", "dua", "tiga", "empat", "lima"):
        processes.enqueue(name)

    workers = [processes.start("tests.jobs.marking", str(processes.folder)) for _ in range(3)]
    until(lambda: len(processes.lines("selesai")) == 5 and len(processes.lines("siap")) == 3)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)

    assert [worker.wait(20) for worker in workers] == [0, 0, 0]
    assert sorted(processes.lines("mulai")) == ["dua", "empat", "lima", "satu", "tiga"]
    assert processes.lines("tandai") == ["sekali"]
