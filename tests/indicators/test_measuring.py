"""From figures to capaian: the oracles, periods put together, several units, references, the way back."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himpun.indicators.figures.importing import FigureRow, import_figures
from himpun.indicators.measured.keeping import tree_of
from himpun.indicators.measured.office_year import OfficeYear
from himpun.indicators.models.dictionary import Indicator, Target, Variable
from himpun.indicators.models.figures import Figure
from himpun.measure.periods import Period
from himpun.reports.recap.recap import recap_of
from tests.cast import Cast
from tests.oracles import set_up


def bring(cast: Cast, figures: dict[tuple[str, str, str], str]) -> None:
    """Import (element, unit, period) → value; every row must be right."""
    rows = [FigureRow(no, *key, value) for no, (key, value) in enumerate(figures.items(), 2)]
    report = import_figures(
        office=cast.office, rows=rows, name="uji.csv", format="csv", content=repr(rows).encode(), by=cast.analis
    )
    assert report.applied, report.wrong


def test_every_oracle_of_the_domain_holds_from_the_figures(small: Cast) -> None:
    oracles = set_up(small)
    bring(
        small,
        {(code, "", period): value for code, oracle in oracles.items() for period, value in oracle.figures.items()},
    )

    shown = {
        row.indicator.code: row.achievement
        for asked in ("2026-TW1", "2026")
        for row in recap_of(small.office, Period.parse(asked)).rows
        if row.indicator.code in oracles and oracles[row.indicator.code].asked == asked
    }

    assert shown == {code: oracle.shown for code, oracle in oracles.items()}


@pytest.fixture
def monthly(small: Cast) -> Indicator:
    """A monthly count of the first unit, of which quarters and years are the sum."""
    indicator = Indicator.objects.create(
        office=small.office, code="BLN", name="Patroli", year=2026, sasaran="S", unit="kali", owner=small.post_of_unit(0),
        frequency="bulanan", aggregation="jumlah",
    )  # fmt: skip
    Variable.objects.create(indicator=indicator, name="patroli", label="Patroli", unit="kali", kind="nilai")
    for month in range(1, 13):
        Target.objects.create(indicator=indicator, period=f"2026-{month:02}", value="10")
    return indicator


def test_a_longer_period_is_put_together_from_its_months(small: Cast, monthly: Indicator) -> None:
    bring(small, {("BLN", "", f"2026-{month:02}"): str(value) for month, value in ((1, 8), (2, 12), (3, 10), (5, 6))})
    year = OfficeYear.load(small.office, 2026)

    quarter = year.measure("BLN", Period.parse("2026-TW1"))
    assert (quarter.actual, quarter.formula) == (30, "8 + 12 + 10 = 30")
    assert year.score("BLN", Period.parse("2026-TW1")).value == 100
    half = year.measure("BLN", Period.parse("2026-S1"))
    assert (half.actual, half.notes) == (36, ("Belum ada angka: April 2026, Juni 2026.",))
    assert year.score("BLN", Period.parse("2026-S1")).value == 90
    assert year.measure("BLN", Period.parse("2026-TW4")).reason == "Belum diisi: Patroli."


def test_a_quarter_that_was_asked_as_a_whole_is_not_counted_twice(small: Cast, monthly: Indicator) -> None:
    bring(small, {("BLN", "", "2026-01"): "8", ("BLN", "", "2026-TW1"): "31"})

    year = OfficeYear.load(small.office, 2026)

    assert year.measure("BLN", Period.parse("2026-TW1")).actual == 31
    assert year.measure("BLN", Period.parse("2026")).actual == 31


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(months=st.dictionaries(st.integers(1, 12), st.integers(0, 50), min_size=1))
def test_the_year_is_the_sum_of_its_quarters_whatever_months_are_missing(
    small: Cast, monthly: Indicator, months: dict[int, int]
) -> None:
    Figure.objects.all().delete()
    bring(small, {("BLN", "", f"2026-{month:02}"): str(value) for month, value in months.items()})
    year = OfficeYear.load(small.office, 2026)

    def actual(period: str) -> Fraction:
        found = year.measure("BLN", Period.parse(period)).actual
        return found if isinstance(found, Fraction) else Fraction(0)

    total = sum(months.values())
    assert actual("2026") == total
    assert sum(actual(f"2026-TW{no}") for no in range(1, 5)) == total
    assert sum(actual(f"2026-S{no}") for no in (1, 2)) == total


@pytest.fixture
def shared(small: Cast) -> Indicator:
    """An indicator that both units fill in: the mean of their percentages."""
    indicator = Indicator.objects.create(
        office=small.office, code="BRS", name="Kehadiran", year=2026, sasaran="S", unit="%", owner=small.post_of_unit(0),
        frequency="triwulanan", formula="rata_rata(hadir / wajib × 100)",
    )  # fmt: skip
    indicator.contributors.add(small.post_of_unit(1))
    for name in ("hadir", "wajib"):
        Variable.objects.create(indicator=indicator, name=name, label=name, unit="hari", kind="nilai")
    Target.objects.create(indicator=indicator, period="2026-TW1", value="80")
    return indicator


def test_an_indicator_of_several_units_opens_to_every_units_cell(small: Cast, shared: Indicator) -> None:
    first, second = (small.post_of_unit(no).code for no in (0, 1))
    bring(small, {
        ("BRS.hadir", first, "2026-TW1"): "18", ("BRS.wajib", first, "2026-TW1"): "20",
        ("BRS.hadir", second, "2026-TW1"): "7", ("BRS.wajib", second, "2026-TW1"): "10",
    })  # fmt: skip

    measured = OfficeYear.load(small.office, 2026).measure("BRS", Period.parse("2026-TW1"))

    assert measured.actual == 80
    tree = tree_of(measured)
    assert tree is not None
    leaves = list(_leaves(tree))
    first, second = (small.post_of_unit(no).title for no in (0, 1))
    assert {(leaf["unit"], leaf["label"], leaf["nilai"]) for leaf in leaves if leaf["jenis"] == "variabel"} == {
        (first, "hadir", "18"), (first, "wajib", "20"), (second, "hadir", "7"), (second, "wajib", "10"),
    }  # fmt: skip
    opened = {Figure.objects.get(pk=leaf["angka"]).number for leaf in leaves if leaf["jenis"] == "variabel"}
    assert opened == {18, 20, 7, 10}


def _leaves(node: dict) -> list[dict]:  # type: ignore[type-arg]
    return [leaf for child in node["anak"] for leaf in _leaves(child)] if node["anak"] else [node]


def test_units_that_have_not_filled_in_are_left_out_and_named(small: Cast, shared: Indicator) -> None:
    first = small.post_of_unit(0).code
    bring(small, {("BRS.hadir", first, "2026-TW1"): "18", ("BRS.wajib", first, "2026-TW1"): "20"})

    measured = OfficeYear.load(small.office, 2026).measure("BRS", Period.parse("2026-TW1"))

    assert measured.actual == 90
    assert any("belum mengisi" in note for note in measured.notes)


def test_an_indicator_over_others_is_provisional_while_they_are_and_says_what_is_missing(
    small: Cast, monthly: Indicator
) -> None:
    over = Indicator.objects.create(
        office=small.office, code="IND", name="Indeks", year=2026, sasaran="S", unit="kali", owner=small.post_of_unit(1),
        frequency="triwulanan", formula="bobot([BLN]; 0,5; [BLN.patroli]; 0,5)",
    )  # fmt: skip
    del over
    year = OfficeYear.load(small.office, 2026)
    assert "BLN" in year.measure("IND", Period.parse("2026-TW1")).reason

    bring(small, {("BLN", "", "2026-TW1"): "30"})
    year = OfficeYear.load(small.office, 2026)
    measured = year.measure("IND", Period.parse("2026-TW1"))
    assert (measured.actual, measured.provisional) == (30, True)


def test_a_ring_of_references_ends_in_a_reason_and_not_in_a_loop(small: Cast) -> None:
    for code, other in (("A", "B"), ("B", "A")):
        Indicator.objects.create(
            office=small.office, code=code, name=code, year=2026, sasaran="S", unit="kali", owner=small.post_of_unit(1),
            frequency="triwulanan", formula=f"[{other}] + 1",
        )  # fmt: skip

    measured = OfficeYear.load(small.office, 2026).measure("A", Period.parse("2026-TW1"))

    assert measured.actual is None
    assert "berputar" in measured.reason


def test_a_cap_limits_the_capaian_and_says_so(small: Cast) -> None:
    Indicator.objects.filter(code="IKU-01").update(cap=120)
    Target.objects.filter(indicator__code="IKU-01").update(value="50")
    bring(small, {("IKU-01.pembilang", "", "2026-TW3"): "9", ("IKU-01.penyebut", "", "2026-TW3"): "10"})

    score = OfficeYear.load(small.office, 2026).score("IKU-01", Period.parse("2026-TW3"))

    assert score.value == 120
    assert score.formula.endswith("= 180, dibatasi 120")


def test_a_target_that_is_no_number_is_shown_and_not_computed(small: Cast) -> None:
    Target.objects.filter(indicator__code="IKU-01").update(value="< inflasi nasional")
    bring(small, {("IKU-01.pembilang", "", "2026-TW3"): "9", ("IKU-01.penyebut", "", "2026-TW3"): "10"})

    (row, *_) = recap_of(small.office, Period.parse("2026-TW3")).rows

    assert row.target == "< inflasi nasional"
    assert "bukan satu angka" in row.reason


@pytest.mark.parametrize(
    ("polarity", "typed", "shown"), [("peringkat", "5", "150,00"), ("teks", "baik", "tidak dapat dihitung")]
)
def test_a_rank_is_the_better_the_lower_and_text_is_only_kept(
    small: Cast, polarity: str, typed: str, shown: str
) -> None:
    indicator = Indicator.objects.create(
        office=small.office, code="PRK", name="Peringkat", year=2026, sasaran="S", unit="", owner=small.post_of_unit(0),
        frequency="triwulanan", polarity=polarity, order=0,
    )  # fmt: skip
    Variable.objects.create(indicator=indicator, name="nilai", label="Nilai", kind="nilai")
    Target.objects.create(
        indicator=indicator, period="2026-TW1", value="10" if polarity == "peringkat" else "baik sekali"
    )
    bring(small, {("PRK", "", "2026-TW1"): typed})

    (row, *_) = recap_of(small.office, Period.parse("2026-TW1")).rows

    assert (row.achievement, row.actual) == (shown, typed)
