"""Runs Himpun, its floor and its peers in turns on both databases: one small batch each, round after round."""

import contextlib
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import postgres
from bench.steps.timing import STEPS
from bench.tracing import Count
from bench.worker import Worker

RUNS = 3
"""Runs led through the ten steps side by side in one batch: thirty decisions."""
LEAST_ROUNDS = 7
DATABASES = ("SQLite", "PostgreSQL")
SUBJECTS: dict[str, tuple[str, dict[str, Any]]] = {
    "floor": ("bench.steps.floor", {}),
    "himpun": ("bench.steps.himpun", {}),
    "viewflow": ("bench.steps.viewflow", {}),
    "spiff": ("bench.steps.spiff", {"restored": True}),
    "spiff-in-memory": ("bench.steps.spiff", {"restored": False}),
}


@dataclass(slots=True)
class Measured:
    """One subject on one database: what a decision sends, and the seconds of each batch."""

    subject: str
    database: str
    count: Count
    worker: Worker
    seconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Decided steps a second: the median batch."""
        return RUNS * STEPS / statistics.median(self.seconds)

    @property
    def best(self) -> float:
        """The same in the best tenth of the batches: what is left when nothing else runs on the machine."""
        return RUNS * STEPS / statistics.quantiles(self.seconds, n=10)[0]


def run(folder: Path, server: str, budget: float) -> list[Measured]:
    """Rounds for about `budget` seconds, at least LEAST_ROUNDS; the first, warming one is thrown away."""
    with contextlib.ExitStack() as stack:
        found = [_prepared(stack, folder, server, subject, database) for database in DATABASES for subject in SUBJECTS]
        until = time.monotonic() + budget
        rounds = 0
        while rounds <= LEAST_ROUNDS or time.monotonic() < until:
            for one in found:
                seconds = one.worker.ask("batch", runs=RUNS)
                if rounds:
                    one.seconds.append(seconds)
            rounds += 1
        for one in found:
            one.worker.ask("close")
    return found


def _prepared(stack: contextlib.ExitStack, folder: Path, server: str, subject: str, database: str) -> Measured:
    module, arguments = SUBJECTS[subject]
    var = folder / f"{subject}-{database}"
    var.mkdir()
    url = stack.enter_context(database_for(var, server, database, subject))
    worker = stack.enter_context(Worker(module, url, var))
    return Measured(subject, database, worker.ask("prepare", **arguments), worker)


@contextlib.contextmanager
def database_for(var: Path, server: str, database: str, name: str) -> Iterator[str]:
    """The URL of an empty database of either kind."""
    if database == "SQLite":
        yield f"sqlite:///{var / 'bench.sqlite3'}"
        return
    with postgres.database(server, f"himpun_bench_{name}".replace("-", "_")) as url:
        yield url


def ratio(one: Measured, to: Measured) -> float:
    """How many times as long `one` takes as `to`: the median over rounds, each compared with its own round."""
    return statistics.median(mine / theirs for mine, theirs in zip(one.seconds, to.seconds, strict=True))
