"""How wide text is in Arimo (metric-compatible with Arial and Helvetica), and where its lines break.

Pure, but for the file that the build has measured the fonts into (`typesetting.letters`).
"""

import re

from himpun.typesetting import letters

_UNKNOWN = 1000
_PIECE = re.compile(r"\S[^\s/-]*[/-]*|\S+")


def text_width(text: str, size: float, bold: bool = False) -> float:
    """The width of one line of text, in the unit of `size`; a character the fonts do not have counts as a full em.

    Raises FontsMissing.
    """
    has = letters()
    table = has.bold if bold else has.regular
    return sum(table.get(one) or has.spare.get(one, _UNKNOWN) for one in text) * size / 1000


def wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """The lines of `text` in a column of `width`: broken at spaces, else after "/" and "-", else inside a word."""
    lines = [""]
    for word in text.split():
        _add_word(lines, word, width, size, bold)
    return [line for line in lines if line]


def _add_word(lines: list[str], word: str, width: float, size: float, bold: bool) -> None:
    space = " " if lines[-1] else ""
    if text_width(lines[-1] + space + word, size, bold) <= width:
        lines[-1] += space + word
        return
    pieces = _PIECE.findall(word)
    whole = text_width(word, size, bold) <= width
    for place, piece in enumerate([word] if whole else pieces):
        _add_piece(lines, piece, space if place == 0 else "", width, size, bold)


def _add_piece(lines: list[str], piece: str, space: str, width: float, size: float, bold: bool) -> None:
    if text_width(lines[-1] + space + piece, size, bold) <= width:
        lines[-1] += space + piece
        return
    lines.append("")
    for character in piece:
        if lines[-1] and text_width(lines[-1] + character, size, bold) > width:
            lines.append("")
        lines[-1] += character
