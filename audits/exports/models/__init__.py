"""Tables of exports."""

from audits.exports.models.erasure import ErasureProposal
from audits.exports.models.export import Export

__all__ = ["ErasureProposal", "Export"]
