"""A final deadline as pages ask for it: a day, read as the end of its work; and whether the SOP still fits before it."""

from datetime import datetime

from django.contrib import messages

from himpun import clock
from himpun.cycles.deadlines.final import Fit, end_of_day, fit_of
from himpun.cycles.models import Cycle
from himpun.errors import FieldErrors
from himpun.offices.models.offices import Office
from himpun.web.forms import UNREAD_DATE, read_date
from himpun.web.middleware import PersonRequest


def read_deadline(office: Office, text: str) -> datetime | None:
    """The end of work of the day that was typed; None for nothing. Raises FieldErrors."""
    if not text.strip():
        return None
    day = read_date(text)
    if day is None:
        raise FieldErrors({"due_at": UNREAD_DATE})
    return end_of_day(office, day)


def say_whether_it_fits(request: PersonRequest, cycle: Cycle) -> None:
    """Say so when the standard times do not fit before the deadline."""
    say_fit(request, fit_of(cycle, clock.now()))


def say_fit(request: PersonRequest, fit: Fit | None) -> None:
    """The same where it is known already."""
    if fit and fit.sentence:
        messages.warning(request, fit.sentence)
