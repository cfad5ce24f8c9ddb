"""Standard times (waktu) as SOPs write them, read into units that are counted differently. Pure.

Three clocks: *working time* ("3 hari", "2 jam", "5 hari kerja"), *the calendar* ("14 hari kalender") and *round the clock*
("24 jam", "3 x 24 jam"). Each has units of its own, so that nothing of one is ever added to another. What stands beside
the amount is kept: a window ("Mar–Apr"), what it is for each of ("per unit"), and words that count nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil

from himpun.offices.worktime import Amount

Part = tuple[Fraction, str]
"""An amount and its unit, one of `UNITS`."""

WORK_MINUTES = {"detik": Fraction(1, 60), "menit": Fraction(1), "jam": Fraction(60)}
"""Units of working time → working minutes."""
WORK_DAYS = {"hari": 1, "minggu": 5, "bulan": 21}
"""Units of working days → working days."""
CALENDAR_DAYS = {"hari kalender": 1, "minggu kalender": 7, "bulan kalender": 30}
"""Units of the calendar → days, holidays among them."""
ROUND_THE_CLOCK = {"menit terus-menerus": 1, "jam terus-menerus": 60}
"""Units that run day and night → minutes."""
UNITS = (*WORK_MINUTES, *WORK_DAYS, *CALENDAR_DAYS, *ROUND_THE_CLOCK)

NO_TIME = frozenset({"", "-", "–", "—"})
"""What stands in a box where no time is given."""

EXAMPLES = (
    "“1 hari”, “1.460 menit”, “1 s/d 2 jam”, “14 hari kalender”, “3 x 24 jam”, “5 menit per unit”, atau “tentatif”"
)
"""Ways to write a time, for sentences that say what to do."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A standard time as the document writes it: a maximum, a range, or words that set no limit ("setiap saat", "tentatif").

    `low` and `high` are in `unit` (one of `UNITS`); both are None where there is no limit. `rest` holds what is added,
    so "15 hari 20 menit" is 15 hari and `rest` ((20, "menit"),). `per` is what the time is for each of ("unit", "berkas"),
    `window` when it may lie ("Mar–Apr"), `note` words beside it that count nothing.
    """

    text: str
    unit: str = ""
    low: Fraction | None = None
    high: Fraction | None = None
    rest: tuple[Part, ...] = ()
    per: str = ""
    window: str = ""
    note: str = ""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every maximum with its unit, in the order written; empty when there is no limit."""
        return () if self.high is None else ((self.high, self.unit), *self.rest)

    @property
    def has_limit(self) -> bool:
        """Whether it sets a limit at all."""
        return self.high is not None

    def amount(self, day_minutes: int, times: int = 1) -> Amount | None:
        """What is counted, for a working day of `day_minutes`, `times` over; None when there is no limit."""
        if self.high is None:
            return None
        work, days, running = Fraction(0), Fraction(0), Fraction(0)
        for amount, unit in self.parts:
            if unit in CALENDAR_DAYS:
                days += amount * CALENDAR_DAYS[unit]
            elif unit in ROUND_THE_CLOCK:
                running += amount * ROUND_THE_CLOCK[unit]
            else:
                work += amount * (WORK_MINUTES.get(unit) or WORK_DAYS[unit] * day_minutes)
        counted = Amount(minutes=ceil(work * times)).in_days(day_minutes)
        return Amount(counted.days, counted.minutes, ceil(days * times), ceil(running * times))

    def minutes(self, day_minutes: int) -> int | None:
        """About how many working minutes the maximum is, for a working day of `day_minutes`; None when there is no limit."""
        amount = self.amount(day_minutes)
        return None if amount is None else amount.working_minutes(day_minutes)


# --- the words ----------------------------------------------------------------------------------------------------------

