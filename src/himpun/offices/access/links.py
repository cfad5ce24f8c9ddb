"""How a person comes in: the one-time link by which they set a password, the first time and after every reset.

A link is told once and kept by its digest. It ends when it is used, when a newer one is made, when the password is
changed by any door, or after `LINK_DAYS`. Looking at its page uses nothing: mail scanners do that.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models, transaction

from himpun import clock
from himpun.archive.journal import SYSTEM, Author, act
from himpun.errors import Refusal
from himpun.offices.cells import email as read_email
from himpun.offices.models.offices import Office
from himpun.offices.models.people import OneTimeLink, Person
from himpun.offices.wording import wrong_texts
from himpun.typed import Complaints, line

T = TypeVar("T")
LINK_DAYS = 7
AHEAD = timedelta(days=1)
"""A link made so much later than now was made while the clock of the computer was wrong."""
LONGEST_PASSWORD = 256

ASK = "Minta tautan baru kepada pengelola Pengaturan kantor Anda."


class LinkUnusable(Refusal):
    """The link is not known, was used, was replaced or is too old."""

    code = "tautan-tidak-berlaku"
    status = 410


class PersonUnknown(Refusal):
    """Nobody who may log in has this user name."""

    code = "orang-tidak-dikenal"

    def __init__(self, username: str) -> None:
        super().__init__(
            f"Tidak ada orang aktif dengan nama pengguna “{username}”. Periksa ejaannya di Pengaturan kantor."
        )


@dataclass(frozen=True, slots=True)
class Given:
    """A link as it is told, once: `secret` is kept nowhere."""

    person: Person
    secret: str
    expires: datetime


def digest_of(secret: str) -> str:
    """What is kept of a secret. It has 256 random bits, so that a plain SHA-256 cannot be searched."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


# --- giving links -----------------------------------------------------------------------------------------------------


def reset_access(person: Person, at: datetime) -> Given:
    """End a person's password, and with it their sessions, tokens and links; give a link for a new one. Within an act."""
    fresh = Person.objects.select_for_update().get(pk=person.pk)
    fresh.set_unusable_password()
    fresh.save(update_fields=["password", "access_no"])
    person.password, person.access_no = fresh.password, fresh.access_no
    return give_link(fresh, at)


def give_link(person: Person, at: datetime) -> Given:
    """A link beside what the person has; it ends their older one. Within a transaction."""
    fresh = Person.objects.select_for_update().get(pk=person.pk)
    _open_links(fresh).update(ended_at=at)
    given = Given(fresh, secrets.token_urlsafe(32), at + timedelta(days=LINK_DAYS))
    OneTimeLink.objects.create(
        person=fresh,
        digest=digest_of(given.secret),
        access_no=fresh.access_no,
        made_at=at,
        expires=given.expires,
    )
    return given


def link_by_operator(*, username: str) -> Given:
    """A new link for somebody whom the operator names; what they had is over. Raises PersonUnknown."""
    person = Person.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise PersonUnknown(username)
    return _noted(person, SYSTEM, "offices:person:password-reset", lambda at: reset_access(person, at))


def first_links(*, office: Office, usernames: Iterable[str]) -> list[Given]:
    """Links for those of the people who have no password yet and no link in force; others keep what they have."""
    new = [one for one in _without_password(usernames) if not has_open_link(one)]
    if not new:
        return []
    with act(office.code, at=clock.now(), author=SYSTEM) as turn:
        given = [give_link(person, turn.at) for person in new]
        turn.record("offices:person:links-made", f"office:{office.code}", {"count": len(given)})
    return given


def waiting_for_password(usernames: Iterable[str]) -> list[Person]:
    """Those of the people who have a link in force and have not used it yet."""
    return [one for one in _without_password(usernames) if has_open_link(one)]


def _without_password(usernames: Iterable[str]) -> list[Person]:
    people = Person.objects.filter(username__in=list(usernames), is_active=True).order_by("name", "id")
    return [one for one in people if not one.has_usable_password()]


def has_open_link(person: Person) -> bool:
    """Whether a link of theirs could be used now."""
    now = clock.now()
    links = _open_links(person).filter(access_no=person.access_no, expires__gt=now, made_at__lte=now + AHEAD)
    return links.exists()


def _open_links(person: Person) -> "models.QuerySet[OneTimeLink]":
    return OneTimeLink.objects.filter(person=person, used_at__isnull=True, ended_at__isnull=True)


# --- using them -------------------------------------------------------------------------------------------------------


