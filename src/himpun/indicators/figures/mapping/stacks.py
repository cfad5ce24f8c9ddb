"""What headings that stand above one another say of a column: its period, and whether it holds what was reached. Pure.

Quarters are merged over Target | Realisasi, or Target and Realisasi over quarters, in two rows or three; a CSV copy has
blanks where cells were merged. A column is taken for actual figures only when its stack says so; one that says target,
capaian or money never is, and one that says two things is asked.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from himpun.indicators.figures.mapping.values import (
    NOT_ACTUAL,
    ORDINALS,
    STATED_YEARS,
    Moment,
    moment_named,
    normalised,
)
from himpun.spreadsheets.book import Content, Sheet, column_letter, corners, text_of

BETWEEN: Final = " › "
"""Stands between the headings of one column, the highest first: "TW III › Realisasi"."""
LOOK_AT_ROWS: Final = 30


class Says(StrEnum):
    """What a column's headings say that it holds."""

    ACTUAL = "realisasi"
    OTHER = "bukan realisasi"
    """A target, a capaian, a share or money."""
    BOTH = "dua bacaan"
    PERHAPS = "mungkin"
    """A word like Nilai or Angka, which decides only where nothing else does."""
    NOTHING = ""


class Part(NamedTuple):
    """One heading over a column. `origin`: the column that holds the text; `carried`: it stands in an earlier cell, unmerged."""

    text: str
    origin: int
    carried: bool


class Heading(NamedTuple):
    """A column's headings, from the highest to the lowest."""

    column: int
    parts: tuple[Part, ...]
    content: Content

    @property
    def text(self) -> str:
        """The lowest."""
        return self.parts[-1].text if self.parts else ""

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.text for part in self.parts))

    @property
    def whole(self) -> str:
        return " ".join(self.texts)

    @property
    def name(self) -> str:
        """How people are told of it: "TW III › Realisasi"."""
        return BETWEEN.join(self.texts)

    @property
    def place(self) -> str:
        """The same with the column's letter: "E “TW III › Realisasi”"."""
        return f"{column_letter(self.column)} “{self.name}”"


# --- out of the sheet -------------------------------------------------------------------------------------------------


