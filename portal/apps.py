import gc

from django.apps import AppConfig

YOUNG, MIDDLE, OLD = 50_000, 20, 20
"""Python looks for cycles among young objects after so many more were made than freed, not after each 700: a
piece of 500 rows is made and freed whole, and looking through it again and again took a fifth of its time."""


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
        gc.freeze()
        gc.set_threshold(YOUNG, MIDDLE, OLD)
