"""The budget as files: the table to take away (XLSX, CSV) and the workbook to fill in. Pure but for the bytes.

Text is written as text, so that nothing in it becomes a formula; a CSV cell that a spreadsheet would run is quoted.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import xlsxwriter

from himpun.budgets.efficiency import Chosen, Judged
from himpun.budgets.rollup import Entry, Node, Sums, Tree, in_order
from himpun.measure.numbers import round_half_up, write_number
from himpun.moments import MONTHS
from himpun.spreadsheets.parts import inert

Cell = str | Decimal | None

FILL_IN = ("Kode", "Jenjang", "Nama", "Penanggung jawab", "Pagu", "Pagu perubahan")
GUIDE = (
    "Isi lembar “Anggaran”. Satu baris untuk setiap program, kegiatan, dan sub-kegiatan; kodenya menentukan susunannya.",
    "Contoh kode: 7.01.01 (program), 7.01.01.2.01 (kegiatan), 7.01.01.2.01.0006 (sub-kegiatan).",
    "Penanggung jawab ditulis dengan kode jabatan, seperti pada halaman Pengaturan; boleh kosong.",
    "Pagu dan realisasi dalam rupiah, paling banyak dua angka di belakang koma; diisi pada baris terbawah.",
    "Bila diisi juga pada baris di atasnya, harus sama dengan jumlah di bawahnya.",
    "Realisasi adalah belanja bulan itu saja, bukan kumulatif. Fisik adalah persen kumulatif sampai akhir bulan (0–100).",
    "Sel kosong berarti tidak diubah. Jangan menggabungkan sel, dan tempel angka sebagai nilai, bukan rumus.",
)


def table(tree: Tree, judged: Mapping[str, Judged], chosen: Chosen) -> list[list[Cell]]:
    """The page's table: a heading, every node, the total (judged under "")."""
    until = f"s.d. {MONTHS[tree.month - 1]}"
    heading: list[Cell] = [
        "Kode",
        "Jenjang",
        "Nama",
        "Pagu",
        "Pagu perubahan",
        f"Realisasi {until}",
        "Sisa pagu",
        "Serapan (%)",
        f"Fisik {until} (%)",
        "Deviasi fisik − serapan (poin)",
        f"Efisiensi: {chosen.name}",
        "Keterangan",
    ]
    rows = [_line(node, judged[node.entry.code]) for node in tree.nodes]
    return [heading, *rows, ["", "", "Jumlah", *_figures(tree.total, judged[""])]]


def _line(node: Node, judged: Judged) -> list[Cell]:
    entry = node.entry
    return [entry.code, entry.level.value, entry.name, *_figures(node.sums, judged)]


def _figures(sums: Sums, judged: Judged) -> list[Cell]:
    absorbed = sums.absorption
    money = (sums.budget, sums.revised, sums.spent, sums.remaining)
    percents = (absorbed.value, sums.physical, sums.deviation)
    reasons = [absorbed.reason, judged.efficiency.reason, *(f"{out.code}: {out.reason}" for out in sums.left_out)]
    return [
        *(None if amount is None else round_half_up(amount, 2) for amount in money),
        *(None if percent is None else round_half_up(percent, 2) for percent in percents),
        judged.shown,
        "; ".join(reason for reason in reasons if reason),
    ]


def as_xlsx(rows: Sequence[Sequence[Cell]], title: str) -> bytes:
    """A table as a workbook of one sheet; the first row is its heading."""
    target = io.BytesIO()
    book = _workbook(target)
    sheet = book.add_worksheet("Anggaran")
    head, number = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "#,##0.00"})
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 13}))
    for row, cells in enumerate(rows, 2):
        for column, cell in enumerate(cells):
            _write(sheet, row, column, cell, head if row == 2 else number)
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 2, 60)
    sheet.set_column(3, 11, 18)
    sheet.freeze_panes(3, 3)
    book.close()
    return target.getvalue()


def as_csv(rows: Sequence[Sequence[Cell]]) -> bytes:
    """A table as CSV for an Indonesian Excel: UTF-8 with BOM, semicolons, decimal commas."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";")
    for cells in rows:
        writer.writerow([_csv_cell(cell) for cell in cells])
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return inert(cell)
    return write_number(cell).replace(".", "").replace("−", "-")


def to_fill_in(entries: Iterable[Entry]) -> bytes:
    """The workbook to fill in and import: one row for every node there is, with what is known; months beside it."""
    target = io.BytesIO()
    book = _workbook(target)
    sheet = book.add_worksheet("Anggaran")
    head, text = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "@"})
    months = [f"{kind} {month[:3].lower()}" for month in MONTHS for kind in ("Realisasi", "Fisik")]
    for column, heading in enumerate((*FILL_IN, *months)):
        sheet.write_string(0, column, heading, head)
    for row, entry in enumerate(sorted(entries, key=lambda entry: in_order(entry.code)), 1):
        for column, cell in enumerate(_fill_in_cells(entry)):
            _write(sheet, row, column, cell, text if column == 0 else None)
    sheet.set_column(0, 0, 20, text)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, 60)
    sheet.set_column(3, 5 + len(months), 16)
    sheet.freeze_panes(1, 3)
    guide = book.add_worksheet("Petunjuk")
    guide.set_column(0, 0, 110)
    for row, sentence in enumerate(GUIDE):
        guide.write_string(row, 0, sentence)
    book.close()
    return target.getvalue()


def _fill_in_cells(entry: Entry) -> list[Cell]:
    months = [figures.get(month) for month in range(1, 13) for figures in (entry.spent, entry.physical)]
    return [entry.code, entry.level.value, entry.name, entry.owner, entry.budget, entry.revised, *months]


def _workbook(target: io.BytesIO) -> Any:
    return xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})


def _write(sheet: Any, row: int, column: int, cell: Cell | Fraction, form: Any) -> None:
    if isinstance(cell, str):
        if cell:
            sheet.write_string(row, column, cell, form)
    elif cell is not None:
        sheet.write_number(row, column, cell, form)
