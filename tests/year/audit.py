"""The year against an independent recount: scheduled starts, due moments, reminders, what was sent to whom."""

import tomllib
from collections import Counter
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from himpun.archive.verify import verify
from himpun.cycles.models import Cycle, Nudge, Pause, ScheduleRun, Task
from himpun.notifications.models import Message, Outgoing
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from tests.year.recount import NaiveCalendar, Rule

if TYPE_CHECKING:
    from tests.year.living import Year

DAY = 480
UNITS = {"menit": 1, "jam": 60, "hari": DAY}
RULES = (
    Rule("sebelum", 4 * 60, 0, "sebelum 4 jam ↑0"),
    Rule("tepat", 0, 0, "tepat ↑0"),
    Rule("sesudah", DAY, 0, "sesudah 1 hari ↑0"),
    Rule("sesudah", DAY, 1, "sesudah 1 hari ↑1"),
    Rule("sesudah", 3 * DAY, 2, "sesudah 3 hari ↑2"),
)
"""The usual rules, written down again."""


def minutes_of(text: str) -> int:
    """ "1 hari" → 480."""
    number, unit = text.split()
    return int(number) * UNITS[unit]


class Audit:
    """Everything read once, then counted again."""

    def __init__(self, year: "Year") -> None:
        self.year, self.changed_at = year, year.changed_at
        self.tasks = list(Task.objects.select_related("cycle__office", "cycle__procedure", "post").order_by("pk"))
        self.end = year.rounds[-1][0]
        self.clean = [moment for moment, clean in year.rounds if clean]
        self.times: dict[int, dict[int, str]] = {}
        self._calendars: dict[tuple[int, bool], NaiveCalendar] = {}

    def calendar(self, task: Task, as_of: datetime) -> NaiveCalendar:
        """The office's calendar as it was known at a moment."""
        key = (task.cycle.office_id, as_of >= self.changed_at)
        if key not in self._calendars:
            self._calendars[key] = self.year.naive(task.cycle.office, as_of)
        return self._calendars[key]

    # --- scheduled starts ----------------------------------------------------------------------------------------------

    def schedule_faults(self) -> list[str]:
        wanted = {(office, period): moment for office, period, moment in self.year.scheduled()}
        runs = Counter((run.schedule.office_id, run.period) for run in ScheduleRun.objects.select_related("schedule"))
        faults = [f"{key} dijadwalkan {times} kali" for key, times in runs.items() if times != 1 or key not in wanted]
        for (office, period), moment in wanted.items():
            cycles = list(Cycle.objects.filter(office=office, period=period, key="permintaan-data", parent=None))
            if [cycle.round for cycle in cycles] != [1]:
                faults.append(f"{office} {period}: {len(cycles)} siklus")
            elif not moment <= cycles[0].started_at <= self.first_clean(moment):
                faults.append(f"{office} {period}: mulai {cycles[0].started_at}, seharusnya {moment}")
        return faults

    def first_clean(self, moment: datetime) -> datetime:
        """The first round from a moment on in which no worker was killed."""
        return next((one for one in self.clean if one >= moment), self.end)

    # --- due moments ---------------------------------------------------------------------------------------------------

    def standard(self, task: Task) -> int | None:
        pk = task.cycle.procedure_id
        if pk not in self.times:
            steps = tomllib.loads(task.cycle.procedure.text)["step"]
            self.times[pk] = {step["no"]: step.get("time", "") for step in steps}
        text = self.times[pk][task.step_no]
        return minutes_of(text) if text else None

    @cached_property
    def pauses(self) -> dict[int, list[Pause]]:
        found: dict[int, list[Pause]] = {}
        for pause in Pause.objects.order_by("since"):
            found.setdefault(pause.cycle_id, []).append(pause)
        return found

    def due(self, task: Task, as_of: datetime) -> datetime | None:
        """When a task was due as known at a moment."""
        minutes = self.standard(task)
        if minutes is None:
            return None
        closed = [
            (pause.since, pause.until)
            for pause in self.pauses.get(task.cycle_id, [])
            if pause.until and pause.until <= as_of
        ]
        return self.calendar(task, as_of).due_after(task.opened_at, minutes, DAY, closed)

    def due_faults(self) -> list[str]:
        return [
            f"tugas {task.pk} langkah {task.step_no}: {task.due_at}, hitungan ulang {self.due(task, self.over(task))}"
            for task in self.tasks
            if task.due_at != self.due(task, self.over(task))
        ]

    def over(self, task: Task) -> datetime:
        return task.decided_at or self.end

    # --- reminders -----------------------------------------------------------------------------------------------------

    def paused(self, task: Task, moment: datetime) -> bool:
        return any(
            pause.since <= moment and (pause.until is None or moment < pause.until)
            for pause in self.pauses.get(task.cycle_id, [])
        )

    def dues(self, task: Task) -> list[tuple[datetime, datetime, datetime]]:
        """(from, until, due): every due moment a task had, and when it was the one that counted."""
        turning = [task.opened_at, self.changed_at, *(p.until for p in self.pauses.get(task.cycle_id, []) if p.until)]
        moments = sorted(moment for moment in set(turning) if task.opened_at <= moment < self.over(task))
        found: list[tuple[datetime, datetime, datetime]] = []
        for moment, until in zip(moments, [*moments[1:], self.over(task)], strict=True):
            due_at = self.due(task, moment)
            assert due_at is not None
            if found and found[-1][2] == due_at:
                found[-1] = (found[-1][0], until, due_at)
            else:
                found.append((moment, until, due_at))
        return found

    @cached_property
    def nudges(self) -> dict[int, dict[tuple[str, datetime], list[Nudge]]]:
        """Task → rule and due moment → what was noted."""
        known: dict[int, dict[tuple[str, datetime], list[Nudge]]] = {}
        for nudge in Nudge.objects.select_related("message"):
            known.setdefault(nudge.task_id, {}).setdefault((nudge.rule, nudge.due_at), []).append(nudge)
        return known

    def reminder_faults(self) -> tuple[list[str], Counter[str]]:
        faults: list[str] = []
        counts: Counter[str] = Counter()
        for task in self.tasks:
            there = {key: rows for key, rows in self.nudges.get(task.pk, {}).items() if key[0] != "dibuka"}
            for since, until, due_at in self.dues(task) if task.due_at else []:
                for rule in RULES:
                    rows = there.pop((rule.text, due_at), [])
                    faults += self.rule_faults(task, rule, since, until, due_at, rows, counts)
            faults += [f"tugas {task.pk}: pengingat {key} tidak menurut aturan" for key in there]
        return faults, counts

    def rule_faults(
        self,
        task: Task,
        rule: Rule,
        since: datetime,
        until: datetime,
        due_at: datetime,
        rows: list[Nudge],
        counts: Counter[str],
    ) -> list[str]:
        """What is wrong with one reminder of one task for one due moment."""
        planned = rule.moment(self.calendar(task, since), due_at, DAY)
        planned = rule.moment(self.calendar(task, planned), due_at, DAY)  # a holiday added before it came counts too
        live = [moment for moment, _ in self.year.rounds if max(planned, since) <= moment < until]
        live = [moment for moment in live if not self.paused(task, moment)]
        sure = [moment for moment in live if moment > task.opened_at and moment in set(self.clean)]
        name = f"tugas {task.pk} langkah {task.step_no} “{rule.text}” batas {due_at}"
        if len(rows) > 1:
            return [f"{name}: {len(rows)} kali"]
        if not rows:
            return [f"{name}: tidak pernah, seharusnya {sure[0]}"] if sure else []
        nudge = rows[0]
        if nudge.planned_at != planned:
            return [f"{name}: direncanakan {nudge.planned_at}, hitungan ulang {planned}"]
        if nudge.at not in live or (sure and nudge.at > sure[0]):
            return [f"{name}: pada {nudge.at}, seharusnya {live[:1]} sampai {sure[:1]}"]
        sent = self.should_be_sent(task, rule, nudge.at, due_at)
        counts["terkirim" if sent else "dilewati"] += 1
        if bool(nudge.message_id) != sent:
            return [f"{name}: {'terkirim' if nudge.message_id else 'dilewati'}, seharusnya tidak demikian"]
        wanted = self.up(task.post, rule.up)
        if nudge.message and nudge.message.post_id != (wanted.pk if wanted else None):
            return [f"{name}: kepada {nudge.message.post}, seharusnya {wanted}"]
        return []

    def should_be_sent(self, task: Task, rule: Rule, at: datetime, due_at: datetime) -> bool:
        planned = rule.moment(self.calendar(task, at), due_at, DAY)
        if rule.when == "sebelum" and (at >= due_at or planned <= task.opened_at):
            return False
        if any(self.speaks_later(task, rule, other, at, due_at) for other in RULES):
            return False
        if rule.when != "sesudah" and rule.up == 0 and self.waits(task, at):
            return False
        return self.up(task.post, rule.up) is not None

    def speaks_later(self, task: Task, rule: Rule, other: Rule, at: datetime, due_at: datetime) -> bool:
        """Whether another rule for the same reader fired in the same look with a later moment."""
        if other.up != rule.up or other.text == rule.text:
            return False
        calendar = self.calendar(task, at)
        later = other.moment(calendar, due_at, DAY) > rule.moment(calendar, due_at, DAY)
        return later and any(nudge.at == at for nudge in self.nudges.get(task.pk, {}).get((other.text, due_at), []))

    def waits(self, task: Task, at: datetime) -> bool:
        """Whether a step only waited for others at a moment."""
        if task.part:
            return False
        parts = [one for one in self.tasks if one.cycle_id == task.cycle_id and one.part and one.visit == task.visit]
        if any(one.opened_at <= at and (one.decided_at is None or at < one.decided_at) for one in parts):
            return True
        return any(one.started_at <= at and (one.ended_at is None or at < one.ended_at) for one in task.children.all())

    def up(self, post: Post, steps: int) -> Post | None:
        at: Post | None = post
        for _ in range(steps):
            at = at.parent if at else None
        return at

    # --- what was sent -------------------------------------------------------------------------------------------------

    def sending_faults(self) -> list[str]:
        faults = [f"pesan {message.pk} tidak disebar" for message in Message.objects.filter(spread_at=None)]
        expected = 0
        for message in Message.objects.all():
            assert message.spread_at is not None
            wanted = self.recipients(message.post_id, message.spread_at)
            expected += len(wanted)
            there = sorted(message.outgoing.values_list("person__username", flat=True))
            if there != sorted(wanted):
                faults.append(f"pesan {message.pk} kepada {there}, seharusnya {sorted(wanted)}")
        unsent = Outgoing.objects.exclude(state="terkirim")
        faults += [
            f"{one.pk} {one.state}: {one.error}" for one in unsent if one.next_at < self.end - timedelta(hours=12)
        ]
        return faults

    def recipients(self, post: int, at: datetime) -> list[str]:
        """Who holds a post on the day of a moment and is there, by the year's own agenda."""
        office = Office.objects.get(posts=post)
        day = at.astimezone(ZoneInfo(office.timezone)).date()
        held = Holding.objects.filter(post=post, since__lte=day).select_related("person")
        in_force = [one.person for one in held if one.until is None or day <= one.until]
        found = [person.username for person in in_force if not self.year.life.absence(person, day)]
        return found


