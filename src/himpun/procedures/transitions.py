"""The transition tables in docs/reference/, generated from the procedures that ship with Himpun.

`python -m himpun.procedures.transitions --write` writes them; `--check` exits with 1 and says which one is stale.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from himpun.procedures.definition import Procedure, Step
from himpun.procedures.problems import runnable
from himpun.procedures.reading import role_titles

HERE = Path(__file__).parent
DOCS = HERE.parents[2] / "docs" / "reference"
SHIPPED = ("pengumpulan_data_kinerja.toml", "permintaan_data.toml")
"""The procedures Himpun comes with, as files beside this module."""


def pages() -> dict[str, str]:
    """File name → generated text, for every shipped procedure."""
    procedures = [runnable((HERE / name).read_text(encoding="utf-8")) for name in SHIPPED]
    return {f"transisi-{procedure.key}.md": transition_table(procedure) for procedure in procedures}


def write(folder: Path = DOCS) -> None:
    """Write every page into `folder`."""
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def stale(folder: Path = DOCS) -> list[str]:
    """The pages that are missing from `folder` or differ from what would be generated."""
    return [name for name, text in pages().items() if _read(folder / name) != text]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="himpun.procedures.transitions", description=__doc__)
    parser.add_argument("--write", action="store_true", help="tulis ulang tabel transisi")
    parser.add_argument("--check", action="store_true", help="periksa apakah tabel transisi masih sama")
    given = parser.parse_args(arguments)
    if given.write:
        write()
    for name in stale():
        print(
            f"docs/reference/{name} sudah usang. Jalankan: python -m himpun.procedures.transitions --write",
            file=sys.stderr,
        )
    return 1 if stale() else 0


if __name__ == "__main__":
    sys.exit(main())


def transition_table(procedure: Procedure) -> str:
    """The procedure's decisions as a Markdown page, one row a decision, ended by a newline."""
    titles = role_titles(procedure)
    head = ["Langkah", "Pelaku", "Keputusan", "Berikutnya", "Alasan wajib", "Waktu", "Tindakan"]
    rows = [row for step in procedure.steps for row in _transition_rows(step, titles)]
    lines = [
        f"# Transisi: {procedure.name}",
        "",
        f"Prosedur `{procedure.key}`. Dibuat oleh `python -m himpun.procedures.transitions --write`; jangan disunting.",
        "",
        _markdown_row(head),
        _markdown_row(["---"] * len(head)),
        *map(_markdown_row, rows),
    ]
    if procedure.total_time_text:
        lines += ["", f"Waktu seluruhnya: {procedure.total_time_text}."]
    return "\n".join(lines) + "\n"


def _transition_rows(step: Step, titles: Mapping[str, str]) -> Iterator[list[str]]:
    actors = ", ".join(titles.get(key, key) for key in step.actors)
    acts = [f"`{name}`" for name in step.does] + ([f"menjalankan `{step.runs}`"] if step.runs else [])
    acts += [f"satu tugas untuk tiap {titles.get(step.each, step.each)}"] if step.each else []
    for decision, target in step.next.items():
        must = "ya" if decision in step.returns else ""
        yield [f"{step.no} `{step.name}`", actors, decision, str(target), must, step.time_text, ", ".join(acts)]


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
