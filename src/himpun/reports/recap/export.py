"""A recap as files: CSV for a spreadsheet, XLSX for printing, JSON for programs. The same recap gives the same bytes.

Numbers are the ones of the page: computed exactly, rounded only here. What is provisional says so in every form.
"""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from fractions import Fraction
from typing import Any

import xlsxwriter

from himpun.indicators.measured.keeping import exact_text
from himpun.measure.numbers import round_half_up, write_percent
from himpun.measure.scoring.summary import Summary
from himpun.measure.scoring.values import SHOWN_PLACES, Score
from himpun.reports.recap.recap import OfficeRecap, Row
from himpun.spreadsheets.parts import inert

PROVISIONAL, SETTLED = "sementara", "tetap"
XLSX_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_MEDIA = "text/csv; charset=utf-8"
_WIDTHS = (8, 36, 10, 24, 10, 10, 10, 14, 11, 10, 10, 10, 10, 32)
"""Of the columns, in letters; the two earlier years stand before the last three."""
_LINE_HEIGHT = 13.5


def name_of(recap: OfficeRecap, ending: str) -> str:
    """The file's name: "rekap-kec-contoh-2026-TW3.csv"."""
    return f"rekap-{recap.office.code}-{recap.period.code}.{ending}"


# --- JSON ------------------------------------------------------------------------------------------------------------


def to_json(recap: OfficeRecap) -> bytes:
    """The whole recap with the tree of every result, as `as_data` gives it."""
    return (json.dumps(as_data(recap), ensure_ascii=False, indent=1) + "\n").encode()


def as_data(recap: OfficeRecap) -> dict[str, Any]:
    """A recap as plain values: exact numbers as "275/3" or "90", decimals as "91.67", as shown "91,67"."""
    return {
        "kantor": {"kode": recap.office.code, "nama": recap.office.name},
        "periode": recap.period.code,
        "periode_tampil": recap.period.label,
        "sementara": recap.provisional,
        "ringkasan": _summary(recap.summary),
        "pelaporan": {
            "diminta": recap.reporting.asked,
            "dijawab": recap.reporting.answered,
            "tepat_waktu": recap.reporting.in_time,
        },
        "skala": [
            [{"nama": level.name, "warna": level.colour, "aturan": level.rule} for level in scale]
            for scale in recap.scales
        ],
        "indikator": [_row(row) for row in recap.rows],
    }


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "rata_rata": _number(summary.mean),
        "rata_rata_paling_tinggi_100": _number(summary.capped_mean),
        "tercapai": summary.achieved,
        "tidak_tercapai": summary.not_achieved,
        "terhitung": summary.counted,
        "tidak_ikut": [{"nama": one.name, "sebab": one.reason} for one in summary.left_out],
    }


def _number(value: Fraction | None) -> dict[str, str] | None:
    if value is None:
        return None
    return {"tepat": exact_text(value), "desimal": _decimal(value), "tampil": write_percent(value)}


def _decimal(value: Fraction, places: int = SHOWN_PLACES) -> str:
    return format(round_half_up(value, places), "f")


def _row(row: Row) -> dict[str, Any]:
    indicator = row.indicator
    return {
        "kode": indicator.code,
        "nama": indicator.name,
        "versi": indicator.version,
        "sasaran": indicator.sasaran,
        "satuan": indicator.unit,
        "polaritas": indicator.polarity,
        "agregasi": indicator.aggregation,
        "unit": row.units,
        "periode": row.measured.period.code,
        "target": row.target,
        "realisasi": {
            "tepat": exact_text(row.measured.actual),
            "tampil": row.actual,
            "rumus": row.formula,
            "catatan": list(row.measured.notes),
            "alasan": row.measured.reason if row.measured.actual is None else "",
        },
        "capaian": _score(row.score, row.achievement, row.reason),
        "capaian_tahun": _score(row.so_far, row.so_far.shown, row.so_far.reason),
        "kategori": row.category.name if row.category else "",
        "aturan": row.category.rule if row.category else "",
        "sementara": row.measured.provisional,
        "dikoreksi": row.corrected,
        "tahun_sebelumnya": [{"tahun": year, "realisasi": actual} for year, actual in row.earlier],
        "target_renstra": indicator.renstra_target,
        "standar_nasional": indicator.national_standard,
        "pohon": row.tree,
    }


