"""A throwaway PostgreSQL cluster with its default, durable settings, and empty databases in it."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

USER = "himpun"


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of a cluster: the one in `HIMPUN_BENCH_POSTGRES`, or one of our own that is stopped and removed after."""
    given = os.environ.get("HIMPUN_BENCH_POSTGRES", "")
    if given:
        yield given.rstrip("/")
        return
    folder = Path(tempfile.mkdtemp(prefix="himpun-bench-pg-", dir="/var/tmp"))
    try:
        yield from _own(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _own(folder: Path) -> Iterator[str]:
    programs = _programs()
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data, port = folder / "data", _free_port()
    _run(programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-h 127.0.0.1 -p {port} -k {folder}"
    _run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
    try:
        yield f"postgres://{USER}@127.0.0.1:{port}"
    finally:
        _run(programs / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop")


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise SystemExit("PostgreSQL tidak ditemukan. Pasang postgresql, atau isi HIMPUN_BENCH_POSTGRES=postgres://…")


def _run(*command: object) -> None:
    """Run one of PostgreSQL's programs, as user postgres when we are root: it refuses to run as root."""
    user = "postgres" if os.geteuid() == 0 else None
    subprocess.run([str(word) for word in command], check=True, user=user, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def database(url: str, name: str) -> Iterator[str]:
    """The URL of an empty database, dropped after."""
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{url}/{name}"
    finally:
        with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def version(url: str) -> str:
    """The server's version and what makes it durable."""
    with psycopg.connect(f"{url}/postgres") as connection:
        names = ("server_version", "fsync", "synchronous_commit", "wal_sync_method")
        told = [str(connection.execute(f"SHOW {name}").fetchone()[0]) for name in names]  # type: ignore[index]
    return f"PostgreSQL {told[0]} (fsync={told[1]}, synchronous_commit={told[2]}, wal_sync_method={told[3]})"
