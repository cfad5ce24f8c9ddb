"""Arsip: finding a document again, and reading what was done, by whom, as holder of which post, and when."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import CharField, Exists, Max, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from himpun.archive.models import Record
from himpun.cycles.models import Cycle
from himpun.documents.models import Approval, Document
from himpun.indicators.models.requests import DataRequest
from himpun.letters.models import Letter
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models.offices import UNIT, Office
from himpun.procedures.models import ProcedureVersion
from himpun.typed import read_year
from himpun.web.acts import in_words
from himpun.web.forms import read_whole
from himpun.web.middleware import PersonRequest

PER_PAGE = 25
SUBJECT_PAGES = {"cycle": "/siklus/{}/", "letter": "/surat/{}/", "request": "/permintaan/{}/"}
SUBJECT_WORDS = {"cycle": "siklus", "letter": "surat", "request": "permintaan"}
SOURCES = {
    "letters": "Surat",
    "cycles": "Siklus",
    "indicators": "Data dan rekap",
    "documents": "Dokumen",
    "procedures": "SOP",
    "offices": "Pengaturan",
}


@require_GET
def archive_page(request: PersonRequest) -> HttpResponse:
    """Search the documents, or read the journal (`?tab=jurnal`)."""
    office = request.acting.office
    if office is None:
        raise HoldsNoPost("membuka arsip")
    if request.GET.get("tab") == "jurnal":
        return render(request, "archive/journal.html", _journal(request, office))
    return render(request, "archive/documents.html", _documents(request, office))


def _rest_of_query(request: PersonRequest) -> str:
    """The filters without the page, so that the links to other pages keep them."""
    kept = request.GET.copy()
    kept.pop("hal", None)
    return kept.urlencode()


# --- documents -------------------------------------------------------------------------------------------------------


def _documents(request: PersonRequest, office: Office) -> dict[str, Any]:
    person, day = request.acting.person, request.acting.day
    seen = Document.objects.visible_to(person, day).filter(
        Q(office=office) | Q(deliveries__post__office=office, deliveries__sent_at__isnull=False)
    )
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "jenis", "periode", "tahun", "unit")}
    found = _matching(seen, asked, _letters_as_subjects(request, asked["q"]))
    signature = Approval.objects.filter(version__document=OuterRef("pk"), kind=Approval.Kind.SIGNATURE)
    found = found.annotate(signed=Exists(signature), version=Max("versions__no")).select_related("office")
    return {
        "page": Paginator(found.order_by("-created_at", "-id"), PER_PAGE).get_page(request.GET.get("hal")),
        "asked": asked,
        "is_filtered": any(asked.values()),
        "rest": _rest_of_query(request),
        "kinds": Document.Kind.choices,
        "periods": sorted(set(seen.exclude(period="").order_by().values_list("period", flat=True)), reverse=True),
        "years": [str(found.year) for found in seen.order_by().dates("created_at", "year", order="DESC")],
        "units": office.posts.filter(role=UNIT),
        "office": office,
        "performance": Document.Kind.PERFORMANCE,
    }


def _matching(seen: QuerySet[Document], asked: dict[str, str], of_letters: Any) -> QuerySet[Document]:
    if text := asked["q"]:
        seen = seen.filter(Q(title__icontains=text) | Q(number__icontains=text) | Q(subject__in=of_letters))
    if asked["jenis"] in Document.Kind.values:
        seen = seen.filter(kind=asked["jenis"])
    if asked["periode"]:
        seen = seen.filter(period=asked["periode"])
    if year := read_year(asked["tahun"]):
        seen = seen.filter(created_at__year=year)
    if unit := read_whole(asked["unit"]):
        seen = seen.filter(only_post=unit)
    return seen


def _letters_as_subjects(request: PersonRequest, text: str) -> Any:
    """The cycles begun from a letter that matches, as documents name them."""
    letters = Letter.objects.visible_to(request.acting.person, request.acting.day).filter(
        Q(number__icontains=text) | Q(subject__icontains=text) | Q(sender__icontains=text)
    )
    cycles = Cycle.objects.filter(letter__in=letters.values("pk")).order_by()
    return cycles.values_list(_named("cycle"), flat=True)


def _named(kind: str) -> Concat:
    return Concat(Value(f"{kind}:"), Cast("pk", CharField()), output_field=CharField())


# --- the journal -----------------------------------------------------------------------------------------------------


def _journal(request: PersonRequest, office: Office) -> dict[str, Any]:
    cycles = Cycle.objects.visible_to(request.acting.person, request.acting.day).filter(office=office)
    records = Record.objects.filter(chain=office.code).exclude(subject__in=_hidden_letters(request, office))
    records = records.exclude(subject__in=_hidden_requests(request, office))
    if chosen := read_whole(request.GET.get("siklus", "")):
        records = records.filter(subject__in=_subjects_of(chosen, office))
    source = request.GET.get("tentang", "")
    if source in SOURCES:
        records = records.filter(act__startswith=f"{source}:")
    page = Paginator(records.order_by("-seq"), PER_PAGE).get_page(request.GET.get("hal"))
    names = dict(
        ProcedureVersion.objects.filter(Q(office=office) | Q(office__isnull=True))
        .order_by("number")
        .values_list("key", "name")
        .distinct()
    )
    return {
        "page": page,
        "rows": [(record, in_words(record.act, record.data, names), *_link(record.subject)) for record in page],
        "cycles": cycles.select_related("procedure").defer("procedure__text").order_by("-started_at")[:100],
        "chosen": chosen,
        "sources": SOURCES,
        "source": source,
        "is_filtered": bool(chosen or source),
        "rest": _rest_of_query(request),
        "office": office,
    }


def _hidden_letters(request: PersonRequest, office: Office) -> Any:
    """The subjects of letters this person may not read."""
    seen = Letter.objects.visible_to(request.acting.person, request.acting.day).order_by().values("pk")
    return Letter.objects.filter(office=office).exclude(pk__in=seen).order_by().values_list(_named("letter"), flat=True)


def _hidden_requests(request: PersonRequest, office: Office) -> Any:
    """The subjects of requests to other units, for who sees only their own."""
    seen = DataRequest.objects.visible_to(request.acting.person, request.acting.day).order_by().values("pk")
    hidden = DataRequest.objects.filter(office=office).exclude(pk__in=seen).order_by()
    return hidden.values_list(_named("request"), flat=True)


def _subjects_of(cycle_id: int, office: Office) -> list[str]:
    """A cycle, what it ran, its letter, and the requests of all of them, as the journal names them."""
    cycles = Cycle.objects.filter(Q(pk=cycle_id) | Q(parent__cycle=cycle_id), office=office)
    rows = list(cycles.values_list("pk", "letter_id"))
    origins = [f"cycle:{pk}" for pk, _ in rows]
    requests = DataRequest.objects.filter(office=office, origin__in=origins).values_list("pk", flat=True)
    letters = {f"letter:{letter}" for _, letter in rows if letter}
    return [*origins, *sorted(letters), *(f"request:{pk}" for pk in requests)]


def _link(subject: str) -> tuple[str, str]:
    """Where a record's subject is shown and what it is called; ("", "") where it has no page."""
    kind, _, key = subject.partition(":")
    if kind in SUBJECT_PAGES and key.isdigit():
        return SUBJECT_PAGES[kind].format(key), SUBJECT_WORDS[kind]
    return "", ""
