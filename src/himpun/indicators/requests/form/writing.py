"""A data request as an Excel form, and the filled form back again.

Pure. `write_form` lays out what a unit is asked; only the cells to fill in can be typed into. A hidden sheet keeps which
row is which and what stood there at download, sealed with a SHA-256 that is printed below the table too. `read_form`
takes nothing from a form that does not agree with its seal. `compare` merges three ways, cell by cell: what stood at
download, what stands in the system now, and what stands in the file; so a form that comes in twice changes nothing.
"""

import io
import math
from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from himpun.indicators.requests.form.values import (
    EXCEL_DIGITS,
    HEADER_ROW,
    HEADINGS,
    HELP,
    HELP_TITLE,
    HIDDEN,
    KEPT_HEADINGS,
    KIND,
    NOT,
    REASON_LENGTH,
    SHEET,
    YES,
    Form,
    FormCell,
    FormLine,
    column_mark,
    kept_rows,
    many_lines,
    one_line,
    seal_of,
    shown_label,
)
from himpun.measure.numbers import NumberUnreadable, read_number, write_number
from himpun.spreadsheets.book import address, column_letter

NO, CODE, NAME, LABEL, UNIT, BEFORE, VALUE, NOTE, NIHIL, REASON = range(1, 11)


# --- writing ---------------------------------------------------------------------------------------------------------


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
        self.kept = kept_rows(form)
        self.seal = seal_of(form.form_id, self.kept)
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
            self._put(row, 1, one_line(text), self.style(bold=row == 2))

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
        self._put(self.last_row + 2, 1, column_mark(self.form.form_id, self.seal), small)

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
        self._put(row, CODE, one_line(line.code), plain)
        self._put(row, NAME, one_line(line.name), plain)
        self._put(row, NOTE, many_lines(line.note), fill)
        self._put(row, NIHIL, YES if line.nihil else NOT, fill)
        self._put(row, REASON, one_line(line.nihil_reason), fill)
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
        self._put(row, LABEL, shown_label(cell), plain)
        self._put(row, UNIT, one_line(cell.unit), plain)
        self._put(row, BEFORE, one_line(cell.before), self.style(**_CELL, align="right", font_color="#5B6776"))
        style = self.style(**_FILL, align="right", bold=True)
        number = None if cell.choices else _as_excel_number(cell.value)
        if number is None:
            self._put(row, VALUE, one_line(cell.value), style)
        else:
            self.sheet.write_number(row - 1, VALUE - 1, number, style)
        self._validate(row, VALUE, self._rule(cell), (cut(cell.label, 32), _asked(cell)), _told(cell))

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
            column = len(KEPT_HEADINGS) + 2 + len(self._choices)
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
                "input_message": cut(message, 255),
                "error_title": "Isian belum sesuai",
                "error_message": cut(told, 255),
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
        sheet.set_footer(f"&L&8{cut(self.form.form_id.replace('&', '&&'), 80)}&R&8Halaman &P dari &N")
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
        sheet.write_string(0, 0, HELP_TITLE, self.style(bold=True, font_size=14))
        row = 1
        for number, text in enumerate(_HOW_TO, start=1):
            sheet.write_string(row, 0, f"{number}. {text}", self.style())
            row += 1
        for column, text in enumerate(("Kode", "Indikator", "Definisi operasional"), start=0):
            sheet.write_string(row + 1, column, text, self.style(**_CELL, bold=True, bg_color="#DCE6F2"))
        row += 2
        for line in self.form.lines:
            sheet.write_string(row, 0, one_line(line.code), bold)
            sheet.write_string(row, 1, one_line(line.name), wrap)
            sheet.write_string(row, 2, many_lines(line.definition), wrap)
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
        rows: list[tuple[str, ...]] = [*facts, KEPT_HEADINGS, *self.kept]
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
    unit = f" dalam {one_line(cell.unit)}" if cell.unit else ""
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


def cut(text: str, length: int) -> str:
    text = one_line(text)
    return text if len(text) <= length else text[: length - 1] + "…"
