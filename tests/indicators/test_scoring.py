from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from himpun.budgets.worth import BudgetLine, EfficiencyRule, absorption, efficiency
from himpun.measure.numbers import NumberUnreadable, round_half_up
from himpun.measure.scoring.achievement import achievement
from himpun.measure.scoring.scale import FIVE_LEVELS, PUBLIC_SATISFACTION, TRAFFIC_LIGHT, Level, Scale
from himpun.measure.scoring.summary import compare, summary
from himpun.measure.scoring.values import (
    AKIP_GRADE,
    BPK_OPINION,
    Aggregation,
    Band,
    BandUnreadable,
    Polarity,
    ScaleInvalid,
    Score,
    State,
    read_target,
)
from himpun.measure.scoring.year import over_year

D = Decimal
NUMERIC = [Polarity.POSITIVE, Polarity.NEGATIVE_A, Polarity.NEGATIVE_B, Polarity.STABLE]
positive_numbers = st.decimals(min_value=D("0.01"), max_value=D(10**12), places=2)
numbers = st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False, allow_infinity=False)
filled = st.decimals(min_value=0, max_value=10**9, places=2)
periods = st.dictionaries(st.integers(1, 12), st.none() | filled, max_size=12)


def shown(score: Score) -> str:
    return score.shown


# --- one target and one realisasi ---

ORACLES = [
    ("negatif-a", 12, 13, "91,67"),
    ("negatif-b", 12, 13, "92,31"),
    ("negatif-a", 12, 10, "116,67"),
    ("negatif-b", 12, 10, "120,00"),
    ("negatif-a", 12, 0, "200,00"),
    ("negatif-b", 12, 0, "tidak dapat dihitung"),
    ("negatif-a", 12, 24, "0,00"),
    ("negatif-b", 12, 24, "50,00"),
    ("negatif-a", 12, 30, "0,00"),
    ("negatif-b", 12, 30, "40,00"),
    ("positif", "84.75", "88.95", "104,96"),
    ("positif", 70, "66.67", "95,24"),
    ("positif", "55.56", "55.56", "100,00"),
    ("positif", 12, 0, "0,00"),
    ("stabil", 12, 12, "100,00"),
    ("stabil", 12, 13, "91,67"),
    ("stabil", 12, 11, "91,67"),
    ("stabil", 12, 30, "0,00"),
    ("positif", 0, 5, "tidak dapat dihitung"),
    ("positif", 0, 0, "tidak dapat dihitung"),
    ("stabil", 0, 0, "tidak dapat dihitung"),
    ("negatif-a", 0, 5, "tidak dapat dihitung"),
    ("negatif-b", 0, 5, "tidak dapat dihitung"),
    ("negatif-a", 0, 0, "100,00"),
    ("negatif-b", 0, 0, "100,00"),
    ("positif", -5, -3, "tidak dapat dihitung"),
]


@pytest.mark.parametrize(
    ("polarity", "target", "actual", "expected"), ORACLES, ids=[f"{p}-T{t}-R{r}" for p, t, r, _ in ORACLES]
)
def test_the_oracles_of_the_field_hold(polarity, target, actual, expected):
    assert shown(achievement(D(target), D(actual), polarity)) == expected


def test_negative_a_can_fall_below_zero_and_is_shown_as_zero():
    score = achievement(D(12), D(30), "negatif-a")
    assert (score.raw, score.value) == (-50, 0)
    assert score.formula == "(2 × 12 − 30) / 12 × 100 = −50, ditampilkan 0"


@pytest.mark.parametrize(
    ("actual", "expected", "formula"),
    [
        (45, 100, "45 di antara 40 dan 50 = 100"),
        (40, 100, "40 di antara 40 dan 50 = 100"),
        (50, 100, "50 di antara 40 dan 50 = 100"),
        (55, 90, "(2 × 50 − 55) / 50 × 100 = 90"),
        (36, 90, "36 / 40 × 100 = 90"),
        (200, 0, "(2 × 50 − 200) / 50 × 100 = −200, ditampilkan 0"),
    ],
)
def test_outside_a_range_the_nearer_bound_is_the_target(actual, expected, formula):
    score = achievement(Band(D(40), D(50)), D(actual), "range")
    assert (score.value, score.formula) == (expected, formula)


