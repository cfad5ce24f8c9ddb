from django.apps import AppConfig
from django.conf import settings


class NotificationsConfig(AppConfig):
    name = "himpun.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Wrong channels stop the start, naming what is accepted."""
        if settings.CHANNELS:
            from himpun.notifications.channels import read_channels

            read_channels(settings.CHANNELS)
