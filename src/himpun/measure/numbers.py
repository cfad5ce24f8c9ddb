"""Numbers as Indonesians write them (1.234,5), in and out, without ever going through a float.

Pure. Numbers are `Decimal` or `Fraction` and exact; rounding happens only here and only to show them.
"""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from himpun.errors import Refusal
from himpun.spreadsheets.book import Content, text_of
from himpun.typed import visible

Number = Decimal | Fraction | int
"""What this package computes with; never a float, which cannot hold 0,1."""

MAX_DIGITS = 30
"""More digits than this, before or behind the comma, is not a measurement: Indonesia's budget has sixteen."""
MINUS = "−"


class NumberUnreadable(Refusal):
    """What was typed is not a number, or not one that can be taken."""

    code = "angka-tidak-terbaca"


_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_DASHES = str.maketrans(dict.fromkeys("−–‒﹣－", "-"))
_APOSTROPHE = re.compile(r"^['’‘`´ʼ]\s*(?=[-+(]?\s?(?:rp|idr)?\.?\s?[0-9])", re.IGNORECASE)
_DRESSED = re.compile(
    r"(?P<open>(?:(?:rp\.?|idr) ?)?\( ?)?(?P<sign>[-+]?) ?(?:(?:rp\.?|idr) ?)?(?P<late_sign>[-+]?) ?"
    r"(?P<body>[0-9](?:[0-9., ]*[0-9])?)"
    r"(?:,-)?(?P<close> ?\))? ?(?:%|persen)?(?P<trailing>(?<=[0-9]) ?-)?",
    re.IGNORECASE,
)
_INDONESIAN = re.compile(r"(?:[1-9][0-9]{0,2}(?:\.[0-9]{3})+|[1-9][0-9]{0,2}(?: [0-9]{3})+|[0-9]+)(?:,[0-9]+)?")
_ENGLISH = re.compile(r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")


def exact(value: Number) -> Fraction:
    """The same number as a fraction; raises `NumberUnreadable` for NaN, infinity and absurdly long numbers."""
    if isinstance(value, float):
        raise TypeError("floats are not exact; pass a Decimal")
    if isinstance(value, Decimal):
        return _exact_decimal(value)
    return Fraction(value)


def _exact_decimal(value: Decimal) -> Fraction:
    if not value.is_finite():
        raise NumberUnreadable("Nilai ini bukan angka. Tulis angka seperti 1.234,5.")
    if not value:
        return Fraction(0)
    exponent = value.as_tuple().exponent
    if value.adjusted() >= MAX_DIGITS or not isinstance(exponent, int) or exponent < -MAX_DIGITS:
        raise NumberUnreadable(_too_long())
    return Fraction(value)


def read_number(text: str) -> Decimal:
    """Read a number written the Indonesian way: dots (or spaces) for thousands, a comma for decimals.

    Takes "1.234,5", "-3", "−3", "Rp 1.000.000,-", "44,44 %", as accountants write "(1.250)" and "1.250-", and what
    spreadsheets leave ("'1.250", NBSP, marks without width). "1.234" is one thousand two hundred and thirty-four.
    Raises `NumberUnreadable` with a sentence that shows how to write it.
    """
    found = number_or_none(text)
    if found is not None:
        return found
    sign, body = _undress(text)
    if _ENGLISH.fullmatch(body):
        meant = write_number(_decimal(sign, body, thousands=",", decimal="."))
        raise NumberUnreadable(english_asked(text.strip(), meant))
    raise NumberUnreadable(_how_to_write(text))


def number_or_none(text: str) -> Decimal | None:
    """The same where the sign and the digits are plain; None for what only another habit reads. Raises NumberUnreadable for the rest."""
    sign, body = _undress(text)
    return _decimal(sign, body, thousands=". ", decimal=",") if _INDONESIAN.fullmatch(body) else None


def round_half_up(value: Number, places: int) -> Decimal:
    """Round to `places` decimals, halves away from zero as people and Excel do; independent of the decimal context."""
    fraction = exact(value)
    digits = int(abs(fraction) * 10**places + Fraction(1, 2))
    sign = int(fraction < 0 and digits > 0)
    return Decimal((sign, tuple(int(digit) for digit in str(digits)), -places))


def decimal_places(value: Number) -> int | None:
    """How many decimals write the number exactly; None when no number of them does (4/9)."""
    denominator = exact(value).denominator
    twos = (denominator & -denominator).bit_length() - 1
    denominator >>= twos
    fives = 0
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    return max(twos, fives) if denominator == 1 else None


def write_number(value: Number, places: int | None = None, min_places: int = 0) -> str:
    """Write the Indonesian way: "1.234,5". At most `places` decimals, at least `min_places`.

    Without `places` the number is written in full; one that no decimals can write exactly gets six of them.
    """
    if places is None:
        found = decimal_places(value)
        places = 6 if found is None else found
    rounded = round_half_up(value, max(places, min_places))
    whole, _, decimals = format(rounded.copy_abs(), "f").partition(".")
    decimals = decimals.rstrip("0").ljust(min_places, "0")
    grouped = f"{int(whole):,}".replace(",", ".")
    return (MINUS if rounded < 0 else "") + grouped + ("," + decimals if decimals else "")


def write_percent(value: Number, places: int = 2) -> str:
    """A capaian as a table shows it, without the sign %: "91,67", "100,00"."""
    return write_number(value, places=places, min_places=places)


def without_marks(text: str) -> str:
    """The text without what nobody sees, with plain single spaces, and no spreadsheet's apostrophe.

    What turns the digits round is left, and so read as no number: what is seen is not what is written (`typed.visible`).
    """
    return _APOSTROPHE.sub("", _SPACES.sub(" ", visible(text).replace("\ufe0f", "")).strip())


def _undress(text: str) -> tuple[str, str]:
    """Take away Rp, %, ",-" and outer spaces: the sign and the digits with their separators."""
    tidy = without_marks(text).translate(_DASHES)
    if not tidy:
        raise NumberUnreadable("Angkanya masih kosong. Tulis angka seperti 1.234,5.")
    match = _DRESSED.fullmatch(tidy)
    if match is None:
        raise NumberUnreadable(_how_to_write(text))
    marks = [match["sign"], match["late_sign"], "-" if match["open"] else "", "-" if match["trailing"] else ""]
    signs = [mark for mark in marks if mark]
    if len(signs) > 1 or bool(match["open"]) != bool(match["close"]):
        raise NumberUnreadable(_how_to_write(text))
    return signs[0] if signs else "", match["body"]


def _decimal(sign: str, body: str, *, thousands: str, decimal: str) -> Decimal:
    for mark in thousands:
        body = body.replace(mark, "")
    whole, _, decimals = body.partition(decimal)
    if len(whole.lstrip("0")) > MAX_DIGITS or len(decimals) > MAX_DIGITS:
        raise NumberUnreadable(_too_long())
    return Decimal(f"{sign}{whole}.{decimals or 0}") if decimals else Decimal(f"{sign}{whole}")


def english_asked(text: str, meant: str) -> str:
    """The question about a number of the English habit where somebody types: what was read is not taken without a yes."""
    return (
        f"“{text[:40]}” ditulis cara Inggris; di sini titik memisahkan ribuan dan koma menandai desimal. "
        f"Bila maksudnya {meant}, tulis begitu."
    )


def _how_to_write(text: str) -> str:
    shown = text.strip()
    shown = shown if len(shown) <= 40 else shown[:39] + "…"
    return f"Tulis angka seperti 1.234,5; “{shown}” tidak dapat dibaca."


def _too_long() -> str:
    return f"Angka ini terlalu panjang; paling banyak {MAX_DIGITS} angka di depan dan di belakang koma."


EXCEL_ERRORS: Final = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!")


def unfit(content: Content, is_percent: bool) -> str:
    """Why a cell's content is no figure as typed; "" for numbers, text and blanks (the caller reads those)."""
    shown = text_of(content)
    if isinstance(content, bool):
        return "Sel ini berisi benar/salah, bukan angka. Tulis angkanya saja."
    if isinstance(content, Decimal):
        if not is_percent:
            return ""
        percent = text_of(content * 100)
        return f"Sel ini berformat persen, sehingga tidak jelas {percent} atau {shown}. Pilih format Angka, lalu tulis {percent} atau {shown}."
    if isinstance(content, str):
        return (
            f"Sel ini berisi kesalahan Excel {shown}. Tulis angkanya, atau kosongkan." if shown in EXCEL_ERRORS else ""
        )
    return (
        ""
        if content is None
        else f"Excel mengubah isian ini menjadi tanggal ({shown}). Pilih format Angka, lalu tulis lagi."
    )
