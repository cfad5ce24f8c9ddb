"""The worked values of docs/reference/penilaian.md, as an office would hold them: what a page, the API and the command line must show.

One table for all doors; each row becomes a quarterly indicator of the small office's first unit.
"""

from dataclasses import dataclass

from himpun.indicators.models.dictionary import Indicator, Target, Variable
from tests.cast import Cast


@dataclass(frozen=True)
class Oracle:
    """Targets and figures by period, and the capaian of `asked` as shown ("" with a word where there is none)."""

    name: str
    polarity: str
    targets: dict[str, str]
    figures: dict[str, str]
    shown: str
    aggregation: str = "posisi-akhir"
    asked: str = "2026-TW1"


def _one(name: str, polarity: str, target: str, figure: str, shown: str) -> Oracle:
    return Oracle(name, polarity, {"2026-TW1": target}, {"2026-TW1": figure} if figure else {}, shown)


def _year(
    name: str, aggregation: str, targets: list[str], figures: list[str], shown: str, polarity: str = "positif"
) -> Oracle:
    """Quarters from the first; "" is not filled in."""
    return Oracle(
        name,
        polarity,
        {f"2026-TW{no}": value for no, value in enumerate(targets, 1) if value},
        {f"2026-TW{no}": value for no, value in enumerate(figures, 1) if value},
        shown,
        aggregation,
        "2026",
    )


ORACLES = [
    _one("negatif A, R 13", "negatif-a", "12", "13", "91,67"),
    _one("negatif B, R 13", "negatif-b", "12", "13", "92,31"),
    _one("negatif A, R 10", "negatif-a", "12", "10", "116,67"),
    _one("negatif B, R 10", "negatif-b", "12", "10", "120,00"),
    _one("negatif A, R 0", "negatif-a", "12", "0", "200,00"),
    _one("negatif B, R 0", "negatif-b", "12", "0", "tidak dapat dihitung"),
    _one("negatif A, R 24", "negatif-a", "12", "24", "0,00"),
    _one("negatif B, R 24", "negatif-b", "12", "24", "50,00"),
    _one("negatif A, R 30, ditampilkan 0", "negatif-a", "12", "30", "0,00"),
    _one("negatif B, R 30", "negatif-b", "12", "30", "40,00"),
    _one("target 0", "positif", "0", "5", "tidak dapat dihitung"),
    _one("negatif, target 0 dan realisasi 0", "negatif-a", "0", "0", "100,00"),
    _one("IKM Gunung Kaler", "positif", "84,75", "88,95", "104,96"),
    _one("desa minimal berkembang", "positif", "70", "66,67", "95,24"),
    _one("laporan pertanggungjawaban", "positif", "55,56", "55,56", "100,00"),
    _one("rentang, di dalam", "range", "2,60–3,50", "3", "100,00"),
    _one("rentang, di atas", "range", "2,60–3,50", "3,85", "90,00"),
    _one("rentang, di bawah", "range", "2,60–3,50", "1,3", "50,00"),
    _one("stabil", "stabil", "100", "90", "90,00"),
    _one("stabil, paling rendah 0", "stabil", "100", "250", "0,00"),
    _one("WDP dari WTP", "predikat", "WTP", "WDP", "75,00"),
    _one("belum diisi bukan 0", "positif", "10", "", "belum diisi"),
    _year("jumlah", "jumlah", ["10", "20", "30", "40"], ["8", "18"], "86,67"),
    _year("jumlah dengan celah", "jumlah", ["10", "20", "30", "40"], ["10", "", "15"], "62,50"),
    _year("kumulatif", "kumulatif", ["25", "50", "75", "100"], ["20", "45"], "90,00"),
    _year("posisi akhir", "posisi-akhir", ["80", "80", "80", "80"], ["70", "76", "76"], "95,00"),
    _year("negatif B posisi akhir", "posisi-akhir", ["12", "11"], ["13", "10"], "110,00", "negatif-b"),
]


def set_up(cast: Cast) -> dict[str, Oracle]:
    """Make every oracle an indicator "ORAKEL-n" with its targets; returns them by code. The figures are left to the test."""
    unit = cast.post_of_unit(0)
    by_code = {}
    for no, oracle in enumerate(ORACLES, 1):
        indicator = Indicator.objects.create(
            office=cast.office,
            code=f"ORAKEL-{no:02}",
            name=oracle.name,
            year=2026,
            sasaran="Orakel penilaian",
            unit="poin",
            polarity=oracle.polarity,
            aggregation=oracle.aggregation,
            owner=unit,
            frequency="triwulanan",
            order=100 + no,
        )
        Variable.objects.create(indicator=indicator, name="nilai", label="Nilai", kind="nilai")
        Target.objects.bulk_create(
            Target(indicator=indicator, period=period, value=value) for period, value in oracle.targets.items()
        )
        by_code[indicator.code] = oracle
    return by_code