@given(positive_numbers, numbers)
def test_a_range_of_one_number_is_the_same_as_stabil(target, actual):
    assert achievement(Band(target, target), actual, "range").raw == achievement(target, actual, "stabil").raw


def test_a_band_has_its_smaller_bound_first():
    with pytest.raises(BandUnreadable, match="Batas bawah 5 melebihi batas atas 2"):
        Band(D(5), D(2))
    with pytest.raises(NumberUnreadable):
        Band(D("NaN"), D(2))


@pytest.mark.parametrize(
    ("target", "actual", "table", "expected"),
    [
        ("WTP", "WDP", BPK_OPINION, "75,00"),
        ("WTP", "WTP", BPK_OPINION, "100,00"),
        ("wtp", " wdp ", BPK_OPINION, "75,00"),
        ("B", "BB", AKIP_GRADE, "125,00"),
        ("BB", "B", AKIP_GRADE, "80,00"),
    ],
)
def test_grades_are_compared_through_their_table(target, actual, table, expected):
    assert shown(achievement(target, actual, "predikat", predicates=table)) == expected


def test_the_formula_of_a_grade_names_grade_and_number():
    assert achievement("WTP", "WDP", "predikat", predicates=BPK_OPINION).formula == "WDP (3) / WTP (4) × 100 = 75"


@pytest.mark.parametrize(
    ("target", "actual", "polarity", "reason"),
    [
        (None, D(3), "positif", "Target belum ditetapkan."),
        (D(3), None, "positif", "Realisasi belum diisi."),
        (D(3), " ", "positif", "Realisasi belum diisi."),
        (D(0), D(3), "positif", "Target 0: rumusnya membagi dengan target"),
        (D(12), D(0), "negatif-b", "Realisasi 0: rumusnya membagi dengan realisasi"),
        (D(12), D(-1), "negatif-b", "Realisasi di bawah 0"),
        (D(-12), D(3), "negatif-a", "Target di bawah 0"),
        (D("NaN"), D(3), "positif", "Target: Nilai ini bukan angka"),
        (D(3), D("Infinity"), "positif", "Realisasi: Nilai ini bukan angka"),
        (D(3), D("1E+40"), "positif", "terlalu panjang"),
        (D(3), D(3), "range", "Target harus berupa rentang"),
        (Band(D(0), D(0)), D(3), "range", "Batas atas 0"),
        (Band(D(1), D(2)), D(3), "positif", "Target berupa rentang 1–2"),
        ("WTP", D(3), "positif", "Target berupa predikat “WTP”"),
        (D(4), "WTP", "predikat", "Target harus berupa predikat, misalnya WTP, WDP, TW, TMP."),
        ("WTP", "AA", "predikat", "Realisasi “AA” tidak ada dalam tabel predikat; yang ada: WTP, WDP, TW, TMP."),
    ],
)
def test_what_cannot_be_computed_says_why_and_is_not_zero(target, actual, polarity, reason):
    score = achievement(target, actual, polarity, predicates=BPK_OPINION)
    assert reason in score.reason
    assert score.value is None
    assert not score.achieved
    assert score.shown == score.state != State.COMPUTED


def test_a_grade_without_a_table_is_not_computed():
    assert "tabelnya masih kosong" in achievement("WTP", "WDP", "predikat").reason


@given(
    st.decimals() | st.none() | st.text(max_size=5),
    st.decimals() | st.none() | st.text(max_size=5),
    st.sampled_from(Polarity),
    st.sampled_from(Aggregation),
)
def test_no_value_makes_scoring_raise(target, actual, polarity, aggregation):
    for score in (
        achievement(target, actual, polarity, predicates=BPK_OPINION),
        over_year({1: target}, {1: actual, 2: actual}, polarity, aggregation, yearly_target=target),
    ):
        assert (score.value is None) == bool(score.reason)
        assert (score.value is None) == (score.state is not State.COMPUTED)
        assert (score.value is not None) == bool(score.formula)


