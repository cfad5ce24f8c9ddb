"""himpun serve: listens on the port, keeps a web process (or several) and a worker alive, and ends them with itself.

It imports nothing but the standard library, so that it answers a signal from its first moment. It holds the listening
socket: while a killed web process is being replaced, whoever comes waits instead of being refused.
"""

import argparse
import errno
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from himpun.gate.codes import CONFIG, DATABASE_AWAY, NO_PERMISSION, READY, SOCKET, SOFTWARE, UNAVAILABLE, WAIT
from himpun.parent import KEEPER

PAUSES = (0.5, 1, 2, 4, 8, 15, 30)
"""Seconds before a process that ended is started again, growing with every time in a row."""
SETTLED = 60.0
"""A process that lived this long is well: the next pause is the shortest again."""
TRIES = 3
"""So often a web process that has never been ready may fail before the service ends."""
GIVEN_TO_END = 10.0
"""Seconds that processes have for what is in hand; then they are asked again, and killed."""
STUCK = 2.0
LOOK = 0.2


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="alamat (bawaan: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port (bawaan: 8000)")
    parser.add_argument("--workers", type=int, default=1, help="jumlah proses web (bawaan: 1)")
    parser.add_argument("--no-worker", action="store_true", help="tanpa pekerja latar")
    parser.add_argument("--wait", type=int, default=60, help="detik menunggu basis data saat mulai (bawaan: 60)")


def say(sentence: str) -> None:
    """Tell the operator."""
    print(sentence, file=sys.stderr, flush=True)


class Kept:
    """One process that is started again whenever it ends."""

    def __init__(self, name: str, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self.name = name
        self._start = start
        self.process: subprocess.Popen[bytes] | None = None
        self.falls = 0
        self._born = 0.0
        self._again_at = 0.0

    def look(self) -> int | None:
        """Start it when it is time; the code with which it has just ended, None while there is nothing new."""
        now = time.monotonic()
        if self.process is None:
            if now >= self._again_at:
                self.process, self._born = self._start(), now
            return None
        code = self.process.poll()
        if code is None:
            if self.falls and now - self._born > SETTLED:
                self.falls = 0
            return None
        self.process = None
        pause = PAUSES[min(self.falls, len(PAUSES) - 1)]
        self.falls += 1
        self._again_at = now + pause
        cause = f"dihentikan sinyal {-code}" if code < 0 else f"berakhir dengan kode {code}"
        say(f"{self.name} {cause}. Dijalankan lagi dalam {pause:g} detik.")
        return code


class Keeper:
    """The service: a listening socket, its processes, and how it ends."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.asked_to_end = False
        self.ready = False
        self.code = 0

    def run(self) -> int:
        """Serve until a signal asks to end; returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._end)
        _raise_open_files()
        listening = _listen(self.options.host, self.options.port)
        if isinstance(listening, int):
            return listening
        told, telling = os.pipe()
        environment = _environment(listening.fileno(), telling, self.options.wait)
        handed = (listening.fileno(), telling)
        web = [_web(number, environment, handed) for number in range(self.options.workers)]
        kept = web[:1]
        try:
            while not self.asked_to_end:
                for one in kept:
                    self._judge(one in web, one.look(), web[0])
                if select.select([told], [], [], LOOK)[0]:
                    os.read(told, 100)
                    if not self.ready:
                        kept = self._all(web, environment)
        finally:
            listening.close()
            _end_all(kept)
        return self.code

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_end = True

    def _all(self, web: list[Kept], environment: Mapping[str, str]) -> list[Kept]:
        """The first web process answers: now the others may take the processor."""
        self.ready = True
        say(f"Himpun berjalan di http://{self.options.host}:{self.options.port} (Ctrl+C untuk berhenti)")
        worker = Kept("Pekerja latar", lambda: _start(environment, (), "himpun", "worker"))
        return web if self.options.no_worker else [*web, worker]

    def _judge(self, is_web: bool, code: int | None, first: Kept) -> None:
        """A service that has never answered ends with the reason; one that has goes on trying."""
        if code is None or self.ready or not is_web:
            return
        if code in (CONFIG, DATABASE_AWAY) or first.falls >= TRIES:
            self.code = code if code in (CONFIG, DATABASE_AWAY) else SOFTWARE
            say(f"Himpun tidak dapat dimulai (kode keluar {self.code}).")
            self.asked_to_end = True


def _web(number: int, environment: Mapping[str, str], handed: tuple[int, ...]) -> Kept:
    name = "Proses web" if number == 0 else f"Proses web {number + 1}"
    return Kept(name, lambda: _start(environment, handed, "himpun.gate.server"))


def _start(environment: Mapping[str, str], handed: tuple[int, ...], *command: str) -> subprocess.Popen[bytes]:
    # In a session of its own: Ctrl+C reaches only the keeper, which then asks each process once.
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *command], env=dict(environment), pass_fds=handed, start_new_session=True
    )


def _listen(host: str, port: int) -> socket.socket | int:
    """The listening socket, or the exit code after having said why there is none."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        if isinstance(error, PermissionError):
            say(f"Port {port} tidak boleh dipakai pengguna ini. Pakai --port di atas 1023, atau beri izinnya.")
            return NO_PERMISSION
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            say(f"Port {port} sudah dipakai proses lain. Hentikan yang lain, atau pilih --port lain.")
        else:
            say(f"Alamat {host}:{port} tidak dapat dipakai: {error}. Periksa --host dan --port.")
        return UNAVAILABLE
    listening.setblocking(False)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Accepted connections inherit it: one whose client takes nothing at all for a minute is closed.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 60_000)
    return listening


def _raise_open_files() -> None:
    """As many open connections as the system lets this user have."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _environment(listening: int, telling: int, wait: int) -> dict[str, str]:
    environment = dict(os.environ)
    environment |= {KEEPER: str(os.getpid()), SOCKET: str(listening), READY: str(telling), WAIT: str(wait)}
    if sys.dont_write_bytecode or not os.access(Path(__file__).parent, os.W_OK):
        # Without compiled modules a start takes three times as long; they are kept where Himpun may write.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        folder = Path(environment.get("HIMPUN_VAR", "var")).resolve() / "bytecode"
        environment.setdefault("PYTHONPYCACHEPREFIX", str(folder))
    return environment


def _end_all(kept: list[Kept]) -> None:
    """Ask every process once, wait for what is in hand, ask again, and kill what is still there."""
    living = [one.process for one in kept if one.process is not None]
    for ask, seconds in ((signal.SIGTERM, GIVEN_TO_END), (signal.SIGTERM, STUCK), (signal.SIGKILL, STUCK)):
        for process in living:
            process.send_signal(ask)
        end = time.monotonic() + seconds
        while living and time.monotonic() < end:
            living = [process for process in living if process.poll() is None]
            time.sleep(0.02 if living else 0)


def main(argv: list[str]) -> int:
    """`himpun serve` without the rest of Himpun."""
    parser = argparse.ArgumentParser(prog="himpun serve")
    arguments(parser)
    return Keeper(parser.parse_args(argv)).run()
