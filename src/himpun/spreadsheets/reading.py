"""A file from outside as a book, or the sentence that refuses it."""

import posixpath
from typing import Final

from himpun.spreadsheets.book import Book, Limits
from himpun.spreadsheets.csv import read_csv
from himpun.spreadsheets.door import Door, shown_name
from himpun.spreadsheets.ods import read_ods
from himpun.spreadsheets.xls import read_xls
from himpun.spreadsheets.xlsx import read_xlsx


def read_book(name: str, content: bytes, limits: Limits = Limits()) -> Book:
    """Read a workbook or a CSV, told apart by its bytes. Raises `BookRefused`, and nothing else, whatever the bytes are."""
    door = Door(shown_name(name), limits)
    extension = posixpath.splitext(name.lower().strip())[1]
    return _READERS[door.kind_of(extension, content)](door, content)


_READERS: Final = {"xlsx": read_xlsx, "xls": read_xls, "ods": read_ods, "csv": read_csv}


def media_type_of(book: Book) -> str:
    """What a file that was read is kept as: by what its bytes were, never by its name."""
    return _KEPT_AS[book.kind]


_KEPT_AS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv",
}
MEDIA_TYPES: Final = frozenset(kept for kind, kept in _KEPT_AS.items() if kind != "csv")
"""What programs call workbooks of the kinds that are read."""
