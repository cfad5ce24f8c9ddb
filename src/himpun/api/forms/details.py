"""Option combinations, by which other systems part a figure into its details; we keep none but the whole. Pure."""

from collections.abc import Mapping

COMBO, ATTRIBUTE = "rincian", "atribut"
"""Kinds of codes: category option combination, attribute option combination."""
NAMES = {"categoryOptionCombo": COMBO, "attributeOptionCombo": ATTRIBUTE}
"""Name in a message → kind of code."""
DEFAULT = "default"
"""What such a code stands for here: the whole, without any detail."""
WHOLE = frozenset({"", DEFAULT, "HllvX50cXC0"})
"""The combination without details: by name, and by the identifier that DHIS2 gives it unless somebody chose another."""


def details_of(row: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """(name, kind, code) of the combinations in a row that must be looked up before the figure is a total."""
    found = ((name, kind, row.get(name, "")) for name, kind in NAMES.items())
    return tuple((name, kind, code) for name, kind, code in found if code not in WHOLE)
