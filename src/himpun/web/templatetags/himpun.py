"""The template language of Himpun's pages: icons, moments, periods, numbers, journal acts in words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.safestring import SafeString, mark_safe

from himpun import clock
from himpun.archive.models import Record
from himpun.measure.periods import Period
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.calendar.year import hours_in_words
from himpun.offices.due_words import due_words
from himpun.offices.models.offices import Office
from himpun.offices.queries import shown_holder, titles_of
from himpun.procedures.models import ProcedureVersion
from himpun.procedures.reading import worded
from himpun.web.acts import in_words

register = template.Library()
ICONS = Path(__file__).resolve().parent.parent / "icons"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon as inline SVG; hidden from screen readers unless it has a label."""
    hidden = f'role="img" aria-label="{label}"' if label else 'aria-hidden="true" focusable="false"'
    return mark_safe(_icon(name).replace("<svg", f"<svg {hidden}", 1))


@lru_cache(maxsize=256)
def _icon(name: str) -> str:
    text = (ICONS / f"{name}.svg").read_text()
    return text[text.index("<svg") :].replace("\n", " ")


@register.simple_tag(takes_context=True)
def titles(context: template.Context, *roles: str, last: str = "dan") -> str:
    """What the office looked at calls its posts of these roles, which not every office calls alike."""
    acting = getattr(context.get("request"), "acting", None)
    return titles_of(acting.office if acting else None, *roles, last=last)


@register.filter
def moment(at: datetime | None) -> str:
    """ "23 Nov 2026 09.14" in the active zone."""
    return formats.date_format(timezone.localtime(at), "j M Y H.i") if at else ""


@register.filter
def deadline(due_at: datetime | None, office: Office) -> str:
    """ "1 Des 2026, akhir jam kerja (16.00)", by the calendar and the clock of an office."""
    if not due_at:
        return ""
    return due_words(calendar_of(office.pk, office.calendar_stamp)[0], due_at, zoned=False)


@register.filter
def holder(holding: Any) -> str:
    """A holder of a post: "Ani (Plh.)", "Budi (cuti s.d. 28 November)"."""
    return shown_holder(holding)


@register.filter
def long_day(day: Any) -> str:
    """ "Senin, 23 November 2026"."""
    return formats.date_format(day, "l, j F Y") if day else ""


@register.filter
def day(value: Any) -> str:
    """ "23 November 2026"."""
    return formats.date_format(value, "j F Y") if value else ""


@register.filter
def period(code: str) -> str:
    """ "2026-TW3" → "Triwulan III 2026"."""
    return Period.parse(code).label if code else ""


@register.filter
def roled(text: str, titles: dict[str, str]) -> str:
    """A procedure's text with the office's titles in place of {role}."""
    return worded(text, titles)


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    """mapping[key], or "" when it is not there."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def due_state(due_at: datetime | None) -> str:
    """How near a due moment is: "terlambat", "mendekati" (within a day) or "aman"; "" without one."""
    if due_at is None:
        return ""
    if due_at < clock.now():
        return "terlambat"
    return "mendekati" if due_at - clock.now() < timedelta(days=1) else "aman"


@register.filter
def said(record: Record, procedure: ProcedureVersion | None = None) -> str:
    """A journal record as a sentence; `procedure` is what its cycle runs."""
    return in_words(record.act, record.data, {procedure.key: procedure.name} if procedure else None)


@register.filter
def shortly(names: Sequence[str]) -> str:
    """ "Kasi A, Kasi B, dan 3 lagi": a list of names cut where it grows long."""
    shown = ", ".join(names[:3])
    return f"{shown}, dan {len(names) - 3} lagi" if len(names) > 3 else shown


@register.filter
def hours_written(hours: dict[str, list[str]]) -> str:
    """Special hours by weekday: "Senin–Kamis 08.00-12.00, 12.30-15.00; hari lain seperti biasa"."""
    return hours_in_words(hours)


@register.filter
def hours(minutes: int) -> str:
    """Working minutes as hours: 9450 → "157,5"."""
    return f"{minutes / 60:.1f}".removesuffix(".0").replace(".", ",")


@register.filter
def short_hash(sha256: str) -> str:
    """The first twelve hex digits."""
    return sha256[:12]
