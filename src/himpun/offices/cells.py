"""One cell: how what an official writes is read, and the sentence when it cannot be."""

import re
from collections.abc import Callable, Collection
from datetime import date

from himpun.moments import day as in_words
from himpun.moments import serial
from himpun.offices.worktime import CalendarUnusable, read_day, write_day
from himpun.typed import read_year

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_USERNAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*\Z")
_CODE = re.compile(r"[A-Za-z0-9]+(?:[._/-][A-Za-z0-9]+)*\Z")
_VARIABLE = re.compile(r"[a-z][a-z0-9_]*\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_PERIOD = re.compile(r"(20[0-9]{2})(?:-(?:(TW)[1-4]|(S)[12]|(0[1-9]|1[0-2])))?\Z")


def text(written: str) -> str:
    """Any text."""
    return written


def slug(written: str) -> str:
    """A code in small letters, fit for an address."""
    if not _SLUG.match(written):
        raise ValueError("hanya boleh huruf kecil, angka, dan tanda hubung (contoh: kasubbag-umum).")
    return written


def username(written: str) -> str:
    """The name a person logs in with."""
    if not _USERNAME.match(written):
        raise ValueError("hanya boleh huruf kecil, angka, titik, garis bawah, dan tanda hubung (contoh: kasi.umum).")
    return written


def code(written: str) -> str:
    """A code as documents carry it."""
    if not _CODE.match(written):
        raise ValueError("hanya boleh huruf, angka, titik, garis, dan tanda hubung, tanpa spasi (contoh: IKU-01).")
    return written


def variable_name(written: str) -> str:
    """A name that a formula can use."""
    if not _VARIABLE.match(written):
        raise ValueError("nama variabel hanya huruf kecil, angka, dan garis bawah, diawali huruf (contoh: desa_baik).")
    return written


def one_of(accepted: Collection[str]) -> Callable[[str], str]:
    """One of the listed words."""

    def check(written: str) -> str:
        if written not in accepted:
            raise ValueError(f"tidak dikenal; tulis salah satu dari: {', '.join(accepted)}.")
        return written

    return check


def day(written: str) -> date:
    """A date, YYYY-MM-DD."""
    if _DATE.match(written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            raise ValueError("tanggal ini tidak ada di kalender.") from None
    if meant := serial(written):
        raise ValueError(f"tampak nomor tanggal Excel; bila maksudnya {in_words(meant)}, tulis {meant:%Y-%m-%d}.")
    raise ValueError("bukan tanggal; tulis tahun-bulan-tanggal (contoh: 2026-01-31).")


def day_hours(written: str) -> tuple[str, ...]:
    """The hours of a weekday: "08.00-12.00 12.30-15.00", the gap is the rest; "libur" for none."""
    if written.strip().casefold() == "libur":
        return ()
    joined = re.sub(r"\s*[-–]\s*", "-", written)
    try:
        return tuple(write_day(read_day(part for part in re.split(r"[\s,;]+", joined) if part)))
    except CalendarUnusable as problem:
        raise ValueError(str(problem)) from None


def whole(written: str) -> int:
    """A whole number from 0."""
    if not re.fullmatch(r"[0-9]{1,9}", written):
        raise ValueError("bukan bilangan bulat; tulis angka saja (contoh: 10).")
    return int(written)


def year(written: str) -> int:
    """A year of this century."""
    found = read_year(written)
    if found is None:
        raise ValueError("bukan tahun; tulis empat angka (contoh: 2026).")
    return found


def yes(written: str) -> bool:
    """ya or tidak."""
    if written.casefold() not in ("ya", "tidak"):
        raise ValueError("tulis ya atau tidak.")
    return written.casefold() == "ya"


def nip(written: str) -> str:
    """Eighteen digits, spaced or not."""
    if not re.fullmatch(r"[0-9]{18}", re.sub(r"\s", "", written)):
        raise ValueError("NIP harus 18 angka (spasi boleh); kosongkan bila bukan ASN.")
    return written


def email(written: str) -> str:
    """Roughly an address; the real proof is a message that arrives."""
    if not re.fullmatch(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+", written):
        raise ValueError("bukan alamat surel (contoh: nama@kantor.example).")
    return written


def period(written: str) -> str:
    """A year or a part of one."""
    if not _PERIOD.match(written):
        raise ValueError("periode tidak terbaca; tulis 2026, 2026-S1, 2026-TW1, atau 2026-08.")
    return written


def frequency_of(written: str) -> str:
    """The frequency a period belongs to."""
    found = _PERIOD.match(written)
    quarter, semester, month = found.group(2, 3, 4) if found else (None, None, None)
    return "triwulanan" if quarter else "semesteran" if semester else "bulanan" if month else "tahunan"
