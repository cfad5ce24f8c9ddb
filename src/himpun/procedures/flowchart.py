"""The flowchart sheet of an SOP-AP, drawn once and shown twice: as SVG on a page and by Typst on paper.

Pure. `layout` turns a procedure into pages of four primitives (`Rect`, `Line`, `Polygon`, `Text`), all in millimetres
from the top left corner. The form is that of PermenPANRB 35/2012: No, Aktivitas, a column for each
actor, Mutu Baku (Kelengkapan, Waktu, Output), Keterangan; and its five symbols: kapsul for the start and the end, kotak
for an activity, belah ketupat for a decision, anak panah for the way, segilima for a way that goes on on another page.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from html import escape
from itertools import pairwise

from himpun.procedures.definition import END, Procedure, Step, role_titles, worded
from himpun.procedures.lettering import text_width, wrapped
from himpun.procedures.routing import DOWN, LEFT, RIGHT, UP, Box, Direction, Grid, Group, Point, Port, box_of

PAPERS = {"a4": (297.0, 210.0), "f4": (330.0, 215.0)}
"""Paper → width and height in millimetres, lying down. F4 is folio."""

MARGIN = 10.0
SIZE, LEADING = 2.7, 3.25
SMALL, SMALL_LEADING, HEAD_LEAST = 2.15, 2.4, 1.6
TITLE = 4.2
PAD = 1.4
GROUP_HEAD = 5.5
STRIP = 13.0
SYMBOL_HEIGHT, DIAMOND_HEIGHT = 7.0, 9.0
ROW, DECISION_ROW, QUESTION = 16.0, 20.0, 14.0
ARROW_LENGTH, ARROW_HALF = 2.0, 0.8
CLEAR = 0.7
"""All lengths in millimetres; SIZE is the type size of the cells, SMALL that of the words beside the lines."""

BASE = {"no": 8.0, "aktivitas": 52.0, "kelengkapan": 31.0, "waktu": 16.0, "output": 30.0, "keterangan": 26.0}
"""How wide the text columns would like to be."""
ACTOR_LEAST, ACTOR_MOST = 18.0, 30.0
HEADS = {"no": "No", "aktivitas": "Aktivitas", "kelengkapan": "Kelengkapan", "waktu": "Waktu", "output": "Output"}


# The primitives


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle; `name` says what it is and how it is drawn (STYLES), `step` whose row it belongs to (0: none)."""

    x: float
    y: float
    w: float
    h: float
    name: str
    step: int = 0
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line through `points`."""

    points: tuple[Point, ...]
    name: str
    step: int = 0


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed shape with these corners."""

    points: tuple[Point, ...]
    name: str
    step: int = 0


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; (x, y) is on its baseline, at its start, middle or end as `anchor` says."""

    x: float
    y: float
    text: str
    size: float
    anchor: str = "start"
    bold: bool = False
    name: str = "text"
    step: int = 0


Item = Rect | Line | Polygon | Text


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet of paper: its size and what is drawn on it, the first at the bottom."""

    width: float
    height: float
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole flowchart."""

    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """Colours ("" for none) and the width of the line in millimetres."""

    fill: str = ""
    stroke: str = ""
    width: float = 0.0


INK = "#111111"
STYLES = {
    "row": Style("#ffffff"),
    "head": Style("#e9eef4", INK, 0.2),
    "grid": Style("", INK, 0.2),
    "frame": Style("", INK, 0.35),
    "symbol": Style("#ffffff", INK, 0.35),
    "join": Style("", INK, 0.3),
    "flow": Style("", INK, 0.3),
    "arrow": Style(INK),
    "halo": Style("#ffffff"),
    "text": Style(INK),
    "label": Style(INK),
    "mark": Style(INK),
    "title": Style(INK),
    "foot": Style("#444444"),
}
"""Name of a primitive → how it is drawn, on the page and on paper."""


# Columns and rows


@dataclass(frozen=True, slots=True)
class _Columns:
    """Left edge and width of every column, by key; actors' keys are their roles'."""

    spans: Mapping[str, tuple[float, float]]
    actors: tuple[str, ...]

    def left(self, key: str) -> float:
        return self.spans[key][0]

    def width(self, key: str) -> float:
        return self.spans[key][1]

    def right(self, key: str) -> float:
        return self.left(key) + self.width(key)

    def middle(self, key: str) -> float:
        return self.left(key) + self.width(key) / 2

    @property
    def edges(self) -> tuple[float, float]:
        """Where the actors' columns begin and end."""
        return (self.left(self.actors[0]), self.right(self.actors[-1])) if self.actors else (0.0, 0.0)

    @property
    def symbol_width(self) -> float:
        width = self.width(self.actors[0])
        return max(min(width - 9.0, 15.0), min(10.0, width * 0.56))


