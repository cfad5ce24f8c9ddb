"""What every page's frame shows: the person, their posts, the navigation, how many messages are new."""

from typing import Any

from django.http import HttpRequest

from himpun.notifications.actions import unseen_count

NAVIGATION = (
    ("/", "Pekerjaan Saya", "checklist"),
    ("/surat/", "Agenda Surat", "mail"),
    ("/siklus/", "Siklus", "refresh"),
    ("/permintaan/", "Permintaan", "forms"),
    ("/indikator/", "Indikator", "target"),
    ("/rekap/", "Rekap", "chart-bar"),
    ("/anggaran/", "Anggaran", "report-money"),
    ("/waktu/", "Waktu", "clock"),
    ("/dokumen/", "Dokumen", "file-text"),
    ("/arsip/", "Arsip", "archive"),
    ("/sop/", "SOP", "sitemap"),
    ("/pengaturan/", "Pengaturan", "settings"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame of a page; nothing for who is not logged in."""
    acting = getattr(request, "acting", None)
    if acting is None:
        return {}
    return {
        "acting": acting,
        "navigation": [(path, label, icon, _is_here(request.path, path)) for path, label, icon in NAVIGATION],
        "unseen": unseen_count(acting.person, acting.day),
    }


BELONGING = {"/rekap/": ("/angka/", "/koreksi/", "/periksa-capaian/")}
"""Pages reached from a place in the navigation that have addresses of their own."""


def place_of(path: str) -> str:
    """The part of Himpun that a page belongs to, as the navigation names it."""
    return next((label for of, label, _ in reversed(NAVIGATION) if _is_here(path, of)), NAVIGATION[0][1])


def _is_here(path: str, of: str) -> bool:
    return path == of if of == "/" else path.startswith((of, *BELONGING.get(of, ())))
