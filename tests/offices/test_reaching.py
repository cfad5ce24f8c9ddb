"""The address that papers carry: looked at by one GET of one path, and taken only where it opens this installation."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.errors import FieldErrors
from himpun.offices import reaching
from himpun.offices.acting import HoldsNoPost
from himpun.offices.actions.office import LOOKS, LookedTooOften, set_public_address
from himpun.offices.reaching import NotReached, check, read_address
from himpun.places import is_here_only
from tests.cast import Cast

pytestmark = pytest.mark.django_db


class Server:
    """Something that answers on a port of this computer, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.says: tuple[int, dict[str, str], bytes] = (200, {}, b"")
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, self.headers["Host"]))
                status, headers, body = server.says
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing to say."""

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.http.server_port
        self.address = f"http://himpun.kantor.example:{self.port}"

    def ours(self, *, takes: bool = True) -> None:
        self.says = (200, {}, json.dumps({"himpun": reaching.mark(), "takes_this_name": takes}).encode())


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    one = Server()
    threading.Thread(target=one.http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setattr(reaching, "_place_of", lambda host, port: "127.0.0.1")
    yield one
    one.http.shutdown()
    one.http.server_close()


# --- what an address may be ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" HTTPS://Himpun.Contoh.go.id/ ", "https://himpun.contoh.go.id"),
        ("http://192.168.1.10:8000", "http://192.168.1.10:8000"),
        ("https://himpun.contoh.go.id:443", "https://himpun.contoh.go.id"),
        ("http://[2001:db8::7]:8000", "http://[2001:db8::7]:8000"),
        ("http://komputer\u200b-umum:8000", "http://komputer-umum:8000"),
    ],
)
def test_an_address_is_kept_as_browsers_write_it(typed: str, kept: str) -> None:
    assert read_address(typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("himpun.contoh.go.id", "bukan alamat laman"),
        ("ftp://himpun.contoh.go.id", "bukan alamat laman"),
        ("http://", "bukan alamat laman"),
        ("http://300.1.2.3", "bukan alamat laman"),
        ("https://himpun contoh.go.id", "bukan alamat laman"),
        ("http://a.example\r\nX: y", "bukan alamat laman"),
        ("http://kantor.example:99999", "bukan alamat laman"),
        ("https://kantor.example/admin", "tanpa halaman"),
        ("https://orang:sandi@kantor.example", "tanpa halaman"),
        ("https://kantor.example?x=1", "tanpa halaman"),
        ("http://kantor.example:22", "tidak lazim"),
        ("http://127.0.0.1:8000", "hanya terbuka di komputer Himpun sendiri"),
        ("http://localhost", "hanya terbuka di komputer Himpun sendiri"),
        ("http://[::1]:8000", "hanya terbuka di komputer Himpun sendiri"),
    ],
)
def test_what_papers_cannot_carry_is_refused(typed: str, sentence: str) -> None:
    with pytest.raises(FieldErrors, match=sentence):
        read_address(typed)


@given(st.text(max_size=60))
def test_any_text_is_an_address_that_others_may_open_or_is_refused_with_a_sentence(text: str) -> None:
    try:
        kept = read_address(f"http://{text}")
    except FieldErrors:
        return
    assert read_address(kept) == kept
    assert kept.isascii()
    assert not is_here_only(kept)


# --- where is looked -------------------------------------------------------------------------------------------------


def resolves_to(monkeypatch: pytest.MonkeyPatch, *places: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, 80)) for place in places]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("nothing may be asked"))


@pytest.mark.parametrize("place", ["169.254.169.254", "224.0.0.1", "0.0.0.0", "fe80::1", "::ffff:169.254.169.254"])  # noqa: S104
def test_a_name_that_leads_to_nobodys_network_is_refused_unasked(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    resolves_to(monkeypatch, "10.0.0.5", place)

    with pytest.raises(FieldErrors, match="bukan alamat yang dapat dibuka orang lain"):
        check("http://kantor.example")


@pytest.mark.parametrize("place", ["127.0.0.1", "127.0.1.1", "::1", "::ffff:127.0.0.1"])
def test_a_name_that_is_this_computer_here_cannot_be_looked_at(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    resolves_to(monkeypatch, place)

    with pytest.raises(NotReached, match="menunjuk komputer itu sendiri"):
        check("http://kantor.example:5432")


def test_a_name_nobody_knows_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(NotReached, match=r"Nama himpun\.salah\.example tidak dikenal"):
        check("https://himpun.salah.example")


# --- what answers ----------------------------------------------------------------------------------------------------


def test_this_installation_is_known_by_its_mark_and_only_the_one_path_is_asked(server: Server) -> None:
    server.ours()

    check(server.address)

    assert server.asked == [("/.well-known/himpun", f"himpun.kantor.example:{server.port}")]


STRANGERS = {
    "another site": (200, {}, b"<html>Selamat datang</html>"),
    "nothing there": (404, {}, b""),
    "another installation": (200, {}, b'{"himpun": "' + b"0" * 64 + b'", "takes_this_name": true}'),
    "a long answer": (200, {}, b"x" * 100_000),
    "a trap": (500, {"Location": "http://127.0.0.1:9"}, b"himpun"),
}


@pytest.mark.parametrize("says", STRANGERS.values(), ids=STRANGERS)
def test_whoever_else_answers_is_not_ours(server: Server, says: tuple[int, dict[str, str], bytes]) -> None:
    server.says = says

    with pytest.raises(FieldErrors, match="menjawab, tetapi bukan Himpun ini"):
        check(server.address)


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("https://himpun.kantor.example/masuk/", r"Tulis https://himpun\.kantor\.example"),
        ("http://127.0.0.1:9/", "mengalihkan pembacanya ke alamat lain"),
        ("https://lain.example/", "mengalihkan pembacanya ke alamat lain"),
        ("", "mengalihkan pembacanya ke alamat lain"),
    ],
)
def test_no_redirect_is_followed_and_where_it_leads_is_said(server: Server, location: str, sentence: str) -> None:
    server.says = (302, {"Location": location}, b"")

    with pytest.raises(FieldErrors, match=sentence):
        check(server.address)
    assert len(server.asked) == 1


def test_our_own_under_a_name_it_does_not_take_is_said(server: Server) -> None:
    server.ours(takes=False)

    with pytest.raises(FieldErrors, match=r"belum menerima nama himpun\.kantor\.example"):
        check(server.address)


def test_http_behind_https_and_nobody_there_are_told_apart(server: Server) -> None:
    server.ours()
    with pytest.raises(FieldErrors, match="tidak berbicara https"):
        check(server.address.replace("http:", "https:"))

    server.http.server_close()
    with pytest.raises(NotReached, match="tidak menjawab dari komputer Himpun"):
        check(server.address)


def test_one_who_talks_slowly_is_left_in_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    mute = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setattr(reaching, "SECONDS", 0.2)

    with pytest.raises(NotReached):
        check(f"http://kantor.example:{mute.getsockname()[1]}")
    mute.close()


@pytest.mark.parametrize(("host", "takes"), [("himpun.contoh.example", False), ("localhost", True)])
def test_whoever_asks_is_told_the_mark_under_any_name(host: str, takes: bool) -> None:
    answer = Client().get(reaching.PATH, headers={"host": host})

    assert answer.json() == {"himpun": reaching.mark(), "takes_this_name": takes}
    assert Client().post(reaching.PATH).status_code != 200


# --- the office's own ------------------------------------------------------------------------------------------------


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> Callable[[Exception | None], None]:
    """What looking at an address gives."""
    cache.clear()

    def gives(problem: Exception | None) -> None:
        def look(address: str) -> None:
            if problem:
                raise problem

        monkeypatch.setattr(reaching, "check", look)

    return gives


def test_an_address_is_set_once_it_was_seen_and_taken_back(
    small: Cast, reached: Callable[[Exception | None], None]
) -> None:
    reached(None)

    set_public_address(office=small.office, address="https://himpun.kantor.example/", by=small.umum)
    assert small.office.base_url == "https://himpun.kantor.example"
    set_public_address(office=small.office, address=" ", by=small.sekretaris)

    assert small.office.base_url == "http://himpun.contoh.example"
    assert Record.objects.filter(act="offices:office:address").count() == 2
    assert verify().faults == []


def test_what_this_computer_cannot_see_counts_when_somebody_says_to_have_seen_it(
    small: Cast, reached: Callable[[Exception | None], None]
) -> None:
    reached(NotReached("tidak menjawab"))
    with pytest.raises(NotReached):
        set_public_address(office=small.office, address="https://himpun.kantor.example", by=small.umum)

    set_public_address(office=small.office, address="https://himpun.kantor.example", by=small.umum, seen_elsewhere=True)
    assert '"seen_from_here":false' in Record.objects.get(act="offices:office:address").data

    reached(FieldErrors({"public_url": "bukan Himpun ini"}))
    with pytest.raises(FieldErrors):
        set_public_address(office=small.office, address="https://lain.example", by=small.umum, seen_elsewhere=True)
    assert small.office.base_url == "https://himpun.kantor.example"


def test_only_who_manages_the_office_sets_it_and_not_without_end(
    small: Cast, reached: Callable[[Exception | None], None]
) -> None:
    reached(None)
    with pytest.raises(HoldsNoPost):
        set_public_address(office=small.office, address="https://himpun.kantor.example", by=small.analis)

    for no in range(LOOKS):
        set_public_address(office=small.office, address=f"https://himpun{no}.kantor.example", by=small.umum)
    with pytest.raises(LookedTooOften, match="Tunggu beberapa menit"):
        set_public_address(office=small.office, address="https://himpun.kantor.example", by=small.umum)
