from django.apps import AppConfig


class CyclesConfig(AppConfig):
    name = "himpun.cycles"
    label = "cycles"

    def ready(self) -> None:
        """Let the check of the archive know what records of decisions say."""
        import himpun.cycles.recorded  # noqa: F401
