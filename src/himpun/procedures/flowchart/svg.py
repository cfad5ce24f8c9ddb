"""The shapes as SVG, with the marks of a running case. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from html import escape

from himpun.procedures.flowchart.primitives import SMALL, STYLES, Item, Line, Page, Polygon, Rect, Sheet, Text
from himpun.procedures.flowchart.routing import Point

# --- as SVG ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """What a step's symbol shows besides its shape: a class, a colour, and a few letters, so that colour never speaks alone."""

    name: str
    fill: str
    label: str = ""


NO_MARKS: Mapping[int, Mark] = {}


def marked(sheet: Sheet, marks: Mapping[int, Mark]) -> Sheet:
    """The same drawing with the letters of each step's mark in its symbols; `svg` gives the class and the colour."""
    return Sheet(tuple(replace(page, items=(*page.items, *_mark_labels(page, marks))) for page in sheet.pages))


def _mark_labels(page: Page, marks: Mapping[int, Mark]) -> Iterator[Text]:
    lettered: set[int] = set()
    for item in page.items:
        if item.name == "symbol" and item.step in marks and item.step not in lettered:
            lettered.add(item.step)
            x, y = _middle_of(item)
            yield Text(x, y + SMALL * 0.36, marks[item.step].label, SMALL, "middle", True, "mark", item.step)


def _middle_of(item: Item) -> Point:
    if isinstance(item, Rect):
        return (item.x + item.w / 2, item.y + item.h / 2)
    points = item.points if isinstance(item, Polygon | Line) else ((item.x, item.y),)
    xs, ys = zip(*points, strict=True)
    return ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)


def svg(sheet: Sheet, page: int = 0, *, title: str, marks: Mapping[int, Mark] = NO_MARKS) -> str:
    """One page (counted from 0) as an accessible SVG that takes the width of its container.

    `marks` colours the symbols of steps and gives their groups a class of its name (see `marked` for the letters).

    Rows are groups `<g class="step" data-step="N">`, lines `class="flow"`, symbols `class="symbol"`. There is no style
    attribute and no script, so a strict content security policy lets it stand in a page. IndexError for no such page.
    """
    drawn = sheet.pages[page]
    steps = sorted({item.step for item in drawn.items if item.name in _IN_ROW and item.step})
    parts = [
        _svg_item(item) for item in drawn.items if not (item.name in _IN_ROW and item.step) and item.name in _UNDER
    ]
    parts += [_svg_step(drawn, step, marks.get(step)) for step in steps]
    parts += [
        _svg_item(item) for item in drawn.items if not (item.name in _IN_ROW and item.step) and item.name not in _UNDER
    ]
    name = escape(title, quote=True)
    size = f'viewBox="0 0 {_n(drawn.width)} {_n(drawn.height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flowchart" role="img" aria-label="{name}" {size} width="100%" '
        f'font-family="Arimo, Arial, Helvetica, sans-serif"><title>{name}</title>{"".join(parts)}</svg>'
    )


_IN_ROW = {"row", "text", "symbol", "mark"}
_UNDER = {"title", "head", "text"}
"""What a step's group holds, and what is drawn before the groups; the rest is drawn over them."""


def _svg_step(page: Page, step: int, mark: Mark | None = None) -> str:
    items = [_svg_item(item, mark) for item in page.items if item.step == step and item.name in _IN_ROW]
    name = f"step {mark.name}" if mark else "step"
    return f'<g class="{name}" data-step="{step}">{"".join(items)}</g>'


def _svg_item(item: Item, mark: Mark | None = None) -> str:
    style = STYLES[item.name]
    if mark and item.name == "symbol":
        style = replace(style, fill=mark.fill)
    paint = f'class="{item.name}" fill="{style.fill or "none"}"'
    if style.stroke:
        paint += f' stroke="{style.stroke}" stroke-width="{_n(style.width)}"'
    if isinstance(item, Text):
        weight = ' font-weight="bold"' if item.bold else ""
        return (
            f'<text {paint} x="{_n(item.x)}" y="{_n(item.y)}" font-size="{_n(item.size)}" '
            f'text-anchor="{item.anchor}"{weight}>{escape(item.text)}</text>'
        )
    if isinstance(item, Rect):
        radius = f' rx="{_n(item.radius)}"' if item.radius else ""
        return f'<rect {paint} x="{_n(item.x)}" y="{_n(item.y)}" width="{_n(item.w)}" height="{_n(item.h)}"{radius}/>'
    shape = "polygon" if isinstance(item, Polygon) else "polyline"
    return f'<{shape} {paint} points="{" ".join(f"{_n(x)},{_n(y)}" for x, y in item.points)}"/>'


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


# --- as data for Typst -----------------------------------------------------------------------------------------------


def page_data(page: Page) -> dict[str, object]:
    """One page as JSON values: its size, and its items with their kind and their style resolved."""
    return {"width": page.width, "height": page.height, "items": [_item_data(item) for item in page.items]}


def _item_data(item: Item) -> dict[str, object]:
    style = STYLES[item.name]
    return asdict(item) | {"kind": type(item).__name__.lower(), "style": asdict(style)}
