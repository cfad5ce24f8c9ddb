"""What people type: when it is nothing, how long it may be, which numbers, years and days can be, and what is wrong with it.

Every action that takes something typed asks here, so that a page, the API, an import and the command line agree. A reader
of `Complaints` gives the value, or notes a sentence at its field; what only one room knows, the room notes itself. Pure.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import date
from enum import Enum, StrEnum
from typing import TypeVar

from himpun.errors import FieldErrors, Refusal

S = TypeVar("S")
T = TypeVar("T")
U = TypeVar("U")


class Text(Enum):
    """Kinds of texts, with the most characters one may have."""

    NAME = 200
    """A name, a title, a sender, the letter that decrees something."""
    REASON = 500
    """Why something is returned, refused, cancelled, changed, corrected."""
    SHORT = 300
    """What must fit in a cell on paper: why there is nothing to report."""
    NOTE = 2_000
    """A note beside a figure or a disposition, what explains a figure that was warned of."""
    PASSAGE = 5_000
    """A few paragraphs: a definition, an analysis of one indicator."""
    NARRATIVE = 20_000
    """A section of a document: eight pages."""
    SOURCE = 262_144
    """A whole text kept as it is, like an SOP."""
    FIELD = 2_000_000
    """What one field of a page may bring at all; a table given back to be downloaded is the longest."""


MOST_MARKS = 8
"""Combining marks on one letter; the languages written here need three."""

_SEEN_AS_NOTHING = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\U0001d159")
"""Letters and signs that show nothing: the Hangul fillers, the empty Braille cell, the place of an object, the null notehead."""


_UNSEEN = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202d\u2060-\u2064\u2066-\u206f\ufeff]")
"""Soft hyphen, blanks without width, marks of direction: what copying from a page, a PDF or a calculator brings along.

Not the one mark that shows digits in the other order (U+202E): what is seen is not what is written.
"""
_JOINERS = re.compile("(?:^|(?<=[\\x00-\\x7f]))[\u200c\u200d]+|[\u200c\u200d]+(?=[\\x00-\\x7f]|$)")
"""Joiners that join nothing; between letters of other scripts they belong to the word."""
_BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")


def visible(text: str) -> str:
    """The text without marks that nobody sees, its blanks of other widths as plain blanks."""
    if text.isascii():
        return text
    return _BLANKS.sub(" ", _JOINERS.sub("", _UNSEEN.sub("", text)))


def is_blank(text: str) -> bool:
    """Whether nothing of a text shows: blanks, what has no width, what turns writing around, fillers, lone marks."""
    return not any(unicodedata.category(one)[0] in "LNPS" and one not in _SEEN_AS_NOTHING for one in text)


def line(text: str) -> str:
    """A text of one line, its blanks folded, without marks that nobody sees; "" when nothing of it shows."""
    return "" if is_blank(text) else " ".join(visible(text).split())


def near(written: str, known: Collection[str]) -> str:
    """The code that was most likely meant, one that differs only in capitals and blanks before all; "" for none."""
    plain = {" ".join(code.casefold().split()): code for code in known}
    found = difflib.get_close_matches(" ".join(visible(written).casefold().split()), plain, n=1, cutoff=0.85)
    return plain[found[0]] if found else ""


def paragraphs(text: str) -> str:
    """A text that may have lines; "" when nothing of it shows."""
    return "" if is_blank(text) else text.replace("\r\n", "\n").replace("\r", "\n").strip()


def fault(text: str, most: Text | int) -> str:
    """What is wrong with a text that may have so many characters, as a sentence; "" when nothing is."""
    longest = most.value if isinstance(most, Text) else most
    if len(text) > longest:
        return f"Terlalu panjang: {_shown(len(text))} huruf, paling banyak {_shown(longest)}. Ringkas dahulu."
    return marks_fault(text)


def marks_fault(text: str) -> str:
    """The sentence about marks heaped on one letter, which take minutes to set; "" when there are none."""
    if text.isascii():
        return ""
    marks = 0
    for one in text:
        category = unicodedata.category(one)
        if category in ("Mn", "Me"):
            marks += 1
            if marks > MOST_MARKS:
                return f"Ada huruf dengan lebih dari {MOST_MARKS} tanda bertumpuk. Hapus tandanya, atau ketik ulang kata itu."
        elif category != "Cf":
            marks = 0
    return ""


def check(texts: Mapping[str, tuple[str, Text]]) -> None:
    """Raises FieldErrors, a sentence at each field that has a fault."""
    wrong = Complaints()
    for name, (text, kind) in texts.items():
        wrong.note(name, fault(text, kind))
    wrong.refuse()


def needed(text: str, missing: str, *, field: str = "reason", kind: Text = Text.REASON) -> str:
    """A text of one line that must be there. Raises FieldErrors at `field`, with `missing` when nothing of it shows."""
    text = line(text)
    if sentence := fault(text, kind) if text else missing:
        raise FieldErrors({field: sentence})
    return text


def _shown(number: int) -> str:
    return f"{number:,}".replace(",", ".")


# --- days ------------------------------------------------------------------------------------------------------------


class Day(StrEnum):
    """Kinds of days, each with its own bounds."""

    LETTER = "tanggal surat"
    RECEIVED = "tanggal diterima"
    HELD_SINCE = "tanggal mulai menjabat"
    HELD_UNTIL = "tanggal akhir menjabat"
    LEAVE = "tanggal cuti"
    CALENDAR = "tanggal pada kalender"
    IN_FORCE = "tanggal mulai berlaku"
    DEADLINE = "batas akhir"
    PERIOD = "periode"


_YEARS: Mapping[Day, tuple[int, int]] = {
    Day.LETTER: (10, 0),
    Day.RECEIVED: (5, 0),
    Day.HELD_SINCE: (45, 2),
    Day.HELD_UNTIL: (45, 20),
    Day.LEAVE: (3, 3),
    Day.CALENDAR: (15, 10),
    Day.IN_FORCE: (10, 3),
    Day.DEADLINE: (1, 3),
    Day.PERIOD: (15, 2),
}
"""How many years before and after the office's present one."""


