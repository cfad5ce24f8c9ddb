"""Cells as offices really write them: numbers of both habits, percents, units, bands, grades, ranks, ratios, shares, words.

Pure and exact. A cell may have several readings ("1.417" is 1417 or 1,417): all are kept here. The column it stands in
(`himpun.measure.cells.columns`) or the door it came by (`himpun.measure.cells.doors`) decides, and says what was guessed.
"""

import re
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import product

from himpun.measure.cells.grades import grade_code, without_prefix
from himpun.measure.cells.parts import Cell, Habit, Hint, Kind, Reading
from himpun.measure.numbers import NumberUnreadable, exact, number_or_none, round_half_up, without_marks, write_number
from himpun.spreadsheets.book import Content, text_of

SIGNIFICANT = 12
"""Digits of a printed figure that are believed; behind them stands the noise of binary floats (Excel, pandas)."""

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
_RANK_WORDS = r"(?:peringkat|ranking|rangking|rank|urutan|juara)"
_RANK = re.compile(rf"{_RANK_WORDS}\s*(?:ke)?\s*[-:]?\s*(?=[0-9ivx])", re.IGNORECASE)
_RANKED = re.compile(rf"(?P<number>.*[0-9])\s*\(?{_RANK_WORDS}\)?(?:\s.*)?", re.IGNORECASE)
_LEVEL = re.compile(r"(?:level|tingkat(?:an)?|kelas|strata|tahap|tipe)\s*[-:]?\s*(?=[0-9ivx])", re.IGNORECASE)
_TICKS = ("V", "X")
"""Roman letters that people also put as a tick; alone they are no number."""
_ROMAN = re.compile(r"(?:x{0,2})(?:ix|iv|v?i{0,3})", re.IGNORECASE)
_BODY = r"[-+]?\s?(?:(?:rp\.?|idr)\s?)?[-+]?[0-9](?:[0-9., ]*[0-9])?(?:,-)?"
_UNIT = r"(?:%|‰|[^\W\d_][^0-9]{0,59}|\([^()]{1,60}\)|[^\W\d_]{1,3}[23²³])?"
_BARE = re.compile(r"-?[0-9](?:[0-9.,]*[0-9])?")
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
_SHARE = re.compile(
    rf"(?P<body>{_BODY})\s*(?P<percent>%|persen|prosen|‰|permil|)(?:[^0-9]*?[\s(])(?:dari|of|terhadap)\s+(?P<whole>\S.*?)\)?",
    re.IGNORECASE,
)
_RATIO = re.compile(
    rf"(?P<above>{_BODY})\s*(?:/|:|per\b|dari\b|banding\b)\s*(?P<below>[0-9][0-9.,]*)\s*(?P<unit>{_UNIT})",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(
    rf"(?:rp\.?\s?)?\(\s*(?P<body>{_BODY})\s*(?P<percent>%?)\s*\)\s*(?P<unit>{_UNIT})", re.IGNORECASE
)
_LATE_MINUS = re.compile(rf"(?P<body>{_BODY})\s?-(?P<percent>\s?%)?", re.IGNORECASE)
_FOOTNOTE = re.compile(
    r"(?P<figure>.*[0-9%)])\s*(?P<mark>\*+\)?|[¹²³⁴-⁹]+[)⁾]|(?<=\s)[¹²³⁴-⁹]+|†+|‡+|(?<=\s)[0-9a-e]\))", re.DOTALL
)
_WORDS_BEFORE = re.compile(
    r"(?P<words>[^\W\d_][^\d()]{0,60}?)\s*[:=(]?\s*(?P<figure>(?:rp\.?\s?)?[-(]?[0-9].*)", re.IGNORECASE
)
_NO_LABEL = re.compile(
    r"\b(?:tahun|semester|triwulan|tw|bulan|tanggal|tgl|pasal|nomor|no|turun|naik|menurun|meningkat|bertambah|berkurang|"
    r"menjadi|dari|per|pukul|jam|minus|plus|selisih|kurang|lebih|di|ke|pada|versi|kali)\b",
    re.IGNORECASE,
)
"""Words before a number that make it something else than the value: a date, a change, a comparison."""
_SPELLED = re.compile(
    r"\s*\((?:nol|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|se(?:puluh|belas|ratus|ribu))"
    r"(?: (?:satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|puluh|belas|ratus|ribu|juta|koma|persen))*\)\s*",
    re.IGNORECASE,
)
"""The number again in words, as in "12 (dua belas) dokumen"."""
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


def units_differ(one: Cell, other: Cell) -> bool:
    """Whether both name a measure, and not the same (menit and jam)."""
    return one.unit in _INCOMPARABLE and other.unit in _INCOMPARABLE and one.unit != other.unit


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
    if _BARE.fullmatch(content) and (bare := _plain(content, content, "", "")):
        return bare  # most cells are just a number
    text = without_marks(content)
    if _BLANKS.fullmatch(text):
        return Cell(text, Kind.BLANK)
    if text.casefold().strip(" .-") == "nihil":
        return Cell(text, Kind.NUMBER, (Reading(Fraction(0), 0),), assumed=f"Tebakan: “{text}” dibaca sebagai 0.")
    tidy = _SPELLED.sub(" ", text.replace("−", "-").replace("‑", "-")).strip()
    found = _without_footnote(tidy) or _read_tidy(tidy) or _behind_words(tidy)
    return replace(found, text=text) if found else _words(text)


def _read_tidy(tidy: str) -> Cell | None:
    plain = without_prefix(tidy)
    level = _LEVEL.match(plain)
    plain = plain[level.end() :] if level else plain
    is_sure = bool(level) or (plain.isupper() and plain not in _TICKS)
    return _grade(tidy) or _compared(tidy) or _ranked(tidy) or _measured(plain) or (_roman(plain) if is_sure else None)


def _words(text: str) -> Cell:
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    if text.startswith("#"):
        return Cell(text, Kind.WORDS, cause=f"“{shown}” galat Excel, bukan angka")
    return Cell(text, Kind.WORDS, cause=f"“{shown}” bukan angka")


# --- marks and words about the figure --------------------------------------------------------------------------------


def _without_footnote(text: str) -> Cell | None:
    """ "51.307 *" is 51.307 with a mark of a footnote."""
    match = _FOOTNOTE.fullmatch(text)
    if match is None or (found := _read_tidy(match["figure"].rstrip())) is None:
        return None
    return replace(
        found, assumed=f"Tanda catatan kaki “{match['mark']}” pada “{text}” dilewati. {found.assumed}".rstrip()
    )


def _behind_words(text: str) -> Cell | None:
    """ "Zona Kuning 70 - 85", "Baik: 80": what stands before is a label, and said to have been passed over."""
    match = _WORDS_BEFORE.fullmatch(text)
    if match is None or _NO_LABEL.search(match["words"]):
        return None
    words, figure = match["words"].strip(" :=-"), match["figure"].strip()
    if figure.endswith(")") and "(" not in figure:
        figure = figure.removesuffix(")").strip()
    found = _measured(figure)
    code = grade_code(words)
    if found is None or not (found.kind is Kind.BAND or code):
        return None
    if code and found.kind is Kind.NUMBER:
        return replace(found, kind=Kind.GRADE, grade=code)
    return replace(found, assumed=f"Kata “{words}” di depan angkanya dilewati. {found.assumed}".rstrip())


_GRADE_AND_NUMBER = re.compile(r"(?P<one>[^()]+)\((?P<other>[^()]+)\)")
_GRADE_BESIDE = re.compile(
    r"(?P<one>[A-Za-z]{1,3})\s*[/|,:;–-]?\s+(?P<other>[0-9][0-9.,]*)|(?P<number>[0-9][0-9.,]*)\s*[/|;–-]?\s+(?P<code>[A-Z]{1,3})"
)


def _grade(text: str) -> Cell | None:
    """WTP, "Opini WTP", "BB (72,35)", "72,35 BB", "Sangat Baik"; the number beside a grade is a reading of it."""
    if code := grade_code(text):
        return Cell(text, Kind.GRADE, grade=code)
    if match := _GRADE_AND_NUMBER.fullmatch(text):
        pieces = (match["one"].strip(), match["other"].strip())
    elif match := _GRADE_BESIDE.fullmatch(without_prefix(text)):
        pieces = (match["one"] or match["code"], match["other"] or match["number"])
    else:
        return None
    for word, number in (pieces, pieces[::-1]):
        if (code := grade_code(word)) and not (code == "TW" and "(" not in text):
            beside = _measured(number)
            if beside and beside.kind is Kind.BAND:
                return replace(beside, assumed=f"Kata “{word}” di samping angkanya dilewati. {beside.assumed}".rstrip())
            readings = beside.readings if beside and beside.kind is Kind.NUMBER else ()
            return Cell(text, Kind.GRADE, readings, grade=code)
    return None


def _compared(text: str) -> Cell | None:
    """ "≥ 75", "maks 5", "peringkat 3": the number and which way is better."""
    for pattern, hint in ((_AT_LEAST, Hint.AT_LEAST), (_AT_MOST, Hint.AT_MOST), (_RANK, Hint.RANK)):
        if match := pattern.match(text):
            rest = text[match.end() :]
            found = _measured(rest) or (_roman(rest) if hint is Hint.RANK else None)
            if found is None:
                continue
            return replace(found, hint=hint, base=None) if found.kind is Kind.NUMBER else None
    return None


def _ranked(text: str) -> Cell | None:
    """ "3.00 Peringkat": the same place as "peringkat 3"."""
    match = _RANKED.fullmatch(text)
    found = _measured(match["number"]) if match else None
    return replace(found, hint=Hint.RANK, base=None) if found and found.kind is Kind.NUMBER else None


_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}


