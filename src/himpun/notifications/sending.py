"""The outbox: every copy of a message is handed to its channel once, with proof, or tried again later.

A row goes WAITING → SENDING (claimed) → begun → SENT, each step written before the next is taken. A worker killed
before "begun" leaves a row that nobody has handed over: it waits again. Killed after it, the row is tried again with the
same key where the receiver knows a copy by it, and is otherwise UNCERTAIN, which a person decides
(docs/decisions/0013-once-outside-the-database.md).
"""

import time
import traceback
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.db.models import F, Model, Q, QuerySet

from himpun import clock
from himpun.archive.journal import act
from himpun.errors import Conflict
from himpun.notifications import timing
from himpun.notifications.actions import deliver
from himpun.notifications.channels import ChannelKind, NotSent, Parcel, Sender, Unknown, channels
from himpun.notifications.models import Message, Outgoing
from himpun.notifications.spreading import Wishes, wishes_of
from himpun.offices.acting import acting_in
from himpun.offices.models.holdings import Holding
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_MANAGE_OFFICE
from himpun.offices.today import days_of_today
from himpun.places import place, url_of

RUN_SECONDS = 20.0
"""How long one run may send before the worker goes on with something else."""
LOST_AFTER = timedelta(minutes=5)
"""A row in hand for longer belongs to a worker that is gone: no channel may take that long to answer."""
BATCH = 100
STRIKES = 3
"""Lost answers after which a channel is left alone until the next run."""
SUBJECT_LENGTH = 110
FURTHEST = timedelta(days=2)
"""Quiet hours, digests and new tries all put a message off by less."""

STOPPED = "Pekerja berhenti di tengah pengiriman."
"""What is said of a row that a killed worker left in hand."""

State = Outgoing.State
Row = TypeVar("Row", bound=Model)
log = structlog.get_logger("himpun.notifications")


class NotResendable(Conflict):
    """The copy is on its way or has arrived."""

    code = "tidak-perlu-dikirim-lagi"

    def __init__(self) -> None:
        super().__init__("Kiriman ini sudah terkirim atau sedang dikirim. Muat ulang halaman untuk melihat keadaannya.")


@dataclass(slots=True)
class Run:
    """One run of a worker over the outbox: the channels it has opened, and those it leaves alone."""

    kinds: dict[str, ChannelKind]
    senders: dict[str, Sender] = field(default_factory=dict)
    strikes: dict[str, int] = field(default_factory=dict)

    @property
    def left_alone(self) -> list[str]:
        return [name for name, strikes in self.strikes.items() if strikes >= STRIKES]

    def sender(self, name: str) -> Sender:
        if name not in self.senders:
            if name not in self.kinds:
                raise NotSent(f"Saluran “{name}” tidak lagi disiapkan operator.")
            self.senders[name] = self.kinds[name].open()
        return self.senders[name]

    def keyed(self, name: str) -> bool:
        return name in self.kinds and self.kinds[name].keyed

    def note(self, name: str, failure: NotSent) -> None:
        """A channel that is down is left alone at once, one that does not answer after some tries."""
        if failure.down:
            self.strikes[name] = STRIKES
        elif isinstance(failure, Unknown):
            self.strikes[name] = self.strikes.get(name, 0) + 1

    def close(self) -> None:
        for sender in self.senders.values():
            sender.close()


def send_due(seconds: float = RUN_SECONDS) -> int:
    """Send what is due, longest waiting first, for as long as one run may take; returns how many parcels were sent."""
    run = Run(channels())
    take_back_lost(run.kinds)
    end, sent, moved = time.monotonic() + seconds, 0, True
    try:
        while moved and time.monotonic() < end:
            moved = False
            for row in _due(run):
                if time.monotonic() >= end:
                    break
                if row.channel not in run.left_alone and (rows := _claim(row)):
                    moved = True
                    sent += _send(rows, run)
    finally:
        run.close()
    return sent


def _due(run: Run) -> list[Outgoing]:
    """The rows that may go now. Those of somebody in their quiet hours by now are put off to the end of them."""
    now = clock.now()
    waiting = Outgoing.objects.filter(state=State.WAITING, next_at__lte=now).exclude(channel__in=run.left_alone)
    rows = list(waiting.select_related("message__post__office").order_by("next_at", "id")[:BATCH])
    rows = _still_theirs(rows)
    wishes = wishes_of({row.person_id for row in rows})
    return [row for row in rows if not _put_off(row, wishes.get(row.person_id, Wishes()), now)]


