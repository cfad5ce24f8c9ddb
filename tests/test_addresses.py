"""Addresses of pages are written in the web alone: every other room names a place."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from django.urls import resolve

import himpun
from himpun import places
from himpun.web.places import PAGES
from himpun.web.urls import urlpatterns

SOURCE = Path(himpun.__file__).parent
DOORS = ("web/", "api/", "gate/")
"""The pages, the operations of /api/v1, and the table of what may be sent to which of both."""
ALLOWED = {"settings.py", "logs.py"}
"""Where a logout leads (allauth wants it at the start), and the secrets in addresses that a log must not repeat."""
PARTS = {str(one.pattern).lstrip("^").partition("/")[0] for one in urlpatterns} - {""}
PAGE = re.compile(rf"(?<![\w.:/{{}}])/(?:{'|'.join(sorted(map(re.escape, PARTS)))})/")


def said(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every text of a module that is no docstring, with its line."""
    silent = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in silent:
            yield one.lineno, one.value


def addresses_in(name: str, source: str) -> list[str]:
    """The addresses of pages that a module writes, and the means to make them that it takes from Django."""
    tree = ast.parse(source)
    found = [f"{name}:{line}: {text!r}" for line, text in said(tree) if PAGE.search(text)]
    makers = {"reverse", "reverse_lazy", "redirect"}
    return found + [
        f"{name}:{one.lineno}: {alias.name}"
        for one in ast.walk(tree)
        if isinstance(one, ast.ImportFrom) and one.module in ("django.urls", "django.shortcuts")
        for alias in one.names
        if alias.name in makers
    ]


def test_no_page_is_addressed_outside_the_web() -> None:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith(DOORS) and name not in ALLOWED:
            found += addresses_in(name, path.read_text(encoding="utf-8"))

    assert found == [], "Sebut tempatnya: himpun.places.place; alamatnya ditulis di web/places.py."


@pytest.mark.parametrize(
    "source",
    ['a = f"/siklus/{b}/"', 'tell(path="/pesan/")', "from django.urls import reverse", 'a = base + "/v/" + token'],
)
def test_the_rule_sees_an_address(source: str) -> None:
    assert addresses_in("x.py", source)


@pytest.mark.parametrize("source", ['"""/siklus/1/"""', 'a = "kas/surat/x"', "from django.urls import path"])
def test_the_rule_lets_the_rest_be(source: str) -> None:
    assert addresses_in("x.py", source) == []


def test_every_place_is_a_page() -> None:
    assert set(PAGES) == set(get_args(places.PlaceName))
    without_key = {"ladder", "messages", "own_messages", "schedules"}
    for name, page in PAGES.items():
        path = places.path_of(places.place(name, None if name in without_key else 7))
        assert resolve(path).url_name == page


@pytest.mark.parametrize(
    ("kept", "path"),
    [
        (places.place("cycle", 12), "/siklus/12/"),
        (places.place("cycle", 12, at="langkah"), "/siklus/12/#langkah"),
        (places.place("ladder"), "/waktu/"),
        ("/siklus/12/#langkah", "/siklus/12/#langkah"),
        ("tidak-dikenal:3", "/"),
    ],
)
def test_a_place_is_found_also_where_a_row_still_keeps_a_path(kept: str, path: str) -> None:
    assert places.path_of(kept) == path


def test_a_link_that_leaves_the_application_is_whole(settings: object) -> None:
    assert places.url_of(places.place("own_messages")) == f"{settings.BASE_URL}/akun/pesan/"
