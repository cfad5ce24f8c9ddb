"""Offices' own sheets: how a sheet of any shape becomes figures, as a mapping that a person confirms and Himpun keeps.

Pure. Two shapes: "panjang" (a row for each figure) and "lebar" (a row for each indicator or variable, a column for each
period). `guess` proposes from the headings, generously, because a person looks at it. `apply` takes nothing by
resemblance: a name matches when it is the same but for case, spaces and punctuation, or it is told with the nearest
name. A remembered mapping is found again by the sheet's `fingerprint`, and applies to no sheet with other headings.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from himpun.indicators.figures.mapping.headings import (
    continues,
    find_header,
    fingerprint,
    headings_at,
    resolve,
    sheet_of,
    stated_period,
    titles,
    value_columns,
)
from himpun.indicators.figures.mapping.stacks import names_a_target
from himpun.indicators.figures.mapping.values import (
    CODE,
    INDICATOR,
    LONG,
    NOTE,
    ORDINALS,
    PERIOD,
    STATED_YEAR,
    STATED_YEARS,
    TOTALS,
    UNIT,
    VALUE,
    VARIABLE,
    WIDE,
    YEAR,
    FigureRow,
    KnownIndicator,
    KnownVariable,
    Mapping,
    MappingUnfit,
    Moment,
    moment_named,
    normalised,
)
from himpun.measure.cells.columns import Convention, conventions
from himpun.measure.cells.doors import Door, Taken, take
from himpun.measure.cells.parts import Cell, Kind
from himpun.measure.cells.reading import read_cell
from himpun.measure.numbers import NumberUnreadable, unfit
from himpun.spreadsheets.book import Book, Content, Sheet, Wrong, address, column_letter, corners, text_of
from himpun.spreadsheets.csv import torn_rows

Units = dict[tuple[str, str], str]
"""Units by indicator and variable."""

# --- applying --------------------------------------------------------------------------------------------------------


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
    mapping: Mapping,
    book: Book,
    indicators: Sequence[tuple[str, str, Sequence[tuple[str, str, str]]]],
    units: Units | None = None,
    *,
    hidden: bool = False,
) -> tuple[tuple[FigureRow, ...], tuple[Wrong, ...]]:
    """The figures of the sheet, and every cell that was not taken with the cause, in the order of rows.

    `indicators`: (code, name, ((variable name, label, kind), …)); `units` those of their
    variables, by code and name. How a column writes its numbers is read from all
    its rows before any is taken. Raises `MappingUnfit` for a sheet that is not there,
    other headings than the mapping was made for, a sheet nobody knows, or a mapping that is not complete.
    """
    sheet = _checked_sheet(mapping, book)
    reading = _Reading(mapping, sheet, [KnownIndicator(*each) for each in indicators], units or {}, hidden=hidden)
    reading.read()
    return tuple(reading.rows), tuple(sorted(reading.wrong, key=lambda wrong: wrong.row))


def _checked_sheet(mapping: Mapping, book: Book) -> Sheet:
    sheet = sheet_of(mapping, book)
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
    if below := continues(sheet, mapping.header_row):
        raise MappingUnfit(
            f"Di bawah baris {mapping.header_row} masih ada judul kolom: {below}. Pilih baris terakhir dari judulnya."
        )
    _check_stated(mapping, sheet)
    if lacks := missing(mapping):
        raise MappingUnfit(f"Pemetaan belum lengkap: pilih {'; '.join(lacks)}.")
    return sheet


def _check_stated(mapping: Mapping, sheet: Sheet) -> None:
    """A sheet that says it is of another year or period is not read as that of the mapping."""
    header = find_header(sheet)
    if header is None:
        return
    texts = [*(heading.whole for heading in header.headings), *titles(sheet, header)]
    years = {int(found) for text in texts for found in STATED_YEAR.findall(text)}
    if years and mapping.year is not None and mapping.year not in years:
        raise MappingUnfit(
            f"Lembar “{sheet.name}” menyebut tahun {min(years)}, sedangkan pemetaannya untuk {mapping.year}. Sesuaikan tahunnya."
        )
    period = stated_period(sheet, header, mapping.year)
    if mapping.period and period and period != mapping.period:
        raise MappingUnfit(
            f"Lembar “{sheet.name}” menyebut periode {period}, sedangkan pemetaannya untuk {mapping.period}. Sesuaikan periodenya."
        )


class Unseen(NamedTuple):
    """Figures that stand where nobody sees them: `rows` and `columns` that hold some, and how many they are."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    figures: int
    filtered: bool

    @property
    def rows_said(self) -> str:
        """ "5, 7–9"; of very many the first."""
        spans: list[list[int]] = []
        for row in self.rows:
            if spans and spans[-1][-1] == row - 1:
                spans[-1].append(row)
            else:
                spans.append([row])
        shown = [f"{span[0]}–{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans]
        return ", ".join(shown[:_MOST_SPANS]) + (", …" if len(shown) > _MOST_SPANS else "")

    @property
    def columns_said(self) -> str:
        """ "F, H"."""
        return ", ".join(column_letter(column) for column in self.columns)


_MOST_SPANS: Final = 12


def unseen(mapping: Mapping, book: Book) -> Unseen:
    """What the sheet hides of its figures; a target or a note in a hidden column is not counted."""
    sheet = sheet_of(mapping, book)
    blanks = {normalised(sign) or sign for sign in mapping.blanks}
    columns = value_columns(mapping, resolve(mapping, sheet))
    places = [
        (row, column)
        for row in range(mapping.header_row + 1, len(sheet.rows) + 1)
        for column in columns
        if (row in sheet.hidden_rows or column in sheet.hidden_columns) and holds_something(sheet, row, column, blanks)
    ]
    return Unseen(
        tuple(sorted({row for row, _ in places if row in sheet.hidden_rows})),
        tuple(sorted({column for _, column in places if column in sheet.hidden_columns})),
        len(places),
        sheet.filtered,
    )


def holds_something(sheet: Sheet, row: int, column: int, blanks: set[str]) -> bool:
    """Whether a cell is filled, with more than a sign that stands for no data."""
    text = text_of(sheet.cell(row, column)).strip()
    return bool(text and (normalised(text) or text) not in blanks) or address(row, column) in sheet.formulas


class _Reading:
    """Walks the rows below the headings. What is not taken is told; a row without any figure says nothing."""

    def __init__(
        self, mapping: Mapping, sheet: Sheet, indicators: list[KnownIndicator], units: Units, *, hidden: bool
    ) -> None:
        self.mapping, self.sheet, self.units, self.hidden = mapping, sheet, units, hidden
        self.headings = headings_at(sheet, mapping.header_row)
        self.columns = resolve(mapping, sheet)
        self.values = value_columns(mapping, self.columns)
        self.names = _Names(indicators)
        self._blanks = {normalised(sign) or sign for sign in mapping.blanks}
        self.rows: list[FigureRow] = []
        self.wrong: list[Wrong] = []
        self._taken: dict[tuple[str, str, str, str], str] = {}
        self._indicator: KnownIndicator | None = None
        self._conventions = self._by_column()
        self._merged = self._merged_rows()
        header = find_header(sheet)
        self._torn = torn_rows(
            sheet, min(header.top if header else mapping.header_row, mapping.header_row), mapping.header_row
        )
        self.wrong += self._torn.values()

    def read(self) -> None:
        for row in range(self.mapping.header_row + 1, len(self.sheet.rows) + 1):
            if row in self._torn or (row == self.mapping.header_row + 1 and self._is_numbering(row)):
                continue
            self._read_row(row)

    def _by_column(self) -> dict[int, Convention]:
        rows = range(self.mapping.header_row + 1, len(self.sheet.rows) + 1)
        return conventions({column: [self.sheet.cell(row, column) for row in rows] for column in self.values})

    def _tell(self, row: int, column: int, cause: str, value: str | None = None) -> None:
        heading = self.headings[column].name if column in self.headings else ""
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
        """The columns of this row that hold something where figures are read, and which are seen or wanted all the same."""
        if row in self.sheet.hidden_rows and not self.hidden:
            return []
        return [
            column
            for column in self.values
            if (self.hidden or column not in self.sheet.hidden_columns)
            and holds_something(self.sheet, row, column, self._blanks)
        ]

    def _is_numbering(self, row: int) -> bool:
        """The row "(1) (2) (3)…" below the headings."""
        texts = [text_of(content).strip(" ()") for content in self.sheet.rows[row - 1] if content is not None]
        digits = [re.sub(r"\s*[=:].*", "", text) for text in texts]  # "6 = 5/4 x 100" is column six
        return len(digits) > 2 and digits == [str(number) for number in range(1, len(digits) + 1)]

    def _read_row(self, row: int) -> None:
        figures = self._figures(row)
        indicator = self._find_indicator(row, tell=bool(figures) and row not in self._merged)
        if not figures or row in self._merged or indicator is None:
            return
        if label := self._target_label(row, indicator):
            self._tell(row, label, "Baris ini berisi target atau capaian, bukan realisasi; tidak diambil.")
            return
        variable = self._find_variable(row, indicator)
        if variable is None:
            return
        for column in figures:
            self._read_figure(row, column, indicator, variable)

    def _target_label(self, row: int, indicator: KnownIndicator) -> int | None:
        """The column of a cell beside the figures that says "Target" or "Capaian"; None where none does."""
        notes = {self.columns.get(role) for role in (CODE, INDICATOR, UNIT, NOTE)}
        first = min(self.values)
        for column in range(1, first):
            text = text_of(self.sheet.cell(row, column))
            is_variable = bool(_variables_named(text, [KnownVariable(*each) for each in indicator.variables]))
            if column not in notes and names_a_target(text) and not is_variable:
                return column
        return None

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
        if normalised(code) in TOTALS or normalised(name) in TOTALS:
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
        if normalised(self._text(row, VARIABLE)) in TOTALS:
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
        return address(row, column) in self.sheet.formulas or _has_number(read_cell(content))

    def _find_variable(self, row: int, indicator: KnownIndicator) -> str | None:
        text = self._text(row, VARIABLE)
        variables = [KnownVariable(*each) for each in indicator.variables]
        found = _variables_named(text, variables) if text else variables
        if len(found) == 1:
            return found[0].name
        names = ", ".join(f"“{each.label}”" for each in variables)
        place = self.columns.get(VARIABLE) or self.columns.get(INDICATOR) or self.columns[CODE]
        if normalised(text) in TOTALS:
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
        cause, taken = self._judge(row, column, kind, self.units.get((indicator.code, variable), ""))
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
            FigureRow(
                row,
                column,
                indicator.code,
                variable,
                period,
                typed,
                self._text(row, NOTE),
                unit,
                taken.note,
                taken.value,
            )
        )

    def _judge(self, row: int, column: int, kind: str, unit: str) -> tuple[str, Taken]:
        """(why the cell is not taken, what was read and guessed). Words where a value is asked may be an answer in words."""
        where, nothing, content = address(row, column), Taken(None), self.sheet.cell(row, column)
        if where in self.sheet.formulas:
            return "Ada rumus di sel ini. Ganti dengan nilainya (salin, lalu Tempel Khusus → Nilai).", nothing
        cause = unfit(content, where in self.sheet.percents)
        if cause or not isinstance(content, str):
            return cause, nothing
        cell, counts = read_cell(content), kind in ("pembilang", "penyebut")
        if not counts and (not _has_number(cell) or cell.unit or cell.assumed):
            return "", nothing
        if cell.kind in (Kind.WORDS, Kind.BLANK):
            shown = content.strip()[:40]
            return f"“{shown}” bukan angka. Tulis angka seperti 1.234,5; keterangan ditulis di kolom catatan.", nothing
        try:
            return "", take(content, Door.OWN_SHEET, unit=unit, column=self._conventions[column])
        except NumberUnreadable as error:
            return str(error), nothing

    def _period(self, row: int, column: int) -> str | None:
        part = self.values[column]
        if part:
            moment = Moment(None, part) if not STATED_YEARS.match(part) else moment_named(part)
            code = moment.code(self.mapping.year) if moment else None
            if code is None:
                self._tell(row, column, "Periode kolom ini tidak dapat dibaca. Pilih periodenya dalam pemetaan.")
            return code
        if PERIOD not in self.columns:
            return self.mapping.period
        return self._period_of_row(row)

    def _period_of_row(self, row: int) -> str | None:
        content = self.sheet.cell(row, self.columns[PERIOD])
        moment = moment_named(content) or self._bare_period(content)
        year_text = self._text(row, YEAR)
        year = int(year_text) if STATED_YEARS.fullmatch(year_text) else self.mapping.year
        code = moment.code(year) if moment else None
        if code is None:
            year_help = "" if moment is None or moment.year or year else " Tahunnya tidak tertulis; sebutkan tahunnya."
            self._tell(
                row, self.columns[PERIOD],
                "Periodenya tidak dapat dibaca. Tulis seperti Triwulan III 2026, Agustus 2026, 2026-TW3, atau 2026-08." + year_help,
            )  # fmt: skip
        return code

    def _bare_period(self, content: Content) -> Moment | None:
        """ "III" or 3 below a heading "Triwulan", "Bulan" or "Semester"."""
        heading = normalised(text_of(self.sheet.cell(self.mapping.header_row, self.columns[PERIOD])))
        text = normalised(text_of(content))
        if "bulan" in heading and "triwulan" not in heading and text.isdecimal() and 1 <= int(text) <= 12:
            return Moment(None, f"{int(text):02d}")
        if text in ORDINALS and heading in ("triwulan", "tw"):
            return Moment(None, f"TW{ORDINALS[text]}")
        if text in ORDINALS and heading == "semester" and ORDINALS[text] <= 2:
            return Moment(None, f"S{ORDINALS[text]}")
        return None


_SANE_NAME: Final = 0.6


def _agree(by_code: KnownIndicator | None, by_name: KnownIndicator | None, name: str) -> bool:
    """Whether the name beside a code is that of the same indicator; in other words is enough, as the code decides."""
    if by_code is None or by_name is not None:
        return by_code == by_name
    return difflib.SequenceMatcher(None, normalised(name), normalised(by_code.name)).ratio() >= _SANE_NAME


def _has_number(cell: Cell) -> bool:
    return cell.kind is Kind.NUMBER


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
