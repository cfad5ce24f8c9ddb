"""Formulas over raw figures, other indicators and units: read, checked when saved, worked out exactly, shown as a tree.

Pure. A formula is text such as `desa_baik / desa_seluruhnya × 100` or `rata_rata(hadir / diundang × 100)`; the grammar
is in docs/reference/rumus.md. It is read by a parser of its own (no eval, no ast) into frozen pieces, and every number
is a `Fraction`. A variable alone stands for the sum over its units; inside a function over units for the one unit's
figure. Blank is not 0: what is not filled makes the result not filled, and a divisor of 0 makes it not computable.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from himpun.errors import Refusal
from himpun.measure.numbers import MINUS, write_number

MAX_LENGTH = 500
"""Characters of a formula, as the column that keeps it."""
MAX_DEPTH = 30
"""How deep parentheses, functions and signs may be nested."""
MAX_LISTED = 8
"""Units that a worked-out formula still lists; of more it gives the total."""
DIVIDED, TIMES = "/", "×"
"""How `Formula.text` and `worked_out` write ÷ and ×: as the formulas of `scoring` do."""


class FormulaUnreadable(Refusal):
    """The text is no formula. `position` is the character (counted from 1) where reading stopped."""

    code = "rumus-tidak-terbaca"

    def __init__(self, sentence: str, position: int = 1) -> None:
        super().__init__(sentence)
        self.position = position


class FormulaNamesUnknown(Refusal):
    """The formula names a variable or an indicator that does not exist."""

    code = "nama-rumus-tidak-dikenal"


class FormulaUnitMismatch(Refusal):
    """The units in the formula do not go together, or do not make the unit of the indicator."""

    code = "satuan-rumus-tidak-cocok"


class FormulaCycle(Refusal):
    """The formula leads back to its own indicator."""

    code = "rumus-berputar"


# --- the pieces of a formula -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Literal:
    """A number as written; never negative (see `Negation`)."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Variable:
    """A raw figure of this indicator."""

    name: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The realisasi of another indicator, or one of its variables."""

    code: str
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Negation:
    """−x."""

    of: "Part"


@dataclass(frozen=True, slots=True)
class Chain:
    """Terms with + and −, or factors with × and /, worked out from left to right."""

    first: "Part"
    rest: tuple[tuple[str, "Part"], ...]

    @property
    def is_sum(self) -> bool:
        """Terms, not factors."""
        return self.rest[0][0] in (PLUS, MINUS)

    @property
    def parts(self) -> tuple["Part", ...]:
        """The operands, in order."""
        return (self.first, *(part for _, part in self.rest))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A condition: true or false, never a number."""

    left: "Part"
    sign: str
    right: "Part"


@dataclass(frozen=True, slots=True)
class Call:
    """A function; with one argument, and not bobot or jika, it goes over units."""

    name: str
    arguments: tuple["Part", ...]

    @property
    def over_units(self) -> bool:
        """Whether the argument is worked out once for each unit."""
        return len(self.arguments) == 1


Part = Literal | Variable | Reference | Negation | Chain | Comparison | Call


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read. `text` is its normal form; `references` are (code of an indicator, variable or "")."""

    root: Part
    text: str
    variables: frozenset[str]
    references: frozenset[tuple[str, str]]

    @property
    def depends_on(self) -> frozenset[str]:
        """The indicators whose realisasi it needs; a reference to a variable needs only raw figures."""
        return frozenset(code for code, variable in self.references if not variable)


SUM, MEAN, COUNT, SMALLEST, LARGEST = "jumlah", "rata_rata", "banyak", "terkecil", "terbesar"
WEIGHTED, CHOICE = "bobot", "jika"
FUNCTIONS = (SUM, MEAN, COUNT, SMALLEST, LARGEST, WEIGHTED, CHOICE)
PLUS = "+"
COMPARISONS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "≥": operator.ge,
    "≤": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "≠": operator.ne,
}


def walk(part: Part, *, into_units: bool = True) -> Iterator[Part]:
    """The piece and all in it; without `into_units` a function over units is given, but not entered."""
    yield part
    if into_units or not _goes_over_units(part):
        for inner in _operands(part):
            yield from walk(inner, into_units=into_units)


def _operands(part: Part) -> tuple[Part, ...]:
    match part:
        case Negation(of):
            return (of,)
        case Chain():
            return part.parts
        case Comparison(left, _, right):
            return (left, right)
        case Call(_, arguments):
            return arguments
        case _:
            return ()


def _goes_over_units(part: Part) -> bool:
    return isinstance(part, Call) and part.over_units


def own_variables(part: Part) -> set[str]:
    """The variables that mean one unit's figure where `part` is worked out unit by unit."""
    return {inner.name for inner in walk(part, into_units=False) if isinstance(inner, Variable)}


# --- writing ---------------------------------------------------------------------------------------------------------


def as_written(part: Part) -> str | None:
    match part:
        case Literal(value):
            return write_number(value)
        case Variable(name):
            return name
        case Reference(code, variable):
            return f"[{code}.{variable}]" if variable else f"[{code}]"
        case _:
            return None


def write_part(part: Part, shown: Callable[[Part], str | None] = as_written) -> str:
    """The normal form; `shown` may give another text for a piece (in parentheses where it must not be torn apart)."""
    found = shown(part)
    if found is not None:
        return found
    match part:
        case Negation(of):
            return MINUS + _operand(of, shown, wrapped=isinstance(of, (Chain, Negation)))
        case Chain(first, rest):
            written = _operand(first, shown, wrapped=_binds_no_tighter(first, part))
            for sign, term in rest:
                wrapped = isinstance(term, Negation) or _binds_no_tighter(term, part)
                written += f" {sign} {_operand(term, shown, wrapped=wrapped)}"
            return written
        case Comparison(left, sign, right):
            return f"{write_part(left, shown)} {sign} {write_part(right, shown)}"
        case Call(name, arguments):
            return f"{name}({'; '.join(write_part(argument, shown) for argument in arguments)})"
        case _:
            raise AssertionError(part)


def _operand(part: Part, shown: Callable[[Part], str | None], *, wrapped: bool) -> str:
    written = write_part(part, shown)
    return f"({written})" if wrapped else written


def _binds_no_tighter(inner: Part, outer: Chain) -> bool:
    return isinstance(inner, Chain) and (inner.is_sum or not outer.is_sum)
