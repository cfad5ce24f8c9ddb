"""Whether the names in a formula exist, and whether indicators lean on each other in a circle."""

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches

from himpun.measure.formula.parts import MAX_LISTED, Formula, FormulaCycle, FormulaNamesUnknown, Reference, write_part


def check_names(formula: Formula, variables: Mapping[str, str], references: Mapping[str, str]) -> None:
    """Raise `FormulaNamesUnknown` for a variable or an indicator that does not exist.

    `variables` maps the indicator's own names to units; `references` has the codes of indicators ("IKU-02"), or single
    variables of them ("IKU-02.desa_baik").
    """
    for name in sorted(formula.variables - set(variables)):
        raise FormulaNamesUnknown(f"Variabel “{name}” tidak ada pada indikator ini. {_instead(name, variables)}")
    for code, variable in sorted(formula.references):
        if code not in references and f"{code}.{variable}" not in references:
            written = write_part(Reference(code, variable))
            raise FormulaNamesUnknown(f"Indikator {written} tidak ditemukan. {_instead(code, references)}")


def _instead(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    if close:
        return f"Mungkin maksudnya {close[0]}."
    there = sorted(known)
    if not there:
        return "Tambahkan dahulu."
    return f"Yang ada: {', '.join(there[:MAX_LISTED])}{', …' if len(there) > MAX_LISTED else ''}."


def check_no_cycle(code: str, formula: Formula, references_of: Callable[[str], frozenset[str]]) -> None:
    """Raise `FormulaCycle`, naming the ring, when the formula of `code` would need its own result.

    `references_of` gives the codes that the saved formula of another indicator depends on (`Formula.depends_on`).
    """
    ways = [iter(sorted(formula.depends_on))]
    path, done = [code], set[str]()
    while ways:
        following = next(ways[-1], None)
        if following is None:
            ways.pop()
            done.add(path.pop())
        elif following in path:
            ring = " → ".join([*path[path.index(following) :], following])
            raise FormulaCycle(f"Rumus berputar: {ring}. Hapus salah satu rujukannya.")
        elif following not in done:
            path.append(following)
            ways.append(iter(sorted(references_of(following))))
