"""The address a request comes from. The one function that knows whom to believe."""

from collections.abc import Iterable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "tidak-diketahui"


def client_address(peer: str, forwarded: Iterable[str]) -> str:
    """Who asks: the other end of the connection, or, behind our own proxy, whom that proxy says it is speaking for.

    Only the last entry of X-Forwarded-For was written by our proxy; those before it are what the client claims.
    """
    if not settings.BEHIND_PROXY:
        return peer
    entries = [entry.strip() for line in forwarded for entry in line.split(",")]
    try:
        return str(ip_address(entries[-1])) if entries else peer
    except ValueError:
        return peer


def address_of(request: HttpRequest) -> str:
    """The address of the client of a request, for limits and for the log."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
    return client_address(str(request.META.get("REMOTE_ADDR") or UNKNOWN), [forwarded] if forwarded else [])
