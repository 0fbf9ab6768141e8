"""Change what a gate asks, by two people: one proposes, another one confirms."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.evaluations.models import Suite
from prompts.evaluations.selectors import current_digests
from prompts.registry.models import Environment, Prompt
from prompts.releases.demands import GateDemands, SuiteDemands
from prompts.releases.events import GATE_CHANGE_REFUSED, GATE_PROPOSED
from prompts.releases.models import GateChange, GatePolicy
from prompts.releases.policies import GatePolicyRules
from prompts.releases.selectors.named_providers import moved_providers
from prompts.releases.services.common import place, told
from prompts.releases.services.gate_policies import (
    bound_suite,
    checked_demands,
    locked_gate,
    locked_suite,
    suite_demands,
    unbind,
    write_gate,
    write_suite,
)

KIND = GateChange.Kind


@verb
def propose_gate(
    *, actor: Actor, environment: Environment | str, reason: str, risk_tier: str = "", **demands: Any
) -> GateChange:
    """What the gate of an environment and tier is to ask; ``demands`` are fields of ``GateDemands``.

    A gate that does not exist yet is proposed the same way. Raises ``Conflict`` where nothing would change.
    """
    GatePolicyRules(actor).require("propose")
    where = place(environment)
    asked = checked_demands(where, risk_tier, demands)
    gate = GatePolicy.objects.filter(environment=where, risk_tier=risk_tier).first()
    if gate is not None and GateDemands.of(gate) == asked:
        raise Conflict("The gate asks for exactly this already.")
    change = GateChange(
        environment=where, risk_tier=risk_tier, kind=KIND.GATE, about="gate", demands=asked.as_dict()
    )
    return _propose(actor, change, gate, reason)


@verb
def propose_gate_suite(
    *,
    actor: Actor,
    environment: Environment | str,
    suite: Suite,
    least_pass_rate: Any,
    reason: str,
    prompt: Prompt | None = None,
    max_age_days: int | None = None,
    least_cases: int = 1,
    providers: Iterable[str] = (),
    allows_recorded: bool = False,
    risk_tier: str = "",
) -> GateChange:
    """What a suite must reach at the gate; it takes in the cases as they are now.

    Raises ``Conflict`` where the gate asks for exactly this of exactly these cases.
    """
    GatePolicyRules(actor).require("propose", prompt)
    gate = locked_gate(place(environment), prompt, risk_tier)
    asked = suite_demands(
        suite,
        least_pass_rate=least_pass_rate,
        max_age_days=max_age_days,
        least_cases=least_cases,
        providers=providers,
        allows_recorded=allows_recorded,
    )
    bound = bound_suite(gate, suite, prompt)
    if bound is not None and SuiteDemands.of(bound) == asked and not moved_providers([bound]).get(bound.pk):
        raise Conflict("The gate asks for exactly this already.")
    return _propose(actor, _about(gate, KIND.SUITE, suite, prompt, asked.as_dict()), gate, reason)


@verb
def propose_new_cases(*, actor: Actor, gate_suite_id: int, reason: str) -> GateChange:
    """The gate is to take in the suite's cases as they are now, all else as it is."""
    bound = locked_suite(gate_suite_id)
    GatePolicyRules(actor).require("propose", bound.prompt)
    digest = current_digests([bound.suite_id])[bound.suite_id]
    if bound.cases_digest == digest:
        raise Conflict("These are the cases that the gate names already.")
    demands = {**SuiteDemands.of(bound).as_dict(), "cases_digest": digest}
    change = _about(bound.policy, KIND.SUITE, bound.suite, bound.prompt, demands)
    return _propose(actor, change, bound.policy, reason)


@verb
def propose_removal(*, actor: Actor, gate_suite_id: int, reason: str) -> GateChange:
    """The gate is no longer to ask about the suite."""
    bound = locked_suite(gate_suite_id)
    GatePolicyRules(actor).require("propose", bound.prompt)
    change = _about(bound.policy, KIND.REMOVAL, bound.suite, bound.prompt, {})
    return _propose(actor, change, bound.policy, reason)


