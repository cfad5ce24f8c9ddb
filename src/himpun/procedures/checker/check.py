"""What is wrong, or worth a second look, in SOPs as offices write them: one finding, one sentence.

Pure: no database, no clock. `check` reads whatever `definition.read` could take, also a faulty transcription without
actors or decisions. It does not ask whether a procedure can be run (that is `definition.problems`), but whether the
SOP says one thing, completely, about one office. The rules are in `RULES`, each a function of one procedure, and
`COMPARISONS`, each a function of all of them. What they know of the world is in the tables below: edit those.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from himpun.procedures.checker.findings import LEVELS, Finding
from himpun.procedures.checker.flow import (
    decisions_without_a_way_back,
    diamonds_without_a_choice,
    incomplete_rows,
    mixed_units,
    total_time,
    undrawn_decisions,
    unreadable_times,
)
from himpun.procedures.checker.identity import (
    dates,
    different_number_codes,
    wrong_legal_basis,
    wrong_number,
    wrong_warning,
)
from himpun.procedures.checker.kinds import (
    columns_of_another_kind,
    kind_named_in,
    texts_of_another_kind,
    units_of_another_kind,
)
from himpun.procedures.checker.spelling import misspelt
from himpun.procedures.checker.titles import recipients, two_titles
from himpun.procedures.definition import Procedure
from himpun.procedures.reading import role_titles, worded

Rule = Callable[[Procedure, str], Iterator[Finding]]


def check(procedures: Sequence[Procedure], office_kind: str = "") -> list[Finding]:
    """Everything to mend in these procedures, which belong to one office; in their order, the gravest first in each.

    `office_kind` is a key of OFFICE_KINDS; when empty, each identity sheet's own kind or office name decides.
    """
    ready = [_worded(procedure) for procedure in procedures]
    found = [finding for procedure in ready for finding in _check_one(procedure, office_kind)]
    found += [finding for compare in COMPARISONS for finding in compare(ready)]
    labels = {procedure.key: _label(procedure, ready) for procedure in ready}
    order = list(labels.values())
    named = [replace(finding, procedure=labels[finding.procedure]) for finding in found]
    return sorted(named, key=lambda finding: (order.index(finding.procedure), LEVELS.index(finding.level)))


def _check_one(procedure: Procedure, office_kind: str) -> Iterator[Finding]:
    kind = office_kind or procedure.identity.office_kind or kind_named_in(procedure.identity.office)
    for rule in RULES:
        yield from rule(procedure, kind)


def _label(procedure: Procedure, all_of_them: Sequence[Procedure]) -> str:
    shared = sum(other.name == procedure.name for other in all_of_them) > 1
    return f"{procedure.name} ({procedure.key})" if shared else procedure.name


def _worded(procedure: Procedure) -> Procedure:
    """The procedure with its placeholders filled, so that the rules read what a person reads."""
    titles = role_titles(procedure)
    steps = tuple(replace(step, title=worded(step.title, titles)) for step in procedure.steps)
    return replace(procedure, steps=steps)


RULES: tuple[Rule, ...] = (
    columns_of_another_kind,
    texts_of_another_kind,
    units_of_another_kind,
    wrong_legal_basis,
    wrong_number,
    dates,
    wrong_warning,
    recipients,
    undrawn_decisions,
    diamonds_without_a_choice,
    decisions_without_a_way_back,
    unreadable_times,
    mixed_units,
    incomplete_rows,
    total_time,
    misspelt,
)
COMPARISONS: tuple[Callable[[Sequence[Procedure]], Iterator[Finding]], ...] = (different_number_codes, two_titles)
