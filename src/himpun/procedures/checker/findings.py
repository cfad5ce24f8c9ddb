"""A finding, its levels, and the words the checks know. Pure."""

from dataclasses import dataclass

WRONG, LOOK, NOTE = "salah", "perlu diperiksa", "catatan"
LEVELS = (WRONG, LOOK, NOTE)
"""The levels of a finding, the gravest first."""

OFFICE_KINDS = {
    "kecamatan": ("camat", "kecamatan"),
    "dinas": ("dinas",),
    "badan": ("badan",),
    "kelurahan": ("lurah", "kelurahan"),
    "inspektorat": ("inspektur", "inspektorat"),
}
"""Kind of office → the words by which a post's title shows that it belongs to one."""

UNIT_WORDS = {
    "kecamatan": ("Seksi",),
    "kelurahan": ("Seksi",),
    "dinas": ("Bidang", "Seksi"),
    "badan": ("Bidang", "Subbidang"),
}
"""Kind of office → what its units may be called, the first the usual word."""

REGULATIONS = {
    ("uu", 25, 2009): "Pelayanan Publik",
    ("uu", 23, 2014): "Pemerintahan Daerah",
    ("uu", 30, 2014): "Administrasi Pemerintahan",
    ("pp", 8, 2006): "Pelaporan Keuangan dan Kinerja Instansi Pemerintah",
    ("pp", 18, 2016): "Perangkat Daerah",
    ("pp", 17, 2018): "Kecamatan",
    ("pp", 12, 2019): "Pengelolaan Keuangan Daerah",
    ("perpres", 29, 2014): "Sistem Akuntabilitas Kinerja Instansi Pemerintah",
    ("permenpanrb", 35, 2012): "Pedoman Penyusunan Standar Operasional Prosedur Administrasi Pemerintahan",
    ("permenpanrb", 53, 2014): (
        "Petunjuk Teknis Perjanjian Kinerja, Pelaporan Kinerja dan Tata Cara Reviu "
        "atas Laporan Kinerja Instansi Pemerintah"
    ),
    ("permenpanrb", 88, 2021): "Evaluasi Akuntabilitas Kinerja Instansi Pemerintah",
}
"""Kind, number and year of a regulation → what it is about."""

REGULATION_KINDS = {
    "uu": ("Undang-Undang", r"undang-undang|uu"),
    "pp": ("Peraturan Pemerintah", r"peraturan pemerintah|pp"),
    "perpres": ("Peraturan Presiden", r"peraturan presiden|perpres"),
    "permenpanrb": (
        "Peraturan Menteri PANRB",
        r"permenpan[- ]?rb|peraturan (?:menteri|men)\s?(?:pan|pendayagunaan)(?!\w*\s+desa).*",
    ),
    "permendagri": ("Peraturan Menteri Dalam Negeri", r"permendagri|peraturan menteri dalam negeri"),
}
"""Kind of regulation → its official name, and the ways it is written."""

SPELLING = {
    "dokument": "dokumen",
    "kenerja": "kinerja",
    "menyampaiakan": "menyampaikan",
    "kasubag": "kasubbag",
    "ditanda tangani": "ditandatangani",
    "menanda tangani": "menandatangani",
    "pengarsifan": "pengarsipan",
    "rekapitulsi": "rekapitulasi",
}
"""Misspelling → what is meant, both in small letters."""

BRANDS = {"WhatsApp", "YouTube", "PowerPoint", "OneDrive"}
"""Names that rightly have a capital inside the word."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: its rule (`code`), the step (None: not one step), and a sentence saying where and what to do.

    `defect` is the number of the defect, in the SOP this product was made for, that the rule was written for; None for other rules.
    `procedure` is the name, with the key behind it where several procedures checked together share the name.
    """

    code: str
    level: str
    defect: int | None
    procedure: str
    step: int | None
    sentence: str
