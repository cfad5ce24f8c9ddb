"""Programs and money of an office folder: read as a whole before anything is written, then written. Idempotent.

What the files no longer mention stays, as with posts and people.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from himpun.archive.journal import Turn
from himpun.budgets.actions import apply_changes
from himpun.budgets.amounts import MONTH_NUMBERS, read_money, read_physical
from himpun.budgets.models import IndicatorProgram, Program
from himpun.budgets.planning import plan
from himpun.budgets.queries import entries_of, links_of
from himpun.budgets.sheets import Row
from himpun.errors import Refusal
from himpun.folders.findings import FileError, OfficeFilesError, figure_cause
from himpun.folders.rows import PROGRAMS, PROGRESS, OfficeFiles, ProgramRow, ProgressRow
from himpun.offices.models.offices import Office, Post
from himpun.spreadsheets.book import Wrong

_COLUMNS = {"code": "code", "name": "name", "owner": "owner_post", "budget": "budget", "revised": "revised_budget"}
_MONTH_COLUMNS = {"code": "program", "spent": "spent", "physical": "physical"}


@dataclass(frozen=True, slots=True)
class YearFiles:
    """The programs of one year as files give them, and the indicators each names."""

    year: int
    rows: tuple[Row, ...]
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_programs(files: OfficeFiles) -> tuple[YearFiles, ...]:
    """The programs of a folder by year. Raises OfficeFilesError with everything wrong, before anything is written."""
    errors: list[FileError] = []
    found = []
    posts = {post.code for post in files.posts}
    for year in sorted({row.year for row in files.programs} | {row.year for row in files.progress}):
        rows = [_program(row, errors) for row in files.programs if row.year == year]
        months = [_months(row, errors) for row in files.progress if row.year == year]
        read = (*rows, *months)
        errors += [_error(wrong) for wrong in plan({}, read, posts).wrong]
        links = {row.code: tuple(row.indicators.split()) for row in files.programs if row.year == year}
        found.append(YearFiles(year, read, links))
    if errors:
        raise OfficeFilesError(errors)
    return tuple(found)


def load_budget(turn: Turn, office: Office, years: Iterable[YearFiles]) -> None:
    """Make or update the programs, months and links that were read, within the office's turn."""
    posts = set(Post.objects.filter(office=office).values_list("code", flat=True))
    for files in years:
        planned = plan(entries_of(office, files.year), files.rows, posts)
        if planned.wrong:
            raise OfficeFilesError([_error(wrong) for wrong in planned.wrong])
        apply_changes(office, files.year, planned.changes)
        linked = _link(office, files)
        if planned.changes or linked:
            data = {"year": files.year, "programs": len(planned.changes), "links": linked}
            turn.record("budgets:budget:loaded", f"budget:{files.year}", data)


def _link(office: Office, files: YearFiles) -> int:
    """Add the links that are not there yet; returns how many."""
    known = links_of(office, files.year)
    wanted = [(code, one) for code, names in files.links.items() for one in names if one not in known.get(code, [])]
    programs = dict(Program.objects.filter(office=office, year=files.year).values_list("code", "pk"))
    IndicatorProgram.objects.bulk_create(
        IndicatorProgram(program_id=programs[code], indicator_code=indicator) for code, indicator in wanted
    )
    return len(wanted)


def _program(row: ProgramRow, errors: list[FileError]) -> Row:
    return Row(
        number=row.row,
        code=row.code,
        name=row.name,
        owner=row.owner_post or None,
        budget=_amount(PROGRAMS, row.row, "budget", row.budget, read_money, errors),
        revised=_amount(PROGRAMS, row.row, "revised_budget", row.revised_budget, read_money, errors),
        headings=_COLUMNS,
        sheet=PROGRAMS,
    )


def _months(row: ProgressRow, errors: list[FileError]) -> Row:
    if row.month not in MONTH_NUMBERS:
        errors.append(FileError(PROGRESS, row.row, "month", str(row.month), "bukan bulan; tulis 1 sampai 12."))
    spent = _amount(PROGRESS, row.row, "spent", row.spent, read_money, errors)
    physical = _amount(PROGRESS, row.row, "physical", row.physical, read_physical, errors)
    return Row(
        number=row.row,
        code=row.program,
        spent={} if spent is None else {row.month: spent},
        physical={} if physical is None else {row.month: physical},
        month=row.month,
        headings=_MONTH_COLUMNS,
        sheet=PROGRESS,
    )


def _amount(
    file: str,
    row: int,
    column: str,
    written: str,
    read: Callable[[str], Decimal | None],
    errors: list[FileError],
) -> Decimal | None:
    try:
        return read(written)
    except Refusal as refusal:
        errors.append(FileError(file, row, column, written, figure_cause(refusal)))
        return None


def _error(wrong: Wrong) -> FileError:
    return FileError(wrong.sheet, wrong.row, wrong.column, wrong.value or None, wrong.cause)
