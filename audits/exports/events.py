"""What the ledger hears from this room."""

from audits.ledger.events import declare

TRAIL_EXPORTED = declare("exports.trail.exported", "{actor} exported {subject}")
TRAIL_VERIFIED = declare("exports.trail.verified", "{actor} had the whole audit trail verified")
PACK_EXPORTED = declare("exports.pack.exported", "{actor} exported an evidence pack of {subject}")
EXPORT_FINISHED = declare("exports.export.finished", "{actor} finished the export of {subject}")
EXPORT_FAILED = declare("exports.export.failed", "{actor} gave up on the export of {subject}")
EXPORT_CANCELLED = declare("exports.export.cancelled", "{actor} cancelled the export of {subject}")
EXPORT_FETCHED = declare("exports.export.fetched", "{actor} downloaded the export of {subject}")
ERASURE_PROPOSED = declare("exports.erasure.proposed", "{actor} proposed to erase the content of {subject}")
ERASURE_REFUSED = declare("exports.erasure.refused", "{actor} refused to erase the content of {subject}")
EXPORT_EXPIRED = declare("exports.export.expired", "{actor} removed the file of an export of {subject}")
RETENTION_PROPOSED = declare(
    "exports.retention.proposed", "{actor} proposed to keep the content of {subject} for a shorter time"
)
RETENTION_SET = declare("exports.retention.set", "{actor} set how long the content of {subject} is kept")
RETENTION_REFUSED = declare(
    "exports.retention.refused", "{actor} refused to keep the content of {subject} for a shorter time"
)
HOLD_PLACED = declare("exports.hold.placed", "{actor} placed a legal hold on {subject}")
HOLD_RELEASED = declare("exports.hold.released", "{actor} released the legal hold on {subject}")
