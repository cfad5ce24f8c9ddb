"""Options that had Indonesian names: accepted until the next version, with a word on standard error."""

from collections.abc import Iterator, Sequence

FORMER = {
    "--abaikan-prosedur": "--any-procedure",
    "--bentuk": "--format",
    "--coba": "--dry-run",
    "--dasar": "--source",
    "--desimal": "--decimal",
    "--hanya-benar": "--only-valid",
    "--impor": "--import",
    "--isi": "--fill",
    "--jenis": "--kind",
    "--kantor": "--office",
    "--ketat": "--strict",
    "--kolom": "--column",
    "--lembar": "--sheet",
    "--oleh": "--by",
    "--periode": "--period",
    "--peta": "--map",
    "--ya": "--yes",
}


def renewed(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """The arguments with today's names, and a sentence for each that had its former one. What follows "--" stays."""
    told: list[str] = []
    return list(_renewed(argv, told)), told


def _renewed(argv: Sequence[str], told: list[str]) -> Iterator[str]:
    kept = list(argv).index("--") if "--" in argv else len(argv)
    for place, word in enumerate(argv):
        name, equals, value = word.partition("=")
        if place < kept and name in FORMER:
            told.append(
                f"Pilihan {name} kini bernama {FORMER[name]}; nama lama masih diterima sampai versi berikutnya."
            )
            yield FORMER[name] + equals + value
        else:
            yield word
