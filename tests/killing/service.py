"""The real service: `himpun serve` with its web processes and its worker, killed at will, started again when it is gone."""

import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread

from tests.notifications.receivers import free_port
from tests.scratch import REPOSITORY, Processes, until

START_SECONDS = 90


class Service(Processes):
    """Himpun on a scratch database, served on a free port."""

    def __init__(self, folder: Path, database: str, mail: int) -> None:
        super().__init__(folder, database)
        self.database = database
        self.port = free_port()
        self.environment |= {
            "HIMPUN_DEBUG": "0",
            "HIMPUN_URL": "http://himpun.contoh.example",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail}",
            "HIMPUN_LOGIN_FAILED_LIMIT": "1000/m/ip,1000/300s/key",
        }
        self.serving: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.log = folder / "layanan.log"
        self._turn = Lock()

    def himpun(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "himpun", *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=REPOSITORY, capture_output=True, text=True, check=False
        )

    def keep_up(self) -> None:
        """Start `himpun serve` where it is gone (or was never there), and wait until it answers."""
        with self._turn:
            if self.serving is None or self.serving.poll() is not None:
                self._end_group()
                self.starts += 1
                command = [sys.executable, "-m", "himpun", "serve", "--port", str(self.port)]
                with self.log.open("ab") as log:
                    self.serving = subprocess.Popen(
                        command, env=self.environment, cwd=REPOSITORY, stdout=log, stderr=log, start_new_session=True
                    )
        self.wait()

    def wait(self) -> None:
        serving = self.serving
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            if serving is None or serving.poll() is not None:
                return
            assert time.monotonic() < end, f"layanan tidak menjawab:\n{self.log.read_text()[-2000:]}"
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/akun/login/", timeout=10).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    # --- killing ----------------------------------------------------------------------------------------------------

    def kill_web(self) -> bool:
        """kill -9 of every process that answers requests: all that serves but the worker and who looks after them."""
        return _kill([pid for pid, command in self._processes()[1:] if not _is_worker(command)])

    def kill_worker(self) -> bool:
        """kill -9 of the background worker."""
        return _kill([pid for pid, command in self._processes() if _is_worker(command)])

    def kill_all(self) -> bool:
        """kill -9 of everything at once, as when the power goes."""
        return _kill([pid for pid, _ in self._processes()])

    def kill_connection(self) -> bool:
        """End a connection that PostgreSQL has open for this database; False on SQLite."""
        if not self.database.startswith("postgres"):
            return False
        import psycopg

        with psycopg.connect(self.database.replace("postgres://", "postgresql://", 1), autocommit=True) as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
        return bool(ended)

    def _processes(self) -> list[tuple[int, str]]:
        """Everything that the serving process and its children started, from /proc."""
        if self.serving is None or self.serving.poll() is not None:
            return []
        parents: dict[int, int] = {}
        commands: dict[int, str] = {}
        for place in Path("/proc").iterdir():
            if place.name.isdigit():
                try:
                    stat = (place / "stat").read_text()
                    commands[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                except OSError:
                    continue
                parents[int(place.name)] = int(stat.rpartition(")")[2].split()[1])
        found, waiting = [], [self.serving.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            waiting += [child for child, parent in parents.items() if parent == pid]
        return [(pid, commands.get(pid, "")) for pid in found]

    def _end_group(self) -> None:
        """Nothing of an earlier start may be left: a killed supervisor leaves its children behind."""
        if self.serving is not None:
            try:
                os.killpg(self.serving.pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def close(self) -> None:
        if self.serving is not None:
            self.serving.terminate()
            try:
                self.serving.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.serving.kill()
            self._end_group()
            self.serving.wait()
        super().close()


def _is_worker(command: str) -> bool:
    return command.endswith("himpun worker")


def _kill(pids: list[int]) -> bool:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return bool(pids)


@dataclass
class Killer:
    """Kills something at moments nobody knows, until it has killed often enough or is told to stop."""

    service: Service
    kills: dict[str, int]
    """What to kill, and how often."""
    random: random.Random
    rest: tuple[float, float] = (0.4, 2.5)
    done: list[str] = field(default_factory=list)
    _stop: Event = field(default_factory=Event)

    def start(self) -> Thread:
        thread = Thread(target=self._run, daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        waiting = [what for what, times in self.kills.items() for _ in range(times)]
        self.random.shuffle(waiting)
        for what in waiting:
            if self._stop.wait(self.random.uniform(*self.rest)):
                return
            until(self.service.answers, seconds=START_SECONDS * 2)
            self._stop.wait(self.random.uniform(0, 0.5))
            if getattr(self.service, f"kill_{what}")():
                self.done.append(what)
