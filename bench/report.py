"""The table: as Markdown, printed and (with --write) put between the marks in docs/explanation/performance.md."""

import os
import platform
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.steps.run import DATABASES, Measured, ratio
from bench.worker import PROJECT

PAGE = PROJECT / "docs" / "explanation" / "performance.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
BEGIN_FIGURES, END_FIGURES = "<!-- bench figures: begin -->", "<!-- bench figures: end -->"
BEGIN_TIMES, END_TIMES = "<!-- bench times: begin -->", "<!-- bench times: end -->"
BUSY = 0.7
AIMS = {"SQLite": 3.0, "PostgreSQL": 1.8}
NAMES = {
    "floor": "floor: the same rows as bare SQL",
    "himpun": "**Himpun**, permission check and journal included",
    "viewflow": "Viewflow",
    "spiff": "SpiffWorkflow, restored and stored each step, through Django's connection",
    "spiff-in-memory": "SpiffWorkflow, kept in memory, stored each step by the bare driver",
}


@dataclass(slots=True)
class Findings:
    """All that one run found."""

    steps: list[Measured] = field(default_factory=list)
    answers: dict[str, dict[int, dict[str, float]]] = field(default_factory=dict)
    pdf: dict[str, float] = field(default_factory=dict)
    tour: float | None = None
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    times: dict[str, dict[str, Any]] = field(default_factory=dict)
    refusals: dict[str, tuple[float, float]] = field(default_factory=dict)
    server: str = ""
    load_before: float = 0.0


def markdown(found: Findings) -> str:
    """Everything, as the page shows it."""
    return "\n\n".join([*tables_of_steps(found), _answers(found), _whole(found), _refusals(found)])


def tables_of_steps(found: Findings) -> list[str]:
    """The machine, and a table for each database."""
    of = [(database, [one for one in found.steps if one.database == database]) for database in DATABASES]
    busy = found.load_before >= BUSY
    return [_machine(found), *(_steps_on(database, steps, busy) for database, steps in of)]


def _machine(found: Findings) -> str:
    load = f"load average {found.load_before:.1f} at the start"
    if found.load_before >= BUSY:
        load += " (**the machine was busy with other work: waiting for it hides differences; measure again**)"
    versions = [
        f"Python {platform.python_version()}",
        f"Django {version('django')}",
        f"SQLite {sqlite3.sqlite_version} (WAL, synchronous=FULL)",
        found.server,
        f"Viewflow {version('django-viewflow')}",
        f"SpiffWorkflow {version('spiffworkflow')}",
    ]
    rounds = len(found.steps[0].seconds) if found.steps else 0
    when = f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}"
    machine = f"{_processor()}, {os.cpu_count()} cores, {load}"
    return f"Measured {when} on {machine}. {'; '.join(versions)}. {rounds} rounds."


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _steps_on(database: str, steps: list[Measured], busy: bool) -> str:
    by_name = {one.subject: one for one in steps}
    titles = (
        "| ten steps, durable | steps a second, median | best tenth | time against the floor | statements | commits |"
    )
    rows = [titles, "|---|---:|---:|---:|---:|---:|"]
    for one in steps:
        times = f"{one.rate:,.0f} | {one.best:,.0f} | {ratio(one, by_name['floor']):.2f}×"
        rows.append(f"| {NAMES[one.subject]} | {times} | {one.count['statements']} | {one.count['commits']} |")
    return f"### {database}\n\n" + "\n".join(rows) + "\n\n" + _verdict(AIMS[database], by_name, busy)


def _verdict(aim: float, by_name: dict[str, Measured], busy: bool) -> str:
    himpun = by_name["himpun"]
    reached = ratio(himpun, by_name["floor"])
    judged = "reached" if reached <= aim else "**not reached**"
    floor = f"Aim: at most {aim:g}× the floor: {'not judged on a busy machine' if busy else judged} ({reached:.2f}×)."
    peers = [name for name in by_name if name not in ("floor", "himpun")]
    times = [f"{NAMES[name]} takes {ratio(by_name[name], himpun):.2f}× as long as Himpun" for name in peers]
    return f"{floor} {'; '.join(times)}."


