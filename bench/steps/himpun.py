"""Himpun: `cycles.actions.decide`, with its permission check, its locked turn, its journal and its due times."""

from typing import Any

from django.db import connection

from bench import office
from bench.office import DECISIONS, Cycles, Waiting
from bench.steps import timing
from bench.tracing import Count
from himpun.archive.verify import verify
from himpun.cycles.actions import decide


class Himpun:
    def __init__(self) -> None:
        self.cycles = Cycles(office.sample_office())

    def start(self, runs: int) -> None:
        self.cycles.start(runs)

    def lined_up(self, step: int) -> list[tuple[Waiting, str, str]]:
        return [(one, *DECISIONS[step - 1]) for one in self.cycles.waiting()]

    def decide(self, one: tuple[Waiting, str, str]) -> None:
        waiting, decision, reason = one
        decide(task_id=waiting.task_id, decision=decision, by=waiting.by, reason=reason)

    def driver(self) -> Any:
        return connection.connection


_subject: Himpun | None = None


def prepare() -> Count:
    global _subject
    _subject = Himpun()
    return timing.counted(_subject)


def batch(runs: int) -> float:
    assert _subject
    return timing.batch(_subject, runs)


def close() -> None:
    """What was measured must have been the real thing: every chain whole, every cycle ended."""
    assert _subject
    assert verify().faults == []
    assert not _subject.cycles.waiting()
