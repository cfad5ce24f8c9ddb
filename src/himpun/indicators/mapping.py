"""Offices' own sheets: how a sheet of any shape becomes figures, as a mapping that a person confirms and Himpun keeps.

Pure. Two shapes: "panjang" (a row for each figure) and "lebar" (a row for each indicator or variable, a column for each
period). `guess` proposes from the headings, generously, because a person looks at it. `apply` takes nothing by
resemblance: a name matches when it is the same but for case, spaces and punctuation, or it is told with the nearest
name. A remembered mapping is found again by the sheet's `fingerprint`, and applies to no sheet with other headings.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from himpun.errors import Refusal
from himpun.indicators.workbook import unfit
from himpun.measure.numbers import NumberUnreadable, guess_number
from himpun.measure.periods import Period, PeriodUnreadable
from himpun.moments import MONTHS
from himpun.spreadsheets.book import Book, Content, Sheet, Wrong, address, corners, text_of
from himpun.typed import YEARS

LONG: Final = "panjang"
WIDE: Final = "lebar"
CODE: Final = "kode"
INDICATOR: Final = "indikator"
VARIABLE: Final = "variabel"
UNIT: Final = "unit"
PERIOD: Final = "periode"
YEAR: Final = "tahun"
VALUE: Final = "nilai"
NOTE: Final = "catatan"
ROLES: Final = (CODE, INDICATOR, VARIABLE, UNIT, PERIOD, YEAR, VALUE, NOTE)
"""What a column can be; `Mapping.columns` has these as keys."""


class MappingUnfit(Refusal):
    """The mapping does not fit the workbook; nothing was read."""

    code = "pemetaan-tidak-cocok"


class KnownVariable(NamedTuple):
    """A variable as the dictionary has it."""

    name: str
    label: str
    kind: str


class KnownIndicator(NamedTuple):
    """An indicator as the dictionary has it."""

    code: str
    name: str
    variables: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one sheet is read. Rows and columns count from 1; data begins below `header_row`, the headings' last row.

    `columns`: role → column number, or its heading. `periods` (lebar): column → "03", "TW1", "S2", "tahun" of `year`, or
    a whole code "2025-TW1". `period` (panjang without such a column): the one period of all figures. `carry`: a blank
    indicator is the one above. `blanks`: texts that stand for "no data", like "-". `others`: sheets known to hold nothing.
    """

    sheet: str
    header_row: int
    shape: str
    columns: dict[str, str | int]
    periods: dict[int, str] = field(default_factory=dict)
    year: int | None = None
    period: str = ""
    carry: bool = False
    blanks: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    fingerprint: str = ""


class FigureRow(NamedTuple):
    """One figure. `typed` is exact from a number cell, else as written. `doubt` says how an unclear number reads."""

    row: int
    column: int
    indicator_code: str
    variable: str
    period_code: str
    typed: str | Decimal
    note: str = ""
    unit: str = ""
    doubt: str = ""

    @property
    def address(self) -> str:
        """The figure's cell: "E7"."""
        return address(self.row, self.column)


def to_json(mapping: Mapping) -> dict[str, Any]:
    """The mapping as JSON can hold it."""
    return asdict(mapping) | {
        "periods": {str(column): period for column, period in mapping.periods.items()},
        "blanks": list(mapping.blanks),
        "others": list(mapping.others),
    }


def from_json(kept: dict[str, Any]) -> Mapping:
    """The mapping that `to_json` gave. Raises `MappingUnfit` for anything else."""
    try:
        mapping = Mapping(
            **kept
            | {
                "periods": {int(column): str(period) for column, period in kept.get("periods", {}).items()},
                "blanks": tuple(kept.get("blanks", ())),
                "others": tuple(kept.get("others", ())),
            }
        )
    except (TypeError, ValueError, AttributeError):
        raise MappingUnfit("Pemetaan yang tersimpan tidak dapat dibaca. Buat pemetaan baru dari lembarnya.") from None
    if not _is_sound(mapping):
        raise MappingUnfit("Pemetaan yang tersimpan tidak lengkap. Buat pemetaan baru dari lembarnya.")
    return mapping


