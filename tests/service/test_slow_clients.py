"""Slow clients of every kind hold nobody up, and are given up in the end."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.service.running import Answer, Service, head, is_alive, read_all, settle
from tests.service.scenery import PASSWORD

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("layanan")]

Serve = Callable[..., Service]
OF_EACH = 50


@contextmanager
def slow_clients(service: Service) -> Iterator[list[socket.socket]]:
    """50 that never finish their head, 50 their body, 50 that say nothing, and 50 that do not read a large answer."""
    large = next(line for line in service.get("/akun/login/").body.split('"') if ".css" in line)
    with ExitStack() as held:
        clients = [held.enter_context(service.connect()) for _ in range(4 * OF_EACH)]
        for no, client in enumerate(clients):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            match no % 4:
                case 0:
                    client.sendall(b"GET /akun/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-La")
                case 1:
                    client.sendall(head("POST", "/akun/login/", "Content-Length: 60000") + b"login=")
                case 2:
                    client.sendall(head("GET", large) * 20)
        yield clients


def log_in(service: Service, username: str) -> Answer:
    return service.ask(login_request(service, username))


def login_request(service: Service, username: str) -> bytes:
    page = service.get("/akun/login/")
    cookie = page.header("set-cookie").partition(";")[0]
    token = page.body.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    body = urlencode({"csrfmiddlewaretoken": token, "login": username, "password": PASSWORD}).encode()
    headers = (f"Cookie: {cookie}", f"Content-Length: {len(body)}", "Connection: close")
    kind = "Content-Type: application/x-www-form-urlencoded"
    return head("POST", "/akun/login/", kind, *headers) + body


def test_a_login_answers_within_a_second_among_200_slow_clients(service: Service, told: dict[str, Any]) -> None:
    """A second on a machine with nothing else to do; on a busy one, not much longer than without them."""
    alone = quickest_login(service, told["username"])
    with slow_clients(service):
        among = quickest_login(service, told["username"])

    assert among < max(1, 2 * alone), (alone, among)


def quickest_login(service: Service, username: str) -> float:
    times = []
    for _ in range(4):
        began = time.monotonic()
        answer = log_in(service, username)
        times.append(time.monotonic() - began)
        assert (answer.status, answer.header("location")) == (302, "/")
    return min(times)


def test_slow_heads_and_bodies_and_idle_connections_are_given_up(service: Service) -> None:
    """The head has 10 seconds, and so has an idle connection; a body that stops has 15."""
    began = time.monotonic()
    with ExitStack() as held:
        connections = [held.enter_context(service.connect(40)) for _ in range(3)]
        connections[0].sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-La")
        connections[1].sendall(head("POST", "/akun/login/", "Content-Length: 60000") + b"login=")
        answers = [Answer(read_all(connection)) for connection in connections]

    assert [answer.status for answer in answers] == [0, 408, 0]
    assert "Kiriman terlalu lambat" in answers[1].body
    assert answers[1].header("retry-after") == "5"
    assert time.monotonic() - began < 25


def test_a_body_that_trickles_is_given_up_although_it_never_stops(service: Service) -> None:
    stop = threading.Event()

    def trickle(connection: socket.socket) -> None:
        with suppress(OSError):
            while not stop.wait(0.5):
                connection.sendall(b"x" * 10)

    with service.connect(40) as connection:
        connection.sendall(head("POST", "/akun/login/", "Content-Length: 60000"))
        thread = threading.Thread(target=trickle, args=(connection,))
        thread.start()
        answer = Answer(read_all(connection))
        stop.set()
        thread.join()

    assert answer.status == 408


def test_one_address_does_not_take_all_places(service: Service) -> None:
    with ExitStack() as held:
        for _ in range(16):
            held.enter_context(service.connect()).sendall(head("POST", "/akun/login/", "Content-Length: 60000") + b"l")
        settle(0.6)
        with service.connect() as one_more:
            one_more.sendall(head("POST", "/akun/login/", "Content-Length: 60000", "Connection: close") + b"l")
            refused = Answer(read_all(one_more))
        quick = service.ask(head("POST", "/akun/login/", "Content-Length: 7", "Connection: close") + b"login=a")

    assert refused.status == 429
    assert "Terlalu banyak kiriman sekaligus" in refused.body
    assert quick.status == 403, "a body that comes with its head needs no place (Django refuses it for want of a token)"


def test_what_is_in_hand_is_finished_when_the_end_is_asked_for(serve: Serve, told: dict[str, Any]) -> None:
    """A login takes a while (its password is dear to check); the service is told to end meanwhile."""
    service = serve("--no-worker").await_answer()
    request = login_request(service, told["username"])
    with service.connect() as connection:
        connection.sendall(request)
        settle(0.03)
        service.process.terminate()
        answer = Answer(read_all(connection))

    assert answer.status == 302
    assert service.process.wait(15) == 0
    assert not is_alive(service.process.pid)
