"""What a definition still lacks. Pure."""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from himpun.errors import Refusal
from himpun.indicators.dictionary.definition import LABELS, Definition
from himpun.indicators.dictionary.formulas import effective_formula
from himpun.measure.cells.doors import same_unit
from himpun.measure.cells.reading import read_cell
from himpun.measure.numbers import write_number
from himpun.measure.periods import Frequency, Kind, Period
from himpun.measure.scoring import values
from himpun.measure.scoring.scale import Level, Scale
from himpun.measure.scoring.values import WORDS, Polarity

# --- targets ---------------------------------------------------------------------------------------------------------


def target_notices(definition: Definition) -> dict[str, str]:
    """Period code → why the target there is kept and shown but not computed with."""
    notices = {}
    for code, text in definition.targets:
        if sentence := _why_not_computed(definition, text):
            notices[code] = f"“{text}” disimpan dan ditampilkan, tidak dihitung: {sentence}"
        elif sentence := _guessed(definition, text):
            notices[code] = sentence
    return notices


def _guessed(definition: Definition, text: str) -> str:
    """What was guessed to read a target in numbers, and a unit in it that is not the indicator's; "" for nothing."""
    if definition.polarity in WORDS or not text.strip():
        return ""
    taken = values.take_target(text, definition.polarity)
    own = taken.unit and definition.unit and taken.hint is None and not same_unit(taken.unit, definition.unit)
    unit = f"Satuan targetnya {taken.unit}, sedangkan satuan indikator {definition.unit}; samakan." if own else ""
    return f"{taken.note} {unit}".strip()


def _why_not_computed(definition: Definition, text: str) -> str:
    if definition.polarity == Polarity.TEXT:
        return "polaritas indikator ini teks."
    try:
        values.read_target(text, definition.polarity)
    except Refusal:
        if definition.polarity != Polarity.RANGE and (said := _as_ratio(text)):
            return said
        return f"bukan {'rentang seperti 2,60–3,50' if definition.polarity == Polarity.RANGE else 'angka'}."
    if definition.polarity == Polarity.GRADE:
        known = [name for name, _ in definition.grades] or [*values.AKIP_GRADE, *values.BPK_OPINION]
        if text.strip().upper() not in {name.upper() for name in known}:
            return f"predikat ini tidak ada di antara {', '.join(known)}."
    return ""


def _as_ratio(text: str) -> str:
    """Why "1 : 25" is not computed: no rule says which of its two values is meant, and they improve in opposite directions."""
    cell = read_cell(text)
    if cell.base is None or not cell.readings or not cell.readings[0].value or not cell.base:
        return ""
    above, below = cell.readings[0].value, Fraction(cell.base)
    share, times = (write_number(one, 6) for one in (above / below, below / above))
    return (
        f"ini perbandingan, yang dapat berarti {share} ({write_number(above)} ÷ {write_number(below)}) atau {times} "
        f"({write_number(below)} ÷ {write_number(above)}). Tulis salah satunya, sesuai cara realisasinya dihitung."
    )


def target_periods(year: int, frequency: str) -> tuple[Period, ...]:
    """The periods a target may be given for: the indicator's own, then the year."""
    kind = Frequency(frequency).kind
    own = tuple(Period(kind, year, index) for index in range(1, kind.per_year + 1))
    return own if kind is Kind.YEAR else (*own, Period(Kind.YEAR, year))


# --- completeness ----------------------------------------------------------------------------------------------------

COMPLETENESS = Scale(
    (
        Level("a", "sangat-tinggi", 90),
        Level("b", "tinggi", 75),
        Level("c", "sedang", 40),
        Level("d", "rendah", 10),
        Level("e", "sangat-rendah"),
    )
)
"""Share of indicators with a complete operational definition (PermenPANRB 88/2021)."""


class Completeness(NamedTuple):
    """How many of an office's definitions are complete: percent (None without indicators), band a–e, and its rule."""

    percent: Fraction | None
    band: str
    rule: str
    complete: int = 0
    total: int = 0


def definition_gaps(definition: Definition) -> list[str]:
    """What the indicator's card still lacks, in words; empty when complete. The national standard is optional."""
    lacking = [LABELS[name].lower() for name in _CARD if not getattr(definition, name)]
    if definition.polarity not in WORDS and not effective_formula(definition):
        lacking.append("rumus")
    if not definition.variables and not definition.formula:
        lacking.append("variabel")
    lacking += [f"uraian variabel {one.name}" for one in definition.variables if not one.label]
    if definition.polarity not in WORDS:
        lacking += [f"satuan variabel {one.name}" for one in definition.variables if not one.unit]
    lacking += _target_gaps(definition)
    return lacking


_CARD = ("name", "sasaran", "definition", "rationale", "unit", "source", "owner", "renstra_target")


def _target_gaps(definition: Definition) -> list[str]:
    """The year's target, or one for every period of the year."""
    given = dict(definition.targets)
    if str(definition.year) in given:
        return []
    own = [period for period in target_periods(definition.year, definition.frequency) if period.kind is not Kind.YEAR]
    return [] if own and all(period.code in given for period in own) else [f"target tahun {definition.year}"]


def completeness(definitions: Iterable[Definition]) -> Completeness:
    """The share of complete definitions with its band (docs/how-to/kamus-indikator.md)."""
    gaps = [definition_gaps(definition) for definition in definitions]
    if not gaps:
        return Completeness(None, "", COMPLETENESS.rule_text())
    complete = sum(not lacking for lacking in gaps)
    percent = Fraction(complete * 100, len(gaps))
    category = COMPLETENESS.category(percent)
    return Completeness(percent, category.name, category.rule, complete, len(gaps))