def covered(sheet: Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Every cell of the merged areas near the top → the area's first cell, which holds the text."""
    places: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged:
        top, left, bottom, right = corners(area)
        for row in range(top, min(bottom, LOOK_AT_ROWS) + 1):
            places |= {(row, column): (top, left) for column in range(left, min(right, left + 400) + 1)}
    return places


def stacked(sheet: Sheet, merged: dict[tuple[int, int], tuple[int, int]], top: int, bottom: int) -> list[Heading]:
    """The headings of every column in the rows from `top` to `bottom`. A blank beside an unmerged heading is under it too."""
    width = max((len(sheet.rows[row - 1]) for row in range(top, bottom + 1)), default=0)
    carried: dict[int, Part] = {}
    found = []
    for column in range(1, width + 1):
        content = sheet.cell(*merged.get((bottom, column), (bottom, column)))
        last = max((row for row in range(top, bottom + 1) if _tidy(sheet.cell(row, column))), default=0)
        parts = []
        for row in range(top, bottom):
            place = merged.get((row, column), (row, column))
            if text := _tidy(sheet.cell(*place)):
                parts.append(Part(text, place[1], False))
                carried[row] = Part(text, place[1], True)
                if (row, column) in merged:  # says itself how far it reaches
                    del carried[row]
            elif row > last:
                carried.pop(row, None)
            elif row in carried:
                parts.append(carried[row])
        if lowest := _tidy(content):
            parts.append(Part(lowest, merged.get((bottom, column), (bottom, column))[1], False))
        found.append(Heading(column, tuple(parts), content))
    return found


def without_titles(headings: Sequence[Heading], keys: set[int]) -> list[Heading]:
    """The same without what stands over a column of codes or names as well: the title of the table."""
    titles = {
        (part.text, part.origin)
        for heading in headings
        if heading.column in keys
        for part in heading.parts[:-1]
        if part.text != heading.text
    }
    return [
        heading._replace(
            parts=tuple(
                part
                for at, part in enumerate(heading.parts)
                if at == len(heading.parts) - 1 or (part.text, part.origin) not in titles
            )
        )
        for heading in headings
    ]


def _tidy(content: Content) -> str:
    return " ".join(text_of(content).split())


# --- what a column holds ----------------------------------------------------------------------------------------------

_MONEY: Final = {"anggaran", "pagu", "keuangan", "dpa"}
_TARGET: Final = {"target", "rencana"}
_REACHED: Final = {"capaian", "pencapaian", "ketercapaian", "persentase", "prosentase"}
_ACTUAL: Final = {"realisasi", "terealisasi"}
_ALONE: Final = {
    "rp": Says.OTHER, "rupiah": Says.OTHER, "%": Says.OTHER, "persen": Says.OTHER, "c": Says.OTHER, "t": Says.OTHER,
    "r": Says.ACTUAL,
}  # fmt: skip
"""Headings of one sign or letter; the letters count where both T and R stand below."""
_WEAK: Final = {"nilai", "angka", "hasil", "isian", "jumlah", "k", "kinerja", "fisik"}


def says(heading: Heading, *, by_letter: bool) -> Says:
    """What the column holds: the lowest heading that says anything decides, money anywhere does, and Target over Realisasi is asked."""
    words = [_words(text) for text in heading.texts]
    if any(_MONEY & each for each in words):
        return Says.OTHER
    said = [_said(text, by_letter=by_letter) for text in heading.texts]
    first = next((one for one in reversed(said) if one), Says.NOTHING)
    if first is Says.OTHER and normalised(heading.text) in ("%", "persen") and Says.ACTUAL in said:
        return Says.BOTH
    if first is Says.ACTUAL and any(_TARGET & each and not _ACTUAL & each for each in words):
        return Says.BOTH
    if first is Says.NOTHING and any(_WEAK & each for each in words):
        return Says.PERHAPS
    return first


@lru_cache(maxsize=8_192)
def _words(text: str) -> frozenset[str]:
    return frozenset(normalised(text).split())


@lru_cache(maxsize=8_192)
def _said(text: str, *, by_letter: bool) -> Says:
    words = _words(text)
    alone = _ALONE.get(normalised(text), Says.NOTHING)
    if alone and (by_letter or len(normalised(text)) > 1 or normalised(text) == "%"):
        return alone
    other = bool((_TARGET | _REACHED) & words) or any(word in normalised(text) for word in NOT_ACTUAL)
    if _ACTUAL & words:
        return Says.BOTH if other else Says.ACTUAL
    return Says.OTHER if other else Says.NOTHING


def is_by_letter(headings: Sequence[Heading]) -> bool:
    """Whether T and R stand for target and realisasi here."""
    return {"t", "r"} <= {normalised(heading.text) for heading in headings}


def names_a_target(text: str) -> bool:
    """Whether a cell beside the figures says that its row holds targets or capaian: "Target", "Target (RKPD)", "Capaian"."""
    words = normalised(text).split()
    return bool(words) and len(words) <= 4 and words[0] in _TARGET | _REACHED and not _ACTUAL & set(words)


# --- its period -------------------------------------------------------------------------------------------------------

_BESIDE: Final = re.compile(
    r"\b(?:target|rencana|realisasi|capaian|pencapaian|kinerja|anggaran|keuangan|fisik|persentase|pada|periode|kumulatif)\b|%"
)


class Dated(NamedTuple):
    """The period of a column, and whether its own lowest heading says it."""

    moment: Moment
    own: bool
    carried: bool


def dated(heading: Heading, *, romans: bool) -> Dated | None:
    """The period that a column's headings speak of: the lowest that names a part of a year, else the year."""
    found: Dated | None = None
    for at, part in enumerate(reversed(heading.parts)):
        content = heading.content if at == 0 and isinstance(heading.content, date) else part.text
        moment = _moment(content, heading, romans=romans)
        if moment is None or (at and _is_figure(heading.text)):
            continue
        if found is None or (found.moment.part == "tahun" and moment.part != "tahun"):
            found = Dated(moment, at == 0, part.carried)
        if found.moment.part != "tahun":
            break
    if found is None:
        return None
    years = set(STATED_YEARS.findall(heading.whole))
    if found.moment.year is None and len(years) == 1:
        return found._replace(moment=Moment(int(years.pop()), found.moment.part))
    return found


def _moment(content: Content, heading: Heading, *, romans: bool) -> Moment | None:
    if moment := moment_named(content):
        return moment
    text = text_of(content)
    if normalised(text) in ("i", "ii", "iii", "iv") and (romans or "triwulan" in normalised(heading.whole)):
        return Moment(None, f"TW{ORDINALS[normalised(text)]}")
    return moment_named(_without_measures(text))


@lru_cache(maxsize=8_192)
def _without_measures(text: str) -> str:
    """ "Realisasi TW III (Juli-September)" → "tw iii"."""
    return " ".join(_BESIDE.sub(" ", normalised(re.sub(r"\(.*?\)", " ", text))).split())


def _is_figure(text: str) -> bool:
    return bool(re.fullmatch(r"[-(]?[0-9][0-9., ]*%?\)?", text)) and not STATED_YEARS.fullmatch(text)


def are_romans(headings: Sequence[Heading]) -> bool:
    """Whether I, II, III and IV stand among the headings."""
    return {normalised(text) for heading in headings for text in heading.texts} >= {"i", "ii", "iii", "iv"}


# --- all columns together ---------------------------------------------------------------------------------------------


class Columns(NamedTuple):
    """What the headings of a table say. `moments`: the columns taken for actual figures; `seen`: every period they may be of.

    `said`: how many columns of a period say what they hold, or which of several they are. `questions`: what only a person can answer.
    """

    moments: dict[int, Moment]
    seen: frozenset[Moment]
    dated: frozenset[int]
    says: dict[int, Says]
    said: int
    questions: tuple[str, ...]


def read_columns(headings: Sequence[Heading], busy: set[int]) -> Columns:
    """The columns of each period. `busy` are those of codes, units, notes: a period above them is not theirs."""
    by_letter, romans = is_by_letter(headings), are_romans(headings)
    said = {heading.column: says(heading, by_letter=by_letter) for heading in headings}
    dates = {
        heading.column: found
        for heading in headings
        if (found := dated(heading, romans=romans)) and (found.own or heading.column not in busy)
    }
    moments: dict[int, Moment] = {}
    questions = []
    by_moment: dict[Moment, list[Heading]] = {}
    for heading in headings:
        if heading.column in dates and said[heading.column] is not Says.OTHER:
            by_moment.setdefault(dates[heading.column].moment, []).append(heading)
    several_moments = len({found.moment for found in dates.values()}) > 1
    shifted = _shifted(headings, dates, said) if several_moments else ""
    if shifted:
        questions.append(shifted)
    for moment, alike in by_moment.items():
        chosen = None if shifted else _chosen(alike, dates, said)
        if chosen is not None:
            moments[chosen] = moment
        elif not shifted:
            questions.append(_which(alike, said))
    if not by_moment and (others := [one for one in headings if one.column in dates]):
        questions.append(
            f"Tidak ada kolom realisasi: {columns_in_words(one.place for one in others)} menyebut target atau capaian, "
            "sehingga tidak diambil sendiri. Pilih kolomnya bila angkanya memang ada di sana."
        )
    several = {one.column for alike in by_moment.values() if len(alike) > 1 for one in alike}
    told = sum(said[column] in (Says.ACTUAL, Says.OTHER, Says.BOTH) or column in several for column in dates)
    return Columns(moments, frozenset(by_moment), frozenset(dates), said, told, tuple(questions))


def _chosen(alike: Sequence[Heading], dates: dict[int, Dated], said: dict[int, Says]) -> int | None:
    """The one column of a period that holds what was reached; None where two could, or none says so."""
    actual = [one.column for one in alike if said[one.column] is Says.ACTUAL]
    if actual:
        return actual[0] if len(actual) == 1 else None
    lone = len(alike) == 1 and said[alike[0].column] is not Says.BOTH
    column = alike[0].column
    return column if lone and (said[column] is Says.PERHAPS or dates[column].own) else None


def _which(alike: Sequence[Heading], said: dict[int, Says]) -> str:
    places = columns_in_words(one.place for one in alike)
    if len(alike) > 1:
        return f"Kolom {places} sama periodenya: yang mana realisasinya? Pilih satu."
    if said[alike[0].column] is Says.BOTH:
        return f"Kolom {places} menyebut realisasi dan yang lain sekaligus: apakah isinya realisasi?"
    return f"Kolom {places} tidak menyebut apa isinya: apakah itu realisasi?"


def _shifted(headings: Sequence[Heading], dates: dict[int, Dated], said: dict[int, Says]) -> str:
    """The question where a period stands in the middle over its columns and cells are not merged: whose it is cannot be seen."""
    for before, heading in pairwise(headings):
        found = dates.get(heading.column)
        is_first = found is not None and not found.own and not found.carried and not _is_merged(heading, headings)
        if is_first and before.column not in dates and _is_bare(before, said):
            return (
                f"Periode di atas kolom {heading.place} mungkin juga milik kolom {before.place} di kirinya; "
                "sel judulnya tidak digabungkan, sehingga tidak terlihat. Pilih periode setiap kolom realisasi."
            )
    return ""


def _is_bare(heading: Heading, said: dict[int, Says]) -> bool:
    """Whether a column says only that it is a target, realisasi or capaian, and nothing stands over it."""
    return len(heading.parts) == 1 and said[heading.column] in (Says.ACTUAL, Says.OTHER)


def _is_merged(heading: Heading, headings: Sequence[Heading]) -> bool:
    """Whether the heading above is a merged cell: then the next column has it without its being carried."""
    above = heading.parts[0]
    return any(
        part.origin == above.origin and not part.carried and one.column != heading.column
        for one in headings
        for part in one.parts[:-1]
    )


def columns_in_words(places: Iterable[str]) -> str:
    """ "D “Target”, E “Realisasi” dan F “Capaian”"."""
    *most, last = places
    return f"{', '.join(most)} dan {last}" if most else last
