"""Charts as plain Vega-Lite specifications; `himpun.documents.pictures` draws them, the same for page and PDF.

Pure. Numbers are written by `himpun.measure.numbers`; a float appears only as the length of a bar.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from himpun.measure.numbers import Number, decimal_places, exact, round_half_up, write_percent
from himpun.measure.scoring.scale import CATEGORY_COLOURS, Category
from himpun.typesetting import NUMBER_LOCALE

Spec = dict[str, Any]
"""A Vega-Lite specification."""

FONT = "Arimo, Arial, Liberation Sans, Roboto, Helvetica, sans-serif"

INK = "#1f2933"
QUIET = "#5b6770"
LINE = "#d9dee2"

TREND_COLOURS: Mapping[str, str] = {"actual": "#3b78b0", "target": "#1f2933"}
"""Realisasi and target; they also differ in form and in lightness, for print without colour."""
NO_CATEGORY = "#9aa5ad"

ROW_HEIGHT = 30
LINE_HEIGHT = 14
NAME_WIDTH = 42
"""Characters in one line of an indicator's name."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One indicator in a recap: its capaian in percent and category, or None and the reason in a few words."""

    name: str
    value: Number | None
    category: Category | None = None
    reason: str = "tidak dapat dihitung"


def achievement_trend(
    name: str,
    unit: str,
    points: Sequence[tuple[str, Number | None, Number | None]],
    *,
    width: int = 560,
    height: int = 230,
    places: int = 2,
    colours: Mapping[str, str] = TREND_COLOURS,
) -> Spec:
    """Target and realisasi of one indicator over its periods.

    `points` are (label, target, realisasi) in order, in `unit`; None leaves a gap that says "belum diisi". Width and
    height in pixels of the picture without its margins.
    """
    decimals = _decimals([number for _, *pair in points for number in pair], places)
    rows = [_trend_row(*point, decimals) for point in points]
    x = {
        "field": "label",
        "type": "ordinal",
        "scale": {"domain": [row["label"] for row in rows]},
        "axis": {"labelAngle": 0, "grid": False, "title": None, "labelOverlap": False},
    }
    y = {"type": "quantitative", "title": None, "scale": {"zero": True, "nice": True}}
    filled = {
        "transform": [{"filter": "isValid(datum.actual)"}],
        "encoding": {"x": x, "y": {**y, "field": "actual", "stack": None}},
    }
    bars = {**filled, "mark": {"type": "bar", "width": {"band": 0.5}, "cornerRadiusEnd": 2, "color": colours["actual"]}}
    gaps = {
        "transform": [{"filter": "!isValid(datum.actual)"}],
        "mark": {**_text(QUIET, style="italic"), "baseline": "bottom", "dy": -20, "lineHeight": 14},
        "encoding": {"x": x, "y": {**y, "datum": 0}, "text": {"value": ["belum", "diisi"]}},
    }
    spec = _chart(name, _trend_subtitle(unit), _trend_description(name, unit, rows), width, height)
    return {
        **spec,
        "data": {"values": rows},
        "layer": [
            bars,
            *_target_layers(x, y, colours["target"]),
            gaps,
            *_table_row(x, "Realisasi", "actual_text", colours["actual"], height + 42, weight="bold"),
            *_table_row(x, "Target", "target_text", colours["target"], height + 62),
        ],
    }