def _is_sound(mapping: Mapping) -> bool:
    columns: object = mapping.columns
    return (
        isinstance(columns, dict)
        and all(role in ROLES and type(column) in (int, str) for role, column in columns.items())
        and mapping.shape in (LONG, WIDE)
        and type(mapping.header_row) is int
        and type(mapping.year) in (int, type(None))
        and all(isinstance(text, str) for text in (mapping.sheet, mapping.period, mapping.fingerprint))
    )


# Words


_MARKS: Final = re.compile(r"[^\w%]+")


def normalised(text: str) -> str:
    """What two names must share to be the same name: "Indeks  Kepuasan (Masyarakat)" → "indeks kepuasan masyarakat"."""
    return _MARKS.sub(" ", text.casefold().replace("_", " ")).strip()


_HEADINGS: Final = {
    CODE: ("kode", "kode indikator", "kode iku", "no iku", "nomor iku", "kode ikk"),
    INDICATOR: (
        "indikator", "indikator kinerja", "nama indikator", "indikator kinerja utama", "iku", "uraian indikator",
        "indikator sasaran", "indikator kinerja kunci", "nama iku",
    ),
    VARIABLE: (
        "variabel", "data", "uraian data", "uraian", "data yang diminta", "komponen", "unsur", "rincian", "rincian data",
        "data dasar", "nama data", "nama variabel", "pembilang penyebut", "elemen data",
    ),
    UNIT: ("unit", "unit kerja", "seksi", "bidang", "penanggung jawab", "unit pengampu", "pengampu", "nama unit"),
    PERIOD: ("periode", "bulan", "triwulan", "tw", "waktu", "periode data", "masa", "semester", "bulan triwulan"),
    YEAR: ("tahun", "tahun data"),
    VALUE: ("nilai", "realisasi", "angka", "isian", "hasil", "realisasi kinerja", "nilai realisasi", "nilai data", "jumlah"),
    NOTE: ("catatan", "keterangan", "ket", "penjelasan"),
}  # fmt: skip
_NOT_ACTUAL: Final = ("target", "capaian", "anggaran", "pagu", "persentase capaian")
_SAME_HEADING: Final = 0.86
_TOTALS: Final = (
    "jumlah", "total", "jumlah total", "grand total", "sub total", "subtotal", "rata rata", "rerata", "jumlah seluruhnya",
    "jumlah keseluruhan", "total keseluruhan",
)  # fmt: skip
_BLANKS: Final = ("-", "–", "—", "n/a", "N/A", "…", "...")

_MONTH_NAMES: Final = {name.casefold(): index for index, name in enumerate(MONTHS, start=1)} | {
    "jan": 1, "feb": 2, "peb": 2, "pebruari": 2, "mar": 3, "mrt": 3, "apr": 4, "jun": 6, "jul": 7, "agt": 8, "agu": 8,
    "ags": 8, "agust": 8, "agus": 8, "sep": 9, "sept": 9, "okt": 10, "nop": 11, "nov": 11, "nopember": 11, "des": 12,
}  # fmt: skip
_ORDINALS: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_MOMENT: Final = re.compile(
    r"(?:periode )?(?:realisasi |nilai |data )?(?:s d |sampai dengan )?"
    r"(?:(?P<quarter>triwulan|tw|twl|trw|semester|smt|s) ?(?P<ordinal>iv|iii|ii|i|[1-4])|(?:bulan )?(?P<month>[a-z]+))?"
    r" ?(?:(?:tahun )?(?P<year>20[0-9]{2}))?"
)
_STATED_YEAR: Final = re.compile(r"tahun(?: anggaran)?\W{0,5}(20[0-9]{2})(?![0-9])", re.IGNORECASE)
_YEARS: Final = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")


class _Moment(NamedTuple):
    """A period as far as a text says it: "TW III" has no year; "2026" has no part."""

    year: int | None
    part: str

    def code(self, year: int | None) -> str | None:
        """The period's code, `year` standing in where the text has none; None when it is no period."""
        year = self.year or year
        if year is None:
            return None
        try:
            return Period.parse(f"{year}-{self.part}" if self.part != "tahun" else f"{year}").code
        except PeriodUnreadable:
            return None


