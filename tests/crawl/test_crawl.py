"""Everybody at every address: nothing fails, nothing leaks, looking changes nothing, who may not changes nothing."""

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pytest
import vl_convert
from django.db import connection

from tests.conftest import LONG
from tests.crawl.addresses import ROWS, addresses, patterns
from tests.crawl.changing import Changes, unproven
from tests.crawl.scene import build
from tests.crawl.table import PAGE, WRITE, page
from tests.crawl.walking import Crawl, Found
from tests.scenes import once

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("crawl"), *([pytest.mark.long] if LONG else [])]


def typed_whole(kind: str, content: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """Stands in for the rendering, and holds every word of the document, so that the crawl can search it."""
    return f"%PDF-1.7 {kind} {made_at} {json.dumps(content, default=str, ensure_ascii=False)}".encode()


def do_not_draw(patch: pytest.MonkeyPatch) -> None:
    """Documents and charts as the data they are made from: quicker to make, and stricter to search."""
    for module in ("documents.work", "reports.recap.paper", "reports.timing.paper"):
        patch.setattr(f"himpun.{module}.render", typed_whole)
        patch.setattr(f"himpun.{module}.with_pictures", lambda *given: given[-1])
    patch.setattr(vl_convert, "vegalite_to_svg", lambda spec, **_: f"<svg >{json.dumps(spec)}</svg>")


FOUND = Found()
"""What the tests have found so far: a part of the crawl is done by the first that asks."""


@pytest.fixture
def crawl(db: None, settings: Any) -> Iterator[Crawl]:
    """The crawl on its scene, in a transaction that is undone."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("request", "security.csrf"):
            patch.setattr(logging.getLogger(f"django.{name}"), "disabled", True)
        if not LONG:
            do_not_draw(patch)
        thin = connection.vendor != "sqlite" and not LONG
        yield Crawl(once(build), settings.ARCHIVE_ROOT, LONG, FOUND, thin)


def told(wrong: list[str]) -> str:
    """What is wrong, one sentence each, not more than can be read."""
    return f"{len(wrong)} hal salah:\n" + "\n".join(wrong[:40])


def test_every_address_has_rows_to_be_asked_with() -> None:
    lacking = [one.name for one in addresses() if one.parameters and one.name not in ROWS]

    assert not lacking, f"Beri alamat ini baris contoh di ROWS (tests/crawl/addresses.py): {', '.join(lacking)}"


def test_every_address_that_takes_a_post_has_a_way_that_changes_something(crawl: Crawl) -> None:
    lacking = unproven(crawl)

    assert not lacking, f"Beri alamat ini isian di WAYS (tests/crawl/ways.py): {', '.join(lacking)}"


def looked(crawl: Crawl) -> list[str]:
    return crawl.once("look", crawl.look_everywhere)


def tried(crawl: Crawl) -> list[str]:
    return crawl.once("change", Changes(crawl).try_all)


def test_nobody_sees_what_is_not_theirs_and_looking_changes_nothing(crawl: Crawl) -> None:
    assert not (wrong := looked(crawl)), told(wrong)


def test_who_may_not_change_something_does_not(crawl: Crawl) -> None:
    assert not (wrong := tried(crawl)), told(wrong)


def test_the_page_of_akses_says_what_was_found(crawl: Crawl) -> None:
    if crawl.thin:
        pytest.skip("ditulis dari jelajah pada SQLite, yang mencoba setiap orang")
    tried(crawl)
    if WRITE:
        PAGE.write_text(page(crawl))
    said = "Akses berubah. Bila memang dimaksud: HIMPUN_WRITE_AKSES=1 pytest tests/crawl -k akses, lalu baca bedanya."
    changed = set(page(crawl).splitlines()) ^ set(PAGE.read_text().splitlines())
    assert not changed, f"{said}\n" + "\n".join(sorted(changed))


def test_nonsense_by_any_method_is_refused_and_changes_nothing(crawl: Crawl) -> None:
    tried(crawl)
    wrong = crawl.once("nonsense", Changes(crawl).nonsense)

    print(
        f"{patterns()} pola, {len(crawl.visitors)} orang dan program, diminta {FOUND.asked}, dijawab {FOUND.statuses}"
    )
    assert not wrong, told(wrong)
