"""The background worker: the task store's own worker, with the periodic ticks between its tasks.

SIGTERM or Ctrl+C ends it after the task or tick in hand. A second one ends it at once and leaves the task RUNNING,
like a kill; the reaper gives it to another worker.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from himpun.jobs.ticks import TICKS, Ticks, register, run_due
from himpun.trouble import OutOfOrder, trouble_of

REST = 1.0
"""Seconds between two looks at an empty queue."""
PUT_OFF_BY, PUT_OFF_FOR = timedelta(minutes=1), timedelta(days=1)
"""A task that met a full disk is tried again so much later, as long as it is no older than that."""

log = structlog.get_logger("himpun.jobs")


class TickingWorker(Worker):
    """Runs tasks; after each of them, and whenever there is none, the ticks that are due."""

    def __init__(self, ticks: Ticks) -> None:
        super().__init__(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
        )
        self.ticks = ticks

    def run_task(self, task: Any) -> None:
        with _noting(task) as failures:
            super().run_task(task)
        if failures and (trouble := trouble_of(failures[-1])):
            put_off(task, trouble)
        self.run_ticks()

    def run_ticks(self) -> None:
        """As much in hand as a task is: an end asked for meanwhile waits for it."""
        self.running_task = True
        try:
            run_due(self.ticks)
        finally:
            self.running_task = False

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        if not self.running:
            os._exit(1)
        super().shutdown(signum, frame)


@contextmanager
def _noting(task: Any) -> Iterator[list[BaseException]]:
    """What a task failed by: the task store keeps only its text."""
    failures: list[BaseException] = []
    keep = task.set_failed

    def set_failed(error: BaseException) -> None:
        failures.append(error)
        keep(error)

    task.set_failed = set_failed
    try:
        yield failures
    finally:
        del task.set_failed


def put_off(task: Any, trouble: OutOfOrder) -> None:
    """Not the task failed but the machine: it is tried again, for a day."""
    now = timezone.now()
    failed = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.FAILED, enqueued_at__gt=now - PUT_OFF_FOR)
    again = failed.update(status=TaskResultStatus.READY, run_after=now + PUT_OFF_BY, finished_at=None, worker_ids=[])
    log.error("task-put-off", task=task.task_path, code=trouble.code, again=bool(again))


def run_forever(ticks: Ticks = TICKS, *, rest: float = REST) -> None:
    """Run tasks and ticks until asked to end; a database that is away for a while is waited for."""
    worker = TickingWorker(ticks)
    worker.configure_signals()
    signal.signal(signal.SIGHUP, worker.shutdown)
    registered = False
    while worker.running:
        try:
            if not registered:
                register(ticks)
                registered = True
            worker.run()
            worker.run_ticks()
        except (DatabaseError, InterfaceError, OSError):
            log.exception("database-away")
            close_old_connections()
        if worker.running:
            time.sleep(rest)


def work_off() -> None:
    """Run whatever waits, then return: for one process that is its own worker."""
    TickingWorker({}).run()
