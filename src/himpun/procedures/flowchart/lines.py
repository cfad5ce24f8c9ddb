"""The lines between the steps: lanes, ports, labels. Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from himpun.procedures.flowchart.lettering import text_width
from himpun.procedures.flowchart.page import Drawing, Edge, Symbol
from himpun.procedures.flowchart.primitives import CLEAR, QUESTION, SMALL, SMALL_LEADING
from himpun.procedures.flowchart.routing import DOWN, LEFT, RIGHT, UP, Box, Direction, Grid, Point, Port, box_of
from himpun.procedures.flowchart.table import Columns

# --- the lines -------------------------------------------------------------------------------------------------------


def _ruled(drawing: Drawing) -> Grid:
    """The paper on which this page's lines may run: lanes beside the symbols, and above and below them in each row."""
    columns = drawing.columns
    xs = [x for key in columns.actors for x in _lanes(columns, key)]
    ys = [
        y for symbol in drawing.symbols.values() for y in (symbol.y, symbol.y - QUESTION / 2, symbol.y + QUESTION / 2)
    ]
    xs += [symbol.x for symbol in drawing.symbols.values()]
    bands = [(y, y + row.height) for row, y in drawing.rows]
    if drawing.rows:
        bands += [(drawing.top, drawing.rows[0][1]), (bands[-1][1], drawing.bottom)]
    ys += [y for band in bands if band[1] - band[0] > 1 for y in _tracks(*band)]
    return Grid(xs, ys, [symbol.box.grown(CLEAR) for symbol in drawing.symbols.values()])


def _lanes(columns: Columns, key: str) -> list[float]:
    gutter = (columns.width(key) - columns.symbol_width) / 2
    away = [place for place in (1.0, 2.0, 3.0, 4.0) if place <= gutter - 2.3] or [gutter / 3]
    left, right = columns.left(key), columns.right(key)
    return [left + x for x in away] + [columns.middle(key)] + [right - x for x in away]


def _tracks(top: float, bottom: float) -> list[float]:
    return [top + 1.0, top + 2.0, bottom - 2.0, bottom - 1.0]


def routes_of(drawing: Drawing) -> list[tuple[Edge, list[Point]]]:
    """Every edge with its line: straight ways first, then the shorter before the longer."""
    grid = _ruled(drawing)
    for a, b in drawing.joins:
        grid.lay([a, b], ("join", False))
    routes = []
    for edge in sorted(drawing.edges, key=_reach):
        starts = _ways_out(drawing, edge)
        path = grid.route(starts, _ways_in(drawing, edge), edge.group)
        if path:
            _use_ports(drawing, edge, path)
            routes.append((edge, path))
    return routes


def _reach(edge: Edge) -> tuple[bool, float]:
    return (edge.back, abs(edge.end.y - edge.start.y) + abs(edge.end.x - edge.start.x) / 4)


def _ways_out(drawing: Drawing, edge: Edge) -> list[Port]:
    """Where the edge may leave: downward or sideways, upward only from a strip or when it goes back."""
    down, side, up = (6.0, 0.0, 9.0) if edge.back else (0.0, 1.0, 30.0)
    if edge.start.shape == "segilima":
        down, side, up = (30.0, 2.0, 0.0) if edge.back else (0.0, 2.0, 30.0)
    costs = {DOWN: down, LEFT: side, RIGHT: side, UP: up}
    return [edge.start.port(out, cost + _worn(drawing, edge.start, out, "")) for out, cost in costs.items()]


def _ways_in(drawing: Drawing, edge: Edge) -> list[Port]:
    """Where the edge may arrive: from above, sideways, at need from below; only from above where three lines leave."""
    top, side, bottom = (3.0, 0.0, 25.0) if edge.back else (0.0, 5.0, 40.0)
    if edge.end.shape == "segilima" and edge.back:
        top, side, bottom = 6.0, 0.0, 30.0
    if sum(other.start == edge.end for other in drawing.edges) > 2:
        side, bottom = side + 100.0, bottom + 100.0
    costs = {UP: top, LEFT: side, RIGHT: side, DOWN: bottom}
    return [edge.end.port(out, cost + _worn(drawing, edge.end, out, edge.goal)) for out, cost in costs.items()]


