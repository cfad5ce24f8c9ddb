"""Starting a cycle, deciding its steps, cancelling it: `start_cycle`, `decide` and `cancel_cycle` are acts.

An act takes the office's turn, checks, decides (engine), changes what is unchanged since, lets the step actions do their
part, records, and commits once. The other acts on a cycle: units' answers (`collecting`), deadlines and pauses
(`deadlines`), drafts and recipients (`drafting`), starting by the calendar (`schedules`).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from himpun import clock, moments, typed
from himpun.archive.journal import Turn, act, planned_cursor
from himpun.archive.seals import said_moment, touch, watching
from himpun.cycles import engine, ledger, rules
from himpun.cycles.deadlines.due import due_of
from himpun.cycles.deadlines.final import check_deadline, planned_finish
from himpun.cycles.deadlines.units import step_in
from himpun.cycles.models import Cycle, Pause, Task
from himpun.cycles.steps.actions import step_actions
from himpun.cycles.steps.deed import Deed
from himpun.cycles.steps.disposition import needs_letter
from himpun.errors import Conflict, FieldErrors, Refusal
from himpun.indicators.requests import answering as indicators
from himpun.letters.models import Letter
from himpun.measure.periods import Period
from himpun.offices.acting import Actor, acting_in, capacities, present
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_CANCEL_CYCLES, MAY_START_CYCLES
from himpun.offices.today import today_in, today_where
from himpun.procedures.definition import Procedure, Step
from himpun.procedures.models import ProcedureVersion
from himpun.procedures.queries import procedure_of, version_in_force

NO_FORM: Mapping[str, Any] = {}


class AlreadyRunning(Conflict):
    """The office already runs this procedure for this period."""

    code = "siklus-sudah-berjalan"

    def __init__(self, name: str, period: str) -> None:
        super().__init__(
            f"{name} untuk {period} sudah berjalan di kantor ini. Buka siklus itu, atau batalkan dahulu dengan alasan."
        )


class LetterMissing(Refusal):
    """The procedure begins with a disposition, and there is no letter to write it on."""

    code = "surat-wajib"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} berawal dari disposisi atas surat. Catat suratnya di Surat Masuk, lalu mulai siklus dari surat itu."
        )


class RoleEmpty(Refusal):
    """No post of the office has a role the procedure needs."""

    code = "peran-kosong"

    def __init__(self, titles: list[str]) -> None:
        super().__init__(
            f"Kantor ini belum punya jabatan untuk: {', '.join(titles)}. Tambahkan di Pengaturan, lalu coba lagi."
        )


class NoSuchTask(Refusal):
    """There is no such task, or none this person can see."""

    code = "tugas-tidak-ada"
    status = 404

    def __init__(self) -> None:
        super().__init__("Tugas itu tidak ada. Kembali ke Pekerjaan Saya untuk melihat tugas yang menunggu Anda.")


# --- starting -------------------------------------------------------------------------------------------------------


class BegunBefore(Conflict):
    """The letter has a cycle of this period."""

    code = "siklus-surat-sudah-ada"

    def __init__(self, earlier: Cycle) -> None:
        super().__init__(
            f"Dari surat ini sudah ada siklus {earlier.procedure.name} {Period.parse(earlier.period).label} "
            f"({earlier.get_state_display().lower()}). Bila memang perlu siklus kedua, centang lalu mulai lagi."
        )


def _refuse_second(letter: Letter, key: str, period: Period) -> None:
    """One that runs is AlreadyRunning anyway, so it is not asked about."""
    begun = Cycle.objects.filter(letter=letter, period=period.code, parent__isnull=True)
    others = begun.exclude(state=Cycle.State.CANCELLED).exclude(state=Cycle.State.OPEN, key=key)
    earlier = others.select_related("procedure").first()
    if earlier:
        raise BegunBefore(earlier)


def start_cycle(
    *,
    office: Office,
    key: str,
    period: str,
    by: Person,
    letter: Letter | None = None,
    due_at: datetime | None = None,
    again: bool = True,
) -> Cycle:
    """Start a procedure for an office and a period ("2026-TW3"), from a registered letter where there is one.

    `due_at` is its final deadline, if it has one. The cycle pins the version in force. Raises HoldsNoPost, AlreadyRunning,
    RoleEmpty, PeriodUnreadable, NoProcedure or FieldErrors; without `again` BegunBefore for a letter's second of a period.
    Where a step of another run awaits this procedure and has none (it was cancelled), the new run is that step's.
    """
    now, day = clock.now(), office.today()
    actor = acting_in(by, office.pk, day, roles=MAY_START_CYCLES, to="memulai siklus")
    if letter and letter.office_id != office.pk:
        raise FieldErrors({"letter": "Surat itu bukan dari agenda kantor ini. Pilih surat dari agenda kantor ini."})
    check_deadline(due_at, now)
    if sentence := typed.wrong_year(Period.parse(period).year, typed.Day.PERIOD, day):
        raise FieldErrors({"period": sentence})
    with act(office.code, at=now, author=actor.author) as turn:
        if letter and not again:
            _refuse_second(letter, key, Period.parse(period))
        parent = awaiting_step(office, key, Period.parse(period).code)
        letter = letter or (parent.cycle.letter if parent else None)
        if parent and due_at is None:
            due_at = planned_finish(parent.cycle, parent.step_no)
        return begin(
            turn,
            office=office,
            key=key,
            period=period,
            actor=actor,
            letter=letter,
            parent=parent,
            day=day,
            due_at=due_at,
        )


def awaiting_step(office: Office, key: str, period: str) -> Task | None:
    """The open step that runs this procedure for this period and has no run of it that ended."""
    tasks = Task.objects.filter(
        cycle__office=office, cycle__period=period, cycle__state=Cycle.State.OPEN, part=False, decided_at__isnull=True
    ).exclude(children__state=Cycle.State.ENDED)
    for task in tasks.select_related("cycle__letter"):
        if procedure_of(task.cycle.procedure_id).step(task.step_no).runs == key:
            return task
    return None


def begin(
    turn: Turn,
    *,
    office: Office,
    key: str,
    period: str,
    actor: Actor,
    letter: Letter | None,
    parent: Task | None,
    day: date,
    due_at: datetime | None = None,
    corrects: Cycle | None = None,
) -> Cycle:
    """Start a cycle within a turn already taken: for `start_cycle`, schedules, and the step that runs another procedure.

    One that corrects another begins where the document is written. Raises WritesNothing where no step does that.
    """
    period = Period.parse(period).code
    version = version_in_force(key, office, day)
    first = writing_step(version.definition) if corrects else version.definition.first
    _check_can_begin(office, version, period, letter)
    rounds = Cycle.objects.filter(office=office, key=key, period=period).aggregate(last=Max("round"))["last"]
    cycle = Cycle.objects.create(
        office=office,
        procedure=version,
        key=key,
        period=period,
        round=(rounds or 0) + 1,
        letter=letter,
        parent=parent,
        corrects=corrects,
        started_at=turn.at,
        started_by=actor.name,
        due_at=due_at,
    )
    data = {
        "procedure": key,
        "version": version.number,
        "sha256": version.sha256,
        "period": period,
        "round": cycle.round,
    }
    if corrects:
        data |= {"corrects": corrects.subject, "step": first.no}
    turn.record("cycles:cycle:started", cycle.subject, {**data, "letter": letter.number if letter else ""})
    open_step(turn, cycle, version.definition, first, visit=1, actor=actor)
    return cycle


class WritesNothing(Conflict):
    """The procedure in force has no step in which the document is mended."""

    code = "tanpa-langkah-perbaikan"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} tidak punya langkah perbaikan naskah, jadi dokumen perbaikan tidak dapat disusun.")


def writing_step(procedure: Procedure) -> Step:
    """The step that mends the document, or the first that edits it. Raises WritesNothing."""
    for name in ("perbaiki-draft", "periksa-draft"):
        for step in procedure.steps:
            if name in step.does:
                return step
    raise WritesNothing(procedure.name)


def _check_can_begin(office: Office, version: ProcedureVersion, period: str, letter: Letter | None) -> None:
    if letter is None and needs_letter(version.definition):
        raise LetterMissing(version.name)
    if Cycle.objects.filter(office=office, key=version.key, period=period, state=Cycle.State.OPEN).exists():
        raise AlreadyRunning(version.name, Period.parse(period).label)
    if empty := _empty_roles(office, version.definition, acting_roles(version.definition)):
        raise RoleEmpty(empty)


def _empty_roles(office: Office, procedure: Procedure, roles: set[str]) -> list[str]:
    """The titles of those `roles` for which the office has no post."""
    there = set(office.posts.values_list("role", flat=True))
    titles = office.titles()
    return [titles.get(key, procedure.role(key).title) for key in sorted(roles - there)]


def acting_roles(procedure: Procedure) -> set[str]:
    """The roles that must have a post in the office: who decides a step (or records it) and who owes a part."""
    roles = {deciding_role(procedure, step) for step in procedure.steps}
    return roles | {step.each for step in procedure.steps if step.each}


def deciding_role(procedure: Procedure, step: Step) -> str:
    """The role whose post gets the task: the actor, or who records for an actor outside the office."""
    role = procedure.role(step.who)
    return role.recorded_by if role.outside else step.who


def open_step(turn: Turn, cycle: Cycle, procedure: Procedure, step: Step, *, visit: int, actor: Actor) -> None:
    """Open a step: its task, a part for each unit, the procedure it runs, and what its step actions do at opening."""
    with connection.cursor() as cursor:
        opened = ledger.open_task(
            cursor, _open_of(turn.at, cycle.pk, cycle.office_id, cycle.office.calendar_stamp, procedure, step, visit)
        )
    if not opened:
        raise RoleEmpty(_empty_roles(cycle.office, procedure, {deciding_role(procedure, step)}))
    touch(Task, Task.objects.filter(cycle=cycle, decided_at__isnull=True).values_list("pk", flat=True))
    if opens_more(step):
        _open_more(turn, cycle, step, actor)


def opens_more(step: Step) -> bool:
    """Whether opening this step means more than one new task row."""
    return bool(step.each or step.runs or any(action.on_open for action in step_actions(step)))


def _open_of(
    at: datetime, cycle_id: int, office_id: int, stamp: int, procedure: Procedure, step: Step, visit: int
) -> ledger.Open:
    due_at = due_of(office_id, stamp, step_in(office_id, procedure, step), at)
    return ledger.Open(cycle_id, visit, step.no, office_id, deciding_role(procedure, step), at, due_at)


def _open_more(turn: Turn, cycle: Cycle, step: Step, actor: Actor) -> None:
    task = Task.objects.get(cycle=cycle, decided_at__isnull=True, part=False)
    if step.each:
        _open_parts(turn, cycle, task, step)
    deed = Deed(turn=turn, cycle=cycle, task=task, step=step, actor=actor)
    for action in step_actions(step):
        if action.on_open:
            action.on_open(deed)
    if step.runs:
        begin(
            turn,
            office=cycle.office,
            key=step.runs,
            period=cycle.period,
            actor=actor,
            letter=cycle.letter,
            parent=task,
            day=today_in(cycle.office_id),
            due_at=planned_finish(cycle, step.no),
        )


def _open_parts(turn: Turn, cycle: Cycle, task: Task, step: Step) -> None:
    posts = _parts_of(cycle, step)
    Task.objects.bulk_create(
        Task(
            cycle=cycle,
            visit=task.visit,
            step_no=step.no,
            part=True,
            post_id=post_id,
            opened_at=turn.at,
            due_at=task.due_at,
            nudge_at=turn.at,
        )
        for post_id in posts
    )


def _parts_of(cycle: Cycle, step: Step) -> list[int]:
    for action in step_actions(step):
        if action.parts:
            return action.parts(cycle)
    posts = Post.objects.filter(office=cycle.office, role=step.each).there_on(today_in(cycle.office_id))
    return list(posts.values_list("pk", flat=True))


# --- deciding -------------------------------------------------------------------------------------------------------


def decide(
    *, task_id: int, decision: str, by: Person, reason: str = "", form: Mapping[str, Any] = NO_FORM
) -> engine.Outcome:
    """Decide a step: one transaction, one commit.

    Raises NoSuchTask, NotYourStep, OnLeave, AlreadyDecided (with who and when), CycleClosed, CyclePaused, and whatever the engine or the
    step's own actions refuse. `form` holds what the step's form asked for; see `steps/actions.py`.
    """
    now, day = clock.now(), _day_at(task_id)
    with transaction.atomic(), planned_cursor() as cursor:
        seen = _may_see(ledger.see(cursor, task_id, by.pk, day), by, day)
        if seen.actor:
            present(seen.actor, day)
            if not seen.is_open:
                raise _already_decided(task_id)
        actor = rules.check_may_decide(seen.actor, seen.post_title, seen.cycle_open, seen.part, seen.paused)
        turn = ledger.turn_of(seen, now)
        with watching(turn.touches):
            outcome = _decide_seen(cursor, turn, seen, actor, decision, reason, form)
        turn.write(cursor)
    return outcome


def _day_at(task_id: int) -> date:
    """What day it is where the task is."""
    zones = Task.objects.filter(pk=task_id).values_list("cycle__office__timezone", flat=True)
    return today_where(zones.first)


def _may_see(seen: ledger.Seen | None, by: Person, day: date) -> ledger.Seen:
    """The task as seen, unless there is none or it is another office's. Raises NoSuchTask."""
    if seen is None:
        raise NoSuchTask
    if seen.actor is None and all(actor.office_id != seen.office_id for actor in capacities(by, day)):
        raise NoSuchTask
    return seen


