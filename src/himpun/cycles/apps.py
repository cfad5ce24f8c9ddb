from django.apps import AppConfig


class CyclesConfig(AppConfig):
    name = "himpun.cycles"
    label = "cycles"
