"""A budget from a file: previewed, agreed to, taken."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from himpun.archive import files
from himpun.budgets import actions, queries
from himpun.budgets.planning import Plan
from himpun.budgets.rules import BudgetMoved
from himpun.errors import FieldErrors, Refusal
from himpun.spreadsheets.book import Limits
from himpun.spreadsheets.reading import media_type_of, read_book
from himpun.web.forms import Typed
from himpun.web.middleware import PersonRequest
from himpun.web.views.budgets import asked_year, office_of, shown_page, tried

_SALT = "himpun.budgets.import"
_TOKEN_LIVES = timedelta(days=1)
SHOWN_CHANGES = 200


def import_page(request: PersonRequest) -> HttpResponse:
    """Upload a file, see what it would change or what is wrong in it, then agree."""
    if request.method != "POST":
        return _import_page(request, Typed({}), {})
    return _agree(request) if request.POST.get("token") else _preview(request)


def _import_page(request: PersonRequest, typed: Typed, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    given = {"year": asked_year(request), "years": _import_years(request), **context}
    return shown_page(request, "budgets/import.html", typed, given, status)


def _import_years(request: PersonRequest) -> list[int]:
    today = request.acting.day.year
    return sorted(
        {*queries.years_of(office_of(request)), today - 1, today, today + 1, asked_year(request)}, reverse=True
    )


def _preview(request: PersonRequest) -> HttpResponse:
    typed, upload = Typed(request.POST), request.FILES.get("file")
    if upload is None or not upload.name:
        typed.refuse(FieldErrors({"file": "Pilih berkas .xlsx, .ods, atau .csv yang hendak diimpor."}))
        return _import_page(request, typed, {}, 422)
    name, content = upload.name[-200:], upload.read(Limits().bytes + 1)
    found, status = tried(typed, lambda: _dry_run(request, asked_year(request), name, content))
    if found is None:
        return _import_page(request, typed, {}, status)
    if found.wrong:
        return _import_page(request, typed, _shown_plan(found, name), 422)
    return _import_page(request, typed, {**_shown_plan(found, name), "token": _token(request, name, content, found)})


def _dry_run(request: PersonRequest, year: int, name: str, content: bytes) -> Plan:
    book = read_book(name, content)
    return actions.import_budget(
        office=office_of(request), year=year, book=book, by=request.acting.person, dry_run=True
    )


def _shown_plan(found: Plan, name: str) -> dict[str, Any]:
    more = max(len(found.changes) - SHOWN_CHANGES, 0)
    return {"plan": found, "changes": found.changes[:SHOWN_CHANGES], "more": more, "file_name": name}


def _token(request: PersonRequest, name: str, content: bytes, found: Plan) -> str:
    """What was shown, signed: agreeing to it names the kept file and exactly these changes."""
    if not found.changes:
        return ""
    sha256 = files.store(content, media_type=media_type_of(read_book(name, content)))
    return signing.dumps([office_of(request).pk, asked_year(request), name, sha256, found.digest], salt=_SALT)


def _agree(request: PersonRequest) -> HttpResponse:
    typed, office = Typed(request.POST), office_of(request)
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
