"""Formulas over raw figures, other indicators and units: read, checked when saved, worked out exactly, shown as a tree.

Pure. A formula is text such as `desa_baik / desa_seluruhnya × 100` or `rata_rata(hadir / diundang × 100)`; the grammar
is in docs/reference/rumus.md. It is read by a parser of its own (no eval, no ast) into frozen pieces, and every number
is a `Fraction`. A variable alone stands for the sum over its units; inside a function over units for the one unit's
figure. Blank is not 0: what is not filled makes the result not filled, and a divisor of 0 makes it not computable.
"""

import operator
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, NoReturn

from himpun.errors import Refusal
from himpun.indicators.numbers import (
    MAX_DIGITS,
    MINUS,
    NumberUnreadable,
    decimal_places,
    read_number,
    write_number,
)
from himpun.indicators.scoring import SHOWN_PLACES, State, VariableKind

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
        return self.rest[0][0] in (_PLUS, MINUS)

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
_PLUS = "+"
_COMPARISONS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "≥": operator.ge,
    "≤": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "≠": operator.ne,
}
_SIGNS = {"-": MINUS, "–": MINUS, MINUS: MINUS, "+": _PLUS, "*": TIMES, TIMES: TIMES}
_SIGNS |= {"÷": DIVIDED, "/": DIVIDED, ":": DIVIDED}
_SIGNS |= {">=": "≥", "<=": "≤", **{sign: sign for sign in _COMPARISONS}}
_SIGNS |= {sign: sign for sign in "();"}


def _walk(part: Part, *, into_units: bool = True) -> Iterator[Part]:
    """The piece and all in it; without `into_units` a function over units is given, but not entered."""
    yield part
    if into_units or not _goes_over_units(part):
        for inner in _operands(part):
            yield from _walk(inner, into_units=into_units)


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


def _own_variables(part: Part) -> set[str]:
    """The variables that mean one unit's figure where `part` is worked out unit by unit."""
    return {inner.name for inner in _walk(part, into_units=False) if isinstance(inner, Variable)}


# --- writing ---------------------------------------------------------------------------------------------------------


def _as_written(part: Part) -> str | None:
    match part:
        case Literal(value):
            return write_number(value)
        case Variable(name):
            return name
        case Reference(code, variable):
            return f"[{code}.{variable}]" if variable else f"[{code}]"
        case _:
            return None


def _write(part: Part, shown: Callable[[Part], str | None] = _as_written) -> str:
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
            return f"{_write(left, shown)} {sign} {_write(right, shown)}"
        case Call(name, arguments):
            return f"{name}({'; '.join(_write(argument, shown) for argument in arguments)})"
        case _:
            raise AssertionError(part)


def _operand(part: Part, shown: Callable[[Part], str | None], *, wrapped: bool) -> str:
    written = _write(part, shown)
    return f"({written})" if wrapped else written


def _binds_no_tighter(inner: Part, outer: Chain) -> bool:
    return isinstance(inner, Chain) and (inner.is_sum or not outer.is_sum)


# --- reading ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def parse(text: str) -> Formula:
    """Read a formula. Raises `FormulaUnreadable` with a sentence that names the place and what was expected there."""
    if not text.strip():
        raise FormulaUnreadable("Rumusnya masih kosong. Tulis misalnya desa_baik / desa_seluruhnya × 100.")
    if len(text) > MAX_LENGTH:
        raise FormulaUnreadable(
            f"Rumus ini {len(text)} karakter; paling panjang {MAX_LENGTH}. Pecah menjadi beberapa indikator.",
            MAX_LENGTH + 1,
        )
    return _formula(_Parser(text, MAX_DEPTH).whole())


def _formula(root: Part) -> Formula:
    parts = list(_walk(root))
    return Formula(
        root,
        _write(root),
        frozenset(part.name for part in parts if isinstance(part, Variable)),
        frozenset((part.code, part.variable) for part in parts if isinstance(part, Reference)),
    )


class _Token(NamedTuple):
    kind: str
    text: str
    place: int
    sign: str = ""


