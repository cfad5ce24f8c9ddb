"""himpun holidays: the national calendar of a year, and putting what the decree says in its place."""

import argparse
from datetime import date
from pathlib import Path

from himpun import clock
from himpun.commands.reading import bytes_of
from himpun.errors import Refusal
from himpun.offices.calendar.national import (
    Change,
    ListTooShort,
    YearUnknown,
    compare,
    read_days,
    replace_days,
    seed_national_calendar,
    set_ramadan,
)
from himpun.offices.models.calendar import Holiday, SpecialHours


class DateUnreadable(Refusal):
    """A date of the Ramadan hours is none."""

    code = "tanggal-tidak-terbaca"

    def __init__(self, text: str) -> None:
        super().__init__(f"Tanggal “{text}” tidak terbaca. Tulis tahun-bulan-tanggal, misalnya 2027-02-08.")


class TryOnlyImport(Refusal):
    """Only an import can be tried without changing anything."""

    code = "coba-hanya-impor"

    def __init__(self) -> None:
        super().__init__("--dry-run hanya berlaku bersama --import; jalankan lagi tanpa --dry-run.")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("year", metavar="TAHUN", type=int, nargs="?", help="tahun (bawaan: tahun ini)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--import",
        dest="imported",
        type=Path,
        metavar="BERKAS",
        help="ganti libur nasional satu tahun dengan CSV: tanggal,nama,jenis",
    )
    what.add_argument("--fill", action="store_true", help="isi tahun yang masih kosong dengan perkiraan")
    what.add_argument("--ramadan", nargs=2, metavar=("AWAL", "AKHIR"), help="tetapkan tanggal jam kerja Ramadan")
    parser.add_argument("--source", default="", metavar="KEPUTUSAN", help="nomor SKB atau edaran yang menetapkannya")
    parser.add_argument("--dry-run", action="store_true", help="hanya tampilkan yang akan berubah")
    parser.add_argument("--yes", action="store_true", help="tetap impor walau berkasnya tampak belum lengkap")


def run(options: argparse.Namespace) -> int:
    """List a year, or change it and say what changed."""
    if options.imported:
        return _import(options)
    if options.dry_run:
        raise TryOnlyImport
    if options.fill:
        return _fill(options.year or clock.today().year)
    if options.ramadan:
        since, until = (_date(text) for text in options.ramadan)
        row = set_ramadan(since=since, until=until, source=options.source)
        print(f"Jam kerja Ramadan berlaku {_span(row)}.")
        return 0
    return _list(options.year or clock.today().year)


def _fill(year: int) -> int:
    added = seed_national_calendar([year])
    if added:
        print(f"Tahun {year}: {added} hari perkiraan ditambah; ganti dengan --import sesudah SKB terbit.")
    else:
        print(f"Tahun {year} sudah berisi; tidak ada hari yang ditambah.")
    return 0


def _import(options: argparse.Namespace) -> int:
    days = read_days(bytes_of(options.imported))
    source = options.source
    change = compare(days, source) if options.dry_run else replace_days(days=days, source=source, certain=options.yes)
    _print_change(change)
    if options.dry_run:
        print("Percobaan: tidak ada yang diubah.")
        if change.doubtful:
            print(ListTooShort(change))
    elif change.added or change.removed or change.changed:
        print("Kalender semua kantor diperbarui; batas waktu yang terbuka dihitung ulang oleh pekerja latar.")
    return 0


def _print_change(change: Change) -> None:
    lines: list[tuple[date, str]] = [(day.day, f"+ {_line(day.day, day.kind, day.name)}") for day in change.added]
    lines += [(row.day, f"- {_line(row.day, row.kind, row.name)}") for row in change.removed]
    lines += [(row.day, f"~ {_line(row.day, new.kind, new.name)} (semula {row.name})") for row, new in change.changed]
    for _, line in sorted(lines):
        print(line)
    print(
        f"Tahun {change.year}: {len(change.added)} ditambah, {len(change.removed)} dihapus, "
        f"{len(change.changed)} diubah, {change.same} tetap."
    )


def _list(year: int) -> int:
    if not date.min.year <= year <= date.max.year:
        raise YearUnknown(year)
    days = list(Holiday.objects.filter(office=None, day__year=year))
    hours = SpecialHours.objects.filter(office=None, since__year=year)
    for row in days:
        print(f"{_line(row.day, row.kind, row.name)}  [{row.source or 'tanpa dasar'}]")
    for special in hours:
        print(f"Jam khusus {special.name}: {_span(special)}  [{special.source or 'tanpa dasar'}]")
    if not days:
        print(
            f"Belum ada hari libur nasional {year}. Isi perkiraannya dengan himpun holidays {year} --fill, "
            "atau keputusannya dengan --import."
        )
    return 0


def _line(day: date, kind: str, name: str) -> str:
    return f"{day:%d-%m-%Y}  {kind:<12}  {name}"


def _span(row: SpecialHours) -> str:
    return f"{row.since:%d-%m-%Y} sampai {row.until:%d-%m-%Y}"


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DateUnreadable(text) from None