def _decide_seen(
    cursor: Any,
    turn: Turn,
    seen: ledger.Seen,
    actor: Actor,
    decision: str,
    reason: str,
    form: Mapping[str, Any],
) -> engine.Outcome:
    procedure = procedure_of(seen.procedure_id)
    step = procedure.step(seen.step_no)
    deed = _deed(turn, seen, step, actor, form) if needs_rows(step) else None
    outcome = engine.decide(procedure, step.no, decision, reason, _waiting(seen, step, deed))
    if deed:
        deed.outcome = outcome
        for action in step_actions(step):
            if action.on_decide:
                action.on_decide(deed)
    opening = _opening_after(turn, seen, procedure, outcome)
    _record_decision(turn, seen, outcome, actor, opening)
    finish = ledger.Finish(seen.task_id, decision, outcome.reason, actor, turn.at)
    _finish_and_go_on(cursor, turn, seen, procedure, opening, finish)
    return outcome


def needs_rows(step: Step) -> bool:
    """Whether deciding this step touches more than its task: the plain path reads no model at all."""
    return bool(step.does or step.runs or step.each)


def _deed(turn: Turn, seen: ledger.Seen, step: Step, actor: Actor, form: Mapping[str, Any]) -> Deed:
    task = Task.objects.select_related(
        "cycle__office__kind", "cycle__letter", "cycle__procedure", "cycle__parent", "post"
    ).get(pk=seen.task_id)
    return Deed(turn=turn, cycle=task.cycle, task=task, step=step, actor=actor, form=form)


