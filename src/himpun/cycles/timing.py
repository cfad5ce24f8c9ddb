"""How long steps really took, and who waited for whom, against the standard time of a procedure.

Pure: events and a working calendar go in. All lengths are working minutes, pauses left out. What cannot be told is
None, never 0. Median: the middle value, or the mean of the two in the middle. 90th percentile: nearest rank, the
smallest value that at least nine tenths of all values do not exceed. See docs/decisions/0014-standard-and-actual.md.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from statistics import median
from typing import NamedTuple

from himpun.cycles.events import COMPLETE, RESUME, START, STEP, SUSPEND, UNIT, Event, Log
from himpun.offices import worktime
from himpun.offices.worktime import Amount, WorkCalendar
from himpun.procedures.definition import Procedure, Step, read_duration

USUAL = (
    "5 menit", "10 menit", "15 menit", "20 menit", "30 menit", "1 jam", "2 jam", "4 jam", "1 hari", "2 hari", "3 hari",
    "4 hari", "5 hari", "7 hari", "10 hari", "14 hari", "20 hari", "30 hari",
)  # fmt: skip
"""The amounts SOPs usually give, from the shortest."""
ENOUGH = 10
"""Fewer visits than this say nothing about a realistic standard."""
KEPT = 0.8
"""The share of visits that a realistic standard would have kept."""

Span = tuple[datetime, datetime]


class WorkClock:
    """A calendar read very often: what is known of a day is kept. Answers equal those of `worktime`."""

    def __init__(self, calendar: WorkCalendar, day_minutes: int) -> None:
        self.calendar, self.day_minutes = calendar, day_minutes
        self._zone = calendar.timezone
        self._days: dict[int, _Day] = {}
        self._ahead: dict[tuple[int, int], int] = {}
        self._last: tuple[datetime | None, _Place] = (None, (0, 0, 0))
        self._before: tuple[datetime | None, _Place] = self._last

    def worked(self, at: datetime) -> int:
        """Working microseconds before this moment, since the calendar's first day."""
        return self._place(at)[2]

    def minutes(self, start: datetime, end: datetime) -> int:
        """The whole working minutes from `start` to a later `end`; 0 when it comes first."""
        before = self._place(start)[2]
        return max(self._place(end)[2] - before, 0) // _MINUTE

    def amount(self, step: Step) -> Amount | None:
        """The standard time of a step; None where the SOP gives none."""
        return self.read(step.time_text)

    def read(self, text: str) -> Amount | None:
        """A time as the SOP writes it; None where it sets no limit."""
        duration = read_duration(text)
        minutes = duration.minutes(self.day_minutes) if duration else None
        return None if minutes is None else Amount(minutes=minutes).in_days(self.day_minutes)

    def late(self, start: datetime, end: datetime, amount: Amount, pauses: Sequence[Span] = ()) -> int:
        """By how many working minutes `end` came after what was due; 0 in time, at least 1 when late."""
        if not pauses:
            over = self.worked(end) - self._due(start, amount)
            if over:
                return max(over // _MINUTE, 1) if over > 0 else 0
        due = worktime.due_with_pauses(self.calendar, start, amount, pauses)
        return 0 if end <= due else max(self.minutes(due, end), 1)

    def _due(self, start: datetime, amount: Amount) -> int:
        """What has been worked when work begun at `start` is due; a moment of rest has the same as the work before it."""
        ordinal, clock, worked = self._place(start)
        if amount.days:
            ordinal, clock = self._begun(ordinal, clock)
            ordinal = self._day_ahead(ordinal, amount.days)
            worked = _worked_on(self._day(ordinal), clock)
        return worked + amount.minutes * _MINUTE

    def _begun(self, ordinal: int, clock: int) -> tuple[int, int]:
        """When work next begins."""
        for start, end in self._day(ordinal)[1]:
            if clock <= end:
                return ordinal, max(clock, start)
        ordinal = self._day_ahead(ordinal, 1)
        return ordinal, self._day(ordinal)[1][0][0]

    def _day_ahead(self, ordinal: int, days: int) -> int:
        found = self._ahead.get((ordinal, days))
        if found is None:
            found = self.calendar._days.advance(date.fromordinal(ordinal), days).toordinal()
            self._ahead[ordinal, days] = found
        return found

    def _place(self, at: datetime) -> "_Place":
        """Day, microsecond of the day, and what was worked before. The last two are kept: a step's start and end."""
        if self._last[0] is at:
            return self._last[1]
        if self._before[0] is at:
            return self._before[1]
        local = at.astimezone(self._zone)
        ordinal = local.toordinal()
        clock = (local.hour * 3600 + local.minute * 60 + local.second) * 1_000_000 + local.microsecond
        place = (ordinal, clock, _worked_on(self._day(ordinal), clock))
        self._before, self._last = self._last, (at, place)
        return place

    def _day(self, ordinal: int) -> "_Day":
        found = self._days.get(ordinal)
        if found is None:
            spans = tuple((_micro(start), _micro(end)) for start, end in self.calendar.on(date.fromordinal(ordinal)))
            found = self._days[ordinal] = (self.calendar._time.before(ordinal), spans)
        return found


_Day = tuple[int, tuple[tuple[int, int], ...]]
_Place = tuple[int, int, int]
_MINUTE = 60_000_000


def _worked_on(day: _Day, clock: int) -> int:
    worked, spans = day
    for start, end in spans:
        if clock <= start:
            break
        worked += (clock if clock < end else end) - start
    return worked


def _micro(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond


# --- visits ---------------------------------------------------------------------------------------------------------


class Visit(NamedTuple):
    """One turn of a step. `minutes` is None where it did not end or nobody noted when it began.

    `late` is by how many working minutes it ended after it was due: None where it cannot be told.
    """

    case: str
    step: int
    start: datetime | None
    end: datetime | None
    minutes: int | None
    late: int | None
    decision: str
    resource: str
    office: str
    period: str
    pauses: tuple[Span, ...] = ()


def pauses_of(events: Iterable[Event]) -> tuple[Span, ...]:
    """The pauses of a case that have ended, in order of time, those that overlap made one."""
    found: list[Span] = []
    since: datetime | None = None
    for event in events:
        if event.lifecycle == SUSPEND and since is None:
            since = event.at
        elif event.lifecycle == RESUME and since is not None:
            found.append((since, event.at))
            since = None
    return tuple(found)


def visits_of(
    case: Log, numbers: Mapping[str, int], amounts: Mapping[int, Amount | None], clock: WorkClock
) -> list[Visit]:
    """The turns of a case's own steps in the order they ended, those still open last.

    `numbers` maps an activity to its step where the event does not say. A step without a `start` began when the one
    before it ended; the first one without a `start` began nobody knows when.
    """
    pauses = pauses_of(case)
    begun: dict[int, list[datetime]] = {}
    before: datetime | None = None
    visits: list[Visit] = []
    for event in case:
        if event.scope != STEP:
            continue
        step = event.step or numbers.get(event.activity, 0)
        if event.lifecycle == START:
            begun.setdefault(step, []).append(event.at)
        elif event.lifecycle == COMPLETE:
            waiting = begun.get(step)
            start = waiting.pop(0) if waiting else before
            visits.append(_visit(event, step, start, amounts.get(step), clock, pauses))
            before = event.at
    return visits + [_open(case[0], step, at) for step, starts in begun.items() for at in starts]


def _visit(
    event: Event, step: int, start: datetime | None, amount: Amount | None, clock: WorkClock, pauses: tuple[Span, ...]
) -> Visit:
    end, minutes, late = event.at, None, None
    if start is not None:
        mine = tuple((a, b) for a, b in pauses if a < end and b > start) if pauses else ()
        minutes = clock.minutes(start, end)
        if mine:
            minutes -= sum(clock.minutes(max(a, start), min(b, end)) for a, b in mine)
        late = clock.late(start, end, amount, mine) if amount else None
    else:
        mine = ()
    return Visit(
        event.case, step, start, end, minutes, late, event.decision, event.resource, event.office, event.period, mine
    )


def _open(event: Event, step: int, start: datetime) -> Visit:
    return Visit(event.case, step, start, None, None, None, "", "", event.office, event.period)


# --- a step over many visits ----------------------------------------------------------------------------------------


def percentile(values: Sequence[int], share: float) -> int | None:
    """The nearest rank: the smallest value not exceeded by at least this share of them; None of none."""
    ordered = sorted(values)
    return ordered[max(math.ceil(round(share * len(ordered), 9)) - 1, 0)] if ordered else None


def middle(values: Sequence[int]) -> float | None:
    """The median; None of none."""
    return median(values) if values else None


@dataclass(frozen=True, slots=True)
class StepTiming:
    """One step over all its visits. `standard` is in working minutes; shares are from 0 to 1; None: `why_not` says why."""

    step: Step
    visits: int
    measured: int
    median: float | None
    p90: int | None
    on_time: float | None
    late: int
    returns: int
    repeats: int
    skipped: int
    standard: int | None
    why_not: str

    @property
    def rework(self) -> float | None:
        """The share of visits that were no first visit of their case."""
        return self.repeats / self.visits if self.visits else None

    @property
    def returned(self) -> float | None:
        """The share of visits that ended in handing back."""
        return self.returns / self.visits if self.visits else None

    @property
    def delay(self) -> str:
        """How it stands: aman, sebagian, terlambat, or tanpa-data; for the colour of the flowchart."""
        if self.on_time is None:
            return "tanpa-data"
        return "aman" if self.on_time >= KEPT else "sebagian" if self.on_time >= KEPT / 2 else "terlambat"


NO_VISITS = "belum pernah dijalankan"
NO_STARTS = "waktu mulai tidak tercatat"
NO_STANDARD = "SOP tidak memberi waktu baku"


def step_timings(
    procedure: Procedure, visits: Iterable[Visit], clock: WorkClock, skips: Mapping[int, int] | None = None
) -> list[StepTiming]:
    """Every step of the procedure, also those nobody ran. `skips`: step → in how many cases it was left out."""
    by_step: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.end is not None:
            by_step[visit.step].append(visit)
    return [_step_timing(step, by_step[step.no], clock, (skips or {}).get(step.no, 0)) for step in procedure.steps]


def _step_timing(step: Step, visits: Sequence[Visit], clock: WorkClock, skipped: int) -> StepTiming:
    minutes = [visit.minutes for visit in visits if visit.minutes is not None]
    judged = [visit.late for visit in visits if visit.late is not None]
    late = sum(minutes > 0 for minutes in judged)
    return StepTiming(
        step=step,
        visits=len(visits),
        measured=len(minutes),
        median=middle(minutes),
        p90=percentile(minutes, 0.9),
        on_time=1 - late / len(judged) if judged else None,
        late=late,
        returns=sum(visit.decision in step.returns for visit in visits),
        repeats=len(visits) - len({visit.case for visit in visits}),
        skipped=skipped,
        standard=in_minutes(clock.amount(step), clock),
        why_not=_why_not(step, visits, minutes, clock),
    )


def _why_not(step: Step, visits: Sequence[Visit], minutes: Sequence[int], clock: WorkClock) -> str:
    if not visits:
        return NO_VISITS
    if not minutes:
        return NO_STARTS
    return "" if clock.amount(step) else NO_STANDARD


def in_minutes(amount: Amount | None, clock: WorkClock) -> int | None:
    """A standard time in the working minutes that its days have by the usual week: what a bar is compared with."""
    if amount is None:
        return None
    return amount.days * usual_day(clock.calendar) + amount.minutes


def usual_day(calendar: WorkCalendar) -> int:
    """The net minutes of this calendar's usual working day."""
    return max(worktime.minutes_of(day) for day in calendar.hours)


# --- who waits for whom ---------------------------------------------------------------------------------------------


@dataclass
class Waiting:
    """Working minutes, by who waited and for whom."""

    minutes: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))

    def add(self, waiter: str, awaited: str, minutes: float) -> None:
        """Nobody waits for themselves, nor for nobody."""
        if waiter and awaited and waiter != awaited and minutes:
            self.minutes[waiter, awaited] += minutes

    @property
    def waiters(self) -> list[str]:
        return sorted({waiter for waiter, _ in self.minutes})

    @property
    def awaited(self) -> list[str]:
        """Whom others waited for, the longest first."""
        total: dict[str, float] = defaultdict(float)
        for (_, awaited), minutes in self.minutes.items():
            total[awaited] += minutes
        return sorted(total, key=lambda name: (-total[name], name))

    def of(self, waiter: str, awaited: str) -> float | None:
        """Minutes, or None where nobody waited."""
        return self.minutes.get((waiter, awaited))


