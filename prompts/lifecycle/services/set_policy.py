"""Set an approval policy: directly at set-up, later by what a second person confirmed (propose_policy)."""

from typing import Any

from audits.identity.actors import Actor
from audits.identity.errors import Conflict, Refused, Unacceptable
from audits.identity.models import RequiredForm
from audits.identity.policies import ConfigurationPolicy
from audits.identity.services.roles import second_people
from audits.identity.verbs import verb
from audits.ledger.services import record
from prompts.lifecycle.demands import LONGEST_DAYS, Demands, parse_demands
from prompts.lifecycle.events import POLICY_SET
from prompts.lifecycle.meanings import PASSWORD
from prompts.lifecycle.models import ApprovalPolicy
from prompts.registry.models import Collection, RiskTier
from prompts.registry.texts import check_text

SYNTHETIC = "synthetic"
LOAD = "load"
"""The one collection that the policy without a seat can be set on: bulk data for measurements."""


@verb
def set_policy(
    *,
    actor: Actor,
    name: str,
    seats: list[dict[str, Any]],
    validity_days: int,
    waiting_hours: int = 0,
    authentication: str = PASSWORD,
    forms: tuple[str, ...] | list[str] = (),
    risk_tier: str = "",
    collection: Collection | None = None,
) -> ApprovalPolicy:
    """Creates or changes the policy of that name; every change gives it a new version.

    For the shell and the set-up, who prepare a house before its people are there, and for an administrator
    who is alone; others propose (``propose_policy``) and raise ``Refused`` here. Open requests keep the
    seats they were opened under; a stricter policy also holds for them at the gate. Raises ``Unacceptable``
    for demands without a person and ``Conflict`` where another policy covers the place.
    """
    ConfigurationPolicy(actor).require("configure")
    if needs_second(actor):
        raise Refused("A policy takes two people: propose the change, and somebody else confirms it.")
    told = {"waiting_hours": waiting_hours, "authentication": authentication, "forms": forms}
    asked = parse_demands({"seats": seats, "validity_days": validity_days, **told})
    check_place(name, risk_tier, collection)
    check_forms(asked)
    return store(actor, name, values_of(asked, risk_tier, collection))


@verb
def set_synthetic_policy(*, actor: Actor, collection: Collection) -> ApprovalPolicy:
    """Lets bulk data of measurements through without a signature, on the collection ``load`` only."""
    ConfigurationPolicy(actor).require("configure")
    if collection.slug != LOAD:
        raise Unacceptable(f"Only {LOAD} can be under the policy {SYNTHETIC}.", field="collection")
    values = values_of(Demands((), LONGEST_DAYS), "", collection)
    return store(actor, SYNTHETIC, {**values, "is_synthetic": True})


def needs_second(actor: Actor) -> bool:
    """Whether a second person has to say yes: always where there is one, except for the shell and set-up."""
    return actor.user is not None and second_people(actor, actor.user).exists()


def check_place(name: str, risk_tier: str, collection: Collection | None) -> None:
    """Raises ``Unacceptable`` for a name or tier that cannot be, ``Conflict`` for a place that is covered."""
    if not name.strip() or len(name) > 80 or name == SYNTHETIC:
        raise Unacceptable("A policy has a name of its own, of at most 80 characters.", field="name")
    check_text(name, "name")
    if risk_tier not in {"", *RiskTier.values}:
        raise Unacceptable(f"There is no risk tier {risk_tier!r}.", field="risk_tier")
    if collection is not None and collection.slug == LOAD:
        raise Unacceptable(f"{LOAD} holds bulk data of measurements.", field="collection")
    place = ApprovalPolicy.objects.filter(risk_tier=risk_tier, collection=collection)
    if taken := place.exclude(name=name).first():
        raise Conflict(f"The policy {taken.name} covers this already.", field="risk_tier")


def check_forms(asked: Demands) -> None:
    """Raises ``Unacceptable`` for a form that does not exist."""
    there = set(RequiredForm.objects.filter(slug__in=asked.forms).values_list("slug", flat=True))
    if missing := [name for name in asked.forms if name not in there]:
        raise Unacceptable(f"There is no form {missing[0]!r}.", field="forms")


def values_of(asked: Demands, risk_tier: str, collection: Collection | None) -> dict[str, Any]:
    """The columns of a policy."""
    return {**asked.as_dict(), "risk_tier": risk_tier, "collection": collection}


def store(actor: Actor, name: str, values: dict[str, Any], **more: Any) -> ApprovalPolicy:
    """Writes the policy and its entry, which ``more`` is told in as well. Part of a verb."""
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
    payload = {**told_of(policy), **more}
    record(event=POLICY_SET, actor=actor, subject_type="policy", subject=name, payload=payload)
    return policy


def told_of(policy: ApprovalPolicy) -> dict[str, Any]:
    """What the ledger keeps of a policy; verification compares the row with it."""
    return {
        "version": policy.version,
        **policy.demands.as_dict(),
        "risk_tier": policy.risk_tier,
        "collection": policy.collection.slug if policy.collection else "",
    }