def audit(year: "Year") -> dict[str, Any]:
    """Everything the year should have shown, as facts."""
    found = Audit(year)
    reminder_faults, counts = found.reminder_faults()
    kinds = Counter(Outgoing.objects.values_list("state", flat=True))
    return {
        "jadwal_salah": found.schedule_faults(),
        "tenggat_salah": found.due_faults(),
        "pengingat_salah": reminder_faults,
        "kiriman_salah": found.sending_faults(),
        "arsip_salah": [str(fault) for fault in verify().faults],
        "cuti_ditolak": sorted(set(year.life.refused)),
        "jumlah": {
            "siklus_terjadwal": ScheduleRun.objects.count(),
            "siklus": Cycle.objects.count(),
            "siklus_selesai": Cycle.objects.filter(state="selesai").count(),
            "tugas": len(found.tasks),
            "tugas_terlambat": sum(1 for task in found.tasks if task.due_at and found.over(task) > task.due_at),
            "tenggat_berpindah": sum(1 for task in found.tasks if task.due_at and len(found.dues(task)) > 1),
            "pengingat": dict(counts),
            "putaran": len(year.rounds),
            "pekerja_dibunuh": sum(1 for _, clean in year.rounds if not clean),
            "kiriman": dict(kinds),
        },
        "kunci": [str(key) for key in Outgoing.objects.filter(state="terkirim").values_list("key", flat=True)],
        "prakiraan": year.forecast_errors(),
    }
