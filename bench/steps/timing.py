"""What all subjects share: a batch of runs, led through the ten steps side by side, only the deciding timed."""

import functools
import gc
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from bench.tracing import Count, count

STEPS = 10


class Subject(Protocol):
    """One way of deciding ten steps. Looking up what is open happens before the clock starts: a page has done that."""

    def start(self, runs: int) -> None: ...

    def lined_up(self, step: int) -> Sequence[Any]: ...

    def decide(self, one: Any) -> None: ...

    def driver(self) -> Any: ...


def batch(subject: Subject, runs: int) -> float:
    """Seconds for `runs` × ten decided steps."""
    subject.start(runs)
    seconds = 0.0
    for step in range(1, STEPS + 1):
        seconds += _timed(subject.decide, subject.lined_up(step))
    return seconds


def _timed(decide: Callable[[Any], None], ones: Sequence[Any]) -> float:
    gc.collect()
    begun = time.perf_counter()
    for one in ones:
        decide(one)
    return time.perf_counter() - begun


def counted(subject: Subject) -> Count:
    """Statements and commits of one ordinary decision (the fourth of a run), once everything is warm."""
    subject.start(2)
    counts: dict[int, Count] = {}
    for step in range(1, STEPS + 1):
        warm, measured = subject.lined_up(step)
        subject.decide(warm)
        counts[step] = count(subject.driver(), functools.partial(subject.decide, measured))
    return counts[4]
