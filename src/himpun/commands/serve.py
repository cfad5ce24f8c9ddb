"""himpun serve, himpun worker: the web processes with the background worker, or the worker alone."""

import argparse
from datetime import timedelta
from typing import TYPE_CHECKING

from himpun.gate.keeper import Keeper, arguments

if TYPE_CHECKING:
    from himpun.jobs.ticks import Ticks

__all__ = ["all_ticks", "arguments", "run", "run_worker", "worker_arguments"]


def worker_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Serve until told to end (`himpun.__main__` comes here directly, without reading the other commands)."""
    return Keeper(options).run()


def run_worker(options: argparse.Namespace) -> int:
    """Run Django tasks and the periodic ticks until interrupted."""
    from himpun.jobs.worker import run_forever

    run_forever(all_ticks())
    return 0


def all_ticks() -> "Ticks":
    """Every periodic job of the product: name → how often, and what is done."""
    # Only the worker needs these, and the other commands start faster without them.
    from himpun.cycles.deadlines.recounting import recount_changed
    from himpun.cycles.reminders.sweep import sweep_due
    from himpun.cycles.schedules import run_schedules
    from himpun.documents.mailing import send_mailings
    from himpun.documents.work import render_waiting
    from himpun.jobs.ticks import TICKS
    from himpun.notifications.announcing import announce_appointments, announce_drafts
    from himpun.notifications.sending import send_due
    from himpun.notifications.spreading import spread_due
    from himpun.offices.calendar.national import seed_coming_years

    return {
        **TICKS,
        "isi-kalender": (timedelta(days=1), seed_coming_years),
        "buat-berkas-tertunda": (timedelta(minutes=5), render_waiting),
        "ingatkan": (timedelta(minutes=1), sweep_due),
        "kabarkan-penugasan": (timedelta(seconds=30), announce_appointments),
        "kabarkan-naskah-sop": (timedelta(seconds=30), announce_drafts),
        "sebar-pesan": (timedelta(seconds=5), spread_due),
        "kirim-pesan": (timedelta(seconds=5), send_due),
        "kirim-dokumen": (timedelta(seconds=5), send_mailings),
        "hitung-ulang-tenggat": (timedelta(minutes=1), recount_changed),
        "mulai-siklus-terjadwal": (timedelta(minutes=1), run_schedules),
    }
