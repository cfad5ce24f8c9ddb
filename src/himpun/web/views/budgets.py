"""Anggaran: programs and money of a year as a tree, one node with its months, and files of them in and out.

Everybody of the office may look; who may manage the budget (`MAY_MANAGE_BUDGET`) may change.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from himpun.archive import files
from himpun.budgets import actions, queries, workbook
from himpun.budgets.charts import Point, progress_chart
from himpun.budgets.efficiency import RULE_NAMES, Chosen, Judged, judge, judge_indicator
from himpun.budgets.models import IndicatorProgram, Program, money_text
from himpun.budgets.planning import Plan
from himpun.budgets.rollup import Entry, Level, Node, Tree, roll_up, sum_up, warnings_of
from himpun.budgets.rules import BudgetMoved
from himpun.documents.pictures import as_svg
from himpun.errors import FieldErrors, Refusal
from himpun.indicators.models import Indicator
from himpun.indicators.numbers import write_number
from himpun.moments import MONTHS
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models import Office
from himpun.offices.rules import MAY_MANAGE_BUDGET
from himpun.offices.typed import read_year
from himpun.spreadsheets import Limits, read_book
from himpun.web import downloads
from himpun.web.forms import Typed, read_whole
from himpun.web.middleware import PersonRequest

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SALT = "himpun.budgets.import"
_TOKEN_LIVES = timedelta(days=1)
SHOWN_CHANGES = 200
MONTH_CHOICES = list(enumerate(MONTHS, 1))


def _office(request: PersonRequest) -> Office:
    office = request.acting.office
    if office is None:
        raise HoldsNoPost("melihat anggaran kantor")
    return office


def _program(request: PersonRequest, pk: int) -> Program:
    seen = Program.objects.visible_to(request.acting.person, request.acting.day)
    return get_object_or_404(seen.select_related("office", "owner"), pk=pk)


def _tried(typed: Typed, act: Callable[[], Any]) -> tuple[Any, int]:
    """What an act gives and 200; a refusal goes into the form, with its status."""
    try:
        return act(), 200
    except Refusal as refusal:
        typed.refuse(refusal)
        return None, refusal.status


def _page(
    request: PersonRequest, template: str, typed: Typed, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    given = {"typed": typed, "may_manage": request.acting.has(MAY_MANAGE_BUDGET), "months": MONTH_CHOICES, **context}
    return render(request, template, given, status=status)


def _year(request: PersonRequest) -> int:
    """The year asked for, else the newest with programs that has begun, else this one."""
    if asked := read_year(request.GET.get("tahun", "") or request.POST.get("year", "")):
        return asked
    today = request.acting.day.year
    return next((year for year in queries.years_of(_office(request)) if year <= today), today)


def _month(request: PersonRequest, office: Office, year: int) -> int:
    """The month asked for, else the newest with figures, else the present one."""
    asked = read_whole(request.GET.get("bulan", ""))
    if 1 <= asked <= len(MONTHS):
        return asked
    today = request.acting.day
    return queries.last_month_filled(office, year) or (today.month if year == today.year else len(MONTHS))


# --- the whole year ---------------------------------------------------------------------------------------------------


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


def _picture(office: Office, year: int, month: int) -> Picture:
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
    office, year = _office(request), _year(request)
    month = _month(request, office, year)
    picture = _picture(office, year, month)
    today = request.acting.day.year
    context = {
        "year": year,
        "month": month,
        "until": MONTHS[month - 1],
        "years": sorted({*queries.years_of(office), today, today + 1, year}, reverse=True),
        "rows": [_shown(picture, node) for node in picture.tree.nodes],
        "total": picture.tree.total,
        "judged": picture.judge(""),
        "chosen": picture.chosen,
        "indicators": picture.indicators(),
    }
    return _page(request, "budgets/list.html", Typed({}), context)


def _shown(picture: Picture, node: Node) -> dict[str, Any]:
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
    office, year = _office(request), _year(request)
    month = _month(request, office, year)
    picture = _picture(office, year, month)
    judged = {code: picture.judge(code) for code in ["", *picture.ids]}
    rows = workbook.table(picture.tree, judged, picture.chosen)
    title = f"Anggaran {office.name} {year}, keadaan sampai {MONTHS[month - 1]}"
    content = workbook.as_xlsx(rows, title) if kind == "xlsx" else workbook.as_csv(rows)
    return _file(content, f"anggaran-{office.code}-{year}-{month:02}.{kind}")


@require_GET
def example_file(request: PersonRequest) -> HttpResponse:
    """The workbook to fill in, with what is known of the year."""
    office, year = _office(request), _year(request)
    content = workbook.to_fill_in(queries.entries_of(office, year).values())
    return _file(content, f"isian-anggaran-{office.code}-{year}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    media_type = XLSX if name.endswith("xlsx") else "text/csv; charset=utf-8"
    return downloads.made(content, media_type, name)


# --- one node ---------------------------------------------------------------------------------------------------------


@require_GET
def node_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One node: its figures with their formulas, its months, its indicators."""
    return _node_page(request, _program(request, pk), Typed({}))


