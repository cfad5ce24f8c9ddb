"""Baku dan nyata: the standard times of a procedure against what the journal says really happened in a year.

Each run is held against the version of the procedure it ran, by its own office's calendar; the table has the steps of the
newest version. Reads in a fixed number of queries, however many offices and runs.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

from himpun.cycles.deadlines.units import counted_by, holder_numbers
from himpun.history.clock import WorkClock
from himpun.history.comparing import Group, Suggestion, compared, suggestion
from himpun.history.conformance import CaseResult, check
from himpun.history.events import Event, Log, cases_of
from himpun.history.journal import events_of
from himpun.history.timings import StepTiming, in_minutes, middle, percentile, step_timings, usual_day
from himpun.history.visits import KEPT, Visit
from himpun.history.waiting import Waiting, waiting_in
from himpun.offices.calendar.kept import calendars_of
from himpun.offices.models.offices import Office
from himpun.procedures.definition import Procedure
from himpun.procedures.models import ProcedureVersion

MOST = 300
"""Offices that one evaluation takes together."""


@dataclass(frozen=True)
class Evaluation:
    """What is known of a procedure in a year, for one office or several together."""

    office: Office
    offices: Sequence[Office]
    year: int
    procedure: Procedure
    versions: int
    log: Log
    cases: Sequence[CaseResult]
    clock: WorkClock
    waiting: Waiting

    @cached_property
    def visits(self) -> list[Visit]:
        return [visit for case in self.cases for visit in case.visits]

    @cached_property
    def timings(self) -> list[StepTiming]:
        """Every step of the procedure against its standard."""
        skips = Counter(step for case in self.cases for step in set(case.variant.skipped))
        return step_timings(self.procedure, self.visits, self.clock, skips)

    @cached_property
    def suggestions(self) -> dict[int, Suggestion]:
        """Step → a realistic standard, or why none can be given."""
        by_step: dict[int, list[Visit]] = defaultdict(list)
        for visit in self.visits:
            by_step[visit.step].append(visit)
        return {step.no: suggestion(step, by_step[step.no], self.clock) for step in self.procedure.steps}

    @cached_property
    def totals(self) -> dict[str, int]:
        """Ended run → its working minutes."""
        return {case.case: case.minutes for case in self.cases if case.variant.ended and case.minutes is not None}

    @cached_property
    def by_office(self) -> list[Group]:
        names = {office.code: office.name for office in self.offices}
        return compared(self.visits, self.totals, lambda visit: names.get(visit.office, visit.office))

    @cached_property
    def by_period(self) -> list[Group]:
        return compared(self.visits, self.totals, lambda visit: visit.period)

    @cached_property
    def deviations(self) -> list[tuple[str, int]]:
        """Each departure from the SOP with the number of runs that have it; that a run still goes on is none."""
        found = Counter(
            sentence for case in self.cases for sentence in case.deviations if not sentence.startswith("kasus belum")
        )
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def day(self) -> int:
        """The net minutes of a usual working day."""
        return usual_day(self.clock.calendar)

    @property
    def ended(self) -> int:
        return sum(case.variant.ended for case in self.cases)

    @property
    def fitness(self) -> float | None:
        """The mean over ended runs: one that still goes on cannot fit yet."""
        ended = [case.fitness for case in self.cases if case.variant.ended]
        return fmean(ended) if ended else None

    @property
    def median(self) -> float | None:
        return middle(list(self.totals.values()))

    @property
    def p90(self) -> int | None:
        return percentile(list(self.totals.values()), 0.9)

    @property
    def on_time(self) -> float | None:
        """The share of visits that ended in time."""
        judged = [visit.late for visit in self.visits if visit.late is not None]
        return sum(not late for late in judged) / len(judged) if judged else None

    @property
    def realistic(self) -> float:
        return KEPT


def procedures_known(office: Office) -> dict[str, str]:
    """Key → name of every procedure published for this office or for all."""
    versions = ProcedureVersion.objects.filter(office__in=[office.pk]) | ProcedureVersion.objects.filter(
        office__isnull=True
    )
    return dict(versions.order_by("number").values_list("key", "name"))


def evaluate(office: Office, key: str, year: int, offices: Sequence[Office]) -> Evaluation | None:
    """The runs of a procedure that began in a year in these offices (with their kind). None: never published."""
    zone = ZoneInfo(office.timezone)
    since, until = (datetime(no, 1, 1, tzinfo=zone) for no in (year, year + 1))
    log = events_of(offices, key, since, until)
    procedures = _procedures(key, office)
    if not procedures:
        return None
    clocks = {each.code: each for each in {office.pk: office, **{one.pk: one for one in offices}}.values()}
    kept = calendars_of(clocks.values())
    work = {code: WorkClock(*kept[each.pk]) for code, each in clocks.items()}
    used = {event.sha256 for event in log if event.procedure == key}
    newest = next((one for one in procedures if one.sha256 in used), procedures[0])
    holders = holder_numbers([each.pk for each in clocks.values()], procedures)
    by_office = {
        code: {one.sha256: counted_by(holders, each.pk, one) for one in procedures} for code, each in clocks.items()
    }
    cases, waiting = _checked(log, key, by_office, work)
    newest = counted_by(holders, office.pk, newest)
    return Evaluation(office, offices, year, newest, max(len(used), 1), log, cases, work[office.code], waiting)


def _procedures(key: str, office: Office) -> list[Procedure]:
    """Every version, the newest first, the office's own before the shared ones."""
    versions = sorted(
        ProcedureVersion.objects.filter(key=key),
        key=lambda version: (version.office_id != office.pk, version.office_id is not None, -version.number),
    )
    return [version.definition for version in versions]


