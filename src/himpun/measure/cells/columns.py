"""How a column writes its numbers: read from all its rows before any of them is taken. Pure."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from himpun.measure.cells.parts import Habit
from himpun.measure.cells.reading import read_cell
from himpun.spreadsheets.book import Content

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Convention:
    """The one habit that the clear cells of a column prove; None where there are none, or both (then an example of each)."""

    habit: Habit | None = None
    contradicting: tuple[str, ...] = ()

    def contradiction(self, column: str) -> str:
        """The sentence that says that a column contradicts itself; "" when it does not."""
        if not self.contradicting:
            return ""
        one, other = self.contradicting
        return (
            f"Kolom {column} memakai dua cara menulis angka: “{one}” (koma desimal) dan “{other}” (titik desimal). "
            f"Samakan, supaya angka seperti 1.417 tidak perlu ditebak."
        )


def convention(contents: Iterable[Content]) -> Convention:
    """What these cells prove of how their column is written."""
    found: dict[Habit, str] = {}
    for content in contents:
        if isinstance(content, str) and (cell := read_cell(content)).evidence is not None:
            found.setdefault(cell.evidence or Habit.PLAIN, cell.text)
    if len(found) > 1:
        return Convention(None, (found[Habit.INDONESIAN], found[Habit.ENGLISH]))
    return Convention(next(iter(found), None))


def conventions(columns: Mapping[K, Iterable[Content]]) -> dict[K, Convention]:
    """The convention of each column; one that proves nothing takes that of the whole table."""
    found = {name: convention(contents) for name, contents in columns.items()}
    everywhere = {one.habit for one in found.values()} - {None}
    is_one = len(everywhere) == 1 and not any(one.contradicting for one in found.values())
    shared = Convention(everywhere.pop()) if is_one else Convention()
    return {name: one if one.habit or one.contradicting else shared for name, one in found.items()}
