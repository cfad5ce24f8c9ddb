"""The dictionary as files and whole years: export, import with a preview, copying a year, removing an indicator."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from himpun.indicators.dictionary import importing
from himpun.indicators.dictionary.saving import definition_of, entries
from himpun.indicators.dictionary.sheets import INDICATORS, TABLES
from himpun.indicators.dictionary.years import copy_to_year, remove_indicator
from himpun.typed import read_year
from himpun.web import downloads, forms
from himpun.web.forms import attempt, read_whole
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from
from himpun.web.views.dictionary import asked_year, entry_or_404, may_edit, office_of

UPLOAD_LIMIT, FILES_LIMIT = 5_000_000, 4


@posted_from("indicator")
def indicator_remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Take away an indicator that was never used."""
    entry = entry_or_404(request, pk)
    typed = forms.Typed({})
    attempt(typed, lambda: remove_indicator(indicator=entry, by=request.acting.person))
    if typed.error:
        messages.error(request, typed.error)
        return redirect("indicator", pk)
    messages.success(request, f"{entry.code} dihapus dari kamus tahun {entry.year}.")
    return redirect(f"/indikator/?tahun={entry.year}")


def copy_year(request: PersonRequest) -> HttpResponse:
    """Copy the definitions of a year to another."""
    year = asked_year(request)
    typed = forms.Typed(
        request.POST if request.method == "POST" else {"from_year": str(year), "to_year": str(year + 1)}
    )
    if request.method == "POST":
        years = [read_whole(request.POST.get(name, "")) for name in ("from_year", "to_year")]
        copies = attempt(
            typed,
            lambda: copy_to_year(
                office=office_of(request), from_year=years[0], to_year=years[1], by=request.acting.person
            ),
        )
        if copies is not None:
            messages.success(
                request, f"{len(copies)} indikator disalin ke tahun {years[1]}. Tetapkan sekarang targetnya."
            )
            return redirect(f"/indikator/?tahun={years[1]}")
    context = {"typed": typed, "may_edit": may_edit(request)}
    return render(request, "indicators/copy.html", context, status=422 if typed.error or typed.errors else 200)


@require_GET
def export(request: PersonRequest) -> HttpResponse:
    """The dictionary as a workbook, or one of its sheets as CSV; of one year, or of all."""
    year = read_year(request.GET.get("tahun", ""))
    definitions = [definition_of(one) for one in entries(office_of(request), year)]
    name = f"kamus-indikator-{year or 'semua'}"
    if request.GET.get("bentuk") == "csv":
        table = request.GET.get("tabel", INDICATORS.name)
        if table not in {one.name for one in TABLES}:
            raise Http404
        return _download(importing.as_csv(definitions, table), f"{name}-{table.lower()}.csv", "text/csv; charset=utf-8")
    return _download(importing.as_xlsx(definitions), f"{name}.xlsx", importing.XLSX)


def _download(content: bytes, name: str, media_type: str) -> HttpResponse:
    return downloads.made(content, media_type, name)


def import_page(request: PersonRequest) -> HttpResponse:
    """Upload files, see what they would do or what is wrong in which cell, then take them in."""
    typed = forms.Typed(request.POST)
    context: dict[str, Any] = {"typed": typed, "may_edit": may_edit(request), "files_limit": FILES_LIMIT}
    if request.method == "POST" and (token := request.POST.get("token", "")):
        plan = attempt(
            typed,
            lambda: importing.take_in_preview(
                office=office_of(request), token=token, reason=request.POST.get("reason", ""), by=request.acting.person
            ),
        )
        if plan is not None:
            messages.success(request, f"Kamus diperbarui: {_counted(plan)}.")
            return redirect("indicators")
        context |= {"token": token if typed.errors else "", "reason": request.POST.get("reason", "")}
    elif request.method == "POST":
        found = attempt(typed, lambda: _preview(request, typed))
        if found is not None:
            plan, token = found
            context |= {"plan": plan, "token": token, "counted": _counted(plan)}
    refused = typed.error or typed.errors or (context.get("plan") and context["plan"].wrong)
    return render(request, "indicators/import.html", context, status=422 if refused else 200)


def _preview(request: PersonRequest, typed: forms.Typed) -> tuple[importing.Plan, str] | None:
    uploads = request.FILES.getlist("files")
    if not uploads or len(uploads) > FILES_LIMIT:
        typed.errors["files"] = f"Pilih satu berkas XLSX, atau satu sampai {FILES_LIMIT} berkas CSV."
        return None
    files = [(upload.name or "berkas", upload.read(UPLOAD_LIMIT + 1)) for upload in uploads]
    return importing.preview(office=office_of(request), files=files, by=request.acting.person)


def _counted(plan: importing.Plan) -> str:
    return ", ".join(f"{count} {status}" for status, count in plan.counts.items()) or "tidak ada indikator"
