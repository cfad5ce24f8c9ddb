"""The track of a run as a row of marks, with a sentence for who does not see it."""

from collections.abc import Sequence
from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from himpun.reports.ladder.rungs import Rung, said

register = template.Library()


@register.simple_tag
def track(rungs: Sequence[Rung]) -> SafeString:
    """One mark a step: its number, a sign and a colour. Runs that stand alike are written once."""
    return _track(tuple(rungs))


@lru_cache(maxsize=2048)
def _track(rungs: tuple[Rung, ...]) -> SafeString:
    if not rungs:
        return SafeString("")
    marks = format_html_join("", '<span class="rung-{}">{}</span>', ((rung.state, rung.mark) for rung in rungs))
    told = said(rungs)
    return format_html('<span class="ladder-track" role="img" aria-label="{}" title="{}">{}</span>', told, told, marks)


@register.filter
def days(value: float) -> str:
    """Working days with one decimal, the Indonesian way: "3,5"."""
    return f"{value:.1f}".replace(".", ",")
