"""The first login and every one after a reset: a link that works once, for one person, for some days."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from himpun import clock
from himpun.api.actions import make_token, open_token
from himpun.api.rules import TokenRefused
from himpun.archive.models import Record
from himpun.commands import run
from himpun.offices.access import links as access
from himpun.offices.actions import people
from himpun.offices.models.holdings import Holding, Leave
from himpun.offices.models.people import OneTimeLink, Person
from tests.cast import Cast, entrust, later
from tests.conftest import PUBLIC
from tests.web.test_offices import as_

PASSWORD = "sawah-hijau-pagi-ini"
TYPED = {"password1": PASSWORD, "password2": PASSWORD}


def path_of(given: access.Given) -> str:
    return f"/masuk/tautan/{given.secret}/"


def reset(cast: Cast, person: Person) -> access.Given:
    return people.reset_password(office=cast.office, person=person, by=cast.umum)


def shown(client: Client, path: str, status: int = 410) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


# --- using a link -----------------------------------------------------------------------------------------------------


def test_a_link_lets_its_person_set_a_password_and_logs_them_in_once(small: Cast) -> None:
    path, client = path_of(reset(small, small.analis)), Client()
    for _ in range(3):  # a mail scanner opens what it sees
        client.head(path)
        page = shown(Client(), path, 200)
    assert small.analis.username in page
    assert client.post(path, TYPED).url == "/"  # type: ignore[attr-defined]
    assert small.analis.name in client.get("/").content.decode()
    small.analis.refresh_from_db()
    assert small.analis.check_password(PASSWORD)
    assert "sudah dipakai" in shown(Client(), path)
    assert Client().post(path, TYPED).status_code == 410
    last = Record.objects.filter(act="offices:person:password-set").latest("seq")
    assert (last.chain, last.person) == (small.office.code, small.analis.username)


def test_what_is_wrong_is_told_at_its_field_in_indonesian_and_uses_nothing(small: Cast) -> None:
    path = path_of(reset(small, small.analis))
    for password, again, sentence in (
        ("pendek", "pendek", "setidaknya 10 karakter"),
        ("password123", "password123", "terlalu umum"),
        (PASSWORD, "lain-sekali-ini", "Tidak sama dengan yang di atas"),
        ("", "", "setidaknya 10 karakter"),
        (PASSWORD * 40, PASSWORD * 40, "paling banyak 256"),
    ):
        answer = Client().post(path, {"password1": password, "password2": again})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert Client().post(path, TYPED).status_code == 302


def test_a_link_ends_after_seven_days_by_a_newer_one_and_by_a_password(small: Cast) -> None:
    first = reset(small, small.analis)
    second = reset(small, small.analis)
    assert "sudah diganti yang lebih baru" in shown(Client(), path_of(first))
    with later(days=7):
        assert "masa berlakunya" in shown(Client(), path_of(second))
    small.analis.refresh_from_db()
    access.change_password(person=small.analis, password=PASSWORD)
    assert "kata sandinya sudah diubah" in shown(Client(), path_of(second))
    assert Client().post(path_of(second), TYPED).status_code == 410
    assert "tidak dikenal" in shown(Client(), "/masuk/tautan/abc/")
    assert "pengelola Pengaturan" in shown(Client(), "/masuk/tautan/abc/")


def test_a_link_made_while_the_clock_was_a_year_ahead_is_not_good_for_a_year(small: Cast) -> None:
    with later(days=365):
        given = access.link_by_operator(username=small.analis.username)
    assert "masa berlakunya" in shown(Client(), path_of(given))


def test_somebody_kept_out_does_not_come_in_by_a_link(small: Cast) -> None:
    given = reset(small, small.analis)
    Person.objects.filter(pk=small.analis.pk).update(is_active=False)
    assert "ditutup" in shown(Client(), path_of(given))
    assert Client().post(path_of(given), TYPED).status_code == 410


def test_the_page_of_a_link_is_kept_nowhere_and_its_address_goes_nowhere(small: Cast) -> None:
    answer = Client().get(path_of(reset(small, small.analis)))
    assert answer["Referrer-Policy"] == "origin"
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    outside = re.findall(r'(?:href|src|action)="(https?:)?//', answer.content.decode())
    assert outside == []


def test_links_are_not_tried_without_end_from_one_address(small: Cast) -> None:
    answers = [Client().get(f"/masuk/tautan/tebakan-{no}/").status_code for no in range(130)]
    assert answers[0] == 410
    assert answers[-1] == 429
    elsewhere = Client(REMOTE_ADDR="10.9.9.9").get(path_of(reset(small, small.analis)))
    assert elsewhere.status_code == 200


def test_only_one_link_of_a_person_is_open_and_none_is_kept_in_the_clear(small: Cast) -> None:
    given = [reset(small, small.analis) for _ in range(3)]
    rows = OneTimeLink.objects.filter(person=small.analis)
    assert rows.filter(used_at__isnull=True, ended_at__isnull=True).count() == 1
    assert not any(one.secret in str(list(rows.values())) for one in given)
    assert not any(one.secret in record.data for one in given for record in Record.objects.all())


# --- what ends with a password ----------------------------------------------------------------------------------------


def by_manager(cast: Cast) -> None:
    reset(cast, cast.analis)


def by_operator(cast: Cast) -> None:
    access.link_by_operator(username=cast.analis.username)


def by_link(cast: Cast) -> None:
    given = access.give_link(cast.analis, clock.now())
    assert Client().post(path_of(given), TYPED).status_code == 302


def by_themselves(cast: Cast) -> None:
    cast.analis.set_password("kata-sandi-lama")
    cast.analis.save()
    client = as_(cast.analis)
    new = {"oldpassword": "kata-sandi-lama", **TYPED}
    assert client.post("/akun/password/change/", new).status_code == 302
    assert client.get("/").status_code == 200, "the session in which it was changed goes on"


def by_django(cast: Cast) -> None:
    """As `himpun manage changepassword` does."""
    cast.analis.set_password(PASSWORD)
    cast.analis.save()


@pytest.mark.parametrize("change", [by_manager, by_operator, by_link, by_themselves, by_django])
def test_a_reset_or_change_ends_tokens_sessions_and_links(small: Cast, change: Any) -> None:
    person = small.analis
    _, secret = make_token(person=person, office=small.office, name="Program", scopes=["angka:baca"])
    theirs, link = as_(person), access.give_link(person, clock.now())
    assert open_token(secret).person == person
    change(small)
    with pytest.raises(TokenRefused, match="kata sandi pemiliknya diganti"):
        open_token(secret)
    assert theirs.get("/").status_code == 302
    assert Client().get(path_of(link)).status_code == 410
    with as_token(secret) as answer:
        assert answer.status_code == 401


class as_token:  # noqa: N801
    """The API asked with a token."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __enter__(self) -> Any:
        return Client().get("/api/v1/indikator", headers={"Authorization": f"Bearer {self.secret}"})

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""


