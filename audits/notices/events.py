"""What the ledger hears from this room."""

from audits.ledger.events import declare

ENDPOINT_SET = declare("notices.endpoint.set", "{actor} set the webhook {subject}")
ENDPOINT_ROTATED = declare("notices.endpoint.rotated", "{actor} gave the webhook {subject} a new secret")
ENDPOINT_ENABLED = declare("notices.endpoint.enabled", "{actor} turned the webhook {subject} on")
ENDPOINT_DISABLED = declare("notices.endpoint.disabled", "{actor} turned the webhook {subject} off")
