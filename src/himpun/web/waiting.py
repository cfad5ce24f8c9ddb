"""Everything that waits for a person, as one list: steps and requests, units to remind, approvals, what came in.

Each kind costs a fixed number of queries, and those that a person's posts never decide cost none.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from himpun import clock, moments
from himpun.cycles.deadlines.clocks import TaskClock
from himpun.cycles.deadlines.survey import Survey
from himpun.cycles.models import Nudge, ScheduleRun, Task
from himpun.documents.models import Delivery
from himpun.indicators.models.figures import Correction
from himpun.indicators.models.requests import DataRequest, FormArrival
from himpun.letters.models import Letter
from himpun.measure.periods import Period
from himpun.offices.models.holdings import Appointment
from himpun.offices.rules import MAY_DECIDE_CORRECTIONS, MAY_NUDGE, MAY_PUBLISH_PROCEDURES, MAY_START_CYCLES, UNIT
from himpun.procedures.models import ProcedureDraft
from himpun.procedures.reading import role_titles, worded
from himpun.reports.ladder.below import DETAILED, below_of
from himpun.reports.ladder.ladder import Row, likely_period
from himpun.reports.ladder.standings import SOP
from himpun.web.middleware import Acting

RETURNED_FOR = timedelta(days=30)
"""How long a draft of an SOP that was sent back stands in its writer's list."""
LETTERS, OPENED, OFFICES = 10, 10, 10
"""So many letters nobody has followed up, documents nobody has opened, and late offices are listed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: what to do, about what, where; why it came back, and until when, where that is so."""

    title: str
    about: str
    path: str
    reason: str = ""
    due_at: datetime | None = None
    clock: TaskClock | None = None
    has_time: bool = False


# --- the work of cycles ---------------------------------------------------------------------------------------------


def steps_of(tasks: Sequence[Task], clocks: dict[int, TaskClock]) -> list[Waiting]:
    """The open steps; one that came back says who sent it back and why."""
    return [_step(task, getattr(task, "sent_back", None) or "", clocks.get(task.pk)) for task in tasks]


def _step(task: Task, reason: str, counted: TaskClock | None) -> Waiting:
    definition = task.cycle.procedure.definition
    title = worded(definition.step(task.step_no).title, role_titles(definition, task.cycle.office.kind.titles))
    about = f"{task.cycle.procedure.name} · {Period.parse(task.cycle.period).label} · sebagai {task.post.title}"
    path = f"{reverse('cycle', args=[task.cycle_id])}#langkah"
    return Waiting(f"Langkah {task.step_no}: {title}", about, path, reason, task.due_at, counted, has_time=True)


def requests_of(requests: Iterable[DataRequest], clocks: dict[int, TaskClock]) -> list[Waiting]:
    """What a unit is asked to fill in, or to fill in again."""
    return [
        Waiting(
            f"Isi data kinerja {Period.parse(asked.period).label}",
            f"Permintaan kepada {asked.unit.title}",
            reverse("request", args=[asked.pk]),
            asked.reason if asked.state == DataRequest.State.RETURNED else "",
            asked.due_at,
            clocks.get(asked.pk),
            has_time=True,
        )
        for asked in requests
    ]


def reminders_of(acting: Acting, tasks: Sequence[Task], survey: Survey, clocks: dict[int, TaskClock]) -> list[Waiting]:
    """The late units that a step of mine waits for and nobody has reminded by hand today."""
    late = {
        task.pk: [part for part in survey.others(task) if part.part and clocks[part.pk].state == "terlambat"]
        for task in tasks
        if acting.has(MAY_NUDGE, task.cycle.office_id)
    }
    parts = [part.pk for found in late.values() for part in found]
    if not parts:
        return []
    rule = f"manual {acting.day.isoformat()}"
    reminded = set(Nudge.objects.filter(task__in=parts, rule=rule).values_list("task_id", flat=True))
    return [
        _reminder(task, fresh)
        for task in tasks
        if (fresh := [part for part in late.get(task.pk, []) if part.pk not in reminded])
    ]


