"""Importing figures: every row checked, all or nothing, twice the same, only one's own units, frozen periods refuse."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himpun.archive.models import Record
from himpun.cycles.actions import start_cycle
from himpun.indicators.figures.importing import FigureRow, Report, import_figures
from himpun.indicators.models.dictionary import Indicator, Variable
from himpun.indicators.models.figures import Figure, FigureImport
from himpun.indicators.models.recaps import Recap
from himpun.measure.periods import Period
from himpun.offices.acting import HoldsNoPost
from himpun.offices.models.people import Person
from himpun.reports.recap.recap import recap_of
from tests.cast import MECHANISM, PERIOD, Cast, found_office


def bring(cast: Cast, *rows: tuple[str, str, str, str], by: Person | None = None, **how: bool) -> Report:
    """Import rows of (element, unit, period, value)."""
    given_rows = [FigureRow(no, *row) for no, row in enumerate(rows, 2)]
    return import_figures(
        office=cast.office,
        rows=given_rows,
        name="angka.csv",
        format="csv",
        content=repr(rows).encode(),
        by=by or cast.analis,
        **how,
    )


def unit(cast: Cast, no: int = 0) -> str:
    return cast.post_of_unit(no).code


GOOD = ("IKU-01.pembilang", "", "2026-TW3", "7")


def test_figures_come_in_and_are_journaled_with_their_file(small: Cast) -> None:
    report = bring(small, GOOD, ("IKU-01.penyebut", unit(small), "2026-TW3", "9"))

    assert report.applied
    assert report.sentence == "Dimuat: 2 angka baru, 0 berubah, 0 tetap."
    row = recap_of(small.office, Period.parse(PERIOD)).rows[0]
    assert (row.actual, row.measured.provisional) == ("77,78", True)
    record = Record.objects.get(act="indicators:figures:imported")
    brought = FigureImport.objects.get()
    assert (record.file_sha256, brought.added, len(brought.digest)) == (brought.sha256, 2, 64)


def test_the_same_again_changes_nothing_and_leaves_no_trace(small: Cast) -> None:
    bring(small, GOOD)
    before = (Figure.objects.count(), FigureImport.objects.count(), Record.objects.count())

    again = bring(small, GOOD, each=True)

    assert [result.status for result in again.results] == ["tetap"]
    assert (Figure.objects.count(), FigureImport.objects.count(), Record.objects.count()) == before


def test_a_dry_run_tells_everything_and_changes_nothing(small: Cast) -> None:
    before = Record.objects.count()
    report = bring(small, GOOD, dry_run=True, each=True)

    assert (report.applied, report.taken.added) == (False, 1)
    assert report.sentence == "Akan dimuat: 1 angka baru, 0 berubah, 0 tetap."
    assert (Figure.objects.count(), FigureImport.objects.count(), Record.objects.count() - before) == (0, 0, 0)


WRONG = [
    (("IKU-09.pembilang", "", "2026-TW3", "7"), "unsur", "tidak ada dalam kamus"),
    (("IKU-01", "", "2026-TW3", "7"), "unsur", "punya beberapa variabel"),
    (("IKU-01.pembilang", "camat", "2026-TW3", "7"), "unit", "tidak diisi unit"),
    (("IKU-01.pembilang", "", "2026-TW5", "7"), "periode", "bukan kode periode"),
    (("IKU-01.pembilang", "", "2026-TW3", "tujuh"), "nilai", "tidak dapat dibaca"),
    (("IKU-01.pembilang", "", "2026-TW3", " "), "nilai", "Kosong tidak sama dengan 0"),
    (("IKU-01.pembilang", "", "2026-TW3", "1234567890123456789"), "nilai", "terlalu panjang"),
]


@pytest.mark.parametrize(("row", "column", "cause"), WRONG)
def test_one_wrong_row_is_told_by_row_column_value_and_cause_and_nothing_changes(
    small: Cast, row: tuple[str, str, str, str], column: str, cause: str
) -> None:
    report = bring(small, ("IKU-02.pembilang", "", "2026-TW3", "5"), row)

    (wrong,) = report.wrong
    assert (wrong.row, wrong.column) == (3, column)
    assert cause in wrong.cause
    assert not report.applied
    assert Figure.objects.count() == 0


def test_the_good_rows_alone_come_in_when_the_person_chose_so(small: Cast) -> None:
    report = bring(small, GOOD, WRONG[0][0], only_good=True)

    assert (report.applied, report.taken.added, report.wrong_count) == (True, 1, 1)


def test_a_file_that_says_two_things_about_one_figure_is_refused(small: Cast) -> None:
    report = bring(small, GOOD, ("IKU-01.pembilang", unit(small), "2026-TW3", "8"))

    assert [wrong.row for wrong in report.wrong] == [3]
    assert "baris lain" in report.wrong[0].cause


def test_a_unit_brings_its_own_figures_and_nobody_elses(small: Cast) -> None:
    assert bring(small, GOOD, by=small.units[0]).applied

    report = bring(small, ("IKU-02.pembilang", "", "2026-TW3", "7"), by=small.units[0])

    assert "tidak memangku" in report.wrong[0].cause


def test_somebody_of_another_office_brings_nothing(small: Cast, neighbour: Cast) -> None:
    with pytest.raises(HoldsNoPost):
        bring(small, GOOD, by=neighbour.analis)


def test_limits_of_a_variable_hold_for_an_import_too(small: Cast) -> None:
    Variable.objects.filter(indicator__code="IKU-01", name="pembilang").update(minimum=0, maximum=10, whole=True)

    causes = [bring(small, (*GOOD[:3], typed)).wrong[0].cause for typed in ("11", "-1", "7,5")]

    assert ["paling besar" in causes[0], "paling kecil" in causes[1], "bilangan bulat" in causes[2]] == [True] * 3
    assert bring(small, GOOD).applied


def test_a_frozen_period_takes_the_same_and_refuses_another_number(small: Cast) -> None:
    child = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(child)
    small.answer_all(child)
    small.decide(child, "sampaikan")
    small.decide(child, "bekukan")

    report = bring(small, ("IKU-01.pembilang", "", PERIOD, "8"), ("IKU-01.penyebut", "", PERIOD, "9"))

    assert [(wrong.row, "koreksi" in wrong.cause) for wrong in report.wrong] == [(2, True)]
    assert not report.applied
    assert bring(small, ("IKU-01.pembilang", "", PERIOD, "7")).taken.same == 1


def test_an_import_between_an_answer_and_the_freeze_blanks_nothing(small: Cast) -> None:
    child = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(child)
    small.answer_all(child)
    assert bring(small, ("IKU-01.pembilang", "", PERIOD, "6")).applied

    small.decide(child, "sampaikan")
    small.decide(child, "bekukan")

    line = Recap.objects.get(origin=child.subject).lines.get(indicator__code="IKU-01")
    assert [row["nilai"] for row in line.frozen["variabel"]] == ["6", "9"]
    assert line.frozen["realisasi"] == "200/3"
    assert not recap_of(small.office, Period.parse(PERIOD)).provisional


def test_machines_write_a_point_and_people_a_comma(small: Cast) -> None:
    bring(small, ("IKU-01.pembilang", "", "2026-TW3", "7.25"), point=True)
    bring(small, ("IKU-02.pembilang", "", "2026-TW3", "7,25"))

    assert set(Figure.objects.values_list("number", flat=True)) == {Decimal("7.25")}


def test_an_import_freezes_the_definition_it_used(small: Cast) -> None:
    bring(small, GOOD)
    used = dict(Indicator.objects.values_list("code", "used_at"))
    assert used["IKU-01"]
    assert used["IKU-02"] is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(
    cells=st.dictionaries(
        st.tuples(
            st.sampled_from(["IKU-01", "IKU-02"]), st.sampled_from(["pembilang", "penyebut"]), st.integers(1, 12)
        ),
        st.integers(1, 99),
        min_size=1,
    ),
    cut=st.integers(0, 48),
    seed=st.randoms(),
)
def test_order_and_splitting_do_not_matter(
    small: Cast, cells: dict[tuple[str, str, int], int], cut: int, seed: object
) -> None:
    rows = [(f"{code}.{name}", "", f"2026-{month:02d}", str(value)) for (code, name, month), value in cells.items()]
    whole, pieces = (
        found_office(f"utuh-{len(Person.objects.all())}"),
        found_office(f"potong-{len(Person.objects.all())}x"),
    )
    bring(whole, *rows)
    shuffled = list(rows)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    for part in (shuffled[:cut], shuffled[cut:]):
        if part:
            bring(pieces, *part)

    def recap(cast: Cast) -> list[tuple[str, str, str]]:
        found = recap_of(cast.office, Period.parse("2026"))
        return [(row.indicator.code, row.actual, row.achievement) for row in found.rows]

    assert recap(whole) == recap(pieces)
