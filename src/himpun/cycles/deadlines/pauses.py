"""A cycle stands still for a reason, and goes on."""

from himpun import clock, typed
from himpun.archive.journal import Turn, act
from himpun.cycles.deadlines.final import open_cycle
from himpun.cycles.deadlines.recounting import count_anew
from himpun.cycles.models import Cycle, Pause, Task
from himpun.errors import Conflict
from himpun.notifications.actions import tell
from himpun.offices.acting import Actor, acting_in
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_PAUSE_CYCLES
from himpun.places import place


class AlreadyPaused(Conflict):
    """The cycle is paused already."""

    code = "sudah-dijeda"

    def __init__(self) -> None:
        super().__init__("Siklus ini sudah dijeda. Muat ulang halaman untuk melihat oleh siapa dan mengapa.")


class NotPaused(Conflict):
    """There is no pause to end."""

    code = "tidak-dijeda"

    def __init__(self) -> None:
        super().__init__("Siklus ini tidak sedang dijeda. Muat ulang halaman untuk melihat keadaan terbaru.")


class ParentPaused(Conflict):
    """The cycle this one belongs to is paused."""

    code = "induk-dijeda"

    def __init__(self) -> None:
        super().__init__(
            "Siklus yang menjalankan siklus ini sedang dijeda. Lanjutkan siklus itu; yang ini ikut berjalan."
        )


def pause_cycle(*, cycle: Cycle, reason: str, by: Person) -> None:
    """Let the clock of a running cycle, and of what its open step runs, stand still, with a reason.

    Raises HoldsNoPost, FieldErrors (no reason), CycleClosed or AlreadyPaused. Until it is resumed nothing is decided.
    """
    actor = acting_in(by, cycle.office_id, roles=MAY_PAUSE_CYCLES, to="menjeda siklus")
    reason = typed.needed(reason, "Tulis alasan jeda; alasan ini terlihat oleh semua dan tercatat di arsip.")
    with act(cycle.office.code, at=clock.now(), author=actor.author) as turn:
        if _open_pause(open_cycle(cycle.pk).pk):
            raise AlreadyPaused
        _pause(turn, cycle.pk, reason, actor)


def is_paused(cycle_id: int) -> bool:
    """Whether a cycle's clock stands still."""
    return _open_pause(cycle_id) is not None


def _open_pause(cycle_id: int) -> Pause | None:
    return Pause.objects.filter(cycle=cycle_id, until__isnull=True).first()


def _pause(turn: Turn, cycle_id: int, reason: str, actor: Actor) -> None:
    Pause.objects.create(
        cycle_id=cycle_id,
        since=turn.at,
        reason=reason,
        person_id=actor.person_id,
        person_name=actor.name,
        person_title=actor.title,
    )
    turn.record("cycles:cycle:paused", f"cycle:{cycle_id}", {"reason": reason})
    _tell_holders(turn, cycle_id, f"Siklus dijeda: {reason}")
    for child in Cycle.objects.filter(parent__cycle=cycle_id, state=Cycle.State.OPEN):
        if not _open_pause(child.pk):
            _pause(turn, child.pk, reason, actor)


def _tell_holders(turn: Turn, cycle_id: int, text: str) -> None:
    posts = Task.objects.filter(cycle=cycle_id, decided_at__isnull=True).values_list("post", flat=True)
    tell(turn, posts=sorted(set(posts)), text=text, place=place("cycle", cycle_id))


def resume_cycle(*, cycle: Cycle, by: Person) -> None:
    """Let the clock run on: every open deadline moves by the working time of the pause.

    Raises HoldsNoPost, NotPaused, or ParentPaused: what a paused cycle runs is resumed with it.
    """
    actor = acting_in(by, cycle.office_id, roles=MAY_PAUSE_CYCLES, to="melanjutkan siklus")
    with act(cycle.office.code, at=clock.now(), author=actor.author) as turn:
        pause = _open_pause(cycle.pk)
        if pause is None:
            raise NotPaused
        if cycle.parent and _open_pause(cycle.parent.cycle_id):
            raise ParentPaused
        resumed = _resume(turn, pause)
        Task.objects.filter(cycle__in=resumed, decided_at__isnull=True, due_at__isnull=False).update(nudge_at=turn.at)
        count_anew(turn, resumed, "siklus dilanjutkan sesudah jeda")


def _resume(turn: Turn, pause: Pause) -> list[int]:
    """End a pause and those that came with it; returns the cycles."""
    Pause.objects.filter(pk=pause.pk, until__isnull=True).update(until=turn.at)
    turn.record("cycles:cycle:resumed", f"cycle:{pause.cycle_id}", {"reason": pause.reason})
    below = Pause.objects.filter(cycle__parent__cycle=pause.cycle_id, until__isnull=True, since=pause.since)
    return [pause.cycle_id, *(pk for child in below for pk in _resume(turn, child))]
