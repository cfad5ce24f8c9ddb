"""SpiffWorkflow: ten BPMN user tasks in a row, the state stored in its row after every step.

The specification is parsed once and stays in memory, and is left out of what is stored (its own serialiser would put it
in every row). `prepare(restored=…)`: either each step restores its workflow from its row first, as a request to a web
server must, through Django's connection, as Himpun and Viewflow do; or the workflow objects stay in memory between the steps
and their rows are written by the bare driver: the most favourable case there can be.
It has no permission check of its own: the lane of the task is compared with the lane of who decides.
"""

import json
import os
import sqlite3
from io import BytesIO
from itertools import pairwise
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peer_settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser  # noqa: E402
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer  # noqa: E402
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG  # noqa: E402
from SpiffWorkflow.bpmn.serializer.default.workflow import BpmnWorkflowConverter  # noqa: E402
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow  # noqa: E402
from SpiffWorkflow.task import TaskState  # noqa: E402

from bench.steps import timing  # noqa: E402
from bench.tracing import Count  # noqa: E402

LANES = ("kepala", "sekretaris", "kasubbag", "analis")
_NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def _bpmn() -> str:
    """Start → step1 … step10 → end, the steps dealt out to four lanes."""
    steps = [f"step{number}" for number in range(1, timing.STEPS + 1)]
    nodes = ["start", *steps, "end"]
    flows = [
        f'<sequenceFlow id="flow{number}" sourceRef="{source}" targetRef="{target}"/>'
        for number, (source, target) in enumerate(pairwise(nodes))
    ]
    elements = [
        '<startEvent id="start"><outgoing>flow0</outgoing></startEvent>',
        *(
            f'<userTask id="{step}" name="{step}"><incoming>flow{number}</incoming>'
            f"<outgoing>flow{number + 1}</outgoing></userTask>"
            for number, step in enumerate(steps)
        ),
        f'<endEvent id="end"><incoming>flow{timing.STEPS}</incoming></endEvent>',
    ]
    lanes = [
        f'<lane id="{lane}" name="{lane}">'
        + "".join(f"<flowNodeRef>{node}</flowNodeRef>" for node in nodes[index :: len(LANES)])
        + "</lane>"
        for index, lane in enumerate(LANES)
    ]
    body = f'<laneSet id="lanes">{"".join(lanes)}</laneSet>{"".join(elements)}{"".join(flows)}'
    process = f'<process id="ten_steps" isExecutable="true">{body}</process>'
    return f'<definitions xmlns="{_NAMESPACE}" targetNamespace="himpun" id="d">{process}</definitions>'


def _specification() -> Any:
    parser = BpmnParser()
    parser.add_bpmn_io(BytesIO(_bpmn().encode()))
    return parser.get_spec("ten_steps")


SPECIFICATION = _specification()


class StateOnly(BpmnWorkflowConverter):
    """Its own converter of workflows, without the specification."""

    def to_dict(self, workflow: Any) -> dict[str, Any]:
        specification, workflow.spec = workflow.spec, None
        try:
            return super().to_dict(workflow)
        finally:
            workflow.spec = specification

    def from_dict(self, dct: dict[str, Any]) -> Any:
        return super().from_dict({**dct, "spec": SPECIFICATION})


class Spiff:
    def __init__(self, restored: bool) -> None:
        self.restored = restored
        registry = BpmnWorkflowSerializer.configure({**DEFAULT_CONFIG, BpmnWorkflow: StateOnly})
        self.serializer = BpmnWorkflowSerializer(registry)
        connection.ensure_connection()
        self.connection = self._connect()
        self.mark = "?" if connection.vendor == "sqlite" else "%s"
        self.cursor = self.connection.cursor()
        self.cursor.execute("CREATE TABLE workflow (id integer PRIMARY KEY, state text NOT NULL)")
        self.last = 0
        self.running: dict[int, Any] = {}

    @staticmethod
    def _connect() -> Any:
        parameters = connection.get_connection_params()
        if connection.vendor == "sqlite":
            driver = sqlite3.connect(parameters["database"], isolation_level=None)
            driver.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")
            return driver
        import psycopg

        names = ("dbname", "user", "password", "host", "port")
        return psycopg.connect(**{name: parameters[name] for name in names if name in parameters}, autocommit=True)

    def start(self, runs: int) -> None:
        self.running = {}
        for _ in range(runs):
            workflow = BpmnWorkflow(SPECIFICATION)
            workflow.do_engine_steps()
            self.last += 1
            self.running[self.last] = workflow
            insert = f"INSERT INTO workflow (id, state) VALUES ({self.mark}, {self.mark})"
            self.cursor.execute(insert, [self.last, self.serializer.serialize_json(workflow)])

    def lined_up(self, step: int) -> list[tuple[int, str]]:
        return [(key, LANES[step % len(LANES)]) for key in self.running]

    def decide(self, one: tuple[int, str]) -> None:
        if self.restored:
            self._decide_restored(*one)
        else:
            self._decide_in_memory(*one)

    def _decide_restored(self, key: int, lane: str) -> None:
        lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT state FROM workflow WHERE id = %s{lock}", [key])
            workflow = self.serializer.deserialize_json(cursor.fetchone()[0])
            state = self._stepped(workflow, lane)
            cursor.execute("UPDATE workflow SET state = %s WHERE id = %s", [state, key])

    def _decide_in_memory(self, key: int, lane: str) -> None:
        self.cursor.execute("BEGIN IMMEDIATE" if self.mark == "?" else "BEGIN")
        state = self._stepped(self.running[key], lane)
        self.cursor.execute(f"UPDATE workflow SET state = {self.mark} WHERE id = {self.mark}", [state, key])
        self.cursor.execute("COMMIT")

    def _stepped(self, workflow: Any, lane: str) -> str:
        """Check who decides, run the one ready task and what follows by itself; the state to store."""
        (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
        assert task.task_spec.lane == lane
        task.data["decision"] = "selesai"
        task.run()
        workflow.do_engine_steps()
        return str(self.serializer.serialize_json(workflow))

    def driver(self) -> Any:
        return connection.connection if self.restored else self.connection

    def all_done(self) -> bool:
        self.cursor.execute("SELECT state FROM workflow")
        states = {key: json.loads(state) for key, (state,) in enumerate(self.cursor.fetchall(), 1)}
        return all(states[key]["completed"] for key in self.running)


_subject: Spiff | None = None


def prepare(restored: bool) -> Count:
    global _subject
    _subject = Spiff(restored)
    return timing.counted(_subject)


def batch(runs: int) -> float:
    assert _subject
    return timing.batch(_subject, runs)


def close() -> None:
    assert _subject
    assert _subject.all_done()