def achievement_bars(
    rows: Sequence[Bar],
    *,
    title: str = "Capaian kinerja",
    width: int = 300,
    limit: int = 150,
    colours: Mapping[str, str] = CATEGORY_COLOURS,
) -> Spec:
    """The capaian of all indicators beside each other, coloured and named by category, with the line at 100.

    A bar longer than `limit` percent is cut there and says its true value, so that one outlier does not flatten the
    rest. Width in pixels of the bars alone; the height follows the rows.
    """
    values = [_bar_row(place, bar, limit, colours) for place, bar in enumerate(rows)]
    lines = max((len(row["name"]) for row in values), default=1)
    longest = max((row["length"] or 0.0 for row in values), default=0.0)
    x = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, max(longest, 110.0)], "nice": False},
        "axis": {"values": [0, 50, 100, 150, 200], "format": ",.0f", "grid": False},
    }
    y = {"field": "place", "type": "ordinal", "scale": {"domain": list(range(len(values)))}, "axis": None}
    step = max(ROW_HEIGHT, lines * LINE_HEIGHT + 8)
    spec = _chart(title, "Realisasi terhadap target, dalam persen; garis tegak = 100", "", width, step)
    return {
        **spec,
        "description": _bars_description(title, rows),
        "height": {"step": step},
        "data": {"values": values},
        "layer": [_hundred(x), *_bar_layers(x, y), *_bar_words(y, width)],
    }


# --- both ------------------------------------------------------------------------------------------------------------


def _chart(title: str, subtitle: str, description: str, width: int, height: int) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": description,
        "title": {"text": textwrap.wrap(title, 72) or [""], "subtitle": subtitle},
        "width": width,
        "height": height,
        "background": "white",
        "padding": {"left": 34, "top": 10, "right": 10, "bottom": 10},  # names are wider where none of the fonts is
        "config": _config(),
    }


def _config() -> Spec:
    return {
        "font": FONT,
        "locale": {"number": NUMBER_LOCALE},
        "view": {"stroke": None},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "fontSize": 15,
            "fontWeight": "bold",
            "color": INK,
            "subtitleFontSize": 12,
            "subtitleColor": QUIET,
            "subtitlePadding": 5,
            "offset": 16,
        },
        "axis": {
            "labelColor": INK,
            "labelFontSize": 12,
            "gridColor": LINE,
            "domainColor": QUIET,
            "ticks": False,
            "labelPadding": 8,
        },
        "axisQuantitative": {"domain": False, "labelColor": QUIET, "tickCount": 5},
    }


def _text(colour: str, *, weight: str = "normal", style: str = "normal", align: str = "center") -> Spec:
    mark = {"type": "text", "fontSize": 12, "fontWeight": weight, "fontStyle": style, "color": colour}
    return {**mark, "align": align, "baseline": "middle"}


def _length(value: Number | None) -> float | None:
    return None if value is None else float(exact(value))


# --- over the periods ------------------------------------------------------------------------------------------------


def _decimals(numbers: Sequence[Number | None], most: int) -> int:
    """As many as the number that needs most of them, so that a column of numbers reads evenly."""
    needed = [decimal_places(round_half_up(number, most)) or 0 for number in numbers if number is not None]
    return max(needed, default=0)


def _trend_row(label: str, target: Number | None, actual: Number | None, places: int) -> dict[str, Any]:
    return {
        "label": label,
        "target": _length(target),
        "actual": _length(actual),
        "target_text": "–" if target is None else write_percent(target, places),
        "actual_text": "–" if actual is None else write_percent(actual, places),
    }


def _trend_subtitle(unit: str) -> str:
    return f"Batang = realisasi, garis = target{f' ({unit})' if unit else ''}"


def _trend_description(name: str, unit: str, rows: Sequence[Mapping[str, Any]]) -> str:
    said = [
        f"{row['label']}: target {'belum ditetapkan' if row['target'] is None else row['target_text']}, "
        f"realisasi {'belum diisi' if row['actual'] is None else row['actual_text']}"
        for row in rows
    ]
    return f"Target dan realisasi {name}{f' dalam {unit}' if unit else ''}. {'; '.join(said)}."


def _target_layers(x: Spec, y: Spec, colour: str) -> list[Spec]:
    """A rule across each bar, with a white edge that keeps it visible on the bar."""
    wanted = [{"filter": "isValid(datum.target)"}]
    encoding = {"x": x, "y": {**y, "field": "target"}}
    tick = {"type": "tick", "orient": "horizontal", "width": {"band": 0.8}, "opacity": 1}
    return [
        {"transform": wanted, "mark": {**tick, "thickness": 4.5, "color": "white"}, "encoding": encoding},
        {"transform": wanted, "mark": {**tick, "thickness": 2.5, "color": colour}, "encoding": encoding},
    ]


