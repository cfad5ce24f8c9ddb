from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "himpun.api"
    label = "api"
