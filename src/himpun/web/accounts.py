"""Login by allauth: people are made in Pengaturan or loaded with their office, nobody signs themselves up."""

from functools import lru_cache
from typing import Any, ClassVar

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import parse_rates
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import HttpRequest

from himpun.errors import FieldErrors
from himpun.offices.access import attempts, links
from himpun.offices.models.people import Person
from himpun.web.addresses import address_of

log = structlog.get_logger("himpun.access")


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """No self-registration; a password that changes ends what was given under the older one."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": (
            "Nama pengguna atau kata sandi tidak cocok. Periksa huruf besar dan kecilnya; bila lupa, buka “Lupa kata sandi?”."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def set_password(self, user: Person, password: str) -> None:
        links.change_password(person=user, password=password)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Instead of allauth's limits, which count successes too and by address alone."""
        name, address = credentials.get("username", ""), self.get_client_ip(request)
        if attempts.is_held_back(name, address, login_limits(settings.LOGIN_FAILED_LIMIT)):
            log.warning("login-held-back", address=address)
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        person: Person | None = super().authenticate(request, **credentials)
        name, address = credentials.get("username", ""), self.get_client_ip(request)
        meant = attempts.note(name, address, passed=person is not None)
        if person is None:
            log.warning("login-failed", person=meant.username if meant else "tidak dikenal", address=address)
        return person


def is_own_password(request: HttpRequest, person: Person, password: str) -> bool:
    """Whether somebody logged in types their own password; counted like a login. Raises FieldErrors at `password`."""
    try:
        found = ClosedSignup(request).authenticate(request, username=person.username, password=password)
    except ValidationError as problem:
        raise FieldErrors({"password": " ".join(problem.messages)}) from None
    return found is not None and found.pk == person.pk


@lru_cache(maxsize=4)
def login_limits(text: str) -> tuple[attempts.Limit, ...]:
    """HIMPUN_LOGIN_FAILED_LIMIT. Raises ImproperlyConfigured, naming what is accepted."""
    try:
        limits = tuple(attempts.Limit(rate.amount, rate.duration, rate.per) for rate in parse_rates(text))
    except ValueError:
        limits = ()
    if not limits or any(one.per not in (attempts.PAIR, attempts.ACCOUNT, attempts.ADDRESS) for one in limits):
        raise ImproperlyConfigured(
            f"HIMPUN_LOGIN_FAILED_LIMIT: “{text}” tidak terbaca. Yang diterima: 5/5m/pair,20/h/key,40/5m/ip "
            "(pair: nama dan alamat bersama, key: nama, ip: alamat; s, m, h, d)."
        )
    return limits
