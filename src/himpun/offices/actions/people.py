"""People are added and changed, and given a new password."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from himpun import clock
from himpun.archive.journal import act
from himpun.errors import FieldErrors
from himpun.offices.access import links
from himpun.offices.actions.texts import PERSON_TEXTS, manager
from himpun.offices.cells import email as read_email
from himpun.offices.cells import nip as read_nip
from himpun.offices.cells import username as read_username
from himpun.offices.holdings.terms import check_still_managed
from himpun.offices.models.offices import Office
from himpun.offices.models.people import Person
from himpun.offices.queries import roles_ahead
from himpun.offices.rules import (
    Handing,
    NotHandedOver,
    check_may_manage_access,
    link_goes,
)
from himpun.offices.today import days_of_today
from himpun.offices.wording import wrong_cell, wrong_texts
from himpun.typed import Complaints, line


def add_person(*, office: Office, fields: Mapping[str, str], by: Person) -> links.Given:
    """Add somebody who can log in: username, name, nip, rank, email. Returns the link for their first password.

    Raises HoldsNoPost or FieldErrors.
    """
    author = manager(by, office)
    username = fields.get("username", "").strip()
    wrong = _wrong_person(fields, None)
    wrong |= wrong_cell("username", username, read_username)
    wrong.refuse()
    with act(office.code, at=clock.now(), author=author) as turn:
        try:
            with transaction.atomic():
                person = Person.objects.create_user(username, None, home=office, **_person_values(fields))
        except IntegrityError:
            taken = "Nama pengguna ini sudah dipakai. Tambahkan pembeda, misalnya nama belakang."
            raise FieldErrors({"username": taken}) from None
        given = links.give_link(person, turn.at)
        turn.record("offices:person:added", f"person:{person.pk}", {"name": person.name})
    return given


def change_person(*, office: Office, person: Person, fields: Mapping[str, str], active: bool, by: Person) -> Person:
    """Change a person's name, NIP, rank and e-mail, and whether they may log in; the username stays.

    The e-mail of somebody who decides is theirs to change: a link could be asked for at it. Raises HoldsNoPost, NotOurs,
    FieldErrors or NobodyManages.
    """
    author = manager(by, office)
    _check_ours(office, person)
    wrong = _wrong_person(fields, person)
    if not active and person.pk == by.pk:
        wrong["is_active"] = "Anda tidak dapat menutup akses diri sendiri. Minta pengelola lain melakukannya."
    wrong.refuse()
    values = {**_person_values(fields), "is_active": active}
    with act(office.code, at=clock.now(), author=author) as turn:
        before = Person.objects.get(pk=person.pk)
        changed = {name: value for name, value in values.items() if getattr(before, name) != value}
        if (
            "email" in changed
            and link_goes(roles_ahead(person, days_of_today()[0]), mailable=True) is not Handing.SHOWN
        ):
            raise FieldErrors({"email": _ADDRESS_THEIRS})
        if changed:
            Person.objects.filter(pk=person.pk).update(**changed)
            check_still_managed(office)
            difference = {name: [getattr(before, name), value] for name, value in changed.items()}
            data = {"name": values["name"], "changed": difference}
            turn.record("offices:person:changed", f"person:{person.pk}", data)
    person.refresh_from_db()
    return person


_ADDRESS_THEIRS = (
    "Surel pemangku jabatan yang memutuskan hanya diubah olehnya sendiri (menu namanya → Saluran pesan → Surel saya), "
    "atau oleh administrator dari berkas people.csv."
)


def reset_password(*, office: Office, person: Person, by: Person) -> links.Given:
    """End a person's password, sessions and tokens; returns the link for a new one.

    Raises HoldsNoPost, NotOurs or NotHandedOver.
    """
    author = manager(by, office)
    _check_ours(office, person)
    with act(office.code, at=clock.now(), author=author) as turn:
        if link_goes(roles_ahead(person, days_of_today()[0]), mailable=False) is not Handing.SHOWN:
            raise NotHandedOver(person.name, person.username)
        given = links.reset_access(person, turn.at)
        turn.record("offices:person:password-reset", f"person:{person.pk}", {"name": person.name})
    return given


def note_link_mailed(*, office: Office, person: Person, by: Person) -> None:
    """Record that a manager lets a link be mailed to a person, who keeps their password until they use it.

    Within the transaction that leaves the mail to the worker. Raises HoldsNoPost or NotOurs.
    """
    author = manager(by, office)
    _check_ours(office, person)
    with act(office.code, at=clock.now(), author=author) as turn:
        turn.record("offices:person:link-mailed", f"person:{person.pk}", {"name": person.name})


def _check_ours(office: Office, person: Person) -> None:
    home = Person.objects.values_list("home_id", flat=True).get(pk=person.pk)
    check_may_manage_access(person.name, home=home, office=office.pk)


def _person_values(fields: Mapping[str, str]) -> dict[str, Any]:
    return {name: line(fields.get(name, "")) for name in PERSON_TEXTS}


def _wrong_person(fields: Mapping[str, str], person: Person | None) -> Complaints:
    texts = {name: fields.get(name, "") for name in (*PERSON_TEXTS, *(() if person else ("username",)))}
    wrong = wrong_texts(Person, texts, ("name",) if person else ("name", "username"))
    nip, email = line(texts["nip"]), line(texts["email"])
    if nip:
        wrong |= wrong_cell("nip", nip, read_nip)
        others = Person.objects.exclude(pk=person.pk if person else 0)
        if "nip" not in wrong and others.filter(nip__in=[nip, re.sub(r"\s", "", nip)]).exists():
            wrong["nip"] = "NIP ini sudah dipakai orang lain. Periksa kembali angkanya."
    if email:
        wrong |= wrong_cell("email", email, read_email)
    return wrong
