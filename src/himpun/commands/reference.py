"""The reference page of the command line, generated from the parser: docs/reference/perintah.md.

Run as a file, because the package it lies in needs Django set up first:
`python src/himpun/commands/reference.py --write` writes the page, `--check` exits with 1 when it is stale.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "perintah.md"
ITSELF = "python src/himpun/commands/reference.py --write"
WIDTH = "88"
"""Columns of the usage lines, so that the page does not change with the terminal."""


def page(parser: argparse.ArgumentParser) -> str:
    """The whole page."""
    commands = subcommands(parser)
    table = "\n".join(f"| [`himpun {name}`](#himpun-{name}) | {_summary(one)} |" for name, one in commands.items())
    return "\n".join(
        [
            "# Perintah",
            "",
            f"Dibuat oleh `{ITSELF}`; jangan disunting.",
            "",
            "Setiap perintah keluar dengan kode 0 bila berhasil dan 1 bila ditolak atau menemukan kesalahan;",
            "sebabnya ditulis sebagai kalimat. `himpun PERINTAH --help` menampilkan hal yang sama.",
            "`himpun manage …` meneruskan ke perintah Django.",
            "",
            "| perintah | guna |",
            "|---|---|",
            table,
            "",
            *(line for name, one in commands.items() for line in _section(name, one)),
        ]
    )


def subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Name → parser, in the order of COMMANDS."""
    groups = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return {name: one for group in groups for name, one in group.choices.items()}


def _section(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"## himpun {name}"
    yield ""
    yield _summary(parser)
    yield ""
    yield "```"
    yield " ".join(parser.format_usage().removeprefix("usage: ").split())
    yield "```"
    yield ""
    rows = [f"| `{_written(one)}` | {one.help} |" for one in parser._actions if one.dest != "help"]
    if rows:
        yield from ["| isian | arti |", "|---|---|", *rows, ""]


def _written(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar or action.dest)
    value = "" if action.nargs == 0 else f" {'|'.join(map(str, action.choices)) if action.choices else _value(action)}"
    return ", ".join(action.option_strings) + value.replace("|", "\\|")


def _value(action: argparse.Action) -> str:
    return str(action.metavar or action.dest.upper())


def _summary(parser: argparse.ArgumentParser) -> str:
    return parser.description or ""


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit code."""
    asked = argparse.ArgumentParser(prog="reference.py", description="Halaman rujukan perintah himpun.")
    asked.add_argument("--write", action="store_true", help="tulis ulang halamannya")
    asked.add_argument("--check", action="store_true", help="periksa apakah halamannya masih sama")
    given = asked.parse_args(arguments)
    text = _generated()
    if given.write:
        PAGE.write_text(text, encoding="utf-8")
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print(f"docs/reference/perintah.md sudah usang. Jalankan: {ITSELF}", file=sys.stderr)
    return 1


def _generated() -> str:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "himpun.settings")
    os.environ["COLUMNS"] = WIDTH
    import django

    django.setup()
    from himpun.commands import parser  # needs the models

    return page(parser())


if __name__ == "__main__":
    sys.exit(main())
