"""Guessing a mapping from the headings of a sheet. Pure."""

import difflib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from himpun.indicators.figures.mapping.values import (
    BLANKS,
    CODE,
    HEADINGS,
    INDICATOR,
    LONG,
    NOT_ACTUAL,
    ORDINALS,
    PERIOD,
    SAME_HEADING,
    STATED_YEARS,
    VALUE,
    VARIABLE,
    WIDE,
    YEAR,
    Mapping,
    MappingUnfit,
    Moment,
    moment_in_words,
    moment_named,
    normalised,
)
from himpun.spreadsheets.book import Book, Content, Sheet, corners, text_of

# --- headings --------------------------------------------------------------------------------------------------------


class _Heading(NamedTuple):
    """A column's heading: the lowest text, and what stands above it."""

    column: int
    text: str
    above: str
    content: Content

    @property
    def whole(self) -> str:
        return " ".join(dict.fromkeys(part for part in (self.above, self.text) if part))


class _Header(NamedTuple):
    """The rows of headings and what was made of them."""

    top: int
    bottom: int
    headings: tuple[_Heading, ...]
    columns: dict[str, str | int]
    moments: dict[int, Moment]
    targets: int

    @property
    def score(self) -> tuple[int, int]:
        """How much of it was understood; of two that say as much the one with fewer rows."""
        periods = len(set(self.moments.values()))
        return len(self.columns) + (periods if periods > 1 else 0) + self.targets, self.top - self.bottom


_LOOK_AT_ROWS: Final = 30


def find_header(sheet: Sheet) -> _Header | None:
    """The one to three rows that read most like headings; None when nothing does."""
    covered = _covered(sheet)
    best: _Header | None = None
    for bottom in range(1, min(len(sheet.rows), _LOOK_AT_ROWS) + 1):
        for top in range(bottom, max(bottom - 3, 0), -1):
            if any(covered.get((top, column), (top, 0))[0] < top for column in range(1, len(sheet.rows[top - 1]) + 1)):
                continue
            header = _header_at(sheet, covered, top, bottom)
            if best is None or header.score > best.score:
                best = header
    if best is None or best.score[0] < 2 or not ({CODE, INDICATOR, VARIABLE} & set(best.columns)):
        return None
    return best


