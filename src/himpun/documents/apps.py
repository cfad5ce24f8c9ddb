from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "himpun.documents"
    label = "documents"
