"""Random walks through the actions, on the database: whatever people decide, nothing is lost and it ends archived."""

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from himpun import clock
from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.cycles.models import Cycle, Task
from himpun.cycles.steps.draft import draft_of
from himpun.documents.models import Approval, Document, DocumentVersion
from himpun.documents.work import ensure_issued, ensure_rendered
from himpun.procedures.definition import Step
from tests.cast import Cast, later

FILLED_ONCE = {"file_sha256", "signed_sha256"}
"""What rendering adds to a version; everything else of it never changes."""

Kept = dict[tuple[str, int], dict[str, Any]]


class Walk:
    """A run in the hands of people who may do anything their step allows."""

    def __init__(self, cast: Cast, cycle: Cycle) -> None:
        self.cast, self.cycle = cast, cycle
        self.kept: Kept = {}

    @property
    def step(self) -> Step:
        return self.cycle.procedure.definition.step(self.cast.open_task(self.cycle).step_no)

    def decide(self, decision: str) -> None:
        """One decision, with whatever the step asks for before it."""
        step = self.step
        if step.runs and self.cast.child(self.cycle).state == Cycle.State.OPEN:
            self.cast.run_mechanism(self.cast.child(self.cycle))
        if "perbaiki-draft" in step.does:
            self.revise()
        reason = "ada yang kurang" if decision in step.returns else ""
        self.cast.decide(self.cycle, decision, reason=reason, **self.form(step))
        if decision == "tanda tangan":
            self.sign()

    def form(self, step: Step) -> dict[str, Any]:
        if "disposisi" in step.does:
            return {"instructions": ["proses"]}
        return {"sha256": self.cast.sha(self.cycle)} if {"paraf", "tanda-tangan"} & set(step.does) else {}

    def sign(self) -> None:
        document = draft_of(self.cycle)
        assert document is not None
        ensure_issued(document.latest)

    def revise(self) -> None:
        with later(minutes=1):
            self.cast.revise(self.cycle, f"Naskah pukul {clock.now()}")

    def forward(self) -> None:
        step = self.step
        self.decide(next(decision for decision in step.next if decision not in step.returns))

    def check(self) -> None:
        """What must be true after every act."""
        self.cycle.refresh_from_db()
        open_tasks = Task.objects.filter(cycle=self.cycle, part=False, decided_at__isnull=True).count()
        assert open_tasks == (1 if self.cycle.state == Cycle.State.OPEN else 0)
        self._check_nothing_lost()
        for approval in Approval.objects.select_related("version"):
            assert approval.sha256 == approval.version.file_sha256
        self._check_only_newest_counts()
        assert verify().faults == []

    def _check_nothing_lost(self) -> None:
        now = snapshot()
        for key, before in self.kept.items():
            assert key in now
            for name, value in before.items():
                assert now[key][name] == value or (name in FILLED_ONCE and value == "")
        self.kept = now

    def _check_only_newest_counts(self) -> None:
        document = draft_of(self.cycle)
        if document:
            newest = document.latest
            assert all(approval.version_id == newest.pk for approval in document.latest.approvals.all())


def snapshot() -> Kept:
    """Every version, every approval, every decision with its reason, every record of the journal."""
    found: Kept = {}
    decided = Task.objects.filter(decided_at__isnull=False)
    rows = [DocumentVersion.objects.values(), Approval.objects.values(), decided.values(), Record.objects.values()]
    for row_set in rows:
        found |= {(row_set.model.__name__, row["id"]): row for row in row_set}
    return found


@pytest.fixture
def at_step_4(small: Cast) -> Cycle:
    return small.to_step_4()


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picks=st.lists(st.integers(0, 6), max_size=12))
def test_whatever_is_decided_nothing_is_lost_and_the_walk_ends_archived(small: Cast, picks: list[int]) -> None:
    with transaction.atomic():
        walk = Walk(small, small.start())
        _walk(walk, picks)
        _check_signed_and_archived(walk.cycle)
        transaction.set_rollback(True)


def _walk(walk: Walk, picks: list[int]) -> None:
    """Ten minutes between two acts; a pick past the decisions of a step that edits saves a new version instead."""
    minutes = 0
    for pick in [*picks, *[None] * 12]:
        minutes += 10
        with later(minutes=minutes):
            _act(walk, pick)
            walk.check()
        if walk.cycle.state != Cycle.State.OPEN:
            return
    raise AssertionError("the walk did not end")


def _act(walk: Walk, pick: int | None) -> None:
    decisions = list(walk.step.next)
    if pick is None:
        walk.forward()
    elif pick >= len(decisions) and "periksa-draft" in walk.step.does:
        walk.revise()
    else:
        walk.decide(decisions[pick % len(decisions)])


def _check_signed_and_archived(cycle: Cycle) -> None:
    assert cycle.state == Cycle.State.ENDED
    document = draft_of(cycle)
    assert document is not None
    assert {approval.kind for approval in document.latest.approvals.all()} == {"paraf", "tanda-tangan"}
    assert document.number
    assert not Document.objects.filter(subject=cycle.subject, archived_at__isnull=True).exists()


def test_a_paraf_on_an_older_version_does_not_count(small: Cast, at_step_4: Cycle) -> None:
    small.decide(at_step_4, "terima")
    small.decide(at_step_4, "sudah baik")
    small.paraf(at_step_4)
    small.decide(at_step_4, "perbaiki naskah", reason="angka salah")
    with later(minutes=1):
        small.revise(at_step_4)
        small.decide(at_step_4, "selesai")

    document = draft_of(at_step_4)
    assert document is not None
    assert not document.latest.approvals.exists()
    assert Approval.objects.get().version.no == 1
    assert ensure_rendered(document.latest) != Approval.objects.get().sha256
