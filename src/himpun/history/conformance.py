"""A log held against a procedure: how well each case fits, and where it departs, in words.

Pure. The procedure is a set of steps with the decisions that lead from one to the next; a case is the steps that ended,
in order, with their decisions where they are known. The *optimal alignment* of the two is the cheapest way to explain the
case: a step as the SOP has it costs nothing, a step left out costs one, a step too many costs one. Fitness is
1 − cost / (events of the case + shortest way through the SOP), as in the process mining literature. Cases with the
same steps and decisions are aligned once. A return or a repetition that the SOP provides costs nothing; it is counted as rework.
"""

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import NamedTuple

from himpun.history.clock import WorkClock
from himpun.history.comparing import total_minutes
from himpun.history.events import ABORT, COMPLETE, START, STEP, Event, Log, cases_of
from himpun.history.names import Names, names_of
from himpun.history.order import arranged
from himpun.history.visits import Visit, pauses_of, visits_of
from himpun.procedures.definition import END, Procedure

SYNC, SKIPPED, EXTRA = "sesuai", "dilewati", "tambahan"
DONE = 0
"""The number of the end among steps, which begin at 1."""
_NEVER = math.inf


class Move(NamedTuple):
    """One piece of an alignment: a step as it should be, one left out, or one too many (`text` names an unknown one)."""

    kind: str
    step: int
    decision: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Alignment:
    """The cheapest explanation of a trace. `open_at` is the step the case still has to do; None when it ended."""

    cost: int
    moves: tuple[Move, ...]
    open_at: int | None


Node = tuple[int, str, str]
Trace = tuple[Node, ...]
"""What identifies a variant: step (0: unknown), decision ("" unknown), and the activity's text where the step is unknown."""