def _covered(sheet: Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Every cell of the merged areas near the top → the area's first cell, which holds the text."""
    places: dict[tuple[int, int], tuple[int, int]] = {}
    for area in sheet.merged:
        top, left, bottom, right = corners(area)
        for row in range(top, min(bottom, _LOOK_AT_ROWS) + 1):
            places |= {(row, column): (top, left) for column in range(left, min(right, left + 400) + 1)}
    return places


def _header_at(sheet: Sheet, covered: dict[tuple[int, int], tuple[int, int]], top: int, bottom: int) -> _Header:
    headings = tuple(_headings(sheet, covered, top, bottom))
    columns: dict[str, str | int] = {}
    moments, targets = _moments(headings)
    sure: dict[str, float] = {}
    for heading in headings:
        role, likeness = _role(heading)
        is_period = len(moments) > 1 and heading.column in moments
        if role and not is_period and likeness > sure.get(role, 0):
            columns[role], sure[role] = heading.column, likeness
    return _Header(top, bottom, headings, columns, moments, targets)


def _headings(
    sheet: Sheet, covered: dict[tuple[int, int], tuple[int, int]], top: int, bottom: int
) -> Iterator[_Heading]:
    def content_at(row: int, column: int) -> Content:
        return sheet.cell(*covered.get((row, column), (row, column)))

    width = max((len(sheet.rows[row - 1]) for row in range(top, bottom + 1)), default=0)
    carried = dict.fromkeys(range(top, bottom), "")
    for column in range(1, width + 1):
        content = content_at(bottom, column)
        text = " ".join(text_of(content).split())
        above = []
        for row in range(top, bottom):
            part = " ".join(text_of(content_at(row, column)).split())
            carried[row] = part or (carried[row] if text else "")
            above.append(carried[row])
        if not text:
            text, above = next((part for part in reversed(above) if part), ""), []
        yield _Heading(column, text, " ".join(dict.fromkeys(part for part in above if part and part != text)), content)


def _role(heading: _Heading) -> tuple[str, float]:
    """What the column is, and how alike the heading is to the words for that (1 = the same)."""
    texts = {normalised(heading.text), normalised(STATED_YEARS.sub("", heading.text))}
    return max((_role_of(text) for text in texts if text), key=lambda each: each[1], default=("", 0.0))


@lru_cache(maxsize=4_096)
def _role_of(text: str) -> tuple[str, float]:
    best = ("", 0.0)
    for role, words in HEADINGS.items():
        for word in words:
            matcher = difflib.SequenceMatcher(None, text, word)
            if matcher.real_quick_ratio() < SAME_HEADING or matcher.quick_ratio() < SAME_HEADING:
                continue
            likeness = matcher.ratio()
            if likeness >= SAME_HEADING and likeness > best[1]:
                best = (role, likeness)
    return best


def _moments(headings: tuple[_Heading, ...]) -> tuple[dict[int, Moment], int]:
    """The columns that are periods of actual figures; and how many are periods of targets and the like."""
    targets = 0
    found: dict[int, Moment] = {}
    romans = {normalised(heading.text) for heading in headings} >= {"i", "ii", "iii", "iv"}
    for heading in headings:
        whole = normalised(heading.whole)
        text = normalised(heading.text)
        moment = moment_named(heading.content if isinstance(heading.content, date) else heading.text)
        if moment is None and text in ("i", "ii", "iii", "iv") and (romans or "triwulan" in whole):
            moment = Moment(None, f"TW{ORDINALS[text]}")
        if moment is None:
            continue
        if any(word in whole for word in NOT_ACTUAL):
            targets += 1
            continue
        years = set(STATED_YEARS.findall(heading.whole))
        if moment.year is None and len(years) == 1:
            moment = Moment(int(years.pop()), moment.part)
        found[heading.column] = moment
    return found, targets


# --- guessing and remembering ----------------------------------------------------------------------------------------


def guess(book: Book) -> Mapping:
    """The likeliest mapping, for a person to confirm. Raises `MappingUnfit` when no sheet has headings that say anything."""
    found = [
        (header.score, -place, sheet, header)
        for place, sheet in enumerate(book.sheets)
        if (header := find_header(sheet))
    ]
    found = [each for each in found if not each[2].hidden] or found
    if not found:
        raise MappingUnfit(
            "Baris judul kolom tidak ditemukan. Beri judul kolom seperti Indikator, Data, Periode, Nilai "
            "(atau Indikator, Data, Jan … Des), lalu unggah lagi."
        )
    _, _, sheet, header = max(found, key=lambda each: each[:2])
    is_wide = len(header.moments) > 1
    columns = {
        role: column for role, column in header.columns.items() if not (is_wide and role in (PERIOD, YEAR, VALUE))
    }
    mapping = Mapping(
        sheet=sheet.name,
        header_row=header.bottom,
        shape=WIDE if is_wide else LONG,
        columns=columns,
        year=_stated_year(sheet, header),
        others=tuple(each.name for each in book.sheets if each is not sheet),
        fingerprint=fingerprint(sheet),
    )
    if is_wide:
        mapping = replace(mapping, periods=_periods(header, mapping.year))
    elif PERIOD not in columns:
        mapping = replace(mapping, period=stated_period(sheet, header, mapping.year))
    return replace(mapping, blanks=_blanks_in(sheet, mapping), carry=_has_gaps(sheet, mapping))


def fingerprint(sheet: Sheet) -> str:
    """SHA-256 of the headings and where they stand; the year of the headings does not count when there is only one."""
    header = find_header(sheet)
    rows = range(header.top, header.bottom + 1) if header else range(1, min(len(sheet.rows), 10) + 1)
    texts = [
        (row, column, " ".join(text_of(content).split()))
        for row in rows
        for column, content in enumerate(sheet.rows[row - 1], start=1)
        if content is not None
    ]
    if len({year for _, _, text in texts for year in STATED_YEARS.findall(text)}) == 1:
        texts = [(row, column, STATED_YEARS.sub("YYYY", text)) for row, column, text in texts]
    content = json.dumps([(row, column, normalised(text)) for row, column, text in texts], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def renewed(mapping: Mapping, book: Book) -> Mapping:
    """A remembered mapping for this workbook: the same columns, and the year and period that the sheet itself states."""
    sheet = sheet_of(mapping, book)
    header = find_header(sheet)
    if header is None:
        return mapping
    year = _stated_year(sheet, header) or mapping.year
    period = mapping.period and (stated_period(sheet, header, year) or mapping.period)
    return replace(mapping, sheet=sheet.name, year=year, period=period)


def _periods(header: _Header, year: int | None) -> dict[int, str]:
    """Column → part of `year`, or a whole code where the heading names another year. Of two alike none is guessed."""
    parts = {
        column: moment.part if moment.year in (None, year) else (moment.code(None) or moment.part)
        for column, moment in header.moments.items()
    }
    found = list(parts.values())
    return {column: part for column, part in parts.items() if found.count(part) == 1}


def titles(sheet: Sheet, header: _Header) -> list[str]:
    return [text_of(content) for row in sheet.rows[: header.top - 1] for content in row if content is not None]


def _stated_year(sheet: Sheet, header: _Header) -> int | None:
    """The year that the headings, the titles above them or the sheet's name state; None when none or several do."""
    places = ([heading.whole for heading in header.headings], titles(sheet, header), [sheet.name])
    for texts in places:
        years = {int(year) for text in texts for year in STATED_YEARS.findall(text)}
        if len(years) == 1:
            return years.pop()
        if years and texts is places[0]:
            return None
    return None


def stated_period(sheet: Sheet, header: _Header, year: int | None) -> str:
    """The one period that a title above the headings names: "Periode : Triwulan II 2026"."""
    codes = {
        moment.code(year)
        for text in [*titles(sheet, header), sheet.name]
        if (moment := moment_in_words(normalised(text))) and moment.part != "tahun"
    } - {None}
    return codes.pop() or "" if len(codes) == 1 else ""


def value_columns(mapping: Mapping, resolved: dict[str, int]) -> dict[int, str]:
    """The columns with figures → the period part ("" when it stands elsewhere)."""
    if mapping.shape == WIDE:
        return dict(sorted(mapping.periods.items()))
    return {resolved[VALUE]: ""} if VALUE in resolved else {}


def _blanks_in(sheet: Sheet, mapping: Mapping) -> tuple[str, ...]:
    columns = value_columns(mapping, resolve(mapping, sheet))
    used = {
        text_of(sheet.cell(row, column)).strip()
        for row in range(mapping.header_row + 1, len(sheet.rows) + 1)
        for column in columns
    }
    return tuple(sign for sign in BLANKS if sign in used)


def _has_gaps(sheet: Sheet, mapping: Mapping) -> bool:
    """Whether rows with a variable but no indicator follow rows that have one, without merging."""
    columns = resolve(mapping, sheet)
    keys = [columns[role] for role in (CODE, INDICATOR) if role in columns]
    if not keys or VARIABLE not in columns:
        return False
    return any(
        sheet.cell(row, columns[VARIABLE]) is not None and all(sheet.cell(row, key) is None for key in keys)
        for row in range(mapping.header_row + 2, len(sheet.rows) + 1)
    )


def sheet_of(mapping: Mapping, book: Book) -> Sheet:
    sheet = book.sheet(mapping.sheet)
    if sheet is not None:
        return sheet
    alike = [each for each in book.sheets if mapping.fingerprint and fingerprint(each) == mapping.fingerprint]
    if len(alike) != 1:
        names = ", ".join(f"“{each.name}”" for each in book.sheets[:8])
        raise MappingUnfit(
            f"Lembar “{mapping.sheet}” tidak ada; yang ada {names}. Pilih lembarnya, atau buat pemetaan baru."
        )
    return alike[0]


def resolve(mapping: Mapping, sheet: Sheet) -> dict[str, int]:
    """Role → column number; a column named by its heading is looked up in the header row."""
    found: dict[str, int] = {}
    for role, column in mapping.columns.items():
        if isinstance(column, int):
            found[role] = column
            continue
        row = sheet.rows[mapping.header_row - 1] if 0 < mapping.header_row <= len(sheet.rows) else ()
        places = [at for at, text in enumerate(row, start=1) if normalised(text_of(text)) == normalised(column)]
        if len(places) != 1:
            raise MappingUnfit(
                f"Kolom “{column}” tidak ada atau ada dua pada baris {mapping.header_row}. Pilih kolom {role} lagi."
            )
        found[role] = places[0]
    return found
