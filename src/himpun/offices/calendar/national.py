"""The calendar all offices share: national holidays, collective leave, and Ramadan hours.

Changed from the command line by the operator, recorded in the chain of the product itself ("himpun"). Every change moves
the calendars of all offices on; the worker then counts their open deadlines anew.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from himpun import clock
from himpun.archive.journal import SYSTEM, Turn, act
from himpun.errors import Refusal
from himpun.offices.calendar.holiday_seed import (
    GUESSED,
    RAMADAN_HOURS,
    RAMADAN_HOURS_SOURCE,
    SeedDay,
    seed_holidays,
    seed_ramadan,
)
from himpun.offices.cells import day as read_day
from himpun.offices.models.calendar import Holiday, SpecialHours
from himpun.offices.models.offices import Office
from himpun.offices.vocabulary import HolidayKind
from himpun.spreadsheets.records import CsvUnreadable, Row, listing
from himpun.typed import Complaints, Text, line

CHAIN = "himpun"
KINDS = (HolidayKind.NATIONAL.value, HolidayKind.COLLECTIVE.value)
COLUMNS = ("tanggal", "nama", "jenis")
RAMADAN = "Ramadan"
FEW = 10
"""A list with fewer days than this is hardly a whole year: the leanest one guessed since 2000 has 13."""
FILLED = range(2000, 2077)
"""Years that can be guessed: the table of the Hijri calendar ends in 2077."""


class DaysUnreadable(Refusal):
    """The file of national days has mistakes; each is in `errors`, and nothing was changed."""

    code = "berkas-libur-salah"

    def __init__(self, errors: Sequence[str]) -> None:
        self.errors = list(errors)
        lines = "\n".join(self.errors)
        super().__init__(
            f"Berkas hari libur belum dapat dipakai; ada {len(self.errors)} kesalahan dan tidak ada yang diubah.\n{lines}"
        )


class DecreeMissing(Refusal):
    """National days are not replaced without the decree that says so."""

    code = "tanpa-dasar"

    def __init__(self) -> None:
        super().__init__("Sebutkan dasarnya, misalnya --source “SKB Tiga Menteri Nomor 1 Tahun 2027”.")


class ListTooShort(Refusal):
    """A list of a few days would take most days off out of its year: perhaps only the new days were written."""

    code = "daftar-terlalu-pendek"

    def __init__(self, change: "Change") -> None:
        super().__init__(
            f"Berkas ini hanya memuat {change.listed} hari dan akan menghapus {len(change.removed)} hari libur "
            f"{change.year} yang sudah ada. Satu berkas menggantikan seluruh tahun: lengkapi isinya, periksa dengan "
            "--dry-run, atau tambahkan --yes kalau memang demikian."
        )


class YearUnknown(Refusal):
    """Nothing can be guessed about this year."""

    code = "tahun-di-luar-jangkauan"

    def __init__(self, year: int) -> None:
        super().__init__(
            f"Libur {year} tidak dapat diperkirakan. Pilih tahun {FILLED[0]} sampai {FILLED[-1]}, atau isi dengan --import."
        )


class DatesReversed(Refusal):
    """The Ramadan hours would end before they begin, or last longer than a month."""

    code = "tanggal-terbalik"

    def __init__(self) -> None:
        super().__init__("Ramadan berlangsung 29 atau 30 hari; periksa tanggal awal dan akhirnya.")


@dataclass(frozen=True, slots=True)
class Change:
    """What a new list does to a year: days added, days removed, and days whose name, kind or decree changes."""

    year: int
    added: tuple[SeedDay, ...]
    removed: tuple[Holiday, ...]
    changed: tuple[tuple[Holiday, SeedDay], ...]
    same: int

    @property
    def listed(self) -> int:
        """How many days the new list holds."""
        return len(self.added) + len(self.changed) + self.same

    @property
    def doubtful(self) -> bool:
        """Whether it takes out more days than it adds with a list too short for a whole year."""
        return self.listed < FEW and len(self.removed) > len(self.added)


# --- sowing -----------------------------------------------------------------------------------------------------------


def seed_national_calendar(years: Iterable[int]) -> int:
    """Put days off and Ramadan hours into the years that have none yet; returns how many days were added.

    A year that has national days of its own, guessed or decreed, is left as it is: what an operator took out stays out.
    Raises YearUnknown.
    """
    asked = list(years)
    for year in asked:
        if year not in FILLED:
            raise YearUnknown(year)
    wanted = [year for year in asked if not _has_days(year) or _ramadans_lacking(year)]
    if not wanted:
        return 0
    with act(CHAIN, at=clock.now(), author=SYSTEM) as turn:
        added = sum(_seed_year(turn, year) for year in wanted)
        _all_calendars_moved_on()
    return added


def seed_coming_years() -> int:
    """Sow this year and the next; the worker does so every day, so that a new year is never empty.

    `himpun setup` sows last year as well, for the offices that begin with their old figures.
    """
    year = clock.today().year
    return seed_national_calendar([year, year + 1])


def _has_days(year: int) -> bool:
    return Holiday.objects.filter(office=None, day__year=year).exists()


def _ramadans_lacking(year: int) -> list[tuple[date, date]]:
    """The spans of Ramadan beginning in this year (two in 2030) that no national hours overlap."""
    national = SpecialHours.objects.filter(office=None)
    spans = seed_ramadan(year)
    return [
        (since, until) for since, until in spans if not national.filter(since__lte=until, until__gte=since).exists()
    ]


def _seed_year(turn: Turn, year: int) -> int:
    days: list[SeedDay] = [] if _has_days(year) else seed_holidays(year)
    Holiday.objects.bulk_create(Holiday(day=day.day, name=day.name, kind=day.kind, source=GUESSED) for day in days)
    spans = _ramadans_lacking(year)
    SpecialHours.objects.bulk_create(
        SpecialHours(name=RAMADAN, since=since, until=until, hours=RAMADAN_HOURS, source=RAMADAN_HOURS_SOURCE)
        for since, until in spans
    )
    turn.record("offices:national:seeded", f"calendar:{year}", {"year": year, "days": len(days), "hours": len(spans)})
    return len(days)


def _all_calendars_moved_on() -> None:
    Office.objects.update(calendar_stamp=F("calendar_stamp") + 1)


# --- what is not filled -----------------------------------------------------------------------------------------------


def years_unfilled(first: date, last: date) -> list[int]:
    """The years from the one of `first` to the one of `last` that have no national day at all."""
    rows = Holiday.objects.filter(office=None, day__year__gte=first.year, day__year__lte=last.year)
    filled = {day.year for day in rows.dates("day", "year")}
    return [year for year in range(first.year, last.year + 1) if year not in filled]


def unfilled_sentence(years: Sequence[int]) -> str:
    """That these years count as free of holidays; "" when there are none of them."""
    if not years:
        return ""
    return f"Libur nasional {', '.join(map(str, years))} belum diisi; hitungan ini menganggapnya tidak ada libur."


# --- replacing --------------------------------------------------------------------------------------------------------


def read_days(content: bytes | str) -> list[SeedDay]:
    """National days from a CSV with the columns tanggal (YYYY-MM-DD), nama and jenis. Raises DaysUnreadable."""
    found: list[SeedDay] = []
    errors: list[str] = []
    try:
        table = listing(content, known={name: name for name in COLUMNS}, needed=COLUMNS)
        for row in table.rows:
            _read_row(row, found, errors)
    except CsvUnreadable as refusal:
        raise DaysUnreadable(
            [*errors, f"baris {refusal.row}: {refusal.cause}" if refusal.row else refusal.cause]
        ) from refusal
    errors += _wrong_list(found)
    if errors:
        raise DaysUnreadable(errors)
    return sorted(found, key=lambda day: day.day)


def _read_row(row: Row, found: list[SeedDay], errors: list[str]) -> None:
    """A row into the days that were found, or into what is wrong."""
    if row.fault:
        errors.append(f"baris {row.row}: {row.fault[:1].lower()}{row.fault[1:]}")
        return
    wrong = _wrong_cells(row.cells)
    errors += [f"baris {row.row}, kolom {column}: {cause[:1].lower()}{cause[1:]}" for column, cause in wrong.items()]
    if not wrong:
        found.append(SeedDay(read_day(row.cells["tanggal"]), row.cells["nama"], row.cells["jenis"]))


def _wrong_cells(cells: Mapping[str, str]) -> dict[str, str]:
    wrong = Complaints()
    wrong.read("tanggal", cells["tanggal"], read_day, None)
    wrong.text("nama", cells["nama"], Text.NAME, missing="Tidak boleh kosong: tulis nama hari liburnya.")
    wrong.choice("jenis", cells["jenis"], KINDS, f"Tulis {' atau '.join(KINDS)}.")
    return wrong


def _wrong_list(days: Sequence[SeedDay]) -> list[str]:
    """A date twice, more than one year, or nothing at all."""
    twice = [day for day, times in Counter(day.day for day in days).items() if times > 1]
    wrong = [f"tanggal {day:%d-%m-%Y} ditulis lebih dari sekali; sisakan satu." for day in twice]
    years = sorted({day.day.year for day in days})
    if len(years) > 1:
        wrong.append(f"berkas memuat tahun {', '.join(map(str, years))}; satu berkas untuk satu tahun.")
    return wrong if days else [*wrong, "tidak ada satu pun hari libur yang terbaca."]


def compare(days: Sequence[SeedDay], source: str) -> Change:
    """What `replace_days` would do with this list and decree."""
    year = days[0].day.year
    before = {row.day: row for row in Holiday.objects.filter(office=None, day__year=year)}
    after = {day.day: day for day in days}
    both = [(before[day], after[day]) for day in before if day in after]
    changed = [(row, new) for row, new in both if (row.name, row.kind, row.source) != (new.name, new.kind, source)]
    return Change(
        year,
        added=tuple(new for day, new in after.items() if day not in before),
        removed=tuple(row for day, row in before.items() if day not in after),
        changed=tuple(changed),
        same=len(both) - len(changed),
    )


def replace_days(*, days: Sequence[SeedDay], source: str, certain: bool = False) -> Change:
    """Put this list in place of the national days of its year, in one go (by the operator).

    Raises DecreeMissing, and ListTooShort unless the operator is `certain` of a list that looks incomplete.
    Calendars move on only when something changed; days that offices added themselves stay.
    """
    decree = line(source)
    if not decree:
        raise DecreeMissing
    with act(CHAIN, at=clock.now(), author=SYSTEM) as turn:
        change = compare(days, decree)
        if not (change.added or change.removed or change.changed):
            return change
        if change.doubtful and not certain:
            raise ListTooShort(change)
        Holiday.objects.filter(office=None, day__year=change.year).delete()
        Holiday.objects.bulk_create(Holiday(day=d.day, name=d.name, kind=d.kind, source=decree[:200]) for d in days)
        _all_calendars_moved_on()
        data = {
            "year": change.year,
            "source": decree,
            "added": [day.day.isoformat() for day in change.added],
            "removed": [row.day.isoformat() for row in change.removed],
            "changed": [row.day.isoformat() for row, _ in change.changed],
        }
        turn.record("offices:national:replaced", f"calendar:{change.year}", data)
    return change


def set_ramadan(*, since: date, until: date, source: str) -> SpecialHours:
    """Put the decreed dates of a Ramadan in place of the estimate of that year (by the operator); its hours stay.

    Raises DecreeMissing or DatesReversed.
    """
    decree = line(source)
    if not decree:
        raise DecreeMissing
    if not 28 <= (until - since).days <= 29:
        raise DatesReversed
    with act(CHAIN, at=clock.now(), author=SYSTEM) as turn:
        near = SpecialHours.objects.filter(office=None, name=RAMADAN, since__lte=until, until__gte=since)
        hours = next(iter(near.values_list("hours", flat=True)), RAMADAN_HOURS)
        near.delete()
        row = SpecialHours.objects.create(name=RAMADAN, since=since, until=until, hours=hours, source=decree[:200])
        _all_calendars_moved_on()
        data = {"name": RAMADAN, "since": since.isoformat(), "until": until.isoformat(), "source": decree}
        turn.record("offices:national:hours", f"calendar:{since.year}", data)
    return row
