"""A file from outside as a book, or the sentence that refuses it."""

import posixpath

from himpun.spreadsheets.book import Book, Limits
from himpun.spreadsheets.csv import read_csv
from himpun.spreadsheets.door import Door, shown_name
from himpun.spreadsheets.xlsx import read_xlsx


def read_book(name: str, content: bytes, limits: Limits = Limits()) -> Book:
    """Read an .xlsx, .csv or .txt. Raises `BookRefused`, and nothing else, whatever the bytes are."""
    door = Door(shown_name(name), limits)
    extension = posixpath.splitext(name.lower().strip())[1]
    door.check_kind(extension, content)
    if extension == ".xlsx":
        return read_xlsx(door, content)
    return read_csv(door, content)