def _score(score: Score, text: str, reason: str) -> dict[str, str]:
    """`tepat` is what the formula gives, also below 0; `desimal` and `tampil` are what counts."""
    return {
        "tepat": exact_text(score.raw),
        "desimal": "" if score.value is None else _decimal(score.value),
        "tampil": text,
        "rumus": score.formula,
        "alasan": reason,
    }


# --- CSV -------------------------------------------------------------------------------------------------------------


def to_csv(recap: OfficeRecap, *, note: str = "") -> bytes:
    """UTF-8 with its mark, cells parted by semicolons, numbers written the Indonesian way: as Excel here opens it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_headings(recap))
    for row in recap.rows:
        writer.writerow([inert(cell) for cell in _cells(row)])
    writer.writerow([])
    for label, value in _summed(recap, note):
        writer.writerow([inert(label), inert(value)])
    return text.getvalue().encode("utf-8-sig")


def _headings(recap: OfficeRecap) -> list[str]:
    return [
        "Kode",
        "Indikator",
        "Satuan",
        "Penanggung jawab",
        "Target",
        "Realisasi",
        "Capaian (%)",
        "Kategori",
        "Status",
        *(f"Realisasi {recap.period.year - back}" for back, _ in enumerate(_earlier(recap), 1)),
        "Akhir Renstra",
        "Standar nasional",
        "Rumus atau sebab",
        "Sasaran",
    ]


def _earlier(recap: OfficeRecap) -> Sequence[Any]:
    return recap.rows[0].earlier if recap.rows else ()


def _cells(row: Row) -> list[str]:
    return [
        row.indicator.code,
        row.indicator.name,
        row.indicator.unit,
        row.units,
        row.target,
        row.actual,
        row.achievement,
        row.category.name if row.category else "",
        _status(row),
        *(actual for _, actual in row.earlier),
        row.indicator.renstra_target,
        row.indicator.national_standard,
        row.score.formula or row.reason,
        row.indicator.sasaran,
    ]


def _status(row: Row) -> str:
    status = PROVISIONAL if row.measured.provisional else SETTLED if row.measured.actual is not None else ""
    return f"{status}, dikoreksi" if row.corrected else status


def _summed(recap: OfficeRecap, note: str) -> Iterable[tuple[str, str]]:
    summary = recap.summary
    if note:
        yield "Catatan", note
    yield "Kantor", recap.office.name
    yield "Periode", f"{recap.period.label} ({PROVISIONAL})" if recap.provisional else recap.period.label
    yield "Rata-rata capaian", "–" if summary.mean is None else write_percent(summary.mean)
    yield (
        "Rata-rata, tiap capaian paling tinggi 100",
        "–" if summary.capped_mean is None else write_percent(summary.capped_mean),
    )
    yield "Mencapai target", f"{summary.achieved} dari {summary.counted}"
    for one in summary.left_out:
        yield "Tidak ikut dihitung", f"{one.name}: {one.reason}"
    for scale in recap.scales:
        yield "Skala", "; ".join(f"{level.name} ({level.rule})" for level in scale)


# --- XLSX ------------------------------------------------------------------------------------------------------------


def to_xlsx(recap: OfficeRecap, *, note: str = "") -> bytes:
    """One sheet for printing: A4 across, one page wide, headings on every page, numbers as numbers."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    made = datetime.combine(recap.period.last_day, time())
    book.set_properties({"title": f"Rekap capaian {recap.period.label}", "author": recap.office.name, "created": made})
    _Sheet(book, recap, note).write()
    book.close()
    return content.getvalue()