class Model:
    """A procedure as the aligner walks it: where each decision leads, and the shortest way from any step to any other."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.first = procedure.first.no
        self.steps = [step.no for step in procedure.steps]
        self._targets = {
            step.no: {decision: DONE if to == END else int(to) for decision, to in step.next.items()}
            for step in procedure.steps
        }
        self._any = {no: tuple(dict.fromkeys(targets.values())) for no, targets in self._targets.items()}
        self._returns = {step.no: step.returns for step in procedure.steps}
        self.way = {no: self._ways_from(no) for no in [*self.steps, DONE]}
        self.shortest = len(self.way[self.first].get(DONE, ()))

    def targets(self, step: int, decision: str) -> tuple[int, ...]:
        """Where a step may lead: by its decision where it is known, else anywhere it can."""
        known = self._targets[step].get(decision)
        return self._any[step] if known is None else (known,)

    def follows(self, before: "Node | None", after: "Node") -> bool:
        """Whether the SOP lets a step follow another (step, decision, text), or begin a case (None)."""
        if before is None:
            return after[0] == self.first
        return bool(before[0]) and after[0] in self.targets(before[0], before[1])

    def knows(self, step: int, decision: str) -> bool:
        return not decision or decision in self._targets[step]

    def hands_back(self, step: int, decision: str, to: int) -> bool:
        """Whether going on to `to` was a return: by the decision, or where only a return leads there."""
        if decision in self._targets[step]:
            return decision in self._returns[step]
        ways = [name for name, target in self._targets[step].items() if target == to]
        return bool(ways) and all(name in self._returns[step] for name in ways)

    def _ways_from(self, start: int) -> dict[int, tuple[int, ...]]:
        """Reached step (or the end) → the steps on the shortest way there, `start` included, the goal not."""
        ways: dict[int, tuple[int, ...]] = {start: ()}
        queue = [start]
        for at in queue:
            for to in self._any.get(at, ()):
                if to not in ways:
                    ways[to] = (*ways[at], at)
                    queue.append(to)
        return ways


def align(model: Model, trace: Trace) -> Alignment:
    """The optimal alignment, exactly: for each state after each event the least cost, from the states before it.

    A state is the step the SOP now waits for. Between events any way through the SOP may be walked, at one a step.
    """
    best: dict[int, float] = {model.first: 0.0}
    back: list[dict[int, tuple[int, bool]]] = []
    for step, decision, _ in trace:
        following: dict[int, float] = {state: cost + 1 for state, cost in best.items()}
        came = {state: (state, False) for state in best}
        if step:
            cost, state = _cheapest(model, best, step)
            if cost < _NEVER:
                for to in model.targets(step, decision):
                    if cost < following.get(to, _NEVER):
                        following[to], came[to] = cost, (state, True)
        best = following
        back.append(came)
    cost, state = _cheapest(model, best, DONE)
    return Alignment(int(cost), tuple(_moves(model, trace, back, state)), _open_at(state))


def _cheapest(model: Model, best: Mapping[int, float], goal: int) -> tuple[float, int]:
    """The least cost at which the SOP can wait for `goal`, and from which state."""
    found, state = _NEVER, -1
    for at, cost in best.items():
        way = model.way[at].get(goal)
        if way is not None and cost + len(way) < found:
            found, state = cost + len(way), at
    return found, state


def _moves(model: Model, trace: Trace, back: Sequence[Mapping[int, tuple[int, bool]]], last: int) -> list[Move]:
    moves = [Move(SKIPPED, step) for step in reversed(model.way[last].get(DONE, ()))]
    state = last
    for (step, decision, text), came in zip(reversed(trace), reversed(back), strict=True):
        before, synchronous = came[state]
        if synchronous:
            moves.append(Move(SYNC, step, decision))
            moves += [Move(SKIPPED, skipped) for skipped in reversed(model.way[before][step])]
        else:
            moves.append(Move(EXTRA, step, decision, text))
        state = before
    return moves[::-1]


def _open_at(state: int) -> int | None:
    return None if state == DONE else state


# --- in words -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Variant:
    """What all cases with the same steps and decisions have in common."""

    alignment: Alignment
    fitness: float
    deviations: tuple[str, ...]
    skipped: tuple[int, ...]
    extra: tuple[int, ...]
    returns: int
    rework: int

    @property
    def ended(self) -> bool:
        """Whether the case reached the end of the SOP."""
        return self.alignment.open_at is None


def variant_of(model: Model, trace: Trace) -> Variant:
    """Align one variant and say what is wrong with it."""
    alignment = align(model, trace)
    alignment = _walked(model, trace, alignment.cost) or alignment
    moves = alignment.moves
    unfinished = _tail(alignment)
    body = moves[: len(moves) - unfinished]
    skipped = [move.step for move in body if move.kind == SKIPPED]
    extra = [move.step for move in body if move.kind == EXTRA and move.step]
    blamed = _blamed(model, trace, body)
    longest = len(trace) + model.shortest
    return Variant(
        alignment,
        1 - alignment.cost / longest if longest else 1.0,
        tuple(_sentences(model, body, alignment, unfinished, blamed)),
        tuple(step for step in skipped if step not in extra),
        tuple(trace[place][0] for place in blamed.values() if trace[place][0]),
        _returns(model, body),
        len(trace) - len({step or text for step, _, text in trace}),
    )


def _walked(model: Model, trace: Trace, cost: int) -> Alignment | None:
    """The explanation of a case in which every step follows the one before: it only has not ended. None of another case.

    The cheapest one may leave out a return for being far from the end; what the SOP allows is not too many.
    """
    if not trace or not all(
        model.follows(before, after) for before, after in itertools.pairwise([None, *trace]) if after
    ):
        return None
    ahead = [to for to in model.targets(*trace[-1][:2]) if DONE in model.way[to]]
    if not ahead:
        return None
    state = min(ahead, key=lambda to: len(model.way[to][DONE]))
    left = [Move(SKIPPED, step) for step in model.way[state][DONE]]
    return Alignment(cost, (*(Move(SYNC, step, decision) for step, decision, _ in trace), *left), _open_at(state))


def _tail(alignment: Alignment) -> int:
    """How many steps are left out at the very end: what an unfinished case still has to do."""
    if alignment.open_at is None:
        return 0
    count = 0
    for move in reversed(alignment.moves):
        if move.kind != SKIPPED:
            break
        count += 1
    return count


def _returns(model: Model, moves: Sequence[Move]) -> int:
    walked = [move for move in moves if move.kind != EXTRA]
    ways = [(move, following.step) for move, following in itertools.pairwise(walked) if move.kind == SYNC]
    last = walked[-1:] if walked and walked[-1].kind == SYNC else []
    count = sum(model.hands_back(move.step, move.decision, to) for move, to in ways)
    return count + sum(model.hands_back(move.step, move.decision, DONE) for move in last)


def _blamed(model: Model, trace: Trace, body: Sequence[Move]) -> dict[int, int]:
    """Place of each event too many in the trace → place of the event to blame for it.

    The cheapest explanation may leave out an event that the SOP allows where it stands, so that a later one fits (3, 5,
    4, 5 where 3 leads to 4 or 5: without the first 5 all is well). To blame is the next event, or else the last before,
    that the SOP does not let follow the one before it. A step that only changed places with another stays the one that is named.
    """
    skipped = {move.step for move in body if move.kind == SKIPPED}
    events = [move for move in body if move.kind != SKIPPED]
    return {
        place: place if move.step in skipped else _first_wrong(model, trace, place)
        for place, move in enumerate(events)
        if move.kind == EXTRA
    }


def _first_wrong(model: Model, trace: Trace, place: int) -> int:
    if not trace[place][0]:
        return place
    known = [no for no, (step, _, _) in enumerate(trace) if step]
    pairs = itertools.pairwise([None, *known])
    wrong = [
        after
        for before, after in pairs
        if after is not None and not model.follows(None if before is None else trace[before], trace[after])
    ]
    return next((no for no in wrong if no >= place), wrong[-1] if wrong else place)


def _sentences(
    model: Model, body: Sequence[Move], alignment: Alignment, unfinished: int, blamed: Mapping[int, int]
) -> list[str]:
    events = [move for move in body if move.kind != SKIPPED]
    moved = {move.step for move in events if move.kind == EXTRA}
    said: list[str] = []
    place = 0
    for move in body:
        if move.kind == SKIPPED:
            if move.step not in moved:
                said.append(f"langkah {move.step} dilewati")
            continue
        if move.kind == EXTRA:
            said.append(_extra(events[blamed[place]], _step_before(events, blamed[place])))
        elif not model.knows(move.step, move.decision):
            said.append(f"keputusan “{move.decision}” tidak dikenal di langkah {move.step}")
        place += 1
    if unfinished and alignment.open_at:
        said.append(f"kasus belum selesai di langkah {alignment.open_at}")
    return list(dict.fromkeys(said))


def _step_before(events: Sequence[Move], place: int) -> int:
    """The known step that stands last before this place; 0 when there is none."""
    return next((move.step for move in reversed(events[:place]) if move.step), 0)


def _extra(move: Move, before: int) -> str:
    if not move.step:
        return f"kegiatan “{move.text}” tidak ada dalam SOP"
    if not before:
        return f"langkah {move.step} dijalankan paling awal padahal SOP tidak membolehkan"
    if before == move.step:
        return f"langkah {move.step} diulang padahal SOP tidak membolehkan"
    return f"langkah {move.step} dijalankan setelah langkah {before} padahal SOP tidak membolehkan"


# --- which procedure a log is of ------------------------------------------------------------------------------------


def other_procedures(procedure: Procedure, log: Log) -> list[str]:
    """The procedures a log says its own steps are of, without this one. Logs of other systems often say none."""
    return sorted({event.procedure for event in log if _foreign(event, procedure)})


def other_versions(procedure: Procedure, log: Log) -> list[str]:
    """The digests of other versions of this procedure that a log says its own steps are of."""
    own = {event.sha256 for event in log if event.scope == STEP and not _foreign(event, procedure)}
    return sorted(own - {"", procedure.sha256})


def without_numbers(procedure: Procedure, log: Log) -> Log:
    """The log with the step numbers of other procedures taken away: there they mean other steps."""
    return [event._replace(step=0) if _foreign(event, procedure) else event for event in log]


def _foreign(event: Event, procedure: Procedure) -> bool:
    return event.scope == STEP and bool(event.procedure) and event.procedure not in (procedure.key, procedure.name)


# --- a whole log ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case. `minutes` from its first beginning to its last end; `late` the working minutes its steps were late in all."""

    case: str
    variant: Variant
    visits: Sequence[Visit]
    minutes: int | None
    cancelled: bool

    @property
    def fitness(self) -> float:
        return self.variant.fitness

    @property
    def late(self) -> int:
        return sum(visit.late or 0 for visit in self.visits)

    @property
    def late_steps(self) -> int:
        return sum(bool(visit.late) for visit in self.visits)

    @property
    def deviations(self) -> tuple[str, ...]:
        return (*self.variant.deviations, *(["kasus dibatalkan"] if self.cancelled else []))


