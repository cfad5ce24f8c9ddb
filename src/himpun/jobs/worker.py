"""The background worker: the task store's own worker, with the periodic ticks between its tasks.

SIGTERM or Ctrl+C ends it after the task or tick in hand. A second one ends it at once and leaves the task RUNNING,
like a kill; the reaper gives it to another worker.
"""

import os
import signal
import time
from types import FrameType
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from himpun.jobs.ticks import TICKS, Ticks, register, run_due

REST = 1.0
"""Seconds between two looks at an empty queue."""

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
        super().run_task(task)
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
        except (DatabaseError, InterfaceError):
            log.exception("database-away")
            close_old_connections()
        if worker.running:
            time.sleep(rest)


def work_off() -> None:
    """Run whatever waits, then return: for one process that is its own worker."""
    TickingWorker({}).run()
