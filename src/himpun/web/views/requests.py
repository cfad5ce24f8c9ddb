"""Permintaan: what units are asked, the fill-in grid that saves itself, and what the collector does with answers."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from himpun import clock
from himpun.cycles.deadlines.clocks import request_clocks
from himpun.cycles.steps import answers
from himpun.documents.models import Document
from himpun.errors import FieldErrors, Refusal
from himpun.indicators.measured.keeping import value_text
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.requests import DataRequest, Evidence, RequestLine
from himpun.indicators.requests import filling
from himpun.indicators.requests.checks import Finding, Level
from himpun.indicators.requests.evidence import attach_evidence, detach_evidence, share_evidence
from himpun.indicators.requests.limits import NOTHING_BEFORE, Before, limits_of, sentences
from himpun.indicators.requests.reviewing import RequestReview, lines_of, review_request
from himpun.indicators.requests.rules import Incomplete
from himpun.measure.numbers import Number, write_number
from himpun.measure.scoring.values import WORDS
from himpun.offices.rules import MAY_COLLECT
from himpun.web import downloads
from himpun.web.forms import Typed, whole_number
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from
from himpun.web.uploads import incoming_of
from himpun.web.views.forms_out import arrivals

WORDS_OF_A_LINE = ("note", "nihil_reason", "explanation")


def _visible(request: PersonRequest) -> Any:
    return DataRequest.objects.visible_to(request.acting.person, request.acting.day)


@require_GET
def request_list(request: PersonRequest) -> HttpResponse:
    """The requests I may see: a unit its own, the collectors all of their office."""
    rows = (
        _visible(request)
        .filter(office=request.acting.office)
        .exclude(origin__startswith="muat:")
        .select_related("unit", "office")
    )
    state = request.GET.get("status", "")
    if state in DataRequest.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.order_by("-period", "-round", "unit__order"), 40).get_page(request.GET.get("hal"))
    context = {
        "page": page,
        "states": DataRequest.State.choices,
        "state": state,
        "clocks": request_clocks(page.object_list, clock.now()),
    }
    return render(request, "requests/list.html", context)


@require_GET
def request_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One request: the grid while the unit can fill in, the figures to read for everybody else."""
    return show_request(request, pk, Typed({}))