@given(positive_numbers, numbers, numbers)
def test_more_is_never_worse_where_more_is_better(target, one, other):
    less, more = sorted([one, other])
    assert achievement(target, less, "positif").raw <= achievement(target, more, "positif").raw


@given(st.sampled_from(["negatif-a", "negatif-b"]), positive_numbers, positive_numbers, positive_numbers)
def test_more_is_never_better_where_less_is_better(polarity, target, one, other):
    less, more = sorted([one, other])
    assert achievement(target, less, polarity).raw >= achievement(target, more, polarity).raw


@given(positive_numbers, numbers, numbers)
def test_nearer_is_never_worse_where_the_target_is_exact(target, one, other):
    nearer, further = sorted([one, other], key=lambda actual: abs(actual - target))
    assert achievement(target, nearer, "stabil").raw >= achievement(target, further, "stabil").raw


@given(positive_numbers, positive_numbers, numbers)
def test_exactly_the_range_is_100_and_nothing_is_more(one, other, actual):
    lower, upper = sorted([one, other])
    score = achievement(Band(lower, upper), actual, "range")
    assert score.value <= 100
    assert (score.value == 100) == (lower <= actual <= upper)


@given(st.sampled_from(NUMERIC), positive_numbers)
def test_reaching_the_target_exactly_is_100(polarity, target):
    score = achievement(target, target, polarity)
    assert score.value == 100
    assert score.achieved


@given(st.sampled_from(NUMERIC), positive_numbers, positive_numbers, st.integers(1, 1000))
def test_the_unit_plays_no_part(polarity, target, actual, factor):
    here, there = achievement(target, actual, polarity), achievement(target * factor, actual * factor, polarity)
    assert here.raw == there.raw


@given(st.sampled_from(NUMERIC), positive_numbers)
def test_zero_is_a_value_and_blank_is_not(polarity, target):
    assert achievement(target, None, polarity).state is State.NOT_FILLED
    assert achievement(target, D(0), polarity).state is not State.NOT_FILLED


def test_99_999_is_not_reached_though_it_is_printed_as_100():
    score = achievement(D(100), D("99.999"), "positif")
    assert (score.shown, score.achieved) == ("100,00", False)


# --- the printed formula ---


def worked_out(formula: str) -> Fraction:
    """What a reader with a calculator gets from the left side."""
    left = formula.rsplit(" = ", 1)[0].replace(".", "").replace(",", ".").replace("−", "-").replace("×", "*")
    pieces = left.split("|")
    if len(pieces) == 3:
        left = f"{pieces[0]}abs({pieces[1]}){pieces[2]}"
    tokens = [f"F('{token}')" if token[0].isdigit() else token for token in _tokens(left)]
    return Fraction(eval("".join(tokens), {"F": Fraction, "abs": abs}))  # noqa: S307


def _tokens(text: str) -> list[str]:
    spaced = text.replace("abs", "@")
    for sign in "()*/+-@":
        spaced = spaced.replace(sign, f" {sign} ")
    return [{"@": "abs"}.get(token, token) for token in spaced.split()]


def printed(formula: str) -> Fraction:
    text = formula.rsplit(" = ", 1)[1].removesuffix(", ditampilkan 0")
    return Fraction(text.replace(".", "").replace(",", ".").replace("−", "-"))


def test_the_formula_has_its_numbers():
    assert achievement(D(12), D(13), "negatif-a").formula == "(2 × 12 − 13) / 12 × 100 = 91,67"
    assert achievement(D(1200), D("1300.5"), "positif").formula == "1.300,5 / 1.200 × 100 = 108,38"


def test_a_number_that_cannot_be_written_out_is_rounded_only_as_far_as_the_result_still_follows():
    """A published report printed 66,7 / 70 = 95,24, which is 95,29."""
    assert achievement(D(70), Fraction(200, 3), "positif").formula == "66,67 / 70 × 100 = 95,24"