def _still_theirs(rows: list[Outgoing]) -> list[Outgoing]:
    """The rows whose person still holds the post; the others have waited too long and are given up."""
    there: set[tuple[int, int]] = set()
    for day in days_of_today():
        posts = {row.message.post_id for row in rows if row.message.post.office.today() == day}
        held = Holding.objects.on(day).filter(post__in=posts, person__is_active=True)
        there |= set(held.values_list("post_id", "person_id"))
    gone = [row.pk for row in rows if (row.message.post_id, row.person_id) not in there]
    if gone:
        left = "Penerima tidak lagi memangku jabatan ini."
        Outgoing.objects.filter(pk__in=gone, state=State.WAITING).update(state=State.FAILED, error=left)
    return [row for row in rows if row.pk not in gone]


def _put_off(row: Outgoing, wishes: Wishes, now: datetime) -> bool:
    zone = ZoneInfo(row.message.post.office.timezone)
    allowed = timing.send_at(now, wishes.quiet_from, wishes.quiet_until, zone)
    if allowed == now:
        return False
    Outgoing.objects.filter(pk=row.pk, state=State.WAITING).update(next_at=allowed)
    return True


def _claim(row: Outgoing) -> list[Outgoing]:
    """Take a row in hand, with every other of its parcel; empty when another worker was first.

    A digest takes along all that is due for the person and channel, under one key. Once it was tried its parcel stays
    as it is, so that the same key always stands for the same words.
    """
    now = clock.now()
    with transaction.atomic():
        rows = list(_parcel_of(row, now).select_for_update(skip_locked=True).order_by("id"))
        if row.pk not in {one.pk for one in rows}:
            return []
        for one in rows:
            one.key, one.claimed_at = row.key, now
        _rows(rows).update(state=State.SENDING, claimed_at=now, begun_at=None, key=row.key)
    return rows


def _parcel_of(row: Outgoing, now: datetime) -> QuerySet[Outgoing]:
    due = Outgoing.objects.filter(state=State.WAITING, next_at__lte=now)
    if not row.digest:
        return due.filter(pk=row.pk)
    due = due.filter(person=row.person_id, channel=row.channel, address=row.address, digest=True)
    return due.filter(key=row.key) if row.tries else due.filter(tries=0)


def _rows(rows: Sequence[Outgoing]) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(pk__in=[row.pk for row in rows])


def _send(rows: Sequence[Outgoing], run: Run) -> bool:
    """Hand a parcel over and write down what became of it."""
    first, claimed = rows[0], rows[0].claimed_at
    ours = _rows(rows).filter(state=State.SENDING, claimed_at=claimed)
    try:
        sender = run.sender(first.channel)
        parcel = _parcel(rows)
        if ours.update(begun_at=clock.now(), tries=F("tries") + 1) != len(rows):
            return False
        proof = _hand_over(sender, parcel)
    except NotSent as failure:
        run.note(first.channel, failure)
        _not_sent(rows, failure, again=run.keyed(first.channel) or not isinstance(failure, Unknown))
        return False
    _rows(rows).exclude(state=State.SENT).update(state=State.SENT, sent_at=clock.now(), proof=proof[:400], error="")
    return True


