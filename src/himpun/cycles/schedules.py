"""Runs that begin by themselves: schedules, what became of each of their periods, and the tick that starts them.

A period is started once: its `ScheduleRun` is written in the same act as the cycle, under the office's turn. What a
killed or absent worker missed is started by the next tick, oldest first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import structlog

from himpun import clock
from himpun.archive.journal import SYSTEM, Turn, act
from himpun.archive.models import Record
from himpun.cycles.actions import awaiting_step, begin
from himpun.cycles.deadlines.final import planned_finish
from himpun.cycles.deadlines.planning import scheduled_deadline, scheduled_start
from himpun.cycles.early import take_back_runs
from himpun.cycles.models import Cycle, Schedule, ScheduleRun
from himpun.cycles.steps.disposition import needs_letter
from himpun.errors import Conflict, FieldErrors, Refusal
from himpun.measure.periods import Kind, Period, for_day
from himpun.notifications.actions import tell
from himpun.offices.acting import Actor, acting_in
from himpun.offices.calendar import kept as calendars
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.rules import KASUBBAG_PERENCANAAN, MAY_START_CYCLES
from himpun.offices.worktime import WorkCalendar
from himpun.places import place
from himpun.procedures.models import ProcedureVersion
from himpun.procedures.queries import version_in_force

LATE_AFTER = timedelta(minutes=15)
"""A start so much after its moment says that it came late."""
WORKER_AWAY = "Dimulai terlambat: pekerja latar tidak berjalan pada saatnya."
SAVED_LATER = "Waktunya sudah lewat ketika jadwal disimpan."
MOST_WORKDAYS, MOST_DAYS = 60, 400
FURTHEST = timedelta(days=731)
"""How far from now a schedule may begin to count."""

log = structlog.get_logger("himpun.cycles")


class NeedsLetter(FieldErrors):
    """A procedure that begins with a disposition begins with a letter, not by itself."""

    code = "jadwal-perlu-surat"

    def __init__(self, name: str) -> None:
        super().__init__(
            {
                "key": f"{name} berawal dari disposisi atas surat, jadi tidak dapat dimulai sendiri. Mulai dari halaman suratnya."
            }
        )


class NothingToRetry(Conflict):
    """The run did not fail, or somebody has tried again already."""

    code = "tidak-gagal"

    def __init__(self) -> None:
        super().__init__("Jadwal ini tidak lagi gagal. Muat ulang halaman untuk melihat keadaan terbaru.")


# --- keeping schedules ----------------------------------------------------------------------------------------------


def save_schedule(
    *, office: Office, fields: Mapping[str, Any], by: Person, schedule: Schedule | None = None
) -> Schedule:
    """Make or change a schedule; it is active then. Raises HoldsNoPost, NeedsLetter or FieldErrors.

    `fields`: key, kind, workday (not 0), at (time), deadline_days (or None), deadline_in, active_from (date). What was
    missed while a schedule was stopped is not started afterwards: it is in force from today at the earliest.
    """
    actor = acting_in(by, office.pk, roles=MAY_START_CYCLES, to="mengatur jadwal siklus")
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        _check(office, fields, schedule)
        saved = schedule or Schedule(office=office)
        for name in ("key", "kind", "workday", "at", "deadline_days", "deadline_in", "active_from"):
            setattr(saved, name, fields[name])
        saved.active, saved.made_by = True, actor.name
        saved.save()
        turn.record("cycles:schedule:saved", f"schedule:{saved.pk}", _said(saved))
    return saved


def _said(schedule: Schedule) -> dict[str, Any]:
    return {
        "key": schedule.key,
        "kind": schedule.kind,
        "workday": schedule.workday,
        "at": f"{schedule.at:%H:%M}",
        "deadline_days": schedule.deadline_days,
        "deadline_in": schedule.deadline_in,
        "active_from": schedule.active_from.isoformat(),
    }


def _check(office: Office, fields: Mapping[str, Any], schedule: Schedule | None) -> None:
    wrong = dict(_wrong(fields, schedule))
    others = Schedule.objects.filter(office=office, key=fields["key"], kind=fields["kind"])
    if (others.exclude(pk=schedule.pk) if schedule else others).exists():
        wrong["kind"] = "Prosedur ini sudah punya jadwal untuk jenis periode itu. Ubah jadwal yang sudah ada."
    if wrong:
        raise FieldErrors(wrong)
    _check_procedure(office, fields["key"])
    _check_deadline(office, fields)


def _wrong(fields: Mapping[str, Any], schedule: Schedule | None) -> Iterator[tuple[str, str]]:
    workday, days, since = fields["workday"], fields["deadline_days"], fields["active_from"]
    if fields["kind"] not in list(Kind):
        yield "kind", "Pilih setiap bulan, triwulan, semester, atau tahun."
    if not workday or abs(workday) > MOST_WORKDAYS:
        yield "workday", f"Isi hari kerja 1 sampai {MOST_WORKDAYS}."
    if not isinstance(fields["at"], time):
        yield "at", "Isi jam mulai, misalnya 08.00."
    if days is not None and not 0 <= days <= MOST_DAYS:
        yield "deadline_days", f"Isi 0 sampai {MOST_DAYS} hari, atau kosongkan bila tanpa batas akhir."
    if fields["deadline_in"] not in Schedule.Days.values:
        yield "deadline_in", "Pilih hari kalender atau hari kerja."
    if not isinstance(since, date):
        yield "active_from", "Isi tanggal mulai berlaku."
    elif since > clock.today() + FURTHEST:
        yield "active_from", "Mulai berlaku paling jauh dua tahun dari sekarang."
    elif since < clock.today() and not (schedule and schedule.active and schedule.active_from == since):
        yield "active_from", "Mulai berlaku paling awal hari ini; periode yang sudah lewat dimulai dari halaman Siklus."


def _check_procedure(office: Office, key: str) -> None:
    try:
        version = version_in_force(key, office, office.today())
    except Refusal as refusal:
        raise FieldErrors({"key": str(refusal)}) from refusal
    if needs_letter(version.definition):
        raise NeedsLetter(version.name)


def _check_deadline(office: Office, fields: Mapping[str, Any]) -> None:
    """The deadline of the coming period comes after its start."""
    if fields["deadline_days"] is None:
        return
    calendar, _ = calendars.calendar_of(office.pk, office.calendar_stamp)
    period = for_day(fields["kind"], fields["active_from"])
    draft = Schedule(**{name: fields[name] for name in ("kind", "workday", "at", "deadline_days", "deadline_in")})
    due_at = deadline_of(calendar, draft, period)
    if due_at and due_at <= scheduled_start(calendar, period, draft.workday, draft.at):
        raise FieldErrors({"deadline_days": "Batas akhir itu jatuh sebelum siklusnya dimulai. Tambah harinya."})


def stop_schedule(*, schedule: Schedule, by: Person) -> None:
    """Start nothing more by a schedule; its history stays. Raises HoldsNoPost."""
    office = schedule.office
    actor = acting_in(by, office.pk, roles=MAY_START_CYCLES, to="mengatur jadwal siklus")
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        if Schedule.objects.filter(pk=schedule.pk, active=True).update(active=False):
            turn.record("cycles:schedule:stopped", f"schedule:{schedule.pk}", _said(schedule))


# --- what is planned ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planned:
    """One coming start: the period, when it begins, its final deadline."""

    period: Period
    at: datetime
    due_at: datetime | None


def next_starts(schedule: Schedule, calendar: WorkCalendar, now: datetime, count: int = 4) -> list[Planned]:
    """The next starts of a schedule after `now`."""
    period = _newest_begun(calendar, schedule, now)
    found: list[Planned] = []
    while len(found) < count:
        period = following(period)
        at = _start(calendar, schedule, period)
        if at.date() >= schedule.active_from:
            found.append(Planned(period, at, deadline_of(calendar, schedule, period)))
    return found


def following(period: Period) -> Period:
    """The period of the same kind just after."""
    return period.kind.period(period.last_day + timedelta(days=1))


def deadline_of(calendar: WorkCalendar, schedule: Schedule, period: Period) -> datetime | None:
    """The final deadline that a schedule gives the run of a period; None where it gives none."""
    if schedule.deadline_days is None:
        return None
    working = schedule.deadline_in == Schedule.Days.WORKING
    return scheduled_deadline(calendar, period, schedule.deadline_days, working=working)


def _start(calendar: WorkCalendar, schedule: Schedule, period: Period) -> datetime:
    return scheduled_start(calendar, period, schedule.workday, schedule.at)


# --- starting -------------------------------------------------------------------------------------------------------


def run_schedules() -> list[ScheduleRun]:
    """Start what every active schedule has due and has not started: the tick. Returns what became of it."""
    take_back_runs()
    made: list[ScheduleRun] = []
    for schedule in behind(clock.now()):
        try:
            made += _run_missed(schedule)
        except Exception:  # one office's trouble is not to keep the others from starting
            log.exception("schedule-failed", schedule=schedule.pk)
    return made


def behind(now: datetime) -> list[Schedule]:
    """The active schedules whose newest due period has no run yet: a fixed number of queries however many schedules."""
    schedules = list(Schedule.objects.filter(active=True).select_related("office"))
    known = calendars.calendars_of(schedule.office for schedule in schedules)
    newest = {schedule.pk: _newest_due(known[schedule.office_id][0], schedule, now) for schedule in schedules}
    codes = {period.code for period in newest.values() if period}
    runs = set(ScheduleRun.objects.filter(period__in=codes).values_list("schedule", "period"))
    return [one for one in schedules if (period := newest[one.pk]) and (one.pk, period.code) not in runs]


def _newest_due(calendar: WorkCalendar, schedule: Schedule, now: datetime) -> Period | None:
    """The newest period whose moment has come; None where it came before the schedule was in force."""
    period = _newest_begun(calendar, schedule, now)
    return period if _start(calendar, schedule, period).date() >= schedule.active_from else None


def _newest_begun(calendar: WorkCalendar, schedule: Schedule, now: datetime) -> Period:
    """The newest period whose moment has come: before today's period, or after it where it starts long before its end."""
    period = for_day(schedule.kind, now.astimezone(calendar.timezone).date())
    while _start(calendar, schedule, following(period)) <= now:
        period = following(period)
    while _start(calendar, schedule, period) > now:
        period = period.previous()
    return period


