"""What people type: when it is nothing, how long it may be, and which days can be. Pure.

Every action that takes words or a day asks here, so that a page, the API, an import and the command line agree.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import Enum, StrEnum

from himpun.errors import FieldErrors


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


def is_blank(text: str) -> bool:
    """Whether nothing of a text shows: blanks, what has no width, what turns writing around, fillers, lone marks."""
    return not any(unicodedata.category(one)[0] in "LNPS" and one not in _SEEN_AS_NOTHING for one in text)


def line(text: str) -> str:
    """A text of one line, its blanks folded; "" when nothing of it shows."""
    return "" if is_blank(text) else " ".join(text.split())


def paragraphs(text: str) -> str:
    """A text that may have lines; "" when nothing of it shows."""
    return "" if is_blank(text) else text.replace("\r\n", "\n").replace("\r", "\n").strip()


def fault(text: str, kind: Text) -> str:
    """What is wrong with a text, as a sentence; "" when nothing is."""
    if len(text) > kind.value:
        return f"Terlalu panjang: {_shown(len(text))} huruf, paling banyak {_shown(kind.value)}. Ringkas dahulu."
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


def faults(texts: Mapping[str, tuple[str, Text]]) -> dict[str, str]:
    """The sentence for each field that has a fault."""
    found = {name: fault(text, kind) for name, (text, kind) in texts.items()}
    return {name: sentence for name, sentence in found.items() if sentence}


def check(texts: Mapping[str, tuple[str, Text]]) -> None:
    """Raises FieldErrors, a sentence at each field that has a fault."""
    if wrong := faults(texts):
        raise FieldErrors(wrong)


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
