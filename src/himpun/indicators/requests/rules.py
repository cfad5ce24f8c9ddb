"""Who may fill in, return or excuse a request, and when. Pure."""

from collections.abc import Iterable, Sequence

from himpun.errors import Conflict, NotAllowed, Refusal
from himpun.typed import is_blank


class NotYourRequest(NotAllowed):
    """The request is another unit's."""

    code = "bukan-permintaan-anda"

    def __init__(self, unit: str) -> None:
        super().__init__(f"Permintaan ini ditujukan kepada {unit}. Anda hari ini tidak memangku jabatan itu.")


class RequestClosed(Conflict):
    """The request takes no more figures."""

    code = "permintaan-tertutup"

    def __init__(self, state: str) -> None:
        super().__init__(
            f'Isian ini berstatus "{state}" dan tidak dapat diubah lagi. Minta pengumpul mengembalikannya bila ada yang keliru.'
        )


class Incomplete(Refusal):
    """Something still has to be filled in; `gaps` maps a line's id to its sentence."""

    code = "isian-belum-lengkap"

    def __init__(self, gaps: dict[int, str]) -> None:
        super().__init__(
            f"{len(gaps)} indikator belum lengkap. Isi angkanya, jelaskan yang ditandai, atau tandai nihil dengan alasan."
        )
        self.gaps = gaps


def check_is_open(state: str, shown: str, open_states: Iterable[str]) -> None:
    """Raises RequestClosed unless the unit can still fill in."""
    if state not in open_states:
        raise RequestClosed(shown)


def gap_of(
    *,
    name: str,
    nihil: bool,
    nihil_reason: str,
    missing: Sequence[str],
    evidence_required: bool,
    evidence: int,
    over_frozen: Sequence[str] = (),
    wrong: Sequence[str] = (),
    warnings: Sequence[str] = (),
    explanation: str = "",
) -> str:
    """What one line still lacks, as a sentence; "" when it is complete. A warning that is explained lacks nothing."""
    if over_frozen:
        return f"{name}: {over_frozen[0]}"
    if nihil:
        return "" if not is_blank(nihil_reason) else f"{name}: tulis alasan nihil."
    if missing:
        return f"{name}: isi {', '.join(missing)}, atau tandai nihil dengan alasan."
    if wrong:
        return f"{name}: {wrong[0]}"
    if warnings and is_blank(explanation):
        return f"{name}: tulis penjelasan atas angka yang ditandai. {warnings[0]}"
    if evidence_required and not evidence:
        return f"{name}: lampirkan bukti dukung."
    return ""
