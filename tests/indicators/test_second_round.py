"""A second round of a period whose figures are frozen: they stand in it as they are, at every door."""

from decimal import Decimal

import pytest

from himpun.archive import files
from himpun.cycles import actions as cycles
from himpun.cycles.actions import start_cycle
from himpun.cycles.models import Cycle
from himpun.cycles.steps import answers
from himpun.errors import FieldErrors
from himpun.indicators.figures import own_sheets
from himpun.indicators.figures.importing import FROZEN, FROZEN_BLANK
from himpun.indicators.models.dictionary import Variable
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.recaps import Recap
from himpun.indicators.models.requests import DataRequest, RequestLine, Value
from himpun.indicators.recaps.corrections import decide_correction
from himpun.indicators.requests import forms
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.frozen import frozen_in
from himpun.indicators.requests.reviewing import lines_of, review_request
from himpun.indicators.requests.rules import Incomplete
from himpun.measure.periods import Period
from himpun.reports.recap.recap import recap_of
from himpun.spreadsheets.reading import read_book
from tests import workbooks
from tests.cast import MECHANISM, PERIOD, Cast, later
from tests.indicators.test_corrections import ask
from tests.indicators.test_importing import bring
from tests.reports.figures import freeze

pytestmark = pytest.mark.django_db
ABOVE = "IKU-01.pembilang"


def second(cast: Cast) -> list[DataRequest]:
    """A second round of the frozen quarter, its requests sent."""
    run = start_cycle(office=cast.office, key=MECHANISM, period=PERIOD, by=cast.kasubbag)
    cast.to_collecting(run)
    return cast.requests(run)


@pytest.fixture
def again(small: Cast) -> RequestLine:
    """The first unit's line in a second round: 7 of 9 were frozen in the first."""
    freeze(small)
    return lines_of(second(small)[0]).get()


def frozen_and_open(cast: Cast) -> Cycle:
    """A run whose recap was just frozen and that is not ended yet."""
    run = start_cycle(office=cast.office, key=MECHANISM, period=PERIOD, by=cast.kasubbag)
    cast.to_collecting(run)
    cast.answer_all(run)
    cast.decide(run, "sampaikan")
    cast.decide(run, "bekukan")
    return run


def pembilang(line: RequestLine) -> Variable:
    return Variable.objects.get(indicator=line.indicator, name="pembilang")


def in_force(element: str = ABOVE) -> list[Decimal | None]:
    return list(Figure.objects.current().filter(element__code=element).values_list("number", flat=True))


def test_it_shows_what_is_frozen_and_takes_the_same_again(small: Cast, again: RequestLine) -> None:
    assert {value.number for value in again.values.all()} == {7, 9}
    save_line(line_id=again.pk, by=small.units[0], figures={pembilang(again).pk: "7,0"}, note="tetap")
    answers.answer_request(request=again.request, by=small.units[0])

    assert in_force() == [7]
    assert Figure.objects.filter(element__code=ABOVE).count() == 1


@pytest.mark.parametrize("typed", ["8", ""])
def test_another_figure_is_refused_where_it_was_typed_with_the_way_to_a_correction(
    small: Cast, again: RequestLine, typed: str
) -> None:
    with pytest.raises(FieldErrors) as refused:
        save_line(line_id=again.pk, by=small.units[0], figures={pembilang(again).pk: typed}, note="baru")

    assert list(refused.value.fields) == [f"v{pembilang(again).pk}"]
    assert "Ajukan koreksi" in str(refused.value)
    assert "dibekukan: 7." in str(refused.value)
    assert in_force() == [7]


def test_nihil_is_no_way_around_a_correction(small: Cast, again: RequestLine) -> None:
    with pytest.raises(FieldErrors) as refused:
        save_line(line_id=again.pk, by=small.units[0], nihil=True, nihil_reason="tidak ada")
    assert list(refused.value.fields) == ["nihil"]

    RequestLine.objects.filter(pk=again.pk).update(nihil=True, nihil_reason="tidak ada")
    with pytest.raises(Incomplete) as incomplete:
        answers.answer_request(request=again.request, by=small.units[0])
    assert "dinyatakan nihil" in incomplete.value.gaps[again.pk]
    assert in_force() == [7]


def test_an_answer_saved_before_the_figure_was_corrected_is_refused_at_its_cell(
    small: Cast, again: RequestLine
) -> None:
    correction = ask(small, "8", figure=Figure.objects.current().get(element__code=ABOVE))
    decide_correction(correction_id=correction.pk, approve=True, by=small.kepala)

    review = review_request(again.request)
    assert [finding.field for finding in review.findings[again.pk]] == [f"v{pembilang(again).pk}"]
    with pytest.raises(Incomplete):
        answers.answer_request(request=again.request, by=small.units[0])

    save_line(line_id=again.pk, by=small.units[0], figures={pembilang(again).pk: "8"})
    answers.answer_request(request=again.request, by=small.units[0])
    assert in_force() == [8]


