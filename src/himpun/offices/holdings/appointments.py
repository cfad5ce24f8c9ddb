"""Recording who holds which post, changing it, and the consents it may have to wait for before it is in force.

Only who may manage the office records. What needs nobody else (`rules.consents_needed`) is in force at once; the rest
waits as an `Appointment` and gives nobody anything until the last consent. A holding that has begun is
ended, never deleted. Every act stands in the journal of the post's office and, for somebody of another office, in that of their home too.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from himpun.archive import content, files
from himpun.archive.incoming import Incoming
from himpun.archive.journal import Author
from himpun.errors import Conflict, FieldErrors
from himpun.offices.acting import acting_in
from himpun.offices.holdings.awaiting import appointments_with_all
from himpun.offices.holdings.terms import (
    Terms,
    check_mandates,
    check_still_managed,
    holding_data,
    narrows,
    refuse_overlap,
    refuse_wrong_terms,
    terms_of,
)
from himpun.offices.journals import Journals, journals
from himpun.offices.models.holdings import Appointment, Holding, Leave
from himpun.offices.models.offices import Post
from himpun.offices.models.people import Person
from himpun.offices.rules import DECIDES, MAY_MANAGE_OFFICE, Consent, Proposal, consents_needed
from himpun.offices.today import today_in
from himpun.offices.vocabulary import MANDATES
from himpun.typed import line

FILE_LIMIT = 10 * 1024 * 1024
ESTABLISHED = (Holding.Kind.DEFINITIF, Holding.Kind.PJ, Holding.Kind.PLT)
"""The kinds in which somebody decides in their own right; a Plh. or a mandate passes."""


class NoLongerPossible(Conflict):
    """What was recorded does not fit what has become of the office since."""

    code = "penugasan-tidak-berlaku-lagi"

    def __init__(self, cause: str) -> None:
        super().__init__(
            f"Penugasan ini tidak dapat diberlakukan lagi: {cause} Tolak atau tarik, lalu catat yang baru."
        )


@dataclass(frozen=True, slots=True)
class LetterFile:
    """The letter itself, as scanned."""

    content: bytes | Incoming


def begin_holding(
    *,
    post: Post,
    person: Person,
    kind: str,
    since: date | None,
    until: date | None,
    letter: str,
    by: Person,
    own_post: Post | None = None,
    file: LetterFile | None = None,
) -> Appointment:
    """Record that a person holds a post from a day on, by a letter; `own_post` is for a mandate (a.n., u.b.).

    In force at once, or waiting for the consents it needs. Raises HoldsNoPost, OnLeave or FieldErrors.
    """
    author = manager_of(post, by)
    terms = Terms(kind, since, until, letter, own_post if kind in MANDATES else None)
    refuse_wrong_terms(post, person, terms)
    with journals(post.office, person, author=author) as written:
        refuse_overlap(post, person, terms, None)
        _refuse_second(post, person)
        return propose(written, post=post, person=person, terms=terms, recorder=by, file=file)


def change_holding(
    *,
    holding: Holding,
    kind: str,
    since: date | None,
    until: date | None,
    letter: str,
    by: Person,
    own_post: Post | None = None,
    file: LetterFile | None = None,
) -> Appointment | None:
    """Correct a holding, or end it by its last day (`until`); None when nothing changes.

    A change that gives more than there was needs what a new holding would need. Raises HoldsNoPost, OnLeave, FieldErrors
    or NobodyManages.
    """
    post, person = holding.post, holding.person
    author = manager_of(post, by)
    terms = Terms(kind, since, until, letter, own_post if kind in MANDATES else None)
    refuse_wrong_terms(post, person, terms)
    with journals(post.office, person, author=author) as written:
        refuse_overlap(post, person, terms, holding)
        now = Holding.objects.select_related("person", "post__office", "own_post__parent").get(pk=holding.pk)
        if _tidied(terms_of(now)) == _tidied(terms):
            return None
        if not narrows(terms_of(now), terms):
            _refuse_second(post, person)
        made = propose(written, post=post, person=person, terms=terms, recorder=by, file=file, changes=now)
    holding.refresh_from_db()
    return made


def propose(
    written: Journals,
    *,
    post: Post,
    person: Person,
    terms: Terms,
    recorder: Person | None,
    file: LetterFile | None = None,
    file_sha256: str = "",
    changes: Holding | None = None,
    leave: Leave | None = None,
) -> Appointment:
    """Record a holding or its change within the turn, and let it come into force where it needs nobody. Checked already.

    Raises FieldErrors where a second word is needed and the letter's file is not there.
    """
    needed = _needed(post, person, terms, recorder, changes, leave)
    confirmed = Consent.CONFIRMATION in needed
    sha256 = _kept(file) if file else file_sha256
    if confirmed and not sha256:
        raise FieldErrors({"file": LETTER_NEEDED})
    one = Appointment.objects.create(
        post=post,
        person=person,
        kind=terms.kind,
        since=terms.begins,
        until=terms.until,
        letter=line(terms.letter),
        own_post=terms.own_post,
        leave=leave,
        changes=changes,
        before=holding_data(changes) if changes else {},
        file_sha256=sha256,
        recorded_by=recorder,
        recorded_name=written.author.person_name,
        recorded_at=written.at,
        needs_acceptance=Consent.ACCEPTANCE in needed,
        needs_confirmation=confirmed,
    )
    if needed:
        written.record(
            "offices:appointment:proposed", f"post:{post.pk}", appointment_data(one), person=person, file_sha256=sha256
        )
        return one
    take_effect(written, one)
    return one


def _needed(
    post: Post, person: Person, terms: Terms, recorder: Person | None, changes: Holding | None, leave: Leave | None
) -> frozenset[Consent]:
    if changes and narrows(terms_of(changes), terms):
        return consents_needed(Proposal(post.role, narrows=True))
    return consents_needed(proposal_of(post, person, recorder, by_leave=leave is not None))


LETTER_NEEDED = (
    "Unggah surat keputusan/perintahnya (PDF, PNG, atau JPG). Penugasan untuk diri sendiri, atau pada jabatan yang memutuskan, "
    "disahkan orang kedua yang membaca surat itu."
)


def proposal_of(post: Post, person: Person, recorder: Person | None, *, by_leave: bool = False) -> Proposal:
    """The facts about a holding that decide which consents it needs."""
    established = Holding.objects.on(today_in(post.office_id)).filter(
        post__office=post.office_id, post__role__in=DECIDES, person=person, kind__in=ESTABLISHED, leave__isnull=True
    )
    return Proposal(
        post.role,
        own=recorder is not None and recorder.pk == person.pk,
        elsewhere=person.home_id != post.office_id,
        by_files=recorder is None,
        by_leave=by_leave,
        decides_already=post.role in DECIDES and by_leave and established.exists(),
    )


def appointment_data(one: Appointment) -> dict[str, Any]:
    """An appointment as the journal keeps it."""
    said = Holding(
        post=one.post, person=one.person, kind=one.kind, since=one.since, until=one.until, letter=one.letter,
        own_post=one.own_post,
    )  # fmt: skip
    more = {"before": one.before} if one.before else {}
    consents = {
        name: value
        for name, value in (("accepted_by", one.accepted_name), ("confirmed_by", one.confirmed_name))
        if value
    }
    return {
        **holding_data(said),
        **more,
        **consents,
        "appointment": one.pk,
        "office": one.post.office.name,
        "recorded_by": one.recorded_name,
        "waits_for": one.missing,
    }


def manager_of(post: Post, by: Person) -> Author:
    """`by` as who may record holdings of the post's office. Raises HoldsNoPost or OnLeave."""
    return acting_in(by, post.office_id, roles=MAY_MANAGE_OFFICE, to="mengubah pengaturan kantor").author


