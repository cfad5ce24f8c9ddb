"""Reading a year's programs as the pure side knows them, each in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from himpun.budgets.efficiency import Chosen
from himpun.budgets.models import BudgetSetting, IndicatorProgram, MonthlyProgress, Program
from himpun.budgets.rollup import Entry, Level
from himpun.indicators.measured.keeping import score_from
from himpun.indicators.models.recaps import RecapLine
from himpun.measure.periods import Period
from himpun.offices.models.offices import Office


def entry_of(program: Program) -> Entry:
    """One program with its months (its owner and progress should be loaded)."""
    months = list(program.progress.all())
    return Entry(
        program.code,
        program.name,
        Level(program.level),
        program.budget,
        program.revised_budget,
        {row.month: row.spent for row in months if row.spent is not None},
        {row.month: row.physical for row in months if row.physical is not None},
        program.owner.code if program.owner else "",
    )


def programs_of(office: Office, year: int) -> list[Program]:
    """The programs of a year with their owners and months."""
    rows = Program.objects.filter(office=office, year=year)
    return list(rows.select_related("owner").prefetch_related("progress"))


def entries_of(office: Office, year: int) -> dict[str, Entry]:
    """Every node of a year by its code."""
    return {program.code: entry_of(program) for program in programs_of(office, year)}


def links_of(office: Office, year: int) -> dict[str, list[str]]:
    """Program code → codes of the indicators it serves."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = IndicatorProgram.objects.filter(program__office=office, program__year=year)
    for program, indicator in rows.values_list("program__code", "indicator_code"):
        found[program].append(indicator)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Achieved:
    """The capaian of an indicator over the year as one recap froze it; None with the reason where there is none."""

    code: str
    name: str
    value: Fraction | None
    reason: str
    period: str
    line_id: int


def achievements_of(office: Office, year: int, month: int) -> dict[str, Achieved]:
    """Indicator code → its capaian tahun in the newest counting recap that ends by `month`.

    An indicator that no recap until then holds gets the newest of the year: one measured once a year may be frozen as
    the whole year long before December. `Achieved.period` says which it is.
    """
    rows = RecapLine.objects.filter(
        recap__office=office, recap__period__startswith=f"{year}", recap__withdrawn_at__isnull=True
    )
    return {line.frozen["kode"]: _achieved(line) for line in sorted(rows.select_related("recap"), key=_newer(month))}


def _newer(month: int) -> Callable[[RecapLine], tuple[bool, Period, int]]:
    def key(line: RecapLine) -> tuple[bool, Period, int]:
        period = Period.parse(line.recap.period)
        return period.last_month <= month, period, line.recap.round

    return key


def _achieved(line: RecapLine) -> Achieved:
    score = score_from(line.frozen, "capaian_tahun")
    frozen = line.frozen
    return Achieved(frozen["kode"], frozen["nama"], score.value, score.reason, line.recap.period, line.pk)


def chosen_of(office: Office, year: int) -> Chosen:
    """The efficiency rule of a year; without a setting, selisih with ±5 points."""
    row = BudgetSetting.objects.filter(office=office, year=year).first()
    return row.chosen if row else Chosen()


def years_of(office: Office) -> list[int]:
    """The years with programs, newest first."""
    years = Program.objects.filter(office=office).order_by("-year").values_list("year", flat=True)
    return list(years.distinct())


def last_month_filled(office: Office, year: int) -> int:
    """The newest month in which anything was filled in; 0 when none was."""
    months = MonthlyProgress.objects.filter(program__office=office, program__year=year)
    return months.order_by("-month").values_list("month", flat=True).first() or 0
