"""The procedures these tests speak about, read from their files, and one to change a word in."""

from pathlib import Path

from himpun.procedures import definition
from himpun.procedures.definition import Procedure
from himpun.procedures.problems import runnable
from himpun.procedures.reading import read

HERE = Path(__file__).parent
SHIPPED = Path(definition.__file__).parent


def shipped(name: str) -> Procedure:
    return read((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))


def fixture(name: str) -> Procedure:
    return runnable((HERE / "fixtures" / f"{name}.toml").read_text(encoding="utf-8"))


def source_tables() -> list[Procedure]:
    """The three tables of the source document, mistakes included."""
    return [read(path.read_text(encoding="utf-8")) for path in sorted((HERE / "sumber").glob("*.toml"))]


TEN_STEPS = "pengumpulan_data_kinerja"
SIX_STEPS = "permintaan_data"
FIXTURES = ("nota_dinas", "pengaduan_masyarakat", "rekomendasi_izin")

SMALL = """
key = "kecil"
name = "Prosedur Kecil"
[identity]
warning = "Apabila terlambat maka laporan terlambat"
[[role]]
key = "analis"
title = "Analis Perencanaan"
[[role]]
key = "kepala"
title = "Camat"
[[step]]
no = 1
name = "susun"
title = "Menyusun draft untuk {kepala}"
who = "analis"
needs = ["Bahan"]
time = "1 hari"
output = "Draft"
next = { "sampaikan" = 2 }
[[step]]
no = 2
name = "tanda-tangan"
title = "Memeriksa dan menandatangani draft"
who = "kepala"
needs = ["Draft"]
time = "1 hari"
output = "Dokumen"
next = { "tanda tangan" = "akhir", "kembalikan" = 1 }
returns = ["kembalikan"]
"""


def small(old: str = "", new: str = "") -> Procedure:
    """The small procedure, with one wording changed."""
    assert old in SMALL
    return read(SMALL.replace(old, new, 1) if old else SMALL)
