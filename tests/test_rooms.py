"""The rules of the house that no linter keeps: lengths, inner rooms, and that every room says what it is (docs/explanation/architecture.md)."""

import ast
from pathlib import Path

from scripts.house import HOUSE, SOURCE, contracts, product_files, says

HIMPUN = SOURCE / "himpun"
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
MOST_LINES, MOST_FILES = 3_000, 15
DOORS = {"web", "commands"}
"""Rooms that are lists of doors: a view or a command a file."""

WHOLE = {
    "budgets/actions.py",
    "cycles/actions.py",
    "cycles/reminders/sweep.py",
    "history/conformance.py",
    "indicators/dictionary/saving.py",
    "indicators/figures/importing.py",
    "indicators/figures/mapping/applying.py",
    "indicators/measured/office_year.py",
    "offices/worktime.py",
}
"""Files over the length because one call walks through all of them. The list only shrinks."""


def named(path: Path) -> str:
    return path.relative_to(HIMPUN).as_posix()


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_four_hundred_lines_but_those_that_are_one_walk() -> None:
    long = {named(path) for path in product_files() if lines(path) > LONGEST_FILE}

    assert long - WHOLE == set(), "split where its subjects part"
    assert WHOLE - long == set(), "no longer too long: take it off the list"


def test_no_function_is_longer_than_fifty_lines() -> None:
    long = [
        f"{named(path)}: {node.name}"
        for path in product_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_every_room_says_what_it_is() -> None:
    folders = {path.parent for path in product_files() if path.parent != HIMPUN}

    assert [named(folder) for folder in sorted(folders) if not says(f"himpun.{named(folder).replace('/', '.')}")] == []


def test_a_large_room_has_inner_rooms_in_an_order_of_their_own() -> None:
    layers = contracts()
    ordered = {one.rsplit(".", 1)[0] for name, rows in layers.items() if name != HOUSE for row in rows for one in row}
    large = set()
    for room in (path for path in HIMPUN.iterdir() if path.is_dir() and path.name not in DOORS):
        mine = [path for path in product_files() if room in path.parents]
        top = [path for path in mine if path.parent == room and path.name not in ("__init__.py", "apps.py")]
        assert len(top) <= MOST_FILES, f"{room.name}: {len(top)} files side by side"
        if sum(map(lines, mine)) > MOST_LINES:
            large.add(f"himpun.{room.name}")

    assert large - ordered == set(), "an inner order of its own: a layers contract in .importlinter"


def test_every_room_stands_in_the_contract() -> None:
    house = {one for row in contracts()[HOUSE] for one in row}
    there = {f"himpun.{path.name}" for path in HIMPUN.iterdir() if (path / "__init__.py").is_file()}

    assert there - house == set()
