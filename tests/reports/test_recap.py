"""Rekap berjalan: any period of any office, against target, past and goal, with what it left out and what may change."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himpun import clock
from himpun.cycles.actions import start_cycle
from himpun.cycles.steps import answers
from himpun.indicators.models.dictionary import Indicator, Scale
from himpun.indicators.models.figures import Figure
from himpun.indicators.recaps import corrections
from himpun.measure.periods import Period
from himpun.offices.models.offices import Office
from himpun.reports import REPORTS
from himpun.reports.recap.paper import PROVISIONAL, paper, to_pdf
from himpun.reports.recap.recap import NoSuchGroup, OfficeRecap, Row, element_sums, recap_of, recaps_of
from himpun.reports.recap.region import region_of, sums_below
from tests.cast import MECHANISM, PERIOD, Cast, found_office, later
from tests.documents.test_rendering import pages_of
from tests.papers import pdf
from tests.reports.figures import bring, define, figure_of, freeze

pytestmark = pytest.mark.django_db


def recap(cast: Cast, period: str = PERIOD) -> OfficeRecap:
    return recap_of(cast.office, Period.parse(period))


def row(cast: Cast, code: str, period: str = PERIOD) -> Row:
    return next(each for each in recap(cast, period).rows if each.indicator.code == code)


@pytest.fixture
def patrols(small: Cast) -> Cast:
    """The small office with monthly patrols: 10 a month are the target, of which quarter, semester and year are sums."""
    targets = {f"2026-{month:02}": "10" for month in range(1, 13)}
    define(small, "BLN", frequency="bulanan", aggregation="jumlah", targets=targets, renstra_target="100")
    bring(small, {("BLN", f"2026-{month:02}"): value for month, value in ((1, "8"), (2, "12"), (3, "10"), (4, "6"))})
    return small


# --- periods ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "actual", "achievement"),
    [
        ("2026-02", "12", "120,00"),
        ("2026-TW1", "30", "100,00"),
        ("2026-S1", "36", "90,00"),
        ("2026", "36", "90,00"),
        ("2026-TW3", "", "belum diisi"),
    ],
)
def test_month_quarter_semester_and_year_are_the_same_figures(
    patrols: Cast, period: str, actual: str, achievement: str
) -> None:
    found = row(patrols, "BLN", period)

    assert (found.actual, found.achievement) == (actual, achievement)


def test_the_rows_are_grouped_by_unit_and_by_sasaran_with_a_summary_each(patrols: Cast) -> None:
    found = recap(patrols, "2026-TW1")

    assert [(group.name, len(group.rows)) for group in found.grouped("unit")] == [
        ("Kepala Seksi 1", 2),
        ("Kepala Seksi 2", 1),
    ]
    by_sasaran = {group.name: group.summary for group in found.grouped("sasaran")}
    assert by_sasaran["Sasaran uji"].achieved == 1
    assert {one.name for one in by_sasaran["Meningkatnya layanan"].left_out} == {
        "Persentase layanan Kepala Seksi 1",
        "Persentase layanan Kepala Seksi 2",
    }
    with pytest.raises(NoSuchGroup, match="sasaran, unit, kantor"):
        found.grouped("warna")


def test_what_is_left_out_of_the_mean_is_named_with_its_reason(patrols: Cast) -> None:
    summary = recap(patrols, "2026-TW1").summary

    assert (summary.mean, summary.achieved, summary.not_achieved) == (100, 1, 0)
    assert len(summary.left_out) == 2
    assert all(one.reason for one in summary.left_out)


# --- past and goals ---------------------------------------------------------------------------------------------------


def test_earlier_years_stand_beside_the_year_and_are_compared_in_words(small: Cast) -> None:
    for year, value in ((2024, "70"), (2025, "75"), (2026, "72")):
        define(small, "IKM", year=year, unit="%", renstra_target="90", national_standard="72")
        bring(small, {("IKM", f"{year}-TW1"): value})

    found = row(small, "IKM", "2026-TW1")

    assert found.earlier == ((2025, "75"), (2024, "70"))
    assert found.against_last_year == "72% berada 3 poin persentase di bawah 75%"
    assert found.against_renstra == "72% berada 18 poin persentase di bawah 90%"
    assert found.against_standard == "72% sama dengan 72%"


def test_a_year_without_the_indicator_is_blank_and_not_compared(small: Cast) -> None:
    define(small, "IKM", renstra_target="A")
    bring(small, {("IKM", "2026-TW1"): "72"})

    found = row(small, "IKM", "2026-TW1")

    assert found.earlier == ((2025, ""), (2024, ""))
    assert (found.against_last_year, found.against_renstra, found.against_standard) == ("", "", "")


def test_the_trend_runs_from_the_earliest_year_to_the_period_and_leaves_gaps_open(small: Cast) -> None:
    define(small, "IKM", year=2025, targets={"2025-TW4": "80"})
    define(small, "IKM", targets={"2026-TW1": "85", "2026-TW2": "85"})
    bring(small, {("IKM", "2025-TW4"): "75", ("IKM", "2026-TW2"): "72"})

    trend = row(small, "IKM", "2026-TW2").trend

    assert [period.code for period, _, _ in trend] == [*(f"2025-TW{no}" for no in range(1, 5)), "2026-TW1", "2026-TW2"]
    assert [(actual, target) for _, actual, target in trend[3:]] == [(75, 80), (None, 85), (72, 85)]


# --- completeness, punctuality, freezing ------------------------------------------------------------------------------


def test_completeness_and_punctuality_leave_out_who_was_excused(small: Cast) -> None:
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    first, second = small.requests(cycle)
    assert recap(small).reporting.completeness == 0

    small.answer(first)
    half = recap(small).reporting
    assert (half.asked, half.answered, half.in_time, half.completeness) == (2, 1, 1, 50)

    answers.excuse_unit(request=second, reason="Kantor kebanjiran", by=small.umum)
    rest = recap(small).reporting
    assert (rest.asked, rest.completeness, rest.on_time) == (1, 100, 100)
    assert recap(small, "2026").reporting == rest
    assert recap(small, "2026-TW2").reporting.completeness is None


def test_an_answer_after_its_deadline_is_complete_and_not_on_time(small: Cast) -> None:
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    in_time, late = small.requests(cycle)
    small.answer(in_time)
    with later(days=30):
        small.answer(late)

    reporting = recap(small).reporting

    assert (reporting.completeness, reporting.on_time) == (100, 50)


def test_a_figure_is_provisional_until_its_period_is_frozen(small: Cast) -> None:
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    small.answer_all(cycle)
    small.decide(cycle, "sampaikan")
    before = recap(small)
    assert before.provisional
    assert before.rows[0].actual == "77,78"

    small.decide(cycle, "bekukan")
    after = recap(small)

    assert not after.provisional
    assert [each.actual for each in after.rows] == [each.actual for each in before.rows]


def test_a_corrected_figure_marks_its_indicator_and_no_other(small: Cast) -> None:
    freeze(small)
    correct(small, "8")

    found = {each.indicator.code: each.corrected for each in recap(small).rows}

    assert found == {"IKU-01": True, "IKU-02": False}
    assert recap(small, "2026").rows[0].corrected
    assert not any(each.corrected for each in recap(small, "2026-TW2").rows)


def correct(cast: Cast, new: str) -> None:
    """Correct the first indicator's frozen pembilang."""
    asked = corrections.ask_correction(
        figure_id=figure_of(cast).pk, new=new, reason="Salah baca laporan", evidence_name="b.pdf",
        evidence=pdf("bukti"), by=cast.holder(cast.post_of_unit(0)),
    )  # fmt: skip
    corrections.decide_correction(correction_id=asked.pk, approve=True, by=cast.kepala)


