"""Policies change by four eyes: one person proposes, another confirms or refuses."""

from typing import Any

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.identity.models import User
from audits.identity.policies import ConfigurationPolicy
from audits.identity.roles import CONFIRMERS
from audits.identity.verbs import verb
from audits.ledger.events import EventKind
from audits.ledger.services import record
from prompts.lifecycle.demands import parse_demands
from prompts.lifecycle.errors import Unsatisfiable
from prompts.lifecycle.events import POLICY_PROPOSED, PROPOSAL_CONFIRMED, PROPOSAL_REFUSED
from prompts.lifecycle.models import ApprovalPolicy, PolicyProposal
from prompts.lifecycle.selectors.satisfiable import why_nobody
from prompts.lifecycle.services.set_policy import check_forms, check_place, needs_second, store, values_of
from prompts.registry.models import Collection
from prompts.registry.texts import check_text

ALONE = "There was nobody else who could confirm it."
State = PolicyProposal.State


@verb
def propose_policy(
    *,
    actor: Actor,
    name: str,
    demands: dict[str, Any],
    reason: str,
    risk_tier: str = "",
    collection: Collection | None = None,
    base_version: int = 0,
) -> PolicyProposal:
    """Writes down a new policy (``base_version`` 0) or a change of the version that the proposer looked at.

    It takes effect when ``confirm_policy`` was called by a second person; at once where there is none. An
    older proposal of the same person for that policy is taken back. Raises ``Unacceptable`` with the field,
    ``Unsatisfiable`` for demands that nobody could meet, ``Conflict`` for a version, place or policy that
    is otherwise by now.
    """
    ConfigurationPolicy(actor).require("configure")
    asked = parse_demands(demands)
    check_forms(asked)
    why = _told(reason)
    policy = _based_on(name, base_version)
    check_place(name, risk_tier, collection)
    values = values_of(asked, risk_tier, collection)
    if policy is not None and all(getattr(policy, key) == value for key, value in values.items()):
        raise Unacceptable("That is what the policy asks already.")
    waiting = PolicyProposal.objects.select_for_update().filter(name=name, state=State.OPEN).first()
    if waiting is not None:
        if waiting.proposed_by != actor.name:
            raise Conflict(f"A change of {name} by {waiting.proposed_by} waits already: decide that first.")
        _decide(actor, waiting, State.REFUSED, "Another change was proposed instead.")
    row = PolicyProposal(
        policy=policy,
        name=name,
        risk_tier=risk_tier,
        collection=collection,
        demands_proposed=asked.as_dict(),
        base_version=base_version,
        reason=why,
        proposed_by=actor.name,
    )
    _check_somebody_could(actor, row)
    row.save()
    _tell(POLICY_PROPOSED, actor, row, why)
    if not needs_second(actor):
        _apply(actor, row, ALONE)
    return row


def why_not_confirm(actor: Actor, row: PolicyProposal) -> str:
    """Why this person may not say yes; empty where he may."""
    if actor.user is None or not actor.has_role(*CONFIRMERS):
        return "An administrator, an ethics officer or a steward confirms."
    if row.proposed_by == actor.name:
        return "You proposed it: somebody else confirms."
    named = {name.casefold() for seat in row.demands.seats for name in seat.people}
    if actor.name.casefold() in named:
        return "It names you as a signer: somebody else confirms."
    return ""


@verb
def confirm_policy(*, actor: Actor, pk: int) -> PolicyProposal:
    """Says yes: the policy changes, with both names in its entry.

    Raises ``NotThere``, ``Refused``, ``Unsatisfiable``, and ``Conflict`` where the policy changed since, or
    whoever proposed it is gone.
    """
    row = _open(pk)
    if reason := why_not_confirm(actor, row):
        raise Refused(reason)
    proposer = User.objects.filter(username=row.proposed_by).first()
    may = proposer is not None and ConfigurationPolicy(Actor.for_user(proposer)).may("configure")
    if not row.proposed_by.startswith("shell:") and not may:
        raise Conflict("Whoever proposed it is no longer here, or may no longer; refuse it.")
    _based_on(row.name, row.base_version)
    check_place(row.name, row.risk_tier, row.collection)
    _check_somebody_could(actor, row)
    return _apply(actor, row, "")


@verb
def refuse_policy(*, actor: Actor, pk: int, reason: str) -> PolicyProposal:
    """Says no, with a reason; whoever proposed it takes it back by this."""
    row = _open(pk)
    if actor.name != row.proposed_by and (why := why_not_confirm(actor, row)):
        raise Refused(why)
    return _decide(actor, row, State.REFUSED, _told(reason))


def _apply(actor: Actor, row: PolicyProposal, reason: str) -> PolicyProposal:
    _decide(actor, row, State.CONFIRMED, reason)
    row.policy = store(
        actor,
        row.name,
        values_of(row.demands, row.risk_tier, row.collection),
        proposal=row.pk,
        proposed_by=row.proposed_by,
        confirmed_by="" if row.proposed_by == actor.name else actor.name,
    )
    row.save(update_fields=["policy"])
    return row


def _decide(actor: Actor, row: PolicyProposal, state: PolicyProposal.State, reason: str) -> PolicyProposal:
    row.state, row.decided_by, row.decided_at = state, actor.name, timezone.now()
    row.decision_reason = reason
    row.save()
    _tell(PROPOSAL_CONFIRMED if state == State.CONFIRMED else PROPOSAL_REFUSED, actor, row, reason)
    return row


def _based_on(name: str, base_version: int) -> ApprovalPolicy | None:
    """The policy, locked, in the version that was looked at."""
    policy = ApprovalPolicy.objects.select_for_update().filter(name=name).first()
    if policy is not None and policy.is_synthetic:
        raise Refused("The policy of bulk data never changes.")
    if policy is None and base_version:
        raise NotThere("There is no such policy.")
    if policy is not None and not base_version:
        raise Conflict(f"There is a policy {name!r} already.", field="name")
    if policy is not None and policy.version != base_version:
        raise Conflict(
            f"{name} was changed since: it is in version {policy.version}, not {base_version}. Look again."
        )
    return policy


def _check_somebody_could(actor: Actor, row: PolicyProposal) -> None:
    if reason := why_nobody(row.as_policy, actor):
        raise Unsatisfiable(f"Nobody could satisfy this policy. {reason}", field="seats")


def _open(pk: int) -> PolicyProposal:
    rows = PolicyProposal.objects.select_for_update(of=("self",)).select_related("collection", "policy")
    row = rows.filter(pk=pk, state=State.OPEN).first()
    if row is None:
        raise NotThere("Nothing of this kind waits any more.")
    return row


def _told(reason: str) -> str:
    if not reason.strip():
        raise Unacceptable("Say why.", field="reason")
    if len(reason) > 500:
        raise Unacceptable("A reason has at most 500 characters.", field="reason")
    return check_text(reason, "reason").strip()


def _tell(event: EventKind, actor: Actor, row: PolicyProposal, reason: str) -> None:
    payload = {
        "proposal": row.pk,
        "base_version": row.base_version,
        **row.demands.as_dict(),
        "risk_tier": row.risk_tier,
        "collection": row.collection.slug if row.collection else "",
        "proposed_by": row.proposed_by,
    }
    record(event=event, actor=actor, subject_type="policy", subject=row.name, reason=reason, payload=payload)
