"""Tables of the ledger."""

from audits.ledger.models.event import Event
from audits.ledger.models.tree import Checkpoint, Leaf, Node
from audits.ledger.models.verification import Alarm, Verification

__all__ = ["Alarm", "Checkpoint", "Event", "Leaf", "Node", "Verification"]
