"""The forms that add, change and remove a program, and the office's rule of efficiency."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from himpun.budgets import actions, queries
from himpun.budgets.efficiency import RULE_NAMES, Chosen
from himpun.budgets.models import money_text
from himpun.budgets.rollup import Level
from himpun.measure.numbers import write_number
from himpun.offices.models.offices import Office
from himpun.web.forms import Typed
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from
from himpun.web.views.budget_node import show_node
from himpun.web.views.budgets import asked_year, office_of, program_or_404, shown_page, tried


def program_new(request: PersonRequest) -> HttpResponse:
    """Add a node."""
    office, year = office_of(request), asked_year(request)
    below = request.GET.get("induk", "")
    typed = Typed(request.POST if request.method == "POST" else {"code": f"{below}." if below else ""})
    status = 200
    if request.method == "POST":
        program, status = tried(
            typed,
            lambda: actions.save_program(office=office, year=year, fields=_texts(request), by=request.acting.person),
        )
        if program is not None:
            messages.success(request, f"{program.get_level_display()} {program.code} ditambahkan.")
            return redirect("budget_node", program.pk)
    return _form(request, office, typed, {"year": year, "program": None}, status)


def program_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a node's name, owner and pagu."""
    program = program_or_404(request, pk)
    stored = {
        "name": program.name,
        "owner": str(program.owner_id or ""),
        "budget": money_text(program.budget),
        "revised_budget": money_text(program.revised_budget),
    }
    typed, status = Typed(request.POST if request.method == "POST" else stored), 200
    if request.method == "POST":
        saved, status = tried(
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
    owner = str(typed.data.get("owner") or "")
    given = {"levels": Level.choices(), "posts": office.posts.to_choose(request.acting.day, owner), **context}
    return shown_page(request, "budgets/form.html", typed, given, status)


@posted_from("budget_node")
def program_remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Delete a node without anything below it and without months."""
    program, typed = program_or_404(request, pk), Typed(request.POST)
    _, status = tried(typed, lambda: actions.remove_program(program_id=pk, by=request.acting.person))
    if status != 200:
        return show_node(request, program, typed, status)
    messages.success(request, f"{program.code} dihapus.")
    return redirect(f"{reverse('budgets')}?tahun={program.year}")


def rule_page(request: PersonRequest) -> HttpResponse:
    """Choose the efficiency rule of a year."""
    office, year = office_of(request), asked_year(request)
    chosen = queries.chosen_of(office, year)
    stored = {
        "rule": chosen.rule.value,
        "tolerance": write_number(chosen.tolerance),
        "cap": write_number(chosen.cap),
    }
    typed, status = Typed(request.POST if request.method == "POST" else stored), 200
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in stored}
        saved, status = tried(
            typed, lambda: actions.set_setting(office=office, year=year, by=request.acting.person, **given)
        )
        if saved is not None:
            messages.success(request, f"Aturan efisiensi {year}: {saved.chosen.name}.")
            return redirect(f"{reverse('budgets')}?tahun={year}")
    rules = [(rule.value, name, Chosen(rule, chosen.tolerance, chosen.cap).text) for rule, name in RULE_NAMES.items()]
    return shown_page(request, "budgets/rule.html", typed, {"year": year, "rules": rules}, status)