def waiting_in(case: Log, visits: Sequence[Visit], clock: WorkClock, found: Waiting) -> None:
    """Add the waiting of one case to `found`; every working minute of an ended visit is counted once.

    Who holds the next step waits for the holder of this one. While a step's units still owe their part, its holder waits
    for them, and for the steps of a procedure it runs when nobody below owes anything; several at once share the minute.
    """
    units, children = _others(case, UNIT), _others(case, "anak")
    ended = [visit for visit in visits if visit.start and visit.end]
    for place, visit in enumerate(ended):
        following = ended[place + 1].resource if place + 1 < len(ended) else ""
        for start, end, names in _segments(visit, units, children):
            minutes = clock.minutes(start, end) - sum(
                clock.minutes(max(a, start), min(b, end)) for a, b in visit.pauses if a < end and b > start
            )
            if not names:
                found.add(following, visit.resource, minutes)
            for name in names:
                found.add(visit.resource, name, minutes / len(names))


_Held = tuple[datetime, datetime, str]


def _others(case: Log, scope: str) -> list[_Held]:
    """When units, or steps of a procedure that is run, had something open, and who it was."""
    open_: dict[tuple[str, str], tuple[datetime, str]] = {}
    found: list[_Held] = []
    for event in case:
        key = (event.activity, event.resource if scope == UNIT else "")
        if event.scope == scope and event.lifecycle == START:
            open_[key] = (event.at, event.resource)
        elif event.scope == scope and event.lifecycle == COMPLETE and key in open_:
            start, resource = open_.pop(key)
            found.append((start, event.at, event.resource or resource))
    last = case[-1].at
    return found + [(start, max(last, start), resource) for start, resource in open_.values()]


