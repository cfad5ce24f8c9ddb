"""Right-angled lines between symbols: the cheapest way on a coarse grid, around symbols and beside other lines.

Pure. A `Grid` is the ruled paper of one page: the x and y at which a line may run, and the boxes it may not enter.
Lines to the same goal may run together (they merge before its arrow head); others pay dearly for sharing a stretch,
a little for crossing, a little for a bend, so that the drawing stays readable without being told how.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

Point = tuple[float, float]
RIGHT, DOWN, LEFT, UP = (1, 0), (0, 1), (-1, 0), (0, -1)
Direction = tuple[int, int]
Group = tuple[str, bool]
"""Where a line leads, and whether it goes back. Lines of one group merge; the two groups of one goal only near it."""

BEND, CROSSING, TOUCH, SHARED, JOINED, MERGED = 4.0, 5.0, 25.0, 60.0, 5.0, 0.8
"""Costs, in millimetres of detour: a bend, a crossing, a touched corner, a shared stretch; merging late, and at all."""
STUB = 1.9
"""How far from a symbol a line may first turn, so that an arrow head fits."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle from (x0, y0) to (x1, y1)."""

    x0: float
    y0: float
    x1: float
    y1: float

    def meets(self, other: "Box") -> bool:
        """Whether the two share more than an edge."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def grown(self, by: float) -> "Box":
        return Box(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)


def box_of(a: Point, b: Point) -> Box:
    """The box with these two corners."""
    return Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))


@dataclass(frozen=True, slots=True)
class Port:
    """Where a line may leave or enter a symbol: a point on its edge, the way out, and what using it costs."""

    at: Point
    out: Direction
    cost: float = 0.0


_Node = tuple[int, int]
_State = tuple[int, int, Direction]


class Grid:
    """The ruled paper of one page, remembering every line laid on it."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float], walls: Sequence[Box]) -> None:
        self.xs = sorted({round(x, 3) for x in xs})
        self.ys = sorted({round(y, 3) for y in ys})
        self.walls = [wall.grown(-0.01) for wall in walls]
        self._free: dict[tuple[_Node, _Node], bool] = {}
        self._laid: dict[tuple[_Node, _Node], dict[Group, bool]] = {}
        self._turned: dict[_Node, set[Group]] = {}

    def lay(self, path: Sequence[Point], goal: Group) -> None:
        """Remember a line that was drawn without asking, such as the join of several actors."""
        for a, b in pairwise(path):
            nodes = [(i, j) for i in self._span(self.xs, a[0], b[0]) for j in self._span(self.ys, a[1], b[1])]
            self._remember(nodes, goal)

    def route(self, starts: Sequence[Port], goals: Sequence[Port], goal: Group) -> list[Point]:
        """The cheapest line from one of `starts` to one of `goals`, remembered under `goal`; empty if there is none."""
        ends = {self._beside(port): port for port in goals}
        search = _Search()
        for port in starts:
            search.reach((*self._beside(port), port.out), port.cost, port)
        while search.heap:
            cost, _, state, arrived = heappop(search.heap)
            if arrived:
                return self._finish(search.line(state), arrived, goal)
            if cost <= search.best[state]:
                self._go_on(search, state, ends, goal)
        return []

    def _go_on(self, search: "_Search", state: _State, ends: Mapping[_Node, Port], goal: Group) -> None:
        """From the cheapest state so far: into a goal's port, and one stretch in every direction."""
        cost, end = search.best[state], ends.get(state[:2])
        if end and state[2] != end.out:
            bend = 0.0 if _opposite(state[2]) == end.out else BEND + self._touch(state[:2], goal)
            search.arrive(state, cost + bend + end.cost, end)
        for way in (RIGHT, DOWN, LEFT, UP):
            step = self._step_cost(state, way, goal)
            if step is not None:
                search.reach((state[0] + way[0], state[1] + way[1], way), cost + step, state)

    def _step_cost(self, state: _State, way: Direction, goal: Group) -> float | None:
        """What the next stretch in this direction costs; None when it cannot be taken."""
        here, there = state[:2], (state[0] + way[0], state[1] + way[1])
        if way == _opposite(state[2]) or not self._is_free(here, there):
            return None
        length = abs(self.xs[there[0]] - self.xs[here[0]]) + abs(self.ys[there[1]] - self.ys[here[1]])
        bend = 0.0 if way == state[2] else BEND + self._touch(here, goal)
        laid = self._laid.get(_key(here, there), {})
        forward = here < there
        if laid.get(goal) == forward:
            return bend + length * MERGED
        shared = JOINED if all(kin[0] == goal[0] and same == forward for kin, same in laid.items()) else SHARED
        return bend + length + (shared if laid else 0.0) + self._crossing(there, way, goal)

    def _touch(self, node: _Node, goal: Group) -> float:
        others = self._turned.get(node, set()) | self._through(node, RIGHT) | self._through(node, DOWN)
        return TOUCH if _strangers(others, goal) else 0.0

    def _crossing(self, node: _Node, way: Direction, goal: Group) -> float:
        if _strangers(self._turned.get(node, set()), goal):
            return TOUCH
        across = DOWN if way[0] else RIGHT
        return CROSSING if _strangers(self._through(node, across), goal) else 0.0

    def _through(self, node: _Node, way: Direction) -> set[Group]:
        beyond = (node[0] + way[0], node[1] + way[1])
        return set(self._laid.get(_key(node, beyond), ()))

    def _is_free(self, a: _Node, b: _Node) -> bool:
        key = _key(a, b)
        if key not in self._free:
            self._free[key] = self._inside(a) and self._inside(b) and not self._walled(a, b)
        return self._free[key]

    def _inside(self, node: _Node) -> bool:
        return 0 <= node[0] < len(self.xs) and 0 <= node[1] < len(self.ys)

    def _walled(self, a: _Node, b: _Node) -> bool:
        stretch = box_of(self._point(a), self._point(b)).grown(0.001)
        return any(stretch.meets(wall) for wall in self.walls)

    def _point(self, node: _Node) -> Point:
        return (self.xs[node[0]], self.ys[node[1]])

    def _beside(self, port: Port) -> _Node:
        """The first grid point out of the port."""
        x, y = port.at
        i = self._next(self.xs, x, port.out[0])
        j = self._next(self.ys, y, port.out[1])
        return (i, j)

    @staticmethod
    def _next(lines: Sequence[float], at: float, way: int) -> int:
        if way > 0:
            return min(bisect_right(lines, at + STUB), len(lines) - 1)
        if way < 0:
            return max(bisect_left(lines, at - STUB) - 1, 0)
        return min(range(len(lines)), key=lambda place: abs(lines[place] - at))

    @staticmethod
    def _span(lines: Sequence[float], a: float, b: float) -> range:
        low, high = min(a, b) - 0.01, max(a, b) + 0.01
        return range(bisect_left(lines, low), bisect_right(lines, high))

    def _finish(self, line: tuple[Port, list[_Node]], end: Port, goal: Group) -> list[Point]:
        start, nodes = line
        self._remember(nodes, goal)
        return straightened([start.at, *map(self._point, nodes), end.at])

    def _remember(self, nodes: Sequence[_Node], goal: Group) -> None:
        for a, b in pairwise(nodes):
            self._laid.setdefault(_key(a, b), {})[goal] = a < b
        for a, node, b in zip(nodes, nodes[1:], nodes[2:], strict=False):
            if a[0] != b[0] and a[1] != b[1]:
                self._turned.setdefault(node, set()).add(goal)
        for node in (nodes[0], nodes[-1]) if nodes else ():
            self._turned.setdefault(node, set()).add(goal)


