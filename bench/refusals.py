"""How soon what is not read is refused, beside a floor in the same run: unpacking the same bytes, or walking the same text.

Pure: no database. A ratio that grows with the size of the input would let one small file hold a process for minutes.
"""

import io
import time
import unicodedata
import zipfile
from collections.abc import Callable

from tests import workbooks

from himpun.errors import Refusal
from himpun.spreadsheets.book import Limits
from himpun.spreadsheets.reading import read_book
from himpun.typed import Text, fault

TURNS = 5


def measure() -> dict[str, tuple[float, float]]:
    """What → seconds until it is refused, and seconds of its floor; the least of `TURNS`."""
    plain = workbooks.of_rows([["Kode", "Nilai"], ["IKU-01", 83.18]])
    blank = workbooks.with_blank_rows(plain, megabytes=50)
    endless = workbooks.spoiled(plain, parts={workbooks.SHEET_XML: "<worksheet a='" + "x" * 40_000_000})
    heap, long_text = "a" + "\u0301" * 20_000, "\u00e9" * 3_000_000
    return {
        "50 MB of blank rows": (_least(lambda: _refused(blank)), _least(lambda: _unpack(blank))),
        "a tag of 40 MB without end": (_least(lambda: _refused(endless)), _least(lambda: _unpack(endless))),
        "20,000 marks on one letter": (_least(lambda: fault(heap, Text.NOTE)), _least(lambda: _walk(heap))),
        "3 million letters": (_least(lambda: fault(long_text, Text.NOTE)), _least(lambda: _walk(long_text))),
    }


def _refused(content: bytes) -> None:
    try:
        read_book("isian.xlsx", content, Limits(ratio=2_000))
    except Refusal:
        return
    raise AssertionError("not refused")


def _unpack(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            package.read(name)


def _walk(text: str) -> None:
    for sign in text:
        unicodedata.combining(sign)


def _least(act: Callable[[], object]) -> float:
    found = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        act()
        found.append(time.perf_counter() - begun)
    return min(found)
