from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The ledger's verification and the exports learn what the rooms above keep; settings are checked."""
        from portal import checks as checks
        from portal import holds, packs, recorded, verifiers

        recorded.register_all()
        verifiers.register_all()
        packs.register_all()
        holds.register_all()