def _node_page(request: PersonRequest, program: Program, typed: Typed, status: int = 200) -> HttpResponse:
    month = _month(request, program.office, program.year)
    picture = _picture(program.office, program.year, month)
    node = picture.tree.by_code()[program.code]
    context = {
        "program": program,
        "node": node,
        "sums": node.sums,
        "month": month,
        "until": MONTHS[month - 1],
        "above": [(picture.ids[one.entry.code], one.entry) for one in _above(picture.tree, node)],
        "below": [_shown(picture, one) for one in picture.tree.below(program.code)],
        "rows": _month_rows(picture.tree, node, typed),
        "warnings": warnings_of(node.entry, month) if node.is_leaf else [],
        "stamp": actions.progress_stamp(program),
        "judged": picture.judge(program.code),
        "chosen": picture.chosen,
        "links": [(link, picture.achieved.get(link.indicator_code)) for link in program.links.all()],
        "linkable": _linkable(program),
    }
    return _page(request, "budgets/node.html", typed, context, status)


def _above(tree: Tree, node: Node) -> list[Node]:
    """The nodes over this one, the program first."""
    by_code, found = tree.by_code(), []
    while node.parent:
        node = by_code[node.parent]
        found.append(node)
    return found[::-1]


def _leaves(tree: Tree, node: Node) -> list[Entry]:
    code = node.entry.code
    return [one.entry for one in tree.nodes if one.is_leaf and f"{one.entry.code}.".startswith(f"{code}.")]


def _month_rows(tree: Tree, node: Node, typed: Typed) -> list[dict[str, Any]]:
    """Twelve rows: the month's own figures as typed or stored, and how far the year has come by its end."""
    leaves = _leaves(tree, node)
    rows = []
    for month, name in MONTH_CHOICES:
        spent = [leaf.spent[month] for leaf in leaves if month in leaf.spent]
        entry = node.entry
        stored = {"spent": money_text(entry.spent.get(month)), "physical": money_text(entry.physical.get(month))}
        rows.append(
            {
                "month": month,
                "name": name,
                "spent": sum(spent) if spent else None,
                "sums": sum_up(leaves, month) if any(leaf.spent or leaf.physical for leaf in leaves) else None,
                "is_filled": any(month in leaf.spent or month in leaf.physical for leaf in leaves),
                "cells": [
                    {
                        "name": f"{kind}-{month}",
                        "heading": heading,
                        "label": f"{heading} {name}",
                        "value": typed.data.get(f"{kind}-{month}", stored[kind]),
                        "stored": stored[kind],
                        "error": typed.errors.get(f"{kind}-{month}", ""),
                    }
                    for kind, heading in (("spent", "Realisasi (Rp)"), ("physical", "Fisik (%)"))
                ],
            }
        )
    return rows


def _linkable(program: Program) -> list[tuple[str, str]]:
    linked = program.links.values("indicator_code")
    rows = Indicator.objects.filter(office=program.office_id, year=program.year).exclude(code__in=linked)
    return list(dict(rows.values_list("code", "name")).items())


@require_POST
def save_months(request: PersonRequest, pk: int) -> HttpResponse:
    """Write the months of a leaf."""
    program, typed = _program(request, pk), Typed(request.POST)
    given = request.POST
    figures = {
        month: (given.get(f"spent-{month}", ""), given.get(f"physical-{month}", ""))
        for month, _ in MONTH_CHOICES
        if f"spent-{month}" in given and f"physical-{month}" in given
    }
    changed, status = _tried(
        typed,
        lambda: actions.save_progress(
            program_id=program.pk, figures=figures, by=request.acting.person, based_on=given.get("stamp", "")
        ),
    )
    if changed is None:
        return _node_page(request, program, typed, status)
    messages.success(request, f"{changed} bulan tersimpan." if changed else "Tidak ada yang berubah.")
    return redirect("budget_node", pk)


