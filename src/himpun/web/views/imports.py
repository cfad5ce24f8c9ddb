"""Importing an office's own sheets: what would change is shown first, and one import can be taken back as a whole."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from himpun.errors import NotAllowed, Refusal
from himpun.indicators.figures import own_sheets
from himpun.indicators.figures.importing import Change, Report, digest_of_changes
from himpun.indicators.figures.taking_back import GivenBack, check_may_take_back, take_back, taking_back
from himpun.indicators.measured.keeping import value_text
from himpun.indicators.models.figures import FigureImport
from himpun.offices.acting import HoldsNoPost
from himpun.spreadsheets.book import Wrong
from himpun.web.forms import Typed
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from
from himpun.web.views.figures import visible_figures
from himpun.web.views.sheets import SHOWN, Door, Kept, walk


@require_http_methods(["GET", "POST"])
def import_page(request: PersonRequest) -> HttpResponse:
    """An office's own sheet of any period, taken into the office's figures."""
    office = request.acting.office
    if office is None:
        raise HoldsNoPost("mengimpor angka")
    person = request.acting.person

    def page(typed: Typed, status: int, **found: Any) -> HttpResponse:
        imports = FigureImport.objects.filter(office=office).select_related("taken_back")
        rows = Paginator(imports, 20).get_page(request.GET.get("hal"))
        return render(request, "sheets/import.html", {"typed": typed, "page": rows, **found}, status=status)

    def show(kept: Kept, typed: Typed) -> HttpResponse:
        hidden = "hidden" in typed.data
        report, read = own_sheets.import_sheet(
            office=office, name=kept.name, book=kept.book, content=kept.content, by=person, dry_run=True,
            only_good=True, hidden=hidden,
        )  # fmt: skip
        found = {"kept": kept, "hidden": hidden, "read": read, **_shown(report, read)}
        return page(typed, 422 if typed.error else 200, **found)

    def apply(kept: Kept, given: QueryDict) -> str:
        report, _ = own_sheets.import_sheet(
            office=office, name=kept.name, book=kept.book, content=kept.content, by=person, dry_run=False,
            only_good="only_good" in given, hidden="hidden" in given, seen=given.get("seen", ""),
        )  # fmt: skip
        _check_applied(report)
        return report.sentence

    door = Door("impor", "Impor angka", office, reverse("import"), reverse("import"), show, apply, page)
    return walk(request, door)


def _shown(report: Report, read: own_sheets.ImportRows) -> dict[str, Any]:
    """The figures as the page shows them before anything changes."""
    wrong = sorted([*read.wrong, *report.wrong], key=lambda told: told.row)
    return {
        "report": report,
        "entries": _in_order(report.changes, wrong),
        "wrong_count": len(wrong),
        "change_count": len(report.changes),
        "seen": digest_of_changes(report.changes),
        "more": max(len(report.changes) - SHOWN, 0) + max(len(wrong) - SHOWN, 0),
    }


def _in_order(changes: Sequence[Change], wrong: Sequence[Wrong]) -> list[Change | Wrong]:
    """The figures and what is wrong, by row; what is wrong of a row stands first. Of each kind so many are shown."""
    shown: list[Change | Wrong] = [*wrong[:SHOWN], *changes[:SHOWN]]
    return sorted(shown, key=lambda one: one.row)


@require_GET
def import_seen(request: PersonRequest, pk: int) -> HttpResponse:
    """One import: what it brought, and what taking it back would change."""
    return _show_import(request, _import_of(request, pk), Typed({}))


@posted_from("import_seen")
def import_take_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Take an import back as a whole."""
    imported, typed = _import_of(request, pk), Typed(request.POST)
    try:
        done = take_back(import_id=pk, reason=request.POST.get("reason", ""), by=request.acting.person)
    except Refusal as refusal:
        typed.refuse(refusal)
        return _show_import(request, imported, typed, refusal.status)
    messages.success(
        request,
        f"{imported.name} ditarik kembali: {done.restored} angka kembali seperti semula, {done.emptied} kembali kosong.",
    )
    return redirect("import")


def _import_of(request: PersonRequest, pk: int) -> FigureImport:
    """An import of an office where I hold a post."""
    offices = {one.office_id for one in request.acting.capacities}
    found = FigureImport.objects.select_related("office", "taken_back").filter(office__in=offices)
    return get_object_or_404(found, pk=pk)


def _show_import(request: PersonRequest, imported: FigureImport, typed: Typed, status: int = 200) -> HttpResponse:
    plan = taking_back(imported)
    try:
        check_may_take_back(imported, request.acting.person)
        is_mine = True
    except NotAllowed:
        is_mine = False
    undone = getattr(imported, "taken_back", None)
    open_to_me = visible_figures(request).filter(source=f"import:{imported.pk}")
    mine = set(open_to_me.values_list("pk", flat=True))
    shown = [one for one in plan.figures if one.figure.pk in mine]
    context = {
        "imported": imported,
        "undone": undone,
        "built": () if undone else plan.built,
        "may": is_mine and not undone and not plan.built,
        "is_mine": is_mine,
        "entries": [_returned(one) for one in shown[:SHOWN]],
        "change_count": len(plan.figures),
        "closed": len(plan.figures) - len(shown),
        "more": max(len(shown) - SHOWN, 0),
        "typed": typed,
    }
    return render(request, "sheets/imported.html", context, status=status)


def _returned(one: GivenBack) -> Change:
    figure, earlier = one
    return Change(
        0,
        f"{figure.variable.indicator.code} · {figure.variable.label}",
        figure.unit.title,
        figure.period.code,
        value_text(figure.number, figure.text),
        value_text(earlier.number, earlier.text) if earlier else "",
    )


def _check_applied(report: Report) -> None:
    if not report.applied:
        raise Refusal(report.sentence)
