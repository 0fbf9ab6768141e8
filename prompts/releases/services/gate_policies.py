"""Set what environments ask: by the shell and the set-up, by somebody who is alone, and what only tightens.

Everything else takes two people (gate_changes.py), who end in ``write_gate`` and ``write_suite`` below.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, NotThere, Refused, Unacceptable
from audits.identity.roles import TITLES
from audits.identity.verbs import verb
from audits.ledger.events import EventKind
from audits.ledger.services import record
from prompts.evaluations.models import Provider, Suite
from prompts.evaluations.selectors import current_digests
from prompts.registry.documentation import OWNER, SECTIONS
from prompts.registry.models import Environment, Prompt, RiskTier
from prompts.releases import findings
from prompts.releases.demands import (
    MOST_EMERGENCY_HOURS,
    MOST_REVIEW_HOURS,
    SEVERITIES,
    GateDemands,
    SuiteDemands,
    loosens,
)
from prompts.releases.events import GATE_SET, GATE_SUITE_REMOVED, GATE_SUITE_SET
from prompts.releases.models import GatePolicy, GateSuite
from prompts.releases.policies import GatePolicyRules
from prompts.releases.selectors import gate_policy_for
from prompts.releases.selectors.named_providers import moved_providers
from prompts.releases.services.common import place, told

DOCUMENTED = tuple(name for name in SECTIONS if name != OWNER)
"""Fields of a prompt that a gate can ask for."""


@verb
def set_gate(
    *, actor: Actor, environment: Environment | str, risk_tier: str = "", reason: str = "", **demands: Any
) -> GatePolicy:
    """Creates or changes the gate of an environment for a tier (empty: all); a change is a new version.

    ``demands`` are fields of ``GateDemands``. For the shell, the set-up and an administrator who is alone.
    """
    GatePolicyRules(actor).require("set_alone")
    where = place(environment)
    asked = checked_demands(where, risk_tier, demands)
    return write_gate(actor, where, risk_tier, asked, reason=reason)


def checked_demands(where: Environment, risk_tier: str, given: dict[str, Any]) -> GateDemands:
    """The demands of a gate, examined; raises ``Unacceptable`` naming the field at fault."""
    if risk_tier not in {"", *RiskTier.values}:
        raise Unacceptable(f"There is no risk tier {risk_tier!r}.", field="risk_tier")
    listed: dict[str, Any] = {
        key: list(value) if isinstance(value, tuple) else value for key, value in given.items()
    }
    try:
        asked = GateDemands(**listed)
    except TypeError as error:
        raise Unacceptable("A gate asks for no such thing.") from error
    if unknown := [name for name in asked.requires_documentation if name not in DOCUMENTED]:
        raise Unacceptable(f"Prompts have no field {unknown[0]!r}.", field="requires_documentation")
    if where.is_protected and not asked.requires_approval:
        raise Unacceptable(
            f"{where.title} is protected: it always asks for an approval.", field="requires_approval"
        )
    if asked.shut_by_findings not in {"", *SEVERITIES}:
        raise Unacceptable("A severity is low, medium, high or critical.", field="shut_by_findings")
    if asked.shut_by_findings and not findings.are_kept():
        raise Unacceptable(
            "No part of this portal keeps findings, so this gate could never open.", field="shut_by_findings"
        )
    if asked.overdue_inherited not in GatePolicy.Overdue.values:
        raise Unacceptable("Say so, or freeze the prompt.", field="overdue_inherited")
    _check_emergency(asked)
    return asked


def _check_emergency(asked: GateDemands) -> None:
    if not 0 <= asked.emergency_hours <= MOST_EMERGENCY_HOURS:
        raise Unacceptable(f"From 0 to {MOST_EMERGENCY_HOURS} hours.", field="emergency_hours")
    if not 1 <= asked.review_hours <= MOST_REVIEW_HOURS:
        raise Unacceptable(f"From 1 to {MOST_REVIEW_HOURS} hours.", field="review_hours")
    roles = asked.emergency_roles
    if any(role not in TITLES for role in roles):
        raise Unacceptable("There is no such role.", field="emergency_roles")
    if asked.emergency_hours and len(set(roles)) != 2:
        raise Unacceptable("Two different roles open it together.", field="emergency_roles")


def write_gate(
    actor: Actor,
    where: Environment,
    risk_tier: str,
    asked: GateDemands,
    more: dict[str, Any] | None = None,
    *,
    reason: str = "",
) -> GatePolicy:
    """Writes checked demands; nothing where they are in force already. Part of a verb."""
    rows = GatePolicy.objects.select_for_update(of=("self",)).filter(environment=where, risk_tier=risk_tier)
    gate = rows.first()
    if gate is not None and GateDemands.of(gate) == asked:
        return gate
    if gate is None:
        gate = GatePolicy(environment=where, risk_tier=risk_tier, version=0)
    for name, value in asked.as_dict().items():
        setattr(gate, name, value)
    gate.version += 1
    gate.save()
    note(actor, GATE_SET, gate, {**asked.as_dict(), "version": gate.version, **(more or {})}, reason)
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
    least_cases: int = 1,
    providers: Sequence[str] = (),
    allows_recorded: bool = False,
    risk_tier: str = "",
    reason: str = "",
) -> GateSuite:
    """Binds a suite to the gate: for one prompt, or (administrators only) for all under the gate of a tier.

    ``least_pass_rate`` is 0…1, ``providers`` are names of those that count. A new row pins the cases as
    they are. Alone, people only tighten: anything else is ``Refused`` and takes two (gate_changes.py).
    """
    GatePolicyRules(actor).require("tighten", prompt)
    gate = locked_gate(place(environment), prompt, risk_tier)
    bound = bound_suite(gate, suite, prompt)
    alone = not GatePolicyRules(actor).why_not("set_alone")
    asked = suite_demands(
        suite,
        least_pass_rate=least_pass_rate,
        max_age_days=max_age_days,
        least_cases=least_cases,
        providers=providers,
        allows_recorded=allows_recorded,
    )
    if bound is not None and not alone:
        # Whoever only raises a demand takes no other cases into the gate.
        asked = replace(asked, cases_digest=bound.cases_digest)
        if loosens(SuiteDemands.of(bound), asked):
            raise Refused("Asking for less takes two people: propose it, and somebody else confirms.")
    return write_suite(actor, gate, suite, prompt, asked, pins=alone, reason=reason)


def suite_demands(
    suite: Suite,
    *,
    least_pass_rate: Any,
    max_age_days: int | None,
    least_cases: int,
    providers: Iterable[str],
    allows_recorded: bool,
) -> SuiteDemands:
    """Checked demands on a suite, with the digest of its cases as they are; raises ``Unacceptable``."""
    rate = _rate(least_pass_rate)
    if max_age_days is not None and max_age_days < 1:
        raise Unacceptable("The age is a number of days from 1.", field="max_age_days")
    if not 1 <= least_cases <= 100_000:
        raise Unacceptable("At least one case.", field="least_cases")
    named = sorted(set(providers))
    kinds = dict(Provider.objects.filter(name__in=named).values_list("name", "kind"))
    for name in named:
        if name not in kinds:
            raise Unacceptable(f"There is no provider {name!r}.", field="providers")
        if kinds[name] == Provider.Kind.RECORDED and not allows_recorded:
            raise Unacceptable(
                f"{name} gives recorded answers; allow those first, if they are to count.", field="providers"
            )
    digest = current_digests([suite.pk])[suite.pk]
    return SuiteDemands(f"{rate:.4f}", max_age_days, least_cases, named, bool(allows_recorded), digest)


def write_suite(
    actor: Actor,
    gate: GatePolicy,
    suite: Suite,
    prompt: Prompt | None,
    asked: SuiteDemands,
    more: dict[str, Any] | None = None,
    *,
    pins: bool,
    reason: str = "",
) -> GateSuite:
    """Writes checked demands on a suite; nothing where they are in force already. Part of a verb.

    ``pins``: the cases, and the providers that are named, are taken in as they are now; whoever only raises
    a demand alone takes in neither.
    """
    bound = bound_suite(gate, suite, prompt)
    same = bound is not None and SuiteDemands.of(bound) == asked
    if bound is not None and same and not (pins and moved_providers([bound]).get(bound.pk)):
        return bound
    if bound is None or pins:
        bound = bound or GateSuite(policy=gate, prompt=prompt, suite=suite)
        bound.cases_digest, bound.pinned_at = asked.cases_digest, timezone.now()
    bound.least_pass_rate, bound.max_age_days = Decimal(asked.least_pass_rate), asked.max_age_days
    bound.least_cases, bound.providers = asked.least_cases, asked.providers
    bound.allows_recorded = asked.allows_recorded
    bound.save()
    _grow(gate)
    named = {"suite": suite.name, "prompt": prompt.name if prompt else ""}
    payload = {**named, **asked.as_dict(), "version": gate.version, **(more or {})}
    note(actor, GATE_SUITE_SET, gate, payload, reason)
    return bound


@verb
def take_in_cases(*, actor: Actor, gate_suite_id: int, reason: str) -> GateSuite:
    """The gate names the suite's cases as they are now, all else as it is, for who may set it alone."""
    GatePolicyRules(actor).require("set_alone")
    bound = locked_suite(gate_suite_id)
    asked = replace(SuiteDemands.of(bound), cases_digest=current_digests([bound.suite_id])[bound.suite_id])
    return write_suite(actor, bound.policy, bound.suite, bound.prompt, asked, pins=True, reason=told(reason))


