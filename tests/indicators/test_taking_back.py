"""One import taken back as a whole: every value is what it was, nothing leaves the history, and what builds on it stands in the way."""

import pytest

from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.cycles.actions import cancel_cycle, start_cycle
from himpun.cycles.steps import answers
from himpun.errors import FieldErrors
from himpun.indicators.figures.taking_back import BuiltUpon, NotOfYours, take_back, taking_back
from himpun.indicators.models.figures import Figure, FigureImport, ImportTakenBack
from himpun.indicators.models.requests import DataRequest
from himpun.indicators.requests.filling import save_line
from himpun.offices.acting import HoldsNoPost
from tests.cast import MECHANISM, Cast
from tests.indicators.test_importing import bring
from tests.reports.figures import freeze

TW3, TW2 = "2026-TW3", "2026-TW2"
NUMERATOR, DENOMINATOR = "IKU-01.pembilang", "IKU-01.penyebut"


def counted(cast: Cast) -> dict[tuple[str, str], int]:
    """What counts now: (element, period) → number."""
    found = Figure.objects.current().filter(office=cast.office).select_related("element")
    return {(one.element.code, one.period.code): int(one.number or 0) for one in found}


def newest() -> FigureImport:
    return FigureImport.objects.latest("pk")


def undo(cast: Cast, imported: FigureImport | None = None) -> ImportTakenBack:
    return take_back(import_id=(imported or newest()).pk, reason="salah berkas", by=cast.analis)


def test_changed_values_are_again_what_they_were_and_new_ones_are_blank(small: Cast) -> None:
    bring(small, (NUMERATOR, "", TW3, "4"), (DENOMINATOR, "", TW3, "9"))
    before, faults = counted(small), verify().faults
    bring(small, (NUMERATOR, "", TW3, "5"), (DENOMINATOR, "", TW3, "9"), (NUMERATOR, "", TW2, "3"))
    assert counted(small) != before

    done = undo(small)

    assert (counted(small), done.restored, done.emptied) == (before, 1, 1)
    assert Figure.objects.count() == 4, "the versions stay"
    record = Record.objects.get(act="indicators:figures:taken_back")
    assert '"reason":"salah berkas"' in record.data
    assert verify().faults == faults


def test_what_a_unit_answered_before_the_import_counts_again(small: Cast) -> None:
    cycle = start_cycle(office=small.office, key=MECHANISM, period=TW3, by=small.kasubbag)
    small.to_collecting(cycle)
    request = small.requests(cycle)[0]
    small.answer(request)
    before = counted(small)
    bring(small, (NUMERATOR, "", TW3, "5"))

    undo(small)

    assert counted(small) == before
    assert Figure.objects.current().get(element__code=NUMERATOR).source == f"request:{request.pk}"


def test_two_imports_are_taken_back_from_the_last_to_the_first(small: Cast) -> None:
    bring(small, (NUMERATOR, "", TW3, "4"))
    first = newest()
    bring(small, (NUMERATOR, "", TW3, "5"))
    with pytest.raises(BuiltUpon, match=r"1 angka diganti impor “angka\.csv” sesudahnya"):
        undo(small, first)
    undo(small)
    assert counted(small) == {(NUMERATOR, TW3): 4}
    undo(small, first)
    assert counted(small) == {}
    with pytest.raises(BuiltUpon, match="sudah pernah ditarik"):
        undo(small, first)


def test_the_same_file_can_be_imported_again_afterwards(small: Cast) -> None:
    bring(small, (NUMERATOR, "", TW3, "4"))
    undo(small)
    bring(small, (NUMERATOR, "", TW3, "4"))
    assert counted(small) == {(NUMERATOR, TW3): 4}
    undo(small)
    assert counted(small) == {}, "the import taken back before does not come back by the second"


