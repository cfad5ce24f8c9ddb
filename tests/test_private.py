"""A real service, from its setup to a login: what it leaves on the disk and in its log."""

import http.cookiejar
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scratch import REPOSITORY, on_sqlite, scratch_database, until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]
PASSWORD = "sawah-hijau-pagi-ini"


class Service:
    """`himpun serve` in a folder of its own, started under an ordinary umask; `log` is all that it prints."""

    def __init__(self, folder: Path, database: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.var, self.log, self.url = folder / "var", folder / "log.txt", f"http://127.0.0.1:{port}"
        own = {"HIMPUN_VAR": str(self.var), "DATABASE_URL": database, "HIMPUN_URL": self.url, "HIMPUN_DEBUG": ""}
        self.environment = {**os.environ, **own}
        self.port = port

    def run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "himpun", *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=REPOSITORY, capture_output=True, text=True, check=False, umask=0o022
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "himpun", "serve", "--port", str(self.port)]
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                command, env=self.environment, cwd=REPOSITORY, stdout=log, stderr=log, umask=0o022
            )
        try:
            until(self.answers, 180)  # a busy machine starts slowly
        except BaseException:
            process.terminate()
            raise
        return process

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.url}/akun/login/", timeout=5).close()  # noqa: S310
        except OSError:
            return False
        return True


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("layanan")
    with scratch_database(folder) as database:
        made = Service(folder, database)
        made.run("setup")
        process = made.start()
        yield made
        process.terminate()
        process.wait(timeout=30)


class Visitor:
    """A browser without scripts."""

    def __init__(self, service: Service) -> None:
        self.base = service.url
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> tuple[int, str]:
        return self._open(path, None)

    def send(self, path: str, **typed: str) -> tuple[int, str]:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path)[1])
        given = {**typed, "csrfmiddlewaretoken": token[1] if token else ""}
        return self._open(path, urllib.parse.urlencode(given).encode())

    def _open(self, path: str, data: bytes | None) -> tuple[int, str]:
        try:
            with self.opener.open(self.base + path, data, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def open_to_others(folder: Path) -> list[str]:
    """What group or others may read, but for the pages' own style and scripts, which everybody is served."""
    found = [one for one in (folder, *folder.rglob("*")) if one.relative_to(folder).parts[:1] != ("static",)]
    return [str(one) for one in found if not one.is_symlink() and stat.S_IMODE(one.stat().st_mode) & 0o077]


def test_an_office_comes_in_by_its_links_and_leaves_nothing_readable_and_no_secret(
    service: Service, tmp_path: Path
) -> None:
    folder = tmp_path / "kantor"
    shutil.copytree("examples/kecamatan-contoh", folder)
    people = (folder / "people.csv").read_text().replace("himpun-contoh", "")
    (folder / "people.csv").write_text(people)
    links = re.findall(r"(/masuk/tautan/[\w-]{43}/)", service.run("load-office", str(folder)))
    assert len(links) == 10
    visitor = Visitor(service)
    assert visitor.send(links[0], password1="pendek", password2="pendek")[0] == 422
    status, page = visitor.send(links[0], password1=PASSWORD, password2=PASSWORD)
    assert (status, "Kata sandi tersimpan" in page) == (200, True)
    assert Visitor(service).get(links[0])[0] == 410
    assert "alert-danger" in Visitor(service).send("/akun/login/", login="rahasia-di-kolom-nama", password="x")[1]
    page = Visitor(service).get("/akun/password/reset/")[1]
    assert "tidak terhubung ke peladen surel" in page
    service.run("person", "link", "camat")

    log = service.log.read_text()
    assert '"event": "login-failed"' in log
    assert '"person": "tidak dikenal", "address": "127.0.0.1"' in log
    for secret in (PASSWORD, "rahasia-di-kolom-nama", *(link.split("/")[-2] for link in links)):
        assert secret not in log
    assert open_to_others(service.var) == []
    if on_sqlite():
        assert open_to_others(service.var.parent / "scratch.sqlite3") == []
        assert open_to_others(service.var.parent / "scratch.sqlite3-wal") == []


def test_what_an_older_start_left_readable_is_closed(service: Service) -> None:
    service.var.chmod(0o755)
    (service.var / "secret-key").chmod(0o644)
    service.run("verify-archive")
    assert open_to_others(service.var) == []
