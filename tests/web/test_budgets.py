"""Anggaran: what the pages show and to whom, what a refusal keeps, files in and out, and how many queries a list costs."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from himpun.archive import files
from himpun.archive.models import Record
from himpun.budgets import actions
from himpun.budgets.models import BudgetSetting, IndicatorProgram, MonthlyProgress, Program
from himpun.budgets.queries import entries_of
from himpun.budgets.workbook import to_fill_in
from himpun.offices.models.people import Person
from himpun.spreadsheets.reading import read_book
from tests.budgets.samples import ACTIVITY, PLAN, PROGRAM, REPORT, YEAR, give_budget
from tests.cast import Cast

pytestmark = pytest.mark.django_db

CSV = b"kode;nama;pagu\n7.01.01;Penunjang;\n7.01.01.2.01;Perencanaan;\n7.01.01.2.01.0006;Laporan;1.000\n"


def screen(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def upload(content: bytes = CSV, name: str = "dpa.csv", **typed: str) -> dict[str, Any]:
    return {"year": str(YEAR), "file": SimpleUploadedFile(name, content), **typed}


def months(page: str, **changed: str) -> dict[str, str]:
    """The form of the months as the page shows it, with some typed over."""
    import re

    shown = dict(re.findall(r'name="((?:spent|physical)-[0-9]+|stamp)"\s+value="([^"]*)"', page))
    return {**shown, **changed}


# --- looking ----------------------------------------------------------------------------------------------------------


def test_the_tree_shows_money_progress_and_the_named_rule(small: Cast) -> None:
    give_budget(small)
    page = text(screen(small.units[0]).get("/anggaran/?tahun=2026&bulan=2"))

    for shown in ("200.000.000", "65.000.000", "32,50", "45,00", "+12,50", "Selisih capaian dan serapan"):
        assert shown in page
    assert "65.000.000 / 200.000.000 × 100 = 32,5" in page


def test_who_may_not_change_is_offered_no_change(small: Cast) -> None:
    leaf = give_budget(small)[PLAN]
    for path in ("/anggaran/", f"/anggaran/{leaf.pk}/"):
        theirs, ours = text(screen(small.kepala).get(path)), text(screen(small.analis).get(path))
        assert "/anggaran/baru/" in ours or "Simpan semua bulan" in ours
        assert "/anggaran/baru/" not in theirs
        assert "Simpan semua bulan" not in theirs
    assert "hanya dapat dilihat" in text(screen(small.kepala).get("/anggaran/aturan/"))


def test_nothing_of_another_office_is_shown_or_changed(small: Cast, neighbour: Cast) -> None:
    leaf = give_budget(small)[PLAN]
    link = IndicatorProgram.objects.get()
    browser = screen(neighbour.kasubbag)
    for path in ("", "ubah/", "grafik.svg"):
        assert screen(small.kasubbag).get(f"/anggaran/{leaf.pk}/{path}").status_code == 200
        assert browser.get(f"/anggaran/{leaf.pk}/{path}").status_code == 404
    for path in (f"{leaf.pk}/bulan/", f"{leaf.pk}/hapus/", f"{leaf.pk}/indikator/", f"tautan/{link.pk}/hapus/"):
        assert browser.post(f"/anggaran/{path}", {"spent-1": "1", "physical-1": "1"}).status_code == 404
    for path in ("", "unduh.csv", "contoh.xlsx"):
        assert PLAN.encode() not in browser.get(f"/anggaran/{path}?tahun=2026").content
    assert MonthlyProgress.objects.get(program=leaf, month=1).spent == 20_000_000


def test_an_empty_year_says_what_to_do(small: Cast) -> None:
    assert "Impor dari berkas DPA" in text(screen(small.analis).get("/anggaran/"))
    assert "Kasubbag Perencanaan dan Keuangan atau Analis Perencanaan Evaluasi dan Pelaporan" in text(
        screen(small.kepala).get("/anggaran/?tahun=2026")
    )


@pytest.mark.parametrize("query", ["?tahun=abc&bulan=99", "?tahun=99999999999999999999&bulan=-1", "?tahun=&bulan="])
def test_an_address_that_makes_no_sense_shows_a_year_and_month_that_do(small: Cast, query: str) -> None:
    give_budget(small)
    page = screen(small.kepala).get(f"/anggaran/{query}")

    assert page.status_code == 200
    assert "Anggaran 2026" in text(page)


def queries(show: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        show()
    return len(seen)


def test_the_tree_costs_the_same_however_many_nodes(small: Cast) -> None:
    leaf = give_budget(small)[PLAN]
    browser = screen(small.analis)
    addresses = [
        f"/anggaran/?tahun={YEAR}&bulan=6",
        f"/anggaran/{leaf.parent_id}/?bulan=6",
        "/anggaran/unduh.csv?tahun=2026",
    ]
    before = [queries(lambda address=address: browser.get(address)) for address in addresses]
    rows = "".join(f"7.01.01.2.01.{no:04};S{no};1.000;{no};50\n" for no in range(100, 160))
    book = read_book("a.csv", f"kode;nama;pagu;realisasi jan;fisik jan\n{rows}".encode())
    actions.import_budget(office=small.office, year=YEAR, book=book, by=small.analis)

    assert [queries(lambda address=address: browser.get(address)) for address in addresses] == before
    assert before[0] <= 20


def test_no_page_has_inline_style_or_script(small: Cast) -> None:
    leaf = give_budget(small)[PLAN]
    for path in ("", f"{leaf.pk}/", f"{leaf.pk}/ubah/", "baru/", "aturan/", "impor/"):
        page = text(screen(small.analis).get(f"/anggaran/{path}"))
        assert ' style="' not in page
        assert "<style" not in page


# --- changing ---------------------------------------------------------------------------------------------------------


def test_a_program_is_added_and_a_wrong_one_keeps_what_was_typed(small: Cast) -> None:
    browser = screen(small.kasubbag)
    typed = {"year": "2026", "code": PROGRAM, "name": "Penunjang", "budget": "1.5", "owner": "", "level": ""}
    refused = browser.post("/anggaran/baru/", typed)
    taken = browser.post("/anggaran/baru/", {**typed, "budget": "1.500,5"})

    assert refused.status_code == 422
    assert 'value="1.5"' in text(refused)
    assert "Bila maksudnya 1,5" in text(refused)
    assert taken["Location"] == f"/anggaran/{Program.objects.get().pk}/"


def test_months_are_typed_saved_and_kept_when_refused(small: Cast) -> None:
    leaf = give_budget(small)[PLAN]
    browser, address = screen(small.analis), f"/anggaran/{leaf.pk}/"
    form = months(text(browser.get(address)))
    refused = browser.post(f"{address}bulan/", {**form, "spent-3": "5.000", "physical-3": "seratus"})
    saved = browser.post(f"{address}bulan/", {**form, "spent-3": "5.000", "physical-3": "60"})

    assert refused.status_code == 422
    assert 'value="seratus"' in text(refused)
    assert 'value="5.000"' in text(refused)
    assert saved.status_code == 302
    assert MonthlyProgress.objects.get(program=leaf, month=3).physical == 60
    assert MonthlyProgress.objects.filter(program=leaf).count() == 3


def test_two_people_on_one_table_do_not_overwrite_each_other(small: Cast) -> None:
    leaf = give_budget(small)[PLAN]
    address = f"/anggaran/{leaf.pk}/"
    form = months(text(screen(small.analis).get(address)))
    screen(small.kasubbag).post(f"{address}bulan/", {**form, "spent-3": "111"})
    late = screen(small.analis).post(f"{address}bulan/", {**form, "spent-3": "222"})
    again = screen(small.analis).post(f"{address}bulan/", months(text(late), **{"spent-3": "222"}))

    assert late.status_code == 409
    assert 'value="222"' in text(late)
    assert "tersimpan: 111" in text(late)
    assert again.status_code == 302
    assert MonthlyProgress.objects.get(program=leaf, month=3).spent == 222


def test_a_refused_act_by_somebody_else_is_403_and_changes_nothing(small: Cast) -> None:
    leaf = give_budget(small)[PLAN]
    browser = screen(small.kepala)
    before = Record.objects.count()
    posts: list[tuple[str, dict[str, Any]]] = [
        ("baru/", {"code": "7.01.05", "name": "x", "year": "2026"}),
        (f"{leaf.pk}/ubah/", {"name": "x"}),
        (f"{leaf.pk}/hapus/", {}),
        (f"{leaf.pk}/bulan/", {"spent-1": "1", "physical-1": "1"}),
        (f"{leaf.pk}/indikator/", {"indicator": "IKU-02"}),
        ("aturan/", {"rule": "sisa", "tolerance": "5", "cap": "20", "year": "2026"}),
        ("impor/", upload()),
    ]
    for path, typed in posts:
        assert browser.post(f"/anggaran/{path}", typed).status_code == 403, path
    assert Record.objects.count() == before


def test_a_link_is_made_and_taken_away_on_the_page(small: Cast) -> None:
    leaf = give_budget(small)[REPORT]
    browser = screen(small.analis)
    browser.post(f"/anggaran/{leaf.pk}/indikator/", {"indicator": "IKU-02"})
    assert "IKU-02" in text(browser.get(f"/anggaran/{leaf.pk}/"))
    link = IndicatorProgram.objects.get(program=leaf)

    assert browser.post(f"/anggaran/tautan/{link.pk}/hapus/").status_code == 302
    assert browser.post(f"/anggaran/{leaf.pk}/indikator/", {"indicator": "IKU-77"}).status_code == 422


# --- efficiency -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("selisih", "Selisih capaian dan serapan"),
        ("sisa", "Sisa anggaran bila target tercapai"),
        ("nilai-efisiensi", "Nilai efisiensi (NE)"),
    ],
)
def test_the_rule_of_the_office_is_chosen_on_the_page_and_named_with_its_numbers(
    kecamatan: Cast, rule: str, name: str
) -> None:
    browser = screen(kecamatan.kasubbag)
    browser.post("/anggaran/aturan/", {"year": "2026", "rule": rule, "tolerance": "5", "cap": "20"})
    page = text(browser.get("/anggaran/?tahun=2026&bulan=9"))

    assert BudgetSetting.objects.get().rule == rule
    assert f"Aturan efisiensi 2026: {name}" in page
    assert f"Efisiensi per indikator: {name}" in page


def test_an_uncapped_ne_never_reaches_the_page(kecamatan: Cast) -> None:
    """IKU-07 in Triwulan II: capaian 90 of serapan 59,75 alone gives E 33,61 % and NE 134 without the cap."""
    browser = screen(kecamatan.kasubbag)
    browser.post("/anggaran/aturan/", {"year": "2026", "rule": "nilai-efisiensi", "tolerance": "5", "cap": "20"})
    page = text(browser.get("/anggaran/?tahun=2026&bulan=9"))

    assert "dibatasi menjadi 20; NE = 50 + 20 / 20 × 50 = 100" in page


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_shown_first_and_taken_when_agreed(small: Cast) -> None:
    browser = screen(small.kasubbag)
    preview = browser.post("/anggaran/impor/", upload())
    assert preview.status_code == 200
    assert "3 baris berubah" in text(preview)
    assert not Program.objects.exists()

    token = preview.context["token"]
    done = browser.post("/anggaran/impor/", {"token": token, "year": "2026"})
    record = Record.objects.get(act="budgets:budget:imported")
    assert done["Location"] == "/anggaran/?tahun=2026"
    assert Program.objects.get(code=REPORT).budget == 1000
    assert files.read(record.file_sha256) == CSV
    assert "tidak mengubah apa pun" in text(browser.post("/anggaran/impor/", upload()))


def test_a_wrong_file_shows_row_column_value_and_cause(small: Cast) -> None:
    page = screen(small.kasubbag).post("/anggaran/impor/", upload(CSV.replace(b";1.000", b";seribu")))

    assert page.status_code == 422
    for shown in ('<td data-label="Baris">4', "pagu", "seribu", "tidak dapat dibaca", "tidak ada yang disimpan"):
        assert shown in text(page)
    assert not Program.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [("dpa.xlsx", b"PK\x03\x04 rusak"), ("dpa.xlsm", b"PK"), ("dpa.csv", b""), ("dpa.exe", b"MZ")],
)
def test_a_file_that_is_no_table_is_refused_in_words(small: Cast, name: str, content: bytes) -> None:
    page = screen(small.kasubbag).post("/anggaran/impor/", upload(content, name))

    assert page.status_code == 422
    assert "alert-danger" in text(page) or "field-error" in text(page)
    assert not Program.objects.exists()


def test_agreeing_to_a_stale_preview_shows_a_new_one(small: Cast) -> None:
    browser = screen(small.kasubbag)
    token = browser.post("/anggaran/impor/", upload()).context["token"]
    other = read_book("a.csv", CSV.replace(b";1.000", b";7"))
    actions.import_budget(office=small.office, year=YEAR, book=other, by=small.analis)
    stale = browser.post("/anggaran/impor/", {"token": token, "year": "2026"})

    assert stale.status_code == 409
    assert "diubah orang lain sejak pratinjau" in text(stale)
    assert Program.objects.get(code=REPORT).budget == 7
    assert browser.post("/anggaran/impor/", {"token": stale.context["token"]}).status_code == 302
    assert Program.objects.get(code=REPORT).budget == 1000


def test_a_preview_is_good_for_its_office_only_and_cannot_be_made_up(small: Cast, neighbour: Cast) -> None:
    token = screen(small.kasubbag).post("/anggaran/impor/", upload()).context["token"]

    assert screen(neighbour.kasubbag).post("/anggaran/impor/", {"token": token}).status_code == 409
    assert screen(small.kasubbag).post("/anggaran/impor/", {"token": token + "x"}).status_code == 422
    assert screen(small.kepala).post("/anggaran/impor/", {"token": token}).status_code == 403
    assert not Program.objects.exists()


def test_the_table_goes_out_as_xlsx_and_csv(small: Cast) -> None:
    give_budget(small)
    Program.objects.filter(code=PLAN).update(name="=1+1")
    browser = screen(small.units[0])
    workbook = read_book("a.xlsx", browser.get("/anggaran/unduh.xlsx?tahun=2026&bulan=2").content).sheets[0]
    table = browser.get("/anggaran/unduh.csv?tahun=2026&bulan=2").content.decode("utf-8-sig").splitlines()

    assert workbook.rows[2][:4] == ("Kode", "Jenjang", "Nama", "Pagu")
    assert workbook.formulas == frozenset()
    plan = next(row for row in workbook.rows if row and row[0] == PLAN)
    assert plan[2] == "=1+1"
    assert [str(cell) for cell in plan[3:4]] == ["60000000"]
    assert any(line.startswith(f"{PLAN};sub-kegiatan;'=1+1;60000000;") for line in table)
    assert table[-1].startswith(";;Jumlah;210000000;200000000;65000000;135000000;32,5;45;12,5;")


def test_the_workbook_to_fill_in_is_taken_back_unchanged(small: Cast) -> None:
    give_budget(small)
    browser = screen(small.analis)
    content = browser.get("/anggaran/contoh.xlsx?tahun=2026").content
    page = browser.post("/anggaran/impor/", upload(content, "isian.xlsx"))

    assert content[:2] == b"PK"
    assert "tidak mengubah apa pun" in text(page)
    assert len(read_book("a.xlsx", to_fill_in(entries_of(small.office, YEAR).values())).sheets) == 2


def test_the_chart_is_drawn_with_words_for_who_cannot_see_it(small: Cast) -> None:
    node = give_budget(small)[ACTIVITY]
    answer = screen(small.units[0]).get(f"/anggaran/{node.pk}/grafik.svg")

    assert answer["Content-Type"] == "image/svg+xml"
    assert io.BytesIO(answer.content).read(4) == b"<svg"
    assert "Februari: serapan 40,00, fisik 70,00" in text(answer)
    assert "Maret: serapan belum diisi" in text(answer)
