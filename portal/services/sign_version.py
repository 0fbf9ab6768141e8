"""Sign a version in person: the password once more, and the evidence as it is at this moment."""

from django.db import transaction

from audits.identity.actors import Actor
from audits.identity.errors import NotThere
from portal.evidence import collect
from portal.services.authenticate import MOST_GUESSES, authenticate
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
    password: str,
    code: str = "",
) -> SignOff:
    """Checks who signs, collects the evidence again and signs, in one transaction.

    The two digests are those of the page that the signer looked at. A wrong password is recorded and raises
    ``Refused`` (field ``password``), as does a wrong code of the second factor (field ``code``); what else
    may go wrong, ``sign_off`` says.
    """
    visible = Prompt.objects.visible_to(actor).values("pk")
    rows = ApprovalRequest.objects.select_related("version__prompt__owner")
    request = rows.filter(pk=request_id, prompt__in=visible).first()
    if request is None:
        raise NotThere("There is no such request.")
    proof = authenticate(actor, request.version, password, {"request": request.pk}, code=code)
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
        )
