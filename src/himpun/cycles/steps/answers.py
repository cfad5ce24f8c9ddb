"""Acts on a unit's request within a run: answering closes the unit's part, returning opens it again, excusing closes it."""

from datetime import datetime

from himpun import clock
from himpun.archive.journal import Turn, act
from himpun.cycles.deadlines.due import due_of_step
from himpun.cycles.deadlines.units import counted_in
from himpun.cycles.engine import CyclePaused
from himpun.cycles.models import Cycle, Task, cycle_named
from himpun.cycles.steps.papers.collecting import filled_form
from himpun.documents import actions as documents
from himpun.documents.models import Document
from himpun.errors import Conflict
from himpun.indicators.models.requests import DataRequest
from himpun.indicators.requests.answering import excuse_request, return_request, submit
from himpun.indicators.requests.filling import check_may_fill
from himpun.measure.periods import Period
from himpun.notifications.actions import tell
from himpun.offices.acting import Actor, acting_in
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_COLLECT
from himpun.places import place


class CollectingOver(Conflict):
    """The run no longer collects."""

    code = "pengumpulan-berakhir"

    def __init__(self) -> None:
        super().__init__(
            "Langkah menghimpun isian sudah lewat, sehingga jawaban unit tidak dapat lagi dikembalikan atau dikecualikan."
        )


def answer_request(*, request: DataRequest, by: Person) -> None:
    """Send a unit's answer: the request is closed, the unit's part of the step done, the form kept as a document.

    Raises NotYourRequest, RequestClosed or Incomplete. Costs the same however many units there are.
    """
    actor = check_may_fill(request, by)
    with act(request.office.code, at=clock.now(), author=actor.author) as turn:
        request.refresh_from_db(from_queryset=DataRequest.objects.select_for_update())
        submit(turn, request=request, actor=actor)
        task = _close_part(turn, request, "dijawab", "", actor)
        _leave_form(turn, request, actor)
        if task and not _open_parts(task.cycle_id):
            _tell_collector(turn, task, "Semua unit sudah menjawab; isian siap disampaikan.")


def return_answer(*, request: DataRequest, reason: str, by: Person) -> None:
    """Hand a unit's answer back with a reason; its part of the step is open again with a due moment of its own.

    Raises HoldsNoPost, FieldErrors, Conflict.
    """
    actor = acting_in(by, request.office_id, roles=MAY_COLLECT, to="mengembalikan isian unit")
    with act(request.office.code, at=clock.now(), author=actor.author) as turn:
        task = _collecting_task(request)
        due_at = _due_of_return(turn, task)
        return_request(turn, request=request, reason=reason)
        Task.objects.create(
            cycle_id=task.cycle_id,
            visit=task.visit,
            step_no=task.step_no,
            part=True,
            post_id=request.unit_id,
            opened_at=turn.at,
            due_at=due_at,
            nudge_at=turn.at,
        )
        DataRequest.objects.filter(pk=request.pk).update(due_at=due_at)
        tell(
            turn,
            posts=[request.unit],
            text=f"Isian Anda dikembalikan: {request.reason}",
            place=place("request", request.pk),
        )


def _due_of_return(turn: Turn, task: Task) -> datetime | None:
    """A returned answer has a clock of its own: the step's standard time from the return. Raises CyclePaused."""
    if task.cycle.pauses.filter(until__isnull=True).exists():
        raise CyclePaused
    definition = counted_in(task.cycle.office_id, task.cycle.procedure.definition)
    return due_of_step(task.cycle.office, definition.step(task.step_no), turn.at)


def excuse_unit(*, request: DataRequest, reason: str, by: Person) -> None:
    """Go on without a unit, with a reason that the recap prints. Raises HoldsNoPost, FieldErrors, Conflict."""
    actor = acting_in(by, request.office_id, roles=MAY_COLLECT, to="mengecualikan unit")
    with act(request.office.code, at=clock.now(), author=actor.author) as turn:
        _collecting_task(request)
        excuse_request(turn, request=request, reason=reason)
        _close_part(turn, request, "dikecualikan", request.reason, actor)
        tell(
            turn,
            posts=[request.unit],
            text=f"Unit Anda dikecualikan: {request.reason}",
            place=place("request", request.pk),
        )


def cycle_of(request: DataRequest) -> Cycle | None:
    """The run that sent a request."""
    return cycle_named(request.origin)


def _collecting_task(request: DataRequest) -> Task:
    """The open step of the run that awaits the units. Raises CollectingOver."""
    cycle = cycle_of(request)
    tasks = Task.objects.filter(cycle=cycle, part=False, decided_at__isnull=True).select_related(
        "cycle__procedure", "cycle__office"
    )
    task = tasks.first() if cycle else None
    if task is None or not task.cycle.procedure.definition.step(task.step_no).each:
        raise CollectingOver
    return task


def _close_part(turn: Turn, request: DataRequest, decision: str, reason: str, actor: Actor) -> Task | None:
    cycle = cycle_of(request)
    part = (
        Task.objects.filter(cycle=cycle, part=True, post_id=request.unit_id, decided_at__isnull=True).first()
        if cycle
        else None
    )
    if part is None:
        return None
    Task.objects.filter(pk=part.pk, decided_at__isnull=True).update(
        decided_at=turn.at,
        decision=decision,
        reason=reason,
        person_id=actor.person_id,
        person_name=actor.name,
        person_title=actor.title,
    )
    return part


def _open_parts(cycle_id: int) -> bool:
    return Task.objects.filter(cycle_id=cycle_id, part=True, decided_at__isnull=True).exists()


def _tell_collector(turn: Turn, part: Task, text: str) -> None:
    step = Task.objects.filter(cycle_id=part.cycle_id, part=False, decided_at__isnull=True).first()
    if step:
        tell(turn, posts=[step.post_id], text=text, place=place("cycle", part.cycle_id))


def _leave_form(turn: Turn, request: DataRequest, actor: Actor) -> None:
    about = f"request:{request.pk}"
    found = Document.objects.filter(about=about, kind=Document.Kind.ANSWER).first()
    asked = Document.objects.filter(about=about, kind=Document.Kind.REQUEST).first()
    times = found.latest.no + 1 if found else 1
    number = asked.number if asked else ""
    content = dict(filled_form(request, number=number, times=times, actor=actor, at=_when(request, turn)))
    if found:
        documents.add_version(turn, document=found, content=content, actor=actor, reason=request.reason)
        return
    documents.make_document(
        turn,
        office=request.office,
        kind=Document.Kind.ANSWER,
        title=f"Data Isian {Period.parse(request.period).label} – {request.unit.title}",
        subject=request.origin,
        about=about,
        period=request.period,
        content=content,
        actor=actor,
        only_post=request.unit,
    )


def _when(request: DataRequest, turn: Turn) -> datetime:
    return request.submitted_at or turn.at