def wrong_day(day: date, kind: Day, today: date) -> str:
    """The sentence for a day whose year cannot be; "" for every other."""
    return wrong_year(day.year, kind, today)


def wrong_year(year: int, kind: Day, today: date) -> str:
    """The same for a year alone."""
    back, ahead = _YEARS[kind]
    first, last = today.year - back, today.year + ahead
    if first <= year <= last:
        return ""
    return f"Tahun {year} tidak mungkin untuk {kind}: antara {first} dan {last}. Periksa kembali tahunnya."


# --- whole numbers and years ------------------------------------------------------------------------------------------

YEARS = range(2000, 2100)
"""The years that figures, targets, scales and money can be of: four digits, and no slip of the hand."""
WRONG_YEAR = "Tulis tahun dengan empat angka, misalnya 2026."


def read_whole(text: str) -> int | None:
    """A whole number from 0 that a database can keep; None when the text is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def read_year(text: str) -> int | None:
    """A year of `YEARS`; None when the text is none."""
    year = read_whole(text)
    return year if year in YEARS else None


# --- what is wrong with a form ----------------------------------------------------------------------------------------


def as_sentence(cause: str) -> str:
    """The cause with a capital letter."""
    return cause[:1].upper() + cause[1:]


class Complaints(dict[str, str]):
    """What is wrong with what was typed, field → sentence; the last one said of a field counts."""

    def note(self, field: str, sentence: str) -> bool:
        """Put a sentence at a field; "" is none. Says whether there is one."""
        if sentence:
            self[field] = sentence
        return bool(sentence)

    def refuse(self) -> None:
        """Raises FieldErrors when there is anything."""
        if self:
            raise FieldErrors(dict(self))

    def text(self, field: str, text: str, most: Text | int, *, missing: str = "") -> str:
        """The text as it is. Noted when nothing of it shows (with `missing`), when it is too long or heaped with marks."""
        self.note(field, missing if missing and is_blank(text) else fault(text, most))
        return text

    def read(self, field: str, written: S, reader: Callable[[S], T], otherwise: U) -> T | U:
        """What a reader makes of what is written; `otherwise` when it refuses (Refusal, ValueError), whose cause is noted."""
        try:
            return reader(written)
        except (ValueError, Refusal) as problem:
            self[field] = as_sentence(str(problem))
            return otherwise

    def whole(self, field: str, text: str, accepted: range, *, otherwise: int, sentence: str = "") -> int:
        """A whole number of a range; `otherwise` when the text is empty or, with a sentence, is no such number."""
        if not text.strip():
            return otherwise
        number = read_whole(text)
        if number is not None and number in accepted:
            return number
        self[field] = sentence or f"Tulis bilangan bulat dari {accepted.start} sampai {accepted[-1]}."
        return otherwise

    def year(self, field: str, year: int) -> int:
        """The year as it is. Noted when it is none of `YEARS`."""
        self.note(field, "" if year in YEARS else WRONG_YEAR)
        return year

    def day(self, field: str, day: date | None, kind: Day, today: date, *, missing: str = "") -> date | None:
        """The day; None when there is none (noted with `missing`) or when its year cannot be (noted)."""
        if not isinstance(day, date):
            self.note(field, missing)
            return None
        return None if self.note(field, wrong_day(day, kind, today)) else day

    def choice(self, field: str, word: str, accepted: Collection[str], sentence: str = "") -> str:
        """The word as it is. Noted when it is none of those there are, which are named unless there is a sentence."""
        if word not in accepted:
            self[field] = sentence or f"“{word}” tidak dikenal; pilih salah satu dari: {', '.join(accepted)}."
        return word
