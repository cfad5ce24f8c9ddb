"""Handing out bytes: every page that answers with a file goes through here (the API answers programs, in types of its own).

What a file is served as is decided by its bytes or by us, its name by us, and whatever is in it runs nowhere: it is
shown in a sandbox or saved, never taken for a page of ours.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from himpun.archive import files
from himpun.archive.content import Kind, seen

Answer = TypeVar("Answer", bound=HttpResponseBase)

POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
UNKNOWN = "application/octet-stream"
SHOWN = frozenset({Kind.PDF, Kind.PNG, Kind.JPEG})
"""Kinds that a browser may show in its window; every other is saved."""

_ENDING = re.compile(r"\.(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{1,5}$")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|;]+')
_LONGEST_NAME = 120


def kept(sha256: str, name: str, *, save: bool = False) -> FileResponse:
    """A file of the archive, under a name made from `name`. Raises FileMissing."""
    place = files.file_of(sha256)
    if not place.exists():
        raise files.FileMissing(sha256)
    kind = seen(place)
    response = FileResponse(place.open("rb"), content_type=kind.media_type if kind else UNKNOWN)
    response["ETag"] = f'"{sha256}"'
    return _sealed(response, safe_name(name, kind or "bin"), save=save or kind not in SHOWN)


def made(content: bytes, media_type: str, name: str, *, save: bool = True) -> HttpResponse:
    """A file that we have just made; its type is ours to say, and the ending of its name too."""
    stem, _, ending = name.rpartition(".")
    return _sealed(HttpResponse(content, content_type=media_type), safe_name(stem, ending), save=save)


def picture(svg: bytes | str, *, seconds: int = 300) -> HttpResponse:
    """An SVG of ours, never one that came in."""
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["Cache-Control"] = f"private, max-age={seconds}" if seconds else "private, no-cache"
    return _sealed(response, "gambar.svg", save=False)


def safe_name(name: str, ending: str) -> str:
    """A file name of letters that show, with one ending: ours."""
    shown = "".join(" " if one.isspace() else one for one in unicodedata.normalize("NFC", name))
    shown = "".join(one for one in shown if unicodedata.category(one)[0] != "C")
    shown = " ".join(_NOT_IN_NAMES.sub("-", shown).split()).strip(". ")
    while _ENDING.search(shown):
        shown = _ENDING.sub("", shown).strip(". ")
    return f"{shown[:_LONGEST_NAME].strip('. ') or 'berkas'}.{ending}"


def _sealed(response: Answer, name: str, *, save: bool) -> Answer:
    response["Content-Disposition"] = content_disposition_header(save, name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = POLICY
    return response


class SealMiddleware:
    """Whatever is no page (data of the API too) runs nowhere, should somebody open it in a window."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.get("Content-Type", "").startswith("text/html"):
            response.setdefault("Content-Security-Policy", POLICY)
            response.setdefault("X-Content-Type-Options", "nosniff")
        return response
