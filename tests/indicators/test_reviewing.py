"""Collecting with checks: what is refused at its cell, what asks for an explanation, and what keeps an answer back."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from himpun import clock
from himpun.archive.models import Record
from himpun.cycles.actions import start_cycle
from himpun.cycles.models import Cycle
from himpun.cycles.steps import answers
from himpun.errors import FieldErrors
from himpun.indicators.models.dictionary import Element, FigureCheck, Indicator, Variable
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.requests import DataRequest, Evidence, RequestLine
from himpun.indicators.requests import evidence
from himpun.indicators.requests.checks import Level
from himpun.indicators.requests.evidence import share_evidence
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.reviewing import review_request
from himpun.indicators.requests.rules import Incomplete, NotYourRequest, RequestClosed
from himpun.measure.periods import Period
from himpun.offices.models.people import Person
from tests.cast import MECHANISM, PERIOD, Cast
from tests.papers import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(small: Cast) -> DataRequest:
    """The second unit's open request: one indicator of pembilang and penyebut, no evidence required."""
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    return small.requests(cycle)[1]


@pytest.fixture
def line(asked: DataRequest) -> RequestLine:
    return asked.lines.get()


@pytest.fixture
def unit(small: Cast, asked: DataRequest) -> Person:
    return small.holder(asked.unit)


def variable(line: RequestLine, kind: str) -> Variable:
    return line.indicator.variables.get(kind=kind)


def save(line: RequestLine, by: Person, above: str, below: str, **words: Any) -> None:
    figures = {variable(line, "pembilang").pk: above, variable(line, "penyebut").pk: below}
    save_line(line_id=line.pk, by=by, figures=figures, **words)


def reported(line: RequestLine, kind: str, **figures: str) -> None:
    """Earlier figures of the unit: reported(line, "pembilang", TW1="20")."""
    of = variable(line, kind)
    for code, number in figures.items():
        period = Period.parse(f"2026-{code}" if code.startswith("TW") else code.replace("Y", "").replace("_", "-"))
        Figure.objects.create(
            office=line.indicator.office, variable=of, element=of.element, unit=line.request.unit,
            year=period.year, month=period.last_month, months=3, number=Decimal(number), source="import:0",
            at=clock.now(), by="contoh",
        )  # fmt: skip


def gap(line: RequestLine) -> str:
    return review_request(line.request).gaps[line.pk]


@pytest.mark.parametrize(
    ("limits", "typed", "told"),
    [
        ({"minimum": Decimal(1)}, "0", "Paling kecil 1; tertulis 0."),
        ({"maximum": Decimal("1000.5")}, "1.001", "Paling besar 1.000,5; tertulis 1.001."),
        ({"whole": True}, "2,5", "Harus bilangan bulat; tertulis 2,5."),
    ],
)
def test_a_figure_beyond_its_limits_is_refused_at_its_cell_and_not_saved(
    line: RequestLine, unit: Person, limits: dict[str, Any], typed: str, told: str
) -> None:
    Variable.objects.filter(indicator=line.indicator, kind="pembilang").update(**limits)

    with pytest.raises(FieldErrors) as refused:
        save(line, unit, typed, "9")

    assert refused.value.fields == {f"v{variable(line, 'pembilang').pk}": told}
    assert not line.values.exists()
    save(line, unit, "7", "9")
    assert line.values.count() == 2


def test_a_figure_that_need_not_be_given_may_stay_blank(line: RequestLine, unit: Person) -> None:
    save(line, unit, "", "9")
    assert "isi Jumlah pembilang" in gap(line)

    Variable.objects.filter(indicator=line.indicator, kind="pembilang").update(required=False)
    assert gap(line) == ""


def test_a_jump_must_be_explained_before_it_is_sent(asked: DataRequest, line: RequestLine, unit: Person) -> None:
    reported(line, "pembilang", TW1="19", TW2="20")
    save(line, unit, "80", "90")

    with pytest.raises(Incomplete) as refused:
        answers.answer_request(request=asked, by=unit)
    assert "80 naik 300% dari periode lalu (20)" in refused.value.gaps[line.pk]

    save(line, unit, "80", "90", explanation="Data desa baru masuk")
    answers.answer_request(request=asked, by=unit)
    sent = Record.objects.get(act="indicators:request:submitted", subject=f"request:{asked.pk}").data
    assert "Data desa baru masuk" in sent
    assert "naik 300%" in sent


def test_the_median_of_the_earlier_periods_speaks_too(line: RequestLine, unit: Person) -> None:
    reported(line, "penyebut", Y2025_TW2="10", Y2025_TW3="10", Y2025_TW4="10", TW1="10", TW2="60")
    save(line, unit, "5", "60")

    (found,) = review_request(line.request).findings[line.pk]
    assert found.sentence.startswith("60 naik 500% dari median 5 periode sebelumnya (10).")


def test_an_earlier_period_of_another_unit_or_length_is_not_compared(
    line: RequestLine, unit: Person, small: Cast
) -> None:
    reported(line, "pembilang", TW2="20")
    Figure.objects.update(unit=small.post_of_unit(0))
    save(line, unit, "80", "90")

    assert review_request(line.request).findings[line.pk] == []


def test_a_last_figure_from_longer_ago_is_called_by_its_period(line: RequestLine, unit: Person) -> None:
    reported(line, "pembilang", TW1="20")
    save(line, unit, "80", "90")

    (found,) = review_request(line.request).findings[line.pk]
    assert "dari Triwulan I 2026 (20)" in found.sentence


