from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "himpun.web"
    label = "web"
