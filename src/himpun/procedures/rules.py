"""Whose approvals an office's own SOP needs before it is a version. Pure: roles in, levels out."""

from dataclasses import dataclass

from himpun.errors import Refusal
from himpun.offices.rules import KASUBBAG_PERENCANAAN, KEPALA, SEKRETARIS

PARAF, SIGNATURE = "paraf", "tanda-tangan"
DEEDS = {PARAF: "Paraf", SIGNATURE: "Tanda tangan"}


@dataclass(frozen=True, slots=True)
class Level:
    """One approval: what is given, and by the holder of which role."""

    deed: str
    role: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What an office may set: a name, and the approvals in their order."""

    name: str
    levels: tuple[Level, ...]


DEFAULT_RULE = "sekretaris-kepala"
RULES = {
    DEFAULT_RULE: Rule(
        "Paraf Sekretaris, lalu tanda tangan Kepala", (Level(PARAF, SEKRETARIS), Level(SIGNATURE, KEPALA))
    ),
    "berjenjang": Rule(
        "Paraf Kasubbag Perencanaan dan Sekretaris, lalu tanda tangan Kepala",
        (Level(PARAF, KASUBBAG_PERENCANAAN), Level(PARAF, SEKRETARIS), Level(SIGNATURE, KEPALA)),
    ),
    "kepala": Rule("Tanda tangan Kepala saja", (Level(SIGNATURE, KEPALA),)),
}
IN_PLACE = (Level(PARAF, SEKRETARIS), Level(PARAF, KASUBBAG_PERENCANAAN))
"""Who gives a second word where the writer holds every role of the rule."""


class NobodyElseApproves(Refusal):
    """The writer holds every role that could approve."""

    code = "tanpa-penyetuju"

    def __init__(self) -> None:
        super().__init__(
            "Anda memegang semua jabatan yang menyetujui SOP, sedangkan naskah sendiri tidak disetujui sendiri. "
            "Minta pemangku jabatan lain yang mengajukannya."
        )


def approvals_needed(rule: str, writer_roles: frozenset[str]) -> tuple[Level, ...]:
    """The approvals a draft waits for, in order: the office's rule without the levels whose role the writer holds.

    The head who writes has said his word by that; somebody else's is still needed. Raises NobodyElseApproves.
    """
    levels = tuple(level for level in RULES[rule].levels if level.role not in writer_roles)
    if levels:
        return levels
    for level in IN_PLACE:
        if level.role not in writer_roles:
            return (level,)
    raise NobodyElseApproves
