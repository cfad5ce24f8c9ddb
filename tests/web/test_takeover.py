"""Attacks on who may give whom a post and whose access it is, tried as the attacker on the pages, with what stays allowed."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.cycles.rules import NotYourStep
from himpun.notifications.announcing import announce_appointments
from himpun.notifications.models import Message
from himpun.offices.acting import capacities
from himpun.offices.models.holdings import Appointment, Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from tests.cast import MONDAY, SCAN, Cast, by_hand, entrust
from tests.web.test_offices import as_, holding_form, office_form, post_form

TODAY = MONDAY.date()
NEW = "/pengaturan/pemangku/baru/"


def letter() -> SimpleUploadedFile:
    return SimpleUploadedFile("surat.pdf", SCAN.content, "application/pdf")


def record(by: Person, post: Post, **given: Any) -> Appointment:
    """Record a holding on the page, which must be taken."""
    form = {"post": str(post.pk), "kind": "Plt", "since": "2026-10-05", "letter": "SP 9/2026", "file": letter()}
    answer = as_(by).post(NEW, {**form, **given})
    assert answer.status_code == 302, answer.content.decode()
    return Appointment.objects.latest("pk")


def answers(by: Person, one: Appointment, act: str = "consent", reason: str = "") -> int:
    return as_(by).post(f"/penugasan/{one.pk}/", {"act": act, "reason": reason}).status_code


def titles(person: Person) -> list[str]:
    return [actor.title for actor in capacities(person, TODAY)]


def recorded(act: str) -> list[str]:
    """In which journals an act stands."""
    return sorted(Record.objects.filter(act=act).values_list("chain", flat=True))


# --- somebody of another office ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Plt", "definitif"])
def test_giving_another_offices_person_a_post_gives_neither_the_post_nor_their_access(
    small: Cast, neighbour: Cast, kind: str
) -> None:
    pj = neighbour.kepala
    post = small.post("analis")
    with by_hand():
        Holding.objects.filter(person=pj).update(kind="Pj")
        Holding.objects.filter(post=post).update(until=date(2026, 9, 30))

    one = record(small.umum, post, username=pj.username, kind=kind)

    url = f"/pengaturan/orang/{pj.pk}/"
    for act in ({"act": "password"}, {"name": "Diubah", "email": "penyerang@contoh.example", "is_active": "1"}):
        assert as_(small.umum).post(url, act).status_code in (404, 422)
    assert titles(pj) == ["Pj. Camat"]
    for intruder in (small.umum, small.sekretaris, small.kepala, small.analis):
        assert answers(intruder, one) in (404, 422)
    assert titles(pj) == ["Pj. Camat"]

    assert f"Setujui atau tolak: {pj.name}" in as_(neighbour.umum).get("/").content.decode()
    assert f"Setujui atau tolak: {pj.name}" in as_(pj).get("/").content.decode()
    assert answers(neighbour.umum, one) == 302

    assert len(titles(pj)) == 2
    assert as_(small.umum).post(url, {"act": "password"}).status_code == 422, "also once it is in force"
    assert as_(small.umum).post(url, {"name": "Diubah", "is_active": "1"}).status_code == 422
    assert as_(neighbour.umum).post(url, {"act": "password"}).status_code == 422, "their home neither: they decide"
    for act in ("proposed", "accepted"):
        assert recorded(f"offices:appointment:{act}") == ["kec-kecil", "kec-tetangga"]
    assert verify().faults == []


def test_the_person_accepts_or_refuses_and_the_office_takes_back_each_with_a_reason(
    small: Cast, neighbour: Cast
) -> None:
    pj = neighbour.analis
    one = record(small.umum, small.post("analis"), username=pj.username)
    assert answers(pj, one, "refuse") == 422
    assert answers(pj, one, "refuse", "Saya tidak diminta") == 302
    assert "Saya tidak diminta" in as_(small.umum).get(f"/penugasan/{one.pk}/").content.decode()
    assert answers(pj, one) == 422

    again = record(small.umum, small.post("analis"), username=pj.username)
    assert answers(small.units[0], again, "withdraw", "Keliru") == 404
    assert answers(small.umum, again, "withdraw", "Keliru") == 302
    third = record(small.umum, small.post("analis"), username=pj.username)
    assert answers(pj, third) == 302
    assert "Plt. Analis Perencanaan Evaluasi dan Pelaporan" in titles(pj)
    assert recorded("offices:appointment:refused") == ["kec-kecil", "kec-tetangga"]


def test_a_leave_does_not_make_somebody_elsewhere_a_substitute_nor_is_it_recorded_for_them(
    small: Cast, neighbour: Cast
) -> None:
    form = {"person": str(small.units[0].pk), "kind": "cuti", "since": "2026-10-05", "until": "2026-10-09"}
    as_(small.umum).post("/pengaturan/cuti/baru/", {**form, "username": neighbour.analis.username})
    one = Appointment.objects.get()
    assert len(titles(neighbour.analis)) == 1
    assert answers(neighbour.analis, one) == 302
    assert "Plh. Kepala Seksi 1" in titles(neighbour.analis)

    theirs = {**form, "person": str(neighbour.analis.pk)}
    assert as_(small.umum).post("/pengaturan/cuti/baru/", theirs).status_code == 422
    assert as_(neighbour.umum).post("/pengaturan/cuti/baru/", theirs).status_code == 302


def test_who_holds_no_post_yet_is_their_offices_and_nobody_elses(small: Cast, neighbour: Cast) -> None:
    as_(neighbour.umum).post("/pengaturan/orang/baru/", {"name": "Ani Baru", "username": "ani.baru"})
    url = f"/pengaturan/orang/{Person.objects.get(username='ani.baru').pk}/"
    assert as_(small.umum).post(url, {"act": "password"}).status_code == 404
    assert "Ani Baru" not in as_(small.umum).get("/pengaturan/").content.decode()
    assert as_(neighbour.umum).post(url, {"act": "password"}).status_code == 200


def test_a_longer_holding_of_somebody_elsewhere_asks_again_and_an_earlier_end_does_not(
    small: Cast, neighbour: Cast
) -> None:
    person, post = neighbour.analis, small.post("analis")
    holding = entrust(person, post, since=TODAY, until=date(2026, 10, 9))
    url = f"/pengaturan/pemangku/{holding.pk}/"
    form = {"kind": "Plt", "since": "2026-10-05", "letter": "SP 10", "until": "2026-12-31"}
    as_(small.umum).post(url, form)
    holding.refresh_from_db()
    assert holding.until == date(2026, 10, 9)
    assert answers(person, Appointment.objects.get()) == 302
    holding.refresh_from_db()
    assert holding.until == date(2026, 12, 31)
    as_(small.umum).post(url, {**form, "until": "2026-10-07"})
    holding.refresh_from_db()
    assert holding.until == date(2026, 10, 7)


def test_whoever_is_asked_is_told_once_and_who_recorded_it_hears_the_answer(small: Cast, neighbour: Cast) -> None:
    one = record(small.umum, small.post("kasubbag-perencanaan"), username=neighbour.analis.username)
    for _ in range(2):
        announce_appointments()
    asked = Message.objects.filter(topic="tugas", place=f"appointment:{one.pk}")
    told = {message.post for message in asked}
    assert told == {
        small.post("kepala"), small.post("kasubbag-perencanaan"),
        neighbour.post("sekretaris"), neighbour.post("kasubbag-umum"),
    }  # fmt: skip
    answers(neighbour.umum, one, "refuse", "Ia dibutuhkan di sini")
    announce_appointments()
    assert (
        "ditolak: Ia dibutuhkan di sini" in Message.objects.filter(post=small.post("kasubbag-umum")).latest("pk").text
    )


# --- oneself ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Plt", "Plh", "Pj"])
def test_a_manager_does_not_become_head_on_their_own_word(small: Cast, kind: str) -> None:
    cycle, umum, kepala = small.start(), small.umum, small.post("kepala")
    bare = as_(umum).post(NEW, holding_form(kepala, umum, kind=kind))
    assert (bare.status_code, "Unggah surat" in bare.content.decode()) == (422, True)
    page = SimpleUploadedFile("surat.pdf", b"<html>", "application/pdf")
    assert as_(umum).post(NEW, {**holding_form(kepala, umum, kind=kind), "file": page}).status_code == 422

    one = record(umum, kepala, person=str(umum.pk), kind=kind)

    with pytest.raises(NotYourStep):
        small.decide(cycle, "disposisi", by=umum, instructions=["proses"])
    for who in (umum, small.sekretaris, small.analis):
        assert answers(who, one) in (404, 422), "neither the recorder nor another manager while a head is at work"
    assert one.title in as_(small.kepala).get("/").content.decode()
    file = as_(small.kepala).get(f"/penugasan/{one.pk}/surat/")
    assert (file["Content-Type"], file["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert answers(small.kepala, one) == 302

    small.decide(cycle, "disposisi", by=umum, instructions=["proses"])
    holding = Holding.objects.get(post=kepala, person=umum)
    shown = as_(small.analis).get(f"/pengaturan/pemangku/{holding.pk}/").content.decode()
    assert f"Dicatat {umum.name}" in shown
    assert f"Disahkan {small.kepala.name}" in shown
    assert Record.objects.get(act="offices:appointment:confirmed").file_sha256 == one.file_sha256
    assert verify().faults == []


def test_a_puppet_gets_no_post_that_decides_and_confirms_nothing(small: Cast) -> None:
    umum = small.umum
    as_(umum).post("/pengaturan/orang/baru/", {"name": "Boneka", "username": "boneka"})
    puppet = Person.objects.get(username="boneka")
    for role in ("kepala", "sekretaris", "kasubbag-umum", "kasubbag-perencanaan"):
        one = record(umum, small.post(role), person=str(puppet.pk))
        assert titles(puppet) == []
        for who in (umum, puppet):
            assert answers(who, one) == 422
    record(umum, small.post("analis"), person=str(puppet.pk))
    assert titles(puppet) == ["Plt. Analis Perencanaan Evaluasi dan Pelaporan"], "an ordinary post is given at once"
    own = record(umum, small.post("kepala"), person=str(umum.pk))
    assert answers(puppet, own) == 404


def test_a_leave_of_the_head_does_not_make_its_recorder_head(small: Cast) -> None:
    umum = small.umum
    form = {"person": str(small.kepala.pk), "kind": "cuti", "since": "2026-10-05", "until": "2026-10-09", "letter": "S"}
    mine = {**form, "substitute": str(umum.pk)}
    assert as_(umum).post("/pengaturan/cuti/baru/", mine).status_code == 422
    assert as_(umum).post("/pengaturan/cuti/baru/", {**mine, "file": letter()}).status_code == 302
    assert titles(umum) == ["Kasubbag Umum dan Kepegawaian"]
    one = Appointment.objects.get()
    assert answers(umum, one) == 422
    assert answers(small.sekretaris, one) == 302, "the head is away, so the other manager confirms"
    assert "Plh. Camat" in titles(umum)


def test_a_leave_hands_the_heads_post_at_once_to_somebody_who_decides_anyway(small: Cast) -> None:
    form = {"person": str(small.kepala.pk), "kind": "cuti", "since": "2026-10-05", "until": "2026-10-09", "letter": "S"}
    as_(small.umum).post("/pengaturan/cuti/baru/", {**form, "substitute": str(small.sekretaris.pk)})
    assert "Plh. Camat" in titles(small.sekretaris)


def test_nobody_lengthens_or_widens_their_own_holding(small: Cast) -> None:
    umum = small.umum
    holding = entrust(umum, small.post("kepala"), since=TODAY, until=date(2026, 10, 9))
    url = f"/pengaturan/pemangku/{holding.pk}/"
    form = {"kind": "Plt", "since": "2026-10-05", "letter": "SP 9", "until": "2027-12-31"}
    for changed in (form, {**form, "until": "2026-10-09", "since": "2020-01-01"}, {**form, "kind": "Pj"}):
        assert as_(umum).post(url, changed).status_code == 422
        as_(umum).post(url, {**changed, "file": letter()})
        holding.refresh_from_db()
        assert (holding.kind, holding.since, holding.until) == ("Plt", TODAY, date(2026, 10, 9))
        answers(umum, Appointment.objects.get(state="menunggu"), "withdraw", "ulang")
    as_(umum).post(url, {**form, "file": letter()})
    assert answers(small.kepala, Appointment.objects.get(state="menunggu")) == 302
    holding.refresh_from_db()
    assert holding.until == date(2027, 12, 31)


def test_a_post_that_is_held_gets_no_role_that_decides(small: Cast) -> None:
    small.office.posts.filter(role="sekretaris").update(role="")
    post = small.post_of_unit(0)
    post.parent = small.post("kepala")
    post.save()
    url = f"/pengaturan/jabatan/{post.pk}/"
    refused = as_(small.umum).post(url, post_form(post, role="sekretaris"))
    assert "memberi wewenang memutuskan" in refused.content.decode()
    Holding.objects.filter(post=post).update(until=date(2026, 9, 30))
    assert as_(small.umum).post(url, post_form(post, role="sekretaris")).status_code == 302


def test_who_approves_does_not_allow_himself_to_approve_twice(small: Cast) -> None:
    form = office_form(as_(small.umum), may_approve_twice="1", hours_senin="07.30-16.00")
    refused = as_(small.sekretaris).post("/pengaturan/kantor/", form)
    assert "tidak Anda berikan kepada diri sendiri" in refused.content.decode()
    assert as_(small.umum).post("/pengaturan/kantor/", form).status_code == 302
    small.office.refresh_from_db()
    assert small.office.may_approve_twice
    assert as_(small.sekretaris).post("/pengaturan/kantor/", form).status_code == 302, "what is set stays"


def test_where_no_head_is_at_work_the_office_above_or_the_other_manager_confirms(small: Cast, neighbour: Cast) -> None:
    Office.objects.filter(pk=small.office.pk).update(parent=neighbour.office)
    Holding.objects.filter(post=small.post("kepala")).update(until=date(2026, 9, 30))
    one = record(small.umum, small.post("kepala"), person=str(small.umum.pk))
    assert answers(small.sekretaris, one) == 422, "the head of the office above is there"
    assert answers(neighbour.umum, one) == 404
    assert one.title in as_(neighbour.kepala).get("/").content.decode()
    assert answers(neighbour.kepala, one) == 302
    assert "Plt. Camat" in titles(small.umum)

    Office.objects.filter(pk=small.office.pk).update(parent=None)
    Holding.objects.filter(post=small.post("kepala"), person=small.umum).delete()
    alone = record(small.umum, small.post("kepala"), person=str(small.umum.pk), kind="Plh")
    assert answers(small.sekretaris, alone) == 302
