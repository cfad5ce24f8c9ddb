"""Siklus: the list, and the page of one: the SOP itself, alive, with the form of the open step."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from himpun import clock
from himpun.archive.models import Record
from himpun.archive.seals import ROWS_WRITTEN
from himpun.cycles import actions
from himpun.cycles.correcting import issue_corrected
from himpun.cycles.deadlines import final
from himpun.cycles.deadlines.clocks import clocks_in, request_clocks_in
from himpun.cycles.deadlines.outlook import Outlook, outlooks_in
from himpun.cycles.deadlines.pauses import is_paused, pause_cycle, resume_cycle
from himpun.cycles.deadlines.survey import survey_of
from himpun.cycles.models import Cycle, Task
from himpun.cycles.queries import BoardRow, board, holders_of, results_of
from himpun.cycles.steps.disposition import needs_letter
from himpun.cycles.steps.recap import recap_of
from himpun.errors import Refusal
from himpun.indicators.models.requests import DataRequest
from himpun.letters.models import Letter
from himpun.measure.periods import Kind, for_day
from himpun.offices.models.offices import Office
from himpun.offices.rules import (
    MAY_CANCEL_CYCLES,
    MAY_COLLECT,
    MAY_PAUSE_CYCLES,
    MAY_SET_DEADLINES,
    MAY_START_CYCLES,
)
from himpun.procedures.queries import versions_in_force
from himpun.procedures.reading import role_titles
from himpun.web import steps
from himpun.web.corrected import corrected
from himpun.web.deadlines import read_deadline, say_fit, say_whether_it_fits
from himpun.web.forms import Typed, attempt
from himpun.web.middleware import PersonRequest
from himpun.web.periods import period_choices
from himpun.web.posting import posted_from

UNSAID = ("documents:version:rendered", "documents:document:issued", ROWS_WRITTEN)
"""What the system does by itself afterwards: in the archive, but not in a cycle's story."""


def _visible(request: PersonRequest) -> Any:
    return Cycle.objects.visible_to(request.acting.person, request.acting.day)


@require_GET
def cycle_list(request: PersonRequest) -> HttpResponse:
    """Cycles of the office, newest first, each with the step that waits."""
    acting = request.acting
    waiting = Task.objects.filter(decided_at__isnull=True, part=False).select_related("post")
    rows = _visible(request).filter(office=acting.office).select_related("procedure", "parent__cycle", "office")
    state = request.GET.get("status", "")
    if state in Cycle.State.values:
        rows = rows.filter(state=state)
    rows = rows.prefetch_related(Prefetch("tasks", queryset=waiting, to_attr="waiting"))
    page = Paginator(rows, 25).get_page(request.GET.get("hal"))
    now, open_ = clock.now(), [cycle.pk for cycle in page if cycle.state == Cycle.State.OPEN]
    survey = survey_of(open_)
    context = {
        "page": page,
        "clocks": clocks_in(survey, now),
        "outlooks": outlooks_in(survey, open_, now),
        "states": Cycle.State.choices,
        "state": state,
        "may_start": acting.has(MAY_START_CYCLES),
    }
    return render(request, "cycles/list.html", context)


def cycle_new(request: PersonRequest) -> HttpResponse:
    """Begin a procedure without a letter, where it needs none (the six-step mechanism of a month or quarter)."""
    acting = request.acting
    typed = Typed(request.POST if request.method == "POST" else {})
    if request.method == "POST" and acting.office:
        office, given = acting.office, request.POST
        cycle = attempt(
            typed,
            lambda: actions.start_cycle(
                office=office,
                key=given.get("key", ""),
                period=given.get("period", ""),
                by=acting.person,
                due_at=read_deadline(office, given.get("due_at", "")),
            ),
        )
        if cycle:
            messages.success(request, "Siklus dimulai.")
            say_whether_it_fits(request, cycle)
            return redirect("cycle", cycle.pk)
    context = {
        "typed": typed,
        "procedures": _without_letter(acting.office, request) if acting.office else [],
        "periods": period_choices(acting.day),
        "chosen": typed.data.get("period") or for_day(Kind.QUARTER, acting.day).previous().code,
    }
    return render(request, "cycles/new.html", context, status=422 if typed.error or typed.errors else 200)


def _without_letter(office: Office, request: PersonRequest) -> list[Any]:
    versions = versions_in_force(office, request.acting.day)
    return [version for version in versions if not needs_letter(version.definition)]


@require_GET
def cycle_page(request: PersonRequest, pk: int) -> HttpResponse:
    """The SOP, alive."""
    return show_cycle(request, pk, Typed({}))


