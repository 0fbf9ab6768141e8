"""What the ledger hears from this room."""

from audits.ledger.events import declare

POLICY_SET = declare("lifecycle.policy.set", "{actor} set the approval policy {subject}")
POLICY_PROPOSED = declare("lifecycle.policy.proposed", "{actor} proposed the approval policy {subject}")
PROPOSAL_CONFIRMED = declare("lifecycle.policy.confirmed", "{actor} confirmed a change of {subject}")
PROPOSAL_REFUSED = declare("lifecycle.policy.refused", "{actor} refused a change of {subject}")
REQUEST_OPENED = declare("lifecycle.request.opened", "{actor} submitted {subject} for approval")
VERSION_SIGNED = declare("lifecycle.version.signed", "{actor} signed {subject}")
VERSION_APPROVED = declare("lifecycle.version.approved", "{subject} was approved: {actor} took the last seat")
CHANGES_REQUESTED = declare("lifecycle.request.returned", "{actor} asked for changes in {subject}")
REQUEST_REJECTED = declare("lifecycle.request.rejected", "{actor} rejected {subject}")
REQUEST_WITHDRAWN = declare("lifecycle.request.withdrawn", "{actor} withdrew the request for {subject}")
DOCUMENTATION_SIGNED = declare(
    "lifecycle.documentation.signed", "{actor} signed the documentation of {subject}"
)
SIGNATURE_REFUSED = declare("lifecycle.signature.refused", "a signature of {actor} on {subject} was refused")
REQUEST_SUPERSEDED = declare(
    "lifecycle.request.superseded", "{actor} submitted a newer version, which put {subject} aside"
)
RECERTIFICATION_OPENED = declare(
    "lifecycle.recertification.opened", "{actor} asked for {subject} to be approved again before it expires"
)
SIGNERS_REMINDED = declare("lifecycle.signers.reminded", "{actor} reminded the signers of {subject}")
APPROVAL_ENDS = declare("lifecycle.approval.ends", "{actor} told that the approval of {subject} ends soon")
DELEGATION_SIGNED = declare("lifecycle.delegation.signed", "{actor} let {subject} sign in the same role")
DELEGATION_REVOKED = declare("lifecycle.delegation.revoked", "{actor} ended the delegation to {subject}")
