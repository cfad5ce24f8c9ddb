"""himpun check-capaian FILE: which formula gives each published capaian, or that none does."""

import argparse
import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from himpun.commands.reading import FileUnreadable
from himpun.measure.published.check import WRONG, Checked, as_record, changing_formulas, check, contradictions, counts
from himpun.measure.published.table import Table, read_table
from himpun.spreadsheets.reading import read_book

EXIT_CODES = (
    "Kode keluar: 0 bila tabelnya terbaca dan diperiksa, apa pun vonisnya; 1 bila berkas tidak terbaca (sebabnya satu kalimat "
    "di stderr), dan dengan --strict juga bila ada tidak-cocok atau polaritas-keliru; 2 bila perintahnya salah ditulis."
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXIT_CODES
    parser.add_argument(
        "file",
        type=Path,
        help="tabel terbit, CSV atau XLSX; kolom: indikator, target, realisasi, capaian, boleh polaritas dan tahun",
    )
    parser.add_argument(
        "--json", action="store_true", help="satu objek JSON sebaris: row, verdict, formula, recomputed, message"
    )
    parser.add_argument("--strict", action="store_true", help="keluar dengan 1 bila ada angka yang tidak cocok")
    parser.add_argument("--sheet", default="", help="lembar XLSX yang diperiksa (bawaan: yang pertama berisi tabel)")


def run(options: argparse.Namespace) -> int:
    """Print the answer to every row; with --strict exit with 1 when a printed figure is not what it should be."""
    table = read_table(read_book(options.file.name, _bytes_of(options.file)), options.sheet)
    checked = check(table.rows)
    lines = _json_lines(checked) if options.json else _report(options.file, table, checked)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    for line in lines:
        print(line)
    if options.json:
        for note in (*contradictions(table.rows), *table.notes):
            print(note, file=sys.stderr)
    return 1 if options.strict and any(each.verdict in WRONG for each in checked) else 0


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileUnreadable(file, "berkas tidak dapat dibuka. Periksa nama dan foldernya.") from error


def _json_lines(checked: Sequence[Checked]) -> Iterator[str]:
    for each in checked:
        yield json.dumps(as_record(each), ensure_ascii=False)


def _report(file: Path, table: Table, checked: Sequence[Checked]) -> Iterator[str]:
    yield f"{file}: {len(checked)} baris diperiksa"
    for each in checked:
        yield f"baris {each.row}  {each.verdict}  {each.indicator}" + (f" ({each.year})" if each.year else "")
        yield f"  {each.message}"
    yield from changing_formulas(checked)
    yield from contradictions(table.rows)
    yield from table.notes
    yield ", ".join(f"{number} {verdict}" for verdict, number in counts(checked).items()) + "."
