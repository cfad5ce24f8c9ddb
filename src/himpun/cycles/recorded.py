"""What records of decisions say of the rows that the ledger writes by SQL of its own, for `himpun verify-archive`."""

from collections.abc import Iterator
from typing import Any

from himpun.archive.comparing import ALSO, SAID_BY_ACTS, Fields, Said, batched
from himpun.archive.models import Record
from himpun.archive.seals import CHUNK, plain, said_moment
from himpun.cycles.models import Cycle, Task

OPENING = "cycles.opening"
"""Under which the step that a decision opens is remembered, by cycle and visit: its row has no number yet."""


def _decided(record: Record, data: Any) -> Iterator[tuple[str, Fields]]:
    later = {"post": "post_id", "person": "person_id", "opened": "opened_at"}  # older records have them not
    fields = {
        "cycle_id": _cycle_of(record),
        "step_no": data["step"],
        "visit": data["visit"],
        "decision": data["decision"],
        "reason": data.get("reason", ""),
        "decided_at": said_moment(record.at),
        "person_name": record.person_name,
        "person_title": record.post_title,
        "part": False,
    }
    fields |= {field: data[name] for name, field in later.items() if name in data}
    if "due" in data:
        fields["due_at"] = data["due"] or None
    if "next_role" in data:
        due = data["next_due"] or None
        opened = {
            "step_no": data["next"],
            "role": data["next_role"],
            "opened_at": said_moment(record.at),
            "due_at": due,
        }
        yield f"{OPENING}:{_cycle_of(record)}:{data['visit'] + 1}", opened
    yield f"cycles.task:{data['task']}", {name: plain(value) for name, value in fields.items()}


def _ended(record: Record, data: Any) -> Iterator[tuple[str, Fields]]:
    yield f"cycles.cycle:{_cycle_of(record)}", {"state": "selesai", "ended_at": said_moment(record.at)}


def _cycle_of(record: Record) -> int:
    return int(record.subject.removeprefix("cycle:"))


def _open_steps(said: Said) -> Iterator[str]:
    """The step that waits in each running cycle: the one that the last decision opened, for its post, since then."""
    waiting = Task.objects.filter(decided_at__isnull=True, part=False, cycle__state=Cycle.State.OPEN)
    for tasks in batched(waiting.select_related("post").order_by("pk").iterator(chunk_size=CHUNK), CHUNK):
        keys = {task.pk: f"{OPENING}:{task.cycle_id}:{task.visit}" for task in tasks}
        opened, sealed = said.of(list(keys.values())), said.of([f"cycles.task:{task.pk}" for task in tasks])
        for task in tasks:
            own = sealed.get(f"cycles.task:{task.pk}", ({}, ""))[0]
            fields, place = opened.get(keys[task.pk], ({}, ""))
            if not (own or fields):
                yield f"Langkah nomor {task.pk} menunggu di tabel, tetapi jurnal tidak pernah membukanya."
            yield from _open_step(task, {name: value for name, value in fields.items() if name not in own}, place)
    stuck = Cycle.objects.filter(state=Cycle.State.OPEN).exclude(pk__in=waiting.values("cycle"))
    for pk in stuck.order_by("pk").values_list("pk", flat=True):
        yield f"Siklus nomor {pk} berjalan tanpa langkah yang menunggu: langkah itu dihapus di luar Himpun."


def _open_step(task: Task, fields: Fields, place: str) -> Iterator[str]:
    due = said_moment(task.due_at) if task.due_at else None
    now = {"step_no": task.step_no, "role": task.post.role, "opened_at": said_moment(task.opened_at), "due_at": due}
    for name, recorded in fields.items():
        if now[name] != recorded:
            yield (
                f"Langkah nomor {task.pk}, yang menunggu: {name} di tabel “{now[name]}”, di jurnal “{recorded}” (catatan {place})."
            )


ALSO.append(_open_steps)
SAID_BY_ACTS |= {"cycles:task:decided": _decided, "cycles:task:returned": _decided, "cycles:cycle:ended": _ended}