@given(st.sampled_from(NUMERIC), st.fractions(min_value=Fraction(1, 99), max_value=10**6), st.fractions(0, 10**6))
def test_working_out_the_printed_formula_gives_the_printed_result(polarity, target, actual):
    score = achievement(target, actual, polarity)
    assume(score.value is not None)
    assert round_half_up(worked_out(score.formula), 2) == printed(score.formula)


@given(st.sampled_from(NUMERIC), st.sampled_from(["jumlah", "rata-rata"]), periods)
def test_the_same_holds_for_a_year(polarity, aggregation, actuals):
    score = over_year(dict.fromkeys(range(1, 13), D("7.3")), actuals, polarity, aggregation)
    assume(score.value is not None)
    assert round_half_up(worked_out(score.formula), 2) == printed(score.formula)


# --- the periods of a year ---

YEARS = {
    "jumlah-two-quarters": ("positif", "jumlah", [10, 20, 30, 40], [8, 18], "86,67"),
    "jumlah-with-a-gap": ("positif", "jumlah", [10, 20, 30, 40], [10, None, 15], "62,50"),
    "kumulatif": ("positif", "kumulatif", [25, 50, 75, 100], [20, 45], "90,00"),
    "posisi-akhir": ("positif", "posisi-akhir", [80, 80, 80, 80], [70, 76, 76], "95,00"),
    "posisi-akhir-negatif-b": ("negatif-b", "posisi-akhir", [12, 11], [13, 10], "110,00"),
    "posisi-akhir-with-a-gap": ("positif", "posisi-akhir", [80, 80, 80, 80], [70, None, 76], "95,00"),
    "posisi-akhir-zero-is-filled": ("positif", "posisi-akhir", [80, 80, 80, 80], [70, 0], "0,00"),
    "rata-rata": ("positif", "rata-rata", [80, 80, 80, 80], [60, 80], "87,50"),
    "jumlah-negatif-a": ("negatif-a", "jumlah", [2, 2, 2, 2], [1, 2], "125,00"),
    "tahunan": ("positif", "tahunan", [None, None, None, 4], [None, None, None, 3], "75,00"),
}


def by_index(values):
    return {index: None if value is None else D(value) for index, value in enumerate(values, 1)}


@pytest.mark.parametrize(("polarity", "aggregation", "targets", "actuals", "expected"), YEARS.values(), ids=YEARS)
def test_the_oracles_over_the_year_hold(polarity, aggregation, targets, actuals, expected):
    assert shown(over_year(by_index(targets), by_index(actuals), polarity, aggregation)) == expected


def test_the_formula_over_the_year_shows_every_period():
    score = over_year(by_index([10, 20]), by_index([8, 18]), "positif", "jumlah")
    assert score.formula == "(8 + 18) / (10 + 20) × 100 = 86,67"
    assert (score.target, score.actual) == (30, 26)
    score = over_year({}, by_index([13, 10]), "negatif-a", "rata-rata", yearly_target=D(12))
    assert score.formula == "(2 × 12 − ((13 + 10) / 2)) / 12 × 100 = 104,17"


def test_bands_add_up_like_numbers():
    score = over_year({1: Band(D(4), D(5)), 2: Band(D(4), D(5))}, by_index([6, 5]), "range", "jumlah")
    assert (score.target, score.value) == (Band(Fraction(8), Fraction(10)), 90)


@pytest.mark.parametrize("aggregation", ["posisi-akhir", "tahunan", "kumulatif"])
def test_grades_have_a_last_one(aggregation):
    score = over_year({1: "WTP", 2: "WTP"}, {1: "TMP", 2: "WDP"}, "predikat", aggregation, predicates=BPK_OPINION)
    assert score.value == 75


@pytest.mark.parametrize("aggregation", ["jumlah", "rata-rata"])
def test_grades_have_no_sum(aggregation):
    score = over_year({1: "WTP"}, {1: "WTP"}, "predikat", aggregation, predicates=BPK_OPINION)
    assert score.reason == f"Predikat tidak punya {aggregation}; pilih posisi-akhir atau tahunan."


