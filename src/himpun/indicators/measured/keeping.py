"""From rows to scores: what a recap keeps of an indicator, as text, and how that text is read again.

Exact fractions are kept as "numerator/denominator", so that a recap opened in ten years shows what was computed then
and from what.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from himpun.indicators.measured.charts import Bar
from himpun.indicators.measured.office_year import Cell, Measured, OfficeYear, read_target
from himpun.indicators.models.dictionary import Indicator
from himpun.indicators.models.requests import RequestLine
from himpun.measure.formula.evaluating import Node
from himpun.measure.numbers import MAX_DIGITS, MINUS, write_number, write_percent
from himpun.measure.periods import Period, value_period
from himpun.measure.scoring.scale import CATEGORY_COLOURS, FIVE_LEVELS, Category, Scale
from himpun.measure.scoring.summary import Summary, summary
from himpun.measure.scoring.values import SHOWN_PLACES, WORDS, Score, State, Target

COLOURS = CATEGORY_COLOURS
SCALE = FIVE_LEVELS
_NUMBERS = re.compile(r"[0-9.]+(?:,[0-9]+)?")


def frozen_of(year: OfficeYear, lines: Sequence[RequestLine], period: Period) -> dict[str, Any]:
    """Everything a recap keeps of one indicator, as text: figures, target, realisasi, capaian of the period and the year.

    `lines` are the answers of the units that were asked for it, the one who answers for it first. `pohon` is the way
    from the result to the cells, each with the figure it came from.
    """
    indicator = lines[0].indicator
    measured = year.measure(indicator.code, period)
    score, so_far = year.score(indicator.code, period), year.year_score(indicator.code, period)
    written, _ = year.target(indicator.code, period)
    scale = year.scale(indicator.code)
    given = {line.pk: _cells_of(year, line, period) for line in lines}
    nihil = [line for line in lines if line.nihil and not given[line.pk]]
    several = len(lines) > 1
    return {
        "kode": indicator.code,
        "nama": indicator.name,
        "versi": indicator.version,
        "sasaran": indicator.sasaran,
        "satuan": indicator.unit,
        "polaritas": indicator.polarity,
        "agregasi": indicator.aggregation,
        "periode": value_period(indicator.frequency, period).code,
        "unit": ", ".join(line.request.unit.title for line in lines),
        "variabel": [row for line in lines for row in _variables_of(line, given[line.pk], several)],
        "nihil": len(nihil) == len(lines),
        "nihil_alasan": _joined(nihil, lambda line: line.nihil_reason, several),
        "catatan": _joined(lines, lambda line: line.note, several),
        "penjelasan": _joined(lines, lambda line: line.explanation, several),
        "bukti": [{"nama": file.name, "sha256": file.sha256} for line in lines for file in line.evidence.all()],
        "target": written,
        "realisasi": exact_text(measured.actual),
        "realisasi_tampil": shown(measured.actual, indicator.places),
        "realisasi_rumus": in_step(measured, score.formula),
        "realisasi_catatan": list(measured.notes),
        "pohon": tree_of(measured),
        "skala": [[level.name, level.colour, level.rule] for level in scale.categories()],
        "capaian": score_text(score, measured, scale, indicator.places),
        "capaian_tahun": score_text(so_far, measured, scale, indicator.places),
    }


def _joined(lines: Sequence[RequestLine], told: Callable[[RequestLine], str], several: bool) -> str:
    """What each unit wrote, with its name where there are several."""
    given = [(line.request.unit.title, told(line)) for line in lines if told(line)]
    return "; ".join(f"{unit}: {text}" if several else text for unit, text in given)


def tree_of(measured: Measured) -> dict[str, Any] | None:
    """The way from a result to its cells as JSON: "label", "nilai", "jenis", "anak"; a cell has "unit" and "angka" too.

    "angka" is the key of the figure: who brought it, when and with which evidence. None where nothing was computed.
    """
    if measured.parts:
        parts = [_part(part) for part in measured.parts if part.actual is not None]
        return _leaf(measured.told, _written(measured.actual), "periode", parts) if parts else None
    if measured.result is not None:
        return _branch(measured.result.tree, measured)
    cells = [_cell(name, unit, measured) for name, unit, _ in measured.cells]
    return cells[0] if len(cells) == 1 else None


def _part(part: Measured) -> dict[str, Any]:
    below = tree_of(part)
    return _leaf(part.period.label, _written(part.actual), "periode", [below] if below else [])


def _branch(node: Node, of: Measured) -> dict[str, Any]:
    if node.kind == "variabel" and node.unit:
        return _cell(node.variable, node.unit, of)
    other = of.references.get(node.label) if node.kind == "indikator" else None
    if other is not None:
        below = tree_of(other)
        children = [below] if below else []
    else:
        children = [_branch(child, of) for child in node.children if child.kind != "angka"]
    label = of.labels.get(node.variable, node.label) if node.kind == "variabel" else node.label
    if node.kind == "variabel" and len(children) == 1:
        return children[0]
    return _leaf(label, "" if node.value is None else write_number(node.value), node.kind, children)


def _cell(name: str, unit: str, of: Measured) -> dict[str, Any]:
    """A figure of a unit; without a key where the unit has not filled it in."""
    cell = next((cell for variable, filler, cell in of.cells if (variable, filler) == (name, unit)), None)
    text = "" if cell is None else value_text(cell.number, cell.text)
    leaf = _leaf(of.labels.get(name, name), text, "variabel", [])
    return {**leaf, "nama": name, "unit": of.titles.get(unit, unit), "angka": None if cell is None else cell.pk}


def _leaf(label: str, value: str, kind: str, children: list[dict[str, Any]]) -> dict[str, Any]:
    return {"label": label, "nilai": value, "jenis": kind, "anak": children}


def _written(value: Fraction | str | None) -> str:
    return value or "" if value is None or isinstance(value, str) else write_number(value)


def in_step(measured: Measured, compared: str) -> str:
    """The formula of a realisasi with its result written as the formula of the capaian takes it up.

    "6 / 9 × 100 = 66,667" stands before "66,667 / 66 × 100 = 101,01": the reader who works it out finds one number.
    """
    worked, equals, _ = measured.formula.rpartition(" = ")
    if not equals or not isinstance(measured.actual, Fraction):
        return measured.formula
    taken = set(_NUMBERS.findall(compared.rpartition(" = ")[0]))
    written = (write_number(measured.actual, places) for places in range(MAX_DIGITS, SHOWN_PLACES - 1, -1))
    return next((f"{worked} = {number}" for number in written if number.lstrip(MINUS) in taken), measured.formula)


def _cells_of(year: OfficeYear, line: RequestLine, period: Period) -> dict[str, Cell]:
    """The figures in force of a line by variable, whoever brought them."""
    measured = value_period(line.indicator.frequency, period)
    unit = line.request.unit.code
    found = {
        variable.name: year.cells.get((line.indicator.code, variable.name, measured), {}).get(unit)
        for variable in line.indicator.variables.all()
    }
    return {name: cell for name, cell in found.items() if cell is not None}


def _variables_of(line: RequestLine, given: Mapping[str, Cell], several: bool) -> list[dict[str, str]]:
    rows = []
    title = line.request.unit.title
    for variable in line.indicator.variables.all():
        cell = given.get(variable.name)
        rows.append(
            {
                "nama": variable.name,
                "uraian": f"{variable.label} ({title})" if several else variable.label,
                "satuan": variable.unit,
                "jenis": variable.kind,
                "unit": title,
                "nilai": "" if cell is None else value_text(cell.number, cell.text),
            }
        )
    return rows


def target_at(indicator: Indicator, measured: Period, index: int) -> Target | None:
    """The target of the `index`-th period of the year, of the same kind as `measured`."""
    code = Period(measured.kind, measured.year, index).code
    text = next((target.value for target in indicator.targets.all() if target.period == code), "")
    return read_target(text, indicator)


def value_text(number: Decimal | None, text: str) -> str:
    """A raw figure as shown: "1.234,5", or the grade as typed."""
    return text if number is None else write_number(number)


def score_text(score: Score, measured: Measured, scale: Scale, places: int = 2) -> dict[str, str]:
    """A capaian as a recap keeps it: exact, as shown, its formula, its category and the rule that gave it."""
    if score.value is None:
        return {
            "nilai": "",
            "tampil": measured.word or str(score.state),
            "rumus": "",
            "kategori": "",
            "warna": "",
            "aturan": "",
            "alasan": measured.reason or score.reason,
        }
    category = scale.category(score.value)
    return {
        "nilai": exact_text(score.raw),
        "tampil": write_percent(score.value, places),
        "rumus": score.formula,
        "kategori": category.name,
        "warna": category.colour,
        "aturan": category.rule,
        "alasan": "",
    }


def exact_text(value: Fraction | str | None) -> str:
    """A fraction as "400/9" or "12", a grade as itself, nothing as ""."""
    return "" if value is None else str(value)


def read_exact(text: str, polarity: str) -> Fraction | str | None:
    """The reverse of `exact_text`."""
    if not text:
        return None
    return text if polarity in WORDS else Fraction(text)


def shown(value: Fraction | str | None, places: int = 2) -> str:
    """A realisasi for people: "66,67", "B"."""
    if value is None or isinstance(value, str):
        return value or ""
    return write_number(value, places)


def score_from(frozen: Mapping[str, Any], key: str = "capaian") -> Score:
    """The score a frozen line holds, for summing up."""
    kept = frozen[key]
    if not kept["nilai"]:
        state = next((state for state in State if state == kept["tampil"]), State.NOT_FILLED)
        return Score(None, state, kept["alasan"])
    return Score(Fraction(kept["nilai"]), formula=kept["rumus"])


def scales_of(lines: Iterable[Mapping[str, Any]]) -> list[tuple[Category, ...]]:
    """The scales that frozen lines were called by, each once; the common one for lines frozen before scales were kept."""
    return list(codes_by_scale(lines)) or [SCALE.categories()]


def codes_by_scale(lines: Iterable[Mapping[str, Any]]) -> dict[tuple[Category, ...], list[str]]:
    """Which indicators were called by which scale."""
    found: dict[tuple[Category, ...], list[str]] = {}
    for line in lines:
        kept = line.get("skala")
        levels = tuple(Category(*level) for level in kept) if kept else SCALE.categories()
        found.setdefault(levels, []).append(line["kode"])
    return found


def summary_of(lines: Iterable[Mapping[str, Any]]) -> Summary:
    """The means and counts of many frozen lines."""
    return summary((line["nama"], score_from(line)) for line in lines)


def bar_of(frozen: Mapping[str, Any]) -> Bar:
    """A frozen line as a bar of the achievement chart."""
    score = score_from(frozen)
    kept = frozen["capaian"]
    category = None
    if score.value is not None:
        category = Category(kept["kategori"], kept["warna"], kept.get("aturan", ""))
    return Bar(frozen["nama"], score.value, category, kept["tampil"])
