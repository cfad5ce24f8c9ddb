"""What a returned form changes, and where it meets what was typed meanwhile. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from himpun.indicators.requests.form.reading import DOWNLOAD_AGAIN
from himpun.indicators.requests.form.values import (
    NOT,
    YES,
    Change,
    Conflict,
    FilledForm,
    FormRefused,
    Merge,
    Words,
    figure_key,
    many_lines,
    one_line,
)
from himpun.indicators.requests.form.writing import NIHIL, NOTE, REASON
from himpun.spreadsheets.book import address

# --- comparing -------------------------------------------------------------------------------------------------------


def check_current(filled: FilledForm, form_id: str, asked: Iterable[tuple[int, int]]) -> None:
    """Raise `FormRefused` when the form belongs to another request, or asks other figures than the request does now.

    `asked` is every (line_id, variable_id) of the request.
    """
    if filled.form_id != form_id:
        raise FormRefused(
            f"Ini formulir {filled.form_id}, sedangkan yang sedang dibuka {form_id}. Unggah di halaman permintaan yang sesuai."
        )
    if {(cell.line_id, cell.variable_id) for cell in filled.cells} != set(asked):
        raise FormRefused(f"Formulir ini usang: data yang diminta sudah berubah sejak diunduh. {DOWNLOAD_AGAIN}")


def compare(
    filled: FilledForm, now: Mapping[tuple[int, int], str], words_now: Mapping[int, Words] | None = None
) -> Merge:
    """Merge three ways. `now`: the system's values as text by (line_id, variable_id), a missing one is blank.

    `words_now`: notes and nihil by line_id; without it (or without a line) those count as unchanged since download.
    Two texts of one number ("1.234,50" and "1234,5") are the same; so are two texts that differ by spaces around.
    """
    merge = _Merging()
    for cell in filled.cells:
        theirs = now.get((cell.line_id, cell.variable_id), "")
        merge.field((cell.line_id, cell.variable_id, "value"), cell.was, theirs, cell.typed, cell.address)
    for line in filled.lines:
        theirs_words = (words_now or {}).get(line.line_id, line.was)
        for name, column, read in _WORD_FIELDS:
            place = address(line.row, column)
            merge.field((line.line_id, None, name), read(line.was), read(theirs_words), read(line.typed), place)
    return Merge(tuple(merge.changes), tuple(merge.conflicts))


_WORD_FIELDS: Final[tuple[tuple[str, int, Callable[[Words], str]], ...]] = (
    ("note", NOTE, lambda words: many_lines(words.note)),
    ("nihil", NIHIL, lambda words: YES if words.nihil else NOT),
    ("nihil_reason", REASON, lambda words: one_line(words.nihil_reason)),
)


class _Merging:
    """Gathers changes and conflicts."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.conflicts: list[Conflict] = []

    def field(self, target: tuple[int, int | None, str], base: str, theirs: str, mine: str, place: str) -> None:
        line_id, variable_id, name = target
        key = figure_key if name == "value" else str.strip
        if key(mine) in (key(base), key(theirs)):
            return
        if key(theirs) == key(base):
            self.changes.append(Change(line_id, variable_id, name, mine, place))
        else:
            self.conflicts.append(Conflict(line_id, variable_id, name, base, theirs, mine, place))
