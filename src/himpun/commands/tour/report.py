"""The tour as the command runs it: set up, walk, leave everything, print, verify.

`ringkasan.txt` keeps what was printed.
"""

import argparse
import io
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import TextIO

from himpun import clock
from himpun.commands import setup, verify_archive
from himpun.commands.load_office import load
from himpun.commands.tour import table
from himpun.commands.tour.leavings import leave_documents, leave_journal
from himpun.commands.tour.walk import BEGINNING, Walk
from himpun.cycles.models import Cycle
from himpun.documents.parts import moment
from himpun.documents.work import render_waiting
from himpun.folders.reading import read_office
from himpun.measure.periods import Period

NOTHING = argparse.Namespace(new_key=False)


class _Both(io.TextIOBase):
    """Writes to the terminal and to a file."""

    def __init__(self, *outputs: TextIO) -> None:
        self.outputs = outputs

    def write(self, text: str) -> int:
        for output in self.outputs:
            output.write(text)
        return len(text)

    def flush(self) -> None:
        for output in self.outputs:
            output.flush()


def tour(folder: Path, example: Path) -> int:
    """Walk in `folder`; returns the exit code of the archive's verification."""
    with (folder / "ringkasan.txt").open("w", encoding="utf-8") as kept, redirect_stdout(_Both(sys.stdout, kept)):
        began = time.perf_counter()
        cycle = _walk(example)
        _tell(cycle, folder)
        code = verify_archive.run(NOTHING)
        print(f"Tur selesai dalam {time.perf_counter() - began:.1f} detik. Semua hasilnya ada di {folder}")
    return code


def _walk(example: Path) -> Cycle:
    with clock.held_at(BEGINNING):
        setup.run(NOTHING)
        office = load(read_office(example))
    walk = Walk(office)
    cycle = walk.whole()
    with clock.held_at(walk.now):
        render_waiting()
    cycle.refresh_from_db()
    return cycle


def _tell(cycle: Cycle, folder: Path) -> None:
    office = cycle.office
    print(f"\n{office.name}: {cycle.procedure.name}, {Period.parse(cycle.period).label}")
    print(f"Mulai {moment(cycle.started_at, office)}, selesai {moment(cycle.ended_at, office)} (jam tur sendiri)\n")
    print(table.written(list(table.rows(cycle))))
    names = leave_documents(folder)
    print(f"\n{len(names)} dokumen:")
    for name in names:
        print(f"  {name}")
    print(f"\nJurnal: {leave_journal(folder / 'journal.jsonl')} catatan di journal.jsonl")
