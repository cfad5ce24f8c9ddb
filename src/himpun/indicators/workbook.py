"""A data request as an Excel form, and the filled form back again.

Pure. `write_form` lays out what a unit is asked; only the cells to fill in can be typed into. A hidden sheet keeps which
row is which and what stood there at download, sealed with a SHA-256 that is printed below the table too. `read_form`
takes nothing from a form that does not agree with its seal. `compare` merges three ways, cell by cell: what stood at
download, what stands in the system now, and what stands in the file; so a form that comes in twice changes nothing.
"""

import hashlib
import io
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

import xlsxwriter

from himpun.errors import Refusal
from himpun.measure.numbers import NumberUnreadable, read_number, write_number
from himpun.spreadsheets.book import Book, Content, Sheet, Wrong, address, column_letter, coordinates, text_of

SHEET: Final = "Isian"
HELP: Final = "Petunjuk"
HIDDEN: Final = "_himpun"
KIND: Final = "isian/1"
"""What the hidden sheet says it is; a form of another kind is refused."""
HEADER_ROW: Final = 9
HEADINGS: Final = (
    "No", "Kode", "Indikator", "Data yang diminta", "Satuan", "Periode lalu", "Isian", "Catatan", "Nihil", "Alasan nihil",
)  # fmt: skip
NO, CODE, NAME, LABEL, UNIT, BEFORE, VALUE, NOTE, NIHIL, REASON = range(1, 11)
YES: Final = "Ya"
NOT: Final = "Tidak"
REASON_LENGTH: Final = 300
EXCEL_DIGITS: Final = 15
"""Excel keeps so many digits of a number; a longer one is written as text."""


class FormRefused(Refusal):
    """The form is foreign, stale, damaged or was changed where it must not be; nothing of it is taken."""

    code = "formulir-ditolak"


