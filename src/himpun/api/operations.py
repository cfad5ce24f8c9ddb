"""Everything the API can do, in the order of its document."""

from typing import Any

from himpun.api import dictionary, recaps, values
from himpun.api.door import ROOT, api

for _router in (dictionary.router, values.router, recaps.router):
    api.add_router("", _router)


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    return dict(api.get_openapi_schema(path_prefix=ROOT))
