"""Serapan and physical progress of a node by month, as a Vega-Lite specification. Pure.

Both are cumulative and in percent, so that one axis serves them: bars are serapan, the line is physical progress.
"""

from collections.abc import Sequence
from fractions import Fraction

from himpun.indicators.measured.charts import FONT, INK, LINE, QUIET, TREND_COLOURS, Spec
from himpun.measure.numbers import write_percent
from himpun.moments import MONTHS

Point = tuple[int, Fraction | None, Fraction | None]
"""Month (1–12), serapan and physical progress in percent; None where there is none."""


def progress_chart(name: str, points: Sequence[Point], *, width: int = 560, height: int = 220) -> Spec:
    """The chart of one node; a month without a figure is a gap. Width and height in pixels without margins."""
    rows: list[Spec] = [
        {
            "label": MONTHS[month - 1][:3],
            "absorbed": None if absorbed is None else float(absorbed),
            "physical": None if physical is None else float(physical),
        }
        for month, absorbed, physical in points
    ]
    x = {
        "field": "label",
        "type": "ordinal",
        "scale": {"domain": [row["label"] for row in rows]},
        "axis": {"labelAngle": 0, "grid": False, "title": None},
    }
    highest = max([100.0, *(row[key] for row in rows for key in ("absorbed", "physical") if row[key] is not None)])
    y = {"type": "quantitative", "title": None, "scale": {"domain": [0, highest], "nice": False}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": _description(name, points),
        "title": {
            "text": "Serapan dan fisik per bulan",
            "subtitle": "Batang = serapan, garis = fisik (%), sejak Januari",
        },
        "width": width,
        "height": height,
        "background": "white",
        "padding": 10,
        "config": _CONFIG,
        "data": {"values": rows},
        "layer": [
            {
                "transform": [{"filter": "isValid(datum.absorbed)"}],
                "mark": {"type": "bar", "width": {"band": 0.55}, "color": TREND_COLOURS["actual"]},
                "encoding": {"x": x, "y": {**y, "field": "absorbed", "stack": None}},
            },
            {
                "transform": [{"filter": "isValid(datum.physical)"}],
                "mark": {"type": "line", "color": TREND_COLOURS["target"], "strokeWidth": 2.5, "point": {"size": 45}},
                "encoding": {"x": x, "y": {**y, "field": "physical"}},
            },
        ],
    }


_CONFIG: Spec = {
    "font": FONT,
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "frame": "bounds",
        "fontSize": 15,
        "color": INK,
        "subtitleFontSize": 12,
        "subtitleColor": QUIET,
        "offset": 14,
    },
    "axis": {"labelColor": INK, "labelFontSize": 12, "gridColor": LINE, "domainColor": QUIET, "ticks": False},
    "point": {"color": TREND_COLOURS["target"]},
}


def _description(name: str, points: Sequence[Point]) -> str:
    said = [
        f"{MONTHS[month - 1]}: serapan {_said(absorbed)}, fisik {_said(physical)}"
        for month, absorbed, physical in points
    ]
    return f"Serapan dan fisik {name} per bulan dalam persen. {'; '.join(said)}."


def _said(value: Fraction | None) -> str:
    return "belum diisi" if value is None else write_percent(value)