@dataclass(frozen=True, slots=True)
class FormCell:
    """One figure asked for. `value` and `before` (the period before) are text as typed; `choices` makes a drop-down."""

    variable_id: int
    label: str
    unit: str = ""
    kind: str = ""
    value: str = ""
    before: str = ""
    choices: tuple[str, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    whole: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class FormLine:
    """One indicator of the request with its figures, note and nihil."""

    line_id: int
    no: int
    code: str
    name: str
    definition: str
    cells: tuple[FormCell, ...]
    note: str = ""
    nihil: bool = False
    nihil_reason: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A request to one unit. `due` and `collector` are sentences for people; `made_at` is aware."""

    form_id: str
    office: str
    unit: str
    period_label: str
    period: str
    round: int
    due: str
    collector: str
    lines: tuple[FormLine, ...]
    made_at: datetime


@dataclass(frozen=True, slots=True)
class FilledCell:
    """A figure as the file has it. `typed` is `was`, letter for letter, where both are the same number."""

    line_id: int
    variable_id: int
    row: int
    column: int
    address: str
    typed: str
    was: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a line says beside its figures."""

    note: str = ""
    nihil: bool = False
    nihil_reason: str = ""


@dataclass(frozen=True, slots=True)
class FilledLine:
    """A line's note and nihil as the file has them, and as they were at download."""

    line_id: int
    row: int
    code: str
    typed: Words
    was: Words


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form that agrees with its seal. While `wrong` is not empty nothing of it should be taken."""

    form_id: str
    checksum: str
    cells: tuple[FilledCell, ...]
    lines: tuple[FilledLine, ...]
    wrong: tuple[Wrong, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What the file changes and nobody else did. `field`: "value" (with variable), "note", "nihil" (Ya/Tidak), "nihil_reason"."""

    line_id: int
    variable_id: int | None
    field: str
    value: str
    address: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Changed on both sides, differently: `base` at download, `theirs` in the system now, `mine` in the file."""

    line_id: int
    variable_id: int | None
    field: str
    base: str
    theirs: str
    mine: str
    address: str


@dataclass(frozen=True, slots=True)
class Merge:
    """The three-way comparison of a form with the system, in the form's order."""

    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def checksum(form: Form) -> str:
    """The seal: SHA-256 over what must not change in the file, and over the values at download."""
    return _seal(form.form_id, _kept_rows(form))


class _Kept(NamedTuple):
    """One row of the hidden sheet, all text."""

    row: str
    line_id: str
    variable_id: str
    code: str
    label: str
    value: str
    note: str
    nihil: str
    reason: str


_FIRST_KEPT: Final = 8
_KEPT_HEADINGS: Final = ("baris", "line_id", "variable_id", "kode", "data", "nilai", "catatan", "nihil", "alasan")


def _kept_rows(form: Form) -> list[_Kept]:
    kept: list[_Kept] = []
    for line in form.lines:
        for cell in line.cells or (None,):
            is_first = cell is None or cell is line.cells[0]
            kept.append(
                _Kept(
                    row=str(HEADER_ROW + 1 + len(kept)),
                    line_id=str(line.line_id),
                    variable_id=str(cell.variable_id) if cell else "",
                    code=_one_line(line.code) if is_first else "",
                    label=_shown_label(cell) if cell else "",
                    value=_one_line(cell.value) if cell else "",
                    note=_many_lines(line.note) if is_first else "",
                    nihil=(YES if line.nihil else NOT) if is_first else "",
                    reason=_one_line(line.nihil_reason) if is_first else "",
                )
            )
    return kept


def _seal(form_id: str, kept: Iterable[_Kept]) -> str:
    content = json.dumps([KIND, form_id, [list(row) for row in kept]], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _shown_label(cell: FormCell) -> str:
    return _one_line(cell.label) + (" *" if cell.required else "")


LONGEST: Final = 32_000
"""Letters in a cell; Excel holds hardly more."""


def _one_line(text: str) -> str:
    """On one line, with single spaces and without what cannot be seen."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())[:LONGEST].strip()


def _many_lines(text: str) -> str:
    """As a cell gives it back: line ends as \\n, no control characters, no space around."""
    joined = text.replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(letter for letter in joined if letter == "\n" or letter.isprintable())
    return seen.strip()[:LONGEST].strip()


def _mark(form_id: str, seal: str) -> str:
    return f"Formulir {form_id} · sidik SHA-256 {seal}"


# Writing


def write_form(form: Form) -> bytes:
    """The form as an .xlsx; the same form gives the same bytes."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        made_at = form.made_at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties(
            {
                "title": f"Isian data kinerja {form.period_label}: {form.unit}",
                "author": form.office,
                "comments": f"Formulir {form.form_id}",
                "created": made_at,
            }
        )
        book.set_size(2400, 1400)
        _Writer(book, form).write()
    return target.getvalue()


_BORDER: Final = {"border": 1, "border_color": "#B8C0CC"}
_CELL: Final = {**_BORDER, "text_wrap": True, "valign": "top"}
_FILL: Final = {**_CELL, "bg_color": "#FFF8D6", "locked": False}
_WIDTHS: Final = (5, 9, 32, 36, 10, 12, 15, 26, 8, 24)
_HELP_WIDTHS: Final = (10, 38, 80)


class _Writer:
    """Lays out one form. Rows and columns are counted from 1 here; XlsxWriter counts from 0."""

    def __init__(self, book: xlsxwriter.Workbook, form: Form) -> None:
        self.book, self.form = book, form
        self.kept = _kept_rows(form)
        self.seal = _seal(form.form_id, self.kept)
        self.last_row = HEADER_ROW + len(self.kept)
        self.sheet = book.add_worksheet(SHEET)
        self.help = book.add_worksheet(HELP)
        self.hidden = book.add_worksheet(HIDDEN)
        self._choices: dict[tuple[str, ...], str] = {}
        self._formats: dict[str, Any] = {}

    def write(self) -> None:
        self._write_title()
        self._write_table()
        self._set_up_page()
        self._write_help()
        self._write_hidden()

    def style(self, **properties: object) -> Any:
        key = repr(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"font_name": "Arial", "font_size": 10, **properties})
        return self._formats[key]

    def _put(self, row: int, column: int, text: str, style: Any) -> None:
        if text:
            self.sheet.write_string(row - 1, column - 1, text, style)
        else:
            self.sheet.write_blank(row - 1, column - 1, None, style)

    def _write_title(self) -> None:
        form = self.form
        self._put(1, 1, "Isian Data Kinerja", self.style(bold=True, font_size=14))
        lines = (
            f"{form.office} · {form.unit}",
            f"Periode: {form.period_label} · putaran {form.round}",
            f"Batas waktu: {form.due} · dikumpulkan oleh: {form.collector}",
            "Isi sel yang berwarna kuning. Kosong berarti belum ada data, bukan 0. Tanda * berarti wajib diisi.",
            "Bila memang tidak ada datanya, pilih Ya pada kolom Nihil dan tulis alasannya.",
            "Jangan menambah, menghapus, menggabungkan, atau mengurutkan baris; unggah kembali berkas ini ke Himpun.",
        )
        for row, text in enumerate(lines, start=2):
            self._put(row, 1, _one_line(text), self.style(bold=row == 2))

    def _write_table(self) -> None:
        heading = self.style(**_CELL, bold=True, bg_color="#DCE6F2")
        for column, text in enumerate(HEADINGS, start=1):
            self._put(HEADER_ROW, column, text, heading)
        row = HEADER_ROW
        for line in self.form.lines:
            for cell in line.cells or (None,):
                row += 1
                is_first = cell is None or cell is line.cells[0]
                self._write_line(row, line if is_first else None)
                self._write_cell(row, cell)
                tall = [(cell.label if cell else "", LABEL), (cell.unit if cell else "", UNIT)]
                tall += [(line.name, NAME), (line.note, NOTE), (line.nihil_reason, REASON)] if is_first else []
                self.sheet.set_row(row - 1, _height((text, _WIDTHS[column - 1]) for text, column in tall))
        small = self.style(font_size=7, font_color="#5B6776")
        self._put(self.last_row + 2, 1, _mark(self.form.form_id, self.seal), small)

    def _write_line(self, row: int, line: FormLine | None) -> None:
        """The columns that belong to the indicator; the rows of its further figures have them grey."""
        plain, fill, rest = self.style(**_CELL), self.style(**_FILL), self.style(**_CELL, bg_color="#EEF1F5")
        if line is None:
            for column in (NO, CODE, NAME):
                self._put(row, column, "", plain)
            for column in (NOTE, NIHIL, REASON):
                self._put(row, column, "", rest)
            return
        self.sheet.write_number(row - 1, NO - 1, line.no, self.style(**_CELL, align="center"))
        self._put(row, CODE, _one_line(line.code), plain)
        self._put(row, NAME, _one_line(line.name), plain)
        self._put(row, NOTE, _many_lines(line.note), fill)
        self._put(row, NIHIL, YES if line.nihil else NOT, fill)
        self._put(row, REASON, _one_line(line.nihil_reason), fill)
        self._validate(
            row,
            NIHIL,
            {"validate": "list", "source": [YES, NOT]},
            ("Nihil", "Pilih Ya bila memang tidak ada datanya, lalu tulis alasannya di sebelah kanan."),
            "Pilih Ya atau Tidak dari daftar.",
        )
        self._validate(
            row,
            REASON,
            {"validate": "length", "criteria": "<=", "value": REASON_LENGTH},
            ("Alasan nihil", f"Wajib bila Nihil = Ya, paling banyak {REASON_LENGTH} huruf."),
            f"Ringkas alasannya sampai paling banyak {REASON_LENGTH} huruf.",
        )

    def _write_cell(self, row: int, cell: FormCell | None) -> None:
        plain = self.style(**_CELL)
        if cell is None:
            for column in (LABEL, UNIT, BEFORE, VALUE):
                self._put(row, column, "", plain)
            return
        self._put(row, LABEL, _shown_label(cell), plain)
        self._put(row, UNIT, _one_line(cell.unit), plain)
        self._put(row, BEFORE, _one_line(cell.before), self.style(**_CELL, align="right", font_color="#5B6776"))
        style = self.style(**_FILL, align="right", bold=True)
        number = None if cell.choices else _as_excel_number(cell.value)
        if number is None:
            self._put(row, VALUE, _one_line(cell.value), style)
        else:
            self.sheet.write_number(row - 1, VALUE - 1, number, style)
        self._validate(row, VALUE, self._rule(cell), (_cut(cell.label, 32), _asked(cell)), _told(cell))

    def _rule(self, cell: FormCell) -> dict[str, object]:
        if cell.choices:
            return {"validate": "list", "source": self._choice_area(cell.choices)}
        rule: dict[str, object] = {"validate": "integer" if cell.whole else "decimal"}
        low, high = cell.minimum, cell.maximum
        if low is not None and high is not None:
            return rule | {"criteria": "between", "minimum": format(low, "f"), "maximum": format(high, "f")}
        if low is not None:
            return rule | {"criteria": ">=", "value": format(low, "f")}
        return rule | {"criteria": "<=", "value": format(high if high is not None else Decimal("1E+15"), "f")}

    def _choice_area(self, choices: tuple[str, ...]) -> str:
        """Lists live on the hidden sheet: in the rule itself a comma would cut a choice in two."""
        if choices not in self._choices:
            column = len(_KEPT_HEADINGS) + 2 + len(self._choices)
            for row, choice in enumerate(choices, start=1):
                self.hidden.write_string(row - 1, column - 1, choice)
            letter = column_letter(column)
            self._choices[choices] = f"={HIDDEN}!${letter}$1:${letter}${len(choices)}"
        return self._choices[choices]

    def _validate(self, row: int, column: int, rule: dict[str, object], asks: tuple[str, str], told: str) -> None:
        title, message = asks
        self.sheet.data_validation(
            row - 1,
            column - 1,
            row - 1,
            column - 1,
            {
                **rule,
                "input_title": title,
                "input_message": _cut(message, 255),
                "error_title": "Isian belum sesuai",
                "error_message": _cut(told, 255),
            },
        )

    def _set_up_page(self) -> None:
        sheet = self.sheet
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(HEADER_ROW, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW - 1)
        sheet.print_area(0, 0, self.last_row + 1, len(HEADINGS) - 1)
        sheet.set_footer(f"&L&8{_cut(self.form.form_id.replace('&', '&&'), 80)}&R&8Halaman &P dari &N")
        sheet.ignore_errors({"number_stored_as_text": f"A1:{address(self.last_row + 2, REASON)}"})
        sheet.protect("", {"format_columns": True, "format_rows": True})
        sheet.activate()
        if self.kept:
            sheet.set_selection(HEADER_ROW, VALUE - 1, HEADER_ROW, VALUE - 1)

    def _write_help(self) -> None:
        sheet, wrap = self.help, self.style(text_wrap=True, valign="top")
        bold = self.style(bold=True, valign="top", text_wrap=True)
        for column, width in enumerate(_HELP_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, "Cara mengisi dan mengembalikan", self.style(bold=True, font_size=14))
        row = 1
        for number, text in enumerate(_HOW_TO, start=1):
            sheet.write_string(row, 0, f"{number}. {text}", self.style())
            row += 1
        for column, text in enumerate(("Kode", "Indikator", "Definisi operasional"), start=0):
            sheet.write_string(row + 1, column, text, self.style(**_CELL, bold=True, bg_color="#DCE6F2"))
        row += 2
        for line in self.form.lines:
            sheet.write_string(row, 0, _one_line(line.code), bold)
            sheet.write_string(row, 1, _one_line(line.name), wrap)
            sheet.write_string(row, 2, _many_lines(line.definition), wrap)
            sheet.set_row(row, _height(((line.name, _HELP_WIDTHS[1]), (line.definition, _HELP_WIDTHS[2]))))
            row += 1
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.protect("", {"format_columns": True, "format_rows": True})

    def _write_hidden(self) -> None:
        form = self.form
        facts = (
            ("himpun", KIND), ("formulir", form.form_id), ("sidik", self.seal), ("periode", form.period),
            ("putaran", str(form.round)), ("baris", str(len(self.kept))),
        )  # fmt: skip
        rows: list[tuple[str, ...]] = [*facts, _KEPT_HEADINGS, *self.kept]
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                if text:
                    self.hidden.write_string(row, column, text)
        self.hidden.protect()
        self.hidden.very_hidden()


