"""What an office's people do in a run of the procedure, by the same actions as the pages: the tour and the tests play it."""

from typing import Any

from himpun import clock
from himpun.cycles import actions
from himpun.cycles.models import Cycle, Task
from himpun.cycles.steps import drafting
from himpun.cycles.steps.draft import draft_of
from himpun.documents.models import Document
from himpun.documents.work import ensure_rendered
from himpun.indicators.models.recaps import Recap, RecapLine
from himpun.indicators.models.requests import DataRequest
from himpun.offices.acting import Actor, holders
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person


class Acts:
    """The acts of one office, each by who holds the post that it is up to, unless somebody else is named."""

    office: Office

    def holding(self, post: Post) -> Actor:
        """Who acts as the holder of a post today."""
        return holders(post.pk, clock.today())[0]

    def person(self, post: Post) -> Person:
        """Who holds a post today."""
        return Person.objects.get(pk=self.holding(post).person_id)

    def post(self, role: str) -> Post:
        return Post.objects.get(office=self.office, role=role)

    def by_role(self, role: str) -> Person:
        return self.person(self.post(role))

    def open_task(self, cycle: Cycle) -> Task:
        """The task of the whole step that waits now."""
        return Task.objects.select_related("post").get(cycle=cycle, decided_at__isnull=True, part=False)

    def decide(self, cycle: Cycle, decision: str, *, by: Person | None = None, reason: str = "", **form: Any) -> None:
        """Decide the open step."""
        task = self.open_task(cycle)
        who = by or self.person(task.post)
        actions.decide(task_id=task.pk, decision=decision, by=who, reason=reason, form=form)

    def child(self, cycle: Cycle) -> Cycle:
        """The mechanism that a cycle's step runs now."""
        return Cycle.objects.filter(parent__cycle=cycle).latest("pk")

    def waiting(self, child: Cycle) -> list[DataRequest]:
        """The requests of a run of the mechanism whose units have not answered, in the order of the units."""
        asked = DataRequest.objects.filter(origin=child.subject, state__in=DataRequest.OPEN)
        return list(asked.select_related("unit", "office").order_by("unit__order"))

    def recapped(self, child: Cycle) -> list[RecapLine]:
        """The lines of what a run of the mechanism froze."""
        return list(Recap.objects.get(origin=child.subject).lines.all())

    def analyse_line(self, line: RecapLine, child: Cycle, *, cause: str, follow_up: str) -> None:
        """Cause and follow-up of one line, by the analyst."""
        drafting.save_analysis(line=line, cycle=child, cause=cause, follow_up=follow_up, by=self.by_role("analis"))

    def draft(self, cycle: Cycle) -> Document:
        document = draft_of(cycle)
        if document is None:
            raise LookupError("the cycle has no draft yet")
        return document

    def approve(self, cycle: Cycle, decision: str) -> None:
        """Paraf or sign the version that was looked at, rendered."""
        self.decide(cycle, decision, sha256=ensure_rendered(self.draft(cycle).latest))

    def revise(
        self, cycle: Cycle, text: str = "Diperbaiki", reason: str = "perbaikan naskah", *, by: Person | None = None
    ) -> None:
        """Save the narrative with another analysis as a new version of the draft."""
        latest = self.draft(cycle).latest
        drafting.save_draft(
            cycle=cycle,
            narrative={**latest.narrative, "analisis": text},
            reason=reason,
            based_on=latest.no,
            by=by or self.person(self.open_task(cycle).post),
        )
