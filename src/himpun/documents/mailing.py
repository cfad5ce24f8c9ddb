"""The mails that carry signed documents to people outside: each is handed to the mail server once, with its answer as proof.

A row goes WAITING → SENDING (claimed) → begun → SENT, as in the outbox of messages; a mailbox knows a copy by its
Message-ID, so that a row left in hand by a killed worker is tried again with the same one (decision 13).
"""

import time

import structlog
from django.db.models import F

from himpun import clock
from himpun.archive import files
from himpun.archive.journal import SYSTEM, Turn, act
from himpun.documents.actions import MAILED, mail_address
from himpun.documents.models import Delivery, Document, Mailing
from himpun.documents.parts import verification_url
from himpun.documents.work import ensure_issued
from himpun.errors import Conflict, Refusal
from himpun.notifications import timing
from himpun.notifications.actions import tell
from himpun.notifications.channels import MAIL, MailSender, NotSent, Parcel, channels
from himpun.notifications.sending import RUN_SECONDS, STOPPED, left_in_hand
from himpun.offices.acting import acting_in
from himpun.offices.models.offices import Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_REGISTER_LETTERS
from himpun.places import place, url_of

State = Mailing.State
log = structlog.get_logger("himpun.documents")


class NotMailedAgain(Conflict):
    """The mail is on its way or has arrived."""

    code = "surel-tidak-perlu-diulang"

    def __init__(self) -> None:
        super().__init__(
            "Surel ini sudah diterima server atau sedang dikirim. Muat ulang halaman untuk melihat keadaannya."
        )


def send_mailings(seconds: float = RUN_SECONDS) -> int:
    """Send what is due, for as long as one run may take; returns how many a server accepted."""
    now = clock.now()
    left_in_hand(Mailing.objects.all(), now).update(state=State.WAITING, next_at=now, error=STOPPED)
    due = Mailing.objects.filter(state=State.WAITING, next_at__lte=now).order_by("next_at", "id")
    keys = list(due.values_list("pk", flat=True)[:50]) if MAIL in channels() else []
    if not keys:
        return 0
    sender, end, sent = MailSender(), time.monotonic() + seconds, 0
    try:
        for pk in keys:
            if time.monotonic() > end:
                break
            sent += _sent(pk, sender)
    except _DownError:
        pass
    finally:
        sender.close()
    return sent


class _DownError(Exception):
    """The server is there for nobody now."""


def _sent(pk: int, sender: MailSender) -> bool:
    """Hand one over and write down what became of it; False when another worker has it, or it was not accepted."""
    claimed = clock.now()
    if not Mailing.objects.filter(pk=pk, state=State.WAITING).update(state=State.SENDING, claimed_at=claimed):
        return False
    row = Mailing.objects.select_related("delivery__document__office").get(pk=pk)
    ours = Mailing.objects.filter(pk=pk, state=State.SENDING, claimed_at=claimed)
    try:
        parcel = _parcel(row)
        if not ours.update(begun_at=clock.now(), tries=F("tries") + 1):
            return False
        proof = sender.send(parcel)
    except NotSent as failure:
        _not_sent(row, str(failure))
        if failure.down:
            raise _DownError from failure
        return False
    except Refusal as refusal:
        _not_sent(row, str(refusal))
        return False
    _accepted(row, proof)
    return True


def _accepted(row: Mailing, proof: str) -> None:
    delivery = row.delivery
    document = delivery.document
    with act(document.office.code, at=clock.now(), author=SYSTEM) as turn:
        accepted = Mailing.objects.filter(pk=row.pk).exclude(state=State.SENT)
        if accepted.update(state=State.SENT, sent_at=turn.at, proof=proof, error=""):
            Delivery.objects.filter(pk=delivery.pk).update(sent_at=turn.at)
            data = {"document": document.pk, "to": delivery.recipient, "address": delivery.address, "proof": proof}
            turn.record("documents:delivery:mailed", document.subject, data)


def _not_sent(row: Mailing, why: str) -> None:
    """Try again after a while, or give up after the last try and tell who keeps the letters."""
    tries = row.tries + 1
    next_at = timing.try_again_at(clock.now(), tries)
    held = Mailing.objects.filter(pk=row.pk, state=State.SENDING)
    log.warning("document-not-mailed", document=row.delivery.document_id, tries=tries, error=why)
    if next_at is not None:
        held.update(state=State.WAITING, next_at=next_at, error=why[:400])
        return
    document = row.delivery.document
    with act(document.office.code, at=clock.now(), author=SYSTEM) as turn:
        if held.update(state=State.FAILED, error=why[:400]):
            data = {"document": document.pk, "to": row.delivery.recipient, "why": why[:400]}
            turn.record("documents:delivery:unmailed", document.subject, data)
            _tell(turn, row.delivery, document)


def _tell(turn: Turn, delivery: Delivery, document: Document) -> None:
    posts = Post.objects.filter(office=document.office, role__in=MAY_REGISTER_LETTERS)
    text = (
        f"Surel berisi {document.title} kepada {delivery.recipient} tidak terkirim. Periksa alamatnya, lalu coba lagi."
    )
    tell(turn, posts=list(posts), text=text, place=place("document", document.pk))


def _parcel(row: Mailing) -> Parcel:
    """The signed document, with where to confirm its receipt and where to check it."""
    delivery = row.delivery
    document = delivery.document
    version = document.official
    sha256 = ensure_issued(version) if version else ""
    if not sha256:
        raise NotSent("Dokumen resminya belum jadi.")
    number = f"Nomor: {document.number}\n" if document.number else ""
    body = (
        f"Yth. {delivery.recipient},\n\nBersama ini kami sampaikan {document.title}.\n{number}\n"
        f"Dokumennya terlampir. Mohon konfirmasi penerimaannya di:\n{url_of(place('receipt', delivery.token), document.office.base_url)}\n\n"
        f"Keaslian dokumen dapat diperiksa di:\n{verification_url(document)}\n\n{document.office.name}\n{document.office.contact}".rstrip()
    )
    name = f"{document.title[:120].replace('/', '-')}.pdf"
    return Parcel(
        row.key, delivery.address, document.title[:110], body, files=((name, files.read(sha256), "application/pdf"),)
    )


def mail_again(*, delivery: Delivery, address: str, by: Person) -> None:
    """Let a mail that failed be tried once more, perhaps to another address. Raises HoldsNoPost, FieldErrors or NotMailedAgain."""
    document = delivery.document
    actor = acting_in(by, document.office_id, roles=MAY_REGISTER_LETTERS, to="mengirim ulang dokumen")
    address = mail_address(address or delivery.address)
    with act(document.office.code, at=clock.now(), author=actor.author) as turn:
        stuck = Mailing.objects.filter(delivery=delivery, state=State.FAILED)
        if not stuck.update(state=State.WAITING, next_at=turn.at, tries=0, begun_at=None):
            raise NotMailedAgain
        Delivery.objects.filter(pk=delivery.pk).update(address=address, method=MAILED)
        data = {"document": document.pk, "to": delivery.recipient, "address": address}
        turn.record("documents:delivery:mailed-again", document.subject, data)
