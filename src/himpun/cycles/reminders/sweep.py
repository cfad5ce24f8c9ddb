"""Reminding those who hold open steps, and who stands above them: by rules in the worker's sweep, or by hand.

A reminder is a `Nudge` row, its message and the moment to look again, written in one transaction while the task's row
is locked: of several sweepers one takes a task, and one that is killed leaves it as it was. So nothing is sent twice or
forgotten. What a rule's moment is stands in `plan.py`.

What is binding here:

- A task whose cycle is paused is not looked at; ending the pause sets `nudge_at` anew.
- The first look at a task tells its holder that it was opened (rule "dibuka", kept with `due_at` = the opening). A
  unit's part that was asked by a data request was told already.
- A step that only waits for others (open parts, a procedure it runs) is not reminded before or at its due moment: they
  are, each by their own task. After it the holder is, and reads who is waited for.
- `up` follows the line of command; where it ends, the rule is noted and nothing is sent.
"""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from himpun import clock
from himpun.archive.journal import act
from himpun.cycles.deadlines.survey import Survey, survey_of
from himpun.cycles.early import take_back_reminders
from himpun.cycles.models import Nudge, Pause, ReminderRule, Task
from himpun.cycles.reminders.plan import (
    AFTER,
    DEFAULT_RULES,
    OPENED,
    Firing,
    Plan,
    Rule,
    Told,
    by_hand_text,
    opened_text,
    plan,
    reminder_text,
)
from himpun.errors import Conflict
from himpun.indicators.models.requests import DataRequest
from himpun.measure.periods import Period, PeriodUnreadable
from himpun.notifications.actions import deliver
from himpun.notifications.models import Message
from himpun.offices.acting import Actor, HoldsNoPost, acting_in, capacities
from himpun.offices.line import line_above
from himpun.offices.models.offices import Office, Post
from himpun.offices.models.people import Person
from himpun.offices.queries import present_holders
from himpun.offices.rules import MAY_NUDGE
from himpun.places import place
from himpun.procedures.reading import role_titles, worded

log = structlog.get_logger("himpun.cycles")


__all__ = ["DEFAULT_RULES", "nudge_by_hand", "rules_for", "sweep", "sweep_due"]

BATCH = 100
"""Tasks in one transaction."""
SWEEP_SECONDS = 40.0
"""How long one tick may sweep before the worker goes on with something else."""
TROUBLE_REST = timedelta(hours=1)
"""When a task that could not be planned (its calendar or procedure is broken) is looked at again."""
FURTHER_UP = 2
"""How many posts further up the line is looked for somebody who is there."""

_NEXT_LOOK = "UPDATE cycles_task SET nudge_at = %s WHERE id = %s"


class AlreadyNudged(Conflict):
    """The task was reminded by hand today."""

    code = "sudah-diingatkan"

    def __init__(self) -> None:
        super().__init__("Pengingat untuk langkah ini sudah dikirim hari ini. Kirim lagi besok bila masih perlu.")


class NotWaiting(Conflict):
    """The task is decided, or its cycle is paused or over."""

    code = "tidak-menunggu"

    def __init__(self) -> None:
        super().__init__("Langkah ini sudah diputus atau siklusnya dijeda, sehingga tidak ada yang perlu diingatkan.")


# --- rules ----------------------------------------------------------------------------------------------------------


def rules_for(office: Office, key: str) -> tuple[Rule, ...]:
    """The rules of a procedure in an office: its own, or the usual ones where it has none."""
    return _rules_of({(office.pk, key)})[office.pk, key]


def _rules_of(pairs: Collection[tuple[int, str]]) -> dict[tuple[int, str], tuple[Rule, ...]]:
    rows = ReminderRule.objects.filter(office__in={office for office, _ in pairs}, key__in={key for _, key in pairs})
    own: dict[tuple[int, str], list[Rule]] = {}
    for row in rows.order_by("pk"):
        own.setdefault((row.office_id, row.key), []).append(Rule(row.when, row.amount, row.up, row.obligatory))
    return {pair: tuple(own.get(pair, DEFAULT_RULES)) for pair in pairs}


