"""What comes out of the gate is what the application answered: heads, large files, several on one connection."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.service.running import Answer, Service, forget_peak, head, memory_peak, read_all

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("layanan")]


@pytest.fixture(scope="module")
def style(service: Service) -> str:
    """The address of a large style sheet."""
    return next(part for part in service.get("/akun/login/").body.split('"') if "tabler" in part and ".css" in part)


def test_a_large_file_arrives_whole(service: Service, style: str, prepared: tuple[Path, str, Any]) -> None:
    answer = service.get(style)
    kept = prepared[0] / "var" / "static" / style.removeprefix("/static/")

    body = answer.raw.partition(b"\r\n\r\n")[2]
    assert len(body) == int(answer.header("content-length")) > 256 * 1024
    assert hashlib.sha256(body).digest() == hashlib.sha256(kept.read_bytes()).digest()


def test_a_head_has_the_length_and_no_body(service: Service, style: str) -> None:
    for path in (style, "/akun/login/"):
        whole = service.get(path)
        only = service.ask(head("HEAD", path, "Connection: close"))

        assert (only.status, only.body) == (200, "")
        assert only.header("content-length") == whole.header("content-length") or path != style
        assert only.header("content-type") == whole.header("content-type")


def test_what_the_reader_has_already_is_not_sent_again(service: Service, style: str) -> None:
    since = service.get(style).header("last-modified")

    answer = service.get(style, f"If-Modified-Since: {since}")

    assert (answer.status, answer.body) == (304, "")


def test_several_requests_on_one_connection_are_answered_in_turn(service: Service) -> None:
    with service.connect() as connection:
        connection.sendall(
            head("GET", "/akun/login/") + head("GET", "/tidak-ada/") + head("GET", "/v/", "Connection: close")
        )
        raw = read_all(connection)

    assert raw.count(b"HTTP/1.1 200") == 2
    assert raw.count(b"HTTP/1.1 404") == 1


def test_a_reader_who_leaves_a_large_answer_costs_nothing_more(service: Service, style: str) -> None:
    web = service.one("gate.server")
    peak = forget_peak(web)
    for _ in range(20):
        with service.connect() as connection:
            connection.sendall(head("GET", style) * 10)

    assert service.get("/akun/login/").status == 200
    assert memory_peak(web) - peak < 60_000_000
    assert "Traceback" not in service.said


@pytest.mark.parametrize(
    "request_line",
    [
        "OPTIONS * HTTP/1.1",
        "GET http://127.0.0.1/akun/login/ HTTP/1.1",
        "GET /%ff%fe HTTP/1.1",
        "BREW /v/ HTTP/1.1",
        "GET //v/ HTTP/1.1",
    ],
)
def test_an_odd_request_is_answered_and_breaks_nothing(service: Service, request_line: str) -> None:
    answer = service.ask(f"{request_line}\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())

    assert 200 <= answer.status < 500
    assert service.get("/akun/login/").status == 200


def test_a_header_with_an_underscore_does_not_pass_for_another(service: Service) -> None:
    answer = service.get("/akun/login/", "X_Forwarded_Proto: https", "Content_Length: 5")

    assert Answer(answer.raw).status == 200
