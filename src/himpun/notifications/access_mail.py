"""Links to come in by: sent by e-mail by the worker, and told to whom they are for.

Whoever asks at the login page learns nothing from the answer or from its time.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from himpun import clock, moments
from himpun.archive.journal import CONSOLE
from himpun.notifications.actions import deliver
from himpun.notifications.channels import MAIL, MailSender, NotSent, Parcel, channels
from himpun.notifications.models import Message
from himpun.offices.access import links
from himpun.offices.actions import people as actions
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.queries import roles_ahead
from himpun.offices.rules import Handing, link_goes
from himpun.offices.today import days_of_today
from himpun.places import place, url_of

TRIES, REST = 3, timedelta(minutes=5)
MOST = 5
"""People who share one address get a link each, up to so many."""

log = structlog.get_logger("himpun.access")


def can_mail() -> bool:
    """Whether there is a mail server."""
    return MAIL in channels()


def ask_by_mail(address: str) -> None:
    """Let the worker send links to whoever has this address. Nothing is looked up here."""
    mail_links.enqueue(address, 1)


@task()
def mail_links(address: str, tries: int) -> None:
    """Give everybody with this address a link; what they have now goes on until they use it."""
    people = Person.objects.filter(email__iexact=address, is_active=True).order_by("pk")[:MOST]
    if not _mailed(people, tries) and tries < TRIES:
        mail_links.using(run_after=timezone.now() + REST).enqueue(address, tries + 1)


@task()
def mail_link(person_id: int, tries: int) -> None:
    """The same for one person alone."""
    people = Person.objects.filter(pk=person_id, is_active=True).exclude(email="")
    if not _mailed(people, tries) and tries < TRIES:
        mail_link.using(run_after=timezone.now() + REST).enqueue(person_id, tries + 1)


def _mailed(people: Iterable[Person], tries: int) -> bool:
    """Send each a link; whether all went out."""
    sender = MailSender()
    try:
        for person in people if can_mail() else ():
            with transaction.atomic():
                given = links.give_link(person, clock.now())
            sender.send(_letter(given))
    except NotSent as failure:
        log.warning("link-not-mailed", tries=tries, error=type(failure).__name__)
        return False
    finally:
        sender.close()
    return True


def link_of(given: links.Given) -> str:
    """The whole address of a one-time link, under the address of the office that looks after its person."""
    home = given.person.home
    return url_of(place("one_time_link", given.secret), home.base_url if home else "")


def _letter(given: links.Given) -> Parcel:
    body = (
        f"Yth. {given.person.name},\n\n"
        "Seseorang, mungkin Anda, meminta tautan untuk menetapkan kata sandi Himpun yang baru. "
        f"Nama pengguna Anda: {given.person.username}\n\n"
        f"{link_of(given)}\n\n"
        f"Tautan berlaku sekali, sampai {moments.long(given.expires, ZoneInfo(settings.TIME_ZONE))}. "
        "Bila bukan Anda yang meminta, abaikan surel ini: kata sandi Anda tidak berubah.\n"
    )
    return Parcel(uuid.uuid4(), given.person.email, "Himpun: tautan untuk menetapkan kata sandi", body)


# --- by a manager or the operator, and told to the person -------------------------------------------------------------


def way_to(person: Person) -> Handing:
    """How a link that a manager asks for goes to this person today."""
    return link_goes(roles_ahead(person, days_of_today()[0]), mailable=can_mail() and bool(person.email))


def renew_access(*, office: Office, person: Person, by: Person) -> links.Given | None:
    """Give somebody a link as a manager: one to be shown, which ends what they had, or None for one that is mailed.

    Raises HoldsNoPost, NotOurs or NotHandedOver.
    """
    with transaction.atomic():
        if way_to(person) is not Handing.MAILED:
            given = actions.reset_password(office=office, person=person, by=by)
            _tell(person, "Akses masuk {name} diatur ulang oleh {by} pada {at}", by.name)
            return given
        actions.note_link_mailed(office=office, person=person, by=by)
        mail_link.enqueue(person.pk, 1)
        _tell(person, "Tautan masuk {name} dikirim ke surelnya atas permintaan {by} pada {at}", by.name)
    return None


def renew_by_operator(*, username: str) -> links.Given:
    """Give somebody a link as the operator; what they had is over. Raises PersonUnknown."""
    with transaction.atomic():
        given = links.link_by_operator(username=username)
        _tell(given.person, "Akses masuk {name} diatur ulang oleh {by} pada {at}", CONSOLE.person_name)
    return given


def _tell(person: Person, sentence: str, by: str) -> None:
    """Tell the posts somebody holds; it is about access, so it cannot be unsubscribed from."""
    now = clock.now()
    held = Holding.objects.on(days_of_today()[-1]).filter(person=person).select_related("post__office")
    posts = {one.post_id: one.post for one in held}
    deliver(
        Message(
            post=post,
            obligatory=True,
            about=f"person:{person.pk}",
            text=f"{_filled(sentence, person, by, now, post.office)}. Bila ini tidak diminta, beri tahu administrator.",
            place=place("messages"),
            at=now,
        )
        for post in posts.values()
    )


def _filled(sentence: str, person: Person, by: str, now: datetime, office: Office) -> str:
    return sentence.format(name=person.name[:80], by=by[:80], at=moments.long(now, ZoneInfo(office.timezone)))
