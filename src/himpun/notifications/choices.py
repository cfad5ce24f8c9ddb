"""What a person chooses for themselves: their channels, when they are not disturbed, what they do not want to hear of."""

import uuid
from collections.abc import Iterable
from datetime import time

from django.core.cache import cache

from himpun.errors import FieldErrors, Refusal
from himpun.notifications.channels import MAIL, NotSent, Parcel, channels
from himpun.notifications.models import Channel, Message, Preference
from himpun.notifications.timing import is_quiet
from himpun.offices.models.people import Person

TRIAL_REST = 20
"""Seconds between two trial messages of one person."""


class NoSuchChannel(Refusal):
    """The operator has set up no such channel."""

    code = "saluran-tidak-ada"
    status = 404

    def __init__(self, kind: str) -> None:
        super().__init__(f"Saluran “{kind}” tidak disiapkan di sini. Pilih saluran yang ada di daftar.")


class NoTrial(Refusal):
    """A trial message cannot be sent now, or was not taken."""

    code = "pesan-uji-gagal"


def choose_channel(*, person: Person, kind: str, address: str, digest: bool) -> Channel:
    """Let a person be reached by a channel at this address. Raises NoSuchChannel or FieldErrors."""
    kinds = channels()
    if kind not in kinds:
        raise NoSuchChannel(kind)
    values = {"address": kinds[kind].checked(address), "digest": digest, "active": True}
    return Channel.objects.update_or_create(person=person, kind=kind, defaults=values)[0]


def switch_off(*, person: Person, kind: str) -> None:
    """No longer reach a person by a channel. E-mail stays known as switched off, else it would be used without asking."""
    rows = Channel.objects.filter(person=person, kind=kind)
    if kind != MAIL:
        rows.delete()
    elif not rows.update(active=False):
        Channel.objects.create(person=person, kind=kind, address=person.email, active=False)


def choose_times(*, person: Person, quiet_from: time | None, quiet_until: time | None, digest_at: time | None) -> None:
    """When a person is not disturbed and reads their digest. Raises FieldErrors for a time that is missing."""
    given = {"quiet_from": quiet_from, "quiet_until": quiet_until, "digest_at": digest_at}
    if missing := [name for name, clock in given.items() if clock is None]:
        raise FieldErrors(dict.fromkeys(missing, "Tulis jam seperti 20.00."))
    if quiet_from and quiet_until and digest_at and is_quiet(digest_at, quiet_from, quiet_until):
        raise FieldErrors({"digest_at": "Ringkasan jatuh dalam jam tenang. Pilih pukul di luar jam itu."})
    Preference.objects.update_or_create(person=person, defaults=given)


def choose_topics(*, person: Person, wanted: Iterable[str]) -> None:
    """The topics a person wants to hear of by their channels; what is obligatory is sent all the same."""
    off = sorted(set(Message.Topic.values) - set(wanted))
    Preference.objects.update_or_create(person=person, defaults={"topics_off": off})


def try_channel(*, person: Person, kind: str, address: str) -> str:
    """Send a trial message now and return its proof. Raises NoSuchChannel, FieldErrors or NoTrial."""
    kinds = channels()
    if kind not in kinds:
        raise NoSuchChannel(kind)
    if not cache.add(f"pesan-uji:{person.pk}", True, TRIAL_REST):
        raise NoTrial(f"Tunggu {TRIAL_REST} detik sebelum mengirim pesan uji lagi.")
    body = "Ini pesan uji dari Himpun. Bila Anda membacanya, saluran ini siap dipakai."
    sender = kinds[kind].open()
    try:
        return sender.send(Parcel(uuid.uuid4(), kinds[kind].checked(address), "Pesan uji dari Himpun", body))
    except NotSent as failure:
        raise NoTrial(f"Pesan uji tidak terkirim. {failure}") from failure
    finally:
        sender.close()
