"""Who may do what in an office, by role. Pure: sets of roles, read by actions and pages alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from himpun.errors import NotAllowed

KEPALA = "kepala"
SEKRETARIS = "sekretaris"
KASUBBAG_PERENCANAAN = "kasubbag-perencanaan"
ANALIS = "analis"
KASUBBAG_UMUM = "kasubbag-umum"
UNIT = "unit"

ROLES = {
    KEPALA: "Kepala",
    SEKRETARIS: "Sekretaris",
    KASUBBAG_PERENCANAAN: "Kasubbag Perencanaan",
    ANALIS: "Analis Perencanaan",
    KASUBBAG_UMUM: "Kasubbag Umum",
    UNIT: "Unit (Seksi/Bidang)",
}

MAY_MANAGE_OFFICE = frozenset({KASUBBAG_UMUM, SEKRETARIS})
MAY_REGISTER_LETTERS = frozenset({KASUBBAG_UMUM, SEKRETARIS, ANALIS})
MAY_READ_SECRET_LETTERS = frozenset({KEPALA, SEKRETARIS, KASUBBAG_UMUM})
MAY_START_CYCLES = frozenset({KASUBBAG_UMUM, SEKRETARIS, KASUBBAG_PERENCANAAN})
MAY_CANCEL_CYCLES = frozenset({KEPALA, SEKRETARIS})
MAY_PAUSE_CYCLES = frozenset({KEPALA, SEKRETARIS})
MAY_SET_DEADLINES = frozenset({KEPALA, SEKRETARIS, KASUBBAG_PERENCANAAN})
MAY_PUBLISH_PROCEDURES = frozenset({KEPALA, SEKRETARIS, KASUBBAG_PERENCANAAN})
MAY_SET_APPROVAL_RULE = frozenset({KEPALA})
MAY_WITHDRAW_DRAFTS = frozenset({KEPALA, SEKRETARIS})
MAY_COLLECT = frozenset({KASUBBAG_UMUM})
MAY_SEE_ALL_VALUES = frozenset({KEPALA, SEKRETARIS, KASUBBAG_PERENCANAAN, ANALIS, KASUBBAG_UMUM})
MAY_EDIT_INDICATORS = frozenset({KASUBBAG_PERENCANAAN, ANALIS})
MAY_MANAGE_BUDGET = frozenset({KASUBBAG_PERENCANAAN, ANALIS})
MAY_IMPORT_ALL_FIGURES = frozenset({KASUBBAG_PERENCANAAN, ANALIS, KASUBBAG_UMUM})
MAY_DECIDE_CORRECTIONS = frozenset({KEPALA, SEKRETARIS})
MAY_NUDGE = frozenset({KEPALA, SEKRETARIS, KASUBBAG_PERENCANAAN, KASUBBAG_UMUM})


class NotOurs(NotAllowed):
    """The person is looked after by another office."""

    code = "orang-kantor-lain"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Data dan akses {name} dikelola kantor asalnya, bukan kantor ini. Minta pengelola kantor asalnya mengubahnya."
        )


def check_may_manage_access(name: str, *, home: int | None, office: int) -> None:
    """A person's name, address, login and leave are their home office's alone, whatever posts they hold elsewhere.

    Who has no home is nobody's: the administrator gives them one. Raises NotOurs.
    """
    if home != office:
        raise NotOurs(name)


# --- who lets a holding come into force -------------------------------------------------------------------------------

DECIDES = (
    MAY_MANAGE_OFFICE
    | MAY_CANCEL_CYCLES
    | MAY_PAUSE_CYCLES
    | MAY_SET_DEADLINES
    | MAY_PUBLISH_PROCEDURES
    | MAY_DECIDE_CORRECTIONS
)
"""The roles whose holder decides for the office: whoever gives such a post gives power, also over who gets the next one."""


class Consent(StrEnum):
    """What a recorded holding may have to wait for."""

    ACCEPTANCE = "persetujuan"
    """By the person, or by who manages their home office."""
    CONFIRMATION = "pengesahan"
    """By a second person who decides here or in the office above, with the letter's file at hand."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is known of a holding that is being recorded, or of a change of one.

    `own`: it is for the one who records it. `elsewhere`: the person's home is another office. `by_files`: the
    administrator loads it. `by_leave`: the Plh. that a leave gives its substitute. `decides_already`: the person holds,
    otherwise than as a Plh., a post here that decides. `narrows`: the change only takes days away.
    """

    role: str
    own: bool = False
    elsewhere: bool = False
    by_files: bool = False
    by_leave: bool = False
    decides_already: bool = False
    narrows: bool = False


def consents_needed(proposal: Proposal) -> frozenset[Consent]:
    """Which consents a holding waits for before it is in force; none for the ordinary day (docs/decisions/0016).

    Ending takes nobody's word but the recorder's. Somebody from elsewhere is asked, unless they record it themselves.
    Nobody gives a post to themselves. A post that decides is given by two; a leave may hand one on, without a second
    word, to somebody who decides here anyway. What the administrator loads needs no second word.
    """
    if proposal.narrows:
        return frozenset()
    needed = set()
    if proposal.elsewhere and not proposal.own:
        needed.add(Consent.ACCEPTANCE)
    trusted = proposal.by_leave and proposal.decides_already
    if proposal.own or (proposal.role in DECIDES and not trusted):
        needed.add(Consent.CONFIRMATION)
    return frozenset(needed - {Consent.CONFIRMATION} if proposal.by_files else needed)


class Way(StrEnum):
    """Why somebody may confirm a holding."""

    HEAD = "kepala"
    HEAD_ABOVE = "kepala kantor di atasnya"
    REPLACED = "pemangku jabatan itu"
    MANAGER = "pengelola lain"


def may_confirm(candidates: Iterable[tuple[int, Way]], *, recorder: int | None, person: int) -> dict[int, Way]:
    """Who of the people at work today may confirm: never who recorded it nor whom it is for.

    The head, the head of the office above and who holds the post now; another manager only where none of them is there.
    """
    others = [(one, way) for one, way in candidates if one not in (recorder, person)]
    first: dict[int, Way] = {one: way for one, way in others if way is not Way.MANAGER}
    return first or dict(others)


# --- how somebody's access is handed over -----------------------------------------------------------------------------


class Handing(StrEnum):
    """By which way the link for a new password reaches its person."""

    SHOWN = "ditampilkan kepada pengelola"
    MAILED = "dikirim ke surelnya"
    CONSOLE = "dari konsol administrator"


def link_goes(roles: Iterable[str], *, mailable: bool) -> Handing:
    """How a link goes to somebody who holds these roles now or is about to, in whatever office and by whatever kind.

    Who sees a link can come in as its person: the link of somebody who decides is seen by no colleague. `mailable`: they
    have an address, and there is a mail server. Whose link is not shown, theirs is also the address.
    """
    if DECIDES.isdisjoint(roles):
        return Handing.SHOWN
    return Handing.MAILED if mailable else Handing.CONSOLE


class NotHandedOver(NotAllowed):
    """A colleague asked for the link of somebody who decides."""

    code = "akses-pejabat"

    def __init__(self, name: str, username: str) -> None:
        super().__init__(
            f"{name} memangku jabatan yang memutuskan, jadi tautan masuknya tidak ditampilkan kepada rekannya. "
            f"Minta administrator menjalankan di peladen: himpun person link {username}"
        )
