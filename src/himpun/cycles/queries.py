"""Reading cycles for pages, the API and reports: the board of a cycle, what waits for whom. Fixed numbers of queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat

from himpun.cycles.models import Cycle, Task
from himpun.cycles.steps.actions import step_actions
from himpun.documents.models import Approval, Delivery, Document, DocumentVersion
from himpun.indicators.models.requests import DataRequest
from himpun.offices.models.holdings import Holding
from himpun.offices.models.people import Person
from himpun.offices.queries import shown_holder
from himpun.procedures.definition import Step


@dataclass(frozen=True, slots=True)
class Result:
    """What a cycle led to: a document, the version that counts, who signed it, and to whom it went."""

    document: Document
    version: DocumentVersion
    signature: Approval | None
    deliveries: list[Delivery]

    @property
    def sent(self) -> int:
        """How many copies are on their way."""
        return sum(one.sent_at is not None for one in self.deliveries)

    @property
    def opened(self) -> int:
        """How many copies were opened."""
        return sum(one.opened_at is not None for one in self.deliveries)


def results_of(cycle: Cycle, person: Person, day: date) -> list[Result]:
    """The signed documents of a cycle, from the signature on; of one that ended without any, what its last step left.

    Of both only what `person` may read on `day`.
    """
    papers = Document.objects.visible_to(person, day).filter(subject=cycle.subject)
    signed = list(papers.filter(versions__approvals__kind=Approval.Kind.SIGNATURE).distinct().order_by("pk"))
    if signed or cycle.state != Cycle.State.ENDED:
        return [_result(one, one.official or one.latest) for one in signed]
    last = papers.filter(only_post__isnull=True).exclude(kind=Document.Kind.RECEIPT).order_by("-pk").first()
    return [_result(last, last.latest)] if last else []


def _result(document: Document, version: DocumentVersion) -> Result:
    signature = version.approvals.filter(kind=Approval.Kind.SIGNATURE).first()
    return Result(document, version, signature, list(document.deliveries.all()))


@dataclass(slots=True)
class BoardRow:
    """One step of a cycle as the SOP's table shows it, alive."""

    step: Step
    task: Task | None = None
    visits: int = 0
    documents: list[Document] = field(default_factory=list)

    @property
    def state(self) -> str:
        """done, open or future."""
        if self.task is None:
            return "future"
        return "open" if self.task.is_open else "done"


def board(cycle: Cycle) -> list[BoardRow]:
    """Every step with its newest visit and what it left behind."""
    rows = {step.no: BoardRow(step) for step in cycle.procedure.definition.steps}
    for task in cycle.tasks.filter(part=False).select_related("post").order_by("visit"):
        row = rows[task.step_no]
        row.task = task
        row.visits += 1
    papers = list(Document.objects.filter(subject=cycle.subject).order_by("id"))
    for row in rows.values():
        kinds = {kind for action in step_actions(row.step) for kind in action.leaves}
        if row.task:
            row.documents = [paper for paper in papers if paper.kind in kinds]
    return list(rows.values())


def waiting_for(person: Person, day: date) -> QuerySet[Task]:
    """The steps that wait for the posts a person holds, most urgent first; none while they are on leave.

    `sent_back` is who sent the step back and why ("Camat: Tabel 2 keliru"), empty for one that just came.
    """
    held = Holding.objects.present_on(day).filter(person=person).values("post")
    before = Task.objects.filter(cycle=OuterRef("cycle"), visit=OuterRef("visit") - 1, part=False).exclude(reason="")
    told = before.annotate(told=Concat("person_title", Value(": "), "reason", output_field=TextField())).values("told")[
        :1
    ]
    return (
        Task.objects.filter(post__in=held, decided_at__isnull=True, part=False)
        .annotate(sent_back=Subquery(told))
        .select_related("cycle__procedure", "cycle__office__kind", "cycle__letter", "post")
        .order_by(F("due_at").asc(nulls_last=True), "id")
    )


def sent_back_by(task: Task) -> Task | None:
    """The step just before, where it sent `task` back; its reason is of this round, no earlier one."""
    return Task.objects.filter(cycle=task.cycle_id, visit=task.visit - 1, part=False).exclude(reason="").first()


def requests_waiting_for(person: Person, day: date) -> QuerySet[DataRequest]:
    """The data requests that wait for the posts a person holds, most urgent first; none while they are on leave."""
    held = Holding.objects.present_on(day).filter(person=person).values("post")
    open_ = DataRequest.objects.filter(unit__in=held, state__in=DataRequest.OPEN)
    return open_.select_related("unit", "office").order_by(F("due_at").asc(nulls_last=True), "id")


def awaited_by(person: Person, day: date) -> QuerySet[Task]:
    """The open steps of others in cycles this person took part in: what they wait for."""
    held = Holding.objects.on(day).filter(person=person)
    mine = Task.objects.filter(cycle=OuterRef("cycle"), post__in=held.values("post")).exclude(pk=OuterRef("pk"))
    child_of_mine = Task.objects.filter(children=OuterRef("cycle"), post__in=held.values("post"))
    return (
        Task.objects.filter(decided_at__isnull=True, part=False, cycle__office__in=held.values("post__office"))
        .exclude(post__in=held.values("post"))
        .filter(Q(Exists(mine)) | Q(Exists(child_of_mine)))
        .select_related("cycle__procedure", "cycle__office__kind", "post")
        .order_by(F("due_at").asc(nulls_last=True), "id")
    )


def holders_of(posts: Sequence[int], day: date) -> dict[int, str]:
    """Who holds each post today, as one line of names: "Budi (cuti s.d. 28 November), Ani (Plh.)"."""
    names: dict[int, list[str]] = {}
    for holding in Holding.objects.marked_on(day).filter(post__in=posts).select_related("person"):
        names.setdefault(holding.post_id, []).append(shown_holder(holding))
    return {post: ", ".join(people) for post, people in names.items()}
