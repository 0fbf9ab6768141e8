"""What waits for a person, as numbers for the sidebar, and the newest checkpoint for its foot."""

from audits.identity.actors import Actor


def waiting(actor: Actor) -> dict[str, int]:
    """Counts by the name that ``portal.settings.navigation`` uses; only what waits for this very person."""
    return {}


def newest_checkpoint() -> object | None:
    """The newest signed checkpoint (``size``, ``time``), or None before the first."""
    return None
