"""What an .xls says of its cells beyond their values: percent formats, formulas, errors, hidden rows. [MS-CFB], [MS-XLS].

calamine reads the values and nothing of this, and a guess would take 0,85 for 85 %. The compound file is walked sector by
sector and the workbook record by record; nothing is executed, and what does not fit is damaged.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from himpun.spreadsheets.book import address, column_letter
from himpun.spreadsheets.door import SAVE_AS, Door, shown_name, thousands
from himpun.spreadsheets.markup import Facts, shows_percent
from himpun.spreadsheets.package import VALUES_ONLY

# --- the compound file ------------------------------------------------------------------------------------------------

_END: Final = 0xFFFFFFFA
"""Sector numbers from here on are marks."""
_MACROS: Final = ("_vba_project_cur", "vba", "macros")


class _Torn(Exception):
    """The bytes are not what they should be."""


class _Entry(NamedTuple):
    name: str
    kind: int
    start: int
    size: int


@dataclass(slots=True)
class _Compound:
    """A file of files: its directory, and the bytes of one of them."""

    content: bytes
    sector: int = 512
    cutoff: int = 4096
    fat: list[int] = field(default_factory=list)
    entries: list[_Entry] = field(default_factory=list)

    def read(self) -> None:
        head = self.content[:512]
        if len(head) < 512:
            raise _Torn
        shift = struct.unpack_from("<H", head, 30)[0]
        if shift not in (9, 12):
            raise _Torn
        self.sector = 1 << shift
        directory, _, self.cutoff = struct.unpack_from("<III", head, 48)
        self.fat = self._fat(head)
        whole = self._chain(directory)
        for at in range(0, len(whole) - 127, 128):
            length = struct.unpack_from("<H", whole, at + 64)[0]
            name = whole[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace").rstrip("\0")
            start, size = struct.unpack_from("<II", whole, at + 116)
            self.entries.append(_Entry(name, whole[at + 66], start, size))

    def _fat(self, head: bytes) -> list[int]:
        places = list(struct.unpack_from("<109I", head, 76))
        following, seen = struct.unpack_from("<I", head, 68)[0], 0
        while following < _END:
            block = struct.unpack(f"<{self.sector // 4}I", self._sector(following))
            places += block[:-1]
            following, seen = block[-1], seen + 1
            if max(seen, len(places) - 109) > len(self.content) // self.sector:
                raise _Torn
        return [
            number
            for place in places
            if place < _END
            for number in struct.unpack(f"<{self.sector // 4}I", self._sector(place))
        ]

    def _sector(self, number: int) -> bytes:
        begin = (number + 1) * self.sector
        found = self.content[begin : begin + self.sector]
        if not found:
            raise _Torn
        return found.ljust(self.sector, b"\0")

    def _chain(self, start: int) -> bytes:
        pieces: list[bytes] = []
        number = start
        while number < _END:
            if number >= len(self.fat) or len(pieces) > len(self.fat):
                raise _Torn
            pieces.append(self._sector(number))
            number = self.fat[number]
        return b"".join(pieces)

    def stream(self, name: str) -> bytes | None:
        """The bytes of a file by its name; None when there is none."""
        entry = next((one for one in self.entries if one.kind == 2 and one.name.casefold() == name), None)
        if entry is None:
            return None
        if entry.size >= self.cutoff:
            return self._chain(entry.start)[: entry.size]
        root = next((one for one in self.entries if one.kind == 5), None)
        if root is None:
            raise _Torn
        return self._small(self._chain(root.start), entry)

    def _small(self, container: bytes, entry: _Entry) -> bytes:
        first = struct.unpack_from("<I", self.content, 60)[0]
        table = self._chain(first)
        fat = struct.unpack(f"<{len(table) // 4}I", table)
        pieces: list[bytes] = []
        number = entry.start
        while number < _END:
            if number >= len(fat) or len(pieces) > len(fat):
                raise _Torn
            pieces.append(container[number * 64 : number * 64 + 64])
            number = fat[number]
        return b"".join(pieces)[: entry.size]


# --- the records ------------------------------------------------------------------------------------------------------

_BOF, _EOF = 0x809, 0x0A
_FORMULA, _NUMBER, _RK, _MULRK, _SST_TEXT, _TEXT, _BOOLERR = 0x06, 0x203, 0x27E, 0xBD, 0xFD, 0x204, 0x205
_ONE_CELL: Final = (_FORMULA, _NUMBER, _RK, _SST_TEXT, _TEXT, _BOOLERR)
_ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_PERCENTS: Final = {9, 10}
"""The built-in formats 0% and 0.00%."""


class _Place(NamedTuple):
    name: str
    offset: int
    is_sheet: bool


@dataclass(slots=True)
class _Globals:
    places: list[_Place] = field(default_factory=list)
    formats: set[int] = field(default_factory=lambda: set(_PERCENTS))
    styles: list[int] = field(default_factory=list)


def look_through(door: Door, content: bytes) -> dict[str, Facts]:
    """The facts of every worksheet by its name. Refuses macros, passwords, links to other files and older workbooks."""
    try:
        compound = _Compound(content)
        compound.read()
        if any(entry.name.casefold() in _MACROS for entry in compound.entries):
            door.refuse("berkasnya mengandung makro", VALUES_ONLY)
        stream = compound.stream("workbook")
        if stream is None:
            door.refuse("isinya Excel lama sekali (sebelum 1997) atau bukan lembar kerja", SAVE_AS)
        found = _globals(door, stream)
        return {place.name: _facts(door, stream, place, found) for place in found.places if place.is_sheet}
    except (_Torn, struct.error, IndexError):
        door.damaged()


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, without those of charts inside it."""
    depth = 0
    while True:
        kind, length = struct.unpack_from("<HH", stream, offset)
        data = stream[offset + 4 : offset + 4 + length]
        if len(data) < length:
            raise _Torn
        offset += 4 + length
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, data


