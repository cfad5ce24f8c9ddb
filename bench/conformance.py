"""Conformance of a log of 10,000 cases beside its floor: the bare reading of the CSV and grouping of its rows by case.

Pure: no database. `measure()` gives seconds; the target is two seconds for the checking, and the reading is told beside it.
"""

import csv
import io
import random
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from himpun.history import conformance, xes
from himpun.history import csv as eventlog
from himpun.history.clock import WorkClock
from himpun.history.events import Event, Log
from himpun.offices.worktime import DEFAULT_WEEK, WIB, WorkCalendar
from himpun.procedures.definition import END, Procedure, __file__
from himpun.procedures.problems import runnable

SOP = Path(__file__).with_name("pengumpulan_data_kinerja.toml")
CASES = 10_000
TARGET = 2.0
"""Seconds for checking `CASES` cases."""


def log_of(procedure: Procedure, cases: int = CASES, *, seed: int = 4) -> Log:
    """Cases that walk the procedure at random, mostly straight on, a step in thirty left out."""
    dice = random.Random(seed)  # noqa: S311 - a log for measuring
    return [event for no in range(cases) for event in _case(procedure, str(no), dice)]


def _case(procedure: Procedure, case: str, dice: random.Random) -> Log:
    at = datetime(2026, 1, 5, 8, tzinfo=WIB) + timedelta(days=dice.randrange(200), minutes=dice.randrange(400))
    step, found = procedure.first, []
    for _ in range(30):
        ways = list(step.next)
        decision = ways[0] if dice.random() < 0.75 else dice.choice(ways)
        at += timedelta(minutes=dice.randrange(20, 3000))
        if dice.random() > 1 / 30:
            found.append(Event(case, step.title, at, resource=step.who, decision=decision))
        target = step.next[decision]
        if target == END:
            break
        step = procedure.step(int(target))
    return found


def as_csv(log: Log) -> bytes:
    """The log as another system writes it: five columns, comma."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["case", "activity", "time", "resource", "decision"])
    writer.writerows(
        (event.case, event.activity, event.at.isoformat(), event.resource, event.decision) for event in log
    )
    return out.getvalue().encode()


def bare(data: bytes) -> dict[str, list[list[str]]]:
    """The floor: read the rows, put them with their case, look at nothing."""
    cases: dict[str, list[list[str]]] = {}
    for row in csv.reader(io.StringIO(data.decode())):
        cases.setdefault(row[0], []).append(row)
    return cases


def best(run: Callable[[], Any], times: int = 5) -> float:
    """The quickest of several runs, in seconds."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def measure(cases: int = CASES) -> dict[str, Any]:
    """Seconds for the floor, reading the CSV, checking, and reading XES; with how many events and variants there were."""
    procedure = runnable(SOP.read_text(encoding="utf-8"))
    log = log_of(procedure, cases)
    data, whole = as_csv(log), eventlog.as_bytes(xes.write(log))
    calendar = WorkCalendar(DEFAULT_WEEK, frozenset({date(2026, 3, 19), date(2026, 3, 20)}), WIB, {})
    found = conformance.check(procedure, log, WorkClock(calendar, 480))
    return {
        "cases": cases,
        "events": len(log),
        "variants": found.variants,
        "fitness": found.fitness,
        "floor": best(lambda: bare(data)),
        "read": best(lambda: eventlog.read(data, zone=WIB)),
        "check": best(lambda: conformance.check(procedure, log, WorkClock(calendar, 480))),
        "read_xes": best(lambda: xes.read(io.BytesIO(whole), zone=WIB), 2),
        "target": TARGET,
    }
