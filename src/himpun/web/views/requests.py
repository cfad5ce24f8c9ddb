"""Permintaan: what units are asked, the fill-in grid that saves itself, and what the collector does with answers."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from himpun.archive import files
from himpun.cycles import collecting
from himpun.documents.models import Document
from himpun.errors import FieldErrors, Refusal
from himpun.indicators import actions
from himpun.indicators.computing import value_text
from himpun.indicators.models import DataRequest, Evidence, RequestLine
from himpun.indicators.periods import Period
from himpun.indicators.rules import Incomplete
from himpun.offices.rules import MAY_COLLECT
from himpun.web.forms import Typed
from himpun.web.middleware import PersonRequest


def _visible(request: PersonRequest) -> Any:
    return DataRequest.objects.visible_to(request.acting.person, request.acting.day)


@require_GET
def request_list(request: PersonRequest) -> HttpResponse:
    """The requests I may see: a unit its own, the collectors all of their office."""
    rows = (
        _visible(request)
        .filter(office=request.acting.office)
        .exclude(origin__startswith="muat:")
        .select_related("unit")
    )
    state = request.GET.get("status", "")
    if state in DataRequest.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.order_by("-period", "-round", "unit__order"), 40).get_page(request.GET.get("hal"))
    return render(request, "requests/list.html", {"page": page, "states": DataRequest.State.choices, "state": state})


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
    before = _last_period(asked)
    rows = [_row(line, typed, gaps or {}, before) for line in actions.lines_of(asked)]
    context = {
        "asked": asked,
        "rows": rows,
        "may_fill": may_fill,
        "may_collect": acting.has(MAY_COLLECT),
        "complete": sum(row["complete"] for row in rows),
        "typed": typed,
        "cycle": collecting.cycle_of(asked),
        "papers": Document.objects.filter(about=f"request:{asked.pk}").order_by("id"),
    }
    return render(request, "requests/request.html", context, status=status)


def _row(line: RequestLine, typed: Typed, gaps: dict[int, str], before: dict[int, str]) -> dict[str, Any]:
    values = {value.variable_id: value_text(value.number, value.text) for value in line.values.all()}
    cells = []
    for variable in line.indicator.variables.all():
        name = f"v-{line.pk}-{variable.pk}"
        error = typed.errors.get(f"{line.pk}:v{variable.pk}", "")
        shown = typed.data.get(name, values.get(variable.pk, ""))
        cells.append(
            {"variable": variable, "name": name, "value": shown, "error": error, "before": before.get(variable.pk, "")}
        )
    files_ = list(line.evidence.all())
    filled = line.nihil or all(variable["value"] for variable in cells)
    return {
        "line": line,
        "cells": cells,
        "files": files_,
        "gap": gaps.get(line.pk, ""),
        "complete": bool(filled and (line.nihil or files_ or not line.indicator.evidence_required)),
    }


def _last_period(asked: DataRequest) -> dict[int, str]:
    """What the unit answered for the period before, by variable: shown beside the cell."""
    code = Period.parse(asked.period).previous().code
    earlier = RequestLine.objects.filter(request__unit=asked.unit, request__period=code).order_by("request__round")
    return {
        value.variable_id: value_text(value.number, value.text)
        for line in earlier.prefetch_related("values")
        for value in line.values.all()
    }


@require_POST
def save_line(request: PersonRequest, pk: int) -> HttpResponse:
    """Save one row of the grid (htmx): answers with the row's state and the sentence under each wrong cell."""
    line = get_object_or_404(RequestLine.objects.filter(request__in=_visible(request)), pk=pk)
    errors: dict[str, str] = {}
    saved = _save(request, line, errors)
    gap = actions.gaps_of(line.request).get(line.pk, "") if saved else ""
    variables = [
        (variable.pk, errors.get(f"{line.pk}:v{variable.pk}", "")) for variable in line.indicator.variables.all()
    ]
    context = {"line": line, "saved": saved, "gap": gap, "variables": variables, "error": errors.get("", "")}
    return render(request, "requests/saved.html", context, status=200 if saved else 422)


def _save(request: PersonRequest, line: RequestLine, errors: dict[str, str]) -> bool:
    given = request.POST
    figures = {
        variable.pk: given[f"v-{line.pk}-{variable.pk}"]
        for variable in line.indicator.variables.all()
        if f"v-{line.pk}-{variable.pk}" in given
    }
    try:
        actions.save_line(
            line_id=line.pk,
            by=request.acting.person,
            figures=figures,
            note=given.get(f"note-{line.pk}"),
            nihil=f"nihil-{line.pk}" in given,
            nihil_reason=given.get(f"reason-{line.pk}"),
        )
    except FieldErrors as refusal:
        errors |= {f"{line.pk}:{name}": sentence for name, sentence in refusal.fields.items()}
    except Refusal as refusal:
        errors[""] = str(refusal)
    else:
        return True
    return False


@require_POST
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    """Save the whole grid, and send it when the person pressed Kirim."""
    asked = get_object_or_404(_visible(request).select_related("unit", "office"), pk=pk)
    typed = Typed(request.POST)
    for line in actions.lines_of(asked):
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
        collecting.answer_request(request=asked, by=request.acting.person)
    except Incomplete as refusal:
        typed.error = str(refusal)
        return show_request(request, pk, typed, refusal.gaps, status=422)
    except Refusal as refusal:
        typed.error = str(refusal)
        return show_request(request, pk, typed, status=refusal.status)
    messages.success(request, "Isian terkirim kepada pengumpul. Terima kasih.")
    return redirect("request", pk)


@require_POST
def give_back(request: PersonRequest, pk: int) -> HttpResponse:
    """The collector hands an answer back with a reason."""
    return _collect(request, pk, collecting.return_answer, "Isian dikembalikan kepada unit.")


@require_POST
def excuse(request: PersonRequest, pk: int) -> HttpResponse:
    """The collector goes on without a unit, with a reason."""
    return _collect(request, pk, collecting.excuse_unit, "Unit dikecualikan; alasannya akan tercetak di rekap.")


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


@require_POST
def attach(request: PersonRequest, pk: int) -> HttpResponse:
    """Attach evidence to a row; the row's files come back."""
    line = get_object_or_404(RequestLine.objects.filter(request__in=_visible(request)), pk=pk)
    upload = request.FILES.get("file")
    error = "Pilih berkas dahulu."
    if upload is not None and upload.name:
        try:
            actions.attach_evidence(
                line_id=line.pk,
                name=upload.name,
                content=upload.read(settings.EVIDENCE_MAX_BYTES + 1),
                media_type=upload.content_type or "",
                by=request.acting.person,
            )
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


@require_POST
def detach(request: PersonRequest, pk: int) -> HttpResponse:
    """Take evidence off a row again."""
    evidence = get_object_or_404(Evidence.objects.filter(line__request__in=_visible(request)), pk=pk)
    try:
        line = actions.detach_evidence(evidence_id=evidence.pk, by=request.acting.person)
    except Refusal as refusal:
        return _files(request, evidence.line, str(refusal))
    return _files(request, line)


@require_GET
def evidence_file(request: PersonRequest, pk: int) -> FileResponse:
    """A file of evidence, to who may see its request."""
    evidence = get_object_or_404(Evidence.objects.filter(line__request__in=_visible(request)), pk=pk)
    return FileResponse(
        files.path_of(evidence.sha256).open("rb"), filename=evidence.name, content_type=evidence.media_type
    )
