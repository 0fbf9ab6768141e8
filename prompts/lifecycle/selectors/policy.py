"""Which approval policy is in force for a prompt."""

from dataclasses import dataclass

from prompts.lifecycle.approvals import Terms
from prompts.lifecycle.models import ApprovalPolicy
from prompts.lifecycle.seats import parse_seats
from prompts.registry.models import Prompt


@dataclass(frozen=True, slots=True)
class PolicyIndex:
    """All policies, read once, so that many prompts can be asked about."""

    rows: dict[tuple[int | None, str], ApprovalPolicy]

    def of(self, prompt: Prompt) -> ApprovalPolicy | None:
        """The collection's policy before the general one, and that of the tier before that of all tiers."""
        for collection in (prompt.collection_id, None):
            for tier in (prompt.risk_tier, ""):
                if found := self.rows.get((collection, tier)):
                    return found
        return None


def policy_index() -> PolicyIndex:
    """One query, whatever is asked later."""
    return PolicyIndex({(row.collection_id, row.risk_tier): row for row in ApprovalPolicy.objects.all()})


def policy_for(prompt: Prompt) -> ApprovalPolicy | None:
    """The policy in force for the prompt, or None."""
    return policy_index().of(prompt)


def terms_of(policy: ApprovalPolicy) -> Terms:
    """What the policy asks now."""
    return Terms(policy.label, parse_seats(policy.seats), policy.validity_days)