def _checked(
    log: Log, key: str, procedures: Mapping[str, Mapping[str, Procedure]], clocks: Mapping[str, WorkClock]
) -> tuple[list[CaseResult], Waiting]:
    """Each run against its own version, by its own office's clock."""
    by_kind: dict[tuple[str, str], dict[str, list[Event]]] = defaultdict(dict)
    for case, events in cases_of(log).items():
        first = next((event for event in events if event.procedure == key), events[0])
        by_kind[first.office, first.sha256][case] = events
    results: list[CaseResult] = []
    waiting = Waiting()
    for (code, sha256), cases in by_kind.items():
        if procedure := procedures.get(code, {}).get(sha256):
            found = check(procedure, [event for events in cases.values() for event in events], clocks[code])
            results += found.cases
            for result in found.cases:
                waiting_in(cases[result.case], result.visits, clocks[code], waiting)
    return results, waiting


# --- the picture ----------------------------------------------------------------------------------------------------


def chart(timings: Iterable[StepTiming], clock: WorkClock, title: str) -> dict[str, Any]:
    """Bars to the median, a thin line to the 90th percentile, a mark at the standard; in working days."""
    day = usual_day(clock.calendar)
    rows = [_chart_row(one, clock, day) for one in timings]
    y = {
        "field": "step",
        "type": "ordinal",
        "scale": {"domain": [row["step"] for row in rows]},
        "title": None,
        "axis": {"labelAngle": 0, "domain": False, "ticks": False, "labelFontSize": 12, "labelLimit": 300},
    }
    x = {"type": "quantitative", "title": "hari kerja", "axis": {"grid": True, "gridColor": "#d9dee2", "tickCount": 6}}
    measured = [{"filter": "isValid(datum.median)"}]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": f"{title}. " + "; ".join(_told(row) for row in rows) + ".",
        "width": 460,
        "height": {"step": 30},
        "background": "white",
        "padding": 10,
        "config": {"font": "Arimo, Arial, Helvetica, sans-serif", "view": {"stroke": None}},
        "data": {"values": rows},
        "layer": [
            {
                "transform": measured,
                "mark": {"type": "rule", "color": "#5b6770", "strokeWidth": 2},
                "encoding": {"y": y, "x": {**x, "field": "median"}, "x2": {"field": "p90"}},
            },
            {
                "transform": measured,
                "mark": {"type": "bar", "height": 13, "color": "#3b78b0"},
                "encoding": {"y": y, "x": {**x, "field": "median"}},
            },
            {
                "transform": measured,
                "mark": {"type": "tick", "thickness": 2, "size": 9, "color": "#5b6770"},
                "encoding": {"y": y, "x": {**x, "field": "p90"}},
            },
            {
                "transform": [{"filter": "isValid(datum.standard)"}],
                "mark": {"type": "tick", "thickness": 3, "size": 24, "color": "#1f2933"},
                "encoding": {"y": y, "x": {**x, "field": "standard"}},
            },
            {
                "transform": [{"filter": "!isValid(datum.median)"}],
                "mark": {"type": "text", "align": "left", "dx": 6, "fontStyle": "italic", "color": "#5b6770"},
                "encoding": {"y": y, "x": {"value": 0}, "text": {"field": "why"}},
            },
        ],
    }


def _chart_row(one: StepTiming, clock: WorkClock, day: int) -> dict[str, Any]:
    standard = in_minutes(clock.amount(one.step), clock)
    return {
        "step": f"Langkah {one.step.no}",
        "median": None if one.median is None else round(one.median / day, 3),
        "p90": None if one.p90 is None else round(one.p90 / day, 3),
        "standard": None if standard is None else round(standard / day, 3),
        "why": one.why_not,
    }


def _told(row: Mapping[str, Any]) -> str:
    if row["median"] is None:
        return f"{row['step']}: {row['why']}"
    standard = "tanpa baku" if row["standard"] is None else f"baku {row['standard']}"
    return f"{row['step']}: median {row['median']}, 90% sampai {row['p90']}, {standard} hari".replace(".", ",")