def _roman(text: str) -> Cell | None:
    """ "IV" as a level. Letters that are grades (C, D) never come here."""
    if not text or not _ROMAN.fullmatch(text) or not (text.isupper() or text.islower()):
        return None
    digits = [_ROMAN_VALUES[letter] for letter in text.casefold()]
    value = sum(-digit if digit < max(digits[at:]) else digit for at, digit in enumerate(digits))
    return Cell(
        text,
        Kind.NUMBER,
        (Reading(Fraction(value), 0),),
        unit="tingkat",
        assumed=f"Tebakan: “{text}” dibaca sebagai angka Romawi {value}.",
    )


# --- numbers ---------------------------------------------------------------------------------------------------------


def _measured(text: str) -> Cell | None:
    if (match := _SHARE.fullmatch(text)) and (match["percent"] or not match["whole"][0].isdigit()):
        return _share(text, match["body"], match["percent"], match["whole"])
    if match := _NUMBER.fullmatch(text):
        return _plain(text, match["body"], match["percent"], match["unit"])
    if match := _BETWEEN.fullmatch(text):
        return _between(text, match["lower"], match["upper"], match["percent"] or match["unit"])
    if match := _AROUND.fullmatch(text):
        return _around(text, match["middle"], match["reach"])
    if match := _RATIO.fullmatch(text):
        return _ratio(text, match["above"], match["below"], match["unit"])
    if match := _LATE_MINUS.fullmatch(text) or _IN_BRACKETS.fullmatch(text):
        unit = match.groupdict().get("unit") or ""
        return _negative(text, match["body"], match["percent"] or unit)
    return None


