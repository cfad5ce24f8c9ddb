"""The one clock. Everything that records a time for an office asks here, so that the tour and the tests can live on another day.

The task store alone lives by the machine's own time (`jobs`): it is about processes, not about an office.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, tzinfo

from django.utils import timezone

_held: ContextVar[datetime | None] = ContextVar("held_clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _held.get() or timezone.now()


def today(zone: tzinfo | None = None) -> date:
    """The present day in a time zone; by itself in the active one, which is the office's that is looked at."""
    return timezone.localdate(now(), zone)


@contextmanager
def held_at(moment: datetime) -> Iterator[None]:
    """Live at `moment` (aware) until the block ends."""
    token = _held.set(moment)
    try:
        yield
    finally:
        _held.reset(token)
