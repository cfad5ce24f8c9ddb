"""A year of an office's calendar as a picture: every day with its state, every month with its working days and time.

Pure: the calendar and what the days are named come in, twelve months come out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from himpun import moments
from himpun.offices.vocabulary import HolidayKind
from himpun.offices.worktime import WEEKDAYS, WorkCalendar, minutes_of

WORK, WEEKEND, SPECIAL, WORKING = "kerja", "akhir-pekan", "jam-khusus", HolidayKind.WORKING.value

STATES = {
    WORK: ("", "hari kerja"),
    WEEKEND: ("–", "bukan hari kerja"),
    HolidayKind.NATIONAL: ("N", "libur nasional"),
    HolidayKind.COLLECTIVE: ("C", "cuti bersama"),
    HolidayKind.LOCAL: ("D", "libur daerah"),
    HolidayKind.CLOSURE: ("T", "kantor tutup"),
    SPECIAL: ("J", "jam khusus (Ramadan)"),
    WORKING: ("M", "tetap masuk kerja"),
}
"""State of a day → its letter and its meaning: never told by colour alone."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One day: its state, and the sentence that names it."""

    day: date
    state: str
    title: str
    today: bool

    @property
    def letter(self) -> str:
        """What is written beside the number."""
        return STATES[self.state][0]


@dataclass(frozen=True, slots=True)
class Month:
    """One month in weeks from Monday (None before its first and after its last day)."""

    name: str
    weeks: tuple[tuple[Cell | None, ...], ...]
    workdays: int
    minutes: int


def months_of(
    calendar: WorkCalendar, year: int, days: Mapping[date, tuple[str, str]], hours: Mapping[date, str], today: date
) -> list[Month]:
    """The twelve months. `days`: day → kind and name of its row; `hours`: day → name of its special hours."""
    return [_month(calendar, year, number, days, hours, today) for number in range(1, 13)]


def _month(
    calendar: WorkCalendar,
    year: int,
    number: int,
    days: Mapping[date, tuple[str, str]],
    hours: Mapping[date, str],
    today: date,
) -> Month:
    first = date(year, number, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    span = [first + timedelta(days=n) for n in range(last.day)]
    cells: list[Cell | None] = [None] * first.weekday()
    cells += [_cell(calendar, day, days.get(day), hours.get(day, ""), today) for day in span]
    cells += [None] * (-len(cells) % len(WEEKDAYS))
    weeks = tuple(tuple(cells[at : at + 7]) for at in range(0, len(cells), 7))
    work = [calendar.on(day) for day in span]
    return Month(
        moments.MONTHS[number - 1], weeks, sum(bool(day) for day in work), sum(minutes_of(day) for day in work)
    )


def _cell(calendar: WorkCalendar, day: date, named: tuple[str, str] | None, special: str, today: date) -> Cell:
    kind, name = named or ("", special)
    state = state_of(calendar, day, kind)
    plain = state == WEEKEND and not calendar.hours[day.weekday()]  # a weekend in Ramadan is a weekend
    told = STATES[state][1] if not name or plain else f"{STATES[state][1]}, {name}"
    written = f"{WEEKDAYS[day.weekday()].capitalize()}, {moments.day(day)}: {told}"
    return Cell(day, state, f"{written} (hari ini)" if day == today else written, day == today)


def state_of(calendar: WorkCalendar, day: date, kind: str) -> str:
    """The state of a day whose row, if it has one, is of this kind."""
    if kind:
        return kind
    if not calendar.on(day):
        return WEEKEND
    return SPECIAL if calendar.on(day) != calendar.hours[day.weekday()] else WORK


def hours_in_words(hours: Mapping[str, Sequence[str]]) -> str:
    """Special hours as people write them: "Senin–Kamis 08.00-12.00, 12.30-15.00; Jumat libur; hari lain seperti biasa"."""
    runs: list[tuple[list[str], Sequence[str]]] = []
    for name in WEEKDAYS:
        if name not in hours:
            continue
        if runs and runs[-1][1] == hours[name] and _follows(runs[-1][0][-1], name):
            runs[-1][0].append(name)
        else:
            runs.append(([name], hours[name]))
    told = [f"{_run(names)} {', '.join(spans) or 'libur'}" for names, spans in runs]
    return "; ".join(told if len(hours) == len(WEEKDAYS) else [*told, "hari lain seperti biasa"])


def _follows(one: str, other: str) -> bool:
    return WEEKDAYS.index(other) == WEEKDAYS.index(one) + 1


def _run(names: Sequence[str]) -> str:
    first, last = names[0].capitalize(), names[-1].capitalize()
    return first if len(names) == 1 else f"{first}–{last}"