@verb
def confirm_gate_change(*, actor: Actor, change_id: int) -> GatePolicy:
    """Says yes: the change is in force from now on, for every switch that comes.

    What a gate stopped before stays stopped: it has to be asked again. Raises ``Refused`` for whoever
    proposed it, or wrote the cases that it takes in; ``Conflict`` where gate or cases were changed since.
    """
    change = _open(change_id)
    GatePolicyRules(actor).require("confirm", change)
    if GatePolicyRules(Actor.for_user(change.proposed_by)).why_not("propose", change.prompt):
        raise Conflict("Whoever proposed it is no longer here, or may no longer; refuse it.")
    gate = _gate_of(change)
    if (gate.version if gate else 0) != change.based_on:
        raise Conflict("The gate was changed since this was proposed; refuse it and propose it anew.")
    more = {"proposed_by": change.proposed_by.username, "change": change.pk, "why": change.reason}
    if change.kind == KIND.GATE:
        asked = checked_demands(
            change.environment, change.risk_tier, GateDemands.read(change.demands).as_dict()
        )
        gate = write_gate(actor, change.environment, change.risk_tier, asked, more)
    elif gate is None or change.suite is None:
        raise Conflict("The gate that this is about is gone.")
    elif change.kind == KIND.SUITE:
        gate = _write_suite(actor, gate, change, change.suite, more)
    else:
        bound = bound_suite(gate, change.suite, change.prompt)
        if bound is None:
            raise Conflict("The gate does not ask about this suite any more.")
        bound.policy = gate
        gate = unbind(actor, bound, more)
    _decide(actor, change, GateChange.State.CONFIRMED, "")
    return gate


@verb
def refuse_gate_change(*, actor: Actor, change_id: int, reason: str) -> GateChange:
    """Says no; whoever proposed it takes it back by this."""
    change = _open(change_id)
    GatePolicyRules(actor).require("refuse", change)
    _decide(actor, change, GateChange.State.REFUSED, told(reason))
    record(
        event=GATE_CHANGE_REFUSED,
        actor=actor,
        subject_type="gate",
        subject=_name(change),
        reason=change.decision_reason,
        payload={"change": change.pk, "proposed_by": change.proposed_by.username},
    )
    return change


def _write_suite(
    actor: Actor, gate: GatePolicy, change: GateChange, suite: Suite, more: dict[str, Any]
) -> GatePolicy:
    asked = SuiteDemands.read(change.demands)
    if current_digests([suite.pk])[suite.pk] != asked.cases_digest:
        raise Conflict("The cases were changed since this was proposed; refuse it and propose it anew.")
    write_suite(actor, gate, suite, change.prompt, asked, more, pins=True)
    return gate


def _propose(actor: Actor, change: GateChange, gate: GatePolicy | None, reason: str) -> GateChange:
    if actor.user is None:
        raise Refused("A change of a gate is proposed by a person.")
    change.reason = told(reason)
    # The environment's row makes two proposals at the same moment wait for each other.
    Environment.objects.select_for_update().get(pk=change.environment.pk)
    same = GateChange.objects.filter(
        environment=change.environment, risk_tier=change.risk_tier, about=change.about, state="open"
    )
    if same.exists():
        raise Conflict("A change of the same waits for a second person already; decide that one first.")
    change.based_on = gate.version if gate else 0
    change.proposed_by, change.proposed_at = actor.user, timezone.now()
    change.save()
    payload = {"change": change.pk, "kind": str(change.kind), "demands": change.demands}
    named = {
        "suite": change.suite.name if change.suite else "",
        "prompt": change.prompt.name if change.prompt else "",
    }
    record(
        event=GATE_PROPOSED,
        actor=actor,
        subject_type="gate",
        subject=_name(change),
        reason=change.reason,
        payload={**payload, **named},
    )
    return change


def _about(
    gate: GatePolicy, kind: GateChange.Kind, suite: Suite, prompt: Prompt | None, demands: dict[str, Any]
) -> GateChange:
    return GateChange(
        environment=gate.environment,
        risk_tier=gate.risk_tier,
        kind=kind,
        suite=suite,
        prompt=prompt,
        about=f"suite/{suite.pk}/{prompt.pk if prompt else ''}",
        demands=demands,
    )


def _open(change_id: int) -> GateChange:
    rows = GateChange.objects.select_related("environment", "suite", "prompt", "proposed_by")
    change = rows.select_for_update(of=("self",)).filter(pk=change_id).first()
    if change is None:
        raise NotThere("There is no such change.")
    if change.state != GateChange.State.OPEN:
        who = change.decided_by or "somebody"
        raise Conflict(f"{who} has {change.get_state_display().lower()} it already.")
    return change


def _gate_of(change: GateChange) -> GatePolicy | None:
    rows = GatePolicy.objects.select_for_update(of=("self",)).select_related("environment")
    return rows.filter(environment=change.environment, risk_tier=change.risk_tier).first()


def _decide(actor: Actor, change: GateChange, state: GateChange.State, reason: str) -> None:
    change.state, change.decision_reason = state, reason
    change.decided_by, change.decided_at = actor.user, timezone.now()
    change.save(update_fields=["state", "decision_reason", "decided_by", "decided_at"])


def _name(change: GateChange) -> str:
    where = change.environment.slug
    return f"{where}/{change.risk_tier}" if change.risk_tier else where
