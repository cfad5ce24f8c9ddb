"""himpun verify-archive: is the archive what it was?"""

import argparse
import sys

from himpun.archive.sealing import prove_heads_anew
from himpun.archive.verify import verify


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--new-key",
        action="store_true",
        help="kunci lama hilang: meteraikan ujung semua rantai dengan kunci sekarang; tercatat di jurnal",
    )


def run(options: argparse.Namespace) -> int:
    """Print what was checked; exit with 1 and name each fault when something was altered, removed or reordered."""
    if options.new_key:
        print(f"{prove_heads_anew()} rantai dimeteraikan dengan kunci sekarang.")
    report = verify()
    for fault in report.faults:
        print(fault, file=sys.stderr)
    found = f"Ada {len(report.faults)} kesalahan." if report.faults else "Semua utuh."
    print(
        f"Diperiksa: {report.chains} rantai, {report.records} catatan, {report.files} berkas, {report.rows} baris tabel. {found}"
    )
    return 1 if report.faults else 0
