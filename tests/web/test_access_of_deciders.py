"""Whose link a manager may see: never that of somebody who decides, whose address is theirs to change as well."""

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.commands import run
from himpun.notifications.access_mail import mail_link
from himpun.notifications.models import Message
from himpun.offices.models.holdings import Holding
from himpun.offices.models.people import OneTimeLink, Person
from tests.cast import Cast, entrust, later
from tests.web.test_offices import as_

PASSWORD = "sawah-hijau-pagi-ini"
TYPED = {"password1": PASSWORD, "password2": PASSWORD}
OWN = "/akun/pesan/"
DECIDING = ["kepala", "sekretaris", "kasubbag", "umum"]


@pytest.fixture
def mailing(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def reset(by: Person, person: Person) -> Any:
    return as_(by).post(f"/pengaturan/orang/{person.pk}/", {"act": "password"})


def retype(by: Person, person: Person, **changed: str) -> Any:
    fields = {name: getattr(person, name) for name in ("name", "nip", "rank", "email")}
    return as_(by).post(f"/pengaturan/orang/{person.pk}/", {**fields, "is_active": "1", **changed})


def told(person: Person) -> list[str]:
    return [one.text for one in Message.objects.filter(about=f"person:{person.pk}")]


def with_password(person: Person) -> Person:
    person.set_password(PASSWORD)
    person.save()
    return person


# --- the link ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", DECIDING)
@pytest.mark.parametrize("attacker", ["umum", "sekretaris"])
def test_the_link_of_somebody_who_decides_is_shown_to_no_colleague(small: Cast, who: str, attacker: str) -> None:
    victim = with_password(getattr(small, who))
    theirs = as_(victim)
    answer = reset(getattr(small, attacker), victim)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "/masuk/tautan/" not in page
    assert f"himpun person link {victim.username}" in page
    assert "Buat tautan masuk baru" not in page
    assert not OneTimeLink.objects.exists()
    assert theirs.get("/").status_code == 200, "they work on"
    assert Person.objects.get(pk=victim.pk).check_password(PASSWORD)


@pytest.mark.parametrize("kind", ["Plt", "Plh", "Pj"])
def test_neither_is_that_of_who_decides_for_a_while_or_from_a_coming_day(small: Cast, kind: str) -> None:
    holding = entrust(small.analis, small.post("kepala"), kind=kind, since=date(2026, 11, 2), until=date(2026, 11, 30))
    assert reset(small.umum, small.analis).status_code == 422, "the day before they begin gives it away as well"
    Holding.objects.filter(pk=holding.pk).update(since=date(2026, 9, 1))
    assert reset(small.umum, small.analis).status_code == 422
    Holding.objects.filter(pk=holding.pk).update(until=date(2026, 10, 2))
    assert reset(small.umum, small.analis).status_code == 200, "once it is over they are ordinary staff"


def test_nor_of_who_decides_in_another_office(small: Cast, neighbour: Cast) -> None:
    entrust(small.analis, neighbour.post("kepala"), since=date(2026, 9, 1))
    assert reset(small.umum, small.analis).status_code == 422


def test_a_first_link_goes_the_same_way(small: Cast) -> None:
    Person.objects.filter(pk__in=[small.kepala.pk, small.analis.pk]).update(password="!")
    assert reset(small.umum, small.kepala).status_code == 422
    assert reset(small.umum, small.analis).status_code == 200


def test_ordinary_staff_get_their_link_from_their_manager_as_ever_and_are_told(small: Cast) -> None:
    assert "/masuk/tautan/" in reset(small.umum, small.analis).content.decode()
    expected = (
        f"Akses masuk {small.analis.name} diatur ulang oleh {small.umum.name} pada 5 Oktober 2026 pukul 08.00 WIB"
    )
    assert [text.partition(". ")[0] for text in told(small.analis)] == [expected]
    assert expected in as_(Person.objects.get(pk=small.analis.pk)).get("/pesan/").content.decode()
    assert Record.objects.filter(act="offices:person:password-reset").count() == 1


def test_with_a_mail_server_it_goes_to_their_address_and_their_password_goes_on_until_then(
    small: Cast, mailing: None
) -> None:
    victim = with_password(small.kepala)
    Person.objects.filter(pk=victim.pk).update(email="camat@contoh.go.id")
    theirs = as_(victim)

    answer = reset(small.umum, victim)

    assert answer.status_code == 302
    assert "/masuk/tautan/" not in as_(small.umum).get(answer["Location"]).content.decode()
    mail_link.func(victim.pk, 1)
    assert mail.outbox[0].to == ["camat@contoh.go.id"]
    path = next(line for line in mail.outbox[0].body.splitlines() if "/masuk/tautan/" in line)
    assert theirs.get("/").status_code == 200
    assert any("dikirim ke surelnya atas permintaan" in text for text in told(victim))
    assert Record.objects.filter(act="offices:person:link-mailed", person=small.umum.username).count() == 1
    assert Client().post(path.removeprefix(settings.BASE_URL), TYPED).status_code == 302
    assert theirs.get("/").status_code == 302
    assert verify().faults == []


def test_without_an_address_only_the_administrator_gives_it_and_the_person_is_told(
    small: Cast, mailing: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reset(small.umum, small.kepala).status_code == 422
    assert run(["person", "link", small.kepala.username]) == 0
    assert "/masuk/tautan/" in capsys.readouterr().out
    assert any("diatur ulang oleh Administrator (konsol)" in text for text in told(small.kepala))


# --- the address ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", DECIDING)
def test_the_address_of_somebody_who_decides_is_changed_by_no_manager_and_the_rest_is(small: Cast, who: str) -> None:
    victim = getattr(small, who)
    answer = retype(small.umum, victim, email="penyerang@contoh.example", rank="Pembina")
    assert answer.status_code == 422
    assert "hanya diubah olehnya sendiri" in answer.content.decode()
    assert Person.objects.get(pk=victim.pk).email == ""
    assert retype(small.umum, victim, rank="Pembina").status_code == 302
    assert Person.objects.get(pk=victim.pk).rank == "Pembina"
    assert retype(small.umum, small.analis, email="analis@contoh.go.id").status_code == 302


def test_everybody_changes_their_own_address_with_their_password(small: Cast) -> None:
    person = with_password(small.kepala)
    client = as_(person)
    for given, sentence in (
        ({"email": "camat@contoh.go.id", "password": "bukan-ini-sandinya"}, "bukan kata sandi Anda"),
        ({"email": "camat@contoh.go.id"}, "bukan kata sandi Anda"),
        ({"email": "bukan surel", "password": PASSWORD}, "bukan alamat surel"),
        ({"email": f"{'a' * 260}@contoh.go.id", "password": PASSWORD}, "Terlalu panjang"),
    ):
        answer = client.post(OWN, {"act": "surel", **given})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert sentence.lower() in page.lower()
        assert f'value="{given["email"]}"' in page, "nothing typed is lost"
        assert PASSWORD not in page
        assert Person.objects.get(pk=person.pk).email == ""

    assert client.post(OWN, {"act": "surel", "email": "camat@contoh.go.id", "password": PASSWORD}).status_code == 302

    assert Person.objects.get(pk=person.pk).email == "camat@contoh.go.id"
    assert Record.objects.filter(act="offices:person:address-changed", person=person.username).count() == 1
    assert verify().faults == []


def test_the_own_password_is_not_guessed_there_without_end(small: Cast) -> None:
    client = as_(with_password(small.kepala))
    for _ in range(5):
        client.post(OWN, {"act": "surel", "email": "a@contoh.go.id", "password": "tebakan-saja"})
    held = client.post(OWN, {"act": "surel", "email": "a@contoh.go.id", "password": PASSWORD})
    assert held.status_code == 422
    assert "Terlalu banyak" in held.content.decode()
    with later(minutes=6):
        assert client.post(OWN, {"act": "surel", "email": "a@contoh.go.id", "password": PASSWORD}).status_code == 302


def test_no_other_page_changes_an_address(small: Cast) -> None:
    client = as_(with_password(small.kepala))
    for given in ({"action_add": "", "email": "penyerang@contoh.example"}, {"action_primary": "", "email": "x@y.id"}):
        answer = client.post("/akun/email/", given)
        assert (answer.status_code, answer["Location"]) == (302, OWN)
    assert Person.objects.get(pk=small.kepala.pk).email == ""
