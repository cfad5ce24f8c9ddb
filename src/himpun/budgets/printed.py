"""What a budget file prints beside its figures: rest, percentages, rows of urusan and OPD; recomputed and compared. Pure.

None of it is kept: Himpun computes it. A figure that does not agree is named, so that one of the two can be put right.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from himpun.measure.numbers import decimal_places, round_half_up, write_number

REST, SPENT_PERCENT, TARGET_MONEY, TARGET_PERCENT, SPENT_TOTAL = "rest", "spent-%", "target", "target-%", "spent-total"
_PERCENT = re.compile(r"%|\b(?:persen|persentase|prosentase)\b", re.IGNORECASE)
_COMPARED = (
    (re.compile(r"sisa(?: (?:pagu|anggaran|dana))?"), REST, REST),
    (re.compile(r"(?:penyerapan|serapan|realisasi keuangan|realisasi)(?: anggaran)?"), "", SPENT_PERCENT),
    (re.compile(r"target(?: (?:keuangan|anggaran|kas|penyerapan))?"), TARGET_MONEY, TARGET_PERCENT),
    (
        re.compile(r"(?:jumlah|total) realisasi|realisasi (?:total|jumlah|kumulatif|s d .*|sampai .*)"),
        SPENT_TOTAL,
        SPENT_PERCENT,
    ),
)
_HEADS = re.compile(
    r"(?:urusan|bidang urusan|unsur)(?: .*)?|opd|skpd|perangkat daerah|organisasi|unit organisasi|sub unit"
)
_OPD_CODE = re.compile(r"[0-9](?:\.[0-9]{2}\.[0-9]){2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}")
"""An OPD as the national code list writes it: 7.01.0.00.0.00.01.0000."""


def compared_field(heading: str) -> str:
    """What a heading prints that is recomputed here ("sisa", "target %", "serapan"); "" for none of it."""
    bare = " ".join(
        re.sub(r"[()%.:/_-]|\b(?:rp|rupiah|persen|persentase|prosentase)\b", " ", heading.casefold()).split()
    )
    for pattern, money, percent in _COMPARED:
        if pattern.fullmatch(bare):
            return percent if _PERCENT.search(heading) else money
    return ""


def is_above_programs(level: str, name: str, code: str) -> bool:
    """Whether a row is an urusan or an OPD: what stands above all programs and is not kept."""
    words = (" ".join(text.casefold().split()) for text in (level, "" if level else name))
    return any(_HEADS.fullmatch(text) for text in words) or bool(_OPD_CODE.fullmatch(code))


@dataclass(frozen=True, slots=True)
class Printed:
    """What one row prints beside what is kept, by field, with the figures it is compared with."""

    number: int
    code: str
    figures: Mapping[str, Decimal]
    budget: Decimal | None
    spent: Decimal | None
    headings: Mapping[str, str]


def mismatches(rows: Iterable[Printed]) -> list[str]:
    """A sentence for each printed figure that is not what its row gives."""
    found = []
    for row in rows:
        spent = row.figures.get(SPENT_TOTAL, row.spent)
        for key, printed in row.figures.items():
            computed = _computed(key, row, spent)
            if computed is not None and not agrees(printed, computed):
                found.append(
                    f"Baris {row.number} ({row.code}), {row.headings.get(key, key)}: tertulis {write_number(printed)}, "
                    f"dihitung {write_number(computed, 2)}. Periksa salah satunya."
                )
    return found


def _computed(key: str, row: Printed, spent: Decimal | None) -> Fraction | None:
    budget = row.budget
    if key == SPENT_TOTAL:
        return None if row.spent is None else Fraction(row.spent)
    if budget is None:
        return None
    if key == REST:
        return None if spent is None else Fraction(budget) - Fraction(spent)
    part = row.figures.get(TARGET_MONEY) if key == TARGET_PERCENT else spent if key == SPENT_PERCENT else None
    return None if part is None or not budget else Fraction(part) / Fraction(budget) * 100


def agrees(printed: Decimal, computed: Fraction) -> bool:
    """Whether the computed figure rounds to the printed one at the printed one's digits."""
    return Fraction(round_half_up(computed, decimal_places(printed) or 0)) == Fraction(printed)


def totals(heads: Sequence[Printed], leaves: Mapping[str, tuple[Decimal | None, Decimal | None]]) -> list[str]:
    """A sentence for each row of an urusan or OPD, which says whether its pagu and realisasi are the sum of what is below."""
    said = []
    for head in heads:
        prefix = f"{head.code}."
        below = [pair for code, pair in leaves.items() if code.startswith(prefix)] or list(leaves.values())
        wrong = []
        for name, printed, place in (("pagu", head.budget, 0), ("realisasi", head.spent, 1)):
            known = [Fraction(pair[place] or 0) for pair in below if pair[place] is not None]
            if printed is not None and Fraction(printed) != sum(known, Fraction(0)):
                wrong.append(
                    f"{name} tertulis {write_number(printed)}, jumlah di bawahnya {write_number(sum(known, Fraction(0)))}"
                )
        ending = f"; {'; '.join(wrong)}. Periksa salah satunya." if wrong else ", jumlahnya sesuai." if below else "."
        said.append(
            f"Baris {head.number} ({head.code}) urusan atau OPD: tidak disimpan, Himpun menjumlah sendiri{ending}"
        )
    return said


def nearest_place(code: str, known: Iterable[str]) -> str:
    """The code that this one is but for one part left out or written twice, such that it has a place; "" for none or several."""
    codes = set(known) - {code}
    parts = code.split(".")
    doubled = {".".join([*parts[:at], *parts[at + 1 :]]) for at in range(1, len(parts)) if parts[at] == parts[at - 1]}
    found = {one for one in doubled if one in codes or one.rpartition(".")[0] in codes}
    for parent in codes:
        whole = [*parent.split("."), parts[-1]]
        if len(whole) == len(parts) + 1 and any(
            [*whole[:at], *whole[at + 1 :]] == parts for at in range(len(whole) - 1)
        ):
            found.add(".".join(whole))
    exact = {one for one in found if one in codes}
    chosen = exact or found
    return chosen.pop() if len(chosen) == 1 else ""