def _tidied(terms: Terms) -> tuple[Any, ...]:
    return terms.kind, terms.since, terms.until, line(terms.letter), terms.own_post


def _refuse_second(post: Post, person: Person) -> None:
    if Appointment.objects.filter(post=post, person=person, state=Appointment.State.WAITING).exists():
        cause = f"Penugasan {person.name} pada jabatan ini sudah tercatat dan menunggu persetujuan"
        raise FieldErrors({"since": f"{cause}. Tarik dahulu catatan itu bila hendak mengubahnya."})


def _kept(file: LetterFile) -> str:
    """Keep the letter's file, whose type is told from its bytes; its digest. Raises FieldErrors."""
    if len(file.content) > FILE_LIMIT:
        raise FieldErrors({"file": "Berkas terlalu besar: paling banyak 10 MB. Pindai ulang dengan mutu lebih rendah."})
    try:
        kind = content.check(file.content, "Surat", content.SCANS)
    except content.ContentRefused as refusal:
        raise FieldErrors({"file": str(refusal)}) from refusal
    return files.store(file.content, media_type=kind.media_type)


def take_effect(written: Journals, one: Appointment) -> None:
    """Make or change the holding. What has waited gives no day before today: never backwards."""
    waited = bool(one.accepted_at or one.confirmed_at)
    if waited and one.until is not None and one.until < one.post.office.today():
        raise NoLongerPossible(f"masanya sudah lewat pada {one.until:%d-%m-%Y}.")
    if one.before:
        _change(written, one, waited)
    else:
        _begin(written, one, waited)
    one.state, one.decided_at, one.decided_name = Appointment.State.IN_FORCE, written.at, written.author.person_name
    one.save()


