"""himpun due START DURATION: when something is due, and how that was counted, day by day."""

import argparse
import re
from collections.abc import Mapping
from datetime import date, datetime, time

from himpun import clock, moments
from himpun.commands.reading import office_of
from himpun.errors import Refusal
from himpun.offices.calendar.kept import calendar_of, named_days, named_hours, national_calendar
from himpun.offices.calendar.national import unfilled_sentence, years_unfilled
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.offices import Office
from himpun.offices.worktime import (
    NO_WORK,
    OFF,
    TOO_LATE,
    WEEKDAYS,
    Amount,
    Counted,
    Day,
    WorkCalendar,
    due,
    explained,
    next_working,
)
from himpun.procedures.times import beside_words, read_duration

SHOWN = 40
LONGEST = 3660
_MOMENT = re.compile(r"(\d{1,4})[-/](\d{1,2})[-/](\d{1,4})(?:[ T]+(\d{1,2})[.:](\d{2}))?\Z", re.ASCII)


class StartUnreadable(Refusal):
    """The start is no moment."""

    code = "awal-tidak-terbaca"

    def __init__(self, text: str) -> None:
        super().__init__(f"Awal “{text}” tidak terbaca. Tulis “2026-11-20 15.30”, “20-11-2026 15.30”, atau “sekarang”.")


class DurationUnreadable(Refusal):
    """The duration is no limited time, or one too long to be a standard time."""

    code = "waktu-tidak-terbaca"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"Waktu “{text}” tidak terbaca. Tulis seperti “480 menit”, “1 hari”, “14 hari kalender”, atau “3 x 24 jam”, "
            f"paling lama {LONGEST} hari kerja."
        )


class DurationEndless(Refusal):
    """The words set no limit, so there is nothing to count."""

    code = "waktu-tanpa-batas"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"Waktu “{text}” tidak terbaca sebagai batas: kata itu tidak menyebut berapa lama, sehingga tidak ada yang "
            "dihitung. Tulis waktu yang berbatas, misalnya “2 hari”."
        )


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("start", metavar="AWAL", help="“2026-11-20 15.30”, “20-11-2026 15.30”, atau “sekarang”")
    parser.add_argument(
        "duration", metavar="WAKTU", help="“480 menit”, “2 hari 3 jam”, “14 hari kalender”, “3 x 24 jam”"
    )
    parser.add_argument("--office", metavar="KODE", help="kantor (bawaan: minggu kerja lazim, WIB, libur nasional)")


def run(options: argparse.Namespace) -> int:
    """Print the due moment and the count."""
    office = office_of(options.office) if options.office else None
    calendar, day_minutes = calendar_of(office.pk, office.calendar_stamp) if office else national_calendar()
    start = read_start(options.start, calendar)
    amount = read_amount(options.duration, day_minutes)
    found, rows = due(calendar, start, amount), explained(calendar, start, amount)
    print(f"Kantor     {office.name if office else 'tanpa kantor: minggu kerja lazim dan libur nasional'}")
    print(f"Awal       {_clocked(start, calendar)}{_begun(start, calendar, amount)}")
    print(f"Waktu      {options.duration} = {_amount(amount)} (1 hari = {day_minutes} menit)")
    print(f"Batas      {_clocked(found, calendar)}")
    for line in _beside(options.duration):
        print(f"Catatan    {line}")
    print()
    for line in [*_lines(office, rows), *_unfilled(rows[0].day, rows[-1].day)]:
        print(line)
    return 0


def _unfilled(first: date, last: date) -> list[str]:
    """That a year of the count has no national days yet, and how to fill it."""
    years = years_unfilled(first, last)
    how = "; ".join(f"himpun holidays {year} --fill" for year in years)
    return ["", f"{unfilled_sentence(years)} Isi perkiraannya: {how}"] if years else []


def read_start(text: str, calendar: WorkCalendar) -> datetime:
    """The moment somebody wrote, on the wall clock of the calendar. Raises StartUnreadable."""
    if text.strip().casefold() == "sekarang":
        return clock.now().astimezone(calendar.timezone)
    found = _MOMENT.match(text.strip())
    if not found:
        raise StartUnreadable(text)
    one, month, other, hour, minute = (int(part or 0) for part in found.groups())
    year, day = (one, other) if len(found[1]) == len("2026") else (other, one)
    try:
        return datetime.combine(date(year, month, day), time(hour, minute), tzinfo=calendar.timezone)
    except ValueError:
        raise StartUnreadable(text) from None