def _moment(content: Content) -> _Moment | None:
    """The period a heading or a cell speaks of, or None."""
    if isinstance(content, date):
        return _Moment(content.year, f"{content.month:02d}") if content.day == 1 else None
    text = text_of(content)
    try:
        period = Period.parse(text)
    except PeriodUnreadable:
        return _moment_in_words(normalised(text))
    return _Moment(period.year, period.code[5:] or "tahun") if period.year in YEARS else None


def _moment_in_words(text: str) -> _Moment | None:
    match = _MOMENT.fullmatch(text)
    if match is None or not text:
        return None
    year = int(match["year"]) if match["year"] else None
    if match["quarter"]:
        index = _ORDINALS[match["ordinal"]]
        if match["quarter"] not in ("semester", "smt", "s"):
            return _Moment(year, f"TW{index}")
        return _Moment(year, f"S{index}") if index <= 2 else None
    if match["month"] in _MONTH_NAMES:
        return _Moment(year, f"{_MONTH_NAMES[match['month']]:02d}")
    return _Moment(year, "tahun") if year and match["month"] in (None, "tahun") else None


# Headings


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
    moments: dict[int, _Moment]
    targets: int

    @property
    def score(self) -> tuple[int, int]:
        """How much of it was understood; of two that say as much the one with fewer rows."""
        periods = len(set(self.moments.values()))
        return len(self.columns) + (periods if periods > 1 else 0) + self.targets, self.top - self.bottom


_LOOK_AT_ROWS: Final = 30


def _find_header(sheet: Sheet) -> _Header | None:
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
    texts = {normalised(heading.text), normalised(_YEARS.sub("", heading.text))}
    return max((_role_of(text) for text in texts if text), key=lambda each: each[1], default=("", 0.0))


@lru_cache(maxsize=4_096)
def _role_of(text: str) -> tuple[str, float]:
    best = ("", 0.0)
    for role, words in _HEADINGS.items():
        for word in words:
            matcher = difflib.SequenceMatcher(None, text, word)
            if matcher.real_quick_ratio() < _SAME_HEADING or matcher.quick_ratio() < _SAME_HEADING:
                continue
            likeness = matcher.ratio()
            if likeness >= _SAME_HEADING and likeness > best[1]:
                best = (role, likeness)
    return best


def _moments(headings: tuple[_Heading, ...]) -> tuple[dict[int, _Moment], int]:
    """The columns that are periods of actual figures; and how many are periods of targets and the like."""
    targets = 0
    found: dict[int, _Moment] = {}
    romans = {normalised(heading.text) for heading in headings} >= {"i", "ii", "iii", "iv"}
    for heading in headings:
        whole = normalised(heading.whole)
        text = normalised(heading.text)
        moment = _moment(heading.content if isinstance(heading.content, date) else heading.text)
        if moment is None and text in ("i", "ii", "iii", "iv") and (romans or "triwulan" in whole):
            moment = _Moment(None, f"TW{_ORDINALS[text]}")
        if moment is None:
            continue
        if any(word in whole for word in _NOT_ACTUAL):
            targets += 1
            continue
        years = set(_YEARS.findall(heading.whole))
        if moment.year is None and len(years) == 1:
            moment = _Moment(int(years.pop()), moment.part)
        found[heading.column] = moment
    return found, targets


# Guessing and remembering