def _run_missed(schedule: Schedule) -> Iterator[ScheduleRun]:
    """Start every period due without a run, oldest first."""
    calendar, _ = calendars.calendar_of(schedule.office_id, schedule.office.calendar_stamp)
    done = set(schedule.runs.values_list("period", flat=True))
    period, missed = _newest_due(calendar, schedule, clock.now()), list[tuple[Period, datetime]]()
    while period and (at := _start(calendar, schedule, period)).date() >= schedule.active_from:
        missed.append((period, at))
        period = period.previous()
    for period, at in reversed(missed):
        if period.code not in done and (run := run_period(schedule, period, at)):
            yield run


def run_period(schedule: Schedule, period: Period, planned_at: datetime) -> ScheduleRun | None:
    """Start one period of a schedule; None when another worker did, or the schedule was stopped meanwhile.

    A refusal undoes everything and is then kept as a failed run, told to the Kasubbag Perencanaan.
    """
    office = schedule.office
    try:
        with act(office.code, at=clock.now(), author=SYSTEM) as turn:
            if not _is_ours(schedule, period):
                return None
            run = ScheduleRun(schedule=schedule, period=period.code, planned_at=planned_at, at=turn.at)
            _start_run(turn, run, office, system_actor(office))
            run.save(force_insert=True)
            return run
    except Refusal as refusal:
        return _keep_failure(schedule, period, planned_at, str(refusal))