def _reminder(task: Task, parts: Sequence[Task]) -> Waiting:
    asked = [("periode", task.cycle.period), ("prosedur", task.cycle.key), *(("tugas", part.pk) for part in parts)]
    titles = ", ".join(part.post.title for part in parts[:4]) + (", …" if len(parts) > 4 else "")
    return Waiting(
        f"Ingatkan {len(parts)} unit yang terlambat",
        f"{titles}; {task.cycle.procedure.name} {Period.parse(task.cycle.period).label}",
        f"{reverse('ladder_nudge')}?{urlencode(asked)}",
    )


# --- approvals ------------------------------------------------------------------------------------------------------


def approvals_of(
    acting: Acting, appointments: Iterable[Appointment], drafts: Iterable[ProcedureDraft]
) -> Iterator[Waiting]:
    """What this person approves or refuses: appointments, texts of SOPs, corrections; and their own that came back."""
    for one in appointments:
        about = f"{one.post.office.name}, sejak {moments.day(one.since)}; dicatat {one.recorded_name}"
        yield Waiting(f"Setujui atau tolak: {one}", about, reverse("appointment", args=[one.pk]))
    for draft in drafts:
        about = f"ditulis {draft.written_name}, untuk berlaku sejak {moments.day(draft.in_force_from)}"
        title = f"Setujui atau tolak: naskah SOP {draft.name}"
        yield Waiting(title, about, reverse("procedure_draft", args=[draft.pk]))
    yield from _corrections(acting)
    yield from _returned_drafts(acting)


def _corrections(acting: Acting) -> Iterator[Waiting]:
    offices = {one.office_id for one in acting.capacities if one.role in MAY_DECIDE_CORRECTIONS and not one.away_until}
    if not offices:
        return
    asked = Correction.objects.filter(office__in=offices, state=Correction.State.ASKED)
    rows = asked.exclude(asked_person=acting.person).select_related("figure__variable", "figure__unit")
    for one in rows.order_by("asked_at")[:50]:
        figure = one.figure
        title = f"Setujui atau tolak: koreksi {figure.variable.label}, {figure.period.label}"
        about = f"{one.old} menjadi {one.new}, {figure.unit.title}; diajukan {one.asked_by}, {one.asked_title}"
        yield Waiting(title, about, reverse("correction", args=[one.pk]))


def _returned_drafts(acting: Acting) -> Iterator[Waiting]:
    """The texts that were refused and that nobody has written anew since."""
    if not any(one.role in MAY_PUBLISH_PROCEDURES for one in acting.capacities):
        return
    mine = ProcedureDraft.objects.filter(
        office__in={one.office_id for one in acting.capacities}, written_at__gte=clock.now() - 12 * RETURNED_FOR
    )
    newest: dict[tuple[int, str], ProcedureDraft] = {}
    for draft in mine.defer("text").order_by("written_at", "pk"):
        newest[draft.office_id, draft.key] = draft
    for draft in newest.values():
        fresh = draft.decided_at is not None and draft.decided_at >= clock.now() - RETURNED_FOR
        if draft.state == ProcedureDraft.State.REFUSED and draft.written_by_id == acting.person.pk and fresh:
            yield Waiting(
                f"Perbaiki naskah SOP {draft.name}",
                f"ditolak {draft.decided_name}",
                reverse("procedure_draft", args=[draft.pk]),
                draft.reason,
            )


# --- what came in ---------------------------------------------------------------------------------------------------


def arrivals_of(acting: Acting) -> Iterator[Waiting]:
    """Forms that came by mail for a unit of mine, and documents sent to a post of mine that nobody has opened."""
    held = {one.post_id: one for one in acting.capacities if not one.away_until}
    if any(one.role == UNIT for one in held.values()):
        came = FormArrival.objects.filter(
            request__unit__in=held, request__state__in=DataRequest.OPEN, handled_at__isnull=True
        )
        for arrival in came.select_related("request__unit"):
            title = f"Periksa lembar isian yang datang lewat surel: {arrival.name}"
            period = Period.parse(arrival.request.period).label
            about = f"dari {arrival.sender}, untuk {arrival.request.unit.title}, {period}; belum diterapkan"
            yield Waiting(title, about, reverse("request", args=[arrival.request_id]))
    sent = Delivery.objects.filter(post__in=held, sent_at__isnull=False, opened_at__isnull=True)
    for delivery in sent.select_related("document__office").order_by("sent_at")[:OPENED]:
        about = f"dikirim kepada {delivery.recipient} oleh {delivery.document.office.name}"
        yield Waiting(f"Buka {delivery.document.title}", about, reverse("document", args=[delivery.document_id]))


