"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "tidak-diketahui"


def client_address(request: HttpRequest) -> str:
    """The client's address: what the one proxy in front wrote last, where HIMPUN_BEHIND_PROXY says there is one."""
    if settings.BEHIND_PROXY and (passed := request.headers.get("X-Forwarded-For", "")):
        return passed.rpartition(",")[2].strip() or UNKNOWN
    return str(request.META.get("REMOTE_ADDR") or UNKNOWN)
