"""Program, kegiatan and sub-kegiatan as a tree: its shape checked, its money and physical progress rolled up.

Pure and exact. Money and progress stand on the leaves (sub-kegiatan, or whatever has nothing below it); every figure
above them is computed. Serapan = realisasi / pagu × 100; physical progress is weighted by pagu. What is
missing is never counted as 0 without saying so: a leaf that cannot be weighed is left out and named.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from himpun.budgets.worth import absorption
from himpun.choices import Choice
from himpun.measure.numbers import write_number, write_percent
from himpun.measure.scoring.values import Score

_CODE = re.compile(r"[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)+")


class Level(Choice):
    """Where a node stands."""

    PROGRAM = "program", "Program"
    ACTIVITY = "kegiatan", "Kegiatan"
    SUB_ACTIVITY = "sub-kegiatan", "Sub-kegiatan"


ABOVE: Mapping[Level, Level | None] = {
    Level.PROGRAM: None,
    Level.ACTIVITY: Level.PROGRAM,
    Level.SUB_ACTIVITY: Level.ACTIVITY,
}
_LEVEL_BY_PARTS = {3: Level.PROGRAM, 5: Level.ACTIVITY, 6: Level.SUB_ACTIVITY}
_EXAMPLES = {
    Level.PROGRAM: "7.01.01",
    Level.ACTIVITY: "7.01.01.2.01",
    Level.SUB_ACTIVITY: "7.01.01.2.01.0006",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One node as kept: pagu in rupiah before and after change, realisasi (rupiah) and physical progress (%) by month.

    `spent` is of the month alone, `physical` as it stood at the month's end since the year began. A month that is not
    in them was not filled in. `owner` is a post's code.
    """

    code: str
    name: str
    level: Level
    budget: Decimal | None = None
    revised: Decimal | None = None
    spent: Mapping[int, Decimal] = field(default_factory=dict)
    physical: Mapping[int, Decimal] = field(default_factory=dict)
    owner: str = ""

    @property
    def in_force(self) -> Decimal | None:
        """The pagu that counts: after the change where there is one."""
        return self.budget if self.revised is None else self.revised

    def spent_until(self, month: int) -> Fraction | None:
        """Realisasi from January to `month` (1–12); None while no month of them is filled in."""
        filled = [amount for at, amount in self.spent.items() if at <= month]
        return sum(map(Fraction, filled), Fraction(0)) if filled else None

    def physical_at(self, month: int) -> Fraction | None:
        """Physical progress as last filled in by the end of `month`."""
        filled = [at for at in self.physical if at <= month]
        return Fraction(self.physical[max(filled)]) if filled else None

    @property
    def has_figures(self) -> bool:
        """Whether any money or progress stands on the node itself."""
        return self.budget is not None or self.revised is not None or bool(self.spent or self.physical)


# --- the shape of the tree --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a node cannot stand where it is."""

    code: str
    cause: str


def is_code(text: str) -> bool:
    """Whether this is a code: parts of letters and digits with dots between, two at least."""
    return len(text) <= 40 and _CODE.fullmatch(text) is not None


def level_of(code: str) -> Level | None:
    """The level by the number of parts in the code (3, 5, 6 as in the national code list), or None."""
    return _LEVEL_BY_PARTS.get(code.count(".") + 1)


def parent_of(code: str, known: Iterable[str]) -> str:
    """The longest known code that this one continues; "" when there is none."""
    return max((other for other in known if code.startswith(f"{other}.")), key=len, default="")


def in_order(code: str) -> tuple[tuple[int, int | str], ...]:
    """Sorts codes as the printed budget does: by part, numbers as numbers, a parent before what is below it."""
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in code.split("."))


def tree_faults(levels: Mapping[str, Level]) -> list[Fault]:
    """What is wrong with a tree given as code → level: codes that are none, orphans, levels out of order."""
    faults = [
        Fault(code, f"bukan kode; tulis seperti {_EXAMPLES[level]}.")
        for code, level in levels.items()
        if not is_code(code)
    ]
    for code, level in levels.items():
        wanted, parent = ABOVE[level], parent_of(code, levels)
        if wanted is None and parent:
            faults.append(Fault(code, f"program tidak berada di bawah {levels[parent]} {parent}; periksa kodenya."))
        elif wanted is not None and not parent:
            faults.append(
                Fault(
                    code,
                    f"{wanted} di atasnya belum ada; tambahkan dahulu baris {wanted} yang menjadi awalan kode ini.",
                )
            )
        elif wanted is not None and levels[parent] is not wanted:
            faults.append(
                Fault(
                    code,
                    f"{level} harus berada di bawah {wanted}, bukan di bawah {levels[parent]} {parent}; periksa kodenya.",
                )
            )
    return sorted(faults, key=lambda fault: fault.code)


