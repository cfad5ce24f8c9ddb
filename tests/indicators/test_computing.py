"""From rows to scores: figures become a realisasi, a target is found and read, and what is frozen can be read again."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun import clock
from himpun.archive.journal import SYSTEM, act
from himpun.cycles.actions import start_cycle
from himpun.indicators.measured import keeping
from himpun.indicators.measured.keeping import exact_text, read_exact, score_from
from himpun.indicators.measured.office_year import Measured, OfficeYear, definitions, formula_of
from himpun.indicators.models.dictionary import Indicator, Target, Variable
from himpun.indicators.models.requests import DataRequest, RequestLine
from himpun.indicators.requests.answering import take_answer
from himpun.indicators.requests.filling import save_line
from himpun.indicators.requests.reviewing import lines_of
from himpun.measure.periods import Period
from himpun.measure.scoring.values import State
from tests.cast import MECHANISM, PERIOD, Cast

TW3 = Period.parse(PERIOD)


@pytest.fixture
def line(small: Cast) -> RequestLine:
    """The second unit's line (no evidence needed), open for its figures."""
    cycle = start_cycle(office=small.office, key=MECHANISM, period=PERIOD, by=small.kasubbag)
    small.to_collecting(cycle)
    return small.requests(cycle)[1].lines.get()


def fill(cast: Cast, line: RequestLine, *typed: str, **words: Any) -> RequestLine:
    variables = line.indicator.variables.all()
    figures = {variable.pk: text for variable, text in zip(variables, typed, strict=False)}
    save_line(line_id=line.pk, by=cast.units[1], figures=figures, **words)
    return lines_of(line.request).get(pk=line.pk)


def change(line: RequestLine, **fields: Any) -> None:
    Indicator.objects.filter(pk=line.indicator_id).update(**fields)


def year_of(cast: Cast, line: RequestLine) -> OfficeYear:
    """All figures of the office once the line's answer was taken in."""
    with act(cast.office.code, at=clock.now(), author=SYSTEM) as turn:
        take_answer(turn, request=line.request, by="Seksi")
    return OfficeYear.load(cast.office, 2026)


def measured(cast: Cast, line: RequestLine, *typed: str, **words: Any) -> Measured:
    fill(cast, line, *typed, **words)
    return year_of(cast, line).measure(line.indicator.code, TW3)


def frozen_of(cast: Cast, line: RequestLine, *typed: str, **words: Any) -> dict[str, Any]:
    filled = fill(cast, line, *typed, **words)
    return keeping.frozen_of(year_of(cast, filled), [filled], TW3)


# --- realisasi ------------------------------------------------------------------------------------------------------


def test_a_percentage_is_exact(small: Cast, line: RequestLine) -> None:
    found = measured(small, line, "4", "9")

    assert (found.actual, found.reason) == (Fraction(400, 9), "")
    assert found.formula == "4 / 9 × 100 = 44,44"


@pytest.mark.parametrize(
    ("unit", "kinds", "formula"),
    [
        ("%", ["pembilang", "penyebut"], "pembilang / penyebut × 100"),
        ("Persen", ["pembilang", "penyebut"], "pembilang / penyebut × 100"),
        ("menit", ["pembilang", "penyebut"], "pembilang / penyebut"),
        ("%", ["nilai"], "nilai"),
    ],
)
def test_without_a_formula_the_kind_of_the_figures_and_the_unit_say_how_it_is_computed(
    db: None, small: Cast, line: RequestLine, unit: str, kinds: list[str], formula: str
) -> None:
    change(line, unit=unit)
    Variable.objects.filter(indicator=line.indicator).exclude(name__in=kinds).delete()
    if kinds == ["nilai"]:
        Variable.objects.create(indicator=line.indicator, name="nilai", label="Nilai", kind="nilai")
    (indicator,) = (one for one in definitions([small.office], 2026) if one.pk == line.indicator_id)
    assert formula_of(indicator).text == formula


@pytest.mark.parametrize(("typed", "reason"), [(("", ""), "belum"), (("4", ""), "belum"), (("4", "0"), "0")])
def test_a_realisasi_that_cannot_be_computed_says_why(
    small: Cast, line: RequestLine, typed: tuple[str, str], reason: str
) -> None:
    found = measured(small, line, *typed)

    assert found.actual is None
    assert reason in found.reason.lower()


def test_zero_is_a_realisasi(small: Cast, line: RequestLine) -> None:
    assert measured(small, line, "0", "9").actual == 0


def test_nihil_wins_over_figures(small: Cast, line: RequestLine) -> None:
    found = measured(small, line, "4", "9", nihil=True, nihil_reason="tidak ada layanan")

    assert (found.actual, found.reason, found.word) == (None, "Nihil: tidak ada layanan", "nihil")


def test_a_grade_is_its_own_realisasi_or_not_filled_in(small: Cast, line: RequestLine) -> None:
    change(line, polarity="predikat")
    assert measured(small, line).reason == "Predikat belum diisi."
    assert measured(small, line, "bb").actual == "BB"


# --- target ---------------------------------------------------------------------------------------------------------


def test_the_target_of_the_period_comes_before_that_of_the_year(small: Cast, line: RequestLine) -> None:
    Target.objects.create(indicator=line.indicator, period="2026", value="90")
    year, code = OfficeYear.load(small.office, 2026), line.indicator.code
    assert year.target(code, TW3) == ("80", Fraction(80))
    assert year.target(code, Period.parse("2026-TW2")) == ("90", Fraction(90))
    Target.objects.filter(indicator=line.indicator, period="2026").delete()
    assert OfficeYear.load(small.office, 2026).target(code, Period.parse("2026-TW2")) == ("", None)


