"""What a mapping is made of: roles, moments, known indicators, rows. Pure."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from himpun.errors import Refusal
from himpun.measure.periods import Period, PeriodUnreadable
from himpun.moments import MONTHS
from himpun.spreadsheets.book import Content, address, text_of
from himpun.typed import YEARS

LONG: Final = "panjang"
WIDE: Final = "lebar"
CODE: Final = "kode"
INDICATOR: Final = "indikator"
VARIABLE: Final = "variabel"
UNIT: Final = "unit"
PERIOD: Final = "periode"
YEAR: Final = "tahun"
VALUE: Final = "nilai"
NOTE: Final = "catatan"
ROLES: Final = (CODE, INDICATOR, VARIABLE, UNIT, PERIOD, YEAR, VALUE, NOTE)
"""What a column can be; `Mapping.columns` has these as keys."""


class MappingUnfit(Refusal):
    """The mapping does not fit the workbook; nothing was read."""

    code = "pemetaan-tidak-cocok"


class KnownVariable(NamedTuple):
    """A variable as the dictionary has it."""

    name: str
    label: str
    kind: str


class KnownIndicator(NamedTuple):
    """An indicator as the dictionary has it."""

    code: str
    name: str
    variables: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one sheet is read. Rows and columns count from 1; data begins below `header_row`, the headings' last row.

    `columns`: role → column number, or its heading. `periods` (lebar): column → "03", "TW1", "S2", "tahun" of `year`, or
    a whole code "2025-TW1". `period` (panjang without such a column): the one period of all figures. `carry`: a blank
    indicator is the one above. `blanks`: texts that stand for "no data", like "-". `others`: sheets known to hold nothing.
    """

    sheet: str
    header_row: int
    shape: str
    columns: dict[str, str | int]
    periods: dict[int, str] = field(default_factory=dict)
    year: int | None = None
    period: str = ""
    carry: bool = False
    blanks: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    fingerprint: str = ""


class FigureRow(NamedTuple):
    """One figure. `typed` is exact from a number cell, else as written; `value` the number of a text by its column's convention.

    `doubt` says how an unclear number reads.
    """

    row: int
    column: int
    indicator_code: str
    variable: str
    period_code: str
    typed: str | Decimal
    note: str = ""
    unit: str = ""
    doubt: str = ""
    value: Decimal | None = None

    @property
    def address(self) -> str:
        """The figure's cell: "E7"."""
        return address(self.row, self.column)


def to_json(mapping: Mapping) -> dict[str, Any]:
    """The mapping as JSON can hold it."""
    return asdict(mapping) | {
        "periods": {str(column): period for column, period in mapping.periods.items()},
        "blanks": list(mapping.blanks),
        "others": list(mapping.others),
    }


def from_json(kept: dict[str, Any]) -> Mapping:
    """The mapping that `to_json` gave. Raises `MappingUnfit` for anything else."""
    try:
        mapping = Mapping(
            **kept
            | {
                "periods": {int(column): str(period) for column, period in kept.get("periods", {}).items()},
                "blanks": tuple(kept.get("blanks", ())),
                "others": tuple(kept.get("others", ())),
            }
        )
    except (TypeError, ValueError, AttributeError):
        raise MappingUnfit("Pemetaan yang tersimpan tidak dapat dibaca. Buat pemetaan baru dari lembarnya.") from None
    if not _is_sound(mapping):
        raise MappingUnfit("Pemetaan yang tersimpan tidak lengkap. Buat pemetaan baru dari lembarnya.")
    return mapping


def _is_sound(mapping: Mapping) -> bool:
    columns: object = mapping.columns
    return (
        isinstance(columns, dict)
        and all(role in ROLES and type(column) in (int, str) for role, column in columns.items())
        and mapping.shape in (LONG, WIDE)
        and type(mapping.header_row) is int
        and type(mapping.year) in (int, type(None))
        and all(isinstance(text, str) for text in (mapping.sheet, mapping.period, mapping.fingerprint))
    )


# --- words -----------------------------------------------------------------------------------------------------------


_MARKS: Final = re.compile(r"[^\w%]+")


@lru_cache(maxsize=8_192)
def normalised(text: str) -> str:
    """What two names must share to be the same name: "Indeks  Kepuasan (Masyarakat)" → "indeks kepuasan masyarakat"."""
    return _MARKS.sub(" ", text.casefold().replace("_", " ")).strip()


