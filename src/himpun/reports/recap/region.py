"""The recap of the offices below one: a row each, what they come to together, and their figures added up by quarter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from himpun.indicators.models.dictionary import Variable
from himpun.measure.periods import Kind, Period
from himpun.measure.scoring import summary as scoring
from himpun.offices.models.offices import Office
from himpun.reports.queries import with_below
from himpun.reports.recap.recap import ElementSum, OfficeRecap, Reporting, element_sums, recaps_of, summed_up

QUARTERS = 4


@dataclass(frozen=True, slots=True)
class SumRow:
    """One element over the offices below: in each quarter how many figures and their sum, None where there are none.

    `kind` is the length of the periods that were added: monthly and quarterly figures are never mixed.
    """

    element: str
    label: str
    unit: str
    kind: Kind
    quarters: tuple[ElementSum | None, ...]


@dataclass(frozen=True, slots=True)
class RegionRecap:
    """Offices side by side in a period. The summary is over all their indicators, each counting once."""

    office: Office
    period: Period
    recaps: tuple[OfficeRecap, ...]
    summary: scoring.Summary
    reporting: Reporting

    @property
    def provisional(self) -> bool:
        """Whether any figure of any of them may still change without a correction."""
        return any(recap.provisional for recap in self.recaps)


def region_of(office: Office, period: Period, offices: Sequence[Office] | None = None) -> RegionRecap:
    """The offices just below `office`, or those of them that are given, in a fixed number of queries."""
    below = list(office.children.order_by("name")) if offices is None else list(offices)
    recaps = tuple(recaps_of(below, period)) if below else ()
    return RegionRecap(
        office,
        period,
        recaps,
        summed_up(row for recap in recaps for row in recap.rows),
        sum((recap.reporting for recap in recaps), Reporting()),
    )


def sums_below(office: Office, year: int) -> list[SumRow]:
    """Element × quarter of a year over every office below `office`, its own figures left out."""
    below = sorted(with_below({office.pk}) - {office.pk})
    if not below:
        return []
    found = [
        (kind, each)
        for kind in (Kind.MONTH, Kind.QUARTER)
        for each in element_sums(year, months=kind.months, offices=below)
        if each.figures
    ]
    told = _variables(below, year, {each.element for _, each in found})
    return _rows(found, told)


def _variables(offices: Sequence[int], year: int, codes: set[str]) -> dict[str, tuple[str, str]]:
    named = Variable.objects.filter(element__code__in=codes, indicator__office__in=offices, indicator__year=year)
    return {code: (label, unit) for code, label, unit in named.values_list("element__code", "label", "unit")}


def _rows(found: Iterable[tuple[Kind, ElementSum]], told: dict[str, tuple[str, str]]) -> list[SumRow]:
    by_quarter: dict[tuple[str, Kind], dict[int, ElementSum]] = {}
    for kind, each in found:
        by_quarter.setdefault((each.element, kind), {})[each.quarter] = each
    return [
        SumRow(code, *told.get(code, (code, "")), kind, tuple(quarters.get(no) for no in range(1, QUARTERS + 1)))
        for (code, kind), quarters in sorted(by_quarter.items())
    ]
