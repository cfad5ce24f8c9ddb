"""An office's own SOP on its way to being a version: written, approved level by level, refused or taken back.

An approval is bound to the SHA-256 of exactly the text that was read and to the day it is to be in force; a changed
draft loses its approvals. Nobody approves what they wrote. The last approval publishes, in the same transaction.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from himpun import clock
from himpun.archive.journal import Author, Turn, act
from himpun.errors import Conflict, FieldErrors, NotAllowed, Refusal
from himpun.offices.acting import Actor, HoldsNoPost, acting_in, capacities, present
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.rules import MAY_PUBLISH_PROCEDURES, MAY_WITHDRAW_DRAFTS, ROLES
from himpun.procedures.actions import approval_rule, check_typed, publish, refuse_unchanged
from himpun.procedures.definition import Procedure
from himpun.procedures.doings import publishable
from himpun.procedures.models import DraftApproval, ProcedureDraft
from himpun.procedures.problems import runnable
from himpun.procedures.rules import DEEDS, RULES, Level, approvals_needed
from himpun.typed import needed

State = ProcedureDraft.State


class AlreadyWaiting(Conflict):
    """Another draft of the same procedure waits for approval."""

    code = "naskah-lain-menunggu"

    def __init__(self, writer: str) -> None:
        super().__init__(
            f"Naskah prosedur ini yang diajukan {writer} masih menunggu persetujuan. "
            "Tunggu keputusannya, atau minta naskah itu ditarik dahulu."
        )


class DraftClosed(Conflict):
    """The draft is published, refused or withdrawn."""

    code = "naskah-sudah-diputus"

    def __init__(self, state: str) -> None:
        super().__init__(f"Naskah ini sudah {state.lower()} dan tidak diubah lagi. Ajukan naskah baru bila perlu.")


class DraftChanged(Conflict):
    """What the person read is not what the draft says now."""

    code = "naskah-sudah-berubah"

    def __init__(self) -> None:
        super().__init__(
            "Naskah atau hari berlakunya berubah sejak halaman ini dibuka. Muat ulang dan baca dahulu, baru setujui."
        )


class OwnDraft(NotAllowed):
    """Who wrote a draft does not approve it."""

    code = "naskah-sendiri"

    def __init__(self) -> None:
        super().__init__("Anda yang menulis naskah ini, jadi persetujuannya diberikan orang lain.")


class NotTheWriter(NotAllowed):
    """Somebody else wrote the draft."""

    code = "bukan-penulis-naskah"

    def __init__(self, writer: str) -> None:
        super().__init__(
            f"Naskah ini ditulis {writer}; hanya ia yang mengubahnya. Tolak dengan alasan bila perlu diubah."
        )


class NotYourTurn(NotAllowed):
    """The next approval is another post's."""

    code = "bukan-giliran-menyetujui"

    def __init__(self, level: Level) -> None:
        super().__init__(f"Naskah ini menunggu {DEEDS[level.deed].lower()} {ROLES[level.role]}, bukan Anda.")


class ApprovedAlready(Refusal):
    """One person would give two of the approvals."""

    code = "orang-yang-sama"

    def __init__(self) -> None:
        super().__init__(
            "Anda sudah menyetujui naskah ini dalam jabatan lain; persetujuan berikutnya diberikan orang lain, kecuali kantor "
            "membolehkan satu orang memaraf dan menandatangani (Pengaturan, Data kantor)."
        )


def submit(*, text: str, office: Office, in_force_from: date, by: Person) -> ProcedureDraft:
    """Write a draft and ask for its approvals.

    Raises HoldsNoPost, OnLeave, DefinitionError, NothingChanged, AlreadyWaiting or NobodyElseApproves.
    """
    actor = _writer(by, office)
    check_typed(text, in_force_from)
    procedure = publishable(text)
    needs = approvals_needed(approval_rule(office), _roles(by, office))
    with act(office.code, at=clock.now(), author=actor.author) as turn:
        refuse_unchanged(procedure, office)
        if other := ProcedureDraft.objects.filter(office=office, key=procedure.key, state=State.WAITING).first():
            raise AlreadyWaiting(other.written_name)
        draft = ProcedureDraft.objects.create(
            office=office,
            key=procedure.key,
            name=procedure.name,
            text=text,
            sha256=procedure.sha256,
            in_force_from=in_force_from,
            needs=_kept(needs),
            written_by=by,
            written_name=f"{actor.name} ({actor.title})",
            written_at=turn.at,
        )
        _record(turn, "submitted", draft)
    return draft


