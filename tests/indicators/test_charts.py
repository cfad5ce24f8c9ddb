import json
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from himpun.documents.pictures import as_svg, drawn_later, with_pictures
from himpun.indicators.measured.charts import TREND_COLOURS, Bar, achievement_bars, achievement_trend
from himpun.measure.scoring.scale import CATEGORY_COLOURS, FIVE_LEVELS, PUBLIC_SATISFACTION, TRAFFIC_LIGHT
from himpun.typesetting import FONTS_FOLDER as FONTS

D = Decimal
QUARTERS = [
    ("TW I", D(40), Fraction(400, 9)),
    ("TW II", D(50), D("55.5")),
    ("TW III", D(60), None),
    ("TW IV", None, D(1250)),
]
NAME = "Persentase desa <tata kelola> & “baik”"
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
values = st.none() | st.decimals(min_value=0, max_value=10**9, places=2)


def bar(name, value):
    return Bar(name, value, None if value is None else FIVE_LEVELS.category(value))


def words(svg: bytes) -> list[str]:
    return [text.strip() for text in ElementTree.fromstring(svg).itertext() if text.strip()]  # noqa: S314


@pytest.fixture(scope="module")
def trend():
    return achievement_trend(NAME, "persen", QUARTERS)


@pytest.fixture(scope="module")
def trend_svg(trend):
    return as_svg(trend)


@pytest.fixture(scope="module")
def recap():
    return achievement_bars([bar("IKM", D("104.96")), bar("Temuan", None), bar("Waktu", D("235.5")), bar("IKM", D(70))])


@pytest.fixture(scope="module")
def recap_svg(recap):
    return as_svg(recap)


def test_a_trend_writes_its_numbers_as_indonesians_do(trend_svg):
    found = words(trend_svg)
    assert {"44,44", "55,50", "1.250,00", "40", "60"} & set(found) >= {"44,44", "55,50", "1.250,00"}
    assert any("1.000" in word for word in found), "the axis as well"


def test_a_trend_keeps_the_order_of_its_periods_also_around_a_gap(trend_svg):
    labels = [word for word in words(trend_svg) if word.startswith("TW ")]
    assert labels == ["TW I", "TW II", "TW III", "TW IV"]


def test_a_gap_says_that_it_is_not_zero(trend_svg):
    assert {"belum", "diisi", "–"} <= set(words(trend_svg))


def test_somebody_who_cannot_see_the_trend_hears_its_numbers(trend, trend_svg):
    assert trend["description"] == (
        f"Target dan realisasi {NAME} dalam persen. TW I: target 40,00, realisasi 44,44; "
        "TW II: target 50,00, realisasi 55,50; TW III: target 60,00, realisasi belum diisi; "
        "TW IV: target belum ditetapkan, realisasi 1.250,00."
    )
    root = ElementTree.fromstring(trend_svg)  # noqa: S314
    assert (root.get("role"), root.get("aria-label")) == ("img", trend["description"])


def test_many_pictures_fit_in_one_page_under_a_strict_policy(trend_svg, recap_svg):
    for element in [*ElementTree.fromstring(trend_svg).iter(), *ElementTree.fromstring(recap_svg).iter()]:  # noqa: S314
        assert not {"id", "style", "onclick", "clip-path"} & set(element.attrib), element.attrib
        assert not element.tag.endswith(("script", "style"))


def test_a_recap_shows_every_indicator_with_its_capaian_and_what_it_is_called(recap_svg):
    found = words(recap_svg)
    assert {"104,96", "235,50", "70,00", "Sangat Tinggi", "Sedang", "tidak dapat dihitung"} <= set(found)
    assert found.count("IKM") == 2, "two indicators of the same name stay two"


def test_a_recap_keeps_its_order_also_around_a_gap(recap_svg):
    found = words(recap_svg)
    assert [word for word in found if word in ("IKM", "Temuan", "Waktu")] == ["IKM", "Temuan", "Waktu", "IKM"]
    told = ElementTree.fromstring(recap_svg).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314
    tops = {text.text: _top(text) for text in told if text.text in ("Temuan", "Waktu", "tidak dapat dihitung")}
    assert tops["Temuan"] == tops["tidak dapat dihitung"] < tops["Waktu"]


