"""Indikator: the dictionary of a year, a card for each indicator, the form that changes one, and files of all of it.

Everybody of the office reads; who plans (`MAY_EDIT_INDICATORS`) changes.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from himpun.archive.models import Record
from himpun.documents.pictures import as_svg
from himpun.errors import Refusal
from himpun.indicators import dictionary, dictionary_import
from himpun.indicators.charts import achievement_trend
from himpun.indicators.computing import shown, tree_of
from himpun.indicators.definitions import (
    LABELS,
    Definition,
    Surroundings,
    Typed,
    VariableDefinition,
    as_typed,
    check_formula,
    completeness,
    definition_gaps,
    differences,
    effective_formula,
    names_in,
    target_notices,
    target_periods,
)
from himpun.indicators.dictionary import ChangedMeanwhile
from himpun.indicators.exchange import INDICATORS, TABLES
from himpun.indicators.formula import parse
from himpun.indicators.measuring import OfficeYear, read_scale
from himpun.indicators.models import Indicator, Scale
from himpun.indicators.numbers import write_percent
from himpun.indicators.periods import Frequency, Kind, Period
from himpun.indicators.scales import ruler
from himpun.indicators.scoring import Aggregation, Polarity, VariableKind
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models import Office
from himpun.offices.rules import MAY_EDIT_INDICATORS
from himpun.offices.typed import read_year
from himpun.reports.recap import on_axis
from himpun.web import downloads, forms
from himpun.web.downloads import picture
from himpun.web.forms import attempt, read_whole
from himpun.web.middleware import PersonRequest
from himpun.web.views.figures import opened_cells

BLANK_VARIABLES, BLANK_CHECKS = 2, 1
"""So many empty rows stand ready in the form where no script adds them."""
UPLOAD_LIMIT, FILES_LIMIT = 5_000_000, 4
PER_PAGE = 30
_VARIABLE_COLUMNS = ("name", "label", "unit", "kind", "minimum", "maximum", "whole", "required")
_CHECK_COLUMNS = ("condition", "sentence", "blocks")
_TEXT_FIELDS = tuple(name for name in LABELS if name not in ("code", "year", "contributors", "evidence_required"))
_ALL_ACTS = (
    "indicators:indicator:added",
    "indicators:indicator:changed",
    "indicators:indicator:revised",
    "indicators:target:changed",
)


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


def _entry(request: PersonRequest, pk: int) -> Indicator:
    rows = Indicator.objects.visible_to(request.acting.person, request.acting.day).filter(pk=pk)
    found = dictionary.with_parts(rows.filter(office=office_of(request)))
    if not found:
        raise Http404
    return found[0]


# --- the list --------------------------------------------------------------------------------------------------------


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
    entries = dictionary.entries(office, year)
    definitions = {one.pk: dictionary.definition_of(one) for one in entries}
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


# --- the card --------------------------------------------------------------------------------------------------------


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
    entry = _entry(request, pk)
    definition = dictionary.definition_of(entry)
    year = _measuring(entry)
    rows = _period_rows(entry, definition, year)
    newest = _newest(rows)
    measured = year.measure(entry.code, newest.period) if newest else None
    tree = tree_of(measured) if measured else None
    scale = year.scale(entry.code)
    related = dictionary.with_parts(
        Indicator.objects.filter(office=entry.office, code=entry.code).order_by("-year", "-version")
    )
    context = {
        "entry": entry,
        "definition": definition,
        **{name: as_typed(definition).fields[name] for name in ("cap", "grades")},
        "jump": as_typed(definition).fields["jump_percent"],
        "variables": list(zip(entry.variables.all(), map(_accepted, definition.variables), strict=True)),
        "formula": _normal(definition),
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


def _normal(definition: Definition) -> str:
    text = effective_formula(definition)
    try:
        return parse(text).text if text else ""
    except Refusal:
        return text


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
    values = [(one, dictionary.definition_of(one)) for one in related]
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
        chain=entry.office.code, subject=dictionary.subject_of(entry), act__in=_ALL_ACTS
    ).order_by("-seq")[:50]
    read = [(record, json.loads(record.data)) for record in records]
    return [(record, data.get("changes", []), data.get("reason", "")) for record, data in read]


@require_GET
def indicator_chart(request: PersonRequest, pk: int) -> HttpResponse:
    """Target and realisasi over the periods of the year; the card has the same numbers as a table."""
    entry = _entry(request, pk)
    year = _measuring(entry)
    points = []
    for period in target_periods(entry.year, entry.frequency):
        if period.kind is Kind.YEAR and entry.frequency != Frequency.YEARLY:
            continue
        _, target = year.target(entry.code, period)
        actual = year.measure(entry.code, period).actual
        label = period.kind.name_of(period.index).replace("Triwulan ", "TW ")
        points.append((_short(label, period), on_axis(target), on_axis(actual)))
    return picture(as_svg(achievement_trend(entry.name, entry.unit, points, places=entry.places)))


def _short(label: str, period: Period) -> str:
    return label[:3] if period.kind is Kind.MONTH else label


# --- the form --------------------------------------------------------------------------------------------------------


def indicator_new(request: PersonRequest) -> HttpResponse:
    """Add an indicator to a year."""
    year = asked_year(request)
    start = {
        "year": str(year),
        "polarity": Polarity.POSITIVE,
        "aggregation": Aggregation.LAST,
        "frequency": Frequency.QUARTERLY,
    }
    typed = forms.Typed(request.POST if request.method == "POST" else {**start, "places": "2"})
    if request.method == "POST":
        given = _typed_of(request.POST, request.POST.get("code", ""), read_whole(request.POST.get("year", "")))
        saved, status = _attempted(typed, lambda: _save(request, given, new=True))
        return _saved(request, saved) if saved else _form(request, typed, given, None, status)
    return _form(request, typed, Typed("", year, start), None)


def indicator_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change an indicator; a used one becomes its next version."""
    entry = _entry(request, pk)
    if entry.superseded_at is not None:
        messages.info(request, "Ini versi lama. Yang dapat diubah hanya versi yang berlaku.")
        return redirect("indicator", pk)
    if request.method == "POST":
        typed = forms.Typed(request.POST)
        given = _typed_of(request.POST, entry.code, entry.year)
        saved, status = _attempted(typed, lambda: _save(request, given))
        return _saved(request, saved) if saved else _form(request, typed, given, entry, status)
    given = as_typed(dictionary.definition_of(entry))
    return _form(request, forms.Typed(dict(given.fields)), given, entry)