@pytest.mark.parametrize("aggregation", ["jumlah", "kumulatif"])
def test_the_target_of_the_year_is_no_quarters_target_where_quarters_add_up(
    small: Cast, line: RequestLine, aggregation: str
) -> None:
    change(line, aggregation=aggregation)
    Target.objects.create(indicator=line.indicator, period="2026", value="90")
    assert OfficeYear.load(small.office, 2026).target(line.indicator.code, Period.parse("2026-TW2")) == ("", None)


def test_a_target_that_cannot_be_read_is_shown_as_written_and_gives_no_score(small: Cast, line: RequestLine) -> None:
    Target.objects.filter(indicator=line.indicator).update(value="sebanyak-banyaknya")

    frozen = frozen_of(small, line, "4", "9")

    assert frozen["target"] == "sebanyak-banyaknya"
    assert frozen["capaian"]["nilai"] == ""
    assert frozen["capaian"]["alasan"]


# --- frozen ---------------------------------------------------------------------------------------------------------


def test_everything_that_is_frozen_is_text(small: Cast, line: RequestLine) -> None:
    frozen = frozen_of(small, line, "4", "9", note="Sesuai laporan")

    assert (frozen["realisasi"], frozen["realisasi_tampil"]) == ("400/9", "44,44")
    assert frozen["periode"] == PERIOD
    assert [variable["nilai"] for variable in frozen["variabel"]] == ["4", "9"]
    assert frozen["capaian"]["nilai"] == "500/9"
    assert frozen["capaian"]["kategori"]
    assert all(isinstance(value, str | bool | list | dict | int) for value in frozen.values())


@pytest.mark.parametrize(
    ("typed", "target", "realisasi", "capaian"),
    [
        (("6", "9"), "66", "6 / 9 × 100 = 66,667", "66,667 / 66 × 100 = 101,01"),
        (("33", "12.000"), "0,30", "33 / 12.000 × 100 = 0,275", "0,275 / 0,3 × 100 = 91,67"),
        (("30", "45"), "75", "30 / 45 × 100 = 66,67", "66,67 / 75 × 100 = 88,89"),
        (("3", "4"), "75", "3 / 4 × 100 = 75", "75 / 75 × 100 = 100"),
    ],
)
def test_the_realisasi_is_written_as_the_capaian_takes_it_up(
    small: Cast, line: RequestLine, typed: tuple[str, str], target: str, realisasi: str, capaian: str
) -> None:
    Target.objects.filter(indicator=line.indicator).update(value=target)
    frozen = frozen_of(small, line, *typed)

    assert (frozen["realisasi_rumus"], frozen["capaian"]["rumus"]) == (realisasi, capaian)


def test_what_is_missing_is_called_by_its_name_in_tables_and_charts(small: Cast, line: RequestLine) -> None:
    nihil = frozen_of(small, line, "4", "9", nihil=True, nihil_reason="tidak ada layanan")
    nothing_to_divide_by = frozen_of(small, line, "4", "0", nihil=False)
    blank = frozen_of(small, line, "", "")

    missing = [
        (frozen["capaian"]["tampil"], keeping.bar_of(frozen).reason) for frozen in (nihil, nothing_to_divide_by, blank)
    ]
    assert missing == [("nihil", "nihil"), ("tidak dapat dihitung",) * 2, ("belum diisi",) * 2]
    assert score_from(nihil).reason == "Nihil: tidak ada layanan"


@pytest.mark.parametrize("typed", [("4", "9"), ("0", "9"), ("9", "9"), ("", "")])
def test_a_frozen_score_is_read_again_as_it_was(small: Cast, line: RequestLine, typed: tuple[str, str]) -> None:
    frozen = frozen_of(small, line, *typed)
    score = score_from(frozen)

    if typed == ("", ""):
        assert (score.value, score.state) == (None, State.NOT_FILLED)
        return
    assert exact_text(score.raw) == frozen["capaian"]["nilai"]
    assert score.formula == frozen["capaian"]["rumus"]


def test_a_line_that_was_nihil_or_excused_is_read_again_without_a_score_but_with_its_reason(
    small: Cast, line: RequestLine
) -> None:
    nihil = frozen_of(small, line, "4", "9", nihil=True, nihil_reason="tidak ada layanan")
    DataRequest.objects.filter(pk=line.request_id).update(state="dikecualikan", reason="sakit")
    asked = lines_of(line.request).get(pk=line.pk)
    excused = keeping.frozen_of(OfficeYear.load(small.office, 2026), [asked], TW3)

    for frozen, reason in ((nihil, "Nihil: tidak ada layanan"), (excused, "Unit dikecualikan: sakit")):
        score = score_from(frozen)
        assert (score.value, score.reason) == (None, reason)


@given(st.fractions() | st.none())
def test_a_fraction_survives_being_text(value: Fraction | None) -> None:
    assert read_exact(exact_text(value), "positif") == value


@given(st.sampled_from(["AA", "A", "BB", "B", "CC", "C", "D"]))
def test_a_grade_survives_being_text(value: str) -> None:
    assert read_exact(exact_text(value), "predikat") == value


def test_the_summary_counts_what_has_no_score_apart(small: Cast, line: RequestLine) -> None:
    scored = frozen_of(small, line, "8", "10")
    blank = frozen_of(small, line, "", "")

    summary = keeping.summary_of([scored, blank])

    assert summary.mean == 100
    assert [left_out.name for left_out in summary.left_out] == [line.indicator.name]