def _begin(written: Journals, one: Appointment, waited: bool) -> None:
    since = max(one.since, one.post.office.today()) if waited else one.since
    if waited:
        _check_again(one, since, None)
    values = {"kind": one.kind, "since": since, "until": one.until, "letter": one.letter, "own_post": one.own_post}
    one.holding = Holding.objects.create(post=one.post, person=one.person, leave=one.leave, **values)
    written.record(
        "offices:holding:begun", f"post:{one.post_id}", {**holding_data(one.holding), **_by(one)}, person=one.person
    )


def _change(written: Journals, one: Appointment, waited: bool) -> None:
    rows = Holding.objects.select_related("person", "post__office", "own_post__parent")
    holding = rows.filter(pk=one.changes_id or 0).first()
    if holding is None or holding_data(holding) != one.before:
        raise NoLongerPossible("catatan yang hendak diubah sudah diubah orang lain.")
    since = max(one.since, holding.since) if waited else one.since
    if waited:
        _check_again(one, since, holding)
    values = {"kind": one.kind, "since": since, "until": one.until, "letter": one.letter, "own_post": one.own_post}
    Holding.objects.filter(pk=holding.pk).update(**values)
    holding.refresh_from_db()
    one.holding = holding
    check_mandates(one.person, one.post)
    if one.post.role in MAY_MANAGE_OFFICE:
        check_still_managed(one.post.office)
    data = {**holding_data(holding), "before": one.before, **_by(one)}
    written.record("offices:holding:changed", f"post:{one.post_id}", data, person=one.person)


def _by(one: Appointment) -> dict[str, str]:
    """Who recorded and who consented, where somebody had to."""
    if not (one.accepted_at or one.confirmed_at):
        return {}
    names = {"recorded_by": one.recorded_name, "accepted_by": one.accepted_name, "confirmed_by": one.confirmed_name}
    return {name: value for name, value in names.items() if value}


def _check_again(one: Appointment, since: date, holding: Holding | None) -> None:
    """The office may have changed since it was recorded. A leave may come without a letter. Raises NoLongerPossible."""
    terms = Terms(one.kind, since, one.until, one.letter or "cuti", one.own_post)
    try:
        refuse_wrong_terms(one.post, one.person, terms)
        refuse_overlap(one.post, one.person, terms, holding)
    except FieldErrors as error:
        raise NoLongerPossible(str(error)) from None


def withdraw_those_of(written: Journals, leave: Leave, reason: str) -> None:
    """Take back, within the turn, what a leave proposed and nobody has consented to yet."""
    waiting = appointments_with_all().filter(leave=leave, state=Appointment.State.WAITING)
    for one in waiting:
        close(written, one, Appointment.State.WITHDRAWN, reason, written.author)


def close(written: Journals, one: Appointment, state: Appointment.State, reason: str, author: Author) -> None:
    """End a waiting appointment, within the turn, without a holding."""
    one.state, one.reason = state, reason
    one.decided_at, one.decided_name = written.at, named(author)
    one.stamp += 1
    one.save()
    verb = "refused" if state == Appointment.State.REFUSED else "withdrawn"
    data = {**appointment_data(one), "reason": reason}
    written.record(f"offices:appointment:{verb}", f"post:{one.post_id}", data, person=one.person, author=author)


def named(author: Author) -> str:
    """Who gave a word, as the pages and the journal name them."""
    return f"{author.person_name} ({author.post_title})" if author.post_title else author.person_name
