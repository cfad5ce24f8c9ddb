"""The fill-in grid as a page: what is told at the cell, what asks for an explanation, who may use a file again."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from himpun import clock
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.indicators.requests import evidence
from himpun.offices.models.people import Person
from tests.cast import MECHANISM, PERIOD, Cast
from tests.papers import pdf
from tests.reports.figures import figure_of, freeze
from tests.web.test_pages import screen

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(small: Cast) -> DataRequest:
    """The second unit's open request, with 20 as its pembilang of the quarter before."""
    from himpun.cycles.actions import start_cycle

    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    request = small.requests(cycle)[1]
    variable = Variable.objects.get(indicator__lines__request=request, kind="pembilang")
    Figure.objects.create(
        office=small.office, variable=variable, element=variable.element, unit=request.unit, year=2026, month=6,
        months=3, number=Decimal(20), source="import:0", at=clock.now(), by="contoh",
    )  # fmt: skip
    return request


@pytest.fixture
def line(asked: DataRequest) -> RequestLine:
    return asked.lines.get()


@pytest.fixture
def unit(small: Cast, asked: DataRequest) -> Person:
    return small.holder(asked.unit)


def typed(line: RequestLine, above: str, below: str, **words: str) -> dict[str, str]:
    first, second = line.indicator.variables.order_by("order")
    names = {f"v-{line.pk}-{first.pk}": above, f"v-{line.pk}-{second.pk}": below}
    return {**names, **{f"{name}-{line.pk}": text for name, text in words.items()}}


def part(page: str, place: str) -> str:
    """The text of the element with this id."""
    found = re.search(rf'<\w+[^>]*?id="{place}"[^>]*>(.*?)</', page, re.DOTALL)
    return found[1].strip() if found else "(tidak ada)"


def test_the_page_tells_the_browser_what_to_check_by_while_typing(line: RequestLine, unit: Person) -> None:
    Variable.objects.filter(indicator=line.indicator, kind="pembilang").update(
        minimum=Decimal("0.5"), maximum=1000, whole=True
    )
    Indicator.objects.filter(pk=line.indicator_id).update(jump_percent=Decimal("12.5"))
    page = screen(unit).get(reverse("request", args=[line.request_id])).content.decode()

    for attribute in (
        'data-min="0,5"', 'data-max="1.000"', 'data-whole="ya"', 'data-jump="12,5"', 'data-last="20"',
        'data-last-name="periode lalu"',
    ):  # fmt: skip
        assert attribute in page
    assert "grid.js" in page
    assert "periode lalu: 20" in page


def test_a_saved_row_confirms_itself_and_shows_what_to_explain(line: RequestLine, unit: Person) -> None:
    browser, address = screen(unit), reverse("line_save", args=[line.pk])
    first = line.indicator.variables.get(kind="pembilang")

    warned = browser.post(address, typed(line, "80", "90"))
    assert warned["Himpun-Saved"] == str(line.pk)
    assert "80 naik 300% dari periode lalu (20)" in part(warned.content.decode(), f"w-v-{line.pk}-{first.pk}")
    assert "perlu penjelasan" in warned.content.decode()

    explained = browser.post(address, typed(line, "80", "90", explain="data baru")).content.decode()
    assert "tersimpan, lengkap" in explained
    line.refresh_from_db()
    assert line.explanation == "data baru"


def test_a_row_that_was_refused_does_not_confirm_itself(line: RequestLine, unit: Person) -> None:
    Variable.objects.filter(indicator=line.indicator).update(maximum=50)
    refused = screen(unit).post(reverse("line_save", args=[line.pk]), typed(line, "80", "7"))
    first = line.indicator.variables.get(kind="pembilang")

    assert refused.status_code == 422
    assert "Himpun-Saved" not in refused
    assert part(refused.content.decode(), f"e-v-{line.pk}-{first.pk}") == "Paling besar 50; tertulis 80."
    assert not line.values.exists()


def test_sending_without_an_explanation_names_the_row_and_keeps_all_that_was_typed(
    line: RequestLine, unit: Person
) -> None:
    form = typed(line, "80", "90", note="catatan saya", explain="")
    page = screen(unit).post(reverse("request_submit", args=[line.request_id]), {**form, "send": "1"})

    line.request.refresh_from_db()
    assert page.status_code == 422
    assert "tulis penjelasan atas angka yang ditandai" in page.content.decode()
    assert "catatan saya" in page.content.decode()
    assert line.request.is_open


def test_a_refused_row_keeps_its_note_and_its_explanation_on_the_page(line: RequestLine, unit: Person) -> None:
    form = typed(line, "banyak", "90", note="catatan saya", explain="sebab saya", reason="alasan saya")
    page = screen(unit).post(reverse("request_submit", args=[line.request_id]), form).content.decode()

    for text in ("catatan saya", "sebab saya", "alasan saya", 'value="banyak"'):
        assert text in page


def test_the_collector_reads_every_warning_with_its_explanation(small: Cast, line: RequestLine, unit: Person) -> None:
    form = typed(line, "80", "90", explain="Data desa baru masuk")
    screen(unit).post(reverse("request_submit", args=[line.request_id]), {**form, "send": "1"})

    page = screen(small.umum).get(reverse("request", args=[line.request_id])).content.decode()
    assert "80 naik 300% dari periode lalu (20)" in page
    assert "Data desa baru masuk" in page
    assert "data-cell" not in page


