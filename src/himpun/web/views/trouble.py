"""The last answer: when a page fails outside its view (a session that cannot be written), or by the machine's fault."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from himpun.api.door import answer
from himpun.trouble import OutOfOrder, trouble_of

RETRY_AFTER = "120"
API = "/api/"


def out_of_order(request: HttpRequest, trouble: OutOfOrder) -> HttpResponse:
    """The sentence, on a page that needs neither database nor session."""
    response = (
        answer(trouble.status, trouble.code, str(trouble))
        if request.path.startswith(API)
        else HttpResponse(render_to_string("503.html", {"refusal": trouble}), status=trouble.status)
    )
    response["Retry-After"] = RETRY_AFTER
    response["Cache-Control"] = "no-store"
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler500, called while the exception is being handled."""
    trouble = trouble_of(sys.exc_info()[1])
    if trouble is not None:
        return out_of_order(request, trouble)
    return server_error(request)