def _columns(procedure: Procedure, paper_width: float) -> _Columns:
    actors = _acting(procedure)
    room = paper_width - 2 * MARGIN
    wish = (room - sum(BASE.values())) / max(len(actors), 1)
    actor = min(max(wish, ACTOR_LEAST), ACTOR_MOST)
    fixed = BASE["no"] + BASE["waktu"]
    scale = max((room - actor * len(actors) - fixed) / (sum(BASE.values()) - fixed), 0.62)
    widths = {key: width * (1 if key in ("no", "waktu") else scale) for key, width in BASE.items()}
    actor = (room - sum(widths.values())) / max(len(actors), 1)
    keys = ["no", "aktivitas", *(f"@{key}" for key in actors), "kelengkapan", "waktu", "output", "keterangan"]
    spans, x = {}, MARGIN
    for key in keys:
        width = actor if key.startswith("@") else widths[key]
        spans[key], x = (x, width), x + width
    return _Columns(spans, tuple(f"@{key}" for key in actors))


def _acting(procedure: Procedure) -> list[str]:
    """The roles that have a column: all who act, or every role where the source tells no actors."""
    acting = {key for step in procedure.steps for key in step.actors}
    known = [role.key for role in procedure.roles]
    return [key for key in known if key in acting] or known


@dataclass(frozen=True, slots=True)
class _Row:
    """One row on a page: a step, or what did not fit of a step's text (`goes_on`)."""

    step: Step
    cells: Mapping[str, tuple[str, ...]]
    height: float
    goes_on: bool = False


def _rows(procedure: Procedure, titles: Mapping[str, str], columns: _Columns, most: float) -> list[_Row]:
    return [row for step in procedure.steps for row in _split(step, _cells(step, titles, columns), most)]


def _cells(step: Step, titles: Mapping[str, str], columns: _Columns) -> dict[str, list[str]]:
    questions = [f"({place}) {text}" for place, text in enumerate(step.questions, 1)]
    remark = [f"Catatan: {step.remark}"] if step.remark else []
    paragraphs = {
        "no": [f"{step.no}."],
        "aktivitas": [step.title, *questions],
        "kelengkapan": list(step.needs),
        "waktu": [step.time_text],
        "output": [step.output],
        "keterangan": [step.note, *remark],
    }
    return {key: _lines(texts, titles, columns.width(key)) for key, texts in paragraphs.items()}


def _lines(texts: Sequence[str], titles: Mapping[str, str], width: float) -> list[str]:
    return [line for text in texts for line in wrapped(worded(text, titles), width - 2 * PAD, SIZE)]


def _split(step: Step, cells: Mapping[str, list[str]], most: float) -> Iterator[_Row]:
    """The rows of one step: one, unless its text is longer than a page is high."""
    count = max(int((most - 2 * PAD) / LEADING), 1)
    longest = max(len(lines) for lines in cells.values())
    for start in range(0, max(longest, 1), count):
        part = {key: tuple(lines[start : start + count]) for key, lines in cells.items()}
        text = max(len(lines) for lines in part.values()) * LEADING + 2 * PAD
        yield _Row(step, part, max(text, 0.0 if start else _least_height(step)), start > 0)


def _least_height(step: Step) -> float:
    if len(step.questions) > 1:
        return QUESTION * len(step.questions) + 6.0
    return DECISION_ROW if step.is_decision else ROW


def _ends_by_decision(step: Step) -> bool:
    return step.is_decision and END in step.next.values()


def _begins_by_decision(rows: Sequence[_Row]) -> bool:
    return any(row.step.no == 1 and row.step.is_decision for row in rows)


