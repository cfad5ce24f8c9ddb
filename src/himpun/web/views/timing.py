"""Baku dan nyata: where an office's days go, step by step, against the SOP's standard; with the evidence for its evaluation."""

import math
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from himpun import clock
from himpun.cycles.deadlines.late import in_words
from himpun.cycles.steps.disposition import needs_letter
from himpun.documents.pictures import as_svg
from himpun.history import csv, xes
from himpun.history.comparing import Group, Suggestion, share_words
from himpun.history.events import Log
from himpun.history.timings import StepTiming
from himpun.measure.periods import Period
from himpun.offices.models.offices import Office
from himpun.procedures.definition import Procedure
from himpun.procedures.flowchart.layout import layout
from himpun.procedures.flowchart.primitives import Sheet
from himpun.procedures.flowchart.svg import Mark, marked, svg
from himpun.procedures.reading import role_titles, worded
from himpun.reports.queries import offices_from, opened_offices, readable_offices
from himpun.reports.recap.paper import PDF_MEDIA
from himpun.reports.timing.paper import DELAYS, marks_of, to_pdf
from himpun.reports.timing.timing import MOST, Evaluation, chart, evaluate, procedures_known
from himpun.typed import read_year
from himpun.web import downloads
from himpun.web.downloads import picture
from himpun.web.middleware import PersonRequest

USUAL = "pengumpulan-data-kinerja"
SHEETS = 64
"""Flowcharts kept."""
PAPER_HEIGHT = 150.0
"""Millimetres of flowchart on a page of the evaluation, beneath its heading and legend."""


@dataclass(frozen=True)
class Asked:
    """Which evaluation a person asked to see; anything unreadable falls back to what most people want."""

    office: Office
    key: str
    year: int
    below: bool
    procedures: dict[str, str]

    @classmethod
    def of(cls, request: PersonRequest) -> "Asked":
        given, acting = request.GET, request.acting
        if acting.office is None:
            raise Http404
        code = given.get("kantor", "") or acting.office.code
        readable = readable_offices(acting.person, acting.day).select_related("kind", "parent")
        office = get_object_or_404(readable, code=code)
        procedures = procedures_known(office)
        key = given.get("prosedur", "")
        return cls(
            office,
            key if key in procedures else USUAL if USUAL in procedures else next(iter(procedures), ""),
            read_year(given.get("tahun", "")) or acting.day.year,
            given.get("lingkup", "") != "kantor",
            procedures,
        )

    def evaluated(self) -> Evaluation | None:
        """The office, with those below it unless only itself was asked for."""
        offices = list(offices_from(self.office).select_related("kind")[:MOST]) if self.below else [self.office]
        return evaluate(self.office, self.key, self.year, offices)


@require_GET
def timing_page(request: PersonRequest) -> HttpResponse:
    """The table, the coloured flowchart, the matrix, the comparison and the suggestions."""
    asked = Asked.of(request)
    found = asked.evaluated()
    query = request.GET.copy()
    query["kantor"], query["prosedur"], query["tahun"] = asked.office.code, asked.key, str(asked.year)
    day = request.acting.day
    context: dict[str, Any] = {
        "asked": asked,
        "offices": readable_offices(request.acting.person, day)[:MOST],
        "years": sorted({*range(day.year - 3, day.year + 1), asked.year}, reverse=True),
        "query": query.urlencode(),
        "found": found,
    }
    if found and found.cases:
        context |= _shown(found)
    elif found:
        context["empty"] = _empty(asked, found, own=asked.office == request.acting.office)
    return render(request, "timing/timing.html", context)


def _empty(asked: Asked, found: Evaluation, *, own: bool) -> tuple[str, str]:
    """What there is not, and what to do: by whether the procedure needs a letter and whose runs were asked for."""
    letter = needs_letter(found.procedure)
    way = "dari surat yang dicatat di Agenda Surat" if letter else "dari halaman Siklus, tanpa surat"
    name = asked.office.name
    below = offices_from(asked.office).exclude(pk=asked.office.pk).exists()
    where = f"{name} dan kantor di bawahnya" if below and asked.below else name
    if below and asked.below:
        advice = f"Pilih tahun atau prosedur lain. Siklus dimulai oleh tiap kantor sendiri, {way}."
    elif below:
        advice = f"Pilih lingkup “Beserta kantor di bawahnya”. Siklus {name} sendiri dimulai {way}."
    elif own:
        advice = f"Pilih tahun atau prosedur lain, atau mulai siklus {way}."
    else:
        advice = f"Pilih tahun atau prosedur lain. Siklus dimulai oleh {name} sendiri, {way}."
    return f"Belum ada siklus {found.procedure.name} yang dimulai pada {asked.year} di {where}.", advice


def _shown(found: Evaluation) -> dict[str, Any]:
    titles = found.office.titles()
    names = role_titles(found.procedure, titles)
    day = found.day
    return {
        "rows": [
            _row(one, found.suggestions[one.step.no], worded(one.step.title, names), day) for one in found.timings
        ],
        "tiles": _tiles(found),
        "charts": _drawn(found, titles),
        "legend": DELAYS.items(),
        "matrix": _matrix(found),
        "by_office": [_group(group, day) for group in found.by_office] if len(found.by_office) > 1 else [],
        "by_period": [_group(group, day, Period.parse(group.name).label) for group in found.by_period],
        "deviations": found.deviations,
        "day": day,
        "capped": MOST if len(found.offices) == MOST else 0,
    }