def revise(*, draft: ProcedureDraft, text: str, in_force_from: date, by: Person) -> ProcedureDraft:
    """Change a draft that waits, as its writer: every approval is needed anew.

    Raises HoldsNoPost, OnLeave, NotTheWriter, DefinitionError, DraftClosed, NothingChanged or FieldErrors.
    """
    actor = _writer(by, draft.office)
    check_typed(text, in_force_from)
    procedure = publishable(text)
    needs = approvals_needed(approval_rule(draft.office), _roles(by, draft.office))
    with act(draft.office.code, at=clock.now(), author=actor.author) as turn:
        now = _waiting(draft)
        if now.written_by_id != by.pk:
            raise NotTheWriter(now.written_name)
        if procedure.key != now.key:
            raise FieldErrors(
                {"text": f'Naskah ini untuk prosedur "{now.key}"; prosedur lain diajukan sebagai naskah baru.'}
            )
        if (procedure.sha256, in_force_from) != (now.sha256, now.in_force_from):
            refuse_unchanged(procedure, now.office)
            now.name, now.text, now.sha256, now.in_force_from = procedure.name, text, procedure.sha256, in_force_from
            now.revision, now.stamp, now.needs = now.revision + 1, now.stamp + 1, _kept(needs)
            now.save()
            _record(turn, "revised", now)
    return now


def approve(*, draft: ProcedureDraft, sha256: str, revision: int, by: Person) -> ProcedureDraft:
    """Give the next paraf or signature to the revision that was read; the last one publishes the text.

    Raises OwnDraft, NotYourTurn, OnLeave, DraftClosed, DraftChanged, ApprovedAlready or NothingChanged.
    """
    actor, _ = _approver(draft, by)
    with act(draft.office.code, at=clock.now(), author=actor.author) as turn:
        now = _waiting(draft)
        actor, level = _approver(now, by)
        if (sha256, revision) != (now.sha256, now.revision):
            raise DraftChanged
        if any(one.person_id == by.pk for one in now.counted()) and not _may_approve_twice(now):
            raise ApprovedAlready
        given: dict[str, Any] = {"revision": revision, "sha256": sha256, "deed": level.deed, "role": level.role}
        who = {"post_id": actor.post_id, "person": by, "name": actor.name, "title": actor.title}
        DraftApproval.objects.create(draft=now, at=turn.at, **given, **who)
        now.stamp += 1
        _record(turn, level.deed, now, author=actor.author)
        now = _fresh(now.pk, now.stamp)
        if now.next_level is None:
            _publish(turn, now, actor)
        now.save()
    return now


def refuse(*, draft: ProcedureDraft, reason: str, by: Person) -> ProcedureDraft:
    """Say no, with a reason, as one of those whose approval it needs. Raises NotAllowed, DraftClosed or FieldErrors."""
    reason, roles = _reason(reason), frozenset(level.role for level in draft.levels)
    actor = acting_in(by, draft.office_id, clock.today(), roles=roles, to="menolak naskah SOP")
    if draft.written_by_id == by.pk:
        raise OwnDraft
    return _close(draft, State.REFUSED, "refused", reason, actor)


def withdraw(*, draft: ProcedureDraft, reason: str, by: Person) -> ProcedureDraft:
    """Take a draft back, as its writer, the secretary or the head. Raises NotTheWriter, DraftClosed or FieldErrors."""
    reason = _reason(reason)
    roles = MAY_PUBLISH_PROCEDURES if draft.written_by_id == by.pk else MAY_WITHDRAW_DRAFTS
    try:
        actor = acting_in(by, draft.office_id, clock.today(), roles=roles, to="menarik naskah SOP")
    except HoldsNoPost:
        raise NotTheWriter(draft.written_name) from None
    return _close(draft, State.WITHDRAWN, "withdrawn", reason, actor)


def visible_to(person: Person, day: date) -> QuerySet[ProcedureDraft]:
    """The drafts of the offices where somebody holds a post."""
    offices = {actor.office_id for actor in capacities(person, day)}
    return ProcedureDraft.objects.filter(office__in=offices).select_related("office__kind", "written_by", "version")


