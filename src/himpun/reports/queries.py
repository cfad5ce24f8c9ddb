"""Who may read an office's figures: its own people, and those of the offices above it."""

from datetime import date

from django.db.models import QuerySet

from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_SEE_ALL_VALUES

DEPTH = 6
"""Country, province, regency, agency, unit, sub-unit: no tree of offices is deeper."""


def readable_offices(person: Person, day: date) -> QuerySet[Office]:
    """The offices whose recaps `person` may read on `day`: where they hold a post, and all below."""
    own = set(Office.objects.visible_to(person, day).values_list("pk", flat=True))
    return Office.objects.filter(pk__in=with_below(own)).order_by("name")


def readable_line(office: Office, person: Person, day: date) -> list[Office]:
    """`office` and those above it that `person` may read on `day`, nearest first; none where they may not read it.

    Costs a query for each level above: much less than finding all that somebody of the country's office may read.
    """
    line, above = [office], office.parent
    while above is not None and len(line) <= DEPTH:
        line.append(above)
        above = above.parent
    own = set(Office.objects.visible_to(person, day).filter(pk__in=[one.pk for one in line]))
    held = [no for no, one in enumerate(line) if one in own]
    return line[: held[-1] + 1] if held else []


def offices_from(office: Office) -> QuerySet[Office]:
    """The office and all below it."""
    return Office.objects.filter(pk__in=with_below({office.pk})).order_by("name")


def opened_offices(person: Person, day: date) -> set[int]:
    """The offices whose every cell `person` may open: where they see all values, and all below."""
    held = Holding.objects.on(day).filter(person=person, post__role__in=MAY_SEE_ALL_VALUES)
    return with_below(set(held.values_list("post__office", flat=True)))


def with_below(offices: set[int]) -> set[int]:
    """These offices and all below them."""
    found, level = set(offices), set(offices)
    for _ in range(DEPTH):
        level = set(Office.objects.filter(parent__in=level).values_list("pk", flat=True)) - found
        if not level:
            break
        found |= level
    return found
