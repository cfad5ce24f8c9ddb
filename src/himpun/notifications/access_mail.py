"""Links to come in by, sent by e-mail by the worker: whoever asks learns nothing from the answer or from its time."""

import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import formats, timezone
from django_tasks import task

from himpun import clock
from himpun.notifications.channels import MAIL, MailSender, NotSent, Parcel, channels
from himpun.offices import access
from himpun.offices.models import Person

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
    sender = MailSender()
    try:
        for person in people if can_mail() else ():
            with transaction.atomic():
                given = access.give_link(person, clock.now())
            sender.send(_letter(given))
    except NotSent as failure:
        log.warning("link-not-mailed", tries=tries, error=type(failure).__name__)
        if tries < TRIES:
            mail_links.using(run_after=timezone.now() + REST).enqueue(address, tries + 1)
    finally:
        sender.close()


def _letter(given: access.Given) -> Parcel:
    until = timezone.localtime(given.expires, ZoneInfo(settings.TIME_ZONE))
    body = (
        f"Yth. {given.person.name},\n\n"
        "Seseorang, mungkin Anda, meminta tautan untuk menetapkan kata sandi Himpun yang baru. "
        f"Nama pengguna Anda: {given.person.username}\n\n"
        f"{settings.BASE_URL}{access.PATH}{given.secret}/\n\n"
        f"Tautan berlaku sekali, sampai {formats.date_format(until, 'j F Y, H.i')}. "
        "Bila bukan Anda yang meminta, abaikan surel ini: kata sandi Anda tidak berubah.\n"
    )
    return Parcel(uuid.uuid4(), given.person.email, "Himpun: tautan untuk menetapkan kata sandi", body)
