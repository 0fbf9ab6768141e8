"""Sign a version in person: the password once more, and the evidence as it is at this moment."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Refused
from audits.identity.models import User
from audits.ledger.models import Event
from audits.ledger.services import record
from portal.evidence import collect
from prompts.lifecycle.events import SIGNATURE_REFUSED, VERSION_SIGNED
from prompts.lifecycle.meanings import MEANINGS
from prompts.lifecycle.models import ApprovalRequest, SignOff
from prompts.lifecycle.services.sign_off import sign_off
from prompts.registry.models import Prompt
from prompts.registry.selectors import label_of

__all__ = ["MEANINGS", "sign_version"]

MOST_GUESSES = 5
LOCKED_FOR = timedelta(minutes=15)
"""A stolen session must not become a signature by guessing: so many wrong passwords, then a pause."""


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
) -> SignOff:
    """Checks who signs, collects the evidence again and signs, in one transaction.

    The two digests are those of the page that the signer looked at. A wrong password is recorded and raises
    ``Refused`` (field ``password``); what else may go wrong, ``sign_off`` says.
    """
    visible = Prompt.objects.visible_to(actor).values("pk")
    rows = ApprovalRequest.objects.select_related("version__prompt__owner")
    request = rows.filter(pk=request_id, prompt__in=visible).first()
    if request is None:
        raise NotThere("There is no such request.")
    _authenticate(actor, request, password)
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
            authenticated_by="password",
        )


def _authenticate(actor: Actor, request: ApprovalRequest, password: str) -> None:
    """The password of the acting person, read afresh: a session alone signs nothing."""
    if actor.kind != "person" or actor.user is None:
        raise Refused("Only a person signs, by name and in person.")
    if _wrong_guesses(actor.name) >= MOST_GUESSES:
        raise Refused(
            "Too many wrong passwords: signing is locked for a quarter of an hour.", field="password"
        )
    user = User.objects.get(pk=actor.user.pk)
    if user.is_active and user.check_password(password):
        return
    with transaction.atomic():
        record(
            event=SIGNATURE_REFUSED,
            actor=actor,
            subject_type="version",
            subject=label_of(request.version),
            reason="wrong password",
            payload={"request": request.pk},
        )
    raise Refused("This is not your password. Nothing was signed.", field="password")


def _wrong_guesses(username: str) -> int:
    """Wrong passwords of this person within the pause, since the last signature; the ledger counts them."""
    about = Event.objects.filter(
        actor_type="person", actor=username, recorded_at__gte=timezone.now() - LOCKED_FOR
    )
    signed = about.filter(event=VERSION_SIGNED.name).order_by("-id").values_list("id", flat=True).first()
    return about.filter(event=SIGNATURE_REFUSED.name, id__gt=signed or 0).count()
