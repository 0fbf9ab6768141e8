"""Tables of exports."""

from audits.exports.models.erasure import ErasureProposal
from audits.exports.models.export import Export
from audits.exports.models.hold import LegalHold
from audits.exports.models.retention import Retention, RetentionChange

__all__ = ["ErasureProposal", "Export", "LegalHold", "Retention", "RetentionChange"]