_HOW_TO: Final = (
    "Pada lembar Isian, isi sel yang berwarna kuning saja. Sel lain terkunci.",
    "Tulis angka saja, tanpa Rp, tanpa satuan, tanpa tanda %, dan tanpa rumus. Pecahan ditulis dengan koma: 83,18.",
    "Sesudah mengetik, lihat lagi angkanya: Excel yang berbahasa Inggris membaca 83,18 sebagai 8318. Di sana ketik 83.18.",
    "Kosong berarti belum ada data dan tidak dihitung sebagai 0. Bila nilainya nol, tulis 0.",
    "Bila memang tidak ada datanya, pilih Ya pada kolom Nihil dan tulis alasannya.",
    "Jangan menambah, menghapus, menyalin, menggabungkan, atau mengurutkan baris, kolom, dan lembar.",
    "Simpan sebagai .xlsx, lalu unggah di Himpun pada halaman permintaan data ini. Unggah dua kali tidak apa-apa.",
    "Bukti dukung diunggah di Himpun, tidak ditempel di berkas ini.",
)


def _height(texts: Iterable[tuple[str, int]]) -> float:
    """Points for a row of wrapped texts, each with its column's width in letters: not every program measures itself."""
    lines = [
        sum(math.ceil((len(line) + 1) / (width * 0.92)) for line in text.strip().split("\n")) for text, width in texts
    ]
    return min(13.5 * max(1, *lines) + 2, 400)


