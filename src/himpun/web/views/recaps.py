"""Rekap: achievement as a table with colours, charts, and every number down to the cell it came from."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from himpun.cycles.models import Cycle, Task, cycle_named
from himpun.cycles.steps import drafting
from himpun.documents.pictures import as_svg
from himpun.errors import Refusal
from himpun.indicators.measured.charts import achievement_bars, achievement_trend
from himpun.indicators.measured.keeping import bar_of, read_exact, scales_of, summary_of, target_at
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.indicators.recaps.corrections import corrections_after, touching
from himpun.indicators.recaps.freezing import lacks_analysis
from himpun.measure.numbers import write_percent
from himpun.measure.periods import Period
from himpun.offices.models.holdings import Holding
from himpun.offices.rules import MAY_SEE_ALL_VALUES
from himpun.procedures.reading import role_titles
from himpun.reports import REPORTS, Report
from himpun.reports.recap.export import CSV_MEDIA, XLSX_MEDIA, to_csv, to_xlsx
from himpun.reports.recap.frozen import as_frozen, stamp
from himpun.reports.recap.paper import PDF_MEDIA, to_pdf
from himpun.reports.recap.recap import on_axis
from himpun.web import downloads
from himpun.web.corrected import corrected
from himpun.web.downloads import picture
from himpun.web.forms import Typed, read_whole
from himpun.web.middleware import PersonRequest
from himpun.web.views.figures import opened_cells


def _visible(request: PersonRequest) -> Any:
    """Recaps are for everybody of the office: the figures are theirs."""
    held = Holding.objects.on(request.acting.day).filter(person=request.acting.person)
    return Recap.objects.filter(office__in=held.values("post__office"))


def _lines(request: PersonRequest) -> Any:
    return RecapLine.objects.filter(recap__in=_visible(request))


@require_GET
def recap_list(request: PersonRequest) -> HttpResponse:
    """The recaps of the office, newest period first."""
    rows = list(_visible(request).filter(office=request.acting.office).prefetch_related("lines"))
    rows.sort(key=lambda recap: (Period.parse(recap.period), recap.round), reverse=True)
    shown = [(recap, summary_of([line.frozen for line in recap.lines.all()])) for recap in rows]
    context = {"rows": [(recap, total, _percent(total.mean)) for recap, total in shown], "reports": _reports(request)}
    return render(request, "recaps/list.html", context)


def _reports(request: PersonRequest) -> list[tuple[str, Report]]:
    """The reports that there are about the office looked at."""
    office = request.acting.office
    has_below = office is not None and office.children.exists()
    return [(name, report) for name, report in REPORTS.items() if has_below or not report.of_offices_below]


def _percent(value: Any) -> str:
    return "–" if value is None else f"{write_percent(value)} %"


@require_GET
def recap_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One recap: the summary that hides no miss, then every indicator with its colour, formula and way to the source."""
    recap = get_object_or_404(_visible(request).select_related("office"), pk=pk)
    lines = list(recap.lines.select_related("unit"))
    total, corrections = summary_of([line.frozen for line in lines]), corrections_after(recap)
    context = {
        "recap": recap,
        "lines": lines,
        "total": total,
        "mean": _percent(total.mean),
        "capped": _percent(total.capped_mean),
        "scales": scales_of(line.frozen for line in lines),
        "corrections": corrections,
        **(corrected(request, cycle_named(recap.origin)) if corrections else {}),
        "waits": _waiting_step(request, recap),
        "files": [(reverse(f"frozen_recap_{kind}", args=[pk]), label) for kind, label in FILES],
        "task_open": _analysis_open(request, recap),
        "lacking": [line for line in lines if lacks_analysis(line)],
    }
    return render(request, "recaps/recap.html", context)


FILES = (("pdf", "PDF"), ("xlsx", "Excel"), ("csv", "CSV"))


def _waiting_step(request: PersonRequest, recap: Recap) -> dict[str, Any] | None:
    """The step that the recap's run waits in; of one that has ended, that of the run which awaited it."""
    cycle = cycle_named(recap.origin)
    if cycle is None:
        return None
    if cycle.state != Cycle.State.OPEN and cycle.parent:
        cycle = cycle.parent.cycle
    task = Task.objects.filter(cycle=cycle, part=False, decided_at__isnull=True).select_related("post").first()
    definition = cycle.procedure.definition
    return {
        "cycle": cycle,
        "task": task,
        "step": definition.step(task.step_no) if task else None,
        "titles": role_titles(definition, cycle.office.titles()),
        "mine": bool(task and request.acting.holds(task.post_id)),
    }


def _analysis_open(request: PersonRequest, recap: Recap) -> bool:
    cycle = cycle_named(recap.origin)
    if cycle is None or recap.finished_at:
        return False
    try:
        drafting.may_analyse(cycle, request.acting.person)
    except Refusal:
        return False
    return True