def test_many_figures_come_back_too(small: Cast) -> None:
    months = [f"2026-{month:02d}" for month in (3, 6, 9, 12)]
    bring(small, *((NUMERATOR, "", month, str(at)) for at, month in enumerate(months, 1)))
    before = counted(small)
    bring(small, *((NUMERATOR, "", month, "8") for month in months))
    assert undo(small).restored == 4
    assert counted(small) == before


class TestWhatBuildsOnIt:
    def test_frozen_figures(self, small: Cast) -> None:
        bring(small, (NUMERATOR, "", TW2, "4"))
        imported = newest()
        freeze(small, TW2)
        before = counted(small)
        with pytest.raises(BuiltUpon) as refused:
            undo(small, imported)
        assert "Triwulan II 2026 putaran 1" in str(refused.value) or "diganti isian" in str(refused.value)
        assert (counted(small), ImportTakenBack.objects.count()) == (before, 0)

    def test_a_frozen_figure_that_no_answer_replaced(self, small: Cast) -> None:
        bring(small, (NUMERATOR, "", TW3, "7"), (DENOMINATOR, "", TW3, "9"))
        imported = newest()
        freeze(small)
        with pytest.raises(BuiltUpon, match="sudah dibekukan dalam rekap Triwulan III 2026 putaran 1"):
            undo(small, imported)

    def test_an_answer_since(self, small: Cast) -> None:
        bring(small, (NUMERATOR, "", TW3, "5"))
        cycle = start_cycle(office=small.office, key=MECHANISM, period=TW3, by=small.kasubbag)
        small.to_collecting(cycle)
        request = small.requests(cycle)[0]
        small.answer(request)
        with pytest.raises(BuiltUpon, match="diganti isian"):
            undo(small)
        assert "diganti isian" in taking_back(newest()).built[0]

    def test_an_answer_of_nihil_since(self, small: Cast) -> None:
        bring(small, (NUMERATOR, "", TW3, "5"))
        cycle = start_cycle(office=small.office, key=MECHANISM, period=TW3, by=small.kasubbag)
        small.to_collecting(cycle)
        request: DataRequest = small.requests(cycle)[0]
        line = request.lines.get(indicator__code="IKU-01")
        save_line(line_id=line.pk, by=small.holder(request.unit), nihil=True, nihil_reason="tidak ada layanan")
        answers.answer_request(request=request, by=small.holder(request.unit))
        with pytest.raises(BuiltUpon, match="dinyatakan nihil"):
            undo(small)


class TestWhoMay:
    def test_without_a_reason_nothing_happens(self, small: Cast) -> None:
        bring(small, (NUMERATOR, "", TW3, "5"))
        with pytest.raises(FieldErrors):
            take_back(import_id=newest().pk, reason="  ", by=small.analis)
        assert counted(small) == {(NUMERATOR, TW3): 5}

    def test_a_unit_takes_back_its_own_and_no_other(self, small: Cast) -> None:
        bring(small, (NUMERATOR, "", TW3, "5"))
        with pytest.raises(NotOfYours):
            take_back(import_id=newest().pk, reason="salah", by=small.units[1])
        take_back(import_id=newest().pk, reason="salah", by=small.units[0])
        assert counted(small) == {}

    def test_another_office_never(self, small: Cast, neighbour: Cast) -> None:
        bring(small, (NUMERATOR, "", TW3, "5"))
        with pytest.raises(HoldsNoPost):
            take_back(import_id=newest().pk, reason="salah", by=neighbour.analis)


def test_a_withdrawn_answer_does_not_bring_back_an_import_that_was_taken_back(small: Cast) -> None:
    bring(small, (NUMERATOR, "", TW3, "5"))
    undo(small)
    cycle = start_cycle(office=small.office, key=MECHANISM, period=TW3, by=small.kasubbag)
    small.to_collecting(cycle)
    request = small.requests(cycle)[0]
    small.answer(request)

    cancel_cycle(cycle=cycle, reason="salah periode", by=small.kepala)
    assert (NUMERATOR, TW3) not in counted(small)
