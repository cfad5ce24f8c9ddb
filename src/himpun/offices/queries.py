"""Who belongs to an office: read by its actions and its pages."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import formats, timezone

from himpun.offices.models.holdings import Holding, Leave
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_MANAGE_OFFICE, ROLES


def people_known_to(office: Office) -> QuerySet[Person]:
    """Whoever has this office as their home, and whoever holds or has held a post of it; by name."""
    known = Q(home=office) | Q(holdings__post__office=office)
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


def looks_after(office: Office, person: Person) -> bool:
    """Whether this office looks after a person's name, login and password: whether it is their home."""
    return person.home_id == office.pk


def managers_at_work(office: Office, day: date) -> list[str]:
    """Who can give the people of an office a new link on `day`: "Ani (Kasubbag Umum dan Kepegawaian)"; who is away cannot."""
    held = Holding.objects.present_on(day).filter(post__office=office, post__role__in=MAY_MANAGE_OFFICE)
    rows = held.filter(person__is_active=True).select_related("person", "post").order_by("-post__role", "pk")
    kinds = {one.pk: "" if one.kind == Holding.Kind.DEFINITIF else f"{one.kind}. " for one in rows}
    return list(dict.fromkeys(f"{one.person.name} ({kinds[one.pk]}{one.post.title})" for one in rows))


def titles_of(office: Office | None, *roles: str, last: str = "dan") -> str:
    """What an office calls its posts of these roles: "Sekretaris Camat dan Kasubbag Umum"; a role without a post by its name."""
    posts = Post.objects.filter(office=office, role__in=roles).order_by("order", "pk") if office else ()
    found = [(post.role, post.title) for post in posts]
    titles = [title for role in roles for title in ([own for of, own in found if of == role] or [ROLES[role]])]
    *most, end = dict.fromkeys(titles)
    return f"{', '.join(most)} {last} {end}" if most else end


def roles_ahead(person: Person, day: date) -> frozenset[str]:
    """The roles of every post somebody holds on `day` or will later, in whatever office and by whatever kind."""
    held = Holding.objects.filter(Q(until__isnull=True) | Q(until__gte=day), person=person)
    return frozenset(held.values_list("post__role", flat=True))


def records_leave_of(office: Office, person: Person, day: date) -> bool:
    """Whether this office records somebody's leave: their home, or where they work while they hold no post at home."""
    if person.home_id == office.pk:
        return True
    offices = set(Holding.objects.on(day).filter(person=person).values_list("post__office", flat=True))
    return office.pk in offices and person.home_id not in offices


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
