from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The ledger's verification learns what the rooms above it keep; settings are checked."""
        from portal import checks as checks
        from portal.verifiers import register_all

        register_all()
