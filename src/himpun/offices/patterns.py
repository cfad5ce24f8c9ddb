"""Patterns of numbers for letters and documents, and what they may hold. Pure."""

from string import Formatter

PLACEHOLDERS = ("kode", "urut", "urut_kode", "unit", "tahun", "bulan", "bulan_romawi")
"""{urut_kode} counts within one klasifikasi, {urut} through all of them."""


def never_twice(names: set[str]) -> bool:
    """Whether a pattern with these placeholders gives no number twice in a year."""
    return "tahun" in names and ("urut" in names or {"urut_kode", "kode"} <= names)


LONGEST_PATTERN = 60
"""Letters of a number pattern; with a unit code of 40 the number still fits its column of 120."""


def check_pattern(pattern: str) -> None:
    """Refuse a number pattern with a placeholder nobody fills, or one that could give a number twice."""
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        raise ValueError("kurung kurawal tidak berpasangan (contoh: {kode}/{urut}/{unit}/{tahun}).") from None
    names = [name for _, name, _, _ in parts if name is not None]
    accepted = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    for _, name, form, conversion in parts:
        if name is not None and name not in PLACEHOLDERS:
            raise ValueError(f"isian {{{name}}} tidak dikenal; yang ada: {accepted}.")
        if form or conversion:
            raise ValueError(f"isian {{{name}}} ditulis tanpa “:” atau “!”.")
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"pola nomor terlalu panjang; paling banyak {LONGEST_PATTERN} huruf.")
    if not never_twice(set(names)):
        raise ValueError(
            "pola nomor harus memuat {urut} dan {tahun} supaya tidak ada nomor kembar; {urut_kode} bersama {kode}."
        )
