"""Pengaturan: who may change an office, what is refused, and what an act leaves in the journal."""

import re
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.offices.actions import days
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.models.calendar import Holiday
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.queries import looks_after, titles_of
from tests.cast import SCAN, Cast

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def recorded(act: str) -> list[Record]:
    return list(Record.objects.filter(act=act))


def office_form(client: Client, **changed: str) -> dict[str, str]:
    """The office form as the page shows it, with some fields typed over."""
    page = client.get("/pengaturan/kantor/").content.decode()
    shown = dict(re.findall(r'name="([a-z_-]+)"[^>]* value="([^"]*)"', page))
    return {**shown, "timezone": "Asia/Jakarta", **changed}


# --- looking ---------------------------------------------------------------------------------------------------------


def test_everybody_of_the_office_may_look_and_is_told_why_they_cannot_change(kecamatan: Cast) -> None:
    post = kecamatan.office.posts.all()[3]
    paths = [
        "",
        "kantor/",
        "jabatan/baru/",
        f"jabatan/{post.pk}/",
        "orang/baru/",
        f"orang/{kecamatan.analis.pk}/",
        "libur/",
    ]
    for path in paths:
        answer = as_(kecamatan.analis).get(f"/pengaturan/{path}")
        assert answer.status_code == 200
        assert "hanya dapat dilihat" in answer.content.decode()
        assert "hanya dapat dilihat" not in as_(kecamatan.umum).get(f"/pengaturan/{path}").content.decode()


def test_nothing_of_another_office_is_shown(kecamatan: Cast, dinas: Cast) -> None:
    post = kecamatan.office.posts.first()
    holding = Holding.objects.filter(post=post).first()
    assert post is not None
    assert holding is not None
    for path in (f"jabatan/{post.pk}/", f"orang/{kecamatan.analis.pk}/", f"pemangku/{holding.pk}/"):
        assert as_(kecamatan.umum).get(f"/pengaturan/{path}").status_code == 200
        assert as_(dinas.umum).get(f"/pengaturan/{path}").status_code == 404
        assert as_(dinas.umum).post(f"/pengaturan/{path}", {}).status_code == 404
    assert kecamatan.analis.name not in as_(dinas.umum).get("/pengaturan/").content.decode()


def test_the_overview_names_a_post_that_nobody_holds(kecamatan: Cast) -> None:
    assert "tidak ada pemangkunya" not in as_(kecamatan.umum).get("/pengaturan/").content.decode()
    Holding.objects.filter(post__role="analis").update(until=date(2026, 9, 30))
    page = as_(kecamatan.umum).get("/pengaturan/").content.decode()
    assert "Analis Perencanaan Evaluasi dan Pelaporan hari ini tidak ada pemangkunya" in page


def test_posts_in_a_ring_are_all_shown(kecamatan: Cast) -> None:
    camat = kecamatan.office.posts.get(role="kepala")
    Post.objects.filter(pk=camat.pk).update(parent=kecamatan.office.posts.get(role="sekretaris"))
    page = as_(kecamatan.umum).get("/pengaturan/").content.decode()
    for post in kecamatan.office.posts.all():
        assert f'href="/pengaturan/jabatan/{post.pk}/"' in page


def test_the_overview_asks_the_database_the_same_however_many_people(
    kecamatan: Cast, django_assert_max_num_queries: Any
) -> None:
    post = kecamatan.office.posts.get(role="analis")
    for number in range(30):
        person = Person.objects.create_user(f"orang.{number}", None, name=f"Orang {number}")
        Holding.objects.create(post=post, person=person, kind="Plh", since=date(2026, 1, 1))
    client = as_(kecamatan.umum)
    with django_assert_max_num_queries(12):
        client.get("/pengaturan/")
    with django_assert_max_num_queries(10):
        client.get(f"/pengaturan/jabatan/{post.pk}/")


# --- the office ------------------------------------------------------------------------------------------------------


