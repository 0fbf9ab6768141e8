"""What the ledger hears from this room: not the calls themselves, but each hour's digest of them."""

from audits.ledger.events import declare

HOUR_DIGESTED = declare("observability.hour.digested", "{actor} took the digest of {subject} into the trail")
CALLS_AMENDED = declare("observability.calls.amended", "{actor} added later to {subject}")
CALLS_COMPARED = declare("observability.calls.compared", "{actor} compared {subject} with the trail")
