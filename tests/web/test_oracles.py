"""The worked values of docs/reference/penilaian.md as the recap page and its CSV show them."""

import csv
import io
import re

import pytest

from tests.cast import Cast
from tests.indicators.test_measuring import bring
from tests.oracles import set_up
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked", ["2026-TW1", "2026"])
def test_every_oracle_of_the_domain_stands_on_the_page_and_in_its_table(small: Cast, asked: str) -> None:
    oracles = set_up(small)
    figures = {(code, "", period): value for code, one in oracles.items() for period, value in one.figures.items()}
    bring(small, figures)
    browser = screen(small.analis)

    page = browser.get(f"/rekap/berjalan/?periode={asked}").content.decode()
    table = browser.get(f"/rekap/berjalan/rekap.csv?periode={asked}")

    shown = {}
    for row in page.split("<tr")[1:]:
        if code := re.search(r"/indikator/(ORAKEL-\d+)/", row):
            cell = row.split('data-label="Capaian"')[1].split(">", 1)[1].split("</td>")[0]
            shown[code[1]] = " ".join(re.sub(r"<[^>]*>", " ", cell).split()).removesuffix(" %")
    expected = {code: one.shown for code, one in oracles.items() if one.asked == asked}
    assert {code: shown[code] for code in expected} == expected
    text = table.content.decode("utf-8-sig")
    written = {code: line for line in csv.reader(io.StringIO(text), delimiter=";") for code in line if code in expected}
    assert all(shown in written[code] for code, shown in expected.items())
