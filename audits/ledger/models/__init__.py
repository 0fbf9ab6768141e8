"""Tables of the ledger."""

from audits.ledger.models.erasure import Erasure
from audits.ledger.models.event import Event
from audits.ledger.models.tree import Checkpoint, KeyChange, Leaf, Node
from audits.ledger.models.verification import Alarm, Sink, Verification

__all__ = ["Alarm", "Checkpoint", "Erasure", "Event", "KeyChange", "Leaf", "Node", "Sink", "Verification"]