@dataclass(frozen=True)
class Conformance:
    """A log against a procedure."""

    procedure: Procedure
    cases: Sequence[CaseResult]
    variants: int
    names: Names
    clock: WorkClock

    @cached_property
    def visits(self) -> list[Visit]:
        return [visit for case in self.cases for visit in case.visits]

    @cached_property
    def fitness(self) -> float | None:
        """The mean over all cases; None of none."""
        return fmean(case.fitness for case in self.cases) if self.cases else None

    @cached_property
    def fitting(self) -> int:
        """How many cases fit wholly."""
        return sum(not case.variant.alignment.cost for case in self.cases)

    @cached_property
    def ended(self) -> int:
        return sum(case.variant.ended for case in self.cases)

    @cached_property
    def deviations(self) -> list[tuple[str, int]]:
        """Each deviation with the number of cases that have it, the most frequent first."""
        counted = Counter(sentence for case in self.cases for sentence in case.deviations)
        return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))

    @cached_property
    def skips(self) -> dict[int, int]:
        """Step → in how many cases it was left out."""
        return dict(Counter(step for case in self.cases for step in set(case.variant.skipped)))

    @cached_property
    def totals(self) -> dict[str, int]:
        """Ended case → its working minutes."""
        return {case.case: case.minutes for case in self.cases if case.variant.ended and case.minutes is not None}


