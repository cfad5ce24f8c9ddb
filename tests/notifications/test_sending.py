"""From a message to what a real mail server and a real HTTP gateway were given, and what is kept as proof."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test.utils import CaptureQueriesContext

from himpun import clock
from himpun.archive.models import Record
from himpun.archive.seals import ROWS_WRITTEN
from himpun.errors import FieldErrors
from himpun.notifications import choices
from himpun.notifications.channels import MAIL, channels, read_channels
from himpun.notifications.models import Message, Outgoing
from himpun.notifications.sending import LOST_AFTER, NotResendable, resend, send_due
from himpun.notifications.spreading import spread_due
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models.holdings import Holding, Leave
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from tests.cast import MONDAY, WIB, Cast, entrust, found_office
from tests.notifications.receivers import Gateway, Mailbox, free_port, http_gateway, mail_server

State = Outgoing.State


@pytest.fixture
def office(db: None) -> Cast:
    """An office whose people have e-mail."""
    cast = found_office()
    for person in Person.objects.all():
        Person.objects.filter(pk=person.pk).update(email=f"{person.username}@contoh.example")
    return cast


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    with mail_server() as there:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", there.port, 2
        settings.BASE_URL = "https://himpun.contoh.example"
        yield there


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    """Two channels by one gateway: "wa" says nothing of keys, "pesan" carries them."""
    with http_gateway() as there:
        place = f"json://127.0.0.1:{there.port}"
        settings.CHANNELS = f"wa={place}/wa/{{alamat}};pesan={place}/p/{{alamat}}?+Idempotency-Key={{kunci}}"
        yield there


def write(post: Post, text: str = "Langkah 2 menunggu Anda", **more: Any) -> Message:
    return Message.objects.create(post=post, text=text, place="cycle:7#langkah", at=clock.now(), **more)


def outbox(**asked: Any) -> list[Outgoing]:
    return list(Outgoing.objects.filter(**asked).order_by("id"))


def one() -> Outgoing:
    [row] = outbox()
    return row


# --- e-mail -----------------------------------------------------------------------------------------------------------


def test_a_message_arrives_by_mail_once_with_its_link_and_the_servers_answer_is_the_proof(
    office: Cast, box: Mailbox
) -> None:
    write(office.post("sekretaris"))

    assert (spread_due(), send_due()) == (1, 1)
    assert (spread_due(), send_due()) == (0, 0)

    [mail] = box.mails
    row = one()
    assert mail["To"] == "kec-kecil.jabatan-2@contoh.example"
    assert mail["Subject"] == "Himpun: Langkah 2 menunggu Anda"
    assert "https://himpun.contoh.example/siklus/7/#langkah" in mail.get_content()
    assert mail["Message-ID"] == f"<{row.key}@himpun.contoh.example>"
    assert mail["List-Unsubscribe"] == "<https://himpun.contoh.example/akun/pesan/>"
    assert (row.state, row.proof) == (State.SENT, f"250 diterima sebagai 1 · Message-ID {mail['Message-ID']}")
    assert row.sent_at == clock.now()


def test_an_office_with_a_public_address_of_its_own_mails_under_that(office: Cast, box: Mailbox) -> None:
    Office.objects.filter(pk=office.office.pk).update(public_url="https://himpun.kantor.example")
    write(office.post("sekretaris"))

    assert (spread_due(), send_due()) == (1, 1)

    [mail] = box.mails
    assert "https://himpun.kantor.example/siklus/7/#langkah" in mail.get_content()
    assert mail["List-Unsubscribe"] == "<https://himpun.kantor.example/akun/pesan/>"


def test_every_present_holder_is_told_and_who_is_away_or_inactive_is_not(office: Cast, box: Mailbox) -> None:
    post = office.post("kepala")
    entrust(office.sekretaris, post, since=date(2026, 10, 1), kind="Plh")
    entrust(office.umum, post, since=date(2026, 10, 6))
    gone = office.holder(office.post("analis"))
    entrust(gone, post, since=date(2026, 10, 1))
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    Leave.objects.create(person=office.kepala, office=office.office, since=date(2026, 10, 5), until=date(2026, 10, 6))
    write(post)

    spread_due()

    assert [row.person for row in outbox()] == [office.sekretaris]


def test_the_day_is_that_of_the_office(office: Cast, box: Mailbox) -> None:
    """At 22.30 in Jakarta it is the next day in Jayapura: who holds the post from that day on is told."""
    office.office.timezone = "Asia/Jayapura"
    office.office.save()
    Holding.objects.filter(post=office.post("kepala")).update(until=date(2026, 10, 5))
    entrust(office.umum, office.post("kepala"), since=date(2026, 10, 6))
    write(office.post("kepala"))

    with clock.held_at(datetime(2026, 10, 5, 22, 30, tzinfo=WIB)):
        spread_due()

    assert one().person == office.umum


def test_a_mail_server_that_is_away_is_asked_again_later_and_later_and_then_the_person_is_told(
    office: Cast, box: Mailbox, settings: Any
) -> None:
    settings.EMAIL_PORT = free_port()
    write(office.post("sekretaris"))
    spread_due()
    waits, now = [], MONDAY
    while one().state == State.WAITING:
        now = one().next_at
        with clock.held_at(now):
            assert send_due() == 0
        waits.append(one().next_at - now)

    assert waits[:4] == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)]
    row = one()
    assert (row.state, row.tries) == (State.FAILED, 6)
    assert row.error.startswith("Peladen surel tidak dapat dihubungi")
    told = Message.objects.get(place="own_messages")
    assert (
        told.text
        == "Pesan untuk Orang Sekretaris Camat tidak sampai lewat surel. Periksa alamatnya di Pesan → Saluran."
    )
    assert told.spread_at is not None


def test_a_receiver_that_is_refused_does_not_hold_up_the_others(office: Cast, box: Mailbox) -> None:
    box.refuse["kec-kecil.jabatan-2@contoh.example"] = "550 tidak ada orangnya"
    for role in ("sekretaris", "kepala", "analis"):
        write(office.post(role))
    spread_due()

    assert send_due() == 2
    assert one_of(State.WAITING).error == "Peladen surel menolak: 550 tidak ada orangnya"
    box.refuse.clear()
    with clock.held_at(MONDAY + timedelta(minutes=1)):
        assert send_due() == 1
    assert len(box.mails) == 3


def one_of(state: str) -> Outgoing:
    [row] = outbox(state=state)
    return row


def test_a_server_that_does_not_answer_is_left_alone_after_some_tries_and_nobody_gets_a_message_under_two_keys(
    office: Cast, box: Mailbox, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT, box.wait = 0.1, 0.3
    for role in ("sekretaris", "kepala", "analis", "kasubbag-umum"):
        write(office.post(role))
    spread_due()

    assert send_due() == 0
    assert len(outbox(tries=0)) == 1
    settings.EMAIL_TIMEOUT, box.wait = 2, 0
    with clock.held_at(MONDAY + timedelta(minutes=1)):
        assert send_due() == 4
    assert len(box.by_key()) == 4


# --- quiet hours, digest, unsubscribing -------------------------------------------------------------------------------


def test_in_the_quiet_hours_nothing_is_sent_even_when_it_was_put_in_the_outbox_before(
    office: Cast, box: Mailbox
) -> None:
    write(office.post("sekretaris"), obligatory=True)
    spread_due()
    with clock.held_at(MONDAY.replace(hour=21)):
        assert send_due() == 0
        write(office.post("kepala"))
        spread_due()
        assert send_due() == 0
    morning = MONDAY.replace(day=6, hour=6)
    assert {row.next_at for row in outbox()} == {morning}
    with clock.held_at(morning):
        assert send_due() == 2


def test_a_digest_gathers_what_may_wait_in_one_mail_and_every_row_has_its_proof(office: Cast, box: Mailbox) -> None:
    who = office.sekretaris
    choices.choose_channel(person=who, kind=MAIL, address=who.email, digest=True)
    choices.choose_times(person=who, quiet_from=time(20), quiet_until=time(6), digest_at=time(9))
    for number in range(3):
        write(office.post("sekretaris"), f"Kabar {number}")
    write(office.post("sekretaris"), "Terlambat 1 hari kerja", obligatory=True)
    spread_due()

    assert send_due() == 1
    assert box.words() == ["Terlambat 1 hari kerja"]
    with clock.held_at(MONDAY.replace(hour=9)):
        assert send_due() == 1
    digest = box.mails[-1]
    assert digest["Subject"] == "Ringkasan Himpun: 3 pesan"
    assert all(f"Kabar {number}" in digest.get_content() for number in range(3))
    assert len({(row.proof, row.key) for row in outbox(digest=True, state=State.SENT)}) == 1


def test_a_digest_that_failed_is_tried_again_with_the_same_words_under_the_same_key(office: Cast, box: Mailbox) -> None:
    who = office.sekretaris
    choices.choose_channel(person=who, kind=MAIL, address=who.email, digest=True)
    choices.choose_times(person=who, quiet_from=time(20), quiet_until=time(6), digest_at=time(8))
    box.refuse[who.email] = "450 nanti saja"
    write(office.post("sekretaris"), "Kabar 1")
    spread_due()
    send_due()
    box.refuse.clear()
    with clock.held_at(MONDAY + timedelta(minutes=2)):
        write(office.post("sekretaris"), "Kabar 2")
        Outgoing.objects.filter(state=State.WAITING).update(next_at=clock.now())
        spread_due()
        Outgoing.objects.filter(state=State.WAITING).update(next_at=clock.now())
        assert send_due() == 2

    assert box.words() == ["Kabar 1", "Kabar 2"]
    assert len(box.by_key()) == 2


def test_what_somebody_does_not_want_to_hear_of_is_not_sent_unless_it_is_obligatory(office: Cast, box: Mailbox) -> None:
    choices.choose_topics(person=office.sekretaris, wanted=["tugas"])
    write(office.post("sekretaris"), "Kabar", topic=Message.Topic.NEWS)
    write(office.post("sekretaris"), "Tugas", topic=Message.Topic.TASK)
    write(office.post("sekretaris"), "Wajib", topic=Message.Topic.REMINDER, obligatory=True)

    spread_due()
    send_due()

    assert box.words() == ["Tugas", "Wajib"]
    assert not Message.objects.filter(spread_at=None).exists()


def test_mail_is_sent_without_asking_until_somebody_switches_it_off(
    office: Cast, box: Mailbox, gateway: Gateway
) -> None:
    choices.choose_channel(person=office.sekretaris, kind="wa", address="+62 811".replace(" ", ""), digest=False)
    choices.switch_off(person=office.sekretaris, kind=MAIL)
    write(office.post("sekretaris"))

    spread_due()

    assert [(row.channel, row.address) for row in outbox()] == [("wa", "+62811")]


# --- channels of the operator -----------------------------------------------------------------------------------------


@pytest.fixture
def by_wa(office: Cast, gateway: Gateway, settings: Any) -> Cast:
    """The sekretaris reads messages by the gateway's channel without keys, and by nothing else."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    choices.choose_channel(person=office.sekretaris, kind="wa", address="62811", digest=False)
    write(office.post("sekretaris"))
    spread_due()
    return office


