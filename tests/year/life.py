"""What the people of the two offices do in the year: when they decide, who is away, what comes in between."""

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from himpun import clock
from himpun.cycles import actions
from himpun.cycles.models import Cycle, Task
from himpun.cycles.steps import answers
from himpun.errors import Refusal
from himpun.indicators.models.requests import DataRequest
from himpun.offices.models.holdings import Holding
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.worktime import Amount, due
from tests.cast import SOP, Cast

LONG_AGO = date(2025, 1, 1)
MINUTE = timedelta(minutes=1)
WAYS = {"perlu perbaikan": "Angka belum cocok", "kembalikan": "Lampiran belum lengkap"}
"""Returns that happen now and then, and why."""


@dataclass(frozen=True)
class Away:
    """Who is away from when to when, and who stands in."""

    person: Person
    since: date
    until: date
    substitute: Person | None


@dataclass
class Life:
    """The year's agenda: acts in the order of their moments."""

    casts: dict[int, Cast]
    random: random.Random
    calendar: Callable[[Office], object]
    agenda: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    planned: set[int] = field(default_factory=set)
    away: list[Away] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        """Put an act on the agenda."""
        heapq.heappush(self.agenda, (moment, next(self._order), act))

    def next_moment(self) -> datetime | None:
        return self.agenda[0][0] if self.agenda else None

    def act_until(self, now: datetime, *, not_before: datetime) -> None:
        """Do everything whose moment has come, after the workers' last round."""
        while self.agenda and self.agenda[0][0] <= now:
            moment, _, act = heapq.heappop(self.agenda)
            with clock.held_at(max(moment, not_before)):
                act()

    # --- planning ------------------------------------------------------------------------------------------------------

    def plan(self, now: datetime) -> None:
        """Whoever has a task that can be done decides when to do it."""
        waiting = Task.objects.filter(decided_at__isnull=True, cycle__state="berjalan").exclude(pk__in=self.planned)
        for task in waiting.select_related("cycle__office", "cycle__procedure", "post").order_by("pk"):
            if task.part or not self.waits_for_others(task):
                self.planned.add(task.pk)
                self.at(self.moment_for(task, now), lambda pk=task.pk: self.do(pk))

    def waits_for_others(self, task: Task) -> bool:
        parts = Task.objects.filter(cycle=task.cycle, part=True, decided_at__isnull=True)
        return parts.exists() or task.children.filter(state="berjalan").exists()

    def moment_for(self, task: Task, now: datetime) -> datetime:
        """Mostly in time, now and then late, by working time from now; on a whole minute after it."""
        step = task.cycle.procedure.definition.step(task.step_no)
        standard = (step.time.minutes(480) if step.time else None) or 60
        chance = self.random.random()
        share = self.random.uniform(0.05, 0.9) if chance < 0.7 else self.random.uniform(1.05, 2.5)
        moment = due(self.calendar(task.cycle.office), now, Amount(minutes=max(2, int(standard * share))))
        return max(moment.replace(second=0, microsecond=0), now) + MINUTE

    # --- who -----------------------------------------------------------------------------------------------------------

    def absence(self, person: Person, day: date) -> Away | None:
        return next((one for one in self.away if one.person == person and one.since <= day <= one.until), None)

    def present(self, post: Post) -> Person:
        """Who acts in a post today, by this agenda alone."""
        holder = Holding.objects.filter(post=post, kind="definitif").select_related("person").latest("since").person
        absence = self.absence(holder, clock.today())
        if absence is None:
            return holder
        assert absence.substitute is not None
        self.refused.append(self.try_away(holder, post))
        return absence.substitute

    def try_away(self, person: Person, post: Post) -> str:
        """Somebody on leave tries all the same; returns the code of the refusal."""
        task = Task.objects.filter(post=post, decided_at__isnull=True, part=False).select_related("cycle").first()
        if task is None:
            return ""
        step = task.cycle.procedure.definition.step(task.step_no)
        try:
            actions.decide(task_id=task.pk, decision=next(iter(step.next)), by=person)
        except Refusal as refusal:
            return refusal.code
        return "diputus"

    # --- doing ---------------------------------------------------------------------------------------------------------

    def do(self, pk: int) -> None:
        """Decide a task, or answer a request, as its holder of the day."""
        task = Task.objects.select_related("cycle__office", "cycle__procedure", "cycle__parent", "post").get(pk=pk)
        if not task.is_open or task.cycle.state != "berjalan":
            return
        if task.cycle.pauses.filter(until__isnull=True).exists():
            self.at(clock.now() + timedelta(hours=3), lambda: self.do(pk))
            return
        cast, who = self.casts[task.cycle.office_id], self.present(task.post)
        if task.part:
            request = DataRequest.objects.select_related("unit", "office").get(
                origin=task.cycle.subject, unit=task.post
            )
            cast.fill(request, by=who)
            answers.answer_request(request=request, by=who)
            return
        self.decide(cast, task, who)

    def decide(self, cast: Cast, task: Task, who: Person) -> None:
        step = task.cycle.procedure.definition.step(task.step_no)
        decision = self.way(task, list(step.next))
        form: dict[str, object] = {}
        if "disposisi" in step.does:
            form = {"instructions": ["proses"], "note": "Segera ditindaklanjuti"}
        if "rekap-capaian" in step.does:
            cast.analyse(task.cycle)
        if "perbaiki-draft" in step.does:
            cast.revise(task.cycle)
        if decision in ("paraf", "tanda tangan"):
            form = {"sha256": cast.sha(task.cycle)}
        if "distribusi" in step.does:
            cast.issue(task.cycle)
        actions.decide(task_id=task.pk, decision=decision, by=who, reason=WAYS.get(decision, ""), form=form)

    def way(self, task: Task, ways: list[str]) -> str:
        """Forward, and sometimes back, but not for ever."""
        back = [way for way in ways if way in WAYS]
        often = Task.objects.filter(cycle=task.cycle, step_no=task.step_no, part=False).count()
        if back and often == 1 and self.random.random() < 0.35:
            return back[0]
        return ways[0]

    def start_from_letter(self, cast: Cast, period: str) -> None:
        """The quarter's letter comes, and the ten steps begin."""
        letter = cast.letter(number=f"000.7/{period}/ORG", received_on=clock.today(), dated=clock.today())
        actions.start_cycle(office=cast.office, key=SOP, period=period, by=cast.umum, letter=letter)

    def open_cycles(self) -> list[Cycle]:
        return list(Cycle.objects.filter(state="berjalan").select_related("office", "procedure"))
