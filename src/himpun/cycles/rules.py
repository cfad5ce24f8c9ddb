"""Who may act on a cycle, and when. Pure: who first, then when; each refusal says what to do."""

from typing import TYPE_CHECKING

from himpun.cycles.engine import CycleClosed, CyclePaused
from himpun.errors import NotAllowed, Refusal

if TYPE_CHECKING:
    from himpun.offices.acting import Actor


class NotYourStep(NotAllowed):
    """The step belongs to another post."""

    code = "bukan-tugas-anda"

    def __init__(self, post_title: str) -> None:
        super().__init__(f"Langkah ini tugas {post_title}. Anda hari ini tidak memangku jabatan itu.")


class NotAPart(Refusal):
    """A unit's share is answered through its request, not decided."""

    code = "bagian-unit"

    def __init__(self) -> None:
        super().__init__(
            "Bagian unit diselesaikan dengan mengirim isian permintaan datanya, bukan dengan keputusan langkah."
        )


def check_may_decide(
    actor: "Actor | None", post_title: str, cycle_open: bool, part: bool, paused: bool = False
) -> "Actor":
    """Only the holder of the task's post, only while the cycle runs and is not paused, only a step (not a unit's part)."""
    if actor is None:
        raise NotYourStep(post_title)
    if part:
        raise NotAPart
    if not cycle_open:
        raise CycleClosed
    if paused:
        raise CyclePaused
    return actor