def left_over(acting: Acting) -> Iterator[Waiting]:
    """For who begins cycles: letters that nobody has followed up, and what a schedule could not begin."""
    if acting.office is None or not acting.has(MAY_START_CYCLES):
        return
    failed = ScheduleRun.objects.filter(schedule__office=acting.office, state=ScheduleRun.State.FAILED)
    for run in failed.filter(schedule__active=True).order_by("-planned_at")[:3]:
        title = f"Siklus terjadwal {Period.parse(run.period).label} belum dapat dimulai"
        yield Waiting(title, "periksa jadwalnya, lalu coba lagi", reverse("schedules"), run.reason)
    fresh = Letter.objects.visible_to(acting.person, acting.day).filter(
        office=acting.office, cycles__isnull=True, dispositions__isnull=True
    )
    for letter in fresh[:LETTERS]:
        about = f"{letter.sender} · {letter.number} · agenda {letter.agenda_no}/{letter.agenda_year}"
        yield Waiting(f"Tindak lanjuti surat: {letter.subject}", about, reverse("letter", args=[letter.pk]))


# --- offices below --------------------------------------------------------------------------------------------------


def ladder_below(acting: Acting) -> list[Waiting]:
    """For who looks after offices: the late ones below theirs, latest first; their ladder, shortly."""
    office = acting.office
    if (
        office is None
        or not getattr(office, "has_below", False)
        or not acting.has(MAY_NUDGE)
        or office.children.count() > DETAILED
    ):
        return []
    period = likely_period(office, acting.day, below=True)
    found = below_of(office, period, only_late=True)
    asked = {"periode": period.code, "prosedur": found.key or SOP}
    late = [_late_office(row, asked) for row in found.rows[:OFFICES]]
    if late:
        path = f"{reverse('ladder_nudge')}?{urlencode({**asked, 'di-bawah': 1})}"
        late.insert(0, Waiting(f"Ingatkan {found.found} kantor yang terlambat", period.label, path))
    if found.counts.not_begun:
        path = f"{reverse('ladder_below')}?{urlencode(asked)}"
        late.append(Waiting(f"{found.counts.not_begun} kantor belum memulai", period.label, path))
    return late


def _late_office(row: Row, asked: dict[str, str]) -> Waiting:
    about = f"{row.step}; dipegang {row.task.post.title if row.task else ''}{f' ({row.holder})' if row.holder else ''}"
    path = f"{reverse('ladder')}?{urlencode({'kantor': row.office.code, **asked})}"
    words = row.clock.words if row.clock else ""
    return Waiting(f"{row.office.name} terlambat {words}", about, path)


def everything(
    acting: Acting,
    *,
    tasks: Sequence[Task],
    requests: Sequence[DataRequest],
    survey: Survey,
    clocks: dict[int, TaskClock],
    request_clocks: dict[int, TaskClock],
    appointments: Sequence[Appointment],
    drafts: Sequence[ProcedureDraft],
) -> list[Waiting]:
    """What waits, the work with a due moment first, most urgent before the rest."""
    dated: list[Any] = [*requests_of(requests, request_clocks), *steps_of(tasks, clocks)]
    dated.sort(key=lambda one: (one.due_at is None, one.due_at))
    return [
        *dated,
        *reminders_of(acting, tasks, survey, clocks),
        *ladder_below(acting),
        *approvals_of(acting, appointments, drafts),
        *arrivals_of(acting),
        *left_over(acting),
    ]
