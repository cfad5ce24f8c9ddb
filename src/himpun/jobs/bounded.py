"""Work on what somebody else made, in child processes with a limit of time and of memory.

`Bounded("himpun.typesetting")` starts `python -m himpun.jobs.bounded himpun.typesetting …` when it is first asked and
keeps it warm; the module's `JOBS` are what it can be asked for. A child that takes too long or too much is gone, with
that one job, and the next job gets a new one. What goes in and comes out is JSON and bytes, never code. A child ends
with its parent, and by itself when nothing was asked for a while.
"""

import atexit
import contextlib
import importlib
import json
import os
import queue
import select
import signal
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import IO, Any

import structlog

from himpun.errors import Refusal

Answer = tuple[dict[str, Any], bytes]
Job = Callable[[dict[str, Any], bytes], Answer]
"""What a job is given (values, bytes) and what it gives back, alike."""

IDLE_SECONDS = 600
JOBS_OF_A_CHILD = 500
"""Then a new one: what a library never gives back does not add up."""
_FRAME = struct.Struct(">QQ")
_GRACE = 2.0
"""Seconds that a parent waits beyond the child's own alarm."""
_START = 30.0
"""And beyond that for a child that is only being started: on a busy machine that takes a while, and is no job's fault."""
_NO_MEMORY = 70
_FAULT = "fault"
_TOO_LATE = {-getattr(signal, name, 0) for name in ("SIGALRM", "SIGKILL")}
_ABORTS = {-signal.SIGABRT, -getattr(signal, "SIGTRAP", 5), -signal.SIGSEGV, -signal.SIGILL}
"""How machine code ends when it is refused memory."""

log = structlog.get_logger("himpun.jobs")


class JobStopped(Refusal):
    """The child took longer or more memory than it may, or broke: nothing came of this one job."""

    code = "pekerjaan-dihentikan"

    def __init__(self, why: str) -> None:
        super().__init__(f"Pekerjaan ini dihentikan: {why}. Perkecil atau sederhanakan isinya, lalu coba lagi.")
        self.why = why


class _Retired(Exception):
    """The child had ended in good order before it did the job."""


class Bounded:
    """A few warm children for one module's jobs; safe to share between threads, and after a fork."""

    def __init__(self, module: str, *, seconds: float, megabytes: int, at_most: int = 2) -> None:
        self.module = module
        self.seconds = seconds
        self.megabytes = megabytes
        self._at_most = at_most
        self._lock = threading.Lock()
        self._owner = 0
        self._free: queue.LifoQueue[_Child | None] = queue.LifoQueue()

    def ask(self, job: str, given: Mapping[str, Any], content: bytes = b"") -> Answer:
        """Have one job done. Raises JobStopped."""
        free = self._children()
        child = free.get()
        try:
            while True:
                fresh = child is None or not child.is_alive
                child = _Child(self.module, self.seconds, self.megabytes) if child is None or fresh else child
                try:
                    patience = self.seconds + _GRACE + (_START if fresh else 0)
                    return child.ask({**given, "job": job}, content, patience)
                except _Retired:
                    if fresh:
                        raise JobStopped("prosesnya berakhir") from None
        except JobStopped as stopped:
            log.warning("job-stopped", module=self.module, job=job, why=stopped.why)
            raise
        finally:
            free.put(child)

    def _children(self) -> "queue.LifoQueue[_Child | None]":
        """Places for children, of this very process: a fork must not talk to its parent's."""
        with self._lock:
            if self._owner != os.getpid():
                self._owner = os.getpid()
                self._free = queue.LifoQueue()
                for _ in range(self._at_most):
                    self._free.put(None)
                atexit.register(self.close)
            return self._free

    def close(self) -> None:
        """End the children that have nothing to do."""
        with self._lock:
            if self._owner != os.getpid():
                return
            with contextlib.suppress(queue.Empty):
                while True:
                    if child := self._free.get_nowait():
                        child.end()
            self._owner = 0


class _Child:
    """One child process and the pipes to it."""

    def __init__(self, module: str, seconds: float, megabytes: int) -> None:
        command = [sys.executable, "-m", "himpun.jobs.bounded", module, str(seconds), str(megabytes)]
        self._process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
        )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, given: dict[str, Any], content: bytes, seconds: float) -> Answer:
        assert self._process.stdin is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        watch = threading.Timer(seconds, self._process.kill)
        watch.start()
        try:
            _write(self._process.stdin, given, content)
            answer = _read(self._process.stdout)
        except (BrokenPipeError, EOFError) as gone:
            code = self._code()
            self.end()
            if code == 0:
                raise _Retired from gone
            raise JobStopped(_why(code)) from gone
        except BaseException:
            self.end()
            raise
        finally:
            watch.cancel()
        if _FAULT in answer[0]:
            log.error("job-broken", given=sorted(given), traceback=answer[0][_FAULT])
            self.end()
            raise JobStopped("ada kesalahan yang tidak terduga")
        return answer

    def _code(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE)
        return self._process.returncode

    def end(self) -> None:
        """Kill it, if it still lives, and take its pipes down."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe:
                    pipe.close()


def _why(code: int | None) -> str:
    if code and code in _TOO_LATE:
        return "terlalu lama"
    return "terlalu banyak memori" if code == _NO_MEMORY or code in _ABORTS else "prosesnya berakhir"


def _environment() -> dict[str, str]:
    """What a child must know: where the code is. No secret of the service goes along."""
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")
    known = {name: os.environ[name] for name in kept if name in os.environ}
    return {**known, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _write(pipe: IO[bytes], values: Mapping[str, Any], content: bytes) -> None:
    head = json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass")
    pipe.write(_FRAME.pack(len(head), len(content)) + head)
    pipe.write(content)
    pipe.flush()


def _read(pipe: IO[bytes]) -> Answer:
    head, body = _FRAME.unpack(_exactly(pipe, _FRAME.size))
    values = json.loads(_exactly(pipe, head).decode("utf-8", "surrogatepass"))
    return values, _exactly(pipe, body)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    content = pipe.read(size)
    if len(content) < size:
        raise EOFError
    return content


# --- in the child ----------------------------------------------------------------------------------------------------


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # not on Windows, where only the time is limited
        return
    size = megabytes * 1024 * 1024
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _alarm(seconds: float) -> None:
    """An alarm that nothing catches ends the process, also in the middle of foreign machine code."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def serve_jobs(module: str, seconds: float, megabytes: int) -> None:
    """Do jobs until the parent is gone or nothing is asked for `IDLE_SECONDS`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    given, taken = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not reach the parent
    _limit_memory(megabytes)
    for _ in range(JOBS_OF_A_CHILD):
        if os.name != "nt" and not select.select([given], [], [], IDLE_SECONDS)[0]:
            return  # Windows cannot wait for a pipe with a limit: there a child stays until its parent ends
        try:
            values, content = _read(given)
        except EOFError:
            return
        _alarm(seconds)
        answer = _answer(module, values, content)
        _alarm(0)
        _write(taken, *answer)
        if _FAULT in answer[0]:
            return


def _answer(module: str, values: dict[str, Any], content: bytes) -> Answer:
    try:
        jobs: Mapping[str, Job] = importlib.import_module(module).JOBS
        return jobs[values.pop("job")](values, content)
    except MemoryError:
        os._exit(_NO_MEMORY)
    except Exception:
        return {_FAULT: traceback.format_exc()}, b""


if __name__ == "__main__":
    serve_jobs(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
