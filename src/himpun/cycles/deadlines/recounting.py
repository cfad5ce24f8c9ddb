"""Open deadlines are counted anew when days or hours change, and whoever waits is told."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db.models import Exists, F, OuterRef

from himpun import clock
from himpun.archive.journal import SYSTEM, Turn, act
from himpun.cycles.deadlines.due import due_by
from himpun.cycles.deadlines.final import iso, zone_of
from himpun.cycles.deadlines.survey import Survey, survey_of
from himpun.cycles.models import Cycle, Task
from himpun.indicators.models.requests import DataRequest
from himpun.measure.periods import Period
from himpun.notifications.actions import tell
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.due_words import due_words
from himpun.offices.models.offices import Office
from himpun.places import place

log = structlog.get_logger("himpun.cycles")


@dataclass(frozen=True, slots=True)
class Moved:
    """A task whose due moment was counted anew and came out otherwise."""

    task: Task
    was: datetime | None
    now: datetime | None


CALENDAR_CHANGED = "kalender kerja kantor berubah"


def recount(office: Office, *, what: str = "") -> list[Moved]:
    """Count every open deadline of an office anew after its calendar changed; nothing when that was done already.

    Moved deadlines are journaled and told to their posts with the old and the new moment, and `what` changed.
    """
    with act(office.code, at=clock.now(), author=SYSTEM) as turn:
        current = Office.objects.get(pk=office.pk)
        if current.deadlines_stamp == current.calendar_stamp:
            return []
        cycles = Cycle.objects.filter(office=current, state=Cycle.State.OPEN).values_list("pk", flat=True)
        why = f"{CALENDAR_CHANGED} ({what})" if what else CALENDAR_CHANGED
        moved = count_anew(turn, list(cycles), why)
        Office.objects.filter(pk=current.pk).update(deadlines_stamp=current.calendar_stamp)
    return moved


def recount_changed() -> int:
    """Recount every office whose calendar changed since its deadlines were counted; returns how many had open tasks.

    Those without an open cycle are marked in one statement: a national holiday changes the calendar of every office.
    """
    changed = Office.objects.exclude(deadlines_stamp=F("calendar_stamp"))
    running = Cycle.objects.filter(office=OuterRef("pk"), state=Cycle.State.OPEN)
    busy = list(changed.filter(Exists(running)))
    for office in busy:
        try:
            recount(office)
        except Exception:  # one office's trouble is not to keep the others waiting; the next tick tries again
            log.exception("recount-failed", office=office.code)
    changed.exclude(Exists(running)).update(deadlines_stamp=F("calendar_stamp"))
    return len(busy)


def count_anew(turn: Turn, cycle_ids: list[int], why: str) -> list[Moved]:
    """Count the open tasks of these cycles anew, from their opening and the pauses that ended; note and tell what moved."""
    survey = survey_of(cycle_ids)
    moved = []
    for task in survey.tasks.values():
        calendar, day_minutes = survey.calendar(task)
        pauses = survey.closed_pauses(task.cycle_id)
        due_at = due_by(calendar, day_minutes, survey.step_of(task), task.opened_at, pauses)
        if due_at != task.due_at and task.cycle_id in cycle_ids:
            moved.append(Moved(task, task.due_at, due_at))
    _write_moved(turn, survey, moved)
    for one in moved:
        _note_moved(turn, one, why)
    return moved


def _write_moved(turn: Turn, survey: Survey, moved: list[Moved]) -> None:
    for one in moved:
        one.task.due_at = one.now
        if not survey.paused_since(one.task.cycle_id):
            one.task.nudge_at = turn.at if one.now else None
    Task.objects.bulk_update([one.task for one in moved], ["due_at", "nudge_at"], batch_size=200)
    for one in moved:
        if one.task.part:
            origin = f"cycle:{one.task.cycle_id}"
            asked = DataRequest.objects.filter(origin=origin, unit=one.task.post_id, state__in=DataRequest.OPEN)
            asked.update(due_at=one.now)


def _note_moved(turn: Turn, one: Moved, why: str) -> None:
    task, cycle = one.task, one.task.cycle
    zone = zone_of(cycle.office)
    data = {"task": task.pk, "step": task.step_no, "post": task.post.title, "why": why}
    turn.record(
        "cycles:deadline:moved", cycle.subject, {**data, "due_was": iso(one.was, zone), "due_now": iso(one.now, zone)}
    )
    calendar, _ = calendar_of(cycle.office_id, cycle.office.calendar_stamp)
    was, now = (due_words(calendar, at) if at else "tanpa batas waktu" for at in (one.was, one.now))
    label = Period.parse(cycle.period).label
    tell(
        turn,
        posts=[task.post_id],
        text=f"Batas waktu langkah {task.step_no}, {label}, bergeser dari {was} menjadi {now}: {why}.",
        place=place("cycle", cycle.pk),
        about=f"task:{task.pk}",
    )
