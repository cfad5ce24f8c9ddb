"""Days and moments in words, as people here write them, and as a file of rows has them. Pure.

Every moment is aware and told by its own wall clock. Where a `zone` is given it is told by that one, and the zone is named.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
"""What people call a zone."""


def day(of: date) -> str:
    """ "23 November 2026"."""
    return f"{of.day} {MONTHS[of.month - 1]} {of.year}"


def long(at: datetime, zone: ZoneInfo | None = None) -> str:
    """ "23 November 2026 pukul 09.14"; with a zone "23 November 2026 pukul 09.14 WIB"."""
    return _told(at, zone, MONTHS)


def short(at: datetime, zone: ZoneInfo | None = None) -> str:
    """ "7 Okt 2026 pukul 10.00"; with a zone "7 Okt 2026 pukul 10.00 WIB"."""
    return _told(at, zone, [name[:3] for name in MONTHS])


def _told(at: datetime, zone: ZoneInfo | None, months: tuple[str, ...] | list[str]) -> str:
    there = at.astimezone(zone) if zone else at
    said = f"{there.day} {months[there.month - 1]} {there.year} pukul {there:%H.%M}"
    return f"{said} {zone_name(zone, there)}".strip() if zone else said


def zone_name(zone: ZoneInfo, at: datetime) -> str:
    """What people call a zone; the zone's own abbreviation at that moment where they have no word for it."""
    return ZONE_NAMES.get(zone.key) or at.astimezone(zone).tzname() or ""


def numeric(at: datetime) -> str:
    """ "23-11-2026 09.14", for a sentence that is about something else."""
    return f"{at:%d-%m-%Y %H.%M}"


def filed(at: datetime) -> str:
    """ "2026-11-23 09:14": sorts as text, and a spreadsheet reads it as a moment."""
    return f"{at:%Y-%m-%d %H:%M}"