def _is_ours(schedule: Schedule, period: Period) -> bool:
    active = Schedule.objects.filter(pk=schedule.pk, active=True).exists()
    return active and not ScheduleRun.objects.filter(schedule=schedule, period=period.code).exists()


def _start_run(turn: Turn, run: ScheduleRun, office: Office, actor: Actor) -> None:
    """Begin the cycle of a run, or find the one that is there; the run says which."""
    schedule, period = run.schedule, Period.parse(run.period)
    there = Cycle.objects.filter(office=office, key=schedule.key, period=period.code)
    found = there.exclude(state=Cycle.State.CANCELLED).order_by("round").last()
    if found:
        run.state, run.cycle, run.reason = ScheduleRun.State.ALREADY, found, ""
    else:
        run.cycle = _begin(turn, schedule, period, office, actor)
        run.state, run.reason = ScheduleRun.State.STARTED, _lateness(run)
    _note(turn, run, run.get_state_display().lower())


def _begin(turn: Turn, schedule: Schedule, period: Period, office: Office, actor: Actor) -> Cycle:
    calendar, _ = calendars.calendar_of(office.pk, office.calendar_stamp)
    parent = awaiting_step(office, schedule.key, period.code)
    planned = planned_finish(parent.cycle, parent.step_no) if parent else None
    return begin(
        turn,
        office=office,
        key=schedule.key,
        period=period.code,
        actor=actor,
        letter=parent.cycle.letter if parent else None,
        parent=parent,
        day=turn.at.astimezone(calendar.timezone).date(),
        due_at=deadline_of(calendar, schedule, period) or planned,
    )


