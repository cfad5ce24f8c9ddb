"""Measures, colours and shapes of the flowchart. Pure."""

from dataclasses import dataclass

from himpun.procedures.flowchart.routing import Point

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


# --- the primitives --------------------------------------------------------------------------------------------------


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