_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:[.,][0-9]+)*)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<reference>\[[^\[\]]*\])"
    r"|(?P<power>\*\*|\^)"
    r"|(?P<sign>>=|<=|[-+*×÷/:−–()<>=≥≤≠;])"
)
_SPACE = re.compile(r"\s*")
_CODE = re.compile(r"[A-Za-z0-9]+(?:[._/-][A-Za-z0-9_]+)*")
_CODE_LENGTH = 40
_OF_VARIABLE = re.compile(r"(?P<code>.+)\.(?P<variable>[a-z][a-z0-9_]*)")
_EXPLAINED = {
    "%": "Tanda % tidak dipakai; tulis × 100 bila hasilnya persen.",
    ",": "Isian fungsi dipisahkan titik koma (;); koma hanya untuk pecahan, misalnya 0,5.",
    ".": "Titik hanya untuk ribuan, misalnya 1.000; pecahan ditulis dengan koma, misalnya 0,5.",
    "[": "Tulis rujukan lengkap dengan kurung sikunya, misalnya [IKU-02] atau [IKU-02.desa_baik].",
    "]": "Tulis rujukan lengkap dengan kurung sikunya, misalnya [IKU-02] atau [IKU-02.desa_baik].",
    "^": "Pangkat tidak dipakai; tulis perkaliannya, misalnya a × a.",
}
_OPERAND = "angka, nama variabel, [kode indikator], fungsi, atau “(”"
_END = _Token("end", "", 0)


def _refuse(place: int, sentence: str) -> NoReturn:
    raise FormulaUnreadable(f"Rumus tidak terbaca pada karakter ke-{place + 1}: {sentence}", place + 1)


def _tokens(text: str) -> Iterator[_Token]:
    place = _skip_space(text, 0)
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            _refuse(
                place, f"“{text[place]}” tidak dapat dipakai di sini. {_EXPLAINED.get(text[place], _WHAT_THERE_IS)}"
            )
        if match.lastgroup == "power":
            _refuse(place, _EXPLAINED["^"])
        yield _Token(match.lastgroup, match[0], place, _SIGNS.get(match[0], ""))
        place = _skip_space(text, match.end())
    yield _END._replace(place=place)


_WHAT_THERE_IS = "Yang dikenal: + − × / ( ) ; dan perbandingan ≥ ≤ > < = ≠ di dalam jika(…) atau banyak(…)."


def _skip_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


