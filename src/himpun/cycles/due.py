"""When a step is due: its standard time (mutu baku) counted by the office's calendar."""

from datetime import datetime

from himpun.offices import worktime
from himpun.offices.calendar import calendar_of
from himpun.offices.models import Office
from himpun.procedures.definition import Step


def due_of(office_id: int, stamp: int, step: Step, start: datetime) -> datetime | None:
    """When a step opened at `start` is due; None without a standard time."""
    calendar, day_minutes = calendar_of(office_id, stamp)
    minutes = step.time.minutes(day_minutes) if step.time else None
    if minutes is None:
        return None
    return worktime.due(calendar, start, worktime.Amount(minutes=minutes).in_days(day_minutes))


def due_of_step(office: Office, step: Step, start: datetime) -> datetime | None:
    """The same from an office already loaded."""
    return due_of(office.pk, office.calendar_stamp, step, start)
