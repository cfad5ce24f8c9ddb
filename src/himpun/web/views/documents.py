"""Dokumen: the list, the page of one with its preview, approvals and versions, two versions compared, the PDFs."""

import difflib
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from himpun.cycles.models import cycle_named
from himpun.cycles.steps.papers.performance import NARRATIVE
from himpun.documents import mailing
from himpun.documents.actions import note_opened
from himpun.documents.models import Delivery, Document, DocumentVersion
from himpun.documents.parts import verification_url
from himpun.documents.qr import qr_svg
from himpun.documents.work import ensure_issued, ensure_rendered, made_ready
from himpun.indicators.models.figures import Correction
from himpun.indicators.recaps.corrections import approved_since
from himpun.offices.rules import MAY_REGISTER_LETTERS
from himpun.web import downloads
from himpun.web.corrected import corrected
from himpun.web.middleware import PersonRequest
from himpun.web.posting import posted_from

SHOWS_FIGURES = frozenset({Document.Kind.COLLECTED, Document.Kind.RECAP, Document.Kind.PERFORMANCE})
"""Kinds of documents that a correction of a frozen figure makes old."""


def _visible(request: PersonRequest) -> Any:
    return Document.objects.visible_to(request.acting.person, request.acting.day).distinct()


@require_GET
def document_list(request: PersonRequest) -> HttpResponse:
    """The office's documents, newest first, by kind."""
    rows = _visible(request).filter(office=request.acting.office)
    kind, query = request.GET.get("jenis", ""), request.GET.get("q", "").strip()
    if kind in Document.Kind.values:
        rows = rows.filter(kind=kind)
    if query:
        rows = rows.filter(Q(title__icontains=query) | Q(number__icontains=query))
    page = Paginator(rows, 30).get_page(request.GET.get("hal"))
    return render(
        request, "documents/list.html", {"page": page, "kinds": Document.Kind.choices, "kind": kind, "query": query}
    )


@require_GET
def document_page(request: PersonRequest, pk: int) -> HttpResponse:
    """One document. Opening one that was sent to a post I hold is the proof that it arrived."""
    document = get_object_or_404(_visible(request).select_related("office"), pk=pk)
    _note_receipt(request, document)
    latest, official = document.latest, document.official
    shown = official or latest
    failure = made_ready(shown)
    corrections, cycle = _corrections(document), cycle_named(document.subject)
    context = {
        "document": document,
        "latest": latest,
        "official": official,
        "shown": shown,
        "failure": failure,
        "issued": shown.signed_sha256,
        "versions": document.versions.prefetch_related("approvals").order_by("-no"),
        "deliveries": document.deliveries.select_related("mailing"),
        "may_mail": request.acting.has(MAY_REGISTER_LETTERS, document.office_id),
        "cycle": cycle,
        "corrections": corrections,
        **(corrected(request, cycle) if corrections else {}),
        "verification_url": verification_url(document),
        "qr": qr_svg(verification_url(document)) if shown.signed_sha256 else "",
    }
    return render(request, "documents/document.html", context)


def _corrections(document: Document) -> list[Correction]:
    """What was corrected since in the figures that the document shows."""
    if document.kind not in SHOWS_FIGURES or not document.period:
        return []
    return approved_since(document.office_id, document.period, document.latest.made_at)


@posted_from(lambda request, pk: reverse("document", args=[get_object_or_404(Delivery, pk=pk).document_id]))
def mail_again(request: PersonRequest, pk: int) -> HttpResponse:
    """Let a mail that failed be tried once more."""
    rows = Delivery.objects.filter(document__in=_visible(request)).select_related("document__office")
    delivery = get_object_or_404(rows, pk=pk)
    mailing.mail_again(delivery=delivery, address=request.POST.get("address", ""), by=request.acting.person)
    messages.success(request, "Surel dikirim lagi dalam beberapa detik; muat ulang halaman untuk melihat keadaannya.")
    return redirect("document", delivery.document_id)


def _note_receipt(request: PersonRequest, document: Document) -> None:
    acting = request.acting
    held = {actor.post_id: actor for actor in acting.capacities if not actor.away_until}
    waiting = Delivery.objects.filter(document=document, post__in=held, opened_at__isnull=True, sent_at__isnull=False)
    for delivery in waiting.select_related("document__office"):
        note_opened(delivery=delivery, author=held[delivery.post_id or 0].author)


def _version(request: PersonRequest, pk: int) -> DocumentVersion:
    rows = DocumentVersion.objects.filter(document__in=_visible(request)).select_related("document__office")
    return get_object_or_404(rows, pk=pk)


@require_GET
@xframe_options_sameorigin
def version_pdf(request: PersonRequest, pk: int) -> FileResponse:
    """The PDF of a version: what was issued, once it is signed; before that what will be approved."""
    version = _version(request, pk)
    issued = ensure_issued(version)
    return downloads.kept(issued, version.document.title) if issued else _as_approved(version)


@require_GET
@xframe_options_sameorigin
def draft_pdf(request: PersonRequest, pk: int) -> FileResponse:
    """The PDF of a version as it was (or will be) approved: without number and signature."""
    return _as_approved(_version(request, pk))


def _as_approved(version: DocumentVersion) -> FileResponse:
    draft = " draft" if version.document.awaits_signature else ""
    return downloads.kept(ensure_rendered(version), f"{version.document.title}{draft} v{version.no}")


@require_GET
@xframe_options_sameorigin
def issued_pdf(request: PersonRequest, pk: int) -> FileResponse:
    """The PDF issued after the signature."""
    version = _version(request, pk)
    sha256 = ensure_issued(version)
    if not sha256:
        raise Http404("Dokumen ini belum ditandatangani.")
    return downloads.kept(sha256, version.document.title)


@require_GET
def compare(request: PersonRequest, pk: int) -> HttpResponse:
    """Two versions of a document, what was added and what was taken out, section by section."""
    document = get_object_or_404(_visible(request), pk=pk)
    versions = list(document.versions.order_by("no"))
    old = _chosen(versions, request.GET.get("dari"), versions[max(len(versions) - 2, 0)])
    new = _chosen(versions, request.GET.get("ke"), versions[-1])
    sections = []
    for key, label in NARRATIVE.items():
        before, after = old.narrative.get(key, ""), new.narrative.get(key, "")
        if before != after:
            sections.append((label, _differences(before, after)))
    context = {"document": document, "versions": versions, "old": old, "new": new, "sections": sections}
    return render(request, "documents/compare.html", context)


def _chosen(versions: list[DocumentVersion], no: str | None, default: DocumentVersion) -> DocumentVersion:
    return next((version for version in versions if str(version.no) == no), default)


def _differences(before: str, after: str) -> list[tuple[str, str]]:
    """Words of both texts as ("same" | "add" | "del", words)."""
    old, new = before.split(), after.split()
    parts: list[tuple[str, str]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(("same", " ".join(old[a:b])))
        else:
            parts += [("del", " ".join(old[a:b]))] if b > a else []
            parts += [("add", " ".join(new[c:d]))] if d > c else []
    return parts
