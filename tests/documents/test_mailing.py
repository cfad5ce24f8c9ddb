"""A signed document by mail to somebody outside: accepted by a server with its answer, tried again, or said to have failed."""

from collections.abc import Iterator
from typing import Any

import pytest

from himpun import clock
from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.cycles.models import Cycle
from himpun.cycles.steps import drafting
from himpun.documents import mailing
from himpun.documents.mailing import NotMailedAgain, mail_again, send_mailings
from himpun.documents.models import Delivery, Mailing
from himpun.errors import FieldErrors
from himpun.letters.contacts import save_contact
from himpun.letters.models import Contact
from himpun.notifications.channels import MailSender
from himpun.notifications.models import Message
from himpun.notifications.sending import LOST_AFTER
from himpun.offices.acting import HoldsNoPost
from tests.cast import Cast, later
from tests.notifications.receivers import Mailbox, mail_server

ADDRESS = "bappeda@contoh.example"


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    with mail_server() as there:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", there.port, 2
        yield there


def add(cast: Cast, cycle: Cycle, recipient: str, method: str, address: str = "") -> Delivery:
    return drafting.add_recipient(
        cycle=cycle, recipient=recipient, post=None, method=method, address=address, by=cast.analis
    )


def distributed(cast: Cast, method: str = "Surel", address: str = ADDRESS) -> Delivery:
    """A signed document distributed to Bappeda in some way."""
    cycle = cast.to_signing()
    cast.sign(cycle)
    delivery = add(cast, cycle, "Bappeda", method, address)
    cast.decide(cycle, "selesai")
    delivery.refresh_from_db()
    return delivery


def test_it_is_sent_when_a_server_accepted_it_with_the_document_and_the_servers_answer(
    small: Cast, box: Mailbox
) -> None:
    delivery = distributed(small)
    assert delivery.sent_at is None

    assert (send_mailings(), send_mailings()) == (1, 0)

    [mail] = box.mails
    delivery.refresh_from_db()
    row = delivery.mailing
    [attached] = list(mail.iter_attachments())
    body = mail.get_body()
    assert body is not None
    assert (mail["To"], attached.get_content_type()) == (ADDRESS, "application/pdf")
    assert attached.get_content().startswith(b"%PDF")
    assert f"/t/{delivery.token}/" in body.get_content()
    assert row.state == Mailing.State.SENT
    assert row.proof == f"250 diterima sebagai 1 · Message-ID <{row.key}@himpun.contoh.example>"
    assert delivery.sent_at == clock.now()
    assert Record.objects.filter(act="documents:delivery:mailed").count() == 1
    assert verify().faults == []


@pytest.mark.parametrize("method", ["Diantar", "Pos", "WhatsApp", "SRIKANDI"])
def test_what_the_office_sends_by_itself_is_written_down_with_who_said_so(
    small: Cast, box: Mailbox, method: str
) -> None:
    delivery = distributed(small, method, "")

    assert send_mailings() == 0
    assert delivery.noted_by == f"{small.analis.name} (Analis Perencanaan Evaluasi dan Pelaporan)"
    assert delivery.sent_at == clock.now()
    assert delivery.mail is None


def test_without_a_mail_server_or_an_address_nothing_is_promised(small: Cast, settings: Any, box: Mailbox) -> None:
    cycle = small.to_signing()
    small.sign(cycle)
    with pytest.raises(FieldErrors, match="Tulis alamat surel penerima"):
        add(small, cycle, "Bappeda", "Surel")
    with pytest.raises(FieldErrors, match="bukan alamat surel"):
        add(small, cycle, "Bappeda", "Surel", "bappeda")

    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

    with pytest.raises(FieldErrors, match="Surel belum disiapkan pada pemasangan ini"):
        add(small, cycle, "Bappeda", "Surel", ADDRESS)


