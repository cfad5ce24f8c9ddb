"""How long an office really takes for a step: the median of its own last visits, where there are enough of them.

Counting years of visits anew for every page would cost more than the page, so an office's pace is kept in memory until its journal
goes on (every decision is a record) or its calendar changes.
"""

from collections.abc import Collection, Iterable, Mapping
from statistics import median
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Window
from django.db.models.functions import RowNumber

from himpun.archive.models import ChainHead
from himpun.cycles.models import Pause, Task
from himpun.offices import worktime
from himpun.offices.models.offices import Office
from himpun.offices.worktime import WorkCalendar

VISITS, ENOUGH = 12, 3
CANCELLED = "dibatalkan"
MOST_KEPT = 100_000

Pace = dict[int, int]
"""Step number → working minutes."""
OfficePace = dict[str, Pace]
"""By the key of the procedure."""
_kept: dict[int, tuple[tuple[int, int], OfficePace]] = {}


def paces_of(
    offices: Iterable[Office], calendars: Mapping[int, tuple[WorkCalendar, int]]
) -> dict[tuple[int, str], Pace]:
    """By office and procedure: what is expected of each step that was visited often enough. Two queries at most.

    Visits that were paused or closed by a cancellation do not count.
    """
    asked = {office.pk: office for office in offices}
    heads = dict(ChainHead.objects.filter(chain__in=[one.code for one in asked.values()]).values_list("chain", "seq"))
    marks = {pk: (heads.get(office.code, 0), office.calendar_stamp) for pk, office in asked.items()}
    stale = [pk for pk, mark in marks.items() if pk not in _kept or _kept[pk][0] != mark]
    if stale:
        _keep({pk: (marks[pk], pace) for pk, pace in _counted(stale, calendars).items()})
    return {(pk, key): pace for pk in asked for key, pace in _kept[pk][1].items()}


def forget() -> None:
    """Forget every pace (tests: other rows get the same numbers)."""
    _kept.clear()


def _keep(found: dict[int, tuple[tuple[int, int], OfficePace]]) -> None:
    if len(_kept) + len(found) > MOST_KEPT:
        for pk in [pk for pk in _kept if pk not in found][: len(found)]:
            del _kept[pk]
    _kept.update(found)


def _counted(offices: list[int], calendars: Mapping[int, tuple[WorkCalendar, int]]) -> dict[int, OfficePace]:
    taken: dict[tuple[int, str, int], list[int]] = {}
    for office, key, step_no, opened_at, decided_at in _last_visits(offices):
        calendar, _ = calendars[office]
        taken.setdefault((office, key, step_no), []).append(worktime.minutes_between(calendar, opened_at, decided_at))
    paces: dict[int, OfficePace] = {office: {} for office in offices}
    for (office, key, step_no), minutes in taken.items():
        if len(minutes) >= ENOUGH:
            paces[office].setdefault(key, {})[step_no] = round(median(minutes))
    return paces


def _last_visits(offices: Collection[int]) -> Any:
    """(office, procedure key, step, opened, decided) of the last visits of each step."""
    paused = Pause.objects.filter(cycle=OuterRef("cycle"), since__lt=OuterRef("decided_at")).exclude(
        until__lte=OuterRef("opened_at")
    )
    decided = Task.objects.filter(cycle__office__in=offices, part=False, decided_at__isnull=False).exclude(
        Q(decision=CANCELLED) | Exists(paused)
    )
    newest = Window(
        RowNumber(),
        partition_by=[F("cycle__office"), F("cycle__key"), F("step_no")],
        order_by=[F("decided_at").desc(), F("pk").desc()],
    )
    fields = ("cycle__office", "cycle__key", "step_no", "opened_at", "decided_at")
    return decided.annotate(newest=newest).filter(newest__lte=VISITS).order_by().values_list(*fields)
