"""The one reader of CSV: bytes from outside as records, strict about cells and quotes, generous about habits. Pure.

Strict: a quote that is not closed, rows swallowed by one, a row with more cells than there are headings, a row torn in
two. Generous: UTF-8 with and without its mark, UTF-16, cp1252; a `sep=` line; semicolon, comma, tab or bar; blank lines;
headings in capitals, with blanks or underscores; marks that nobody sees. What is wrong is told with its row, which is
the line of the file.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from himpun.errors import Refusal
from himpun.typed import visible

_SEPARATOR_LINE: Final = re.compile(r'"?sep=([,;\t|])"?[ \t;,]*(\r\n|\r|\n|$)', re.IGNORECASE)
_AGAIN: Final = "Simpan ulang sebagai CSV UTF-8."
_LOOKED_AT: Final = 65_536
"""Characters in which the separator is looked for."""
_MOST_CELLS: Final = 1_000
"""Cells of one record; no table of an office is as wide."""


class CsvUnreadable(Refusal):
    """A CSV cannot be read; the row is 0 where it is the file as a whole."""

    code = "csv-tidak-terbaca"

    def __init__(self, row: int, cause: str) -> None:
        super().__init__(f"Baris {row}: {cause}" if row else cause)
        self.row, self.cause = row, cause


Record = tuple[int, list[str]]
"""The line of the file on which a record begins, and its cells, trimmed."""


# --- text ------------------------------------------------------------------------------------------------------------


def decoded(content: bytes) -> str:
    """The text of a file whatever program here wrote it: UTF-8, UTF-16, cp1252. Raises CsvUnreadable."""
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return visible(text.removeprefix("\ufeff"))
    raise CsvUnreadable(0, f"Isinya bukan teks CSV yang dapat dibaca. {_AGAIN}")


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    begun = content[:400]
    if begun and begun[1::2].count(0) > len(begun) // 3:
        return ("utf-16-le",)
    if begun and begun[::2].count(0) > len(begun) // 3:
        return ("utf-16-be",)
    return ("utf-8-sig", "cp1252")


def _separated(text: str) -> tuple[str, str, int]:
    """The separator, the text that follows a `sep=` line, and how many lines that took."""
    if said := _SEPARATOR_LINE.match(text):
        return said[1], text[said.end() :], 1
    return _separator(text), text, 0


def _separator(text: str) -> str:
    """The one that cuts the first twenty lines into the most alike rows; the semicolon of Indonesian Excel first."""
    lines = [line for line in text[:_LOOKED_AT].splitlines() if line.strip()][:20]

    def score(separator: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=separator, skipinitialspace=separator != "\t")]
        except csv.Error:
            return 0, 0
        wide = Counter(width for width in widths if width > 1)
        usual = max(wide, key=lambda width: (wide[width], width), default=0)
        return wide[usual], usual

    return max((";", "\t", ",", "|"), key=score)


# --- records ---------------------------------------------------------------------------------------------------------


def records(content: bytes | str) -> Iterator[Record]:
    """Every record that is not blank. Raises CsvUnreadable, with the line, for a quote that is not closed."""
    return (record for record in every_record(content) if any(record[1]))


def every_record(content: bytes | str) -> Iterator[Record]:
    """Every record, blank ones too. Raises CsvUnreadable."""
    text = decoded(content) if isinstance(content, bytes) else visible(content.removeprefix("\ufeff"))
    separator, text, before = _separated(text)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, strict=True, skipinitialspace=separator != "\t"
    )
    width, line = 0, before
    while True:
        line = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise CsvUnreadable(line, _cause(error)) from error
        if len(cells) > _MOST_CELLS:
            raise CsvUnreadable(line, f"baris ini lebih dari {_MOST_CELLS} sel.")
        if before + reader.line_num > line and width > 1:
            _check_swallowed(line, cells, separator, width)
        width = width or len(cells)
        yield line, [cell.strip() for cell in cells]


def _cause(error: csv.Error) -> str:
    if "field larger" in str(error):
        return "satu sel terlalu panjang (tanda petik yang dibuka tetapi tidak ditutup?)."
    return (
        "tanda petik yang dibuka pada baris ini tidak ditutup dengan benar, sehingga baris sesudahnya tertelan. "
        'Tutup tanda petiknya, dan gandakan tanda petik di dalam teks ("").'
    )


def _check_swallowed(line: int, cells: Sequence[str], separator: str, width: int) -> None:
    """A quoted cell of several lines that holds a whole row of the table is a quote that was closed too late."""
    parted = re.compile(re.escape(separator) + r"(?! )")
    for cell in cells:
        for held in re.split(r"\r\n|\r|\n", cell)[1:]:
            if width > 2 and len(parted.findall(held)) >= width - 1:
                raise CsvUnreadable(
                    line,
                    "tanda petik yang dibuka pada baris ini menelan baris sesudahnya. Tutup tanda petiknya di baris yang sama.",
                )


# --- tables ----------------------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """A record by its headings. With a `fault` its cells are not to be believed."""

    row: int
    cells: Mapping[str, str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A table whose first record is its heading: the columns that are known, those passed over, and the rows."""

    columns: tuple[str, ...]
    passed: tuple[str, ...]
    rows: Iterator[Row]