def test_before_anything_is_filled_nothing_is_computed():
    assert over_year(by_index([1]), {1: None}, "positif", "jumlah").reason == "Belum ada realisasi yang diisi."
    yearly = over_year(by_index([1]), {}, "positif", "tahunan")
    assert (yearly.state, yearly.shown) == (State.NOT_MEASURED, "belum diukur")


def test_a_missing_target_is_named():
    score = over_year({1: D(10)}, by_index([8, 18]), "positif", "jumlah", frequency="triwulanan")
    assert (score.state, score.reason) == (State.NOT_FILLED, "Target Triwulan II belum ditetapkan.")
    assert "periode ke-2" in over_year({1: D(10)}, by_index([8, 18]), "positif", "jumlah").reason


@pytest.mark.parametrize(
    ("aggregation", "actuals", "expected"),
    [
        ("posisi-akhir", [70], "70,00"),
        ("rata-rata", [70, 80], "75,00"),
        ("tahunan", [90], "90,00"),
        ("kumulatif", [70], "belum diisi"),
        ("kumulatif", [10, 20, 30, 95], "95,00"),
        ("jumlah", [70], "belum diisi"),
        ("jumlah", [10, 20, 30, 35], "95,00"),
    ],
)
def test_the_target_of_the_year_stands_in_where_it_means_the_same(aggregation, actuals, expected):
    year = {"yearly_target": D(100), "frequency": "triwulanan"}
    assert shown(over_year({}, by_index(actuals), "positif", aggregation, **year)) == expected


@given(st.sampled_from(NUMERIC), st.sampled_from(Aggregation), periods, periods, st.randoms())
def test_the_order_in_which_periods_were_filled_plays_no_part(polarity, aggregation, targets, actuals, chance):
    items = list(actuals.items())
    chance.shuffle(items)
    assert over_year(targets, dict(items), polarity, aggregation) == over_year(targets, actuals, polarity, aggregation)


@given(st.sampled_from(NUMERIC), st.sampled_from(Aggregation), periods, periods)
def test_a_blank_period_is_as_if_it_were_not_there(polarity, aggregation, targets, actuals):
    without = {index: actual for index, actual in actuals.items() if actual is not None}
    assert over_year(targets, actuals, polarity, aggregation) == over_year(targets, without, polarity, aggregation)


@given(st.sampled_from(NUMERIC), st.sampled_from(Aggregation), positive_numbers, positive_numbers, st.integers(1, 12))
def test_one_filled_period_is_simply_its_own_capaian(polarity, aggregation, target, actual, index):
    year = over_year({index: target}, {index: actual}, polarity, aggregation)
    assert year == achievement(target, actual, polarity)


# --- targets as text ---


@pytest.mark.parametrize(
    ("text", "polarity", "target"),
    [
        ("1.234,5", "positif", D("1234.5")),
        ("2,60–3,50", "range", Band(D("2.60"), D("3.50"))),
        ("2,60 - 3,50", "range", Band(D("2.60"), D("3.50"))),
        ("2,60-3,50", "range", Band(D("2.60"), D("3.50"))),
        ("2 s.d. 3", "range", Band(D(2), D(3))),
        ("2 sampai 3", "range", Band(D(2), D(3))),
        (" WTP ", "predikat", "WTP"),
        (" ", "positif", None),
    ],
)
def test_a_target_is_read_as_the_polarity_needs_it(text, polarity, target):
    assert read_target(text, polarity) == target


@pytest.mark.parametrize(("text", "polarity"), [("2–3", "positif"), ("WTP", "positif")])
def test_a_target_of_the_wrong_sort_is_refused(text, polarity):
    with pytest.raises(NumberUnreadable):
        read_target(text, polarity)


@pytest.mark.parametrize("text", ["3", "3–2", "–"])
def test_a_range_that_is_none_is_refused(text):
    with pytest.raises(BandUnreadable):
        read_target(text, "range")


