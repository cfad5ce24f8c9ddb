"""A task and a tick for the tests with real processes. What they leave can be counted.

`leave_mark` is idempotent as every job must be: however often it begins, it leaves one row.
"""

import os
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

from django_tasks import task


@task()
def leave_mark(name: str, folder: str) -> None:
    """Note that it began, wait while a file named "tunggu" is there, then leave the row."""
    from himpun import clock
    from himpun.jobs.models import Tick

    append(Path(folder, "mulai"), name)
    deadline = time.monotonic() + 60
    while Path(folder, "tunggu").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    Tick.objects.get_or_create(name=name, defaults={"next_at": clock.now()})
    append(Path(folder, "selesai"), name)


@task()
def fail(name: str) -> None:
    """A task that is wrong."""
    raise ValueError(name)


def append(place: Path, line: str) -> None:
    with place.open("a") as file:
        file.write(f"{line}\n")


def main(folder: str) -> None:
    """A worker with a tick that all such workers share, and one of its own that says it is ready."""
    import django

    django.setup()
    from himpun.jobs.worker import run_forever

    hour, place = timedelta(hours=1), Path(folder)
    shared = {"tandai": (hour, partial(append, place / "tandai", "sekali"))}
    run_forever({**shared, f"siap-{os.getpid()}": (hour, partial(append, place / "siap", "siap"))}, rest=0.05)


if __name__ == "__main__":
    main(sys.argv[1])
