"""The flowchart sheet of an SOP-AP, drawn once and shown twice: as SVG on a page and by Typst on paper.

Pure. `layout` turns a procedure into pages of four primitives (`Rect`, `Line`, `Polygon`, `Text`), all in millimetres
from the top left corner. The form is that of PermenPANRB 35/2012: No, Aktivitas, a column for each
actor, Mutu Baku (Kelengkapan, Waktu, Output), Keterangan; and its five symbols: kapsul for the start and the end, kotak
for an activity, belah ketupat for a decision, anak panah for the way, segilima for a way that goes on on another page.
"""

from dataclasses import dataclass, field

from himpun.procedures.flowchart.routing import Box, Direction, Group, Point, Port
from himpun.procedures.flowchart.table import Columns, Row

# --- one page: where everything stands -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Symbol:
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
class Edge:
    """A line to draw on one page, from one symbol to another; `goal` is shared by the lines that may merge."""

    start: Symbol
    end: Symbol
    goal: str
    label: str = ""
    back: bool = False

    @property
    def group(self) -> Group:
        return (self.goal, self.back)


@dataclass
class Drawing:
    """One page while it is being drawn."""

    columns: Columns
    top: float
    bottom: float
    rows: list[tuple[Row, float]]
    symbols: dict[str, Symbol] = field(default_factory=dict)
    joins: list[tuple[Point, Point]] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    used: dict[tuple[Symbol, Direction], str] = field(default_factory=dict)
