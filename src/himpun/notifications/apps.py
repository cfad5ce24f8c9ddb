from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "himpun.notifications"
    label = "notifications"
