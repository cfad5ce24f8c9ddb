"""Other systems' codes for our elements and units, read from a CSV and looked up both ways. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from himpun.api.forms import adx, dhis2
from himpun.api.forms.details import ATTRIBUTE, COMBO, DEFAULT
from himpun.api.forms.messages import is_clean, unreadable_csv
from himpun.errors import Refusal
from himpun.spreadsheets.book import Wrong
from himpun.spreadsheets.records import listing

SYSTEMS = {dhis2.SYSTEM: "DHIS2", adx.SYSTEM: "ADX"}
ELEMENT, UNIT = "unsur", "unit"
KINDS = {
    ELEMENT: "Unsur data",
    UNIT: "Unit",
    COMBO: "Rincian kategori bawaan (category option combo)",
    ATTRIBUTE: "Rincian atribut bawaan (attribute option combo)",
}
COLUMNS = {"system": "sistem", "kind": "jenis", "foreign": "asing", "own": "sendiri"}
"""Field of a code → column of the file."""
_NOTES = frozenset({"no", "nama", "catatan", "keterangan"})
"""Columns for people."""
LONGEST = 120
MAX_CODES = 20_000


class Code(NamedTuple):
    """One code of another system beside ours."""

    system: str
    kind: str
    foreign: str
    own: str


class CodesWrong(Refusal):
    """Rows of a code list that cannot be taken; `wrong` names each."""

    code = "kode-salah"

    def __init__(self, wrong: tuple[Wrong, ...]) -> None:
        super().__init__(f"{len(wrong)} baris kode salah; tidak ada yang disimpan.")
        self.wrong = wrong


@dataclass(frozen=True)
class Codes:
    """The codes of one system in an office; a code that is not mapped stands for itself. The office's own code, as a
    unit, means who answers for the indicator. `combos` and `attributes` are the option combinations without detail."""

    office: str
    elements: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    combos: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)

    def is_whole(self, kind: str, foreign: str) -> bool:
        """Whether an option combination of theirs means the total, without any detail."""
        return foreign in (self.attributes if kind == ATTRIBUTE else self.combos)

    def foreign_wholes(self) -> tuple[str, str]:
        """Their category and attribute option combination for a total."""
        return min(self.combos, default=DEFAULT), min(self.attributes, default=DEFAULT)

    def own_element(self, foreign: str) -> str:
        """Their data element → "IKU-01.desa_baik"."""
        return self.elements.get(foreign, foreign)

    def own_unit(self, foreign: str) -> str:
        """Their organisation unit → the code of a post, "" for who answers."""
        own = self.units.get(foreign, foreign)
        return "" if own == self.office else own

    def foreign_element(self, own: str) -> str:
        """The reverse of `own_element`; the first in the alphabet where several mean the same."""
        return self._foreign_elements.get(own, own)

    def foreign_unit(self, own: str) -> str:
        """The reverse of `own_unit` for the code of a post."""
        return self._foreign_units.get(own, own)

    @cached_property
    def _foreign_elements(self) -> dict[str, str]:
        return _reverse(self.elements)

    @cached_property
    def _foreign_units(self) -> dict[str, str]:
        return _reverse(self.units)


def _reverse(codes: Mapping[str, str]) -> dict[str, str]:
    return {own: foreign for foreign, own in sorted(codes.items(), reverse=True)}


def read_codes(content: bytes) -> list[Code]:
    """The rows of a CSV with the columns sistem, jenis, asing, sendiri. Raises MessageRefused or CodesWrong."""
    found: list[Code] = []
    wrong: list[Wrong] = []
    seen: set[tuple[str, ...]] = set()
    with unreadable_csv():
        table = listing(
            content, known={name: name for name in COLUMNS.values()}, needed=COLUMNS.values(), passed=_NOTES
        )
        for number, row, torn in table.rows:
            code = Code(**{name: row[column] for name, column in COLUMNS.items()})
            name, cause = ("foreign", torn) if torn else fault(code)
            if cause:
                column = "baris" if torn else COLUMNS[name]
                wrong.append(Wrong(number, column, row.get(column, "")[:80], cause))
            elif code[:3] in seen:
                wrong.append(Wrong(number, "asing", code.foreign, "Kode ini sudah ada di baris sebelumnya."))
            else:
                found.append(code)
                seen.add(code[:3])
    if len(found) > MAX_CODES:
        wrong.append(Wrong(MAX_CODES, "asing", "", "Terlalu banyak baris; paling banyak 20.000."))
    if wrong:
        raise CodesWrong(tuple(wrong))
    return found


def fault(code: Code) -> tuple[str, str]:
    """The field that is wrong with a code and why; ("", "") when nothing is."""
    if code.system not in SYSTEMS:
        return "system", f"Pilih salah satu dari: {', '.join(SYSTEMS)}."
    if code.kind not in KINDS:
        return "kind", f"Pilih salah satu dari: {', '.join(KINDS)}."
    if code.kind in (COMBO, ATTRIBUTE) and code.own != DEFAULT:
        return "own", f"Rincian tidak disimpan di sini; kode rincian hanya dapat berarti {DEFAULT}."
    for name, text in (("foreign", code.foreign), ("own", code.own)):
        if not text:
            return name, "Kode ini belum diisi."
        if len(text) > LONGEST or not is_clean(text):
            return name, f"Kode paling panjang {LONGEST} huruf, tanpa karakter kendali."
    return "", ""