def _as_excel_number(text: str) -> float | None:
    """The typed number where Excel can hold it exactly."""
    try:
        number = read_number(text)
    except NumberUnreadable:
        return None
    if len(number.normalize().as_tuple().digits) > EXCEL_DIGITS:
        return None
    return float(number)


def _asked(cell: FormCell) -> str:
    unit = f" dalam {_one_line(cell.unit)}" if cell.unit else ""
    required = " Wajib diisi." if cell.required else ""
    if cell.choices:
        return f"Pilih dari daftar.{required}"
    return f"{_bounds(cell)}{unit}.{required} Tulis angkanya saja."


def _told(cell: FormCell) -> str:
    if cell.choices:
        return f"Pilih salah satu dari daftar: {', '.join(cell.choices)}."
    return f"Tulis angkanya saja: {_bounds(cell).lower()}. Keterangan ditulis pada kolom Catatan."


def _bounds(cell: FormCell) -> str:
    name = "Bilangan bulat" if cell.whole else "Angka"
    low, high = cell.minimum, cell.maximum
    if low is not None and high is not None:
        return f"{name} dari {write_number(low)} sampai {write_number(high)}"
    if low is not None:
        return f"{name} paling sedikit {write_number(low)}"
    if high is not None:
        return f"{name} paling banyak {write_number(high)}"
    return name


