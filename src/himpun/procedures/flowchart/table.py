"""The rows and columns of the flowchart, and which page they stand on. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from himpun.procedures.definition import END, Procedure, Step
from himpun.procedures.flowchart.lettering import text_width, wrapped
from himpun.procedures.flowchart.primitives import (
    ACTOR_LEAST,
    ACTOR_MOST,
    BASE,
    DECISION_ROW,
    GROUP_HEAD,
    HEAD_LEAST,
    LEADING,
    MARGIN,
    PAD,
    QUESTION,
    ROW,
    SIZE,
    SMALL,
    SMALL_LEADING,
    STRIP,
)
from himpun.procedures.reading import worded

# --- columns and rows ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Columns:
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


def columns_of(procedure: Procedure, paper_width: float) -> Columns:
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
    return Columns(spans, tuple(f"@{key}" for key in actors))


def _acting(procedure: Procedure) -> list[str]:
    """The roles that have a column: all who act, or every role where the source tells no actors."""
    acting = {key for step in procedure.steps for key in step.actors}
    known = [role.key for role in procedure.roles]
    return [key for key in known if key in acting] or known


@dataclass(frozen=True, slots=True)
class Row:
    """One row on a page: a step, or what did not fit of a step's text (`goes_on`)."""

    step: Step
    cells: Mapping[str, tuple[str, ...]]
    height: float
    goes_on: bool = False


def rows_of(procedure: Procedure, titles: Mapping[str, str], columns: Columns, most: float) -> list[Row]:
    return [row for step in procedure.steps for row in _split(step, _cells(step, titles, columns), most)]


def _cells(step: Step, titles: Mapping[str, str], columns: Columns) -> dict[str, list[str]]:
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


def _split(step: Step, cells: Mapping[str, list[str]], most: float) -> Iterator[Row]:
    """The rows of one step: one, unless its text is longer than a page is high."""
    count = max(int((most - 2 * PAD) / LEADING), 1)
    longest = max(len(lines) for lines in cells.values())
    for start in range(0, max(longest, 1), count):
        part = {key: tuple(lines[start : start + count]) for key, lines in cells.items()}
        text = max(len(lines) for lines in part.values()) * LEADING + 2 * PAD
        yield Row(step, part, max(text, 0.0 if start else _least_height(step)), start > 0)


def _least_height(step: Step) -> float:
    if len(step.questions) > 1:
        return QUESTION * len(step.questions) + 6.0
    return DECISION_ROW if step.is_decision else ROW


def ends_by_decision(step: Step) -> bool:
    return step.is_decision and END in step.next.values()


def begins_by_decision(rows: Sequence[Row]) -> bool:
    return any(row.step.no == 1 and row.step.is_decision for row in rows)


def paginated(rows: Sequence[Row], room: float) -> list[list[Row]]:
    """Rows by page, in as few pages as they need, those evenly filled; strips keep their room on every page."""
    ends = STRIP * (begins_by_decision(rows) + any(ends_by_decision(row.step) for row in rows))
    if sum(row.height for row in rows) + ends <= room:
        return [list(rows)]
    pages = _filled(rows, room - 2 * STRIP)
    least = sum(row.height for row in rows) / len(pages)
    limits = (least + place * (room - 2 * STRIP - least) / 20 for place in range(20))
    return next((even for limit in limits if len(even := _filled(rows, limit)) == len(pages)), pages)


def _filled(rows: Sequence[Row], room: float) -> list[list[Row]]:
    pages: list[list[Row]] = [[]]
    left = room
    for row in rows:
        if pages[-1] and row.height > left:
            pages.append([])
            left = room
        pages[-1].append(row)
        left -= row.height
    return pages


def head_size(names: Mapping[str, str], columns: Columns) -> float:
    """The type size over the actors' columns: SMALL, or less where a word would break, down to HEAD_LEAST."""
    words = [word for key in columns.actors for word in names.get(key[1:], key[1:]).split()]
    widest = max((text_width(word, SMALL, bold=True) for word in words), default=0.0)
    room = min((columns.width(key) for key in columns.actors), default=0.0) - 1.2
    return SMALL if widest <= room else max(SMALL * room / widest - 0.01, HEAD_LEAST)


def head_titles(names: Mapping[str, str], columns: Columns, size: float) -> dict[str, list[str]]:
    """The lines of words over each actor's column."""
    return {key: wrapped(names.get(key[1:], key[1:]), columns.width(key) - 1.2, size, True) for key in columns.actors}


def head_height(names: Mapping[str, str], columns: Columns) -> float:
    titles = head_titles(names, columns, head_size(names, columns))
    longest = max((len(lines) for lines in titles.values()), default=1)
    return GROUP_HEAD + max(longest * SMALL_LEADING + 2 * PAD, 7.0)
