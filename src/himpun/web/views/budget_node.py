"""One program, kegiatan or sub-kegiatan: its months, its chart, its indicators."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from himpun.budgets import actions, queries
from himpun.budgets.charts import Point, progress_chart
from himpun.budgets.models import IndicatorProgram, Program, money_text
from himpun.budgets.rollup import Entry, Node, Tree, roll_up, sum_up, warnings_of
from himpun.documents.pictures import as_svg
from himpun.indicators.models.dictionary import Indicator
from himpun.moments import MONTHS
from himpun.web import downloads
from himpun.web.forms import Typed
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from
from himpun.web.views.budgets import (
    MONTH_CHOICES,
    asked_month,
    picture_of,
    program_or_404,
    shown_node,
    shown_page,
    tried,
)


@require_GET
def node_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One node: its figures with their formulas, its months, its indicators."""
    return show_node(request, program_or_404(request, pk), Typed({}))


def show_node(request: PersonRequest, program: Program, typed: Typed, status: int = 200) -> HttpResponse:
    """The page of one node, with whatever was typed into its months and refused."""
    month = asked_month(request, program.office, program.year)
    picture = picture_of(program.office, program.year, month)
    node = picture.tree.by_code()[program.code]
    context = {
        "program": program,
        "node": node,
        "sums": node.sums,
        "month": month,
        "until": MONTHS[month - 1],
        "above": [(picture.ids[one.entry.code], one.entry) for one in _above(picture.tree, node)],
        "below": [shown_node(picture, one) for one in picture.tree.below(program.code)],
        "rows": _month_rows(picture.tree, node, typed),
        "warnings": warnings_of(node.entry, month) if node.is_leaf else [],
        "stamp": actions.progress_stamp(program),
        "judged": picture.judge(program.code),
        "chosen": picture.chosen,
        "links": [(link, picture.achieved.get(link.indicator_code)) for link in program.links.all()],
        "linkable": _linkable(program),
    }
    return shown_page(request, "budgets/node.html", typed, context, status)


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


@posted_from("budget_node")
def save_months(request: PersonRequest, pk: int) -> HttpResponse:
    """Write the months of a leaf."""
    program, typed = program_or_404(request, pk), Typed(request.POST)
    given = request.POST
    figures = {
        month: (given.get(f"spent-{month}", ""), given.get(f"physical-{month}", ""))
        for month, _ in MONTH_CHOICES
        if f"spent-{month}" in given and f"physical-{month}" in given
    }
    changed, status = tried(
        typed,
        lambda: actions.save_progress(
            program_id=program.pk, figures=figures, by=request.acting.person, based_on=given.get("stamp", "")
        ),
    )
    if changed is None:
        return show_node(request, program, typed, status)
    messages.success(request, f"{changed} bulan tersimpan." if changed else "Tidak ada yang berubah.")
    return redirect("budget_node", pk)


@require_GET
def node_chart(request: PersonRequest, pk: int) -> HttpResponse:
    """Serapan and physical progress of a node by month."""
    program = program_or_404(request, pk)
    tree = roll_up(queries.entries_of(program.office, program.year).values(), len(MONTHS))
    leaves = _leaves(tree, tree.by_code()[program.code])
    last = max((month for leaf in leaves for month in (*leaf.spent, *leaf.physical)), default=0)
    points: list[Point] = []
    for month, _ in MONTH_CHOICES:
        sums = sum_up(leaves, month)
        points.append((month, sums.absorption.value, sums.physical) if month <= last else (month, None, None))
    return downloads.picture(as_svg(progress_chart(program.name, points)), seconds=0)


@posted_from("budget_node")
def link(request: PersonRequest, pk: int) -> HttpResponse:
    """Link an indicator to a node."""
    program, typed = program_or_404(request, pk), Typed(request.POST)
    code = request.POST.get("indicator", "")
    made, status = tried(
        typed, lambda: actions.link_indicator(program_id=pk, indicator_code=code, by=request.acting.person)
    )
    if made is None:
        return show_node(request, program, typed, status)
    messages.success(request, f"Indikator {code} ditautkan.")
    return redirect("budget_node", pk)


def _page_of_link(request: PersonRequest, pk: int) -> str:
    seen = Program.objects.visible_to(request.acting.person, request.acting.day)
    found = get_object_or_404(IndicatorProgram, pk=pk, program__in=seen)
    return reverse("budget_node", args=[found.program_id])


@posted_from(_page_of_link)
def unlink(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a link away."""
    seen = Program.objects.visible_to(request.acting.person, request.acting.day)
    found = get_object_or_404(IndicatorProgram, pk=pk, program__in=seen)
    program = actions.unlink_indicator(link_id=found.pk, by=request.acting.person)
    messages.success(request, f"Tautan indikator {found.indicator_code} dilepas.")
    return redirect("budget_node", program.pk)
