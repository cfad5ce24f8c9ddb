"""The wording of a document number from a pattern. Pure.

Placeholders: {kode} archive code, {urut} sequence, {unit} office or unit code, {tahun}, {bulan} (1–12), {bulan_romawi}.
A pattern may give the archive code itself: "000.8.3.3/{urut}/{unit}/{tahun}".
"""

import string
from datetime import date

from himpun.errors import Refusal
from himpun.offices.patterns import LONGEST_PATTERN, PLACEHOLDERS

DEFAULT_PATTERN = "{urut}/{unit}/{bulan_romawi}/{tahun}"
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class PatternWrong(Refusal):
    """A pattern that cannot give unique numbers."""

    code = "pola-nomor-salah"


def check_pattern(pattern: str) -> None:
    """Raises PatternWrong unless the pattern has {urut} and {tahun} and only known placeholders."""
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
    if not {"urut", "tahun"} <= names:
        raise PatternWrong("Pola nomor harus memuat {urut} dan {tahun} agar nomor tidak pernah kembar.")


def fill(pattern: str, *, sequence: int, day: date, unit: str, code: str = "000.7.2") -> str:
    """The number's text. Raises PatternWrong."""
    check_pattern(pattern)
    return pattern.format(
        kode=code, urut=f"{sequence:03d}", unit=unit, tahun=day.year, bulan=day.month, bulan_romawi=ROMAN[day.month - 1]
    )
