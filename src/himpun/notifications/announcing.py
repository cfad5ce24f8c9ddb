"""Telling people of appointments and drafts of SOPs: whom they wait for, and what has become of them.

An act leaves the row with a newer `stamp` than was `told`; this writes the messages and moves `told` on in one
transaction, so that nothing is told twice and nothing is lost with a worker.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from himpun import clock
from himpun.notifications.actions import deliver
from himpun.notifications.models import Message
from himpun.offices.holdings.awaiting import appointments_with_all, awaited
from himpun.offices.models.holdings import Appointment, Holding
from himpun.offices.models.offices import Post
from himpun.places import place
from himpun.procedures.models import ProcedureDraft

BATCH = 200


def announce_appointments() -> int:
    """Write the messages about appointments that have changed; returns how many."""
    changed = list(appointments_with_all().exclude(stamp=F("told")).order_by("pk")[:BATCH])
    return sum(_announce(one) for one in changed)


def _announce(one: Appointment) -> int:
    with transaction.atomic():
        mine = Appointment.objects.filter(pk=one.pk, told=one.told, stamp=one.stamp).update(told=one.stamp)
        return len(deliver(_messages(one))) if mine else 0


def _messages(one: Appointment) -> Iterable[Message]:
    now, today = clock.now(), one.post.office.today()
    text, posts = _said(one), set(_posts_of(one))
    asked: set[int] = set()
    if one.state == Appointment.State.WAITING:
        able = awaited([one], today)[one.pk]
        asked = {row.post_id for row in (*able.accepting, *able.confirming)}
    for post in sorted(posts | asked):
        yield Message(
            post_id=post,
            topic=Message.Topic.TASK if post in asked else Message.Topic.NEWS,
            about=f"appointment:{one.pk}",
            text=(f"Setujui atau tolak: {text}" if post in asked else text),
            place=place("appointment", one.pk),
            at=now,
        )


def _posts_of(one: Appointment) -> Iterable[int]:
    """The posts of whom it is for, of who recorded it, and of who holds the post: theirs is shared."""
    held = Holding.objects.on(one.post.office.today())
    people = [person for person in (one.person_id, one.recorded_by_id) if person]
    yield from held.filter(person__in=people).values_list("post", flat=True)
    yield one.post_id


def _said(one: Appointment) -> str:
    head = f"{one} ({one.post.office.name}) sejak {one.since:%d-%m-%Y}, dicatat {one.recorded_name}"
    if one.state == Appointment.State.WAITING:
        return f"{head}; belum berlaku, menunggu {' dan '.join(one.missing)}."
    reason = f": {one.reason}" if one.reason else ""
    return f"{head}; {one.get_state_display().lower()}{reason}."


def announce_drafts() -> int:
    """Write the messages about drafts of SOPs that have changed; returns how many."""
    rows = ProcedureDraft.objects.exclude(stamp=F("told")).select_related("office").prefetch_related("approvals")
    return sum(_announce_draft(draft) for draft in rows.order_by("pk")[:BATCH])


def _announce_draft(draft: ProcedureDraft) -> int:
    with transaction.atomic():
        rows = ProcedureDraft.objects.filter(pk=draft.pk, told=draft.told, stamp=draft.stamp)
        return len(deliver(_draft_messages(draft))) if rows.update(told=draft.stamp) else 0


def _draft_messages(draft: ProcedureDraft) -> Iterable[Message]:
    level = draft.next_level if draft.state == ProcedureDraft.State.WAITING else None
    reason = f": {draft.reason}" if draft.reason else ""
    said = f"Naskah SOP {draft.name} dari {draft.written_name}"
    text = f"Setujui atau tolak: {said}." if level else f"{said} {draft.get_state_display().lower()}{reason}."
    for post in _posts_to_tell(draft, level.role if level else ""):
        topic = Message.Topic.TASK if level else Message.Topic.NEWS
        where, about = place("sop_draft", draft.pk), f"draft:{draft.pk}"
        yield Message(post_id=post, topic=topic, about=about, text=text, place=where, at=clock.now())


def _posts_to_tell(draft: ProcedureDraft, role: str) -> list[int]:
    """The post whose approval is next; without one, those of the writer."""
    if role:
        return list(Post.objects.filter(office=draft.office_id, role=role).values_list("pk", flat=True))
    held = Holding.objects.on(draft.office.today()).filter(person=draft.written_by_id, post__office=draft.office_id)
    return list(held.values_list("post", flat=True))
