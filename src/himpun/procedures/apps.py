from django.apps import AppConfig


class ProceduresConfig(AppConfig):
    name = "himpun.procedures"
    label = "procedures"
