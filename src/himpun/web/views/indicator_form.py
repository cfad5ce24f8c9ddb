"""The form that adds or changes an indicator, with its targets and the look at its formula while one types."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from himpun.errors import Refusal
from himpun.indicators.dictionary import saving
from himpun.indicators.dictionary.completeness import target_periods
from himpun.indicators.dictionary.definition import LABELS, Definition, Surroundings, Typed, VariableDefinition
from himpun.indicators.dictionary.differences import as_typed
from himpun.indicators.dictionary.formulas import check_formula, names_in
from himpun.indicators.dictionary.saving import ChangedMeanwhile
from himpun.indicators.models.dictionary import Indicator, Scale
from himpun.measure.formula.parser import parse
from himpun.measure.periods import Frequency, Period
from himpun.measure.scoring.achievement import VariableKind
from himpun.measure.scoring.quantities import Quantity
from himpun.measure.scoring.values import Aggregation, Polarity
from himpun.web import forms
from himpun.web.forms import read_whole
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from
from himpun.web.views.dictionary import asked_year, entry_or_404, may_edit, office_of

BLANK_VARIABLES, BLANK_CHECKS = 2, 1
"""So many empty rows stand ready in the form where no script adds them."""
_VARIABLE_COLUMNS = ("name", "label", "unit", "kind", "minimum", "maximum", "whole", "quantity", "required")
_CHECK_COLUMNS = ("condition", "sentence", "blocks")
_TEXT_FIELDS = tuple(name for name in LABELS if name not in ("code", "year", "contributors", "evidence_required"))


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
    entry = entry_or_404(request, pk)
    if entry.superseded_at is not None:
        messages.info(request, "Ini versi lama. Yang dapat diubah hanya versi yang berlaku.")
        return redirect("indicator", pk)
    if request.method == "POST":
        typed = forms.Typed(request.POST)
        given = _typed_of(request.POST, entry.code, entry.year)
        saved, status = _attempted(typed, lambda: _save(request, given))
        return _saved(request, saved) if saved else _form(request, typed, given, entry, status)
    given = as_typed(saving.definition_of(entry))
    return _form(request, forms.Typed(dict(given.fields)), given, entry)


def _attempted(typed: forms.Typed, save: Callable[[], saving.Saved]) -> tuple[saving.Saved | None, int]:
    """What was saved, or the status of the refusal, which is then at its field."""
    try:
        return save(), 200
    except Refusal as refusal:
        typed.refuse(refusal)
        return None, refusal.status


def _save(request: PersonRequest, given: Typed, *, new: bool = False) -> saving.Saved:
    return saving.save_indicator(
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


def _saved(request: PersonRequest, saved: saving.Saved) -> HttpResponse:
    entry = saved.indicator
    said = {
        saving.NEW: "ditambahkan",
        saving.SAME: "tidak berubah",
        saving.CHANGED: "tersimpan",
        saving.AIMED: "tersimpan; targetnya berubah, definisinya tetap",
        saving.REVISED: f"kini versi {entry.version}; versi sebelumnya tetap pada angka yang sudah dikumpulkan",
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
        marker = saving.marker_of(entry)
    chosen = given.fields.get("contributors", "").split()
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
        "quantities": Quantity.values(),
        "posts": list(
            office.posts.to_choose(request.acting.day, given.fields.get("owner", ""), *chosen).order_by(
                "order", "title"
            )
        ),
        "chosen": chosen,
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


@posted_from("indicator_new")
def target_rows(request: PersonRequest) -> HttpResponse:
    """The target fields for the frequency just chosen; what was typed stays."""
    given = _typed_of(request.POST, "", read_whole(request.POST.get("year", "")))
    return render(request, "indicators/targets.html", {"targets": _target_rows(given, {})})


@posted_from("indicator_new")
def formula_check(request: PersonRequest) -> HttpResponse:
    """Whether the formula being typed can be read, and the tree of its names."""
    office = office_of(request)
    given = _typed_of(request.POST, request.POST.get("code", ""), read_whole(request.POST.get("year", "")))
    labels = {row["name"].strip(): (row["label"], row["unit"]) for row in given.variables if row["name"].strip()}
    known = [saving.definition_of(one) for one in saving.entries(office, given.year)] if given.year else []
    around = saving.surroundings(office, given.year, known)
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