def test_a_gateway_is_given_the_message_once(by_wa: Cast, gateway: Gateway) -> None:
    assert (send_due(), send_due()) == (1, 0)

    [(path, _, body)] = gateway.calls
    assert path == "/wa/62811"
    assert body["title"] == "Himpun: Langkah 2 menunggu Anda"
    assert "/siklus/7/#langkah" in body["message"]
    assert one().proof == "JSON menerima pada 2026-10-05 01.00.00 UTC"


def test_a_gateway_that_refuses_is_asked_again(by_wa: Cast, gateway: Gateway) -> None:
    gateway.status = 503

    assert send_due() == 0
    assert (one().state, one().tries) == (State.WAITING, 1)
    assert one().error.startswith("Saluran menolak: Failed to send JSON")
    gateway.status = 200
    with clock.held_at(MONDAY + timedelta(minutes=1)):
        assert send_due() == 1


def test_a_gateway_that_is_not_there_is_asked_again(by_wa: Cast, settings: Any) -> None:
    settings.CHANNELS = f"wa=json://127.0.0.1:{free_port()}/wa/{{alamat}}"

    assert send_due() == 0
    assert (one().state, one().error.startswith("Saluran tidak dapat dihubungi")) == (State.WAITING, True)


def test_without_an_answer_nobody_knows_and_a_person_decides_to_send_again(
    by_wa: Cast, gateway: Gateway, settings: Any
) -> None:
    settings.CHANNELS = settings.CHANNELS.replace("/wa/{alamat}", "/wa/{alamat}?rto=0.1")
    gateway.wait = 0.4
    assert send_due() == 0
    row = one()
    assert (row.state, row.error) == (State.UNCERTAIN, "Saluran tidak menjawab setelah pesan diserahkan.")
    with clock.held_at(MONDAY + timedelta(hours=3)):
        assert send_due() == 0

    for stranger in (by_wa.analis, found_office("kec-tetangga").umum):
        with pytest.raises(HoldsNoPost):
            resend(outgoing=row, by=stranger)
    gateway.wait = 0
    resend(outgoing=row, by=by_wa.umum)
    assert send_due() == 1
    assert Record.objects.exclude(act=ROWS_WRITTEN).latest("seq").act == "notifications:outgoing:resent"
    with pytest.raises(NotResendable):
        resend(outgoing=row, by=by_wa.sekretaris)