class _Sheet:
    """The printed sheet of a recap."""

    def __init__(self, book: xlsxwriter.Workbook, recap: OfficeRecap, note: str) -> None:
        self.book, self.recap, self.said = book, recap, note
        self.sheet = book.add_worksheet("Rekap")
        cell = {"border": 1, "font_size": 10, "valign": "top", "text_wrap": True, "border_color": "#9AA5AD"}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.plain = book.add_format({})
        self.note = book.add_format({"italic": True, "font_color": "#6B4700"})
        self.head = book.add_format({**cell, "bold": True, "bg_color": "#E3EBE7", "valign": "vcenter"})
        self.group = book.add_format({**cell, "bold": True, "bg_color": "#F3F6F5", "text_wrap": False})
        self.text = book.add_format(cell)
        self.right = book.add_format({**cell, "align": "right"})
        self._cell = cell
        self.widths = [*_WIDTHS[:9], *_WIDTHS[9:11][: len(_earlier(recap))], *_WIDTHS[11:]]
        self._numbers: dict[int, Any] = {}

    def write(self) -> None:
        headings = _headings(self.recap)[:-1]
        first = self._top(headings)
        line = first
        for group in self.recap.grouped("sasaran"):
            self.sheet.merge_range(line, 0, line, len(headings) - 1, group.name, self.group)
            for row in group.rows:
                line += 1
                self._row(line, row)
            line += 1
        line += 1
        for label, value in _summed(self.recap, self.said):
            self.sheet.write_string(line, 1, label, self.plain)
            self.sheet.write_string(line, 3, value, self.plain)
            line += 1
        self._page(first)

    def _top(self, headings: Sequence[str]) -> int:
        """Title, what is provisional, and the headings; the first line below them."""
        self.sheet.write_string(0, 0, f"Rekap capaian kinerja {self.recap.period.label}", self.title)
        self.sheet.write_string(1, 0, self.recap.office.name, self.plain)
        if self.recap.provisional:
            self.sheet.write_string(
                2, 0, "Sementara: angka bertanda “sementara” belum dibekukan dan masih dapat berubah.", self.note
            )
        for column, heading in enumerate(headings):
            self.sheet.write_string(4, column, heading, self.head)
        self._fit(4, headings)
        return 5

    def _row(self, line: int, row: Row) -> None:
        cells = _cells(row)[:-1]
        values = {5: row.measured.actual, 6: row.score.value}
        for column, text in enumerate(cells):
            value = values.get(column)
            if isinstance(value, Fraction):
                places = len(text.partition(",")[2])
                self.sheet.write_number(line, column, float(round_half_up(value, places)), self._number(places))
            else:
                after = 4 <= column <= 6 or 9 <= column < len(cells) - 1
                self.sheet.write_string(line, column, text, self.right if after else self.text)
        self._fit(line, cells)

    def _fit(self, line: int, cells: Sequence[str]) -> None:
        """As high as the longest cell needs: not every program works that out when it opens the file."""
        lines = max(-(-len(text) // (width - 1)) for text, width in zip(cells, self.widths, strict=True))
        self.sheet.set_row(line, _LINE_HEIGHT * max(1, lines) + 2)

    def _number(self, places: int) -> Any:
        if places not in self._numbers:
            form = {**self._cell, "align": "right", "num_format": "#,##0" + (f".{'0' * places}" if places else "")}
            self._numbers[places] = self.book.add_format(form)
        return self._numbers[places]

    def _page(self, first: int) -> None:
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)
        self.sheet.freeze_panes(first, 2)
        self.sheet.repeat_rows(first - 1)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        self.sheet.set_footer(f"&L&8{_footer(self.recap)}&R&8Halaman &P dari &N")


def _footer(recap: OfficeRecap) -> str:
    said = f"{recap.office.name}, {recap.period.label}{' (sementara)' if recap.provisional else ''}"
    return said.replace("&", "&&")
