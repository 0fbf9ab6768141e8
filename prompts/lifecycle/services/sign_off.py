"""Sign a version."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Refused, Unacceptable
from audits.identity.selectors import forms_for, standings
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.lifecycle import transitions
from prompts.lifecycle.errors import AlreadySigned, NotRead, StaleEvidence, StaleText, TooWeak
from prompts.lifecycle.events import VERSION_APPROVED, VERSION_SIGNED
from prompts.lifecycle.evidence import Evidence
from prompts.lifecycle.meanings import ACCEPTED, AUTHENTICATIONS, DEMANDS, MEANINGS, SECOND_FACTOR
from prompts.lifecycle.models import ApprovalRequest, Delegation, SignOff
from prompts.lifecycle.policies import DeskPolicy
from prompts.lifecycle.readings import unread
from prompts.lifecycle.selectors import open_seats, opened_by, policy_for
from prompts.lifecycle.selectors.desk import ties_of
from prompts.lifecycle.services.readings import tick
from prompts.lifecycle.services.requests import locked_request
from prompts.registry.digests import digest_of
from prompts.registry.models import Version
from prompts.registry.selectors import label_of

LONGEST_COMMENT = 4000


@verb
def sign_off(
    *,
    actor: Actor,
    request_id: int,
    role: str,
    meaning: str,
    comment: str = "",
    text_digest: str,
    evidence: Evidence,
    evidence_digest_seen: str,
    authenticated_by: str,
    failures: Iterable[str] = (),
    delegation_id: int | None = None,
) -> SignOff:
    """Takes one seat of the request, of the step whose turn it is; the last seat closes it as approved.

    ``text_digest`` and ``evidence_digest_seen`` are those on the page that the signer looked at, ``evidence``
    is what the caller collected in this same transaction, ``authenticated_by`` how the caller made sure,
    just now, that it is this person. ``failures`` are the keys of the results that failed: the signer must
    have opened each of them, and what changed (services/readings.py). With ``delegation_id`` the signer takes
    the seat of whoever delegated it. Raises ``StaleText`` or ``StaleEvidence`` if either changed since,
    ``Refused`` for authors, foreign roles, forms not signed and whoever is no person, ``TooWeak`` where the
    policy asks for a stronger proof, ``NotRead``, ``AlreadySigned``, ``NotPossible``.
    """
    request = locked_request(actor, request_id)
    if actor.user is not None and request.sign_offs.filter(signer=actor.user).exists():
        raise AlreadySigned("You have signed this request; one person takes one seat.")
    transitions.step(request.state, "sign")
    delegation = _required(actor, request, role, delegation_id)
    if actor.user is None or authenticated_by not in AUTHENTICATIONS:
        raise Refused("Prove again who you are, then sign.", field="password")
    _check_proof(request, authenticated_by)
    _check_words(role, meaning, comment)
    _check_text(request.version, text_digest, request.text_digest)
    if evidence.digest != evidence_digest_seen:
        raise StaleEvidence(
            "The evidence changed after the page was shown to you. Look again before you sign."
        )
    compared = (evidence.compared_with or {}).get("digest", "")
    if left := unread(opened_by(actor.user, request), compared=str(compared), failures=failures):
        raise NotRead(left, field="decision")
    seated = Actor.for_user(delegation.delegator) if delegation is not None else actor
    grant = seated.user.role_grants.filter(role=role, ended_at__isnull=True).first() if seated.user else None
    held = standings(actor.user, forms_for([role], request.forms))
    signed = SignOff.objects.create(
        request=request,
        version=request.version,
        signer=actor.user,
        username=actor.user.username,
        printed_name=actor.user.get_full_name(),
        role=role,
        meaning=meaning,
        comment=comment.strip(),
        signed_at=timezone.now(),
        authenticated_by=authenticated_by,
        zone=timezone.get_current_timezone_name(),
        role_since=grant.since if grant else None,
        role_by=", ".join(filter(None, (grant.given_by, grant.confirmed_by))) if grant else "",
        ties=sorted(ties_of(seated, request.prompt)),
        forms=[row.reference for row in held],
        text_digest=text_digest,
        evidence_digest=evidence_digest_seen,
        evidence=evidence.as_dict(),
        delegation=delegation,
        on_behalf_of=delegation.delegator if delegation is not None else None,
        reading_seconds=tick(actor, request),
    )
    _note(actor, request, signed)
    if not open_seats(request):
        _approve(actor, request, signed.signed_at)
    return signed


def _required(actor: Actor, request: ApprovalRequest, role: str, key: int | None) -> Delegation | None:
    """Asks the policy, for the actor's own seat or for one that was delegated; returns the delegation."""
    if key is None:
        DeskPolicy(actor).require("sign", (request, role))
        return None
    delegation = Delegation.objects.select_related("delegator", "delegate").filter(pk=key).first()
    if delegation is None or actor.user is None or delegation.delegate_id != actor.user.pk:
        raise Refused("This delegation is not yours, or has ended.")
    DeskPolicy(actor).require("sign_for", (request, role, delegation))
    return delegation


