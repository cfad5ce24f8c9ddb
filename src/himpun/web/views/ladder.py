"""Tangga keterlambatan: who holds each run now and how late, for an office and for the offices below it; reminding them."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from himpun import clock
from himpun.cycles.models import Task
from himpun.cycles.reminders.sweep import nudge_by_hand
from himpun.errors import Refusal
from himpun.measure.periods import Period
from himpun.offices.models.offices import Office
from himpun.offices.rules import MAY_NUDGE
from himpun.reports.ladder import below as ladder_below
from himpun.reports.ladder import ladder
from himpun.reports.ladder.below import Below
from himpun.reports.ladder.file import below_csv, ladder_csv
from himpun.reports.ladder.ladder import Awaited, Ladder
from himpun.reports.ladder.rungs import SAID, Rung
from himpun.reports.ladder.standings import SOP
from himpun.reports.queries import readable_line
from himpun.reports.recap.export import CSV_MEDIA
from himpun.web import downloads
from himpun.web.forms import read_whole
from himpun.web.middleware import PersonRequest
from himpun.web.views.reports import percent, periods_of

OFFICES, REGIONS = "kantor", "wilayah"


@dataclass(frozen=True)
class Asked:
    """Which ladder a person asked to see; anything unreadable falls back to what most people want."""

    office: Office
    period: Period
    key: str
    procedures: dict[str, str]
    sort: str
    only_late: bool
    page: int
    shown_as: str
    line: tuple[Office, ...]
    """The office and those above it that the person may read, nearest first."""

    @classmethod
    def of(cls, request: PersonRequest, *, below: bool) -> "Asked":
        given, acting = request.GET, request.acting
        if acting.office is None:
            raise Http404
        office = acting.office
        if (code := given.get("kantor", "")) and code != office.code:
            office = get_object_or_404(Office.objects.select_related("kind"), code=code)
        line = tuple(readable_line(office, acting.person, acting.day))
        if not line:
            raise Http404
        procedures = ladder.procedures_for(office, below=below)
        key = given.get("prosedur", "")
        usual = next(iter(procedures), SOP) if below else ""
        return cls(
            office,
            _period(given.get("periode", "")) or ladder.likely_period(office, acting.day, below=below),
            key if key in procedures else usual,
            procedures,
            given.get("urut", "") if given.get("urut", "") in ladder_below.SORTS else "terlambat",
            given.get("saring", "") == "terlambat",
            max(read_whole(given.get("hal", "")), 1),
            _shown_as(given.get("lihat", ""), office) if below else "",
            line,
        )

    @property
    def procedure(self) -> str:
        """The name of the procedure, or that all are shown."""
        return self.procedures.get(self.key, "semua prosedur")


def _period(code: str) -> Period | None:
    try:
        return Period.parse(code)
    except Refusal:
        return None


def _shown_as(given: str, office: Office) -> str:
    if given in (OFFICES, REGIONS):
        return given
    return REGIONS if ladder_below.counts_regions(office) else OFFICES


@require_GET
def ladder_page(request: PersonRequest) -> HttpResponse:
    """The ladder of one office; who looks after offices below it is led to theirs first."""
    office = request.acting.office
    if not request.GET and office is not None and office.children.exists():
        return redirect("ladder_below")
    asked = Asked.of(request, below=False)
    found = _own(asked)
    rows = [row for row in found.rows if row.state == "terlambat"] if asked.only_late else found.rows
    context = {
        **_choices(request, asked),
        "found": found,
        "rows": rows,
        "percents": _percents(found),
        "below": asked.office.children.exists(),
        "own": any(actor.office_id == asked.office.pk for actor in request.acting.capacities),
        "late": found.late,
    }
    return render(request, "ladder/ladder.html", context)


def _own(asked: Asked) -> Ladder:
    return ladder.ladder_of(asked.office, asked.period, key=asked.key)


@require_GET
def below_page(request: PersonRequest) -> HttpResponse:
    """The offices below one, a row each; or the regions, where those have offices below themselves."""
    asked = Asked.of(request, below=True)
    found = _below(asked)
    context = {
        **_choices(request, asked),
        "found": found,
        "percents": _percents(found.counts),
        "regions": [(region, _percents(region.counts)) for region in found.regions],
        "rows": [(row, _percents(row)) for row in found.rows],
        "sorts": ladder_below.SORTS if asked.shown_as == OFFICES else _REGION_SORTS,
        "late": found.late,
        "pages": -(-found.found // ladder_below.DETAILED) if asked.shown_as == OFFICES else 1,
        "previous_page": asked.page - 1,
        "next_page": asked.page + 1,
    }
    return render(request, "ladder/below.html", context)


_REGION_SORTS = {key: ladder_below.SORTS[key] for key in ("terlambat", "nama", "pelaporan")}


def _below(asked: Asked) -> Below:
    if asked.shown_as == REGIONS:
        return ladder_below.regions_of(asked.office, asked.period, key=asked.key, sort=asked.sort)
    return ladder_below.below_of(
        asked.office, asked.period, key=asked.key, sort=asked.sort, only_late=asked.only_late, page=asked.page
    )


def _percents(found: Any) -> tuple[str, str]:
    """How many answered, and how many in time, for a tile or a cell."""
    return percent(found.reporting.completeness), percent(found.reporting.on_time)


def _choices(request: PersonRequest, asked: Asked) -> dict[str, Any]:
    """What both pages offer and say."""
    acting = request.acting
    query = request.GET.copy()
    query["kantor"], query["periode"], query["prosedur"] = asked.office.code, asked.period.code, asked.key
    return {
        "asked": asked,
        "now": clock.now(),
        "years": sorted({*range(acting.day.year - 2, acting.day.year + 2), asked.period.year}),
        "periods": periods_of(asked.period.year),
        "legend": _LEGEND,
        "may_nudge": _may_nudge(request, asked),
        "query": query.urlencode(),
        "trail": [] if asked.office == acting.office else asked.line[:0:-1],
    }


_LEGEND = [(Rung(4, state), told) for state, told in SAID.items()]


def _may_nudge(request: PersonRequest, asked: Asked) -> bool:
    """Whether this person may remind those of the office: they collect or lead there, or in an office above it."""
    allowed = {actor.office_id for actor in request.acting.capacities if actor.role in MAY_NUDGE}
    return not request.acting.is_away and any(office.pk in allowed for office in asked.line)


# --- files ----------------------------------------------------------------------------------------------------------


@require_GET
def ladder_file(request: PersonRequest) -> HttpResponse:
    """The ladder of one office for a spreadsheet."""
    asked = Asked.of(request, below=False)
    return _file(ladder_csv(_own(asked)), f"tangga-{asked.office.code}-{asked.period.code}.csv")


@require_GET
def below_file(request: PersonRequest) -> HttpResponse:
    """The offices or regions as shown, for a spreadsheet."""
    asked = Asked.of(request, below=True)
    return _file(below_csv(_below(asked)), f"tangga-di-bawah-{asked.office.code}-{asked.period.code}.csv")


def _file(content: bytes, name: str) -> HttpResponse:
    return downloads.made(content, CSV_MEDIA, name)


# --- reminding ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def nudge(request: PersonRequest) -> HttpResponse:
    """Who will be reminded, to be confirmed; and then how many were, and who was not and why.

    `tugas` names one task; without it everybody who is late in the ladder that was looked at.
    """
    below = bool(request.GET.get("di-bawah"))
    asked = Asked.of(request, below=below)
    found = _below(asked).rows if below else _own(asked).rows
    there = {one.task.pk: one for row in found for one in row.awaited}
    chosen = {read_whole(text) for text in request.GET.getlist("tugas")}
    offered = [one for pk, one in there.items() if (pk in chosen if chosen else one.late)]
    context = {
        **_choices(request, asked),
        "below": below,
        "offered": offered,
        "several_offices": len({one.task.cycle.office_id for one in offered}) > 1,
        "back": "ladder_below" if below else "ladder",
    }
    if request.method == "POST":
        wanted = {read_whole(text) for text in request.POST.getlist("tasks")}
        context["results"] = [_nudged(one, request) for one in there.values() if one.task.pk in wanted]
        context["sent"] = sum(not refused for _, _, refused in context["results"])
        context["missing"] = len(wanted - set(there))
    return render(request, "ladder/nudge.html", context)


def _nudged(one: Awaited, request: PersonRequest) -> tuple[Awaited, list[str], str]:
    """Who was reminded for a task, or why nobody was."""
    task: Task = one.task
    try:
        return one, nudge_by_hand(task=task, by=request.acting.person), ""
    except Refusal as refusal:
        return one, [], str(refusal)
