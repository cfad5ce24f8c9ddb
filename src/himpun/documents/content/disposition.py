"""The content of a disposition sheet."""

from typing_extensions import TypedDict  # that of Python 3.11 does not tell pydantic which keys are needed

from himpun.documents.content.parts import CheckBox, Letterhead, Verification

# --------------------------------------------------------------------------------------------------------------------
# lembar_disposisi
# --------------------------------------------------------------------------------------------------------------------


class IncomingLetter(TypedDict):
    """The letter a disposition sheet is about."""

    sender: str
    """Surat dari."""
    number: str
    """No. Surat."""
    date: str
    """Tgl. Surat."""
    received: str
    """Diterima Tgl."""
    agenda_number: str
    """No. Agenda."""
    attachments: str
    """Lampiran: "1 (satu) berkas"; "" prints "–"."""
    urgency: list[CheckBox]
    """Sifat: Sangat Segera, Segera, Rahasia."""
    subject: str
    """Hal."""


class Disposition(TypedDict):
    """One disposition; several of them form a tree, listed parent before child."""

    number: str
    """Place in the tree: "1", "1.1", "1.1.2"; the dots set the indent."""
    to: list[CheckBox]
    """Diteruskan kepada Sdr.: the posts that can be chosen, the chosen ones checked."""
    instructions: list[CheckBox]
    """Dengan hormat harap: Tanggapan dan Saran, Proses lebih lanjut, Koordinasi/konfirmasikan, …"""
    note: str
    """Catatan, paragraphs; "" leaves room to write."""
    due: str
    """Batas waktu: "24 November 2026 pukul 16.00 WIB"; "" leaves the line out."""
    position: str
    """Jabatan of who gave it, with "Plt." and the like where it applies."""
    name: str
    """Nama."""
    nip: str
    """NIP; "" leaves the line out."""
    at: str
    """Tanggal, with the time: "23 November 2026 pukul 08.10 WIB"."""
    paraf: str
    """What stands for the paraf: "Diparaf dalam sistem"; "" leaves room to write."""
    follow_up: str
    """What became of it: "Dibaca 23 November 2026 pukul 09.20 WIB; selesai"; "" leaves the line out."""


class DispositionSheet(TypedDict):
    """`lembar_disposisi`: the form with the letter's data and every disposition down the tree. A4 portrait."""

    letterhead: Letterhead
    letter: IncomingLetter
    dispositions: list[Disposition]
    """[] prints a sentence that none was given yet."""
    verification: Verification | None
