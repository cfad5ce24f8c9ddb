"""How a value came about, written with its numbers."""

from collections.abc import Sequence
from fractions import Fraction

from himpun.measure.formula.evaluating import Evaluator, Result, Source, Words
from himpun.measure.formula.parser import Parser, parse
from himpun.measure.formula.parts import (
    CHOICE,
    COUNT,
    DIVIDED,
    MAX_DEPTH,
    MAX_LISTED,
    MEAN,
    Call,
    Comparison,
    FormulaUnreadable,
    Literal,
    Part,
    Reference,
    Variable,
    write_part,
)
from himpun.measure.numbers import MINUS, decimal_places, write_number
from himpun.measure.scoring.values import SHOWN_PLACES

UNTAKEN = "…"
"""Stands for the way that a jika(…) did not take."""
_ROUNDINGS = (2, 4, 6, 8, 12, 20)
_LONG = 10**15
"""A fraction with more than this above or below its line is rounded, as far as the result stays the same."""
_MANY_DECIMALS = 12


def write_in_words(text: str, words: Words) -> str:
    """A formula as people read it: “Desa yang baik” / “Desa seluruhnya” × 100. As it stands where it cannot be read."""
    try:
        return words.formula(parse(text).root) if text else ""
    except FormulaUnreadable:
        return text


def worked_out(result: Result) -> str:
    """The formula with its numbers, such that working it out again gives the printed result: "7 / 9 × 100 = 77,78".

    A variable stands as its sum over units; more than `MAX_LISTED` units of a function as their total. "" without value.
    """
    if result.value is None:
        return ""
    if result.source is None:
        return write_number(result.value)
    shown = write_number(result.value, SHOWN_PLACES)
    for places in _ROUNDINGS:
        worked = _Worked(result.source, places)
        text = _unwrapped(worked.write(result.source.formula.root))
        if not worked.rounded or _gives(text, shown):
            break
    if _is_lone_number(text):
        return shown if worked.rounded else write_number(result.value)
    return f"{text} = {shown}"


def _gives(text: str, shown: str) -> bool:
    """Whether a reader who works `text` out gets what is shown."""
    try:
        root = Parser(text.replace(UNTAKEN, "0"), MAX_DEPTH + 2).whole()
    except FormulaUnreadable:
        return False
    value = Evaluator({}, {}).find(root).value
    return value is not None and write_number(value, SHOWN_PLACES) == shown


def _is_lone_number(text: str) -> bool:
    return not set(text) - set("0123456789.," + MINUS)


def _unwrapped(text: str) -> str:
    """Without the parentheses around the whole of it."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return text[1:-1] if text.startswith("(") and place == len(text) - 1 else text
    return text


class _Worked:
    """Writes pieces with their numbers; `rounded` tells whether a number was too long to be written exactly."""

    def __init__(self, source: Source, places: int) -> None:
        self.evaluator = Evaluator(source.figures, source.references)
        self.places = places
        self.rounded = False

    def write(self, part: Part, unit: str | None = None) -> str:
        return write_part(part, lambda inner: self._shown(inner, unit))

    def _shown(self, part: Part, unit: str | None) -> str | None:
        match part:
            case Literal(value):
                return write_number(value)
            case Variable() | Reference():
                return self._number(self._value(part, unit))
            case Call(arguments=[argument]):
                return self._number(self._value(part, unit)) if unit is not None else self._units(part, argument)
            case Call(name="jika", arguments=[condition, then, otherwise]):
                ways = [self.write(condition, unit), UNTAKEN, UNTAKEN]
                taken = 1 if self._value(condition, unit) else 2
                ways[taken] = self.write((then, otherwise)[taken - 1], unit)
                return f"{CHOICE}({'; '.join(ways)})"
            case _:
                return None

    def _value(self, part: Part, unit: str | None) -> Fraction:
        return self.evaluator.find(part, unit).value or Fraction(0)

    def _units(self, call: Call, argument: Part) -> str:
        by_unit = self.evaluator.by_unit(argument)
        values = {unit: found.value for unit, found in by_unit.items() if found.value is not None}
        if call.name == COUNT and (len(values) == 1 or not isinstance(argument, Comparison)):
            return self._number(self._value(call, None))
        if len(values) > MAX_LISTED:
            return self._total(call, list(values.values()))
        written = [self.write(argument, unit) for unit in values]
        if len(written) == 1:
            return written[0] if _is_lone_number(written[0]) else f"({_unwrapped(written[0])})"
        return f"{call.name}({'; '.join(written)})"

    def _total(self, call: Call, values: Sequence[Fraction]) -> str:
        if call.name == MEAN:
            return f"({self._number(sum(values, Fraction(0)))} {DIVIDED} {write_number(len(values))})"
        return self._number(self._value(call, None))

    def _number(self, value: Fraction) -> str:
        places = decimal_places(value)
        fraction = places is None and max(abs(value.numerator), value.denominator) <= _LONG
        if fraction:
            return f"({write_number(value.numerator)} {DIVIDED} {write_number(value.denominator)})"
        too_long = places is None or places > max(_MANY_DECIMALS, self.places)
        self.rounded = self.rounded or too_long
        written = write_number(value, self.places if too_long else None)
        return f"({written})" if written.startswith(MINUS) else written
