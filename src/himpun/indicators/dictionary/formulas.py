"""The formula of a definition: what it uses, whether it can be worked out. Pure."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from himpun.errors import Refusal
from himpun.indicators.dictionary.definition import Definition, Other, Row, Surroundings, Typed, left_blank
from himpun.measure.formula.names import check_names, check_no_cycle
from himpun.measure.formula.parser import effective, parse
from himpun.measure.formula.parts import Formula, FormulaNamesUnknown
from himpun.measure.formula.units import check_units
from himpun.measure.scoring.values import WORDS
from himpun.typed import Complaints


def effective_formula(definition: Definition) -> str:
    """The formula as written, or the one that the kinds of the variables mean; "" for words, or where they mean none."""
    if definition.polarity in WORDS:
        return definition.formula
    return effective(definition.formula, definition.unit, [(one.name, one.kind) for one in definition.variables])


def check_computing(definition: Definition, typed: Typed, around: Surroundings, wrong: Complaints) -> None:
    text = effective_formula(definition)
    if not text and definition.polarity not in WORDS:
        wrong["formula"] = (
            "Tulis rumusnya; tanpa rumus hanya satu pembilang dan satu penyebut, atau satu nilai, yang dapat dihitung."
        )
        return
    parsed = wrong.read("formula", text, parse, None) if text else None
    if text and parsed is None:
        return
    variables = {variable.name: variable.unit for variable in definition.variables}
    used: set[str] = set()
    if parsed is None:
        if not variables:
            wrong["variables"] = "Tambahkan satu variabel: tempat predikat atau isian ditulis."
        used = set(variables)
    else:
        try:
            check_formula(parsed, definition, around)
        except Refusal as error:
            wrong["formula"] = str(error)
            return
        used = set(parsed.variables)
        if not variables and not parsed.references:
            wrong["variables"] = "Tambahkan paling sedikit satu variabel: angka mentah yang diisi unit."
    used |= _check_conditions(definition, typed, wrong)
    for place, variable in zip(_places(typed.variables), definition.variables, strict=True):
        if variable.name not in used:
            wrong[f"variable-{place}-name"] = (
                f"Variabel {variable.name} tidak dipakai rumus; pakai, atau hapus barisnya."
            )


def referred_by(definition: Definition) -> frozenset[str]:
    """The codes of the indicators that a formula names; none when it cannot be read."""
    try:
        text = effective_formula(definition)
        return frozenset(code for code, _ in parse(text).references) if text else frozenset()
    except Refusal:
        return frozenset()


def _depends_on(others: Mapping[str, Other], code: str) -> frozenset[str]:
    """What another indicator's formula needs, to follow a ring."""
    try:
        return parse(others[code].formula).depends_on if code in others else frozenset()
    except Refusal:
        return frozenset()


def _reference_units(parsed: Formula, others: Mapping[str, Other]) -> dict[tuple[str, str], str]:
    return {
        (code, name): others[code].variables.get(name, "") if name else others[code].unit
        for code, name in parsed.references
        if code in others
    }


def _check_foreign_variables(parsed: Formula, others: Mapping[str, Other]) -> None:
    for code, name in sorted(parsed.references):
        if name and code in others and name not in others[code].variables:
            known = ", ".join(others[code].variables) or "tidak ada"
            raise FormulaNamesUnknown(f"Indikator {code} tidak punya variabel {name}. Variabelnya: {known}.")


def check_formula(parsed: Formula, definition: Definition, around: Surroundings) -> None:
    """Names, units and rings of a formula in its surroundings. Raises the refusal that says what is wrong."""
    variables = {variable.name: variable.unit for variable in definition.variables}
    others = {**around.others, definition.code: Other(definition.unit, definition.formula, variables)}
    check_names(parsed, variables, {code: other.unit for code, other in others.items()})
    _check_foreign_variables(parsed, others)
    check_no_cycle(definition.code, parsed, lambda code: _depends_on(others, code))
    if definition.polarity not in WORDS:
        check_units(parsed, variables, _reference_units(parsed, others), definition.unit)


def _places(rows: Sequence[Row]) -> list[int]:
    """Where the rows that count stand among those typed."""
    return [place for place, row in enumerate(rows) if not left_blank(row)]


def _check_conditions(definition: Definition, typed: Typed, wrong: Complaints) -> set[str]:
    """The names that the conditions use; what cannot be read is told at its condition."""
    used: set[str] = set()
    variables = {variable.name: variable.unit for variable in definition.variables}
    for place, check in zip(_places(typed.checks), definition.checks, strict=True):
        try:
            parsed = parse(as_formula(check.condition))
            check_names(parsed, variables, {})
            check_units(parsed, variables, {}, "")
        except Refusal as error:
            wrong[f"check-{place}-condition"] = str(error)
            continue
        used |= set(parsed.variables)
    return used


def as_formula(condition: str) -> str:
    """A condition ("laki + perempuan = jumlah") as a formula that is 1 where it holds and 0 where it does not."""
    return f"jika({condition}; 1; 0)"


class Name(NamedTuple):
    """One name in a formula: what it stands for, its unit, whether it exists, and the names beneath it."""

    name: str
    what: str
    unit: str
    known: bool
    below: tuple["Name", ...] = ()


def names_in(
    text: str, labels: Mapping[str, tuple[str, str]], around: Surroundings, path: tuple[str, ...] = ()
) -> tuple[Name, ...]:
    """The tree of names of a formula: own variables (name → label and unit), other indicators with what they need.

    Raises FormulaUnreadable.
    """
    parsed = parse(text)
    found = [
        Name(name, *labels.get(name, ("variabel ini belum ada pada indikator", "")), name in labels)
        for name in sorted(parsed.variables)
    ]
    for code, variable in sorted(parsed.references):
        other = around.others.get(code)
        if other is None:
            found.append(Name(code, "indikator ini tidak ada pada tahun yang sama", "", known=False))
        elif variable:
            unit = other.variables.get(variable, "")
            found.append(Name(f"{code}.{variable}", "variabel indikator lain", unit, variable in other.variables))
        else:
            found.append(Name(code, "indikator lain", other.unit, known=True, below=_names_below(code, around, path)))
    return tuple(found)


def _names_below(code: str, around: Surroundings, path: tuple[str, ...]) -> tuple[Name, ...]:
    other = around.others[code]
    if not other.formula or code in path:
        return ()
    own = {name: ("variabel indikator itu", unit) for name, unit in other.variables.items()}
    try:
        return names_in(other.formula, own, around, (*path, code))
    except Refusal:
        return ()
