"""Verbs of the ledger."""

from audits.ledger.services.record_event import record
from audits.ledger.services.sequence_events import integrate

__all__ = ["integrate", "record"]