def guess(book: Book) -> Mapping:
    """The likeliest mapping, for a person to confirm. Raises `MappingUnfit` when no sheet has headings that say anything."""
    found = [
        (header.score, -place, sheet, header)
        for place, sheet in enumerate(book.sheets)
        if (header := _find_header(sheet))
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
        mapping = replace(mapping, period=_stated_period(sheet, header, mapping.year))
    return replace(mapping, blanks=_blanks_in(sheet, mapping), carry=_has_gaps(sheet, mapping))


def fingerprint(sheet: Sheet) -> str:
    """SHA-256 of the headings and where they stand; the year of the headings does not count when there is only one."""
    header = _find_header(sheet)
    rows = range(header.top, header.bottom + 1) if header else range(1, min(len(sheet.rows), 10) + 1)
    texts = [
        (row, column, " ".join(text_of(content).split()))
        for row in rows
        for column, content in enumerate(sheet.rows[row - 1], start=1)
        if content is not None
    ]
    if len({year for _, _, text in texts for year in _YEARS.findall(text)}) == 1:
        texts = [(row, column, _YEARS.sub("YYYY", text)) for row, column, text in texts]
    content = json.dumps([(row, column, normalised(text)) for row, column, text in texts], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def renewed(mapping: Mapping, book: Book) -> Mapping:
    """A remembered mapping for this workbook: the same columns, and the year and period that the sheet itself states."""
    sheet = _sheet_of(mapping, book)
    header = _find_header(sheet)
    if header is None:
        return mapping
    year = _stated_year(sheet, header) or mapping.year
    period = mapping.period and (_stated_period(sheet, header, year) or mapping.period)
    return replace(mapping, sheet=sheet.name, year=year, period=period)


def _periods(header: _Header, year: int | None) -> dict[int, str]:
    """Column → part of `year`, or a whole code where the heading names another year. Of two alike none is guessed."""
    parts = {
        column: moment.part if moment.year in (None, year) else (moment.code(None) or moment.part)
        for column, moment in header.moments.items()
    }
    found = list(parts.values())
    return {column: part for column, part in parts.items() if found.count(part) == 1}


def _titles(sheet: Sheet, header: _Header) -> list[str]:
    return [text_of(content) for row in sheet.rows[: header.top - 1] for content in row if content is not None]


def _stated_year(sheet: Sheet, header: _Header) -> int | None:
    """The year that the headings, the titles above them or the sheet's name state; None when none or several do."""
    places = ([heading.whole for heading in header.headings], _titles(sheet, header), [sheet.name])
    for texts in places:
        years = {int(year) for text in texts for year in _YEARS.findall(text)}
        if len(years) == 1:
            return years.pop()
        if years and texts is places[0]:
            return None
    return None


def _stated_period(sheet: Sheet, header: _Header, year: int | None) -> str:
    """The one period that a title above the headings names: "Periode : Triwulan II 2026"."""
    codes = {
        moment.code(year)
        for text in [*_titles(sheet, header), sheet.name]
        if (moment := _moment_in_words(normalised(text))) and moment.part != "tahun"
    } - {None}
    return codes.pop() or "" if len(codes) == 1 else ""


def _value_columns(mapping: Mapping, resolved: dict[str, int]) -> dict[int, str]:
    """The columns with figures → the period part ("" when it stands elsewhere)."""
    if mapping.shape == WIDE:
        return dict(sorted(mapping.periods.items()))
    return {resolved[VALUE]: ""} if VALUE in resolved else {}


def _blanks_in(sheet: Sheet, mapping: Mapping) -> tuple[str, ...]:
    columns = _value_columns(mapping, _resolved(mapping, sheet))
    used = {
        text_of(sheet.cell(row, column)).strip()
        for row in range(mapping.header_row + 1, len(sheet.rows) + 1)
        for column in columns
    }
    return tuple(sign for sign in _BLANKS if sign in used)


def _has_gaps(sheet: Sheet, mapping: Mapping) -> bool:
    """Whether rows with a variable but no indicator follow rows that have one, without merging."""
    columns = _resolved(mapping, sheet)
    keys = [columns[role] for role in (CODE, INDICATOR) if role in columns]
    if not keys or VARIABLE not in columns:
        return False
    return any(
        sheet.cell(row, columns[VARIABLE]) is not None and all(sheet.cell(row, key) is None for key in keys)
        for row in range(mapping.header_row + 2, len(sheet.rows) + 1)
    )


# Applying


def missing(mapping: Mapping) -> tuple[str, ...]:
    """What a person still has to choose before the mapping can be applied; () when nothing."""
    lacks = []
    if not {CODE, INDICATOR} & set(mapping.columns):
        lacks.append("kolom indikator atau kode")
    if mapping.shape == LONG and VALUE not in mapping.columns:
        lacks.append("kolom nilai")
    if mapping.shape == LONG and PERIOD not in mapping.columns and not mapping.period:
        lacks.append("kolom periode, atau satu periode untuk semua baris")
    if mapping.shape == WIDE and not mapping.periods:
        lacks.append("kolom setiap periode")
    if (
        mapping.shape == WIDE
        and mapping.year is None
        and any(len(part) < 4 or part == "tahun" for part in mapping.periods.values())
    ):
        lacks.append("tahun")
    return tuple(lacks)


def apply(
    mapping: Mapping, book: Book, indicators: Sequence[tuple[str, str, Sequence[tuple[str, str, str]]]]
) -> tuple[tuple[FigureRow, ...], tuple[Wrong, ...]]:
    """The figures of the sheet, and every cell that was not taken with the cause, in the order of rows.

    `indicators`: (code, name, ((variable name, label, kind), …)). Raises `MappingUnfit` for a sheet that is not there,
    other headings than the mapping was made for, a sheet nobody knows, or a mapping that is not complete.
    """
    sheet = _checked_sheet(mapping, book)
    reading = _Reading(mapping, sheet, [KnownIndicator(*each) for each in indicators])
    reading.read()
    return tuple(reading.rows), tuple(sorted(reading.wrong, key=lambda wrong: wrong.row))


def _sheet_of(mapping: Mapping, book: Book) -> Sheet:
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


def _checked_sheet(mapping: Mapping, book: Book) -> Sheet:
    sheet = _sheet_of(mapping, book)
    unknown = [
        each.name for each in book.sheets if each is not sheet and each.name not in (mapping.sheet, *mapping.others)
    ]
    if unknown:
        raise MappingUnfit(
            f"Ada lembar “{unknown[0]}” yang tidak dikenal pemetaan ini. Hapus lembar itu, atau tandai sebagai lembar yang tidak dibaca."
        )
    if mapping.fingerprint and fingerprint(sheet) != mapping.fingerprint:
        raise MappingUnfit(
            f"Judul kolom lembar “{sheet.name}” tidak sama dengan saat pemetaan dibuat. Periksa lembarnya, atau buat pemetaan baru."
        )
    _check_stated(mapping, sheet)
    if lacks := missing(mapping):
        raise MappingUnfit(f"Pemetaan belum lengkap: pilih {'; '.join(lacks)}.")
    return sheet


def _check_stated(mapping: Mapping, sheet: Sheet) -> None:
    """A sheet that says it is of another year or period is not read as that of the mapping."""
    header = _find_header(sheet)
    if header is None:
        return
    texts = [*(heading.whole for heading in header.headings), *_titles(sheet, header)]
    years = {int(found) for text in texts for found in _STATED_YEAR.findall(text)}
    if years and mapping.year is not None and mapping.year not in years:
        raise MappingUnfit(
            f"Lembar “{sheet.name}” menyebut tahun {min(years)}, sedangkan pemetaannya untuk {mapping.year}. Sesuaikan tahunnya."
        )
    period = _stated_period(sheet, header, mapping.year)
    if mapping.period and period and period != mapping.period:
        raise MappingUnfit(
            f"Lembar “{sheet.name}” menyebut periode {period}, sedangkan pemetaannya untuk {mapping.period}. Sesuaikan periodenya."
        )


def _resolved(mapping: Mapping, sheet: Sheet) -> dict[str, int]:
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


class _Reading:
    """Walks the rows below the headings. What is not taken is told; a row without any figure says nothing."""

    def __init__(self, mapping: Mapping, sheet: Sheet, indicators: list[KnownIndicator]) -> None:
        self.mapping, self.sheet = mapping, sheet
        self.columns = _resolved(mapping, sheet)
        self.values = _value_columns(mapping, self.columns)
        self.names = _Names(indicators)
        self.rows: list[FigureRow] = []
        self.wrong: list[Wrong] = []
        self._taken: dict[tuple[str, str, str, str], str] = {}
        self._indicator: KnownIndicator | None = None
        self._merged = self._merged_rows()

    def read(self) -> None:
        for row in range(self.mapping.header_row + 1, len(self.sheet.rows) + 1):
            if row == self.mapping.header_row + 1 and self._is_numbering(row):
                continue
            self._read_row(row)

    def _tell(self, row: int, column: int, cause: str, value: str | None = None) -> None:
        heading = " ".join(text_of(self.sheet.cell(self.mapping.header_row, column)).split())
        where = f"{heading} ({address(row, column)})" if heading else address(row, column)
        shown = text_of(self.sheet.cell(row, column)) if value is None else value
        self.wrong.append(Wrong(row, where, shown[:200], cause, self.sheet.name))

    def _text(self, row: int, role: str) -> str:
        column = self.columns.get(role)
        return " ".join(text_of(self.sheet.cell(row, column)).split()) if column else ""

    def _merged_rows(self) -> set[int]:
        """Rows below the headings that a merged area makes unclear; each area is told once."""
        used = {*self.columns.values(), *self.values}
        rows: set[int] = set()
        for area in self.sheet.merged:
            top, left, bottom, right = corners(area)
            top = max(top, self.mapping.header_row + 1)
            if top > bottom or not any(left <= column <= right for column in used):
                continue
            if not any(self._figures(row) for row in range(top, min(bottom, len(self.sheet.rows)) + 1)):
                continue
            rows.update(range(top, min(bottom, len(self.sheet.rows)) + 1))
            self._tell(
                top,
                left,
                f"Sel {area} digabungkan, sehingga tidak jelas milik baris mana. Pisahkan selnya dan isi setiap baris.",
            )
        return rows

    def _figures(self, row: int) -> list[int]:
        """The columns of this row that hold something where figures are read."""
        signs = {normalised(sign) or sign for sign in self.mapping.blanks}
        found = []
        for column in self.values:
            text = text_of(self.sheet.cell(row, column)).strip()
            if (text and (normalised(text) or text) not in signs) or address(row, column) in self.sheet.formulas:
                found.append(column)
        return found

    def _is_numbering(self, row: int) -> bool:
        """The row "(1) (2) (3)…" below the headings."""
        digits = [
            re.sub(r"[^0-9]", "", text_of(content)) for content in self.sheet.rows[row - 1] if content is not None
        ]
        texts = [text_of(content).strip(" ()") for content in self.sheet.rows[row - 1] if content is not None]
        return len(digits) > 2 and texts == digits == [str(number) for number in range(1, len(digits) + 1)]

    def _read_row(self, row: int) -> None:
        figures = self._figures(row)
        indicator = self._find_indicator(row, tell=bool(figures) and row not in self._merged)
        if not figures or row in self._merged or indicator is None:
            return
        variable = self._find_variable(row, indicator)
        if variable is None:
            return
        for column in figures:
            self._read_figure(row, column, indicator, variable)

    def _find_indicator(self, row: int, *, tell: bool) -> KnownIndicator | None:
        """The row's indicator. Without `tell` the row holds no figure: it may only name the indicator of rows below."""
        code, name = self._text(row, CODE), self._text(row, INDICATOR)
        if not code and not name:
            return self._carried(row, tell=tell)
        by_code, by_name = self.names.indicator(code), self.names.indicator(name)
        found = by_code or by_name
        self._indicator = found
        place = self.columns[CODE] if code else self.columns[INDICATOR]
        cause = ""
        if normalised(code) in _TOTALS or normalised(name) in _TOTALS:
            cause = "Baris jumlah tidak diambil, karena Himpun menjumlah sendiri. Hapus baris ini."
        elif found is None or (code and name and not _agree(by_code, by_name, name)):
            place, cause = self._unmatched(code, name, by_code, by_name)
        if cause:
            self._indicator = None
            if tell:
                self._tell(row, place, cause)
            return None
        return found

    def _unmatched(
        self, code: str, name: str, by_code: KnownIndicator | None, by_name: KnownIndicator | None
    ) -> tuple[int, str]:
        if by_code and by_name:
            return self.columns[
                INDICATOR
            ], f"Kode {by_code.code} dan nama ini tidak sejalan; nama ini milik {by_name.code}. Perbaiki salah satunya."
        if code and by_code is None:
            return self.columns[CODE], f"Kode “{code}” tidak ada dalam kamus.{self.names.nearest_indicator(code)}"
        if by_code:
            return (
                self.columns[INDICATOR],
                f"Nama ini bukan nama {by_code.code} dalam kamus, yaitu “{by_code.name}”. Perbaiki nama atau kodenya.",
            )
        return self.columns[INDICATOR], self.names.why_not(name)

    def _carried(self, row: int, *, tell: bool) -> KnownIndicator | None:
        """The indicator above, when the mapping carries; below the table signatures and dates are no figures."""
        if self.mapping.carry and self._indicator is not None and self._text(row, VARIABLE):
            return self._indicator
        if not tell or not (
            self._text(row, VARIABLE) or any(self._looks_like_figure(row, column) for column in self.values)
        ):
            return None
        if normalised(self._text(row, VARIABLE)) in _TOTALS:
            self._tell(
                row,
                self.columns[VARIABLE],
                "Baris jumlah tidak diambil, karena Himpun menjumlah sendiri. Hapus baris ini.",
            )
            return None
        first = self.columns.get(CODE) or self.columns[INDICATOR]
        self._tell(row, first, "Indikatornya kosong. Tulis kode atau nama indikator pada baris ini.")
        return None

    def _looks_like_figure(self, row: int, column: int) -> bool:
        content = self.sheet.cell(row, column)
        if not isinstance(content, str):
            return content is not None
        return address(row, column) in self.sheet.formulas or _reading_of(content) is not None

    def _find_variable(self, row: int, indicator: KnownIndicator) -> str | None:
        text = self._text(row, VARIABLE)
        variables = [KnownVariable(*each) for each in indicator.variables]
        found = _variables_named(text, variables) if text else variables
        if len(found) == 1:
            return found[0].name
        names = ", ".join(f"“{each.label}”" for each in variables)
        place = self.columns.get(VARIABLE) or self.columns.get(INDICATOR) or self.columns[CODE]
        if normalised(text) in _TOTALS:
            cause = "Baris jumlah tidak diambil, karena Himpun menjumlah sendiri. Hapus baris ini."
        elif not variables:
            cause = f"{indicator.code} tidak meminta angka dalam kamus."
        elif not text:
            cause = f"{indicator.code} meminta lebih dari satu data. Sebutkan yang mana: {names}."
        else:
            near = difflib.get_close_matches(normalised(text), [normalised(each.label) for each in variables], 1, 0.5)
            meant = next((each.label for each in variables if near and normalised(each.label) == near[0]), "")
            cause = f"Data “{text[:90]}” tidak ada pada {indicator.code}. " + (
                f"Mungkin maksudnya “{meant}”; tulis persis begitu." if meant else f"Yang ada: {names}."
            )
        self._tell(row, place, cause)
        return None

    def _read_figure(self, row: int, column: int, indicator: KnownIndicator, variable: str) -> None:
        content = self.sheet.cell(row, column)
        kind = next((each[2] for each in indicator.variables if each[0] == variable), "")
        cause, doubt = self._judge(row, column, content, kind)
        if cause:
            self._tell(row, column, cause)
            return
        period = self._period(row, column)
        if period is None:
            return
        unit = self._text(row, UNIT)
        key = indicator.code, variable, period, unit
        if key in self._taken:
            self._tell(row, column, f"Angka ini sudah ada di sel {self._taken[key]}. Hapus salah satunya.")
            return
        self._taken[key] = address(row, column)
        typed = content if isinstance(content, Decimal) else text_of(content).strip()
        self.rows.append(
            FigureRow(row, column, indicator.code, variable, period, typed, self._text(row, NOTE), unit, doubt)
        )

    def _judge(self, row: int, column: int, content: Content, kind: str) -> tuple[str, str]:
        """(why the cell is not taken, how an unclear number is read)."""
        where = address(row, column)
        if where in self.sheet.formulas:
            return "Ada rumus di sel ini. Ganti dengan nilainya (salin, lalu Tempel Khusus → Nilai).", ""
        cause = unfit(content, where in self.sheet.percents)
        if cause or not isinstance(content, str):
            return cause, ""
        doubt = _reading_of(content)
        if doubt is None and kind in ("pembilang", "penyebut"):
            return (
                f"“{content.strip()[:40]}” bukan angka. Tulis angka seperti 1.234,5; keterangan ditulis di kolom catatan.",
                "",
            )
        return "", doubt or ""

    def _period(self, row: int, column: int) -> str | None:
        part = self.values[column]
        if part:
            moment = _Moment(None, part) if not _YEARS.match(part) else _moment(part)
            code = moment.code(self.mapping.year) if moment else None
            if code is None:
                self._tell(row, column, "Periode kolom ini tidak dapat dibaca. Pilih periodenya dalam pemetaan.")
            return code
        if PERIOD not in self.columns:
            return self.mapping.period
        return self._period_of_row(row)

    def _period_of_row(self, row: int) -> str | None:
        content = self.sheet.cell(row, self.columns[PERIOD])
        moment = _moment(content) or self._bare_period(content)
        year_text = self._text(row, YEAR)
        year = int(year_text) if _YEARS.fullmatch(year_text) else self.mapping.year
        code = moment.code(year) if moment else None
        if code is None:
            year_help = "" if moment is None or moment.year or year else " Tahunnya tidak tertulis; sebutkan tahunnya."
            self._tell(
                row, self.columns[PERIOD],
                "Periodenya tidak dapat dibaca. Tulis seperti Triwulan III 2026, Agustus 2026, 2026-TW3, atau 2026-08." + year_help,
            )  # fmt: skip
        return code

    def _bare_period(self, content: Content) -> _Moment | None:
        """ "III" or 3 below a heading "Triwulan", "Bulan" or "Semester"."""
        heading = normalised(text_of(self.sheet.cell(self.mapping.header_row, self.columns[PERIOD])))
        text = normalised(text_of(content))
        if "bulan" in heading and "triwulan" not in heading and text.isdecimal() and 1 <= int(text) <= 12:
            return _Moment(None, f"{int(text):02d}")
        if text in _ORDINALS and heading in ("triwulan", "tw"):
            return _Moment(None, f"TW{_ORDINALS[text]}")
        if text in _ORDINALS and heading == "semester" and _ORDINALS[text] <= 2:
            return _Moment(None, f"S{_ORDINALS[text]}")
        return None


_SANE_NAME: Final = 0.6


def _agree(by_code: KnownIndicator | None, by_name: KnownIndicator | None, name: str) -> bool:
    """Whether the name beside a code is that of the same indicator; in other words is enough, as the code decides."""
    if by_code is None or by_name is not None:
        return by_code == by_name
    return difflib.SequenceMatcher(None, normalised(name), normalised(by_code.name)).ratio() >= _SANE_NAME


def _reading_of(text: str) -> str | None:
    """What is unclear about a number in text ("" when nothing is); None when it is no number."""
    try:
        return guess_number(text).why
    except NumberUnreadable:
        return None


def _variables_named(text: str, variables: list[KnownVariable]) -> list[KnownVariable]:
    """The variables of that name or label; failing that of that kind ("Pembilang")."""
    key = normalised(text)
    named = [each for each in variables if key in (normalised(each.name), normalised(each.label))]
    return named or [each for each in variables if key == normalised(each.kind)]


class _Names:
    """The dictionary's indicators by normalised code, name, and code with name."""

    def __init__(self, indicators: Iterable[KnownIndicator]) -> None:
        self.indicators = tuple(indicators)
        self._by_key: dict[str, list[KnownIndicator]] = {}
        for each in self.indicators:
            for key in {normalised(each.code), normalised(each.name), normalised(f"{each.code} {each.name}")} - {""}:
                self._by_key.setdefault(key, []).append(each)

    def indicator(self, text: str) -> KnownIndicator | None:
        found = self._by_key.get(normalised(text), [])
        return found[0] if len(found) == 1 else None

    def why_not(self, name: str) -> str:
        several = self._by_key.get(normalised(name), [])
        if len(several) > 1:
            return f"Nama ini dipakai beberapa indikator ({', '.join(each.code for each in several)}). Tulis kodenya."
        return f"Indikator ini tidak ada dalam kamus.{self.nearest_indicator(name)}"

    def nearest_indicator(self, text: str) -> str:
        """A hint at the nearest entry: " Mungkin maksudnya …" or "" when none is near."""
        near = difflib.get_close_matches(normalised(text), list(self._by_key), 1, 0.6)
        if not near:
            return " Periksa kamus, atau pilih pemetaan lain."
        meant = self._by_key[near[0]][0]
        return f" Mungkin maksudnya {meant.code} “{meant.name}”; tulis persis begitu, atau tulis kodenya."