def _check_proof(request: ApprovalRequest, authenticated_by: str) -> None:
    """Strong enough for what was asked at submission and for what is asked now."""
    in_force = policy_for(request.prompt)
    demanded = {request.authentication, in_force.authentication if in_force else request.authentication}
    for demand in sorted(demanded):
        if authenticated_by not in ACCEPTED[demand]:
            field = "code" if SECOND_FACTOR in ACCEPTED[demand] else "password"
            raise TooWeak(f"The policy asks every signer for {DEMANDS[demand]}.", field=field)


def _check_words(role: str, meaning: str, comment: str) -> None:
    if meaning not in MEANINGS.get(role, ()):
        raise Unacceptable("Choose what your signature means.", field="meaning")
    if "\0" in comment or len(comment) > LONGEST_COMMENT:
        raise Unacceptable(f"A comment has at most {LONGEST_COMMENT} characters and no NUL.", field="comment")


def _check_text(version: Version, seen: str, submitted: str) -> None:
    """The digest shown is that of the submitted text, which still is what is stored."""
    if not seen == submitted == version.digest:
        raise StaleText("The text is not the one that was shown to you.")
    intact = digest_of(version.canonical.encode()) == version.digest
    if not intact or json.loads(version.canonical)["messages"] != version.messages:
        raise StaleText("The stored text no longer has the digest it was frozen under. Nothing was signed.")


def _note(actor: Actor, request: ApprovalRequest, signed: SignOff) -> None:
    payload: dict[str, Any] = {
        "sign_off": signed.pk,
        "request": request.pk,
        "role": signed.role,
        "meaning": signed.meaning,
        "printed_name": signed.printed_name,
        "authenticated_by": signed.authenticated_by,
        "text_digest": signed.text_digest,
        "evidence_digest": signed.evidence_digest,
        "policy": request.policy_label,
        "zone": signed.zone,
        "role_since": signed.role_since.isoformat() if signed.role_since else "",
        "role_by": signed.role_by,
        "took_role_later": signed.took_role_later,
        "ties": signed.ties,
        "forms": signed.forms,
        "runs": [run["id"] for run in signed.evidence["runs"]],
        "reading_seconds": signed.reading_seconds,
    }
    if signed.delegation is not None and signed.on_behalf_of is not None:
        payload |= {"delegation": signed.delegation.pk, "on_behalf_of": signed.on_behalf_of.username}
    record(
        event=VERSION_SIGNED,
        actor=actor,
        subject_type="version",
        subject=label_of(request.version),
        reason=signed.comment,
        payload=payload,
    )


def _approve(actor: Actor, request: ApprovalRequest, at: datetime) -> None:
    request.state = transitions.step(request.state, "approve").target
    request.closed_at, request.closed_by, request.closed_by_name = at, actor.user, actor.name
    request.save(update_fields=["state", "closed_at", "closed_by", "closed_by_name"])
    record(
        event=VERSION_APPROVED,
        actor=actor,
        subject_type="version",
        subject=label_of(request.version),
        payload={"digest": request.text_digest, "policy": request.policy_label, "request": request.pk},
    )
