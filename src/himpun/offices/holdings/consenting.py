"""Answering a waiting appointment: accepting and confirming it, refusing it, taking it back.

The last consent lets the holding come into force. Each act stands in the journals as `appointments` says.
"""

from himpun.archive.journal import CONSOLE, Author
from himpun.errors import Conflict, NotAllowed
from himpun.offices.acting import actor_of
from himpun.offices.holdings.appointments import appointment_data, close, manager_of, named, proposal_of, take_effect
from himpun.offices.holdings.awaiting import Awaited, appointments_with_all, awaited, may_accept, may_give
from himpun.offices.journals import Journals, journals
from himpun.offices.models.holdings import Appointment
from himpun.offices.models.people import Person
from himpun.offices.rules import Consent, consents_needed
from himpun.typed import needed


class NotYours(NotAllowed):
    """Somebody who may not give this consent tried to."""

    code = "bukan-yang-dimintai"

    def __init__(self) -> None:
        super().__init__(
            "Penugasan ini tidak menunggu Anda. Halamannya menyebut siapa yang dapat menyetujui dan siapa yang dapat "
            "mengesahkannya; yang mencatat dan yang ditugaskan tidak mengesahkan penugasannya sendiri.",
        )


class AlreadyDecided(Conflict):
    """The appointment is in force, refused or withdrawn already."""

    code = "penugasan-sudah-diputus"

    def __init__(self, state: str) -> None:
        super().__init__(f"Penugasan ini sudah {state.lower()}. Muat ulang halaman untuk melihat keadaannya.")


def consent(*, appointment: Appointment, by: Person) -> Appointment:
    """Give every consent that is `by`'s to give; the last one lets the holding come into force.

    Raises AlreadyDecided, NotYours, NoLongerPossible or FieldErrors.
    """
    with journals(appointment.post.office, appointment.person, author=Author(by.username, by.name)) as written:
        one = _waiting(appointment)
        able = awaited([one], one.post.office.today())[one.pk]
        if not may_give(one, able, by):
            raise NotYours
        _reconsider(one)
        if may_accept(one, able, by):
            author = _accepting_author(one, able, by)
            one.accepted_name, one.accepted_at = named(author), written.at
            written.record(
                "offices:appointment:accepted",
                f"post:{one.post_id}",
                appointment_data(one),
                person=one.person,
                author=author,
            )
        able = awaited([one], one.post.office.today())[one.pk]
        if confirming := next((row for row in able.confirming if row.person_id == by.pk), None):
            author = actor_of(confirming).author
            one.confirmed_name, one.confirmed_at = named(author), written.at
            data = appointment_data(one)
            written.record(
                "offices:appointment:confirmed",
                f"post:{one.post_id}",
                data,
                person=one.person,
                file_sha256=one.file_sha256,
                author=author,
            )
        _settle(written, one)
    return one


def consent_from_console(*, appointment: Appointment) -> Appointment:
    """Give what is lacking as the administrator, where an office has nobody else who may. Raises as `consent` does."""
    with journals(appointment.post.office, appointment.person, author=CONSOLE) as written:
        one = _waiting(appointment)
        if one.needs_acceptance and not one.accepted_at:
            one.accepted_name, one.accepted_at = CONSOLE.person_name, written.at
        if one.needs_confirmation and not one.confirmed_at:
            one.confirmed_name, one.confirmed_at = CONSOLE.person_name, written.at
        written.record("offices:appointment:confirmed", f"post:{one.post_id}", appointment_data(one), person=one.person)
        _settle(written, one)
    return one


def refuse(*, appointment: Appointment, reason: str, by: Person) -> Appointment:
    """Say no, with a reason, as somebody whose consent it waits for. Raises AlreadyDecided, NotYours or FieldErrors."""
    reason = _reason(reason)
    with journals(appointment.post.office, appointment.person, author=Author(by.username, by.name)) as written:
        one = _waiting(appointment)
        able = awaited([one], one.post.office.today())[one.pk]
        if not may_give(one, able, by):
            raise NotYours
        row = next((row for row in (*able.confirming, *able.accepting) if row.person_id == by.pk), None)
        close(written, one, Appointment.State.REFUSED, reason, actor_of(row).author if row else written.author)
    return one


def withdraw(*, appointment: Appointment, reason: str, by: Person) -> Appointment:
    """Take back what the office recorded, with a reason. Raises HoldsNoPost, AlreadyDecided or FieldErrors."""
    reason, author = _reason(reason), manager_of(appointment.post, by)
    with journals(appointment.post.office, appointment.person, author=author) as written:
        one = _waiting(appointment)
        close(written, one, Appointment.State.WITHDRAWN, reason, author)
    return one


def _waiting(appointment: Appointment) -> Appointment:
    """The appointment as it is now, within the turn. Raises AlreadyDecided."""
    one = appointments_with_all().get(pk=appointment.pk)
    if one.state != Appointment.State.WAITING:
        raise AlreadyDecided(one.get_state_display())
    return one


def _reconsider(one: Appointment) -> None:
    """What it needs may have grown meanwhile: the post has got a role that decides, or the person has moved."""
    by_leave = one.leave_id is not None
    needed = consents_needed(proposal_of(one.post, one.person, one.recorded_by, by_leave=by_leave))
    one.needs_acceptance |= Consent.ACCEPTANCE in needed
    one.needs_confirmation |= Consent.CONFIRMATION in needed


def _accepting_author(one: Appointment, able: Awaited, by: Person) -> Author:
    row = next((row for row in able.accepting if row.person_id == by.pk), None)
    return actor_of(row).author if row and by.pk != one.person_id else Author(by.username, by.name)


def _reason(text: str) -> str:
    return needed(text, "Tulis alasannya, agar yang mencatat tahu apa yang harus diperbaiki.")


def _settle(written: Journals, one: Appointment) -> None:
    """Keep the consents; with the last of them the holding comes into force."""
    one.stamp += 1
    if not one.missing:
        take_effect(written, one)
        return
    one.save()
