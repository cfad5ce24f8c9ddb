"""The drawing of the flowchart sheet: every symbol in its place, every line drawn, nothing over anything else."""

import math
import xml.etree.ElementTree as ET  # our own output is parsed, not somebody else's
from collections import Counter
from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from himpun.procedures.definition import END, Identity, Procedure, Role, Step
from himpun.procedures.flowchart.layout import layout
from himpun.procedures.flowchart.lettering import text_width
from himpun.procedures.flowchart.primitives import PAPERS, Line, Page, Polygon, Rect, Sheet, Text
from himpun.procedures.flowchart.routing import Box, box_of
from himpun.procedures.flowchart.svg import page_data, svg
from tests.procedures.cases import FIXTURES, SIX_STEPS, TEN_STEPS, fixture, shipped, small, source_tables

ALL = [shipped(TEN_STEPS), shipped(SIX_STEPS), *(fixture(name) for name in FIXTURES)]
IDS = [procedure.key for procedure in ALL]
DRAWINGS = pytest.mark.parametrize("procedure", ALL, ids=IDS)


def symbols(page: Page) -> list[Rect | Polygon]:
    return [item for item in page.items if item.name == "symbol" and isinstance(item, Rect | Polygon)]


def box(item: Rect | Polygon) -> Box:
    if isinstance(item, Rect):
        return Box(item.x, item.y, item.x + item.w, item.y + item.h)
    xs, ys = [x for x, _ in item.points], [y for _, y in item.points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def text_box(item: Text) -> Box:
    width = text_width(item.text, item.size, item.bold)
    left = item.x - {"start": 0.0, "middle": width / 2, "end": width}[item.anchor]
    return Box(left, item.y - item.size * 0.72, left + width, item.y + item.size * 0.21)


def texts(page: Page, name: str = "text") -> list[Text]:
    return [item for item in page.items if isinstance(item, Text) and item.name == name]


def flows(page: Page) -> list[Line]:
    return [item for item in page.items if isinstance(item, Line) and item.name == "flow"]


def rows(page: Page) -> dict[int, Rect]:
    return {item.step: item for item in page.items if isinstance(item, Rect) and item.name == "row"}


def diamonds(sheet: Sheet) -> list[Polygon]:
    return [
        item for page in sheet.pages for item in symbols(page) if isinstance(item, Polygon) and len(item.points) == 4
    ]


def pentagon_letters(page: Page) -> list[str]:
    return [item.text for item in texts(page, "label") if item.bold]


def holds(outer: Box, inner: Box, slack: float = 0.05) -> bool:
    return (
        outer.x0 - slack <= inner.x0
        and inner.x1 <= outer.x1 + slack
        and outer.y0 - slack <= inner.y0
        and inner.y1 <= outer.y1 + slack
    )


# What must hold for every drawing


def nothing_leaves_the_paper(sheet: Sheet) -> bool:
    return all(
        holds(Box(0, 0, page.width, page.height), text_box(item) if isinstance(item, Text) else _extent(item))
        for page in sheet.pages
        for item in page.items
    )


def _extent(item: Rect | Polygon | Line) -> Box:
    return Box(*_corners(item.points)) if isinstance(item, Line) else box(item)


def _corners(points: tuple[tuple[float, float], ...]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def text_overflows(page: Page) -> list[str]:
    """Texts of rows that stand outside their row, or over a line between columns."""
    borders = [item.points[0][0] for item in page.items if isinstance(item, Line) and item.name == "grid"]
    found = []
    for item in texts(page):
        if item.step:
            row, at = rows(page)[item.step], text_box(item)
            crossing = any(at.x0 < x - 0.01 < at.x1 - 0.02 for x in borders if x > row.x + 0.1)
            if crossing or not holds(box(row), at, slack=0.3):
                found.append(item.text)
    return found


def lines_through_symbols(page: Page) -> list[tuple[Line, Box]]:
    inner = [box(symbol).grown(-0.3) for symbol in symbols(page)]
    return [
        (line, wall)
        for line in flows(page)
        for a, b in pairwise(line.points)
        for wall in inner
        if box_of(a, b).grown(0.001).meets(wall)
    ]


def overlapping_symbols(page: Page) -> list[tuple[Box, Box]]:
    return [(a, b) for a, b in combinations(map(box, symbols(page)), 2) if a.meets(b)]


def expected_lines(procedure: Procedure, sheet: Sheet) -> int:
    """One line for each decision that leads somewhere else, one more where it goes on on another page."""
    on_page = {no: place for place, page in reversed(list(enumerate(sheet.pages))) for no in rows(page)}
    count = sum(max(len(step.questions) - 1, 0) for step in procedure.steps)
    count += procedure.first.is_decision
    pairs = set()
    for step in procedure.steps:
        for target in step.next.values():
            count += step.is_decision if target == END else 1
            if isinstance(target, int) and on_page[target] != on_page[step.no]:
                pairs.add((on_page[step.no], on_page[target], target))
    return count + len(pairs)


def sound(procedure: Procedure, sheet: Sheet) -> None:
    assert nothing_leaves_the_paper(sheet)
    for page in sheet.pages:
        assert text_overflows(page) == []
        assert lines_through_symbols(page) == []
        assert overlapping_symbols(page) == []
    assert sum(len(flows(page)) for page in sheet.pages) == expected_lines(procedure, sheet)


@DRAWINGS
@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_overflows_its_cell_and_no_line_runs_through_a_symbol(procedure: Procedure, paper: str) -> None:
    sound(procedure, layout(procedure, paper=paper))


@DRAWINGS
def test_the_drawing_is_sound_on_one_tall_page_for_the_screen(procedure: Procedure) -> None:
    sheet = layout(procedure, page_height=math.inf)
    assert len(sheet.pages) == 1
    assert math.isfinite(sheet.pages[0].height)
    sound(procedure, sheet)


@DRAWINGS
def test_the_drawing_is_sound_on_low_pages(procedure: Procedure) -> None:
    sheet = layout(procedure, page_height=120.0)
    assert len(sheet.pages) > 1
    sound(procedure, sheet)


@DRAWINGS
def test_words_beside_lines_stand_over_no_symbol_and_no_other_word(procedure: Procedure) -> None:
    for page in layout(procedure).pages:
        labels = [item for item in texts(page, "label") if item.step and not item.text.isdigit()]
        boxes = [text_box(label) for label in labels]
        assert not [(a, b) for a, b in combinations(boxes, 2) if a.grown(-0.2).meets(b)]
        assert not [
            label.text for label in labels for wall in symbols(page) if text_box(label).grown(-0.1).meets(box(wall))
        ]


@DRAWINGS
def test_every_step_has_one_row_in_order(procedure: Procedure) -> None:
    drawn = [no for page in layout(procedure).pages for no in rows(page)]
    assert drawn == [step.no for step in procedure.steps]


@DRAWINGS
def test_every_actor_of_a_step_has_a_symbol_in_its_row(procedure: Procedure) -> None:
    counted = Counter(item.step for page in layout(procedure).pages for item in symbols(page) if item.step)
    assert counted == {step.no: len(step.actors) + max(len(step.questions) - 1, 0) for step in procedure.steps}


@DRAWINGS
def test_pentagons_come_in_pairs(procedure: Procedure) -> None:
    sheet = layout(procedure, page_height=120.0)
    letters = Counter(letter for page in sheet.pages for letter in pentagon_letters(page))
    assert letters
    assert set(letters.values()) == {2}
    assert all(len(set(pentagon_letters(page))) == len(pentagon_letters(page)) for page in sheet.pages)


@DRAWINGS
def test_every_decision_word_is_written(procedure: Procedure) -> None:
    written = " ".join(item.text for page in layout(procedure).pages for item in texts(page, "label"))
    for step in procedure.steps:
        for decision in step.next if step.is_decision else ():
            assert all(word in written for word in decision.split())


# The symbols


def test_a_row_with_three_ways_out_is_drawn_as_a_diamond() -> None:
    assert 4 in {item.step for item in diamonds(layout(fixture("nota_dinas")))}


def test_a_row_with_two_questions_has_two_numbered_diamonds() -> None:
    sheet = layout(fixture("pengaduan_masyarakat"))
    assert [item.step for item in diamonds(sheet)].count(2) == 2
    assert {item.text for item in texts(sheet.pages[0], "label")} >= {"1", "2"}


def test_a_row_with_one_way_out_is_no_diamond() -> None:
    assert 1 not in {item.step for item in diamonds(layout(small()))}


def test_the_first_and_the_last_activity_are_capsules() -> None:
    (page,) = layout(shipped(SIX_STEPS)).pages
    assert {item.step for item in symbols(page) if isinstance(item, Rect) and item.radius} == {1, 6}


def test_a_start_that_decides_gets_a_capsule_above_and_an_early_end_one_below() -> None:
    first = layout(fixture("rekomendasi_izin")).pages[0]
    assert {item.text for item in texts(first, "label")} >= {"Mulai", "Selesai"}


def test_several_actors_in_one_step_are_joined_by_a_line() -> None:
    page = layout(fixture("nota_dinas")).pages[0]
    joins = [item for item in page.items if isinstance(item, Line) and item.name == "join"]
    assert len([join for join in joins if join.points[0][1] == joins[0].points[0][1]]) == 2


def test_every_arrow_touches_a_symbol() -> None:
    for procedure in ALL:
        for page in layout(procedure).pages:
            tips = [item.points[0] for item in page.items if isinstance(item, Polygon) and item.name == "arrow"]
            edges = [box(item).grown(0.1) for item in symbols(page)]
            assert all(any(Box(x, y, x, y).meets(edge) for edge in edges) for x, y in tips)


def test_only_roles_that_act_have_a_column() -> None:
    procedure = shipped(SIX_STEPS)
    heads = {item.text for item in texts(layout(procedure).pages[0]) if item.bold}
    assert "Sekretaris" in heads
    assert "Camat" not in heads


def test_an_offices_titles_stand_over_the_columns_and_in_the_texts() -> None:
    sheet = layout(small(), {"kepala": "Lurah"})
    words = [item.text for item in texts(sheet.pages[0])]
    assert "Lurah" in words
    assert "Menyusun draft untuk Lurah" in " ".join(words)


def test_a_faulty_transcription_without_actors_and_ways_is_drawn_too() -> None:
    for table in source_tables():
        sheet = layout(table)
        assert nothing_leaves_the_paper(sheet)
        assert sum(len(rows(page)) for page in sheet.pages) == len(table.steps)


def test_a_text_longer_than_a_page_goes_on_on_the_next() -> None:
    long = small("Menyusun draft", "kata " * 1500)
    sheet = layout(long)
    assert len(sheet.pages) > 1
    assert nothing_leaves_the_paper(sheet)
    assert sum(item.text.count("kata") for page in sheet.pages for item in texts(page)) == 1500


def test_folio_is_wider_than_a4() -> None:
    assert layout(small(), paper="f4").pages[0].width == 330
    with pytest.raises(KeyError):
        layout(small(), paper="kuarto")


def test_more_pages_say_which_one_they_are() -> None:
    feet = [item.text for page in layout(shipped(TEN_STEPS)).pages for item in texts(page, "foot")]
    assert feet == ["Halaman 1 dari 2", "Halaman 2 dari 2"]


def test_the_same_procedure_is_always_drawn_the_same() -> None:
    assert layout(shipped(TEN_STEPS)) == layout(shipped(TEN_STEPS))


# Any procedure that can be run can be drawn

WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
ACTORS = ["a", "b", "c", "d", "e", "f"]
SOME_WORDS = st.lists(st.sampled_from(["Memeriksa", "dan", "berkas", "pertanggungjawaban", "IKU"]), max_size=25)


@st.composite
def procedures(draw: st.DrawFn) -> Procedure:
    count = draw(st.integers(1, 9))
    return Procedure("acak", "Acak", Identity(), tuple(Role(key, f"Jabatan {key}") for key in ACTORS),
                     tuple(draw(steps(no, count)) for no in range(1, count + 1)), "")  # fmt: skip


@st.composite
def steps(draw: st.DrawFn, no: int, count: int) -> Step:
    actors = draw(st.lists(st.sampled_from(ACTORS), min_size=1, max_size=3, unique=True))
    targets = (
        draw(st.lists(st.integers(1, count).filter(lambda target: target != no), max_size=2, unique=True))
        if count > 1
        else []
    )
    ways: dict[str, int | str] = {"terus": no + 1 if no < count else END}
    ways |= {f"jalan {place}": target for place, target in enumerate(targets) if target != no + 1}
    title = " ".join(draw(SOME_WORDS))
    return Step(no, f"s{no}", title, actors[0], tuple(actors[1:]), time_text="1 hari", output=title[:60], next=ways)


@settings(max_examples=60, deadline=None, phases=WITHOUT_SHRINKING, suppress_health_check=[HealthCheck.too_slow])
@given(procedures(), st.sampled_from([None, 130.0, math.inf]))
def test_any_procedure_is_drawn_soundly(procedure: Procedure, page_height: float | None) -> None:
    sound(procedure, layout(procedure, page_height=page_height))


# As SVG


@DRAWINGS
def test_the_svg_is_well_formed_named_and_scales(procedure: Procedure) -> None:
    sheet = layout(procedure)
    for place, page in enumerate(sheet.pages):
        drawn = ET.fromstring(svg(sheet, place, title=f"Bagan alir {procedure.name}"))  # noqa: S314
        assert drawn.get("role") == "img"
        assert drawn.get("viewBox") == f"0 0 {page.width:g} {page.height:g}"
        assert drawn[0].text == f"Bagan alir {procedure.name}"


@DRAWINGS
def test_every_step_is_a_group_that_a_page_can_colour(procedure: Procedure) -> None:
    sheet = layout(procedure, page_height=math.inf)
    drawn = ET.fromstring(svg(sheet, title="x"))  # noqa: S314
    groups = [item for item in drawn if item.get("class") == "step"]
    assert [group.get("data-step") for group in groups] == [str(step.no) for step in procedure.steps]
    assert all(group[0].get("class") == "row" for group in groups)


@DRAWINGS
def test_the_svg_has_no_style_and_no_script(procedure: Procedure) -> None:
    text = svg(layout(procedure), title="x")
    assert "style=" not in text
    assert "<script" not in text
    assert "<style" not in text


def test_what_an_office_writes_cannot_break_out_of_the_svg() -> None:
    nasty = small("Menyusun draft", "<script>alert(1)</script> & teman")
    text = svg(layout(nasty), title='"><script>')
    assert "<script" not in text
    ET.fromstring(text)  # noqa: S314


def test_a_page_that_is_not_there_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        svg(layout(small()), 5, title="x")


def test_the_svg_of_a_whole_procedure_is_small() -> None:
    assert len(svg(layout(shipped(TEN_STEPS), page_height=math.inf), title="x")) < 60_000


def test_page_data_names_the_kind_and_style_of_every_item() -> None:
    data = page_data(layout(small()).pages[0])
    items = data["items"]
    assert isinstance(items, list)
    assert {item["kind"] for item in items} == {"rect", "line", "polygon", "text"}
    assert all(set(item["style"]) == {"fill", "stroke", "width"} for item in items)