def test_the_page_costs_the_same_however_many_rows_it_has(asked: DataRequest, unit: Person) -> None:
    browser, address = screen(unit), reverse("request", args=[asked.pk])

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address).status_code == 200
        return len(queries)

    cost()  # the first reads the procedure, which is kept
    few = cost()
    for no in range(20):
        indicator = Indicator.objects.create(
            office=asked.office, code=f"B-{no}", name=f"B {no}", year=2026, sasaran="s", unit="%", owner=asked.unit
        )
        indicator.variables.create(name="nilai", label="Nilai", kind="nilai")
        asked.lines.create(indicator=indicator, order=no)
    assert cost() == few <= 30


def test_saving_a_row_costs_the_same_however_many_rows_there_are(line: RequestLine, unit: Person) -> None:
    browser, address = screen(unit), reverse("line_save", args=[line.pk])

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.post(address, typed(line, "21", "90")).status_code == 200
        return len(queries)

    cost()
    few = cost()
    for no in range(20):
        indicator = Indicator.objects.create(
            office=line.request.office, code=f"B-{no}", name=f"B {no}", year=2026, sasaran="s", unit="%",
            owner=line.request.unit,
        )  # fmt: skip
        indicator.variables.create(name="nilai", label="Nilai", kind="nilai")
        line.request.lines.create(indicator=indicator, order=no)
    assert cost() == few


def test_a_file_of_this_request_is_offered_to_its_other_rows(
    small: Cast, asked: DataRequest, line: RequestLine, unit: Person
) -> None:
    indicator = Indicator.objects.create(
        office=asked.office, code="B", name="B", year=2026, sasaran="s", unit="%", owner=asked.unit
    )
    other = asked.lines.create(indicator=indicator, order=2)
    address = reverse("evidence_share", args=[other.pk])
    browser = screen(unit)
    assert "Belum ada berkas lain" in browser.get(address).content.decode()
    file = evidence.attach_evidence(line_id=line.pk, name="rekap.pdf", content=pdf("bukti"), by=unit)
    assert "rekap.pdf" in browser.get(address).content.decode()

    strangers: list[tuple[Client, int]] = [(screen(small.umum), 422), (screen(small.units[0]), 404)]
    for stranger, status in strangers:
        refused = stranger.post(address, {"evidence": file.pk}, headers={"HX-Request": "true"})
        assert (refused.status_code, other.evidence.count()) == (status, 0)

    shared = browser.post(address, {"evidence": file.pk}, headers={"HX-Request": "true"})
    assert "rekap.pdf" in shared.content.decode()
    assert other.evidence.get().sha256 == file.sha256
    assert "Belum ada berkas lain" in browser.get(address).content.decode()


# --- a second round over frozen figures -------------------------------------------------------------------------------


@pytest.fixture
def again(small: Cast) -> RequestLine:
    """The second unit's line in a second round: 7 of 9 were frozen in the first."""
    from himpun.cycles.actions import start_cycle

    freeze(small)
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    return small.requests(cycle)[1].lines.get()


def test_a_second_round_shows_the_frozen_figure_read_only_with_the_way_to_a_correction(
    small: Cast, again: RequestLine
) -> None:
    page = screen(small.units[1]).get(reverse("request", args=[again.request_id])).content.decode()
    figure = figure_of(small, "IKU-02.pembilang")

    cell = re.search(rf'<input[^>]*name="v-{again.pk}-{figure.variable_id}"[^>]*>', page)
    assert cell is not None
    assert 'value="7"' in cell[0]
    assert "readonly" in cell[0]
    assert f'<a href="{reverse("figure", args=[figure.pk])}">Ajukan koreksi</a>' in page
    assert "Ajukan koreksi" in screen(small.units[1]).get(reverse("figure", args=[figure.pk])).content.decode()


def test_another_figure_over_a_frozen_one_is_told_at_its_cell_and_stays_there_to_be_put_right(
    small: Cast, again: RequestLine
) -> None:
    browser = screen(small.units[1])
    figure = figure_of(small, "IKU-02.pembilang")

    saved = browser.post(reverse("line_save", args=[again.pk]), typed(again, "8", "9"))
    assert saved.status_code == 422
    assert "Ajukan koreksi" in part(saved.content.decode(), f"e-v-{again.pk}-{figure.variable_id}")

    sent = browser.post(reverse("request_submit", args=[again.request_id]), {**typed(again, "8", "9"), "send": "1"})
    page = sent.content.decode()
    assert sent.status_code == 422
    assert "Ajukan koreksi" in part(page, f"e-v-{again.pk}-{figure.variable_id}")
    cell = re.search(rf'<input[^>]*name="v-{again.pk}-{figure.variable_id}"[^>]*>', page)
    assert cell is not None
    assert 'value="8"' in cell[0]
    assert "readonly" not in cell[0]
    assert figure_of(small, "IKU-02.pembilang").number == 7

    sent = browser.post(reverse("request_submit", args=[again.request_id]), {**typed(again, "7", "9"), "send": "1"})
    assert sent.status_code == 302


def test_nihil_over_a_frozen_figure_is_told_beside_its_box(small: Cast, again: RequestLine) -> None:
    words = {**typed(again, "7", "9", nihil="1", reason="tidak ada")}

    saved = screen(small.units[1]).post(reverse("line_save", args=[again.pk]), words)

    assert saved.status_code == 422
    assert "dinyatakan nihil" in part(saved.content.decode(), f"n-{again.pk}")
