"""Workers of the reminders and the outbox as real processes that are killed: `python -m tests.notifications.outbox FOLDER`.

On the database of DATABASE_URL, with the mail server of EMAIL_URL. Each worker is a fork with its own connection. Three
parts, each with an office of its own: "statement" (ended by SIGKILL before one statement or another), "mail" (killed
from outside while they send, by whoever reads their process number) and "at-once" (four begin at the same moment). It
prints as JSON what the database says of each office.
"""

# ruff: noqa: E402 - Django is set up before its parts are imported

import json
import os
import signal
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command
from django.db import connection, connections

from himpun import clock
from himpun.cycles.actions import start_cycle
from himpun.cycles.models import Nudge, Task
from himpun.cycles.reminders.sweep import sweep_due
from himpun.notifications.models import Message, Outgoing
from himpun.notifications.sending import LOST_AFTER, send_due
from himpun.notifications.spreading import spread_due
from himpun.offices.models.people import Person
from tests.cast import MECHANISM, MONDAY, Cast, found_office, publish

ROUND = LOST_AFTER + timedelta(minutes=1)
STATEMENTS = range(1, 64, 4)
IN_HAND = "sedang-mengirim"
"""The file in which a worker that may be killed from outside writes its process number."""


class Killer:
    """Ends its process before its n-th SQL statement."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def work(kill_at: int | None) -> None:
    with connection.execute_wrapper(Killer(kill_at or sys.maxsize)):
        sweep_due()
        spread_due()
        send_due()


def worker(moment: datetime, folder: Path, kill_at: int | None = None, gate: int | None = None) -> int:
    """Start one; returns its process number."""
    connections.close_all()
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        (folder / IN_HAND).write_text(str(os.getpid()))
        connection.ensure_connection()
        if gate is not None:
            os.read(gate, 1)
        with clock.held_at(moment):
            work(kill_at)
        code = 0
    finally:
        os._exit(code)


def ended(process: int) -> bool:
    """Wait for it; whether it ended by itself. One that failed ends everything."""
    status = os.waitpid(process, 0)[1]
    assert not (os.WIFEXITED(status) and os.WEXITSTATUS(status)), "a worker failed"
    return os.WIFEXITED(status)


def begin(cast: Cast, number: int) -> None:
    """One more cycle, whose first step is due five minutes later."""
    period = f"{2012 + number // 12}-{number % 12 + 1:02}"
    start_cycle(office=cast.office, key=MECHANISM, period=period, by=cast.kasubbag)


def to_the_end(now: datetime, folder: Path) -> None:
    """Workers one after the other until nothing is left to do."""
    while (
        Message.objects.filter(spread_at=None).exists()
        or Outgoing.objects.filter(state__in=("menunggu", "mengirim")).exists()
        or not ended(worker(now, folder))
    ):
        now += ROUND
        ended(worker(now, folder))


def statement(cast: Cast, folder: Path) -> int:
    """Something new each time, and a worker that is killed some statements later than the last; how many were."""
    now, kills = MONDAY + 12 * ROUND, 0
    for number, kill_at in enumerate(STATEMENTS):
        now += ROUND
        with clock.held_at(now):
            begin(cast, number)
        kills += not ended(worker(now, folder, kill_at))
    to_the_end(now + ROUND, folder)
    return kills


def mail(cast: Cast, folder: Path) -> int:
    now = MONDAY
    with clock.held_at(now):
        for number in range(6):
            begin(cast, number)
    to_the_end(now + ROUND, folder)
    return 0


def at_once(cast: Cast, folder: Path) -> int:
    now = MONDAY + 6 * ROUND
    with clock.held_at(now):
        for number in range(20):
            begin(cast, number)
    gate, opener = os.pipe()
    workers = [worker(now + ROUND, folder, gate=gate) for _ in range(4)]
    os.write(opener, b"....")
    return sum(ended(process) for process in workers)


PARTS = {"mail": mail, "at-once": at_once, "statement": statement}
"""In the order of their moments: time does not go back from one to the next, which Himpun would tell people of."""


def facts(cast: Cast, result: int) -> dict[str, Any]:
    tasks = Task.objects.filter(cycle__office=cast.office)
    written = Nudge.objects.filter(task__in=tasks)
    nudges = Counter(written.values_list("task_id", "rule", "due_at"))
    messages = Message.objects.filter(post__office=cast.office)
    copies = Outgoing.objects.filter(message__in=messages)
    return {
        "result": result,
        "tasks": tasks.count(),
        "nudges": len(nudges),
        "nudged_twice": [str(key) for key, times in nudges.items() if times > 1],
        "messages": messages.count(),
        "nudges_with_message": written.filter(message__isnull=False).count(),
        "not_spread": messages.filter(spread_at=None).count(),
        "copies": copies.count(),
        "states": dict(Counter(copies.values_list("state", flat=True))),
        "keys": [str(key) for key in copies.values_list("key", flat=True)],
        "tried_again": copies.filter(tries__gt=1).count(),
    }


def main(folder: Path) -> None:
    call_command("migrate", verbosity=0)
    found = {}
    with clock.held_at(MONDAY):
        publish()
        for name, part in PARTS.items():
            cast = found_office(name)
            for person in Person.objects.filter(username__startswith=f"{name}."):
                Person.objects.filter(pk=person.pk).update(email=f"{person.username}@contoh.example")
            found[name] = facts(cast, part(cast, folder))
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
