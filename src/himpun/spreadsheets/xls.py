"""A workbook of Excel 97–2003 read: the values by calamine, the rest of what they are by `biff`."""

import io

from python_calamine import CalamineWorkbook

from himpun.spreadsheets.biff import look_through
from himpun.spreadsheets.book import Book
from himpun.spreadsheets.door import Door
from himpun.spreadsheets.xlsx import by_calamine, sheets_of


def read_xls(door: Door, content: bytes) -> Book:
    facts = look_through(door, content)
    if not facts:
        door.damaged("tidak ada lembar")
    workbook = by_calamine(door, lambda: CalamineWorkbook.from_filelike(io.BytesIO(content)))
    return Book(tuple(sheets_of(door, workbook, facts)), "xls")
