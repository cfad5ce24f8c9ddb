"""The documentation shows nothing that is not there: its pictures are taken by the browser tests, its links lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PICTURES = {path.stem for path in (ROOT / "docs" / "images").glob("*.png")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_picture_of_a_page_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_every_picture_is_taken_by_a_browser_test() -> None:
    walks = "\n".join(path.read_text() for path in (ROOT / "tests" / "browser").glob("*.py"))
    taken = set(re.findall(r"\.picture\([^,]+, \"([a-z-]+)\"\)", walks))
    assert taken == PICTURES
