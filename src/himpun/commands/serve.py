"""himpun serve, himpun worker: the web server (granian) and the background worker, in one command or apart."""

import argparse
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from types import FrameType
from typing import TYPE_CHECKING

from django.core.management import call_command

if TYPE_CHECKING:
    from himpun.jobs.ticks import Ticks


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="alamat (bawaan: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port (bawaan: 8000)")
    parser.add_argument("--workers", type=int, default=1, help="jumlah proses web (bawaan: 1)")
    parser.add_argument("--no-worker", action="store_true", help="tanpa pekerja latar")


def worker_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted; a worker that dies is started again, and ends with the server."""
    call_command("collectstatic", interactive=False, verbosity=0)
    server = subprocess.Popen(_server_command(options), env=os.environ)  # noqa: S603
    worker = None if options.no_worker else _start_worker()
    print(f"Himpun berjalan di http://{options.host}:{options.port} (Ctrl+C untuk berhenti)", flush=True)

    def stop(number: int, frame: FrameType | None) -> None:
        server.terminate()

    signal.signal(signal.SIGTERM, stop)
    while server.poll() is None:
        try:
            time.sleep(0.5)
        except KeyboardInterrupt:
            server.wait()
        if worker and worker.poll() is not None and server.poll() is None:
            worker = _start_worker()
    if worker:
        worker.terminate()
        worker.wait()
    return server.returncode


def _start_worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "himpun", "worker"])


def _server_command(options: argparse.Namespace) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", options.host, "--port", str(options.port),
        "--workers", str(options.workers), "--blocking-threads", "4", "--no-ws", "himpun.wsgi:application",
    ]  # fmt: skip


def run_worker(options: argparse.Namespace) -> int:
    """Run Django tasks and the periodic ticks until interrupted."""
    from himpun.jobs.worker import run_forever

    run_forever(all_ticks())
    return 0


def all_ticks() -> "Ticks":
    """Every periodic job of the product: name → how often, and what is done."""
    # Only the worker needs these, and the other commands start faster without them.
    from himpun.cycles.deadlines import recount_changed
    from himpun.cycles.reminding import sweep_due
    from himpun.cycles.schedules import run_schedules
    from himpun.documents.work import render_waiting
    from himpun.jobs.ticks import TICKS
    from himpun.notifications.announcing import announce_appointments, announce_drafts
    from himpun.notifications.sending import send_due
    from himpun.notifications.spreading import spread_due
    from himpun.offices.national import seed_coming_years

    return {
        **TICKS,
        "isi-kalender": (timedelta(days=1), seed_coming_years),
        "buat-berkas-tertunda": (timedelta(minutes=5), render_waiting),
        "ingatkan": (timedelta(minutes=1), sweep_due),
        "kabarkan-penugasan": (timedelta(seconds=30), announce_appointments),
        "kabarkan-naskah-sop": (timedelta(seconds=30), announce_drafts),
        "sebar-pesan": (timedelta(seconds=5), spread_due),
        "kirim-pesan": (timedelta(seconds=5), send_due),
        "hitung-ulang-tenggat": (timedelta(minutes=1), recount_changed),
        "mulai-siklus-terjadwal": (timedelta(minutes=1), run_schedules),
    }
