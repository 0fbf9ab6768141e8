"""Verbs of the ledger."""

from audits.ledger.services.record_event import record

__all__ = ["record"]
