"""From a procedure to the pages of its flowchart. Pure."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from himpun.procedures.definition import END, Procedure, Step
from himpun.procedures.flowchart.drawing import draw
from himpun.procedures.flowchart.page import Drawing, Edge, Symbol
from himpun.procedures.flowchart.primitives import (
    DIAMOND_HEIGHT,
    MARGIN,
    PAPERS,
    QUESTION,
    STRIP,
    SYMBOL_HEIGHT,
    TITLE,
    Page,
    Sheet,
)
from himpun.procedures.flowchart.routing import LEFT, RIGHT
from himpun.procedures.flowchart.table import (
    Columns,
    Row,
    begins_by_decision,
    columns_of,
    ends_by_decision,
    head_height,
    paginated,
    rows_of,
)
from himpun.procedures.reading import role_titles


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
    columns = columns_of(procedure, width)
    head = head_height(names, columns)
    room = height - 2 * MARGIN - 2 * TITLE - head - 4.0
    rows = rows_of(procedure, names, columns, min(room - 2 * STRIP, 1e6))
    pages = paginated(rows, room)
    drawings = [_stand(place, page, columns, head, len(pages)) for place, page in enumerate(pages)]
    _connect(procedure, pages, drawings)
    return Sheet(
        tuple(
            Page(width, _page_height(drawing, height), tuple(draw(drawing, procedure, names, place, len(pages))))
            for place, drawing in enumerate(drawings)
        )
    )


def _page_height(drawing: Drawing, height: float) -> float:
    return drawing.bottom + MARGIN if math.isinf(height) else height


def _stand(place: int, rows: Sequence[Row], columns: Columns, head: float, count: int) -> Drawing:
    """Give every row its place, and every actor in it a symbol."""
    top = MARGIN + 2 * TITLE + head
    steps = [row.step for row in rows if not row.goes_on]
    above = place > 0 or begins_by_decision(rows)
    below = place < count - 1 or any(ends_by_decision(step) for step in steps)
    y = top + (STRIP if above else 0.0)
    placed = []
    for row in rows:
        placed.append((row, y))
        y += row.height
    drawing = Drawing(columns, top, y + (STRIP if below else 0.0), placed)
    for row, row_y in placed:
        if not row.goes_on:
            _stand_symbols(drawing, row, row_y)
    return drawing


def _stand_symbols(drawing: Drawing, row: Row, y: float) -> None:
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
        drawing.symbols[name] = Symbol(
            shape, columns.middle(main), middle + shift, columns.symbol_width, high, step.no, text
        )
    _stand_helpers(drawing, step, others, drawing.symbols[_first_of(step)].y)


def _stand_helpers(drawing: Drawing, step: Step, others: Sequence[str], y: float) -> None:
    """Symbols of those who act along, joined by a line to their neighbours in the row."""
    columns = drawing.columns
    for key in others:
        width = columns.symbol_width
        drawing.symbols[f"{step.no}{key}"] = Symbol("kotak", columns.middle(key), y, width, SYMBOL_HEIGHT, step.no)
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


# --- what leads where, also over pages -------------------------------------------------------------------------------


def _connect(procedure: Procedure, pages: Sequence[Sequence[Row]], drawings: Sequence[Drawing]) -> None:
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


def _begin(first: Step, drawing: Drawing) -> None:
    symbol = drawing.symbols.get(_first_of(first))
    if symbol and first.is_decision:
        begin = _strip_symbol(drawing, "mulai", "kapsul", symbol.x, "Mulai", above=True)
        drawing.edges.append(Edge(begin, symbol, f"{first.no}"))


def _link_questions(step: Step, drawing: Drawing) -> None:
    names = [f"{step.no}.{place}" for place in range(len(step.questions) - 1)] + [f"{step.no}"]
    for left, right in pairwise(names if step.questions else []):
        if left in drawing.symbols:
            drawing.edges.append(Edge(drawing.symbols[left], drawing.symbols[right], right + "?", "ya"))


def _to_end(step: Step, start: Symbol, drawing: Drawing, label: str) -> None:
    if step.is_decision:
        end = drawing.symbols.get("selesai") or _strip_symbol(drawing, "selesai", "kapsul", start.x, "Selesai")
        drawing.edges.append(Edge(start, end, "selesai", label))


def _link(drawing: Drawing, start: Symbol, goal: Step, label: str) -> None:
    end = drawing.symbols.get(_first_of(goal))
    if end:
        drawing.edges.append(Edge(start, end, f"{goal.no}", label, back=goal.no <= start.step))


def _link_over_pages(
    drawings: Sequence[Drawing],
    here: int,
    there: int,
    start: Symbol,
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
    drawings[here].edges.append(Edge(start, out, name, label, back=not forward))
    if new:
        into = _strip_symbol(drawings[there], f"dari {letter}", "segilima", end.x, letter, above=forward)
        drawings[there].edges.append(Edge(into, end, f"{goal.no}", back=not forward))


def _letter(place: int) -> str:
    """A, B, … Z, A1, B1, …"""
    return chr(65 + place % 26) + (str(place // 26) if place >= 26 else "")


def _strip_symbol(drawing: Drawing, name: str, shape: str, near: float, text: str, above: bool = False) -> Symbol:
    """A symbol in the strip above or below the rows, in the free place nearest to x = `near`."""
    y = drawing.top + STRIP / 2 if above else drawing.bottom - STRIP / 2
    width = min(drawing.columns.width(drawing.columns.actors[0]) - 3.0, 13.0) if shape == "kapsul" else 6.0
    taken = [symbol for symbol in drawing.symbols.values() if symbol.y == y]
    x = _free_place(drawing.columns, taken, width, near)
    symbol = Symbol(shape, x, y, width, 6.0, 0, text)
    drawing.symbols[name] = symbol
    return symbol


def _free_place(columns: Columns, taken: Sequence[Symbol], width: float, near: float) -> float:
    """The middle of the nearest free column, or where none is free, the nearest room between the symbols there."""
    left, right = columns.edges
    anywhere = [left + 1.0 + width / 2 + step for step in range(int(right - left - width - 1.0))]
    middles = [columns.middle(key) for key in columns.actors]
    for places, gap in ((middles, 1.0), (anywhere, 2.5), (anywhere, 0.5)):
        free = [x for x in places if all(abs(x - other.x) >= (width + other.w) / 2 + gap for other in taken)]
        if free:
            return min(free, key=lambda x: abs(x - near))
    return near