def _tiles(found: Evaluation) -> list[tuple[str, str, str]]:
    return [
        ("Siklus dimulai", str(len(found.cases)), f"{found.ended} selesai"),
        ("Lama siklus, median", words(found.median, found.day), ""),
        ("90% siklus selesai dalam", words(found.p90, found.day), ""),
        ("Langkah tepat waktu", share_words(found.on_time), ""),
        ("Kesesuaian dengan SOP", share_words(found.fitness), f"{found.ended} selesai"),
    ]


def words(minutes: float | None, day: int) -> str:
    """Working minutes for a cell; "–" where they cannot be told."""
    return "–" if minutes is None else in_words(round(minutes), day)


def _row(one: StepTiming, advice: Suggestion, title: str, day: int) -> dict[str, Any]:
    return {
        "one": one,
        "title": title,
        "median": words(one.median, day),
        "p90": words(one.p90, day),
        "on_time": share_words(one.on_time),
        "returned": share_words(one.returned),
        "rework": share_words(one.rework),
        "delay": DELAYS[one.delay],
        "advice": advice,
        "advice_median": words(advice.median, day),
        "advice_p90": words(advice.p90, day),
        "kept_now": share_words(advice.kept_now),
        "kept_then": share_words(advice.kept_then),
    }


def _group(group: Group, day: int, label: str = "") -> dict[str, Any]:
    return {
        "name": label or group.name,
        "group": group,
        "median": words(group.median, day),
        "p90": words(group.p90, day),
        "on_time": share_words(group.on_time),
        "rework": share_words(group.rework),
    }


def _matrix(found: Evaluation) -> dict[str, Any]:
    """Who waited (rows) for whom (columns), in working hours with a decimal."""
    waiting = found.waiting
    columns = waiting.awaited
    rows = [(name, [(other, hours(waiting.of(name, other))) for other in columns]) for name in waiting.waiters]
    return {"columns": columns, "rows": rows}


def hours(minutes: float | None) -> str:
    """Working hours with a decimal; "" where nobody waited."""
    return "" if minutes is None else f"{minutes / 60:.1f}".replace(".", ",")


# --- pictures -------------------------------------------------------------------------------------------------------


def _drawn(found: Evaluation, titles: dict[str, str]) -> list[SafeString]:
    marks: dict[int, Mark] = marks_of(found)
    sheet = marked(layout_of(found.procedure, titles, math.inf), marks)
    count = len(sheet.pages)
    told = f"Bagan alir {found.procedure.name} diwarnai menurut ketepatan waktu"
    return [
        mark_safe(svg(sheet, page, title=f"{told}, halaman {page + 1} dari {count}", marks=marks))  # escaped by svg()
        for page in range(count)
    ]


_sheets: dict[tuple[str, tuple[tuple[str, str], ...], float], Sheet] = {}


def layout_of(procedure: Procedure, titles: dict[str, str], height: float) -> Sheet:
    """The flowchart laid out on pages this high: slow, and a version never changes, so it is kept by its digest."""
    key = (procedure.sha256, tuple(sorted(titles.items())), height)
    if key not in _sheets:
        if len(_sheets) >= SHEETS:
            _sheets.clear()
        _sheets[key] = layout(procedure, titles, page_height=height)
    return _sheets[key]


@require_GET
def timing_chart(request: PersonRequest) -> HttpResponse:
    """Median and 90th percentile of each step beside its standard; the page's table has the same numbers."""
    found = _found(request)
    return picture(as_svg(chart(found.timings, found.clock, "Waktu nyata tiap langkah terhadap waktu baku")))


# --- files ----------------------------------------------------------------------------------------------------------


def _found(request: PersonRequest) -> Evaluation:
    found = Asked.of(request).evaluated()
    if found is None or not found.cases:
        raise Http404
    return found


def _readable(log: Log, request: PersonRequest) -> Log:
    """The log with people's names only from offices where the reader may open everything; posts are named everywhere."""
    opened = opened_offices(request.acting.person, request.acting.day)
    codes = set(Office.objects.filter(pk__in=opened).values_list("code", flat=True))
    return [event if event.office in codes else event._replace(person="") for event in log]


@require_GET
def timing_csv(request: PersonRequest) -> HttpResponse:
    """The event log behind the page, as CSV."""
    found = _found(request)
    return _file(csv.as_bytes(csv.write(_readable(found.log, request))), csv.MEDIA, _name(found, "csv"))


@require_GET
def timing_xes(request: PersonRequest) -> HttpResponse:
    """The event log behind the page, as XES."""
    found = _found(request)
    return _file(
        csv.as_bytes(xes.write(_readable(found.log, request), name=found.office.name)),
        xes.MEDIA,
        _name(found, "xes"),
    )


@require_GET
def timing_pdf(request: PersonRequest) -> HttpResponse:
    """Evaluasi Waktu Baku SOP, as a paper."""
    found = _found(request)
    sheet = layout_of(found.procedure, found.office.titles(), PAPER_HEIGHT)
    return _file(
        to_pdf(found, sheet, at=clock.now()), PDF_MEDIA, f"evaluasi-waktu-baku-{found.office.code}-{found.year}.pdf"
    )


def _name(found: Evaluation, ending: str) -> str:
    return f"log-{found.procedure.key}-{found.office.code}-{found.year}.{ending}"


def _file(content: bytes, media: str, name: str) -> HttpResponse:
    return downloads.made(content, media, name)