def _plain(text: str, body: str, percent: str, unit: str) -> Cell | None:
    readings = _readings(body)
    name = _unit(percent or unit)
    factor = _MULTIPLES.get(name, 1)
    if not readings:
        return None
    if factor != 1:
        readings = tuple(replace(each, value=each.value * factor, multiple=factor) for each in readings)
        name = _unit(" ".join(unit.split()[1:])) if unit else ""
    return Cell(text, Kind.NUMBER, readings, unit=name)


def _unit(text: str) -> str:
    words = text.casefold().strip(" ().").split()
    return "%" if words and words[0] in ("%", "persen", "prosen") else words[0].strip(".,") if words else ""


def _readings(body: str) -> tuple[Reading, ...]:
    """The number by each habit that can read it, Indonesian first; one when both agree."""
    found: list[Reading] = []
    for habit, text in ((Habit.INDONESIAN, body), (Habit.ENGLISH, body.removesuffix(",-").translate(_SWAP))):
        with suppress(NumberUnreadable):
            number = number_or_none(text)
            if number is None:
                continue
            value = exact(number)
            found.append(Reading(value, len(text.removesuffix(",-").partition(",")[2].strip()), habit))
    if found and all((each.value, each.places) == (found[0].value, found[0].places) for each in found[1:]):
        alone = len(found) == 1
        return (found[0] if alone and _is_marked(body) else replace(found[0], habit=Habit.PLAIN),)
    return tuple(found)


