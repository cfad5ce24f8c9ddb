"""Telling the holders of a post something, within an act; seeing it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.text import Truncator

from himpun.archive.journal import Turn
from himpun.notifications.models import Message
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Post
from himpun.offices.models.people import Person

LONGEST = 400
"""Characters of a message."""


def tell(
    turn: Turn,
    *,
    posts: list[Post] | list[int],
    text: str,
    place: str,
    topic: Message.Topic = Message.Topic.NEWS,
    obligatory: bool = False,
    about: str = "",
) -> None:
    """Leave a message for whoever holds each post; the worker carries it to their other channels.

    `place` is where it leads (`himpun.places.place`).
    """
    ids = [post if isinstance(post, int) else post.pk for post in posts]
    deliver(
        Message(post_id=post_id, topic=topic, obligatory=obligatory, about=about, text=text, place=place, at=turn.at)
        for post_id in ids
    )


def deliver(messages: Iterable[Message]) -> list[Message]:
    """Leave messages that are already written, in the transaction of whoever wrote them.

    A longer text than a message holds is shortened here, and ends with "…".
    """
    written = list(messages)
    for message in written:
        message.text = Truncator(message.text).chars(LONGEST)
    return Message.objects.bulk_create(written)


def messages_for(person: Person, day: date) -> QuerySet[Message, Any]:
    """The messages to the posts a person holds, newest first."""
    held = Holding.objects.on(day).filter(person=person).values("post")
    return Message.objects.filter(post__in=held).select_related("post")


def unseen_for(person: Person, day: date) -> QuerySet[Message, Any]:
    """Those of them the person has not seen."""
    return messages_for(person, day).exclude(seen_by=person)


def unseen_count(person: Person, day: date) -> int:
    """How many of them the person has not seen."""
    return unseen_for(person, day).count()


def mark_seen(person: Person, messages: Iterable[Message]) -> None:
    """The person has looked at these messages."""
    seen = Message.seen_by.through
    rows = [seen(message_id=message.pk, person_id=person.pk) for message in messages]
    seen.objects.bulk_create(rows, ignore_conflicts=True)
