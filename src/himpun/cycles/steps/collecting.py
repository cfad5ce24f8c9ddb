"""Forms made ready, requests sent to the units, and answers frozen."""

from himpun.cycles.deadlines.due import due_of_step
from himpun.cycles.deadlines.units import counted_in
from himpun.cycles.models import Cycle
from himpun.cycles.steps.deed import Deed, leave
from himpun.cycles.steps.papers.collecting import collected, request_form
from himpun.documents.models import Document
from himpun.indicators.models.requests import DataRequest
from himpun.indicators.recaps.freezing import freeze
from himpun.indicators.requests.asking import prepare_requests, send_requests
from himpun.letters.registers import issue_number
from himpun.measure.periods import Period
from himpun.notifications.actions import tell
from himpun.offices.acting import Actor
from himpun.places import place


def prepare_formats(deed: Deed) -> None:
    """One request and one format for every unit, from the indicators it answers for."""
    period = Period.parse(deed.cycle.period)
    requests = prepare_requests(deed.turn, office=deed.cycle.office, period=period, origin=deed.cycle.subject)
    for request in requests:
        if request.state == DataRequest.State.PREPARED:
            _leave_format(deed, request, number="", signer=None)


def _leave_format(deed: Deed, request: DataRequest, *, number: str, signer: Actor | None) -> None:
    content = request_form(request, number=number, signer=signer, at=deed.turn.at)
    title = f"Format Permintaan Data {Period.parse(request.period).label} – {request.unit.title}"
    document = leave(
        deed, Document.Kind.REQUEST, title, dict(content), about=f"request:{request.pk}", only_post=request.unit
    )
    if number:
        Document.objects.filter(pk=document.pk).update(number=number)


def formats_missing(deed: Deed) -> list[str]:
    there = DataRequest.objects.filter(origin=deed.cycle.subject).exists()
    return [] if there else ["Format permintaan data belum disiapkan. Kembali ke langkah 1."]


def ask_units(deed: Deed) -> None:
    """Send every unit its request, numbered, with the due moment of the collecting step."""
    following = deed.outcome.following if deed.outcome else None
    definition = counted_in(deed.cycle.office_id, deed.cycle.procedure.definition)
    due_at = due_of_step(deed.cycle.office, definition.step(following.no), deed.turn.at) if following else None
    prepared = list(
        DataRequest.objects.filter(origin=deed.cycle.subject, state=DataRequest.State.PREPARED).values_list(
            "pk", flat=True
        )
    )
    send_requests(deed.turn, origin=deed.cycle.subject, due_at=due_at)
    for request in DataRequest.objects.filter(pk__in=prepared).select_related("unit", "office__kind"):
        number = issue_number(
            office=request.office,
            register="permintaan",
            subject=f"request:{request.pk}",
            unit=deed.task.post.unit_code,
            turn=deed.turn,
        )
        _leave_format(deed, request, number=number, signer=deed.actor)
        label = Period.parse(request.period).label
        tell(
            deed.turn,
            posts=[request.unit],
            text=f"Permintaan data kinerja {label} menunggu isian Anda.",
            place=place("request", request.pk),
        )


def asked_units(cycle: Cycle) -> list[int]:
    """The units whose request still waits for an answer: each owes a part of the collecting step."""
    open_ = DataRequest.objects.filter(origin=cycle.subject, state__in=DataRequest.OPEN)
    return list(open_.order_by("unit__order").values_list("unit_id", flat=True))


def freeze_answers(deed: Deed) -> None:
    """Freeze the answers and leave the recap of the filled-in data."""
    recap = freeze(
        deed.turn,
        office=deed.cycle.office,
        period=Period.parse(deed.cycle.period),
        origin=deed.cycle.subject,
        actor=deed.actor,
    )
    requests = list(
        DataRequest.objects.filter(origin=deed.cycle.subject).select_related("unit").order_by("unit__order")
    )
    title = f"Rekap Data Isian {Period.parse(deed.cycle.period).label}"
    leave(deed, Document.Kind.COLLECTED, title, dict(collected(recap, requests, deed.actor)))
