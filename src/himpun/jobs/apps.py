from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "himpun.jobs"
    label = "jobs"
