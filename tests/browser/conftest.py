"""Headless Chromium (Debian's) against the real server: `himpun serve` with its worker, both sample offices loaded."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.people import Office
from tests.scratch import scratch_database

expect.set_options(timeout=30_000)
CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
SHOTS = os.environ.get("HIMPUN_SHOTS")
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Ends with its file: while Playwright's loop runs, Django's database refuses the tests that follow in the process."""
    if CHROMIUM is None:
        pytest.skip("Chromium tidak terpasang (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Server:
    """A running Himpun with its own database and archive."""

    def __init__(self, folder: Path, database: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": database,
            "HIMPUN_VAR": str(folder / "var"),
            "HIMPUN_DEBUG": "0",
            "HIMPUN_URL": self.url,
            "HIMPUN_LOGIN_FAILED_LIMIT": "100/m/ip,100/300s/key",
        }

    def run(self, *arguments: str) -> str:
        """Run `himpun …` and return what it printed; fails loudly."""
        command = [sys.executable, "-m", "himpun", *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "himpun", "serve", "--port", str(self.port)]
        process = subprocess.Popen(command, env=self.environment, cwd=REPOSITORY)
        for _ in range(450):
            try:
                urllib.request.urlopen(f"{self.url}/akun/login/").close()  # noqa: S310
                return process
            except OSError:
                time.sleep(0.2)
        process.kill()
        raise AssertionError("peladen tidak mau berjalan")


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder and a database with the sample offices, loaded once for the servers to begin with."""
    folder = tmp_path_factory.mktemp("contoh")
    with scratch_database(folder) as database:
        server = Server(folder, database)
        server.run("setup")
        server.run("load-office", "examples/kabupaten-contoh", "examples/kecamatan-contoh", "examples/dinas-contoh")
        yield folder, database


@pytest.fixture
def server(loaded: tuple[Path, str], tmp_path: Path) -> Iterator[Server]:
    folder, like = loaded
    shutil.copytree(folder / "var", tmp_path / "var")
    with scratch_database(tmp_path, like=like) as database:
        server = Server(tmp_path, database)
        process = server.start()
        yield server
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture
def office(server: Server, chromium: Browser) -> Iterator[Callable[..., Office]]:
    """Makes an office's people, each with a browser of their own: office("kecamatan", width=390)."""
    with ExitStack() as made:

        def make(kind: str, width: int = 1280, **options: Any) -> Office:
            people = Office(
                f"examples/{kind}-contoh", chromium, server.url, Path(SHOTS) if SHOTS else None, width, **options
            )
            made.callback(people.close)
            return people

        yield make