def _answers(found: Findings) -> str:
    sizes = sorted(next(iter(found.answers.values()), {}))
    rows = [_row("units in the office", [f"{size}" for size in sizes]), "|---|" + "---:|" * len(sizes)]
    for database, by_size in found.answers.items():
        rows.append(_row(f"{database}, milliseconds", [f"{by_size[size]['milliseconds']:.1f}" for size in sizes]))
        rows.append(_row(f"{database}, statements", [f"{by_size[size]['statements']:.0f}" for size in sizes]))
    return "### One unit's answer\n\n" + "\n".join(rows)


def _row(name: str, cells: list[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


def _whole(found: Findings) -> str:
    tour = f"{found.tour:.1f} s" if found.tour is not None else "belum ada"
    pdf = found.pdf
    rows = [
        f"| the whole tour (`himpun tour`), start of the process included | {tour} |",
        _row(f"Data Kinerja, {pdf['pages']:.0f} pages: the first of a process", [f"{pdf['first'] * 1000:.0f} ms"]),
        _row("the same with another text, later", [f"{pdf['later'] * 1000:.0f} ms"]),
    ]
    return "### The real procedure, documents included\n\n| | |\n|---|---:|\n" + "\n".join(rows)


def _refusals(found: Findings) -> str:
    rows = [_row("refused", ["milliseconds", "floor", "ratio"]), "|---|---:|---:|---:|"]
    for what, (took, floor) in found.refusals.items():
        rows.append(_row(what, [f"{took * 1000:.1f}", f"{floor * 1000:.1f}", f"{took / floor:.1f}"]))
    return "### Refusals, beside unpacking or walking the same once\n\n" + "\n".join(rows)


IMPORT_AIM, WITHIN = 40_000, 5


def figures(found: Findings) -> str:
    """Imports beside the bare merge, recaps beside the bare aggregate, scoring."""
    names = list(found.figures)
    load = f"Load average {found.load_before:.1f} at the start. {found.server}."
    rows = [
        _row("figures a second", names),
        "|---|" + "---:|" * len(names),
        _row("figures imported", [f"{of['rows']:,}" for of in found.figures.values()]),
        _row("bare merge, new rows", [f"{of['floor']['new']:,.0f}" for of in found.figures.values()]),
        _row("**Himpun**, new: read, checked, journaled", [_beside(of, "new") for of in found.figures.values()]),
        _row(
            "bare merge, changed rows (overwritten)",
            [f"{of['floor']['changed']:,.0f}" for of in found.figures.values()],
        ),
        _row(
            "**Himpun**, changed: the old ones kept as versions",
            [_beside(of, "changed") for of in found.figures.values()],
        ),
        _row("**Himpun**, the same again: nothing changes", [f"{of['same']:,.0f}" for of in found.figures.values()]),
        _row(
            "capaian computed a second, with its formula",
            [f"{of['score']['one']:,.0f}" for of in found.figures.values()],
        ),
        _row(
            "a year of twelve months computed a second",
            [f"{of['score']['year']:,.0f}" for of in found.figures.values()],
        ),
        _row(
            "one office's recap of a year, 30 indicators",
            [f"{of.get('one_office', 0):.0f} ms" for of in found.figures.values()],
        ),
    ]
    return "\n\n".join(["### Figures by the million", load, "\n".join(rows), _aims(found), *_country(found)])


def _beside(of: dict[str, Any], what: str) -> str:
    return f"{of[what]:,.0f} ({of['floor'][what] / of[what]:.1f}× the floor's time)"


def _aims(found: Findings) -> str:
    told = []
    for database, of in found.figures.items():
        fast, near = of["new"] >= IMPORT_AIM, of["floor"]["new"] / of["new"] <= WITHIN
        told.append(f"{database}: {'reached' if fast and near else '**not reached**'}")
    return f"Aim: {IMPORT_AIM:,} validated and journaled figures a second, within {WITHIN}× of the bare merge. {'; '.join(told)}."


def _country(found: Findings) -> list[str]:
    of = found.figures.get("PostgreSQL", {})
    if "recap" not in of:
        return []
    nation, recap = of["nation"], of["recap"]
    judged = "reached" if recap["himpun"] <= 500 else "**not reached**"
    return [
        f"The country on PostgreSQL: {nation['rows']:,.0f} generated figures ({nation['seconds']:.0f} s). The recap of one year, "
        f"element × quarter, over {recap['figures']:,.0f} of them: {recap['himpun']:.0f} ms, the bare aggregate {recap['bare']:.0f} ms "
        f"(aim: at most 500 ms from the base rows, {judged}). No table of sums is kept."
    ]


LADDER_AIM, COUNTRY_AIM, CONFORMANCE_AIM = 200, 1000, 2.0
"""Milliseconds of the ladder of a regency and of the country; seconds of the conformance of 10,000 cases."""


def times(found: Findings) -> str:
    """The ladder, the sweep and conformance, each beside its floor."""
    both = {name: found.times[name] for name in DATABASES}
    load = f"Load average {found.load_before:.1f} at the start. {found.server}."
    rows = [
        _row("milliseconds", list(both)),
        "|---|" + "---:|" * len(both),
        *(_ladder(both, what, title) for what, title in _LADDERS.items()),
        _row(
            "**sweep of the reminders**, 1,000 due of {:,} open tasks".format(next(iter(both.values()))["few"]),
            [_swept(of["sweep_few"]) for of in both.values()],
        ),
        _row(
            "the same, 1,000 due of {:,} open tasks".format(next(iter(both.values()))["many"]),
            [_swept(of["sweep_many"]) for of in both.values()],
        ),
        _row("a hundred times the tasks take", [f"{_growth(of):.1f}× the time" for of in both.values()]),
        _row(
            "a sweep with nothing due, among the most tasks",
            [f"{of['sweep_many']['nothing']:.1f}" for of in both.values()],
        ),
    ]
    return "\n\n".join(["### Time", load, "\n".join(rows), _aims_of_time(both), _conformance(found)])


_LADDERS = {
    "page": "**the late ladder**, one regency in detail, the whole page",
    "country": "**the late ladder**, the country by region, the whole page",
}


def _ladder(both: dict[str, dict[str, Any]], what: str, title: str) -> str:
    cells = [
        f"{of[what]['himpun']:.0f} ({of[what]['ratio']:.1f}× the bare SQL; first {of[what]['first']:.0f}; {of[what]['statements']:.0f} statements)"
        for of in both.values()
    ]
    return _row(f"{title} ({next(iter(both.values()))['size']['offices']:,.0f} offices in all)", cells)


def _swept(of: dict[str, float]) -> str:
    return f"{of['himpun']:.0f} (finding them, bare: {of['bare']:.1f})"


def _growth(of: dict[str, Any]) -> float:
    return float(of["sweep_many"]["himpun"] / of["sweep_few"]["himpun"])


def _aims_of_time(both: dict[str, dict[str, Any]]) -> str:
    size = next(iter(both.values()))["size"]
    told = []
    for database, of in both.items():
        fast = of["page"]["himpun"] <= LADDER_AIM and of["country"]["himpun"] <= COUNTRY_AIM
        told.append(f"{database}: {'reached' if fast else '**not reached**'}")
    aim = f"Aim: one regency of {size['regency']} offices within {LADDER_AIM} ms, {size['offices']:,} offices by region within {COUNTRY_AIM} ms."
    return f"{aim} {'; '.join(told)}."


def _conformance(found: Findings) -> str:
    of = found.times["kesesuaian"]
    judged = "reached" if of["check"] <= CONFORMANCE_AIM else "**not reached**"
    return (
        f"Conformance of {of['cases']:,.0f} cases ({of['events']:,.0f} events, {of['variants']:,.0f} variants) against the ten steps: "
        f"{of['check']:.2f} s (aim: at most {CONFORMANCE_AIM:.0f} s, {judged}). Reading the same log as CSV {of['read']:.2f} s, as XES {of['read_xes']:.2f} s. "
        f"The floor, the bare csv module and a grouping by case: {of['floor']:.2f} s; checking takes {of['check'] / of['floor']:.1f}× that."
    )


def write_times(found: Findings) -> None:
    """Put the tables about time into the page."""
    text = PAGE.read_text()
    before, rest = text.split(BEGIN_TIMES)
    PAGE.write_text(f"{before}{BEGIN_TIMES}\n\n{times(found)}\n\n{END_TIMES}{rest.split(END_TIMES)[1]}")


def write_figures(found: Findings) -> None:
    """Put the tables about figures into the page."""
    text = PAGE.read_text()
    before, rest = text.split(BEGIN_FIGURES)
    PAGE.write_text(f"{before}{BEGIN_FIGURES}\n\n{figures(found)}\n\n{END_FIGURES}{rest.split(END_FIGURES)[1]}")


def write(found: Findings) -> None:
    """Put the tables into the page."""
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{markdown(found)}\n\n{END}{rest.split(END)[1]}")
    write_figures(found)
    write_times(found)
