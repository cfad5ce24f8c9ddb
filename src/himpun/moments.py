"""Days and moments in words, as people here write them, and as a file of rows has them. Pure.

Every moment is aware and told by its own wall clock. Where a `zone` is given it is told by that one, and the zone is named.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
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


def short_day(of: date) -> str:
    """ "7 Okt 2026"."""
    return f"{of.day} {MONTHS[of.month - 1][:3]} {of.year}"


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


_SERIAL = re.compile(r"([2-7][0-9]{4})(?:[.,]([0-9]{1,15}))?", re.ASCII)


def serial(text: str) -> datetime | None:
    """What "46150" or "46150,354" is as a date of a spreadsheet that lost its format; None for every other text.

    It may as well be a number: who reads it asks. Days are counted from 30 December 1899, from 1954 to 2118.
    """
    found = _SERIAL.fullmatch(text.strip())
    if found is None:
        return None
    seconds = round(Decimal(f"0.{found[2] or 0}") * 86_400)
    return datetime(1899, 12, 30) + timedelta(days=int(found[1]), seconds=seconds)  # noqa: DTZ001 - a day on paper
