"""Public pages: checking a document by its code, and receiving one that was sent. Nobody logs in here.

What an unissued document holds is never shown: its page says only that it is not issued yet. A file somebody uploads
to compare is digested as it comes in; not one byte of it is kept.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import Truncator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from himpun.archive.journal import Author
from himpun.documents.actions import note_opened
from himpun.documents.models import Approval, Delivery, Document, DocumentVersion
from himpun.documents.parts import moment
from himpun.documents.proof import DocumentAltered, check, signed_version
from himpun.documents.work import ensure_issued
from himpun.typed import line, marks_fault
from himpun.web import downloads
from himpun.web.forms import Typed
from himpun.web.uploads import DigestingHandler, incoming_of

UPLOAD_LIMIT = 20 * 1024 * 1024
_FORM_AROUND_FILE = 64 * 1024
_TOO_LARGE = "Berkas lebih dari 20 MB; dokumen Himpun jauh lebih kecil. Pilih berkas lain."
_CODE = re.compile(r"(?:.*/v/)?([A-Za-z0-9_-]{1,32})/?")
_NAME_LIMIT = 80

View = Callable[..., HttpResponseBase]


def _public(view: View) -> View:
    """Open to everybody, kept by no cache and no search engine."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **given: Any) -> HttpResponseBase:
        response = view(request, *args, **given)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return login_not_required(never_cache(shown))


# --- checking a document ---------------------------------------------------------------------------------------------


@_public
def find(request: HttpRequest) -> HttpResponse:
    """Type the code that stands on a document."""
    typed = Typed(request.GET)
    if written := request.GET.get("kode", "").strip():
        if found := _CODE.fullmatch(written):
            return redirect("verify", found[1])
        typed.errors["kode"] = "Kode hanya berisi huruf, angka, garis bawah, dan tanda hubung. Salin dari dokumennya."
    elif "kode" in request.GET:
        typed.errors["kode"] = "Tulis kode atau alamat yang tercetak pada dokumen."
    return render(request, "verification/find.html", {"typed": typed}, status=422 if typed.errors else 200)


@csrf_exempt
def verify(request: HttpRequest, token: str) -> HttpResponseBase:
    """What a document is and who approved it; with an uploaded file, whether it is that document.

    Comparing changes nothing and asks for nobody's rights, so it needs no CSRF token. That lets the size be judged,
    and the handler be set, before a byte of the body is read.
    """
    document = Document.objects.select_related("office").filter(token=token).first()
    if document is None:
        return _unknown(request, "Kode ini tidak dikenal. Periksa kembali kode atau alamat yang tercetak pada dokumen.")
    try:
        issued = _issued(document)
    except DocumentAltered:
        return render(request, "verification/altered.html", {"office": document.office}, status=409)
    if issued is None:
        return render(request, "verification/not_issued.html")
    context = {"document": document, "version": issued, **_approvals(issued), **_place_among_versions(document, issued)}
    status = 200
    if request.method == "POST":
        try:
            status, compared = _compare(request, document, issued)
        except DocumentAltered:
            return render(request, "verification/altered.html", {"office": document.office}, status=409)
        context |= compared
    return render(request, "verification/document.html", context, status=status)


verify = _public(verify)


def _unknown(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "verification/unknown.html", {"sentence": sentence}, status=404)


def _issued(document: Document) -> DocumentVersion | None:
    """The newest signed version, with the file that was issued; None while nothing is signed. Raises DocumentAltered."""
    signed = signed_version(document)
    if signed is not None:
        ensure_issued(signed)
    return signed


def _approvals(version: DocumentVersion) -> dict[str, Any]:
    office = version.document.office
    return {"approvals": [(one, moment(one.at, office)) for one in version.approvals.all()]}


def _place_among_versions(document: Document, issued: DocumentVersion) -> dict[str, Any]:
    """Whether a newer text is being worked on, and which issued document of the same period came after this one."""
    later = Document.objects.filter(
        office=document.office_id, kind=document.kind, period=document.period, created_at__gt=document.created_at
    )
    replaced = later.filter(versions__approvals__kind=Approval.Kind.SIGNATURE) if document.period else later.none()
    return {
        "newer_text": document.versions.filter(no__gt=issued.no).exists(),
        "replaced_by": replaced.order_by("-created_at").first(),
    }


