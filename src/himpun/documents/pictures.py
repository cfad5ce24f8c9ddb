"""Charts as SVG, for pages and for documents: one function draws them all.

The first picture of a process takes about a second, the next a tenth; a document's stored content therefore holds a
`Drawing` where the picture belongs, and the rendering draws it, so that the transaction of an act need not wait. What
is a drawing is said by its place: the field `svg` of a `content.Chart`, and nowhere else.
"""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, get_args, get_origin, get_type_hints
from xml.sax.saxutils import quoteattr

from typing_extensions import is_typeddict

from himpun.documents.content.all import CONTENT_OF
from himpun.documents.content.parts import Chart, Drawing
from himpun.typesetting import NotSet, svg

_OLD_MARK = "vega-lite:"
"""Contents stored before there were drawings begin with this, in the same field of a chart."""


def as_svg(spec: Mapping[str, Any]) -> bytes:
    """Draw a Vega-Lite specification: SVG in UTF-8, text as text, with its description for screen readers.

    Reads no network; holds no ids, scripts or styles, so that many fit in one page under a strict CSP. The same
    specification is drawn once. Raises ValueError for what is not Vega-Lite, JobStopped for what takes too much.
    """
    return _drawn(json.dumps(spec, sort_keys=True, ensure_ascii=False))


def drawn_later(spec: Mapping[str, Any]) -> Drawing:
    """A specification standing where an SVG belongs."""
    return {"vega_lite": dict(spec)}


def with_pictures(template: str, content: Any) -> Any:
    """The same content of a template with every drawing drawn. Raises ValueError as `as_svg` does."""
    wanted = CONTENT_OF.get(template)
    return content if wanted is None else _with_pictures(content, wanted)


_hints = cache(get_type_hints)


def _with_pictures(value: Any, wanted: Any) -> Any:
    """Follows the type, not the value: what stands anywhere else is text, however it begins."""
    if get_origin(wanted) is list and isinstance(value, list):
        (item,) = get_args(wanted)
        return [_with_pictures(one, item) for one in value]
    if not is_typeddict(wanted) or not isinstance(value, Mapping):
        return value
    if wanted is Chart:
        return {**value, "svg": _picture(value.get("svg"))}
    fields = _hints(wanted)
    return {key: _with_pictures(one, fields.get(key)) for key, one in value.items()}


def _picture(found: Any) -> Any:
    if isinstance(found, Mapping):
        return as_svg(found.get("vega_lite", {})).decode()
    if isinstance(found, str) and found.startswith(_OLD_MARK):
        return as_svg(json.loads(found.removeprefix(_OLD_MARK))).decode()
    return found


@lru_cache(maxsize=256)
def _drawn(written: str) -> bytes:
    spoken = quoteattr(str(json.loads(written).get("description", "")))
    try:
        drawn = svg(written).decode()
    except NotSet as wrong:
        raise ValueError(str(wrong)) from wrong
    return drawn.replace("<svg ", f'<svg role="img" aria-label={spoken} ', 1).encode()