def open_link(secret: str) -> OneTimeLink:
    """The link of a secret, as long as it can be used; nothing changes. Raises LinkUnusable, saying what to do."""
    link = OneTimeLink.objects.filter(digest=digest_of(secret)).select_related("person").first()
    if link is None:
        raise LinkUnusable(f"Tautan ini tidak dikenal. Salin seluruhnya dari pesan yang Anda terima. {ASK}")
    now = clock.now()
    if link.used_at:
        raise LinkUnusable(
            "Tautan ini sudah dipakai. Masuklah dengan kata sandi yang ditetapkan waktu itu. "
            f"Bila bukan Anda yang memakainya, segera laporkan. {ASK}"
        )
    if link.ended_at or link.access_no != link.person.access_no:
        raise LinkUnusable(
            f"Tautan ini sudah diganti yang lebih baru, atau kata sandinya sudah diubah. Pakai yang terbaru. {ASK}"
        )
    if not link.person.is_active:
        raise LinkUnusable("Akses Anda ke Himpun ditutup. Hubungi pengelola Pengaturan kantor Anda.")
    if link.expires <= now or link.made_at > now + AHEAD:
        raise LinkUnusable(f"Tautan ini sudah lewat masa berlakunya ({LINK_DAYS} hari). {ASK}")
    return link


def redeem(*, secret: str, password: str, again: str) -> Person:
    """Set the password of the link's person, once. Raises LinkUnusable or FieldErrors (password1, password2)."""
    link = open_link(secret)
    check_password(link.person, password, again)
    return _noted(
        link.person, _self(link.person), "offices:person:password-set", lambda at: _redeemed(secret, password, at)
    )


def _redeemed(secret: str, password: str, at: datetime) -> Person:
    link = open_link(secret)
    person = Person.objects.select_for_update().get(pk=link.person_id)
    if not _open_links(person).filter(pk=link.pk, access_no=person.access_no).update(used_at=at):
        open_link(secret)
        raise LinkUnusable(f"Tautan ini baru saja dipakai atau diganti. {ASK}")
    _set(person, password)
    return person


def change_password(*, person: Person, password: str) -> None:
    """A person changes their own password, which was checked; their tokens, links and other sessions end."""

    def set_now(at: datetime) -> None:
        fresh = Person.objects.select_for_update().get(pk=person.pk)
        _open_links(fresh).update(ended_at=at)
        _set(fresh, password)
        person.password, person.access_no = fresh.password, fresh.access_no

    _noted(person, _self(person), "offices:person:password-set", set_now)


def change_address(*, person: Person, email: str) -> Person:
    """A person whose password was just checked changes their own e-mail address; links out by mail end. Raises FieldErrors."""
    email = line(email)
    wrong = wrong_texts(Person, {"email": email}, ())
    if email and not wrong:
        wrong.read("email", email, read_email, None)
    wrong.refuse()

    def set_now(at: datetime) -> Person:
        fresh = Person.objects.select_for_update().get(pk=person.pk)
        _open_links(fresh).update(ended_at=at)
        fresh.email = email
        fresh.save(update_fields=["email"])
        return fresh

    return _noted(person, _self(person), "offices:person:address-changed", set_now)


def _set(person: Person, password: str) -> None:
    person.set_password(password)
    person.save(update_fields=["password", "access_no"])


def check_password(person: Person, password: str, again: str) -> None:
    """Raises FieldErrors with the sentences of the validators."""
    wrong = Complaints()
    if len(password) > LONGEST_PASSWORD:
        wrong["password1"] = f"Terlalu panjang; paling banyak {LONGEST_PASSWORD} huruf."
    elif "\0" in password:
        wrong["password1"] = "Ada karakter yang tidak dapat dipakai. Ketik ulang tanpa menyalin."
    else:
        try:
            validate_password(password, person)
        except ValidationError as problem:
            wrong["password1"] = " ".join(problem.messages)
    if password != again:
        wrong["password2"] = "Tidak sama dengan yang di atas. Ketik ulang keduanya."
    wrong.refuse()


# --- the journal ------------------------------------------------------------------------------------------------------


def _self(person: Person) -> Author:
    return Author(person.username, person.name)


def _noted(person: Person, author: Author, name: str, change: Callable[[datetime], T]) -> T:
    """Change something of a person's access and record it in the journal of the office that looks after them."""
    office = Office.objects.filter(people=person).first()
    if office is None:
        with transaction.atomic():
            return change(clock.now())
    with act(office.code, at=clock.now(), author=author) as turn:
        done = change(turn.at)
        turn.record(name, f"person:{person.pk}", {"name": person.name})
    return done
