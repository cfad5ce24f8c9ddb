"""Real receivers on this machine: a mail server (aiosmtpd) and an HTTP gateway, which keep what they are given."""

import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Mailbox:
    """What the mail server took, and how it is to answer: `refuse` maps an address to its answer."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    before_answer: Callable[[], None] = lambda: None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        if self.wait:
            await asyncio.sleep(self.wait)
        self.before_answer()
        return f"250 diterima sebagai {len(self.mails)}"

    def words(self) -> list[str]:
        """The first line of every mail."""
        return [mail.get_content().splitlines()[0] for mail in self.mails]

    def by_key(self) -> dict[str, list[str]]:
        """Message-ID → the whole text of each copy that came under it: a receiver that knows keys shows one of them."""
        found: dict[str, list[str]] = {}
        for mail in self.mails:
            found.setdefault(mail["Message-ID"], []).append(mail.get_content())
        return found


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    box = Mailbox(free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class Gateway:
    """What the HTTP gateway was given: (path, key, JSON); how it answers."""

    port: int
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    status: int = 200
    wait: float = 0.0


@contextmanager
def http_gateway() -> Iterator[Gateway]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            there.calls.append((self.path, self.headers.get("Idempotency-Key", ""), body))
            time.sleep(there.wait)
            self.send_response(there.status)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Gateway(server.server_address[1])
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
