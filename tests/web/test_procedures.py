"""SOP pages: what is in force, the sheet, checking, publishing."""

import hashlib
from datetime import date
from importlib import resources
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from himpun.cycles.actions import start_cycle
from himpun.offices.models.people import Person
from himpun.procedures.models import ProcedureVersion
from tests.cast import MECHANISM, SOP, Cast, publish_own

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TEXT = resources.files("himpun.procedures").joinpath("permintaan_data.toml").read_text()
OWN = TEXT.replace('name = "', 'name = "Kecamatan: ', 1)


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def shared(key: str) -> ProcedureVersion:
    return ProcedureVersion.objects.get(key=key, office=None)


def own_version(cast: Cast) -> ProcedureVersion:
    return publish_own(cast, OWN, date(2026, 10, 1))


def test_the_list_shows_what_is_in_force_with_its_digest(kecamatan: Cast) -> None:
    version = own_version(kecamatan)
    page = as_(kecamatan.analis).get("/sop/").content.decode()
    assert f'href="/sop/{version.pk}/"' in page
    assert version.sha256[:12] in page
    assert kecamatan.kepala.name in page
    assert "1 versi lain" in page


def test_a_version_is_drawn_with_the_titles_of_the_office(kecamatan: Cast, dinas: Cast) -> None:
    url = f"/sop/{shared(SOP).pk}/"
    camat = as_(kecamatan.kepala).get(url).content.decode()
    kadis = as_(dinas.kepala).get(url).content.decode()
    assert camat.count("<svg xmlns") >= 1
    assert "Sekretaris Camat" in camat
    assert "Sekretaris Dinas" in kadis
    assert "Sekretaris Camat" not in kadis
    assert "style=" not in camat


def test_the_sheet_is_a_pdf_for_the_archive_and_always_the_same(kecamatan: Cast) -> None:
    client, url = as_(kecamatan.kepala), f"/sop/{shared(MECHANISM).pk}/lembar.pdf"
    first, second = client.get(url), client.get(url)
    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF")
    assert b"pdfaid:part" in first.content
    assert first.content == second.content


def test_the_text_that_is_downloaded_has_the_digest_that_is_shown(kecamatan: Cast) -> None:
    version = shared(SOP)
    answer = as_(kecamatan.kepala).get(f"/sop/{version.pk}/naskah.toml")
    assert hashlib.sha256(answer.content).hexdigest() == version.sha256
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize("path", ["", "lembar.pdf", "naskah.toml"])
def test_the_own_version_of_an_office_is_not_shown_to_another(kecamatan: Cast, dinas: Cast, path: str) -> None:
    version = own_version(kecamatan)
    assert as_(kecamatan.kepala).get(f"/sop/{version.pk}/{path}").status_code == 200
    assert as_(dinas.kepala).get(f"/sop/{version.pk}/{path}").status_code == 404


def test_checking_says_what_is_wrong_and_keeps_nothing(kecamatan: Cast) -> None:
    before = ProcedureVersion.objects.count()
    faulty = TEXT.replace("warning = ", 'warning = "" # ', 1).replace(
        'next = { "perintahkan" = 2 }', 'next = { "perintahkan" = 77 }'
    )
    page = as_(kecamatan.analis).post("/sop/periksa/", {"text": faulty}).content.decode()
    assert "belum dapat dijalankan" in page
    assert "langkah 77 yang tidak ada" in page
    assert "Kotak Peringatan kosong" in page
    assert "perintahkan&quot; = 77" in page
    assert ProcedureVersion.objects.count() == before