def _lateness(run: ScheduleRun) -> str:
    """Why a run came late; empty when it did not. The worker is not to blame for what was saved, or tried again, later."""
    if run.at - run.planned_at <= LATE_AFTER:
        return ""
    if run.pk:
        return "Dimulai setelah dicoba lagi."
    saved = Record.objects.filter(
        subject=f"schedule:{run.schedule_id}", act="cycles:schedule:saved", at__gt=run.planned_at
    )
    return SAVED_LATER if saved.exists() else WORKER_AWAY


def _note(turn: Turn, run: ScheduleRun, outcome: str) -> None:
    """Record what became of a period, and tell the Kasubbag Perencanaan unless it was there already."""
    data = {"key": run.schedule.key, "period": run.period, "outcome": outcome, "reason": run.reason}
    turn.record("cycles:schedule:run", f"schedule:{run.schedule_id}", data)
    if run.state == ScheduleRun.State.ALREADY:
        return
    posts = Post.objects.filter(office=run.schedule.office_id, role=KASUBBAG_PERENCANAAN).values_list("pk", flat=True)
    label = Period.parse(run.period).label
    name = _name_of(run)
    text = f"{name}, {label}, menurut jadwal: {outcome}. {run.reason}".strip()
    where = place("cycle", run.cycle_id) if run.cycle_id else place("schedules")
    tell(turn, posts=list(posts), text=text, place=where)


def _name_of(run: ScheduleRun) -> str:
    newest = ProcedureVersion.objects.filter(key=run.schedule.key).order_by("-pk").values_list("name", flat=True)
    return newest.first() or run.schedule.key


def _keep_failure(schedule: Schedule, period: Period, planned_at: datetime, reason: str) -> ScheduleRun | None:
    with act(schedule.office.code, at=clock.now(), author=SYSTEM) as turn:
        if not _is_ours(schedule, period):
            return None
        run = ScheduleRun.objects.create(
            schedule=schedule,
            period=period.code,
            planned_at=planned_at,
            at=turn.at,
            state=ScheduleRun.State.FAILED,
            reason=reason[:400],
        )
        _note(turn, run, "gagal dimulai")
    return run


def retry_run(*, run: ScheduleRun, by: Person) -> ScheduleRun:
    """Try a failed period again, in the name of who asks. Raises HoldsNoPost, NothingToRetry, or why it fails again."""
    office = run.schedule.office
    actor = acting_in(by, office.pk, roles=MAY_START_CYCLES, to="memulai siklus")
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        again = ScheduleRun.objects.select_related("schedule").get(pk=run.pk)
        if again.state != ScheduleRun.State.FAILED:
            raise NothingToRetry
        again.at = turn.at
        _start_run(turn, again, office, actor)
        again.save()
    return again


def system_actor(office: Office) -> Actor:
    """Himpun itself, where an act needs somebody: it holds no post."""
    return Actor(
        person_id=0,
        username=SYSTEM.person,
        name=SYSTEM.person_name,
        nip="",
        rank="",
        post_id=0,
        post_code="",
        post_title="",
        role="",
        kind=Holding.Kind.DEFINITIF,
        office_id=office.pk,
        office_code=office.code,
    )
