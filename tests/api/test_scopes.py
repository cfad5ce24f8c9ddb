"""What a token opens: each operation needs its scope, and no token gives more than its person's posts."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from himpun.api.actions import make_token, open_token, revoke_token
from himpun.api.models import Token
from himpun.api.rules import SCOPES, TokenRefused
from himpun.archive.models import Record
from himpun.errors import FieldErrors
from himpun.indicators.models.figures import Figure
from himpun.offices.models.holdings import Holding
from himpun.offices.models.people import Person
from tests.api.programs import Program, add_indicator, program, row
from tests.cast import Cast, later

pytestmark = pytest.mark.django_db

INDICATOR = {
    "tahun": 2026,
    "nama": "Baru",
    "sasaran": "S",
    "satuan": "orang",
    "penanggung_jawab": "jabatan-6",
    "variabel": [{"nama": "jumlah", "uraian": "Jumlah orang", "satuan": "orang", "jenis": "nilai"}],
}
ADX = (
    '<adx><group orgUnit="jabatan-6" period="2026-07-01/P3M"><dataValue dataElement="UJI-01" value="5"/></group></adx>'
)
DHIS2 = {"dataValues": [{"dataElement": "UJI-01", "orgUnit": "jabatan-6", "period": "2026Q3", "value": "5"}]}
OPERATIONS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("kamus:baca", "get", "/indikator", {}),
    ("kamus:baca", "get", "/indikator/UJI-01", {"tahun": 2026}),
    ("kamus:tulis", "put", "/indikator/UJI-02", {"body": INDICATOR}),
    ("target:baca", "get", "/target", {"tahun": 2026}),
    (
        "target:tulis",
        "put",
        "/target",
        {"body": {"tahun": 2026, "target": [{"indikator": "UJI-01", "periode": "2026-TW3", "target": "12"}]}},
    ),
    ("angka:baca", "get", "/angka", {}),
    ("angka:baca", "get", "/angka/dataValueSets", {}),
    ("angka:baca", "get", "/angka/adx", {}),
    ("angka:tulis", "post", "/angka", {"body": {"rows": [row("UJI-01", "2026-TW3", 5)]}}),
    ("angka:tulis", "post", "/angka/dataValueSets", {"body": DHIS2}),
    ("angka:tulis", "post", "/angka/adx", {"body": ADX, "media": "application/adx+xml"}),
    ("rekap:baca", "get", "/rekap", {"periode": "2026-TW3"}),
]


@pytest.fixture
def office(small: Cast) -> Cast:
    add_indicator(small, polarity="negatif-a", target_2026_TW3="12")
    return small


@pytest.mark.parametrize(("scope", "method", "path", "given"), OPERATIONS)
def test_an_operation_opens_with_its_scope_and_with_no_other(
    office: Cast, scope: str, method: str, path: str, given: dict[str, Any]
) -> None:
    others = [one for one in SCOPES if one != scope]

    refused = getattr(program(office, office.analis, others), method)(path, **given)
    Token.objects.all().delete()
    opened = getattr(program(office, office.analis, [scope]), method)(path, **given)

    assert (refused.status_code, refused.json()["code"]) == (403, "cakupan-kurang")
    assert scope in refused.json()["message"]
    assert opened.status_code == 200, opened.content


def test_every_operation_is_in_the_table(office: Cast) -> None:
    document = Program().get("/openapi.json").json()
    described = {
        (method, path.removeprefix("/api/v1").replace("{kode}", "*"))
        for path, methods in document["paths"].items()
        for method in methods
    }
    tested = {(method, path.replace("UJI-01", "*").replace("UJI-02", "*")) for _, method, path, _ in OPERATIONS}
    assert described == tested | {("get", "/kantor")}


@pytest.mark.parametrize(("scope", "method", "path", "given"), OPERATIONS)
def test_nothing_opens_without_a_token(office: Cast, scope: str, method: str, path: str, given: dict[str, Any]) -> None:
    for secret in ("", "himpun_salah", "é" * 40):
        answer = getattr(Program(secret), method)(path, **given)
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/json"
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert not Figure.objects.exists()


def test_a_session_alone_opens_nothing(office: Cast) -> None:
    asking = Program()
    asking.client.force_login(office.analis, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert asking.get("/kantor").status_code == 401


def test_a_revoked_and_an_ended_token_open_nothing(office: Cast) -> None:
    token, secret = make_token(person=office.analis, office=office.office, name="Satu", scopes=SCOPES, days=30)
    asking = Program(secret)
    assert asking.get("/kantor").status_code == 200
    with later(days=31):
        assert "habis" in asking.get("/kantor").json()["message"]
    revoke_token(token=token, by=office.analis)
    answer = asking.get("/kantor")
    assert answer.status_code == 401
    assert "dicabut" in answer.json()["message"]


def test_a_token_ends_with_its_persons_last_post_there(office: Cast) -> None:
    asking = program(office, office.analis)
    Holding.objects.filter(person=office.analis).update(until=date(2026, 10, 4))

    answer = asking.get("/kantor")

    assert (answer.status_code, answer.json()["code"]) == (403, "bukan-pemangku")


def test_a_token_ends_with_its_persons_account(office: Cast) -> None:
    asking = program(office, office.analis)
    Person.objects.filter(pk=office.analis.pk).update(is_active=False)
    assert asking.get("/kantor").status_code == 403


def test_a_unit_brings_and_sees_only_its_own_figures(office: Cast) -> None:
    add_indicator(office, "UJI-02", owner=office.post_of_unit(1).code)
    rows = {"rows": [row("UJI-01", "2026-TW3", 5), row("UJI-02", "2026-TW3", 6)]}
    assert program(office, office.analis).post("/angka", rows).status_code == 200
    unit = program(office, office.units[1])

    seen = unit.get("/angka").json()["rows"]
    refused = unit.post("/angka", {"rows": [row("UJI-01", "2026-TW3", 7)]})
    own = unit.post("/angka", {"rows": [row("UJI-02", "2026-TW3", 7)]})

    assert [one["indikator"] for one in seen] == ["UJI-02"]
    assert refused.status_code == 422
    assert "tidak memangku jabatan unit ini" in refused.json()["kesalahan"][0]["sebab"]
    assert own.json()["berubah"] == 1


def test_a_unit_changes_no_dictionary_though_its_token_could(office: Cast) -> None:
    unit = program(office, office.units[0])
    assert unit.put("/indikator/UJI-09", INDICATOR).status_code == 403
    body = {"tahun": 2026, "target": [{"indikator": "UJI-01", "periode": "2026-TW3", "target": "1"}]}
    assert unit.put("/target", body).status_code == 403


def test_nothing_of_another_office_is_reached(office: Cast, neighbour: Cast) -> None:
    program(office, office.analis).post("/angka", {"rows": [row("UJI-01", "2026-TW3", 5)]})
    stranger = program(neighbour, neighbour.analis)

    assert stranger.get("/angka").json()["rows"] == []
    assert stranger.get("/indikator/UJI-01", tahun=2026).status_code == 404
    assert stranger.get("/rekap", periode="2026-TW3", kantor=office.office.code).status_code == 404
    assert stranger.post("/angka", {"rows": [row("UJI-01", "2026-TW3", 9)]}).status_code == 422
    assert "UJI-01" not in stranger.get("/angka/dataValueSets").content.decode()


def test_an_office_above_reads_the_recap_below_and_a_token_stays_in_its_own_branch(
    office: Cast, neighbour: Cast
) -> None:
    office.office.parent = neighbour.office
    office.office.save()
    Holding.objects.create(post=office.post("analis"), person=neighbour.analis, since=date(2026, 1, 1), kind="Plt")

    above = program(neighbour, neighbour.analis)
    assert above.get("/rekap", periode="2026-TW3", kantor=office.office.code).status_code == 200
    assert above.get("/kantor").json()["di_bawahnya"] == [{"kode": office.office.code, "nama": office.office.name}]
    Token.objects.all().delete()
    below = program(office, neighbour.analis)
    assert below.get("/rekap", periode="2026-TW3", kantor=neighbour.office.code).status_code == 404


# --- making and revoking ---------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_kept_as_a_digest(small: Cast) -> None:
    token, secret = make_token(person=small.analis, office=small.office, name="Aplikasi", scopes=["angka:tulis"])

    assert secret.startswith("himpun_")
    assert len(secret) == len("himpun_") + 43
    kept = Token.objects.values().get(pk=token.pk)
    assert secret not in str(kept)
    assert kept["expires"] - kept["created"] == timedelta(days=365)
    record = Record.objects.get(act="api:token:made")
    assert secret not in record.data
    assert open_token(secret).person == small.analis


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["semua"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 400}, "days"),
    ],
)
def test_a_token_that_cannot_be_is_refused_at_its_field(small: Cast, changed: dict[str, Any], field: str) -> None:
    given: dict[str, Any] = {"name": "Aplikasi", "scopes": ["angka:baca"], "days": 30, **changed}
    with pytest.raises(FieldErrors) as refused:
        make_token(person=small.analis, office=small.office, **given)
    assert [*refused.value.fields] == [field]
    assert not Token.objects.exists()


def test_a_name_is_free_again_once_its_token_was_revoked(small: Cast) -> None:
    given: dict[str, Any] = {"person": small.analis, "office": small.office, "name": "A", "scopes": ["angka:baca"]}
    token, _ = make_token(**given)
    with pytest.raises(FieldErrors):
        make_token(**given)
    revoke_token(token=token, by=small.analis)
    revoke_token(token=token, by=small.analis)
    make_token(**given)
    assert Record.objects.filter(act="api:token:revoked").count() == 1


def test_nobody_revokes_anothers_token(small: Cast) -> None:
    token, secret = make_token(person=small.analis, office=small.office, name="A", scopes=["angka:baca"])
    with pytest.raises(TokenRefused):
        revoke_token(token=token, by=small.umum)
    assert open_token(secret)


def test_the_last_use_is_noted_now_and_then(small: Cast) -> None:
    token, secret = make_token(person=small.analis, office=small.office, name="A", scopes=["angka:baca"])
    open_token(secret)
    token.refresh_from_db()
    first = token.last_used
    with later(minutes=1):
        open_token(secret)
    token.refresh_from_db()
    assert token.last_used == first is not None
    with later(minutes=6):
        open_token(secret)
    token.refresh_from_db()
    assert token.last_used is not None
    assert token.last_used > first
    assert timezone.is_aware(first)
