"""Set what environments ask."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Unacceptable
from audits.identity.verbs import verb
from audits.ledger.events import EventKind
from audits.ledger.services import record
from prompts.evaluations.models import Suite
from prompts.registry.documentation import OWNER, SECTIONS
from prompts.registry.models import Environment, Prompt, RiskTier
from prompts.releases.events import GATE_SET, GATE_SUITE_REMOVED, GATE_SUITE_SET
from prompts.releases.models import GatePolicy, GateSuite
from prompts.releases.policies import GatePolicyRules
from prompts.releases.selectors import gate_policy_for
from prompts.releases.services.common import place

DOCUMENTED = tuple(name for name in SECTIONS if name != OWNER)
"""Fields of a prompt that a gate can ask for."""


@verb
def set_gate(
    *,
    actor: Actor,
    environment: Environment | str,
    risk_tier: str = "",
    requires_approval: bool = True,
    requires_runs: bool = False,
    requires_documentation: Sequence[str] = (),
    requires_standard: bool = False,
) -> GatePolicy:
    """Creates or changes the gate of an environment for a tier (empty: all); a change is a new version."""
    GatePolicyRules(actor).require("configure")
    where = place(environment)
    if risk_tier not in {"", *RiskTier.values}:
        raise Unacceptable(f"There is no risk tier {risk_tier!r}.", field="risk_tier")
    if unknown := [name for name in requires_documentation if name not in DOCUMENTED]:
        raise Unacceptable(f"Prompts have no field {unknown[0]!r}.", field="requires_documentation")
    if where.is_protected and not requires_approval:
        raise Unacceptable(
            f"{where.title} is protected: it always asks for an approval.", field="requires_approval"
        )
    values = {
        "requires_approval": requires_approval,
        "requires_runs": requires_runs,
        "requires_documentation": list(requires_documentation),
        "requires_standard": requires_standard,
    }
    gate = (
        GatePolicy.objects.select_for_update(of=("self",))
        .filter(environment=where, risk_tier=risk_tier)
        .first()
    )
    if gate is None:
        gate = GatePolicy(environment=where, risk_tier=risk_tier, **values)
    elif all(getattr(gate, key) == value for key, value in values.items()):
        return gate
    else:
        for key, value in values.items():
            setattr(gate, key, value)
        gate.version += 1
    gate.save()
    _note(actor, GATE_SET, gate, {**values, "version": gate.version})
    return gate


@verb
def set_gate_suite(
    *,
    actor: Actor,
    environment: Environment | str,
    suite: Suite,
    least_pass_rate: Decimal | str,
    prompt: Prompt | None = None,
    max_age_days: int | None = None,
    risk_tier: str = "",
) -> GateSuite:
    """Binds a suite to the gate: for one prompt, or (administrators only) for all under the gate of a tier.

    ``least_pass_rate`` is 0…1. A steward may add and raise for prompts he writes; an administrator may lower.
    """
    GatePolicyRules(actor).require("tighten", prompt)
    rate = _rate(least_pass_rate)
    if max_age_days is not None and max_age_days < 1:
        raise Unacceptable("The age is a number of days from 1.", field="max_age_days")
    gate = _gate(place(environment), prompt, risk_tier)
    bound = (
        GateSuite.objects.select_for_update(of=("self",))
        .filter(policy=gate, prompt=prompt, suite=suite)
        .first()
    )
    if bound is None:
        bound = GateSuite(policy=gate, prompt=prompt, suite=suite)
    elif _loosens(bound, rate, max_age_days):
        GatePolicyRules(actor).require("loosen")
    elif (bound.least_pass_rate, bound.max_age_days) == (rate, max_age_days):
        return bound
    bound.least_pass_rate, bound.max_age_days = rate, max_age_days
    bound.save()
    _grow(gate)
    payload = {"suite": suite.name, "prompt": prompt.name if prompt else "", "least_pass_rate": str(rate)}
    _note(actor, GATE_SUITE_SET, gate, {**payload, "max_age_days": max_age_days, "version": gate.version})
    return bound


@verb
def remove_gate_suite(*, actor: Actor, gate_suite_id: int) -> GatePolicy:
    """The gate no longer asks about the suite; only administrators may do this."""
    GatePolicyRules(actor).require("loosen")
    rows = GateSuite.objects.select_related("policy__environment", "suite", "prompt")
    bound = rows.select_for_update(of=("self", "policy")).filter(pk=gate_suite_id).first()
    if bound is None:
        raise NotThere("The gate does not ask about this suite.")
    gate, payload = (
        bound.policy,
        {"suite": bound.suite.name, "prompt": bound.prompt.name if bound.prompt else ""},
    )
    bound.delete()
    _grow(gate)
    _note(actor, GATE_SUITE_REMOVED, gate, {**payload, "version": gate.version})
    return gate


def _gate(where: Environment, prompt: Prompt | None, risk_tier: str) -> GatePolicy:
    gate = (
        gate_policy_for(prompt, where)
        if prompt is not None
        else GatePolicy.objects.filter(environment=where, risk_tier=risk_tier).first()
    )
    if gate is None:
        raise Conflict(f"{where.slug} has no gate that a suite could be bound to.", field="environment")
    # Locked: two demands set at once must not both become the same version of the gate.
    return GatePolicy.objects.select_for_update(of=("self",)).select_related("environment").get(pk=gate.pk)


def _rate(given: Decimal | str) -> Decimal:
    try:
        rate = Decimal(given)
    except ArithmeticError as error:
        raise Unacceptable(f"{given!r} is no number.", field="least_pass_rate") from error
    if not rate.is_finite() or not 0 <= rate <= 1:
        raise Unacceptable("A pass rate is a number from 0 to 1.", field="least_pass_rate")
    return rate.quantize(Decimal("0.0001"))


def _loosens(bound: GateSuite, rate: Decimal, max_age_days: int | None) -> bool:
    """Whether the new demand lets something through that the old one stopped."""
    older = bound.max_age_days is not None and (max_age_days is None or max_age_days > bound.max_age_days)
    return rate < bound.least_pass_rate or older


def _grow(gate: GatePolicy) -> None:
    gate.version += 1
    gate.save()


def _note(actor: Actor, event: EventKind, gate: GatePolicy, payload: dict[str, Any]) -> None:
    record(event=event, actor=actor, subject_type="gate", subject=gate.name, payload=payload)
