"""The content of the recap of what the units sent."""

from typing import Literal

from typing_extensions import TypedDict  # that of Python 3.11 does not tell pydantic which keys are needed

from himpun.documents.content.parts import Fact, Letterhead, Signature, Verification

# --------------------------------------------------------------------------------------------------------------------
# rekap_isian
# --------------------------------------------------------------------------------------------------------------------


class RecapValue(TypedDict):
    """One value of one unit."""

    code: str
    """Kode indikator; "" leaves it out."""
    indicator: str
    """Nama indikator. Rows of one indicator stand together: its code and name are printed once for them."""
    variable: str
    unit: str
    """Satuan."""
    value: str
    """"" prints "belum diisi"; a nihil answer comes as "nihil"."""
    note: str
    """Catatan or the reason of nihil. It is the indicator's: given with its first row, printed once for all."""
    evidence: str
    """Number of files: "2 berkas"; given and printed like `note`. "" prints "–"."""


class UnitRecap(TypedDict):
    """One unit and everything it answered."""

    no: str
    unit: str
    state: Literal["masuk", "terlambat", "dikecualikan", "belum"]
    """Steers the colour and the shape beside the status."""
    status: str
    """In words: "Masuk, tepat waktu", "Masuk, terlambat", "Dikecualikan", "Belum masuk"."""
    reason: str
    """Why excused or missing; "" prints nothing."""
    submitted_by: str
    """Name and jabatan; "" prints "–"."""
    submitted_at: str
    """"" prints "–"."""
    values: list[RecapValue]
    """[] prints a sentence in the unit's place."""


class FormRecap(TypedDict):
    """`rekap_isian`: the frozen answers of all units. A4 landscape."""

    letterhead: Letterhead
    period: str
    facts: list[Fact]
    """Further lines of the head: number of units, answered, excused."""
    units: list[UnitRecap]
    """[] prints a sentence."""
    frozen_at: str
    """"10 Oktober 2026 pukul 15.30 WIB"; "" prints that the values are not frozen yet."""
    frozen_by: str
    """Name and jabatan."""
    digest: str
    """SHA-256 of the frozen values, 64 hex digits; "" leaves it out."""
    signature: Signature | None
    verification: Verification | None