def _cut(text: str, length: int) -> str:
    text = _one_line(text)
    return text if len(text) <= length else text[: length - 1] + "…"


# Reading


_DOWNLOAD_AGAIN: Final = "Unduh formulirnya lagi dari halaman permintaan data, salin isiannya ke sana, lalu unggah."


def read_form(book: Book) -> FilledForm:
    """The filled form. Raises `FormRefused` for one that is foreign, damaged or changed where it must not be.

    What a person typed wrongly (a formula, a percentage, a date, an error) is in `wrong` with its cell.
    """
    hidden = book.sheet(HIDDEN)
    if book.kind != "xlsx" or hidden is None:
        raise FormRefused(
            "Berkas ini bukan formulir isian dari Himpun. Unduh formulirnya dari halaman permintaan data, "
            "atau pakai unggah lembar sendiri dengan pemetaan kolom."
        )
    form_id, seal, kept = _read_hidden(hidden)
    sheet = _checked_sheets(book)
    _check_places(sheet, kept, _mark(form_id, seal))
    return _Reading(sheet, kept).filled(form_id, seal)


def _read_hidden(hidden: Sheet) -> tuple[str, str, list[_Kept]]:
    facts = {text_of(hidden.cell(row, 1)): text_of(hidden.cell(row, 2)) for row in range(1, _FIRST_KEPT - 1)}
    if facts.get("himpun") != KIND:
        raise FormRefused(f"Formulir ini dari versi Himpun yang lain. {_DOWNLOAD_AGAIN}")
    form_id, seal, count = facts.get("formulir", ""), facts.get("sidik", ""), facts.get("baris", "")
    if not form_id or not seal:
        raise FormRefused(f"Nomor formulirnya hilang. {_DOWNLOAD_AGAIN}")
    width = len(_KEPT_HEADINGS)
    last = _FIRST_KEPT - 1 + int(count) if count.isdecimal() and len(count) < 7 else 0
    kept = [
        _Kept(*(text_of(hidden.cell(row, column)) for column in range(1, width + 1)))
        for row in range(_FIRST_KEPT, min(last, len(hidden.rows)) + 1)
    ]
    if _seal(form_id, kept) != seal or not all(row.line_id.isdecimal() for row in kept):
        raise FormRefused(
            f"Isi tersembunyi formulir ini berubah sehingga tidak cocok dengan sidiknya. {_DOWNLOAD_AGAIN}"
        )
    return form_id, seal, kept


