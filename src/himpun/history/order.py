"""The order of what a log puts at one moment. Pure.

Many systems note days or minutes, so that several steps ended "at once"; the order of their rows means nothing. They
are taken in the order in which the procedure allows most of them to follow one another; rows keep their own order where
that decides nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from himpun.history.events import COMPLETE, STEP, Event, Log, paired

MOST_AT_ONCE = 9
"""More steps than this at one moment are taken as they stand: every order of them would be tried."""

Follows = Callable[[Event | None, Event], bool]
"""Whether the procedure lets the second follow the first (None: whether a case may begin with it)."""
_Way = tuple[int, tuple[int, ...]]
"""How many do not follow what stands before them, and the order, by place in the group."""


def arranged(case: Log, follows: Follows) -> Log:
    """A case in order of time with the steps that ended at one moment in the order that the procedure allows."""
    ended = [event for event in case if event.lifecycle == COMPLETE and event.scope == STEP]
    if len({event.at for event in ended}) == len(ended):
        return case
    order = iter(_best(ended, follows))
    moved = [next(order) if event.lifecycle == COMPLETE and event.scope == STEP else event for event in case]
    return paired(moved)


def _best(ended: Sequence[Event], follows: Follows) -> Log:
    """The steps moment by moment: for each that may stand last in a moment, the best way of getting there."""
    ways: dict[Event | None, tuple[int, Log]] = {None: (0, [])}
    for group in _moments(ended):
        found: dict[Event | None, tuple[int, Log]] = {}
        for before, (wrong, so_far) in ways.items():
            for last, (more, places) in _orders(before, group, follows).items():
                one = (wrong + more, so_far + [group[place] for place in places])
                kept = found.get(group[last])
                if kept is None or one[0] < kept[0]:
                    found[group[last]] = one
        ways = found
    return min(ways.values(), key=lambda one: one[0])[1]


def _moments(ended: Sequence[Event]) -> Iterator[Log]:
    for _, group in groupby(ended, key=lambda event: event.at):
        together = list(group)
        yield from [together] if len(together) <= MOST_AT_ONCE else [[event] for event in together]


def _orders(before: Event | None, group: Log, follows: Follows) -> dict[int, _Way]:
    """For each event of a group as the last of it: the order with the fewest that do not follow, rows first come first."""
    ways: dict[tuple[int, int], _Way] = {
        (1 << place, place): (int(not follows(before, event)), (place,)) for place, event in enumerate(group)
    }
    for _ in group[1:]:
        longer: dict[tuple[int, int], _Way] = {}
        for (taken, last), (wrong, order) in ways.items():
            for place, event in enumerate(group):
                if not taken & 1 << place:
                    way = (wrong + (not follows(group[last], event)), (*order, place))
                    key = (taken | 1 << place, place)
                    longer[key] = min(longer.get(key, way), way)
        ways = longer
    return {last: way for (_, last), way in ways.items()}