def read_amount(text: str, day_minutes: int) -> Amount:
    """What somebody wrote as an amount, full days of minutes as days. Raises DurationUnreadable or DurationEndless."""
    duration = read_duration(text)
    amount = duration.amount(day_minutes) if duration else None
    if duration and amount is None:
        raise DurationEndless(text)
    if amount is None or amount.working_minutes(day_minutes) > LONGEST * day_minutes:
        raise DurationUnreadable(text)
    return amount


def _beside(text: str) -> list[str]:
    """What was kept of a time and not counted, a sentence each."""
    duration = read_duration(text)
    return beside_words(duration) if duration else []


def _lines(office: Office | None, rows: list[Counted]) -> list[str]:
    days = named_days(office, rows[0].day, rows[-1].day)
    hours = named_hours(office, rows[0].day, rows[-1].day)
    lines, number, dates = [], 0, 0
    for row in rows:
        number += row.as_day
        dates += row.by_calendar
        told = "; ".join([*_told(row, number, days, hours), *_otherwise(row, dates)])
        lines.append(f"{_day(row.day)}  {_intervals(row.hours):<26} {told}".rstrip())
    left_out = len(lines) - SHOWN
    half = SHOWN // 2
    return lines if left_out <= 0 else [*lines[:half], f"… {left_out} hari tidak ditampilkan …", *lines[-half:]]


def _told(row: Counted, number: int, days: Mapping[date, Holiday], hours: Mapping[date, SpecialHours]) -> list[str]:
    """What a row says: why it was passed over, or what it counts."""
    if row.why_not == OFF:
        return [_day_off(days[row.day])]
    if row.why_not == NO_WORK:
        return ["bukan hari kerja"]
    told = [f"jam khusus {hours[row.day].name}"] if row.special and row.day in hours else []
    if row.day in days:
        told.append(f"tetap masuk: {days[row.day].name}")
    if row.why_not == TOO_LATE:
        return [*told, "diterima sesudah jam kerja"]
    if row.as_day:
        told.append(f"hari ke-{number}")
    if row.spans:
        told.append(f"{_intervals(row.spans)} = {row.minutes} menit")
    counted = row.as_day or row.spans or row.by_calendar or row.running
    return told if counted else [*told, "mulai dihitung"]


def _otherwise(row: Counted, number: int) -> list[str]:
    """What the calendar and the clock count of a day."""
    told = [f"hari kalender ke-{number}"] if row.by_calendar else []
    return [*told, f"{row.running} menit terus-menerus"] if row.running else told


def _day_off(row: Holiday) -> str:
    kind = row.get_kind_display()
    return row.name if row.name.casefold().startswith(kind.casefold()) else f"{kind.lower()}: {row.name}"


def _begun(start: datetime, calendar: WorkCalendar, amount: Amount) -> str:
    if not amount.only_work:
        return ""
    begun = next_working(calendar, start)
    return "" if begun == start else f", dihitung dari {_clocked(begun, calendar)}"


def _clocked(at: datetime, calendar: WorkCalendar) -> str:
    zone = moments.zone_name(calendar.timezone, at)
    return f"{WEEKDAYS[at.weekday()].capitalize()}, {moments.numeric(at)} {zone}"


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()].capitalize():<6} {day:%d-%m-%Y}"


def _intervals(day: Day) -> str:
    return ", ".join(f"{start:%H.%M}–{end:%H.%M}" for start, end in day) or "–"


def _amount(amount: Amount) -> str:
    said = [
        (
            amount.calendar_days,
            "hari kalender, sampai akhir jam kerja hari terakhir (bila libur, hari kerja berikutnya)",
        ),
        (amount.days, "hari kerja"),
        (amount.minutes, "menit kerja"),
        (amount.running, "menit terus-menerus (siang malam, juga hari libur)"),
    ]
    return " dan ".join(f"{number} {unit}" for number, unit in said if number) or "0 menit kerja"
