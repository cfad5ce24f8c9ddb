"""Checking a published capaian: which formula gives the printed figure, or that none does, and why.

Pure and exact; the formulas are those of `himpun.measure.scoring.achievement`. The rules, one by one, stand in
docs/reference/check-capaian.md. T = target, R = realisasi, C = the printed capaian (%).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from himpun.measure.cells.columns import conventions
from himpun.measure.cells.parts import Kind
from himpun.measure.cells.reading import read_cell
from himpun.measure.cells.several import names_in, parts_of
from himpun.measure.numbers import round_half_up
from himpun.measure.published.judging import judge_case
from himpun.measure.published.means import is_mean, judge_mean
from himpun.measure.published.rows import (
    CAPS,
    FIELD_NAMES,
    FIELDS,
    WORST_FIRST,
    WRONG,
    Checked,
    Judgement,
    PublishedRow,
    Verdict,
)
from himpun.measure.published.stance import stance_stated
from himpun.measure.published.ways import Case, Habits
from himpun.spreadsheets.book import Content

__all__ = [
    "CAPS",
    "WRONG",
    "Checked",
    "PublishedRow",
    "Verdict",
    "as_record",
    "changing_formulas",
    "check",
    "contradictions",
    "counts",
]


def check(rows: Sequence[PublishedRow]) -> list[Checked]:
    """Check every row. The columns are read as a whole first, to know by which habit their numbers are written."""
    habits = _habits(rows)
    uses_signs = any(row.polarity.strip() == "+" for row in rows)
    checked: list[Checked] = []
    for row in rows:
        if is_mean(row):
            checked.append(_answer(row, judge_mean(row, list(zip(rows, checked, strict=False)), habits)))
        else:
            checked.append(_check_row(row if uses_signs else _without_dash(row), habits))
    return checked


def _without_dash(row: PublishedRow) -> PublishedRow:
    """A lone dash for polarity is a blank, unless the column also says "+"."""
    return replace(row, polarity="") if row.polarity.strip() in ("-", "–", "−") else row


def counts(checked: Iterable[Checked]) -> dict[Verdict, int]:
    """How many rows have each verdict, all six named."""
    found = Counter(each.verdict for each in checked)
    return {verdict: found[verdict] for verdict in Verdict}


def as_record(checked: Checked) -> dict[str, Any]:
    """One row for machines: `row`, `verdict`, `formula`, `recomputed` (a number of two decimals or None), `message`."""
    recomputed = None if checked.recomputed is None else float(round_half_up(checked.recomputed, 2))
    return {
        "row": checked.row,
        "verdict": str(checked.verdict),
        "formula": checked.formula,
        "recomputed": recomputed,
        "message": checked.message,
    }


def changing_formulas(checked: Sequence[Checked]) -> list[str]:
    """A sentence for each indicator whose rows were computed by different formulas, such as from year to year."""
    found: dict[str, dict[str, list[Checked]]] = defaultdict(lambda: defaultdict(list))
    for each in checked:
        if each.formula and each.recomputed != 100 and each.indicator.strip():
            found[each.indicator.strip().casefold()][each.formula.partition(",")[0]].append(each)
    return [_changes(formulas) for formulas in found.values() if len(formulas) > 1]


def _changes(formulas: Mapping[str, Sequence[Checked]]) -> str:
    name = next(iter(formulas.values()))[0].indicator.strip()
    said = "; ".join(
        f"{formula} ({', '.join(f'baris {each.row}' + (f', {each.year}' if each.year else '') for each in rows)})"
        for formula, rows in sorted(formulas.items())
    )
    return f"“{name}” dihitung dengan rumus yang berganti: {said}. Samakan rumusnya, atau jelaskan mengapa berganti."


# --- one row ---------------------------------------------------------------------------------------------------------


def _check_row(row: PublishedRow, habits: Habits) -> Checked:
    parts = {name: parts_of(getattr(row, name)) for name in FIELDS}
    counted = {name: len(found) for name, found in parts.items()}
    if max(counted.values()) == 1:
        return _answer(row, judge_case(Case.of(row, row.indicator, habits), stance_stated(row.polarity)))
    if read_cell(row.published).kind is Kind.BLANK:
        parts["published"] = (None,) * max(counted["target"], counted["actual"])
        counted["published"] = len(parts["published"])
    if len(set(counted.values())) > 1:
        return _answer(row, _uneven(row, counted))
    names = names_in(row.indicator, counted["target"])
    polarities = [str(each) for each in parts_of(row.polarity)]
    each_polarity = polarities if len(polarities) == len(names) else [row.polarity] * len(names)
    judged = [
        judge_case(
            Case.of(replace(row, target=target, actual=actual, published=published), f"{row.indicator} {name}", habits),
            stance_stated(polarity),
        )
        for name, polarity, target, actual, published in zip(
            names, each_polarity, parts["target"], parts["actual"], parts["published"], strict=True
        )
    ]
    return _answer(row, _together(names, judged))


def _answer(row: PublishedRow, judged: Judgement) -> Checked:
    shown = {name: read_cell(getattr(row, name), percent=name in row.percents).text for name in FIELDS}
    return Checked(
        row=row.row,
        indicator=" ".join(row.indicator.split()),
        year=row.year,
        **shown,
        verdict=judged.verdict,
        formula=judged.formula,
        recomputed=judged.recomputed,
        message=judged.message,
    )


def _uneven(row: PublishedRow, counted: Mapping[str, int]) -> Judgement:
    message = (
        f"Tidak dapat dihitung: beberapa indikator dalam satu sel, tetapi jumlah isinya berbeda (target "
        f"{counted['target']}, realisasi {counted['actual']}, capaian {counted['published']}). "
        f"Tulis satu indikator pada satu baris."
    )
    return Judgement(Verdict.NOT_COMPUTABLE, message + _unchecked(row.published))


def _together(names: Sequence[str], judged: Sequence[Judgement]) -> Judgement:
    worst = next(verdict for verdict in WORST_FIRST if any(each.verdict is verdict for each in judged))
    said = " ".join(f"({name}) {each.message}" for name, each in zip(names, judged, strict=True))
    formulas = {each.formula for each in judged}
    formula = formulas.pop() if len(formulas) == 1 else ""
    return Judgement(worst, f"{len(judged)} indikator dalam satu sel. {said}", formula)


def _unchecked(published: Content) -> str:
    cell = read_cell(published)
    return "" if cell.kind is Kind.BLANK else f" Angka terbit {cell.text} tidak dapat diperiksa."


# --- by which habit a column is written ------------------------------------------------------------------------------


def _habits(rows: Sequence[PublishedRow]) -> Habits:
    """How each column writes its numbers, as all its clear cells prove; what proves nothing takes that of the table."""
    return conventions({name: [part for row in rows for part in parts_of(getattr(row, name))] for name in FIELDS})


def contradictions(rows: Sequence[PublishedRow]) -> list[str]:
    """A sentence for each column that is written in both habits."""
    said = [column.contradiction(FIELD_NAMES[name]) for name, column in _habits(rows).items()]
    return [sentence for sentence in said if sentence]