def _table_row(x: Spec, heading: str, field: str, colour: str, top: int, *, weight: str = "normal") -> list[Spec]:
    """The numbers in a row beneath the axis, where no bar and no line can hide them."""
    mark = _text(colour, weight=weight)
    return [
        {"mark": mark, "encoding": {"x": x, "y": {"value": top}, "text": {"field": field}}},
        {
            "data": {"values": [{}]},
            "mark": {**mark, "align": "right"},
            "encoding": {"x": {"value": -8}, "y": {"value": top}, "text": {"value": heading}},
        },
    ]


# --- beside each other -----------------------------------------------------------------------------------------------


def _wrapped(name: str) -> list[str]:
    return textwrap.wrap(name, NAME_WIDTH, max_lines=3, placeholder=" …") or [""]


def _bar_row(place: int, bar: Bar, limit: int, colours: Mapping[str, str]) -> dict[str, Any]:
    length = _length(bar.value)
    return {
        "place": place,
        "name": _wrapped(bar.name),
        "length": None if length is None else max(0.0, min(length, float(limit))),
        "is_cut": length is not None and length > limit,
        "value": "" if bar.value is None else write_percent(bar.value),
        "category": bar.category.name if bar.category else "",
        "reason": bar.reason if bar.value is None else "",
        "colour": colours.get(bar.category.colour, NO_CATEGORY) if bar.category else NO_CATEGORY,
    }


def _bars_description(title: str, rows: Sequence[Bar]) -> str:
    said = [f"{bar.name}: {_said(bar)}" for bar in rows]
    return f"{title}, realisasi terhadap target dalam persen. {'; '.join(said)}."


def _said(bar: Bar) -> str:
    if bar.value is None:
        return bar.reason
    return write_percent(bar.value) + (f" ({bar.category.name})" if bar.category else "")


def _hundred(x: Spec) -> Spec:
    return {
        "data": {"values": [{}]},
        "mark": {"type": "rule", "color": INK, "strokeDash": [4, 3], "strokeWidth": 1.2},
        "encoding": {"x": {**x, "datum": 100}},
    }


def _bar_layers(x: Spec, y: Spec) -> list[Spec]:
    encoding = {"x": {**x, "field": "length", "stack": None}, "y": y}
    colour = {"field": "colour", "type": "nominal", "scale": None}
    bar = {"type": "bar", "height": 16, "cornerRadiusEnd": 2}
    cut = {**_text("white", weight="bold", align="right"), "dx": -6, "fontSize": 15}
    return [
        {
            "transform": [{"filter": "isValid(datum.length)"}],
            "mark": bar,
            "encoding": {**encoding, "color": colour},
        },
        {"transform": [{"filter": "datum.is_cut"}], "mark": cut, "encoding": {**encoding, "text": {"value": "»"}}},
    ]


def _bar_words(y: Spec, width: int) -> list[Spec]:
    """Name at the left; at the right, in columns, the capaian and what it is called, or the reason."""
    name = {**_text(INK, align="right"), "lineHeight": LINE_HEIGHT}
    name["dy"] = {"expr": f"-{LINE_HEIGHT / 2} * (length(datum.name) - 1)"}
    columns = [
        (name, -10, "name"),
        (_text(INK, weight="bold", align="right"), width + 58, "value"),
        (_text(INK, align="left"), width + 70, "category"),
        ({**_text(QUIET, style="italic", align="left"), "limit": 180}, width + 14, "reason"),
    ]
    return [
        {"mark": mark, "encoding": {"x": {"value": left}, "y": y, "text": {"field": field}}}
        for mark, left, field in columns
    ]