def _globals(door: Door, stream: bytes) -> _Globals:
    kind, _ = struct.unpack_from("<HH", stream, 0)
    if kind != _BOF or struct.unpack_from("<H", stream, 4)[0] != 0x0600:
        door.refuse("isinya Excel lama sekali (sebelum 1997)", SAVE_AS)
    found = _Globals()
    for kind, data in _records(stream, 0):
        match kind:
            case 0x2F:  # FILEPASS
                door.refuse("berkasnya berkata sandi", "Hapus kata sandinya (Simpan Sebagai tanpa sandi), lalu unggah.")
            # SUPBOOK: those that name this workbook itself or an add-in are no links
            case 0x1AE if data[2:4] not in (b"\x01\x04", b"\x01\x3a"):
                door.refuse("berkasnya mengandung tautan ke berkas lain", VALUES_ONLY)
            case 0x85:  # BOUNDSHEET
                found.places.append(_Place(_string(data, 6, wide=False), *_placed(data)))
            case 0x41E if shows_percent(_string(data, 2, wide=True)):  # FORMAT
                found.formats.add(struct.unpack_from("<H", data)[0])
            case 0xE0:  # XF
                found.styles.append(struct.unpack_from("<H", data, 2)[0])
    if any(place.offset < 0 for place in found.places):
        door.refuse("berkasnya mengandung lembar makro", VALUES_ONLY)
    return found


def _placed(data: bytes) -> tuple[int, bool]:
    """Where a sheet begins and whether it is a worksheet; a sheet of macros begins nowhere."""
    offset, kind = struct.unpack_from("<I", data)[0], data[5]
    return (-1 if kind in (1, 6) else offset), kind == 0


def _string(data: bytes, at: int, *, wide: bool) -> str:
    """A text with its count of letters before it (one byte or two) and the mark of two-byte letters."""
    count = struct.unpack_from("<H", data, at)[0] if wide else data[at]
    begin = at + (3 if wide else 2)
    if data[begin - 1] & 1:
        return data[begin : begin + 2 * count].decode("utf-16-le", "replace")
    return data[begin : begin + count].decode("latin-1")


def _facts(door: Door, stream: bytes, place: _Place, found: _Globals) -> Facts:
    facts = Facts()
    percents = {number for number, style in enumerate(found.styles) if style in found.formats}
    for kind, data in _records(stream, place.offset):
        if kind in _ONE_CELL:
            row, column, style = struct.unpack_from("<HHH", data)
            _use(door, place, facts, row + 1, column + 1, is_percent=style in percents)
            _note(facts, kind, data, row + 1, column + 1)
        elif kind == _MULRK:
            row, first = struct.unpack_from("<HH", data)
            for at in range(4, len(data) - 2, 6):
                style = struct.unpack_from("<H", data, at)[0]
                _use(door, place, facts, row + 1, first + 1 + (at - 4) // 6, is_percent=style in percents)
        else:
            _shape(door, facts, kind, data)
    if facts.height * facts.width > door.limits.cells:
        door.refuse(f"isinya lebih dari {thousands(door.limits.cells)} sel", "Bagi menjadi beberapa berkas.")
    return facts


def _use(door: Door, place: _Place, facts: Facts, row: int, column: int, *, is_percent: bool) -> None:
    facts.height, facts.width = max(facts.height, row), max(facts.width, column)
    if facts.width > door.limits.columns:
        door.refuse(
            f"lembar “{shown_name(place.name)}” memakai kolom {column_letter(column)}, paling banyak {door.limits.columns} kolom",
            "Hapus kolom yang tidak perlu, simpan, lalu unggah lagi.",
        )
    if is_percent:
        facts.percents.add(address(row, column))


def _note(facts: Facts, kind: int, data: bytes, row: int, column: int) -> None:
    if kind == _FORMULA:
        facts.formulas.add(address(row, column))
        if data[12:14] == b"\xff\xff" and data[6] == 2:
            facts.errors[row, column] = _ERRORS.get(data[8], "#N/A")
    elif kind == _BOOLERR and data[7]:
        facts.errors[row, column] = _ERRORS.get(data[6], "#N/A")


def _shape(door: Door, facts: Facts, kind: int, data: bytes) -> None:
    """Rows and columns that are hidden or have no size, merged areas, a filter that is on."""
    match kind:
        case 0x208:  # ROW
            row, height, options = struct.unpack_from("<H4xH4xH", data)
            if options & 0x20 or height & 0x7FFF == 0:
                facts.hidden_rows.add(row + 1)
        case 0x7D:  # COLINFO
            first, last, width, _, options = struct.unpack_from("<HHHHH", data)
            if options & 1 or width == 0:
                facts.hidden_columns.update(range(first + 1, min(last + 1, door.limits.columns) + 1))
        case 0xE5:  # MERGEDCELLS
            (count,) = struct.unpack_from("<H", data)
            for at in range(2, 2 + 8 * count, 8):
                top, bottom, left, right = struct.unpack_from("<HHHH", data, at)
                facts.merged.append(f"{address(top + 1, left + 1)}:{address(bottom + 1, right + 1)}")
        case 0x9B:  # FILTERMODE
            facts.filtered = True
