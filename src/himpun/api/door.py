"""The door for programs: who asks, within which scope, and every refusal as JSON with a code and a sentence."""

import json
import logging
from collections.abc import Mapping
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer

from himpun.api.actions import Access, open_token
from himpun.api.forms.messages import is_clean
from himpun.api.rules import TokenRefused, check_scope
from himpun.api.schemas import Failure
from himpun.errors import FieldErrors, Refusal
from himpun.trouble import trouble_of

logger = logging.getLogger(__name__)
REFUSALS = {
    400: Failure,
    401: Failure,
    403: Failure,
    404: Failure,
    409: Failure,
    413: Failure,
    415: Failure,
    422: Failure,
    503: Failure,
}
"""Every way an operation can be refused, for the OpenAPI document."""
ROOT = "/api/v1/"
DESCRIPTION = """Kamus indikator, target, angka, dan rekap satu kantor, untuk program lain.

Setiap permintaan membawa token seseorang: `Authorization: Bearer himpun_…`. Token dibuat di halaman Token API, berlaku
untuk satu kantor, dan tidak pernah memberi lebih daripada jabatan pemiliknya hari itu."""


class TokenAuth(HttpBearer):
    """Authorization: Bearer himpun_…"""

    def __call__(self, request: HttpRequest) -> Access:
        check_request(request)
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise TokenRefused("Kirim token di kepala permintaan: Authorization: Bearer himpun_… .")
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Access:
        access = open_token(token)
        timezone.activate(ZoneInfo(access.office.timezone))  # until the request ends (ActingPersonMiddleware)
        return access


class BodyTooBig(Refusal):
    """The body is longer than is taken at once."""

    code = "isi-terlalu-besar"
    status = 413

    def __init__(self) -> None:
        most = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 1024 // 1024
        super().__init__(f"Isi permintaan lebih dari {most} MB. Kirim dalam beberapa pesan; hasilnya sama.")


class RequestUnreadable(Refusal):
    """The address or a parameter has a character that no database keeps."""

    code = "karakter-tidak-sah"
    status = 400


class MediaUnknown(Refusal):
    """The body is of a kind that is not read here."""

    code = "bentuk-tidak-dikenal"
    status = 415

    def __init__(self, accepted: Mapping[str, Any]) -> None:
        super().__init__(f"Content-Type ini tidak dibaca di sini. Kirim salah satu dari: {', '.join(accepted)}.")


class NotHere(Refusal):
    """There is no such thing, or not for this token."""

    code = "tidak-ada"
    status = 404


def check_request(request: HttpRequest) -> None:
    """Raises RequestUnreadable or BodyTooBig before anything is read."""
    asked = [request.path, *(text for name, values in request.GET.lists() for text in (name, *values))]
    if not all(is_clean(text) for text in asked):
        raise RequestUnreadable("Alamat atau parameter memuat karakter yang tidak dapat dibaca.")
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError as error:
        raise RequestUnreadable("Content-Length bukan bilangan.") from error
    if length > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or length):
        raise BodyTooBig


def access_of(request: HttpRequest, scope: str = "") -> Access:
    """Who asks. Raises ScopeMissing where the token was not made for this."""
    access = cast(Access, cast(Any, request).auth)
    if scope:
        check_scope(access.token.scopes, scope)
    return access


def media_of(request: HttpRequest, accepted: Mapping[str, str]) -> str:
    """What `accepted` says of the body's content type. Raises MediaUnknown."""
    media = request.content_type or ""
    if media.lower() not in accepted:
        raise MediaUnknown(accepted)
    return accepted[media.lower()]


api = NinjaAPI(
    title="Himpun",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    auth=TokenAuth(),
    servers=[],
)


def answer(status: int, code: str, message: str, fields: Mapping[str, str] | None = None) -> HttpResponse:
    """A refusal as JSON."""
    body: dict[str, Any] = {"code": code, "message": message, **({"fields": dict(fields)} if fields else {})}
    response = HttpResponse(json.dumps(body, ensure_ascii=True), content_type="application/json", status=status)
    if status == TokenRefused.status:
        response["WWW-Authenticate"] = 'Bearer realm="Himpun"'
    return response


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    fields = refusal.fields if isinstance(refusal, FieldErrors) else None
    return answer(refusal.status, refusal.code, str(refusal), fields)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = {_place(each["loc"]): _sentence(each) for each in error.errors}
    return answer(422, "isian-salah", "Ada isian yang tidak dapat dibaca; lihat fields.", fields)


_SENTENCES = {
    "missing": "Isian ini wajib.",
    "extra_forbidden": "Isian ini tidak dikenal; periksa namanya.",
    "string_type": "Harus teks.",
    "string_too_long": "Terlalu panjang.",
    "int_parsing": "Harus bilangan bulat.",
    "int_type": "Harus bilangan bulat.",
    "bool_parsing": "Tulis true atau false.",
    "list_type": "Harus daftar.",
    "dict_type": "Harus objek.",
    "too_long": "Terlalu banyak butir.",
    "too_short": "Kirim sekurangnya satu butir.",
}


def _place(location: Any) -> str:
    """("body", "isi", "target", 0, "periode") → "target.0.periode"."""
    return ".".join(str(part) for part in location[1:] if part != "given")[:200] or "isi"


def _sentence(error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    if "ge" in context or "le" in context:
        return "Di luar yang diterima" + "".join(
            f"; {word} {context[key]}"
            for key, word in (("ge", "paling kecil"), ("le", "paling besar"))
            if key in context
        )
    return _SENTENCES.get(error.get("type", ""), "Isian ini tidak dapat dibaca.")


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return answer(error.status_code, "pesan-tidak-terbaca", "Isi permintaan bukan JSON yang benar (UTF-8).")


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    refusal = BodyTooBig()
    return answer(refusal.status, refusal.code, str(refusal))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return answer(404, NotHere.code, "Tidak ada yang seperti itu di kantor token ini.")


@api.exception_handler(Exception)
def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("API %s %s", request.method, request.path, exc_info=error)
    if trouble := trouble_of(error):
        response = answer(trouble.status, trouble.code, f"{trouble.sentence} Tidak ada yang diubah. Kirim lagi nanti.")
        response["Retry-After"] = "120"
        return response
    return answer(
        500, "kesalahan-himpun", "Himpun gagal menjawab; tidak ada yang diubah. Coba lagi, lalu kabari operator."
    )
