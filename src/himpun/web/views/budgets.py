"""Anggaran: programs and money of a year as a tree, one node with its months, and files of them in and out.

Everybody of the office may look; who may manage the budget (`MAY_MANAGE_BUDGET`) may change.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from himpun.budgets import queries, workbook
from himpun.budgets.efficiency import Chosen, Judged, judge, judge_indicator
from himpun.budgets.models import Program
from himpun.budgets.rollup import Node, Tree, roll_up, warnings_of
from himpun.errors import Refusal
from himpun.moments import MONTHS
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models.offices import Office
from himpun.offices.rules import MAY_MANAGE_BUDGET
from himpun.typed import read_year
from himpun.web import downloads
from himpun.web.forms import Typed, read_whole
from himpun.web.middleware import PersonRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MONTH_CHOICES = list(enumerate(MONTHS, 1))


def office_of(request: PersonRequest) -> Office:
    """The office whose budget is looked at. Raises HoldsNoPost."""
    office = request.acting.office
    if office is None:
        raise HoldsNoPost("melihat anggaran kantor")
    return office


def program_or_404(request: PersonRequest, pk: int) -> Program:
    """A program, kegiatan or sub-kegiatan that the person may see, with its office and owner."""
    seen = Program.objects.visible_to(request.acting.person, request.acting.day)
    return get_object_or_404(seen.select_related("office", "owner"), pk=pk)


def tried(typed: Typed, act: Callable[[], Any]) -> tuple[Any, int]:
    """What an act gives and 200; a refusal goes into the form, with its status."""
    try:
        return act(), 200
    except Refusal as refusal:
        typed.refuse(refusal)
        return None, refusal.status


def shown_page(
    request: PersonRequest, template: str, typed: Typed, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the budget, with who may manage it and what was typed."""
    given = {"typed": typed, "may_manage": request.acting.has(MAY_MANAGE_BUDGET), "months": MONTH_CHOICES, **context}
    return render(request, template, given, status=status)


def asked_year(request: PersonRequest) -> int:
    """The year asked for, else the newest with programs that has begun, else this one."""
    if asked := read_year(request.GET.get("tahun", "") or request.POST.get("year", "")):
        return asked
    today = request.acting.day.year
    return next((year for year in queries.years_of(office_of(request)) if year <= today), today)


def asked_month(request: PersonRequest, office: Office, year: int) -> int:
    """The month asked for, else the newest with figures, else the present one."""
    asked = read_whole(request.GET.get("bulan", ""))
    if 1 <= asked <= len(MONTHS):
        return asked
    today = request.acting.day
    return queries.last_month_filled(office, year) or (today.month if year == today.year else len(MONTHS))


@dataclass(frozen=True, slots=True)
class Picture:
    """A year of an office until a month: its tree, and what judges it."""

    office: Office
    year: int
    tree: Tree
    ids: Mapping[str, int]
    links: Mapping[str, list[str]]
    achieved: Mapping[str, queries.Achieved]
    chosen: Chosen

    @property
    def achievements(self) -> dict[str, Any]:
        """Indicator code → capaian."""
        return {code: found.value for code, found in self.achieved.items()}

    def judge(self, code: str) -> Judged:
        """The efficiency of a node; "" of everything."""
        return judge(self.tree, code, self.links, self.achievements, self.chosen)

    def indicators(self) -> list[dict[str, Any]]:
        """Every linked indicator with its capaian, its programs and its efficiency."""
        codes = sorted({code for linked in self.links.values() for code in linked})
        return [
            {
                "code": code,
                "achieved": self.achieved.get(code),
                "programs": [node for node in self.tree.nodes if code in self.links.get(node.entry.code, ())],
                "judged": judge_indicator(self.tree, code, self.links, self.achievements.get(code), self.chosen),
            }
            for code in codes
        ]


def picture_of(office: Office, year: int, month: int) -> Picture:
    """The office's whole budget of a year, rolled up to a month."""
    programs = queries.programs_of(office, year)
    return Picture(
        office,
        year,
        roll_up([queries.entry_of(program) for program in programs], month),
        {program.code: program.pk for program in programs},
        queries.links_of(office, year),
        queries.achievements_of(office, year, month),
        queries.chosen_of(office, year),
    )


@require_GET
def budget_page(request: PersonRequest) -> HttpResponse:
    """The tree of a year with pagu, realisasi, serapan, physical progress and efficiency, and the totals."""
    office, year = office_of(request), asked_year(request)
    month = asked_month(request, office, year)
    picture = picture_of(office, year, month)
    today = request.acting.day.year
    context = {
        "year": year,
        "month": month,
        "until": MONTHS[month - 1],
        "years": sorted({*queries.years_of(office), today, today + 1, year}, reverse=True),
        "rows": [shown_node(picture, node) for node in picture.tree.nodes],
        "total": picture.tree.total,
        "judged": picture.judge(""),
        "chosen": picture.chosen,
        "indicators": picture.indicators(),
    }
    return shown_page(request, "budgets/list.html", Typed({}), context)


def shown_node(picture: Picture, node: Node) -> dict[str, Any]:
    """What a row of the tree shows of a node."""
    return {
        "pk": picture.ids[node.entry.code],
        "node": node,
        "entry": node.entry,
        "sums": node.sums,
        "judged": picture.judge(node.entry.code),
        "warnings": warnings_of(node.entry, picture.tree.month) if node.is_leaf else [],
    }


@require_GET
def export(request: PersonRequest, kind: str) -> HttpResponse:
    """The table of the page as a file."""
    office, year = office_of(request), asked_year(request)
    month = asked_month(request, office, year)
    picture = picture_of(office, year, month)
    judged = {code: picture.judge(code) for code in ["", *picture.ids]}
    rows = workbook.table(picture.tree, judged, picture.chosen)
    title = f"Anggaran {office.name} {year}, keadaan sampai {MONTHS[month - 1]}"
    content = workbook.as_xlsx(rows, title) if kind == "xlsx" else workbook.as_csv(rows)
    return _file(content, f"anggaran-{office.code}-{year}-{month:02}.{kind}")


@require_GET
def example_file(request: PersonRequest) -> HttpResponse:
    """The workbook to fill in, with what is known of the year."""
    office, year = office_of(request), asked_year(request)
    content = workbook.to_fill_in(queries.entries_of(office, year).values())
    return _file(content, f"isian-anggaran-{office.code}-{year}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    media_type = XLSX if name.endswith("xlsx") else "text/csv; charset=utf-8"
    return downloads.made(content, media_type, name)