# --- what a batch of tasks stands on --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is read about a batch of open tasks: a survey of their cycles, and what only reminders need.

    A fixed number of queries however many tasks there are, and one more for each level of procedures below.
    """

    survey: Survey
    rules: Mapping[tuple[int, str], tuple[Rule, ...]]
    fired: Mapping[int, frozenset[tuple[str, datetime]]]
    requests: Mapping[tuple[str, int], int]
    above: Mapping[int, list[Post]]
    staffed: Collection[int]

    def rules_of(self, task: Task) -> tuple[Rule, ...]:
        return self.rules[task.cycle.office_id, task.cycle.key]

    def waiting_on(self, task: Task) -> list[str]:
        """The titles of those a step waits for; empty when it waits for its own holder."""
        return [other.post.title for other in self.survey.waited_for(task)]

    def request_of(self, task: Task) -> int | None:
        """The data request that a unit's part answers."""
        return self.requests.get((task.cycle.subject, task.post_id)) if task.part else None

    def target(self, task: Task, up: int) -> tuple[Post | None, str]:
        """The post so many steps up the line (None where the line is shorter), and whose place it takes.

        Where nobody is in that post today, it is the next one above in which somebody is.
        """
        line = [task.post, *self.above.get(task.post_id, [])][up:]
        if not line or not up or line[0].pk in self.staffed:
            return (line[0] if line else None), ""
        there = next((post for post in line if post.pk in self.staffed), None)
        return (there, line[0].title) if there else (line[0], "")

    def place(self, task: Task, target: Post) -> str:
        """Where the reader goes: the request or the step; the ladder from another office."""
        if target.office_id != task.cycle.office_id:
            return place("ladder")
        request = self.request_of(task)
        return place("request", request) if request else place("cycle", task.cycle_id, at="langkah")

    def told(self, task: Task) -> Told:
        procedure = self.survey.procedure(task.cycle)
        titles = role_titles(procedure, task.cycle.office.kind.titles)
        step = f"langkah {task.step_no} {worded(procedure.step(task.step_no).title, titles)}"
        if task.part:
            step = f"isian {task.post.title} untuk langkah {task.step_no}"
        run = f"{procedure.name} {_period_label(task.cycle.period)}"
        return Told(step, run, task.post.title, self.waiting_on(task))


def _period_label(code: str) -> str:
    """A period in words; a reminder is not given up because one cannot be read."""
    try:
        return Period.parse(code).label
    except PeriodUnreadable:
        return code


def _scene_of(tasks: Sequence[Task], now: datetime) -> Scene:
    rules = _rules_of({(task.cycle.office_id, task.cycle.key) for task in tasks})
    levels = max(rule.up for own in rules.values() for rule in own)
    above = _above(tasks, levels + FURTHER_UP if levels else 0)
    superiors = {post.pk: post for line in above.values() for post in line}
    return Scene(
        survey=survey_of({task.cycle_id for task in tasks}),
        rules=rules,
        fired=_fired(tasks),
        requests=_requests(tasks),
        above=above,
        staffed=present_holders(superiors.values(), now),
    )


def _above(tasks: Sequence[Task], levels: int) -> dict[int, list[Post]]:
    """The posts above each task's own, nearest first, with their offices."""
    lines = line_above((task.post for task in tasks), levels)
    posts = Post.objects.select_related("office").in_bulk({pk for line in lines.values() for pk in line})
    return {post: [posts[pk] for pk in line] for post, line in lines.items()}


def _fired(tasks: Sequence[Task]) -> dict[int, frozenset[tuple[str, datetime]]]:
    found: dict[int, set[tuple[str, datetime]]] = {}
    for task_id, rule, due_at in Nudge.objects.filter(task__in=tasks).values_list("task_id", "rule", "due_at"):
        found.setdefault(task_id, set()).add((rule, due_at))
    return {task_id: frozenset(rules) for task_id, rules in found.items()}


def _requests(tasks: Sequence[Task]) -> dict[tuple[str, int], int]:
    origins = {task.cycle.subject for task in tasks if task.part}
    if not origins:
        return {}
    rows = DataRequest.objects.filter(origin__in=origins).order_by().values_list("origin", "unit_id", "pk")
    return {(origin, unit): pk for origin, unit, pk in rows}


