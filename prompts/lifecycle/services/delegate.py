"""Let somebody sign in one's place for a time, and end it."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import NotThere, Refused, Unacceptable
from audits.identity.models import User
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.lifecycle.errors import NotPossible
from prompts.lifecycle.events import DELEGATION_REVOKED, DELEGATION_SIGNED
from prompts.lifecycle.meanings import AUTHENTICATIONS
from prompts.lifecycle.models import Delegation, Revocation
from prompts.lifecycle.policies import DelegationPolicy
from prompts.lifecycle.selectors.delegations import why_not_delegate_to
from prompts.registry.models import Collection, Prompt
from prompts.registry.querysets import collections_with
from prompts.registry.texts import check_text

LONGEST = timedelta(days=90)


@verb
def delegate(
    *,
    actor: Actor,
    to: str,
    role: str,
    reason: str,
    ends_at: datetime | None,
    starts_at: datetime | None = None,
    collection: str = "",
    prompt: str = "",
    authenticated_by: str,
) -> Delegation:
    """Lets ``to`` (a user name) sign in ``role`` for the actor, from ``starts_at`` (or now) to ``ends_at``.

    ``collection`` (a slug) or ``prompt`` (a name) narrow where it holds. ``authenticated_by`` says how the
    caller made sure, just now, that it is this person. Raises ``Refused`` for a role that the actor does not
    hold himself, ``Unacceptable`` for person, place, reason and time.
    """
    DelegationPolicy(actor).require("delegate", role)
    if actor.user is None or authenticated_by not in AUTHENTICATIONS:
        raise Refused("Prove again who you are, then sign.", field="password")
    now = timezone.now()
    begins, ends = _span(now, starts_at, ends_at)
    delegate_user = _delegate(actor, to)
    where = _scope(actor, collection, prompt)
    if prompt and not _sees(delegate_user, prompt):
        raise Unacceptable(f"{delegate_user} may not see {prompt}.", field="to")
    row = Delegation.objects.create(
        delegator=actor.user,
        delegate=delegate_user,
        delegator_name=str(actor.user),
        delegate_name=str(delegate_user),
        role=role,
        starts_at=begins,
        ends_at=ends,
        reason=check_text(reason, "reason", required=True).strip(),
        signed_at=now,
        authenticated_by=authenticated_by,
        **where,
    )
    record(
        event=DELEGATION_SIGNED,
        actor=actor,
        subject_type="delegation",
        subject=delegate_user.username,
        reason=row.reason,
        payload=told(row),
    )
    return row


@verb
def revoke_delegation(*, actor: Actor, delegation_id: int) -> Delegation:
    """Ends a delegation at once. Raises ``NotThere``, ``Refused``, ``NotPossible`` where it has ended."""
    row = Delegation.objects.select_for_update(of=("self",)).filter(pk=delegation_id).first()
    if row is None or DelegationPolicy(actor).why_not("revoke", row) or actor.user is None:
        raise NotThere("There is no such delegation of yours.")
    if row.ends_at <= timezone.now() or Revocation.objects.filter(delegation=row).exists():
        raise NotPossible("This delegation has ended.")
    Revocation.objects.create(delegation=row, at=timezone.now(), by=actor.user)
    record(
        event=DELEGATION_REVOKED,
        actor=actor,
        subject_type="delegation",
        subject=row.delegate.username,
        payload={"delegation": row.pk, "delegator": row.delegator.username},
    )
    return row  # type: ignore[no-any-return]


def told(row: Delegation) -> dict[str, object]:
    """What the ledger keeps of a delegation; the verifier compares the row with it."""
    return {
        "delegation": row.pk,
        "delegator": row.delegator.username,
        "delegate": row.delegate.username,
        "role": row.role,
        "scope": row.scope,
        "starts_at": row.starts_at.astimezone(UTC).isoformat(),
        "ends_at": row.ends_at.astimezone(UTC).isoformat(),
        "authenticated_by": row.authenticated_by,
    }


def _span(now: datetime, starts_at: datetime | None, ends_at: datetime | None) -> tuple[datetime, datetime]:
    if ends_at is None:
        raise Unacceptable("A delegation has an end: say when.", field="ends_at")
    begins = max(starts_at or now, now)
    if ends_at <= begins:
        raise Unacceptable("The end lies after the beginning, and in the future.", field="ends_at")
    if ends_at - begins > LONGEST:
        raise Unacceptable(f"A delegation lasts at most {LONGEST.days} days.", field="ends_at")
    return begins, ends_at


def _delegate(actor: Actor, to: str) -> User:
    user = User.objects.filter(username__iexact=to.strip(), is_active=True).first()
    if user is None:
        raise Unacceptable("There is no active person of that user name.", field="to")
    if user == actor.user:
        raise Unacceptable("You sign for yourself without a delegation.", field="to")
    if reason := why_not_delegate_to(Actor.for_user(user)):
        raise Unacceptable(reason, field="to")
    return user


def _scope(actor: Actor, collection: str, prompt: str) -> dict[str, Collection | Prompt | None]:
    if collection and prompt:
        raise Unacceptable("A collection or a prompt, not both.", field="prompt")
    where: dict[str, Collection | Prompt | None] = {"collection": None, "prompt": None}
    if collection:
        where["collection"] = collections_with(actor, "view").filter(slug=collection).first()
    if prompt:
        where["prompt"] = Prompt.objects.visible_to(actor).filter(name=prompt.strip()).first()
    if (collection and where["collection"] is None) or (prompt and where["prompt"] is None):
        field = "prompt" if prompt else "collection"
        raise Unacceptable(f"There is no such {field}, or you may not see it.", field=field)
    return where


def _sees(user: User, prompt: str) -> bool:
    return bool(Prompt.objects.visible_to(Actor.for_user(user)).filter(name=prompt.strip()).exists())