def _compare(request: HttpRequest, document: Document, issued: DocumentVersion) -> tuple[int, dict[str, Any]]:
    if _length(request) > UPLOAD_LIMIT + _FORM_AROUND_FILE:
        return 413, {"upload_error": _TOO_LARGE}
    request.upload_handlers = [DigestingHandler(request)]
    upload = incoming_of(request, "file")
    if upload is None or not len(upload[1]):
        return 422, {"upload_error": "Pilih dahulu berkas PDF yang ingin dicocokkan."}
    name, content = upload
    if not content.is_whole:
        return 413, {"upload_error": _TOO_LARGE}
    sha256 = content.sha256
    return 200, {"sha256": sha256, "file_name": name, "match": _match(document, issued, sha256)}


def _length(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else UPLOAD_LIMIT * 2


def _match(document: Document, issued: DocumentVersion, sha256: str) -> dict[str, Any]:
    """What the digest is the digest of: "resmi", "naskah" with its version, or "tidak". Raises DocumentAltered."""
    if sha256 == issued.signed_sha256:
        return {"state": "resmi"}
    for version in document.versions.filter(Q(signed_sha256=sha256) | Q(file_sha256=sha256)).order_by("-no"):
        check(version)
        if sha256 == version.signed_sha256:
            return {"state": "resmi-lama", "no": version.no}
        if sha256 == version.file_sha256:
            return {"state": "naskah", "no": version.no, "approved": version.pk == issued.pk}
    return {"state": "tidak"}


# --- receiving a document --------------------------------------------------------------------------------------------


def _delivery(token: str) -> Delivery | None:
    return Delivery.objects.select_related("document__office", "post").filter(token=token).first()


@_public
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a delivery link: say who receives, then open. The first time is the proof of receipt."""
    delivery = _delivery(token)
    if delivery is None:
        return _unknown(request, "Tautan ini tidak dikenal. Salin seluruhnya, atau minta pengirim mengirimkannya lagi.")
    try:
        issued = _issued(delivery.document)
    except DocumentAltered:
        return render(request, "verification/altered.html", {"office": delivery.document.office}, status=409)
    if delivery.sent_at is None or issued is None:
        return render(request, "verification/not_sent.html", {"delivery": delivery})
    typed = Typed(request.POST)
    if request.method == "POST" and delivery.post_id is None:
        name = line(request.POST.get("name", ""))
        if not name:
            typed.errors["name"] = "Tulis nama Anda sebagai penerima."
        elif marks := marks_fault(name):
            typed.errors["name"] = marks
        elif len(name) > _NAME_LIMIT:
            typed.errors["name"] = f"Nama terlalu panjang; paling banyak {_NAME_LIMIT} huruf."
        else:
            who = Truncator(f"{name} ({delivery.recipient})").chars(200)
            note_opened(delivery=delivery, author=Author("", who))
            return redirect("receipt", token)
    office = delivery.document.office
    context = {
        "delivery": delivery,
        "document": delivery.document,
        "version": issued,
        "typed": typed,
        "opened": moment(delivery.opened_at, office),
        "sent": moment(delivery.sent_at, office),
    }
    return render(request, "verification/receipt.html", context, status=422 if typed.errors else 200)


@_public
@require_GET
def receipt_pdf(request: HttpRequest, token: str) -> HttpResponseBase:
    """The issued document, for who has confirmed its receipt."""
    delivery = _delivery(token)
    if delivery is None:
        return _unknown(request, "Tautan ini tidak dikenal. Salin seluruhnya, atau minta pengirim mengirimkannya lagi.")
    try:
        issued = _issued(delivery.document)
    except DocumentAltered:
        return redirect("receipt", token)
    if delivery.opened_at is None or delivery.post_id is not None or issued is None:
        return redirect("receipt", token)
    return downloads.kept(issued.signed_sha256, f"dokumen-{delivery.document_id}-v{issued.no}", save=True)
