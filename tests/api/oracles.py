"""The oracles of docs/reference/penilaian.md as indicators of a quarter: what is typed in, and the capaian that must come out."""

from typing import NamedTuple


class Oracle(NamedTuple):
    """`targets` and `actuals` by quarter, "" for none; `expected` is the capaian in the last quarter with figures, as
    shown, and `exact` as the formula gives it. `over_year`: the capaian of the year so far."""

    name: str
    polarity: str
    targets: tuple[str, ...]
    actuals: tuple[str, ...]
    expected: str
    exact: str = ""
    aggregation: str = "posisi-akhir"
    over_year: bool = False

    @property
    def last(self) -> int:
        """The last quarter with a figure, from 1."""
        return max(place for place, actual in enumerate(self.actuals, 1) if actual)


A, B, NONE = "negatif-a", "negatif-b", "tidak dapat dihitung"
ORACLES = (
    Oracle("positif", "positif", ("9",), ("4",), "44,44", "400/9"),
    Oracle("A R13", A, ("12",), ("13",), "91,67", "275/3"),
    Oracle("B R13", B, ("12",), ("13",), "92,31", "1200/13"),
    Oracle("A R10", A, ("12",), ("10",), "116,67", "350/3"),
    Oracle("B R10", B, ("12",), ("10",), "120,00", "120"),
    Oracle("A R0", A, ("12",), ("0",), "200,00", "200"),
    Oracle("B R0", B, ("12",), ("0",), NONE),
    Oracle("A R24", A, ("12",), ("24",), "0,00", "0"),
    Oracle("B R24", B, ("12",), ("24",), "50,00", "50"),
    Oracle("A R30", A, ("12",), ("30",), "0,00", "-50"),
    Oracle("B R30", B, ("12",), ("30",), "40,00", "40"),
    Oracle("A T0 R0", A, ("0",), ("0",), "100,00", "100"),
    Oracle("B T0 R0", B, ("0",), ("0",), "100,00", "100"),
    Oracle("A T0 R3", A, ("0",), ("3",), NONE),
    Oracle("positif T0", "positif", ("0",), ("3",), NONE),
    Oracle("range di atas", "range", ("2,60–3,50",), ("4,20",), "80,00", "80"),
    Oracle("range di bawah", "range", ("2,60–3,50",), ("1,30",), "50,00", "50"),
    Oracle("range di dalam", "range", ("2,60–3,50",), ("3",), "100,00", "100"),
    Oracle("stabil", "stabil", ("12",), ("13",), "91,67", "275/3"),
    Oracle("stabil paling kecil 0", "stabil", ("12",), ("30",), "0,00"),
    Oracle("predikat", "predikat", ("WTP",), ("WDP",), "75,00", "75"),
    Oracle("jumlah", "positif", ("10", "20", "30", "40"), ("8", "18"), "86,67", "260/3", "jumlah", True),
    Oracle("jumlah bersela", "positif", ("10", "20", "30", "40"), ("10", "", "15"), "62,50", "125/2", "jumlah", True),
    Oracle("kumulatif", "positif", ("25", "50", "75", "100"), ("20", "45"), "90,00", "90", "kumulatif", True),
    Oracle("posisi akhir", "positif", ("80",) * 4, ("70", "76", "76"), "95,00", "95", "posisi-akhir", True),
    Oracle("B posisi akhir", B, ("12", "11"), ("13", "10"), "110,00", "110", "posisi-akhir", True),
)
