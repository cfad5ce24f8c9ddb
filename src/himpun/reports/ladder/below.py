"""The late ladder of the offices below one: a row each, or a row for each region where those have offices below themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from himpun import clock
from himpun.cycles.models import Cycle
from himpun.measure.periods import Period
from himpun.offices.models.offices import Office
from himpun.reports.ladder.ladder import Awaited, Row, by_lateness, rows_of
from himpun.reports.ladder.rungs import LATE
from himpun.reports.ladder.standings import ORDER, SOP, Counts, Standing, standings_of
from himpun.reports.queries import DEPTH
from himpun.reports.recap.recap import Reporting

DETAILED = 100
"""So many offices are shown with their tracks on one page."""
SORTS = {
    "terlambat": "Paling terlambat dahulu",
    "nama": "Nama kantor",
    "langkah": "Langkah paling tertinggal dahulu",
    "perkiraan": "Perkiraan selesai terakhir dahulu",
    "pelaporan": "Pelaporan paling rendah dahulu",
}


@dataclass(slots=True)
class Region:
    """An office with the offices below it counted together."""

    office: Office
    counts: Counts
    has_below: bool


@dataclass(slots=True)
class Below:
    """The offices below one in a period: `rows` a row each, or `regions`; `counts` over all of them."""

    office: Office
    period: Period
    key: str
    counts: Counts
    rows: list[Row] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    found: int = 0

    @property
    def late(self) -> list[Awaited]:
        """Everything that is late in the rows shown."""
        return [one for row in self.rows for one in row.late_tasks]


def below_of(
    office: Office,
    period: Period,
    *,
    key: str = SOP,
    now: datetime | None = None,
    sort: str = "terlambat",
    only_late: bool = False,
    page: int = 1,
) -> Below:
    """The offices just below `office`, a row each; with more than `DETAILED` of them, one page of rows."""
    now = now or clock.now()
    offices = list(office.children.select_related("kind").order_by("name"))
    standings = standings_of(Office.objects.filter(parent=office), period, key=key, now=now)
    counts = _counted((each.name, standings[each.pk]) for each in offices)
    wanted = [each for each in offices if not only_late or standings[each.pk].state == LATE]
    wanted.sort(key=_by_standing(standings, sort))
    shown = wanted[(page - 1) * DETAILED : page * DETAILED]
    rows = _office_rows(shown, period, key, now)
    for row in rows:
        row.reporting, row.excused = standings[row.office.pk].reporting, standings[row.office.pk].excused
    return Below(office, period, key, counts, rows=sorted(rows, key=_by(sort)), found=len(wanted))


def _office_rows(offices: Sequence[Office], period: Period, key: str, now: datetime) -> list[Row]:
    by_pk = {office.pk: office for office in offices}
    cycles = Cycle.objects.filter(office__in=list(by_pk), key=key, period=period.code)
    newest = {cycle.office_id: cycle for cycle in cycles.exclude(state=Cycle.State.CANCELLED).order_by("round")}
    for cycle in newest.values():
        cycle.office = by_pk[cycle.office_id]
    rows = rows_of(list(newest.values()), now)
    with_below = set(Office.objects.filter(parent__in=list(by_pk)).order_by().values_list("parent", flat=True))
    found = [rows[newest[pk].pk] if pk in newest else Row(office) for pk, office in by_pk.items()]
    for row in found:
        row.has_below = row.office.pk in with_below
    return found


def _by_standing(standings: Mapping[int, Standing], sort: str) -> Any:
    """The order that decides which offices come on the first page, before anything else is read of them."""

    def order(office: Office) -> Any:
        found = standings[office.pk]
        name = office.name.casefold()
        if sort == "nama":
            return name
        if sort == "pelaporan":
            return _rate(found.reporting), name
        return -found.late / found.day, ORDER[found.state], name

    return order


def _by(sort: str) -> Any:
    if sort == "nama":
        return lambda row: row.office.name.casefold()
    if sort == "langkah":
        return lambda row: (_at_step(row), -row.late_days, row.office.name.casefold())
    if sort == "perkiraan":
        return lambda row: (-(row.forecast.timestamp() if row.forecast else 0), *by_lateness(row))
    if sort == "pelaporan":
        return lambda row: (_rate(row.reporting), *by_lateness(row))
    return by_lateness


def _at_step(row: Row) -> int:
    if row.cycle is None:
        return 0
    return row.task.step_no if row.task else len(row.track) + 1


def _rate(reporting: Reporting) -> float:
    """The reporting rate to sort by; where nothing was asked, before all others."""
    return -1.0 if reporting.completeness is None else float(reporting.completeness)


def regions_of(
    office: Office, period: Period, *, key: str = SOP, now: datetime | None = None, sort: str = "terlambat"
) -> Below:
    """The offices just below `office`, each counted with all below it.

    An office with offices below it counts itself only where it has a run of its own: a regency is not late with what
    only its districts do.
    """
    now = now or clock.now()
    children = list(office.children.order_by("name"))
    under, there = _under([child.pk for child in children])
    standings = standings_of(there, period, key=key, now=now)
    names = dict(Office.objects.filter(pk__in=_latest(under, standings)).values_list("pk", "name"))
    total, regions = Counts(), []
    for child in children:
        region = Region(child, Counts(), bool(under[child.pk]))
        for pk in (child.pk, *under[child.pk]):
            if pk == child.pk and region.has_below and not standings[pk].begun:
                continue
            name = child.name if pk == child.pk else names.get(pk, "")
            region.counts.add(name, standings[pk])
            total.add(name, standings[pk])
        regions.append(region)
    regions.sort(key=_by_counts(sort))
    return Below(office, period, key, total, regions=regions, found=len(regions))


def _latest(under: Mapping[int, list[int]], standings: Mapping[int, Standing]) -> list[int]:
    """The latest office of each region: the only ones that are named."""
    found = []
    for below in under.values():
        if below:
            pk = max(below, key=lambda pk: standings[pk].late / standings[pk].day)
            found += [pk] if standings[pk].late else []
    return found


def _by_counts(sort: str) -> Any:
    if sort == "nama":
        return lambda region: region.office.name.casefold()
    if sort == "pelaporan":
        return lambda region: (_rate(region.counts.reporting), region.office.name.casefold())
    return lambda region: (
        -region.counts.late_offices,
        -region.counts.late_days,
        -region.counts.not_begun,
        region.office.name.casefold(),
    )


def _under(children: Sequence[int]) -> tuple[dict[int, list[int]], QuerySet[Office]]:
    """By each of `children`, all offices below it, one query a level; and these with all of them as a query."""
    root = {pk: pk for pk in children}
    found: dict[int, list[int]] = {pk: [] for pk in children}
    there = Q(pk__in=children)
    for depth in range(1, DEPTH + 1):
        level = Q(**{"parent__" * depth + "in": children})
        pairs = list(Office.objects.filter(level).order_by().values_list("pk", "parent_id"))
        for pk, parent in pairs:
            if parent in root and pk not in root:
                root[pk] = root[parent]
                found[root[pk]].append(pk)
        if not pairs:
            break
        there |= level
    return found, Office.objects.filter(there)


def _counted(named: Iterable[tuple[str, Standing]]) -> Counts:
    counts = Counts()
    for name, standing in named:
        counts.add(name, standing)
    return counts


def counts_regions(office: Office) -> bool:
    """Whether more than half of the offices just below have offices below themselves: then regions are shown first."""
    children = office.children.count()
    with_below = office.children.filter(children__isnull=False).distinct().count()
    return with_below * 2 > children
