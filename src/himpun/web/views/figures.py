"""Angka: one figure with every version, who brought it and with what; and its correction after the freeze."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from himpun.errors import Refusal
from himpun.indicators.figures.taking import history_of
from himpun.indicators.measured.keeping import value_text
from himpun.indicators.models.figures import Correction, Figure, FigureImport
from himpun.indicators.models.requests import DataRequest, Evidence
from himpun.indicators.recaps import corrections
from himpun.reports.queries import opened_offices
from himpun.web import downloads
from himpun.web.forms import Typed
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from
from himpun.web.uploads import incoming_of


def visible_figures(request: PersonRequest) -> Any:
    """The figures I may open: my units', and all of the offices where I see all values, or of those below."""
    acting = request.acting
    mine = [one.post_id for one in acting.capacities]
    return Figure.objects.filter(Q(unit__in=mine) | Q(office__in=opened_offices(acting.person, acting.day)))


def opened_cells(request: PersonRequest, tree: Mapping[str, Any] | None) -> set[int]:
    """The figures of a result's tree that I may open: others' numbers are shown and do not lead anywhere."""
    keys = set(_keys(tree)) if tree else set()
    return set(visible_figures(request).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()


def _keys(node: Mapping[str, Any]) -> Iterator[int]:
    if node.get("angka"):
        yield node["angka"]
    for child in node["anak"]:
        yield from _keys(child)


@require_GET
def figure_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One figure: what it is of, every version with its source, and a way to correct it when it is frozen."""
    return show_figure(request, pk, Typed({}))


def show_figure(request: PersonRequest, pk: int, typed: Typed, status: int = 200) -> HttpResponse:
    """The page of a figure, with whatever was refused."""
    found = visible_figures(request).select_related("office", "variable__indicator", "unit", "element")
    figure = get_object_or_404(found, pk=pk)
    versions = history_of(figure)
    newest = versions[0]
    open_one = Correction.objects.filter(figure=figure, state=Correction.State.ASKED).first()
    context = {
        "figure": figure,
        "shown": value_text(figure.number, figure.text),
        "versions": [
            (version, value_text(version.number, version.text), source) for version, source in _sources(versions)
        ],
        "evidence": _evidence(figure),
        "newest": newest,
        "open_correction": open_one,
        "may_correct": figure.current and figure.frozen and open_one is None and _may_ask(request, figure),
        "own": figure.office_id in {one.office_id for one in request.acting.capacities},
        "typed": typed,
    }
    return render(request, "figures/figure.html", context, status=status)


def _may_ask(request: PersonRequest, figure: Figure) -> bool:
    try:
        corrections.may_ask(figure, request.acting.person, request.acting.day)
    except Refusal:
        return False
    return True


def _sources(versions: list[Figure]) -> list[tuple[Figure, dict[str, Any]]]:
    """Each version with where it came from: a request, an import or a correction, in three queries."""
    keys: dict[str, set[int]] = {"request": set(), "import": set(), "correction": set()}
    for version in versions:
        kind, _, key = version.source.partition(":")
        keys.setdefault(kind, set()).add(int(key))
    found: dict[str, Any] = {
        "request": DataRequest.objects.select_related("unit").in_bulk(keys["request"]),
        "import": FigureImport.objects.select_related("taken_back").in_bulk(keys["import"]),
        "correction": Correction.objects.in_bulk(keys["correction"]),
    }
    sources = []
    for version in versions:
        kind, _, key = version.source.partition(":")
        sources.append((version, {"kind": kind, "row": found[kind].get(int(key))}))
    return sources


def _evidence(figure: Figure) -> list[Evidence]:
    kind, _, key = figure.source.partition(":")
    if kind != "request":
        return []
    lines = Evidence.objects.filter(line__request=int(key), line__indicator__code=figure.variable.indicator.code)
    return list(lines)


@posted_from("figure")
def correct(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask for a correction of a frozen figure."""
    get_object_or_404(visible_figures(request), pk=pk)
    typed = Typed(request.POST)
    name, evidence = incoming_of(request, "file") or ("Bukti", b"")
    try:
        correction = corrections.ask_correction(
            figure_id=pk,
            new=request.POST.get("new", ""),
            reason=request.POST.get("reason", ""),
            evidence_name=name,
            evidence=evidence,
            by=request.acting.person,
        )
    except Refusal as refusal:
        typed.refuse(refusal)
        return show_figure(request, pk, typed, status=refusal.status)
    messages.success(request, "Koreksi diajukan dan menunggu keputusan. Angka lama tetap berlaku sampai disetujui.")
    return redirect("correction", correction.pk)


def _visible(request: PersonRequest) -> Any:
    return Correction.objects.visible_to(request.acting.person, request.acting.day)


@require_GET
def correction_list(request: PersonRequest) -> HttpResponse:
    """Corrections of the office, what waits for a decision first."""
    rows = (
        _visible(request)
        .filter(office=request.acting.office)
        .select_related("figure__variable__indicator", "figure__unit")
    )
    state = request.GET.get("status", "")
    if state in Correction.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.order_by(F("decided_at").desc(nulls_first=True), "-asked_at"), 40).get_page(
        request.GET.get("hal")
    )
    context = {"page": page, "states": Correction.State.choices, "state": state}
    return render(request, "figures/corrections.html", context)


@require_GET
def correction_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One correction with old and new value, reason and evidence, and the decision."""
    return show_correction(request, pk, Typed({}))


def show_correction(request: PersonRequest, pk: int, typed: Typed, status: int = 200) -> HttpResponse:
    """The page of a correction, with whatever was refused."""
    found = _visible(request).select_related("office", "figure__variable__indicator", "figure__unit")
    correction = get_object_or_404(found, pk=pk)
    acting = request.acting
    context = {
        "correction": correction,
        "figure": correction.figure,
        "may_open": visible_figures(request).filter(pk=correction.figure_id).exists(),
        "recaps": corrections.recaps_before(correction),
        "may_decide": correction.state == Correction.State.ASKED
        and corrections.may_decide(correction, acting.person, acting.day),
        "typed": typed,
    }
    return render(request, "figures/correction.html", context, status=status)


@posted_from("correction")
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve or refuse a correction."""
    get_object_or_404(_visible(request), pk=pk)
    typed = Typed(request.POST)
    try:
        corrections.decide_correction(
            correction_id=pk,
            approve=request.POST.get("decision") == "setuju",
            reason=request.POST.get("decided_reason", ""),
            by=request.acting.person,
        )
    except Refusal as refusal:
        typed.refuse(refusal)
        return show_correction(request, pk, typed, status=refusal.status)
    messages.success(request, "Keputusan tercatat. Rekap dan dokumen yang memakai angka lama kini menyebutkannya.")
    return redirect("correction", pk)


@require_GET
def correction_file(request: PersonRequest, pk: int) -> FileResponse:
    """The evidence of a correction, to who may open its figure."""
    correction = get_object_or_404(_visible(request), pk=pk)
    if not visible_figures(request).filter(pk=correction.figure_id).exists():
        raise Http404
    return downloads.kept(correction.evidence_sha256, correction.evidence_name)
