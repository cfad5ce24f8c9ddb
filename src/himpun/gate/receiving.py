"""Receiving a body: within its time, no more at once than there is room for, and before any thread is taken."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from himpun.errors import Refusal
from himpun.gate.bodies import Body, BodyTooLarge, Unpacking
from himpun.gate.limits import KB, Limit

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]

GRACE = 15.0
"""Seconds in which a body may begin; from then on the slowest pace counts."""
SLOWEST = 8 * KB
"""Bytes a second, on the average, below which a sender is given up."""
AT_ONCE = 0.3
"""A body that is there within this time needs no place among the slow ones."""
BATCH = 512 * KB
"""So many bytes are gathered before they are written."""


class TooSlow(Refusal):
    """The body did not arrive in time."""

    code = "kiriman-terlalu-lambat"
    status = 408

    def __init__(self) -> None:
        super().__init__(
            "Kiriman terlalu lambat atau terputus, jadi tidak diterima. Periksa jaringan, lalu kirim lagi."
        )


class TooMany(Refusal):
    """This sender, or this address, sends too much at once."""

    code = "terlalu-banyak-kiriman"
    status = 429

    def __init__(self) -> None:
        super().__init__("Terlalu banyak kiriman sekaligus dari tempat ini. Tunggu yang lain selesai, lalu kirim lagi.")


class Crowded(Refusal):
    """Everybody together sends too much at once."""

    code = "sedang-ramai"
    status = 503

    def __init__(self) -> None:
        super().__init__("Himpun sedang menerima banyak kiriman. Tunggu sebentar, lalu kirim lagi.")


class Gone(Exception):
    """The client left before its body was whole."""


class Places:
    """How many bodies may be on their way at once: of one sender, and of all."""

    def __init__(self, *, each: int, whole: int) -> None:
        self.each, self.whole = each, whole
        self._taken: Counter[str] = Counter()

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """A place while a body is on its way. Raises TooMany or Crowded."""
        if self._taken[key] >= self.each:
            raise TooMany
        if self._taken.total() >= self.whole:
            raise Crowded
        self._taken[key] += 1
        try:
            yield
        finally:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]


class Arriving:
    """One body on its way."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._next: asyncio.Future[Message] | None = None
        self._began = time.monotonic()
        self.received = 0
        self.ended = False

    async def chunk(self, wait: float | None = None) -> bytes | None:
        """The next bytes; None when `wait` seconds have passed without any. Raises TooSlow or Gone."""
        left = GRACE + self.received / SLOWEST - (time.monotonic() - self._began)
        if self._next is None:
            self._next = asyncio.ensure_future(self._receive())
        done, _ = await asyncio.wait({self._next}, timeout=max(min(left, left if wait is None else wait), 0))
        if not done:
            if wait is not None and left > wait:
                return None
            self.give_up()
            raise TooSlow
        message, self._next = self._next.result(), None
        if message["type"] != "http.request":
            raise Gone
        data: bytes = message.get("body", b"")
        self.ended = not message.get("more_body", False)
        self.received += len(data)
        return data

    def give_up(self) -> None:
        """Ask for no more."""
        if self._next is not None:
            self._next.cancel()
            self._next = None

    async def drain(self, most: int, seconds: float) -> None:
        """Read on and throw away, so that a sender that is still sending comes to read the answer."""
        end, drained = time.monotonic() + seconds, 0
        try:
            while not self.ended and drained < most and (left := end - time.monotonic()) > 0:
                data = await self.chunk(left)
                if data is None:
                    return
                drained += len(data)
        except (Gone, TooSlow):
            return
        finally:
            self.give_up()


async def take_body(arriving: Arriving, body: Body, *, gzipped: bool, places: Places, key: str, pool: Executor) -> None:
    """Receive a whole body into `body`. Raises BodyTooLarge, BodyUnreadable, TooSlow, TooMany, Crowded or Gone."""
    sink = Unpacking(body) if gzipped else body
    first = await _at_once(arriving, body.limit)
    loop = asyncio.get_running_loop()
    if arriving.ended:
        await loop.run_in_executor(pool, _feed, sink, first)
    else:
        with places.hold(key):
            await loop.run_in_executor(pool, _feed, sink, first)
            while not arriving.ended:
                batch = await _batch(arriving, body.limit)
                await loop.run_in_executor(pool, _feed, sink, batch)
    await loop.run_in_executor(pool, sink.finish)


async def _at_once(arriving: Arriving, limit: Limit) -> bytearray:
    gathered, end = bytearray(), time.monotonic() + AT_ONCE
    while not arriving.ended and len(gathered) < BATCH and (left := end - time.monotonic()) > 0:
        data = await arriving.chunk(left)
        if data is None:
            break
        gathered += data
        _check(arriving, limit)
    return gathered


async def _batch(arriving: Arriving, limit: Limit) -> bytearray:
    gathered = bytearray()
    while not arriving.ended and len(gathered) < BATCH:
        gathered += await arriving.chunk() or b""
        _check(arriving, limit)
    return gathered


def _check(arriving: Arriving, limit: Limit) -> None:
    if arriving.received > limit.whole:
        raise BodyTooLarge(limit)


def _feed(sink: Body | Unpacking, data: bytearray) -> None:
    if data:
        sink.feed(bytes(data))