def test_changing_working_hours_moves_the_calendar_on(kecamatan: Cast) -> None:
    office, client = kecamatan.office, as_(kecamatan.umum)
    office.refresh_from_db()
    stamp = office.calendar_stamp
    form = office_form(client, hours_jumat="07.30-11.30", day_minutes="450")
    assert client.post("/pengaturan/kantor/", form).status_code == 302
    office.refresh_from_db()
    assert office.hours["jumat"] == ["07.30-11.30"]
    assert office.calendar_stamp == stamp + 1
    calendar, minutes = calendar_of(office.pk, office.calendar_stamp)
    assert (len(calendar.hours[4]), minutes) == (1, 450)
    assert len(recorded("offices:office:changed")) == 1


def test_saving_without_a_change_records_nothing(kecamatan: Cast) -> None:
    client, before = as_(kecamatan.umum), Office.objects.get(pk=kecamatan.office.pk).calendar_stamp
    assert client.post("/pengaturan/kantor/", office_form(client)).status_code == 302
    assert Office.objects.get(pk=kecamatan.office.pk).calendar_stamp == before
    assert recorded("offices:office:changed") == []


def test_who_may_not_manage_changes_nothing(kecamatan: Cast, dinas: Cast) -> None:
    form = office_form(as_(kecamatan.umum), name="Kecamatan Lain")
    refused = as_(kecamatan.analis).post("/pengaturan/kantor/", form)
    assert refused.status_code == 422
    assert "tidak memangku jabatan yang berwenang" in refused.content.decode()
    as_(dinas.umum).post("/pengaturan/kantor/", form)
    assert Office.objects.get(pk=kecamatan.office.pk).name == "Kecamatan Contoh"
    assert as_(kecamatan.umum).post("/pengaturan/kantor/", form).status_code == 302
    assert Office.objects.get(pk=kecamatan.office.pk).name == "Kecamatan Lain"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", " ", "Isi nama."),
        ("day_minutes", "delapan jam", "bilangan bulat 1 sampai 1440"),
        ("hours_senin", "07.30-12.00, 11.00-16.00", "bertumpang tindih"),
        ("hours_selasa", "pagi sampai sore", "tulis seperti 07.30-12.00"),
        ("pattern_data-kinerja", "{kode}/{unit}", "harus memuat {urut} dan {tahun}"),
        ("pattern_data-kinerja", "{urut}/{tahun:999999999d}", "ditulis tanpa"),
        ("timezone", "Asia/Entah", "Pilih WIB, WITA, atau WIT"),
        ("address", "J" * 301, "paling banyak 300"),
    ],
)
def test_a_bad_field_is_told_at_the_field_and_keeps_what_was_typed(
    kecamatan: Cast, field: str, typed: str, sentence: str
) -> None:
    client = as_(kecamatan.umum)
    answer = client.post("/pengaturan/kantor/", office_form(client, city="Kota Baru", **{field: typed}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'value="Kota Baru"' in page
    assert Office.objects.get(pk=kecamatan.office.pk).city == "Contoh"


def test_a_pattern_shows_the_number_it_would_give(kecamatan: Cast) -> None:
    def example(pattern: str) -> str:
        return as_(kecamatan.umum).get("/pengaturan/kantor/contoh-nomor/", {"pattern_x": pattern}).content.decode()

    assert "012/PK/X/2026" in example("{urut}/{unit}/{bulan_romawi}/{tahun}")
    assert "Belum benar" in example("{urut}")
    assert "Belum benar" in example("{urut}/{tahun:999999999d}")


# --- posts -----------------------------------------------------------------------------------------------------------


def post_form(post: Post, **changed: str) -> dict[str, str]:
    shown = {"title": post.title, "role": post.role, "parent": str(post.parent_id or ""), "unit_code": post.unit_code}
    return {**shown, "order": str(post.order), **changed}


def test_a_post_is_added_and_then_asks_for_its_holder(kecamatan: Cast) -> None:
    camat = kecamatan.office.posts.get(role="kepala")
    form = {"title": "Kepala Seksi Baru", "code": "kasi-baru", "role": "unit", "parent": str(camat.pk), "order": "110"}
    answer = as_(kecamatan.umum).post("/pengaturan/jabatan/baru/", form, follow=True)
    assert "Belum ada yang memangku jabatan ini" in answer.content.decode()
    assert kecamatan.office.posts.get(code="kasi-baru").parent == camat
    assert len(recorded("offices:post:added")) == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"code": "analis"}, "Kode ini sudah dipakai"),
        ({"code": "Kasi Baru"}, "Hanya boleh huruf kecil"),
        ({"role": "kepala", "parent": ""}, "Peran ini sudah dipegang Camat"),
        ({"role": "raja"}, "Pilih peran dari daftar"),
        ({"parent": ""}, "Pilih jabatan atasannya"),
        ({"title": ""}, "Isi jabatan."),
        ({"order": "-1"}, "bilangan bulat"),
    ],
)
def test_a_wrong_post_is_refused_at_the_field(kecamatan: Cast, changed: dict[str, str], sentence: str) -> None:
    camat = kecamatan.office.posts.get(role="kepala")
    form = {"title": "Baru", "code": "baru", "role": "unit", "parent": str(camat.pk), "order": "110", **changed}
    answer = as_(kecamatan.umum).post("/pengaturan/jabatan/baru/", form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not kecamatan.office.posts.filter(order=110).exists()


def test_a_post_is_not_put_under_itself_or_under_another_office(kecamatan: Cast, dinas: Cast) -> None:
    secretary, analyst = kecamatan.office.posts.get(role="sekretaris"), kecamatan.office.posts.get(role="analis")
    client = as_(kecamatan.umum)
    url = f"/pengaturan/jabatan/{secretary.pk}/"
    assert "atasan dirinya sendiri" in client.post(url, post_form(secretary, parent=str(analyst.pk))).content.decode()
    foreign = dinas.office.posts.get(role="kepala")
    assert "Pilih jabatan atasannya" in client.post(url, post_form(secretary, parent=str(foreign.pk))).content.decode()


def test_a_role_stays_on_a_post_while_it_has_open_tasks(kecamatan: Cast) -> None:
    post = kecamatan.office.posts.get(role="kepala")
    client, url, form = as_(kecamatan.umum), f"/pengaturan/jabatan/{post.pk}/", post_form(post, role="")
    cycle = kecamatan.start()
    refused = client.post(url, form)
    assert "masih mempunyai 1 tugas terbuka" in refused.content.decode()
    post.refresh_from_db()
    assert post.role == "kepala"
    kecamatan.decide(cycle, "disposisi", instructions=["proses"], note="")
    assert client.post(url, form).status_code == 302
    post.refresh_from_db()
    assert post.role == ""


def test_a_title_may_change_while_tasks_are_open(kecamatan: Cast) -> None:
    post = kecamatan.office.posts.get(role="kepala")
    kecamatan.start()
    as_(kecamatan.umum).post(f"/pengaturan/jabatan/{post.pk}/", post_form(post, title="Camat Contoh"))
    post.refresh_from_db()
    assert post.title == "Camat Contoh"


def test_the_last_who_manages_cannot_take_that_away(kecamatan: Cast) -> None:
    umum, secretary = (kecamatan.office.posts.get(role=role) for role in ("kasubbag-umum", "sekretaris"))
    client = as_(kecamatan.umum)
    assert client.post(f"/pengaturan/jabatan/{secretary.pk}/", post_form(secretary, role="")).status_code == 302
    refused = client.post(f"/pengaturan/jabatan/{umum.pk}/", post_form(umum, role=""))
    assert "tidak ada lagi yang dapat mengubah" in refused.content.decode()
    holding = Holding.objects.get(post=umum)
    ended = {"kind": "definitif", "since": "2025-01-02", "until": "2026-10-04", "letter": holding.letter}
    refused = client.post(f"/pengaturan/pemangku/{holding.pk}/", ended)
    assert "tidak ada lagi yang dapat mengubah" in refused.content.decode()
    holding.refresh_from_db()
    assert holding.until is None


# --- people ----------------------------------------------------------------------------------------------------------


def link_on(page: str) -> str:
    """The path of the one-time link on a page."""
    found = re.search(rf"{re.escape(settings.BASE_URL)}(/masuk/tautan/[\w-]{{43}}/)", page)
    assert found, page
    return found[1]


def test_a_person_is_added_with_a_link_shown_once(kecamatan: Cast) -> None:
    client = as_(kecamatan.umum)
    page = client.post("/pengaturan/orang/baru/", {"name": "Ani Baru", "username": "ani.baru"})
    link = link_on(page.content.decode())
    person = Person.objects.get(username="ani.baru")
    assert not person.has_usable_password()
    assert "no-store" in page["Cache-Control"]
    shown_again = client.get(f"/pengaturan/orang/{person.pk}/").content.decode()
    assert "tautan masuknya masih berlaku" in shown_again
    secret = link.split("/")[-2]
    for kept in (shown_again, recorded("offices:person:added")[0].data, str(person.links.values_list())):
        assert secret not in kept


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"username": "analis"}, "sudah dipakai"),
        ({"username": "Ani Baru"}, "hanya boleh huruf kecil"),
        ({"username": ""}, "Isi nama pengguna."),
        ({"name": ""}, "Isi nama lengkap."),
        ({"nip": "123"}, "NIP harus 18 angka"),
        ({"nip": "00000000 000000 0 001"}, "NIP ini sudah dipakai"),
        ({"email": "bukan surel"}, "bukan alamat surel"),
    ],
)
def test_a_wrong_person_is_refused_at_the_field(kecamatan: Cast, changed: dict[str, str], sentence: str) -> None:
    people = Person.objects.count()
    form = {"name": "Ani Baru", "username": "ani.baru", "rank": "Penata", **changed}
    answer = as_(kecamatan.umum).post("/pengaturan/orang/baru/", form)
    assert answer.status_code == 422
    assert sentence.lower() in answer.content.decode().lower()
    assert 'value="Penata"' in answer.content.decode()
    assert Person.objects.count() == people


