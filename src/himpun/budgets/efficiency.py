"""Efficiency of a program or an indicator by the rule the office chose: which money is set beside which capaian. Pure.

A node that indicators are linked to is measured by them with all the money below it; a node without links is measured
by what is below it. So no rupiah counts twice. The rules themselves are `himpun.budgets.worth.efficiency`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from himpun.budgets.rollup import Node, Tree
from himpun.budgets.worth import BudgetLine, Efficiency, EfficiencyRule, efficiency
from himpun.measure.numbers import Number, write_number

Links = Mapping[str, Sequence[str]]
"""Program code → codes of the indicators linked to it."""
Achievements = Mapping[str, Fraction | None]
"""Indicator code → capaian in percent, None where there is none."""

DEFAULT_TOLERANCE, DEFAULT_CAP = Decimal(5), Decimal(20)
"""±5 percentage points; E kept in ±20 (docs/reference/penilaian.md)."""

RULE_NAMES: Mapping[EfficiencyRule, str] = {
    EfficiencyRule.DIFFERENCE: "Selisih capaian dan serapan",
    EfficiencyRule.REMAINDER: "Sisa anggaran bila target tercapai",
    EfficiencyRule.VALUE: "Nilai efisiensi (NE)",
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rule an office chose for a year; `tolerance` in percentage points, `cap` in percent."""

    rule: EfficiencyRule = EfficiencyRule.DIFFERENCE
    tolerance: Decimal = DEFAULT_TOLERANCE
    cap: Decimal = DEFAULT_CAP

    @property
    def name(self) -> str:
        """As the page names it."""
        return RULE_NAMES[self.rule]

    @property
    def text(self) -> str:
        """The rule in one sentence, with its numbers."""
        within, cap = write_number(self.tolerance), write_number(self.cap)
        match self.rule:
            case EfficiencyRule.DIFFERENCE:
                return (
                    f"capaian − serapan, dalam poin persentase: lebih dari {within} efisien; "
                    f"−{within} sampai {within} cukup efisien; kurang dari −{within} tidak efisien"
                )
            case EfficiencyRule.REMAINDER:
                return "100 − serapan, hanya bila setiap indikatornya mencapai target"
            case EfficiencyRule.VALUE:
                return (
                    "E = Σ(pagu × capaian − realisasi) / Σ(pagu × capaian) × 100, "
                    f"dibatasi −{cap} sampai {cap}; NE = 50 + E / 20 × 50"
                )


@dataclass(frozen=True, slots=True)
class Judged:
    """The efficiency of something, the indicators it rests on, and what it had to leave out."""

    efficiency: Efficiency
    indicators: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """For a table cell: "12,50 (efisien)", "–" without a value."""
        found = self.efficiency
        if found.value is None:
            return "–"
        return write_number(found.value, 2, 2) + (f" ({found.verdict})" if found.verdict else "")


def judge(tree: Tree, code: str, links: Links, achievements: Achievements, chosen: Chosen) -> Judged:
    """The efficiency of the node `code` and everything below it; "" judges the whole tree."""
    measured, unlinked = _measured(tree, code, links)
    if not measured:
        return Judged(Efficiency(chosen.rule, reason="Belum ada indikator yang ditautkan."))
    lines, names, missing = [], [], [f"{node.entry.code}: belum ditautkan ke indikator" for node in unlinked]
    for node in measured:
        linked = [(indicator, achievements.get(indicator)) for indicator in links[node.entry.code]]
        known = [value for _, value in linked if value is not None]
        missing += [f"{indicator}: capaian belum ada" for indicator, value in linked if value is None]
        names += [indicator for indicator, _ in linked]
        lines.append(_line(node, _together(known, chosen.rule)))
    return Judged(_judged(chosen, lines), tuple(dict.fromkeys(names)), tuple(dict.fromkeys(missing)))


def judge_indicator(tree: Tree, indicator: str, links: Links, achievement: Fraction | None, chosen: Chosen) -> Judged:
    """The efficiency of one indicator over all programs linked to it; a node below another linked one is not added."""
    nodes = [node for node in tree.nodes if indicator in links.get(node.entry.code, ())]
    codes = {node.entry.code for node in nodes}
    whole = [node for node in nodes if not any(node.entry.code.startswith(f"{code}.") for code in codes)]
    inside = tuple(f"{node.entry.code}: sudah termasuk dalam induknya" for node in nodes if node not in whole)
    lines = [_line(node, achievement) for node in whole]
    return Judged(_judged(chosen, lines), (indicator,), inside)


def _measured(tree: Tree, code: str, links: Links) -> tuple[list[Node], list[Node]]:
    """The topmost linked nodes at or below `code`, and the leaves that no link covers."""
    by_code = tree.by_code()
    below: dict[str, list[Node]] = {}
    for node in tree.nodes:
        below.setdefault(node.parent, []).append(node)
    waiting = [by_code[code]] if code else list(below.get("", []))
    measured, unlinked = [], []
    while waiting:
        node = waiting.pop(0)
        if links.get(node.entry.code):
            measured.append(node)
        elif node.is_leaf:
            unlinked.append(node)
        else:
            waiting += below.get(node.entry.code, [])
    return measured, unlinked


def _together(known: Sequence[Fraction], rule: EfficiencyRule) -> Fraction | None:
    """One capaian for several indicators: their mean, or the lowest where every one must have reached its target."""
    if not known:
        return None
    return min(known) if rule is EfficiencyRule.REMAINDER else sum(known, Fraction(0)) / len(known)


def _line(node: Node, achievement: Number | None) -> BudgetLine:
    return BudgetLine(node.sums.in_force, node.sums.spent, achievement)


def _judged(chosen: Chosen, lines: Sequence[BudgetLine]) -> Efficiency:
    return efficiency(chosen.rule, lines, tolerance=chosen.tolerance, cap=chosen.cap)
