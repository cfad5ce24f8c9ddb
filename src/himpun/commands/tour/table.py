"""The steps of a walk as a table: who, in what time by the standard, in what time really, in time or late."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from himpun.cycles.models import Cycle, Task
from himpun.offices import worktime
from himpun.offices.calendar.kept import calendar_of

HEADINGS = ("No", "Langkah", "Pelaku", "Keputusan", "Standar", "Nyata", "Ketepatan")
WIDEST = 44


@dataclass(frozen=True, slots=True)
class Row:
    """One decided task as printed."""

    no: str
    step: str
    who: str
    decision: str
    standard: str
    actual: str
    punctuality: str
    reason: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        return self.no, self.step, self.who, self.decision, self.standard, self.actual, self.punctuality


def rows(cycle: Cycle, prefix: str = "") -> Iterator[Row]:
    """The decided tasks of a cycle in their order; those of a procedure it ran come before the step that ran it."""
    tasks = (
        cycle.tasks.filter(decided_at__isnull=False)
        .select_related("post")
        .order_by("visit", "-part", "decided_at", "id")
    )
    for task in tasks:
        for child in task.children.all():
            yield from rows(child, f"{prefix}{task.step_no}.")
        yield _row(cycle, task, prefix)


def _row(cycle: Cycle, task: Task, prefix: str) -> Row:
    step = cycle.procedure.definition.step(task.step_no)
    following = step.next.get(task.decision, "")
    return Row(
        no=f"{prefix}{task.step_no}" + (" unit" if task.part else ""),
        step=_spoken(step.name),
        who=task.person_title or task.post.title,
        decision=task.decision + (f" → {prefix}{following}" if isinstance(following, int) else ""),
        standard=step.time_text or "–",
        actual=_spent(cycle, task),
        punctuality=_punctuality(cycle, task),
        reason=task.reason,
    )


def _spoken(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _spent(cycle: Cycle, task: Task) -> str:
    return between(_calendar(cycle), task.opened_at, task.decided_at) if task.decided_at else ""


def _punctuality(cycle: Cycle, task: Task) -> str:
    if task.due_at is None or task.decided_at is None:
        return "–"
    if task.decided_at <= task.due_at:
        return "tepat"
    return f"terlambat {between(_calendar(cycle), task.due_at, task.decided_at)}"


def _calendar(cycle: Cycle) -> worktime.WorkCalendar:
    return calendar_of(cycle.office_id, cycle.office.calendar_stamp)[0]


def between(calendar: worktime.WorkCalendar, start: datetime, end: datetime) -> str:
    """Working time in words, whole working days first as due moments count them: "1 hari 2 jam 5 menit"."""
    days = 0
    while worktime.due(calendar, start, worktime.Amount(days=days + 1)) <= end:
        days += 1
    rest = worktime.minutes_between(calendar, worktime.due(calendar, start, worktime.Amount(days=days)), end)
    parts = [(days, "hari"), (rest // 60, "jam"), (rest % 60, "menit")]
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "0 menit"


def written(table: list[Row]) -> str:
    """The table as text in columns, each return with its reason beneath it."""
    lines = [HEADINGS, *(tuple(_cut(cell) for cell in row.cells) for row in table)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    texts = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    body = (
        text + (f"\n{'':{widths[0]}}  ↳ {row.reason}" if row.reason else "")
        for text, row in zip(texts[1:], table, strict=True)
    )
    return "\n".join([texts[0], "  ".join("─" * width for width in widths), *body])


def _cut(cell: str) -> str:
    return cell if len(cell) <= WIDEST else cell[: WIDEST - 1].rstrip() + "…"