@given(positive_numbers, positive_numbers)
def test_a_band_is_read_back_as_it_was_written(one, other):
    band = Band(min(one, other), max(one, other))
    assert read_target(str(band), "range") == band


# --- scales ---


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("200", "Sangat Tinggi"),
        ("90.4", "Sangat Tinggi"),
        ("90.0001", "Sangat Tinggi"),
        ("90", "Tinggi"),
        ("75.5", "Tinggi"),
        ("75", "Sedang"),
        ("65", "Rendah"),
        ("50", "Sangat Rendah"),
        ("0", "Sangat Rendah"),
        ("-50", "Sangat Rendah"),
    ],
)
def test_the_five_levels_leave_no_gap_between_their_integers(value, name):
    assert FIVE_LEVELS.category(D(value)).name == name


@pytest.mark.parametrize(
    ("value", "name"), [("69.999", "Merah"), ("70", "Kuning"), ("90", "Kuning"), ("90.001", "Hijau")]
)
def test_the_traffic_light_turns_yellow_at_70_and_green_above_90(value, name):
    assert TRAFFIC_LIGHT.category(D(value)).name == name


@pytest.mark.parametrize(
    ("value", "letter"),
    [
        ("25", "D"),
        ("64.99", "D"),
        ("65", "C"),
        ("76.60", "C"),
        ("76.61", "B"),
        ("88.30", "B"),
        ("88.31", "A"),
        ("100", "A"),
    ],
)
def test_public_satisfaction_follows_its_published_bands(value, letter):
    assert PUBLIC_SATISFACTION.category(D(value)).name.startswith(letter)


def test_the_unrounded_number_decides_and_the_rule_is_printed():
    assert FIVE_LEVELS.category(Fraction(90) + Fraction(1, 10**9)).name == "Sangat Tinggi"
    assert FIVE_LEVELS.category(80).rule == "> 75 dan ≤ 90"
    assert FIVE_LEVELS.rule_text() == (
        "Sangat Tinggi > 90; Tinggi > 75 dan ≤ 90; Sedang > 65 dan ≤ 75; Rendah > 50 dan ≤ 65; Sangat Rendah ≤ 50. "
        "Dibandingkan dengan angka sebelum dibulatkan."
    )
    assert TRAFFIC_LIGHT.rule_text().startswith("Hijau > 90; Kuning ≥ 70 dan ≤ 90; Merah < 70.")
    assert Scale((Level("Ada", "tinggi"),)).rule_text().startswith("Ada semua nilai.")


scales = st.lists(st.integers(-500, 500), unique=True, max_size=6).flatmap(
    lambda bounds: st.tuples(*[st.booleans()] * len(bounds)).map(
        lambda inclusive: Scale(
            (
                *(
                    Level(f"Kategori {place}", "tinggi", D(bound), including)
                    for place, (bound, including) in enumerate(
                        zip(sorted(bounds, reverse=True), inclusive, strict=True)
                    )
                ),
                Level("Terendah", "rendah"),
            )
        )
    )
)


@given(scales, st.fractions(-1000, 1000), st.fractions(-1000, 1000))
def test_every_number_has_a_category_and_a_higher_number_never_a_lower_one(scale, one, other):
    rank = {category.name: place for place, category in enumerate(scale.categories())}
    less, more = sorted([one, other])
    assert rank[scale.category(less).name] >= rank[scale.category(more).name]


@given(scales, st.fractions(-600, 600))
def test_exactly_one_printed_rule_is_true(scale, value):
    def holds(rule):
        return all(
            {">": value.__gt__, "≥": value.__ge__, "<": value.__lt__, "≤": value.__le__}[sign](int(bound))
            for sign, bound in (
                part.replace("−", "-").split(" ") for part in rule.split(" dan ") if part != "semua nilai"
            )
        )

    assert [category for category in scale.categories() if holds(category.rule)] == [scale.category(value)]


