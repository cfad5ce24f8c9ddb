"""A frozen recap as the files of the live one: read from what was kept when it was frozen, nothing worked out again.

Earlier years do not stand beside it: they were not frozen with it. What was corrected since is marked and told, and its
figures stay as they were.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from himpun.cycles.steps.papers.achievements import in_order
from himpun.documents.parts import moment
from himpun.indicators.measured.keeping import read_exact, scales_of, score_from
from himpun.indicators.measured.office_year import Measured
from himpun.indicators.models.figures import Correction
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.indicators.models.requests import DataRequest
from himpun.measure.periods import Period
from himpun.measure.scoring.scale import Category
from himpun.reports.recap.recap import OfficeRecap, Reporting, Row, reporting_among, summed_up


@dataclass(frozen=True, slots=True)
class FrozenRow(Row):
    """A line of a frozen recap; whatever it shows is what was kept."""

    kept: Mapping[str, Any]

    @property
    def actual(self) -> str:
        return str(self.kept["realisasi_tampil"])

    @property
    def achievement(self) -> str:
        return str(self.kept["capaian"]["tampil"])

    @property
    def reason(self) -> str:
        return str(self.kept["capaian"]["alasan"])

    @property
    def formula(self) -> str:
        return str(self.kept["realisasi_rumus"])

    @property
    def tree(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.kept.get("pohon")
        return found

    @property
    def units(self) -> str:
        return str(self.kept["unit"])


def as_frozen(recap: Recap, corrections: Iterable[Correction]) -> OfficeRecap:
    """A frozen recap in the form that the files are made from; `corrections` are those made since."""
    lines = in_order(list(recap.lines.select_related("indicator__owner", "source_line__request")))
    touched = {one.figure.variable.indicator.code for one in corrections}
    rows = tuple(_row(recap, line, line.frozen["kode"] in touched) for line in lines)
    scales = tuple(scales_of(line.frozen for line in lines))
    return OfficeRecap(
        recap.office, Period.parse(recap.period), rows, summed_up(rows), _reporting(recap, lines), scales
    )


def _row(recap: Recap, line: RecapLine, corrected: bool) -> FrozenRow:
    kept, score = line.frozen, score_from(line.frozen)
    shown = kept["capaian"]
    category = None
    if score.value is not None:
        category = Category(shown["kategori"], shown["warna"], shown.get("aturan", ""))
    measured = Measured(
        Period.parse(kept["periode"]),
        read_exact(kept["realisasi"], kept["polaritas"]),
        score.state,
        shown["alasan"],
        shown["tampil"],
        notes=tuple(kept.get("realisasi_catatan", ())),
    )
    return FrozenRow(
        office=recap.office,
        indicator=line.indicator,
        measured=measured,
        score=score,
        so_far=score_from(kept, "capaian_tahun"),
        category=category,
        target=kept["target"],
        earlier=(),
        trend=(),
        against_renstra="",
        against_standard="",
        against_last_year="",
        corrected=corrected,
        scale=scales_of([kept])[0],
        kept=kept,
    )


def _reporting(recap: Recap, lines: Iterable[RecapLine]) -> Reporting:
    """Of the requests whose answers were frozen."""
    origins = {line.source_line.request.origin for line in lines if line.source_line} or {recap.origin}
    return reporting_among(DataRequest.objects.filter(origin__in=origins)).get(recap.office_id, Reporting())


def stamp(recap: Recap, corrections: Sequence[Correction]) -> str:
    """What stands on every file of it: when it was frozen, by whom, its digest, and what was corrected since."""
    said = (
        f"Rekap beku: dibekukan {moment(recap.frozen_at, recap.office)} oleh {recap.frozen_by}, SHA-256 {recap.digest}."
    )
    if recap.withdrawn_at:
        said += " Rekap ini ditarik karena siklusnya dibatalkan; angkanya tidak ikut dihitung."
    if corrections:
        said += f" {len(corrections)} angka dikoreksi sesudahnya dan belum termuat di sini."
    return said