def _is_marked(body: str) -> bool:
    return "," in body.removesuffix(",-") or "." in body.casefold().removeprefix("rp.")


def _between(text: str, lower: str, upper: str, unit: str) -> Cell | None:
    """A band: both bounds by one habit, or each by the only one that reads it. None when nothing fits ("5-3")."""
    pairs = [(low, high) for low, high in product(_readings(lower), _readings(upper)) if low.value <= high.value]
    alike = [pair for pair in pairs if len({each.habit for each in pair} - {Habit.PLAIN}) <= 1]
    found, mixed = [], bool(pairs and not alike)
    for low, high in alike or pairs[:1]:
        habits = {low.habit, high.habit} - {Habit.PLAIN}
        habit = habits.pop() if len(habits) == 1 else Habit.PLAIN
        found.append(Reading(low.value, max(low.places, high.places), habit, upper=high.value))
    if not found:
        return None
    said = (
        f"Tebakan: kedua batas “{text}” ditulis dengan tanda yang berbeda; dibaca sebagai {found[0]}." if mixed else ""
    )
    return Cell(text, Kind.BAND, tuple(found), unit=_unit(unit), assumed=said)


def _around(text: str, middle: str, reach: str) -> Cell | None:
    found = [
        Reading(mid.value - by.value, max(mid.places, by.places), mid.habit, upper=mid.value + by.value)
        for mid, by in product(_readings(middle)[:1], _readings(reach)[:1])
        if by.value >= 0
    ]
    return Cell(text, Kind.BAND, tuple(found)) if found else None


def _share(text: str, body: str, percent: str, whole: str) -> Cell | None:
    """ "3% dari jumlah siswa" is no number until somebody says how many they are; "3% dari 200 siswa" is 6."""
    readings = _readings(body)
    if not readings:
        return None
    parts = 1000 if percent.casefold() in ("‰", "permil") else 100
    if (given := _NUMBER.fullmatch(whole)) and (wholes := _readings(given["body"])):
        value = readings[0].value * wholes[0].value / parts
        said = f"Tebakan: “{text}” dihitung sebagai {write_number(value, 6)}."
        return Cell(text, Kind.NUMBER, (Reading(value, readings[0].places),), unit=_unit(given["unit"]), assumed=said)
    cause = f"“{text}” bagian dari “{whole}”, yang angkanya tidak disebut"
    return Cell(text, Kind.SHARE, readings, unit="%" if percent else "", share_of=whole, cause=cause)


def _ratio(text: str, above: str, below: str, unit: str) -> Cell | None:
    """ "88/100.000": the number in front over its base, which is a whole number and so written with thousands marks."""
    bases = [each.value for each in _readings(below) if each.value.denominator == 1 and each.value > 0]
    readings = _readings(above)
    if not bases or not readings:
        return None
    return Cell(text, Kind.NUMBER, readings, base=max(bases), unit="" if _unit(unit) in _INCOMPARABLE else _unit(unit))


def _negative(text: str, body: str, unit: str) -> Cell | None:
    """ "(5,2)" and "5,2-" are −5,2 where accountants write."""
    found = tuple(replace(each, value=-each.value) for each in _readings(body))
    if not found or found[0].value > 0:
        return None
    return Cell(text, Kind.NUMBER, found, unit=_unit(unit), assumed=f"Tebakan: “{text}” dibaca sebagai {found[0]}.")