@pytest.mark.parametrize(
    ("levels", "reason"),
    [
        ((), "Baris terakhir skala"),
        ((Level("A", "tinggi", 90),), "Baris terakhir skala"),
        ((Level("A", "tinggi"), Level("B", "rendah")), "Isi batas bawah kategori “A”"),
        ((Level("A", "t", 50), Level("B", "s", 75), Level("C", "r")), "Batas “B” (75) harus lebih kecil"),
        ((Level("A", "t", 50), Level("B", "s", 50), Level("C", "r")), "Batas “B” (50) harus lebih kecil"),
        ((Level("A", "t", 50), Level("A", "r")), "dipakai dua kali"),
        ((Level(" ", "t"),), "kosong"),
    ],
)
def test_a_scale_with_a_gap_or_an_overlap_is_refused(levels, reason):
    with pytest.raises(ScaleInvalid) as refusal:
        Scale(levels)
    assert reason in str(refusal.value)


# --- many indicators ---


def test_a_summary_does_not_let_a_surplus_hide_a_miss():
    scores = [
        ("IKM", achievement(D(100), D(150), "positif")),
        ("APBDes", achievement(D(100), D(60), "positif")),
        ("Temuan", achievement(D(0), D(3), "positif")),
        ("Kehadiran", achievement(D(100), None, "positif")),
    ]
    found = summary(scores)
    assert (found.mean, found.capped_mean) == (105, 80)
    assert (found.achieved, found.not_achieved, found.counted) == (1, 1, 2)
    assert [left.name for left in found.left_out] == ["Temuan", "Kehadiran"]
    assert all(left.reason for left in found.left_out)


def test_a_summary_of_nothing_has_no_mean():
    assert (summary([]).mean, summary([]).capped_mean, summary([]).counted) == (None, None, 0)


@given(st.lists(st.tuples(st.just("x"), st.builds(achievement, filled, st.none() | filled, st.just("negatif-a")))))
def test_every_indicator_is_counted_or_left_out_and_the_capped_mean_is_never_the_higher(scores):
    found = summary(scores)
    assert found.counted + len(found.left_out) == len(scores)
    if found.mean is not None:
        assert 0 <= found.capped_mean <= min(found.mean, 100)


def test_the_word_follows_from_the_numbers():
    """A published report called 88,95 "di bawah" 83,24."""
    found = compare(D("88.95"), D("83.24"))
    assert (found.word, found.sentence) == ("di atas", "88,95 berada 5,71 di atas 83,24")
    assert compare(D(3), D(5), unit="dokumen").sentence == "3 dokumen berada 2 dokumen di bawah 5 dokumen"
    assert compare(D(3), D(3)).sentence == "3 sama dengan 3"


def test_percentage_points_are_not_percent():
    assert compare(D(80), D(75), unit="persen").sentence == "80% berada 5 poin persentase di atas 75%"


@given(numbers, numbers)
def test_comparing_the_other_way_gives_the_opposite(one, other):
    opposite = {"di atas": "di bawah", "di bawah": "di atas", "sama dengan": "sama dengan"}
    assert compare(one, other).word == opposite[compare(other, one).word]
    assert compare(one, other).difference == -compare(other, one).difference


# --- budget and efficiency ---


def test_absorption_is_realisasi_of_pagu():
    score = absorption(D(45_000_000), D(50_000_000))
    assert (score.value, score.formula) == (90, "45.000.000 / 50.000.000 × 100 = 90")


@pytest.mark.parametrize(
    ("spent", "budget", "reason"),
    [
        (D(1), None, "Pagu anggaran belum diisi."),
        (None, D(1), "Realisasi anggaran belum diisi."),
        (D(1), D(0), "Pagu anggaran harus lebih dari 0"),
        (D("NaN"), D(1), "bukan angka"),
    ],
)
def test_absorption_of_nothing_is_not_zero(spent, budget, reason):
    assert reason in absorption(spent, budget).reason
    assert absorption(spent, budget).value is None


