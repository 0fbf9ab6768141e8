"""Exports as a worker leaves them, made at once."""

from audits.exports.models import Export
from audits.exports.services.request_export import request_trail
from audits.exports.services.work_on_export import work_on_export
from audits.identity.actors import Actor
from audits.ledger.filters import TrailFilter


def finished_export(actor: Actor, format: str = "csv", **asked: str) -> Export:
    """An export of the trail with its file."""
    row = request_trail(actor=actor, format=format, asked=TrailFilter.read(**asked))
    made = work_on_export(export_id=row.pk)
    assert made is not None
    return made