def waiting_for(person: Person, actors: Iterable[Actor]) -> list[ProcedureDraft]:
    """The drafts whose next approval is this person's to give, by the posts they hold today."""
    asked = {level.role for rule in RULES.values() for level in rule.levels}
    roles = {(one.office_id, one.role) for one in actors if one.role in asked and not one.away_until}
    if not roles:
        return []
    waiting = ProcedureDraft.objects.filter(office__in={office for office, _ in roles}, state=State.WAITING)
    return [
        draft
        for draft in waiting.exclude(written_by=person).prefetch_related("approvals").order_by("written_at")[:50]
        if (level := draft.next_level) and (draft.office_id, level.role) in roles
    ]


def _writer(by: Person, office: Office) -> Actor:
    return acting_in(by, office.pk, clock.today(), roles=MAY_PUBLISH_PROCEDURES, to="mengajukan SOP")


def _roles(person: Person, office: Office) -> frozenset[str]:
    return frozenset(actor.role for actor in capacities(person, clock.today()) if actor.office_id == office.pk)


def _kept(needs: tuple[Level, ...]) -> list[list[str]]:
    return [[level.deed, level.role] for level in needs]


def _approver(draft: ProcedureDraft, by: Person) -> tuple[Actor, Level]:
    """`by` as the one whose approval is next. Raises DraftClosed, OwnDraft, NotYourTurn or OnLeave."""
    level = draft.next_level
    if draft.state != State.WAITING or level is None:
        raise DraftClosed(draft.get_state_display())
    if draft.written_by_id == by.pk:
        raise OwnDraft
    today = clock.today()
    for actor in capacities(by, today):
        if (actor.office_id, actor.role) == (draft.office_id, level.role):
            return present(actor, today), level
    raise NotYourTurn(level)


def _waiting(draft: ProcedureDraft) -> ProcedureDraft:
    """The draft as it is now, within the turn. Raises DraftClosed."""
    now = ProcedureDraft.objects.select_related("office", "written_by").get(pk=draft.pk)
    if now.state != State.WAITING:
        raise DraftClosed(now.get_state_display())
    return now


def _fresh(pk: int, stamp: int) -> ProcedureDraft:
    draft = ProcedureDraft.objects.select_related("office", "written_by").get(pk=pk)
    draft.stamp = stamp
    return draft


def _may_approve_twice(draft: ProcedureDraft) -> bool:
    return Office.objects.filter(pk=draft.office_id, may_approve_twice=True).exists()


def _publish(turn: Turn, draft: ProcedureDraft, actor: Actor) -> None:
    """Every approval is there: the draft becomes a version, in force from today at the earliest."""
    approvals = [f"{DEEDS[one.deed]}: {one.name} ({one.title})" for one in draft.counted()]
    draft.version = publish(
        turn,
        _defined(draft),
        draft.text,
        office=draft.office,
        in_force_from=max(draft.in_force_from, clock.today()),
        by=actor.name,
        approvals=[f"Ditulis: {draft.written_name}", *approvals],
    )
    draft.state, draft.decided_at, draft.decided_name = State.PUBLISHED, turn.at, f"{actor.name} ({actor.title})"


def _defined(draft: ProcedureDraft) -> Procedure:
    return runnable(draft.text)


def _close(draft: ProcedureDraft, state: ProcedureDraft.State, verb: str, reason: str, actor: Actor) -> ProcedureDraft:
    with act(draft.office.code, at=clock.now(), author=actor.author) as turn:
        now = _waiting(draft)
        now.state, now.reason, now.stamp = state, reason, now.stamp + 1
        now.decided_at, now.decided_name = turn.at, f"{actor.name} ({actor.title})"
        now.save()
        _record(turn, verb, now)
    return now


def _reason(text: str) -> str:
    return needed(text, "Tulis alasannya, agar yang menulis tahu apa yang harus diperbaiki.")


def _record(turn: Turn, verb: str, draft: ProcedureDraft, *, author: Author | None = None) -> None:
    data = {
        "key": draft.key,
        "draft": draft.pk,
        "revision": draft.revision,
        "sha256": draft.sha256,
        "from": draft.in_force_from.isoformat(),
        "writer": draft.written_name,
        "reason": draft.reason,
    }
    turn.record(f"procedures:draft:{verb}", f"procedure:{draft.key}", data, author=author)