# --- several offices --------------------------------------------------------------------------------------------------


def shown(found: OfficeRecap) -> list[tuple[Any, ...]]:
    return [(each.indicator.code, each.target, each.actual, each.achievement, each.earlier) for each in found.rows]


def test_several_offices_at_once_are_the_same_as_one_by_one(patrols: Cast, neighbour: Cast) -> None:
    define(neighbour, "BLN", aggregation="jumlah", targets={"2026-TW1": "5"})
    bring(neighbour, {("BLN", "2026-TW1"): "4"})
    offices, period = [patrols.office, neighbour.office], Period.parse("2026-TW1")

    together = recaps_of(offices, period)
    apart = [recap_of(office, period) for office in offices]

    assert [shown(each) for each in together] == [shown(each) for each in apart]
    assert [each.summary for each in together] == [each.summary for each in apart]
    assert [each.reporting for each in together] == [each.reporting for each in apart]


def test_recaps_cost_the_same_number_of_queries_for_any_number_of_offices(patrols: Cast) -> None:
    found_all = [patrols.office, *(found_office(f"kec-{no}", units=1).office for no in range(49))]
    counts = []
    for many in (1, 5, 50):
        with CaptureQueriesContext(connection) as captured:
            assert len(recaps_of(found_all[:many], Period.parse("2026-TW1"))) == many
        counts.append(len(captured))

    assert len(set(counts)) == 1
    assert counts[0] <= 30