def show_cycle(request: PersonRequest, pk: int, typed: Typed, status: int = 200) -> HttpResponse:
    """The page of a cycle, with whatever was typed into its form and refused."""
    acting = request.acting
    related = ("office__kind", "procedure", "letter", "parent__cycle__procedure", "corrects")
    cycle = get_object_or_404(_visible(request).select_related(*related), pk=pk)
    definition = cycle.procedure.definition
    titles = role_titles(definition, cycle.office.titles())
    task = Task.objects.filter(cycle=cycle, decided_at__isnull=True, part=False).select_related("post").first()
    rows = board(cycle)
    context = {
        "cycle": cycle,
        "rows": rows,
        "titles": titles,
        "letter_visible": Letter.objects.visible_to(acting.person, acting.day).filter(pk=cycle.letter_id).exists(),
        "roles": [(role.key, titles[role.key]) for role in definition.roles if _has_lane(role.key, rows)],
        "task": task,
        "step": definition.step(task.step_no) if task else None,
        "mine": bool(task) and acting.holds(task.post_id) if task else False,
        "holder": holders_of([task.post_id], acting.day).get(task.post_id, "belum ada pemangku") if task else "",
        "results": results_of(cycle, acting.person, acting.day),
        "recap": recap_of(cycle) if cycle.state == Cycle.State.ENDED else None,
        **corrected(request, cycle if cycle.state == Cycle.State.ENDED else None),
        "corrected_recap": recap_of(cycle) if cycle.corrects_id else None,
        "first_step": min((row.step.no for row in rows if row.task), default=0),
        "timeline": Record.objects.filter(chain=cycle.office.code, subject=cycle.subject)
        .exclude(act__in=UNSAID)
        .order_by("-seq")[:100],
        "returns": cycle.tasks.filter(part=False).exclude(reason="").order_by("-decided_at"),
        "may_cancel": acting.has(MAY_CANCEL_CYCLES, cycle.office_id) and cycle.state == Cycle.State.OPEN,
        "may_collect": acting.has(MAY_COLLECT, cycle.office_id),
        "children": _children(cycle),
        "typed": typed,
    }
    if task:
        context |= steps.form_of(cycle, task)
    context["requests"] = asked = _requests_of(request, cycle)
    context |= _times_of(request, cycle, task, rows, asked)
    if "due_at" in typed.errors:
        context["due_day"] = typed.data.get("due_at", "")
    return render(request, "cycles/cycle.html", context, status=status)


def _times_of(
    request: PersonRequest, cycle: Cycle, task: Task | None, rows: list[BoardRow], asked: list[DataRequest]
) -> dict[str, Any]:
    """How the cycle stands in time: the open step's clock, the outlook, the plan by step, the pause, who may change it."""
    acting, now = request.acting, clock.now()
    running = cycle.state == Cycle.State.OPEN
    survey = survey_of([cycle.pk] if running else [])
    found = clocks_in(survey, now)
    outlook = outlooks_in(survey, [cycle.pk], now).get(cycle.pk)
    paused = survey.open_pause(cycle.pk)
    return {
        "task_clock": found.get(task.pk) if task else None,
        "request_clocks": request_clocks_in(survey, found, asked),
        "outlook": outlook,
        "plan": _plan(outlook, rows) if outlook else {},
        "pause": paused,
        "parent_pause": bool(paused and cycle.parent and is_paused(cycle.parent.cycle_id)),
        "may_pause": acting.has(MAY_PAUSE_CYCLES, cycle.office_id) and running,
        "may_set_deadline": acting.has(MAY_SET_DEADLINES, cycle.office_id) and running,
        "due_day": timezone.localtime(cycle.due_at) if cycle.due_at else None,
    }


def _plan(outlook: Outlook, rows: list[BoardRow]) -> dict[int, dict[str, Any]]:
    ended = {row.step.no: row.task.decided_at for row in rows if row.task}
    return {no: {"at": at, "missed": outlook.misses(no, ended.get(no))} for no, at in outlook.plan.items()}


def _has_lane(role: str, rows: list[BoardRow]) -> bool:
    return any(role in row.step.actors or role == row.step.each for row in rows)


def _children(cycle: Cycle) -> dict[int, list[Cycle]]:
    found: dict[int, list[Cycle]] = {}
    for child in Cycle.objects.filter(parent__cycle=cycle).select_related("procedure", "parent").order_by("pk"):
        found.setdefault(child.parent.step_no if child.parent else 0, []).append(child)
    return found


def _requests_of(request: PersonRequest, cycle: Cycle) -> list[DataRequest]:
    acting = request.acting
    rows = DataRequest.objects.visible_to(acting.person, acting.day).filter(origin=cycle.subject)
    return list(rows.select_related("unit").order_by("unit__order"))


def _page_of_task(request: PersonRequest, pk: int) -> str:
    task = get_object_or_404(Task.objects.filter(cycle__in=_visible(request)), pk=pk)
    return f"{reverse('cycle', args=[task.cycle_id])}#langkah"