# --- rolling up -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A leaf that a weighted figure does without, and why."""

    code: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures of some leaves together until one month; None where nothing at all was filled in.

    `revised` is the whole pagu after change, None while no leaf was changed. `not_spent` names the leaves with
    money whose realisasi is not filled in yet, `no_budget` those without pagu, `left_out` those that the physical progress could
    not weigh. `weighed` and `weight` are Σ(pagu × physical) and Σ pagu behind `physical`.
    """

    leaves: int = 0
    budget: Fraction | None = None
    revised: Fraction | None = None
    in_force: Fraction | None = None
    spent: Fraction | None = None
    weighed: Fraction = Fraction(0)
    weight: Fraction = Fraction(0)
    not_spent: tuple[str, ...] = ()
    no_budget: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def physical(self) -> Fraction | None:
        """Physical progress in percent, weighted by the pagu in force."""
        return self.weighed / self.weight if self.weight else None

    @property
    def physical_formula(self) -> str:
        """Σ(pagu × fisik) / Σ pagu with its numbers; "" when there is none."""
        if self.physical is None:
            return ""
        above, below = write_number(self.weighed, 4), write_number(self.weight, 2)
        return f"{above} / {below} = {write_percent(self.physical)}"

    @property
    def absorption(self) -> Score:
        """Serapan, or the reason why there is none."""
        return absorption(self.spent, self.in_force)

    @property
    def deviation(self) -> Fraction | None:
        """Physical progress − serapan, in percentage points."""
        absorbed = self.absorption.value
        return None if absorbed is None or self.physical is None else self.physical - absorbed

    @property
    def remaining(self) -> Fraction | None:
        """Pagu in force − realisasi, in rupiah; below 0 when more was spent."""
        return None if self.in_force is None or self.spent is None else self.in_force - self.spent


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the tree with the figures of everything below it."""

    entry: Entry
    parent: str
    depth: int
    is_leaf: bool
    sums: Sums


@dataclass(frozen=True, slots=True)
class Tree:
    """All nodes, a parent before what is below it, and the total of the leaves."""

    nodes: tuple[Node, ...]
    total: Sums
    month: int

    def by_code(self) -> dict[str, Node]:
        """The nodes by their codes."""
        return {node.entry.code: node for node in self.nodes}

    def below(self, code: str) -> list[Node]:
        """The nodes directly below one."""
        return [node for node in self.nodes if node.parent == code]


def roll_up(entries: Iterable[Entry], month: int) -> Tree:
    """The tree of `entries` with everything rolled up from the leaves, until `month` (1–12). Order does not matter."""
    by_code = {entry.code: entry for entry in sorted(entries, key=lambda entry: in_order(entry.code))}
    parents = {code: parent_of(code, by_code) for code in by_code}
    leaves = [entry for code, entry in by_code.items() if code not in set(parents.values())]
    leaf_codes = {entry.code for entry in leaves}
    depths: dict[str, int] = {}
    for code, parent in parents.items():
        depths[code] = depths[parent] + 1 if parent else 0
    nodes = tuple(
        Node(
            entry,
            parents[code],
            depths[code],
            code in leaf_codes,
            sum_up([leaf for leaf in leaves if leaf.code == code or leaf.code.startswith(f"{code}.")], month),
        )
        for code, entry in by_code.items()
    )
    return Tree(nodes, sum_up(leaves, month), month)


def sum_up(leaves: Sequence[Entry], month: int) -> Sums:
    """The figures of these leaves together until `month`."""
    changed = any(leaf.revised is not None for leaf in leaves)
    in_force = _added(leaf.in_force for leaf in leaves)
    weighed, weight, left_out = Fraction(0), Fraction(0), []
    for leaf in leaves:
        if reason := _not_weighable(leaf, month):
            left_out.append(LeftOut(leaf.code, leaf.name, reason))
            continue
        share = Fraction(leaf.in_force or 0)
        weighed += share * (leaf.physical_at(month) or 0)
        weight += share
    return Sums(
        leaves=len(leaves),
        budget=_added(leaf.budget for leaf in leaves),
        revised=in_force if changed else None,
        in_force=in_force,
        spent=_added(leaf.spent_until(month) for leaf in leaves),
        weighed=weighed,
        weight=weight,
        not_spent=tuple(leaf.code for leaf in leaves if leaf.spent_until(month) is None and leaf.in_force != 0),
        no_budget=tuple(leaf.code for leaf in leaves if leaf.in_force is None),
        left_out=tuple(left_out),
    )


def _added(amounts: Iterable[Decimal | Fraction | None]) -> Fraction | None:
    known = [Fraction(amount) for amount in amounts if amount is not None]
    return sum(known, Fraction(0)) if known else None


def _not_weighable(leaf: Entry, month: int) -> str:
    if leaf.in_force is None:
        return "pagu belum diisi"
    if leaf.in_force == 0:
        return "pagu 0, jadi tidak berbobot"
    return "fisik belum diisi" if leaf.physical_at(month) is None else ""


def warnings_of(entry: Entry, month: int) -> list[str]:
    """What looks wrong on a leaf although it may be right: more spent than budgeted, progress that fell back."""
    found = []
    spent, budget = entry.spent_until(month), entry.in_force
    if spent is not None and budget is not None and spent > budget:
        found.append(
            f"Realisasi {write_number(spent, 2)} melebihi pagu {write_number(budget, 2)}; periksa angkanya atau catat pagu perubahan."
        )
    filled = sorted(at for at in entry.physical if at <= month)
    for before, after in pairwise(filled):
        if entry.physical[after] < entry.physical[before]:
            found.append(
                f"Fisik bulan ke-{after} ({write_number(entry.physical[after])} %) di bawah bulan ke-{before} "
                f"({write_number(entry.physical[before])} %), padahal angkanya kumulatif."
            )
    return found
