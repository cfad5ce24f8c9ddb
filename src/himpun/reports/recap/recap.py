"""The recap of a month, quarter, semester or year: every indicator against its target, its past and its goal.

Worked out from the figures that count at this moment; what is not frozen yet is provisional and says so. Reads an
office, or the offices below it, in a fixed number of queries.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from himpun.errors import Refusal
from himpun.indicators.measured.keeping import in_step, shown, tree_of
from himpun.indicators.measured.office_year import Measured, OfficeYear, read_target
from himpun.indicators.models.dictionary import Element, Indicator
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.requests import DataRequest
from himpun.indicators.recaps.corrections import approved_in
from himpun.measure.numbers import exact, write_percent
from himpun.measure.periods import Kind, Period
from himpun.measure.scoring import summary as scoring
from himpun.measure.scoring.scale import Category
from himpun.measure.scoring.summary import Summary, compare
from himpun.measure.scoring.values import Actual, Band, Score, Target
from himpun.offices.models.offices import Office, Post

YEARS_BACK = 2
"""So many earlier years stand beside the year."""


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator of one office in the period."""

    office: Office
    indicator: Indicator
    measured: Measured
    score: Score
    so_far: Score
    category: Category | None
    target: str
    earlier: tuple[tuple[int, str], ...]
    trend: tuple[tuple[Period, Fraction | None, Fraction | None], ...]
    against_renstra: str
    against_standard: str
    against_last_year: str
    corrected: bool
    scale: tuple[Category, ...]

    @property
    def actual(self) -> str:
        """The realisasi as shown."""
        return shown(self.measured.actual, self.indicator.places)

    @property
    def achievement(self) -> str:
        """The capaian as shown, or the word for why there is none."""
        if self.score.value is None:
            return self.measured.word or str(self.score.state)
        return write_percent(self.score.value, self.indicator.places)

    @property
    def reason(self) -> str:
        """Why there is no capaian."""
        return "" if self.score.value is not None else self.score.reason or self.measured.reason

    @property
    def formula(self) -> str:
        """How the realisasi came about, its result written as the formula of the capaian takes it up."""
        return in_step(self.measured, self.score.formula)

    @property
    def tree(self) -> dict[str, Any] | None:
        """The way from the result to its cells."""
        return tree_of(self.measured)

    @property
    def units(self) -> str:
        """Who answers for it, and who else fills in."""
        return ", ".join([self.indicator.owner.title, *(post.title for post in self.indicator.contributors.all())])


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together (a unit, a sasaran, an office) and their summary."""

    name: str
    rows: tuple[Row, ...]
    summary: Summary


@dataclass(frozen=True, slots=True)
class Reporting:
    """How complete and how punctual the answers of a period are: requests asked, answered, answered in time."""

    asked: int = 0
    answered: int = 0
    in_time: int = 0

    def __add__(self, other: "Reporting") -> "Reporting":
        return Reporting(self.asked + other.asked, self.answered + other.answered, self.in_time + other.in_time)

    @property
    def completeness(self) -> Fraction | None:
        """Answered of asked in percent; None where nothing was asked."""
        return Fraction(self.answered * 100, self.asked) if self.asked else None

    @property
    def on_time(self) -> Fraction | None:
        """Answered in time of asked in percent; None where nothing was asked."""
        return Fraction(self.in_time * 100, self.asked) if self.asked else None


@dataclass(frozen=True, slots=True)
class OfficeRecap:
    """An office's recap of a period."""

    office: Office
    period: Period
    rows: tuple[Row, ...]
    summary: Summary
    reporting: Reporting
    scales: tuple[tuple[Category, ...], ...]

    @property
    def provisional(self) -> bool:
        """Whether any figure in it may still change without a correction."""
        return any(row.measured.provisional for row in self.rows)

    def called_by(self, scale: tuple[Category, ...]) -> str:
        """The codes of the indicators with this scale; "" where all have the same."""
        return ", ".join(row.indicator.code for row in self.rows if row.scale == scale) if self.scales[1:] else ""

    def grouped(self, by: str) -> list[Group]:
        """The rows by "unit", "sasaran" or "kantor", in the order in which they first come. Raises NoSuchGroup."""
        if by not in GROUPS:
            raise NoSuchGroup(by)
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(GROUPS[by](row), []).append(row)
        return [Group(name, tuple(rows), summed_up(rows)) for name, rows in found.items()]


