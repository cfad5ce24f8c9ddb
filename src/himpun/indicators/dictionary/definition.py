"""What an indicator is: its words, variables, checks, and their limits. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from himpun.measure.numbers import write_number
from himpun.measure.periods import Frequency
from himpun.measure.scoring.values import Aggregation, Polarity
from himpun.typed import Text

MAX_PLACES = 6
LABELS: Mapping[str, str] = {
    "code": "Kode",
    "year": "Tahun",
    "name": "Nama indikator",
    "sasaran": "Sasaran",
    "definition": "Definisi operasional",
    "rationale": "Alasan/manfaat",
    "formula": "Rumus",
    "unit": "Satuan",
    "polarity": "Polaritas",
    "aggregation": "Cara agregasi",
    "source": "Sumber data",
    "owner": "Penanggung jawab",
    "contributors": "Unit pengisi lain",
    "frequency": "Frekuensi",
    "evidence_required": "Bukti dukung wajib",
    "renstra_target": "Target akhir Renstra",
    "national_standard": "Standar nasional",
    "grades": "Nilai predikat",
    "cap": "Batas atas capaian (%)",
    "places": "Angka di belakang koma",
    "jump_percent": "Lonjakan yang perlu dijelaskan (%)",
    "scale": "Skala",
    "order": "Urutan",
}
"""Field → its heading on the card, the form and in exported files, in their order."""
VARIABLE_LABELS: Mapping[str, str] = {
    "name": "Nama variabel",
    "label": "Uraian",
    "unit": "Satuan",
    "kind": "Jenis",
    "minimum": "Paling kecil",
    "maximum": "Paling besar",
    "whole": "Bilangan bulat",
    "quantity": "Sifat angka",
    "required": "Wajib diisi",
}
CHECK_LABELS: Mapping[str, str] = {"condition": "Syarat", "sentence": "Kalimat", "blocks": "Menahan pengiriman"}
LONGEST: Mapping[str, int] = {
    "code": 40,
    "name": 300,
    "sasaran": 300,
    "formula": 500,
    "unit": 60,
    "source": 300,
    "renstra_target": 60,
    "national_standard": 60,
    "definition": Text.PASSAGE.value,
    "rationale": Text.PASSAGE.value,
    "grades": Text.NOTE.value,
}
VARIABLE_LONGEST: Mapping[str, int] = {"name": 40, "label": 300, "unit": 60}
LOOSE = frozenset({"targets", "renstra_target", "national_standard", "order"})
"""What may change without a new version: what is to be reached, not what is measured."""
REQUIRED = {
    "name": "Tulis nama indikator.",
    "sasaran": "Tulis sasaran yang diukur indikator ini.",
    "unit": "Tulis satuannya, misalnya %, orang, atau menit.",
}
YES = {True: "ya", False: "tidak"}

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Typed:
    """A definition as typed: every cell a text. `targets` is period code → target; blank rows count for nothing."""

    code: str
    year: int
    fields: Mapping[str, str]
    variables: Sequence[Row] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    checks: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class VariableDefinition:
    """One raw figure: its name in the formula, what it counts, its unit, and what is accepted."""

    name: str
    label: str
    unit: str
    kind: str
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    whole: bool = False
    required: bool = True
    quantity: str = ""

    def __str__(self) -> str:
        limits = [f"paling kecil {write_number(self.minimum)}"] if self.minimum is not None else []
        limits += [f"paling besar {write_number(self.maximum)}"] if self.maximum is not None else []
        limits += ["bilangan bulat"] if self.whole else []
        limits += [self.quantity] if self.quantity else []
        limits += [] if self.required else ["boleh kosong"]
        return ", ".join([f"{self.label} ({self.unit or 'tanpa satuan'})", self.kind, *limits])


@dataclass(frozen=True, slots=True)
class CheckDefinition:
    """What the figures must fulfil together."""

    condition: str
    sentence: str
    blocks: bool = True

    def __str__(self) -> str:
        return f"{self.condition}: {self.sentence} ({'menahan' if self.blocks else 'minta penjelasan'})"


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator of one year with everything the card says. Posts and scales are named by code and name."""

    code: str
    year: int
    name: str
    sasaran: str
    unit: str
    owner: str
    definition: str = ""
    rationale: str = ""
    formula: str = ""
    polarity: str = Polarity.POSITIVE.value
    aggregation: str = Aggregation.LAST.value
    source: str = ""
    contributors: tuple[str, ...] = ()
    frequency: str = Frequency.QUARTERLY.value
    evidence_required: bool = False
    renstra_target: str = ""
    national_standard: str = ""
    grades: tuple[tuple[str, Decimal], ...] = ()
    cap: Decimal | None = None
    places: int = 2
    jump_percent: Decimal | None = None
    scale: str = ""
    order: int = 0
    variables: tuple[VariableDefinition, ...] = ()
    checks: tuple[CheckDefinition, ...] = ()
    targets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """Another indicator of the year, as far as a formula may refer to it."""

    unit: str
    formula: str
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a definition may name: posts (code → title), scales of the year, the other indicators by code."""

    posts: Mapping[str, str]
    scales: Collection[str] = ()
    others: Mapping[str, Other] = field(default_factory=dict)


def left_blank(row: Row) -> bool:
    return not any(row.get(name, "").strip() for name in ("name", "label", "unit", "condition", "sentence"))
