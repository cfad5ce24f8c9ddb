"""The content of a data request."""

from typing_extensions import TypedDict  # that of Python 3.11 does not tell pydantic which keys are needed

from himpun.documents.content.parts import Letterhead, Signature, Verification

# --------------------------------------------------------------------------------------------------------------------
# format_permintaan
# --------------------------------------------------------------------------------------------------------------------


class RequestedVariable(TypedDict):
    """One number a unit is asked for; its value cell stays blank."""

    code: str
    """Symbol in the formula: "a", "pembilang"; "" leaves it out."""
    name: str
    """"Jumlah desa yang tertib administrasi"."""
    unit: str
    """Satuan: "desa"."""


class RequestedIndicator(TypedDict):
    """One indicator in a request, with what must be understood to fill it in."""

    no: str
    """Row number."""
    code: str
    """Kode indikator; "" leaves it out."""
    name: str
    """Nama indikator."""
    definition: str
    """Definisi operasional; "" leaves it out."""
    formula: str
    """"(a ÷ b) × 100"; "" leaves it out."""
    source: str
    """Sumber data; "" leaves it out."""
    evidence_required: bool
    """Prints "wajib" or "bila ada" in the bukti dukung column."""
    variables: list[RequestedVariable]
    """At least one."""


class DataRequest(TypedDict):
    """`format_permintaan`: the letter to one unit (portrait) and, as its lampiran, the table to fill in (landscape)."""

    letterhead: Letterhead
    number: str
    """Nomor surat."""
    nature: str
    """Sifat: "Segera"."""
    attachments: str
    """Lampiran: "1 (satu) berkas"."""
    subject: str
    """Hal."""
    place_date: str
    """At the top right: "Contoh, 1 Oktober 2026"."""
    recipient: str
    """After "Yth.": "Kepala Seksi Tata Pemerintahan"."""
    recipient_place: str
    """After "di": "Tempat" or the place; "" leaves it out."""
    period: str
    """"Triwulan III 2026"."""
    deadline: str
    """"9 Oktober 2026 pukul 16.00 WIB"; printed as a framed line in the letter and the lampiran."""
    opening: str
    """Paragraphs before the deadline."""
    closing: str
    """Paragraphs after it."""
    indicators: list[RequestedIndicator]
    """[] prints a sentence that nothing is asked of this unit."""
    signature: Signature
    """Its `place_date` is normally "", since the letter carries it at the top."""
    copies: list[str]
    """Tembusan; [] leaves it out."""
    verification: Verification | None