def _attempted(typed: forms.Typed, save: Callable[[], dictionary.Saved]) -> tuple[dictionary.Saved | None, int]:
    """What was saved, or the status of the refusal, which is then at its field."""
    try:
        return save(), 200
    except Refusal as refusal:
        typed.refuse(refusal)
        return None, refusal.status


def _save(request: PersonRequest, given: Typed, *, new: bool = False) -> dictionary.Saved:
    return dictionary.save_indicator(
        office=office_of(request),
        code=given.code,
        year=given.year,
        fields=given.fields,
        variables=given.variables,
        targets=given.targets,
        checks=given.checks,
        reason=request.POST.get("reason", ""),
        marker=request.POST.get("marker") or None,
        new=new,
        by=request.acting.person,
    )


def _saved(request: PersonRequest, saved: dictionary.Saved) -> HttpResponse:
    entry = saved.indicator
    said = {
        dictionary.NEW: "ditambahkan",
        dictionary.SAME: "tidak berubah",
        dictionary.CHANGED: "tersimpan",
        dictionary.AIMED: "tersimpan; targetnya berubah, definisinya tetap",
        dictionary.REVISED: f"kini versi {entry.version}; versi sebelumnya tetap pada angka yang sudah dikumpulkan",
    }
    messages.success(request, f"{entry.code} {said[saved.status]}.")
    for notice in saved.notices.values():
        messages.info(request, f"Target {notice}")
    return redirect("indicator", entry.pk)


def _typed_of(post: QueryDict, code: str, year: int) -> Typed:
    """What was typed in the form, as texts; rows are told apart by their place."""
    fields = {name: post.get(name, "") for name in _TEXT_FIELDS}
    fields["contributors"] = " ".join(post.getlist("contributors"))
    fields["evidence_required"] = "ya" if post.get("evidence_required") else "tidak"
    targets = {name.removeprefix("target-"): post.get(name, "") for name in post if name.startswith("target-")}
    return Typed(
        code, year, fields, _rows(post, "variable", _VARIABLE_COLUMNS), targets, _rows(post, "check", _CHECK_COLUMNS)
    )


def _rows(post: QueryDict, kind: str, columns: Iterable[str]) -> list[dict[str, str]]:
    cells = {column: post.getlist(f"{kind}-{column}") for column in columns}
    count = min(max(map(len, cells.values()), default=0), 200)
    return [
        {column: texts[place] if place < len(texts) else "" for column, texts in cells.items()}
        for place in range(count)
    ]