HEADINGS: Final = {
    CODE: ("kode", "kode indikator", "kode iku", "no iku", "nomor iku", "kode ikk"),
    INDICATOR: (
        "indikator", "indikator kinerja", "nama indikator", "indikator kinerja utama", "iku", "uraian indikator",
        "indikator sasaran", "indikator kinerja kunci", "nama iku",
    ),
    VARIABLE: (
        "variabel", "data", "uraian data", "uraian", "data yang diminta", "komponen", "unsur", "rincian", "rincian data",
        "data dasar", "nama data", "nama variabel", "pembilang penyebut", "elemen data",
    ),
    UNIT: ("unit", "unit kerja", "seksi", "bidang", "penanggung jawab", "unit pengampu", "pengampu", "nama unit"),
    PERIOD: ("periode", "bulan", "triwulan", "tw", "waktu", "periode data", "masa", "semester", "bulan triwulan"),
    YEAR: ("tahun", "tahun data"),
    VALUE: ("nilai", "realisasi", "angka", "isian", "hasil", "realisasi kinerja", "nilai realisasi", "nilai data", "jumlah"),
    NOTE: ("catatan", "keterangan", "ket", "penjelasan"),
}  # fmt: skip
NOT_ACTUAL: Final = ("target", "capaian", "anggaran", "pagu", "persentase capaian")
SAME_HEADING: Final = 0.86
TOTALS: Final = (
    "jumlah", "total", "jumlah total", "grand total", "sub total", "subtotal", "rata rata", "rerata", "jumlah seluruhnya",
    "jumlah keseluruhan", "total keseluruhan",
)  # fmt: skip
BLANKS: Final = ("-", "–", "—", "n/a", "N/A", "…", "...")

_MONTH_NAMES: Final = {name.casefold(): index for index, name in enumerate(MONTHS, start=1)} | {
    "jan": 1, "feb": 2, "peb": 2, "pebruari": 2, "mar": 3, "mrt": 3, "apr": 4, "jun": 6, "jul": 7, "agt": 8, "agu": 8,
    "ags": 8, "agust": 8, "agus": 8, "sep": 9, "sept": 9, "okt": 10, "nop": 11, "nov": 11, "nopember": 11, "des": 12,
}  # fmt: skip
ORDINALS: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_MOMENT: Final = re.compile(
    r"(?:periode )?(?:realisasi |nilai |data )?(?:s d |sampai dengan )?"
    r"(?:(?P<quarter>triwulan|tw|twl|trw|semester|smt|s) ?(?P<ordinal>iv|iii|ii|i|[1-4])|(?:bulan )?(?P<month>[a-z]+))?"
    r" ?(?:(?:tahun )?(?P<year>20[0-9]{2}))?"
)
STATED_YEAR: Final = re.compile(r"tahun(?: anggaran)?\W{0,5}(20[0-9]{2})(?![0-9])", re.IGNORECASE)
STATED_YEARS: Final = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")


class Moment(NamedTuple):
    """A period as far as a text says it: "TW III" has no year; "2026" has no part."""

    year: int | None
    part: str

    def code(self, year: int | None) -> str | None:
        """The period's code, `year` standing in where the text has none; None when it is no period."""
        year = self.year or year
        if year is None:
            return None
        try:
            return Period.parse(f"{year}-{self.part}" if self.part != "tahun" else f"{year}").code
        except PeriodUnreadable:
            return None


@lru_cache(maxsize=8_192, typed=True)
def moment_named(content: Content) -> Moment | None:
    """The period a heading or a cell speaks of, or None."""
    if isinstance(content, date):
        return Moment(content.year, f"{content.month:02d}") if content.day == 1 else None
    text = text_of(content)
    try:
        period = Period.parse(text)
    except PeriodUnreadable:
        return moment_in_words(normalised(text))
    return Moment(period.year, period.code[5:] or "tahun") if period.year in YEARS else None


def moment_in_words(text: str) -> Moment | None:
    match = _MOMENT.fullmatch(text)
    if match is None or not text:
        return None
    year = int(match["year"]) if match["year"] else None
    if match["quarter"]:
        index = ORDINALS[match["ordinal"]]
        if match["quarter"] not in ("semester", "smt", "s"):
            return Moment(year, f"TW{index}")
        return Moment(year, f"S{index}") if index <= 2 else None
    if match["month"] in _MONTH_NAMES:
        return Moment(year, f"{_MONTH_NAMES[match['month']]:02d}")
    return Moment(year, "tahun") if year and match["month"] in (None, "tahun") else None