def _paginated(rows: Sequence[_Row], room: float) -> list[list[_Row]]:
    """Rows by page, in as few pages as they need, those evenly filled; strips keep their room on every page."""
    ends = STRIP * (_begins_by_decision(rows) + any(_ends_by_decision(row.step) for row in rows))
    if sum(row.height for row in rows) + ends <= room:
        return [list(rows)]
    pages = _filled(rows, room - 2 * STRIP)
    least = sum(row.height for row in rows) / len(pages)
    limits = (least + place * (room - 2 * STRIP - least) / 20 for place in range(20))
    return next((even for limit in limits if len(even := _filled(rows, limit)) == len(pages)), pages)


def _filled(rows: Sequence[_Row], room: float) -> list[list[_Row]]:
    pages: list[list[_Row]] = [[]]
    left = room
    for row in rows:
        if pages[-1] and row.height > left:
            pages.append([])
            left = room
        pages[-1].append(row)
        left -= row.height
    return pages


# One page: where everything stands


@dataclass(frozen=True, slots=True)
class _Symbol:
    """A symbol in the drawing: its shape, its middle and size."""

    shape: str
    x: float
    y: float
    w: float
    h: float
    step: int = 0
    text: str = ""

    @property
    def box(self) -> Box:
        return Box(self.x - self.w / 2, self.y - self.h / 2, self.x + self.w / 2, self.y + self.h / 2)

    def port(self, out: Direction, cost: float) -> Port:
        return Port((self.x + out[0] * self.w / 2, self.y + out[1] * self.h / 2), out, cost)


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line to draw on one page, from one symbol to another; `goal` is shared by the lines that may merge."""

    start: _Symbol
    end: _Symbol
    goal: str
    label: str = ""
    back: bool = False

    @property
    def group(self) -> Group:
        return (self.goal, self.back)


@dataclass
class _Drawing:
    """One page while it is being drawn."""

    columns: _Columns
    top: float
    bottom: float
    rows: list[tuple[_Row, float]]
    symbols: dict[str, _Symbol] = field(default_factory=dict)
    joins: list[tuple[Point, Point]] = field(default_factory=list)
    edges: list[_Edge] = field(default_factory=list)
    used: dict[tuple[_Symbol, Direction], str] = field(default_factory=dict)


def layout(
    procedure: Procedure,
    titles: Mapping[str, str] | None = None,
    paper: str = "a4",
    page_height: float | None = None,
) -> Sheet:
    """The flowchart sheet of `procedure`, with an office's `titles` for its roles (role key → title).

    `paper` is a key of PAPERS (KeyError otherwise). `page_height`, in millimetres, overrides the paper's height;
    `math.inf` gives one page as tall as it must be, for a screen.
    """
    width, height = PAPERS[paper]
    height = page_height or height
    names = role_titles(procedure, titles)
    columns = _columns(procedure, width)
    head = _head_height(names, columns)
    room = height - 2 * MARGIN - 2 * TITLE - head - 4.0
    rows = _rows(procedure, names, columns, min(room - 2 * STRIP, 1e6))
    pages = _paginated(rows, room)
    drawings = [_stand(place, page, columns, head, len(pages)) for place, page in enumerate(pages)]
    _connect(procedure, pages, drawings)
    return Sheet(
        tuple(
            Page(width, _page_height(drawing, height), tuple(_draw(drawing, procedure, names, place, len(pages))))
            for place, drawing in enumerate(drawings)
        )
    )


def _page_height(drawing: _Drawing, height: float) -> float:
    return drawing.bottom + MARGIN if math.isinf(height) else height


def _stand(place: int, rows: Sequence[_Row], columns: _Columns, head: float, count: int) -> _Drawing:
    """Give every row its place, and every actor in it a symbol."""
    top = MARGIN + 2 * TITLE + head
    steps = [row.step for row in rows if not row.goes_on]
    above = place > 0 or _begins_by_decision(rows)
    below = place < count - 1 or any(_ends_by_decision(step) for step in steps)
    y = top + (STRIP if above else 0.0)
    placed = []
    for row in rows:
        placed.append((row, y))
        y += row.height
    drawing = _Drawing(columns, top, y + (STRIP if below else 0.0), placed)
    for row, row_y in placed:
        if not row.goes_on:
            _stand_symbols(drawing, row, row_y)
    return drawing


def _stand_symbols(drawing: _Drawing, row: _Row, y: float) -> None:
    step, columns = row.step, drawing.columns
    actors = [f"@{key}" for key in step.actors if f"@{key}" in columns.spans]
    if not actors:
        return
    middle = y + row.height / 2
    main, *others = actors
    count = max(len(step.questions), 1)
    for place in range(count):
        shift = (place - (count - 1) / 2) * QUESTION
        text = str(place + 1) if count > 1 else ""
        shape, high = _shape(step), DIAMOND_HEIGHT if step.is_decision else SYMBOL_HEIGHT
        name = f"{step.no}.{place}" if place < count - 1 else f"{step.no}"
        drawing.symbols[name] = _Symbol(
            shape, columns.middle(main), middle + shift, columns.symbol_width, high, step.no, text
        )
    _stand_helpers(drawing, step, others, drawing.symbols[_first_of(step)].y)


def _stand_helpers(drawing: _Drawing, step: Step, others: Sequence[str], y: float) -> None:
    """Symbols of those who act along, joined by a line to their neighbours in the row."""
    columns = drawing.columns
    for key in others:
        width = columns.symbol_width
        drawing.symbols[f"{step.no}{key}"] = _Symbol("kotak", columns.middle(key), y, width, SYMBOL_HEIGHT, step.no)
    row = sorted((s for s in drawing.symbols.values() if s.step == step.no and s.y == y), key=lambda symbol: symbol.x)
    for left, right in pairwise(row):
        drawing.joins.append(((left.box.x1, y), (right.box.x0, y)))
        drawing.used[left, RIGHT] = drawing.used[right, LEFT] = "join"


def _shape(step: Step) -> str:
    if step.is_decision:
        return "belah-ketupat"
    return "kapsul" if step.no == 1 or END in step.next.values() else "kotak"


def _first_of(step: Step) -> str:
    """The name of the symbol at which lines to this step arrive."""
    return f"{step.no}.0" if len(step.questions) > 1 else f"{step.no}"


def _leaving(step: Step, place: int) -> str:
    """The name of the symbol from which the decision at `place` leaves: the first from the last diamond."""
    count = len(step.questions)
    if count < 2 or place == 0:
        return f"{step.no}"
    at = min(place - 1, count - 1)
    return f"{step.no}.{at}" if at < count - 1 else f"{step.no}"


# What leads where, also over pages


def _connect(procedure: Procedure, pages: Sequence[Sequence[_Row]], drawings: Sequence[_Drawing]) -> None:
    on_page = {row.step.no: place for place, page in enumerate(pages) for row in page if not row.goes_on}
    letters: dict[tuple[int, int, int], str] = {}
    if procedure.steps:
        _begin(procedure.first, drawings[0])
    for step in procedure.steps:
        _link_questions(step, drawings[on_page[step.no]])
        for place, (decision, target) in enumerate(step.next.items()):
            label = decision if step.is_decision else ""
            start = drawings[on_page[step.no]].symbols.get(_leaving(step, place))
            if start is None:
                continue
            if target == END:
                _to_end(step, start, drawings[on_page[step.no]], label)
            elif isinstance(target, int) and target in on_page:
                here, there = on_page[step.no], on_page[target]
                goal = procedure.step(target)
                if here == there:
                    _link(drawings[here], start, goal, label)
                else:
                    _link_over_pages(drawings, here, there, start, goal, label, letters)


def _begin(first: Step, drawing: _Drawing) -> None:
    symbol = drawing.symbols.get(_first_of(first))
    if symbol and first.is_decision:
        begin = _strip_symbol(drawing, "mulai", "kapsul", symbol.x, "Mulai", above=True)
        drawing.edges.append(_Edge(begin, symbol, f"{first.no}"))


def _link_questions(step: Step, drawing: _Drawing) -> None:
    names = [f"{step.no}.{place}" for place in range(len(step.questions) - 1)] + [f"{step.no}"]
    for left, right in pairwise(names if step.questions else []):
        if left in drawing.symbols:
            drawing.edges.append(_Edge(drawing.symbols[left], drawing.symbols[right], right + "?", "ya"))


def _to_end(step: Step, start: _Symbol, drawing: _Drawing, label: str) -> None:
    if step.is_decision:
        end = drawing.symbols.get("selesai") or _strip_symbol(drawing, "selesai", "kapsul", start.x, "Selesai")
        drawing.edges.append(_Edge(start, end, "selesai", label))


def _link(drawing: _Drawing, start: _Symbol, goal: Step, label: str) -> None:
    end = drawing.symbols.get(_first_of(goal))
    if end:
        drawing.edges.append(_Edge(start, end, f"{goal.no}", label, back=goal.no <= start.step))


def _link_over_pages(
    drawings: Sequence[_Drawing],
    here: int,
    there: int,
    start: _Symbol,
    goal: Step,
    label: str,
    letters: dict[tuple[int, int, int], str],
) -> None:
    """Draw the way to another page as a pair of pentagons with one letter; ways to the same step share the pair."""
    end = drawings[there].symbols.get(_first_of(goal))
    if end is None:
        return
    key, forward = (here, there, goal.no), there > here
    new = key not in letters
    letter = letters.setdefault(key, _letter(len(letters)))
    name = f"ke {letter}"
    out = drawings[here].symbols.get(name) or _strip_symbol(
        drawings[here], name, "segilima", start.x, letter, above=not forward
    )
    drawings[here].edges.append(_Edge(start, out, name, label, back=not forward))
    if new:
        into = _strip_symbol(drawings[there], f"dari {letter}", "segilima", end.x, letter, above=forward)
        drawings[there].edges.append(_Edge(into, end, f"{goal.no}", back=not forward))


def _letter(place: int) -> str:
    """A, B, … Z, A1, B1, …"""
    return chr(65 + place % 26) + (str(place // 26) if place >= 26 else "")


def _strip_symbol(drawing: _Drawing, name: str, shape: str, near: float, text: str, above: bool = False) -> _Symbol:
    """A symbol in the strip above or below the rows, in the free place nearest to x = `near`."""
    y = drawing.top + STRIP / 2 if above else drawing.bottom - STRIP / 2
    width = min(drawing.columns.width(drawing.columns.actors[0]) - 3.0, 13.0) if shape == "kapsul" else 6.0
    taken = [symbol for symbol in drawing.symbols.values() if symbol.y == y]
    x = _free_place(drawing.columns, taken, width, near)
    symbol = _Symbol(shape, x, y, width, 6.0, 0, text)
    drawing.symbols[name] = symbol
    return symbol


def _free_place(columns: _Columns, taken: Sequence[_Symbol], width: float, near: float) -> float:
    """The middle of the nearest free column, or where none is free, the nearest room between the symbols there."""
    left, right = columns.edges
    anywhere = [left + 1.0 + width / 2 + step for step in range(int(right - left - width - 1.0))]
    middles = [columns.middle(key) for key in columns.actors]
    for places, gap in ((middles, 1.0), (anywhere, 2.5), (anywhere, 0.5)):
        free = [x for x in places if all(abs(x - other.x) >= (width + other.w) / 2 + gap for other in taken)]
        if free:
            return min(free, key=lambda x: abs(x - near))
    return near


# The lines


def _ruled(drawing: _Drawing) -> Grid:
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


def _lanes(columns: _Columns, key: str) -> list[float]:
    gutter = (columns.width(key) - columns.symbol_width) / 2
    away = [place for place in (1.0, 2.0, 3.0, 4.0) if place <= gutter - 2.3] or [gutter / 3]
    left, right = columns.left(key), columns.right(key)
    return [left + x for x in away] + [columns.middle(key)] + [right - x for x in away]


def _tracks(top: float, bottom: float) -> list[float]:
    return [top + 1.0, top + 2.0, bottom - 2.0, bottom - 1.0]


def _routes(drawing: _Drawing) -> list[tuple[_Edge, list[Point]]]:
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


def _reach(edge: _Edge) -> tuple[bool, float]:
    return (edge.back, abs(edge.end.y - edge.start.y) + abs(edge.end.x - edge.start.x) / 4)


def _ways_out(drawing: _Drawing, edge: _Edge) -> list[Port]:
    """Where the edge may leave: downward or sideways, upward only from a strip or when it goes back."""
    down, side, up = (6.0, 0.0, 9.0) if edge.back else (0.0, 1.0, 30.0)
    if edge.start.shape == "segilima":
        down, side, up = (30.0, 2.0, 0.0) if edge.back else (0.0, 2.0, 30.0)
    costs = {DOWN: down, LEFT: side, RIGHT: side, UP: up}
    return [edge.start.port(out, cost + _worn(drawing, edge.start, out, "")) for out, cost in costs.items()]


def _ways_in(drawing: _Drawing, edge: _Edge) -> list[Port]:
    """Where the edge may arrive: from above, sideways, at need from below; only from above where three lines leave."""
    top, side, bottom = (3.0, 0.0, 25.0) if edge.back else (0.0, 5.0, 40.0)
    if edge.end.shape == "segilima" and edge.back:
        top, side, bottom = 6.0, 0.0, 30.0
    if sum(other.start == edge.end for other in drawing.edges) > 2:
        side, bottom = side + 100.0, bottom + 100.0
    costs = {UP: top, LEFT: side, RIGHT: side, DOWN: bottom}
    return [edge.end.port(out, cost + _worn(drawing, edge.end, out, edge.goal)) for out, cost in costs.items()]


def _worn(drawing: _Drawing, symbol: _Symbol, out: Direction, goal: str) -> float:
    """What it costs to use a port that another line already uses; nothing for lines that merge."""
    user = drawing.used.get((symbol, out))
    if user == "join":
        return 500.0
    return 0.0 if user is None or user == goal else 150.0


def _use_ports(drawing: _Drawing, edge: _Edge, path: Sequence[Point]) -> None:
    for symbol, point, user in ((edge.start, path[0], f"out {edge.label}"), (edge.end, path[-1], edge.goal)):
        for out in (DOWN, LEFT, RIGHT, UP):
            if math.dist(symbol.port(out, 0).at, point) < 0.05:
                drawing.used[symbol, out] = user


# The words beside the lines


@dataclass(frozen=True, slots=True)
class _Label:
    lines: tuple[str, ...]
    box: Box
    step: int
    over_lines: bool = False


def _labels(drawing: _Drawing, routes: Sequence[tuple[_Edge, list[Point]]]) -> list[_Label]:
    """Each decision's word, put where it touches the least."""
    stretches = [box_of(a, b).grown(0.25) for _, path in routes for a, b in pairwise(path)]
    stretches += [box_of(a, b).grown(0.25) for a, b in drawing.joins]
    symbols = [symbol.box.grown(0.2) for symbol in drawing.symbols.values()]
    labels: list[_Label] = []
    for edge, path in routes:
        if edge.label:
            places = list(_label_places(edge, path))
            costs = [_label_cost(drawing, place, stretches, symbols, labels) for place in places]
            best = min(range(len(places)), key=lambda at: costs[at] + at * 0.05)
            labels.append(replace(places[best], over_lines=costs[best] >= 1.0))
    return labels


