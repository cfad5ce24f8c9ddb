"""Whether the units of a formula fit its indicator."""

import re
from collections.abc import Mapping, Sequence

from himpun.measure.formula.parts import (
    LARGEST,
    SMALLEST,
    TIMES,
    Call,
    Chain,
    Comparison,
    Formula,
    FormulaUnitMismatch,
    Literal,
    Negation,
    Part,
    Reference,
    Variable,
    write_part,
)
from himpun.measure.numbers import MINUS

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
                    f"Perbaiki “{write_part(whole)}” atau satuan variabelnya."
                )
            found = other if found is None else found
        return found
