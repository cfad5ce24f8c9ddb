"""A real `himpun serve` in a process group of its own, and clients of it that speak HTTP over bare sockets."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.scratch import REPOSITORY, until

SOURCE = os.environ.get("HIMPUN_TESTED_SOURCE", str(REPOSITORY / "src"))
"""Where the tested code lies: another place to try these tests on another version."""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def environment_for(folder: Path, database: str, **more: str) -> dict[str, str]:
    own = {
        "HIMPUN_VAR": str(folder / "var"),
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "himpun.settings",
        "HIMPUN_DEBUG": "0",
        "PYTHONPATH": f"{SOURCE}{os.pathsep}{REPOSITORY}",
        "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", "/var/tmp/himpun-tests-bytecode"),  # noqa: S108
    }
    environment = {**os.environ, **own, **more}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


class Answer:
    """The status line, the headers and the body of an answer, as text."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        head, _, body = raw.partition(b"\r\n\r\n")
        self.head, self.body = head.decode("latin-1"), body.decode("utf-8", "replace")
        found = re.match(r"HTTP/1.1 (\d+)", self.head)
        self.status = int(found[1]) if found else 0

    def header(self, name: str) -> str:
        found = re.search(rf"^{name}: (.*?)\r?$", self.head, re.IGNORECASE | re.MULTILINE)
        return found[1] if found else ""


class Service:
    """A running service, and what it printed."""

    def __init__(self, folder: Path, environment: dict[str, str], *arguments: str, port: int = 0) -> None:
        self.port = port or free_port()
        self.said_at = folder / f"said-{self.port}.txt"
        command = [sys.executable, "-m", "himpun", "serve", "--port", str(self.port), *arguments]
        with self.said_at.open("wb") as file:
            self.process = subprocess.Popen(
                command, env=environment, cwd=REPOSITORY, stdout=file, stderr=file, start_new_session=True
            )

    @property
    def said(self) -> str:
        return self.said_at.read_text()

    def connect(self, timeout: float = 20) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def ask(self, request: bytes, timeout: float = 20) -> Answer:
        """Send a whole request on a connection of its own and read the whole answer."""
        with self.connect(timeout) as connection:
            connection.sendall(request)
            return Answer(read_all(connection))

    def get(self, path: str, *headers: str, timeout: float = 20) -> Answer:
        return self.ask(head("GET", path, *headers, "Connection: close"), timeout)

    def await_answer(self, seconds: float = 90) -> "Service":
        """Wait until it answers."""

        def answers() -> bool:
            assert self.process.poll() is None, self.said
            try:
                return self.get("/akun/login/").status == 200
            except OSError:
                return False

        until(answers, seconds)
        return self

    def members(self) -> dict[int, str]:
        """The processes of this service that are alive: number → command line."""
        return descendants(self.process.pid)

    def one(self, named: str) -> int:
        """The number of the process whose command line has this."""
        return next((pid for pid, line in self.members().items() if named in line), 0)

    def end(self) -> None:
        for pid in [self.process.pid, *self.members()]:
            try:
                os.kill(pid, signal.SIGTERM if pid == self.process.pid else 0)
            except ProcessLookupError:
                continue
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            for pid in [self.process.pid, *self.members()]:
                os.kill(pid, signal.SIGKILL)
            self.process.wait()


def head(method: str, path: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def read_all(connection: socket.socket) -> bytes:
    """Everything until the other side closes, or resets."""
    gathered = b""
    try:
        while chunk := connection.recv(65536):
            gathered += chunk
    except OSError:
        pass
    return gathered


def stat_of(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name: state, parent, …"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def descendants(pid: int) -> dict[int, str]:
    """The living children of a process, and theirs."""
    parents: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (fields := stat_of(int(name))) and fields[0] != "Z":
            parents[int(name)] = int(fields[1])
    found, wave = {}, {pid}
    while wave := {child for child, parent in parents.items() if parent in wave}:
        found |= {child: command_of(child) for child in wave}
    return found


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    fields = stat_of(pid)
    return bool(fields) and fields[0] != "Z"


def processor_time(pid: int) -> float:
    """The seconds of processor that a process has used."""
    fields = stat_of(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def forget_peak(pid: int) -> int:
    """Let the kernel count a process's peak anew; returns what it holds now, in bytes."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return memory_peak(pid)


def memory_peak(pid: int) -> int:
    """The most memory a process held, in bytes."""
    text = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", text)
    return int(found[1]) * 1024 if found else 0


def written(pid: int) -> int:
    """The bytes a process has sent to files, sockets and pipes (what reached the disk is among them)."""
    found = re.search(r"^write_bytes: (\d+)", Path(f"/proc/{pid}/io").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def form_with_file(
    name: str, size: int, *, media: str, start: bytes, fields: dict[str, str]
) -> tuple[bytes, bytes, str]:
    """The beginning and the end of a form with a file of `size` bytes, and its boundary."""
    boundary = "----batas-uji"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    disposition = f'Content-Disposition: form-data; name="{name}"; filename="bukti.pdf"'
    parts.append(f"--{boundary}\r\n{disposition}\r\nContent-Type: {media}\r\n\r\n")
    return "".join(parts).encode() + start, f"\r\n--{boundary}--\r\n".encode(), boundary


Told = dict[str, Any]


def settle(seconds: float) -> None:
    """Let real time pass where only its passing shows something."""
    time.sleep(seconds)
