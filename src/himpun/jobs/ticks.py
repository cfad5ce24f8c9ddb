"""Periodic work. Any number of workers look at the ticks; whoever moves `next_at` on runs the tick, the others do not.

`TICKS` are this folder's own; the worker is given these and those of later folders in one dictionary. A tick whose
worker is killed in the middle is not made up for: it comes again after its interval, and is idempotent.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from django.core.cache import cache
from django.db import DatabaseError

from himpun import clock
from himpun.jobs import reaper
from himpun.jobs.models import Tick

Ticks = Mapping[str, tuple[timedelta, Callable[[], object]]]
"""Name → how often, and what is done."""

TICKS: Ticks = {
    "kembalikan-tugas-hilang": (timedelta(minutes=1), reaper.put_back_lost),
    "buang-hasil-lama": (timedelta(days=1), reaper.throw_away_old),
}

SKEW = timedelta(minutes=1)
"""By so much the clocks of two machines may differ."""

log = structlog.get_logger("himpun.jobs")


def register(ticks: Ticks) -> None:
    """Make a row for every tick that has none yet; a new tick is due at once."""
    now = clock.now()
    Tick.objects.bulk_create([Tick(name=name, next_at=now) for name in ticks], ignore_conflicts=True)


def run_due(ticks: Ticks) -> list[str]:
    """Run every tick that is due and that no other worker has claimed; returns their names.

    A tick is never put off by more than its interval: one that is due later was moved on while the clock was ahead.
    """
    now = clock.now()
    rows = list(Tick.objects.filter(name__in=list(ticks)))
    ahead = [tick for tick in rows if tick.next_at > now + ticks[tick.name][0] + SKEW]
    if ahead:
        _clock_went_back(ahead)
    due = [tick for tick in rows if tick.next_at <= now or tick in ahead]
    return [tick.name for tick in due if _run_if_first(tick, ticks)]


def _clock_went_back(ahead: list[Tick]) -> None:
    """Say so, and forget what the cache holds until then: counted logins would keep people out as long."""
    log.error(
        "clock-went-back", ticks=[tick.name for tick in ahead], until=max(tick.next_at for tick in ahead).isoformat()
    )
    try:
        cache.clear()
    except DatabaseError:
        log.exception("cache-not-cleared")


def _run_if_first(tick: Tick, ticks: Ticks) -> bool:
    interval, work = ticks[tick.name]
    now = clock.now()
    unclaimed = Tick.objects.filter(name=tick.name, next_at=tick.next_at)
    if not unclaimed.update(next_at=now + interval, last_at=now):
        return False
    try:
        work()
    except Exception:
        log.exception("tick-failed", tick=tick.name)
    return True