def check(procedure: Procedure, log: Log, clock: WorkClock, given: Mapping[str, int] | None = None) -> Conformance:
    """Hold a log against a procedure. `given` maps the log's names of activities to step numbers, before all guessing."""
    names = names_of(procedure, {event.activity for event in log if event.scope == STEP and not event.step}, given)
    model = Model(procedure)
    amounts = {step.no: clock.amount(step) for step in procedure.steps}
    variants: dict[Trace, Variant] = {}
    if log and all(event.lifecycle == START and not event.step for event in log):  # a system that notes beginnings only
        log = [event._replace(lifecycle=COMPLETE) for event in log]
    results = []
    for case, events in cases_of(log).items():
        events = _in_allowed_order(events, names.numbers, model)
        trace = trace_of(events, names.numbers, model)
        variant = variants.get(trace)
        if variant is None:
            variant = variants[trace] = variant_of(model, trace)
        visits = visits_of(events, names.numbers, amounts, clock)
        results.append(_result(case, events, variant, visits, clock))
    return Conformance(procedure, results, len(variants), names, clock)


def _result(case: str, events: Log, variant: Variant, visits: list[Visit], clock: WorkClock) -> CaseResult:
    minutes = total_minutes(visits, pauses_of(events), clock)
    return CaseResult(case, variant, visits, minutes, any(event.lifecycle == ABORT for event in events))


def trace_of(case: Log, numbers: Mapping[str, int], model: Model) -> Trace:
    """The steps of a case that ended, with their decisions."""
    ended = (event for event in case if event.lifecycle == COMPLETE and event.scope == STEP)
    return tuple(_node(event, numbers, model) for event in ended)


def _node(event: Event, numbers: Mapping[str, int], model: Model) -> Node:
    step = event.step or numbers.get(event.activity, 0)
    known = step in model.way and step != DONE
    return (step, event.decision, "") if known else (0, "", event.activity)


def _in_allowed_order(case: Log, numbers: Mapping[str, int], model: Model) -> Log:
    """The case with what ended at one moment in the order that the SOP allows."""

    def follows(before: Event | None, after: Event) -> bool:
        return model.follows(before and _node(before, numbers, model), _node(after, numbers, model))

    return arranged(case, follows)
