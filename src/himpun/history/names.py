"""Which step of a procedure an activity of a log is: by name, title, number, likeness. Pure."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from himpun.procedures.definition import Procedure


@dataclass(frozen=True, slots=True)
class Names:
    """How a log's activities were understood: activity → step number, those that were guessed, those unknown."""

    numbers: Mapping[str, int]
    guessed: Mapping[str, int]
    unknown: tuple[str, ...]


_NUMBERED = re.compile(r"^(?:langkah|step|no\.?|tahap)?\s*(\d{1,3})(?=\s|[.):\-–—]|$)", re.I)
_ROLE = re.compile(r"\{[^{}]*\}")
CLOSE = 0.86
"""How alike two texts must be (0–1) to be taken for the same activity."""
NEAR = 0.6
"""How alike the text behind a number must be to the title of that step (0–1) for the number to be believed."""


def names_of(procedure: Procedure, activities: Iterable[str], given: Mapping[str, int] | None = None) -> Names:
    """Which step each activity is: as given, by name, by title, by number, and else by likeness.

    A number is believed when it stands alone or before something like the step's title; else it is only a guess.
    """
    known = {_plain(text): step.no for step in procedure.steps for text in (step.title, step.name)}
    told = {_plain(text): no for text, no in (given or {}).items()}
    texts = {step.no: [_plain(step.title), _plain(step.name)] for step in procedure.steps}
    numbers: dict[str, int] = {}
    guessed: dict[str, int] = {}
    unknown: list[str] = []
    for activity in dict.fromkeys(activities):
        plain = _plain(activity)
        number, rest = _number(activity)
        if step := told.get(plain) or known.get(plain) or (_believed(rest, texts.get(number)) and number):
            numbers[activity] = step
        elif step := known.get(rest) or _like(rest, known) or (number if number in texts else 0):
            numbers[activity] = guessed[activity] = step
        else:
            unknown.append(activity)
    return Names(numbers, guessed, tuple(unknown))


def _number(activity: str) -> tuple[int, str]:
    """The number an activity begins with (0: none) and what stands behind it."""
    text = activity.strip()
    found = _NUMBERED.match(text)
    return (int(found[1]), _plain(text[found.end() :])) if found else (0, _plain(text))


def _believed(rest: str, texts: Sequence[str] | None) -> bool:
    """Whether what stands behind a number is nothing, or like one of the step's own texts."""
    if texts is None:
        return False
    words = set(rest.split())
    own = [text for text in texts if text]
    return not rest or any(
        set(text.split()) <= words or words <= set(text.split()) or _likeness(rest, text) >= NEAR for text in own
    )


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def _like(plain: str, known: Mapping[str, int]) -> int:
    near = difflib.get_close_matches(plain, known, n=1, cutoff=CLOSE)
    return known[near[0]] if near else 0


def _plain(text: str) -> str:
    """Without case, signs, spaces and the placeholders of roles."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", _ROLE.sub(" ", text).casefold()).split())
