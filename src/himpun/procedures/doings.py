"""What a step of a procedure may do: the names that stand in `does`, told by the room that does them.

A room above this one knows what the names mean (`cycles/steps/actions.py`), so it tells them when the program starts.
What was published before a name was taken away can still be read; it is only not published again.
"""

import difflib
from collections.abc import Iterable

from himpun.procedures.definition import DefinitionError, Procedure
from himpun.procedures.problems import problems, runnable

_known: dict[str, None] = {}


def allow(names: Iterable[str]) -> None:
    """Let these names stand in `does`."""
    _known.update(dict.fromkeys(names))


def unknown_doings(procedure: Procedure) -> list[str]:
    """A sentence for each name in a step's `does` that nobody told of."""
    return [_unknown(step.no, name) for step in procedure.steps for name in step.does if name not in _known]


def _unknown(no: int, name: str) -> str:
    near = difflib.get_close_matches(name, _known, n=1)
    hint = f'Maksudnya "{near[0]}"?' if near else f"Yang ada: {', '.join(_known)}."
    return f'Tindakan (does) "{name}" pada langkah {no} tidak dikenal. {hint}'


def obstacles(procedure: Procedure) -> list[str]:
    """Why this procedure cannot be published, a sentence each; empty when it can."""
    return problems(procedure) + unknown_doings(procedure)


def publishable(text: str) -> Procedure:
    """Read a procedure that can be run here. Raises DefinitionError with every problem at once."""
    procedure = runnable(text)
    if unknown := unknown_doings(procedure):
        raise DefinitionError(unknown)
    return procedure