def test_a_new_link_ends_the_old_password_and_its_sessions(kecamatan: Cast) -> None:
    person = kecamatan.analis
    theirs, url = as_(person), f"/pengaturan/orang/{person.pk}/"
    assert as_(kecamatan.kasubbag).post(url, {"act": "password"}).status_code == 422
    assert theirs.get("/").status_code == 200
    page = as_(kecamatan.umum).post(url, {"act": "password"}).content.decode()
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert theirs.get("/").status_code == 302
    assert Client().get(link_on(page)).status_code == 200
    assert len(recorded("offices:person:password-reset")) == 1


def test_a_person_is_changed_and_can_be_kept_out(kecamatan: Cast) -> None:
    person = kecamatan.analis
    client, url = as_(kecamatan.umum), f"/pengaturan/orang/{person.pk}/"
    theirs = as_(person)
    assert client.post(url, {"name": "Dewi Ganti, S.E.", "nip": person.nip}).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.is_active) == ("Dewi Ganti, S.E.", False)
    assert theirs.get("/").status_code == 302
    own = client.post(f"/pengaturan/orang/{kecamatan.umum.pk}/", {"name": "Agus"})
    assert "tidak dapat menutup akses diri sendiri" in own.content.decode()


def test_a_person_who_moved_is_handed_on_by_their_home(kecamatan: Cast, dinas: Cast) -> None:
    person, client = kecamatan.analis, as_(kecamatan.umum)
    url, given = f"/pengaturan/orang/{person.pk}/", {"act": "home", "home": str(dinas.office.pk)}
    assert "Pilih kantor tempat ia memangku" in client.post(url, given).content.decode()
    Holding.objects.create(
        post=dinas.office.posts.get(role="analis"), person=person, kind="Plt", since=date(2026, 1, 1)
    )
    assert "masih memangku Analis" in client.post(url, given).content.decode()
    Holding.objects.filter(post__office=kecamatan.office, person=person).update(until=date(2026, 9, 30))
    assert as_(dinas.umum).post(url, given).status_code == 422

    assert client.post(url, given).status_code == 302

    person.refresh_from_db()
    assert looks_after(dinas.office, person)
    assert not looks_after(kecamatan.office, person)
    assert {record.chain for record in recorded("offices:person:moved")} == {"kec-contoh", "dinas-contoh"}
    assert client.post(url, {"act": "password"}).status_code == 422
    assert as_(dinas.umum).post(url, {"act": "password"}).status_code == 200


