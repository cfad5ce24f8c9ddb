"""Groups beside each other, and what a standard time might become. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from himpun.history.clock import Span, WorkClock
from himpun.history.timings import in_minutes, middle, percentile
from himpun.history.visits import ENOUGH, KEPT, USUAL, Visit
from himpun.offices.worktime import Amount
from himpun.procedures.definition import Step

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