def line_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One number down to its source: formula, variables, who filled them in, evidence; and the analysis form."""
    line = get_object_or_404(
        _lines(request).select_related("recap__office", "indicator", "unit", "source_line__request"), pk=pk
    )
    typed, status = Typed({}), 200
    if request.method == "POST":
        typed = Typed(request.POST)
        cycle = cycle_named(line.recap.origin)
        try:
            if cycle is None:
                raise drafting.NotNow("Menulis analisis")
            drafting.save_analysis(
                line=line,
                cycle=cycle,
                cause=request.POST.get("cause", ""),
                follow_up=request.POST.get("follow_up", ""),
                also=_ticked(request),
                by=request.acting.person,
            )
        except Refusal as refusal:
            typed.refuse(refusal)
            status = refusal.status
        else:
            messages.success(request, "Analisis tersimpan.")
            return redirect(_next_lacking(line))
    acting = request.acting
    source = line.source_line
    may_see_source = acting.sees(MAY_SEE_ALL_VALUES, line.recap.office_id) or (
        source is not None and acting.sees_post(source.request.unit_id)
    )
    context = {
        "line": line,
        "typed": typed,
        "cause": typed.data.get("cause", line.cause),
        "follow_up": typed.data.get("follow_up", line.follow_up),
        "may_write": _analysis_open(request, line.recap),
        "others": [other for other in line.recap.lines.all() if other.pk != line.pk and lacks_analysis(other)],
        "also": _ticked(request),
        "evidence": list(source.evidence.all()) if source and may_see_source else [],
        "source": source,
        "tree": line.frozen.get("pohon"),
        "opened": opened_cells(request, line.frozen.get("pohon")),
        "corrections": touching(corrections_after(line.recap), line.frozen["kode"]),
        "may_see_source": may_see_source,
    }
    return render(request, "recaps/line.html", context, status=status)


def _ticked(request: PersonRequest) -> list[int]:
    """The other lines that the analysis is to serve too."""
    return [pk for text in request.POST.getlist("also") if (pk := read_whole(text))]


def _next_lacking(line: RecapLine) -> str:
    for other in line.recap.lines.filter(order__gt=line.order):
        if lacks_analysis(other):
            return f"/rekap/baris/{other.pk}/"
    return f"/rekap/{line.recap_id}/"


@require_GET
def recap_file(request: PersonRequest, pk: int, kind: str) -> HttpResponse:
    """The frozen recap as a file, of the same kinds as the live one: "pdf", "xlsx" or "csv"."""
    recap = get_object_or_404(_visible(request).select_related("office"), pk=pk)
    since = corrections_after(recap)
    found, note = as_frozen(recap, since), stamp(recap, since)
    name = f"rekap-beku-{recap.office.code}-{recap.period}-putaran-{recap.round}.{kind}"
    if kind == "pdf":
        return downloads.made(to_pdf(found, note=note, at=recap.frozen_at, corrections=since), PDF_MEDIA, name)
    if kind == "xlsx":
        return downloads.made(to_xlsx(found, note=note), XLSX_MEDIA, name)
    return downloads.made(to_csv(found, note=note), CSV_MEDIA, name)


@require_GET
def recap_chart(request: PersonRequest, pk: int) -> HttpResponse:
    """The achievement of all indicators as a picture."""
    recap = get_object_or_404(_visible(request), pk=pk)
    return picture(
        as_svg(achievement_bars([bar_of(line.frozen) for line in recap.lines.all()], title="Capaian indikator"))
    )


@require_GET
def line_chart(request: PersonRequest, pk: int) -> HttpResponse:
    """One indicator over the periods of its year, target beside realisasi."""
    line = get_object_or_404(_lines(request).select_related("indicator", "recap"), pk=pk)
    indicator = line.indicator
    measured = Period.parse(line.frozen["periode"])
    actuals: dict[int, Any] = {}
    same = RecapLine.objects.filter(indicator=indicator, recap__frozen_at__lte=line.recap.frozen_at)
    for other in same.order_by("recap__frozen_at"):
        period = Period.parse(other.frozen["periode"])
        if period.kind == measured.kind:
            actuals[period.index] = read_exact(other.frozen["realisasi"], indicator.polarity)
    points = [
        (
            _short(Period(measured.kind, measured.year, index)),
            on_axis(target_at(indicator, measured, index)),
            on_axis(actuals.get(index)),
        )
        for index in range(1, measured.kind.per_year + 1)
    ]
    return picture(as_svg(achievement_trend(indicator.name, indicator.unit, points)))


def _short(period: Period) -> str:
    return period.label.replace("Triwulan ", "TW ").rsplit(" ", 1)[0]
