"""Telling the holders of a post something, within an act; seeing it."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from himpun.archive.journal import Turn
from himpun.notifications.models import Message
from himpun.offices.models import Holding, Person, Post


def tell(
    turn: Turn,
    *,
    posts: list[Post] | list[int],
    text: str,
    path: str,
    topic: Message.Topic = Message.Topic.NEWS,
    obligatory: bool = False,
    about: str = "",
) -> None:
    """Leave a message for whoever holds each post; the worker carries it to their other channels."""
    ids = [post if isinstance(post, int) else post.pk for post in posts]
    Message.objects.bulk_create(
        Message(post_id=post_id, topic=topic, obligatory=obligatory, about=about, text=text, path=path, at=turn.at)
        for post_id in ids
    )


def messages_for(person: Person, day: date) -> QuerySet[Message, Any]:
    """The messages to the posts a person holds, newest first."""
    held = Holding.objects.on(day).filter(person=person).values("post")
    return Message.objects.filter(post__in=held).select_related("post")


def unseen_count(person: Person, day: date) -> int:
    """How many of them the person has not seen."""
    return messages_for(person, day).exclude(seen_by=person).count()


def mark_seen(person: Person, day: date) -> None:
    """The person has looked at their messages."""
    for message in messages_for(person, day).exclude(seen_by=person):
        message.seen_by.add(person)
