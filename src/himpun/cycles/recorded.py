"""What records of decisions say of the rows that the ledger writes by SQL of its own, for `himpun verify-archive`."""

from collections.abc import Iterator
from typing import Any

from himpun.archive.comparing import SAID_BY_ACTS, Fields
from himpun.archive.models import Record
from himpun.archive.seals import plain, said_moment


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
    yield f"cycles.task:{data['task']}", {name: plain(value) for name, value in fields.items()}


def _ended(record: Record, data: Any) -> Iterator[tuple[str, Fields]]:
    yield f"cycles.cycle:{_cycle_of(record)}", {"state": "selesai", "ended_at": said_moment(record.at)}


def _cycle_of(record: Record) -> int:
    return int(record.subject.removeprefix("cycle:"))


SAID_BY_ACTS |= {"cycles:task:decided": _decided, "cycles:task:returned": _decided, "cycles:cycle:ended": _ended}