def _form(
    request: PersonRequest, typed: forms.Typed, given: Typed, entry: Indicator | None, status: int = 200
) -> HttpResponse:
    """The form; after a conflict it carries what is there now, so that who looked again may save."""
    office = office_of(request)
    marker = request.POST.get("marker", "")
    if entry is not None and (not marker or status == ChangedMeanwhile.status):
        marker = dictionary.marker_of(entry)
    context = {
        "typed": typed,
        "fields": given.fields,
        "code": given.code,
        "year": given.year,
        "entry": entry,
        "marker": marker,
        "reason": request.POST.get("reason", ""),
        "polarities": Polarity.choices(),
        "aggregations": Aggregation.choices(),
        "frequencies": Frequency.choices(),
        "kinds": VariableKind.values(),
        "posts": list(office.posts.order_by("order", "title")),
        "chosen": given.fields.get("contributors", "").split(),
        "scales": Scale.objects.filter(office=office, year=given.year),
        "variables": _with_errors(given.variables, "variable", _VARIABLE_COLUMNS, typed.errors, BLANK_VARIABLES),
        "checks": _with_errors(given.checks, "check", _CHECK_COLUMNS, typed.errors, BLANK_CHECKS),
        "targets": _target_rows(given, typed.errors),
        "may_edit": may_edit(request),
    }
    return render(request, "indicators/form.html", context, status=status)


def _with_errors(
    rows: Sequence[Mapping[str, str]], kind: str, columns: Iterable[str], errors: Mapping[str, str], blank: int
) -> list[dict[str, Any]]:
    """Rows of the form, each with the sentences for its cells, and blank ones at the end."""
    filled = list(rows)
    while filled and not any(filled[-1].get(name, "").strip() for name in ("name", "label", "condition", "sentence")):
        filled.pop()
    shown_rows: list[dict[str, Any]] = [
        {**row, "errors": [errors[key] for column in columns if (key := f"{kind}-{place}-{column}") in errors]}
        for place, row in enumerate(filled)
    ]
    return [*shown_rows, *({"errors": []} for _ in range(blank))]