GROUPS: dict[str, Callable[[Row], str]] = {
    "sasaran": lambda row: row.indicator.sasaran,
    "unit": lambda row: row.indicator.owner.title,
    "kantor": lambda row: row.office.name,
}


def recap_of(office: Office, period: Period) -> OfficeRecap:
    """The recap of one office."""
    return recaps_of([office], period)[0]


def recaps_of(offices: Sequence[Office], period: Period) -> list[OfficeRecap]:
    """The recaps of several offices, in as many queries as of one."""
    years = [OfficeYear.load_many(offices, period.year - back) for back in range(YEARS_BACK + 1)]
    reporting = reporting_of(offices, period)
    corrected = _corrected(offices, period)
    return [_recap(office, period, [year[office.pk] for year in years], reporting, corrected) for office in offices]


def _recap(
    office: Office,
    period: Period,
    years: Sequence[OfficeYear],
    reporting: dict[int, Reporting],
    corrected: set[tuple[int, str]],
) -> OfficeRecap:
    now = years[0]
    due = [
        code for code, indicator in now.indicators.items() if indicator.frequency and _answered_for(indicator, period)
    ]
    rows = tuple(_row(code, period, years, (office.pk, code) in corrected) for code in due)
    scales = dict.fromkeys(row.scale for row in rows)
    return OfficeRecap(
        office,
        period,
        rows,
        summed_up(rows),
        reporting.get(office.pk, Reporting()),
        tuple(scales) or (now.default_scale.categories(),),
    )


def _answered_for(indicator: Indicator, period: Period) -> bool:
    """Whether a post that answers for it is there in the period."""
    posts = (indicator.owner, *indicator.contributors.all())
    return any(post.there_in(period.first_day, period.last_day) for post in posts)


def _row(code: str, period: Period, years: Sequence[OfficeYear], corrected: bool) -> Row:
    now = years[0]
    indicator, measured, score = now.indicators[code], now.measure(code, period), now.score(code, period)
    earlier = tuple((year.year, _earlier(year, code, period)) for year in years[1:])
    return Row(
        now.office,
        indicator,
        measured,
        score,
        now.year_score(code, period),
        None if score.value is None else now.scale(code).category(score.value),
        now.target(code, period)[0] or _shown_target(score),
        earlier,
        tuple(_trend(years, code, period)),
        _against(indicator, measured.actual, indicator.renstra_target),
        _against(indicator, measured.actual, indicator.national_standard),
        _against_year(years, code, period, measured.actual),
        corrected,
        now.scale(code).categories(),
    )


def _shown_target(score: Score) -> str:
    """The target that a longer period's capaian was worked out against, where none is written."""
    return (
        ""
        if score.target is None
        else str(score.target)
        if not isinstance(score.target, Fraction)
        else shown(score.target)
    )


def _in_year(period: Period, year: int) -> Period:
    return Period(period.kind, year, period.index)


def _earlier(year: OfficeYear, code: str, period: Period) -> str:
    indicator = year.indicators.get(code)
    if indicator is None:
        return ""
    return shown(year.measure(code, _in_year(period, year.year)).actual, indicator.places)


def _trend(
    years: Sequence[OfficeYear], code: str, period: Period
) -> Iterable[tuple[Period, Fraction | None, Fraction | None]]:
    """Realisasi and target of the same kind of period, from the earliest year to this period."""
    for year in reversed(years):
        if code not in year.indicators:
            continue
        last = period.index if year.year == period.year else period.kind.per_year
        for index in range(1, last + 1):
            each = Period(period.kind, year.year, index)
            actual = year.measure(code, each).actual
            target = year.target(code, each)[1]
            yield each, on_axis(actual), on_axis(target)


def on_axis(value: Target | Actual | None) -> Fraction | None:
    """A value as it is drawn; None for a band or a word, which have no length on an axis."""
    return None if value is None or isinstance(value, str | Band) else exact(value)


def _against(indicator: Indicator, actual: Fraction | str | None, written: str) -> str:
    """How a realisasi stands to a number written elsewhere, in a sentence that cannot contradict the numbers."""
    reference = read_target(written, indicator) if written else None
    if not isinstance(actual, Fraction) or reference is None or isinstance(reference, str | Band):
        return ""
    return compare(actual, reference, unit=indicator.unit, places=indicator.places).sentence


