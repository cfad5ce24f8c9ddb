"""Pemetaan kode: what other systems call our elements and units. Everybody of the office may look."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from himpun.api.actions import known_codes, remove_code, save_codes
from himpun.api.forms.codes import KINDS, SYSTEMS, Code, CodesWrong, read_codes
from himpun.api.forms.details import DEFAULT
from himpun.errors import FieldErrors, Refusal
from himpun.indicators.models.dictionary import Element
from himpun.indicators.models.figures import CodeMapping
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models.offices import Office
from himpun.offices.rules import MAY_EDIT_INDICATORS
from himpun.spreadsheets.book import Wrong
from himpun.typed import line
from himpun.web.forms import Typed, read_whole
from himpun.web.middleware import PersonRequest

PER_PAGE = 50
LARGEST = 5 * 1024 * 1024
SHOWN_WRONG = 50


def codes(request: PersonRequest) -> HttpResponse:
    """The codes of the office: looked up, added, changed, taken away, loaded from a CSV."""
    office = request.acting.office
    if office is None:
        raise HoldsNoPost("membuka pemetaan kode")
    typed = Typed(request.POST)
    wrong: tuple[Wrong, ...] = ()
    if request.method == "POST":
        try:
            messages.success(request, _change(request, office))
            return redirect("codes")
        except Refusal as refusal:
            typed.refuse(refusal)
            wrong = refusal.wrong[:SHOWN_WRONG] if isinstance(refusal, CodesWrong) else ()
    return _page(request, office, typed, wrong)


def _change(request: PersonRequest, office: Office) -> str:
    """Do what was asked and say what was done. Raises HoldsNoPost, CodesWrong, MessageRefused or FieldErrors."""
    by = request.acting.person
    if pk := read_whole(request.POST.get("remove", "")):
        mapping = get_object_or_404(CodeMapping, pk=pk, office=office)
        remove_code(mapping=mapping, by=by)
        return f"Kode {mapping.foreign} dihapus; sejak ini kode itu berarti dirinya sendiri."
    saved = save_codes(office=office, codes=_given(request), by=by)
    return f"{saved.added} kode baru, {saved.changed} berubah, {saved.same} tetap."


def _given(request: PersonRequest) -> list[Code]:
    """The codes of the file, or the one that was typed. Raises CodesWrong, MessageRefused or FieldErrors."""
    if "load" not in request.POST:
        return [Code(*(line(request.POST.get(name, "")) for name in Code._fields))]
    file = request.FILES.get("file")
    if file is None:
        raise FieldErrors({"file": "Pilih berkas CSV-nya dahulu."})
    if (file.size or 0) > LARGEST:
        raise FieldErrors({"file": "Berkas ini lebih dari 5 MB; itu bukan daftar kode."})
    return read_codes(file.read())


def _page(request: PersonRequest, office: Office, typed: Typed, wrong: tuple[Wrong, ...]) -> HttpResponse:
    text = request.GET.get("cari", "").strip()
    pages = Paginator(known_codes(office, text), PER_PAGE)
    shown = pages.get_page(request.GET.get("hal"))
    context = {
        "typed": typed,
        "wrong": wrong,
        "office": office,
        "text": text,
        "page": shown,
        "rows": _known(office, list(shown.object_list)),
        "systems": SYSTEMS,
        "kinds": KINDS,
        "may_edit": request.acting.has(MAY_EDIT_INDICATORS),
    }
    return render(request, "api/codes.html", context, status=422 if typed.errors or typed.error else 200)


def _known(office: Office, rows: list[CodeMapping]) -> list[tuple[CodeMapping, bool]]:
    """Each code with whether what it means is there today."""
    own = {row.own for row in rows}
    posts = set(office.posts.filter(code__in=own).values_list("code", flat=True)) | {office.code}
    elements = set(Element.objects.filter(code__in=own).values_list("code", flat=True))
    elements |= set(office.indicators.filter(code__in=own).values_list("code", flat=True))
    wholes = {kind.value: {DEFAULT} for kind in (CodeMapping.Kind.COMBO, CodeMapping.Kind.ATTRIBUTE)}
    there = {CodeMapping.Kind.UNIT.value: posts, CodeMapping.Kind.ELEMENT.value: elements, **wholes}
    return [(row, row.own in there[row.kind]) for row in rows]
