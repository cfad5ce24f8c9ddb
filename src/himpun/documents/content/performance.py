"""The content of Data Kinerja, the document that is signed."""

from typing import Literal

from typing_extensions import TypedDict  # that of Python 3.11 does not tell pydantic which keys are needed

from himpun.documents.content.achievements import Objective, ScaleBand, Summary
from himpun.documents.content.parts import Chart, FreeTable, Letterhead, Paraf, Signature, Verification

# --------------------------------------------------------------------------------------------------------------------
# data_kinerja
# --------------------------------------------------------------------------------------------------------------------


class Section(TypedDict):
    """Part of a chapter or a lampiran, printed in the order of these fields."""

    title: str
    """"Capaian Kinerja Triwulan III"; lettered A, B, C by the template. "" prints no heading."""
    text: str
    """Paragraphs; "" leaves it out."""
    recap: list[Objective]
    """Achievement table; [] leaves it out."""
    tables: list[FreeTable]
    charts: list[Chart]


class Chapter(TypedDict):
    """A chapter; numbered BAB I, II, III by the template."""

    title: str
    sections: list[Section]
    """[] prints a sentence that the chapter has not been written."""


class Appendix(TypedDict):
    """A lampiran, beginning on a new page, numbered by the template."""

    title: str
    landscape: bool
    """True for wide tables."""
    sections: list[Section]


class PerformanceData(TypedDict):
    """`data_kinerja`: the Draft and the Final "Data Kinerja". A4 portrait with a cover."""

    letterhead: Letterhead
    title: str
    """On the cover: "Data Kinerja"."""
    period: str
    """On the cover: "Triwulan III 2026"."""
    place_year: str
    """At the foot of the cover: "Contoh, 2026"; "" leaves it out."""
    state: Literal["draft", "final"]
    """A draft carries a watermark and `draft_label` on every page, and no signature is printed as given."""
    draft_label: str
    """"DRAFT versi 3"; ignored when final."""
    number: str
    """Nomor dokumen; "" prints none."""
    foreword: str
    """Kata pengantar, paragraphs; "" leaves the page out."""
    summary: Summary | None
    """Printed after the table of contents as "Ringkasan"; None leaves it out."""
    scale: list[ScaleBand]
    """Printed under the summary; [] leaves it out."""
    scale_rule: str
    chapters: list[Chapter]
    """[] prints a sentence."""
    appendices: list[Appendix]
    paraf: list[Paraf]
    """Paraf hierarki, lowest first; [] prints a sentence. Stands with the signature on the page "Pengesahan"."""
    signature: Signature
    verification: Verification | None
