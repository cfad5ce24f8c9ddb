"""Reading what was typed: dates as people write them, uploads; what is wrong stays at its field."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.dateparse import parse_date

from himpun import typed
from himpun.errors import FieldErrors, Refusal


@dataclass(slots=True)
class Typed:
    """A form as typed, with its errors: rendered again it loses nothing."""

    data: QueryDict | dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    error: str = ""

    @property
    def checked_instructions(self) -> list[str]:
        """The instruction boxes that were ticked."""
        return self.data.getlist("instructions") if isinstance(self.data, QueryDict) else []

    def refuse(self, refusal: Refusal) -> None:
        """Put a refusal where it was typed, or above the form when it belongs to no field."""
        if isinstance(refusal, FieldErrors):
            self.errors |= refusal.fields
        else:
            self.error = str(refusal)


def read_date(text: str) -> date | None:
    """ "2026-10-05" or "05/10/2026" or "5-10-2026"; None when it is no date."""
    text = text.strip()
    try:
        if found := parse_date(text):
            return found
    except (ValueError, OverflowError):
        return None
    parts = text.replace("-", "/").replace(".", "/").split("/")
    try:
        day, month, year = (int(part) for part in parts)
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


UNREAD_DATE = "Tanggal ini tidak terbaca. Tulis hari/bulan/tahun, misalnya 31/12/2026."


def unread_dates(given: QueryDict, *names: str) -> dict[str, str]:
    """A sentence for each of these dates that was typed and cannot be read; nothing for what was left empty."""
    unread = [name for name in names if given.get(name, "").strip() and read_date(given.get(name, "")) is None]
    return dict.fromkeys(unread, UNREAD_DATE)


def dates_of(given: QueryDict, *names: str) -> dict[str, date | None]:
    """These dates as typed, None for what was left empty. Raises FieldErrors."""
    if wrong := unread_dates(given, *names):
        raise FieldErrors(wrong)
    return {name: read_date(given.get(name, "")) for name in names}


def attempt(typed: Typed, act: Callable[[], Any]) -> Any:
    """Do an act; a refusal goes into the form and None comes back."""
    try:
        return act()
    except Refusal as refusal:
        typed.refuse(refusal)
        return None


def read_whole(text: str) -> int:
    """A whole number that a database key can be; 0 when it is none."""
    return typed.read_whole(text) or 0


def whole_number(request: HttpRequest, name: str) -> int:
    """A whole number from the form; 0 when it is none."""
    return read_whole(request.POST.get(name, ""))
