"""What differs between two definitions, and whether that makes a new version. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from himpun.indicators.dictionary.definition import LABELS, LOOSE, YES, Definition, Typed
from himpun.indicators.dictionary.reading import CHOICES, TEXTS
from himpun.measure.numbers import write_number
from himpun.measure.periods import Period

# --- as text again ---------------------------------------------------------------------------------------------------


def as_typed(definition: Definition) -> Typed:
    """The texts that mean this definition: for the form, for files, and to change only some of them."""
    fields = {name: str(getattr(definition, name)) for name in (*TEXTS, *CHOICES, "places", "order")}
    fields |= {
        "contributors": " ".join(definition.contributors),
        "evidence_required": YES[definition.evidence_required],
        "grades": "; ".join(f"{name} = {write_number(score)}" for name, score in definition.grades),
        "cap": _number(definition.cap),
        "jump_percent": _number(definition.jump_percent),
    }
    variables = [
        {
            "name": variable.name,
            "label": variable.label,
            "unit": variable.unit,
            "kind": variable.kind,
            "minimum": _number(variable.minimum),
            "maximum": _number(variable.maximum),
            "whole": YES[variable.whole],
            "quantity": variable.quantity,
            "required": YES[variable.required],
        }
        for variable in definition.variables
    ]
    checks = [
        {"condition": check.condition, "sentence": check.sentence, "blocks": YES[check.blocks]}
        for check in definition.checks
    ]
    return Typed(definition.code, definition.year, fields, variables, dict(definition.targets), checks)


def _number(value: Decimal | None) -> str:
    return "" if value is None else write_number(value)


# --- comparing -------------------------------------------------------------------------------------------------------


class Difference(NamedTuple):
    """One thing that differs between two definitions: the field, its heading, and both as people read them."""

    field: str
    label: str
    old: str
    new: str


def differences(old: Definition, new: Definition) -> tuple[Difference, ...]:
    """What differs, in the order of the card: fields, then variables, checks, targets one by one."""
    before, after = as_typed(old).fields, as_typed(new).fields
    found = [
        Difference(name, label, before[name], after[name])
        for name, label in LABELS.items()
        if name in before and before[name] != after[name]
    ]
    found += _named(
        "variables",
        "Variabel",
        {one.name: str(one) for one in old.variables},
        {one.name: str(one) for one in new.variables},
    )
    if not any(one.field == "variables" for one in found) and old.variables != new.variables:
        names = [", ".join(one.name for one in side.variables) for side in (old, new)]
        found.append(Difference("variables", "Urutan variabel", *names))
    old_checks, new_checks = ({str(one): str(one) for one in side.checks} for side in (old, new))
    found += _named("checks", "Syarat", old_checks, new_checks, named=False)
    for period in dict.fromkeys([*dict(old.targets), *dict(new.targets)]):
        one, other = dict(old.targets).get(period, ""), dict(new.targets).get(period, "")
        if one != other:
            found.append(Difference("targets", f"Target {Period.parse(period).label}", one, other))
    return tuple(found)


def _named(
    field_name: str, label: str, old: Mapping[str, str], new: Mapping[str, str], *, named: bool = True
) -> list[Difference]:
    return [
        Difference(field_name, f"{label} {name}" if named else label, old.get(name, ""), new.get(name, ""))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def redefines(found: Iterable[Difference]) -> bool:
    """Whether these differences make another definition, so that a used one needs a new version."""
    return any(difference.field not in LOOSE for difference in found)