_DIGITS = {
    word: number
    for number, word in enumerate(
        ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"), 1
    )
}
_WORD = "|".join(sorted((*_DIGITS, "belas", "puluh", "ratus", "seratus"), key=len, reverse=True))
_WORDS = rf"(?:{_WORD})(?:\s+(?:{_WORD}))*"
_FIGURE = r"(?:\d+\s+)?\d{1,2}\s*[/⁄]\s*\d{1,2}|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?(?:\s?[½¼¾])?|[½¼¾]"
_NUMBER = rf"(?:{_FIGURE}|setengah\b|{_WORDS}\b)(?:\s*\(\s*(?:setengah|{_WORDS})\s*\))?"
_UNIT_WORDS = {
    "detik": "detik", "menit": "menit", "mnt": "menit", "jam": "jam", "hari": "hari", "hr": "hari", "minggu": "minggu",
    "pekan": "minggu", "mgg": "minggu", "bulan": "bulan", "bln": "bulan",
}  # fmt: skip
_UNIT = rf"(?:{'|'.join(_UNIT_WORDS)})\b\.?"
_CALENDAR = r"kalender|takwim|almanak|berturut-turut"
_RUNNING = r"terus[- ]menerus|non-?stop|tanpa henti"
_KIND = rf"(?:kerja|layanan|pelayanan|efektif|{_CALENDAR}|{_RUNNING})\b"
_NOT_WORK = re.compile(rf"{_CALENDAR}|{_RUNNING}", re.I)
_UP_TO = r"-|–|—|~|s\s?[./]?\s?d\.?|sampai(?:\s+dengan)?|hingga|atau"
_TIMES = r"[x×*]|kali"
_BEFORE = re.compile(
    r"^(?:(?:±|\+/-|≤|<=|<|maks(?:imal|imum)?\b\.?|paling (?:lama|lambat|banyak)|selambat(?:-lambatnya|nya)|selama-lamanya"
    r"|selama|(?:di\s?)?dalam(?:\s+(?:jangka\s+)?waktu)?|kurang lebih|kurang dari|sekitar|kira-kira|hingga"
    r"|sampai dengan)\s*:?\s*)+",
    re.I,
)
_ONE = re.compile(r"\bse(?=(?:jam|hari|minggu|pekan|bulan)\b)", re.I)
_PART = re.compile(
    rf"(?:(?P<times>{_NUMBER})\s*(?:{_TIMES})\s*)?(?P<low>{_NUMBER})\s*(?:(?P<low_unit>{_UNIT})\s*(?:(?P<low_kind>{_KIND})\s*)?)?"
    rf"(?:(?:{_UP_TO})\s*(?P<high>{_NUMBER})\s*)?(?P<unit>{_UNIT})?(?:\s*(?P<kind>{_KIND}))?",
    re.I,
)
_JOINT = re.compile(r"\s*(?:dan\b|,|\+|lebih\b(?=\s*\d))?\s*", re.I)
_PER = re.compile(
    r"^\s*(?:per\b|/|@|(?:untuk |bagi |pada )?(?:se)?tiap(?:-tiap)?\b|masing-masing)\s*(?P<per>[^\W\d][^()\[\],;.\d]*)",
    re.I,
)
_MONTH = (
    r"(?:jan(?:uari)?|feb(?:ruari)?|mar(?:et)?|apr(?:il)?|mei|jun[i]?|jul[i]?|agu?s?t?(?:us)?|sep(?:t|tember)?|okt(?:ober)?"
    r"|nov(?:ember)?|des(?:ember)?)"
)
_WINDOW = re.compile(
    rf"\b{_MONTH}\b|\b(?:tanggal|tgl|pukul|minggu ke|minggu [ivx]+\b|pekan ke|triwulan|semester|tw\b|tahun|akhir|awal|\d{{4}})",
    re.I,
)
_NO_LIMIT = re.compile(
    r"^(?:setiap (?:saat|waktu)|tiap saat|sewaktu-waktu|kapan saja|kondisional|situasional|fleksibel|tentati[fv]e?"
    r"|insident[ai]l|rutin|berkala|berkelanjutan|(?:di)?sesuai(?:kan)?|menyesuaikan|menurut kebutuhan|(?:ber|ter)gantung"
    r"|tidak (?:ditentukan|tertentu|terbatas|dibatasi)|tanpa (?:batas(?: waktu)?|waktu baku)"
    r"|(?:(?:pada|selama|dalam|saat|di|sesuai) )?(?:jam|hari|waktu) (?:kerja|layanan|pelayanan|dinas|kantor|operasional))"
    r"\b[^\d]*$",
    re.I,
)


