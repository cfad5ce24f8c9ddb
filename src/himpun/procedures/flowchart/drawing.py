"""The pages of the flowchart drawn as shapes. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence

from himpun.procedures.definition import Procedure
from himpun.procedures.flowchart.lettering import wrapped
from himpun.procedures.flowchart.lines import Label, labels_of, routes_of
from himpun.procedures.flowchart.page import Drawing, Symbol
from himpun.procedures.flowchart.primitives import (
    ARROW_HALF,
    ARROW_LENGTH,
    GROUP_HEAD,
    HEADS,
    LEADING,
    MARGIN,
    PAD,
    SIZE,
    SMALL,
    SMALL_LEADING,
    TITLE,
    Item,
    Line,
    Polygon,
    Rect,
    Text,
)
from himpun.procedures.flowchart.routing import Point
from himpun.procedures.flowchart.table import Row, head_size, head_titles

# --- drawing ---------------------------------------------------------------------------------------------------------


def draw(drawing: Drawing, procedure: Procedure, names: Mapping[str, str], place: int, count: int) -> Iterator[Item]:
    yield from _heading(drawing, procedure, place)
    yield from _head(drawing, names)
    for row, y in drawing.rows:
        yield from _draw_row(drawing, row, y)
    yield from _rules(drawing)
    routes = routes_of(drawing)
    for a, b in drawing.joins:
        yield Line((a, b), "join")
    for edge, path in routes:
        yield Line(_stopped(path), "flow", edge.start.step)
    for _, path in routes:
        yield Polygon(_arrow_head(path[-2], path[-1]), "arrow")
    for symbol in drawing.symbols.values():
        yield from _draw_symbol(symbol)
    for label in labels_of(drawing, routes):
        yield from _draw_label(label)
    yield from _foot(drawing, place, count)


def _heading(drawing: Drawing, procedure: Procedure, place: int) -> Iterator[Item]:
    left, right = MARGIN, drawing.columns.right("keterangan")
    more = " (lanjutan)" if place else ""
    title = f"Bagan Alir SOP {procedure.name}{more}"
    lines = wrapped(title, right - left, TITLE * 0.86, bold=True)[:2]
    for line_no, line in enumerate(lines):
        y = MARGIN + TITLE * 0.86 + line_no * TITLE
        yield Text((left + right) / 2, y, line, TITLE * 0.86, "middle", True, "title")


def _head(drawing: Drawing, names: Mapping[str, str]) -> Iterator[Item]:
    columns, bottom = drawing.columns, drawing.top
    top = MARGIN + 2 * TITLE
    middle = top + GROUP_HEAD
    for key, title in (("no", "No"), ("aktivitas", "Aktivitas"), ("keterangan", "Keterangan")):
        yield from _head_cell(columns.left(key), top, columns.width(key), bottom - top, [title])
    left, right = columns.edges
    if columns.actors:
        yield from _head_cell(left, top, right - left, GROUP_HEAD, ["Pelaksana"])
    left = columns.left("kelengkapan")
    yield from _head_cell(left, top, columns.right("output") - left, GROUP_HEAD, ["Mutu Baku"])
    for key in ("kelengkapan", "waktu", "output"):
        yield from _head_cell(columns.left(key), middle, columns.width(key), bottom - middle, [HEADS[key]])
    size = head_size(names, columns)
    for key, lines in head_titles(names, columns, size).items():
        yield from _head_cell(columns.left(key), middle, columns.width(key), bottom - middle, lines, size)


def _head_cell(x: float, y: float, w: float, h: float, lines: Sequence[str], size: float = SIZE) -> Iterator[Item]:
    leading = LEADING if size == SIZE else SMALL_LEADING
    yield Rect(x, y, w, h, "head")
    first = y + h / 2 - len(lines) * leading / 2 + leading * 0.76
    for place, line in enumerate(lines):
        yield Text(x + w / 2, first + place * leading, line, size, "middle", True)


def _draw_row(drawing: Drawing, row: Row, y: float) -> Iterator[Item]:
    columns, no = drawing.columns, row.step.no
    right = columns.right("keterangan")
    yield Rect(MARGIN, y, right - MARGIN, row.height, "row", no)
    for key, lines in row.cells.items():
        middle = key in ("no", "waktu")
        x = columns.middle(key) if middle else columns.left(key) + PAD
        for place, line in enumerate(lines):
            baseline = y + PAD + (place + 0.76) * LEADING
            yield Text(x, baseline, line, SIZE, "middle" if middle else "start", step=no)


def _rules(drawing: Drawing) -> Iterator[Item]:
    columns = drawing.columns
    left, right = MARGIN, columns.right("keterangan")
    for x, width in columns.spans.values():
        yield Line(((x + width, drawing.top), (x + width, drawing.bottom)), "grid")
    for row, y in drawing.rows:
        for height in (y, y + row.height):
            if drawing.top + 0.1 < height < drawing.bottom - 0.1:
                yield Line(((left, height), (right, height)), "grid")
    yield Rect(left, drawing.top, right - left, drawing.bottom - drawing.top, "frame")


def _stopped(path: Sequence[Point]) -> tuple[Point, ...]:
    """The line, ending inside its arrow head rather than at its tip."""
    (ax, ay), (bx, by) = path[-2], path[-1]
    length = math.hypot(bx - ax, by - ay)
    back = min(ARROW_LENGTH / 2, length) / length if length else 0.0
    return (*path[:-1], (bx - (bx - ax) * back, by - (by - ay) * back))


def _arrow_head(a: Point, b: Point) -> tuple[Point, ...]:
    dx, dy = _unit(a, b)
    length = min(ARROW_LENGTH, max(math.dist(a, b), 1.0))
    x, y = b[0] - dx * length, b[1] - dy * length
    return (b, (x - dy * ARROW_HALF, y + dx * ARROW_HALF), (x + dy * ARROW_HALF, y - dx * ARROW_HALF))


def _unit(a: Point, b: Point) -> Point:
    length = math.hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    return ((b[0] - a[0]) / length, (b[1] - a[1]) / length)


def _draw_symbol(symbol: Symbol) -> Iterator[Item]:
    box, x, y = symbol.box, symbol.x, symbol.y
    if symbol.shape == "belah-ketupat":
        yield Polygon(((x, box.y0), (box.x1, y), (x, box.y1), (box.x0, y)), "symbol", symbol.step)
    elif symbol.shape == "segilima":
        shoulder = box.y1 - symbol.h * 0.35
        corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, shoulder), (x, box.y1), (box.x0, shoulder))
        yield Polygon(corners, "symbol", symbol.step)
    else:
        radius = symbol.h / 2 if symbol.shape == "kapsul" else 0.0
        yield Rect(box.x0, box.y0, symbol.w, symbol.h, "symbol", symbol.step, radius)
    if symbol.text:
        yield Text(x, y + SMALL * 0.36, symbol.text, SMALL, "middle", symbol.shape == "segilima", "label", symbol.step)


def _draw_label(label: Label) -> Iterator[Item]:
    box = label.box
    if label.over_lines:
        yield Rect(box.x0, box.y0 + 0.1, box.x1 - box.x0, box.y1 - box.y0 - 0.1, "halo")
    for place, line in enumerate(label.lines):
        y = box.y0 + (place + 0.78) * SMALL_LEADING
        yield Text((box.x0 + box.x1) / 2, y, line, SMALL, "middle", name="label", step=label.step)


def _foot(drawing: Drawing, place: int, count: int) -> Iterator[Item]:
    if count > 1:
        y = drawing.bottom + SMALL + 1.5
        right = drawing.columns.right("keterangan")
        yield Text(right, y, f"Halaman {place + 1} dari {count}", SMALL, "end", name="foot")
