"""Event logs for tests: a little procedure, a calendar, and cases written as the steps that ended."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from himpun.history.clock import WorkClock
from himpun.history.events import COMPLETE, START, Event, Log
from himpun.offices.worktime import DEFAULT_WEEK, WIB, WorkCalendar
from himpun.procedures.definition import Procedure
from himpun.procedures.problems import runnable

MONDAY = datetime(2026, 10, 5, 8, 0, tzinfo=WIB)
CALENDAR = WorkCalendar(DEFAULT_WEEK, frozenset({date(2026, 10, 14)}), WIB, {})
TEXT = """
key = "layanan"
name = "Layanan"

[[role]]
key = "a"
title = "Petugas A"

[[role]]
key = "b"
title = "Petugas B"

[[step]]
no = 1
name = "terima"
title = "Menerima berkas dari pemohon"
who = "a"
time = "1 hari"
next = { "lanjut" = 2 }

[[step]]
no = 2
name = "periksa"
title = "Memeriksa kelengkapan berkas"
who = "b"
time = "2 hari"
next = { "lengkap" = 3, "kurang" = 1 }
returns = ["kurang"]

[[step]]
no = 3
name = "setujui"
title = "Menyetujui permohonan"
who = "a"
time = "1 hari"
next = { "setuju" = 4, "perbaiki" = 2 }
returns = ["perbaiki"]

[[step]]
no = 4
name = "serahkan"
title = "Menyerahkan hasil"
who = "b"
time = "20 menit"
next = { "selesai" = "akhir" }
"""
PROCEDURE: Procedure = runnable(TEXT)
BY = {1: "A", 2: "B", 3: "A", 4: "B"}


def clock() -> WorkClock:
    return WorkClock(CALENDAR, 480)


def ended(case: str, steps: Sequence[int], *, decisions: Sequence[str] = (), hours: float = 3) -> Log:
    """A case that did these steps, one every `hours`; each as the only event it leaves."""
    told = [*decisions, *[""] * len(steps)]
    return [
        Event(case, f"{step} kegiatan", MONDAY + timedelta(hours=hours * place), COMPLETE, BY.get(step, ""), step, decision=said)
        for place, (step, said) in enumerate(zip(steps, told, strict=False))
    ]  # fmt: skip


def turn(case: str, step: int, start: datetime, end: datetime | None = None, **more: str) -> Log:
    """One turn of a step: its start, and its end if it ended."""
    begun = Event(case, f"{step} kegiatan", start, START, BY.get(step, ""), step)
    done = [Event(case, f"{step} kegiatan", end, COMPLETE, BY.get(step, ""), step, **more)] if end else []  # type: ignore[arg-type]
    return [begun, *done]
