"""Scales of categories, three of them in regulations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from himpun.measure.numbers import (
    Number,
    exact,
    write_number,
)
from himpun.measure.scoring.values import ScaleInvalid

CATEGORY_COLOURS: Mapping[str, str] = {
    "sangat-tinggi": "#1b5a92",
    "tinggi": "#5b9bd1",
    "sedang": "#e8c45c",
    "rendah": "#e08a3c",
    "sangat-rendah": "#a63d16",
    "hijau": "#2a7f86",
    "kuning": "#e8c45c",
    "merah": "#a63d16",
}
"""By colour key of a `Category`: blue to brown, told apart with any colour vision."""


@dataclass(frozen=True, slots=True)
class Level:
    """One row of a scale: values above `above` (or equal to it, when `inclusive`). The lowest level has no bound.

    `colour` is a key, not a colour: pages, documents and charts each map it to their own.
    """

    name: str
    colour: str
    above: Number | None = None
    inclusive: bool = False

    @property
    def lower_rule(self) -> str:
        """ "> 90", "≥ 70", or "" for the lowest level."""
        return "" if self.above is None else f"{'≥' if self.inclusive else '>'} {write_number(self.above)}"

    @property
    def upper_rule(self) -> str:
        """The same bound, seen from the level beneath: "≤ 90", "< 70"."""
        return "" if self.above is None else f"{'<' if self.inclusive else '≤'} {write_number(self.above)}"

    def takes(self, value: Fraction) -> bool:
        """Whether the value reaches this level."""
        if self.above is None:
            return True
        return value >= exact(self.above) if self.inclusive else value > exact(self.above)


@dataclass(frozen=True, slots=True)
class Category:
    """What a value is called: `name`, the `colour` key, and the `rule` that put it there ("> 75 dan ≤ 90")."""

    name: str
    colour: str
    rule: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Levels from the highest to the lowest. Every number has exactly one: each level begins where the one above ends.

    Compared with the unrounded number. Raises `ScaleInvalid` when the bounds do not go down, when the lowest level has
    a bound or another has none, or when two levels have the same name.
    """

    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        _check_levels(self.levels)

    def category(self, value: Number) -> Category:
        """The category of a capaian (exact, not rounded)."""
        number = exact(value)
        place = next(place for place, level in enumerate(self.levels) if level.takes(number))
        return self.categories()[place]

    def categories(self) -> tuple[Category, ...]:
        """All of them, the highest first: the legend."""
        uppers = ("", *(level.upper_rule for level in self.levels))
        return tuple(
            Category(level.name, level.colour, " dan ".join(filter(None, (level.lower_rule, upper))) or "semua nilai")
            for level, upper in zip(self.levels, uppers, strict=False)
        )

    def rule_text(self) -> str:
        """The rule to print beneath a table."""
        rules = "; ".join(f"{category.name} {category.rule}" for category in self.categories())
        return f"{rules}. Dibandingkan dengan angka sebelum dibulatkan."


def _check_levels(levels: Sequence[Level]) -> None:
    if not levels or levels[-1].above is not None:
        raise ScaleInvalid("Baris terakhir skala tidak boleh punya batas bawah, supaya setiap nilai punya kategori.")
    names = [level.name for level in levels]
    for name in names:
        if not name.strip() or names.count(name) > 1:
            raise ScaleInvalid(f"Nama kategori “{name}” kosong atau dipakai dua kali; beri nama yang berbeda.")
    _check_descending(levels[:-1])


def _check_descending(bounded: Sequence[Level]) -> None:
    previous: Level | None = None
    for level in bounded:
        if level.above is None:
            raise ScaleInvalid(f"Isi batas bawah kategori “{level.name}”; hanya kategori terendah yang tanpa batas.")
        if previous is not None and previous.above is not None and exact(level.above) >= exact(previous.above):
            raise ScaleInvalid(
                f"Batas “{level.name}” ({write_number(level.above)}) harus lebih kecil daripada batas "
                f"“{previous.name}” ({write_number(previous.above)}); urutkan dari yang tertinggi."
            )
        previous = level


FIVE_LEVELS = Scale(
    (
        Level("Sangat Tinggi", "sangat-tinggi", 90),
        Level("Tinggi", "tinggi", 75),
        Level("Sedang", "sedang", 65),
        Level("Rendah", "rendah", 50),
        Level("Sangat Rendah", "sangat-rendah"),
    )
)
"""[B] Permendagri 54/2010 and 86/2017; the published integer bands leave gaps (90,4), strict ">" does not."""

TRAFFIC_LIGHT = Scale(
    (Level("Hijau", "hijau", 90), Level("Kuning", "kuning", 70, inclusive=True), Level("Merah", "merah"))
)
"""Also in use: below 70 merah, up to 90 kuning, above it hijau."""

PUBLIC_SATISFACTION = Scale(
    (
        Level("A (Sangat Baik)", "sangat-tinggi", Decimal("88.30")),
        Level("B (Baik)", "tinggi", Decimal("76.60")),
        Level("C (Kurang Baik)", "rendah", 65, inclusive=True),
        Level("D (Tidak Baik)", "sangat-rendah"),
    )
)
"""Indeks Kepuasan Masyarakat: 25–64,99 D; 65–76,60 C; 76,61–88,30 B; 88,31–100 A; the words are [B]."""
