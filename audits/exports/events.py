"""What the ledger hears from this room."""

from audits.ledger.events import declare

TRAIL_EXPORTED = declare("exports.trail.exported", "{actor} exported {subject}")
TRAIL_VERIFIED = declare("exports.trail.verified", "{actor} had the whole audit trail verified")
PACK_EXPORTED = declare("exports.pack.exported", "{actor} exported an evidence pack of {subject}")
