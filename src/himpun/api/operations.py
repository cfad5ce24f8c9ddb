"""Everything the API can do, in the order of its document."""

from functools import cache
from typing import Any

from himpun.api import dictionary, recaps, values
from himpun.api.door import ROOT, api

for _router in (dictionary.router, values.router, recaps.router):
    api.add_router("", _router)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document, made once: it is open to everybody and takes a tenth of a second to make."""
    return dict(api.get_openapi_schema(path_prefix=ROOT))
