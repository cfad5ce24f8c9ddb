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
BEGINNING = """# Akses: siapa melihat dan mengubah apa

Ditulis oleh uji jelajah (`HIMPUN_WRITE_AKSES=1 pytest tests/crawl -k akses`), yang mencoba setiap alamat sebagai setiap
orang; CI membandingkannya. **L** dapat melihat sekurangnya satu baris kantor A di alamat itu, **U** dapat mengubahnya
dengan isian yang sah, **LU** keduanya, · ditolak. Alamat yang jawabannya sama ada di satu baris. Baris yang isinya hanya
untuk sebagian orang (surat rahasia, isian satu unit) dicoba lebih dahulu: di situ L berarti boleh membaca baris itu.

Orang: – tidak masuk; kantor A: Kep kepala, Sek sekretaris, KPr kasubbag perencanaan, KUm kasubbag umum, Ana analis, U1
dan U2 dua unit, Cut unit yang sedang cuti, Plh pelaksana harian kasubbag perencanaan, Bks bekas kasubbag umum, Non
pegawai nonaktif, Tnp pegawai tanpa jabatan, Dua kasubbag umum di A yang juga Plt. unit di B; kantor B: Kep\\* kepala,
KUm\\* kasubbag umum, U\\* unit; Kab kabag di kabupaten di atas keduanya. Alamat tanpa nomor baris (mis. `/surat/`)
menampilkan kantor masing-masing, jadi orang kantor B melihat miliknya sendiri di situ.
"""


def page(crawl: Crawl) -> str:
    """The whole page."""
    pages = [one for one in crawl.addresses if not one.for_programs]
    return "\n".join(
        [
            BEGINNING,
            "## Halaman\n",
            *_matrix(crawl, pages, COLUMNS),
            "\n## API\n",
            "Token: penuh (kasubbag perencanaan, semua cakupan), unit (unit 1, semua cakupan), baca angka (analis, hanya "
            "`angka:baca`), kantor lain, dicabut, kedaluwarsa, karangan.\n",
            *_matrix(crawl, [one for one in crawl.addresses if one.for_programs], PROGRAMS),
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
    sees, does = kind in crawl.saw.get(name, ()), kind in crawl.did.get(name, ())
    return ("L" if sees else "") + ("U" if does else "") or "·"
