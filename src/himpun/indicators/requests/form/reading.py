"""A form that came back, read. Pure."""

from collections.abc import Iterable
from typing import Final

from himpun.indicators.requests.form.values import (
    FIRST_KEPT,
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
    FilledCell,
    FilledForm,
    FilledLine,
    FormRefused,
    Kept,
    Words,
    column_mark,
    figure_key,
    many_lines,
    one_line,
    seal_of,
)
from himpun.indicators.requests.form.writing import CODE, LABEL, NIHIL, NOTE, REASON, VALUE, cut
from himpun.measure.numbers import unfit
from himpun.spreadsheets.book import Book, Content, Sheet, Wrong, address, column_letter, coordinates, text_of

# --- reading ---------------------------------------------------------------------------------------------------------


DOWNLOAD_AGAIN: Final = "Unduh formulirnya lagi dari halaman permintaan data, salin isiannya ke sana, lalu unggah."


def read_form(book: Book) -> FilledForm:
    """The filled form. Raises `FormRefused` for one that is foreign, damaged or changed where it must not be.

    What a person typed wrongly (a formula, a percentage, a date, an error) is in `wrong` with its cell.
    """
    hidden = kept_sheet(book)
    if book.kind == "csv" or hidden is None:
        raise FormRefused(
            "Berkas ini bukan formulir isian dari Himpun. Unduh formulirnya dari halaman permintaan data, "
            "atau pakai unggah lembar sendiri dengan pemetaan kolom."
        )
    form_id, seal, kept = _read_hidden(hidden)
    mark = column_mark(form_id, seal)
    sheet = _checked_sheets(book, hidden, kept, mark)
    _check_places(sheet, kept, mark)
    return _Reading(sheet, kept).filled(form_id, seal)


def _read_hidden(hidden: Sheet) -> tuple[str, str, list[Kept]]:
    facts = {text_of(hidden.cell(row, 1)): text_of(hidden.cell(row, 2)) for row in range(1, FIRST_KEPT - 1)}
    if facts.get("himpun") != KIND:
        raise FormRefused(f"Formulir ini dari versi Himpun yang lain. {DOWNLOAD_AGAIN}")
    form_id, seal, count = facts.get("formulir", ""), facts.get("sidik", ""), facts.get("baris", "")
    if not form_id or not seal:
        raise FormRefused(f"Nomor formulirnya hilang. {DOWNLOAD_AGAIN}")
    width = len(KEPT_HEADINGS)
    last = FIRST_KEPT - 1 + int(count) if count.isdecimal() and len(count) < 7 else 0
    kept = [
        Kept(*(text_of(hidden.cell(row, column)) for column in range(1, width + 1)))
        for row in range(FIRST_KEPT, min(last, len(hidden.rows)) + 1)
    ]
    if seal_of(form_id, kept) != seal or not all(row.line_id.isdecimal() for row in kept):
        raise FormRefused(
            f"Isi tersembunyi formulir ini berubah sehingga tidak cocok dengan sidiknya. {DOWNLOAD_AGAIN}"
        )
    return form_id, seal, kept


def kept_sheet(book: Book) -> Sheet | None:
    """The sheet that Himpun hid in a form, known by what stands in it, whatever its name; None in another workbook."""
    return next(
        (one for one in book.sheets if (text_of(one.cell(1, 1)), text_of(one.cell(1, 2))) == ("himpun", KIND)),
        book.sheet(HIDDEN),
    )


def _filled_sheet(book: Book, kept: list[Kept], mark: str) -> Sheet | None:
    """The sheet that was filled in: the one of that name, or the one that bears the form's mark."""
    place = HEADER_ROW + len(kept) + 2
    marked = [one for one in book.sheets if _plain(one.cell(place, 1)) == one_line(mark)]
    named = next((one for one in book.sheets if one.name == SHEET and one is not kept_sheet(book)), None)
    return marked[0] if len(marked) == 1 else named


def _checked_sheets(book: Book, hidden: Sheet, kept: list[Kept], mark: str) -> Sheet:
    sheet = _filled_sheet(book, kept, mark)
    ours = {HELP, hidden.name, sheet.name if sheet else SHEET}
    extra = [one.name for one in book.sheets if one.name not in ours and text_of(one.cell(1, 1)) != HELP_TITLE]
    if extra:
        raise FormRefused(
            f"Ada lembar tambahan “{extra[0]}” yang tidak akan terbaca. Hapus lembar itu, simpan, lalu unggah lagi."
        )
    if sheet is None:
        raise FormRefused(f"Lembar “{SHEET}” tidak ada. {DOWNLOAD_AGAIN}")
    if sheet.merged:
        raise FormRefused(
            f"Sel {sheet.merged[0]} digabungkan, sehingga tidak jelas isian itu milik baris yang mana. "
            "Pisahkan lagi selnya (Merge & Center → Unmerge), simpan, lalu unggah lagi."
        )
    return sheet


def _check_places(sheet: Sheet, kept: list[Kept], mark: str) -> None:
    for column, heading in enumerate(HEADINGS, start=1):
        if _plain(sheet.cell(HEADER_ROW, column)) != heading:
            raise FormRefused(
                f"Judul kolom di sel {address(HEADER_ROW, column)} bukan lagi “{heading}”; kolomnya bergeser atau berubah. {DOWNLOAD_AGAIN}"
            )
    for row in kept:
        number = int(row.row)
        found = _plain(sheet.cell(number, CODE)), _plain(sheet.cell(number, LABEL))
        if found != (row.code, row.label):
            expected = " · ".join(part for part in (row.code, row.label) if part)
            raise FormRefused(
                f"Baris {number} seharusnya “{cut(expected, 90)}”; barisnya bergeser, terhapus, atau diurutkan. {DOWNLOAD_AGAIN}"
            )
    place = HEADER_ROW + len(kept) + 2
    if _plain(sheet.cell(place, 1)) != one_line(mark):
        raise FormRefused(f"Tanda formulir di sel A{place} tidak cocok dengan isinya. {DOWNLOAD_AGAIN}")


def _plain(content: Content) -> str:
    return one_line(text_of(content))


class _Reading:
    """Walks the fill-in cells and gathers what is wrong with them."""

    def __init__(self, sheet: Sheet, kept: list[Kept]) -> None:
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

    def _cell(self, kept: Kept) -> FilledCell:
        row = int(kept.row)
        content, where = self.sheet.cell(row, VALUE), address(row, VALUE)
        if where not in self.sheet.formulas:
            cause = unfit(content, where in self.sheet.percents)
            if cause:
                self._tell(row, VALUE, cause)
        typed = _plain(content)
        typed = kept.value if figure_key(typed) == figure_key(kept.value) else typed
        return FilledCell(int(kept.line_id), int(kept.variable_id), row, VALUE, where, typed, kept.value)

    def _line(self, kept: Kept) -> FilledLine:
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
        typed = Words(many_lines(text_of(self.sheet.cell(row, NOTE))), answer == YES, reason)
        return FilledLine(int(kept.line_id), row, kept.code, typed, Words(kept.note, kept.nihil == YES, kept.reason))


def _sorted_places(addresses: Iterable[str]) -> list[tuple[int, int]]:
    return sorted(coordinates(each) for each in addresses)