# --- who holds which post --------------------------------------------------------------------------------------------


def holding_form(post: Post, person: Person, /, **changed: str) -> dict[str, str]:
    given = {
        "post": str(post.pk),
        "person": str(person.pk),
        "kind": "Plt",
        "since": "2026-10-05",
        "letter": "SP 9/2026",
    }
    return {**given, **changed}


def test_a_stand_in_is_recorded_and_can_act_once_it_is_confirmed(kecamatan: Cast) -> None:
    cycle, post = kecamatan.start(), kecamatan.office.posts.get(role="kepala")
    form = holding_form(post, kecamatan.sekretaris, until="2026-10-09")
    letter = SimpleUploadedFile("sp.pdf", SCAN.content, "application/pdf")
    answer = as_(kecamatan.umum).post("/pengaturan/pemangku/baru/", {**form, "file": letter}, follow=True)
    assert "belum berlaku" in answer.content.decode()
    where = answer.redirect_chain[-1][0]
    page = as_(kecamatan.kepala).post(where, {"act": "consent"}, follow=True).content.decode()
    assert "Plt. Camat" in page
    assert "berlaku" in page
    kecamatan.decide(cycle, "disposisi", by=kecamatan.sekretaris, instructions=["proses"], note="")
    assert recorded("offices:holding:begun")[0].person == kecamatan.kepala.username


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kind": "definitif"}, "sudah dipangku Siti Contoh, S.Sos., M.Si. secara definitif"),
        ({"kind": "raja"}, "Pilih salah satu"),
        ({"until": "2026-10-01"}, "mendahului tanggal mulai"),
        ({"since": ""}, "Isi tanggal mulai"),
        ({"since": "31-02-2026"}, "Tanggal ini tidak terbaca"),
        ({"until": "besok"}, "Tanggal ini tidak terbaca"),
        ({"letter": " "}, "Isi surat keputusan/perintah."),
        ({"person": ""}, "Pilih orangnya"),
        ({"post": ""}, "Pilih jabatan dari daftar"),
        ({"username": "tidak.ada"}, "tidak ditemukan"),
    ],
)
def test_a_wrong_holding_is_refused_at_the_field(kecamatan: Cast, changed: dict[str, str], sentence: str) -> None:
    post, before = kecamatan.office.posts.get(role="kepala"), Holding.objects.count()
    answer = as_(kecamatan.umum).post("/pengaturan/pemangku/baru/", holding_form(post, kecamatan.analis, **changed))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Holding.objects.count() == before


