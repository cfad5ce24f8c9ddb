"""The clock was ahead and was put back: what the worker did meanwhile in error is told, and comes again in its time.

Nothing that people may have used is taken away: a run that began early stays until somebody cancels it. Only the rows
that would keep the worker from doing it when its time really comes are removed; the journal keeps what they said.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from himpun import clock
from himpun.archive.journal import SYSTEM, Turn, act
from himpun.cycles.models import Nudge, ScheduleRun, Task
from himpun.measure.periods import Period
from himpun.notifications.actions import tell
from himpun.offices.models.offices import Office, Post
from himpun.offices.rules import KASUBBAG_PERENCANAAN, MAY_MANAGE_OFFICE
from himpun.places import place
from himpun.procedures.models import ProcedureVersion

AHEAD = timedelta(minutes=15)
"""What was done so much later than now, for a moment so much later than now, was done by a clock that was wrong."""
LOOKED_AT = 500
"""The newest reminders: where none of these is early, none is."""


def take_back_runs() -> int:
    """Tell of the runs that schedules began before their time, and let them begin then; returns how many."""
    limit = clock.now() + AHEAD
    early = ScheduleRun.objects.filter(at__gt=limit, planned_at__gt=limit).select_related("schedule__office")
    by_office: dict[Office, list[ScheduleRun]] = defaultdict(list)
    for run in early.order_by("planned_at"):
        by_office[run.schedule.office].append(run)
    for office, runs in by_office.items():
        with act(office.code, at=clock.now(), author=SYSTEM) as turn:
            for run in runs:
                if ScheduleRun.objects.filter(pk=run.pk).delete()[0]:
                    _tell_of_run(turn, run)
    return sum(map(len, by_office.values()))


def _tell_of_run(turn: Turn, run: ScheduleRun) -> None:
    planned = run.planned_at.astimezone(ZoneInfo(run.schedule.office.timezone))
    data = {"key": run.schedule.key, "period": run.period, "planned": planned.isoformat(), "was": run.state}
    turn.record("cycles:schedule:early", f"schedule:{run.schedule_id}", data)
    if run.state != ScheduleRun.State.STARTED:
        return
    names = ProcedureVersion.objects.filter(key=run.schedule.key).order_by("-pk").values_list("name", flat=True)
    text = (
        f"Jam komputer Himpun sempat maju: {names.first() or run.schedule.key}, {Period.parse(run.period).label}, "
        f"telanjur dimulai; jadwalnya {planned:%d-%m-%Y pukul %H.%M}. Batalkan siklusnya bila belum diperlukan: "
        "jadwal memulainya lagi pada waktunya."
    )
    tell(turn, posts=_told(run.schedule.office), text=text, place=place("cycle", run.cycle_id))


def take_back_reminders() -> int:
    """Tell of the reminders sent before their time, and let them come again then; returns how many."""
    limit = clock.now() + AHEAD
    newest = Nudge.objects.order_by("-pk").values_list("at", "planned_at")[:LOOKED_AT]
    if not any(at > limit and planned_at > limit for at, planned_at in newest):
        return 0
    early = Nudge.objects.filter(at__gt=limit, planned_at__gt=limit, task__opened_at__lte=limit)
    by_office: dict[Office, list[Nudge]] = defaultdict(list)
    for nudge in early.select_related("task__cycle__office"):
        by_office[nudge.task.cycle.office].append(nudge)
    for office, nudges in by_office.items():
        _take_back(office, nudges, clock.now())
    return sum(map(len, by_office.values()))


def _take_back(office: Office, nudges: list[Nudge], now: datetime) -> None:
    with act(office.code, at=now, author=SYSTEM) as turn:
        removed, _ = Nudge.objects.filter(pk__in=[one.pk for one in nudges]).delete()
        if not removed:
            return
        Task.objects.filter(pk__in={one.task_id for one in nudges}, decided_at__isnull=True).update(nudge_at=now)
        sent = sum(one.message_id is not None for one in nudges)
        turn.record("cycles:reminders:early", f"office:{office.code}", {"count": sent})
        if sent:
            text = (
                f"Jam komputer Himpun sempat maju: {sent} pengingat telanjur dikirim sebelum waktunya. "
                "Abaikan; pengingat itu datang lagi pada waktunya."
            )
            tell(turn, posts=_told(office), text=text, place=place("ladder"))


def _told(office: Office) -> list[int]:
    roles = {*MAY_MANAGE_OFFICE, KASUBBAG_PERENCANAAN}
    return list(Post.objects.filter(office=office, role__in=roles).values_list("pk", flat=True))
