"""A workbook of programs as rows: which columns it has, what each cell means, and what is wrong with which cell. Pure.

Two shapes are read. Wide: one row a node, with kode, nama, pagu, pagu perubahan and, if wanted, "realisasi jan" …
"realisasi des", "fisik jan" … "fisik des". Long: one row a node and month, with kode, bulan, realisasi, fisik. A blank
cell says nothing; "-" in a column of money is 0 and is said. Nothing is adopted that was not understood: an unknown column
is kept aside and named, a formula or a merged cell is wrong. What is printed besides is compared (`himpun.budgets.printed`).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from himpun.budgets.amounts import MONTH_NUMBERS, check_money, check_physical, month_number
from himpun.budgets.printed import SPENT_TOTAL, Printed, compared_field, is_above_programs, mismatches, totals
from himpun.budgets.rollup import Level, is_code, parent_of
from himpun.errors import Refusal
from himpun.measure.cells.columns import Convention, convention
from himpun.measure.cells.doors import Door, Taken, take
from himpun.measure.cells.parts import Habit
from himpun.measure.cells.reading import read_cell
from himpun.moments import MONTHS
from himpun.spreadsheets.book import Book, Content, Sheet, Wrong, address, column_letter, text_of
from himpun.spreadsheets.csv import torn_rows

HEADER_WITHIN = 20
"""The row of headings is looked for in so many rows."""

FIELD_OF = {
    "kode": "code",
    "kode program": "code",
    "kode rekening": "code",
    "nama": "name",
    "uraian": "name",
    "nama program": "name",
    "jenjang": "level",
    "level": "level",
    "penanggung jawab": "owner",
    "pagu": "budget",
    "pagu murni": "budget",
    "pagu awal": "budget",
    "pagu perubahan": "revised",
    "pagu sesudah perubahan": "revised",
    "pagu setelah perubahan": "revised",
    "bulan": "month",
    "realisasi": "spent",
    "fisik": "physical",
}
IGNORED = {"no", "nomor", "keterangan", "catatan"}
_LEVELS = {
    "program": Level.PROGRAM,
    "kegiatan": Level.ACTIVITY,
    "sub-kegiatan": Level.SUB_ACTIVITY,
    "sub kegiatan": Level.SUB_ACTIVITY,
    "subkegiatan": Level.SUB_ACTIVITY,
}
_LONGEST_NAME = 300
_RANGE = re.compile(r"([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)")
"""A merged area: column and row of its first and its last cell."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one line of a file says about one node; None where its cell is blank. `headings` names its columns."""

    number: int
    code: str
    name: str | None = None
    level: Level | None = None
    owner: str | None = None
    budget: Decimal | None = None
    revised: Decimal | None = None
    spent: Mapping[int, Decimal] = field(default_factory=dict)
    physical: Mapping[int, Decimal] = field(default_factory=dict)
    month: int | None = None
    headings: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""

    def wrong(self, column: str, value: object, cause: str) -> Wrong:
        """Something wrong in one of this line's cells, named by the column's key."""
        return Wrong(self.number, self.headings.get(column, column), str(value), cause, self.sheet)


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines of a file, everything wrong in it, and what looks odd without being wrong.

    A line with a wrong cell stays among the rows without that cell, so that the shape of the tree can still be judged.
    """

    rows: tuple[Row, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    notes: tuple[str, ...] = ()


def read_budget(book: Book) -> Reading:
    """Read the one sheet of a book that has a heading "kode"."""
    found = [(sheet, row) for sheet in book.sheets if (row := _header_row(sheet))]
    if len(found) != 1:
        cause = (
            "tidak ada baris judul dengan kolom kode; pakai contoh berkas yang dapat diunduh di halaman impor."
            if not found
            else "lebih dari satu lembar berisi kolom kode; sisakan satu lembar saja."
        )
        return Reading(wrong=(Wrong(1, "A", "", cause, "; ".join(sheet.name for sheet, _ in found)),))
    sheet, header = found[0]
    columns, wrong, aside = _columns(sheet, header)
    wrong += _merged(sheet, header)
    if wrong:
        return Reading(wrong=tuple(wrong), notes=tuple(aside))
    reader = _Lines(sheet, columns, header)
    torn = torn_rows(sheet, header, header)
    reader.wrong += torn.values()
    for number in range(header + 1, len(sheet.rows) + 1):
        if number not in torn:
            reader.read(number)
    if not reader.rows and not reader.wrong:
        reader.wrong.append(Wrong(header, "A", "", "belum ada baris isian di bawah judul.", sheet.name))
    return Reading(tuple(reader.rows), tuple(reader.wrong), (*_notes(reader.rows), *aside, *reader.said()))


def _header_row(sheet: Sheet) -> int:
    """The number of the row of headings; 0 when the sheet has none."""
    for number, cells in enumerate(sheet.rows[:HEADER_WITHIN], 1):
        if any(_field(_heading(content)) == "code" for content in cells):
            return number
    return 0


def _heading(content: Content) -> str:
    text = re.sub(r"\((?:rp\.?|rupiah|%|persen)\)", " ", text_of(content).casefold())
    return " ".join(text.replace("_", " ").split()).rstrip(".")


def _field(heading: str) -> str:
    """ "code", "budget", "spent-3", …; "" for a heading that means nothing here."""
    if heading in FIELD_OF:
        return FIELD_OF[heading]
    kind, _, month = heading.partition(" ")
    number = month_number(month) if kind in ("realisasi", "fisik") and month else None
    return f"{FIELD_OF[kind]}-{number}" if number else ""


def _columns(sheet: Sheet, header: int) -> tuple[dict[str, tuple[int, str]], list[Wrong], list[str]]:
    """Field → (column number, heading as written); what is wrong with the headings; which columns are kept aside."""
    columns: dict[str, tuple[int, str]] = {}
    wrong, aside = [], []
    for number, content in enumerate(sheet.rows[header - 1], 1):
        heading, written = _heading(content), text_of(content).strip()
        printed = compared_field(written)
        key = printed if printed.endswith("%") else _field(heading) or printed
        if not heading or heading in IGNORED:
            continue
        if not key:
            aside.append(f"Kolom “{written}” ({column_letter(number)}) tidak dikenal; isinya tidak dibaca.")
        elif key == printed and key in columns:
            aside.append(
                f"Kolom “{written}” ({column_letter(number)}) sama artinya dengan “{columns[key][1]}”; tidak dibaca."
            )
        elif key in columns:
            cause = f"judul ini sama artinya dengan “{columns[key][1]}”; sisakan satu."
            wrong.append(Wrong(header, column_letter(number), written, cause, sheet.name))
        else:
            columns[key] = (number, written)
    return columns, wrong + _shape(sheet, header, columns), aside


def _shape(sheet: Sheet, header: int, columns: Mapping[str, tuple[int, str]]) -> list[Wrong]:
    by_month = [key for key in columns if key.startswith(("spent-", "physical-")) and key[-1].isdigit()]
    plain = [key for key in ("spent", "physical") if key in columns]
    if plain and "month" not in columns:
        place, heading = columns[plain[0]]
        cause = (
            "realisasi atau fisik ini bulan apa? Tambahkan kolom bulan, atau tulis judulnya seperti “realisasi jan”."
        )
        return [Wrong(header, column_letter(place), heading, cause, sheet.name)]
    if "month" in columns and (by_month or not plain):
        place, heading = columns["month"]
        cause = (
            "dengan kolom bulan, tulis satu kolom realisasi dan satu kolom fisik, bukan kolom tiap bulan."
            if by_month
            else "ada kolom bulan tetapi tidak ada kolom realisasi atau fisik."
        )
        return [Wrong(header, column_letter(place), heading, cause, sheet.name)]
    return []


def _merged(sheet: Sheet, header: int) -> list[Wrong]:
    cause = "sel digabung (merge) di dalam tabel; pisahkan dahulu, lalu isi setiap selnya."
    return [
        Wrong(int(match[2]), match[1], area, cause, sheet.name)
        for area in sheet.merged
        if (match := _RANGE.fullmatch(area)) and int(match[4]) >= header
    ]


def _notes(rows: list[Row]) -> tuple[str, ...]:
    progress = [value for row in rows for value in row.physical.values()]
    if progress and any(progress) and max(progress) <= 1:
        return ("Semua angka fisik di berkas ini 1 atau kurang. Bila maksudnya 60 persen, tulis 60, bukan 0,6.",)
    return ()


class _Lines:
    """Reads the lines of one sheet; every wrong cell is noted and the reading goes on."""

    def __init__(self, sheet: Sheet, columns: Mapping[str, tuple[int, str]], header: int) -> None:
        self.sheet, self.columns = sheet, columns
        rows = range(header + 1, len(sheet.rows) + 1)
        self.habits = {key: _habit([sheet.cell(row, at) for row in rows]) for key, (at, _) in columns.items()}
        self.printed: list[Printed] = []
        self.heads: list[Printed] = []
        self._read_so: dict[tuple[str, str], int] = {}
        self.headings = {key: heading for key, (_, heading) in columns.items()}
        self.rows: list[Row] = []
        self.wrong: list[Wrong] = []
        self._seen: Counter[tuple[str, int | None]] = Counter()

    def read(self, number: int) -> None:
        """Read one line; a line without any content is passed over."""
        if all(self._blank(number, key) for key in self.columns):
            return
        if self._is_head(number):
            self.heads.append(self._beside(number, text_of(self._content(number, "code")).strip()))
            return
        code, month = self._code(number), self._month(number)
        row = Row(
            number=number,
            code=code,
            name=self._text(number, "name", _LONGEST_NAME),
            level=self._level(number),
            owner=self._text(number, "owner", 64),
            budget=self._amount(number, "budget"),
            revised=self._amount(number, "revised"),
            spent=self._by_month(number, "spent", month),
            physical=self._by_month(number, "physical", month),
            month=month,
            headings=self.headings,
            sheet=self.sheet.name,
        )
        self._check_once(row)
        if is_code(code):
            self.rows.append(row)
            self.printed.append(self._beside(number, code))

    def said(self) -> list[str]:
        """What was read in a way that people should know, and every printed figure that is not what it should be."""
        read = [f"Kolom “{heading}”: {count} sel {how}" for (heading, how), count in self._read_so.items()]
        codes = [row.code for row in self.rows]
        above = {parent_of(code, codes) for code in codes}
        leaves = {one.code: (one.budget, one.spent) for one in self.printed if one.code not in above}
        return [*read, *mismatches(self.printed), *totals(self.heads, leaves)]

    def _is_head(self, number: int) -> bool:
        texts = (" ".join(text_of(self._content(number, key)).split()) for key in ("level", "name", "code"))
        return is_above_programs(*texts)

    def _beside(self, number: int, code: str) -> Printed:
        """The figures of a row that are compared. What cannot be read is no figure; where it must be one, `_amount` says so."""
        keys = [key for key in self.columns if compared_field(self.headings[key]) == key]
        figures = {key: value for key in keys if (value := self._quietly(number, key)) is not None}
        revised, budget = self._quietly(number, "revised"), self._quietly(number, "budget")
        months = [
            self._quietly(number, key) for key in self.columns if key == "spent" or re.fullmatch(r"spent-[0-9]+", key)
        ]
        known = [amount for amount in months if amount is not None]
        spent = sum(known, Decimal(0)) if known else figures.get(SPENT_TOTAL)
        return Printed(number, code, figures, budget if revised is None else revised, spent, self.headings)

    def _quietly(self, number: int, key: str) -> Decimal | None:
        if key not in self.columns:
            return None
        content = self._content(number, key)
        try:
            value = take(content, Door.MONEY, column=self.habits[key]).value if isinstance(content, str) else content
        except Refusal:
            return None
        if not isinstance(value, Decimal):
            return None
        return value * 100 if key.endswith("%") and self._is_percent(number, key) else value

    def _content(self, number: int, key: str) -> Content:
        return self.sheet.cell(number, self.columns[key][0]) if key in self.columns else None

    def _blank(self, number: int, key: str) -> bool:
        return not text_of(self._content(number, key)).strip()

    def _refuse(self, number: int, key: str, cause: str) -> None:
        value = text_of(self._content(number, key)).strip()
        self.wrong.append(Wrong(number, self.headings.get(key, key), value, cause, self.sheet.name))

    def _is_formula(self, number: int, key: str) -> bool:
        if key not in self.columns or address(number, self.columns[key][0]) not in self.sheet.formulas:
            return False
        self._refuse(number, key, "sel ini berisi rumus; salin lalu tempel sebagai nilai.")
        return True

    def _is_percent(self, number: int, key: str) -> bool:
        """Whether the sheet shows this number as a percentage: 0,6 is read as 60 %."""
        return address(number, self.columns[key][0]) in self.sheet.percents

    def _code(self, number: int) -> str:
        content = self._content(number, "code")
        code = text_of(content).strip()
        if not code:
            self._refuse(number, "code", "kode kosong; isi kodenya, atau hapus baris ini bila hanya jumlah.")
        elif not isinstance(content, str):
            self._refuse(number, "code", "kode terbaca sebagai angka; jadikan selnya Teks dan ketik ulang.")
        elif not is_code(code):
            self._refuse(number, "code", "bukan kode program; tulis seperti 7.01.01.2.01.0006.")
        return code

    def _month(self, number: int) -> int | None:
        if "month" not in self.columns:
            return None
        month = month_number(text_of(self._content(number, "month")))
        if month is None:
            self._refuse(number, "month", "bukan bulan; tulis 1 sampai 12 atau namanya.")
        return month

    def _text(self, number: int, key: str, longest: int) -> str | None:
        if self._blank(number, key) or self._is_formula(number, key):
            return None
        text = " ".join(text_of(self._content(number, key)).split())
        if len(text) > longest:
            self._refuse(number, key, f"terlalu panjang ({len(text)} huruf); paling banyak {longest}.")
        return text

    def _level(self, number: int) -> Level | None:
        text = self._text(number, "level", _LONGEST_NAME)
        if text is None:
            return None
        if text.casefold() not in _LEVELS:
            self._refuse(number, "level", "jenjang tidak dikenal; tulis program, kegiatan, atau sub-kegiatan.")
        return _LEVELS.get(text.casefold())

    def _by_month(self, number: int, key: str, month: int | None) -> dict[int, Decimal]:
        wanted = {month: key} if month else {at: f"{key}-{at}" for at in MONTH_NUMBERS}
        read = {at: self._amount(number, column) for at, column in wanted.items()}
        return {at: amount for at, amount in read.items() if amount is not None}

    def _amount(self, number: int, key: str) -> Decimal | None:
        if self._blank(number, key) or self._is_formula(number, key):
            return None
        content = self._content(number, key)
        try:
            value = content if isinstance(content, Decimal) else self._typed(content, key)
            if value is None:
                return None
            if key.startswith("physical"):
                return check_physical(value * 100 if self._is_percent(number, key) else value)
            return check_money(value)
        except Refusal as refusal:
            self._refuse(number, key, str(refusal))
            return None

    def _typed(self, content: Content, key: str) -> Decimal | None:
        unit = "persen" if key.startswith("physical") else "rupiah"
        taken = _typed_number(content, unit, self.habits[key])
        if taken.note:
            how = (
                "“-” dibaca sebagai 0."
                if taken.value == 0
                else "dibaca dengan koma untuk ribuan dan titik untuk desimal."
            )
            place = (self.headings[key], how)
            self._read_so[place] = self._read_so.get(place, 0) + 1
        return taken.value

    def _check_once(self, row: Row) -> None:
        self._seen[row.code, row.month] += 1
        if row.code and self._seen[row.code, row.month] > 1:
            at = f" bulan {MONTHS[row.month - 1]}" if row.month else ""
            self._refuse(row.number, "code", f"kode ini{at} sudah ada di baris lain; hapus salah satunya.")


def _typed_number(content: Content, unit: str, column: Convention | None) -> Taken:
    if isinstance(content, str):
        return take(content, Door.MONEY, unit=unit, column=column)
    raise Refusal("Bukan angka; isi sel ini dengan angka, bukan tanggal atau ya/tidak.")


def _habit(contents: Sequence[Content]) -> Convention | None:
    """How a column writes its figures; None where one English figure alone would decide, which is asked again instead."""
    found = convention(contents)
    clear = [one for one in contents if isinstance(one, str) and read_cell(one).evidence is Habit.ENGLISH]
    return None if found.habit is Habit.ENGLISH and len(clear) < 2 else found