def test_a_post_of_another_office_cannot_be_given(kecamatan: Cast, dinas: Cast) -> None:
    foreign = dinas.office.posts.get(role="analis")
    answer = as_(kecamatan.umum).post("/pengaturan/pemangku/baru/", holding_form(foreign, kecamatan.analis))
    assert "Pilih jabatan dari daftar" in answer.content.decode()
    stranger = holding_form(kecamatan.office.posts.get(role="analis"), dinas.analis)
    assert "Pilih orangnya" in as_(kecamatan.umum).post("/pengaturan/pemangku/baru/", stranger).content.decode()


def test_a_holding_is_ended_and_the_next_begins(kecamatan: Cast) -> None:
    post, client = kecamatan.office.posts.get(role="analis"), as_(kecamatan.umum)
    holding = Holding.objects.get(post=post)
    ended = {"kind": "definitif", "since": "2025-01-02", "until": "2026-10-31", "letter": holding.letter}
    assert as_(kecamatan.kasubbag).post(f"/pengaturan/pemangku/{holding.pk}/", ended).status_code == 422
    assert client.post(f"/pengaturan/pemangku/{holding.pk}/", ended).status_code == 302
    new = holding_form(post, kecamatan.units[0], kind="definitif", since="2026-11-01")
    assert (
        "secara definitif" in client.post("/pengaturan/pemangku/baru/", {**new, "since": "2026-10-31"}).content.decode()
    )
    assert client.post("/pengaturan/pemangku/baru/", new).status_code == 302
    assert Holding.objects.filter(post=post).count() == 2
    reopened = client.post(f"/pengaturan/pemangku/{holding.pk}/", {**ended, "until": ""})
    assert "sudah dipangku" in reopened.content.decode()
    assert len(recorded("offices:holding:changed")) == 1