# --- the sweep ------------------------------------------------------------------------------------------------------


def due_tasks(now: datetime) -> QuerySet[Task]:
    """The open tasks the reminders have to look at by `now`, longest waiting first; not those of paused cycles."""
    paused = Pause.objects.filter(cycle=OuterRef("cycle"), until__isnull=True)
    return Task.objects.filter(~Exists(paused), decided_at__isnull=True, nudge_at__lte=now).order_by("nudge_at")


def sweep_due() -> int:
    """Everything that is due, for as long as one tick may take; returns how many tasks were looked at."""
    take_back_reminders()
    end, total = time.monotonic() + SWEEP_SECONDS, 0
    while (found := sweep()) and time.monotonic() < end:
        total += found
    return total + found


def sweep(limit: int = 500) -> int:
    """Look at no more than `limit` due tasks, in batches; returns how many there were."""
    seen = 0
    while seen < limit and (found := _sweep_batch(min(BATCH, limit - seen))):
        seen += found
    return seen


def _sweep_batch(size: int) -> int:
    now = clock.now()
    due = due_tasks(now)
    if not due.exists():
        return 0
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=True, of=("self",))
        tasks = list(locked.select_related("cycle__office__kind", "post")[:size])
        if tasks:
            _remind(tasks, now)
    return len(tasks)


@dataclass(slots=True)
class Note:
    """One reminder about to be written: what fired, and to which post it says what (None: nothing is sent)."""

    task: Task
    rule: str
    due_at: datetime
    planned_at: datetime
    message: Message | None = None
    person_name: str = ""


def _remind(tasks: Sequence[Task], now: datetime) -> None:
    """Write what fires for tasks whose rows are locked, and when to look at each again."""
    scene = _scene_of(tasks, now)
    notes: list[Note] = []
    for task in tasks:
        try:
            found, task.nudge_at = _notes_for(task, scene, now)
            notes += found
        except Exception:
            log.exception("reminders-not-planned", task=task.pk)
            task.nudge_at = now + TROUBLE_REST
    _write(notes, now)
    _put_off(tasks)


def _put_off(tasks: Sequence[Task]) -> None:
    """Write when each is looked at again. Plain SQL, since `bulk_update` takes longer than all the planning."""
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(_NEXT_LOOK, [(task.nudge_at and adapt(task.nudge_at), task.pk) for task in tasks])


def _notes_for(task: Task, scene: Scene, now: datetime) -> tuple[list[Note], datetime | None]:
    fired = scene.fired.get(task.pk, frozenset())
    opened = [] if any(rule == OPENED for rule, _ in fired) else [_opened_note(task, scene, now)]
    if task.due_at is None:
        return opened, None
    planned = _plan_of(task, task.due_at, scene, fired, now)
    return [*opened, *(_note(task, task.due_at, scene, firing, now) for firing in planned.firings)], planned.next_at


def _plan_of(task: Task, due_at: datetime, scene: Scene, fired: Iterable[tuple[str, datetime]], now: datetime) -> Plan:
    calendar, day_minutes = scene.survey.calendar(task)
    done = frozenset(rule for rule, due in fired if due == due_at)
    rules = scene.rules_of(task)
    return plan(rules, calendar, day_minutes, opened_at=task.opened_at, due_at=due_at, now=now, fired=done)


def _opened_note(task: Task, scene: Scene, now: datetime) -> Note:
    note = Note(task, OPENED, task.opened_at, task.opened_at)
    if scene.request_of(task) is None:
        text = opened_text(scene.told(task), task.due_at, scene.survey.calendar(task)[0])
        note.message = _message(task, scene, task.post, text, now, topic=Message.Topic.TASK)
    return note