def _segments(
    visit: Visit, units: list[_Held], children: list[_Held]
) -> Iterable[tuple[datetime, datetime, list[str]]]:
    """The visit cut where it began or ceased to wait for somebody, with whom it waited for in each piece."""
    start, end = visit.start, visit.end
    if start is None or end is None:
        return
    near = [[held for held in side if held[0] < end and held[1] > start] for side in (units, children)]
    cuts = {start, end} | {at for side in near for held in side for at in held[:2] if start < at < end}
    moments = sorted(cuts)
    for a, b in itertools.pairwise(moments):
        open_ = [sorted({name for since, until, name in side if since <= a and until >= b}) for side in near]
        yield a, b, open_[0] or open_[1]


# --- beside each other ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """One office or one period beside others: its cases, how long the ended ones took, how many ended visits were in time."""

    name: str
    cases: int
    visits: int
    median: float | None
    p90: int | None
    on_time: float | None
    rework: float | None
    by_step: Mapping[int, float]


def compared(visits: Iterable[Visit], totals: Mapping[str, int], by: Callable[[Visit], str]) -> list[Group]:
    """The visits in groups, by name. `totals`: ended case → its working minutes in all."""
    groups: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits:
        groups[by(visit)].append(visit)
    return [_group(name, found, totals) for name, found in sorted(groups.items())]


