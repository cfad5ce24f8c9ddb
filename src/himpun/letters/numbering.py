"""The wording of a document number from a pattern. Pure.

Placeholders: {kode} archive code (klasifikasi), {urut} sequence, {urut_kode} sequence within the klasifikasi, {unit}
office or unit code, {tahun}, {bulan} (1–12), {bulan_romawi}. A pattern may give the archive code itself:
"000.8.3.3/{urut}/{unit}/{tahun}".
"""

import string
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from himpun.errors import Refusal
from himpun.offices.patterns import LONGEST_PATTERN, PLACEHOLDERS, never_twice

DEFAULT_CODE = "000.7.2"
"""The klasifikasi of a number that is given for none."""
DEFAULT_PATTERN = "{urut}/{unit}/{bulan_romawi}/{tahun}"
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class PatternWrong(Refusal):
    """A pattern that cannot give unique numbers."""

    code = "pola-nomor-salah"


def check_pattern(pattern: str) -> None:
    """Raises PatternWrong unless the pattern has {urut} (or {urut_kode} with {kode}) and {tahun} and only known placeholders."""
    try:
        fields = [field[1:] for field in string.Formatter().parse(pattern) if field[1] is not None]
    except ValueError as error:
        raise PatternWrong(f'Pola "{pattern}" tidak dapat dibaca: periksa kurung kurawalnya.') from error
    names = {str(name) for name, _, _ in fields}
    if any(spec or conversion for _, spec, conversion in fields):
        raise PatternWrong(f'Pola "{pattern}" hanya boleh memuat nama di dalam kurung kurawal, tanpa ":" atau "!".')
    if unknown := names - set(PLACEHOLDERS):
        raise PatternWrong(
            f"Pola nomor memakai {{{', '.join(sorted(unknown))}}} yang tidak dikenal. Yang ada: {', '.join(sorted(PLACEHOLDERS))}."
        )
    if len(pattern) > LONGEST_PATTERN:
        raise PatternWrong(f"Pola nomor terlalu panjang: paling banyak {LONGEST_PATTERN} huruf.")
    if not never_twice(names):
        raise PatternWrong(
            "Pola nomor harus memuat {urut} dan {tahun} agar nomor tidak pernah kembar; {urut_kode} hanya bersama {kode}."
        )


def is_good(pattern: str) -> bool:
    """Whether numbers can be given by a pattern."""
    try:
        check_pattern(pattern)
    except PatternWrong:
        return False
    return True


def by_code(pattern: str) -> bool:
    """Whether the numbers of a pattern count within each klasifikasi."""
    return "{urut_kode}" in pattern


def fill(pattern: str, *, sequence: int, day: date, unit: str, code: str = DEFAULT_CODE) -> str:
    """The number's text. Raises PatternWrong."""
    check_pattern(pattern)
    given = {"kode": code, "unit": unit, "tahun": day.year, "bulan": day.month, "bulan_romawi": ROMAN[day.month - 1]}
    return pattern.format(urut=f"{sequence:03d}", urut_kode=f"{sequence:03d}", **given)


# --- patterns that meet -----------------------------------------------------------------------------------------------

DIGIT, PART = "0-9", "^/"
"""Stand for any digit of a sequence, and for anything in a unit's code."""
_Step = tuple[str, bool]
"""A letter, DIGIT or PART, and whether it may be repeated."""


@lru_cache(maxsize=256)
def meet(one: str, other: str, year: int) -> bool:
    """Whether two patterns can give the same text in a year, in whatever months and for whatever units."""
    return one == other or any(
        _overlap(mine, theirs) for mine in _in_every_month(one, year) for theirs in _in_every_month(other, year)
    )


def _in_every_month(pattern: str, year: int) -> set[tuple[_Step, ...]]:
    return {tuple(_steps(pattern, date(year, month, 1))) for month in range(1, 13)}


def _steps(pattern: str, day: date) -> Iterator[_Step]:
    check_pattern(pattern)
    for text, name, _, _ in string.Formatter().parse(pattern):
        yield from ((letter, False) for letter in text)
        if name in ("urut", "urut_kode"):
            yield from ((DIGIT, False), (DIGIT, False), (DIGIT, True))
        elif name in ("unit", "kode"):
            yield PART, True
        elif name:
            filled = fill(f"{{{name}}}|{{urut}}{{tahun}}", sequence=1, day=day, unit="").partition("|")[0]
            yield from ((letter, False) for letter in filled)


def _overlap(one: tuple[_Step, ...], other: tuple[_Step, ...]) -> bool:
    """Whether some text is of both forms: both are walked together, a letter that both allow at a time."""
    seen, ahead = {(0, 0)}, [(0, 0)]
    while ahead:
        here, there = ahead.pop()
        if (here, there) == (len(one), len(other)):
            return True
        for step in _together(one, other, here, there) - seen:
            seen.add(step)
            ahead.append(step)
    return False


def _together(one: tuple[_Step, ...], other: tuple[_Step, ...], here: int, there: int) -> set[tuple[int, int]]:
    mine, theirs = _next(one, here), _next(other, there)
    return {(a, b) for first, a in mine for second, b in theirs if _share(first, second)}


def _next(steps: tuple[_Step, ...], at: int) -> list[tuple[str, int]]:
    """What may come next and where that leads: the step ahead, or the one just taken once more."""
    ahead = [(steps[at][0], at + 1)] if at < len(steps) else []
    again = [(steps[at - 1][0], at)] if at and steps[at - 1][1] else []
    return ahead + again


def _share(one: str, other: str) -> bool:
    """Whether some letter is both."""
    if one == other or {one, other} == {DIGIT, PART}:
        return True
    for kind, letter in ((one, other), (other, one)):
        if kind == DIGIT and letter.isdigit():
            return True
        if kind == PART and letter != "/" and letter != DIGIT:
            return True
    return False
