"""One web process: looks whether it can work at all, then serves the gate on the socket that its keeper listens on."""

import asyncio
import os
import re
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any, cast

from himpun import parent
from himpun.gate.codes import CONFIG, DATABASE_AWAY, READY, SOCKET, SOFTWARE, WAIT

HEADER_WITHIN = 10_000
"""Milliseconds for the head of a request, and for an idle connection."""
STOP_WITHIN = 8.0
"""Seconds for what is in hand when the end is asked for."""
_PASSING = ("locked", "disk i/o error", "disk is full")
"""What SQLite says of troubles that may pass: somebody else writes, or the disk is full."""
_SECRET = re.compile(r"(password=|//[^:/@\s]*:)[^@\s]+")


def main() -> None:
    """Serve until told to end. Ends with a code of `himpun.gate.codes` where it cannot begin."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent.follow()
    _set_up()
    _await_database(float(os.environ.get(WAIT, "60")))
    _check_schema()
    application = _application()
    asyncio.run(_serve(application, int(os.environ[SOCKET])))
    os._exit(0)


def fail(code: int, sentence: str) -> None:
    """End with a sentence for the operator."""
    print(sentence, file=sys.stderr, flush=True)
    sys.exit(code)


def _set_up() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "himpun.settings")
    try:
        django.setup()
    except (ImproperlyConfigured, ValueError) as error:
        fail(CONFIG, f"Pengaturan salah: {error}")
    except OSError as error:
        fail(CONFIG, f"Folder Himpun tidak dapat dipakai: {error}. Periksa HIMPUN_VAR dan hak aksesnya.")


def _await_database(seconds: float) -> None:
    """Wait until the database answers. A file that is none will never answer: that ends at once."""
    from django.db import DatabaseError, connection

    end, told = time.monotonic() + seconds, False
    while True:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM sqlite_master" if connection.vendor == "sqlite" else "SELECT 1")
            connection.close()
            return
        except DatabaseError as error:
            connection.close()
            why = _SECRET.sub(r"\1…", " ".join(str(error).split()))[:300]
            if isinstance(error.__cause__, sqlite3.Error) and not any(one in str(error).lower() for one in _PASSING):
                fail(
                    CONFIG, f"Basis data tidak dapat dibuka: {why}. Periksa DATABASE_URL, berkasnya, dan hak aksesnya."
                )
            if time.monotonic() >= end:
                fail(DATABASE_AWAY, f"Basis data tidak menjawab selama {seconds:.0f} detik: {why}.")
            if not told:
                print(f"Basis data belum menjawab ({why}). Menunggu…", file=sys.stderr, flush=True)
                told = True
            time.sleep(0.5)


def _check_schema() -> None:
    """Whether `himpun setup` has been run for this version, as far as the names of the migrations tell."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    done = set(MigrationRecorder(connection).applied_migrations())
    wanted = {
        (app.label, place.stem)
        for app in apps.get_app_configs()
        for place in Path(app.path, "migrations").glob("[0-9]*.py")
    }
    connection.close()
    if missing := sorted(wanted - done):
        app, name = missing[0]
        fail(CONFIG, f"Basis data belum disiapkan untuk versi ini ({app} {name}). Jalankan: himpun setup")


def _application() -> Any:
    from django.urls import get_resolver

    from himpun.archive.incoming import sweep_incoming
    from himpun.web.static_files import gather_static_files

    gather_static_files()
    sweep_incoming()
    from himpun.gate.application import Gate
    from himpun.wsgi import application

    assert get_resolver().url_patterns  # noqa: S101 -- reads all pages now, not in the first request
    return Gate(application)


async def _serve(application: Any, listening: int) -> None:
    from granian._granian import SocketHolder
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server.embed import Server

    class OnOurSocket(Server):
        """Granian within this process, on a socket that is there already."""

        def _init_shared_socket(self) -> None:
            self._ssp = None
            self._shd = cast(Any, SocketHolder)(listening, False, self.backlog)

        def startup(self, *given: Any) -> None:
            cast(Any, super()).startup(*given)
            _say_ready()

    server: Any = OnOurSocket(
        application,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        backlog=2048,
        backpressure=8192,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_WITHIN),
        log_level=LogLevels.error,
    )
    loop = asyncio.get_running_loop()

    def stop() -> None:
        server.stop()
        loop.call_later(STOP_WITHIN, os._exit, 0)

    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(one, stop)
    await server.serve()


def _say_ready() -> None:
    ready = os.environ.get(READY, "")
    if ready.isdigit():
        os.write(int(ready), b".")


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(SOFTWARE)