@lru_cache(maxsize=4096)
def read_duration(text: str) -> Duration | None:
    """Read "1 hari", "1.460 menit", "1–3 hari", "14 hari kalender", "3 x 24 jam", "5 menit per unit", "2 hari (Mar–Apr)",
    "Tentatif"; None when none can be read.

    Numbers are Indonesian: a dot before three digits parts thousands, a comma parts decimals. "24 jam" and its multiples
    run round the clock, fewer hours and "24 jam kerja" are working time; "hari" without "kalender" are working days.
    """
    text = " ".join(text.split())
    if _NO_LIMIT.match(text):
        return Duration(text)
    plain = _ONE.sub("1 ", _BEFORE.sub("", text, count=1))
    found = _read_parts(plain)
    if found is None:
        return None
    low, parts, end = found
    told = _beside(plain[end:])
    if told is None:
        return None
    (high, unit), *rest = parts
    return Duration(text, unit, low, high, tuple(rest), *told)


def _read_parts(text: str) -> tuple[Fraction, list[Part], int] | None:
    """The low end, every maximum, and where the amounts end; None when what begins the text is no amount."""
    low: Fraction | None = None
    parts: list[Part] = []
    end = at = 0
    while match := _PART.match(text, at):
        read = _part(match)
        if read is None:
            break
        low = read[0] if low is None else low
        parts.append((read[1], read[2]))
        end = match.end()
        joint = _JOINT.match(text, end)
        at = joint.end() if joint else end
    return None if low is None else (low, parts, end)


def _part(match: re.Match[str]) -> tuple[Fraction, Fraction, str] | None:
    """Low end, maximum and unit of one amount; both ends in the unit of the maximum."""
    times = _number(match["times"]) if match["times"] else Fraction(1)
    low = _number(match["low"])
    high = _number(match["high"]) if match["high"] else low
    word, kind = match["unit"] or match["low_unit"], match["kind"] or match["low_kind"] or ""
    two_units = match["unit"] and match["low_unit"]
    if times is None or low is None or high is None or not word:
        return None
    if bool(match["high"]) != bool(match["unit"]) and (match["high"] or two_units):
        return None
    unit = _unit(word, kind, high)
    if two_units:
        low = low * _rough(_unit(match["low_unit"], kind, low)) / _rough(unit)
    return low * times, high * times, unit


def _unit(word: str, kind: str, amount: Fraction) -> str:
    """The unit of `UNITS` that a word means beside this amount."""
    unit = _UNIT_WORDS[word.lower().rstrip(".")]
    if _NOT_WORK.fullmatch(kind):
        return f"{unit} kalender" if unit in WORK_DAYS else f"{unit} terus-menerus" if unit != "detik" else unit
    whole_days = unit == "jam" and not kind and amount >= 24 and amount % 24 == 0
    return "jam terus-menerus" if whole_days else unit


def _rough(unit: str) -> Fraction:
    """A unit in working minutes of a usual day, only to compare the ends of a range."""
    work = WORK_MINUTES.get(unit) or Fraction(WORK_DAYS.get(unit, 0) * 480)
    return work or Fraction(CALENDAR_DAYS.get(unit, 0) * 480) or Fraction(ROUND_THE_CLOCK.get(unit, 0), 3)


_PARTS_OF_ONE = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4)}


def _number(text: str) -> Fraction | None:
    """A number in figures or words; None where the words behind it ("1 (dua)") say another, or it is none."""
    figure, _, words = text.partition("(")
    value = _figure(figure.strip())
    return value if not words or value == _figure(words.strip(" )")) else None


def _figure(text: str) -> Fraction | None:
    if re.match("[a-z]", text, re.I):
        return Fraction(1, 2) if text.lower() == "setengah" else _worded(text.lower().split())
    if found := re.fullmatch(r"(?:(\d+)\s+)?(\d+)\s*[/⁄]\s*(\d+)", text):
        whole, above, below = int(found[1] or 0), int(found[2]), int(found[3])
        return whole + Fraction(above, below) if 0 < above < below else None
    mark = _PARTS_OF_ONE.get(text[-1:], Fraction(0))
    digits = text.rstrip("½¼¾ ")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?", digits):
        digits = digits.replace(".", "")
    return mark + Fraction(digits.replace(",", ".") or 0)


