"""The exact value of a formula, with the tree of how it came about."""

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from himpun.measure.formula.parser import shortened
from himpun.measure.formula.parts import (
    COMPARISONS,
    COUNT,
    DIVIDED,
    LARGEST,
    MAX_LISTED,
    MEAN,
    PLUS,
    SMALLEST,
    SUM,
    TIMES,
    Call,
    Chain,
    Comparison,
    Formula,
    Literal,
    Negation,
    Part,
    Reference,
    Variable,
    as_written,
    own_variables,
    walk,
    write_part,
)
from himpun.measure.numbers import MAX_DIGITS, MINUS, decimal_places, write_number
from himpun.measure.scoring.values import State


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a result: a piece of the formula and its value (None: there is none).

    `kind` is angka, variabel, indikator, hitung, fungsi or syarat (value 1 where it holds, else 0); a cell is a
    `variabel` with `unit`, the code of the unit that fills it in. A step worked out for one unit has `unit` too.
    """

    label: str
    value: Fraction | None
    kind: str
    variable: str = ""
    unit: str = ""
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A number worked out exactly, or None with the reason; `notes` say which units were left out."""

    value: Fraction | None
    reason: str
    state: State
    tree: Node
    notes: tuple[str, ...] = ()
    source: "Source | None" = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Source:
    """What a result was worked out from: a formula and everything it was given."""

    formula: Formula
    figures: Mapping[str, Mapping[str, Fraction | None]]
    references: Mapping[tuple[str, str], Result]


@dataclass(frozen=True, slots=True)
class Words:
    """What people call the variables and units of a formula, by their names in it; what is not named keeps its name."""

    variables: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def variable(self, name: str) -> str:
        return self.variables.get(name, name)

    def unit(self, code: str) -> str:
        return self.units.get(code, code)

    def formula(self, part: Part) -> str:
        """A piece as people read it: “Desa yang baik” / “Desa seluruhnya” × 100."""
        return write_part(part, self._shown)

    def _shown(self, part: Part) -> str | None:
        if isinstance(part, Variable) and part.name in self.variables:
            return f"“{self.variables[part.name]}”"
        return as_written(part)


PLAIN = Words()


def evaluate(
    formula: Formula,
    figures: Mapping[str, Mapping[str, Fraction | None]],
    references: Mapping[tuple[str, str], Result],
    words: Words = PLAIN,
) -> Result:
    """Work a formula out. `figures` is variable → unit → number (None: not filled in); never raises for any of them.

    A variable alone is the sum over its units and needs all of them; a function over units leaves out those that did
    not fill in, and says so in `notes`. A function over units fails when one unit's value cannot be computed. What is
    said names variables and units by `words`.
    """
    worker = Evaluator(figures, references, words)
    found = worker.find(formula.root)
    notes = tuple(worker.notes)
    source = Source(formula, figures, references)
    if found.value is not None and abs(found.value) >= 10**MAX_DIGITS:
        fault = f"Hasilnya lebih dari {MAX_DIGITS} angka: tidak dapat dihitung. Periksa rumusnya."
        return Result(None, fault, State.NOT_COMPUTABLE, replace(found.node, value=None), notes, source)
    if found.value is not None:
        return Result(found.value, "", State.COMPUTED, found.node, notes, source)
    if found.missing:
        reason = f"Belum diisi: {', '.join(found.missing)}."
        return Result(None, reason, State.NOT_FILLED, found.node, notes, source)
    return Result(None, found.fault, State.NOT_COMPUTABLE, found.node, notes, source)


@dataclass(frozen=True, slots=True)
class _Found:
    """A piece worked out. Without a value either something is `missing` (to be filled in) or there is a `fault`."""

    value: Fraction | None
    node: Node
    missing: tuple[str, ...] = ()
    fault: str = ""


def _gap(parts: Iterable[_Found]) -> tuple[tuple[str, ...], str]:
    """What keeps a step from having a value: everything to be filled in, else the first fault."""
    found = list(parts)
    missing = tuple(dict.fromkeys(name for part in found for name in part.missing))
    return missing, "" if missing else next((part.fault for part in found if part.fault), "")


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


_AGGREGATES: Mapping[str, Callable[[Sequence[Fraction]], Fraction]] = {
    SUM: lambda values: sum(values, Fraction(0)),
    MEAN: _mean,
    SMALLEST: min,
    LARGEST: max,
    COUNT: lambda values: Fraction(len(values)),
}


