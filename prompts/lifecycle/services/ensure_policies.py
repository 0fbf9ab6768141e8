"""The approval policies that a new portal starts with."""

from audits.identity.actors import Actor
from audits.identity.policies import ConfigurationPolicy
from audits.identity.roles import DOMAIN_EXPERT, ETHICS_OFFICER, STEWARD
from audits.identity.verbs import verb
from prompts.lifecycle.models import ApprovalPolicy
from prompts.lifecycle.services.set_policy import set_policy
from prompts.registry.models import RiskTier

DEFAULTS = (
    ("high risk", RiskTier.HIGH, ((DOMAIN_EXPERT, 1), (ETHICS_OFFICER, 1)), 180),
    ("limited risk", RiskTier.LIMITED, ((STEWARD, 1),), 365),
    ("minimal risk", RiskTier.MINIMAL, ((STEWARD, 1),), 730),
)
"""Name, tier, seats, and the days that an approval holds."""


@verb
def ensure_default_policies(*, actor: Actor) -> list[ApprovalPolicy]:
    """Makes the policies of tiers that have none; those that people changed stay. Returns the new ones."""
    ConfigurationPolicy(actor).require("configure")
    covered = set(ApprovalPolicy.objects.filter(collection__isnull=True).values_list("risk_tier", flat=True))
    return [
        set_policy(
            actor=actor,
            name=name,
            risk_tier=str(tier),
            seats=[{"role": role, "count": count} for role, count in seats],
            validity_days=days,
        )
        for name, tier, seats, days in DEFAULTS
        if tier not in covered
    ]