@pytest.fixture
def region(patrols: Cast, neighbour: Cast) -> Office:
    """An office above the small one and its neighbour."""
    above = Office.objects.create(code="kab", name="Kabupaten", kind_id=patrols.office.kind_id, city="Contoh")
    Office.objects.filter(pk__in=[patrols.office.pk, neighbour.office.pk]).update(parent=above)
    define(neighbour, "BLN", frequency="bulanan", targets={"2026-01": "5"})
    bring(neighbour, {("BLN", "2026-01"): "4", ("BLN", "2026-03"): "1"})
    return above


def test_the_offices_below_stand_side_by_side_with_what_they_come_to(region: Office) -> None:
    found = region_of(region, Period.parse("2026-01"))

    assert [(each.office.code, each.summary.mean) for each in found.recaps] == [("kec-kecil", 80), ("kec-tetangga", 80)]
    assert (found.summary.mean, found.summary.not_achieved, len(found.summary.left_out)) == (80, 2, 4)
    assert found.provisional


def test_the_figures_of_the_offices_below_are_added_up_by_quarter_and_no_others(region: Office) -> None:
    stranger = found_office("kec-lain", units=1)
    define(stranger, "BLN", frequency="bulanan")
    bring(stranger, {("BLN", "2026-01"): "1000"})

    (added,) = sums_below(region, 2026)

    assert (added.element, added.label) == ("BLN.nilai", "Nilai BLN")
    quarters = [None if each is None else (each.total, each.figures) for each in added.quarters]
    assert quarters == [(35, 5), (6, 1), None, None]
    assert sums_below(stranger.office, 2026) == []
    (first, _) = element_sums(2026)
    assert first.total == 1035


def test_every_report_that_is_listed_can_be_made(region: Office) -> None:
    for name, report in REPORTS.items():
        made = report.make(region, Period.parse("2026-01"))
        assert made.office == region, name