@posted_from(_page_of_task)
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Decide the open step with its form; a refusal comes back on the same page with everything typed."""
    task = get_object_or_404(Task.objects.filter(cycle__in=_visible(request)).select_related("cycle"), pk=pk)
    given = request.POST
    typed = Typed(given)
    try:
        outcome = actions.decide(
            task_id=task.pk,
            decision=given.get("decision", ""),
            by=request.acting.person,
            reason=given.get("reason", ""),
            form=steps.filled_in(given),
        )
    except Refusal as refusal:
        typed.refuse(refusal)
        if refusal.code == "alasan-wajib":
            typed.errors["reason"], typed.error = str(refusal), ""
        return show_cycle(request, task.cycle_id, typed, status=refusal.status)
    messages.success(
        request, _said(outcome.step.no, outcome.decision, outcome.following.no if outcome.following else None)
    )
    if "tanda-tangan" in outcome.step.does and outcome.decision not in outcome.step.returns:
        _say_signed(request, task.cycle)
    return redirect("cycle", task.cycle_id)


def _say_signed(request: PersonRequest, cycle: Cycle) -> None:
    for result in results_of(cycle, request.acting.person, request.acting.day):
        path, document = reverse("document", args=[result.document.pk]), result.document
        sentence = 'Anda menandatangani <a href="{}">{}</a> dengan nomor <strong>{}</strong>.'
        messages.success(request, format_html(sentence, path, document.title, document.number))


def _said(step: int, decision: str, following: int | None) -> str:
    onward = f"Siklus kini di langkah {following}." if following else "Siklus selesai dan diarsipkan."
    return f'Langkah {step} diputus "{decision}". {onward}'


@posted_from("cycle")
def set_deadline(request: PersonRequest, pk: int) -> HttpResponse:
    """Set, move or remove the final deadline of a cycle."""
    cycle = get_object_or_404(_visible(request).select_related("office"), pk=pk)
    typed = Typed(request.POST)
    try:
        due_at = read_deadline(cycle.office, request.POST.get("due_at", ""))
        fit = final.set_deadline(cycle=cycle, due_at=due_at, by=request.acting.person)
    except Refusal as refusal:
        typed.refuse(refusal)
        return show_cycle(request, pk, typed, status=refusal.status)
    messages.success(request, "Batas akhir tersimpan." if due_at else "Batas akhir dihapus.")
    say_fit(request, fit)
    return redirect("cycle", pk)


@posted_from("cycle")
def pause(request: PersonRequest, pk: int) -> HttpResponse:
    """Let the clock of a cycle stand still, with a reason."""
    cycle = get_object_or_404(_visible(request).select_related("office"), pk=pk)
    typed = Typed(request.POST)
    try:
        pause_cycle(cycle=cycle, reason=request.POST.get("reason", ""), by=request.acting.person)
    except Refusal as refusal:
        typed.refuse(refusal)
        if "reason" in typed.errors:
            typed.errors["pause_reason"] = typed.errors.pop("reason")
        return show_cycle(request, pk, typed, status=refusal.status)
    messages.success(request, "Siklus dijeda. Waktu berhenti dihitung sampai siklus dilanjutkan.")
    return redirect("cycle", pk)


@posted_from("cycle")
def resume(request: PersonRequest, pk: int) -> HttpResponse:
    """Let the clock of a paused cycle run on."""
    cycle = get_object_or_404(_visible(request).select_related("office", "parent"), pk=pk)
    typed = Typed(request.POST)
    try:
        resume_cycle(cycle=cycle, by=request.acting.person)
    except Refusal as refusal:
        typed.refuse(refusal)
        return show_cycle(request, pk, typed, status=refusal.status)
    messages.success(request, "Siklus berlanjut. Batas waktu yang terbuka bergeser sepanjang jedanya.")
    return redirect("cycle", pk)


@posted_from("cycle")
def correct(request: PersonRequest, pk: int) -> HttpResponse:
    """Begin to issue the document of a cycle anew, with the figures corrected since."""
    cycle = get_object_or_404(_visible(request).select_related("office", "parent__cycle"), pk=pk)
    typed = Typed(request.POST)
    made = attempt(typed, lambda: issue_corrected(cycle=cycle, by=request.acting.person))
    if made is None:
        return show_cycle(request, pk, typed, status=409)
    messages.success(request, "Dokumen perbaikan mulai disusun dengan angka resmi; baca naskahnya, lalu teruskan.")
    return redirect("cycle", made.pk)


@posted_from("cycle")
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Cancel a cycle with a reason."""
    cycle = get_object_or_404(_visible(request).select_related("office"), pk=pk)
    typed = Typed(request.POST)
    try:
        actions.cancel_cycle(cycle=cycle, reason=request.POST.get("reason", ""), by=request.acting.person)
    except Refusal as refusal:
        typed.refuse(refusal)
        if "reason" in typed.errors:
            typed.errors["cancel_reason"] = typed.errors.pop("reason")
        return show_cycle(request, pk, typed, status=refusal.status)
    messages.success(request, "Siklus dibatalkan. Semua catatan dan dokumennya tetap tersimpan.")
    return redirect("cycle", pk)
