"""himpun check-sop FILE...: what to mend in SOPs as they are written, a sentence each."""

import argparse
from pathlib import Path

from himpun.commands.reading import FileUnreadable, text_of
from himpun.procedures.checker.check import check
from himpun.procedures.checker.findings import LEVELS, OFFICE_KINDS, WRONG, Finding
from himpun.procedures.checker.flow import counted_times
from himpun.procedures.definition import DefinitionError, Procedure
from himpun.procedures.doings import unknown_doings
from himpun.procedures.reading import read


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, nargs="+", help="naskah SOP (TOML); beberapa naskah diperiksa sebagai milik satu kantor"
    )
    parser.add_argument(
        "--kind", choices=sorted(OFFICE_KINDS), default="", help="jenis kantor (bawaan: menurut lembar identitas)"
    )


def run(options: argparse.Namespace) -> int:
    """Print the findings under the file they are about; exit with 1 when any is wrong, not just worth a look."""
    procedures = {file: read_file(file) for file in options.file}
    findings = check(list(procedures.values()), options.kind)
    for file, procedure in procedures.items():
        print(f"{file}: {procedure.name or 'tanpa nama'}")
        print("\n".join(printed(procedure, findings)) or "  Tidak ada temuan.")
        print("\n".join(f"  waktu {line}" for line in counted_times(procedure)) or "  waktu: tidak ada yang dihitung.")
    unread = sum(len(unfit(procedure)) for procedure in procedures.values())
    print(counted(findings, unread))
    return 1 if unread or any(finding.level == WRONG for finding in findings) else 0


def read_file(file: Path) -> Procedure:
    """Read a file as a procedure, complete or not. Raises FileUnreadable."""
    try:
        return read(text_of(file))
    except DefinitionError as error:
        raise FileUnreadable(file, str(error)) from error


def printed(procedure: Procedure, findings: list[Finding]) -> list[str]:
    """The lines about one procedure: what could not be read of it or is not known here, and what was found in the rest."""
    unread = [f"  {WRONG}: {sentence}" for sentence in unfit(procedure)]
    return unread + [f"  {one.level}: {one.sentence}" for one in findings if is_about(one, procedure)]


def unfit(procedure: Procedure) -> list[str]:
    """What could not be read of a procedure, and what its steps are to do that nobody here can."""
    return [*procedure.unread, *unknown_doings(procedure)]


def is_about(finding: Finding, procedure: Procedure) -> bool:
    """Whether a finding is this procedure's, whose key stands behind its name where several share it."""
    return finding.procedure in (procedure.name, f"{procedure.name} ({procedure.key})")


def counted(findings: list[Finding], unread: int) -> str:
    """ "3 salah, 2 perlu diperiksa, 0 catatan."; what could not be read counts as wrong."""
    numbers = {level: sum(finding.level == level for finding in findings) for level in LEVELS}
    numbers[WRONG] += unread
    return ", ".join(f"{number} {level}" for level, number in numbers.items()) + "."