FIGURES = st.dictionaries(
    st.tuples(st.sampled_from(["IKU-01.pembilang", "IKU-02.penyebut"]), st.integers(1, 12)),
    st.decimals(-10_000, 10_000, places=2),
    min_size=1,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(here=FIGURES, there=FIGURES)
def test_sums_by_quarter_equal_a_plain_recount(small: Cast, neighbour: Cast, here: Any, there: Any) -> None:
    Figure.objects.all().delete()
    for cast, figures in ((small, here), (neighbour, there)):
        bring(cast, {(element, f"2026-{month:02}"): f"{value:f}".replace(".", ",") for (element, month), value in figures.items()})  # fmt: skip

    def recount(*several: Any) -> Iterator[tuple[str, int, int, Fraction]]:
        rows = [(element, (month + 2) // 3, Fraction(value)) for figures in several for (element, month), value in figures.items()]  # fmt: skip
        for key in sorted({row[:2] for row in rows}):
            values = [value for *place, value in rows if tuple(place) == key]
            yield *key, len(values), sum(values, Fraction(0))

    def summed(**of: Any) -> list[tuple[str, int, int, Fraction]]:
        return [(each.element, each.quarter, each.figures, each.total) for each in element_sums(2026, **of)]

    assert summed() == list(recount(here, there))
    assert summed(offices=[small.office.pk]) == list(recount(here))
    assert summed(offices=[]) == []


# --- as a paper -------------------------------------------------------------------------------------------------------


def test_the_paper_marks_what_is_provisional_and_what_was_corrected(small: Cast) -> None:
    freeze(small)
    define(small, "BARU")
    bring(small, {("BARU", PERIOD): "3"})
    correct(small, "8")

    said = paper(recap(small), group="unit", note="", at=clock.now())

    marks = {one["code"]: one["marks"] for group in said["groups"] for one in group["indicators"]}
    assert marks == {"IKU-01": "dikoreksi sesudah dibekukan", "BARU": "sementara", "IKU-02": ""}
    assert said["provisional"] == PROVISIONAL
    assert said["corrections"] == [
        "IKU-01 Jumlah pembilang, Kepala Seksi 1, Triwulan III 2026: 7 menjadi 8. Salah baca laporan"
    ]
    assert [fact["value"] for fact in said["facts"][1:]] == ["2 dari 2 permintaan (100,00%)"] * 2
    (left_out,) = said["summary"]["left_out"]
    assert (left_out["code"], left_out["reason"]) == ("BARU", row(small, "BARU").reason)


def test_a_paper_of_frozen_figures_warns_of_nothing(small: Cast) -> None:
    freeze(small)

    said = paper(recap(small), group="sasaran", note="", at=clock.now())

    assert (said["provisional"], said["corrections"], said["years"]) == ("", [], ["2025", "2024"])
    assert {one["marks"] for group in said["groups"] for one in group["indicators"]} == {""}


def test_the_paper_prints_each_scale_with_who_is_called_by_it(small: Cast) -> None:
    levels = [{"name": "Lampau", "colour": "hijau", "above": "100"}, {"name": "Belum", "colour": "merah", "above": ""}]
    scale = Scale.objects.create(office=small.office, name="Dua", year=2026, levels=levels)
    assert [each["users"] for each in paper(recap(small), group="unit", note="", at=clock.now())["scales"]] == [""]
    Indicator.objects.filter(code="IKU-02").update(scale=scale)

    said = paper(recap(small), group="unit", note="", at=clock.now())["scales"]

    assert [(each["users"], [band["rule"] for band in each["bands"]][:2]) for each in said] == [
        ("IKU-01", ["> 90", "> 75 dan ≤ 90"]),
        ("IKU-02", ["> 100", "≤ 100"]),
    ]


def test_the_pdf_says_it_is_provisional_on_every_page_and_is_the_same_for_the_same_moment(
    patrols: Cast,
) -> None:
    for no in range(30):
        define(patrols, f"TMB-{no:02}")

    pdf = to_pdf(recap(patrols, "2026-TW1"), note="Hanya sebagian", at=clock.now())

    pages = pages_of(pdf)
    assert len(pages) > 2
    assert all("SEMENTARA: ada angka yang belum dibekukan" in page for page in pages)
    assert "Hanya sebagian" in pages[0]
    assert pdf == to_pdf(recap(patrols, "2026-TW1"), note="Hanya sebagian", at=clock.now())
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf


def test_a_recap_of_an_office_without_indicators_is_a_paper_too(small: Cast) -> None:
    assert to_pdf(recap(small, "2031"), at=clock.now()).startswith(b"%PDF")
