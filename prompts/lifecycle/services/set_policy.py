"""Set an approval policy."""

from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Unacceptable
from audits.identity.policies import ConfigurationPolicy
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.lifecycle.events import POLICY_SET
from prompts.lifecycle.models import ApprovalPolicy
from prompts.lifecycle.seats import parse_seats
from prompts.registry.models import Collection, RiskTier

SYNTHETIC = "synthetic"
LOAD = "load"
"""The one collection that the policy without a seat can be set on: bulk data for measurements."""
LONGEST_DAYS = 3650


@verb
def set_policy(
    *,
    actor: Actor,
    name: str,
    seats: list[dict[str, Any]],
    validity_days: int,
    risk_tier: str = "",
    collection: Collection | None = None,
) -> ApprovalPolicy:
    """Creates or changes the policy of that name; every change gives it a new version.

    Open requests keep the seats they were opened under; a stricter policy also holds for them at the gate.
    Raises ``Unacceptable`` for seats without a person and ``Conflict`` where another policy covers the place.
    """
    ConfigurationPolicy(actor).require("configure")
    wanted = [seat.as_dict() for seat in parse_seats(seats)]
    if not name.strip() or len(name) > 80 or name == SYNTHETIC:
        raise Unacceptable("A policy has a name of its own, of at most 80 characters.", field="name")
    if not wanted:
        raise Unacceptable("At least one person must sign.", field="seats")
    if not 1 <= validity_days <= LONGEST_DAYS:
        raise Unacceptable(f"An approval holds for 1 to {LONGEST_DAYS} days.", field="validity_days")
    if risk_tier not in {"", *RiskTier.values}:
        raise Unacceptable(f"There is no risk tier {risk_tier!r}.", field="risk_tier")
    values = {
        "seats": wanted,
        "validity_days": validity_days,
        "risk_tier": risk_tier,
        "collection": collection,
    }
    return _store(actor, name, values)


@verb
def set_synthetic_policy(*, actor: Actor, collection: Collection) -> ApprovalPolicy:
    """Lets bulk data of measurements through without a signature, on the collection ``load`` only."""
    ConfigurationPolicy(actor).require("configure")
    if collection.slug != LOAD:
        raise Unacceptable(f"Only {LOAD} can be under the policy {SYNTHETIC}.", field="collection")
    values = {"seats": [], "validity_days": LONGEST_DAYS, "risk_tier": "", "collection": collection}
    return _store(actor, SYNTHETIC, {**values, "is_synthetic": True})


def _store(actor: Actor, name: str, values: dict[str, Any]) -> ApprovalPolicy:
    place = ApprovalPolicy.objects.filter(risk_tier=values["risk_tier"], collection=values["collection"])
    if taken := place.exclude(name=name).first():
        raise Conflict(f"The policy {taken.name} covers this already.", field="risk_tier")
    policy = ApprovalPolicy.objects.select_for_update().filter(name=name).first()
    if policy is None:
        policy = ApprovalPolicy(name=name, **values)
    elif all(getattr(policy, key) == value for key, value in values.items()):
        return policy
    else:
        for key, value in values.items():
            setattr(policy, key, value)
        policy.version += 1
    policy.save()
    payload = {
        "version": policy.version,
        "seats": policy.seats,
        "validity_days": policy.validity_days,
        "risk_tier": policy.risk_tier,
        "collection": policy.collection.slug if policy.collection else "",
    }
    record(event=POLICY_SET, actor=actor, subject_type="policy", subject=name, payload=payload)
    return policy
