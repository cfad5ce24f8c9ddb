"""The content of a recap of any period, measured when it is asked."""

from typing_extensions import TypedDict  # that of Python 3.11 does not tell pydantic which keys are needed

from himpun.documents.content.achievements import ScaleBand, Summary
from himpun.documents.content.parts import Chart, Fact, Letterhead

# --------------------------------------------------------------------------------------------------------------------
# rekap_berjalan
# --------------------------------------------------------------------------------------------------------------------


class UsedScale(TypedDict):
    """One scale and who is called by it."""

    users: str
    """Codes of its indicators: "IKU-03, IKU-08"; "" where all indicators have it."""
    bands: list[ScaleBand]
    """Best first; [] prints a sentence."""


class LiveIndicator(TypedDict):
    """One indicator as it stands, beside its past and its goals."""

    no: str
    code: str
    """Kode indikator; "" leaves it out."""
    name: str
    units: str
    """Who answers for it and who else fills in; "" leaves it out."""
    unit: str
    """Satuan."""
    target: str
    actual: str
    """Realisasi; "" prints "–"."""
    achievement: str
    """Capaian in %, without the sign; "" prints `missing` and `reason`."""
    missing: str
    reason: str
    """Why there is no achievement; printed only when `achievement` is ""."""
    category: str
    colour: str
    formula: str
    """The formulas with their numbers; a "; " may break the line."""
    earlier: list[str]
    """Realisasi of the same period in `years`, as many; "" prints "–"."""
    renstra: str
    standard: str
    marks: str
    """What the reader must be warned of: "sementara", "dikoreksi"; "" prints nothing."""


class LiveGroup(TypedDict):
    """Indicators that stand together: a sasaran, a unit."""

    name: str
    told: str
    """Its counts: "2 dari 3 mencapai target"; "" leaves it out."""
    indicators: list[LiveIndicator]


class LiveRecap(TypedDict):
    """`rekap_berjalan`: the recap of any period as it stands at a moment; nobody signs it. A4 landscape."""

    letterhead: Letterhead
    period: str
    provisional: str
    """Printed at the top of every page: "SEMENTARA: …"; "" when every figure is frozen."""
    facts: list[Fact]
    """Further lines of the head: the moment, completeness, punctuality, what was left out of the print."""
    summary: Summary
    scales: list[UsedScale]
    scale_rule: str
    years: list[str]
    """Heads of the columns of earlier years: "2025"."""
    groups: list[LiveGroup]
    """[] prints a sentence."""
    corrections: list[str]
    """A sentence for each figure corrected after it was frozen; [] leaves the part out."""
    charts: list[Chart]
