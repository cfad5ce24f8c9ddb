"""The addresses of the places that the other rooms name (himpun/places.py)."""

from django.urls import reverse

from himpun.places import PlaceName

PAGES: dict[PlaceName, str] = {
    "appointment": "appointment",
    "correction": "correction",
    "cycle": "cycle",
    "document": "document",
    "ladder": "ladder",
    "letter": "letter",
    "messages": "messages",
    "one_time_link": "one_time_link",
    "own_messages": "own_messages",
    "receipt": "receipt",
    "request": "request",
    "schedules": "schedules",
    "sop_draft": "procedure_draft",
    "verify": "verify",
}
"""Place → the page's name in web/urls.py."""
_PAGES = {str(name): page for name, page in PAGES.items()}


def path_of(kept: str) -> str:
    """ "cycle:12#langkah" → "/siklus/12/#langkah"; a place that no version knows any more leads to the start."""
    whole, mark, part = kept.partition("#")
    name, _, key = whole.partition(":")
    page = _PAGES.get(name)
    return f"{reverse(page, args=[key] if key else [])}{mark}{part}" if page else reverse("work")