def _label_places(edge: _Edge, path: Sequence[Point]) -> Iterator[_Label]:
    """Places beside the first stretches of a line, the nearest to the symbol first, on one line of words or more."""
    words = edge.label.split()
    forms = [[edge.label]] + ([words] if len(words) > 1 else [])
    for a, b in list(pairwise(path))[:3]:
        for form in forms:
            width = max(text_width(line, SMALL) for line in form) + 0.6
            height = len(form) * SMALL_LEADING
            for x, y in _beside(a, b, width, height):
                yield _Label(tuple(form), Box(x, y, x + width, y + height), edge.start.step)


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
    drawing: _Drawing, label: _Label, stretches: Sequence[Box], symbols: Sequence[Box], labels: Sequence[_Label]
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


# Drawing


def _draw(drawing: _Drawing, procedure: Procedure, names: Mapping[str, str], place: int, count: int) -> Iterator[Item]:
    yield from _heading(drawing, procedure, place)
    yield from _head(drawing, names)
    for row, y in drawing.rows:
        yield from _draw_row(drawing, row, y)
    yield from _rules(drawing)
    routes = _routes(drawing)
    for a, b in drawing.joins:
        yield Line((a, b), "join")
    for edge, path in routes:
        yield Line(_stopped(path), "flow", edge.start.step)
    for _, path in routes:
        yield Polygon(_arrow_head(path[-2], path[-1]), "arrow")
    for symbol in drawing.symbols.values():
        yield from _draw_symbol(symbol)
    for label in _labels(drawing, routes):
        yield from _draw_label(label)
    yield from _foot(drawing, place, count)


