"""The late ladder as CSV: UTF-8 with its mark, cells parted by semicolons, as Excel opens it here."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from himpun import moments
from himpun.measure.periods import Period
from himpun.offices.calendar.kept import calendar_of
from himpun.offices.due_words import as_said
from himpun.offices.models.offices import Office
from himpun.reports.ladder.below import Below, Region
from himpun.reports.ladder.ladder import Ladder, Row, Unit
from himpun.reports.recap.recap import Reporting
from himpun.spreadsheets.parts import inert

_OF_REQUESTS = ("Diminta", "Dijawab", "Tepat waktu", "Dikecualikan")
_OF_REGION = (
    "Wilayah",
    "Kantor",
    "Terlambat",
    "Belum mulai",
    "Berjalan",
    "Dijeda",
    "Selesai",
    "Terlambat paling lama (hari kerja)",
    "Kantor paling terlambat",
    *_OF_REQUESTS,
)
_RUN = (
    "Kantor",
    "Prosedur",
    "Periode",
    "Unit",
    "Status",
    "Langkah",
    "Nama langkah",
    "Dipegang",
    "Pemangku",
    "Menunggu",
    "Batas waktu",
    "Terlambat (menit kerja)",
    "Terlambat (hari kerja)",
    "Perkiraan selesai",
    "Batas akhir siklus",
    "Selesai",
)


def ladder_csv(ladder: Ladder) -> bytes:
    """The runs of an office, each followed by its units."""
    lines: list[Sequence[str]] = [_RUN]
    for row in ladder.rows:
        lines.append(_run(row, ladder.period))
        lines += [_unit(unit, row, ladder.period) for unit in row.units]
    return _written(lines)


def below_csv(below: Below) -> bytes:
    """The offices or the regions below one, as the page shows them."""
    if below.regions:
        return _written([_OF_REGION, *map(_region, below.regions)])
    return _written(
        [
            (*_RUN, *_OF_REQUESTS),
            *((*_run(row, below.period), *_requests(row.reporting, row.excused)) for row in below.rows),
        ]
    )


def _written(lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([inert(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def _run(row: Row, period: Period) -> list[str]:
    return [
        row.office.name,
        row.procedure,
        period.label,
        "",
        row.label,
        str(row.task.step_no) if row.task else "",
        row.step,
        row.task.post.title if row.task else "",
        row.holder,
        ", ".join(row.clock.waiting_on) if row.clock else "",
        _due(row.task.due_at if row.task else None, row.office),
        str(row.late) if row.cycle else "",
        _days(row.late_days) if row.cycle else "",
        _due(row.forecast, row.office),
        _due(row.cycle.due_at if row.cycle else None, row.office),
        _filed(row.cycle.ended_at if row.cycle else None),
    ]


def _unit(unit: Unit, row: Row, period: Period) -> list[str]:
    return [
        row.office.name,
        row.procedure,
        period.label,
        unit.task.post.title,
        unit.label,
        str(unit.task.step_no),
        "",
        unit.task.post.title,
        unit.holder,
        "",
        _due(unit.due_at, row.office),
        str(unit.late),
        _days(unit.late_days),
        "",
        "",
        _filed(unit.done_at),
    ]


def _region(region: Region) -> list[str]:
    counts = region.counts
    numbers = [counts.offices, counts.late_offices, counts.not_begun, counts.by_state["berjalan"]]
    numbers += [counts.by_state["dijeda"], counts.done]
    late = [_days(counts.late_days), counts.latest]
    return [region.office.name, *map(str, numbers), *late, *_requests(counts.reporting, counts.excused)]


def _requests(reporting: Reporting, excused: int) -> list[str]:
    return [str(number) for number in (reporting.asked, reporting.answered, reporting.in_time, excused)]


def _days(days: float) -> str:
    return f"{days:.1f}".replace(".", ",")


def _due(at: datetime | None, office: Office) -> str:
    """A due moment as people say it: a day's end, not the next one's beginning."""
    return _filed(as_said(calendar_of(office.pk, office.calendar_stamp)[0], at)) if at else ""


def _filed(at: datetime | None) -> str:
    return moments.filed(timezone.localtime(at)) if at else ""
