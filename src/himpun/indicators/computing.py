"""From rows to scores: reads an indicator's target and figures and hands them to the pure `scoring`.

What is frozen is text: exact fractions are kept as "numerator/denominator", so that a recap opened in ten years shows
what was computed then and from what.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from himpun.errors import Refusal
from himpun.indicators import scoring
from himpun.indicators.charts import CATEGORY_COLOURS, Bar
from himpun.indicators.models import DataRequest, Indicator, RequestLine, Variable
from himpun.indicators.numbers import MAX_DIGITS, MINUS, write_number
from himpun.indicators.periods import Period, value_period

COLOURS = CATEGORY_COLOURS
SCALE = scoring.FIVE_LEVELS
_NUMBERS = re.compile(r"[0-9.]+(?:,[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """One indicator's realisasi in a period: a number or grade, or the reason why there is none and a `word` for it."""

    actual: Fraction | str | None
    formula: str
    reason: str
    word: str = ""


def reading_of(line: RequestLine) -> Reading:
    """The realisasi a filled-in line gives (its indicator's variables and its values should be loaded)."""
    if line.request.state == DataRequest.State.EXCUSED:
        return Reading(None, "", f"Unit dikecualikan: {line.request.reason}", "dikecualikan")
    if line.nihil:
        return Reading(None, "", f"Nihil: {line.nihil_reason}", "nihil")
    values = {value.variable_id: value for value in line.values.all()}
    variables = list(line.indicator.variables.all())
    if line.indicator.polarity == Indicator.Polarity.GRADE:
        text = next((values[v.pk].text for v in variables if v.pk in values), "")
        return Reading(text or None, text, "" if text else "Predikat belum diisi.")
    numbers = {v.kind: values[v.pk].number if v.pk in values else None for v in variables}
    computed = scoring.from_variables(numbers, calculation_of(variables, line.indicator))
    word = "" if computed.value is not None else str(computed.state)
    return Reading(computed.value, computed.formula, computed.reason, word)


def calculation_of(variables: Iterable[Variable], indicator: Indicator) -> scoring.Calculation:
    """Pembilang and penyebut make a percentage (a ratio where the unit is not %); a single value is itself."""
    kinds = {variable.kind for variable in variables}
    if Variable.Kind.DENOMINATOR not in kinds:
        return scoring.Calculation.SINGLE
    percent = "%" in indicator.unit or "persen" in indicator.unit.lower()
    return scoring.Calculation.PERCENTAGE if percent else scoring.Calculation.RATIO


def target_of(indicator: Indicator, period: Period) -> tuple[str, scoring.Target | None]:
    """The target as written for the period an indicator is measured in, else the year's; and as read."""
    written = {target.period: target.value for target in indicator.targets.all()}
    measured = value_period(indicator.frequency, period)
    text = written.get(measured.code) or written.get(str(period.year), "")
    return text, _read(text, indicator)


def _read(text: str, indicator: Indicator) -> scoring.Target | None:
    try:
        return scoring.read_target(text, indicator.polarity)
    except Refusal:
        return None


def frozen_of(line: RequestLine, period: Period, before: Mapping[int, scoring.Actual | None]) -> dict[str, Any]:
    """Everything a recap keeps of one line, as text: figures, target, realisasi, capaian of the period and of the year.

    `before` holds the realisasi of earlier periods of the year, by index, from their frozen recaps.
    """
    indicator = line.indicator
    reading = reading_of(line)
    written, target = target_of(indicator, period)
    score = scoring.achievement(target, reading.actual, indicator.polarity)
    measured = value_period(indicator.frequency, period)
    targets = {index: target_at(indicator, measured, index) for index in range(1, measured.index + 1)}
    actuals = {**before, measured.index: reading.actual}
    year = scoring.over_year(
        targets,
        actuals,
        indicator.polarity,
        indicator.aggregation,
        yearly_target=_read(_yearly(indicator), indicator),
        frequency=indicator.frequency,
    )
    return {
        "kode": indicator.code,
        "nama": indicator.name,
        "sasaran": indicator.sasaran,
        "satuan": indicator.unit,
        "polaritas": indicator.polarity,
        "agregasi": indicator.aggregation,
        "periode": measured.code,
        "unit": line.request.unit.title,
        "variabel": _variables_of(line),
        "nihil": line.nihil,
        "nihil_alasan": line.nihil_reason,
        "catatan": line.note,
        "bukti": [{"nama": file.name, "sha256": file.sha256} for file in line.evidence.all()],
        "target": written,
        "realisasi": exact_text(reading.actual),
        "realisasi_tampil": shown(reading.actual),
        "realisasi_rumus": _in_step(reading, score.formula),
        "capaian": _score_of(score, reading),
        "capaian_tahun": _score_of(year, reading),
    }