def _heading(drawing: _Drawing, procedure: Procedure, place: int) -> Iterator[Item]:
    left, right = MARGIN, drawing.columns.right("keterangan")
    more = " (lanjutan)" if place else ""
    title = f"Bagan Alir SOP {procedure.name}{more}"
    lines = wrapped(title, right - left, TITLE * 0.86, bold=True)[:2]
    for line_no, line in enumerate(lines):
        y = MARGIN + TITLE * 0.86 + line_no * TITLE
        yield Text((left + right) / 2, y, line, TITLE * 0.86, "middle", True, "title")


def _head_size(names: Mapping[str, str], columns: _Columns) -> float:
    """The type size over the actors' columns: SMALL, or less where a word would break, down to HEAD_LEAST."""
    words = [word for key in columns.actors for word in names.get(key[1:], key[1:]).split()]
    widest = max((text_width(word, SMALL, bold=True) for word in words), default=0.0)
    room = min((columns.width(key) for key in columns.actors), default=0.0) - 1.2
    return SMALL if widest <= room else max(SMALL * room / widest - 0.01, HEAD_LEAST)


def _head_titles(names: Mapping[str, str], columns: _Columns, size: float) -> dict[str, list[str]]:
    """The lines of words over each actor's column."""
    return {key: wrapped(names.get(key[1:], key[1:]), columns.width(key) - 1.2, size, True) for key in columns.actors}


