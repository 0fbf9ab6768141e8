"""Delegate in person: the password once more, and the delegation, in one step."""

from datetime import datetime

from audits.identity.actors import Actor
from portal.services.authenticate import Proof, authenticate_for, thing
from prompts.lifecycle.models import Delegation
from prompts.lifecycle.services.delegate import delegate


def sign_delegation(
    *,
    actor: Actor,
    to: str,
    role: str,
    reason: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
    collection: str = "",
    prompt: str = "",
    password: str,
    code: str = "",
) -> Delegation:
    """Checks who delegates, as for a signature, and delegates; what may go wrong, ``delegate`` says."""
    told = {"to": to[:150], "role": role[:40]}
    given = Proof(password, code)
    proof = authenticate_for(actor, ("delegation", to[:150]), given, told, what=thing("delegation", **told))
    return delegate(
        actor=actor,
        to=to,
        role=role,
        reason=reason,
        starts_at=starts_at,
        ends_at=ends_at,
        collection=collection,
        prompt=prompt,
        authenticated_by=proof.method,
    )
