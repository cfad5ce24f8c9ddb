"""The track of a run: one rung a step, with what became of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

DONE, DONE_LATE, OPEN, LATE, PAUSED = "selesai", "selesai-terlambat", "berjalan", "terlambat", "dijeda"
FUTURE, SKIPPED = "belum", "tidak-dilalui"

SAID = {
    DONE: "selesai tepat waktu",
    DONE_LATE: "selesai terlambat",
    OPEN: "sedang dikerjakan",
    LATE: "sedang dikerjakan, terlambat",
    PAUSED: "dijeda",
    FUTURE: "belum",
    SKIPPED: "tidak dilalui",
}
"""The states of a rung, in the words of the legend."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a step: when it was due, and when it was decided (None: it is open)."""

    step_no: int
    due_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the track."""

    no: int
    state: str

    @property
    def mark(self) -> str:
        """What the rung shows, so that its colour says nothing alone."""
        no = str(self.no)
        marks = {DONE: "✓", DONE_LATE: "✓!", OPEN: no, LATE: f"{no}!", PAUSED: f"{no}‖", SKIPPED: "–"}
        return marks.get(self.state, "·")


def track_of(steps: Sequence[int], visits: Sequence[Visit], open_state: str = OPEN) -> tuple[Rung, ...]:
    """A rung for each of `steps` from the visits of a run, in their order; the open step has `open_state`.

    What lies ahead of the open step is not done, even if it was once: after a return it has to be done again. A step
    that was never visited although the run is past it was passed by: so does step 6 when step 5 finds nothing to mend.
    """
    newest = {visit.step_no: visit for visit in visits}
    now_at = next((visit.step_no for visit in newest.values() if visit.decided_at is None), None)
    return tuple(Rung(no, _state(no, newest.get(no), now_at, open_state)) for no in steps)


def _state(no: int, visit: Visit | None, now_at: int | None, open_state: str) -> str:
    if now_at is not None and no > now_at:
        return FUTURE
    if visit is None:
        return SKIPPED
    if visit.decided_at is None:
        return open_state
    return DONE_LATE if visit.due_at is not None and visit.decided_at > visit.due_at else DONE


def said(track: Sequence[Rung]) -> str:
    """The track in words: "Langkah 1–3 selesai tepat waktu; langkah 4 sedang dikerjakan, terlambat; …"."""
    parts: list[tuple[str, int, int]] = []
    for rung in track:
        if parts and parts[-1][0] == rung.state:
            parts[-1] = (rung.state, parts[-1][1], rung.no)
        else:
            parts.append((rung.state, rung.no, rung.no))
    words = "; ".join(
        f"langkah {first if first == last else f'{first}–{last}'} {SAID[state]}" for state, first, last in parts
    )
    return words[:1].upper() + words[1:]