def _waiting(seen: ledger.Seen, step: Step, deed: Deed | None) -> engine.Waiting:
    if deed is None:
        return engine.NOTHING
    units = waiting_units(seen.cycle_id) if step.each else ()
    child = open_child_name(deed.task) if step.runs else ""
    outputs = [sentence for action in step_actions(step) if action.missing for sentence in action.missing(deed)]
    return engine.Waiting(units, child, outputs)


def waiting_units(cycle_id: int) -> list[str]:
    """The titles of the units whose part is still open."""
    parts = Task.objects.filter(cycle_id=cycle_id, part=True, decided_at__isnull=True).select_related("post")
    return [part.post.title for part in parts]


def open_child_name(task: Task) -> str:
    """The name of the procedure this task still waits for, or ""."""
    child = task.children.filter(state=Cycle.State.OPEN).select_related("procedure").first()
    return child.procedure.name if child else ""


def _opening_after(turn: Turn, seen: ledger.Seen, procedure: Procedure, outcome: engine.Outcome) -> ledger.Open | None:
    """The task that a decision opens; None at the end."""
    if outcome.following is None:
        return None
    stamp, visit = seen.calendar_stamp, seen.visit + 1
    return _open_of(turn.at, seen.cycle_id, seen.office_id, stamp, procedure, outcome.following, visit)


