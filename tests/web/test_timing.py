"""Baku dan nyata in the browser's eyes: the page, its pictures and files, and who may see them."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from himpun.history import csv as eventlog
from himpun.history import xes
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from tests.cast import MECHANISM, WIB, Cast, found_office, later

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PAGE = "/waktu/baku/"


def as_(client: Client, person: Person) -> Client:
    client.force_login(person, backend=BACKEND)
    return client


def test_the_page_says_what_there_is_not_before_anything_ran(small: Cast, client: Client) -> None:
    page = as_(client, small.analis).get(PAGE).content.decode()

    assert "Belum ada siklus" in page
    assert client.get(f"{PAGE}evaluasi.pdf").status_code == 404


def test_an_empty_page_says_how_this_procedure_begins_and_where(small: Cast, neighbour: Cast, client: Client) -> None:
    as_(client, small.kepala)

    assert "atau mulai siklus dari surat yang dicatat di Agenda Surat." in client.get(PAGE).content.decode()
    without = client.get(PAGE, {"prosedur": MECHANISM}).content.decode()
    assert "atau mulai siklus dari halaman Siklus, tanpa surat." in without
    assert "dicatat di Agenda Surat" not in without
    Office.objects.filter(pk=neighbour.office.pk).update(parent=small.office)
    above = client.get(PAGE).content.decode()
    assert f"di {small.office.name} dan kantor di bawahnya." in above
    assert "Siklus dimulai oleh tiap kantor sendiri, dari surat" in above
    assert "Pilih lingkup “Beserta" in client.get(PAGE, {"lingkup": "kantor"}).content.decode()
    other = client.get(PAGE, {"kantor": neighbour.office.code}).content.decode()
    assert f"Siklus dimulai oleh {neighbour.office.name} sendiri, dari surat" in other


def test_the_page_shows_each_step_against_its_standard_on_the_coloured_flowchart(small: Cast, client: Client) -> None:
    cycle = small.start()
    with later(hours=3):
        small.decide(cycle, "disposisi", instructions=["proses"])
    with later(days=3):
        small.decide(cycle, "perintahkan", instructions=["siapkan"])
    page = as_(client, small.analis).get(PAGE).content.decode()

    assert "Baku dan nyata Kecamatan kec-kecil, 2026" in page
    assert 'class="step delay-aman" data-step="1"' in page
    assert 'class="step delay-terlambat" data-step="2"' in page
    assert 'class="step delay-tanpa-data" data-step="9"' in page
    assert "belum pernah dijalankan" in page
    assert "Belum cukup data: 1 kunjungan, perlu sekurangnya 10." in page
    assert "style=" not in page
    chart = client.get(f"{PAGE}grafik.svg?tahun=2026")
    assert chart["Content-Type"] == "image/svg+xml"
    assert b"Langkah 2" in chart.content


def test_the_log_that_is_downloaded_reads_back_and_the_evaluation_prints(small: Cast, client: Client) -> None:
    small.to_step_3()
    as_(client, small.kepala)
    csv = eventlog.read(client.get(f"{PAGE}log.csv").content, zone=WIB)
    whole = xes.read(io.BytesIO(client.get(f"{PAGE}log.xes").content), zone=WIB)

    assert sorted(csv) == sorted(whole)
    assert {event.at.utcoffset() for event in csv} == {timedelta(hours=7)}
    assert {event.step for event in csv if event.scope == "langkah"} == {1, 2, 3}
    paper = client.get(f"{PAGE}evaluasi.pdf")
    assert paper.content.startswith(b"%PDF")
    assert "evaluasi-waktu-baku-kec-kecil-2026.pdf" in paper["Content-Disposition"]


def test_the_log_names_people_only_to_who_may_open_everything_of_the_office(small: Cast, client: Client) -> None:
    small.to_step_3()
    as_(client, small.units[0])
    events = eventlog.read(client.get(f"{PAGE}log.csv").content, zone=WIB)

    assert {event.person for event in events} == {""}
    assert "Camat" in {event.resource for event in events}
    as_(client, small.analis)
    told = eventlog.read(client.get(f"{PAGE}log.csv").content, zone=WIB)
    assert small.kepala.name in {event.person for event in told}


def test_another_procedure_and_another_year_are_shown_when_asked_for(small: Cast, client: Client) -> None:
    small.to_step_3()
    as_(client, small.analis)

    assert "Mekanisme Pengumpulan Data Kinerja" in client.get(PAGE, {"prosedur": MECHANISM}).content.decode()
    assert "Belum ada siklus" in client.get(PAGE, {"tahun": "2025"}).content.decode()
    assert client.get(PAGE, {"prosedur": "tidak-ada", "tahun": "tahun ini"}).status_code == 200


def test_nobody_sees_an_office_beside_theirs_and_a_supervisor_sees_those_below(
    small: Cast, neighbour: Cast, client: Client
) -> None:
    small.start()
    as_(client, neighbour.kepala)
    for path in ("", "grafik.svg", "log.csv", "log.xes", "evaluasi.pdf"):
        assert client.get(f"{PAGE}{path}", {"kantor": small.office.code}).status_code == 404

    Office.objects.filter(pk=small.office.pk).update(parent=neighbour.office)
    neighbour.start()
    both = client.get(PAGE).content.decode()
    assert "Perbandingan kantor" in both
    alone = client.get(PAGE, {"lingkup": "kantor"}).content.decode()
    assert "Perbandingan kantor" not in alone
    assert client.get(PAGE, {"kantor": small.office.code}).status_code == 200


def test_the_page_takes_the_same_queries_however_many_offices_and_runs(small: Cast, client: Client) -> None:
    small.start()
    office_below(small, "kec-0").start()
    as_(client, small.analis).get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for no in range(1, 4):
        office_below(small, f"kec-{no}").start()
    small.start(period="2026-TW2")
    client.get(PAGE)
    with CaptureQueriesContext(connection) as more:
        page = client.get(PAGE).content.decode()

    assert "<dd>6 <small>0 selesai</small></dd>" in page
    assert len(more) == len(few)


def office_below(cast: Cast, code: str) -> Cast:
    below = found_office(code)
    Office.objects.filter(pk=below.office.pk).update(parent=cast.office)
    return below
