"""Who belongs to an office: read by its actions and its pages."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import formats, timezone

from himpun.offices.models import Holding, Leave, Office, Person, Post


def people_known_to(office: Office) -> QuerySet[Person]:
    """Whoever holds or has held a post of this office, and whoever never held a post anywhere; by name."""
    known = Q(holdings__post__office=office) | Q(holdings__isnull=True)
    return Person.objects.filter(known).distinct().order_by("name", "id")


def shown_holder(holding: Holding) -> str:
    """A holder's name with what must be known of it: "Ani (Plh.)", "Budi (cuti s.d. 28 November)" if `marked_on` says so.

    That somebody is ill is nobody's business here: it reads as leave.
    """
    said = [] if holding.kind == Holding.Kind.DEFINITIF else [f"{holding.kind}."]
    if until := getattr(holding, "away_until", None):
        away = getattr(holding, "away_kind", Leave.Kind.LEAVE)
        kind = Leave.Kind.AWAY if away == Leave.Kind.AWAY else Leave.Kind.LEAVE
        said.append(f"{kind.label.lower()} s.d. {formats.date_format(until, 'j F')}")
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


def present_holders(posts: Iterable[Post], now: datetime) -> dict[int, list[Person]]:
    """Who holds each post and is not on leave, on the day it is at `now` in the zone of the post's office (loaded)."""
    by_zone: dict[str, set[int]] = {}
    for post in posts:
        by_zone.setdefault(post.office.timezone, set()).add(post.pk)
    found: dict[int, list[Person]] = {}
    for zone, ids in by_zone.items():
        day = timezone.localdate(now, ZoneInfo(zone))
        present = Holding.objects.present_on(day).filter(post__in=ids, person__is_active=True)
        for holding in present.select_related("person").order_by("pk"):
            people = found.setdefault(holding.post_id, [])
            if holding.person not in people:
                people.append(holding.person)
    return found
