"""When a message may reach somebody: not in their quiet hours, or with their digest; when to try again. Pure.

Clock times are those on the wall of the zone given (the zone of the office that a message comes from).
"""

from datetime import datetime, time, timedelta, tzinfo

QUIET_FROM, QUIET_UNTIL, DIGEST_AT = time(20, 0), time(6, 0), time(7, 30)
"""Who has chosen nothing is not disturbed from 20.00 to 06.00 and reads a digest at 07.30."""

BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
"""How long to wait after the first failed try, the second, …; after the try that follows the last one, never."""


def is_quiet(clock: time, quiet_from: time, quiet_until: time) -> bool:
    """Whether a clock time lies in the quiet hours; they may pass midnight, and are none when both ends are the same."""
    if quiet_from <= quiet_until:
        return quiet_from <= clock < quiet_until
    return clock >= quiet_from or clock < quiet_until


def send_at(at: datetime, quiet_from: time, quiet_until: time, zone: tzinfo) -> datetime:
    """`at` itself, or the end of the quiet hours that it falls in."""
    local = at.astimezone(zone)
    if not is_quiet(local.time(), quiet_from, quiet_until):
        return at
    return _next(local, quiet_until, zone)


def digest_at(at: datetime, clock: time, zone: tzinfo) -> datetime:
    """The first moment from `at` on when the wall clock shows `clock`: a digest is sent then."""
    return _next(at.astimezone(zone), clock, zone)


def try_again_at(now: datetime, tries: int) -> datetime | None:
    """When to try again after `tries` tries have failed; None: never."""
    return now + BACK_OFF[tries - 1] if 1 <= tries <= len(BACK_OFF) else None


def _next(local: datetime, clock: time, zone: tzinfo) -> datetime:
    today = datetime.combine(local.date(), clock, tzinfo=zone)
    return today if today >= local else datetime.combine(local.date() + timedelta(days=1), clock, tzinfo=zone)
