from django.apps import AppConfig


class CyclesConfig(AppConfig):
    name = "himpun.cycles"
    label = "cycles"

    def ready(self) -> None:
        """Let the check of the archive know what records of decisions say, and procedures what a step may do."""
        import himpun.cycles.recorded  # noqa: F401
        from himpun.cycles.steps.actions import STEP_ACTIONS
        from himpun.procedures import doings

        doings.allow(STEP_ACTIONS)
