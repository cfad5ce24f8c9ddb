"""A session that ended while a form was on its way: what was typed is back in its place after the login."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, reverse

from himpun.cycles.models import Cycle, Task
from himpun.letters.models import Letter
from himpun.offices.models.people import Person
from himpun.web import urls
from himpun.web.filling import fill
from tests.cast import Cast
from tests.pages import Form, form_to
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db

LETTER = {
    "number": "000.7/44/ORG/2026",
    "sender": 'Inspektorat "Contoh" & Wilayah',
    "subject": "Permintaan data\nuntuk reviu",
    "dated": "2026-10-01",
    "received_on": "2026-10-05",
}


def browser_of(person: Person, *, csrf: bool = False) -> Client:
    """A browser in which somebody has looked at a page, and so is known to be theirs."""
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get("/")
    return client


def end_session(client: Client) -> None:
    del client.cookies["sessionid"]


def log_in(client: Client, person: Person) -> None:
    """Log in as a person does: the session that holds what was kept goes on."""
    person.set_password("kelapa-hijau-lima")
    person.save()
    page = client.post(reverse("account_login"), {"login": person.username, "password": "kelapa-hijau-lima"})
    assert page.status_code == 302


def form_at(client: Client, page: str, action: str = "") -> Form:
    found = form_to(client.get(page, follow=True).content.decode(), action)
    assert found is not None
    return found


def fields(form: Form) -> dict[str, str]:
    return dict(form.fields)


def test_a_letter_typed_into_an_ended_session_stands_in_its_form_after_the_login(small: Cast) -> None:
    client, new = browser_of(small.umum), reverse("letter_new")
    end_session(client)

    led = client.post(new, LETTER, headers={"Referer": f"http://testserver{new}"})
    log_in(client, small.umum)
    said = client.get(reverse("kept")).content.decode()
    form = form_at(client, new)

    assert led["Location"] == "/akun/login/?next=/kiriman/"
    assert "Agenda Surat" in said
    assert "untuk reviu" in said
    assert f'href="{new}"' in said
    assert {name: fields(form)[name] for name in LETTER} == LETTER
    assert client.post(new, LETTER).status_code == 302
    assert Letter.objects.count() == 1
    assert fields(form_at(client, new))["sender"] == ""


def test_the_form_of_a_step_comes_back_on_the_page_of_its_cycle(small: Cast) -> None:
    cycle = small.start()
    task = Task.objects.get(cycle=cycle, decided_at=None)
    decide, page = reverse("decide", args=[task.pk]), reverse("cycle", args=[cycle.pk])
    client = browser_of(small.kepala)
    end_session(client)

    client.post(decide, {"decision": "disposisi", "instructions": ["proses"], "note": "Rapatkan <b>Senin</b>"})
    log_in(client, small.kepala)
    said = client.get(reverse("kept")).content.decode()
    form = form_at(client, decide, decide)

    assert f'href="{decide}"' in said
    assert client.get(decide)["Location"] == f"{page}#langkah"
    assert fields(form)["note"] == "Rapatkan <b>Senin</b>"
    assert [value for name, value in form.fields if name == "instructions"] == ["proses"]
    assert Cycle.objects.get().tasks.filter(decided_at=None).get() == task


def test_the_reason_of_one_form_is_not_put_into_another_of_the_same_page(small: Cast) -> None:
    cycle = small.start()
    cancel, page = reverse("cycle_cancel", args=[cycle.pk]), reverse("cycle", args=[cycle.pk])
    client = browser_of(small.kepala)
    end_session(client)

    client.post(cancel, {"reason": "Surat ditarik"}, headers={"Referer": f"http://testserver{page}"})
    log_in(client, small.kepala)
    html = client.get(page).content.decode()

    assert html.count("Surat ditarik") == 1
    assert fields(form_to(html, cancel) or Form("", ""))["reason"] == "Surat ditarik"
    assert "<details" in html.partition("Batalkan siklus ini")[0].rpartition(">")[0][-60:] + "<details"
    assert "open>" in html.partition("Batalkan siklus ini")[0][-120:]


def test_a_file_is_named_to_be_chosen_again(small: Cast) -> None:
    client, new = browser_of(small.umum), reverse("letter_new")
    end_session(client)

    client.post(new, {**LETTER, "scan": SimpleUploadedFile("surat bupati.pdf", b"%PDF-1.7")})
    log_in(client, small.umum)

    assert "Pilih lagi: surat bupati.pdf" in client.get(reverse("kept")).content.decode()
    assert "Berkas harus dipilih lagi: surat bupati.pdf" in client.get(new).content.decode()


def test_nobody_else_is_shown_what_was_kept(small: Cast) -> None:
    client, new = browser_of(small.umum), reverse("letter_new")
    end_session(client)

    client.post(new, LETTER)
    log_in(client, small.kepala)
    said = client.get(reverse("kept")).content.decode()

    assert "Tidak ada kiriman yang tertahan" in said
    assert "reviu" not in client.get(new).content.decode()


def test_a_browser_that_nobody_was_logged_in_to_has_nothing_kept_and_is_led_to_the_login(small: Cast) -> None:
    answer = Client().post(reverse("letter_new"), LETTER)

    assert answer["Location"] == "/akun/login/?next=/surat/baru/"


def test_passwords_are_never_kept(small: Cast) -> None:
    client = browser_of(small.umum)
    end_session(client)

    client.post(reverse("tokens"), {"name": "Penghubung data", "password": "rahasia-sekali"})
    client.post(reverse("account_change_password"), {"oldpassword": "rahasia-sekali"})

    assert "rahasia-sekali" not in str(dict(client.session))
    assert "Penghubung data" in str(dict(client.session))


def test_what_was_kept_can_be_thrown_away(small: Cast) -> None:
    client, new = browser_of(small.umum), reverse("letter_new")
    end_session(client)
    client.post(new, LETTER)
    log_in(client, small.umum)

    thrown = client.post(reverse("kept"))

    assert thrown["Location"] == new
    assert fields(form_at(client, new))["number"] == ""


def test_a_form_older_than_the_last_login_of_the_browser_is_kept_and_one_of_another_site_is_not(small: Cast) -> None:
    client, new = browser_of(small.umum, csrf=True), reverse("letter_new")

    own = client.post(new, LETTER, headers={"Origin": "http://testserver"})
    form = form_at(client, new)
    client.post(reverse("kept"), {"csrfmiddlewaretoken": fields(form)["csrfmiddlewaretoken"]})
    foreign = client.post(new, LETTER, headers={"Origin": "http://lain.example"})

    assert own["Location"] == "/kiriman/"
    assert fields(form)["number"] == LETTER["number"]
    assert foreign.status_code == 403
    assert fields(form_at(client, new))["number"] == ""


TWO = '<select name="a"><option value="1" selected>x</option><option value="2">y</option></select>'
LIST = '<input name="a" value="lama"><input name="a">'
LONG = '<textarea name="a">lama</textarea>'
DOTS = '<input type="radio" name="b" value="1" checked><input type="radio" name="b" value="2">'


@pytest.mark.parametrize(
    ("page", "values", "left", "expected"),
    [
        (TWO, {"a": ["2"]}, [], [("a", "2")]),
        (LIST, {"a": ["satu", "dua", "tiga"]}, ["tiga"], [("a", "satu"), ("a", "dua")]),
        (LONG + DOTS, {"a": ["\nbaru </textarea>"], "b": ["2"]}, [], [("a", "\nbaru </textarea>"), ("b", "2")]),
    ],
)
def test_filling_a_form_changes_its_fields_and_nothing_else(
    page: str, values: dict[str, list[str]], left: list[str], expected: list[tuple[str, str]]
) -> None:
    html = f'<main><p>&nbsp;&amp é<form method="post" action="/lain/">{page}</form><form method="post">{page}</form></main>'
    told: list[list[str]] = []

    filled = fill(html, path="/sini/", action="/sini/", fields=values, notice=lambda one: told.append(one) or "")

    assert filled is not None
    assert filled.startswith(html.partition('<form method="post">')[0])
    assert (form_to(filled, "") or Form("", "")).fields == expected
    assert told == [left]
    assert fill(html, path="/sini/", action="/sana/", fields=values, notice=lambda _: "") is None


# --- addresses that only take what is sent ------------------------------------------------------------------------------


def sending_addresses() -> Iterator[Any]:
    for one in urls.urlpatterns:
        if isinstance(one, URLPattern) and hasattr(one.callback, "posted_from"):
            yield one


def test_every_address_that_only_takes_post_leads_to_its_page(small: Cast) -> None:
    cycle = small.start()
    expected = {
        reverse("cycle_pause", args=[cycle.pk]): reverse("cycle", args=[cycle.pk]),
        reverse("recipient_remove", args=[cycle.pk, 7]): reverse("cycle", args=[cycle.pk]),
        reverse("start_from_letter", args=[cycle.letter_id]): reverse("letter", args=[cycle.letter_id]),
        reverse("messages_seen"): reverse("messages"),
        reverse("resend", args=[1]): reverse("messages"),
        reverse("choose_office"): "/",
        reverse("scale_check"): reverse("scale_new"),
    }
    client = screen(small.kepala)

    assert {path: client.get(path)["Location"] for path in expected} == expected
    assert client.get(reverse("decide", args=[999])).status_code == 404
    assert client.delete(reverse("cycle_pause", args=[cycle.pk])).status_code == 405


def test_no_page_answers_that_it_was_opened_the_wrong_way() -> None:
    names = [one.name for one in sending_addresses()]

    assert len(names) > 30
    assert [one.name for one in urls.urlpatterns if _only_posts(one)] == []


def _only_posts(one: Any) -> bool:
    """Whether Django's own `require_POST` stands before a view."""
    view = getattr(one, "callback", None)
    while view is not None:
        cells = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
        if ["POST"] in cells:
            return True
        view = getattr(view, "__wrapped__", None)
    return False
