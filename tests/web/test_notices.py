"""Pesan, the bell, one's own channels, and the reminders of an office, through the pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from himpun import clock
from himpun.archive.models import Record
from himpun.cycles.models import ReminderRule
from himpun.notifications.channels import MAIL
from himpun.notifications.models import Channel, Message, Outgoing, Preference
from himpun.offices.models.people import Person
from tests.cast import MECHANISM, Cast, found_office

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def write(cast: Cast, role: str = "sekretaris", text: str = "Kabar baik", **more: Any) -> Message:
    return Message.objects.create(post=cast.post(role), text=text, place="cycle:1#langkah", at=clock.now(), **more)


def copy(message: Message, person: Person, **fields: Any) -> Outgoing:
    return Outgoing.objects.create(message=message, person=person, channel=MAIL, address="a@contoh.example", **fields)


# --- messages and the bell ----------------------------------------------------------------------------------------------


def test_the_bell_counts_what_is_new_until_it_was_looked_at(small: Cast) -> None:
    client = as_(small.sekretaris)
    for number in range(30):
        write(small, text=f"Kabar {number}")

    assert 'aria-label="Pesan, 30 baru"' in client.get("/pesan/lonceng/").content.decode()
    page = client.get("/pesan/").content.decode()
    assert page.count('<span class="state state-terlambat">baru</span>') == 25
    assert 'aria-label="Pesan, 5 baru"' in client.get("/pesan/lonceng/").content.decode()
    client.post("/pesan/dibaca/")
    assert 'aria-label="Pesan"' in client.get("/pesan/lonceng/").content.decode()


def test_the_bell_of_somebody_logged_out_swaps_nothing_into_the_page(db: None) -> None:
    assert Client().get("/pesan/lonceng/").status_code == 204


def test_messages_are_filtered_by_topic_and_by_being_new(small: Cast) -> None:
    client = as_(small.sekretaris)
    write(small, text="Tugas satu", topic=Message.Topic.TASK)
    write(small, text="Kabar satu")

    by_topic = client.get("/pesan/?topik=tugas").content.decode()
    assert ("Tugas satu" in by_topic, "Kabar satu" in by_topic) == (True, False)
    new = client.get("/pesan/?baru").content.decode()
    assert ("Tugas satu" in new, "Kabar satu" in new) == (False, True)
    assert "Tidak ada pesan seperti itu" in client.get("/pesan/?baru").content.decode()


def test_each_message_says_where_it_was_carried_and_to_nobody_elses_address(small: Cast) -> None:
    message = write(small)
    copy(message, small.sekretaris, state="terkirim", proof="250 ok", sent_at=clock.now())
    copy(message, small.umum, state="gagal", error="550 rahasia")

    page = as_(small.sekretaris).get("/pesan/").content.decode()

    assert "Terkirim" in page
    assert "550 rahasia" not in page


def test_the_page_of_messages_costs_the_same_however_many(small: Cast) -> None:
    client = as_(small.sekretaris)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/pesan/")
        return len(queries)

    copy(write(small), small.sekretaris)
    one = cost()
    for _ in range(10):
        copy(write(small), small.sekretaris)

    assert cost() == one


def test_a_link_in_a_message_leads_to_login_and_then_to_the_task(small: Cast) -> None:
    """The fragment stays with the browser, which carries it over both redirections."""
    small.sekretaris.set_password("rahasia sekali")
    small.sekretaris.save()
    cycle = small.start()
    client = Client()

    to_login = client.get(f"/siklus/{cycle.pk}/")
    assert to_login["Location"] == f"/akun/login/?next=/siklus/{cycle.pk}/"
    form = client.get(to_login["Location"]).content.decode()
    assert f'value="/siklus/{cycle.pk}/"' in form
    assert "action=" not in form.partition('<form class="card"')[2].partition(">")[0]
    typed = {"login": small.sekretaris.username, "password": "rahasia sekali", "next": f"/siklus/{cycle.pk}/"}
    assert client.post(to_login["Location"], typed)["Location"] == f"/siklus/{cycle.pk}/"


# --- one's own channels -------------------------------------------------------------------------------------------------


def test_a_person_chooses_their_channels_times_and_topics(small: Cast, settings: Any) -> None:
    settings.CHANNELS = "wa=json://127.0.0.1:9/wa/{alamat}"
    client, who = as_(small.sekretaris), small.sekretaris

    refused = client.post("/akun/pesan/", {"act": "pakai", "kind": "wa", "address": "62 811/.."})
    assert refused.status_code == 422
    assert "bukan alamat Wa" in refused.content.decode()
    assert 'value="62 811/.."' in refused.content.decode()
    client.post("/akun/pesan/", {"act": "pakai", "kind": "wa", "address": "62811", "digest": "on"})
    client.post("/akun/pesan/", {"act": "pakai", "kind": MAIL, "address": "saya@contoh.example"})
    client.post("/akun/pesan/", {"act": "matikan", "kind": MAIL})
    times = {"act": "waktu", "quiet_from": "19:00", "quiet_until": "07:00", "digest_at": "08.15"}
    client.post("/akun/pesan/", times)
    client.post("/akun/pesan/", {"act": "topik", "topics": ["tugas", "pengingat"]})

    rows = {row.kind: (row.address, row.digest, row.active) for row in Channel.objects.filter(person=who)}
    assert rows == {"wa": ("62811", True, True), MAIL: ("saya@contoh.example", False, False)}
    wishes = Preference.objects.get(person=who)
    assert (f"{wishes.quiet_from:%H.%M}", f"{wishes.digest_at:%H.%M}") == ("19.00", "08.15")
    assert wishes.topics_off == ["eskalasi", "kabar"]
    assert client.post("/akun/pesan/", {**times, "digest_at": "pagi"}).status_code == 422
    assert client.post("/akun/pesan/", {"act": "pakai", "kind": "tidak-ada", "address": "1"}).status_code == 422


def test_a_trial_message_goes_to_the_address_typed_and_not_twice_in_a_row(small: Cast) -> None:
    cache.clear()
    client = as_(small.sekretaris)
    trial = {"act": "uji", "kind": MAIL, "address": "saya@contoh.example"}

    assert 'value="saya@contoh.example"' in client.post("/akun/pesan/", trial).content.decode()
    again = client.post("/akun/pesan/", trial)

    assert [one.to for one in mail.outbox] == [["saya@contoh.example"]]
    assert (again.status_code, "Tunggu 20 detik" in again.content.decode()) == (422, True)


# --- reminders of the office --------------------------------------------------------------------------------------------

RULES = {
    "when-0": "tepat",
    "up-0": "0",
    "obligatory-0": "on",
    "when-1": "sesudah",
    "amount-1": " 2  hari ",
    "up-1": "1",
}


def test_the_rules_of_a_procedure_are_changed_and_brought_back_by_who_may_publish_it(small: Cast) -> None:
    place = f"/waktu/pengingat/{MECHANISM}/"
    assert as_(small.umum).get(place).status_code == 403
    assert as_(small.umum).post(place, RULES).status_code == 403
    client = as_(small.kasubbag)
    assert "4 jam" in client.get(place).content.decode()

    wrong = client.post(place, {**RULES, "amount-1": "besok"})
    assert wrong.status_code == 422
    assert "Tulis waktu kerja seperti" in wrong.content.decode()
    assert client.post(place, RULES).status_code == 302

    kept = ReminderRule.objects.filter(office=small.office).values_list("key", "when", "amount", "up", "obligatory")
    assert list(kept) == [(MECHANISM, "tepat", "", 0, True), (MECHANISM, "sesudah", "2 hari", 1, False)]
    assert "aturan kantor ini" in client.get("/waktu/pengingat/").content.decode()
    client.post(place, {"restore": "1"})
    assert not ReminderRule.objects.exists()
    acts = ["cycles:reminders:changed", "cycles:reminders:restored"]
    assert list(Record.objects.filter(act__in=acts).order_by("seq").values_list("act", flat=True)) == acts
    assert client.get("/waktu/pengingat/tidak-ada/").status_code == 404


def test_who_manages_the_office_sees_its_outbox_and_sends_again_what_is_stuck(small: Cast, neighbour: Cast) -> None:
    stuck = copy(write(small), small.sekretaris, state="tidak-pasti", error="Pekerja berhenti", begun_at=clock.now())
    fine = copy(write(small), small.sekretaris, state="terkirim", proof="250 diterima", sent_at=clock.now())
    foreign = copy(write(neighbour, text="Bukan urusan Anda"), neighbour.sekretaris, state="gagal", error="550")
    old = write(small, text="Sudah lama")
    Message.objects.filter(pk=old.pk).update(at=clock.now() - timedelta(days=31))
    copy(old, small.sekretaris)

    page = as_(small.umum).get("/waktu/pengingat/").content.decode()
    assert all(text in page for text in ("250 diterima", "1 perlu dilihat", f"/pesan/kiriman/{stuck.pk}/lagi/"))
    assert not any(text in page for text in ("Bukan urusan Anda", "Sudah lama", f"/pesan/kiriman/{fine.pk}/lagi/"))
    assert "250 diterima" not in as_(small.analis).get("/waktu/pengingat/").content.decode()

    assert as_(small.umum).post(f"/pesan/kiriman/{foreign.pk}/lagi/").status_code == 404
    assert as_(small.analis).post(f"/pesan/kiriman/{stuck.pk}/lagi/").status_code == 403
    assert as_(small.umum).post(f"/pesan/kiriman/{fine.pk}/lagi/").status_code == 409
    assert (
        as_(small.umum).post(f"/pesan/kiriman/{stuck.pk}/lagi/", {"dari": "kantor"})["Location"] == "/waktu/pengingat/"
    )
    stuck.refresh_from_db()
    assert (stuck.state, stuck.tries) == ("menunggu", 0)


@pytest.mark.parametrize("path", ["/waktu/pengingat/", f"/waktu/pengingat/{MECHANISM}/"])
def test_without_a_post_there_is_no_office_to_remind(db: None, path: str) -> None:
    found_office()
    stranger = Person.objects.create(username="tamu", name="Tamu")

    assert as_(stranger).get(path).status_code == 403
