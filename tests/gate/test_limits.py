"""The table of limits fits the pages: each of its paths is one, and each page that takes a file stands in it."""

import ast
import inspect
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, resolve

from himpun.errors import Refusal
from himpun.gate import limits, permissions, senders
from himpun.gate.limits import EVERYBODY, FORM, NOBODY, PEOPLE, PERSON, limit_for_nobody, limit_for_person
from himpun.gate.senders import LogInFirst, allowance_of
from himpun.indicators.models.requests import RequestLine
from himpun.web import urls
from himpun.web.kept import COOKIE, mark_owner
from tests.cast import Cast

TAKES_FILES = re.compile(r"request\.FILES|incoming_of\(request")


def example(pattern: str) -> str:
    return pattern.replace(r"(\d+)", "7").replace(r"\d+", "7").replace("[^/]+", "kode")


@pytest.mark.parametrize("pattern", [*PEOPLE, *EVERYBODY])
def test_every_path_of_the_table_is_a_page(pattern: str) -> None:
    assert resolve(example(pattern)).url_name


def test_every_page_that_takes_a_file_stands_in_the_table() -> None:
    listed = {resolve(example(pattern)).url_name for pattern in [*PEOPLE, *EVERYBODY]}
    taking = {one.name for one in urls.urlpatterns if isinstance(one, URLPattern) and _takes_files(one)}

    assert taking == listed


VIEWS = "himpun.web.views"
Function = tuple[str, str]


def _takes_files(page: URLPattern) -> bool:
    """Whether the view, or a function of the views that it leads to, also in another module, reads an upload."""
    view = inspect.unwrap(page.callback)
    seen: set[Function] = set()
    wave = {(view.__module__, view.__name__)}
    while wave := wave - seen:
        seen |= wave
        if any(TAKES_FILES.search(ast.unparse(body)) for one in wave if (body := _body(*one))):
            return True
        wave = {led for one in wave for led in _leads_to(*one)}
    return False


@cache
def _module(name: str) -> tuple[dict[str, ast.FunctionDef], dict[str, Function]]:
    """The functions of a module of views, and those it takes from another."""
    if not name.startswith(VIEWS):
        return {}, {}
    tree = ast.parse(Path(inspect.getfile(import_module(name))).read_text())
    imports = (one for one in tree.body if isinstance(one, ast.ImportFrom) and (one.module or "").startswith(VIEWS))
    return (
        {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)},
        {alias.name: (one.module or "", alias.name) for one in imports for alias in one.names},
    )


def _body(module: str, name: str) -> ast.FunctionDef | None:
    return _module(module)[0].get(name)


def _leads_to(module: str, name: str) -> set[Function]:
    functions, foreign = _module(module)
    body = functions.get(name)
    named = {node.id for node in ast.walk(body) if isinstance(node, ast.Name)} if body else set()
    return {(module, one) for one in named & functions.keys()} | {foreign[one] for one in named & foreign.keys()}


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


def test_whose_session_ended_while_sending_is_received_and_no_file_of_theirs_is_kept(
    small: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        senders, "close_old_connections", lambda: None
    )  # the test's own connection holds its transaction
    known = HttpResponse()
    mark_owner(HttpRequest(), known, small.umum)
    cookie = f"{COOKIE}={known.cookies[COOKIE].value}"

    for path in ("/surat/baru/", "/tugas/7/putuskan/"):
        limit = allowance_of(path, cookie, "", 1_000_000).limit
        assert (limit.fields, limit.digest_only, limit.may) == (FORM, True, None)
        for nobody in ("", f"{COOKIE}=7:palsu", "sessionid=tidak-ada"):
            with pytest.raises(LogInFirst):
                allowance_of(path, nobody, "", 1_000_000)
