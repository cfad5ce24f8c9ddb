"""The content of a unit's answer."""

from typing_extensions import TypedDict  # that of Python 3.11 does not tell pydantic which keys are needed

from himpun.documents.content.parts import Letterhead, Signature, Verification

# --------------------------------------------------------------------------------------------------------------------
# data_isian
# --------------------------------------------------------------------------------------------------------------------


class Evidence(TypedDict):
    """A file attached as bukti dukung."""

    file_name: str
    """As uploaded."""
    sha256: str
    """All 64 hex digits; the first twelve are printed."""


class FilledVariable(TypedDict):
    """One number as the unit gave it."""

    code: str
    """Symbol in the formula; "" leaves it out."""
    name: str
    unit: str
    """Satuan."""
    value: str
    """"1.234,5"; "" prints "belum diisi": blank is not 0."""
    note: str
    """Catatan of the unit; "" prints nothing."""


class FilledIndicator(TypedDict):
    """One indicator as answered."""

    no: str
    code: str
    """"" leaves it out."""
    name: str
    nil: bool
    """True when the unit declared it nihil: the values are not printed, the reason is."""
    nil_reason: str
    """Why nihil; printed only when `nil`."""
    variables: list[FilledVariable]
    evidence: list[Evidence]
    """[] prints "tidak ada berkas"."""


class FilledForm(TypedDict):
    """`data_isian`: one unit's answer. A4 landscape."""

    letterhead: Letterhead
    unit: str
    """Name of the unit: "Seksi Tata Pemerintahan"."""
    period: str
    request_number: str
    """Number of the letter it answers; "" prints "–"."""
    deadline: str
    submitted_by: str
    """Name of who submitted; "" prints that it has not been submitted."""
    submitted_as: str
    """Their jabatan."""
    submitted_at: str
    """"8 Oktober 2026 pukul 10.21 WIB"."""
    timeliness: str
    """"Tepat waktu", "Terlambat"; "" leaves it out."""
    submission: str
    """"Pengiriman pertama", "Pengiriman ke-2 (perbaikan)"; "" leaves it out."""
    indicators: list[FilledIndicator]
    """[] prints a sentence."""
    note: str
    """Catatan umum of the unit, paragraphs; "" leaves it out."""
    signature: Signature | None
    verification: Verification | None
