"""Publishing a procedure: a new version, never an edit.

An office's own version comes of an approved draft (`drafts`); the versions for every office are the administrator's.
"""

from datetime import date

from django.db.models import Max

from himpun import clock, typed
from himpun.archive.journal import CONSOLE, Turn, act
from himpun.errors import FieldErrors, Refusal
from himpun.offices.acting import acting_in
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_SET_APPROVAL_RULE
from himpun.procedures.definition import Procedure
from himpun.procedures.doings import publishable
from himpun.procedures.models import ApprovalSetting, ProcedureVersion
from himpun.procedures.rules import DEFAULT_RULE, RULES

SHARED_CHAIN = "himpun"


class NothingChanged(Refusal):
    """The text is the same as the latest version's."""

    code = "naskah-sama"

    def __init__(self, number: int) -> None:
        super().__init__(f"Naskah ini sama persis dengan versi {number} yang sudah terbit. Ubah dahulu naskahnya.")


def publish_shared(*, text: str, in_force_from: date) -> ProcedureVersion:
    """Publish a version for every office without its own, from the command line; recorded as by the administrator.

    Raises DefinitionError, NothingChanged or FieldErrors.
    """
    check_typed(text, in_force_from)
    procedure = publishable(text)
    with act(SHARED_CHAIN, at=clock.now(), author=CONSOLE) as turn:
        return publish(turn, procedure, text, office=None, in_force_from=in_force_from, by=CONSOLE.person_name)


def check_typed(text: str, in_force_from: date) -> None:
    """A text of a length, and a day in a year, that can be. Raises FieldErrors."""
    wrong = typed.Complaints()
    wrong.text("text", text, typed.Text.SOURCE)
    wrong.day("in_force_from", in_force_from, typed.Day.IN_FORCE, clock.today())
    wrong.refuse()


def publish(
    turn: Turn,
    procedure: Procedure,
    text: str,
    *,
    office: Office | None,
    in_force_from: date,
    by: str,
    approvals: list[str] | None = None,
) -> ProcedureVersion:
    """Make the next version within a turn; `approvals` says whose word it is. Raises NothingChanged."""
    number = refuse_unchanged(procedure, office) + 1
    version = ProcedureVersion.objects.create(
        key=procedure.key,
        name=procedure.name,
        office=office,
        number=number,
        text=text,
        sha256=procedure.sha256,
        in_force_from=in_force_from,
        published_at=turn.at,
        published_by=by,
    )
    data = {
        "key": procedure.key,
        "version": version.number,
        "sha256": procedure.sha256,
        "from": in_force_from.isoformat(),
        "approvals": approvals or [],
    }
    turn.record("procedures:version:published", f"procedure:{procedure.key}", data)
    return version


def refuse_unchanged(procedure: Procedure, office: Office | None) -> int:
    """The number of the latest version, whose text must be another (0 when there is none). Raises NothingChanged."""
    before = ProcedureVersion.objects.filter(office=office, key=procedure.key)
    last = before.aggregate(last=Max("number"))["last"] or 0
    if last and before.get(number=last).sha256 == procedure.sha256:
        raise NothingChanged(last)
    return int(last)


def approval_rule(office: Office) -> str:
    """The key of the rule by which an office's own SOP is approved."""
    setting = ApprovalSetting.objects.filter(office=office).first()
    return setting.rule if setting and setting.rule in RULES else DEFAULT_RULE


def set_approval_rule(*, office: Office, rule: str, by: Person) -> str:
    """Set whose approvals an office's own SOP needs; drafts already written keep theirs.

    The head's to set. Raises HoldsNoPost, OnLeave or FieldErrors.
    """
    actor = acting_in(by, office.pk, clock.today(), roles=MAY_SET_APPROVAL_RULE, to="menetapkan persetujuan SOP")
    if rule not in RULES:
        raise FieldErrors({"rule": "Pilih salah satu susunan persetujuan."})
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        before = approval_rule(office)
        if before != rule:
            ApprovalSetting.objects.update_or_create(office=office, defaults={"rule": rule})
            data = {"before": before, "rule": RULES[rule].name}
            turn.record("procedures:approvals:set", f"office:{office.code}", data)
    return rule
