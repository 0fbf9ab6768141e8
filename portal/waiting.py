"""What waits for a person, as numbers for the sidebar, and the newest checkpoint for its foot."""

from dataclasses import dataclass
from datetime import datetime

from audits.identity.actors import Actor
from audits.ledger.selectors import newest_checkpoint as newest
from prompts.lifecycle.selectors import requests_waiting_for


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many entries were signed for, and when."""

    size: int
    time: datetime


def waiting(actor: Actor) -> dict[str, int]:
    """Counts by the name that ``portal.settings.navigation`` uses; only what waits for this very person."""
    return {"desk": len(requests_waiting_for(actor))}


def newest_checkpoint() -> Checkpoint | None:
    """The newest signed checkpoint, or None before the first."""
    row = newest()
    return Checkpoint(row.size, row.signed_at) if row else None
