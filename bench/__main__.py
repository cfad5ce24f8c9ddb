"""`python -m bench`: everything, in one run of a few minutes. `--write` puts the tables into the documentation."""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

from bench import postgres, refusals, report, tour
from bench.steps import run as steps
from bench.worker import Worker

UNITS = {5: 2026, 50: 2027, 500: 2028}
"""Units in the office → the year whose quarters they are asked for."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--write", action="store_true", help="tulis tabelnya ke docs/explanation/performance.md")
    parser.add_argument("--seconds", type=float, default=75, help="lama mengukur langkah (bawaan: 75)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="angka yang diimpor (bawaan: 1.000.000)")
    parser.add_argument("--offices", type=int, default=7285, help="kantor senegara, 0 untuk melewatinya (bawaan: 7285)")
    parser.add_argument("--only-figures", action="store_true", help="angka saja: impor, rekap, dan penilaian")
    parser.add_argument("--only-time", action="store_true", help="waktu saja: tangga, pengingat, dan kesesuaian log")
    parser.add_argument("--tasks", type=int, default=1_000_000, help="tugas terbuka yang disapu (bawaan: 1.000.000)")
    parser.add_argument("--cases", type=int, default=10_000, help="kasus yang dicocokkan (bawaan: 10.000)")
    parser.add_argument("--only-steps", action="store_true", help="langkah saja: tanpa jawaban unit, PDF, dan tur")
    options = parser.parse_args()
    found = report.Findings(load_before=os.getloadavg()[0])
    with tempfile.TemporaryDirectory(prefix="himpun-bench-", dir="/var/tmp") as name, postgres.cluster() as server:
        folder = Path(name)
        found.server = postgres.version(server)
        if options.only_figures:
            found.figures = _figures(folder, server, options.rows, options.offices)
            print(report.figures(found))
            if options.write:
                report.write_figures(found)
            return
        if options.only_time:
            found.times = _times(folder, server, options)
            print(report.times(found))
            if options.write:
                report.write_times(found)
            return
        found.steps = steps.run(folder, server, options.seconds)
        if options.only_steps:
            print(*report.tables_of_steps(found), sep="\n\n")
            return
        found.answers = {database: _answers(folder, server, database) for database in steps.DATABASES}
        found.figures = _figures(folder, server, options.rows, options.offices)
        found.refusals = refusals.measure()
        found.times = _times(folder, server, options)
        with Worker("bench.pdf", f"sqlite:///{folder / 'pdf.sqlite3'}", folder) as worker:
            found.pdf = worker.ask("measure")
    found.tour = tour.seconds()
    print(report.markdown(found), report.figures(found), report.times(found), sep="\n\n")
    if options.write:
        report.write(found)


def _figures(folder: Path, server: str, rows: int, offices: int) -> dict[str, dict[str, Any]]:
    """Both databases: the floor, an import of new figures, of changed ones, of the same again; scoring; the country."""
    found: dict[str, dict[str, Any]] = {}
    for database in steps.DATABASES:
        var = folder / f"figures-{database}"
        var.mkdir()
        with steps.database_for(var, server, database, "figures") as url, Worker("bench.figures", url, var) as worker:
            of: dict[str, Any] = {"rows": worker.ask("prepare", rows=rows)}
            of["floor"] = {"new": worker.ask("floor", shift=0), "changed": worker.ask("floor", shift=1)}
            of["new"] = worker.ask("take", shift=0)["rate"]
            of["changed"] = worker.ask("take", shift=1)["rate"]
            of["same"] = worker.ask("take", shift=1)["rate"]
            of["score"] = worker.ask("score")
            worker.ask("close")
            if offices and database == "PostgreSQL":
                of["nation"] = worker.ask("nation", offices=offices, indicators=30, months=60)
                of["recap"] = worker.ask("recap")
                of["one_office"] = worker.ask("one_office")
            elif offices:
                of["nation"] = worker.ask("nation", offices=100, indicators=30, months=60)
                of["one_office"] = worker.ask("one_office")
            found[database] = of
    return found


def _times(folder: Path, server: str, options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Both databases: the ladder of a regency and of the country, the sweep of the reminders; and conformance."""
    found: dict[str, dict[str, Any]] = {}
    for database in steps.DATABASES:
        var = folder / f"times-{database}"
        var.mkdir()
        with steps.database_for(var, server, database, "ladder") as url, Worker("bench.ladder", url, var) as worker:
            of: dict[str, Any] = {"size": worker.ask("prepare", regencies=137, offices=options.offices or 530)}
            of["page"], of["country"] = worker.ask("page"), worker.ask("country")
        with steps.database_for(var, server, database, "sweep") as url, Worker("bench.sweep", url, var) as worker:
            few, many = options.tasks // 100, options.tasks
            of["few"], of["many"] = worker.ask("prepare", tasks=few), worker.ask("prepare", tasks=many)
            of["sweep_few"], of["sweep_many"] = worker.ask("sweep", tasks=few), worker.ask("sweep", tasks=many)
        found[database] = of
    with Worker("bench.conformance", f"sqlite:///{folder / 'conformance.sqlite3'}", folder) as worker:
        found["kesesuaian"] = worker.ask("measure", cases=options.cases)
    return found


def _answers(folder: Path, server: str, database: str) -> dict[int, dict[str, float]]:
    var = folder / f"answers-{database}"
    var.mkdir()
    with steps.database_for(var, server, database, "answers") as url, Worker("bench.answers", url, var) as worker:
        worker.ask("prepare")
        return {units: worker.ask("answers", units=units, year=year) for units, year in UNITS.items()}


if __name__ == "__main__":
    main()
