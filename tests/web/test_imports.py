"""The page that imports figures: shows them before anything changes, asks what it cannot know, takes an import back."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from himpun.archive.models import StoredFile
from himpun.indicators.models.figures import Figure, FigureImport
from himpun.offices.models.people import Person
from tests import test_open_document as od
from tests import workbooks
from tests.cast import Cast
from tests.indicators.test_importing import bring
from tests.web.test_forms import token, upload
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db
QUARTERS = [
    ("Kode", "Data", "TW I 2026", None, "TW II 2026", None),
    (None, None, "Target", "Realisasi", "Target", "Realisasi"),
    ("IKU-01", "Pembilang", 50, 4, 60, 5),
    ("IKU-01", "Penyebut", 90, 9, 90, "sembilan"),
]


def mapped(browser: Client, rows: list[tuple[Any, ...]] = QUARTERS, content: bytes = b"") -> tuple[Any, str]:
    """The preview after taking every proposal of the mapping's page; and that page."""
    asked = upload(browser, reverse("import"), content or workbooks.of_rows(rows))
    page = asked.content.decode()
    return browser.post(reverse("import"), {**chosen(page), "token": token(asked), "step": "map"}), page


def chosen(page: str) -> dict[str, str]:
    """What the mapping's form says when nothing is touched."""
    fields = dict(re.findall(r'<input[^>]*name="(header_row|year|period|blanks)"[^>]*value="([^"]*)"', page))
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        picked = re.search(r'<option value="([^"]*)" selected', inside) or re.search(
            r"<option selected>([^<]*)", inside
        )
        fields[name] = picked[1] if picked else ""
    return fields


def test_columns_have_the_names_of_all_their_headings(small: Cast) -> None:
    preview, page = mapped(screen(small.analis))
    assert "TW I 2026 › Realisasi" in page
    assert page.count("menurut judulnya bukan realisasi") == 2
    assert "D “TW I 2026 › Realisasi” untuk Triwulan I 2026" in preview.content.decode()


def test_the_figures_are_shown_old_and_new_with_what_is_wrong_at_its_row(small: Cast) -> None:
    bring(small, ("IKU-01.pembilang", "", "2026-TW1", "3"))
    preview, _ = mapped(screen(small.analis))
    text = " ".join(preview.content.decode().split())

    assert "1 angka baru, 1 berubah" not in text, "two new, one changed"
    for shown in ("IKU-01 · ", "Triwulan I 2026", ">3<", ">4<", "kosong", "sembilan", "(F4)", "Impor 3 angka"):
        assert shown in text, shown
    assert small.post_of_unit(0).title in text
    assert Figure.objects.current().count() == 1


def test_two_readings_are_asked_and_the_defaults_take_nothing(small: Cast) -> None:
    rows = [("Kode", "TW I 2026", None), (None, "Target", "Capaian"), ("IKU-01", 5, 4)]
    answer, page = mapped(screen(small.analis), rows)
    assert "Judulnya dapat dibaca lebih dari satu cara" in page
    assert "C “TW I 2026 › Capaian”" in page
    assert answer.status_code == 422
    assert not Figure.objects.exists()


def test_a_target_column_that_somebody_chose_is_said(small: Cast) -> None:
    browser = screen(small.analis)
    asked = upload(browser, reverse("import"), workbooks.of_rows(QUARTERS))
    fields = chosen(asked.content.decode()) | {"column-3": "p:TW1", "column-4": ""}
    preview = browser.post(reverse("import"), {**fields, "token": token(asked), "step": "map"}).content.decode()
    assert "Judul kolom C “TW I 2026 › Target” menyebut target, capaian, atau uang" in preview


def test_hidden_rows_are_said_and_taken_only_when_chosen(small: Cast) -> None:
    def build(book: Any) -> None:
        sheet = book.add_worksheet("Data")
        for number, row in enumerate([*QUARTERS[:3], ("IKU-01", "Penyebut", 90, 9, 90, 9)]):
            sheet.write_row(number, 0, row)
        sheet.set_row(3, options={"hidden": True})

    browser, address = screen(small.analis), reverse("import")
    preview, _ = mapped(browser, content=workbooks.made(build))
    text = preview.content.decode()
    assert "2 angka tersembunyi dalam lembar ini: 1 baris (4)" in text
    assert "Impor 2 angka" in text

    with_hidden = browser.post(address, {"token": token(preview), "step": "look", "hidden": "1"})
    assert "Impor 4 angka" in with_hidden.content.decode()
    browser.post(address, {"token": token(preview), "step": "apply"})
    assert Figure.objects.count() == 2
    browser.post(address, {"token": token(preview), "step": "apply", "hidden": "1"})
    assert Figure.objects.count() == 4


OLD_EXCEL = (Path(__file__).parents[1] / "indicators" / "fixtures" / "triwulan.xls").read_bytes()


