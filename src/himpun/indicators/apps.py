from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "himpun.indicators"
    label = "indicators"
