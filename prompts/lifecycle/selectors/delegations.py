"""Who signs for whom now, and what waits for a person in the end."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.models import User
from audits.identity.roles import ADMINISTRATOR, AUDITOR, SIGNERS
from audits.identity.selectors import why_not_signed
from prompts.lifecycle.models import ApprovalRequest, Delegation
from prompts.lifecycle.selectors import desk
from prompts.lifecycle.selectors.authorship import Authors, authors_of
from prompts.registry.models import Prompt

NEVER_SIGN = (ADMINISTRATOR, AUDITOR)
"""Roles whose people gain no signature by a delegation either."""


def in_force(at: datetime | None = None) -> QuerySet[Delegation]:
    """Delegations that hold at that moment (default now): begun, not ended, not revoked."""
    now = at or timezone.now()
    rows = Delegation.objects.filter(starts_at__lte=now, ends_at__gt=now, revocation__isnull=True)
    return rows.select_related("delegator", "delegate", "collection", "prompt").order_by("pk")


def held_by(user: User | None) -> list[Delegation]:
    """The delegations under which this person may sign now: one query."""
    return list(in_force().filter(delegate=user)) if user is not None else []


def covers(delegation: Delegation, prompt: Prompt) -> bool:
    """Whether the prompt lies within what was delegated."""
    if delegation.prompt_id is not None:
        return delegation.prompt_id == prompt.pk
    return delegation.collection_id is None or delegation.collection_id == prompt.collection_id


def why_not_delegate_to(actor: Actor) -> str:
    """The reason why nobody can let this person sign; only who signs anyway can, and no administrator."""
    if actor.kind != "person" or not actor.is_active:
        return f"{actor.name} is not active."
    if actor.has_role(*NEVER_SIGN):
        return f"{actor.user} administers or audits, and gains no signature by a delegation."
    if not actor.has_role(*SIGNERS):
        return f"{actor.user} holds no role that signs."
    return ""


def why_not_sign_for(
    actor: Actor,
    request: ApprovalRequest,
    role: str,
    delegation: Delegation,
    authors: Authors | None = None,
) -> str:
    """The reason against signing in this role under the delegation: it binds delegate and delegator alike."""
    user = actor.user
    if user is None or delegation.delegate_id != user.pk or not in_force().filter(pk=delegation.pk).exists():
        return "This delegation is not yours, or has ended."
    if delegation.role != role or not covers(delegation, request.prompt):
        return "The delegation does not reach this seat."
    if reason := why_not_delegate_to(actor):
        return reason
    if any(user.pk in (row.signer_id, row.on_behalf_of_id) for row in request.sign_offs.all()):
        return "You have signed this request; one person takes one seat."
    told = authors if authors is not None else authors_of(request.version)
    if told.include(user):
        return "You wrote in this text since it was last approved; an author never signs it."
    if not Prompt.objects.visible_to(actor).filter(pk=request.prompt_id).exists():
        return f"{actor.name} may not see this prompt."
    if reason := why_not_signed(user, role, request.forms):
        return reason
    if reason := desk.why_not_sign(Actor.for_user(delegation.delegator), request, role, told):
        return f"{delegation.delegator_name} would be told: {reason}"
    return ""


def delegated_seats(
    actor: Actor,
    request: ApprovalRequest,
    authors: Authors | None = None,
    held: list[Delegation] | None = None,
) -> list[Delegation]:
    """The delegations under which the actor could sign the request now."""
    told = authors if authors is not None else authors_of(request.version)
    roles = {seat.role for seat in desk.open_seats(request)}
    return [
        row
        for row in (held if held is not None else held_by(actor.user))
        if row.role in roles and not why_not_sign_for(actor, request, row.role, row, told)
    ]


def requests_waiting_for(actor: Actor) -> list[ApprovalRequest]:
    """Open requests on which the actor could sign now, as himself or for another, the oldest first."""
    mine = desk.requests_waiting_for(actor)
    held = held_by(actor.user) if actor.kind == "person" else []
    if not held:
        return mine
    known = {row.pk for row in mine}
    rows = ApprovalRequest.objects.filter(
        state="open", prompt__in=Prompt.objects.visible_to(actor).values("pk")
    )
    rows = rows.select_related("prompt__collection", "version__prompt", "policy", "requested_by")
    oldest = (
        rows.exclude(pk__in=known)
        .prefetch_related("sign_offs__on_behalf_of")
        .order_by("opened_at", "pk")[: desk.SHOWN]
    )
    reach = [row for row in oldest if any(covers(one, row.prompt) for one in held)]
    mine = mine + [row for row in reach if delegated_seats(actor, row, held=held)]
    return sorted(mine, key=lambda row: (row.opened_at, row.pk))
