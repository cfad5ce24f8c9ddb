"""The frozen figures among those a request asks for: shown to the unit, taken as they are, changed by a correction only."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from himpun.indicators.figures.places import places_of
from himpun.indicators.figures.taking import in_force_at
from himpun.indicators.measured.keeping import value_text
from himpun.indicators.models.dictionary import Variable
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.requests import RequestLine
from himpun.indicators.requests.checks import Finding, Level
from himpun.typed import Complaints

Cells = Mapping[tuple[int, int], Figure]
"""Frozen figures by line and variable."""


def frozen_in(lines: Iterable[RequestLine]) -> dict[tuple[int, int], Figure]:
    """The frozen figures of these lines, in one query (request, indicator and variables should be loaded)."""
    places = {(line.pk, variable): place for line in lines for variable, place in places_of(line).items()}
    found = in_force_at(places.values())
    cells = {cell: found[place] for cell, place in places.items() if place in found}
    return {cell: figure for cell, figure in cells.items() if figure.frozen}


def differs(figure: Figure, number: Decimal | None, text: str) -> bool:
    """Whether an answer says something else than a frozen figure; blank does."""
    return number != figure.number or text != figure.text


def sentence_of(figure: Figure) -> str:
    """What is said where somebody typed another figure over a frozen one."""
    shown = value_text(figure.number, figure.text)
    return (
        f"Angka ini sudah dibekukan: {shown}. Pakai {shown}, atau buka angka bekunya dan pilih “Ajukan koreksi” "
        "dengan alasan dan bukti."
    )


NOT_NIHIL = (
    "Angkanya sudah dibekukan, jadi tidak dapat dinyatakan nihil. Bila angka beku itu keliru, buka angkanya dan pilih "
    "“Ajukan koreksi”."
)


def wrong_over_frozen(line_id: int, given: Mapping[Variable, tuple[Decimal | None, str]], cells: Cells) -> Complaints:
    """The sentence under each figure given otherwise than it is frozen, keyed "v<variable id>"."""
    wrong = Complaints()
    for variable, (number, text) in given.items():
        figure = cells.get((line_id, variable.pk))
        if figure is not None and differs(figure, number, text):
            wrong[f"v{variable.pk}"] = sentence_of(figure)
    return wrong


def findings_over_frozen(line: RequestLine, cells: Cells) -> list[Finding]:
    """What is wrong with a row's saved answer beside what is frozen: another figure, or nihil."""
    here = {variable: figure for (row, variable), figure in cells.items() if row == line.pk}
    if here and line.nihil:
        return [Finding(Level.WRONG, "", NOT_NIHIL)]
    values = {value.variable_id: value for value in line.values.all()}
    return [
        Finding(Level.WRONG, f"v{variable}", sentence_of(figure))
        for variable, figure in here.items()
        if variable in values and differs(figure, values[variable].number, values[variable].text)
    ]
