"""Whom a waiting appointment waits for: read by the acts, by the pages and by the messages, for any number at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from himpun.offices.models.holdings import Appointment, Holding
from himpun.offices.models.people import Person
from himpun.offices.rules import KEPALA, MAY_MANAGE_OFFICE, Way, may_confirm


@dataclass(slots=True)
class Awaited:
    """The holdings through which somebody may accept, and those through which somebody may confirm."""

    accepting: list[Holding] = field(default_factory=list)
    confirming: list[Holding] = field(default_factory=list)


def appointments_with_all() -> QuerySet[Appointment]:
    """Appointments with what is shown of them."""
    return Appointment.objects.select_related(
        "post__office__parent", "person__home", "own_post__parent", "recorded_by", "leave__person", "holding", "changes"
    )


def concerning(person: Person, day: date) -> QuerySet[Appointment]:
    """The appointments that somebody may look at: theirs, those they recorded, those of their office or their people."""
    held = Holding.objects.on(day).filter(person=person)
    managed = held.filter(post__role__in=MAY_MANAGE_OFFICE).values("post__office")
    headed = held.filter(post__role=KEPALA).values("post__office")
    return appointments_with_all().filter(
        Q(person=person)
        | Q(recorded_by=person)
        | Q(post__office__in=managed)
        | Q(person__home__in=managed)
        | Q(post__office__in=headed)
        | Q(post__office__parent__in=headed)
        | Q(post__in=held.values("post"))
    )


def awaited(appointments: Sequence[Appointment], day: date) -> dict[int, Awaited]:
    """Appointment → who may give what it lacks on `day`, in one query. The person themselves need no post to accept."""
    found = {one.pk: Awaited() for one in appointments}
    offices = {one.post.office_id for one in appointments} | {one.person.home_id for one in appointments}
    above = {one.post.office.parent_id for one in appointments}
    deciding = Q(post__office__in=offices, post__role__in=MAY_MANAGE_OFFICE | {KEPALA})
    heads_above = Q(post__office__in=above, post__role=KEPALA)
    posts = Q(post__in=[one.post_id for one in appointments])
    present = Holding.objects.present_on(day).filter(deciding | heads_above | posts, person__is_active=True)
    rows = list(present.select_related("post", "person", "own_post__parent").order_by("pk")) if found else []
    for one in appointments:
        if one.needs_acceptance and not one.accepted_at:
            found[one.pk].accepting = _accepting(one, rows)
        if one.needs_confirmation and not one.confirmed_at:
            found[one.pk].confirming = _confirming(one, rows)
    return found


def _accepting(one: Appointment, rows: list[Holding]) -> list[Holding]:
    return [
        row
        for row in rows
        if row.post.office_id == one.person.home_id
        and row.post.role in MAY_MANAGE_OFFICE
        and row.person_id != one.recorded_by_id
    ]


def _confirming(one: Appointment, rows: list[Holding]) -> list[Holding]:
    ways = [(row, way) for row in rows if (way := _way(one, row)) is not None]
    may = may_confirm([(row.person_id, way) for row, way in ways], recorder=one.recorded_by_id, person=one.person_id)
    return [row for row, way in ways if row.person_id in may and (way is not Way.MANAGER or may[row.person_id] is way)]


def _way(one: Appointment, row: Holding) -> Way | None:
    post, office = row.post, one.post.office
    if post.role == KEPALA and post.office_id == office.pk:
        return Way.HEAD
    if post.role == KEPALA and post.office_id == office.parent_id:
        return Way.HEAD_ABOVE
    if post.pk == one.post_id:
        return Way.REPLACED
    return Way.MANAGER if post.office_id == office.pk and post.role in MAY_MANAGE_OFFICE else None


def waiting_for(person: Person, day: date) -> tuple[list[Appointment], list[Appointment]]:
    """The waiting appointments that somebody may accept or confirm, and the other ones that are theirs or recorded by them."""
    rows = list(concerning(person, day).filter(state=Appointment.State.WAITING).order_by("recorded_at")[:100])
    able = awaited(rows, day)
    mine, others = [], []
    for one in rows:
        if may_give(one, able[one.pk], person):
            mine.append(one)
        elif person.pk in (one.person_id, one.recorded_by_id):
            others.append(one)
    return mine, others


def may_give(one: Appointment, able: Awaited, person: Person) -> bool:
    """Whether somebody may give one of the consents that are lacking."""
    return may_accept(one, able, person) or any(row.person_id == person.pk for row in able.confirming)


def may_accept(one: Appointment, able: Awaited, person: Person) -> bool:
    """Whether somebody may accept it: the person themselves, or who manages their home office."""
    lacking = one.needs_acceptance and not one.accepted_at
    return lacking and (one.person_id == person.pk or any(row.person_id == person.pk for row in able.accepting))
