"""Tables of exports."""

from audits.exports.models.export import Export

__all__ = ["Export"]
