"""Who may do what in an office, by role. Pure: sets of roles, read by actions and pages alike."""

KEPALA = "kepala"
SEKRETARIS = "sekretaris"
KASUBBAG_PERENCANAAN = "kasubbag-perencanaan"
ANALIS = "analis"
KASUBBAG_UMUM = "kasubbag-umum"
UNIT = "unit"

ROLES = {
    KEPALA: "Kepala",
    SEKRETARIS: "Sekretaris",
    KASUBBAG_PERENCANAAN: "Kasubbag Perencanaan",
    ANALIS: "Analis Perencanaan",
    KASUBBAG_UMUM: "Kasubbag Umum",
    UNIT: "Unit (Seksi/Bidang)",
}

MAY_MANAGE_OFFICE = frozenset({KASUBBAG_UMUM, SEKRETARIS})
MAY_REGISTER_LETTERS = frozenset({KASUBBAG_UMUM, SEKRETARIS, ANALIS})
MAY_READ_SECRET_LETTERS = frozenset({KEPALA, SEKRETARIS, KASUBBAG_UMUM})
MAY_START_CYCLES = frozenset({KASUBBAG_UMUM, SEKRETARIS, KASUBBAG_PERENCANAAN})
MAY_CANCEL_CYCLES = frozenset({KEPALA, SEKRETARIS})
MAY_PUBLISH_PROCEDURES = frozenset({KEPALA, SEKRETARIS, KASUBBAG_PERENCANAAN})
MAY_COLLECT = frozenset({KASUBBAG_UMUM})
MAY_SEE_ALL_VALUES = frozenset({KEPALA, SEKRETARIS, KASUBBAG_PERENCANAAN, ANALIS, KASUBBAG_UMUM})
MAY_EDIT_INDICATORS = frozenset({KASUBBAG_PERENCANAAN, ANALIS})
