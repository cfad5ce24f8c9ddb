"""Rupiah and physical progress as typed or read from a file: which ones can be kept. Pure."""

from decimal import Decimal
from fractions import Fraction

from himpun.errors import Refusal
from himpun.measure.cells.doors import Door, take
from himpun.measure.numbers import decimal_places, write_number
from himpun.moments import MONTHS

LARGEST_MONEY = Decimal(10) ** 13
MONEY_PLACES, PHYSICAL_PLACES = 2, 4
FULL = Decimal(100)
MONTH_NUMBERS = range(1, 13)


class AmountRefused(Refusal):
    """A number, but not one that a pagu, a realisasi or a progress can be."""

    code = "angka-di-luar-batas"


def read_money(typed: str) -> Decimal | None:
    """Rupiah as typed: "1.234.567,5", "-" is 0; None when blank. Raises NumberUnreadable or AmountRefused."""
    amount = take(typed, Door.MONEY, unit="rupiah").value
    return None if amount is None else check_money(amount)


def read_physical(typed: str) -> Decimal | None:
    """Progress in percent as typed: "62,5"; None when blank. Raises NumberUnreadable or AmountRefused."""
    percent = take(typed, Door.MONEY, unit="persen").value
    return None if percent is None else check_physical(percent)


def check_money(amount: Decimal) -> Decimal:
    """The amount without needless zeros: 0 or more, below 10 trillion, at most two decimals. Raises AmountRefused."""
    _check_places(amount, MONEY_PLACES)
    if amount < 0:
        raise AmountRefused(f"Rupiah tidak boleh di bawah 0 ({write_number(amount)}). Tulis 0 atau lebih.")
    if amount >= LARGEST_MONEY:
        raise AmountRefused(
            "Angka ini terlalu besar: paling banyak 13 angka di depan koma. Periksa satuannya (rupiah)."
        )
    return amount


def check_physical(percent: Decimal) -> Decimal:
    """The percentage, from 0 to 100, at most four decimals. Raises AmountRefused."""
    _check_places(percent, PHYSICAL_PLACES)
    if not 0 <= percent <= FULL:
        raise AmountRefused(f"Fisik adalah persen dari 0 sampai 100; {write_number(percent)} di luar itu.")
    return percent


def _check_places(value: Decimal, most: int) -> None:
    places = decimal_places(value)
    if places is None or places > most:
        raise AmountRefused(f"Paling banyak {most} angka di belakang koma. Bulatkan dahulu {write_number(value)}.")


def same(one: Decimal | Fraction | None, other: Decimal | Fraction | None) -> bool:
    """Whether two amounts are the same number; blank is not 0."""
    if one is None or other is None:
        return one is other
    return Fraction(one) == Fraction(other)


def month_number(text: str) -> int | None:
    """1 to 12 from "3", "03", "Maret", "mar"; None when it is no month."""
    word = text.strip().casefold().rstrip(".")
    if word.isascii() and word.isdigit():
        return int(word) if len(word) <= 2 and int(word) in MONTH_NUMBERS else None
    for number, name in enumerate(MONTHS, 1):
        if word == name.casefold() or word in _SHORT[number]:
            return number
    return None


_SHORT = {number: {name[:3].casefold()} for number, name in enumerate(MONTHS, 1)}
_SHORT[2] |= {"pebruari", "peb"}
_SHORT[8] |= {"agt", "ags", "agst"}
_SHORT[11] |= {"nop", "nopember"}
