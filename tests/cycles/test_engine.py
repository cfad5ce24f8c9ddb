"""The engine alone: no database, every procedure we have, thousands of walks."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from himpun.cycles import engine
from himpun.cycles.engine import Waiting
from himpun.procedures import definition
from himpun.procedures.definition import END, Procedure, Step
from himpun.procedures.problems import runnable

FILES = sorted(Path(definition.__file__).parent.glob("*.toml"))
FIXTURES = sorted((Path(__file__).parents[1] / "procedures" / "fixtures").glob("*.toml"))
PROCEDURES = [runnable(file.read_text()) for file in [*FILES, *FIXTURES]]

procedures = st.sampled_from(PROCEDURES)
steps = procedures.flatmap(lambda procedure: st.sampled_from([(procedure, step) for step in procedure.steps]))
blank = st.text(" \n\t ", max_size=5)

Choose = Callable[[list[str]], str]


class Run:
    """A run without a database: the steps that are open (one, or none at the end) and every decision so far."""

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.open: list[int] = [procedure.first.no]
        self.path: list[str] = []

    def decide(self, choose: Choose) -> None:
        [no] = self.open
        step = self.procedure.step(no)
        decision = choose(sorted(step.next))
        outcome = engine.decide(self.procedure, no, decision, "ada yang kurang")
        self.open.remove(no)
        self.open += [outcome.following.no] if outcome.following else []
        self.path.append(decision)

    @property
    def step(self) -> Step:
        return self.procedure.step(self.open[0])


def forward(step: Step) -> Choose:
    return lambda decisions: next(decision for decision in decisions if decision not in step.returns)


def test_both_shipped_procedures_and_the_fixtures_are_walked_here() -> None:
    assert [file.name for file in FILES] == ["pengumpulan_data_kinerja.toml", "permintaan_data.toml"]
    assert FIXTURES


@given(procedures, st.lists(st.integers(0, 9), max_size=40))
def test_a_walk_has_one_step_open_at_each_moment_and_ends_when_decisions_go_forward(
    procedure: Procedure, picks: list[int]
) -> None:
    run = Run(procedure)
    for pick in picks:
        if not run.open:
            break
        run.decide(lambda decisions, pick=pick: decisions[pick % len(decisions)])
        assert len(run.open) <= 1

    while run.open:
        run.decide(forward(run.step))
        assert len(run.path) <= len(picks) + len(procedure.steps)


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda procedure: procedure.key)
def test_going_forward_only_visits_no_step_twice(procedure: Procedure) -> None:
    run, seen = Run(procedure), []
    while run.open:
        seen += run.open
        run.decide(forward(run.step))

    assert len(seen) == len(set(seen))


@given(steps)
def test_a_decision_leads_where_the_procedure_says(case: tuple[Procedure, Step]) -> None:
    procedure, step = case
    for decision, target in step.next.items():
        outcome = engine.decide(procedure, step.no, decision, "  ada yang\n kurang ")

        assert outcome.following == (None if target == END else procedure.step(int(target)))
        assert outcome.is_return == (decision in step.returns)
        assert outcome.reason == "ada yang kurang"


@given(steps, blank)
def test_a_return_needs_a_written_reason_and_a_forward_decision_none(case: tuple[Procedure, Step], reason: str) -> None:
    procedure, step = case
    for decision in step.next:
        if decision in step.returns:
            with pytest.raises(engine.ReasonMissing, match="Tulis alasan"):
                engine.decide(procedure, step.no, decision, reason)
        else:
            assert engine.decide(procedure, step.no, decision, reason).reason == ""


@given(steps, st.text(max_size=30))
def test_an_unknown_decision_is_refused_naming_the_ways_there_are(case: tuple[Procedure, Step], decision: str) -> None:
    procedure, step = case
    if decision in step.next:
        return
    with pytest.raises(engine.UnknownDecision) as refusal:
        engine.decide(procedure, step.no, decision, "alasan")

    assert all(f'"{way}"' in str(refusal.value) for way in step.next)


@given(
    steps, st.lists(st.sampled_from(["Kepala Seksi 1", "Kepala Seksi 2", "Kepala Seksi 3"]), min_size=1, max_size=12)
)
def test_waiting_units_hold_a_forward_decision_and_are_named(case: tuple[Procedure, Step], units: list[str]) -> None:
    procedure, step = case
    for decision in set(step.next) - set(step.returns):
        with pytest.raises(engine.PartsOpen, match=f"menunggu {len(units)} unit: {units[0]}"):
            engine.decide(procedure, step.no, decision, "", Waiting(units=units))


@given(steps)
def test_an_open_child_holds_a_forward_decision_and_is_named(case: tuple[Procedure, Step]) -> None:
    procedure, step = case
    for decision in set(step.next) - set(step.returns):
        with pytest.raises(engine.ChildOpen, match='"Mekanisme" belum selesai'):
            engine.decide(procedure, step.no, decision, "", Waiting(child="Mekanisme"))


@given(steps, st.lists(st.sampled_from(["Draft belum ada.", "Rekap belum ada."]), min_size=1, max_size=3))
def test_missing_outputs_hold_a_forward_decision_but_not_a_return(
    case: tuple[Procedure, Step], missing: list[str]
) -> None:
    procedure, step = case
    for decision in step.next:
        waiting = Waiting(outputs=missing)
        if decision in step.returns:
            assert engine.decide(procedure, step.no, decision, "alasan", waiting).is_return
            continue
        with pytest.raises(engine.OutputMissing) as refusal:
            engine.decide(procedure, step.no, decision, "", waiting)
        assert refusal.value.missing == missing


def test_more_than_eight_waiting_units_are_counted_not_listed() -> None:
    units = [f"Seksi {no}" for no in range(1, 12)]

    sentence = str(engine.PartsOpen(units))

    assert "Masih menunggu 11 unit" in sentence
    assert "Seksi 8, dan 3 lagi" in sentence