def _head_height(names: Mapping[str, str], columns: _Columns) -> float:
    titles = _head_titles(names, columns, _head_size(names, columns))
    longest = max((len(lines) for lines in titles.values()), default=1)
    return GROUP_HEAD + max(longest * SMALL_LEADING + 2 * PAD, 7.0)


def _head(drawing: _Drawing, names: Mapping[str, str]) -> Iterator[Item]:
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
    size = _head_size(names, columns)
    for key, lines in _head_titles(names, columns, size).items():
        yield from _head_cell(columns.left(key), middle, columns.width(key), bottom - middle, lines, size)


def _head_cell(x: float, y: float, w: float, h: float, lines: Sequence[str], size: float = SIZE) -> Iterator[Item]:
    leading = LEADING if size == SIZE else SMALL_LEADING
    yield Rect(x, y, w, h, "head")
    first = y + h / 2 - len(lines) * leading / 2 + leading * 0.76
    for place, line in enumerate(lines):
        yield Text(x + w / 2, first + place * leading, line, size, "middle", True)


def _draw_row(drawing: _Drawing, row: _Row, y: float) -> Iterator[Item]:
    columns, no = drawing.columns, row.step.no
    right = columns.right("keterangan")
    yield Rect(MARGIN, y, right - MARGIN, row.height, "row", no)
    for key, lines in row.cells.items():
        middle = key in ("no", "waktu")
        x = columns.middle(key) if middle else columns.left(key) + PAD
        for place, line in enumerate(lines):
            baseline = y + PAD + (place + 0.76) * LEADING
            yield Text(x, baseline, line, SIZE, "middle" if middle else "start", step=no)


