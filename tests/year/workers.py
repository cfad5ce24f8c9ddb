"""Two workers that run the product's own ticks at moments of the simulated year, each a process of its own.

A worker keeps running from one moment to the next, as a real one does. Where the year says so it is ended by SIGKILL
before its n-th SQL statement; the next round begins with a new one.
"""

import json
import os
import signal
import traceback
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connections

from himpun import clock
from himpun.commands.serve import all_ticks
from himpun.jobs.ticks import run_due

LOG = "pekerja.log"


class Killer:
    """Counts SQL statements and ends its process before the n-th."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def work(moment: datetime, kill_at: int | None) -> None:
    """Everything that is due at `moment`, once."""
    watched = connections["default"].execute_wrapper(Killer(kill_at)) if kill_at else nullcontext()
    with clock.held_at(moment), watched:
        run_due(all_ticks())


class Worker:
    """The year's handle on one worker."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.process = folder, 0

    def begin(self, moment: datetime, kill_at: int | None) -> None:
        """Let it work at this moment; a killed one is replaced first."""
        if not self.process:
            self.start()
        os.write(self.orders, json.dumps([moment.isoformat(), kill_at]).encode() + b"\n")

    def start(self) -> None:
        connections.close_all()
        orders, self.orders = os.pipe()
        self.answers, answers = os.pipe()
        self.process = os.fork()
        if self.process:
            os.close(orders)
            os.close(answers)
            return
        os.close(self.orders)
        os.close(self.answers)
        self.serve(orders, answers)

    def serve(self, orders: int, answers: int) -> None:
        """The worker's own life."""
        try:
            with os.fdopen(orders) as lines:
                for line in lines:
                    moment, kill_at = json.loads(line)
                    work(datetime.fromisoformat(moment), kill_at)
                    os.write(answers, b".")
        except BaseException:
            with (self.folder / LOG).open("a") as log:
                log.write(traceback.format_exc())
            os._exit(1)
        os._exit(0)

    def end(self) -> bool:
        """Wait until it has done; False when it was killed. A worker that fails by itself ends the year."""
        if os.read(self.answers, 1):
            return True
        status = os.waitpid(self.process, 0)[1]
        assert os.WIFSIGNALED(status), (self.folder / LOG).read_text()
        self.close()
        return False

    def close(self) -> None:
        os.close(self.orders)
        os.close(self.answers)
        self.process = 0


def round_at(moment: datetime, workers: list[Worker], kills: list[int | None]) -> bool:
    """All workers at once; whether none was killed."""
    for worker, kill_at in zip(workers, kills, strict=True):
        worker.begin(moment, kill_at)
    ended = [worker.end() for worker in workers]
    return all(ended)