def test_a_round_that_begins_after_a_correction_starts_from_what_was_corrected(small: Cast) -> None:
    freeze(small)
    correction = ask(small, "8")
    decide_correction(correction_id=correction.pk, approve=True, by=small.kepala)

    line = lines_of(second(small)[0]).get()

    assert {value.number for value in line.values.all()} == {8, 9}
    small.answer(line.request)
    assert in_force() == [8]


def test_what_is_frozen_need_not_be_typed_again(small: Cast, again: RequestLine) -> None:
    Value.objects.filter(line=again).delete()

    answers.answer_request(request=again.request, by=small.units[0])

    assert {value.number for value in again.values.all().all()} == {7, 9}
    assert in_force() == [7]


def test_what_was_not_given_may_be_filled_in(small: Cast) -> None:
    run = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(run)
    answers.excuse_unit(request=small.requests(run)[1], reason="sakit", by=small.umum)
    small.answer_all(run)
    small.decide(run, "sampaikan")
    small.decide(run, "bekukan")
    small.analyse(run)
    small.decide(run, "selesai")
    refused = bring(small, ("IKU-02.pembilang", "", PERIOD, "5"))
    assert [wrong.cause for wrong in refused.wrong] == [FROZEN_BLANK]

    request = second(small)[1]
    assert bring(small, ("IKU-02.pembilang", "", PERIOD, "5")).applied
    small.answer(request)

    assert in_force("IKU-02.pembilang") == [7]


def test_a_form_by_file_is_refused_at_its_cell_and_the_good_rows_alone_come_in(small: Cast, again: RequestLine) -> None:
    content = workbooks.typed(forms.form_of(again.request), {"G10": "8"})
    preview = forms.read_back(again.request, name="formulir.xlsx", content=content, by=small.units[0])

    assert [(wrong.row, "Ajukan koreksi" in wrong.cause) for wrong in preview.wrong] == [(10, True)]
    kept = files.store(content, media_type=forms.XLSX)
    with pytest.raises(forms.WrongCells):
        forms.apply_back(again.request, sha256=kept, name="formulir.xlsx", by=small.units[0])
    assert forms.apply_back(again.request, sha256=kept, name="f.xlsx", by=small.units[0], only_good=True) == 0
    nihil = workbooks.typed(forms.form_of(again.request), {"I10": "ya", "J10": "tidak ada"})
    preview = forms.read_back(again.request, name="formulir.xlsx", content=nihil, by=small.units[0])
    assert ["dinyatakan nihil" in wrong.cause for wrong in preview.wrong] == [True]


def test_an_own_sheet_is_refused_at_its_cell(small: Cast, again: RequestLine) -> None:
    head = ("Kode", "Data", "Periode", "Realisasi")
    content = workbooks.of_rows(
        [head, ("IKU-01", "Jumlah pembilang", PERIOD, 8), ("IKU-01", "Jumlah penyebut", PERIOD, 9)]
    )
    guessed = own_sheets.propose(read_book("lembar.xlsx", content))
    assert guessed is not None
    own_sheets.remember(office=small.office, wanted=guessed, name="lembar", by=small.units[0])

    preview = forms.read_back(again.request, name="lembar.xlsx", content=content, by=small.units[0])

    assert [(wrong.row, "Ajukan koreksi" in wrong.cause) for wrong in preview.wrong] == [(2, True)]


def test_an_import_is_refused_row_by_row_also_where_the_recap_was_withdrawn(small: Cast) -> None:
    cycles.cancel_cycle(cycle=frozen_and_open(small), reason="salah mulai", by=small.kepala)

    report = bring(small, (ABOVE, "", PERIOD, "8"), ("IKU-01.penyebut", "", PERIOD, "9"))

    assert [(wrong.row, wrong.cause) for wrong in report.wrong] == [(2, FROZEN)]
    assert not report.applied
    assert in_force() == [7]


def test_cancelling_a_run_after_its_recap_was_frozen_leaves_the_figures_frozen(small: Cast) -> None:
    cycles.cancel_cycle(cycle=frozen_and_open(small), reason="salah mulai", by=small.kepala)

    assert Recap.objects.get().withdrawn_at
    assert in_force() == [7]
    line = lines_of(second(small)[0]).get()
    assert len(frozen_in([line])) == 2
    assert not recap_of(small.office, Period.parse(PERIOD)).provisional


def test_cancelling_a_run_before_the_freeze_takes_its_answers_back_and_what_they_say_too(small: Cast) -> None:
    bring(small, (ABOVE, "", PERIOD, "5"))
    run = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(run)
    line = lines_of(small.requests(run)[0]).get()
    save_line(line_id=line.pk, by=small.units[0], nihil=True, nihil_reason="tidak ada layanan")
    answers.answer_request(request=small.requests(run)[0], by=small.units[0])
    assert in_force() == []

    with later(days=1):
        cycles.cancel_cycle(cycle=run, reason="salah mulai", by=small.kepala)

    assert in_force() == [5]
    assert "nihil" not in recap_of(small.office, Period.parse(PERIOD)).rows[0].reason.lower()