def plain_heading(text: str) -> str:
    """A heading as it is looked up: small letters, one blank between words. "Tgl_Surat " → "tgl surat"."""
    return " ".join(re.sub(r"[\s_]+", " ", text).casefold().split())


def listing(
    content: bytes | str,
    *,
    known: Mapping[str, str],
    needed: Collection[str],
    passed: Collection[str] | None = None,
    standing: Sequence[str] = (),
) -> Listing:
    """A table of columns by name. `known`: plain heading → field; `needed`: fields it cannot do without.

    `passed`: plain headings that may stand there unread, None for any. `standing`: the fields in their order where a
    first record that has none of the known headings, but all that is needed, is itself a row. Raises CsvUnreadable; a torn row has a fault.
    """
    found = records(content)
    first = next(found, None)
    if first is None:
        raise CsvUnreadable(0, "Berkas ini kosong.")
    headings = [plain_heading(cell) for cell in first[1]]
    least = max((standing.index(field) for field in needed), default=0) if standing else 0
    if standing and len(headings) > least and not any(heading in known for heading in headings):
        return Listing(tuple(standing), (), _rows(chain([first], found), standing, needed))
    fields = [known.get(heading, "") for heading in headings]
    _check_headings(first, fields, known, needed, passed)
    skipped = [cell for cell, name in zip(first[1], fields, strict=True) if cell and not name]
    return Listing(tuple(filter(None, fields)), tuple(skipped), _rows(found, fields, needed, headings))


def _check_headings(
    first: Record,
    fields: Sequence[str],
    known: Mapping[str, str],
    needed: Collection[str],
    passed: Collection[str] | None,
) -> None:
    row, written = first
    names = {field: heading for heading, field in reversed([*known.items()])}
    if missing := [names.get(field, field) for field in needed if field not in fields]:
        raise CsvUnreadable(
            row,
            f"baris judul kolom harus memuat nama kolom; yang belum ada: {', '.join(missing)}. Ada: {_named(written)}.",
        )
    if twice := [field for field, times in Counter(filter(None, fields)).items() if times > 1]:
        raise CsvUnreadable(row, f"kolom {', '.join(names.get(one, one) for one in twice)} ada dua kali; sisakan satu.")
    strange = [
        cell
        for cell, field in zip(written, fields, strict=True)
        if cell and not field and passed is not None and plain_heading(cell) not in passed
    ]
    if strange:
        raise CsvUnreadable(
            row,
            f"kolom {_named(strange)} tidak dikenal, sehingga tidak dapat diabaikan begitu saja. "
            f"Hapus kolomnya, atau pakai: {', '.join(names.values())}.",
        )


def _named(written: Sequence[str]) -> str:
    return ", ".join(f"“{cell[:40]}”" for cell in written if cell) or "kosong"


def _rows(
    found: Iterator[Record], fields: Sequence[str], needed: Collection[str], headings: Sequence[str] = ()
) -> Iterator[Row]:
    """Without headings, what is not needed may be missing at the end."""
    last = max((place for place, field in enumerate(fields, 1) if field and (headings or field in needed)), default=0)
    unheaded = [place for place, heading in enumerate(headings) if not heading]
    for row, cells in found:
        fault = fault_of(cells, len(fields), last)
        if not fault and any(place < len(cells) and cells[place] for place in unheaded):
            fault = "Baris ini berisi sel di bawah kolom tanpa judul. Beri judul kolomnya, atau hapus isinya."
        padded = [*cells, *[""] * (len(fields) - len(cells))]
        yield Row(row, {field: cell for field, cell in zip(fields, padded, strict=False) if field}, fault)


def fault_of(cells: Sequence[str], width: int, least: int = 0) -> str:
    """Why a row of so many cells cannot stand under so many headings; "" when it can. `least` are those it must have."""
    if len(cells) < least:
        return f"Baris ini berisi {len(cells)} sel, judulnya {width}; barisnya terputus. Lengkapi pemisah kolomnya."
    return too_many(len(cells), width)


def too_many(cells: int, width: int) -> str:
    """The sentence for a row with more cells than headings, also when the last ones are blank; "" for every other."""
    if cells <= width:
        return ""
    return (
        f"Baris ini berisi {cells} sel, judulnya {width}. Angka dengan koma desimal di berkas berpemisah koma harus "
        'diapit tanda petik ("84,75"), atau simpan ulang dengan pemisah titik koma.'
    )
