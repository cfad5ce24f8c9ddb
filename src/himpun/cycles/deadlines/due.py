"""When a step is due: its standard time (mutu baku) counted by the office's calendar, pauses apart."""

from datetime import datetime

from himpun.cycles.deadlines.planning import Pauses
from himpun.offices import worktime
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.models.offices import Office
from himpun.procedures.definition import Step


def due_of(office_id: int, stamp: int, step: Step, start: datetime) -> datetime | None:
    """When a step opened at `start` is due; None without a standard time."""
    return due_by(*calendar_of(office_id, stamp), step, start)


def due_of_step(office: Office, step: Step, start: datetime) -> datetime | None:
    """The same from an office already loaded."""
    return due_of(office.pk, office.calendar_stamp, step, start)


def due_by(
    calendar: worktime.WorkCalendar, day_minutes: int, step: Step, start: datetime, pauses: Pauses = ()
) -> datetime | None:
    """The same by a calendar already there; the working time of the (closed) `pauses` is not counted."""
    amount = step.amount(day_minutes)
    if amount is None:
        return None
    if not pauses:
        return worktime.due(calendar, start, amount)
    return worktime.due_with_pauses(calendar, start, amount, pauses)
