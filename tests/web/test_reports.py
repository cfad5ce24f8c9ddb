"""Rekap berjalan as pages: filter, sort, open every number, for whom, and at what cost."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from himpun.indicators.models.figures import Figure
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from tests.cast import MONDAY, PERIOD, Cast, found_office
from tests.reports.figures import bring, define, freeze
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db

LIVE = "/rekap/berjalan/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def names(page: str) -> list[str]:
    """The indicators of the table, in order."""
    return re.findall(r'recap-name"><a href="[^"]*">([^<]*)</a>', page)


def links(page: str, begins: str) -> list[str]:
    return [found.replace("&amp;", "&") for found in re.findall(rf'href="({begins}[^"]*)"', page)]


@pytest.fixture
def full(small: Cast) -> Cast:
    """Frozen figures of the quarter, a low one that is provisional, one without figures, one over the year before."""
    freeze(small)
    define(
        small, "RENDAH", name="Aduan selesai", sasaran="Sasaran B", targets={PERIOD: "10"}, owner=small.post_of_unit(1)
    )
    define(small, "KOSONG", name="Zona kosong", sasaran="Sasaran B")
    define(small, "LAMA", year=2025, name="Lama")
    define(small, "LAMA", name="Lama dan baru", targets={PERIOD: "10"})
    bring(small, {("RENDAH", PERIOD): "4", ("LAMA", "2025-TW3"): "9", ("LAMA", PERIOD): "12"})
    return small


@pytest.fixture
def above(full: Cast, neighbour: Cast) -> Person:
    """Who heads the office above the small one and its neighbour."""
    office = Office.objects.create(code="kab", name="Kabupaten Contoh", kind_id=full.office.kind_id, city="Contoh")
    Office.objects.filter(pk__in=[full.office.pk, neighbour.office.pk]).update(parent=office)
    post = Post.objects.create(office=office, code="kabag", title="Kepala Bagian", role="kepala", order=1)
    person = Person.objects.create(username="kabag", name="Orang Kabag", nip="1" * 18)
    Holding.objects.create(post=post, person=person, since=MONDAY.date())
    return person


# --- looking ----------------------------------------------------------------------------------------------------------


def test_the_page_shows_means_counts_reasons_and_what_may_still_change(full: Cast) -> None:
    page = text(screen(full.analis).get(LIVE, {"periode": PERIOD}))

    for shown in ("Triwulan III 2026", "97,22 %", "120,00 %", "40,00 %", "1 <small>dari 4</small>", "Zona kosong: ", "&gt; 90"):  # fmt: skip
        assert shown in page
    assert page.count('<span class="provisional">sementara</span>') == 3
    assert "100,00 % <small>2 dari 2</small>" in page


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"cari": "aduan"}, ["Aduan selesai"]),
        ({"cari": "rendah"}, ["Aduan selesai"]),
        ({"kategori": "-"}, ["Zona kosong"]),
        ({"kategori": "Sangat Rendah"}, ["Aduan selesai"]),
        ({"unit": "jabatan-7", "kategori": "Sangat Tinggi"}, ["Persentase layanan Kepala Seksi 2"]),
        (
            {"urut": "capaian-rendah", "kelompok": "kantor"},
            ["Aduan selesai", "Persentase layanan Kepala Seksi 1", "Persentase layanan Kepala Seksi 2", "Lama dan baru", "Zona kosong"],
        ),
        (
            {"urut": "capaian-tinggi", "kelompok": "kantor"},
            ["Lama dan baru", "Persentase layanan Kepala Seksi 1", "Persentase layanan Kepala Seksi 2", "Aduan selesai", "Zona kosong"],
        ),
        (
            {"urut": "nama", "kelompok": "kantor"},
            ["Aduan selesai", "Lama dan baru", "Persentase layanan Kepala Seksi 1", "Persentase layanan Kepala Seksi 2", "Zona kosong"],
        ),
    ],
)  # fmt: skip
def test_rows_are_filtered_and_sorted_as_asked(full: Cast, asked: dict[str, str], expected: list[str]) -> None:
    page = text(screen(full.analis).get(LIVE, {"periode": PERIOD, **asked}))

    assert names(page) == expected


def test_rows_are_grouped_by_sasaran_or_by_unit(full: Cast) -> None:
    for group, heads in (("sasaran", ["Sasaran uji", "Sasaran B", "Meningkatnya layanan"]), ("unit", ["Kepala Seksi 1", "Kepala Seksi 2"])):  # fmt: skip
        page = text(screen(full.analis).get(LIVE, {"periode": PERIOD, "kelompok": group}))
        found = re.findall(r'scope="rowgroup"[^>]*>\s*([^<]*?)\s*<span', page)
        assert sorted(found) == sorted(heads)


def test_nothing_found_and_nothing_there_say_what_to_do(full: Cast) -> None:
    browser = screen(full.analis)

    assert "Tampilkan semua indikator" in text(browser.get(LIVE, {"periode": PERIOD, "cari": "tidak ada"}))
    assert "Kamus indikator tahun 2031 masih kosong" in text(browser.get(LIVE, {"periode": "2031-TW1"}))
    assert "tidak punya kantor bawahan" in text(browser.get("/rekap/wilayah/"))


@pytest.mark.parametrize("period", ["", "kemarin", "2026-TW9", "²", "9" * 400, "2026-13"])
def test_a_period_that_is_none_falls_back_to_the_quarter_that_ended_last(full: Cast, period: str) -> None:
    answer = screen(full.analis).get(LIVE, {"periode": period, "urut": "acak", "kelompok": "warna"})

    assert answer.status_code == 200
    assert "<h1>Triwulan III 2026</h1>" in text(answer)


def test_every_year_can_be_chosen_also_the_one_that_is_shown(full: Cast) -> None:
    page = text(screen(full.analis).get(LIVE, {"periode": "2019"}))

    assert '<option value="2019" selected>' in page
    assert '<option value="2026">Tahun 2026 …</option>' in page


# --- down to the cells ------------------------------------------------------------------------------------------------


def test_every_number_of_the_recap_opens_down_to_its_cell(full: Cast) -> None:
    browser = screen(full.analis)
    page = text(browser.get(LIVE, {"periode": PERIOD}))
    cells = set()
    for row in re.findall(r'<td class="recap-name">.*?</tr>', page, re.DOTALL):
        for label, cell in re.findall(r'data-label="(Realisasi|Capaian|2025|2024)"[^>]*>(.*?)</td>', row, re.DOTALL):
            number = re.sub(r"<[^>]*>", "", cell).strip()
            if not re.search(r"\d", number):
                continue
            (address,) = links(cell, "/rekap/berjalan/indikator/")
            source = text(browser.get(address))
            below = links(source, "/angka/")
            assert below, (label, number)
            cells |= set(below)
    for address in cells:
        assert browser.get(address).status_code == 200

    current = Figure.objects.current().filter(office=full.office)
    assert cells == {reverse("figure", args=[figure.pk]) for figure in current}


def test_the_targets_open_the_card_and_the_trend_its_periods(full: Cast) -> None:
    browser = screen(full.analis)
    page = text(browser.get(LIVE, {"periode": PERIOD}))
    assert all(browser.get(address).status_code == 200 for address in links(page, "/indikator/[0-9]"))
    assert len(links(page, "/indikator/[0-9]")) == 4

    source = text(browser.get("/rekap/berjalan/indikator/LAMA/", {"periode": PERIOD}))
    assert "periode=2025-TW3" in source
    assert "12 kali berada 3 kali di atas 9 kali" in source


def test_an_indicator_that_the_period_does_not_have_is_not_found(full: Cast) -> None:
    for name in ("recap_row", "recap_row_chart"):
        assert screen(full.analis).get(reverse(name, args=["TIDAK-ADA"])).status_code == 404


@pytest.mark.parametrize("address", ["grafik.svg", "indikator/LAMA/grafik.svg"])
def test_charts_are_pictures_with_the_same_numbers(full: Cast, address: str) -> None:
    answer = screen(full.analis).get(f"{LIVE}{address}", {"periode": PERIOD})

    assert answer["Content-Type"] == "image/svg+xml"
    assert ("120,00" if address == "grafik.svg" else ">12<") in text(answer)


def test_the_paper_is_offered_and_holds_the_rows_that_were_asked_for(full: Cast) -> None:
    browser = screen(full.analis)
    page = text(browser.get(LIVE, {"periode": PERIOD, "cari": "aduan"}))
    (address,) = links(page, "/rekap/berjalan/rekap.pdf")

    answer = browser.get(address)

    from tests.documents.test_rendering import text_of

    said = text_of(answer.content)
    assert answer["Content-Type"] == "application/pdf"
    assert f"rekap-kec-kecil-{PERIOD}.pdf" in answer["Content-Disposition"]
    assert "Hanya 1 dari 5 indikator" in said
    assert "Aduan selesai" in said
    assert "Zona kosong" not in said
    assert "SEMENTARA" in said


# --- for whom ---------------------------------------------------------------------------------------------------------


def test_a_unit_reads_the_recap_and_opens_its_own_cells_only(full: Cast) -> None:
    browser = screen(full.holder(full.post_of_unit(1)))

    theirs = text(browser.get("/rekap/berjalan/indikator/IKU-01/", {"periode": PERIOD}))
    own = text(browser.get("/rekap/berjalan/indikator/IKU-02/", {"periode": PERIOD}))

    assert "77,78" in theirs
    assert links(theirs, "/angka/") == []
    assert len(links(own, "/angka/")) == 2


def test_another_office_is_not_found_whatever_is_asked_of_it(full: Cast, neighbour: Cast) -> None:
    browser = screen(neighbour.kepala)
    for address in ("", "rekap.pdf", "rekap.csv", "rekap.xlsx", "grafik.svg", "indikator/IKU-01/", "indikator/IKU-01/grafik.svg"):  # fmt: skip
        assert browser.get(f"{LIVE}{address}", {"kantor": full.office.code}).status_code == 404
    assert browser.get("/rekap/wilayah/", {"kantor": full.office.code}).status_code == 404


def test_the_office_above_reads_and_opens_what_is_below_and_meets_no_dead_link(full: Cast, above: Person) -> None:
    browser = screen(above)
    page = text(browser.get(LIVE, {"kantor": full.office.code, "periode": PERIOD}))
    row = text(browser.get("/rekap/berjalan/indikator/IKU-01/", {"kantor": full.office.code, "periode": PERIOD}))
    cells = links(row, "/angka/")
    assert len(cells) == 2

    inside = [address for source in (page, row, text(browser.get(cells[0]))) for address in links(main(source), "[/?]")]
    for address in {LIVE + each if each.startswith("?") else each for each in inside}:
        assert browser.get(address).status_code == 200, address


def main(page: str) -> str:
    return page[page.index("<main") :]


def test_who_heads_the_office_below_does_not_read_the_one_above(full: Cast, above: Person) -> None:
    assert screen(full.kepala).get(LIVE, {"kantor": "kab"}).status_code == 404


def test_the_offices_below_stand_in_rows_with_a_total_and_their_sums(full: Cast, above: Person) -> None:
    browser = screen(above)
    assert reverse("region") in text(browser.get(reverse("recaps")))
    assert reverse("region") not in text(screen(full.analis).get(reverse("recaps")))

    page = text(browser.get("/rekap/wilayah/", {"periode": PERIOD}))

    assert re.findall(r"kantor=([^&]*)&amp;periode=[^\"]*\">Kecamatan", page) == ["kec-kecil", "kec-tetangga"]
    assert "Semua 2 kantor" in page
    assert page.count("1 dari 4") == 2
    assert "RENDAH.nilai" in page
    assert all(browser.get(address).status_code == 200 for address in links(page, LIVE))


def test_an_office_with_offices_of_its_own_below_is_drilled_into(full: Cast, above: Person, neighbour: Cast) -> None:
    village = found_office("desa", units=1).office
    Office.objects.filter(pk=village.pk).update(parent=neighbour.office)
    browser = screen(above)

    page = text(browser.get("/rekap/wilayah/", {"periode": PERIOD}))
    assert page.count("Kantor di bawahnya</a>") == 1
    deeper = text(browser.get("/rekap/wilayah/", {"kantor": neighbour.office.code, "periode": PERIOD}))

    assert "Kecamatan desa" in deeper
    assert "Semua 1 kantor" in deeper


# --- what it costs ----------------------------------------------------------------------------------------------------


def queries(browser: Client, address: str, **asked: str) -> int:
    browser.get(address, asked)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address, asked).status_code == 200
    return len(captured)


def test_a_recap_costs_the_same_however_many_indicators_there_are(full: Cast, above: Person) -> None:
    pages = {LIVE: full.analis, "/rekap/berjalan/indikator/IKU-01/": full.analis, "/rekap/wilayah/": above}
    before = {address: queries(screen(person), address, periode=PERIOD) for address, person in pages.items()}
    for no in range(15):
        define(full, f"TMB-{no:02}", targets={PERIOD: "10"})
        bring(full, {(f"TMB-{no:02}", PERIOD): "8"})

    after = {address: queries(screen(person), address, periode=PERIOD) for address, person in pages.items()}

    assert after == before
    assert max(after.values()) <= 45
