"""Logins counted: by name and address together, so that an office's morning passes and guessing does not.

Only failures count. Where somebody has logged in before, from that address only their own failures there keep them out:
nobody outside can lock them out by guessing, nor a neighbour behind the same router. Minutes that the clock has not
reached (it was ahead, and was put back) are never looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Sum
from django.utils.crypto import salted_hmac

from himpun import clock
from himpun.offices.models.people import LoginTally, Person

PAIR, ACCOUNT, ADDRESS = "pair", "key", "ip"
KNOWN_DAYS, KEPT_DAYS, SHOWN_DAYS = 30, 90, 30
ADDRESS_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures in so many seconds, counted per name and address (pair), name (key) or address (ip)."""

    amount: int
    seconds: float
    per: str


@dataclass(frozen=True, slots=True)
class Failures:
    """The failed logins in a person's name of the last `SHOWN_DAYS`."""

    count: int
    last_at: datetime
    addresses: Sequence[str]


def is_held_back(name: str, address: str, limits: Sequence[Limit]) -> bool:
    """Whether a login is refused before its password is looked at."""
    who, address, minute = _who(name), address[:ADDRESS_LENGTH], _minute(clock.now())
    known = LoginTally.objects.filter(
        who=who, address=address, passed__gt=0, minute__gt=minute - KNOWN_DAYS * 24 * 60
    ).exists()
    by = {PAIR: {"who": who, "address": address}, ACCOUNT: {"who": who}, ADDRESS: {"address": address}}
    for limit in limits:
        if known and limit.per != PAIR:
            continue
        rows = LoginTally.objects.filter(minute__gt=minute - ceil(limit.seconds / 60), minute__lte=minute)
        if (rows.filter(**by[limit.per]).aggregate(sum=Sum("failed"))["sum"] or 0) >= limit.amount:
            return True
    return False


def note(name: str, address: str, *, passed: bool) -> Person | None:
    """Count one login; returns whose name it was. Known and unknown names cost the same."""
    person = Person.objects.filter(username__iexact=name.strip()).order_by("pk").first()
    minute = _minute(clock.now())
    row = {"who": _who(name), "address": address[:ADDRESS_LENGTH], "minute": minute}
    field = "passed" if passed else "failed"
    more = {field: F(field) + 1}
    if not LoginTally.objects.filter(**row).update(**more):
        try:
            with transaction.atomic():
                LoginTally.objects.create(**row, person=person, **{field: 1})
        except IntegrityError:
            LoginTally.objects.filter(**row).update(**more)
    LoginTally.objects.filter(minute__lt=minute - KEPT_DAYS * 24 * 60).delete()
    return person


def failures_of(person: Person) -> Failures | None:
    """What its office is shown; None when there was none."""
    minute = _minute(clock.now())
    rows = LoginTally.objects.filter(person=person, failed__gt=0, minute__gt=minute - SHOWN_DAYS * 24 * 60)
    found = rows.filter(minute__lte=minute).aggregate(sum=Sum("failed"), last=Max("minute"))
    if not found["sum"]:
        return None
    addresses = rows.order_by("-minute").values_list("address", flat=True)[:100]
    last_at = datetime.fromtimestamp(found["last"] * 60, UTC)
    return Failures(found["sum"], last_at, list(dict.fromkeys(addresses))[:3])


def _minute(at: datetime) -> int:
    return int(at.timestamp() // timedelta(minutes=1).total_seconds())


def _who(name: str) -> str:
    return salted_hmac("himpun.offices.access.attempts", name.strip().lower(), algorithm="sha256").hexdigest()
