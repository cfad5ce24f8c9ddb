"""Lines run at right angles, around symbols, and do not share a stretch with strangers."""

from itertools import pairwise

from himpun.procedures.flowchart.routing import DOWN, LEFT, RIGHT, UP, Box, Grid, Port, box_of, straightened

PAPER = [float(at) for at in range(0, 101, 5)]


def test_a_free_way_is_straight() -> None:
    path = Grid(PAPER, PAPER, []).route([Port((10, 10), DOWN)], [Port((10, 50), UP)], ("a", False))
    assert path == [(10, 10), (10, 50)]


def test_a_wall_is_walked_around() -> None:
    wall = Box(5, 20, 15, 40)
    path = Grid(PAPER, PAPER, [wall]).route([Port((10, 10), DOWN)], [Port((10, 50), UP)], ("a", False))
    assert len(path) > 2
    assert not any(box_of(a, b).grown(0.001).meets(wall.grown(-0.02)) for a, b in pairwise(path))


def test_every_stretch_is_level_or_upright() -> None:
    path = Grid(PAPER, PAPER, []).route([Port((10, 10), RIGHT)], [Port((60, 80), UP)], ("a", False))
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(path))


def test_the_cheaper_port_is_taken() -> None:
    goals = [Port((50, 20), LEFT, 90.0), Port((55, 15), UP)]
    path = Grid(PAPER, PAPER, []).route([Port((10, 20), RIGHT)], goals, ("a", False))
    assert path[-1] == (55, 15)


def test_strangers_keep_apart() -> None:
    grid = Grid(PAPER, PAPER, [])
    grid.lay([(30, 20), (30, 80)], ("a", False))
    path = grid.route([Port((30, 10), DOWN)], [Port((30, 90), UP)], ("b", False))
    inside = [(a, b) for a, b in pairwise(path) if a[0] == b[0] == 30 and max(a[1], b[1]) > 20 and min(a[1], b[1]) < 80]
    assert inside == []


def test_lines_to_one_goal_merge() -> None:
    grid = Grid(PAPER, PAPER, [])
    first = grid.route([Port((10, 10), RIGHT)], [Port((50, 50), UP)], ("a", False))
    second = grid.route([Port((90, 10), LEFT)], [Port((50, 50), UP)], ("a", False))
    assert first[-2:] == second[-2:]


def test_no_way_gives_no_line() -> None:
    cage = [Box(-1, 35, 101, 45)]
    assert Grid(PAPER, PAPER, cage).route([Port((10, 10), DOWN)], [Port((10, 80), UP)], ("a", False)) == []


def test_points_in_a_straight_line_are_dropped() -> None:
    assert straightened([(0, 0), (1, 0), (1, 0), (4, 0), (4, 3)]) == [(0, 0), (4, 0), (4, 3)]