def test_one_refused_is_tried_again_then_said_to_have_failed_and_may_go_elsewhere(small: Cast, box: Mailbox) -> None:
    box.refuse[ADDRESS] = "550 alamat tidak dikenal"
    delivery = distributed(small)
    hours = 0
    while Mailing.objects.get().state == Mailing.State.WAITING:
        with later(hours=hours):
            send_mailings()
        hours += 12
    failed = Mailing.objects.get()
    assert failed.state == Mailing.State.FAILED
    assert "550 alamat tidak dikenal" in failed.error
    assert Message.objects.filter(text__startswith="Surel berisi").exists()

    with later(hours=hours):
        with pytest.raises(HoldsNoPost):
            mail_again(delivery=delivery, address="", by=small.units[0])
        mail_again(delivery=delivery, address="sekretariat@contoh.example", by=small.umum)
        with pytest.raises(NotMailedAgain):
            mail_again(delivery=delivery, address="", by=small.umum)
        assert send_mailings() == 1
    assert [mail["To"] for mail in box.mails] == ["sekretariat@contoh.example"]


class KilledError(BaseException):
    """The worker is gone."""


@pytest.mark.parametrize("when", ["before it was begun", "after the server took it", "before it was written down"])
def test_a_worker_killed_anywhere_leaves_one_mail_under_one_key(
    small: Cast, box: Mailbox, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    delivery = distributed(small)
    whole = MailSender.send

    def killed(*_: Any, **__: Any) -> Any:
        raise KilledError

    def taken_then_killed(self: MailSender, parcel: Any) -> str:
        whole(self, parcel)
        raise KilledError

    with monkeypatch.context() as patch:
        if when == "before it was begun":
            patch.setattr(mailing, "_parcel", killed)
        elif when == "after the server took it":
            patch.setattr(MailSender, "send", taken_then_killed)
        else:
            patch.setattr(mailing, "_accepted", killed)
        with pytest.raises(KilledError):
            send_mailings()

    assert send_mailings() == 0
    with later(seconds=LOST_AFTER.total_seconds() + 1):
        assert (send_mailings(), send_mailings()) == (1, 0)
    assert len({mail["Message-ID"] for mail in box.mails}) == 1
    assert Record.objects.filter(act="documents:delivery:mailed").count() == 1
    delivery.refresh_from_db()
    assert delivery.mailing.state == Mailing.State.SENT


# --- the address book ------------------------------------------------------------------------------------------------


def test_the_address_book_is_kept_by_who_keeps_the_letters(small: Cast) -> None:
    fields = {"name": "Kepala Bappeda", "agency": "Bappeda", "channel": "Surel", "email": ADDRESS}
    contact = save_contact(office=small.office, fields=fields, by=small.umum)

    changed = save_contact(
        office=small.office, fields={**fields, "channel": "Pos", "email": ""}, by=small.analis, contact=contact
    )

    assert (str(changed), changed.channel) == ("Kepala Bappeda, Bappeda", "Pos")
    assert verify().faults == []
    with pytest.raises(HoldsNoPost):
        save_contact(office=small.office, fields=fields, by=small.units[0])


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": ""}, "email"),
        ({"email": "bukan surel"}, "email"),
        ({"channel": "Merpati"}, "channel"),
        ({"agency": "x" * 121}, "agency"),
    ],
)
def test_what_is_wrong_in_the_address_book_is_told_at_its_field(small: Cast, typed: dict[str, str], field: str) -> None:
    fields = {"name": "Kepala", "agency": "Bappeda", "channel": "Surel", "email": ADDRESS}
    with pytest.raises(FieldErrors) as refused:
        save_contact(office=small.office, fields={**fields, **typed}, by=small.umum)
    assert list(refused.value.fields) == [field]

    save_contact(office=small.office, fields=fields, by=small.umum)
    with pytest.raises(FieldErrors, match="sudah ada di buku alamat"):
        save_contact(office=small.office, fields=fields, by=small.umum)
    assert Contact.objects.count() == 1
