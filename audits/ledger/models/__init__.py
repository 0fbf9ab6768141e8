"""Tables of the ledger."""

from audits.ledger.models.event import Event
from audits.ledger.models.tree import Checkpoint, Leaf, Node

__all__ = ["Checkpoint", "Event", "Leaf", "Node"]
