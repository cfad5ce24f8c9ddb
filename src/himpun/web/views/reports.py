"""Rekap berjalan: any period of any office I may read, against target, past and goal, down to every cell."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from himpun import clock
from himpun.documents.pictures import as_svg
from himpun.errors import Refusal
from himpun.indicators.measured import keeping
from himpun.indicators.measured.charts import Bar, achievement_bars, achievement_trend
from himpun.indicators.measured.keeping import tree_of
from himpun.measure.numbers import write_number, write_percent
from himpun.measure.periods import Kind, Period
from himpun.offices.models.offices import Office
from himpun.reports.queries import readable_offices
from himpun.reports.recap.export import CSV_MEDIA, XLSX_MEDIA, name_of, to_csv, to_xlsx
from himpun.reports.recap.paper import PDF_MEDIA, to_pdf
from himpun.reports.recap.recap import GROUPS, ElementSum, OfficeRecap, Row, recap_of, summed_up
from himpun.reports.recap.region import RegionRecap, region_of, sums_below
from himpun.web import downloads
from himpun.web.downloads import picture
from himpun.web.middleware import PersonRequest
from himpun.web.views.figures import opened_cells

SORTS = {
    "kode": ("Urutan kamus", lambda row: (row.indicator.order, row.indicator.code)),
    "capaian-rendah": ("Capaian terendah dahulu", lambda row: (row.score.value is None, row.score.value or 0)),
    "capaian-tinggi": ("Capaian tertinggi dahulu", lambda row: (row.score.value is None, -(row.score.value or 0))),
    "nama": ("Nama indikator", lambda row: row.indicator.name.casefold()),
}


@dataclass(frozen=True)
class Asked:
    """What a person asked to see; anything unreadable falls back to what most people want."""

    office: Office
    period: Period
    group: str
    unit: str
    category: str
    text: str
    sort: str

    @classmethod
    def of(cls, request: PersonRequest) -> "Asked":
        given, acting = request.GET, request.acting
        if acting.office is None:
            raise Http404
        office = acting.office
        if code := given.get("kantor", ""):
            office = get_object_or_404(readable_offices(acting.person, acting.day), code=code)
        return cls(
            office,
            _period(given.get("periode", ""), acting.day),
            given.get("kelompok", "") if given.get("kelompok", "") in GROUPS else "sasaran",
            given.get("unit", ""),
            given.get("kategori", ""),
            given.get("cari", "").strip(),
            given.get("urut", "") if given.get("urut", "") in SORTS else "kode",
        )

    def kept(self, recap: OfficeRecap) -> OfficeRecap:
        """The rows that were asked for, in the order that was asked for."""
        rows = [row for row in recap.rows if self._wants(row)]
        return replace(recap, rows=tuple(sorted(rows, key=SORTS[self.sort][1])))

    def _wants(self, row: Row) -> bool:
        category = row.category.name if row.category else "-"
        return (
            (not self.unit or row.indicator.owner.code == self.unit)
            and (not self.category or category == self.category)
            and self.text.casefold() in f"{row.indicator.code} {row.indicator.name}".casefold()
        )

    @property
    def filtered(self) -> bool:
        """Whether rows may be left out."""
        return bool(self.unit or self.category or self.text)


def _period(code: str, day: date) -> Period:
    """The period asked for, else the quarter that ended last."""
    try:
        return Period.parse(code)
    except Refusal:
        return Kind.QUARTER.period(day).previous()


def periods_of(year: int) -> list[tuple[str, str]]:
    """Every period of a year, for a choice."""
    return [
        (period.code, period.label)
        for kind in (Kind.YEAR, Kind.SEMESTER, Kind.QUARTER, Kind.MONTH)
        for period in (Period(kind, year, index) for index in range(1, kind.per_year + 1))
    ]


@require_GET
def recap_page(request: PersonRequest) -> HttpResponse:
    """The recap of a period as it stands now: filter, sort, group, open."""
    asked = Asked.of(request)
    recap = recap_of(asked.office, asked.period)
    shown = asked.kept(recap)
    context = {
        **_choices(request, asked),
        "recap": recap,
        "shown": shown,
        "groups": shown.grouped(asked.group),
        "years_back": [year for year, _ in shown.rows[0].earlier] if shown.rows else [],
        "same_period": asked.period.code[4:],
        "mean": percent(recap.summary.mean),
        "capped": percent(recap.summary.capped_mean),
        "completeness": percent(recap.reporting.completeness),
        "on_time": percent(recap.reporting.on_time),
        "scales": [(scale, recap.called_by(scale)) for scale in recap.scales],
        "units": dict.fromkeys((row.indicator.owner.code, row.indicator.owner.title) for row in recap.rows),
        "categories": dict.fromkeys(category.name for scale in recap.scales for category in scale),
        "sorts": [(key, label) for key, (label, _) in SORTS.items()],
        "group_names": GROUPS,
        "query": request.GET.urlencode(),
        "own": asked.office == request.acting.office,
        "below": asked.office.children.exists(),
    }
    return render(request, "reports/recap.html", context)


def _choices(request: PersonRequest, asked: Asked) -> dict[str, Any]:
    """What reports/filters.html offers."""
    day = request.acting.day
    return {
        "asked": asked,
        "offices": readable_offices(request.acting.person, day),
        "years": sorted({*range(day.year - 2, day.year + 2), asked.period.year}),
        "periods": periods_of(asked.period.year),
    }


def percent(value: Any) -> str:
    """A mean or rate for a tile."""
    return "–" if value is None else f"{write_percent(value)} %"


@require_GET
def recap_chart(request: PersonRequest) -> HttpResponse:
    """The achievement of the rows that were asked for, as a picture; the page's table has the same numbers."""
    asked = Asked.of(request)
    shown = asked.kept(recap_of(asked.office, asked.period))
    bars = [Bar(row.indicator.name, row.score.value, row.category, row.achievement) for row in shown.rows]
    return picture(as_svg(achievement_bars(bars, title="Capaian indikator")))


