"""Scales as they are typed: what leaves a gap or overlaps is refused at its bound, and what is accepted is whole."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himpun.indicators.measured.office_year import read_scale
from himpun.measure.scoring.bounds import COLOURS, Row, ScaleRefused, levels_of, read_rows, rows_of, ruler
from himpun.measure.scoring.scale import CATEGORY_COLOURS, FIVE_LEVELS, PUBLIC_SATISFACTION, TRAFFIC_LIGHT, Scale

PUBLISHED = (
    Row("Sangat Tinggi", "sangat-tinggi", "91", True, "100"),
    Row("Tinggi", "tinggi", "76", True, "90"),
    Row("Sedang", "sedang", "66", True, "75"),
    Row("Rendah", "rendah", "51", True, "65"),
    Row("Sangat Rendah", "sangat-rendah", "", False, "50"),
)
"""As Permendagri 54/2010 prints it: whole numbers."""
STRICT = rows_of(FIVE_LEVELS)


def refused(rows: tuple[Row, ...]) -> ScaleRefused:
    with pytest.raises(ScaleRefused) as caught:
        read_rows(rows)
    return caught.value


@pytest.mark.parametrize("scale", [FIVE_LEVELS, TRAFFIC_LIGHT, PUBLIC_SATISFACTION])
def test_the_known_scales_are_accepted_in_any_order_and_stay_what_they_are(scale: Scale) -> None:
    rows = rows_of(scale)
    assert read_rows(rows) == read_rows(rows[::-1]) == scale
    assert read_scale(levels_of(scale)) == scale


def test_every_colour_of_the_charts_can_be_chosen() -> None:
    assert set(COLOURS) == set(CATEGORY_COLOURS)


def test_the_published_whole_numbers_are_refused_and_the_strict_form_is_proposed() -> None:
    error = refused(replace_upper(PUBLISHED, 0, ""))
    assert error.fields["row-1-lower"] == "Celah antara 75 dan 76: 75,4 tidak punya tingkat."
    assert "Celah antara 90 dan 91" in error.fields["row-0-lower"]
    assert len(error.fields) == 4
    assert read_rows(error.proposal) == FIVE_LEVELS


def test_a_capaian_above_the_highest_bound_has_a_level_too() -> None:
    assert "Celah di atas 100" in refused(PUBLISHED).fields["row-0-upper"]


def replace_upper(rows: tuple[Row, ...], place: int, upper: str) -> tuple[Row, ...]:
    return tuple(replace(row, upper=upper) if number == place else row for number, row in enumerate(rows))


@pytest.mark.parametrize(
    ("place", "changed", "sentence"),
    [
        (1, {"to_included": False}, "Celah pada 90"),
        (0, {"from_included": True}, "Tumpang tindih pada 90"),
        (1, {"upper": "92"}, "Tumpang tindih antara “Tinggi” dan “Sangat Tinggi” dari 90 sampai 92"),
        (1, {"upper": "89,5"}, "Celah antara 89,5 dan 90: 89,7 tidak punya tingkat"),
        (4, {"lower": "25", "from_included": True}, "Celah di bawah 25"),
        (2, {"lower": ""}, "Tumpang tindih"),
        (2, {"lower": "80"}, "Batas atas 75 lebih kecil daripada batas bawah 80"),
        (2, {"lower": "75"}, "Batas bawah dan atas sama (75)"),
        (2, {"lower": "enam"}, "Tulis angka seperti"),
        (2, {"name": "TINGGI"}, "sudah dipakai tingkat lain"),
        (2, {"name": " "}, "Tulis nama tingkat"),
        (2, {"colour": "ungu"}, "Pilih warna"),
    ],
)
def test_every_fault_is_told_apart(place: int, changed: dict[str, object], sentence: str) -> None:
    rows = tuple(replace(row, **changed) if number == place else row for number, row in enumerate(STRICT))  # type: ignore[arg-type]
    assert any(sentence in told for told in refused(rows).fields.values()), refused(rows).fields


def test_a_name_of_which_nothing_shows_is_no_name() -> None:
    told = refused(
        (Row("Tinggi", "tinggi", "50", True, "100"), Row("\u200b\u2060\u3164", "rendah", "0", True, "49"))
    ).fields
    assert told["row-1-name"].startswith("Tulis nama tingkat ini")


def test_no_rows_make_no_scale() -> None:
    assert "paling sedikit satu" in refused(()).fields["rows"]


numbers = st.decimals(min_value=-200, max_value=300, places=2, allow_nan=False)
bound_texts = st.one_of(st.just(""), st.integers(0, 6).map(lambda n: str(n * 25)))
typed_rows = st.lists(
    st.builds(
        lambda number, **bounds: Row(f"T{number}", "hijau", **bounds),
        number=st.integers(0, 99),
        lower=bound_texts,
        from_included=st.booleans(),
        upper=bound_texts,
        to_included=st.booleans(),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda row: row.name,
)


def holds(row: Row, number: Fraction) -> bool:
    """Whether a row as typed takes this number: told from the row alone."""
    above = not row.lower or number > int(row.lower) or (row.from_included and number == int(row.lower))
    below = not row.upper or number < int(row.upper) or (row.to_included and number == int(row.upper))
    return above and below


@st.composite
def whole_scales(draw: st.DrawFn) -> tuple[Row, ...]:
    """Rows without a fault: strictly falling bounds, each included on exactly one side."""
    bounds = sorted(draw(st.sets(st.integers(-50, 150), max_size=5)), reverse=True)
    sides = [draw(st.booleans()) for _ in bounds]
    uppers, lowers = ["", *map(str, bounds)], [*map(str, bounds), ""]
    return tuple(
        Row(
            f"T{number}",
            "hijau",
            lower,
            number < len(sides) and sides[number],
            upper,
            number == 0 or not sides[number - 1],
        )
        for number, (lower, upper) in enumerate(zip(lowers, uppers, strict=True))
    )


@given(whole_scales(), st.lists(numbers, max_size=20), st.randoms())
def test_an_accepted_scale_gives_every_number_exactly_one_level(
    rows: tuple[Row, ...], found: list[Decimal], dice: object
) -> None:
    shuffled = list(rows)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    scale = read_rows(tuple(shuffled))
    bounds = [Fraction(row.lower) for row in rows if row.lower]
    for number in [*map(Fraction, found), *bounds]:
        owners = [row.name for row in rows if holds(row, number)]
        assert owners == [scale.category(number).name]


@settings(max_examples=400)
@given(typed_rows, st.lists(numbers, max_size=10))
def test_whatever_is_typed_is_either_refused_or_whole(rows: list[Row], found: list[Decimal]) -> None:
    edges = [Fraction(step * 25 + shift, 1) for step in range(7) for shift in (-1, 0, 1)]
    probes = [*map(Fraction, found), *edges]
    counts = {sum(holds(row, number) for row in rows) for number in probes}
    told: dict[str, str] = {}
    try:
        scale = read_rows(tuple(rows))
    except ScaleRefused as error:
        told = error.fields
        if error.proposal:
            read_rows(error.proposal)
    if told:
        empty = any("atas sama" in sentence or "lebih kecil daripada" in sentence for sentence in told.values())
        assert empty or counts != {1}, told
    else:
        for number in probes:
            assert [row.name for row in rows if holds(row, number)] == [scale.category(number).name]


@given(whole_scales())
def test_the_ruler_shows_every_level_once_from_end_to_end(rows: tuple[Row, ...]) -> None:
    segments = ruler(read_rows(rows))
    assert (segments[0].start, segments[-1].start + segments[-1].width) == (0, 1000)
    assert all(one.start + one.width == other.start for one, other in pairwise(segments))
    assert [segment.name for segment in segments] == [row.name for row in rows[::-1]]


def test_a_level_of_a_single_number_is_refused() -> None:
    rows = (
        Row("Lebih", "hijau", "100", False),
        Row("Tepat", "kuning", "100", True, "100", True),
        Row("Kurang", "merah", "", False, "100", False),
    )
    assert "Celah pada 100" in next(iter(refused((rows[0], rows[2])).fields.values()))
    assert "Batas bawah dan atas sama (100)" in refused(rows).fields["row-1-upper"]


def test_levels_that_cross_have_no_proposal() -> None:
    crossed = (Row("Satu", "hijau", "50", False, "25"), Row("Dua", "merah", "", False, "25"))
    assert refused(crossed).proposal == ()
    rings = (
        Row("Atas", "hijau", "50", True),
        Row("Tengah", "kuning", "50", True, "60", False),
        Row("Bawah", "merah", "", False, "60"),
    )
    assert refused(rings).proposal == ()


@pytest.mark.parametrize(
    ("rows", "bound"),
    [
        ((Row("Hebat", "hijau", "85", True), Row("Lumayan", "kuning", "", False, "84,5")), "≥ 85"),
        ((Row("Istimewa", "hijau", "90", True), Row("Biasa", "kuning", "", False, "89,99")), "≥ 90"),
        ((Row("Lulus", "hijau", "60", True), Row("Belum", "merah", "", False, "60")), "≥ 60"),
        ((Row("Atas", "hijau", "70", True), Row("Bawah", "merah", "", False, "72,5")), "≥ 70"),
        ((Row("Atas", "hijau", "70", True), Row("Bawah", "merah", "", False, "69")), "> 69"),
        ((Row("Atas", "hijau", "80"), Row("Bawah", "merah", "", False, "79,5")), "> 79,5"),
    ],
)
def test_a_bound_that_is_printed_with_at_least_stays_and_nobody_is_promoted(rows: tuple[Row, ...], bound: str) -> None:
    proposed = refused(rows).proposal
    sign = "≥" if proposed[0].from_included else ">"
    assert f"{sign} {proposed[0].lower}" == bound
    assert read_rows(proposed).category(Fraction(rows[0].lower.replace(",", "."))).name in (rows[0].name, rows[1].name)


@pytest.mark.parametrize(
    "row",
    [
        Row("Hebat", "hijau", "70", True, "115"),
        Row("Cukup", "kuning", "50", True),
        Row("Rendah", "merah", "", False, "65"),
    ],
)
def test_a_level_alone_is_no_scale_and_gets_no_proposal(row: Row) -> None:
    error = refused((row,))
    assert error.proposal == ()
    assert "bukan skala" in error.fields["rows"]
