"""From a message to its copies for other channels: one row for each present holder of its post and each of their channels.

The messages are locked while their copies are written, and marked in the same transaction: of several workers one takes
a message, and one that is killed leaves it as it was.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from zoneinfo import ZoneInfo

from django.db import transaction

from himpun import clock
from himpun.notifications import timing
from himpun.notifications.channels import MAIL, channels
from himpun.notifications.models import Channel, Message, Outgoing, Preference
from himpun.offices.models.people import Person
from himpun.offices.queries import present_holders

BATCH = 200
"""Messages in one transaction."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person has chosen, or the usual where they have chosen nothing."""

    quiet_from: time = timing.QUIET_FROM
    quiet_until: time = timing.QUIET_UNTIL
    digest_at: time = timing.DIGEST_AT
    topics_off: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Way:
    """A channel that reaches a person now."""

    kind: str
    address: str
    digest: bool


def wishes_of(people: Collection[int]) -> dict[int, Wishes]:
    """What these people have chosen; who has chosen nothing is left out."""
    return {
        row.person_id: Wishes(row.quiet_from, row.quiet_until, row.digest_at, frozenset(row.topics_off))
        for row in Preference.objects.filter(person__in=people)
    }


def ways_of(people: Collection[Person]) -> dict[int, list[Way]]:
    """The channels by which each person is reached: their active ones, and their e-mail unless they switched it off."""
    known = channels()
    rows: dict[tuple[int, str], Channel] = {
        (row.person_id, row.kind): row for row in Channel.objects.filter(person__in=people)
    }
    return {person.pk: [way for kind in known if (way := _way(person, kind, rows))] for person in people}


def _way(person: Person, kind: str, rows: Mapping[tuple[int, str], Channel]) -> Way | None:
    row = rows.get((person.pk, kind))
    if row is None:
        return Way(kind, person.email, digest=False) if kind == MAIL and person.email else None
    return Way(kind, row.address, row.digest) if row.active else None


def spread_due(most: int = 20_000) -> int:
    """Put the copies of every message that has none in the outbox; returns how many messages there were."""
    total = 0
    while total < most and (found := _spread_batch()):
        total += found
    return total


def _spread_batch() -> int:
    waiting = Message.objects.filter(spread_at__isnull=True).order_by("id")
    if not waiting.exists():
        return 0
    with transaction.atomic():
        locked = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("post__office")
        messages = list(locked[:BATCH])
        if messages:
            now = clock.now()
            Outgoing.objects.bulk_create(_copies(messages, now), ignore_conflicts=True)
            Message.objects.filter(pk__in=[message.pk for message in messages]).update(spread_at=now)
    return len(messages)


def _copies(messages: Sequence[Message], now: datetime) -> list[Outgoing]:
    holders = present_holders((message.post for message in messages), now)
    people = {person.pk: person for held in holders.values() for person in held}
    ways, wishes = ways_of(people.values()), wishes_of(people.keys())
    return [
        copy
        for message in messages
        for person in holders.get(message.post_id, [])
        for copy in _copies_for(message, person, ways[person.pk], wishes.get(person.pk, Wishes()), now)
    ]


def _copies_for(
    message: Message, person: Person, ways: Iterable[Way], wishes: Wishes, now: datetime
) -> Iterable[Outgoing]:
    if message.topic in wishes.topics_off and not message.obligatory:
        return
    zone = ZoneInfo(message.post.office.timezone)
    for way in ways:
        digest = way.digest and not message.obligatory
        yield Outgoing(
            message=message,
            person=person,
            channel=way.kind,
            address=way.address,
            digest=digest,
            next_at=_first_at(wishes, zone, now, digest=digest),
        )


def _first_at(wishes: Wishes, zone: tzinfo, now: datetime, *, digest: bool) -> datetime:
    if digest:
        return timing.digest_at(now, wishes.digest_at, zone)
    return timing.send_at(now, wishes.quiet_from, wishes.quiet_until, zone)
