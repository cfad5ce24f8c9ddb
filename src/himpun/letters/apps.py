from django.apps import AppConfig


class LettersConfig(AppConfig):
    name = "himpun.letters"
    label = "letters"
