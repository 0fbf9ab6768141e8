"""Verbs of the ledger."""

from audits.ledger.services.record_event import close, record
from audits.ledger.services.sequence_events import integrate
from audits.ledger.services.take_in_rows import take_in_rows

__all__ = ["close", "integrate", "record", "take_in_rows"]
