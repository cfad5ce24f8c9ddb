"""Who is held back at the login: not an office in the morning, but whoever guesses."""

import json
import logging
from typing import Any, ClassVar

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from himpun.offices.models.people import LoginTally, Person
from himpun.web.accounts import login_limits
from himpun.web.addresses import address_of
from tests.cast import Cast, later
from tests.web.test_offices import as_

PASSWORD = "sawah-hijau-pagi-ini"
OFFICE, HOME = "10.0.0.1", "10.7.7.7"
HELD_BACK = "Terlalu banyak"


class CountedHasher(MD5PasswordHasher):
    """Notes every hashing."""

    algorithm = "md5"
    seen: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.seen.append(password)
        return super().encode(password, salt)


def people(count: int) -> list[Person]:
    made = [Person(username=f"pegawai.{no}", name=f"Pegawai {no}") for no in range(count)]
    for person in made:
        person.set_password(PASSWORD)
    return Person.objects.bulk_create(made)


def log_in(name: str, password: str = PASSWORD, address: str = OFFICE) -> str:
    """ "masuk", "ditahan" or "salah"."""
    answer = Client(REMOTE_ADDR=address).post("/akun/login/", {"login": name, "password": password})
    if answer.status_code == 302:
        return "masuk"
    assert answer.status_code == 200
    return "ditahan" if HELD_BACK in answer.content.decode() else "salah"


def test_sixty_people_behind_one_router_log_in_within_a_minute(db: None) -> None:
    names = [person.username for person in people(60)]
    assert {log_in(name) for name in names} == {"masuk"}
    clumsy = [log_in(name, "salah-ketik-sandi") for name in names[:15]]
    assert set(clumsy) == {"salah"}
    assert {log_in(name) for name in names} == {"masuk"}, "and once more, some after a slip"


def test_one_account_guessed_from_one_address_is_held_back_also_with_the_right_password(db: None) -> None:
    people(2)
    guesses = [log_in("pegawai.0", f"tebakan-{no}") for no in range(8)]
    assert guesses == ["salah"] * 5 + ["ditahan"] * 3
    assert log_in("pegawai.0") == "ditahan"
    assert log_in("pegawai.1") == "masuk", "a colleague behind the same router is not held back"
    with later(minutes=6):
        assert log_in("pegawai.0") == "masuk"


def test_one_account_guessed_from_many_addresses_is_held_back_but_not_where_its_person_has_been(db: None) -> None:
    people(1)
    assert log_in("pegawai.0") == "masuk"
    guesses = [log_in("pegawai.0", f"tebakan-{no}", f"10.1.0.{no}") for no in range(40)]
    assert guesses.count("salah") == 20
    assert set(guesses[20:]) == {"ditahan"}
    assert log_in("pegawai.0", address="10.1.0.99") == "ditahan"
    assert log_in("pegawai.0") == "masuk", "nobody outside locks a person out of their own office"


def test_many_accounts_guessed_from_one_address_are_held_back_but_not_the_people_who_work_there(db: None) -> None:
    people(100)
    assert log_in("pegawai.99") == "masuk"
    guesses = [log_in(f"pegawai.{no}", "rahasia123", OFFICE) for no in range(60)]
    assert guesses.count("salah") == 40
    assert set(guesses[40:]) == {"ditahan"}
    assert log_in("pegawai.98") == "ditahan", "nobody knows them here"
    assert log_in("pegawai.99") == "masuk"
    assert log_in("pegawai.98", address=HOME) == "masuk"


def test_unknown_names_are_counted_like_known_ones(db: None) -> None:
    people(1)
    known = [log_in("pegawai.0", "salah-sekali") for _ in range(7)]
    assert [log_in("siapa.ini", "salah-sekali") for _ in range(7)] == known


def test_known_and_unknown_names_cost_the_same(db: None, settings: Any) -> None:
    """The same hashing and as many statements; also for who has no password yet."""
    hashed: list[str] = []
    settings.PASSWORD_HASHERS = ["tests.web.test_login_limits.CountedHasher"]
    CountedHasher.seen = hashed
    people(1)
    Person.objects.create_user("belum.punya", None, name="Belum")
    costs = {}
    for name in ("pegawai.0", "siapa.ini", "belum.punya"):
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            assert log_in(name, "salah-sekali-ini") == "salah"
        costs[name] = (len(hashed), len(queries))
    assert len(set(costs.values())) == 1, costs
    assert costs["siapa.ini"][0] == 1


def test_a_jump_of_the_clock_keeps_nobody_out_for_a_year(db: None) -> None:
    people(1)
    with later(days=365):
        assert [log_in("pegawai.0", "salah-sekali") for _ in range(6)][-1] == "ditahan"
    assert log_in("pegawai.0") == "masuk"


# --- what is left of a failed login -----------------------------------------------------------------------------------


def test_a_failed_login_is_logged_with_a_name_only_where_it_is_an_account(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    people(1)
    with caplog.at_level(logging.WARNING, "himpun.access"):
        log_in("pegawai.0", "kata-sandi-yang-salah")
        log_in("rahasia-yang-terketik-di-kolom-nama", "x")
    said = [json.loads(record.getMessage()) for record in caplog.records if record.name == "himpun.access"]
    assert [(one["event"], one["person"], one["address"]) for one in said] == [
        ("login-failed", "pegawai.0", OFFICE),
        ("login-failed", "tidak dikenal", OFFICE),
    ]
    assert all(one["timestamp"] for one in said)
    assert "kata-sandi-yang-salah" not in caplog.text
    assert "rahasia-yang-terketik" not in caplog.text
    assert "rahasia-yang-terketik" not in str(list(LoginTally.objects.values()))


def test_the_office_sees_how_often_a_login_failed_in_the_name_of_its_people(small: Cast) -> None:
    url = f"/pengaturan/orang/{small.analis.pk}/"
    assert "kali gagal masuk" not in as_(small.umum).get(url).content.decode()
    for address in (OFFICE, HOME, HOME):
        log_in(small.analis.username, "salah-sekali", address)
    page = as_(small.umum).get(url).content.decode()
    assert "3 kali gagal masuk" in page
    assert f"{HOME}" in page
    assert "kali gagal masuk" not in as_(small.kasubbag).get(url).content.decode()
    with later(days=31):
        assert "kali gagal masuk" not in as_(small.umum).get(url).content.decode()


# --- addresses --------------------------------------------------------------------------------------------------------


def test_the_address_comes_from_the_proxy_only_where_there_is_one(settings: Any) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": "6.6.6.6, 10.0.0.5"})
    assert address_of(request) == "127.0.0.1"
    settings.BEHIND_PROXY = True
    assert address_of(request) == "10.0.0.5", "what the proxy itself wrote, not what the client sent along"
    assert address_of(RequestFactory().get("/", REMOTE_ADDR="")) == "tidak-diketahui"


def test_a_forged_header_gives_nobody_a_new_address(db: None) -> None:
    people(60)
    answers = []
    for no in range(50):
        client = Client(REMOTE_ADDR=OFFICE, headers={"X-Forwarded-For": f"10.2.0.{no}"})
        answers.append(client.post("/akun/login/", {"login": f"pegawai.{no}", "password": "x"}).content.decode())
    assert HELD_BACK in answers[-1]


@pytest.mark.parametrize("text", ["", "lima", "5/5m/orang", "5/5x/ip"])
def test_limits_that_cannot_be_read_stop_the_start(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="Yang diterima"):
        login_limits(text)
