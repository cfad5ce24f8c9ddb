"""`make quick` runs the tests nearest to what was changed."""

from pathlib import Path

import grimp
import pytest
from scripts import quick
from scripts.quick import module_of, modules_of, nearest


def graph(*imports: tuple[str, str]) -> grimp.ImportGraph:
    made = grimp.ImportGraph()
    for importer, imported in imports:
        made.add_import(importer=importer, imported=imported)
    return made


def test_the_nearest_come_first() -> None:
    made = graph(
        ("tests.offices.test_a", "himpun.offices.spans"),
        ("tests.offices.test_spans", "himpun.clock"),
        ("himpun.cycles.deadlines.due", "himpun.offices.spans"),
        ("tests.cycles.test_due", "himpun.cycles.deadlines.due"),
    )
    changed = {"himpun.offices.spans", "tests.web.test_changed"}

    assert list(nearest(changed, made)) == [
        "tests.web.test_changed",
        "tests.offices.test_spans",
        "tests.offices.test_a",
        "tests.cycles.test_due",
    ]


def test_ways_by_the_cast_and_into_slow_rooms_do_not_count() -> None:
    made = graph(
        ("tests.cast", "himpun.offices.spans"),
        ("tests.web.test_pages", "tests.cast"),
        ("tests.crawl.test_crawl", "himpun.offices.spans"),
    )

    assert list(nearest({"himpun.offices.spans"}, made)) == []


def test_a_circle_of_imports_ends() -> None:
    made = graph(("himpun.a", "himpun.b"), ("himpun.b", "himpun.a"), ("tests.test_b", "himpun.b"))

    assert list(nearest({"himpun.a"}, made)) == ["tests.test_b"]


def test_a_module_is_named_by_its_file() -> None:
    assert module_of(Path("src/himpun/web/views/offices.py")) == "himpun.web.views.offices"
    assert module_of(Path("src/himpun/web/__init__.py")) == "himpun.web"
    assert module_of(Path("tests/test_due.py")) == "tests.test_due"


def test_a_template_counts_as_the_views_that_name_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = tmp_path / "src/himpun/web/views/bell.py"
    view.parent.mkdir(parents=True)
    view.write_text('render(request, "bell.html")')
    (view.parent / "other.py").write_text('render(request, "other.html")')
    monkeypatch.setattr(quick, "ROOT", tmp_path)

    changed = [Path("src/himpun/web/templates/bell.html"), Path("docs/glossary.md"), Path("bench/__main__.py")]

    assert modules_of(changed) == {"himpun.web.views.bell"}
