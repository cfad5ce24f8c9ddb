"""Who belongs to an office: read by its actions and its pages."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import formats

from himpun.offices.models import Holding, Leave, Office, Person


def people_known_to(office: Office) -> QuerySet[Person]:
    """Whoever holds or has held a post of this office, and whoever never held a post anywhere; by name."""
    known = Q(holdings__post__office=office) | Q(holdings__isnull=True)
    return Person.objects.filter(known).distinct().order_by("name", "id")


def shown_holder(holding: Holding) -> str:
    """A holder's name with what must be known of it: "Ani (Plh.)", "Budi (cuti s.d. 28 November)" if `marked_on` says so."""
    said = [] if holding.kind == Holding.Kind.DEFINITIF else [f"{holding.kind}."]
    if until := getattr(holding, "away_until", None):
        kind = Leave.Kind(getattr(holding, "away_kind", Leave.Kind.LEAVE)).label.lower()
        said.append(f"{kind} s.d. {formats.date_format(until, 'j F')}")
    return f"{holding.person.name} ({', '.join(said)})" if said else holding.person.name


def is_present(holding: Holding) -> bool:
    """Whether the holder is not on leave, as `marked_on` found."""
    return getattr(holding, "away_until", None) is None


def manages(office: Office, person: Person, day: date) -> bool:
    """Whether this office looks after a person's name, login and password.

    That is the office which first recorded the post they now hold definitively; without one, any post they now hold;
    without that, any they ever held. So nobody comes to manage a colleague of another office by giving them a post
    here. Somebody who never held a post is anybody's.
    """
    rows = list(Holding.objects.filter(person=person).select_related("post").order_by("id"))
    now = [row for row in rows if row.since <= day and (row.until is None or row.until >= day)]
    definitif = [row for row in now if row.kind == Holding.Kind.DEFINITIF]
    if first := next(iter(definitif or now), None):
        return first.post.office_id == office.pk
    return not rows or office.pk in {row.post.office_id for row in rows}