def test_one_person_does_not_hold_a_post_twice_at_a_time(kecamatan: Cast) -> None:
    post = kecamatan.office.posts.get(role="kepala")
    answer = as_(kecamatan.umum).post("/pengaturan/pemangku/baru/", holding_form(post, kecamatan.kepala))
    assert "sudah tercatat pada jabatan ini sejak 02-01-2025" in answer.content.decode()


# --- holidays --------------------------------------------------------------------------------------------------------


def test_a_holiday_moves_due_times_and_can_be_taken_away_again(kecamatan: Cast) -> None:
    client, office = as_(kecamatan.umum), kecamatan.office
    stamp = Office.objects.get(pk=office.pk).calendar_stamp
    given = {"day": "06/10/2026", "name": "Hari Jadi Kecamatan"}
    assert as_(kecamatan.analis).post("/pengaturan/libur/", given).status_code == 422
    assert client.post("/pengaturan/libur/", given).status_code == 302
    holiday = Holiday.objects.get(office=office, day=date(2026, 10, 6))
    assert holiday.day in calendar_of(office.pk, stamp + 1)[0].holidays
    assert "sudah tercatat sebagai hari libur" in client.post("/pengaturan/libur/", given).content.decode()
    assert client.post("/pengaturan/libur/", {"remove": str(holiday.pk)}).status_code == 302
    assert holiday.day not in calendar_of(office.pk, stamp + 2)[0].holidays


def test_a_national_or_foreign_holiday_cannot_be_taken_away(kecamatan: Cast, dinas: Cast) -> None:
    national = Holiday.objects.create(office=None, day=date(2026, 8, 17), name="Kemerdekaan")
    foreign = Holiday.objects.create(office=dinas.office, day=date(2026, 8, 18), name="Libur Dinas")
    for holiday in (national, foreign):
        assert as_(kecamatan.umum).post("/pengaturan/libur/", {"remove": str(holiday.pk)}).status_code == 404
        days.remove_holiday(office=kecamatan.office, holiday=holiday, by=kecamatan.umum)
        assert Holiday.objects.filter(pk=holiday.pk).exists()
    page = as_(kecamatan.umum).get("/pengaturan/libur/?tahun=2026").content.decode()
    assert "Kemerdekaan" in page
    assert "Libur Dinas" not in page


def test_the_archive_stays_whole_through_all_of_it(kecamatan: Cast) -> None:
    client = as_(kecamatan.umum)
    client.post("/pengaturan/kantor/", office_form(client, hours_jumat="07.30-11.30"))
    client.post("/pengaturan/orang/baru/", {"name": "Ani Baru", "username": "ani.baru"})
    client.post("/pengaturan/libur/", {"day": "06/10/2026", "name": "Hari Jadi"})
    assert verify().faults == []


def test_a_page_calls_the_posts_of_an_office_by_their_own_titles(small: Cast) -> None:
    Post.objects.filter(office=small.office, role="analis").update(title="Perencana Ahli Muda")
    Post.objects.filter(office=small.office, role="kasubbag-perencanaan").update(title="Kepala Subbagian Program")

    page = as_(small.kepala).get("/indikator/impor/").content.decode()
    assert "Kepala Subbagian Program dan Perencana Ahli Muda" in page
    assert titles_of(small.office, "kasubbag-umum", "kepala", last="atau") == "Kasubbag Umum dan Kepegawaian atau Camat"
    assert titles_of(None, "analis") == "Analis Perencanaan"
