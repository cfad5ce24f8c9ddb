"""Token API, Pemetaan kode, the page of the API, and the downloads of the live recap."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from himpun.api.actions import codes_of, make_token, open_token, save_codes
from himpun.api.forms.codes import Code
from himpun.api.models import Token
from himpun.api.reference import EXAMPLES, described
from himpun.archive.models import Record
from himpun.indicators.models.figures import CodeMapping
from himpun.spreadsheets.reading import read_book
from himpun.web.acts import in_words
from tests.api.programs import add_indicator, program, row
from tests.cast import Cast, later
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db
FORM = {"name": "Aplikasi Satu Data", "scopes": ["angka:baca", "rekap:baca"], "days": "30"}


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_a_new_token_is_shown_once_and_opens_what_was_chosen(small: Cast) -> None:
    browser = screen(small.analis)

    made = browser.post(reverse("tokens"), FORM)
    (secret,) = re.findall(r'value="(himpun_[^"]+)"', made.content.decode())

    assert made["Cache-Control"].find("no-store") >= 0
    access = open_token(secret)
    assert (access.person, access.token.scopes) == (small.analis, FORM["scopes"])
    again = browser.get(reverse("tokens")).content.decode()
    assert secret not in again
    assert "Aplikasi Satu Data" in again
    record = Record.objects.get(act="api:token:made")
    assert in_words(record.act, record.data) == "Membuat token API Aplikasi Satu Data"


def test_a_form_that_is_refused_loses_nothing(small: Cast) -> None:
    page = screen(small.analis).post(reverse("tokens"), {**FORM, "days": "999"})

    text = page.content.decode()
    assert page.status_code == 422
    assert "masa berlaku 1 sampai 366" in text
    assert 'value="Aplikasi Satu Data"' in text
    assert text.count(" checked") == 2
    assert not Token.objects.exists()


def test_a_token_is_revoked_by_its_owner_and_by_nobody_else(small: Cast) -> None:
    token, secret = make_token(person=small.analis, office=small.office, name="A", scopes=["angka:baca"])
    address = reverse("token_revoke", args=[token.pk])

    assert screen(small.umum).post(address).status_code == 404
    assert "A" not in re.findall(r"<strong>(.*?)</strong>", screen(small.umum).get(reverse("tokens")).content.decode())
    assert open_token(secret)
    assert screen(small.analis).post(address).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at
    assert "dicabut" in screen(small.analis).get(reverse("tokens")).content.decode()


def test_an_ended_token_says_so(small: Cast) -> None:
    make_token(person=small.analis, office=small.office, name="A", scopes=["angka:baca"], days=1)
    with later(days=2):
        assert "habis" in screen(small.analis).get(reverse("tokens")).content.decode()


def test_nobody_makes_a_token_without_a_post(small: Cast) -> None:
    small.analis.holdings.all().delete()
    page = screen(small.analis).post(reverse("tokens"), FORM)
    assert page.status_code == 422
    assert "tidak memangku jabatan" in page.content.decode()


# --- the page of the API ---------------------------------------------------------------------------------------------


def test_the_page_of_the_api_is_open_and_shows_every_operation_with_an_example(db: None) -> None:
    page = Client().get(reverse("api"))
    text = page.content.decode()
    assert page.status_code == 200
    for one in described("http://testserver"):
        assert f'id="{one.anchor}"' in text
        assert one.example.splitlines()[0].startswith("curl ")
        assert one.scope or one.path == "/kantor"
    assert len(described("x")) == len(EXAMPLES)
    assert "/api/v1/openapi.json" in text
    assert "https://" not in text.replace("https://profiles", "")


# --- codes -----------------------------------------------------------------------------------------------------------

CODE = {"system": "dhis2", "kind": "unsur", "foreign": "fbfJHSPpUQD", "own": "IKU-01.pembilang"}


def test_a_code_is_added_changed_and_removed_and_the_journal_knows(small: Cast) -> None:
    browser, address = screen(small.analis), reverse("codes")

    assert browser.post(address, CODE).status_code == 302
    assert codes_of(small.office, "dhis2").own_element("fbfJHSPpUQD") == "IKU-01.pembilang"
    browser.post(address, {**CODE, "own": "IKU-01.penyebut"})
    assert codes_of(small.office, "dhis2").own_element("fbfJHSPpUQD") == "IKU-01.penyebut"
    browser.post(address, {**CODE, "own": "IKU-01.penyebut"})
    browser.post(address, {"remove": CodeMapping.objects.get().pk})

    assert not CodeMapping.objects.exists()
    told = [in_words(one.act, one.data) for one in Record.objects.filter(act__startswith="api:codes").order_by("seq")]
    assert told == [
        "Menyimpan 1 pemetaan kode DHIS2",
        "Menyimpan 1 pemetaan kode DHIS2",
        "Menghapus pemetaan kode DHIS2 fbfJHSPpUQD",
    ]


def test_codes_are_loaded_from_a_csv_or_every_wrong_row_is_shown(small: Cast) -> None:
    browser, address = screen(small.analis), reverse("codes")
    text = "sistem;jenis;asing;sendiri\ndhis2;unsur;a;IKU-01.pembilang\nadx;unit;b;jabatan-6\n"

    def load(content: str) -> Any:
        return browser.post(address, {"load": "1", "file": SimpleUploadedFile("kode.csv", content.encode())})

    refused = load(text + "lain;unit;c;d\n")
    assert refused.status_code == 422
    assert "Pilih salah satu dari: dhis2, adx" in refused.content.decode()
    assert not CodeMapping.objects.exists()
    assert load(text).status_code == 302
    assert CodeMapping.objects.count() == 2
    assert browser.post(address, {"load": "1"}).status_code == 422


def test_who_may_not_edit_codes_may_look(small: Cast, neighbour: Cast) -> None:
    save_codes(office=small.office, codes=[Code("dhis2", "unit", "OU-1", "jabatan-99")], by=small.analis)
    pk = CodeMapping.objects.get().pk

    page = screen(small.units[0]).get(reverse("codes")).content.decode()
    assert "OU-1" in page
    assert "belum ada di kantor ini" in page
    assert "hanya dapat dilihat" in page
    assert screen(small.units[0]).post(reverse("codes"), CODE).status_code == 422
    assert screen(small.units[0]).post(reverse("codes"), {"remove": pk}).status_code == 422
    assert screen(neighbour.analis).post(reverse("codes"), {"remove": pk}).status_code == 404
    assert "OU-1" not in screen(neighbour.analis).get(reverse("codes")).content.decode()
    assert list(CodeMapping.objects.values_list("foreign", flat=True)) == ["OU-1"]


def test_many_codes_take_as_many_queries_as_few(small: Cast) -> None:
    browser = screen(small.analis)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(reverse("codes")).status_code == 200
        return len(seen)

    save_codes(office=small.office, codes=[Code("dhis2", "unsur", "a", "IKU-01.pembilang")], by=small.analis)
    queries()
    few = queries()
    many = [Code("dhis2", "unsur", f"k{no}", "IKU-01.pembilang") for no in range(60)]
    save_codes(office=small.office, codes=many, by=small.analis)
    assert queries() == few


# --- downloads -------------------------------------------------------------------------------------------------------


def test_the_live_recap_is_downloaded_as_it_was_asked_for(small: Cast) -> None:
    add_indicator(small, "UJI-01", polarity="negatif-a", target_2026_TW3="12")
    program(small, small.analis).post("/angka", {"rows": [row("UJI-01", "2026-TW3", 13)]})
    browser = screen(small.kepala)
    whole = {"periode": "2026-TW3"}

    page = browser.get(reverse("live_recap"), whole).content.decode()
    assert "/rekap/berjalan/rekap.xlsx?periode=2026-TW3" in page
    sheet = browser.get(reverse("recap_xlsx"), whole)
    assert sheet["Content-Disposition"] == 'attachment; filename="rekap-kec-kecil-2026-TW3.xlsx"'
    assert "UJI-01" in str(read_book("a.xlsx", sheet.content).sheets[0].rows)

    filtered = browser.get(reverse("recap_csv"), {**whole, "cari": "UJI"}).content.decode("utf-8-sig")
    rows = [one for one in csv.reader(io.StringIO(filtered), delimiter=";") if one]
    assert [one[0] for one in rows if "-0" in one[0]] == ["UJI-01"]
    assert "Hanya 1 dari 3 indikator" in filtered


def test_another_offices_recap_is_not_downloaded(small: Cast, neighbour: Cast) -> None:
    for name in ("recap_csv", "recap_xlsx"):
        answer = screen(neighbour.kepala).get(reverse(name), {"kantor": small.office.code})
        assert answer.status_code == 404
