"""When programs and money cannot be changed, as sentences. Pure. Who may is in `offices/rules`."""

from himpun.errors import Conflict, Refusal


class BudgetMoved(Conflict):
    """Somebody changed what the page showed before it was saved."""

    code = "anggaran-sudah-berubah"

    def __init__(self) -> None:
        super().__init__(
            "Angka ini diubah orang lain sejak halaman dibuka. Isian Anda masih ada di bawah; "
            "bandingkan dengan angka tersimpan, lalu simpan sekali lagi."
        )


class ProgramInUse(Refusal):
    """The program still has something below it or recorded for it."""

    code = "program-masih-dipakai"

    def __init__(self, code: str, why: str) -> None:
        super().__init__(f"{code} tidak dapat dihapus: {why}")
