"""What a step's act is given and may say: the deed, its shape, and what is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from himpun.archive.journal import Turn
from himpun.cycles.engine import Outcome
from himpun.cycles.models import Cycle, Task
from himpun.documents import actions as documents
from himpun.documents.models import Document
from himpun.offices.acting import Actor
from himpun.offices.models.offices import Post
from himpun.procedures.definition import Procedure, Step


@dataclass(slots=True)
class Deed:
    """A step being opened or decided: what its actions may look at and act on."""

    turn: Turn
    cycle: Cycle
    task: Task
    step: Step
    actor: Actor
    form: Mapping[str, Any] = field(default_factory=dict)
    outcome: Outcome | None = None

    @property
    def forward(self) -> bool:
        """Whether the decision goes on, not back."""
        return self.outcome is not None and not self.outcome.is_return

    @property
    def procedure(self) -> Procedure:
        return self.cycle.procedure.definition


@dataclass(frozen=True, slots=True)
class StepAction:
    """What one name in `does` stands for."""

    leaves: tuple[str, ...] = ()
    missing: Callable[[Deed], list[str]] | None = None
    on_decide: Callable[[Deed], None] | None = None
    on_open: Callable[[Deed], None] | None = None
    parts: Callable[[Cycle], list[int]] | None = None


def leave(
    deed: Deed, kind: str, title: str, content: dict[str, Any], *, about: str = "", only_post: Post | None = None
) -> Document:
    """Leave a document of the cycle: made the first time, a new version after that."""
    found = Document.objects.filter(subject=deed.cycle.subject, kind=kind, about=about).first()
    if found:
        documents.add_version(deed.turn, document=found, content=content, actor=deed.actor)
        return found
    return documents.make_document(
        deed.turn,
        office=deed.cycle.office,
        kind=kind,
        title=title,
        subject=deed.cycle.subject,
        about=about,
        period=deed.cycle.period,
        content=content,
        actor=deed.actor,
        only_post=only_post,
    )