def _hand_over(sender: Sender, parcel: Parcel) -> str:
    """The proof. A channel that fails in an unforeseen way must not stop the outbox: nobody knows whether it sent."""
    try:
        return sender.send(parcel)
    except NotSent:
        raise
    except Exception as error:
        # Not the error's own words: they may name the whole address, with the operator's secret.
        where = [f"{one.filename}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)][-5:]
        log.error("channel-failed", error=type(error).__name__, where=where)
        raise Unknown(f"Saluran gagal: {type(error).__name__}") from error


def _parcel(rows: Sequence[Outgoing]) -> Parcel:
    first = rows[0]
    messages = Message.objects.select_related("post__office").in_bulk([row.message_id for row in rows])
    said = [messages[row.message_id] for row in rows]
    told = [(" ".join(one.text.split()), url_of(one.place, one.post.office.base_url)) for one in said]
    if first.digest:
        subject = f"Ringkasan Himpun: {len(rows)} pesan"
    else:
        text = told[0][0]
        subject = f"Himpun: {text if len(text) <= SUBJECT_LENGTH else text[: SUBJECT_LENGTH - 1].rstrip() + '…'}"
    own = url_of(place("own_messages"), said[0].post.office.base_url)
    foot = f"--\nAnda menerima ini sebagai pemangku jabatan. Saluran dan jam tenang: {own}"
    lines = [f"{text}\n{where}" for text, where in told]
    return Parcel(first.key, first.address, subject, "\n\n".join([*lines, foot]), leave=own)


def _not_sent(rows: Sequence[Outgoing], failure: NotSent, *, again: bool) -> None:
    """Try again after a while, leave it to a person where nobody knows the end, or give up after the last try."""
    now = clock.now()
    tries = max(row.tries for row in rows) + 1
    held = _rows(rows).filter(state=State.SENDING, claimed_at=rows[0].claimed_at)
    next_at = timing.try_again_at(now, tries)
    if not again:
        held.update(state=State.UNCERTAIN, error=str(failure))
    elif next_at is None:
        with transaction.atomic():
            if held.update(state=State.FAILED, error=str(failure), tries=tries):
                _tell_of_failure(rows)
    else:
        held.update(state=State.WAITING, next_at=next_at, error=str(failure), tries=tries)
    log.warning("not-sent", channel=rows[0].channel, tries=tries, rows=len(rows), error=str(failure))


def _tell_of_failure(rows: Sequence[Outgoing]) -> None:
    """In the application, since the channel is what failed; never carried to any channel itself."""
    now, first = clock.now(), rows[0]
    message = Message.objects.get(pk=first.message_id)
    name = Person.objects.values_list("name", flat=True).get(pk=first.person_id)
    text = f"Pesan untuk {name} tidak sampai lewat {first.channel}. Periksa alamatnya di Pesan → Saluran."
    told = Message(post_id=message.post_id, text=text, place=place("own_messages"), at=now, spread_at=now)
    deliver([told])


def left_in_hand(rows: QuerySet[Row], now: datetime, after: timedelta = LOST_AFTER) -> QuerySet[Row]:
    """Those of an outbox's rows that a killed worker left in hand; what waits for a time that cannot be waits no longer.

    Times that cannot be (nobody waits longer than a day, nobody claims in time to come) are from a clock that was ahead.
    """
    rows.filter(state=State.WAITING, next_at__gt=now + FURTHEST).update(next_at=now)
    return rows.filter(Q(claimed_at__lte=now - after) | Q(claimed_at__gt=now + after), state=State.SENDING)


def take_back_lost(kinds: dict[str, ChannelKind], after: timedelta = LOST_AFTER) -> int:
    """Rows that a killed worker left in hand: to wait again, or uncertain; returns how many."""
    now = clock.now()
    lost = left_in_hand(Outgoing.objects.all(), now, after)
    keyed = Q(begun_at__isnull=True) | Q(channel__in=[name for name, kind in kinds.items() if kind.keyed])
    again = lost.filter(keyed).update(state=State.WAITING, next_at=now, error=STOPPED)
    return again + lost.exclude(keyed).update(
        state=State.UNCERTAIN, error=f"{STOPPED} Pesan mungkin sudah sampai; saluran ini tidak mengenali salinan."
    )


def resend(*, outgoing: Outgoing, by: Person) -> None:
    """Let a copy that failed, or of which nobody knows the end, be sent once more: with its key, unless that is a digest's.

    For its receiver, or for who manages the office it is from. Raises HoldsNoPost or NotResendable.
    """
    office = outgoing.message.post.office
    roles = None if by.pk == outgoing.person_id else MAY_MANAGE_OFFICE
    actor = acting_in(by, office.pk, roles=roles, to="mengirim ulang pesan")
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        stuck = Outgoing.objects.filter(pk=outgoing.pk, state__in=(State.FAILED, State.UNCERTAIN))
        key = uuid.uuid4() if outgoing.digest else outgoing.key
        if not stuck.update(state=State.WAITING, next_at=turn.at, tries=0, digest=False, begun_at=None, key=key):
            raise NotResendable
        data = {"channel": outgoing.channel, "to": outgoing.person.name}
        turn.record("notifications:outgoing:resent", f"message:{outgoing.message_id}", data)
