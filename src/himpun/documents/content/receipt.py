"""The content of a receipt of distribution."""

from typing_extensions import TypedDict  # that of Python 3.11 does not tell pydantic which keys are needed

from himpun.documents.content.parts import Fact, Letterhead, Signature, Verification

# --------------------------------------------------------------------------------------------------------------------
# tanda_terima
# --------------------------------------------------------------------------------------------------------------------


class Receipt(TypedDict):
    """One recipient of a distributed document."""

    no: str
    recipient: str
    """Office or jabatan."""
    how: str
    """Cara pengiriman: "Himpun", "Tautan", "Diantar"."""
    sent_at: str
    """"" prints "belum dikirim"."""
    opened_at: str
    """"" prints "belum dibuka"."""
    received_by: str
    """Who opened or received it; "" prints "–"."""
    proof: str
    """"Pembukaan tercatat di jurnal", file name and digest of a scanned receipt; "" leaves room to sign on paper."""


class DistributionReceipt(TypedDict):
    """`tanda_terima`: to whom a document went, and the proof that it arrived. A4 landscape."""

    letterhead: Letterhead
    document_number: str
    document_title: str
    document_version: str
    """"3"."""
    document_sha256: str
    """Of the distributed file, 64 hex digits."""
    facts: list[Fact]
    """Further lines: sent by, printed at."""
    recipients: list[Receipt]
    """[] prints a sentence."""
    signature: Signature | None
    verification: Verification | None
    """Of the distributed document; the template says so, and does not pass for it."""
