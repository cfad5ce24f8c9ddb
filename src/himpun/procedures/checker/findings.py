"""A finding, its levels, and the words the checks know. Pure."""

from dataclasses import dataclass

WRONG, LOOK, NOTE = "salah", "perlu diperiksa", "catatan"
LEVELS = (WRONG, LOOK, NOTE)

OFFICE_KINDS = {
    "kecamatan": ("camat", "kecamatan"),
    "dinas": ("dinas",),
    "badan": ("badan",),
    "kelurahan": ("lurah", "kelurahan"),
    "inspektorat": ("inspektur", "inspektorat"),
}

UNIT_WORDS = {
    "kecamatan": ("Seksi",),
    "kelurahan": ("Seksi",),
    "dinas": ("Bidang", "Seksi"),
    "badan": ("Bidang", "Subbidang"),
}

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

BRANDS = {"WhatsApp", "YouTube", "PowerPoint", "OneDrive"}


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
