"""himpun recap: the live recap of an office and period as a file."""

import argparse
import sys
from pathlib import Path

from himpun.commands.reading import FileUnreadable, office_of
from himpun.errors import Refusal
from himpun.measure.periods import Period
from himpun.reports.recap.export import to_csv, to_json, to_xlsx
from himpun.reports.recap.recap import recap_of

WRITERS = {"csv": to_csv, "json": to_json, "xlsx": to_xlsx}


class NeedsAFile(Refusal):
    """An XLSX cannot be printed on a screen."""

    code = "perlu-berkas"

    def __init__(self) -> None:
        super().__init__("XLSX tidak dapat ditulis ke layar. Tambahkan --output rekap.xlsx.")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--office", required=True, metavar="KODE", help="kode kantor")
    parser.add_argument("--period", required=True, help="kode periode: 2026, 2026-S1, 2026-TW3, atau 2026-08")
    parser.add_argument("--format", choices=tuple(WRITERS), default="csv", help="bentuk keluaran (bawaan: csv)")
    parser.add_argument("--output", type=Path, metavar="BERKAS", help="berkas keluaran (bawaan: ke layar)")


def run(options: argparse.Namespace) -> int:
    """Write the recap to a file, or print it."""
    if options.format == "xlsx" and options.output is None and sys.stdout.isatty():
        raise NeedsAFile
    content = WRITERS[options.format](recap_of(office_of(options.office), Period.parse(options.period)))
    if options.output is None:
        _print(content)
        return 0
    try:
        options.output.write_bytes(content)
    except OSError as error:
        raise FileUnreadable(options.output, "berkas tidak dapat ditulis. Periksa foldernya.") from error
    print(f"{options.output} ditulis.")
    return 0


def _print(content: bytes) -> None:
    """To the screen as text, or as it is to a pipe."""
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        print(content.decode("utf-8-sig"), end="")
    else:
        buffer.write(content)
        buffer.flush()
