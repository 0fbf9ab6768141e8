"""Tables of the ledger."""

from audits.ledger.models.event import Event

__all__ = ["Event"]
