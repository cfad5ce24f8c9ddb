"""The documentation shows nothing that is not there: its pictures are taken by the browser tests, its links lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = ROOT / "docs" / "decisions"
PICTURES = {path.stem for path in (ROOT / "docs" / "images").glob("*.png")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_every_page_of_the_documentation_that_code_names_is_there() -> None:
    sources = [path for room in ("src", "tests", "scripts", "bench") for path in (ROOT / room).rglob("*.py")]
    named = {(path, name) for path in sources for name in re.findall(r"docs/[a-z-]+/[\w./-]*\w", path.read_text())}
    assert any(name.startswith("docs/decisions/") for _, name in named)
    assert [(str(path), name) for path, name in named if not list(ROOT.glob(f"{name}*"))] == []


def test_every_decision_has_its_number_once_and_its_line_in_the_index() -> None:
    files = sorted(path.name for path in DECISIONS.glob("[0-9]*.md"))
    index = re.findall(r"^(\d+)\. \[[^]]+\]\(([^)]+)\): .+", (DECISIONS / "README.md").read_text(), re.M)
    titles = [re.match(r"# (\d+)\. ", (DECISIONS / name).read_text()) for name in files]
    numbers = list(range(1, len(files) + 1))
    assert [name for _, name in index] == files
    assert [int(number) for number, _ in index] == numbers
    assert [int(title[1]) if title else None for title in titles] == numbers
    assert [int(name[:4]) for name in files] == numbers


def test_every_picture_is_taken_by_a_browser_test() -> None:
    walks = "\n".join(path.read_text() for path in (ROOT / "tests" / "browser").glob("*.py"))
    taken = set(re.findall(r"\.picture\([^,]+, \"([a-z-]+)\"\)", walks))
    assert taken == PICTURES