def _checked_sheets(book: Book) -> Sheet:
    extra = [sheet.name for sheet in book.sheets if sheet.name not in (SHEET, HELP, HIDDEN)]
    if extra:
        raise FormRefused(
            f"Ada lembar tambahan “{extra[0]}” yang tidak akan terbaca. Hapus lembar itu, simpan, lalu unggah lagi."
        )
    sheet = book.sheet(SHEET)
    if sheet is None:
        raise FormRefused(f"Lembar “{SHEET}” tidak ada. {_DOWNLOAD_AGAIN}")
    if sheet.merged:
        raise FormRefused(
            f"Sel {sheet.merged[0]} digabungkan, sehingga tidak jelas isian itu milik baris yang mana. "
            "Pisahkan lagi selnya (Merge & Center → Unmerge), simpan, lalu unggah lagi."
        )
    return sheet


def _check_places(sheet: Sheet, kept: list[_Kept], mark: str) -> None:
    for column, heading in enumerate(HEADINGS, start=1):
        if _plain(sheet.cell(HEADER_ROW, column)) != heading:
            raise FormRefused(
                f"Judul kolom di sel {address(HEADER_ROW, column)} bukan lagi “{heading}”; kolomnya bergeser atau berubah. {_DOWNLOAD_AGAIN}"
            )
    for row in kept:
        number = int(row.row)
        found = _plain(sheet.cell(number, CODE)), _plain(sheet.cell(number, LABEL))
        if found != (row.code, row.label):
            expected = " · ".join(part for part in (row.code, row.label) if part)
            raise FormRefused(
                f"Baris {number} seharusnya “{_cut(expected, 90)}”; barisnya bergeser, terhapus, atau diurutkan. {_DOWNLOAD_AGAIN}"
            )
    place = HEADER_ROW + len(kept) + 2
    if _plain(sheet.cell(place, 1)) != _one_line(mark):
        raise FormRefused(f"Tanda formulir di sel A{place} tidak cocok dengan isinya. {_DOWNLOAD_AGAIN}")


def _plain(content: Content) -> str:
    return _one_line(text_of(content))


