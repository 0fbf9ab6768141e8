"""Sign a version in person: the password once more, and the evidence as it is at this moment."""

from django.db import transaction

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from portal.evidence import collect
from portal.selectors.failures import failures_of
from portal.services.authenticate import MOST_GUESSES, VERSION, Proof, authenticate, thing
from prompts.lifecycle.meanings import MEANINGS
from prompts.lifecycle.models import ApprovalRequest, SignOff
from prompts.lifecycle.services.sign_off import sign_off
from prompts.registry.models import Prompt

__all__ = ["MEANINGS", "MOST_GUESSES", "sign_version"]


def sign_version(
    *,
    actor: Actor,
    request_id: int,
    role: str,
    meaning: str,
    comment: str,
    seen_text_digest: str,
    seen_evidence_digest: str,
    password: str = "",
    code: str = "",
    trip: int | None = None,
    delegation_id: int | None = None,
) -> SignOff:
    """Checks who signs, collects the evidence again and signs, in one transaction.

    The two digests are those of the page that the signer looked at; ``delegation_id`` is given where the
    signer takes somebody else's seat. A wrong password is recorded and raises ``Refused`` (field
    ``password``), as does a wrong code of the second factor (field ``code``); ``trip`` is the key of a trip
    to the provider, in place of both. What else may go wrong, ``sign_off`` says.
    """
    visible = Prompt.objects.visible_to(actor).values("pk")
    rows = ApprovalRequest.objects.select_related("version__prompt__owner")
    request = rows.filter(pk=request_id, prompt__in=visible).first()
    if request is None:
        raise NotThere("There is no such request.")
    what = thing(
        VERSION,
        request_id=request_id,
        role=role,
        meaning=meaning,
        comment=comment,
        seen_text_digest=seen_text_digest,
        seen_evidence_digest=seen_evidence_digest,
        delegation_id=delegation_id,
    )
    given = Proof(password, code, trip)
    proof = authenticate(actor, request.version, given, {"request": request.pk}, what=what)
    with transaction.atomic():
        request.version.prompt.refresh_from_db()
        return sign_off(
            actor=actor,
            request_id=request_id,
            role=role,
            meaning=meaning,
            comment=comment,
            text_digest=seen_text_digest,
            evidence=collect(request.version),
            evidence_digest_seen=seen_evidence_digest,
            authenticated_by=proof.method,
            failures=[str(row.pk) for row in failures_of(request.version)],
            delegation_id=delegation_id,
        )
