"""What an attacker or a broken program sends: always JSON with a code and a sentence, never a page, never a crash."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from himpun.api.door import api
from himpun.api.operations import document
from himpun.indicators.models.figures import Figure
from himpun.wsgi import application
from tests.api.programs import ROOT, Program, add_indicator, program
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def sending(small: Cast) -> Program:
    add_indicator(small)
    return program(small, small.analis)


def is_refusal(answer: Any, status: int) -> bool:
    body = json.loads(answer.content)
    return (
        answer.status_code == status
        and answer["Content-Type"] == "application/json"
        and bool(body["code"])
        and " " in body["message"]
        and "Traceback" not in body["message"]
    )


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/angka", "text/plain"),
        ("/angka", ""),
        ("/angka", "application/x-www-form-urlencoded"),
        ("/angka", "multipart/form-data; boundary=x"),
        ("/angka/dataValueSets", "application/pdf"),
        ("/angka/adx", "application/json"),
    ],
)
def test_a_body_of_another_kind_is_refused(sending: Program, path: str, media: str) -> None:
    assert is_refusal(sending.post(path, "halo", media), 415)


@pytest.mark.parametrize(
    ("path", "media", "body"),
    [
        ("/angka", "application/json", " "),
        ("/angka", "application/json", "[1, 2"),
        ("/angka", "application/json", "[]"),
        ("/angka", "application/json", '{"rows": 3}'),
        ("/angka", "application/json", '{"rows": []}'),
        ("/angka", "application/json", b"\xff\xfe"),
        ("/angka", "text/csv", "kode;angka\n1;2\n"),
        ("/angka", "text/csv", b"indikator;periode;nilai\nK\x81;2026;1"),
        ("/angka/dataValueSets", "application/json", '{"rows": []}'),
        ("/angka/dataValueSets", "text/csv", "a,b\n"),
        ("/angka/dataValueSets", "application/xml", "<dataValueSet>"),
        ("/angka/adx", "application/xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><adx>&b;</adx>"),
    ],
)
def test_nonsense_is_refused(sending: Program, path: str, media: str, body: str | bytes) -> None:
    assert is_refusal(sending.post(path, body, media), 400)
    assert not Figure.objects.exists()


def test_a_body_that_is_no_json_is_refused_where_a_card_is_written(sending: Program) -> None:
    answer = sending.client.put(f"{ROOT}/target", "{", content_type="application/json", headers=sending.headers)
    assert is_refusal(answer, 400)


def test_a_body_that_is_too_big_is_refused(sending: Program, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert is_refusal(sending.post("/angka", "x" * 1001), 413)
    assert is_refusal(sending.post("/angka/adx", "x" * 1001, "application/xml"), 413)
    assert is_refusal(sending.put("/target", {"x": "x" * 1001}), 413)


@pytest.mark.parametrize("path", ["/angka?unit=%00", "/angka?%00=1", "/indikator/%00?tahun=2026", "/entah%00"])
def test_a_nul_in_an_address_is_refused(sending: Program, path: str) -> None:
    assert is_refusal(sending.get(path), 400)


@pytest.mark.parametrize("path", ["", "/", "/entah", "/angka/", "/indikator/a/b", "/docs"])
def test_an_address_that_is_not_there_is_told_as_json(sending: Program, path: str) -> None:
    for asking in (sending, Program()):
        assert is_refusal(asking.get(path), 404)


@pytest.mark.parametrize(("method", "path"), [("delete", "/angka"), ("post", "/rekap"), ("patch", "/target")])
def test_a_method_that_is_not_there_is_told_as_json(sending: Program, method: str, path: str) -> None:
    answer = getattr(sending.client, method)(f"{ROOT}{path}", headers=sending.headers)
    assert is_refusal(answer, 405)
    assert answer["Allow"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/angka?periode=besok", 422),
        ("/angka?batas=0", 422),
        ("/angka?batas=banyak", 422),
        ("/angka?setelah=99999999999999999999999", 422),
        ("/angka?dari=2026-TW9", 422),
        ("/angka/dataValueSets?bentuk=pdf", 404),
        ("/indikator?tahun=" + "9" * 5000, 422),
        ("/indikator?hal=0", 422),
        ("/target", 422),
        ("/rekap", 422),
        ("/rekap?periode=0000", 422),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(sending: Program, path: str, status: int) -> None:
    assert is_refusal(sending.get(path), status)


def test_an_unknown_decimal_mark_is_refused(sending: Program) -> None:
    assert is_refusal(sending.post("/angka", {"rows": []}, desimal="apostrof"), 400)


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "1e999999999", "9" * 400, "1e-30", "−−1", "\u202e12", "'; DROP TABLE"]
)
def test_a_number_that_is_none_is_told_for_its_row(sending: Program, value: str) -> None:
    body = {"rows": [{"indikator": "UJI-01", "periode": "2026-TW3", "nilai": value}]}
    refused = sending.post("/angka", body)
    assert refused.status_code == 422
    assert refused.json()["kesalahan"][0]["kolom"] == "nilai"
    assert not Figure.objects.exists()


def test_a_fault_of_ours_is_told_without_its_details(sending: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("rahasia")

    monkeypatch.setattr("himpun.api.recaps.recap_of", broken)
    answer = sending.get("/rekap", periode="2026")
    assert is_refusal(answer, 500)
    assert b"rahasia" not in answer.content


def test_the_document_is_openapi_3_1_and_open_to_everybody() -> None:
    answer = Client().get(f"{ROOT}/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")
    assert answer.json()["components"]["securitySchemes"]["TokenAuth"] == {"type": "http", "scheme": "bearer"}


def test_the_document_is_made_once_however_often_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Client().get(f"{ROOT}/openapi.json").json()
    monkeypatch.setattr(api, "get_openapi_schema", lambda **_: pytest.fail("it was made again"))

    assert Client().get(f"{ROOT}/openapi.json").json() == first


SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(document())))
SCHEMA.app = application
EXAMPLES = 10
"""So many requests for each operation."""


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The test's own transaction lives through requests to the WSGI application, as it does through a test client's."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@SCHEMA.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_sent_is_answered_as_the_document_says(
    case: schemathesis.Case, sending: Program, one_connection: None
) -> None:
    answer = case.call(headers={**sending.headers, "Accept-Encoding": "identity"})
    case.validate_response(
        answer,
        checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance],
    )
