from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "prompts.releases"
    label = "releases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Evaluations, a room below, learn what is live where: their schedules follow it."""
        from prompts.evaluations.live_versions import register
        from prompts.releases.selectors.pointers import live_version

        register(live_version)
