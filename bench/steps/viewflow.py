"""Viewflow: ten user tasks in a row, its own models, done as its `wrap_view` does it, with its permission check on.

The cheaper of its two ways to say who may act is taken: each task is assigned to its user when it is created
(`.Assign`), so that no permission needs to be looked up and no separate "assign" transaction is needed.
"""

import os
from types import SimpleNamespace
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peer_settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from viewflow import this  # noqa: E402
from viewflow.workflow import flow  # noqa: E402
from viewflow.workflow.models import Process, Task  # noqa: E402
from viewflow.workflow.status import PROCESS, STATUS  # noqa: E402

from bench.steps import timing  # noqa: E402
from bench.tracing import Count  # noqa: E402

USERS: dict[int, User] = {}


def _step(number: int) -> flow.View:
    following = this.end if number == timing.STEPS else getattr(this, f"step{number + 1}")
    return flow.View(lambda request: None).Assign(lambda activation: USERS[number]).Next(following)


class TenSteps(flow.Flow):
    process_class = Process
    start = flow.StartHandle().Next(this.step1)
    step1, step2, step3, step4, step5 = (_step(number) for number in range(1, 6))
    step6, step7, step8, step9, step10 = (_step(number) for number in range(6, 11))
    end = flow.End()


class Viewflow:
    def __init__(self) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        for number in range(1, timing.STEPS + 1):
            USERS[number] = User.objects.create(username=f"user{number}")
        self.running: list[int] = []

    def start(self, runs: int) -> None:
        self.running = [TenSteps.start.run().pk for _ in range(runs)]

    def lined_up(self, step: int) -> list[tuple[int, int, Any]]:
        found = Task.objects.filter(process__in=self.running, status=STATUS.ASSIGNED).values_list("process_id", "pk")
        return [(process, task, SimpleNamespace(user=USERS[step])) for process, task in found]

    def decide(self, one: tuple[int, int, Any]) -> None:
        process_id, task_id, request = one
        with TenSteps.lock(process_id):
            task = Task.objects.get(pk=task_id)
            activation = task.flow_task.activation_class(task)
            assert activation.start.has_perm(request.user)
            activation.start(request)
            activation.execute()

    def driver(self) -> Any:
        return connection.connection


_subject: Viewflow | None = None


def prepare() -> Count:
    global _subject
    _subject = Viewflow()
    return timing.counted(_subject)


def batch(runs: int) -> float:
    assert _subject
    return timing.batch(_subject, runs)


def close() -> None:
    assert _subject
    done = Process.objects.filter(pk__in=_subject.running, status=PROCESS.DONE).count()
    assert done == len(_subject.running)
