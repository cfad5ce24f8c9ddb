from django.apps import AppConfig


class OfficesConfig(AppConfig):
    name = "himpun.offices"
    label = "offices"
