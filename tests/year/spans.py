"""How long the year is: all of it before a release, and a quarter of it, in which the same things happen, every time."""

import os
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

WIB = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True)
class Span:
    """From when to when, and what comes in between; all moments in WIB."""

    begin: datetime
    end: datetime
    down: tuple[datetime, datetime]
    """The day without workers: one on which the monthly schedule begins."""
    letters: tuple[tuple[datetime, str], ...]
    """When the quarter's letter comes, and its period."""
    camat_away: tuple[datetime, date]
    """When the leave begins, and its last day."""
    unit_away: tuple[datetime, date]
    holiday: datetime
    pause: datetime
    resume: datetime
    least: dict[str, int]
    """What there must have been of each, that the checks say something."""


def _at(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=WIB)


YEAR = Span(
    begin=_at(2, 2, 6),
    end=_at(2, 1, 6, year=2027),
    down=(_at(7, 2, 0), _at(7, 3, 0)),
    letters=((_at(4, 8, 9), "2026-TW1"), (_at(7, 8, 9), "2026-TW2"), (_at(10, 8, 9), "2026-TW3")),
    camat_away=(_at(4, 13, 7), date(2026, 5, 29)),
    unit_away=(_at(10, 8, 6, 30), date(2026, 10, 23)),
    holiday=_at(10, 12, 8),
    pause=_at(7, 14, 10),
    resume=_at(7, 17, 14),
    least={"siklus_terjadwal": 15, "tugas": 150, "tenggat_berpindah": 3, "terkirim": 100, "pekerja_dibunuh": 50},
)
QUARTER = Span(
    begin=_at(3, 30, 6),
    end=_at(5, 6, 6),
    down=(_at(4, 2, 0), _at(4, 3, 0)),
    letters=((_at(4, 8, 9), "2026-TW1"),),
    camat_away=(_at(4, 8, 7), date(2026, 4, 21)),
    unit_away=(_at(4, 8, 6, 30), date(2026, 4, 23)),
    holiday=_at(4, 13, 8),
    pause=_at(4, 22, 10),
    resume=_at(4, 23, 14),
    least={"siklus_terjadwal": 3, "tugas": 30, "tenggat_berpindah": 2, "terkirim": 20, "pekerja_dibunuh": 10},
)
SPAN = YEAR if os.environ.get("HIMPUN_LONG") == "1" else QUARTER