def _target_rows(given: Typed, errors: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """(code, label, typed, error) for every period of the frequency and every other one with a target."""
    frequency = given.fields.get("frequency", "")
    known = (
        target_periods(given.year, frequency if frequency in list(Frequency) else Frequency.QUARTERLY)
        if given.year
        else ()
    )
    codes = list(dict.fromkeys([*(period.code for period in known), *_others(given, {one.code for one in known})]))
    return [(code, _label(code), given.targets.get(code, ""), errors.get(f"target-{code}", "")) for code in codes]


def _others(given: Typed, known: set[str]) -> list[str]:
    return [code for code, text in given.targets.items() if text.strip() and code not in known]


def _label(code: str) -> str:
    try:
        return Period.parse(code).label
    except Refusal:
        return code


@require_POST
def target_rows(request: PersonRequest) -> HttpResponse:
    """The target fields for the frequency just chosen; what was typed stays."""
    given = _typed_of(request.POST, "", read_whole(request.POST.get("year", "")))
    return render(request, "indicators/targets.html", {"targets": _target_rows(given, {})})


@require_POST
def formula_check(request: PersonRequest) -> HttpResponse:
    """Whether the formula being typed can be read, and the tree of its names."""
    office = office_of(request)
    given = _typed_of(request.POST, request.POST.get("code", ""), read_whole(request.POST.get("year", "")))
    labels = {row["name"].strip(): (row["label"], row["unit"]) for row in given.variables if row["name"].strip()}
    known = [dictionary.definition_of(one) for one in dictionary.entries(office, given.year)] if given.year else []
    around = dictionary.surroundings(office, given.year, known)
    return render(request, "indicators/formula_check.html", _checked(given, labels, around))


def _checked(given: Typed, labels: Mapping[str, tuple[str, str]], around: Surroundings) -> dict[str, Any]:
    text = " ".join(given.fields["formula"].split())
    if not text:
        return {}
    try:
        names = names_in(text, labels, around)
        normal = parse(text).text
    except Refusal as refusal:
        return {"refusal": str(refusal)}
    variables = tuple(VariableDefinition(name, label, unit, "nilai") for name, (label, unit) in labels.items())
    trial = Definition(
        given.code or "BARU",
        given.year,
        "",
        "",
        given.fields["unit"],
        "",
        formula=text,
        polarity=given.fields["polarity"],
        variables=variables,
    )
    try:
        check_formula(parse(text), trial, around)
    except Refusal as refusal:
        return {"refusal": str(refusal), "names": names, "normal": normal}
    return {"names": names, "normal": normal}


@require_POST
def indicator_remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Take away an indicator that was never used."""
    entry = _entry(request, pk)
    typed = forms.Typed({})
    attempt(typed, lambda: dictionary.remove_indicator(indicator=entry, by=request.acting.person))
    if typed.error:
        messages.error(request, typed.error)
        return redirect("indicator", pk)
    messages.success(request, f"{entry.code} dihapus dari kamus tahun {entry.year}.")
    return redirect(f"/indikator/?tahun={entry.year}")


# --- a year over, files in and out -----------------------------------------------------------------------------------


def copy_year(request: PersonRequest) -> HttpResponse:
    """Copy the definitions of a year to another."""
    year = asked_year(request)
    typed = forms.Typed(
        request.POST if request.method == "POST" else {"from_year": str(year), "to_year": str(year + 1)}
    )
    if request.method == "POST":
        years = [read_whole(request.POST.get(name, "")) for name in ("from_year", "to_year")]
        copies = attempt(
            typed,
            lambda: dictionary.copy_to_year(
                office=office_of(request), from_year=years[0], to_year=years[1], by=request.acting.person
            ),
        )
        if copies is not None:
            messages.success(
                request, f"{len(copies)} indikator disalin ke tahun {years[1]}. Tetapkan sekarang targetnya."
            )
            return redirect(f"/indikator/?tahun={years[1]}")
    context = {"typed": typed, "may_edit": may_edit(request)}
    return render(request, "indicators/copy.html", context, status=422 if typed.error or typed.errors else 200)


@require_GET
def export(request: PersonRequest) -> HttpResponse:
    """The dictionary as a workbook, or one of its sheets as CSV; of one year, or of all."""
    year = read_year(request.GET.get("tahun", ""))
    definitions = [dictionary.definition_of(one) for one in dictionary.entries(office_of(request), year)]
    name = f"kamus-indikator-{year or 'semua'}"
    if request.GET.get("bentuk") == "csv":
        table = request.GET.get("tabel", INDICATORS.name)
        if table not in {one.name for one in TABLES}:
            raise Http404
        return _download(
            dictionary_import.as_csv(definitions, table), f"{name}-{table.lower()}.csv", "text/csv; charset=utf-8"
        )
    return _download(dictionary_import.as_xlsx(definitions), f"{name}.xlsx", dictionary_import.XLSX)


def _download(content: bytes, name: str, media_type: str) -> HttpResponse:
    return downloads.made(content, media_type, name)


def import_page(request: PersonRequest) -> HttpResponse:
    """Upload files, see what they would do or what is wrong in which cell, then take them in."""
    typed = forms.Typed(request.POST)
    context: dict[str, Any] = {"typed": typed, "may_edit": may_edit(request), "files_limit": FILES_LIMIT}
    if request.method == "POST" and (token := request.POST.get("token", "")):
        plan = attempt(
            typed,
            lambda: dictionary_import.take_in_preview(
                office=office_of(request), token=token, reason=request.POST.get("reason", ""), by=request.acting.person
            ),
        )
        if plan is not None:
            messages.success(request, f"Kamus diperbarui: {_counted(plan)}.")
            return redirect("indicators")
        context |= {"token": token if typed.errors else "", "reason": request.POST.get("reason", "")}
    elif request.method == "POST":
        found = attempt(typed, lambda: _preview(request, typed))
        if found is not None:
            plan, token = found
            context |= {"plan": plan, "token": token, "counted": _counted(plan)}
    refused = typed.error or typed.errors or (context.get("plan") and context["plan"].wrong)
    return render(request, "indicators/import.html", context, status=422 if refused else 200)


def _preview(request: PersonRequest, typed: forms.Typed) -> tuple[dictionary_import.Plan, str] | None:
    uploads = request.FILES.getlist("files")
    if not uploads or len(uploads) > FILES_LIMIT:
        typed.errors["files"] = f"Pilih satu berkas XLSX, atau satu sampai {FILES_LIMIT} berkas CSV."
        return None
    files = [(upload.name or "berkas", upload.read(UPLOAD_LIMIT + 1)) for upload in uploads]
    return dictionary_import.preview(office=office_of(request), files=files, by=request.acting.person)


def _counted(plan: dictionary_import.Plan) -> str:
    return ", ".join(f"{count} {status}" for status, count in plan.counts.items()) or "tidak ada indikator"


def scale_or_404(request: PersonRequest, pk: int) -> Scale:
    """A scale of the office looked at."""
    return get_object_or_404(Scale.objects.select_related("office"), pk=pk, office=office_of(request))


def scale_shown(scale: Scale) -> dict[str, Any]:
    """A stored scale as pages draw it: its levels, the ruler and the printed rule."""
    read = read_scale(scale.levels)
    return {"scale": scale, "categories": read.categories(), "ruler": ruler(read), "rule": read.rule_text()}
