"""Which tasks are put back, given up or thrown away."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from himpun.jobs.reaper import KEEP_DONE, KEEP_FAILED, LOST_AFTER, put_back_lost, throw_away_old

pytestmark = pytest.mark.django_db


def a_task(status: str, *, tries: int = 1, started: timedelta | None = None, finished: datetime | None = None) -> UUID:
    """A task as the store keeps it; `started` so long ago."""
    return DBTaskResult.objects.create(
        status=status,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="himpun.documents.work.render_version",
        worker_ids=[f"pekerja-{number}" for number in range(tries)],
        backend_name="default",
        run_after=get_date_max(),
        started_at=None if started is None else timezone.now() - started,
        finished_at=finished,
    ).pk


def status(pk: UUID) -> str:
    return str(DBTaskResult.objects.get(pk=pk).status)


def test_a_task_that_runs_too_long_is_ready_again() -> None:
    task = a_task("RUNNING", started=LOST_AFTER + timedelta(seconds=1))

    assert put_back_lost() == 1
    assert status(task) == "READY"


def test_a_task_that_has_just_begun_is_left_alone() -> None:
    task = a_task("RUNNING", started=LOST_AFTER - timedelta(seconds=30))

    assert put_back_lost() == 0
    assert status(task) == "RUNNING"


@pytest.mark.parametrize("other", ["READY", "SUCCESSFUL", "FAILED"])
def test_only_running_tasks_are_put_back(other: str) -> None:
    task = a_task(other, started=timedelta(days=1))

    assert put_back_lost() == 0
    assert status(task) == other


def test_after_three_tries_a_task_is_given_up_with_a_sentence() -> None:
    task = a_task("RUNNING", tries=3, started=timedelta(hours=1))

    assert put_back_lost() == 1
    lost = DBTaskResult.objects.get(pk=task)
    assert lost.status == "FAILED"
    assert "3 kali" in lost.traceback
    assert lost.task_result.errors[0].exception_class.__name__ == "WorkerLostError"


def test_putting_back_twice_changes_nothing_more() -> None:
    a_task("RUNNING", started=timedelta(hours=1))

    assert [put_back_lost(), put_back_lost()] == [1, 0]


def test_old_results_are_thrown_away_and_failures_kept_longer() -> None:
    now = timezone.now()
    a_task("SUCCESSFUL", finished=now - KEEP_DONE - timedelta(hours=1))
    a_task("FAILED", finished=now - KEEP_FAILED - timedelta(hours=1))
    kept = {
        a_task("SUCCESSFUL", finished=now - KEEP_DONE + timedelta(hours=1)),
        a_task("FAILED", finished=now - KEEP_DONE - timedelta(hours=1)),
        a_task("READY"),
        a_task("RUNNING", started=timedelta(days=365)),
    }

    assert throw_away_old() == 2
    assert set(DBTaskResult.objects.values_list("pk", flat=True)) == kept
