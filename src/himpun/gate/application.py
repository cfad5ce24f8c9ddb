"""The ASGI application that granian serves: receive, ask who sends, let a thread answer, carry the answer away."""

import asyncio
import errno
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from django.db import DatabaseError, InterfaceError

from himpun.api.door import BodyTooBig
from himpun.errors import Refusal
from himpun.gate.answers import NoRoom, OutOfOrder, refusal_answer
from himpun.gate.bodies import Body, BodyTooLarge, FormBody, PlainBody
from himpun.gate.bridge import Answer, Scope, environment, run
from himpun.gate.limits import API, KB, MB, NOBODY
from himpun.gate.receiving import Arriving, Crowded, Gone, Message, Places, Receive, take_body
from himpun.gate.senders import Allowance, allowance_of
from himpun.web.addresses import client_address

Send = Callable[[Message], Awaitable[None]]
THREADS = 8
WAITING = 400
"""Requests that may wait for a thread; beyond them whoever comes is asked to come again."""
PIECE = 128 * KB
READ_WITHIN = 30.0
"""Seconds a reader may take for one piece of an answer."""
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^\s;,"]{1,200}))', re.IGNORECASE)
log = logging.getLogger("himpun.gate")


class Undecodable(Refusal):
    """A Content-Encoding that is not read here."""

    code = "pemadatan-tidak-dikenal"
    status = 415

    def __init__(self, encoding: str) -> None:
        super().__init__(f"Content-Encoding {encoding[:40]} tidak dibaca. Kirim tanpa pemadatan, atau dengan gzip.")


class Asked:
    """The head of a request, as far as the gate needs it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.path: str = scope["path"]
        self.headers: dict[str, str] = {}
        forwarded = []
        for name, value in scope["headers"]:
            self.headers[name.decode("latin-1")] = value.decode("latin-1")
            if name == b"x-forwarded-for":
                forwarded.append(value.decode("latin-1"))
        peer = (scope.get("client") or ("", 0))[0]
        self.address = client_address(peer, forwarded)
        told = self.headers.get("content-length", "")
        self.chunked = "transfer-encoding" in self.headers
        self.length: int | None = None if self.chunked else int(told) if told.isdigit() else 0
        self.encoding = self.headers.get("content-encoding", "").strip().lower()
        self.gzipped = self.encoding in ("gzip", "x-gzip")
        media = self.headers.get("content-type", "")
        found = _BOUNDARY.search(media) if media.lower().startswith("multipart/form-data") else None
        self.boundary = (found[1] or found[2]) if found else ""

    @property
    def has_body(self) -> bool:
        """Whether anything follows the head."""
        return self.length is None or self.length > 0

    @property
    def needs_a_name(self) -> bool:
        """Whether what follows may be more, or other, than anybody may send."""
        return self.length is None or self.length > NOBODY.fields or bool(self.boundary) or bool(self.encoding)

    @property
    def wants_json(self) -> bool:
        return self.path.startswith(API)

    def body(self, allowance: Allowance) -> Body:
        """Where its bytes will go."""
        return FormBody(allowance.limit, self.boundary) if self.boundary else PlainBody(allowance.limit)


class Gate:
    """What stands before a WSGI application. One for a process."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, threads: int = THREADS) -> None:
        self.application = application
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="himpun")
        self.disk = ThreadPoolExecutor(4, thread_name_prefix="disk")
        self.threads, self.busy = threads, 0
        self.anybody = Places(each=16, whole=64)
        self.known = Places(each=4, whole=64)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        asked, arriving = Asked(scope), Arriving(receive)
        allowance, body = Allowance("", NOBODY), None
        try:
            if asked.needs_a_name:
                allowance = await self._allowance(asked)
            body = asked.body(allowance)
            if asked.has_body:
                await self._receive(asked, arriving, allowance, body)
            with body.open() as content:
                given = environment(scope, body.size, body.files, content, _peer(scope))
                answer = await self._on_a_thread(run, self.application, given)
            await deliver(answer, receive, send, head=scope["method"] == "HEAD", disk=self.disk)
        except Gone:
            return
        except Refusal as refusal:
            await self._refuse(refusal, asked, arriving, send, known=bool(allowance.sender))
        except Exception as error:
            await self._refuse(_told(error), asked, arriving, send, known=bool(allowance.sender))
        finally:
            if body is not None:
                await asyncio.get_running_loop().run_in_executor(self.disk, body.discard)

    async def _on_a_thread(self, work: Callable[..., Any], *given: Any) -> Any:
        if self.busy >= self.threads + WAITING:
            raise Crowded
        self.busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, work, *given)
        finally:
            self.busy -= 1

    async def _allowance(self, asked: Asked) -> Allowance:
        if not asked.gzipped and asked.encoding not in ("identity", ""):
            raise Undecodable(asked.encoding)
        given = (asked.headers.get("cookie", ""), asked.headers.get("authorization", ""))
        found: Allowance = await self._on_a_thread(allowance_of, asked.path, *given, asked.length)
        if asked.length is not None and asked.length > found.limit.whole:
            raise BodyTooLarge(found.limit)
        return found

    async def _receive(self, asked: Asked, arriving: Arriving, allowance: Allowance, body: Body) -> None:
        places = self.known if allowance.sender else self.anybody
        key = allowance.sender or asked.address
        await take_body(arriving, body, gzipped=asked.gzipped, places=places, key=key, pool=self.disk)

    async def _refuse(self, refusal: Refusal, asked: Asked, arriving: Arriving, send: Send, *, known: bool) -> None:
        """Say why, then read on for a while: who is still sending reads the answer only afterwards."""
        if asked.wants_json and isinstance(refusal, BodyTooLarge):
            refusal = BodyTooBig()
        answer = refusal_answer(refusal, as_json=asked.wants_json)
        await _send_whole(answer, send)
        if asked.has_body and not arriving.ended and "expect" not in asked.headers:
            await arriving.drain(64 * MB if known else MB, 20 if known else 2)


def _peer(scope: Scope) -> str:
    return str((scope.get("client") or ("", 0))[0])


def _told(error: Exception) -> Refusal:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
        log.error("disk: %s", error)
        return NoRoom()
    if isinstance(error, (DatabaseError, InterfaceError)):
        log.error("database: %s", error)
    else:
        log.error("gate", exc_info=error)
    return OutOfOrder()


async def _send_whole(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.content})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def deliver(answer: Answer, receive: Receive, send: Send, *, head: bool, disk: Executor) -> None:
    """Carry an answer to its reader: a small one at once, a large one piece by piece as it is read, within a time."""
    if head or (answer.file is None and len(answer.content) <= PIECE * 2):
        await _send_whole(answer, send)
        return
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        at = 0
        while not gone.done():
            if answer.file is not None:
                piece = await asyncio.get_running_loop().run_in_executor(disk, answer.file.read, PIECE)
            else:
                piece = answer.content[at : at + PIECE]
            at += len(piece)
            message = {"type": "http.response.body", "body": piece, "more_body": bool(piece)}
            await asyncio.wait_for(send(message), READ_WITHIN)
            if not piece:
                return
    except TimeoutError:
        return
    finally:
        gone.cancel()
        answer.close()