def _note(task: Task, due_at: datetime, scene: Scene, firing: Firing, now: datetime) -> Note:
    rule = firing.rule
    note = Note(task, rule.text, due_at, firing.planned_at)
    target, instead_of = scene.target(task, rule.up)
    only_waits = rule.when != AFTER and rule.up == 0 and bool(scene.survey.others(task))
    if target is None or firing.passed_over or only_waits:
        return note
    calendar = scene.survey.calendar(task)[0]
    text = reminder_text(rule, scene.told(task), calendar, due_at=due_at, now=now, instead_of=instead_of)
    topic = Message.Topic.ESCALATION if rule.up else Message.Topic.REMINDER
    note.message = _message(task, scene, target, text, now, topic=topic, obligatory=rule.obligatory)
    return note


def _message(
    task: Task, scene: Scene, post: Post, text: str, now: datetime, *, topic: str, obligatory: bool = False
) -> Message:
    return Message(
        post_id=post.pk,
        topic=topic,
        obligatory=obligatory,
        about=f"task:{task.pk}",
        text=text,
        place=scene.place(task, post),
        at=now,
    )


def _write(notes: Sequence[Note], now: datetime) -> None:
    deliver([note.message for note in notes if note.message])
    Nudge.objects.bulk_create(
        Nudge(
            task=note.task,
            rule=note.rule,
            due_at=note.due_at,
            planned_at=note.planned_at,
            at=now,
            message=note.message,
            person_name=note.person_name,
        )
        for note in notes
    )


# --- by hand --------------------------------------------------------------------------------------------------------


def nudge_by_hand(*, task: Task, by: Person) -> list[str]:
    """Remind whoever an open step really waits for, once a task and day; returns the titles of those reminded.

    For who may (`MAY_NUDGE`) in the task's office or an office above it. Raises HoldsNoPost, NotWaiting, AlreadyNudged.
    """
    now, office = clock.now(), Office.objects.get(pk=task.cycle.office_id)
    actor = _who_nudges(office, by)
    rule = f"manual {office.today().isoformat()}"
    with act(office.code, at=now, author=actor.author) as turn:
        there = _still_waiting(task.pk)
        scene = _scene_of([there], now)
        targets = scene.survey.waited_for(there) or [there]
        reminded = set(Nudge.objects.filter(task__in=[there, *targets], rule=rule).values_list("task_id", flat=True))
        fresh = [target for target in targets if target.pk not in reminded]
        if not fresh:
            raise AlreadyNudged
        notes = _notes_by_hand(fresh, actor, rule, now)
        if there.pk not in reminded and there not in fresh:
            notes.append(Note(there, rule, there.due_at or there.opened_at, now, notes[0].message, actor.name))
        _write(notes, now)
        titles = [target.post.title for target in fresh]
        turn.record("cycles:task:nudged", there.cycle.subject, {"task": there.pk, "step": there.step_no, "to": titles})
    return titles


def _who_nudges(office: Office, by: Person) -> Actor:
    """The capacity in which somebody reminds in an office: of this office, or of one above it. Raises HoldsNoPost."""
    allowed = {actor.office_id for actor in capacities(by) if actor.role in MAY_NUDGE}
    at: Office | None = office
    seen: set[int] = set()
    while at is not None and at.pk not in seen:
        if at.pk in allowed:
            return acting_in(by, at.pk, roles=MAY_NUDGE, to="mengirim pengingat")
        seen.add(at.pk)
        at = at.parent
    raise HoldsNoPost("mengirim pengingat")


def _still_waiting(task_id: int) -> Task:
    paused = Pause.objects.filter(cycle=OuterRef("cycle"), until__isnull=True)
    tasks = Task.objects.filter(~Exists(paused), pk=task_id, decided_at__isnull=True)
    found = tasks.select_related("cycle__office__kind", "post").first()
    if found is None:
        raise NotWaiting
    return found


def _notes_by_hand(targets: Sequence[Task], actor: Actor, rule: str, now: datetime) -> list[Note]:
    scene = _scene_of(targets, now)
    notes = []
    for target in targets:
        calendar = scene.survey.calendar(target)[0]
        text = by_hand_text(actor.title, scene.told(target), calendar, due_at=target.due_at, now=now)
        message = _message(target, scene, target.post, text, now, topic=Message.Topic.REMINDER, obligatory=True)
        notes.append(Note(target, rule, target.due_at or target.opened_at, now, message, actor.name))
    return notes
