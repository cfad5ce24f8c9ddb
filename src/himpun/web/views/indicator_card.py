"""A card of an indicator: what it measures, its periods with how each was worked out, its versions, its chart."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from himpun.archive.models import Record
from himpun.documents.pictures import as_svg
from himpun.indicators.dictionary import saving
from himpun.indicators.dictionary.completeness import definition_gaps, target_notices, target_periods
from himpun.indicators.dictionary.definition import Definition, VariableDefinition
from himpun.indicators.dictionary.differences import as_typed, differences
from himpun.indicators.measured.charts import achievement_trend
from himpun.indicators.measured.keeping import shown, tree_of
from himpun.indicators.measured.office_year import OfficeYear
from himpun.indicators.models.dictionary import Indicator
from himpun.measure.numbers import write_percent
from himpun.measure.periods import Frequency, Kind, Period
from himpun.measure.scoring.bounds import ruler
from himpun.reports.recap.recap import on_axis
from himpun.web.downloads import picture
from himpun.web.middleware import PersonRequest
from himpun.web.views.dictionary import entry_or_404, may_edit
from himpun.web.views.figures import opened_cells

_ALL_ACTS = (
    "indicators:indicator:added",
    "indicators:indicator:changed",
    "indicators:indicator:revised",
    "indicators:target:changed",
)


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period on the card: target, realisasi and capaian as shown, and why something is missing."""

    period: Period
    target: str
    notice: str
    actual: str
    achievement: str
    category: str
    colour: str
    reason: str
    provisional: bool
    notes: tuple[str, ...] = ()


@require_GET
def indicator_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One indicator: every field, its newest result down to the cells, targets, trend, and how it came to be."""
    entry = entry_or_404(request, pk)
    definition = saving.definition_of(entry)
    year = _measuring(entry)
    rows = _period_rows(entry, definition, year)
    newest = _newest(rows)
    measured = year.measure(entry.code, newest.period) if newest else None
    tree = tree_of(measured) if measured else None
    scale = year.scale(entry.code)
    related = saving.with_parts(
        Indicator.objects.filter(office=entry.office, code=entry.code).order_by("-year", "-version")
    )
    context = {
        "entry": entry,
        "definition": definition,
        **{name: as_typed(definition).fields[name] for name in ("cap", "grades")},
        "jump": as_typed(definition).fields["jump_percent"],
        "variables": list(zip(entry.variables.all(), map(_accepted, definition.variables), strict=True)),
        "lacking": definition_gaps(definition),
        "rows": rows,
        "newest": newest,
        "measured": measured,
        "score": year.score(entry.code, newest.period) if newest else None,
        "tree": tree,
        "opened": opened_cells(request, tree),
        "scale_name": entry.scale.name if entry.scale else "",
        "rule": scale.rule_text(),
        "ruler": ruler(scale),
        "versions": _versions(entry, related),
        "journal": _journal(entry),
        "in_force": next((one for one in related if one.year == entry.year and one.superseded_at is None), None),
        "may_edit": may_edit(request),
        "may_remove": entry.used_at is None and entry.version == 1,
    }
    return render(request, "indicators/card.html", context)


def _newest(rows: Sequence[PeriodRow]) -> PeriodRow | None:
    """The last period of the indicator's own kind with a realisasi; the year only where nothing shorter has one."""
    filled = [row for row in rows if row.actual]
    return next((row for row in reversed(filled) if row.period.kind is not Kind.YEAR), filled[-1] if filled else None)


def _measuring(entry: Indicator) -> OfficeYear:
    """The figures of the year, measured by this very version."""
    year = OfficeYear.load(entry.office, entry.year)
    year.define([entry])
    return year


def _accepted(variable: VariableDefinition) -> str:
    """What figures a variable takes, in words: what it says of itself after its label and kind."""
    return str(variable).partition(f"), {variable.kind}")[2].removeprefix(", ") or "semua angka"


def _period_rows(entry: Indicator, definition: Definition, year: OfficeYear) -> list[PeriodRow]:
    notices = target_notices(definition)
    given = {Period.parse(code) for code, _ in definition.targets}
    periods = sorted({*target_periods(entry.year, entry.frequency), *given})
    return [_period_row(entry, period, year, notices) for period in periods]


def _period_row(entry: Indicator, period: Period, year: OfficeYear, notices: Mapping[str, str]) -> PeriodRow:
    measured, score = year.measure(entry.code, period), year.score(entry.code, period)
    target, _ = year.target(entry.code, period)
    category = year.scale(entry.code).category(score.value) if score.value is not None else None
    return PeriodRow(
        period,
        target,
        notices.get(period.code, ""),
        shown(measured.actual, entry.places),
        "" if score.value is None else write_percent(score.value, entry.places),
        category.name if category else "",
        category.colour if category else "",
        "" if score.value is not None else measured.reason or score.reason,
        measured.provisional,
        measured.notes,
    )


def _versions(entry: Indicator, related: Sequence[Indicator]) -> list[tuple[Indicator, str, list[Any]]]:
    """Every version and year of the code: with the year's target, and what it changed from the version before."""
    values = [(one, saving.definition_of(one)) for one in related]
    found = []
    for place, (one, definition) in enumerate(values):
        before = values[place + 1][1] if place + 1 < len(values) else None
        changes = list(differences(before, definition)) if before else []
        same_year = before is not None and before.year == definition.year
        kept = [change for change in changes if change.field != "order" and (same_year or change.field != "targets")]
        found.append((one, dict(definition.targets).get(str(one.year), ""), kept))
    return found


def _journal(entry: Indicator) -> list[tuple[Record, list[list[str]], str]]:
    """What was done to the indicator of this year, newest first: the record, what changed, and the reason."""
    records = Record.objects.filter(
        chain=entry.office.code, subject=saving.subject_of(entry), act__in=_ALL_ACTS
    ).order_by("-seq")[:50]
    read = [(record, json.loads(record.data)) for record in records]
    return [(record, data.get("changes", []), data.get("reason", "")) for record, data in read]


@require_GET
def indicator_chart(request: PersonRequest, pk: int) -> HttpResponse:
    """Target and realisasi over the periods of the year; the card has the same numbers as a table."""
    entry = entry_or_404(request, pk)
    year = _measuring(entry)
    points = []
    for period in target_periods(entry.year, entry.frequency):
        if period.kind is Kind.YEAR and entry.frequency != Frequency.YEARLY:
            continue
        _, target = year.target(entry.code, period)
        actual = year.measure(entry.code, period).actual
        label = period.kind.name_of(period.index).replace("Triwulan ", "TW ")
        points.append((short(label, period), on_axis(target), on_axis(actual)))
    return picture(as_svg(achievement_trend(entry.name, entry.unit, points, places=entry.places)))


def short(label: str, period: Period) -> str:
    return label[:3] if period.kind is Kind.MONTH else label
