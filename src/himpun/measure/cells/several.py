"""One cell that holds the values of several indicators, a line or a letter for each. Pure."""

import re
from collections.abc import Iterator

from himpun.measure.cells.parts import Kind
from himpun.measure.cells.reading import read_cell
from himpun.spreadsheets.book import Content

_SPACES = re.compile(r"\s+")
_LETTERED = re.compile(r"(?:(?<=\s)|^)(?:[a-h]|[0-9]{1,2}|i{1,3}|iv|vi{0,3})[.)]\s+")


def parts_of(content: Content) -> tuple[Content, ...]:
    """The several values of one cell ("a. 5" and "b. 6", one a line), or the content alone."""
    if not isinstance(content, str):
        return (content,)
    for pieces in _cuts(content.strip()):
        if len(pieces) > 1 and all(_holds_a_value(piece) for piece in pieces):
            return tuple(pieces)
    return (content,)


def names_in(text: str, count: int) -> tuple[str, ...]:
    """The names of `count` indicators in one cell, or "bagian 1" … when they cannot be told apart."""
    for pieces in _cuts(text.strip()):
        if len(pieces) == count:
            return tuple(_SPACES.sub(" ", piece) for piece in pieces)
    return tuple(f"bagian {number}" for number in range(1, count + 1))


def _cuts(text: str) -> Iterator[list[str]]:
    """The ways a cell could be cut into several, the surest first."""
    lines = [_LETTERED.sub("", line.strip(), count=1).strip() for line in text.splitlines()]
    yield [line for line in lines if line]
    if len(_LETTERED.findall(text)) > 1:
        yield [piece.strip(" ;,") for piece in _LETTERED.split(text) if piece.strip(" ;,")]
    yield [piece.strip() for piece in text.split(";") if piece.strip()]


def _holds_a_value(piece: str) -> bool:
    cell = read_cell(piece)
    return cell.kind in (Kind.NUMBER, Kind.BAND, Kind.GRADE) or (cell.kind is Kind.BLANK and bool(cell.text))
