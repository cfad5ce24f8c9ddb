"""Cells of a published table, as offices really write them: numbers of both habits, bands, grades, ratios, words.

Pure and exact. A cell may have several readings ("1.417" is 1417 or 1,417): all are kept here, and
`himpun.measure.published.check` decides between them with the rest of the row and says that it guessed.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import product

from himpun.measure.numbers import Number, NumberUnreadable, exact, read_number, round_half_up, write_number
from himpun.measure.scoring.values import AKIP_GRADE, BPK_OPINION, Polarity
from himpun.spreadsheets.book import Content, text_of

SIGNIFICANT = 12
"""Digits of a printed figure that are believed; behind them stands the noise of binary floats (Excel, pandas)."""


class Kind(StrEnum):
    """What sort of thing a cell holds."""

    BLANK = "kosong"
    NUMBER = "angka"
    BAND = "rentang"
    GRADE = "predikat"
    WORDS = "kata"


class Habit(StrEnum):
    """How a number is written: "71,98", "83.18", or such that both give the same ("72")."""

    PLAIN = "sama"
    INDONESIAN = "indonesia"
    ENGLISH = "inggris"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a cell: a number, or a band from `value` to `upper`. `places` are the decimals as written."""

    value: Fraction
    places: int
    habit: Habit = Habit.PLAIN
    upper: Fraction | None = None

    def __str__(self) -> str:
        lower = write_number(self.value, max(self.places, 6))
        return lower if self.upper is None else f"{lower}–{write_number(self.upper, max(self.places, 6))}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, read. `readings` are the likeliest first (empty for blanks, words and most grades).

    `hint` is the polarity the cell itself tells ("≤ 5"); `base` the denominator of a ratio ("88/100.000");
    `assumed` a sentence about what was taken for granted; `cause` why it is no number, for WORDS.
    """

    text: str
    kind: Kind
    readings: tuple[Reading, ...] = ()
    grade: str = ""
    hint: Polarity | None = None
    base: Fraction | None = None
    unit: str = ""
    assumed: str = ""
    cause: str = ""

    @property
    def is_doubtful(self) -> bool:
        """Whether the two habits give different numbers."""
        return len(self.readings) > 1

    @property
    def evidence(self) -> Habit | None:
        """The habit this cell proves for its column; None when it proves nothing."""
        if self.is_doubtful or not self.readings or self.readings[0].habit is Habit.PLAIN:
            return None
        return self.readings[0].habit

    def note(self, reading: Reading | None) -> str:
        """What was guessed when this reading was taken, or ""."""
        said = [self.assumed] if self.assumed else []
        if reading is not None and self.is_doubtful:
            other = next(each for each in self.readings if each is not reading)
            mark = "." if re.search(r"[0-9]\.[0-9]", self.text) else ","
            meaning = "ribuan" if (reading.habit is Habit.INDONESIAN) == (mark == ".") else "desimal"
            word = "titik" if mark == "." else "koma"
            said.append(
                f"Tebakan: “{self.text}” dibaca sebagai {reading} ({word} sebagai tanda {meaning}); bacaan lain {other}."
            )
        elif reading is not None and reading.habit is Habit.ENGLISH:
            marks = [("," in self.text, "koma sebagai tanda ribuan"), ("." in self.text, "titik sebagai tanda desimal")]
            meaning = ", ".join(words for is_there, words in marks if is_there)
            said.append(f"Tebakan: “{self.text}” dibaca sebagai {reading} ({meaning}).")
        return " ".join(said)


LETTERS: Mapping[str, int] = {"A": 4, "B": 3, "C": 2, "D": 1}
"""[B] Four letters, best first, as in Indeks Kepuasan Masyarakat and accreditations."""

GRADE_TABLES: Mapping[str, Mapping[str, Number]] = {
    "opini BPK": BPK_OPINION,
    "predikat AKIP": AKIP_GRADE,
    "huruf A–D": LETTERS,
}

_GRADE_WORDS = {
    "WAJAR TANPA PENGECUALIAN": "WTP",
    "WTP DPP": "WTP",
    "WTP-DPP": "WTP",
    "WAJAR DENGAN PENGECUALIAN": "WDP",
    "TIDAK WAJAR": "TW",
    "TIDAK MENYATAKAN PENDAPAT": "TMP",
    "TIDAK MEMBERIKAN PENDAPAT": "TMP",
    "DISCLAIMER": "TMP",
}
_WORD_GRADES = frozenset(
    {
        *("SANGAT BAIK", "BAIK", "CUKUP", "CUKUP BAIK", "KURANG", "KURANG BAIK", "TIDAK BAIK", "BURUK", "ISTIMEWA"),
        *("MEMUASKAN", "SANGAT MEMUASKAN", "SANGAT TINGGI", "TINGGI", "SEDANG", "RENDAH", "SANGAT RENDAH"),
        *(
            "PRATAMA",
            "MADYA",
            "NINDYA",
            "UTAMA",
            "PARIPURNA",
            "MANDIRI",
            "MAJU",
            "BERKEMBANG",
            "TERTINGGAL",
            "SANGAT TERTINGGAL",
        ),
        *("INFORMATIF", "MENUJU INFORMATIF", "CUKUP INFORMATIF", "KURANG INFORMATIF", "TIDAK INFORMATIF"),
        *("EMAS", "HIJAU", "BIRU", "MERAH", "HITAM", "UNGGUL", "TERAKREDITASI"),
    }
)
"""Ordinal words without a table in use everywhere: only equal words can be compared (100)."""

_GRADES = frozenset({*BPK_OPINION, *AKIP_GRADE, *LETTERS, *_WORD_GRADES})

_BLANKS = re.compile(
    r"[-–—−_.…*~\s]*|n\.?/?a\.?|null|none|nan|tad|t\.?a\.?d\.?|"
    r"(?:tidak|belum) (?:ada|tersedia|rilis|dirilis|diukur|dihitung|diisi)(?: data(?:nya)?)?",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"(?:≥|>\s?=|=\s?>|>|lebih dari|di ?atas|minimal|minimum|min\b\.?|paling sedikit|paling rendah|sekurang-kurangnya)\s*",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"(?:≤|<\s?=|=\s?<|<|kurang dari|di ?bawah|maksimal|maksimum|maximal|maks\b\.?|max\b\.?|paling banyak|paling lama|"
    r"paling tinggi)\s*",
    re.IGNORECASE,
)
_RANK = re.compile(r"(?:peringkat|ranking|rangking|rank|urutan)\s*(?:ke)?\s*[-:]?\s*(?=[0-9])", re.IGNORECASE)
_PREFIX = re.compile(
    r"(?:predikat|opini(?: bpk)?|nilai|kategori|grade|indeks|skor|level|tingkat|sebesar|sebanyak)\s*[:=]?\s*",
    re.IGNORECASE,
)
_BODY = r"[-+]?\s?(?:(?:rp\.?|idr)\s?)?[-+]?[0-9](?:[0-9., ]*[0-9])?(?:,-)?"
_UNIT = r"(?:%|[^\W\d_][^0-9]{0,59}|\([^()]{1,60}\))?"
_NUMBER = re.compile(rf"(?P<body>{_BODY})\s*(?P<percent>%?)\s*(?P<unit>{_UNIT})", re.IGNORECASE)
_BETWEEN = re.compile(
    rf"(?P<lower>{_BODY})\s*%?\s*(?:–|—|-|s\.?\s?/?\s?d\.?|sampai(?: dengan)?|hingga)\s*"
    rf"(?P<upper>{_BODY})\s*(?P<percent>%?)\s*(?P<unit>{_UNIT})",
    re.IGNORECASE,
)
_AROUND = re.compile(
    rf"(?P<middle>{_BODY})\s*%?\s*(?:±|\+/-|\+-)\s*(?P<reach>{_BODY})\s*(?P<percent>%?)\s*(?P<unit>{_UNIT})",
    re.IGNORECASE,
)
_RATIO = re.compile(
    rf"(?P<above>{_BODY})\s*(?:/|:|per\b|dari\b)\s*(?P<below>[0-9][0-9.,]*)\s*(?P<unit>{_UNIT})", re.IGNORECASE
)
_IN_BRACKETS = re.compile(rf"\(\s*(?P<body>{_BODY})\s*(?P<percent>%?)\s*\)\s*(?P<unit>%?)", re.IGNORECASE)
_GRADE_AND_NUMBER = re.compile(r"(?P<one>[^()]+)\((?P<other>[^()]+)\)")
_MULTIPLES = {
    "ribu": 1_000,
    "juta": 1_000_000,
    "jt": 1_000_000,
    "miliar": 10**9,
    "milyar": 10**9,
    "triliun": 10**12,
    "trilyun": 10**12,
}
_INCOMPARABLE = ("%", "detik", "menit", "jam", "hari", "minggu", "bulan", "tahun")
_SWAP = str.maketrans(",.", ".,")
_SPACES = re.compile(r"\s+")


def read_cell(content: Content, *, percent: bool = False) -> Cell:
    """Read a cell. `percent`: an Excel number shown with a %, whose 0,85 is 85. Never raises for a content."""
    match content:
        case None:
            return Cell("", Kind.BLANK)
        case Decimal():
            return _excel_number(content, percent=percent)
        case bool():
            text = "BENAR" if content else "SALAH"
            return Cell(text, Kind.WORDS, cause=f"“{text}” bukan angka")
        case date():
            text = text_of(content)
            return Cell(text, Kind.WORDS, cause=f"“{text}” tanggal, bukan angka (mungkin diubah oleh Excel)")
        case _:
            return _read_text(content)


def parts_of(content: Content) -> tuple[Content, ...]:
    """The several values of one cell ("a. 5" and "b. 6", one a line), or the content alone."""
    if not isinstance(content, str):
        return (content,)
    for pieces in _cuts(content.strip()):
        if len(pieces) > 1 and all(_holds_a_value(piece) for piece in pieces):
            return tuple(pieces)
    return (content,)


def names_in(text: str, count: int) -> tuple[str, ...]:
    """The names of `count` indicators in one cell, or "bagian 1" … when they cannot be told apart."""
    for pieces in _cuts(text.strip()):
        if len(pieces) == count:
            return tuple(_SPACES.sub(" ", piece) for piece in pieces)
    return tuple(f"bagian {number}" for number in range(1, count + 1))


def units_differ(one: Cell, other: Cell) -> bool:
    """Whether both name a measure, and not the same (menit and jam)."""
    return one.unit in _INCOMPARABLE and other.unit in _INCOMPARABLE and one.unit != other.unit


_LETTERED = re.compile(r"(?:(?<=\s)|^)(?:[a-h]|[0-9]{1,2}|i{1,3}|iv|vi{0,3})[.)]\s+")


def _cuts(text: str) -> Iterator[list[str]]:
    """The ways a cell could be cut into several, the surest first."""
    lines = [_LETTERED.sub("", line.strip(), count=1).strip() for line in text.splitlines()]
    yield [line for line in lines if line]
    if len(_LETTERED.findall(text)) > 1:
        yield [piece.strip(" ;,") for piece in _LETTERED.split(text) if piece.strip(" ;,")]
    yield [piece.strip() for piece in text.split(";") if piece.strip()]


def _holds_a_value(piece: str) -> bool:
    return read_cell(piece).kind in (Kind.NUMBER, Kind.BAND, Kind.GRADE) or bool(_BLANKS.fullmatch(piece))


def _excel_number(content: Decimal, *, percent: bool) -> Cell:
    shown = text_of(content.scaleb(2) if percent and content.is_finite() else content)
    text = shown + ("%" if percent else "")
    try:
        value = exact(content) * (100 if percent else 1)
    except NumberUnreadable as error:
        return Cell(text, Kind.WORDS, cause=str(error).rstrip("."))
    exponent = content.normalize().as_tuple().exponent
    places = max(0, -exponent - (2 if percent else 0)) if isinstance(exponent, int) else 0
    return Cell(text, Kind.NUMBER, (Reading(value, places),), unit="%" if percent else "")


@lru_cache(maxsize=8192)
def _read_text(content: str) -> Cell:
    text = _SPACES.sub(" ", content).strip()
    if _BLANKS.fullmatch(text):
        return Cell(text, Kind.BLANK)
    if text.casefold() == "nihil":
        return Cell(text, Kind.NUMBER, (Reading(Fraction(0), 0),), assumed=f"Tebakan: “{text}” dibaca sebagai 0.")
    tidy = text.replace("−", "-")
    found = _grade(tidy) or _compared(tidy) or _measured(_PREFIX.sub("", tidy, count=1))
    return replace(found, text=text) if found else _words(text)


def _words(text: str) -> Cell:
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    if text.startswith("#"):
        return Cell(text, Kind.WORDS, cause=f"“{shown}” galat Excel, bukan angka")
    return Cell(text, Kind.WORDS, cause=f"“{shown}” bukan angka")


def _grade(text: str) -> Cell | None:
    """WTP, "Opini WTP", "BB (72,35)", "72,35 (BB)", "Sangat Baik"; the number beside a grade is a reading of it."""
    if code := _grade_code(text):
        return Cell(text, Kind.GRADE, grade=code)
    if match := _GRADE_AND_NUMBER.fullmatch(text):
        pieces = (match["one"].strip(), match["other"].strip())
        for word, number in (pieces, pieces[::-1]):
            if code := _grade_code(word):
                beside = _measured(number)
                readings = beside.readings if beside and beside.kind is Kind.NUMBER else ()
                return Cell(text, Kind.GRADE, readings, grade=code)
    return None


def _grade_code(text: str) -> str:
    word = _PREFIX.sub("", text, count=1).strip(" “”\"'.").upper()
    word = _GRADE_WORDS.get(word, word)
    return word if word in _GRADES else ""


def _compared(text: str) -> Cell | None:
    """ "≥ 75", "maks 5", "peringkat 3": the number and which way is better."""
    hints = (_AT_LEAST, Polarity.POSITIVE), (_AT_MOST, Polarity.NEGATIVE_A), (_RANK, Polarity.RANK)
    for pattern, hint in hints:
        if (match := pattern.match(text)) and (found := _measured(text[match.end() :])):
            return replace(found, hint=hint) if found.kind is Kind.NUMBER else None
    return None


def _measured(text: str) -> Cell | None:
    if match := _NUMBER.fullmatch(text):
        return _plain(text, match["body"], match["percent"], match["unit"])
    if match := _BETWEEN.fullmatch(text):
        return _between(text, match["lower"], match["upper"])
    if match := _AROUND.fullmatch(text):
        return _around(text, match["middle"], match["reach"])
    if match := _RATIO.fullmatch(text):
        return _ratio(text, match["above"], match["below"])
    if match := _IN_BRACKETS.fullmatch(text):
        return _negative(text, match["body"], match["percent"] or match["unit"])
    return None


def _plain(text: str, body: str, percent: str, unit: str) -> Cell | None:
    readings = _readings(body)
    name = _unit(percent or unit)
    factor = _MULTIPLES.get(name, 1)
    if not readings:
        return None
    if factor != 1:
        readings = tuple(replace(each, value=each.value * factor, places=0) for each in readings)
    return Cell(text, Kind.NUMBER, readings, unit=name)


def _unit(text: str) -> str:
    words = text.casefold().strip(" ().").split()
    return "%" if words and words[0] in ("%", "persen") else words[0].strip(".,") if words else ""


def _readings(body: str) -> tuple[Reading, ...]:
    """The number by each habit that can read it, Indonesian first; one when both agree."""
    found: list[Reading] = []
    for habit, text in ((Habit.INDONESIAN, body), (Habit.ENGLISH, body.removesuffix(",-").translate(_SWAP))):
        with suppress(NumberUnreadable):
            value = exact(read_number(text))
            found.append(Reading(value, len(text.removesuffix(",-").partition(",")[2].strip()), habit))
    if found and all((each.value, each.places) == (found[0].value, found[0].places) for each in found[1:]):
        alone = len(found) == 1
        return (found[0] if alone and _is_marked(body) else replace(found[0], habit=Habit.PLAIN),)
    return tuple(found)


def _is_marked(body: str) -> bool:
    return "," in body or "." in body


def _between(text: str, lower: str, upper: str) -> Cell | None:
    """A band: both bounds by the same habit. None when nothing fits ("5-3")."""
    found = []
    for low, high in product(_readings(lower), _readings(upper)):
        habits = {low.habit, high.habit} - {Habit.PLAIN}
        if len(habits) <= 1 and low.value <= high.value:
            habit = habits.pop() if habits else Habit.PLAIN
            found.append(Reading(low.value, max(low.places, high.places), habit, upper=high.value))
    return Cell(text, Kind.BAND, tuple(found)) if found else None


def _around(text: str, middle: str, reach: str) -> Cell | None:
    found = [
        Reading(mid.value - by.value, max(mid.places, by.places), mid.habit, upper=mid.value + by.value)
        for mid, by in product(_readings(middle)[:1], _readings(reach)[:1])
        if by.value >= 0
    ]
    return Cell(text, Kind.BAND, tuple(found)) if found else None


def _ratio(text: str, above: str, below: str) -> Cell | None:
    """ "88/100.000": the number in front over its base, which is a whole number and so written with thousands marks."""
    bases = [each.value for each in _readings(below) if each.value.denominator == 1 and each.value > 0]
    readings = _readings(above)
    if not bases or not readings:
        return None
    return Cell(text, Kind.NUMBER, readings, base=max(bases))


def _negative(text: str, body: str, unit: str) -> Cell | None:
    """ "(5,2)" is −5,2 where accountants write."""
    found = tuple(replace(each, value=-each.value) for each in _readings(body))
    if not found:
        return None
    return Cell(text, Kind.NUMBER, found, unit=unit, assumed=f"Tebakan: “{text}” dibaca sebagai {found[0]}.")


def believed(reading: Reading) -> Reading:
    """A printed figure without the digits that are only noise of binary floats."""
    size = abs(reading.value)
    if not size:
        return reading
    digits = len(str(int(size))) if size >= 1 else 0
    places = max(0, SIGNIFICANT - digits)
    return (
        reading
        if reading.places <= places
        else replace(reading, value=exact(round_half_up(reading.value, places)), places=places)
    )
