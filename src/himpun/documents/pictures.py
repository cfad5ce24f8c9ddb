"""Charts as SVG, for pages and for documents: one function draws them all.

The first picture of a process takes about a second, the next a tenth; a document's stored content therefore holds the
Vega-Lite specification, and the rendering draws it, so that the transaction of an act need not wait.
"""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import vl_convert

FONTS = Path(__file__).resolve().parent / "fonts"
NUMBER_LOCALE = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Rp", ""]}
MARK = "vega-lite:"


def as_svg(spec: Mapping[str, Any]) -> bytes:
    """Draw a Vega-Lite specification: SVG in UTF-8, text as text, with its description for screen readers.

    Reads no network; holds no ids, scripts or styles, so that many fit in one page under a strict CSP. The same
    specification is drawn once. Raises ValueError for what is not Vega-Lite.
    """
    return _drawn(_written(spec))


def drawn_later(spec: Mapping[str, Any]) -> str:
    """A specification standing where an SVG belongs."""
    return MARK + _written(spec)


def with_pictures(content: Any) -> Any:
    """The same content with every specification drawn."""
    if isinstance(content, Mapping):
        return {key: with_pictures(value) for key, value in content.items()}
    if isinstance(content, list):
        return [with_pictures(value) for value in content]
    if isinstance(content, str) and content.startswith(MARK):
        return _drawn(content.removeprefix(MARK)).decode()
    return content


def _written(spec: Mapping[str, Any]) -> str:
    return json.dumps(spec, sort_keys=True, ensure_ascii=False)


@lru_cache(maxsize=256)
def _drawn(written: str) -> bytes:
    _register_fonts()
    spec = json.loads(written)
    svg: str = vl_convert.vegalite_to_svg(spec, format_locale=NUMBER_LOCALE, allowed_base_urls=[])
    spoken = quoteattr(str(spec.get("description", "")))
    return svg.replace("<svg ", f'<svg role="img" aria-label={spoken} ', 1).encode()


@cache
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(FONTS))
