"""Tasks whose worker was killed: back to READY, three tries at most, then FAILED. And old results are thrown away.

The task store marks a task RUNNING and never looks again. Every try leaves its worker's id on the task, so the tries
are counted there. Putting a task back while its worker is merely slow does no harm: every job is idempotent.
"""

from datetime import datetime, timedelta

import structlog
from django.db.models import Q
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

LOST_AFTER = timedelta(minutes=10)
TRIES = 3
FURTHEST = timedelta(days=1)
"""No task is put off for longer."""
KEEP_DONE = timedelta(days=7)
KEEP_FAILED = timedelta(days=90)

log = structlog.get_logger("himpun.jobs")


class WorkerLostError(Exception):
    """Every worker that tried this task was gone before it ended."""


def put_back_lost(after: timedelta = LOST_AFTER) -> int:
    """Give every task that runs longer than `after` to another worker, or up; returns how many were changed.

    One that began so much later than now began while the clock was ahead; nobody knows how long it runs.
    """
    now = timezone.now()
    put_forward(now)
    lost = DBTaskResult.objects.running().filter(Q(started_at__lte=now - after) | Q(started_at__gt=now + after))
    return sum(_put_back(task) for task in lost)


def put_forward(now: datetime) -> int:
    """Tasks put off while the clock was ahead are for now: none is ever put off so long."""
    late = DBTaskResult.objects.filter(status=TaskResultStatus.READY, run_after__lt=get_date_max())
    return late.filter(run_after__gt=now + FURTHEST).update(run_after=now)


def _put_back(task: "DBTaskResult[..., object]") -> bool:
    unchanged = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING, started_at=task.started_at)
    tries = len(task.worker_ids)
    if tries < TRIES:
        changed = unchanged.update(status=TaskResultStatus.READY)
    else:
        changed = unchanged.update(
            status=TaskResultStatus.FAILED,
            finished_at=timezone.now(),
            exception_class_path=f"{WorkerLostError.__module__}.{WorkerLostError.__qualname__}",
            traceback=f"Pekerja hilang sebelum tugas selesai, {tries} kali. Periksa memori dan log pekerja.",
        )
    log.warning(
        "task-lost", task=task.task_path, id=str(task.pk), tries=tries, given_up=tries >= TRIES, changed=bool(changed)
    )
    return bool(changed)


def throw_away_old(now: datetime | None = None) -> int:
    """Delete the results of tasks that ended long ago; returns how many."""
    now = now or timezone.now()
    done = DBTaskResult.objects.successful().filter(finished_at__lt=now - KEEP_DONE)
    failed = DBTaskResult.objects.failed().filter(finished_at__lt=now - KEEP_FAILED)
    return done.delete()[0] + failed.delete()[0]
