"""How wide text is in Arimo (metric-compatible with Arial and Helvetica), and where its lines break.

Pure. The widths are thousandths of the font size, measured once from the fonts in himpun/documents/fonts.
"""

import re

_REGULAR = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 "
    "278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 "
    "667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 "
    "556 333 500 278 556 500 722 500 500 500 334 260 334 584 "
)
_BOLD = (
    "278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 "
    "333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 "
    "667 944 667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 "
    "611 389 556 333 611 556 778 556 556 500 389 280 389 584 "
)
_OTHERS = {
    "–": 556,
    "…": 1000,
    "±": 549,
    "≤": 549,
    "×": 584,
    "°": 400,
    "“": 500,
    "”": 500,
    "‘": 278,
    "’": 278,
    "•": 350,
}


def _table(widths: str) -> dict[str, int]:
    return {chr(code): int(width) for code, width in enumerate(widths.split(), 32)} | _OTHERS


_WIDTHS = {False: _table(_REGULAR), True: _table(_BOLD)}
_UNKNOWN = 1000
_PIECE = re.compile(r"\S[^\s/-]*[/-]*|\S+")


def text_width(text: str, size: float, bold: bool = False) -> float:
    """The width of one line of text, in the unit of `size`; a character not in the table counts as a full em."""
    table = _WIDTHS[bold]
    return sum(table.get(character, _UNKNOWN) for character in text) * size / 1000


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
