"""The table of limits fits the pages: each of its paths is one, and each page that takes a file stands in it."""

import ast
import inspect
import re
from textwrap import dedent
from typing import Any

import pytest
from django.conf import settings
from django.urls import URLPattern, resolve

from himpun.errors import Refusal
from himpun.gate import limits, permissions
from himpun.gate.limits import EVERYBODY, NOBODY, PEOPLE, PERSON, limit_for_nobody, limit_for_person
from himpun.indicators.models import RequestLine
from himpun.web import urls
from tests.cast import Cast

VIEWS = "himpun.web.views"
TAKES_FILES = re.compile(r"request\.FILES|incoming_of\(request")


def example(pattern: str) -> str:
    return pattern.replace(r"(\d+)", "7").replace(r"\d+", "7").replace("[^/]+", "kode")


@pytest.mark.parametrize("pattern", [*PEOPLE, *EVERYBODY])
def test_every_path_of_the_table_is_a_page(pattern: str) -> None:
    assert resolve(example(pattern)).url_name


def test_every_page_that_takes_a_file_stands_in_the_table() -> None:
    """Told by its source: the view, or a function of its module that it leads to, reads an upload."""
    listed = {resolve(example(pattern)).url_name for pattern in [*PEOPLE, *EVERYBODY]}
    taking = {one.name for one in urls.urlpatterns if isinstance(one, URLPattern) and _takes_files(one)}

    assert taking == listed


def _takes_files(page: URLPattern) -> bool:
    seen, wave = set(), {inspect.unwrap(page.callback)}
    while wave:
        seen |= wave
        wave = {other for one in wave for other in _led_to(one)} - seen
    return any(TAKES_FILES.search(inspect.getsource(one)) for one in seen if one.__module__.startswith(VIEWS))


def _led_to(function: Any) -> set[Any]:
    """The functions of our views that a view names, wherever they stand."""
    if not function.__module__.startswith(VIEWS):
        return set()
    names = {node.id for node in ast.walk(ast.parse(dedent(inspect.getsource(function)))) if isinstance(node, ast.Name)}
    found = {
        inspect.unwrap(function.__globals__[name])
        for name in names
        if inspect.isfunction(function.__globals__.get(name))
    }
    return {one for one in found if one.__module__.startswith(VIEWS)}


def test_nobody_sends_more_than_a_small_form_except_to_compare_a_document() -> None:
    assert limit_for_nobody("/surat/baru/") == NOBODY
    assert limit_for_nobody("/v/kode/").digest_only
    assert NOBODY.whole <= 64 * 1024


def test_the_largest_file_of_evidence_is_a_setting() -> None:
    assert limit_for_person("/permintaan/baris/7/bukti/")[0].file == settings.EVIDENCE_MAX_BYTES
    assert limit_for_person("/permintaan/baris/7/bukti/")[1] == ("7",)
    assert limit_for_person("/pesan/dibaca/") == (PERSON, ())
    assert max(limit.file for limit in PEOPLE.values()) <= settings.UPLOAD_MAX_BYTES
    assert limits.limit_for_program().fields == settings.DATA_UPLOAD_MAX_MEMORY_SIZE


@pytest.mark.django_db
def test_who_may_send_where_is_who_may_act_there(small: Cast, neighbour: Cast) -> None:
    cycle = small.to_step_3()
    small.to_collecting(small.child(cycle))
    line = str(RequestLine.objects.get(request__unit=small.post_of_unit(0)).pk)
    unit = small.holder(small.post_of_unit(0))

    permissions.may_attach(unit, line)
    permissions.may_register(small.umum)
    for refused in (
        lambda: permissions.may_attach(small.analis, line),
        lambda: permissions.may_attach(neighbour.holder(neighbour.post_of_unit(0)), line),
        lambda: permissions.may_attach(unit, "999999"),
        lambda: permissions.may_register(unit),
        lambda: permissions.may_correct(unit, "999999"),
    ):
        with pytest.raises(Refusal):
            refused()
