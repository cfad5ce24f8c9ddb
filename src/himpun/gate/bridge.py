"""The application on its threads: a request that is whole goes in, an answer that is whole comes out.

A thread works at its own pace only: it never waits for a client. The database connection of a thread stays with it.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast
from urllib.parse import unquote_to_bytes

from himpun.gate.limits import MB
from himpun.web.uploads import RECEIVED

Scope = dict[str, Any]
Header = tuple[bytes, bytes]
LARGE = MB
"""An answer above this waits for its reader on the disk."""


@dataclass(slots=True)
class Answer:
    """What the application answered; `file` where it is a file, or was too large to wait in memory."""

    status: int
    headers: list[Header]
    content: bytes = b""
    file: BinaryIO | None = None

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


class FileWrapper:
    """A file as the answer: its reader is served from the file itself."""

    def __init__(self, file: BinaryIO, size: int = 64 * 1024) -> None:
        self.file, self.size = file, size

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.file.read(self.size):
            yield chunk

    def own(self) -> BinaryIO | None:
        """The file under a handle of its own, at its place; None for what only looks like a file."""
        try:
            number, at = os.dup(self.file.fileno()), self.file.tell()
        except (OSError, AttributeError, ValueError):
            return None
        own = os.fdopen(number, "rb", buffering=0)
        own.seek(at)
        return cast(BinaryIO, own)

    def close(self) -> None:
        self.file.close()


def environment(scope: Scope, size: int, files: Any, body: BinaryIO, address: str) -> dict[str, Any]:
    """The request as WSGI names it."""
    host, port = scope.get("server") or ("localhost", 80)
    path = scope.get("raw_path") or scope["path"].encode()
    return {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": address,
        **_headers(scope["headers"]),
        "CONTENT_LENGTH": str(size) if size else "",
        RECEIVED: files,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }


def _headers(given: Iterable[Header]) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in given:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name or name in ("content-length", "transfer-encoding", "content-encoding"):
            continue
        key = "CONTENT_TYPE" if name == "content-type" else f"HTTP_{name.upper().replace('-', '_')}"
        joint = "; " if name == "cookie" else ","
        found[key] = f"{found[key]}{joint}{value}" if key in found else value
    return found


def run(application: Callable[..., Iterable[bytes]], given: dict[str, Any]) -> Answer:
    """Call the application and take its whole answer."""
    answer = Answer(500, [])

    def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        answer.status = int(status.partition(" ")[0])
        answer.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    chunks = application(given, start)
    try:
        if given["REQUEST_METHOD"] == "HEAD":
            return answer
        if isinstance(chunks, FileWrapper) and (own := chunks.own()):
            answer.file = own
        else:
            _gather(answer, chunks)
    finally:
        if close := getattr(chunks, "close", None):
            close()
    return answer


def _gather(answer: Answer, chunks: Iterable[bytes]) -> None:
    gathered, size = [], 0
    for chunk in chunks:
        if answer.file is not None:
            answer.file.write(chunk)
            continue
        gathered.append(chunk)
        size += len(chunk)
        if size > LARGE:
            answer.file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
            answer.file.writelines(gathered)
            gathered = []
    if answer.file is None:
        answer.content = b"".join(gathered)
    else:
        answer.file.seek(0)
