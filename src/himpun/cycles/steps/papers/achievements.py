"""Rekap hasil capaian, and the tables and charts of it that the Data Kinerja shows too."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from himpun.documents.content.achievements import AchievedIndicator, AchievementRecap, Objective, ScaleBand, Summary
from himpun.documents.content.parts import Chart
from himpun.documents.parts import letterhead, moment, signature_of
from himpun.documents.pictures import drawn_later
from himpun.indicators.measured.charts import achievement_bars
from himpun.indicators.measured.keeping import COLOURS, SCALE, bar_of, codes_by_scale, scales_of, summary_of
from himpun.indicators.measured.office_year import read_scale
from himpun.indicators.models.dictionary import Scale as ScaleRow
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.measure.numbers import write_percent
from himpun.measure.periods import Period
from himpun.measure.scoring.scale import Category, Scale
from himpun.measure.scoring.values import Polarity
from himpun.offices.acting import Actor

SCALE_RULE = "Kategori ditetapkan dari capaian sebelum dibulatkan."


def achievements(recap: Recap, lines: list[RecapLine], actor: Actor, at: datetime) -> AchievementRecap:
    """The recap of achievement per sasaran and indicator, with the analysis written about it."""
    office = recap.office
    signature = signature_of(actor, office, at, how=f"Disetujui dalam sistem pada {moment(at, office)}")
    return {
        "letterhead": letterhead(office),
        "period": Period.parse(recap.period).label,
        "facts": [{"label": "Data dibekukan", "value": f"{moment(recap.frozen_at, office)} oleh {recap.frozen_by}"}],
        "summary": summary(lines),
        "scale": scale(lines),
        "scale_rule": scale_rule(lines),
        "objectives": objectives(lines),
        "charts": charts(lines),
        "analysis": "",
        "digest": recap.digest,
        "signature": signature,
        "verification": None,
    }


def summary(lines: list[RecapLine]) -> Summary:
    """Mean, capped mean, counts, and what was left out with its reason."""
    frozen = [line.frozen for line in lines]
    result = summary_of(frozen)
    common = _common_scale(lines)
    category = common.category(result.mean) if common and result.mean is not None else None
    codes = {row["nama"]: row["kode"] for row in frozen}
    return {
        "mean": write_percent(result.mean) if result.mean is not None else "",
        "capped_mean": write_percent(result.capped_mean) if result.capped_mean is not None else "",
        "category": category.name if category else "",
        "colour": COLOURS[category.colour] if category else "",
        "achieved": str(result.achieved),
        "not_achieved": str(result.not_achieved),
        "left_out": [{"code": codes[row.name], "name": row.name, "reason": row.reason} for row in result.left_out],
    }


def _common_scale(lines: list[RecapLine]) -> Scale | None:
    """The one scale that all lines were called by; None where there are several, or where it was changed since."""
    used = scales_of(line.frozen for line in lines)
    own = ScaleRow.objects.filter(office__in={line.recap.office_id for line in lines})
    known = [SCALE, *(read_scale(row.levels) for row in own)]
    return next((each for each in known if [each.categories()] == used), None)


def scale(lines: list[RecapLine]) -> list[ScaleBand]:
    """The scale that most of the lines were called by, best first."""
    used = codes_by_scale(line.frozen for line in lines)
    most = max(used, key=lambda levels: len(used[levels])) if used else scales_of([])[0]
    return bands(most)


def bands(levels: Iterable[Category]) -> list[ScaleBand]:
    """A scale's rows for a legend."""
    return [{"label": level.name, "rule": level.rule, "colour": COLOURS[level.colour]} for level in levels]


def scale_rule(lines: list[RecapLine]) -> str:
    """What else must be known: that nothing was rounded before, and which indicators have another scale."""
    used = codes_by_scale(line.frozen for line in lines)
    main = scale(lines)
    others = [
        f"{', '.join(codes)} memakai skala lain: {'; '.join(f'{level.name} ({level.rule})' for level in levels)}."
        for levels, codes in used.items()
        if bands(levels) != main
    ]
    return " ".join([SCALE_RULE, *others])


def objectives(lines: list[RecapLine]) -> list[Objective]:
    """The lines grouped by sasaran, in their order."""
    grouped: dict[str, list[RecapLine]] = {}
    for line in in_order(lines):
        grouped.setdefault(line.frozen["sasaran"], []).append(line)
    number = 0
    result: list[Objective] = []
    for place, (name, rows) in enumerate(grouped.items(), 1):
        achieved = []
        for line in rows:
            number += 1
            achieved.append(_achieved(number, line))
        result.append({"no": str(place), "name": name, "indicators": achieved})
    return result


def in_order(lines: list[RecapLine]) -> list[RecapLine]:
    """The lines in the order of the dictionary; the recap keeps them by unit."""
    return sorted(lines, key=lambda line: (line.indicator.order, line.frozen["kode"]))


def _achieved(number: int, line: RecapLine) -> AchievedIndicator:
    frozen, score = line.frozen, line.frozen["capaian"]
    return {
        "no": str(number),
        "code": frozen["kode"],
        "name": frozen["nama"],
        "unit": frozen["satuan"],
        "polarity": Polarity(frozen["polaritas"]).label,
        "target": frozen["target"],
        "actual": frozen["realisasi_tampil"] or score["tampil"],
        "achievement": score["tampil"] if score["nilai"] else "",
        "missing": "" if score["nilai"] else score["tampil"],
        "reason": score["alasan"],
        "category": score["kategori"],
        "colour": COLOURS.get(score["warna"], ""),
        "formula": _formula(frozen),
        "cause": line.cause,
        "follow_up": line.follow_up,
    }


def _formula(frozen: dict[str, Any]) -> str:
    parts = [frozen["realisasi_rumus"], frozen["capaian"]["rumus"]]
    return "; ".join(part for part in parts if part and "=" in part)


def charts(lines: list[RecapLine]) -> list[Chart]:
    """The bars of every indicator's achievement; `svg` holds the Vega-Lite spec until the rendering draws it."""
    if not lines:
        return []
    spec = achievement_bars([bar_of(line.frozen) for line in in_order(lines)], title="Capaian indikator")
    return [{"title": "Capaian indikator terhadap target", "alt": str(spec["description"]), "svg": drawn_later(spec)}]
