"""Periksa capaian terbit on a page: paste or upload, read the verdicts, take them along; nothing is kept."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from himpun.archive.models import Record
from himpun.web.views.published import ROWS_LIMIT
from tests.cast import Cast
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db

PAGE = "/periksa-capaian/"
TABLE = "Indikator\tTarget\tRealisasi\tCapaian\nIKM\t84,75\t88,95\t104,96\nAngka kemiskinan\t10\t12\t120\n<b>X</b>\t70\t66,7\t95,24"


def test_a_pasted_table_is_judged_row_by_row_and_nothing_is_kept(small: Cast) -> None:
    before = Record.objects.count()
    page = screen(small.analis).post(PAGE, {"text": TABLE})
    text = page.content.decode()

    assert page.status_code == 200
    assert "Cocok: 88,95 / 84,75 × 100 = 104,96" in text
    assert '<span class="state state-mendekati">polaritas keliru</span>' in text
    assert "kira-kira 66,67" in text
    assert "&lt;b&gt;X&lt;/b&gt;" in text
    assert "<b>X</b>" not in text
    assert "84,75\t88,95" in text, "what was pasted stands in the form again"
    assert Record.objects.count() == before


def test_an_uploaded_file_is_judged(small: Cast) -> None:
    file = SimpleUploadedFile("contoh.csv", Path("examples/capaian-terbit-contoh.csv").read_bytes())
    text = screen(small.umum).post(PAGE, {"file": file}).content.decode()

    assert "Hasil: 15 baris" in text
    assert text.count("state-tercapai") == 12, "eleven rows and the summary"


def test_a_refusal_stands_at_its_field_and_keeps_what_was_typed(small: Cast) -> None:
    browser = screen(small.analis)

    nothing = browser.post(PAGE, {"text": " "})
    assert (nothing.status_code, "Tempelkan tabel" in nothing.content.decode()) == (422, True)

    columns = browser.post(PAGE, {"text": "indikator\ttarget\nA\t1"})
    assert columns.status_code == 422
    assert "Kolom realisasi, capaian tidak ditemukan" in columns.content.decode()
    assert "indikator\ttarget" in columns.content.decode()

    file = browser.post(PAGE, {"file": SimpleUploadedFile("a.xlsx", b"bukan zip")})
    assert (file.status_code, "isinya bukan Excel" in file.content.decode()) == (422, True)


def test_more_rows_than_a_page_answers_are_refused(small: Cast) -> None:
    rows = "indikator\ttarget\trealisasi\tcapaian\n" + "A\t1\t1\t100\n" * (ROWS_LIMIT + 1)
    page = screen(small.analis).post(PAGE, {"text": rows})
    assert page.status_code == 422
    assert f"paling banyak {ROWS_LIMIT}" in page.content.decode()


def test_the_result_is_taken_along_as_csv(small: Cast) -> None:
    browser = screen(small.analis)
    result = browser.post(PAGE, {"text": TABLE}).context["result"]
    answer = browser.post(reverse("published_download"), {"result": result})

    assert "attachment" in answer["Content-Disposition"]
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("baris;indikator;")
    assert lines[1].startswith("2;IKM;;84,75;88,95;104,96;cocok;R/T×100;104,96;")
    assert len(lines) == 4
    assert browser.get(reverse("published_download"))["Location"] == PAGE


def test_anybody_who_is_logged_in_and_nobody_else(small: Cast) -> None:
    assert screen(small.umum).get(PAGE).status_code == 200
    assert Client().get(PAGE).status_code == 302
    assert Client().post(reverse("published_download"), {"result": "x"}).status_code == 302


def test_the_recap_list_leads_here(small: Cast) -> None:
    assert f'href="{PAGE}"' in screen(small.analis).get(reverse("recaps")).content.decode()
