"""himpun export-log: what the journal says happened, as an event log for process mining tools."""

import argparse
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from himpun.commands.reading import FileUnreadable, office_of
from himpun.errors import Refusal
from himpun.history import csv, xes
from himpun.history.journal import events_of
from himpun.offices.models.offices import Office
from himpun.procedures.models import ProcedureVersion

USUAL = "pengumpulan-data-kinerja"


class DayUnreadable(Refusal):
    """A date on the command line is none."""

    code = "tanggal-tidak-terbaca"

    def __init__(self, text: str) -> None:
        super().__init__(f"Tanggal “{text}” tidak terbaca. Tulis tahun-bulan-hari, misalnya 2026-01-31.")


class UnknownProcedure(Refusal):
    """No procedure of this key was ever published."""

    code = "prosedur-tidak-ada"

    def __init__(self, key: str) -> None:
        known = ", ".join(sorted(set(ProcedureVersion.objects.values_list("key", flat=True)))) or "belum ada satu pun"
        super().__init__(f"Prosedur “{key}” tidak ada. Yang ada: {known}. Naskah TOML ditulis dengan akhiran .toml.")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--office", required=True, metavar="KODE", help="kode kantor")
    parser.add_argument("--procedure", default=USUAL, metavar="KUNCI", help=f"kunci prosedur (bawaan: {USUAL})")
    parser.add_argument("--since", default="", metavar="TANGGAL", help="siklus yang dimulai sejak tanggal ini")
    parser.add_argument("--until", default="", metavar="TANGGAL", help="siklus yang dimulai sebelum tanggal ini")
    parser.add_argument("--format", choices=("csv", "xes"), default="csv", help="bentuk keluaran (bawaan: csv)")
    parser.add_argument("-o", "--output", type=Path, metavar="BERKAS", help="berkas keluaran (bawaan: ke layar)")


def run(options: argparse.Namespace) -> int:
    """Write the log to a file, or print it."""
    office = office_of(options.office)
    if not ProcedureVersion.objects.filter(key=options.procedure).exists():
        raise UnknownProcedure(options.procedure)
    since, until = (moment_of(text, office) for text in (options.since, options.until))
    log = events_of([office], options.procedure, since, until)
    pieces = xes.write(log, name=office.name) if options.format == "xes" else csv.write(log)
    if options.output is None:
        for piece in pieces:
            sys.stdout.write(piece)
        return 0
    _write(options.output, pieces)
    print(f"{options.output} ditulis: {len(log)} peristiwa, {len({event.case for event in log})} kasus.")
    return 0


def _write(file: Path, pieces: Iterator[str]) -> None:
    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            out.writelines(pieces)
    except OSError as error:
        raise FileUnreadable(file, "berkas tidak dapat ditulis. Periksa foldernya.") from error


def moment_of(text: str, office: Office) -> datetime | None:
    """The beginning of a day where the office is; None for "". Raises DayUnreadable."""
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), tzinfo=ZoneInfo(office.timezone))
    except ValueError as error:
        raise DayUnreadable(text) from error
