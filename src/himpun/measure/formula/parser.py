"""From the text of a formula to its parts, or a sentence about where it goes wrong."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, NoReturn

from himpun.measure.formula.parts import (
    CHOICE,
    COMPARISONS,
    COUNT,
    DIVIDED,
    FUNCTIONS,
    MAX_DEPTH,
    MAX_LENGTH,
    PLUS,
    TIMES,
    WEIGHTED,
    Call,
    Chain,
    Comparison,
    Formula,
    FormulaUnreadable,
    Literal,
    Negation,
    Part,
    Reference,
    Variable,
    own_variables,
    walk,
    write_part,
)
from himpun.measure.numbers import MINUS, NumberUnreadable, read_number
from himpun.measure.scoring.achievement import VariableKind

_SIGNS = {"-": MINUS, "–": MINUS, MINUS: MINUS, "+": PLUS, "*": TIMES, TIMES: TIMES}
_SIGNS |= {"÷": DIVIDED, "/": DIVIDED, ":": DIVIDED}
_SIGNS |= {">=": "≥", "<=": "≤", **{sign: sign for sign in COMPARISONS}}
_SIGNS |= {sign: sign for sign in "();"}


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
    return _formula(Parser(text, MAX_DEPTH).whole())


def _formula(root: Part) -> Formula:
    parts = list(walk(root))
    return Formula(
        root,
        write_part(root),
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


class Parser:
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
        return self._chain((PLUS, MINUS), self._term)

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
                f"“{shortened(token.text)}” bukan rujukan ke indikator. Tulis misalnya [IKU-02] atau [IKU-02.desa_baik].",
            )
        return Reference(code, variable)

    def _name(self, token: _Token) -> Part:
        if self.token.sign != "(":
            return Variable(token.text)
        name = token.text.lower()
        if name not in FUNCTIONS:
            _refuse(
                token.place,
                f"“{shortened(token.text)}” bukan fungsi. Fungsi yang ada: {', '.join(FUNCTIONS)}; "
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
        if not may_compare or self.token.sign not in COMPARISONS:
            return left
        sign = self.take().sign
        return Comparison(left, sign, self.expression())

    def _check_call(self, call: Call, token: _Token) -> None:
        wrong = _ARITY[call.name](call) if call.name in _ARITY else ""
        if call.over_units and not wrong and not own_variables(call.arguments[0]):
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
        if token.sign in COMPARISONS:
            _refuse(token.place, f"perbandingan “{token.text}” hanya dipakai sekali di dalam jika(…) atau banyak(…).")
        _refuse(token.place, f"di sini “{shortened(token.text)}”, padahal seharusnya {expected}.")


def shortened(text: str) -> str:
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


def effective(text: str, unit: str, kinds: Sequence[tuple[str, str]]) -> str:
    """A formula as written, or the one that the kinds of the variables mean; "" where they mean none."""
    if text.strip():
        return text
    return from_kinds(kinds, "%" in unit or "persen" in unit.lower())


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