class _Search:
    """What one search knows: the cheapest cost of each state so far, where it was reached from, and what is next."""

    def __init__(self) -> None:
        self.heap: list[tuple[float, int, _State, Port | None]] = []
        self.best: dict[_State, float] = {}
        self.came: dict[_State, _State | Port] = {}
        self.pushed = 0

    def reach(self, state: _State, cost: float, before: _State | Port) -> None:
        if cost < self.best.get(state, float("inf")):
            self.best[state], self.came[state] = cost, before
            self._push(cost, state, None)

    def arrive(self, state: _State, cost: float, end: Port) -> None:
        self._push(cost, state, end)

    def _push(self, cost: float, state: _State, end: Port | None) -> None:
        self.pushed += 1
        heappush(self.heap, (cost, self.pushed, state, end))

    def line(self, state: _State) -> tuple[Port, list[_Node]]:
        """The port this state was reached from, and the nodes on the way."""
        nodes, before = [state[:2]], self.came[state]
        while not isinstance(before, Port):
            nodes.append(before[:2])
            before = self.came[before]
        return before, nodes[::-1]


def _strangers(groups: set[Group], goal: Group) -> bool:
    return any(name != goal[0] for name, _ in groups)


def straightened(points: Sequence[Point]) -> list[Point]:
    """The same line without repeated points and points in the middle of a straight stretch."""
    kept: list[Point] = []
    for point in points:
        if kept and _near(kept[-1], point):
            continue
        if len(kept) > 1 and _in_line(kept[-2], kept[-1], point):
            kept[-1] = point
        else:
            kept.append(point)
    return kept


def _near(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < 0.01 and abs(a[1] - b[1]) < 0.01


def _in_line(a: Point, b: Point, c: Point) -> bool:
    level = abs(a[1] - b[1]) < 0.01 and abs(b[1] - c[1]) < 0.01
    upright = abs(a[0] - b[0]) < 0.01 and abs(b[0] - c[0]) < 0.01
    return level or upright


def _opposite(way: Direction) -> Direction:
    return (-way[0], -way[1])


def _key(a: _Node, b: _Node) -> tuple[_Node, _Node]:
    return (a, b) if a < b else (b, a)
