"""Where a message, a mail or a paper leads, by name. Only the web knows the addresses of pages (web/places.py).

A row keeps the place as text, "cycle:12" or "cycle:12#langkah", and the address is found when it is shown or sent.
"""

from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

PlaceName = Literal[
    "appointment", "correction", "cycle", "document", "ladder", "letter", "messages", "one_time_link", "own_messages",
    "receipt", "request", "schedules", "sop_draft", "verify",
]  # fmt: skip


def place(name: PlaceName, key: int | str | None = None, *, at: str = "") -> str:
    """A place as a row keeps it; `key` says which of its kind, `at` which part of its page."""
    return f"{name}{'' if key is None else f':{key}'}{f'#{at}' if at else ''}"


def path_of(kept: str) -> str:
    """The path of a place; a row from before places had names keeps the path itself."""
    return kept if kept.startswith("/") else _resolver()(kept)


def url_of(kept: str, base: str = "") -> str:
    """The whole address of a place, for what leaves the application: under an office's own address (`Office.base_url`),
    or under the installation's where it belongs to no office."""
    return f"{base or settings.BASE_URL}{path_of(kept)}"


def is_here_only(address: str) -> bool:
    """Whether an address that goes out with papers and messages opens on this very computer alone."""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@lru_cache(maxsize=1)
def _resolver() -> Callable[[str], str]:
    found: Callable[[str], str] = import_string(settings.PLACES)
    return found