class _Reading:
    """Walks the fill-in cells and gathers what is wrong with them."""

    def __init__(self, sheet: Sheet, kept: list[_Kept]) -> None:
        self.sheet, self.kept = sheet, kept
        self.wrong: list[Wrong] = []

    def filled(self, form_id: str, seal: str) -> FilledForm:
        self._find_formulas()
        self._find_strays()
        cells = tuple(self._cell(row) for row in self.kept if row.variable_id)
        lines = tuple(self._line(row) for row in self.kept if row.nihil)
        return FilledForm(form_id, seal, cells, lines, tuple(sorted(self.wrong, key=lambda each: each.row)))

    def _tell(self, row: int, column: int, cause: str) -> None:
        heading = HEADINGS[column - 1] if column <= len(HEADINGS) else column_letter(column)
        value = text_of(self.sheet.cell(row, column))
        self.wrong.append(Wrong(row, f"{heading} ({address(row, column)})", value, cause, SHEET))

    def _find_formulas(self) -> None:
        for row, column in _sorted_places(self.sheet.formulas):
            self._tell(row, column, "Ada rumus di sel ini. Ganti dengan nilainya (salin, lalu Tempel Khusus → Nilai).")

    def _find_strays(self) -> None:
        """Something typed where nothing is read must not be lost silently."""
        first = {int(row.row) for row in self.kept if row.nihil}
        table = {int(row.row) for row in self.kept}
        mark = HEADER_ROW + len(self.kept) + 2
        for row in range(HEADER_ROW, len(self.sheet.rows) + 1):
            for column, content in enumerate(self.sheet.rows[row - 1], start=1):
                is_read = column <= len(HEADINGS) and (
                    row in first or row == HEADER_ROW or (row in table and column < NOTE) or (row, column) == (mark, 1)
                )
                if not is_read and _plain(content):
                    self._tell(
                        row, column, "Tulisan di luar sel isian tidak terbaca. Pindahkan ke kolom Catatan, atau hapus."
                    )
        for row in (int(each.row) for each in self.kept if not each.variable_id):
            if _plain(self.sheet.cell(row, VALUE)):
                self._tell(row, VALUE, "Indikator ini tidak meminta angka. Pindahkan ke kolom Catatan, atau hapus.")

    def _cell(self, kept: _Kept) -> FilledCell:
        row = int(kept.row)
        content, where = self.sheet.cell(row, VALUE), address(row, VALUE)
        if where not in self.sheet.formulas:
            cause = unfit(content, where in self.sheet.percents)
            if cause:
                self._tell(row, VALUE, cause)
        typed = _plain(content)
        typed = kept.value if _key(typed) == _key(kept.value) else typed
        return FilledCell(int(kept.line_id), int(kept.variable_id), row, VALUE, where, typed, kept.value)

    def _line(self, kept: _Kept) -> FilledLine:
        row = int(kept.row)
        for column in (NOTE, REASON):
            if isinstance(self.sheet.cell(row, column), str) and text_of(self.sheet.cell(row, column)).startswith("#"):
                cause = unfit(self.sheet.cell(row, column), is_percent=False)
                if cause:
                    self._tell(row, column, cause)
        answer = _plain(self.sheet.cell(row, NIHIL)).capitalize() or NOT
        if answer not in (YES, NOT):
            self._tell(row, NIHIL, "Pilih Ya atau Tidak.")
        reason = _plain(self.sheet.cell(row, REASON))
        if len(reason) > REASON_LENGTH:
            self._tell(row, REASON, f"Ringkas alasannya sampai paling banyak {REASON_LENGTH} huruf.")
        typed = Words(_many_lines(text_of(self.sheet.cell(row, NOTE))), answer == YES, reason)
        return FilledLine(int(kept.line_id), row, kept.code, typed, Words(kept.note, kept.nihil == YES, kept.reason))


EXCEL_ERRORS: Final = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!")