def _worn(drawing: Drawing, symbol: Symbol, out: Direction, goal: str) -> float:
    """What it costs to use a port that another line already uses; nothing for lines that merge."""
    user = drawing.used.get((symbol, out))
    if user == "join":
        return 500.0
    return 0.0 if user is None or user == goal else 150.0


def _use_ports(drawing: Drawing, edge: Edge, path: Sequence[Point]) -> None:
    for symbol, point, user in ((edge.start, path[0], f"out {edge.label}"), (edge.end, path[-1], edge.goal)):
        for out in (DOWN, LEFT, RIGHT, UP):
            if math.dist(symbol.port(out, 0).at, point) < 0.05:
                drawing.used[symbol, out] = user


# --- the words beside the lines --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Label:
    lines: tuple[str, ...]
    box: Box
    step: int
    over_lines: bool = False


def labels_of(drawing: Drawing, routes: Sequence[tuple[Edge, list[Point]]]) -> list[Label]:
    """Each decision's word, put where it touches the least."""
    stretches = [box_of(a, b).grown(0.25) for _, path in routes for a, b in pairwise(path)]
    stretches += [box_of(a, b).grown(0.25) for a, b in drawing.joins]
    symbols = [symbol.box.grown(0.2) for symbol in drawing.symbols.values()]
    labels: list[Label] = []
    for edge, path in routes:
        if edge.label:
            places = list(_label_places(edge, path))
            costs = [_label_cost(drawing, place, stretches, symbols, labels) for place in places]
            best = min(range(len(places)), key=lambda at: costs[at] + at * 0.05)
            labels.append(replace(places[best], over_lines=costs[best] >= 1.0))
    return labels


def _label_places(edge: Edge, path: Sequence[Point]) -> Iterator[Label]:
    """Places beside the first stretches of a line, the nearest to the symbol first, on one line of words or more."""
    words = edge.label.split()
    forms = [[edge.label]] + ([words] if len(words) > 1 else [])
    for a, b in list(pairwise(path))[:3]:
        for form in forms:
            width = max(text_width(line, SMALL) for line in form) + 0.6
            height = len(form) * SMALL_LEADING
            for x, y in _beside(a, b, width, height):
                yield Label(tuple(form), Box(x, y, x + width, y + height), edge.start.step)


def _beside(a: Point, b: Point, width: float, height: float) -> Iterator[Point]:
    """Top left corners of a label beside the stretch from a to b, going along it."""
    length = abs(b[0] - a[0]) + abs(b[1] - a[1])
    for along in (0.4, 1.5, 3.0, 5.0, 8.0, 12.0, 17.0):
        if along > max(length, 0.5):
            return
        if abs(a[1] - b[1]) < 0.01:
            x = a[0] + along if b[0] > a[0] else a[0] - along - width
            yield from ((x, a[1] - height - 0.3), (x, a[1] + 0.3))
        else:
            y = a[1] + along if b[1] > a[1] else a[1] - along - height
            yield from ((a[0] + 0.4, y), (a[0] - 0.4 - width, y))


def _label_cost(
    drawing: Drawing, label: Label, stretches: Sequence[Box], symbols: Sequence[Box], labels: Sequence[Label]
) -> float:
    left, right = drawing.columns.edges
    out = label.box.x0 < left + 0.3 or label.box.x1 > right - 0.3
    out = out or label.box.y0 < drawing.top or label.box.y1 > drawing.bottom
    borders = [edge for row, y in drawing.rows for edge in (y, y + row.height)]
    cost = 400.0 * out
    cost += 200.0 * sum(label.box.meets(symbol) for symbol in symbols)
    cost += 200.0 * sum(label.box.meets(other.box.grown(0.3)) for other in labels)
    cost += 30.0 * sum(label.box.meets(stretch) for stretch in stretches)
    cost += 9.0 * sum(label.box.x0 < drawing.columns.left(key) < label.box.x1 for key in drawing.columns.actors[1:])
    return cost + 12.0 * sum(label.box.y0 < y < label.box.y1 for y in borders)
