"""No secret reaches a log, by whatever way it is written."""

import logging
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from himpun.logs import Formatter
from himpun.notifications import sending
from himpun.notifications.access_mail import mail_links
from himpun.notifications.channels import read_channels
from himpun.offices.access import links
from himpun.offices.actions import people
from himpun.offices.models.people import OneTimeLink
from tests.cast import Cast
from tests.web.test_access import TYPED, path_of
from tests.web.test_offices import as_

FORMATTER = Formatter(["kata-sandi-basis-data"])


@pytest.fixture
def logged() -> Any:
    """What the console would show, as the settings write it."""
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(FORMATTER.format(record))

    handler = Kept()
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


def test_the_console_writes_by_the_formatter_that_hides() -> None:
    made = django_settings.LOGGING
    assert made["handlers"]["console"]["formatter"] == "plain"
    assert made["formatters"]["plain"]["()"] == "himpun.logs.Formatter"
    assert django_settings.SECRET_KEY in made["formatters"]["plain"]["secrets"]
    assert {made["root"]["handlers"][0]} == {"console"}


@pytest.mark.parametrize(
    "text",
    [
        "Gone: /masuk/tautan/RAHASIA-rahasia_123/",
        "Not Found: /t/RAHASIA-rahasia_123/dokumen.pdf",
        "could not connect: postgres://himpun:RAHASIA-rahasia_123@basis.data/himpun",
        "smtp+tls://a:RAHASIA-rahasia_123@surel.contoh.go.id:587",
        "Authorization: Bearer himpun_RAHASIA-rahasia_123",
        "<QueryDict: {'password': ['RAHASIA-rahasia_123'], 'login': ['a']}>",
        '{"oldpassword": "RAHASIA-rahasia_123"}',
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str) -> None:
    shown = FORMATTER.hidden(text)
    assert "RAHASIA" not in shown
    assert "[dirahasiakan]" in shown


def test_ordinary_lines_stay_as_they_are() -> None:
    for text in ("Not Found: /siklus/12/", "http://127.0.0.1:8000/v/abc", "sandi salah", "task: himpun_cache"):
        assert FORMATTER.hidden(text) == text
    assert FORMATTER.hidden("sandi kata-sandi-basis-data") == "sandi [dirahasiakan]"


def test_a_live_link_reaches_no_log_when_its_form_is_refused(small: Cast, logged: list[str]) -> None:
    given = people.reset_password(office=small.office, person=small.analis, by=small.umum)
    assert Client().post(path_of(given), {"password1": "pendek", "password2": "pendek"}).status_code == 422
    assert Client().post(path_of(given), TYPED).status_code == 302
    assert Client().get(path_of(given)).status_code == 410
    assert any("/masuk/tautan/" in line for line in logged), "Django logs refused addresses"
    assert given.secret not in "".join(logged)


def test_a_failing_page_logs_nothing_that_was_typed(
    small: Cast, logged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = people.reset_password(office=small.office, person=small.analis, by=small.umum)

    def broken(**typed: str) -> None:
        raise RuntimeError(f"rusak di {path_of(given)}")

    monkeypatch.setattr(links, "redeem", broken)
    answer = Client(raise_request_exception=False).post(path_of(given), TYPED)
    assert answer.status_code == 500
    told = "".join(logged)
    assert "RuntimeError" in told
    assert given.secret not in told
    assert TYPED["password1"] not in told


def test_a_channel_that_fails_unforeseen_does_not_log_its_address(logged: list[str]) -> None:
    class Broken:
        def send(self, parcel: Any) -> str:
            raise ValueError("https://api.telegram.org/bot123:RAHASIA/sendMessage")

        def close(self) -> None:
            """Nothing."""

    with pytest.raises(sending.Unknown):
        sending._hand_over(Broken(), None)  # type: ignore[arg-type]
    assert "RAHASIA" not in "".join(logged)
    assert "ValueError" in "".join(logged)


def test_a_wrong_channel_is_told_without_repeating_it() -> None:
    with pytest.raises(Exception, match="saluran ke-1") as error:
        read_channels("tgram://123:RAHASIA-rahasia/{alamat}")
    assert "RAHASIA" not in str(error.value)


@pytest.mark.parametrize(
    "given", [{"DATABASE_URL": "postgres://h:RAHA/SIA@basis/x"}, {"EMAIL_URL": "smtp://h:RAHA/SIA@surel"}]
)
def test_an_address_that_cannot_be_read_stops_the_start_without_repeating_it(given: dict[str, str]) -> None:
    command = [sys.executable, "-c", "import himpun.settings"]
    done = subprocess.run(command, env={**os.environ, **given}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "RAHA" not in done.stderr
    assert "SIA" not in done.stderr
    assert "Yang diterima" in done.stderr


# --- links by e-mail --------------------------------------------------------------------------------------------------


@pytest.fixture
def mailing(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def ask(address: str) -> Any:
    return Client().post("/akun/password/reset/", {"email": address})


def test_without_a_mail_server_the_page_says_whom_to_ask_and_nothing_is_sent(
    small: Cast, settings: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    small.analis.email = "analis@contoh.go.id"
    small.analis.save()
    for backend in ("console", "dummy"):
        settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
        page = ask(small.analis.email).content.decode()
        assert "tidak terhubung ke peladen surel" in page
        assert "Kasubbag Umum" in page
        mail_links.func(small.analis.email, 1)
    assert not OneTimeLink.objects.exists()
    printed = capfd.readouterr()
    assert "tautan" not in printed.out + printed.err


def test_whoever_asks_by_mail_is_told_the_same_whether_known_or_not(small: Cast, mailing: None) -> None:
    small.analis.email = "analis@contoh.go.id"
    small.analis.save()
    answers = []
    for address in ("analis@contoh.go.id", "bukan.siapa@contoh.go.id"):
        with CaptureQueriesContext(connection) as queries:
            answer = ask(address)
        answers.append((answer.status_code, answer["Location"], len(queries)))
    assert answers[0] == answers[1]
    assert mail.outbox == [], "nothing is sent, and nobody looked up, within the request"
    page = Client().get(answers[0][1]).content.decode()
    assert "Bila alamat itu tercatat" in page
    mail_links.func("bukan.siapa@contoh.go.id", 1)
    assert mail.outbox == [], "nobody unknown gets a mail, and nobody is invited"


def test_the_mailed_link_sets_a_password_and_until_then_the_old_one_goes_on(small: Cast, mailing: None) -> None:
    small.analis.email = "Analis@contoh.go.id"
    small.analis.set_password("kata-sandi-lama")
    small.analis.save()
    theirs = as_(small.analis)
    mail_links.func("analis@contoh.go.id", 1)
    body = mail.outbox[0].body
    assert small.analis.username in body
    path = next(line for line in body.splitlines() if "/masuk/tautan/" in line).removeprefix(django_settings.BASE_URL)
    assert theirs.get("/").status_code == 200
    assert Client().post(path, TYPED).status_code == 302
    assert theirs.get("/").status_code == 302


def test_asking_by_mail_is_limited_and_wrong_addresses_are_told_at_the_field(small: Cast, mailing: None) -> None:
    refused = ask("bukan surel")
    assert refused.status_code == 422
    assert 'value="bukan surel"' in refused.content.decode()
    codes = [ask("analis@contoh.go.id").status_code for _ in range(5)]
    assert codes == [302, 302, 302, 422, 422]


def test_resets_by_the_login_library_are_closed(small: Cast) -> None:
    answer = Client().get("/akun/password/reset/key/1-abc-def/")
    assert answer.status_code == 410
    assert "tidak berlaku lagi" in answer.content.decode()
