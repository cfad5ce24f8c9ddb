"""A reply by e-mail to who wrote to the office's address: sent by the worker, tried again while the server is away."""

import uuid
from datetime import timedelta

import structlog
from django.utils import timezone
from django_tasks import task

from himpun.notifications.access_mail import can_mail
from himpun.notifications.channels import MailSender, NotSent, Parcel

TRIES, REST = 3, timedelta(minutes=5)
log = structlog.get_logger("himpun.replies")


def reply(address: str, subject: str, body: str) -> bool:
    """Let the worker send it; whether there is a mail server to send it by."""
    if not can_mail():
        return False
    mail_reply.enqueue(str(uuid.uuid4()), address, subject, body, 1)
    return True


@task()
def mail_reply(key: str, address: str, subject: str, body: str, tries: int) -> None:
    """Hand the reply to the mail server, and again later when it is not taken."""
    sender = MailSender()
    try:
        sender.send(Parcel(uuid.UUID(key), address, subject, body))
    except NotSent as failure:
        log.warning("reply-not-mailed", tries=tries, error=type(failure).__name__)
        if tries < TRIES:
            mail_reply.using(run_after=timezone.now() + REST).enqueue(key, address, subject, body, tries + 1)
    finally:
        sender.close()