def _record_decision(
    turn: Turn, seen: ledger.Seen, outcome: engine.Outcome, actor: Actor, opening: ledger.Open | None
) -> None:
    data = {
        "task": seen.task_id,
        "step": outcome.step.no,
        "visit": seen.visit,
        "decision": outcome.decision,
        "next": opening.step_no if opening else "akhir",
        "post": actor.post_id,
        "person": actor.person_id,
        "opened": seen.opened_at,
        "due": seen.due_at,
    }
    if opening:
        data |= {"next_role": opening.role, "next_due": said_moment(opening.due_at) if opening.due_at else ""}
    if outcome.reason:
        data["reason"] = outcome.reason
    name = "cycles:task:returned" if outcome.is_return else "cycles:task:decided"
    turn.record(name, f"cycle:{seen.cycle_id}", data)


def _finish_and_go_on(
    cursor: Any,
    turn: Turn,
    seen: ledger.Seen,
    procedure: Procedure,
    opening: ledger.Open | None,
    finish: ledger.Finish,
) -> None:
    if opening is None:
        turn.record("cycles:cycle:ended", f"cycle:{seen.cycle_id}")
        if not ledger.finish_and_end(cursor, finish, seen.cycle_id, turn):
            raise _already_decided(seen.task_id)
        return
    if not ledger.finish_and_open(cursor, finish, opening, turn):
        raise _not_opened(seen, procedure, opening.role)
    following = procedure.step(opening.step_no)
    if opens_more(following):
        cycle = Cycle.objects.select_related("office__kind", "letter", "procedure").get(pk=seen.cycle_id)
        _open_more(turn, cycle, following, finish.actor)