def show_request(
    request: PersonRequest, pk: int, typed: Typed, gaps: dict[int, str] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a request, with whatever was refused."""
    acting = request.acting
    asked = get_object_or_404(_visible(request).select_related("unit", "office"), pk=pk)
    may_fill = asked.is_open and acting.holds(asked.unit_id)
    review = review_request(asked)
    rows = [_row(line, typed, gaps or {}, review) for line in review.lines]
    context = {
        "asked": asked,
        "rows": rows,
        "may_fill": may_fill,
        "arrivals": arrivals(asked) if may_fill else [],
        "may_collect": acting.has(MAY_COLLECT, asked.office_id),
        "complete": sum(row["complete"] for row in rows),
        "typed": typed,
        "cycle": answers.cycle_of(asked),
        "clock": request_clocks([asked], clock.now()).get(asked.pk),
        "papers": Document.objects.filter(about=f"request:{asked.pk}").order_by("id"),
    }
    return render(request, "requests/request.html", context, status=status)


def _row(line: RequestLine, typed: Typed, gaps: dict[int, str], review: RequestReview) -> dict[str, Any]:
    cells = [_typed_cell(cell, typed) for cell in _cells(line, review)]
    wrong, warnings = _of_row(review.findings[line.pk])
    files_ = list(line.evidence.all())
    nihil = f"nihil-{line.pk}" in typed.data if typed.data else line.nihil
    return {
        "line": line,
        "cells": cells,
        "files": files_,
        "gap": gaps.get(line.pk, ""),
        "wrong": wrong,
        "warnings": warnings,
        "warned": bool(warnings or any(cell["warning"] for cell in cells)),
        "note": typed.data.get(f"note-{line.pk}", line.note),
        "wrong_words": {name: typed.errors.get(f"{line.pk}:{name}", "") for name in WORDS_OF_A_LINE},
        "nihil": nihil,
        "nihil_reason": typed.data.get(f"reason-{line.pk}", line.nihil_reason),
        "nihil_error": typed.errors.get(f"{line.pk}:nihil", ""),
        "frozen": any(cell["frozen"] for cell in cells),
        "explanation": typed.data.get(f"explain-{line.pk}", line.explanation),
        "complete": not review.gaps[line.pk],
    }


def _cells(line: RequestLine, review: RequestReview) -> list[dict[str, Any]]:
    """The cells of a row: what is saved or frozen, what was found in it, and the rules that the page checks by while typing."""
    values = {value.variable_id: value_text(value.number, value.text) for value in line.values.all()}
    found: dict[str, list[Finding]] = {}
    for finding in review.findings[line.pk]:
        found.setdefault(finding.field, []).append(finding)
    cells = []
    for variable in line.indicator.variables.all():
        before = review.before.get(variable.pk, NOTHING_BEFORE)
        here = found.get(f"v{variable.pk}", [])
        frozen = review.frozen.get((line.pk, variable.pk))
        cells.append(
            {
                "variable": variable,
                "name": f"v-{line.pk}-{variable.pk}",
                "value": value_text(frozen.number, frozen.text) if frozen else values.get(variable.pk, ""),
                "frozen": frozen,
                "error": " ".join(sentences(here, Level.WRONG)),
                "warning": " ".join(sentences(here, Level.LOOK)),
                "before": before,
                "rules": _rules(variable, line.indicator, before),
            }
        )
    return cells


def _typed_cell(cell: dict[str, Any], typed: Typed) -> dict[str, Any]:
    _, line_id, variable_id = cell["name"].split("-")
    error = typed.errors.get(f"{line_id}:v{variable_id}", "") or cell["error"]
    return {**cell, "value": typed.data.get(cell["name"], cell["value"]), "error": error}


def _rules(variable: Variable, indicator: Indicator, before: Before) -> dict[str, str]:
    limits, history = limits_of(variable, indicator), before.history
    return {
        "kind": "kata" if indicator.polarity in WORDS else "",
        "choices": "|".join(limits.choices),
        "min": _shown(limits.minimum),
        "max": _shown(limits.maximum),
        "whole": "ya" if limits.whole else "",
        "last": _shown(history.last),
        "last-name": history.last_name if history.last is not None else "",
        "median": _shown(history.median),
        "median-count": str(len(history.earlier)) if history.median is not None else "",
        "jump": _shown(indicator.jump_percent),
        "floor": _shown(before.floor),
        "floor-name": before.floor_name if before.floor is not None else "",
    }


def _shown(number: Number | None) -> str:
    return "" if number is None else write_number(number)


def _of_row(findings: list[Finding]) -> tuple[list[str], list[str]]:
    """What is found in a row as a whole: errors and warnings."""
    here = [finding for finding in findings if not finding.field]
    return sentences(here, Level.WRONG), sentences(here, Level.LOOK)


def _page_of_line(request: PersonRequest, pk: int) -> str:
    line = get_object_or_404(RequestLine.objects.filter(request__in=_visible(request)), pk=pk)
    return reverse("request", args=[line.request_id])


def _page_of_evidence(request: PersonRequest, pk: int) -> str:
    evidence = get_object_or_404(Evidence.objects.filter(line__request__in=_visible(request)), pk=pk)
    return _page_of_line(request, evidence.line_id)


@posted_from(_page_of_line)
def save_line(request: PersonRequest, pk: int) -> HttpResponse:
    """Save one row of the grid (htmx): answers with the row's state and the sentence under each wrong cell."""
    line = get_object_or_404(RequestLine.objects.filter(request__in=_visible(request)), pk=pk)
    errors: dict[str, str] = {}
    saved = _save(request, line, errors)
    review = review_request(line.request, line.pk)
    cells = _cells(review.lines[0], review)
    for cell in cells:
        cell["error"] = errors.get(f"{line.pk}:v{cell['variable'].pk}", "") or (cell["error"] if saved else "")
    wrong, warnings = _of_row(review.findings[line.pk])
    warned = bool(warnings or any(cell["warning"] for cell in cells))
    context = {
        "line": line,
        "saved": saved,
        "wrong_words": {name: errors.get(f"{line.pk}:{name}", "") for name in WORDS_OF_A_LINE},
        "gap": review.gaps[line.pk],
        "cells": cells,
        "error": errors.get("", ""),
        "nihil_error": errors.get(f"{line.pk}:nihil", ""),
        "row_wrong": wrong,
        "row_warnings": warnings,
        "unexplained": warned and not review.lines[0].explanation,
    }
    response = render(request, "requests/saved.html", context, status=200 if saved else 422)
    if saved:
        response["Himpun-Saved"] = str(line.pk)
    return response


def _save(request: PersonRequest, line: RequestLine, errors: dict[str, str]) -> bool:
    given = request.POST
    figures = {
        variable.pk: given[f"v-{line.pk}-{variable.pk}"]
        for variable in line.indicator.variables.all()
        if f"v-{line.pk}-{variable.pk}" in given
    }
    try:
        filling.save_line(
            line_id=line.pk,
            by=request.acting.person,
            figures=figures,
            note=given.get(f"note-{line.pk}"),
            nihil=f"nihil-{line.pk}" in given,
            nihil_reason=given.get(f"reason-{line.pk}"),
            explanation=given.get(f"explain-{line.pk}"),
        )
    except FieldErrors as refusal:
        errors |= {f"{line.pk}:{name}": sentence for name, sentence in refusal.fields.items()}
    except Refusal as refusal:
        errors[""] = str(refusal)
    else:
        return True
    return False


@posted_from("request")
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    """Save the whole grid, and send it when the person pressed Kirim."""
    asked = get_object_or_404(_visible(request).select_related("unit", "office"), pk=pk)
    typed = Typed(request.POST)
    for line in lines_of(asked):
        _save(request, line, typed.errors)
    if typed.errors:
        typed.error = (
            typed.errors.pop("", "")
            or "Ada isian yang tidak dapat dibaca. Perbaiki yang ditandai merah; yang lain sudah tersimpan."
        )
        return show_request(request, pk, typed, status=422)
    if "send" not in request.POST:
        messages.success(request, "Draf tersimpan.")
        return redirect("request", pk)
    try:
        answers.answer_request(request=asked, by=request.acting.person)
    except Incomplete as refusal:
        typed.error = str(refusal)
        return show_request(request, pk, typed, refusal.gaps, status=422)
    except Refusal as refusal:
        typed.error = str(refusal)
        return show_request(request, pk, typed, status=refusal.status)
    messages.success(request, "Isian terkirim kepada pengumpul. Terima kasih.")
    return redirect("request", pk)


@posted_from("request")
def give_back(request: PersonRequest, pk: int) -> HttpResponse:
    """The collector hands an answer back with a reason."""
    return _collect(request, pk, answers.return_answer, "Isian dikembalikan kepada unit.")


@posted_from("request")
def excuse(request: PersonRequest, pk: int) -> HttpResponse:
    """The collector goes on without a unit, with a reason."""
    return _collect(request, pk, answers.excuse_unit, "Unit dikecualikan; alasannya akan tercetak di rekap.")


def _collect(request: PersonRequest, pk: int, act: Any, said: str) -> HttpResponse:
    asked = get_object_or_404(_visible(request).select_related("unit", "office"), pk=pk)
    typed = Typed(request.POST)
    try:
        act(request=asked, reason=request.POST.get("reason", ""), by=request.acting.person)
    except Refusal as refusal:
        typed.refuse(refusal)
        return show_request(request, pk, typed, status=refusal.status)
    messages.success(request, said)
    return redirect("request", pk)


@posted_from(_page_of_line)
def attach(request: PersonRequest, pk: int) -> HttpResponse:
    """Attach evidence to a row; the row's files come back."""
    line = get_object_or_404(RequestLine.objects.filter(request__in=_visible(request)), pk=pk)
    upload = incoming_of(request, "file")
    error = "Pilih berkas dahulu."
    if upload is not None:
        name, content = upload
        try:
            attach_evidence(line_id=line.pk, name=name, content=content, by=request.acting.person)
            error = ""
        except Refusal as refusal:
            error = str(refusal)
    return _files(request, line, error)


def _files(request: PersonRequest, line: RequestLine, error: str = "") -> HttpResponse:
    if not request.headers.get("HX-Request"):
        if error:
            messages.error(request, error)
        return redirect("request", line.request_id)
    context = {"line": line, "files": line.evidence.all(), "may_fill": True, "error": error}
    return render(request, "requests/files.html", context, status=422 if error else 200)


@posted_from(_page_of_evidence)
def detach(request: PersonRequest, pk: int) -> HttpResponse:
    """Take evidence off a row again."""
    evidence = get_object_or_404(Evidence.objects.filter(line__request__in=_visible(request)), pk=pk)
    try:
        line = detach_evidence(evidence_id=evidence.pk, by=request.acting.person)
    except Refusal as refusal:
        return _files(request, evidence.line, str(refusal))
    return _files(request, line)


@require_GET
def evidence_file(request: PersonRequest, pk: int) -> FileResponse:
    """A file of evidence, to who may see its request."""
    evidence = get_object_or_404(Evidence.objects.filter(line__request__in=_visible(request)), pk=pk)
    return downloads.kept(evidence.sha256, evidence.name)


@require_http_methods(["GET", "POST"])
def share(request: PersonRequest, pk: int) -> HttpResponse:
    """Files already in this request that may serve this row too; a chosen one is added, and the row's files come back."""
    line = get_object_or_404(RequestLine.objects.filter(request__in=_visible(request)), pk=pk)
    if request.method == "POST":
        error = ""
        try:
            share_evidence(evidence_id=whole_number(request, "evidence"), line_id=line.pk, by=request.acting.person)
        except Refusal as refusal:
            error = str(refusal)
        return _files(request, line, error)
    own = line.evidence.values("sha256")
    others = Evidence.objects.filter(line__request=line.request_id).exclude(sha256__in=own).order_by("sha256", "id")
    files_ = {file.sha256: file for file in others}
    return render(request, "requests/share.html", {"line": line, "files": files_.values()})