@require_GET
def recap_csv(request: PersonRequest) -> HttpResponse:
    """The recap as asked, for a spreadsheet."""
    recap, note = _as_asked(request)
    return _file(to_csv(recap, note=note), CSV_MEDIA, name_of(recap, "csv"))


@require_GET
def recap_xlsx(request: PersonRequest) -> HttpResponse:
    """The recap as asked, for printing."""
    recap, note = _as_asked(request)
    return _file(to_xlsx(recap, note=note), XLSX_MEDIA, name_of(recap, "xlsx"))


@require_GET
def recap_pdf(request: PersonRequest) -> HttpResponse:
    """The recap as asked, as a paper."""
    recap, note = _as_asked(request)
    pdf = to_pdf(recap, group=Asked.of(request).group, note=note, at=clock.now())
    return _file(pdf, PDF_MEDIA, name_of(recap, "pdf"))


def _as_asked(request: PersonRequest) -> tuple[OfficeRecap, str]:
    """The rows that were asked for with their own summary, and a note where some were left out."""
    asked = Asked.of(request)
    recap = recap_of(asked.office, asked.period)
    shown = asked.kept(recap)
    if len(shown.rows) == len(recap.rows):
        return shown, ""
    note = f"Hanya {len(shown.rows)} dari {len(recap.rows)} indikator, sesuai saringan; rata-ratanya dari yang tampil saja."
    return replace(shown, summary=summed_up(shown.rows)), note


def _file(content: bytes, media: str, name: str) -> HttpResponse:
    return downloads.made(content, media, name)


def _row(request: PersonRequest, code: str) -> tuple[Asked, Row]:
    asked = Asked.of(request)
    for row in recap_of(asked.office, asked.period).rows:
        if row.indicator.code == code:
            return asked, row
    raise Http404


@require_GET
def row_page(request: PersonRequest, code: str) -> HttpResponse:
    """One indicator in a period: the tree of its result down to the cells, its trend, its goal."""
    asked, row = _row(request, code)
    tree = tree_of(row.measured)
    context = {
        "asked": asked,
        "row": row,
        "tree": tree,
        "opened": opened_cells(request, tree),
        "own": asked.office == request.acting.office,
        "trend": [(period, _text(actual, row), _text(target, row)) for period, actual, target in row.trend],
        "query": request.GET.urlencode(),
    }
    return render(request, "reports/row.html", context)


def _text(value: Any, row: Row) -> str:
    return "" if value is None else keeping.shown(value, row.indicator.places)


@require_GET
def row_chart(request: PersonRequest, code: str) -> HttpResponse:
    """Target and realisasi of one indicator over the years; the page's table has the same numbers."""
    _, row = _row(request, code)
    points = [(period.label.replace("Triwulan ", "TW "), target, actual) for period, actual, target in row.trend]
    return picture(as_svg(achievement_trend(row.indicator.name, row.indicator.unit, points)))


OFFICES_A_PAGE = 40


@require_GET
def region_page(request: PersonRequest) -> HttpResponse:
    """The offices below one, a row each, what they come to together, and their figures added up by quarter."""
    asked = Asked.of(request)
    below = asked.office.children.annotate(has_children=Exists(Office.objects.filter(parent=OuterRef("pk"))))
    page = Paginator(below.order_by("name"), OFFICES_A_PAGE).get_page(request.GET.get("hal"))
    region = region_of(asked.office, asked.period, list(page.object_list))
    sums = sums_below(asked.office, asked.period.year) if region.recaps else []
    context = {
        **_choices(request, asked),
        "page": page,
        "region": region,
        "rows": [_side_by_side(recap) for recap in region.recaps],
        "total": _side_by_side(region),
        "sums": [(row, [_summed(no, each) for no, each in enumerate(row.quarters, 1)]) for row in sums],
    }
    return render(request, "reports/region.html", context)


def _side_by_side(recap: OfficeRecap | RegionRecap) -> dict[str, Any]:
    return {
        "recap": recap,
        "mean": percent(recap.summary.mean),
        "capped": percent(recap.summary.capped_mean),
        "completeness": percent(recap.reporting.completeness),
        "on_time": percent(recap.reporting.on_time),
    }


def _summed(quarter: int, each: ElementSum | None) -> tuple[str, str, int]:
    label = Kind.QUARTER.name_of(quarter)
    return (label, "–", 0) if each is None else (label, write_number(each.total), each.figures)
