"""Three workbooks as offices keep them, with the figures of examples/kecamatan-contoh (synthetic) in three shapes.

Long (a row a figure), wide by month under a title and a unit block, and wide by quarter under a heading of two rows with
numbers written in every habit. `spoil` is called with the workbook and its sheet before it is saved. Run as a script to
write the three files and a spoiled copy of each into a folder: `python -m tests.indicators.office_sheets FOLDER`.
"""

import csv
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from himpun.indicators.figures.mapping.values import KnownIndicator, KnownVariable
from tests import workbooks

EXAMPLE = Path(__file__).parents[2] / "examples" / "kecamatan-contoh"
Spoil = Callable[[Any, Any], None]
LONG_HEADER, MONTH_HEADER, QUARTER_HEADER = 4, 8, 6


def _rows(name: str) -> list[dict[str, str]]:
    with (EXAMPLE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def known() -> list[KnownIndicator]:
    """The indicators of 2026 with their variables, as `apply` wants them."""
    variables = _rows("variables")
    return [
        KnownIndicator(
            row["code"],
            row["name"],
            tuple(KnownVariable(v["name"], v["label"], v["kind"]) for v in variables if v["indicator"] == row["code"]),
        )
        for row in _rows("indicators")
        if row["year"] == "2026"
    ]


def figures(*codes: str) -> dict[tuple[str, str, str], str]:
    """(indicator, variable, period) → the value of 2026 as the example writes it."""
    return {
        (row["indicator"], row["variable"], row["period"]): row["value"]
        for row in _rows("values")
        if row["indicator"] in codes and row["period"].startswith("2026")
    }


def _number(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


def _nothing(book: Any, sheet: Any) -> None: ...


LONG_CODES = ("IKU-01", "IKU-03", "IKU-05", "IKU-14")


def long_sheet(spoil: Spoil = _nothing) -> bytes:
    """A row for each figure: kode, indicator, data, periode as words, realisasi, satuan, keterangan. Data from row 5."""
    words = {"2026-TW1": "Triwulan I 2026", "2026-TW2": "TW II Tahun 2026", "2026-S1": "Semester I 2026"}
    labels = {each.code: {v[0]: v[1] for v in each.variables} for each in known()}
    names = {each.code: each.name for each in known()}

    def build(book: Any) -> None:
        sheet = book.add_worksheet("Rekap Data")
        sheet.write("A1", "REKAPITULASI DATA KINERJA", book.add_format({"bold": True}))
        sheet.write("A2", "Kecamatan Contoh (data rekaan)")
        sheet.write_row(
            LONG_HEADER - 1,
            0,
            ["No.", "Kode IKU", "Indikator Kinerja", "Uraian Data", "Periode", "Realisasi", "Satuan", "Ket."],
        )
        for at, ((code, variable, period), value) in enumerate(figures(*LONG_CODES).items()):
            row = LONG_HEADER + at
            sheet.write_row(row, 0, [at + 1, code, names[code].upper(), labels[code][variable], words[period]])
            sheet.write_number(row, 5, _number(value))
            sheet.write_row(row, 6, ["buah", "data sementara" if at == 1 else None])
        spoil(book, sheet)

    return workbooks.made(build)


MONTH_CODES = ("IKU-06",)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", "Sept", "Okt", "Nop", "Des")


def month_sheet(spoil: Spoil = _nothing) -> bytes:
    """Wide by month: title, unit block, a row "(1) (2) …", "-" for months to come, and signatures below."""
    labels = {variable[0]: variable[1] for each in known() if each.code == "IKU-06" for variable in each.variables}
    name = next(each.name for each in known() if each.code == "IKU-06")
    values = figures(*MONTH_CODES)

    def build(book: Any) -> None:
        sheet = book.add_worksheet("Presensi")
        middle = book.add_format({"align": "center", "bold": True})
        sheet.merge_range("A1:Q1", "LAPORAN BULANAN KEHADIRAN PEGAWAI", middle)
        sheet.merge_range("A2:Q2", "KECAMATAN CONTOH (DATA REKAAN)", middle)
        for row, (label, text) in enumerate(
            (("Unit Kerja", ": Subbagian Umum dan Kepegawaian"), ("Tahun", ": Tahun 2026")), start=3
        ):
            sheet.write(row, 0, label)
            sheet.write(row, 2, text)
        sheet.write_row(MONTH_HEADER - 1, 0, ["No", "Indikator", "Data", "Satuan", *MONTHS, "Keterangan"])
        sheet.write_row(MONTH_HEADER, 0, [f"({number})" for number in range(1, 18)])
        for at, (variable, label) in enumerate(labels.items()):
            row = MONTH_HEADER + 1 + at
            sheet.write_row(row, 0, [1, name] if at == 0 else [None, None])
            sheet.write_row(row, 2, [label, "hari"])
            for month in range(1, 13):
                value = values.get(("IKU-06", variable, f"2026-{month:02d}"))
                sheet.write(row, 3 + month, _number(value) if value else "-")
        below = MONTH_HEADER + 5
        sheet.write(below, 12, "Contoh, 3 Juli 2026")
        sheet.write(below + 1, 12, "Kasubbag Umum dan Kepegawaian,")
        sheet.write(below + 4, 12, "Agus Contoh, S.Sos.")
        sheet.write(below + 5, 12, "NIP 00000000 000000 0 005")
        spoil(book, sheet)

    return workbooks.made(build)


QUARTER_CODES = ("IKU-08", "IKU-09", "IKU-11", "IKU-13")


def quarter_sheet(spoil: Spoil = _nothing) -> bytes:
    """Wide by quarter under a merged heading of two rows, targets beside actuals, numbers in every habit, a help sheet."""
    values = figures(*QUARTER_CODES)

    def build(book: Any) -> None:
        sheet = book.add_worksheet("IKU 2026")
        book.add_worksheet("Petunjuk").write("A1", "Isi kolom realisasi setiap triwulan.")
        head = book.add_format({"align": "center", "border": 1})
        sheet.write("A1", "Pengukuran Kinerja Kecamatan Contoh (data rekaan)")
        sheet.write("A2", "Renstra 2025–2029")
        top, bottom = QUARTER_HEADER - 2, QUARTER_HEADER - 1
        for column, text in enumerate(("No", "Indikator Kinerja Utama", "Pembilang/Penyebut")):
            sheet.merge_range(top, column, bottom, column, text, head)
        sheet.merge_range(top, 3, top, 6, "Target Tahun 2026", head)
        sheet.merge_range(top, 7, top, 10, "Realisasi Tahun 2026", head)
        sheet.merge_range(top, 11, bottom, 11, "Keterangan", head)
        sheet.write_row(bottom, 3, ["TW I", "TW II", "TW III", "TW IV"] * 2, head)
        row = QUARTER_HEADER
        for number, each in enumerate((each for each in known() if each.code in QUARTER_CODES), start=1):
            for name, label, kind in each.variables:
                sheet.write_row(
                    row, 0, [number, f"{each.code} {each.name}", kind.title() if kind != "nilai" else label]
                )
                sheet.write_row(row, 3, [10, 20, 30, 40])
                for quarter in (1, 2):
                    _write_habit(sheet, row, 6 + quarter, values[each.code, name, f"2026-TW{quarter}"])
                row += 1
        spoil(book, sheet)

    return workbooks.made(build)


def _write_habit(sheet: Any, row: int, column: int, value: str) -> None:
    """By turns a number, text with thousands dots, text with decimals, text with spaces around."""
    match (row + column) % 4:
        case 0:
            sheet.write_string(row, column, value)
        case 1:
            sheet.write_string(row, column, f"{value},00")
        case 2:
            sheet.write_string(row, column, f"  {value} ")
        case _:
            sheet.write_number(row, column, _number(value))


SHEETS: Mapping[str, Callable[..., bytes]] = {
    "panjang": long_sheet,
    "bulanan": month_sheet,
    "triwulanan": quarter_sheet,
}
CODES = {"panjang": LONG_CODES, "bulanan": MONTH_CODES, "triwulanan": QUARTER_CODES}
FIRST_FIGURE = {"panjang": "F5", "bulanan": "E10", "triwulanan": "H7"}
"""Where each of the three has its first figure."""


def _at(name: str, write: Callable[[Any, Any, str], None]) -> bytes:
    return SHEETS[name](lambda book, sheet: write(book, sheet, FIRST_FIGURE[name]))


SPOILED: Mapping[str, Callable[[str], bytes]] = {
    "salah-jenis": lambda name: _at(name, lambda book, sheet, cell: sheet.write_string(cell, "dua belas")),
    "tanggal": lambda name: _at(
        name, lambda book, sheet, cell: sheet.write_number(cell, 46_083, book.add_format({"num_format": "dd/mm/yyyy"}))
    ),
    "persen": lambda name: _at(
        name, lambda book, sheet, cell: sheet.write_number(cell, 0.85, book.add_format({"num_format": "0%"}))
    ),
    "sel-gabung": lambda name: _at(
        name, lambda book, sheet, cell: sheet.merge_range(f"{cell}:{cell[0]}{int(cell[1:]) + 1}", 9, book.add_format())
    ),
    "rumus": lambda name: _at(name, lambda book, sheet, cell: sheet.write_formula(cell, "=4+5", None, 9)),
    "galat": lambda name: _at(name, lambda book, sheet, cell: sheet.write_formula(cell, "=1/0", None, "#DIV/0!")),
    "lembar-tambahan": lambda name: _at(name, lambda book, sheet, cell: book.add_worksheet("Coretan").write("A1", 5)),
    "baris-kosong": lambda name: workbooks.with_blank_rows(SHEETS[name](), 50),
    "makro": lambda name: workbooks.with_macro(SHEETS[name]()),
    "bom-zip": lambda name: workbooks.as_bomb(SHEETS[name](), 200),
}


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for shape, make in SHEETS.items():
        (folder / f"{shape}.xlsx").write_bytes(make())
        for cause, spoiled in SPOILED.items():
            (folder / f"{shape}-{cause}.xlsx").write_bytes(spoiled(shape))
