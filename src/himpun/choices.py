"""Words that are stored, each with the name people read: `SICK = "sakit", "Sakit"`. Pure.

Where the arithmetic, the files of an office and a table know the same words, they are said once, in a class like this; the
column of the table takes `choices=….choices()`.
"""

from enum import StrEnum
from typing import Self


class Choice(StrEnum):
    """A stored word (the member itself) and its `label`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """The word with its name."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """(word, name) in their order, as a column or a list to choose from takes them."""
        return [(one.value, one.label) for one in cls]

    @classmethod
    def values(cls) -> list[str]:
        """The words in their order."""
        return [one.value for one in cls]
