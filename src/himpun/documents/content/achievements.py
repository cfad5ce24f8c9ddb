"""The content of a recap of achievement."""

from typing_extensions import TypedDict  # that of Python 3.11 does not tell pydantic which keys are needed

from himpun.documents.content.parts import Chart, Fact, Letterhead, Signature, Verification

# --------------------------------------------------------------------------------------------------------------------
# rekap_capaian
# --------------------------------------------------------------------------------------------------------------------


class ScaleBand(TypedDict):
    """One band of the year's scale."""

    label: str
    """"Sangat Tinggi"."""
    rule: str
    """"> 90", "> 75 s.d. 90"."""
    colour: str
    """"#rrggbb". Never the only sign: the label stands beside it."""


class AchievedIndicator(TypedDict):
    """One indicator with its computed achievement."""

    no: str
    code: str
    """"" leaves it out."""
    name: str
    unit: str
    """Satuan."""
    polarity: str
    """"Positif", "Negatif (2T−R)/T", …; "" leaves it out."""
    target: str
    actual: str
    """Realisasi, or a word in its place ("nihil"); "" prints "belum diisi"."""
    achievement: str
    """Capaian in %, without the sign: "95,24"; "" prints `missing` and `reason`."""
    missing: str
    """What stands in its place: "nihil", "belum diukur"; "" prints "tidak dapat dihitung"."""
    reason: str
    """Why there is no achievement; printed only when `achievement` is ""."""
    category: str
    """"Sangat Tinggi"; "" prints "–"."""
    colour: str
    """"#rrggbb" of the category; "" prints no colour."""
    formula: str
    """The formulas with their numbers: "6 / 9 × 100 = 66,67; 66,67 / 70 × 100 = 95,24"; a "; " may break the line. ""
    leaves it out."""
    cause: str
    """Penyebab keberhasilan/kegagalan; "" prints "–"."""
    follow_up: str
    """Tindak lanjut; "" prints "–"."""


class Objective(TypedDict):
    """A sasaran and its indicators."""

    no: str
    name: str
    indicators: list[AchievedIndicator]
    """[] prints a sentence in the sasaran's place."""


class LeftOut(TypedDict):
    """An indicator that does not count in the mean, and why."""

    code: str
    name: str
    reason: str


class Summary(TypedDict):
    """The figures of a period. The capped mean and the counts stand beside the mean: a plain mean hides a miss."""

    mean: str
    """Rata-rata capaian, %; "" prints "tidak dapat dihitung"."""
    capped_mean: str
    """The same with every achievement capped at 100; "" likewise."""
    category: str
    """Category of the mean; "" leaves it out."""
    colour: str
    """"#rrggbb" of that category; "" prints no colour."""
    achieved: str
    """Number of indicators that reached their target."""
    not_achieved: str
    """Number that did not."""
    left_out: list[LeftOut]
    """Indicators that could not be counted; [] prints that all were."""


class AchievementRecap(TypedDict):
    """`rekap_capaian`: achievement by sasaran and indicator. A4 landscape."""

    letterhead: Letterhead
    period: str
    facts: list[Fact]
    """Further lines of the head: number, procedure, source of the values."""
    summary: Summary
    scale: list[ScaleBand]
    """Bands, best first; [] prints a sentence."""
    scale_rule: str
    """What else must be known: "Kategori ditetapkan dari capaian sebelum dibulatkan."; "" leaves it out."""
    objectives: list[Objective]
    """[] prints a sentence."""
    charts: list[Chart]
    """[] leaves the part out."""
    analysis: str
    """Paragraphs of the analysis; "" leaves the part out."""
    digest: str
    """SHA-256 of the frozen values it was computed from; "" leaves it out."""
    signature: Signature | None
    verification: Verification | None