def test_an_old_excel_is_asked_and_read_like_a_new_one(small: Cast) -> None:
    preview, page = mapped(screen(small.analis), content=OLD_EXCEL)
    text = preview.content.decode()
    assert "TW I › Realisasi" in page
    assert "1 baris (6); 1 kolom (H)" in text
    assert "Kode “IKU-13” tidak ada dalam kamus" in text


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("a.xlsx", OLD_EXCEL, "application/vnd.ms-excel"),
        ("a.csv", workbooks.of_rows([("Kode", "TW I")]), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.xlsx", od.ods(od.table(od.row(od.word("Kode"), od.word("TW I")))), "application/vnd.oasis.opendocument.spreadsheet"),
        ("a.xls", b"Kode;TW I\nIKU-01;4\n", "text/csv"),
    ],
)  # fmt: skip
def test_a_file_is_kept_as_what_its_bytes_are(small: Cast, name: str, content: bytes, kept: str) -> None:
    upload(screen(small.analis), reverse("import"), content, name)
    assert StoredFile.objects.get(media_type=kept).size == len(content)


def test_what_changed_since_the_preview_is_shown_again_before_it_is_taken(small: Cast) -> None:
    browser, rows = screen(small.analis), [*QUARTERS[:3]]
    preview, _ = mapped(browser, rows)
    seen = re.search(r'name="seen" value="([^"]+)"', preview.content.decode())
    assert seen
    bring(small, ("IKU-01.pembilang", "", "2026-TW1", "8"))
    sent = {"token": token(preview), "step": "apply", "seen": seen[1]}

    refused = browser.post(reverse("import"), sent)

    assert (refused.status_code, "berubah sejak pratinjau" in refused.content.decode()) == (422, True)
    assert Figure.objects.current().get(month=3).number == 8
    again = re.search(r'name="seen" value="([^"]+)"', refused.content.decode())
    assert again
    browser.post(reverse("import"), {**sent, "seen": again[1]})
    assert Figure.objects.current().get(month=3).number == 4


class TestTakingBack:
    @pytest.fixture
    def imported(self, small: Cast) -> FigureImport:
        bring(small, ("IKU-01.pembilang", "", "2026-TW1", "3"))
        bring(small, ("IKU-01.pembilang", "", "2026-TW1", "4"), ("IKU-01.penyebut", "", "2026-TW1", "9"))
        return FigureImport.objects.latest("pk")

    def test_the_list_leads_to_it_and_it_says_what_comes_back(self, small: Cast, imported: FigureImport) -> None:
        browser = screen(small.umum)
        address = reverse("import_seen", args=[imported.pk])
        assert address in browser.get(reverse("import")).content.decode()
        page = " ".join(browser.get(address).content.decode().split())
        assert "Bila ditarik, 2 angka kembali seperti sebelum impor" in page
        assert small.analis.name in page

        nothing = browser.post(reverse("import_take_back", args=[imported.pk]), {"reason": ""})
        assert (nothing.status_code, "Tulis mengapa impor ini ditarik" in nothing.content.decode()) == (422, True)

        done = browser.post(reverse("import_take_back", args=[imported.pk]), {"reason": "Salah berkas"}, follow=True)
        text = done.content.decode()
        assert "1 angka kembali seperti semula, 1 kembali kosong" in text
        assert "ditarik kembali" in text
        assert [int(one.number or 0) for one in Figure.objects.current()] == [3]
        history = browser.get(reverse("figure", args=[Figure.objects.current().get().pk])).content.decode()
        assert history.count("ditarik kembali") == 1
        assert "Alasan: Salah berkas" in browser.get(address).content.decode()

    def test_what_builds_on_it_is_named_instead_of_a_button(self, small: Cast, imported: FigureImport) -> None:
        bring(small, ("IKU-01.penyebut", "", "2026-TW1", "8"))
        browser = screen(small.analis)
        page = browser.get(reverse("import_seen", args=[imported.pk])).content.decode()
        assert "1 angka diganti impor “angka.csv” sesudahnya" in page
        assert "Tarik kembali" not in page
        refused = browser.post(reverse("import_take_back", args=[imported.pk]), {"reason": "x"})
        assert refused.status_code == 409

    @pytest.mark.parametrize("who", [1])
    def test_a_unit_sees_it_and_may_not(self, small: Cast, imported: FigureImport, who: int) -> None:
        browser = screen(small.units[who])
        page = browser.get(reverse("import_seen", args=[imported.pk]))
        text = page.content.decode()
        assert (page.status_code, "Tarik kembali" in text, "2 angka unit lain tidak ditampilkan" in text) == (
            200,
            False,
            True,
        )
        assert "Triwulan I 2026" not in text
        refused = browser.post(reverse("import_take_back", args=[imported.pk]), {"reason": "x"})
        assert refused.status_code == 403

    def test_another_office_does_not_see_it(self, neighbour: Cast, imported: FigureImport) -> None:
        other: Person = neighbour.umum
        assert screen(other).get(reverse("import_seen", args=[imported.pk])).status_code == 404

    def test_it_costs_the_same_however_many_figures(self, small: Cast, imported: FigureImport) -> None:
        browser, address = screen(small.analis), reverse("import_seen", args=[imported.pk])

        def cost(address: str) -> int:
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(address).status_code == 200
            return len(queries)

        few = cost(address)
        bring(small, *(("IKU-01.penyebut", "", f"2026-{month:02d}", "9") for month in (6, 9, 12)))
        assert cost(reverse("import_seen", args=[FigureImport.objects.latest("pk").pk])) <= few
