"""Guessing a mapping from the headings of a sheet. Pure."""

import difflib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from himpun.indicators.figures.mapping.stacks import (
    LOOK_AT_ROWS,
    Columns,
    Heading,
    Says,
    columns_in_words,
    covered,
    read_columns,
    stacked,
    without_titles,
)
from himpun.indicators.figures.mapping.values import (
    BLANKS,
    CODE,
    HEADINGS,
    INDICATOR,
    LONG,
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
    normalised,
)
from himpun.spreadsheets.book import Book, Content, Sheet, text_of

# --- headings --------------------------------------------------------------------------------------------------------


class _Header(NamedTuple):
    """The rows of headings and what was made of them."""

    top: int
    bottom: int
    headings: tuple[Heading, ...]
    columns: dict[str, str | int]
    read: Columns
    questions: tuple[str, ...]

    @property
    def score(self) -> tuple[int, int, int]:
        """How much of it was understood; of two that say as much the one that decides more, then that with fewer rows."""
        periods = len(self.read.seen)
        understood = len(self.columns) + (periods if periods > 1 else 0) + self.read.said
        return understood, len(self.moments), self.top - self.bottom

    @property
    def moments(self) -> dict[int, Moment]:
        """The columns taken for actual figures."""
        return self.read.moments

    @property
    def is_wide(self) -> bool:
        """Whether periods stand in the headings: several, or one where no column has them row by row."""
        if not self.read.seen:
            return bool(self.read.dated) and not {PERIOD, VALUE} & set(self.columns)
        if len(self.read.seen) > 1:
            return True
        return PERIOD not in self.columns and (bool(self.moments) or VALUE not in self.columns)


def find_header(sheet: Sheet) -> _Header | None:
    """The one to three rows that read most like headings; None when nothing does."""
    return _header_of(sheet.rows[:LOOK_AT_ROWS], sheet.merged)


@lru_cache(maxsize=64, typed=True)
def _header_of(rows: tuple[tuple[Content, ...], ...], merged_areas: tuple[str, ...]) -> _Header | None:
    sheet = Sheet("", rows, merged_areas)
    merged = covered(sheet)
    best: _Header | None = None
    for bottom in range(1, min(len(sheet.rows), LOOK_AT_ROWS) + 1):
        for top in range(bottom, max(bottom - 3, 0), -1):
            if any(merged.get((top, column), (top, 0))[0] < top for column in range(1, len(sheet.rows[top - 1]) + 1)):
                continue
            header = _header_at(sheet, merged, top, bottom)
            names_rows = bool({CODE, INDICATOR, VARIABLE} & set(header.columns))
            if names_rows and (best is None or header.score > best.score):
                best = header
    return best if best is not None and best.score[0] >= 2 else None


def _header_at(sheet: Sheet, merged: dict[tuple[int, int], tuple[int, int]], top: int, bottom: int) -> _Header:
    raw = stacked(sheet, merged, top, bottom)
    roles = {heading.column: _role(heading) for heading in raw}
    keys = {column for column, (role, _) in roles.items() if role in (CODE, INDICATOR, VARIABLE)}
    headings = tuple(without_titles(raw, keys))
    read = read_columns(headings, {column for column, (role, _) in roles.items() if role not in ("", VALUE, PERIOD)})
    columns: dict[str, str | int] = {}
    sure: dict[str, float] = {}
    for column, (role, likeness) in roles.items():
        is_period = len(read.seen) > 1 and column in read.dated
        is_other = role == VALUE and read.says[column] in (Says.OTHER, Says.BOTH)
        if role and not is_period and not is_other and likeness > sure.get(role, 0):
            columns[role], sure[role] = column, likeness
    questions = read.questions
    if not read.seen and (twin := _second_value(headings, roles, read, columns)):
        questions, read = (*questions, twin), read._replace(said=read.said + 1)
        del columns[VALUE]
    return _Header(top, bottom, headings, columns, read, questions)


def _second_value(
    headings: Sequence[Heading], roles: dict[int, tuple[str, float]], read: Columns, columns: dict[str, str | int]
) -> str:
    """The question which of two columns called the same holds the figures; "" when there is but one."""
    called = [
        heading
        for heading in headings
        if roles[heading.column][0] == VALUE and read.says[heading.column] is Says.ACTUAL and VALUE in columns
    ]
    alike = [one for one in called if normalised(one.text) == normalised(called[0].text)]
    return f"Kolom {columns_in_words(one.place for one in alike)}: yang mana berisi angkanya?" if len(alike) > 1 else ""


def _role(heading: Heading) -> tuple[str, float]:
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
    is_wide = header.is_wide and not _year_or_part(sheet, header)
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
        stated = "" if _year_or_part(sheet, header) else stated_period(sheet, header, mapping.year)
        mapping = replace(mapping, period=stated)
    return replace(mapping, blanks=_blanks_in(sheet, mapping), carry=_has_gaps(sheet, mapping))


def _year_or_part(sheet: Sheet, header: _Header) -> str:
    """The question where one year stands over the columns and the title names a part of it, or another part; else ""."""
    if len(header.read.seen) != 1 or not header.is_wide:
        return ""
    (moment,) = header.read.seen
    year = _stated_year(sheet, header)
    stated, headed = stated_period(sheet, header, year), moment.code(year)
    if not stated or stated == headed:
        return ""
    return f"Judul kolomnya menyebut {headed or moment.part}, judul lembarnya {stated}: periode mana angkanya?"


def questions(sheet: Sheet) -> tuple[str, ...]:
    """What the headings of a sheet leave open, each a sentence for the person who maps it."""
    header = find_header(sheet)
    if header is None:
        return ()
    asked = _year_or_part(sheet, header)
    return (*header.questions, asked) if asked else header.questions


def headings_at(sheet: Sheet, header_row: int) -> dict[int, Heading]:
    """The headings of each column when they end in this row."""
    header = find_header(sheet)
    if header is not None and header.bottom == header_row:
        return {heading.column: heading for heading in header.headings}
    if not 0 < header_row <= len(sheet.rows):
        return {}
    return {heading.column: heading for heading in stacked(sheet, covered(sheet), header_row, header_row)}


def continues(sheet: Sheet, header_row: int) -> str:
    """The headings below this row that say which column is target and which realisasi; "" when it is the last."""
    header = find_header(sheet)
    if header is None or not header.top <= header_row < header.bottom:
        return ""
    below = [heading.text for heading in header.headings if header.read.says[heading.column] is not Says.NOTHING]
    return ", ".join(dict.fromkeys(f"“{text}”" for text in below))


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
