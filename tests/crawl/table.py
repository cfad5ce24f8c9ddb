"""Who sees and who changes what, as a page of the reference: written from the crawl, compared in CI."""

import os
from pathlib import Path

from tests.crawl.addresses import Address
from tests.crawl.walking import Crawl

PAGE = Path("docs/reference/akses.md")
WRITE = os.environ.get("HIMPUN_WRITE_AKSES") == "1"
COLUMNS = {
    "anonim": "–", "kepala": "Kep", "sekretaris": "Sek", "kasubbag perencanaan": "KPr", "kasubbag umum": "KUm",
    "analis": "Ana", "unit 1": "U1", "unit 2": "U2", "unit yang cuti": "Cut", "Plh. kasubbag perencanaan": "Plh",
    "bekas kasubbag umum": "Bks", "pegawai nonaktif": "Non", "pegawai tanpa jabatan": "Tnp",
    "pegawai dua kantor": "Dua", "kepala dinas": "Kep*", "kasubbag umum dinas": "KUm*", "unit dinas": "U*",
    "kabag kabupaten": "Kab",
}  # fmt: skip
PROGRAMS = {
    "tanpa token": "–", "program penuh": "penuh", "program unit": "unit", "program baca angka": "baca angka",
    "program dinas": "kantor lain", "program yang dicabut": "dicabut", "program kedaluwarsa": "kedaluwarsa",
    "token karangan": "karangan",
}  # fmt: skip
BEGINNING = """# Akses: siapa mengubah apa

Ditulis oleh uji jelajah (`HIMPUN_WRITE_AKSES=1 pytest tests/crawl -k akses`), yang mengirim isian yang sah ke setiap alamat
sebagai setiap orang; CI membandingkannya. **U** ada yang berubah, · ditolak. Isiannya tentang kantor A (baris surat, siklus,
permintaan … kantor A); alamat tanpa nomor baris mengubah kantor masing-masing, jadi orang kantor B mengubah miliknya
sendiri di situ. Alamat yang jawabannya sama ada di satu baris.

Orang: – tidak masuk; kantor A: Kep kepala, Sek sekretaris, KPr kasubbag perencanaan, KUm kasubbag umum, Ana analis, U1
dan U2 dua unit (permintaan yang dicoba milik U2, angka yang dikoreksi milik U1), Cut unit yang sedang cuti, Plh pelaksana
harian kasubbag perencanaan, Bks bekas kasubbag umum, Non pegawai nonaktif, Tnp pegawai tanpa jabatan, Dua kasubbag umum
di A yang juga Plt. unit di B; kantor B: Kep\\* kepala, KUm\\* kasubbag umum, U\\* unit; Kab kabag di kabupaten di atas
keduanya.
"""


def page(crawl: Crawl) -> str:
    """The whole page."""
    tried = [one for one in crawl.addresses if one.name in crawl.found.did]
    said = "Token: penuh (kasubbag perencanaan, semua cakupan), unit (unit 1, semua cakupan), baca angka (analis, hanya"
    return "\n".join(
        [
            BEGINNING,
            "## Halaman\n",
            *_matrix(crawl, [one for one in tried if not one.for_programs], COLUMNS),
            "\n## API\n",
            f"{said} `angka:baca`), kantor lain, dicabut, kedaluwarsa, karangan.\n",
            *_matrix(crawl, [one for one in tried if one.for_programs], PROGRAMS),
            "",
        ]
    )


def _matrix(crawl: Crawl, addresses: list[Address], columns: dict[str, str]) -> list[str]:
    rows: dict[tuple[str, ...], list[str]] = {}
    for address in addresses:
        cells = tuple(_cell(crawl, address.name, kind) for kind in columns)
        rows.setdefault(cells, []).append(f"`/{address.pattern}`")
    head = ["| " + " | ".join([*columns.values(), "alamat"]) + " |", "|" + "---|" * (len(columns) + 1)]
    return head + [
        "| " + " | ".join([*cells, ", ".join(sorted(names))]) + " |" for cells, names in sorted(rows.items())
    ]


def _cell(crawl: Crawl, name: str, kind: str) -> str:
    return "U" if kind in crawl.found.did[name] else "·"