def unfit(content: Content, is_percent: bool) -> str:
    """Why a cell's content is no figure as typed; "" for numbers, text and blanks (the caller reads those)."""
    shown = text_of(content)
    if isinstance(content, bool):
        return "Sel ini berisi benar/salah, bukan angka. Tulis angkanya saja."
    if isinstance(content, Decimal):
        if not is_percent:
            return ""
        percent = text_of(content * 100)
        return f"Sel ini berformat persen, sehingga tidak jelas {percent} atau {shown}. Pilih format Angka, lalu tulis {percent} atau {shown}."
    if isinstance(content, str):
        return (
            f"Sel ini berisi kesalahan Excel {shown}. Tulis angkanya, atau kosongkan." if shown in EXCEL_ERRORS else ""
        )
    return (
        ""
        if content is None
        else f"Excel mengubah isian ini menjadi tanggal ({shown}). Pilih format Angka, lalu tulis lagi."
    )


def _sorted_places(addresses: Iterable[str]) -> list[tuple[int, int]]:
    return sorted(coordinates(each) for each in addresses)


# Comparing


def check_current(filled: FilledForm, form_id: str, asked: Iterable[tuple[int, int]]) -> None:
    """Raise `FormRefused` when the form belongs to another request, or asks other figures than the request does now.

    `asked` is every (line_id, variable_id) of the request.
    """
    if filled.form_id != form_id:
        raise FormRefused(
            f"Ini formulir {filled.form_id}, sedangkan yang sedang dibuka {form_id}. Unggah di halaman permintaan yang sesuai."
        )
    if {(cell.line_id, cell.variable_id) for cell in filled.cells} != set(asked):
        raise FormRefused(f"Formulir ini usang: data yang diminta sudah berubah sejak diunduh. {_DOWNLOAD_AGAIN}")


def compare(
    filled: FilledForm, now: Mapping[tuple[int, int], str], words_now: Mapping[int, Words] | None = None
) -> Merge:
    """Merge three ways. `now`: the system's values as text by (line_id, variable_id), a missing one is blank.

    `words_now`: notes and nihil by line_id; without it (or without a line) those count as unchanged since download.
    Two texts of one number ("1.234,50" and "1234,5") are the same; so are two texts that differ by spaces around.
    """
    merge = _Merging()
    for cell in filled.cells:
        theirs = now.get((cell.line_id, cell.variable_id), "")
        merge.field((cell.line_id, cell.variable_id, "value"), cell.was, theirs, cell.typed, cell.address)
    for line in filled.lines:
        theirs_words = (words_now or {}).get(line.line_id, line.was)
        for name, column, read in _WORD_FIELDS:
            place = address(line.row, column)
            merge.field((line.line_id, None, name), read(line.was), read(theirs_words), read(line.typed), place)
    return Merge(tuple(merge.changes), tuple(merge.conflicts))


_WORD_FIELDS: Final[tuple[tuple[str, int, Callable[[Words], str]], ...]] = (
    ("note", NOTE, lambda words: _many_lines(words.note)),
    ("nihil", NIHIL, lambda words: YES if words.nihil else NOT),
    ("nihil_reason", REASON, lambda words: _one_line(words.nihil_reason)),
)


class _Merging:
    """Gathers changes and conflicts."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.conflicts: list[Conflict] = []

    def field(self, target: tuple[int, int | None, str], base: str, theirs: str, mine: str, place: str) -> None:
        line_id, variable_id, name = target
        key = _key if name == "value" else str.strip
        if key(mine) in (key(base), key(theirs)):
            return
        if key(theirs) == key(base):
            self.changes.append(Change(line_id, variable_id, name, mine, place))
        else:
            self.conflicts.append(Conflict(line_id, variable_id, name, base, theirs, mine, place))


def same_figure(one: str, other: str) -> bool:
    """Whether two texts as typed say the same: "1.234,50" and "1234,5" do."""
    return _key(one) == _key(other)


def _key(text: str) -> Decimal | str:
    """What makes two typed figures the same: the number where it reads as one, else the text."""
    try:
        return read_number(text)
    except NumberUnreadable:
        return _one_line(text)
