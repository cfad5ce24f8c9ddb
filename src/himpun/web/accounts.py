"""Login by allauth: people are made in Pengaturan or loaded with their office, nobody signs themselves up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from himpun.offices import access
from himpun.offices.models import Person
from himpun.web.addresses import client_address


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """No self-registration; a password that changes ends what was given under the older one."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def set_password(self, user: Person, password: str) -> None:
        access.change_password(person=user, password=password)