@require_GET
def node_chart(request: PersonRequest, pk: int) -> HttpResponse:
    """Serapan and physical progress of a node by month."""
    program = _program(request, pk)
    tree = roll_up(queries.entries_of(program.office, program.year).values(), len(MONTHS))
    leaves = _leaves(tree, tree.by_code()[program.code])
    last = max((month for leaf in leaves for month in (*leaf.spent, *leaf.physical)), default=0)
    points: list[Point] = []
    for month, _ in MONTH_CHOICES:
        sums = sum_up(leaves, month)
        points.append((month, sums.absorption.value, sums.physical) if month <= last else (month, None, None))
    return downloads.picture(as_svg(progress_chart(program.name, points)), seconds=0)


@require_POST
def link(request: PersonRequest, pk: int) -> HttpResponse:
    """Link an indicator to a node."""
    program, typed = _program(request, pk), Typed(request.POST)
    code = request.POST.get("indicator", "")
    made, status = _tried(
        typed, lambda: actions.link_indicator(program_id=pk, indicator_code=code, by=request.acting.person)
    )
    if made is None:
        return _node_page(request, program, typed, status)
    messages.success(request, f"Indikator {code} ditautkan.")
    return redirect("budget_node", pk)


@require_POST
def unlink(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a link away."""
    seen = Program.objects.visible_to(request.acting.person, request.acting.day)
    found = get_object_or_404(IndicatorProgram, pk=pk, program__in=seen)
    program = actions.unlink_indicator(link_id=found.pk, by=request.acting.person)
    messages.success(request, f"Tautan indikator {found.indicator_code} dilepas.")
    return redirect("budget_node", program.pk)


# --- forms ------------------------------------------------------------------------------------------------------------


def program_new(request: PersonRequest) -> HttpResponse:
    """Add a node."""
    office, year = _office(request), _year(request)
    below = request.GET.get("induk", "")
    typed = Typed(request.POST if request.method == "POST" else {"code": f"{below}." if below else ""})
    status = 200
    if request.method == "POST":
        program, status = _tried(
            typed,
            lambda: actions.save_program(office=office, year=year, fields=_texts(request), by=request.acting.person),
        )
        if program is not None:
            messages.success(request, f"{program.get_level_display()} {program.code} ditambahkan.")
            return redirect("budget_node", program.pk)
    return _form(request, office, typed, {"year": year, "program": None}, status)


def program_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a node's name, owner and pagu."""
    program = _program(request, pk)
    stored = {
        "name": program.name,
        "owner": str(program.owner_id or ""),
        "budget": money_text(program.budget),
        "revised_budget": money_text(program.revised_budget),
    }
    typed, status = Typed(request.POST if request.method == "POST" else stored), 200
    if request.method == "POST":
        saved, status = _tried(
            typed,
            lambda: actions.save_program(
                office=program.office,
                year=program.year,
                fields=_texts(request),
                by=request.acting.person,
                program_id=pk,
                based_on=request.POST.get("stamp", ""),
            ),
        )
        if saved is not None:
            messages.success(request, f"{program.code} tersimpan.")
            return redirect("budget_node", pk)
    context = {
        "year": program.year,
        "program": program,
        "stored": stored,
        "stamp": actions.program_stamp(program),
        "has_below": program.children.exists(),
    }
    return _form(request, program.office, typed, context, status)


def _texts(request: PersonRequest) -> dict[str, str]:
    names = ("code", "level", "name", "owner", "budget", "revised_budget")
    return {name: request.POST.get(name, "") for name in names}


def _form(
    request: PersonRequest, office: Office, typed: Typed, context: Mapping[str, Any], status: int
) -> HttpResponse:
    given = {"levels": Level.choices(), "posts": office.posts.all(), **context}
    return _page(request, "budgets/form.html", typed, given, status)


@require_POST
def program_remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Delete a node without anything below it and without months."""
    program, typed = _program(request, pk), Typed(request.POST)
    _, status = _tried(typed, lambda: actions.remove_program(program_id=pk, by=request.acting.person))
    if status != 200:
        return _node_page(request, program, typed, status)
    messages.success(request, f"{program.code} dihapus.")
    return redirect(f"{reverse('budgets')}?tahun={program.year}")


def rule_page(request: PersonRequest) -> HttpResponse:
    """Choose the efficiency rule of a year."""
    office, year = _office(request), _year(request)
    chosen = queries.chosen_of(office, year)
    stored = {
        "rule": chosen.rule.value,
        "tolerance": write_number(chosen.tolerance),
        "cap": write_number(chosen.cap),
    }
    typed, status = Typed(request.POST if request.method == "POST" else stored), 200
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in stored}
        saved, status = _tried(
            typed, lambda: actions.set_setting(office=office, year=year, by=request.acting.person, **given)
        )
        if saved is not None:
            messages.success(request, f"Aturan efisiensi {year}: {saved.chosen.name}.")
            return redirect(f"{reverse('budgets')}?tahun={year}")
    rules = [(rule.value, name, Chosen(rule, chosen.tolerance, chosen.cap).text) for rule, name in RULE_NAMES.items()]
    return _page(request, "budgets/rule.html", typed, {"year": year, "rules": rules}, status)


# --- files ------------------------------------------------------------------------------------------------------------


def import_page(request: PersonRequest) -> HttpResponse:
    """Upload a file, see what it would change or what is wrong in it, then agree."""
    if request.method != "POST":
        return _import_page(request, Typed({}), {})
    return _agree(request) if request.POST.get("token") else _preview(request)


def _import_page(request: PersonRequest, typed: Typed, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    given = {"year": _year(request), "years": _import_years(request), **context}
    return _page(request, "budgets/import.html", typed, given, status)


def _import_years(request: PersonRequest) -> list[int]:
    today = request.acting.day.year
    return sorted({*queries.years_of(_office(request)), today - 1, today, today + 1, _year(request)}, reverse=True)


def _preview(request: PersonRequest) -> HttpResponse:
    typed, upload = Typed(request.POST), request.FILES.get("file")
    if upload is None or not upload.name:
        typed.refuse(FieldErrors({"file": "Pilih berkas .xlsx atau .csv yang hendak diimpor."}))
        return _import_page(request, typed, {}, 422)
    name, content = upload.name[-200:], upload.read(Limits().bytes + 1)
    found, status = _tried(typed, lambda: _dry_run(request, _year(request), name, content))
    if found is None:
        return _import_page(request, typed, {}, status)
    if found.wrong:
        return _import_page(request, typed, _shown_plan(found, name), 422)
    return _import_page(request, typed, {**_shown_plan(found, name), "token": _token(request, name, content, found)})


def _dry_run(request: PersonRequest, year: int, name: str, content: bytes) -> Plan:
    book = read_book(name, content)
    return actions.import_budget(office=_office(request), year=year, book=book, by=request.acting.person, dry_run=True)


def _shown_plan(found: Plan, name: str) -> dict[str, Any]:
    more = max(len(found.changes) - SHOWN_CHANGES, 0)
    return {"plan": found, "changes": found.changes[:SHOWN_CHANGES], "more": more, "file_name": name}


def _token(request: PersonRequest, name: str, content: bytes, found: Plan) -> str:
    """What was shown, signed: agreeing to it names the kept file and exactly these changes."""
    if not found.changes:
        return ""
    sha256 = files.store(content, media_type=XLSX if name.lower().endswith("xlsx") else "text/csv")
    return signing.dumps([_office(request).pk, _year(request), name, sha256, found.digest], salt=_SALT)


def _agree(request: PersonRequest) -> HttpResponse:
    typed, office = Typed(request.POST), _office(request)
    try:
        shown = signing.loads(request.POST["token"], salt=_SALT, max_age=_TOKEN_LIVES)
        office_id, year, name, sha256, digest = shown
    except (signing.BadSignature, ValueError):
        typed.error = "Pratinjau ini sudah kedaluwarsa. Unggah berkasnya sekali lagi."
        return _import_page(request, typed, {}, 422)
    if office_id != office.pk:
        typed.error = "Pratinjau ini dari kantor lain. Pilih kantornya dahulu, atau unggah berkasnya di sini."
        return _import_page(request, typed, {}, 409)
    content = files.read(sha256)
    try:
        done = actions.import_budget(
            office=office,
            year=year,
            book=read_book(name, content),
            by=request.acting.person,
            file_name=name,
            file_sha256=sha256,
            expected=digest,
        )
    except BudgetMoved:
        typed.error = "Anggaran diubah orang lain sejak pratinjau. Berikut pratinjau yang baru; periksa lagi."
        found = _dry_run(request, year, name, content)
        context = {**_shown_plan(found, name), "year": year}
        if not found.wrong:
            context["token"] = signing.dumps([office.pk, year, name, sha256, found.digest], salt=_SALT)
        return _import_page(request, typed, context, 409)
    except Refusal as refusal:
        typed.refuse(refusal)
        return _import_page(request, typed, {}, refusal.status)
    messages.success(request, f"{len(done.changes)} baris diimpor dari {name}, {done.same} tidak berubah.")
    return redirect(f"{reverse('budgets')}?tahun={year}")