def test_a_cumulative_figure_may_grow_but_not_fall(line: RequestLine, unit: Person) -> None:
    Indicator.objects.filter(pk=line.indicator_id).update(aggregation="kumulatif")
    reported(line, "pembilang", TW1="20", TW2="45")

    save(line, unit, "90", "100")
    assert review_request(line.request).findings[line.pk] == []
    save(line, unit, "40", "100")
    (found,) = review_request(line.request).findings[line.pk]
    assert "Angka kumulatif 40 lebih kecil daripada periode lalu (45)" in found.sentence


def test_a_part_larger_than_its_whole_is_explained_or_put_right(line: RequestLine, unit: Person) -> None:
    save(line, unit, "12", "9")
    assert "Pembilang 12 lebih besar daripada penyebut 9" in gap(line)

    save(line, unit, "12", "9", explanation="Termasuk luar wilayah")
    assert gap(line) == ""


@pytest.mark.parametrize(("blocks", "level"), [(True, Level.WRONG), (False, Level.LOOK)])
def test_totals_that_do_not_agree_keep_the_answer_back_but_not_the_draft(
    line: RequestLine, unit: Person, blocks: bool, level: Level
) -> None:
    FigureCheck.objects.create(
        indicator=line.indicator, condition="pembilang + 2 = penyebut", sentence="Tidak sama.", blocks=blocks
    )
    save(line, unit, "7", "10")

    assert [(each.level, each.sentence) for each in review_request(line.request).findings[line.pk]] == [
        (level, "Tidak sama.")
    ]
    assert "Tidak sama." in gap(line)
    save(line, unit, "7", "10", explanation="memang")
    assert bool(gap(line)) == blocks
    save(line, unit, "7", "9", explanation="")
    assert gap(line) == ""


def test_a_row_that_says_nihil_has_nothing_to_explain(line: RequestLine, unit: Person) -> None:
    save(line, unit, "12", "9", nihil=True, nihil_reason="tidak ada layanan")

    assert gap(line) == ""


def test_a_grade_is_one_of_the_indicators_own(line: RequestLine, unit: Person) -> None:
    Indicator.objects.filter(pk=line.indicator_id).update(polarity="predikat", grades={"A": "4", "B": "3"})

    with pytest.raises(FieldErrors, match="Pilih salah satu: A, B"):
        save(line, unit, "C", "")
    save(line, unit, "b", "")
    assert line.values.get().text == "B"


def fill_with(asked: DataRequest, count: int) -> None:
    """Add so many indicators with figures, earlier figures and a check to a request."""
    for no in range(count):
        indicator = Indicator.objects.create(
            office=asked.office, code=f"B-{asked.lines.count()}", name=f"B {no}", year=2026, sasaran="s", unit="%",
            owner=asked.unit,
        )  # fmt: skip
        FigureCheck.objects.create(indicator=indicator, condition="pembilang < penyebut", sentence="x")
        element = Element.objects.create(code=f"{indicator.code}.pembilang")
        above = Variable.objects.create(
            indicator=indicator, name="pembilang", label="p", kind="pembilang", element=element
        )
        below = Variable.objects.create(indicator=indicator, name="penyebut", label="q", kind="penyebut")
        line = RequestLine.objects.create(request=asked, indicator=indicator, order=9)
        line.values.create(variable=above, number=Decimal(1))
        line.values.create(variable=below, number=Decimal(2))
        reported(line, "pembilang", TW1="20", TW2="20")


def test_reviewing_costs_the_same_however_many_rows_there_are(asked: DataRequest) -> None:
    fill_with(asked, 2)
    with CaptureQueriesContext(
        connection,
    ) as few:
        found = review_request(asked)
    fill_with(asked, 20)
    with CaptureQueriesContext(connection) as many:
        review_request(asked)

    assert sum(len(each) for each in found.findings.values()) == 2
    assert len(few) == len(many) <= 12


# --- one file for several figures -----------------------------------------------------------------------------------


@pytest.fixture
def file(asked: DataRequest, line: RequestLine, unit: Person) -> Evidence:
    return evidence.attach_evidence(line_id=line.pk, name="bukti.pdf", content=pdf("bukti"), by=unit)


def test_a_file_already_here_serves_another_row_too(asked: DataRequest, file: Evidence, unit: Person) -> None:
    fill_with(asked, 1)
    other = asked.lines.exclude(pk=file.line_id).get()

    for _ in range(2):
        shared = share_evidence(evidence_id=file.pk, line_id=other.pk, by=unit)

    assert (shared.sha256, shared.name, other.evidence.count()) == (file.sha256, "bukti.pdf", 1)
    evidence.detach_evidence(evidence_id=file.pk, by=unit)
    assert other.evidence.count() == 1


def test_a_file_of_another_request_or_by_another_person_is_not_shared(
    small: Cast, asked: DataRequest, file: Evidence, unit: Person
) -> None:
    elsewhere = small.requests(Cycle.objects.get())[0]

    with pytest.raises(FieldErrors, match="tidak ada dalam permintaan ini"):
        share_evidence(evidence_id=file.pk, line_id=elsewhere.lines.get().pk, by=small.holder(elsewhere.unit))
    with pytest.raises(NotYourRequest):
        share_evidence(evidence_id=file.pk, line_id=file.line_id, by=small.umum)
    DataRequest.objects.filter(pk=asked.pk).update(state="dijawab")
    with pytest.raises(RequestClosed):
        share_evidence(evidence_id=file.pk, line_id=file.line_id, by=unit)