def _worded(words: list[str]) -> Fraction | None:
    """A number up to 999 in words: "dua puluh lima"."""
    total = last = 0
    for word in words:
        if word in _DIGITS:
            if last:
                return None
            last = _DIGITS[word]
        elif word == "seratus" and not total and not last:
            total = 100
        elif word in ("belas", "puluh", "ratus") and 0 < last < 10:
            total, last = total + (10 + last if word == "belas" else last * (10 if word == "puluh" else 100)), 0
        else:
            return None
    return Fraction(total + last) if total + last else None


def _beside(text: str) -> tuple[str, str, str] | None:
    """What stands behind the amount: for each of what, in which window, and other words; None where it holds a number
    that is of none of these."""
    per = ""
    if found := _PER.match(text):
        per, text = found["per"].strip(), text[found.end() :]
    windows, notes = [], []
    for piece in _pieces(text):
        if _WINDOW.search(piece):
            windows.append(piece)
        elif re.search(r"\d", piece):
            return None
        elif found := _PER.match(piece):
            per = per or found["per"].strip()
        else:
            notes.append(piece)
    return per, ", ".join(windows), ", ".join(notes)


def _pieces(text: str) -> Iterator[str]:
    """What stands in brackets and between them, without the signs around it."""
    for piece in re.split(r"[()\[\];]|(?<!\d),(?!\d)", text):
        if tidy := piece.strip(" ,.:"):
            yield tidy


# --- how it is counted --------------------------------------------------------------------------------------------------


def amount_words(amount: Fraction) -> str:
    """A number as people write it: "1,5"; a third as "1/3"."""
    if amount.denominator == 1:
        return str(amount.numerator)
    exact = (amount * 1000).denominator == 1
    return str(Decimal(amount.numerator) / amount.denominator).replace(".", ",") if exact else str(amount)


def counting_words(duration: Duration) -> str:
    """How a time is counted: "14 hari kalender (libur ikut dihitung)"; where it sets no limit, that."""
    if not duration.has_limit:
        return f"tanpa waktu baku (“{duration.text}”)"
    said = " dan ".join(_part_words(amount, unit) for amount, unit in duration.parts)
    return f"{said} untuk tiap {duration.per}" if duration.per else said


def beside_words(duration: Duration, counted_for: str = "") -> list[str]:
    """What of a time is kept and how it changes the count or does not, a sentence each.

    `counted_for` names whose number it is counted by; "" where that is not known.
    """
    said = []
    if duration.per:
        said.append(
            f"Waktunya untuk tiap {duration.per}: dihitung sebanyak {counted_for} yang ada di kantor."
            if counted_for
            else f"Waktunya untuk tiap {duration.per}; dihitung satu kali, karena banyaknya {duration.per} tidak diketahui."
        )
    if duration.window:
        said.append(f"Rentang “{duration.window}” dicatat; batas waktu tetap dihitung sejak langkah dibuka.")
    if duration.note:
        said.append(f"Kata “{duration.note}” dicatat, tidak ikut dihitung.")
    return said


def is_worth_saying(duration: Duration) -> bool:
    """Whether a reader may expect another count than the one that is made."""
    usual = {*WORK_MINUTES, *WORK_DAYS}
    beside = duration.per or duration.window or duration.note
    return bool(beside) or not duration.has_limit or any(unit not in usual for _, unit in duration.parts)


def _part_words(amount: Fraction, unit: str) -> str:
    number = amount_words(amount)
    if unit in CALENDAR_DAYS:
        days = "" if unit == "hari kalender" else f" = {ceil(amount * CALENDAR_DAYS[unit])} hari kalender"
        return f"{number} {unit}{days} (libur ikut dihitung)"
    if unit in ROUND_THE_CLOCK:
        return f"{number} {unit} (siang malam, juga hari libur)"
    if unit in WORK_DAYS:
        days = "" if unit == "hari" else f" = {amount_words(amount * WORK_DAYS[unit])} hari kerja"
        return f"{number} {unit}{' kerja' if unit == 'hari' else days}"
    return f"{number} {unit} kerja"