@pytest.mark.parametrize(
    ("achieved", "spent", "verdict"),
    [
        ("100", "90", "efisien"),
        ("95.01", "90", "efisien"),
        ("95", "90", "cukup efisien"),
        ("85", "90", "cukup efisien"),
        ("84.99", "90", "tidak efisien"),
    ],
)
def test_the_difference_of_capaian_and_serapan_decides_beyond_five_points(achieved, spent, verdict):
    found = efficiency("selisih", [BudgetLine(D(100), D(spent), D(achieved))])
    assert found.verdict == verdict
    assert found.formula.endswith("poin persentase")


def test_what_was_not_spent_counts_only_where_the_target_was_reached():
    reached = efficiency("sisa", [BudgetLine(D(200), D(150), D(100)), BudgetLine(D(100), D(90), D(120))])
    assert (reached.value, reached.formula) == (20, "100 − 80 = 20")
    missed = efficiency("sisa", [BudgetLine(D(200), D(150), D("99.99"))])
    assert (missed.value, missed.reason) == (None, "Target belum tercapai, jadi efisiensi tidak dihitung.")


def test_the_efficiency_value_is_kept_between_0_and_100():
    """Without the cap a published report printed 235%."""
    found = efficiency("nilai-efisiensi", [BudgetLine(D(100), D(26), D(100))])
    assert found.value == 100
    assert found.formula == "E = (100 − 26) / 100 × 100 = 74, dibatasi menjadi 20; NE = 50 + 20 / 20 × 50 = 100"
    assert efficiency("nilai-efisiensi", [BudgetLine(D(100), D(26), D(100))], cap=74).value == 235


def test_the_efficiency_value_weighs_every_kegiatan_by_its_money():
    lines = [BudgetLine(D(100), D(90), D(100)), BudgetLine(D(300), D(270), D(100))]
    assert efficiency("nilai-efisiensi", lines).formula == (
        "E = (400 − 360) / 400 × 100 = 10; NE = 50 + 10 / 20 × 50 = 75"
    )
    overspent = efficiency("nilai-efisiensi", [BudgetLine(D(100), D(110), D(100))])
    assert overspent.formula.endswith("NE = 50 + (−10) / 20 × 50 = 25")


@pytest.mark.parametrize("rule", EfficiencyRule)
def test_efficiency_without_figures_says_which_are_missing(rule):
    assert efficiency(rule, []).reason == "Belum ada anggaran yang diisi."
    assert efficiency(rule, [BudgetLine(D(1), None, D(100))]).reason == "Realisasi anggaran belum diisi."
    assert efficiency(rule, [BudgetLine(D(1), D(1), None)]).reason == "Capaian belum diisi."
    assert "harus lebih dari 0" in efficiency(rule, [BudgetLine(D(0), D(0), D(100))]).reason


maybe = st.none() | st.decimals()


@given(st.sampled_from(EfficiencyRule), st.lists(st.builds(BudgetLine, maybe, maybe, maybe), max_size=3))
def test_no_budget_makes_efficiency_raise(rule, lines):
    found = efficiency(rule, lines)
    assert (found.value is None) == bool(found.reason)
    if rule is EfficiencyRule.VALUE and found.value is not None:
        assert 0 <= found.value <= 100


# --- the reference page ---


def test_the_reference_page_prints_the_formulas_and_rules_of_this_code():
    page = (Path(__file__).parents[2] / "docs/reference/penilaian.md").read_text(encoding="utf-8")
    for polarity, target, actual, expected in ORACLES[:10]:
        score = achievement(D(target), D(actual), polarity)
        assert f"| {polarity} | {target} | {actual} | {score.formula or score.reason} | {expected} |" in page
    for polarity, aggregation, targets, actuals, expected in YEARS.values():
        score = over_year(by_index(targets), by_index(actuals), polarity, aggregation)
        assert f"| {aggregation} | {polarity} |" in page
        assert f"| {score.formula} | {expected} |" in page
    for scale in (FIVE_LEVELS, TRAFFIC_LIGHT, PUBLIC_SATISFACTION):
        assert scale.rule_text() in page
