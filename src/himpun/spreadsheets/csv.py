"""A CSV file read as a book of one sheet."""

from himpun.spreadsheets.book import Book, Content, Sheet, Wrong, address, text_of, without_blank_ends
from himpun.spreadsheets.door import Door, thousands
from himpun.spreadsheets.records import CsvUnreadable, every_record, too_many


def read_csv(door: Door, content: bytes) -> Book:
    """One sheet of texts, its rows numbered as a spreadsheet shows them."""
    rows: list[list[Content]] = []
    widths: list[int] = []
    cells = 0
    try:
        for _, row in every_record(content):
            cells += len(row)
            _check_csv_size(door, len(rows) + 1, len(row), cells)
            rows.append([cell or None for cell in row])
            widths.append(len(row))
    except CsvUnreadable as refusal:
        cause, _, advice = refusal.cause.rstrip(".").partition(". ")
        where = f"baris {thousands(refusal.row)} tidak dapat dibaca: " if refusal.row else ""
        door.refuse(where + cause[:1].lower() + cause[1:], (advice or "Simpan ulang sebagai CSV UTF-8") + ".")
    trimmed = without_blank_ends(rows)
    formulas = frozenset(
        address(row, column)
        for row, cells_of in enumerate(trimmed, start=1)
        for column, cell in enumerate(cells_of, start=1)
        if isinstance(cell, str) and cell.startswith("=")
    )
    return Book((Sheet("CSV", trimmed, formulas=formulas, widths=tuple(widths)),), "csv")


def _check_csv_size(door: Door, row: int, width: int, cells: int) -> None:
    limits = door.limits
    if row > limits.rows:
        door.refuse(f"barisnya lebih dari {thousands(limits.rows)}", "Bagi menjadi beberapa berkas.")
    if width > limits.columns:
        door.refuse(f"baris {thousands(row)} lebih dari {limits.columns} kolom", "Hapus kolom yang tidak perlu.")
    if cells > limits.cells:
        door.refuse(f"isinya lebih dari {thousands(limits.cells)} sel", "Bagi menjadi beberapa berkas.")


def torn_rows(sheet: Sheet, top: int, bottom: int) -> dict[int, Wrong]:
    """Rows of a CSV that hold more cells than its headings in the rows from `top` to `bottom`: none is to be believed."""
    if not sheet.widths:
        return {}
    headed = max((len(row) for row in sheet.rows[top - 1 : bottom]), default=0)
    width = max(sheet.widths[top - 1 : bottom], default=0)
    found = {}
    for number, cells in enumerate(sheet.rows[bottom:], bottom + 1):
        written = sheet.widths[number - 1]
        if cells and (cause := too_many(written, width) or too_many(len(cells), headed)):
            shown = ", ".join(text_of(cell) for cell in cells)[:200]
            found[number] = Wrong(number, "baris", shown, cause, sheet.name)
    return found