def test_several_files_are_checked_each_and_together(kecamatan: Cast) -> None:
    files = [
        SimpleUploadedFile(name, resources.files("himpun.procedures").joinpath(name).read_bytes())
        for name in ("permintaan_data.toml", "pengumpulan_data_kinerja.toml")
    ]
    page = as_(kecamatan.analis).post("/sop/periksa/", {"files": files}).content.decode()
    assert page.count("dapat dijalankan") == 2
    assert "permintaan_data.toml" in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"ini bukan toml", "bukan TOML yang sah"),
        (b"\xff\xfe\x00", "bukan teks UTF-8"),
        (b"a = " + b"[" * 50_000, "bersarang terlalu dalam"),
        (b"x" * (256 * 1024 + 1), "lebih dari 256 KB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(kecamatan: Cast, content: bytes, sentence: str) -> None:
    client = as_(kecamatan.kasubbag)
    for path in ("/sop/periksa/", "/sop/terbitkan/"):
        given = {"files": SimpleUploadedFile("sop.toml", content), "in_force_from": "2027-01-01"}
        assert sentence in client.post(path, given).content.decode()


def test_nothing_given_to_check_is_said_at_the_field(kecamatan: Cast) -> None:
    answer = as_(kecamatan.analis).post("/sop/periksa/", {"text": " "})
    assert answer.status_code == 422
    assert "Tempelkan naskah TOML" in answer.content.decode()


def test_problems_stand_at_the_text_and_nothing_typed_is_lost(kecamatan: Cast) -> None:
    broken = OWN.replace('who = "analis"', 'who = "siapa"', 1) + "# catatan saya\n"
    answer = as_(kecamatan.kasubbag).post("/sop/terbitkan/", {"text": broken, "in_force_from": "kapan-kapan"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "memakai peran" in page
    assert "Tanggal ini tidak terbaca. Tulis hari/bulan/tahun" in page
    assert "# catatan saya" in page
    assert "kapan-kapan" in page


def test_the_same_text_twice_is_refused(kecamatan: Cast) -> None:
    own_version(kecamatan)
    answer = as_(kecamatan.kasubbag).post("/sop/terbitkan/", {"text": OWN, "in_force_from": "2027-01-01"})
    assert "sama persis dengan versi 1" in answer.content.decode()


def test_publishing_starts_from_the_text_in_force(kecamatan: Cast) -> None:
    page = as_(kecamatan.kasubbag).get(f"/sop/terbitkan/?dari={shared(SOP).pk}").content.decode()
    assert "disposisi-kepala" in page


def test_the_list_asks_the_database_the_same_however_many_versions(
    kecamatan: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        text = f"{OWN}# {number}\n"
        publish_own(kecamatan, text, date(2026, 10, 1))
    client = as_(kecamatan.analis)
    with django_assert_max_num_queries(8):
        assert client.get("/sop/").status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get(f"/sop/{shared(SOP).pk}/").status_code == 200


def test_the_check_and_the_sheet_say_how_every_time_is_counted(kecamatan: Cast) -> None:
    text = TEXT.replace('time = "10 menit"', 'time = "2 hari kalender (Mei–Juni)"', 1)
    page = as_(kecamatan.kasubbag).post("/sop/periksa/", {"text": text}).content.decode()

    assert "Cara waktu dihitung" in page
    assert "Langkah 3 “2 hari kalender (Mei–Juni)”: 2 hari kalender (libur ikut dihitung)." in page
    assert "Rentang “Mei–Juni” dicatat; batas waktu tetap dihitung sejak langkah dibuka." in page
    sheet = as_(kecamatan.kasubbag).get(f"/sop/{shared(SOP).pk}/").content.decode()
    assert "Seluruhnya “15 hari 20 menit”: 15 hari kerja dan 20 menit kerja." in sheet


@pytest.mark.parametrize("window", ["Okt–Des", "minggu pertama"])
def test_the_window_of_a_step_stands_beside_its_deadline(kecamatan: Cast, window: str) -> None:
    text = OWN.replace('time = "5 menit"', f'time = "5 menit ({window})"', 1)
    publish_own(kecamatan, text, date(2026, 10, 1))
    cycle = start_cycle(office=kecamatan.office, key=MECHANISM, period="2026-TW3", by=kecamatan.kasubbag)

    shown = as_(kecamatan.kasubbag).get(f"/siklus/{cycle.pk}/").content.decode()
    assert (f"rentang menurut SOP: {window}" in shown) is (window == "Okt–Des")
    assert f"5 menit ({window})" in shown