def _against_year(years: Sequence[OfficeYear], code: str, period: Period, actual: Fraction | str | None) -> str:
    if len(years) < 2 or code not in years[1].indicators or not isinstance(actual, Fraction):
        return ""
    before = years[1].measure(code, _in_year(period, years[1].year)).actual
    if not isinstance(before, Fraction):
        return ""
    indicator = years[0].indicators[code]
    return compare(actual, before, unit=indicator.unit, places=indicator.places).sentence


def summed_up(rows: Iterable[Row]) -> Summary:
    """Means and counts of rows, of one office or of several."""
    return scoring.summary((row.indicator.name, _with_reason(row)) for row in rows)


def _with_reason(row: Row) -> Score:
    return row.score if row.score.value is not None else Score(None, row.score.state, row.reason)


def _corrected(offices: Sequence[Office], period: Period) -> set[tuple[int, str]]:
    rows = approved_in([office.pk for office in offices], period)
    return set(rows.values_list("office_id", "figure__variable__indicator__code"))


def reporting_of(offices: Sequence[Office], period: Period) -> dict[int, Reporting]:
    """Requests of periods within `period`, by office; who was excused, or asked by a cancelled run, was not asked."""
    codes = [part.code for kind in Kind for part in _parts(kind, period)]
    asked = DataRequest.objects.filter(office__in=offices, period__in=codes, withdrawn_at__isnull=True)
    return reporting_among(asked.exclude(origin__startswith="muat:"))


def reporting_among(requests: QuerySet[DataRequest]) -> dict[int, Reporting]:
    """How many of these requests were answered, and in time, by office."""
    state = DataRequest.State
    asked = requests.exclude(state__in=(state.EXCUSED, state.PREPARED))
    answered = Q(state__in=(state.SUBMITTED, state.FROZEN))
    in_time = answered & (Q(due_at__isnull=True) | Q(submitted_at__lte=F("due_at")))
    counts = asked.values("office").annotate(
        asked=Count("pk"), answered=Count("pk", filter=answered), in_time=Count("pk", filter=in_time)
    )
    return {
        row["office"]: Reporting(row["asked"], row["answered"], row["in_time"]) for row in counts.order_by("office")
    }


def _parts(kind: Kind, period: Period) -> list[Period]:
    each = (Period(kind, period.year, index) for index in range(1, kind.per_year + 1))
    return [part for part in each if period.contains(part)]


# --- many offices ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ElementSum:
    """One element in one quarter over all offices: how many figures, and their sum."""

    element: str
    quarter: int
    figures: int
    total: Fraction


def element_sums(year: int, *, months: int = 1, offices: Sequence[int] | None = None) -> list[ElementSum]:
    """Element × quarter of a year over every office, or over some (their keys), from the figures themselves.

    Grouped by month first, which the index gives in order, and then put together into quarters: several times faster
    than grouping by quarter (docs/explanation/performance.md). `months` is the length of the periods added up.
    """
    figures = Figure.objects.current().filter(year=year, months=months)
    if offices is not None:
        figures = figures.filter(unit__in=Post.objects.filter(office__in=offices).values("pk"))
    rows = figures.values("month", "element_id").annotate(figures=Count("number"), total=Sum("number")).order_by()
    return _by_quarter(rows.values_list("month", "element_id", "figures", "total"))


def _by_quarter(rows: Iterable[tuple[int, int, int, Decimal | None]]) -> list[ElementSum]:
    sums: dict[tuple[int, int], tuple[int, Fraction]] = {}
    for month, element, figures, total in rows:
        key = (element, (month - 1) // 3 + 1)
        count, added = sums.get(key, (0, Fraction(0)))
        sums[key] = (count + figures, added + Fraction(total or 0))
    codes = dict(Element.objects.filter(pk__in={element for element, _ in sums}).values_list("pk", "code"))
    found = [ElementSum(codes[element], quarter, *counted) for (element, quarter), counted in sums.items()]
    return sorted(found, key=lambda each: (each.element, each.quarter))


class NoSuchGroup(Refusal):
    """Rows are grouped by something that is not known."""

    code = "kelompok-tidak-dikenal"

    def __init__(self, by: str) -> None:
        super().__init__(f"Tidak ada kelompok “{by}”. Yang ada: {', '.join(GROUPS)}.")
