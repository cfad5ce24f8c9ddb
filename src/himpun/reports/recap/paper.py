"""A recap as a paper: content for `documents/typst/rekap_berjalan.typ`, and the PDF of it.

What is provisional says so at the top of every page; the rows that were asked for are printed, and what they leave out
is told. Nobody signs it: the signed paper is the frozen recap of a procedure.
"""

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction

from himpun.cycles.steps.papers.achievements import SCALE_RULE, bands
from himpun.documents.content.achievements import Summary
from himpun.documents.content.live_recap import LiveGroup, LiveIndicator, LiveRecap
from himpun.documents.content.parts import Chart, Fact
from himpun.documents.parts import letterhead, moment
from himpun.documents.pictures import drawn_later, with_pictures
from himpun.documents.rendering import render
from himpun.indicators.measured.charts import Bar, achievement_bars
from himpun.indicators.measured.keeping import COLOURS
from himpun.indicators.models.figures import Correction
from himpun.indicators.recaps.corrections import approved_in
from himpun.measure.numbers import write_percent
from himpun.reports.recap.recap import Group, OfficeRecap, Reporting, Row

PROVISIONAL = "SEMENTARA: ada angka yang belum dibekukan dan masih dapat berubah"
MARKED = "sementara"
PDF_MEDIA = "application/pdf"
CORRECTED = "dikoreksi sesudah dibekukan"


def to_pdf(
    recap: OfficeRecap,
    *,
    group: str = "sasaran",
    note: str = "",
    at: datetime,
    corrections: Iterable[Correction] | None = None,
) -> bytes:
    """The rows of a recap as PDF/A, grouped; `note` tells what a filter left out. `at` is the moment it shows.

    `corrections` are those to tell of; those of the rows where none are given.
    """
    said = paper(recap, group=group, note=note, at=at, corrections=corrections)
    return render("rekap_berjalan", with_pictures("rekap_berjalan", said), made_at=at)


def paper(
    recap: OfficeRecap, *, group: str, note: str, at: datetime, corrections: Iterable[Correction] | None = None
) -> LiveRecap:
    """What the paper says."""
    facts: list[Fact] = [
        {"label": "Keadaan pada", "value": moment(at, recap.office)},
        *_reporting(recap.reporting),
    ]
    if note:
        facts.append({"label": "Isi", "value": note})
    return {
        "letterhead": letterhead(recap.office),
        "period": recap.period.label,
        "provisional": PROVISIONAL if recap.provisional else "",
        "facts": facts,
        "summary": _summary(recap),
        "scales": [{"users": recap.called_by(scale), "bands": bands(scale)} for scale in recap.scales],
        "scale_rule": SCALE_RULE,
        "years": [str(year) for year, _ in recap.rows[0].earlier] if recap.rows else [],
        "groups": _groups(recap.grouped(group)),
        "corrections": [_told(one) for one in (_corrections(recap) if corrections is None else corrections)],
        "charts": _charts(recap.rows),
    }


def _reporting(reporting: Reporting) -> list[Fact]:
    if not reporting.asked:
        return [{"label": "Pelaporan", "value": "Tidak ada permintaan data pada periode ini."}]
    return [
        {"label": "Unit menjawab", "value": _share(reporting.answered, reporting.asked, reporting.completeness)},
        {"label": "Tepat waktu", "value": _share(reporting.in_time, reporting.asked, reporting.on_time)},
    ]


def _share(part: int, whole: int, percent: Fraction | None) -> str:
    return f"{part} dari {whole} permintaan" + ("" if percent is None else f" ({write_percent(percent)}%)")


def _summary(recap: OfficeRecap) -> Summary:
    total = recap.summary
    return {
        "mean": "" if total.mean is None else write_percent(total.mean),
        "capped_mean": "" if total.capped_mean is None else write_percent(total.capped_mean),
        "category": "",
        "colour": "",
        "achieved": str(total.achieved),
        "not_achieved": str(total.not_achieved),
        "left_out": [
            {"code": row.indicator.code, "name": row.indicator.name, "reason": row.reason}
            for row in recap.rows
            if row.score.value is None
        ],
    }


def _groups(groups: Iterable[Group]) -> list[LiveGroup]:
    number, found = 0, []
    for group in groups:
        rows = []
        for row in group.rows:
            number += 1
            rows.append(_indicator(number, row))
        told = f"{group.summary.achieved} dari {group.summary.counted} mencapai target"
        found.append(LiveGroup(name=group.name, told=told, indicators=rows))
    return found


def _indicator(number: int, row: Row) -> LiveIndicator:
    counted = row.score.value is not None
    marks = [MARKED] * row.measured.provisional + [CORRECTED] * row.corrected
    return {
        "no": str(number),
        "code": row.indicator.code,
        "name": row.indicator.name,
        "units": row.units,
        "unit": row.indicator.unit,
        "target": row.target,
        "actual": row.actual,
        "achievement": row.achievement if counted else "",
        "missing": "" if counted else row.achievement,
        "reason": row.reason,
        "category": row.category.name if row.category else "",
        "colour": COLOURS[row.category.colour] if row.category else "",
        "formula": "; ".join(part for part in (row.formula, row.score.formula) if "=" in part),
        "earlier": [actual for _, actual in row.earlier],
        "renstra": row.indicator.renstra_target,
        "standard": row.indicator.national_standard,
        "marks": ", ".join(marks),
    }


def _corrections(recap: OfficeRecap) -> Iterable[Correction]:
    printed = [row.indicator.code for row in recap.rows]
    return approved_in([recap.office.pk], recap.period).filter(figure__variable__indicator__code__in=printed)


def _told(correction: Correction) -> str:
    figure = correction.figure
    return (
        f"{figure.variable.indicator.code} {figure.variable.label}, {figure.unit.title}, {figure.period.label}: "
        f"{correction.old} menjadi {correction.new}. {correction.reason}"
    )


def _charts(rows: Iterable[Row]) -> list[Chart]:
    bars = [Bar(row.indicator.name, row.score.value, row.category, row.achievement) for row in rows]
    if not bars:
        return []
    spec = achievement_bars(bars, title="Capaian indikator")
    return [{"title": "Capaian indikator terhadap target", "alt": str(spec["description"]), "svg": drawn_later(spec)}]