def _rules(drawing: _Drawing) -> Iterator[Item]:
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


def _draw_symbol(symbol: _Symbol) -> Iterator[Item]:
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


def _draw_label(label: _Label) -> Iterator[Item]:
    box = label.box
    if label.over_lines:
        yield Rect(box.x0, box.y0 + 0.1, box.x1 - box.x0, box.y1 - box.y0 - 0.1, "halo")
    for place, line in enumerate(label.lines):
        y = box.y0 + (place + 0.78) * SMALL_LEADING
        yield Text((box.x0 + box.x1) / 2, y, line, SMALL, "middle", name="label", step=label.step)


def _foot(drawing: _Drawing, place: int, count: int) -> Iterator[Item]:
    if count > 1:
        y = drawing.bottom + SMALL + 1.5
        right = drawing.columns.right("keterangan")
        yield Text(right, y, f"Halaman {place + 1} dari {count}", SMALL, "end", name="foot")


# As SVG


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


# As data for Typst


def page_data(page: Page) -> dict[str, object]:
    """One page as JSON values: its size, and its items with their kind and their style resolved."""
    return {"width": page.width, "height": page.height, "items": [_item_data(item) for item in page.items]}


def _item_data(item: Item) -> dict[str, object]:
    style = STYLES[item.name]
    return asdict(item) | {"kind": type(item).__name__.lower(), "style": asdict(style)}