class Evaluator:
    """Works pieces out; what does not differ between units is worked out once."""

    def __init__(
        self,
        figures: Mapping[str, Mapping[str, Fraction | None]],
        references: Mapping[tuple[str, str], Result],
        words: Words = PLAIN,
    ) -> None:
        self.figures = figures
        self.references = references
        self.words = words
        self.notes: dict[str, None] = {}
        self.kept: dict[int, _Found] = {}
        self.opened: set[Reference] = set()
        self.labels: dict[int, str] = {}

    def find(self, part: Part, unit: str | None = None) -> _Found:
        match part:
            case Literal(value):
                return _Found(value, Node(write_number(value), value, "angka"))
            case Variable(name):
                return self._total(name) if unit is None else self._cell(name, unit)
            case Reference() | Call(arguments=[_]):
                return self._once(part, unit)
            case Negation(of):
                inner = self.find(of, unit)
                return self._computed(part, [inner], lambda values: -values[0])
            case Chain():
                return self._chain(part, unit)
            case Comparison(left, sign, right):
                sides = [self.find(left, unit), self.find(right, unit)]
                holds = COMPARISONS[sign]
                return self._computed(part, sides, lambda values: Fraction(holds(*values)), kind="syarat")
            case Call(name="jika"):
                return self._choice(part, unit)
            case Call(name="bobot"):
                return self._weighted(part, unit)
            case Call():
                return self._listed(part, unit)

    def _label(self, part: Part) -> str:
        """The text of a piece, written once however many units it is worked out for."""
        if id(part) not in self.labels:
            self.labels[id(part)] = self.words.formula(part)
        return self.labels[id(part)]

    def _computed(
        self,
        part: Part,
        parts: Sequence[_Found],
        compute: Callable[[Sequence[Fraction]], Fraction],
        kind: str = "hitung",
    ) -> _Found:
        missing, fault = _gap(parts)
        values = [found.value for found in parts if found.value is not None]
        value = None if missing or fault else compute(values)
        return _Found(value, Node(self._label(part), value, kind, children=_nodes(parts)), missing, fault)

    def _cell(self, name: str, unit: str) -> _Found:
        value = self.figures.get(name, {}).get(unit)
        node = Node(name, value, "variabel", variable=name, unit=unit)
        return _Found(value, node, () if value is not None else (self.words.variable(name),))

    def _total(self, name: str) -> _Found:
        cells = self.figures.get(name, {})
        nodes = tuple(self._cell(name, unit).node for unit in sorted(cells))
        empty = [node.unit for node in nodes if node.value is None]
        filled = [node.value for node in nodes if node.value is not None]
        value = sum(filled, Fraction(0)) if filled and not empty else None
        said = self.words.variable(name)
        missing = () if value is not None else (f"{said} ({self._which(empty, len(cells))})" if filled else said,)
        return _Found(value, Node(name, value, "variabel", variable=name, children=nodes), missing)

    def _once(self, part: Reference | Call, unit: str | None) -> _Found:
        """The same for every unit; its tree stands once beside the units, not in each of them."""
        if id(part) not in self.kept:
            found = self._referred(part) if isinstance(part, Reference) else self._over_units(part)
            self.kept[id(part)] = found
        found = self.kept[id(part)]
        return found if unit is None else replace(found, node=replace(found.node, children=()))

    def _referred(self, reference: Reference) -> _Found:
        label = write_part(reference)
        result = self.references.get((reference.code, reference.variable))
        if result is None:
            fault = f"{label} tidak ditemukan, jadi tidak dapat dihitung."
            return _Found(None, Node(label, None, "indikator"), fault=fault)
        children = () if reference in self.opened else _below(result.tree, label)
        self.opened.add(reference)
        for note in result.notes:
            self.notes[f"{label}: {note}"] = None
        node = Node(label, result.value, "indikator", children=children)
        if result.value is not None:
            return _Found(result.value, node)
        why = result.reason.rstrip(".")
        if result.state is State.NOT_COMPUTABLE:
            return _Found(None, node, fault=f"{label}: {result.reason or State.NOT_COMPUTABLE}")
        return _Found(None, node, (f"{label} ({why})" if why else label,))

    def _chain(self, chain: Chain, unit: str | None) -> _Found:
        parts = [self.find(part, unit) for part in chain.parts]
        missing, fault = _gap(parts)
        label, nodes = self._label(chain), _nodes(parts)
        value = parts[0].value
        if missing or fault or value is None:
            return _Found(None, Node(label, None, "hitung", children=nodes), missing, fault)
        for (sign, part), found in zip(chain.rest, parts[1:], strict=True):
            operand = found.value or Fraction(0)
            if sign == DIVIDED and operand == 0:
                fault = self._divides_by_zero(self._label(part), unit)
                return _Found(None, Node(label, None, "hitung", children=nodes), fault=fault)
            value = _ARITHMETIC[sign](value, operand)
            if _is_absurd(value):
                fault = f"“{shortened(label)}” menghasilkan angka yang terlalu panjang: tidak dapat dihitung."
                return _Found(None, Node(label, None, "hitung", children=nodes), fault=fault)
        return _Found(value, Node(label, value, "hitung", children=nodes))

    def _choice(self, call: Call, unit: str | None) -> _Found:
        """Only the way that is taken counts: a divisor of 0 in the other does no harm."""
        condition, then, otherwise = call.arguments
        decided = self.find(condition, unit)
        if decided.value is None:
            return _Found(None, Node(self._label(call), None, "fungsi", children=(decided.node,)), *_gap([decided]))
        taken = self.find(then if decided.value else otherwise, unit)
        node = Node(self._label(call), taken.value, "fungsi", children=_nodes([decided, taken]))
        return _Found(taken.value, node, taken.missing, taken.fault)

    def _weighted(self, call: Call, unit: str | None) -> _Found:
        parts = [self.find(argument, unit) for argument in call.arguments]
        found = self._computed(call, parts, lambda values: sum(values[1::2], Fraction(0)), kind="fungsi")
        if found.value == 0:
            fault = self._divides_by_zero("jumlah bobot", unit)
            return _Found(None, replace(found.node, value=None), fault=fault)
        return self._computed(call, parts, _weighted_mean, kind="fungsi")

    def _listed(self, call: Call, unit: str | None) -> _Found:
        parts = [self.find(argument, unit) for argument in call.arguments]
        aggregate = _AGGREGATES[SUM if call.name == COUNT else call.name]
        return self._computed(call, parts, aggregate, kind="fungsi")

    def _over_units(self, call: Call) -> _Found:
        argument = call.arguments[0]
        label = self._label(call)
        by_unit = self.by_unit(argument)
        nodes = (*self._shared_nodes(argument), *(replace(found.node, unit=unit) for unit, found in by_unit.items()))
        filled = [found for found in by_unit.values() if not found.missing]
        empty = [unit for unit, found in by_unit.items() if found.missing]
        fault = next((found.fault for found in filled if found.fault), "")
        values = [found.value for found in filled if found.value is not None]
        if fault or not values:
            missing = () if fault else self._gap_of_all(argument, by_unit)
            return _Found(None, Node(label, None, "fungsi", children=nodes), missing, fault)
        if empty:
            self.notes[f"{label}: {len(empty)} dari {len(by_unit)} unit belum mengisi ({self._names(empty)})."] = None
        counts_conditions = call.name == COUNT and isinstance(argument, Comparison)
        value = _AGGREGATES[SUM if counts_conditions else call.name](values)
        return _Found(value, Node(label, value, "fungsi", children=nodes))

    def by_unit(self, argument: Part) -> dict[str, _Found]:
        units = {unit for name in own_variables(argument) for unit in self.figures.get(name, {})}
        return {unit: self.find(argument, unit) for unit in sorted(units)}

    def _shared_nodes(self, argument: Part) -> Iterator[Node]:
        for part in walk(argument, into_units=False):
            if id(part) in self.kept:
                yield self.kept[id(part)].node

    def _gap_of_all(self, argument: Part, by_unit: Mapping[str, _Found]) -> tuple[str, ...]:
        missing, _ = _gap(by_unit.values())
        return missing or tuple(self.words.variable(name) for name in sorted(own_variables(argument)))

    def _divides_by_zero(self, divisor: str, unit: str | None) -> str:
        where = f"{divisor}, unit {self.words.unit(unit)}" if unit is not None else divisor
        return f"Pembagi 0 ({where}): tidak dapat dihitung."

    def _which(self, units: Sequence[str], of: int) -> str:
        return self._names(units) if len(units) <= MAX_LISTED else f"{len(units)} dari {of} unit"

    def _names(self, units: Sequence[str]) -> str:
        more = len(units) - MAX_LISTED
        named = ", ".join(map(self.words.unit, units[:MAX_LISTED]))
        return named + (f", dan {more} lagi" if more > 0 else "")


_ARITHMETIC: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    PLUS: operator.add,
    MINUS: operator.sub,
    TIMES: operator.mul,
    DIVIDED: operator.truediv,
}
_ABSURD_BITS = 3000


def _is_absurd(value: Fraction) -> bool:
    """Too long for any page to write; a mean of thousands of fractions is not, because it is written rounded."""
    if abs(value) >= 10 ** (2 * MAX_DIGITS):
        return True
    return value.denominator.bit_length() > _ABSURD_BITS and decimal_places(value) is not None


def _nodes(parts: Iterable[_Found]) -> tuple[Node, ...]:
    return tuple(part.node for part in parts)


def _below(tree: Node, label: str) -> tuple[Node, ...]:
    """What stands beneath a reference: the tree it refers to, unless that is already labelled as the reference."""
    return tree.children if tree.label == label and tree.kind == "indikator" else (tree,)


def _weighted_mean(values: Sequence[Fraction]) -> Fraction:
    total = sum((value * weight for value, weight in zip(values[0::2], values[1::2], strict=True)), Fraction(0))
    return total / sum(values[1::2], Fraction(0))