def test_a_gateway_that_knows_keys_is_asked_again_under_the_same_key(
    office: Cast, gateway: Gateway, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    settings.CHANNELS = settings.CHANNELS.replace("/p/{alamat}?", "/p/{alamat}?rto=0.1&")
    choices.choose_channel(person=office.sekretaris, kind="pesan", address="62811", digest=False)
    write(office.post("sekretaris"))
    spread_due()
    gateway.wait = 0.4
    assert send_due() == 0
    gateway.wait = 0
    with clock.held_at(MONDAY + timedelta(minutes=1)):
        assert send_due() == 1
    assert len(gateway.calls) == 2
    assert {key for _, key, _ in gateway.calls} == {str(one().key)}


@pytest.mark.parametrize("address", ["", "a/../b", "1?x=y", "62811@evil/", "62 811", "a%2Fb", "#", "..", "x" * 200])
def test_an_address_cannot_lead_anywhere_else(office: Cast, gateway: Gateway, address: str) -> None:
    with pytest.raises(FieldErrors):
        choices.choose_channel(person=office.sekretaris, kind="wa", address=address, digest=False)


@pytest.mark.parametrize(
    "text",
    ["wa", "wa=json://{alamat}/x", "wa=json://127.0.0.1/x", "surel=json://h/{alamat}", "WA=json://h/{alamat}", "wa=foo://h/{alamat}",
     "wa=json://{alamat}@h/{alamat}", "wa=json://h/{alamat};wa=json://h/{alamat}"],
)  # fmt: skip
def test_wrong_channels_stop_the_start_and_say_what_is_accepted(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"HIMPUN_CHANNELS: .* Yang diterima: telegram="):
        read_channels(text)


def test_without_a_mail_server_there_is_no_mail(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert channels() == {}


# --- lost workers -----------------------------------------------------------------------------------------------------


def test_what_a_killed_worker_left_is_taken_back_after_some_minutes(
    office: Cast, box: Mailbox, gateway: Gateway
) -> None:
    for kind, address in (("wa", "62811"), ("pesan", "62812")):
        choices.choose_channel(person=office.sekretaris, kind=kind, address=address, digest=False)
    write(office.post("sekretaris"))
    write(office.post("sekretaris"))
    spread_due()
    first = Message.objects.earliest("id")
    Outgoing.objects.update(state=State.SENDING, claimed_at=MONDAY)
    Outgoing.objects.filter(message=first).update(begun_at=MONDAY)

    with clock.held_at(MONDAY + LOST_AFTER - timedelta(seconds=1)):
        assert send_due() == 0
    with clock.held_at(MONDAY + LOST_AFTER):
        assert send_due() == 5

    [uncertain] = outbox(state=State.UNCERTAIN)
    assert (uncertain.channel, uncertain.message) == ("wa", first)


# --- cost -------------------------------------------------------------------------------------------------------------


def test_spreading_costs_the_same_however_many_messages(office: Cast, box: Mailbox) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            spread_due()
        return len(queries)

    write(office.post("kepala"))
    one_message = cost()
    for post in Post.objects.all():
        write(post)

    assert cost() == one_message


def test_who_no_longer_holds_the_post_when_it_goes_out_gets_nothing(office: Cast, box: Mailbox) -> None:
    write(office.post("kepala"))
    spread_due()
    Holding.objects.filter(post=office.post("kepala")).update(until=MONDAY.date() - timedelta(days=1))

    assert send_due() == 0

    [row] = outbox()
    assert (row.state, row.error) == (State.FAILED, "Penerima tidak lagi memangku jabatan ini.")
    assert box.mails == []


@pytest.mark.parametrize("address", ["v@x.id\u2028q", "a@[127.0.0.1]", "a b@x.id"])
def test_an_odd_address_is_refused(office: Cast, settings: Any, address: str) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with pytest.raises(FieldErrors):
        channels()[MAIL].checked(address)