@verb
def remove_gate_suite(*, actor: Actor, gate_suite_id: int, reason: str) -> GatePolicy:
    """The gate no longer asks about the suite: for the shell and an administrator who is alone."""
    GatePolicyRules(actor).require("set_alone")
    return unbind(actor, locked_suite(gate_suite_id), reason=told(reason))


def unbind(
    actor: Actor, bound: GateSuite, more: dict[str, Any] | None = None, *, reason: str = ""
) -> GatePolicy:
    """Takes a suite from its gate. Part of a verb."""
    gate = bound.policy
    payload = {"suite": bound.suite.name, "prompt": bound.prompt.name if bound.prompt else ""}
    bound.delete()
    _grow(gate)
    note(actor, GATE_SUITE_REMOVED, gate, {**payload, "version": gate.version, **(more or {})}, reason)
    return gate


def locked_suite(gate_suite_id: int) -> GateSuite:
    """The row with its gate, both locked; raises ``NotThere``."""
    rows = GateSuite.objects.select_related("policy__environment", "suite", "prompt")
    bound = rows.select_for_update(of=("self", "policy")).filter(pk=gate_suite_id).first()
    if bound is None:
        raise NotThere("The gate does not ask about this suite.")
    return bound


def bound_suite(gate: GatePolicy, suite: Suite, prompt: Prompt | None) -> GateSuite | None:
    """The row that binds the suite, locked."""
    rows = GateSuite.objects.select_for_update(of=("self",))
    return rows.filter(policy=gate, prompt=prompt, suite=suite).first()


def locked_gate(where: Environment, prompt: Prompt | None, risk_tier: str) -> GatePolicy:
    """The gate that covers the prompt, or that of the tier; raises ``Conflict`` where there is none."""
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
    except (ArithmeticError, TypeError, ValueError) as error:
        raise Unacceptable(f"{str(given)[:40]!r} is no number.", field="least_pass_rate") from error
    if not rate.is_finite() or not 0 <= rate <= 1:
        raise Unacceptable("A pass rate is a number from 0 to 1.", field="least_pass_rate")
    return rate.quantize(Decimal("0.0001"))


def _grow(gate: GatePolicy) -> None:
    gate.version += 1
    gate.save()


def note(actor: Actor, event: EventKind, gate: GatePolicy, payload: dict[str, Any], reason: str = "") -> None:
    """The entry of a change."""
    record(event=event, actor=actor, subject_type="gate", subject=gate.name, reason=reason, payload=payload)