class _Parser:
    """Reads by recursive descent, one method for each rule of the grammar."""

    def __init__(self, text: str, max_depth: int) -> None:
        self.tokens = list(_tokens(text))
        self.next = 0
        self.depth = 0
        self.max_depth = max_depth

    def whole(self) -> Part:
        part = self.expression()
        if self.token.kind != "end":
            self._unexpected("tanda hitung (+ − × /) atau akhir rumus")
        return part

    @property
    def token(self) -> _Token:
        return self.tokens[self.next]

    def take(self) -> _Token:
        token = self.token
        self.next += 1
        return token

    def expression(self) -> Part:
        return self._chain((_PLUS, MINUS), self._term)

    def _term(self) -> Part:
        return self._chain((TIMES, DIVIDED), self._signed)

    def _chain(self, signs: Collection[str], operand: Callable[[], Part]) -> Part:
        first = operand()
        rest: list[tuple[str, Part]] = []
        while self.token.sign and self.token.sign in signs:
            sign = self.take().sign
            rest.append((sign, operand()))
        return Chain(first, tuple(rest)) if rest else first

    def _signed(self) -> Part:
        if self.token.sign != MINUS:
            return self._primary()
        self._enter(self.take())
        part = Negation(self._signed())
        self.depth -= 1
        return part

    def _primary(self) -> Part:
        token = self.token
        match token.kind:
            case "number":
                return self._number(self.take())
            case "reference":
                return self._reference(self.take())
            case "name":
                return self._name(self.take())
        if token.sign != "(":
            self._unexpected(_OPERAND)
        self._enter(self.take())
        part = self.expression()
        self._close()
        return part

    def _enter(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > self.max_depth:
            _refuse(token.place, f"susunannya lebih dari {self.max_depth} tingkat. Pecah menjadi beberapa indikator.")

    def _close(self) -> None:
        if self.token.sign != ")":
            self._unexpected("tanda hitung (+ − × /) atau “)”")
        self.take()
        self.depth -= 1

    def _number(self, token: _Token) -> Part:
        try:
            return Literal(Fraction(read_number(token.text)))
        except NumberUnreadable as error:
            raise FormulaUnreadable(
                f"Rumus tidak terbaca pada karakter ke-{token.place + 1}: {error}", token.place + 1
            ) from None

    def _reference(self, token: _Token) -> Part:
        written = token.text[1:-1].strip()
        found = _OF_VARIABLE.fullmatch(written)
        code, variable = (found["code"], found["variable"]) if found else (written, "")
        if not _CODE.fullmatch(code) or len(code) > _CODE_LENGTH:
            _refuse(
                token.place,
                f"“{_short(token.text)}” bukan rujukan ke indikator. Tulis misalnya [IKU-02] atau [IKU-02.desa_baik].",
            )
        return Reference(code, variable)

    def _name(self, token: _Token) -> Part:
        if self.token.sign != "(":
            return Variable(token.text)
        name = token.text.lower()
        if name not in FUNCTIONS:
            _refuse(
                token.place,
                f"“{_short(token.text)}” bukan fungsi. Fungsi yang ada: {', '.join(FUNCTIONS)}; "
                f"untuk perkalian tulis {TIMES} sebelum kurung.",
            )
        self._enter(self.take())
        arguments = self._arguments(name)
        self._close()
        call = Call(name, arguments)
        self._check_call(call, token)
        return call

    def _arguments(self, name: str) -> tuple[Part, ...]:
        found = [self._argument(may_compare=name in (COUNT, CHOICE))]
        while self.token.sign == ";":
            self.take()
            found.append(self._argument(may_compare=name == COUNT))
        return tuple(found)

    def _argument(self, *, may_compare: bool) -> Part:
        left = self.expression()
        if not may_compare or self.token.sign not in _COMPARISONS:
            return left
        sign = self.take().sign
        return Comparison(left, sign, self.expression())

    def _check_call(self, call: Call, token: _Token) -> None:
        wrong = _ARITY[call.name](call) if call.name in _ARITY else ""
        if call.over_units and not wrong and not _own_variables(call.arguments[0]):
            wrong = (
                f"{call.name}(…) dengan satu isian dihitung per unit, jadi isinya harus memuat variabel indikator ini; "
                "atau tulis beberapa isian yang dipisahkan titik koma."
            )
        if wrong:
            _refuse(token.place, wrong)

    def _unexpected(self, expected: str) -> NoReturn:
        token = self.token
        if token.kind == "end":
            _refuse(token.place, f"rumus berakhir, padahal di sini seharusnya {expected}.")
        if token.sign in _COMPARISONS:
            _refuse(token.place, f"perbandingan “{token.text}” hanya dipakai sekali di dalam jika(…) atau banyak(…).")
        _refuse(token.place, f"di sini “{_short(token.text)}”, padahal seharusnya {expected}.")


def _short(text: str) -> str:
    return text if len(text) <= _CODE_LENGTH else text[: _CODE_LENGTH - 1] + "…"


def _choice_wrong(call: Call) -> str:
    if len(call.arguments) == 3 and isinstance(call.arguments[0], Comparison):
        return ""
    return "jika(…) ditulis jika(syarat; maka; jika_tidak), misalnya jika(nilai ≥ 75; 100; nilai / 75 × 100)."


def _weighted_wrong(call: Call) -> str:
    count = len(call.arguments)
    if count >= 4 and count % 2 == 0:
        return ""
    return (
        "bobot(…) butuh paling sedikit dua pasang nilai dan bobotnya, misalnya bobot(a; 0,6; b; 0,4). "
        "Bobot per unit ditulis jumlah(nilai × bobot) / jumlah(bobot)."
    )


def _count_wrong(call: Call) -> str:
    if call.over_units or all(isinstance(argument, Comparison) for argument in call.arguments):
        return ""
    return "banyak(…) dengan beberapa isian menghitung syarat yang terpenuhi, misalnya banyak(a ≥ 75; b ≥ 75)."


_ARITY = {CHOICE: _choice_wrong, WEIGHTED: _weighted_wrong, COUNT: _count_wrong}


def from_kinds(variables: Sequence[tuple[str, str]], percent: bool) -> str:
    """The formula that the kinds of variables (name, kind) mean: pembilang / penyebut (× 100), or the single value.

    "" when they mean nothing definite: several of a kind, or none.
    """
    match [[name for name, of in variables if of == kind] for kind in VariableKind]:
        case [above], [below], []:
            return f"{above} {DIVIDED} {below}" + (f" {TIMES} 100" if percent else "")
        case [], [], [only]:
            return only
        case _:
            return ""


# --- checks when it is saved -----------------------------------------------------------------------------------------


def check_names(formula: Formula, variables: Mapping[str, str], references: Mapping[str, str]) -> None:
    """Raise `FormulaNamesUnknown` for a variable or an indicator that does not exist.

    `variables` maps the indicator's own names to units; `references` has the codes of indicators ("IKU-02"), or single
    variables of them ("IKU-02.desa_baik").
    """
    for name in sorted(formula.variables - set(variables)):
        raise FormulaNamesUnknown(f"Variabel “{name}” tidak ada pada indikator ini. {_instead(name, variables)}")
    for code, variable in sorted(formula.references):
        if code not in references and f"{code}.{variable}" not in references:
            written = _write(Reference(code, variable))
            raise FormulaNamesUnknown(f"Indikator {written} tidak ditemukan. {_instead(code, references)}")


def _instead(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    if close:
        return f"Mungkin maksudnya {close[0]}."
    there = sorted(known)
    if not there:
        return "Tambahkan dahulu."
    return f"Yang ada: {', '.join(there[:MAX_LISTED])}{', …' if len(there) > MAX_LISTED else ''}."


def check_no_cycle(code: str, formula: Formula, references_of: Callable[[str], frozenset[str]]) -> None:
    """Raise `FormulaCycle`, naming the ring, when the formula of `code` would need its own result.

    `references_of` gives the codes that the saved formula of another indicator depends on (`Formula.depends_on`).
    """
    ways = [iter(sorted(formula.depends_on))]
    path, done = [code], set[str]()
    while ways:
        following = next(ways[-1], None)
        if following is None:
            ways.pop()
            done.add(path.pop())
        elif following in path:
            ring = " → ".join([*path[path.index(following) :], following])
            raise FormulaCycle(f"Rumus berputar: {ring}. Hapus salah satu rujukannya.")
        elif following not in done:
            path.append(following)
            ways.append(iter(sorted(references_of(following))))


_DIMENSIONLESS = frozenset(
    {"", "%", "persen", "persentase", "indeks", "rasio", "poin", "skor", "nilai", "angka", "poin persentase", "% poin"}
)
_SAME_UNIT = {"rp": "rupiah", "rp.": "rupiah", "idr": "rupiah", "jiwa": "orang"}
_BRACKETED = re.compile(r"\([^()]*\)")
_PER = re.compile(r"/|\bper\b", re.IGNORECASE)
_LEADING_NUMBER = re.compile(r"\A[0-9][0-9.,]*\s*")
_NO_UNIT = "angka tanpa satuan"

_Powers = dict[str, int]
"""A unit as powers of its parts: orang/desa is {"orang": 1, "desa": −1}; {} has no dimension."""


def check_units(
    formula: Formula,
    units: Mapping[str, str],
    reference_units: Mapping[tuple[str, str], str],
    result_unit: str,
) -> None:
    """Raise `FormulaUnitMismatch` when the units do not go together or do not make `result_unit`.

    `units` is by variable, `reference_units` by (code, variable or ""). Sums and comparisons need one unit, × and /
    combine and cancel, a bare number fits any, %, indeks and the like have no dimension. A mean keeps the unit of what
    it averages: menit/surat may be reported in menit.
    """
    algebra = _Algebra(units, reference_units)
    found, wanted = algebra.unit(formula.root), algebra.read(result_unit)
    if found is None or found == wanted or _is_mean_of(found, wanted):
        return
    raise FormulaUnitMismatch(
        f"Rumus menghasilkan {algebra.name(found)}, padahal satuan indikator ini {result_unit.strip() or _NO_UNIT}. "
        "Perbaiki rumusnya, satuan variabelnya, atau satuan indikatornya."
    )


def _is_mean_of(found: _Powers, wanted: _Powers) -> bool:
    above = {base: power for base, power in found.items() if power > 0}
    return len(above) < len(found) and above == wanted


class _Algebra:
    """Works out the unit of each piece; None is that of a bare number, which fits any."""

    def __init__(self, units: Mapping[str, str], reference_units: Mapping[tuple[str, str], str]) -> None:
        self.units = units
        self.reference_units = reference_units
        self.spelling: dict[str, str] = {}

    def read(self, text: str) -> _Powers:
        powers: _Powers = {}
        for place, piece in enumerate(_PER.split(_BRACKETED.sub(" ", text))):
            for factor in piece.split(TIMES):
                self._count(_LEADING_NUMBER.sub("", factor.strip(), count=1), -1 if place else 1, powers)
        return {base: power for base, power in powers.items() if power}

    def _count(self, factor: str, power: int, powers: _Powers) -> None:
        written = " ".join(factor.split())
        key = _SAME_UNIT.get(written.casefold(), written.casefold())
        if key in _DIMENSIONLESS:
            return
        self.spelling.setdefault(key, key if key in _SAME_UNIT.values() else written)
        powers[key] = powers.get(key, 0) + power

    def name(self, powers: _Powers) -> str:
        above, below = self._names(powers, 1), self._names(powers, -1)
        if not above and not below:
            return _NO_UNIT
        return "/".join([f" {TIMES} ".join(above) or "1", *below])

    def _names(self, powers: _Powers, sign: int) -> list[str]:
        return [self.spelling[base] for base, power in powers.items() for _ in range(max(power * sign, 0))]

    def unit(self, part: Part) -> _Powers | None:
        match part:
            case Literal():
                return None
            case Variable(name):
                return self.read(self.units[name]) if name in self.units else None
            case Reference(code, variable):
                key = (code, variable)
                return self.read(self.reference_units[key]) if key in self.reference_units else None
            case Negation(of):
                return self.unit(of)
            case Comparison(left, _, right):
                return self._same([left, right], "membandingkan", part)
            case Chain() if part.is_sum:
                subtracts = part.rest[0][0] == MINUS
                return self._same(part.parts, "mengurangkan" if subtracts else "menjumlahkan", part)
            case Chain():
                return self._product(part)
            case Call():
                return self._call(part)

    def _product(self, chain: Chain) -> _Powers | None:
        found = self.unit(chain.first)
        for sign, part in chain.rest:
            other = self.unit(part)
            if found is None and other is None:
                continue
            powers = dict(found or {})
            for base, power in (other or {}).items():
                powers[base] = powers.get(base, 0) + (power if sign == TIMES else -power)
            found = {base: power for base, power in powers.items() if power}
        return found

    def _call(self, call: Call) -> _Powers | None:
        match call.name:
            case "banyak":
                for argument in call.arguments:
                    self.unit(argument)
                return self.read("unit" if call.over_units else "")
            case "jika":
                self.unit(call.arguments[0])
                return self._same(call.arguments[1:], "memilih antara", call)
            case "bobot":
                self._same(call.arguments[1::2], "menjumlahkan bobot", call)
                return self._same(call.arguments[0::2], "menjumlahkan", call)
            case _:
                verb = "membandingkan" if call.name in (SMALLEST, LARGEST) else "menjumlahkan"
                return self._same(call.arguments, verb, call)

    def _same(self, parts: Sequence[Part], verb: str, whole: Part) -> _Powers | None:
        found: _Powers | None = None
        for part in parts:
            other = self.unit(part)
            if found is not None and other is not None and other != found:
                raise FormulaUnitMismatch(
                    f"Rumus {verb} {self.name(found)} dengan {self.name(other)}; satuannya harus sama. "
                    f"Perbaiki “{_write(whole)}” atau satuan variabelnya."
                )
            found = other if found is None else found
        return found


# --- working it out --------------------------------------------------------------------------------------------------


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


def evaluate(
    formula: Formula,
    figures: Mapping[str, Mapping[str, Fraction | None]],
    references: Mapping[tuple[str, str], Result],
) -> Result:
    """Work a formula out. `figures` is variable → unit → number (None: not filled in); never raises for any of them.

    A variable alone is the sum over its units and needs all of them; a function over units leaves out those that did
    not fill in, and says so in `notes`. A function over units fails when one unit's value cannot be computed.
    """
    worker = _Evaluator(figures, references)
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


class _Evaluator:
    """Works pieces out; what does not differ between units is worked out once."""

    def __init__(
        self,
        figures: Mapping[str, Mapping[str, Fraction | None]],
        references: Mapping[tuple[str, str], Result],
    ) -> None:
        self.figures = figures
        self.references = references
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
                holds = _COMPARISONS[sign]
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
            self.labels[id(part)] = _write(part)
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
        return _Found(value, node, () if value is not None else (name,))

    def _total(self, name: str) -> _Found:
        cells = self.figures.get(name, {})
        nodes = tuple(self._cell(name, unit).node for unit in sorted(cells))
        empty = [node.unit for node in nodes if node.value is None]
        filled = [node.value for node in nodes if node.value is not None]
        value = sum(filled, Fraction(0)) if filled and not empty else None
        missing = () if value is not None else (f"{name} ({_which(empty, len(cells))})" if filled else name,)
        return _Found(value, Node(name, value, "variabel", variable=name, children=nodes), missing)

    def _once(self, part: Reference | Call, unit: str | None) -> _Found:
        """The same for every unit; its tree stands once beside the units, not in each of them."""
        if id(part) not in self.kept:
            found = self._referred(part) if isinstance(part, Reference) else self._over_units(part)
            self.kept[id(part)] = found
        found = self.kept[id(part)]
        return found if unit is None else replace(found, node=replace(found.node, children=()))

    def _referred(self, reference: Reference) -> _Found:
        label = _write(reference)
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
                fault = _divides_by_zero(self._label(part), unit)
                return _Found(None, Node(label, None, "hitung", children=nodes), fault=fault)
            value = _ARITHMETIC[sign](value, operand)
            if _is_absurd(value):
                fault = f"“{_short(label)}” menghasilkan angka yang terlalu panjang: tidak dapat dihitung."
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
            fault = _divides_by_zero("jumlah bobot", unit)
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
            self.notes[f"{label}: {len(empty)} dari {len(by_unit)} unit belum mengisi ({_names(empty)})."] = None
        counts_conditions = call.name == COUNT and isinstance(argument, Comparison)
        value = _AGGREGATES[SUM if counts_conditions else call.name](values)
        return _Found(value, Node(label, value, "fungsi", children=nodes))

    def by_unit(self, argument: Part) -> dict[str, _Found]:
        units = {unit for name in _own_variables(argument) for unit in self.figures.get(name, {})}
        return {unit: self.find(argument, unit) for unit in sorted(units)}

    def _shared_nodes(self, argument: Part) -> Iterator[Node]:
        for part in _walk(argument, into_units=False):
            if id(part) in self.kept:
                yield self.kept[id(part)].node

    def _gap_of_all(self, argument: Part, by_unit: Mapping[str, _Found]) -> tuple[str, ...]:
        missing, _ = _gap(by_unit.values())
        return missing or tuple(sorted(_own_variables(argument)))


_ARITHMETIC: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    _PLUS: operator.add,
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


def _divides_by_zero(divisor: str, unit: str | None) -> str:
    where = f"{divisor}, unit {unit}" if unit is not None else divisor
    return f"Pembagi 0 ({where}): tidak dapat dihitung."


def _which(units: Sequence[str], of: int) -> str:
    return _names(units) if len(units) <= MAX_LISTED else f"{len(units)} dari {of} unit"


def _names(units: Sequence[str]) -> str:
    more = len(units) - MAX_LISTED
    return ", ".join(units[:MAX_LISTED]) + (f", dan {more} lagi" if more > 0 else "")


# --- the formula with its numbers ------------------------------------------------------------------------------------

UNTAKEN = "…"
"""Stands for the way that a jika(…) did not take."""
_ROUNDINGS = (2, 4, 6, 8, 12, 20)
_LONG = 10**15
"""A fraction with more than this above or below its line is rounded, as far as the result stays the same."""
_MANY_DECIMALS = 12


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
        root = _Parser(text.replace(UNTAKEN, "0"), MAX_DEPTH + 2).whole()
    except FormulaUnreadable:
        return False
    value = _Evaluator({}, {}).find(root).value
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
        self.evaluator = _Evaluator(source.figures, source.references)
        self.places = places
        self.rounded = False

    def write(self, part: Part, unit: str | None = None) -> str:
        return _write(part, lambda inner: self._shown(inner, unit))

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
