"""The content of the sheet that shows who approved a document."""

from typing import Literal

from typing_extensions import TypedDict  # that of Python 3.11 does not tell pydantic which keys are needed

from himpun.documents.content.parts import Fact, Letterhead, Verification

# --------------------------------------------------------------------------------------------------------------------
# lembar_pengesahan
# --------------------------------------------------------------------------------------------------------------------


class Approval(TypedDict):
    """One approval of a document."""

    kind: str
    """"Paraf", "Tanda tangan"."""
    position: str
    """Jabatan held that day, with "Plt." and the like."""
    name: str
    nip: str
    """"" leaves it out."""
    at: str
    """"" prints "menunggu"."""
    how: str
    """"Persetujuan dalam sistem", "Unggahan naskah bertanda tangan basah", "Sertifikat BSrE"."""


class ApprovalSheet(TypedDict):
    """`lembar_pengesahan`: one page that belongs to a signed document. A4 portrait."""

    letterhead: Letterhead
    document_number: str
    document_title: str
    document_version: str
    """"3"."""
    document_sha256: str
    """Of the file that was signed, 64 hex digits, printed in full."""
    file_name: str
    """"" leaves it out."""
    state: Literal["berlaku", "menunggu", "dicabut"]
    """Steers the colour of the status."""
    status: str
    """In words: "Disahkan dan berlaku", "Dicabut pada …; diganti oleh …"."""
    facts: list[Fact]
    """Further lines: procedure and version, archive code, retention."""
    approvals: list[Approval]
    """In the order given; [] prints a sentence."""
    statement: str
    """What kind of signature this is, truthfully, paragraphs."""
    verification: Verification
    """Its QR code and address are printed large."""