def _group(name: str, visits: Sequence[Visit], totals: Mapping[str, int]) -> Group:
    cases = {visit.case for visit in visits}
    visits = [visit for visit in visits if visit.end is not None]
    whole = [totals[case] for case in cases if case in totals]
    judged = [visit.late for visit in visits if visit.late is not None]
    steps: dict[int, list[int]] = defaultdict(list)
    for visit in visits:
        if visit.minutes is not None:
            steps[visit.step].append(visit.minutes)
    firsts = len({(visit.case, visit.step) for visit in visits})
    return Group(
        name=name,
        cases=len(cases),
        visits=len(visits),
        median=middle(whole),
        p90=percentile(whole, 0.9),
        on_time=sum(not late for late in judged) / len(judged) if judged else None,
        rework=1 - firsts / len(visits) if visits else None,
        by_step={step: median(minutes) for step, minutes in steps.items()},
    )


# --- a realistic standard -------------------------------------------------------------------------------------------

KEEP, LOOSEN, TIGHTEN, TOO_FEW, NONE_FITS = "tetap", "longgarkan", "perketat", "belum-cukup-data", "di-luar-daftar"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A realistic standard for one step with its evidence; `text` is "" where none can be given, and `verdict` says why."""

    step: Step
    verdict: str
    text: str
    n: int
    median: float | None
    p90: int | None
    kept_now: float | None
    kept_then: float | None

    @property
    def sentence(self) -> str:
        """The suggestion in words."""
        now = self.step.time_text or "tanpa waktu baku"
        said = {
            KEEP: f"Pertahankan {now}.",
            LOOSEN: f"Usulkan {self.text}; {now} terlalu singkat.",
            TIGHTEN: f"{self.text} sudah cukup; {now} dapat dipersingkat.",
            TOO_FEW: f"Belum cukup data: {self.n} kunjungan, perlu sekurangnya {ENOUGH}.",
            NONE_FITS: f"Lebih lama daripada {USUAL[-1]}; periksa dahulu sebabnya.",
        }
        return said[self.verdict]


def suggestion(step: Step, visits: Iterable[Visit], clock: WorkClock) -> Suggestion:
    """The smallest usual amount that at least 80% of the visits would have kept; nothing from fewer than ten."""
    ended = [visit for visit in visits if visit.step == step.no and visit.start and visit.end]
    minutes = [visit.minutes for visit in ended if visit.minutes is not None]
    now = clock.amount(step)
    known = {"n": len(ended), "median": middle(minutes), "p90": percentile(minutes, 0.9)}
    kept_now = _kept(ended, now, clock) if now and ended else None
    if len(ended) < ENOUGH:
        return Suggestion(step, TOO_FEW, "", kept_now=kept_now, kept_then=None, **known)  # type: ignore[arg-type]
    text, kept_then = _smallest(ended, clock)
    verdict = _verdict(now, clock.read(text) if text else None, clock)
    return Suggestion(step, verdict, text, kept_now=kept_now, kept_then=kept_then, **known)  # type: ignore[arg-type]


def _smallest(ended: Sequence[Visit], clock: WorkClock) -> tuple[str, float | None]:
    """By halving: a longer amount never keeps fewer."""
    low, high = 0, len(USUAL)
    while low < high:
        between = (low + high) // 2
        if _kept(ended, clock.read(USUAL[between]), clock) >= KEPT:
            high = between
        else:
            low = between + 1
    return (USUAL[low], _kept(ended, clock.read(USUAL[low]), clock)) if low < len(USUAL) else ("", None)


def _kept(ended: Sequence[Visit], amount: Amount | None, clock: WorkClock) -> float:
    kept = [
        amount is None or not clock.late(visit.start, visit.end, amount, visit.pauses)
        for visit in ended
        if visit.start and visit.end
    ]
    return sum(kept) / len(kept)


def _verdict(now: Amount | None, then: Amount | None, clock: WorkClock) -> str:
    if then is None:
        return NONE_FITS
    if now is None:
        return LOOSEN
    before, after = in_minutes(now, clock) or 0, in_minutes(then, clock) or 0
    return KEEP if before == after else LOOSEN if after > before else TIGHTEN


def total_minutes(visits: Sequence[Visit], pauses: Sequence[Span], clock: WorkClock) -> int | None:
    """From the first beginning to the last end of a case, pauses left out; None where either is unknown."""
    ends = [visit.end for visit in visits if visit.end]
    starts = [visit.start for visit in visits if visit.start]
    if not ends or not starts:
        return None
    first, last = min(starts), max(ends)
    paused = sum(clock.minutes(max(a, first), min(b, last)) for a, b in pauses if a < last and b > first)
    return clock.minutes(first, last) - paused


def share_words(share: float | None) -> str:
    """A share from 0 to 1 as a table shows it: "83,3%"; "–" where it cannot be told."""
    return "–" if share is None else f"{share * 100:.1f}%".replace(".", ",")
