"""When a rule reminds of a due moment, which rules are due now, and what the message says. Pure.

A rule's moment is the due moment itself (tepat), the latest moment from which the amount of working time still ends at
it (sebelum), or the end of that amount begun at it (sesudah), all by the office's calendar. A rule fires once for each
due moment. What would only say what another message says is passed over (`plan`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from himpun.cycles.deadlines.late import NOT_LATE, late_by
from himpun.offices import worktime
from himpun.offices.due_words import due_words
from himpun.offices.worktime import Amount, WorkCalendar
from himpun.procedures.times import read_duration

BEFORE, AT, AFTER = "sebelum", "tepat", "sesudah"
OPENED = "dibuka"
"""The rule text of the message that a task was opened."""
TEXT_LENGTH = 400
STEP_LENGTH = 110
"""A step's words are cut here: the SOP writes whole paragraphs, and the link leads to them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When (`BEFORE`, `AT`, `AFTER`), by how much working time ("4 jam"; "" at the moment itself), and how far up the line."""

    when: str
    amount: str = ""
    up: int = 0
    obligatory: bool = True

    @property
    def text(self) -> str:
        """The rule as a nudge keeps it: "sebelum 4 jam ↑0"."""
        return " ".join(part for part in (self.when, self.amount, f"↑{self.up}") if part)


DEFAULT_RULES = (
    Rule(BEFORE, "4 jam", 0, obligatory=False),
    Rule(AT, "", 0),
    Rule(AFTER, "1 hari", 0),
    Rule(AFTER, "1 hari", 1),
    Rule(AFTER, "3 hari", 2),
)
"""What every procedure has until an office says otherwise."""


def amount_of(text: str, day_minutes: int) -> Amount | None:
    """A rule's time ("1 hari", "4 jam", "24 jam") for days of `day_minutes`; None when it is no limited time."""
    duration = read_duration(text)
    return duration.amount(day_minutes) if duration else None


def moment_of(rule: Rule, calendar: WorkCalendar, day_minutes: int, due_at: datetime) -> datetime:
    """The moment at which a rule reminds of `due_at`. Raises ValueError for an amount that cannot be read."""
    if rule.when == AT:
        return due_at
    amount = amount_of(rule.amount, day_minutes)
    if amount is None:
        raise ValueError(f"rule without a readable time: {rule.text}")
    if rule.when == BEFORE:
        return worktime.start_of(calendar, due_at, amount)
    return worktime.due(calendar, due_at, amount)


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule whose moment has come; `passed_over` when it has nothing to say that is not said otherwise."""

    rule: Rule
    planned_at: datetime
    passed_over: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The rules that fire now, earliest first, and when to look again (None: never)."""

    firings: tuple[Firing, ...]
    next_at: datetime | None


def plan(
    rules: Iterable[Rule],
    calendar: WorkCalendar,
    day_minutes: int,
    *,
    opened_at: datetime,
    due_at: datetime,
    now: datetime,
    fired: frozenset[str],
) -> Plan:
    """What is to be done at `now` for a task opened and due then; `fired` are the rules that fired for this due moment.

    Where several rules for the same step of the line are found together (the worker was away), the latest speaks for
    all. "Sebelum" is passed over when the due moment has come, or when its own moment lay before the task was opened:
    then the message that it was opened says the same.
    """
    waiting = [(moment_of(rule, calendar, day_minutes, due_at), rule) for rule in rules if rule.text not in fired]
    found = sorted(((at, rule) for at, rule in waiting if at <= now), key=lambda one: one[0])
    useless = [rule for at, rule in found if rule.when == BEFORE and (now >= due_at or at <= opened_at)]
    speaking = {rule.up: rule for _, rule in found if rule not in useless}
    firings = tuple(Firing(rule, at, speaking.get(rule.up) is not rule) for at, rule in found)
    return Plan(firings, min((at for at, _ in waiting if at > now), default=None))


# --- in words -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What a message is about: the step in words, whose it is, and for whom it really waits (nobody else: empty)."""

    step: str
    run: str
    post: str
    waiting_on: Sequence[str] = ()


def opened_text(told: Told, due_at: datetime | None, calendar: WorkCalendar) -> str:
    """That a step is now somebody's."""
    due = f" Batas waktu {due_words(calendar, due_at)}." if due_at else ""
    return _fitted("Tugas baru: ", told, f"{due}{_waiting(told.waiting_on)}")


def reminder_text(
    rule: Rule, told: Told, calendar: WorkCalendar, *, due_at: datetime, now: datetime, instead_of: str = ""
) -> str:
    """What a rule says of a step to its holder, or of its holder to who stands above (`instead_of` whom, if absent)."""
    late = late_by(calendar, due_at, now)
    who = f"{told.post}, " if rule.up else ""
    what = f"terlambat {late.words}" if late else "batas waktu tiba" if now >= due_at else "batas waktu mendekat"
    end = f" Batas waktu {due_words(calendar, due_at)}.{_waiting(told.waiting_on)}"
    if instead_of:
        end += f" Pesan ini sampai kepada Anda karena {instead_of} sedang tidak ada pemangkunya."
    head = f"{who}{what}: "
    return _fitted(head[0].upper() + head[1:], told, end)


def by_hand_text(sender: str, told: Told, calendar: WorkCalendar, *, due_at: datetime | None, now: datetime) -> str:
    """What a reminder says that a person sent."""
    late = late_by(calendar, due_at, now) if due_at else NOT_LATE
    due = f" Batas waktu {due_words(calendar, due_at)}" if due_at else ""
    end = (f"{due}, terlambat {late.words}." if late else f"{due}.") if due else ""
    return _fitted(f"{sender} mengingatkan Anda: ", told, end)


def _waiting(titles: Sequence[str]) -> str:
    if not titles:
        return ""
    more = f", dan {len(titles) - 3} lagi" if len(titles) > 3 else ""
    return f" Menunggu: {', '.join(titles[:3])}{more}."


def _fitted(head: str, told: Told, end: str) -> str:
    """The sentence with the step's words shortened to what can be read at a glance, and kept."""
    frame = f"{head} ({told.run}).{end}"
    room = max(min(TEXT_LENGTH - len(frame), STEP_LENGTH), 20)
    step = told.step if len(told.step) <= room else told.step[: room - 1].rstrip(" ,") + "…"
    return f"{head}{step} ({told.run}).{end}"[:TEXT_LENGTH]
