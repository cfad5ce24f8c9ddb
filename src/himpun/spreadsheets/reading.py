"""A file from outside as a book, or the sentence that refuses it."""

import posixpath
from typing import Final

from himpun.spreadsheets.book import Book, Limits
from himpun.spreadsheets.csv import read_csv
from himpun.spreadsheets.door import Door, shown_name
from himpun.spreadsheets.ods import read_ods
from himpun.spreadsheets.xlsx import read_xlsx


def read_book(name: str, content: bytes, limits: Limits = Limits()) -> Book:
    """Read a workbook or a CSV, told apart by its bytes. Raises `BookRefused`, and nothing else, whatever the bytes are."""
    door = Door(shown_name(name), limits)
    extension = posixpath.splitext(name.lower().strip())[1]
    return _READERS[door.kind_of(extension, content)](door, content)


_READERS: Final = {"xlsx": read_xlsx, "ods": read_ods, "csv": read_csv}