def _not_opened(seen: ledger.Seen, procedure: Procedure, role: str) -> Refusal:
    """Why the next step did not open: the office has no post for it (any more), or somebody decided first."""
    if empty := _empty_roles(Office.objects.get(pk=seen.office_id), procedure, {role}):
        return RoleEmpty(empty)
    return _already_decided(seen.task_id)


def _already_decided(task_id: int) -> Refusal:
    task = Task.objects.get(pk=task_id)
    if task.decided_at is None:  # paused by somebody whose turn came just before
        return engine.CyclePaused()
    return engine.AlreadyDecided(
        task.decision, task.person_name, task.person_title, moments.long(timezone.localtime(task.decided_at))
    )


# --- cancelling -----------------------------------------------------------------------------------------------------


def cancel_cycle(*, cycle: Cycle, reason: str, by: Person) -> None:
    """End a cycle without result, with a reason; its open tasks are closed as "dibatalkan", nothing is deleted.

    Raises HoldsNoPost, FieldErrors (no reason) or CycleClosed. A procedure that a step of it runs is cancelled too.
    """
    actor = acting_in(by, cycle.office_id, roles=MAY_CANCEL_CYCLES, to="membatalkan siklus")
    reason = typed.needed(reason, "Tulis alasan pembatalan; alasan ini tercatat di arsip.")
    with act(cycle.office.code, at=clock.now(), author=actor.author) as turn:
        _cancel(turn, cycle.pk, reason, actor)


def _cancel(turn: Turn, cycle_id: int, reason: str, actor: Actor) -> None:
    changed = Cycle.objects.filter(pk=cycle_id, state=Cycle.State.OPEN).update(
        state=Cycle.State.CANCELLED, ended_at=turn.at, cancel_reason=reason
    )
    if not changed:
        raise engine.CycleClosed
    close_open_tasks(turn, cycle_id, "dibatalkan", reason, actor)
    Pause.objects.filter(cycle=cycle_id, until__isnull=True).update(until=turn.at)
    for withdraw in (indicators.withdraw_requests, indicators.withdraw_recaps):
        withdraw(turn, origin=f"cycle:{cycle_id}", reason=f"Siklus dibatalkan: {reason}")
    turn.record("cycles:cycle:cancelled", f"cycle:{cycle_id}", {"reason": reason})
    for child in Cycle.objects.filter(parent__cycle_id=cycle_id, state=Cycle.State.OPEN):
        _cancel(turn, child.pk, reason, actor)


def close_open_tasks(turn: Turn, cycle_id: int, decision: str, reason: str, actor: Actor) -> None:
    """Close whatever is open in a cycle that ends early, as decided by `actor`."""
    Task.objects.filter(cycle_id=cycle_id, decided_at__isnull=True).update(
        decided_at=turn.at,
        decision=decision,
        reason=reason,
        person_id=actor.person_id,
        person_name=actor.name,
        person_title=actor.title,
    )
