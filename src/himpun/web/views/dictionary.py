"""Indikator: the dictionary of a year as a list, and what its other pages share: whose it is, who may, which year.

Everybody of the office reads; who plans (`MAY_EDIT_INDICATORS`) changes.
"""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from himpun.indicators.dictionary import saving
from himpun.indicators.dictionary.completeness import completeness, definition_gaps
from himpun.indicators.dictionary.sheets import TABLES
from himpun.indicators.measured.office_year import read_scale
from himpun.indicators.models.dictionary import Indicator, Scale
from himpun.measure.numbers import write_percent
from himpun.measure.scoring.bounds import ruler
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models.offices import Office
from himpun.offices.rules import MAY_EDIT_INDICATORS
from himpun.typed import read_year
from himpun.web.middleware import PersonRequest

PER_PAGE = 30


def office_of(request: PersonRequest) -> Office:
    """The office looked at. Raises HoldsNoPost."""
    office = request.acting.office
    if office is None:
        raise HoldsNoPost("membuka kamus indikator")
    return office


def may_edit(request: PersonRequest) -> bool:
    """Whether one of the posts held here may change the dictionary."""
    return request.acting.has(MAY_EDIT_INDICATORS)


def asked_year(request: PersonRequest) -> int:
    """The year in the address, else the present one."""
    return read_year(request.GET.get("tahun", "")) or request.acting.day.year


def entry_or_404(request: PersonRequest, pk: int) -> Indicator:
    """An indicator of the office looked at, with its variables, checks and targets."""
    rows = Indicator.objects.visible_to(request.acting.person, request.acting.day).filter(pk=pk)
    found = saving.with_parts(rows.filter(office=office_of(request)))
    if not found:
        raise Http404
    return found[0]


@dataclass(frozen=True, slots=True)
class Listed:
    """One indicator of the list, with what its card still lacks."""

    indicator: Indicator
    lacking: list[str]
    target: str


@require_GET
def indicator_list(request: PersonRequest) -> HttpResponse:
    """The dictionary of a year, with the share of complete definitions and its band."""
    office, year = office_of(request), asked_year(request)
    entries = saving.entries(office, year)
    definitions = {one.pk: saving.definition_of(one) for one in entries}
    query, unit = request.GET.get("q", "").strip(), request.GET.get("unit", "").strip()
    rows = [
        Listed(one, definition_gaps(definitions[one.pk]), dict(definitions[one.pk].targets).get(str(year), ""))
        for one in entries
        if _matches(one, query, unit)
    ]
    whole = completeness(definitions.values())
    years = {year, *Indicator.objects.filter(office=office).values_list("year", flat=True).distinct()}
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("hal")),
        "year": year,
        "years": sorted(years, reverse=True),
        "query": query,
        "unit": unit,
        "units": sorted({(one.owner.code, one.owner.title) for one in entries}, key=lambda pair: pair[1]),
        "whole": whole,
        "percent": "" if whole.percent is None else write_percent(whole.percent, 0),
        "may_edit": may_edit(request),
        "tables": [table.name for table in TABLES],
    }
    return render(request, "indicators/list.html", context)


def _matches(indicator: Indicator, query: str, unit: str) -> bool:
    said = f"{indicator.code} {indicator.name} {indicator.sasaran}".casefold()
    units = {indicator.owner.code, *(post.code for post in indicator.contributors.all())}
    return query.casefold() in said and (not unit or unit in units)


def scale_or_404(request: PersonRequest, pk: int) -> Scale:
    """A scale of the office looked at."""
    return get_object_or_404(Scale.objects.select_related("office"), pk=pk, office=office_of(request))


def scale_shown(scale: Scale) -> dict[str, Any]:
    """A stored scale as pages draw it: its levels, the ruler and the printed rule."""
    read = read_scale(scale.levels)
    return {"scale": scale, "categories": read.categories(), "ruler": ruler(read), "rule": read.rule_text()}
