"""An office as files: one folder of `office.toml` and CSV tables, read and checked as a whole.

Pure: reads the folder, touches no database. Everything wrong is reported at once, by file, row, column, value and
cause, so that a folder is mended in one go; nothing is skipped in silence. The format is described for officials in
docs/reference/berkas-kantor.md and docs/how-to/muat-kantor.md.

Numbers, bands and grades stay the text that was written (`84,75`, `2,60–3,50`, `WTP`); here they are only checked for
form, and `indicators` reads them.
"""

from pathlib import Path

from himpun.folders.checks import CHECKS, Folder
from himpun.folders.findings import FileError, Findings, OfficeFilesError
from himpun.folders.rows import (
    FILES,
    TABLES,
    HoldingRow,
    HolidayRow,
    HoursRow,
    IndicatorRow,
    LeaveRow,
    OfficeFiles,
    OfficeSettings,
    PersonRow,
    PostRow,
    ProgramRow,
    ProgressRow,
    TargetRow,
    ValueRow,
    VariableRow,
)
from himpun.folders.settings import read_settings
from himpun.folders.tables import read_sheet

__all__ = [
    "FileError",
    "HoldingRow",
    "HolidayRow",
    "HoursRow",
    "IndicatorRow",
    "LeaveRow",
    "OfficeFiles",
    "OfficeFilesError",
    "OfficeSettings",
    "PersonRow",
    "PostRow",
    "ProgramRow",
    "ProgressRow",
    "TargetRow",
    "ValueRow",
    "VariableRow",
    "read_office",
]


def read_office(path: Path | str) -> OfficeFiles:
    """Read and check an office folder; raises OfficeFilesError with everything that is wrong in it."""
    folder = Path(path)
    found = Findings()
    if not folder.is_dir():
        found.add(str(folder), "folder kantor tidak ditemukan; periksa letak dan ejaannya.")
        found.raise_if_any()
    _check_strangers(folder, found)
    settings = read_settings(folder, found)
    sheets = {name: read_sheet(folder, name, found) for name in TABLES}
    whole_folder = Folder(settings, sheets, found)
    for check in CHECKS:
        check(whole_folder)
    found.raise_if_any()
    assert settings is not None  # noqa: S101 - a folder without settings has just been refused
    return OfficeFiles(office=settings, **{Path(name).stem: sheet.rows for name, sheet in sheets.items()})


def _check_strangers(folder: Path, found: Findings) -> None:
    """A table under a wrong name would be left out without a word."""
    for path in sorted(folder.iterdir()):
        if path.suffix.casefold() in (".csv", ".toml", ".xlsx") and path.name not in FILES:
            found.add(path.name, f"berkas tidak dikenal; yang dibaca hanya {', '.join(FILES)}.")
