"""Deciding what comes next. Pure: a procedure and what is known of the open step go in, the next step or a refusal comes out.

The engine is small on purpose: "decision → next step", "a part for each unit, all awaited", "a child procedure,
awaited". What a step *does* beyond that stands in `steps/actions.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from himpun import typed
from himpun.errors import Conflict, Refusal
from himpun.procedures.definition import END, Procedure, Step


class UnknownDecision(Refusal):
    """The step has no such way out."""

    code = "keputusan-tidak-dikenal"

    def __init__(self, decision: str, step: Step) -> None:
        ways = ", ".join(f'"{way}"' for way in step.next)
        super().__init__(f'Langkah {step.no} tidak punya keputusan "{decision}". Pilih salah satu: {ways}.')


class ReasonMissing(Refusal):
    """A return without a written reason."""

    code = "alasan-wajib"

    def __init__(self, decision: str) -> None:
        super().__init__(f'Tulis alasan mengapa "{decision}", agar yang menerima tahu apa yang harus diperbaiki.')


class PartsOpen(Refusal):
    """Units still owe their part of the step."""

    code = "unit-belum-menjawab"

    def __init__(self, waiting: Sequence[str]) -> None:
        shown = ", ".join(waiting[:8]) + (f", dan {len(waiting) - 8} lagi" if len(waiting) > 8 else "")
        super().__init__(
            f"Masih menunggu {len(waiting)} unit: {shown}. Tunggu jawabannya atau kecualikan dengan alasan."
        )


class ChildOpen(Refusal):
    """The procedure this step runs has not ended."""

    code = "mekanisme-belum-selesai"

    def __init__(self, name: str) -> None:
        super().__init__(f'"{name}" belum selesai. Langkah ini baru dapat disampaikan setelah mekanisme itu berakhir.')


class OutputMissing(Refusal):
    """What the step must leave behind is not there."""

    code = "keluaran-belum-ada"

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = list(missing)


class AlreadyDecided(Conflict):
    """Somebody decided this task before."""

    code = "sudah-diputus"

    def __init__(self, decision: str, name: str, title: str, when: str) -> None:
        super().__init__(
            f'Langkah ini sudah diputus "{decision}" oleh {name} ({title}) pada {when}. Muat ulang halaman untuk melihat keadaan terbaru.'
        )


class CycleClosed(Conflict):
    """The cycle no longer runs."""

    code = "siklus-tidak-berjalan"

    def __init__(self) -> None:
        super().__init__("Siklus ini sudah selesai atau dibatalkan, sehingga tidak ada lagi yang dapat diputus.")


class CyclePaused(Conflict):
    """The cycle's clock stands still."""

    code = "siklus-dijeda"

    def __init__(self) -> None:
        super().__init__(
            "Siklus ini sedang dijeda; alasannya ada di halaman siklus. Lanjutkan siklus dahulu, lalu ulangi tindakan ini."
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the open step still waits for. Empty means nothing."""

    units: Sequence[str] = ()
    child: str = ""
    outputs: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision leads to: the next step, or the end (None); `is_return` when it went back."""

    step: Step
    decision: str
    reason: str
    following: Step | None
    is_return: bool


NOTHING = Waiting()


def decide(procedure: Procedure, step_no: int, decision: str, reason: str, waiting: Waiting = NOTHING) -> Outcome:
    """What `decision` on step `step_no` leads to.

    Raises UnknownDecision, ReasonMissing (a return needs a written reason), and, for a decision that goes forward,
    PartsOpen, ChildOpen or OutputMissing. A return may leave things unfinished: that is what it is for.
    """
    step = procedure.step(step_no)
    if decision not in step.next:
        raise UnknownDecision(decision, step)
    is_return = decision in step.returns
    reason = typed.line(reason)
    if is_return and not reason:
        raise ReasonMissing(decision)
    typed.check({"reason": (reason, typed.Text.REASON)})
    _check_nothing_open(waiting, is_return)
    target = step.next[decision]
    following = None if target == END else procedure.step(int(target))
    return Outcome(step, decision, reason, following, is_return)


def _check_nothing_open(waiting: Waiting, is_return: bool) -> None:
    if waiting.units:
        raise PartsOpen(waiting.units)
    if waiting.child:
        raise ChildOpen(waiting.child)
    if waiting.outputs and not is_return:
        raise OutputMissing(waiting.outputs)