def test_an_ended_token_says_so_and_its_name_is_free_again(small: Cast) -> None:
    make_token(person=small.analis, office=small.office, name="Program", scopes=["angka:baca"])
    by_django(small)
    small.analis.refresh_from_db()
    page = as_(small.analis).get("/akun/token/").content.decode()
    assert "kata sandi diganti" in page
    assert "Cabut Program" not in page
    make_token(person=small.analis, office=small.office, name="Program", scopes=["angka:baca"])


def test_two_step_verification_stays_and_is_told(small: Cast) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(small.analis, generate_totp_secret())
    page = as_(small.umum).post(f"/pengaturan/orang/{small.analis.pk}/", {"act": "password"}).content.decode()
    assert "Verifikasi dua langkahnya tetap berlaku" in page
    path = re.search(r"/masuk/tautan/[\w-]+/", page)
    assert path
    client = Client()
    assert "2fa" in client.post(path[0], TYPED).url  # type: ignore[attr-defined]
    assert client.get("/").status_code == 302, "not logged in before the second step"


# --- the operator -----------------------------------------------------------------------------------------------------


LINK = re.compile(rf"{re.escape(PUBLIC)}(/masuk/tautan/[\w-]{{43}}/)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample office as docs/how-to/muat-kantor.md says to prepare it: without passwords."""
    import csv
    import shutil

    place = tmp_path / "kantor"
    shutil.copytree("examples/kecamatan-contoh", place)
    with (place / "people.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    with (place / "people.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows({**row, "password": ""} for row in rows)
    return place


def test_the_how_to_is_walked_from_the_folder_to_everybody_logged_in(
    db: None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    how_to = Path("docs/how-to/muat-kantor.md").read_text()
    assert "Kosongkan kolom `password`" in how_to
    assert "himpun person link" in how_to
    assert run(["load-office", str(folder)]) == 0
    said = capsys.readouterr().out
    links = LINK.findall(said)
    assert len(links) == len(set(links)) == Person.objects.count() == 10
    for link in links:
        client = Client()
        assert client.post(link, TYPED).status_code == 302
        assert client.get("/").status_code == 200
    person = Person.objects.get(username="camat")
    assert Client().post("/akun/login/", {"login": "camat", "password": PASSWORD}).status_code == 302
    assert run(["load-office", str(folder)]) == 0
    assert "/masuk/tautan/" not in capsys.readouterr().out
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_loading_again_keeps_the_links_that_are_out_and_renews_those_that_are_over(
    db: None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["load-office", str(folder)])
    first = LINK.findall(capsys.readouterr().out)
    run(["load-office", str(folder)])
    again = capsys.readouterr().out
    assert LINK.findall(again) == []
    assert "himpun person link NAMA" in again
    assert Client().get(first[0]).status_code == 200
    with later(days=8):
        run(["load-office", str(folder)])
        assert len(LINK.findall(capsys.readouterr().out)) == 10


def test_the_samples_with_passwords_print_no_links(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    run(["load-office", "examples/kecamatan-contoh"])
    assert "tautan" not in capsys.readouterr().out
    assert not OneTimeLink.objects.exists()


def test_the_operator_gives_a_new_link_and_is_told_of_a_wrong_name(
    small: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    old = reset(small, small.analis)
    assert run(["person", "link", small.analis.username]) == 0
    link = LINK.findall(capsys.readouterr().out)[0]
    assert Client().get(path_of(old)).status_code == 410
    assert Client().post(link, TYPED).status_code == 302
    assert run(["person", "link", "bukan.siapa"]) == 1
    assert "Tidak ada orang aktif" in capsys.readouterr().err


# --- who forgot a password --------------------------------------------------------------------------------------------


def forgotten(query: str = "") -> str:
    return " ".join(Client().get(f"/akun/password/reset/{query}").content.decode().split())


def test_without_a_mail_server_the_page_names_who_can_give_a_new_link(small: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    page = forgotten()

    assert "tidak terhubung ke peladen surel" in page
    assert f"<li>{small.umum.name} (Kasubbag Umum dan Kepegawaian)</li>" in page
    assert f"<li>{small.sekretaris.name} (Sekretaris Camat)</li>" in page
    assert small.kepala.name not in page
    assert small.analis.name not in page
    assert 'name="email"' not in page


def test_who_is_on_leave_is_not_named_and_who_stands_in_is(small: Cast) -> None:
    today = clock.today()
    Leave.objects.create(person=small.umum, office=small.office, kind=Leave.Kind.LEAVE, since=today, until=today)
    post = Holding.objects.get(person=small.umum).post
    entrust(small.analis, post, since=today)

    page = forgotten()

    assert f"{small.umum.name} (" not in page
    assert f"<li>{small.analis.name} (Plt. Kasubbag Umum dan Kepegawaian)</li>" in page


def test_of_several_offices_one_is_chosen_and_one_without_anybody_says_so(small: Cast, neighbour: Cast) -> None:
    unchosen, chosen = forgotten(), forgotten(f"?kantor={neighbour.office.code}")
    Holding.objects.filter(post__office=neighbour.office).update(until=clock.today() - timedelta(days=1))
    empty = forgotten(f"?kantor={neighbour.office.code}")

    assert "Pilih kantor" in unchosen
    assert "minta tautan masuk baru kepada" not in unchosen
    assert f"Di {neighbour.office.name}, minta tautan masuk baru kepada" in chosen
    assert "jabatan pengelola kantor kosong" in empty