def _top(text):
    return float(text.get("transform").partition(",")[2].rstrip(")"))


def test_a_bar_far_beyond_the_rest_is_cut_and_marked(recap, recap_svg):
    rows = recap["data"]["values"]
    assert [row["length"] for row in rows] == [104.96, None, 150.0, 70.0]
    assert [row["is_cut"] for row in rows] == [False, False, True, False]
    assert "»" in words(recap_svg)


def test_somebody_who_cannot_see_the_recap_hears_it(recap):
    assert recap["description"] == (
        "Capaian kinerja, realisasi terhadap target dalam persen. IKM: 104,96 (Sangat Tinggi); "
        "Temuan: tidak dapat dihitung; Waktu: 235,50 (Sangat Tinggi); IKM: 70,00 (Sedang)."
    )


def test_a_long_name_is_broken_into_lines_and_none_of_its_words_is_lost():
    name = "Persentase partisipasi masyarakat dalam Musyawarah Perencanaan Pembangunan tingkat kecamatan"
    (row,) = achievement_bars([bar(name, D(1))])["data"]["values"]
    assert len(row["name"]) > 1
    assert " ".join(row["name"]) == name


@pytest.mark.parametrize("scale", [FIVE_LEVELS, TRAFFIC_LIGHT, PUBLIC_SATISFACTION])
def test_every_category_has_a_colour(scale):
    assert {category.colour for category in scale.categories()} <= set(CATEGORY_COLOURS)


def test_colours_can_be_chosen():
    mine = achievement_trend("X", "", QUARTERS, colours={**TREND_COLOURS, "actual": "#123456"})
    assert b"#123456" in as_svg(mine)
    mine = achievement_bars([bar("X", D(100))], colours={"sangat-tinggi": "#654321"})
    assert b"#654321" in as_svg(mine)


def lightness(colour):
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2


def test_neighbouring_colours_differ_on_a_printer_without_colour():
    for scale in (FIVE_LEVELS, TRAFFIC_LIGHT):
        shades = [lightness(CATEGORY_COLOURS[category.colour]) for category in scale.categories()]
        assert all(abs(one - other) > 0.08 for one, other in pairwise(shades)), shades


def test_the_pictures_are_set_in_the_font_of_the_documents(trend_svg):
    assert (FONTS / "Arimo_400Regular.ttf").exists()
    assert b"Arimo" in trend_svg


def test_a_chart_is_drawn_the_same_in_a_page_and_in_a_document(trend, trend_svg):
    assert as_svg(trend) is trend_svg, "and only once"
    stored = {"charts": [{"svg": drawn_later(trend), "alt": "vega"}], "analysis": "tetap"}
    drawn = {"charts": [{"svg": trend_svg.decode(), "alt": "vega"}], "analysis": "tetap"}
    assert with_pictures("rekap_capaian", stored) == drawn


def test_the_order_of_the_keys_makes_no_other_picture(trend, trend_svg):
    assert as_svg(dict(reversed(trend.items()))) is trend_svg


def test_what_is_no_chart_is_refused():
    with pytest.raises(ValueError, match="Vega"):
        as_svg({"mark": 3})


@pytest.mark.parametrize("spec", [achievement_trend("Kosong", "", []), achievement_bars([])])
def test_a_chart_of_nothing_is_still_a_picture(spec):
    assert as_svg(spec).startswith(b"<svg")


@given(texts, texts, st.lists(st.tuples(texts, values, values), max_size=6))
def test_any_points_make_a_specification_that_is_json(name, unit, points):
    spec = achievement_trend(name, unit, points)
    assert json.loads(json.dumps(spec, allow_nan=False)) == spec


@settings(max_examples=15, deadline=None)
@given(st.lists(st.builds(bar, texts, values), max_size=6))
def test_any_recap_can_be_drawn(rows):
    assert ElementTree.fromstring(as_svg(achievement_bars(rows))).tag.endswith("svg")  # noqa: S314