def _in_step(reading: Reading, compared: str) -> str:
    """The formula of a realisasi with its result written as the formula of the capaian takes it up.

    "6 / 9 × 100 = 66,667" stands before "66,667 / 66 × 100 = 101,01": the reader who works it out finds one number.
    """
    worked, equals, _ = reading.formula.rpartition(" = ")
    if not equals or not isinstance(reading.actual, Fraction):
        return reading.formula
    taken = set(_NUMBERS.findall(compared.rpartition(" = ")[0]))
    written = (write_number(reading.actual, places) for places in range(MAX_DIGITS, scoring.SHOWN_PLACES - 1, -1))
    return next((f"{worked} = {number}" for number in written if number.lstrip(MINUS) in taken), reading.formula)


def target_at(indicator: Indicator, measured: Period, index: int) -> scoring.Target | None:
    """The target of the `index`-th period of the year, of the same kind as `measured`."""
    code = Period(measured.kind, measured.year, index).code
    text = next((target.value for target in indicator.targets.all() if target.period == code), "")
    return _read(text, indicator)


def _yearly(indicator: Indicator) -> str:
    return next((target.value for target in indicator.targets.all() if target.period == str(indicator.year)), "")


def _variables_of(line: RequestLine) -> list[dict[str, str]]:
    values = {value.variable_id: value for value in line.values.all()}
    rows = []
    for variable in line.indicator.variables.all():
        value = values.get(variable.pk)
        rows.append(
            {
                "nama": variable.name,
                "uraian": variable.label,
                "satuan": variable.unit,
                "jenis": variable.kind,
                "nilai": "" if value is None else value_text(value.number, value.text),
            }
        )
    return rows


def value_text(number: Decimal | None, text: str) -> str:
    """A raw figure as shown: "1.234,5", or the grade as typed."""
    return text if number is None else write_number(number)


def _score_of(score: scoring.Score, reading: Reading) -> dict[str, str]:
    if score.value is None:
        return {
            "nilai": "",
            "tampil": reading.word or str(score.state),
            "rumus": "",
            "kategori": "",
            "warna": "",
            "alasan": reading.reason or score.reason,
        }
    category = SCALE.category(score.value)
    return {
        "nilai": exact_text(score.raw),
        "tampil": score.shown,
        "rumus": score.formula,
        "kategori": category.name,
        "warna": category.colour,
        "alasan": "",
    }


def exact_text(value: Fraction | str | None) -> str:
    """A fraction as "400/9" or "12", a grade as itself, nothing as ""."""
    return "" if value is None else str(value)


def read_exact(text: str, polarity: str) -> scoring.Actual | None:
    """The reverse of `exact_text`."""
    if not text:
        return None
    return text if polarity == Indicator.Polarity.GRADE else Fraction(text)


def shown(value: Fraction | str | None) -> str:
    """A realisasi for people: "66,67", "B"."""
    if value is None or isinstance(value, str):
        return value or ""
    return write_number(value, 2)


def score_from(frozen: Mapping[str, Any], key: str = "capaian") -> scoring.Score:
    """The score a frozen line holds, for summing up."""
    kept = frozen[key]
    if not kept["nilai"]:
        state = next((state for state in scoring.State if state == kept["tampil"]), scoring.State.NOT_FILLED)
        return scoring.Score(None, state, kept["alasan"])
    return scoring.Score(Fraction(kept["nilai"]), formula=kept["rumus"])


def summary_of(lines: Iterable[Mapping[str, Any]]) -> scoring.Summary:
    """The means and counts of many frozen lines."""
    return scoring.summary((line["nama"], score_from(line)) for line in lines)


def bar_of(frozen: Mapping[str, Any]) -> Bar:
    """A frozen line as a bar of the achievement chart."""
    score = score_from(frozen)
    category = SCALE.category(score.value) if score.value is not None else None
    return Bar(frozen["nama"], score.value, category, frozen["capaian"]["tampil"])
