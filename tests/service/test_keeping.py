"""The service stays: what is killed comes back, what cannot begin says why, and what is told to end leaves nothing."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scratch import REPOSITORY, on_sqlite, until
from tests.service.running import Service, descendants, environment_for, free_port, is_alive, processor_time

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("layanan")]

Serve = Callable[..., Service]
WEB, WORKER = "gate.server", "himpun worker"
MOMENTS = int(os.environ.get("HIMPUN_START_MOMENTS", "6"))
"""How many moments of a start are tried; the whole is 60."""


def kill(service: Service, named: str) -> int:
    until(lambda: service.one(named) > 0)
    pid = service.one(named)
    os.kill(pid, signal.SIGKILL)
    return pid


def test_a_killed_web_process_comes_back_and_says_so(serve: Serve) -> None:
    service = serve("--no-worker").await_answer()

    for _ in range(2):
        killed, began = kill(service, WEB), time.monotonic()
        assert service.get("/akun/login/", timeout=30).status == 200 or service.await_answer(30)
        assert time.monotonic() - began < 20
        assert service.one(WEB) != killed

    assert "Proses web dihentikan sinyal 9. Dijalankan lagi dalam 0.5 detik." in service.said
    assert "Dijalankan lagi dalam 1 detik." in service.said


def test_a_killed_worker_comes_back_and_says_so(serve: Serve) -> None:
    service = serve().await_answer()

    killed = kill(service, WORKER)

    until(lambda: service.one(WORKER) not in (0, killed))
    assert "Pekerja latar dihentikan sinyal 9. Dijalankan lagi dalam 0.5 detik." in service.said
    assert service.get("/akun/login/").status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_group_ends_everything_with_code_0(serve: Serve, number: signal.Signals) -> None:
    service = serve().await_answer()
    until(lambda: service.one(WORKER) > 0)
    members = [service.process.pid, *service.members()]

    os.killpg(service.process.pid, number)

    assert service.process.wait(10) == 0
    assert not any(is_alive(pid) for pid in members)


def test_a_signal_at_any_moment_of_the_start_ends_everything(serve: Serve) -> None:
    chance = random.Random(15)  # noqa: S311
    for no in range(MOMENTS):
        service = serve()
        time.sleep(chance.uniform(0.0, 4.0))
        members = [service.process.pid, *service.members()]
        os.killpg(service.process.pid, (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)[no % 3])

        until(lambda of=members: not any(is_alive(pid) for pid in of), 30)  # type: ignore[misc]
        service.process.wait(5)


def test_the_children_of_a_killed_service_end_too(serve: Serve) -> None:
    service = serve("--workers", "2").await_answer()
    until(lambda: service.one(WORKER) > 0 and sum(WEB in line for line in service.members().values()) == 2)
    members = list(service.members())

    os.kill(service.process.pid, signal.SIGKILL)

    until(lambda: not any(is_alive(pid) for pid in members), 10)


def test_a_start_costs_little(serve: Serve) -> None:
    """Two quiet cores answer within three seconds; on a busy machine what tells is the processor time until then."""
    serve("--no-worker").await_answer()
    service = serve().await_answer()

    assert processor_time(service.process.pid) + processor_time(service.one(WEB)) < 3


def test_the_worker_alone_ends_with_code_78_too(prepared: tuple[Path, str, object]) -> None:
    environment = environment_for(*prepared[:2], HIMPUN_SECRET_KEY="pendek")
    command = [sys.executable, "-m", "himpun", "worker"]

    done = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert done.returncode == 78
    assert done.stderr.startswith("Pengaturan salah: HIMPUN_SECRET_KEY")


def test_a_taken_port_is_told_and_ends_with_code_69(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        service = serve(port=taken.getsockname()[1])

        assert service.process.wait(10) == 69
    assert f"Port {service.port} sudah dipakai proses lain." in service.said


def test_two_services_do_not_share_a_port(serve: Serve) -> None:
    first = serve("--no-worker").await_answer()

    assert serve(port=first.port).process.wait(10) == 69
    assert first.get("/akun/login/").status == 200


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"HIMPUN_SECRET_KEY": "pendek"}, "HIMPUN_SECRET_KEY harus sekurangnya 32 karakter"),
        ({"DATABASE_URL": "oracle://a:b@c/d"}, "Yang diterima: sqlite"),
        ({"DATABASE_URL": "sqlite:////proc/version"}, "Basis data tidak dapat dibuka"),
        ({"DATABASE_URL": "sqlite:////var/tmp"}, "Basis data tidak dapat dibuka"),
    ],
)
def test_what_somebody_has_to_mend_ends_with_code_78(serve: Serve, more: dict[str, str], said: str) -> None:
    service = serve(**more)

    assert service.process.wait(60) == 78
    assert said in service.said
    assert "Traceback" not in service.said


def test_a_database_without_tables_asks_for_setup(serve: Serve, tmp_path: Path) -> None:
    service = serve(DATABASE_URL=f"sqlite:///{tmp_path / 'kosong.sqlite3'}")

    assert service.process.wait(60) == 78
    assert "Jalankan: himpun setup" in service.said


def test_a_database_that_is_away_is_waited_for_and_ends_with_code_75(serve: Serve) -> None:
    service = serve("--wait", "1", DATABASE_URL=f"postgres://himpun:rahasia@127.0.0.1:{free_port()}/himpun")

    assert service.process.wait(60) == 75
    assert "Basis data belum menjawab" in service.said
    assert "Basis data tidak menjawab selama 1 detik" in service.said
    assert "rahasia" not in service.said


@pytest.mark.skipif(on_sqlite(), reason="hanya pada PostgreSQL")
def test_a_database_that_comes_late_is_used(serve: Serve, prepared: tuple[Path, str, object]) -> None:
    port, late = free_port(), prepared[1]
    away = late.replace(late.split("@")[1].split("/")[0], f"127.0.0.1:{port}")
    service = serve("--no-worker", "--wait", "60", DATABASE_URL=away)
    until(lambda: "Basis data belum menjawab" in service.said, 60)
    relay = subprocess.Popen(_relay(port, late))
    try:
        service.await_answer()
    finally:
        relay.kill()


def _relay(port: int, database: str) -> list[str]:
    """A program that lets what comes to a port through to the database."""
    host, _, target = database.split("@")[1].split("/")[0].partition(":")
    return [sys.executable, "-m", "tests.service.relay", str(port), host, target]


def test_nothing_is_left_of_all_these(serve: Serve) -> None:
    assert not [line for line in descendants(os.getpid()).values() if WEB in line or WORKER in line]
