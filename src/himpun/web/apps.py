from django.apps import AppConfig
from django.conf import settings


class WebConfig(AppConfig):
    name = "himpun.web"
    label = "web"

    def ready(self) -> None:
        """Wrong limits stop the start, naming what is accepted."""
        from himpun.web.accounts import login_limits

        login_limits(settings.LOGIN_FAILED_LIMIT)
