"""Files in and out as pages: the form and own sheets, looked at before they are applied, by who may and nobody else."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from himpun.cycles.actions import start_cycle
from himpun.indicators.models.figures import ColumnMapping, Figure
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.forms import form_of
from himpun.indicators.requests.mail import receive
from himpun.offices.models.people import Person
from himpun.spreadsheets.reading import read_book
from tests import workbooks
from tests.cast import MECHANISM, PERIOD, Cast
from tests.indicators.test_mail import mail
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(small: Cast) -> DataRequest:
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    return small.requests(cycle)[1]


@pytest.fixture
def line(asked: DataRequest) -> RequestLine:
    return asked.lines.get()


@pytest.fixture
def unit(small: Cast, asked: DataRequest) -> Person:
    return small.holder(asked.unit)


@pytest.fixture
def browser(unit: Person) -> Client:
    return screen(unit)


def filled(asked: DataRequest, **cells: Any) -> bytes:
    return workbooks.typed(form_of(asked), cells)


def upload(browser: Client, address: str, content: bytes, name: str = "isian.xlsx") -> HttpResponse:
    return browser.post(address, {"file": SimpleUploadedFile(name, content)})


def bring(browser: Client, asked: DataRequest, content: bytes, **more: Any) -> HttpResponse:
    return upload(browser, reverse("request_file", args=[asked.pk]), content, **more)


def token(page: HttpResponse) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return found[1]


def agree(browser: Client, asked: DataRequest, page: HttpResponse, **more: str) -> HttpResponse:
    return browser.post(reverse("request_file", args=[asked.pk]), {"token": token(page), "step": "apply", **more})


def numbers(line: RequestLine) -> list[int]:
    return [int(value.number or 0) for value in line.values.order_by("variable__order")]


def test_the_form_is_downloaded_by_its_unit_only(
    small: Cast, neighbour: Cast, asked: DataRequest, browser: Client
) -> None:
    address = reverse("request_form", args=[asked.pk])

    file = browser.get(address)
    assert file["Content-Type"].endswith("spreadsheetml.sheet")
    assert "putaran-1.xlsx" in file["Content-Disposition"]
    assert read_book("isian.xlsx", file.content).sheet("Isian")
    assert screen(small.umum).get(address).status_code == 403
    assert screen(small.units[0]).get(address).status_code == 404
    assert screen(neighbour.units[0]).get(address).status_code == 404


def test_a_form_is_shown_before_it_is_applied_and_then_applied(
    asked: DataRequest, line: RequestLine, browser: Client
) -> None:
    page = bring(browser, asked, filled(asked, G10=7, G11=9))
    assert "2 isian akan berubah" in page.content.decode()
    assert not line.values.exists()

    done = agree(browser, asked, page)
    assert done["Location"] == reverse("request", args=[asked.pk])
    assert numbers(line) == [7, 9]
    assert "tidak mengubah apa pun" in bring(browser, asked, filled(asked)).content.decode()


def test_a_conflict_is_decided_on_the_page(
    asked: DataRequest, line: RequestLine, unit: Person, browser: Client
) -> None:
    content = filled(asked, G10=7, G11=9)
    variable = line.indicator.variables.get(kind="pembilang")
    save_line(line_id=line.pk, by=unit, figures={variable.pk: "5"})

    page = bring(browser, asked, content)
    assert "Biarkan 5" in page.content.decode()
    assert "Pakai 7" in page.content.decode()
    undecided = agree(browser, asked, page)
    assert undecided.status_code == 409
    assert "Pilih mana yang dipakai" in undecided.content.decode()
    assert numbers(line) == [5]

    agree(browser, asked, undecided, **{f"pilih-{line.pk}-{variable.pk}": "berkas"})
    assert numbers(line) == [7, 9]


def test_wrong_cells_are_listed_with_row_column_value_and_cause(
    asked: DataRequest, line: RequestLine, browser: Client
) -> None:
    page = bring(browser, asked, filled(asked, G10="banyak", G11=9))
    text = page.content.decode()

    for shown in ("1 sel tidak dapat diambil", "(G10)", "banyak", "Tulis angka seperti 1.234,5"):
        assert shown in text
    refused = agree(browser, asked, page)
    assert "belum ada yang diubah" in refused.content.decode()
    assert not line.values.exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("isian.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "rusak atau terpotong"),
        ("isian.xlsx", b"PK\x03\x04rusak", "rusak"),
        ("isian.csv", b"", "kosong"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_cause(
    asked: DataRequest, browser: Client, name: str, content: bytes, told: str
) -> None:
    page = bring(browser, asked, content, name=name)

    assert page.status_code == 422
    assert told in page.content.decode()


def test_no_file_and_a_forged_or_foreign_token_are_told(asked: DataRequest, browser: Client) -> None:
    address = reverse("request_file", args=[asked.pk])
    foreign = token(upload(browser, reverse("import"), workbooks.of_rows([("Kode", "Realisasi"), ("X", 1)])))

    assert "Pilih berkas" in browser.post(address).content.decode()
    assert "kedaluwarsa" in browser.post(address, {"token": "x", "step": "apply"}).content.decode()
    assert "milik halaman lain" in browser.post(address, {"token": foreign, "step": "apply"}).content.decode()


def test_nobody_else_brings_a_file(
    small: Cast, neighbour: Cast, asked: DataRequest, line: RequestLine, browser: Client
) -> None:
    content = filled(asked, G10=7, G11=9)

    assert bring(screen(small.umum), asked, content).status_code == 403
    assert bring(screen(small.units[0]), asked, content).status_code == 404
    assert bring(screen(neighbour.units[1]), asked, content).status_code == 404
    small.answer(asked)
    closed = bring(browser, asked, filled(asked, G10=1))
    assert closed.status_code == 409
    assert "tidak dapat diubah lagi" in closed.content.decode()
    assert numbers(line) == [7, 9]


def own_sheet(line: RequestLine, *, period: str = "2026-TW3") -> bytes:
    code = line.indicator.code
    return workbooks.of_rows(
        [
            ("Kode", "Data", "Periode", "Hasil Kerja"),
            (code, "Jumlah pembilang", period, 7),
            (code, "Jumlah penyebut", period, 9),
        ]
    )


COLUMNS = {
    "step": "map",
    "sheet": "Data",
    "header_row": "1",
    "column-1": "kode",
    "column-2": "variabel",
    "column-3": "periode",
    "column-4": "nilai",
}


def test_columns_of_an_own_sheet_are_chosen_once_and_remembered(
    asked: DataRequest, line: RequestLine, browser: Client
) -> None:
    address = reverse("request_file", args=[asked.pk])
    page = bring(browser, asked, own_sheet(line))
    assert "Arti kolom" in page.content.decode()
    assert "Hasil Kerja" in page.content.decode()

    lacking = browser.post(address, {**COLUMNS, "column-4": "", "token": token(page)})
    assert lacking.status_code == 422
    assert "kolom nilai" in lacking.content.decode()
    twice = browser.post(address, {**COLUMNS, "column-2": "kode", "token": token(page)})
    assert "Dua kolom dipilih sebagai Kode indikator" in twice.content.decode()
    assert not ColumnMapping.objects.exists()

    preview = browser.post(address, {**COLUMNS, "token": token(page)})
    assert "2 isian akan berubah" in preview.content.decode()
    agree(browser, asked, preview)
    assert numbers(line) == [7, 9]
    again = bring(browser, asked, own_sheet(line))
    assert "tidak mengubah apa pun" in again.content.decode()
    assert "Ubah pemetaan kolom" in again.content.decode()
    assert "Arti kolom" in browser.post(address, {"token": token(again), "step": "remap"}).content.decode()


def test_an_own_sheet_is_imported_by_the_page_of_the_office(small: Cast, neighbour: Cast, line: RequestLine) -> None:
    browser, address = screen(small.umum), reverse("import")
    assert "Belum ada yang diimpor" in browser.get(address).content.decode()
    page = upload(browser, address, own_sheet(line, period="2026-TW1"))
    preview = browser.post(address, {**COLUMNS, "token": token(page)})
    assert "2 angka baru, 0 berubah, 0 tetap" in preview.content.decode()
    assert not Figure.objects.exists()

    done = browser.post(address, {"token": token(preview), "step": "apply"}, follow=True)
    assert "Dimuat: 2 angka baru" in done.content.decode()
    assert Figure.objects.count() == 2
    twice = browser.post(address, {"token": token(preview), "step": "apply"}, follow=True)
    assert "0 angka baru, 0 berubah, 2 tetap" in twice.content.decode()
    assert "isian.xlsx" not in screen(neighbour.umum).get(address).content.decode()


def test_a_unit_imports_only_its_own_figures(small: Cast, line: RequestLine) -> None:
    content = own_sheet(line, period="2026-TW1")
    browser, address = screen(small.units[0]), reverse("import")
    page = upload(browser, address, content)
    preview = browser.post(address, {**COLUMNS, "token": token(page)})

    assert "2 sel tidak dapat diambil" in preview.content.decode()
    refused = browser.post(address, {"token": token(preview), "step": "apply"})
    assert refused.status_code == 422
    assert not Figure.objects.exists()


def test_the_list_of_imports_costs_the_same_however_long_it_is(small: Cast, line: RequestLine) -> None:
    from himpun import clock
    from himpun.indicators.models.figures import FigureImport

    browser = screen(small.umum)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("import"))
        return len(queries)

    def add(count: int) -> None:
        FigureImport.objects.bulk_create(
            FigureImport(
                office=small.office, name="a.xlsx", format="x", sha256="0" * 64, digest="0" * 64, rows=1, added=1,
                changed=0, same=0, at=clock.now(), by="a", title="b",
            )
            for _ in range(count)
        )  # fmt: skip

    add(2)
    few = cost()
    add(15)
    assert cost() == few


def test_a_form_that_came_by_mail_waits_on_the_page_until_its_unit_looks_at_it(
    browser: Client, asked: DataRequest, unit: Person, small: Cast
) -> None:
    unit.email = "kasi@kec-kecil.example"
    unit.save(update_fields=["email"])
    content = filled(asked, G10=5)
    assert receive(mail(content, sender=unit.email))[0].accepted
    page = browser.get(reverse("request", args=[asked.pk])).content.decode()
    assert "datang lewat surel" in page
    assert "datang lewat surel" not in screen(small.umum).get(reverse("request", args=[asked.pk])).content.decode()
    token = re.search(r'name="token"\s+value="([^"]+)"', page)
    assert token

    address = reverse("request_file", args=[asked.pk])
    assert "akan berubah" in browser.post(address, {"token": token[1]}).content.decode()
    browser.post(address, {"token": token[1], "step": "apply"})

    assert [str(value.number) for value in asked.lines.get().values.all()] == ["5.00000000"]
    assert "datang lewat surel" not in browser.get(reverse("request", args=[asked.pk])).content.decode()
