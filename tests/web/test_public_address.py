"""Pengaturan, Data kantor: the public address as it is typed, refused, confirmed and kept; and the paper."""

from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from himpun.errors import FieldErrors
from himpun.offices import reaching
from himpun.offices.reaching import NotReached
from himpun.procedures.models import ProcedureVersion
from tests.cast import Cast
from tests.papers import sizes
from tests.web.test_letters import said
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def untroubled() -> None:
    cache.clear()


def sent(cast: Cast, **typed: str) -> Any:
    return screen(cast.umum).post(reverse("public_address"), typed)


def test_a_wrong_address_stays_typed_with_its_sentence(small: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def stranger(address: str) -> None:
        raise FieldErrors({"public_url": "menjawab, tetapi bukan Himpun ini"})

    monkeypatch.setattr(reaching, "check", stranger)

    for typed, sentence in (("kantor", "bukan alamat laman"), ("https://lain.example", "bukan Himpun ini")):
        page = said(sent(small, public_url=typed))
        assert sentence in page
        assert f'value="{typed}"' in page
        assert 'name="seen_elsewhere"' not in page


def test_what_cannot_be_seen_from_here_is_asked_about_and_then_kept(
    small: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silence(address: str) -> None:
        raise NotReached("tidak menjawab dari komputer Himpun")

    monkeypatch.setattr(reaching, "check", silence)
    asked = sent(small, public_url="https://himpun.kantor.example")
    assert asked.status_code == 422
    assert 'name="seen_elsewhere"' in said(asked)

    assert sent(small, public_url="https://himpun.kantor.example", seen_elsewhere="1").status_code == 302
    assert "https://himpun.kantor.example" in said(screen(small.umum).get(reverse("settings")))


def test_an_office_that_cannot_sign_yet_is_told_where_it_stands(small: Cast, settings: Any) -> None:
    page = reverse("office_edit")
    assert "belum dapat ditandatangani" not in said(screen(small.umum).get(page))

    settings.BASE_URL = "http://127.0.0.1:8000"

    assert "belum dapat ditandatangani" in said(screen(small.umum).get(page))


def test_the_sheet_of_an_sop_is_on_the_offices_paper(small: Cast) -> None:
    address = reverse("procedure_sheet", args=[ProcedureVersion.objects.all()[0].pk])
    browser = screen(small.umum)
    assert sizes(browser.get(address).content) == {(842, 595)}

    type(small.office).objects.filter(pk=small.office.pk).update(paper="f4")

    assert sizes(browser.get(address).content) == {(935, 609)}
