"""`python -m bench`: everything, in one run of a few minutes. `--write` puts the tables into the documentation."""

import argparse
import os
import tempfile
from pathlib import Path

from bench import postgres, report, tour
from bench.steps import run as steps
from bench.worker import Worker

UNITS = {5: 2026, 50: 2027, 500: 2028}
"""Units in the office → the year whose quarters they are asked for."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="tulis tabelnya ke docs/explanation/performance.md")
    parser.add_argument("--seconds", type=float, default=75, help="lama mengukur langkah (bawaan: 75)")
    parser.add_argument("--only-steps", action="store_true", help="langkah saja: tanpa jawaban unit, PDF, dan tur")
    options = parser.parse_args()
    found = report.Findings(load_before=os.getloadavg()[0])
    with tempfile.TemporaryDirectory(prefix="himpun-bench-", dir="/var/tmp") as name, postgres.cluster() as server:
        folder = Path(name)
        found.server = postgres.version(server)
        found.steps = steps.run(folder, server, options.seconds)
        if options.only_steps:
            print(*report.tables_of_steps(found), sep="\n\n")
            return
        found.answers = {database: _answers(folder, server, database) for database in steps.DATABASES}
        with Worker("bench.pdf", f"sqlite:///{folder / 'pdf.sqlite3'}", folder) as worker:
            found.pdf = worker.ask("measure")
    found.tour = tour.seconds()
    print(report.markdown(found))
    if options.write:
        report.write(found)


def _answers(folder: Path, server: str, database: str) -> dict[int, dict[str, float]]:
    var = folder / f"answers-{database}"
    var.mkdir()
    with steps.database_for(var, server, database, "answers") as url, Worker("bench.answers", url, var) as worker:
        worker.ask("prepare")
        return {units: worker.ask("answers", units=units, year=year) for units, year in UNITS.items()}


if __name__ == "__main__":
    main()
