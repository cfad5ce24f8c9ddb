"""himpun publish-sop FILE: a new shared version of a procedure."""

import argparse
from datetime import date
from pathlib import Path

from himpun import clock
from himpun.commands.reading import text_of
from himpun.procedures.actions import publish_shared


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="naskah prosedur (TOML)")
    parser.add_argument(
        "--from", dest="since", type=date.fromisoformat, help="berlaku sejak (YYYY-MM-DD; bawaan: hari ini)"
    )


def run(options: argparse.Namespace) -> int:
    version = publish_shared(text=text_of(options.file), in_force_from=options.since or clock.today())
    print(f"{version} terbit, berlaku sejak {version.in_force_from}. SHA-256 {version.sha256}")
    return 0
