"""Which approval policy is in force for a prompt."""

from dataclasses import dataclass

from prompts.lifecycle.approvals import Terms
from prompts.lifecycle.demands import Demands
from prompts.lifecycle.models import ApprovalPolicy, ApprovalRequest
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

    def with_change(self, policy: ApprovalPolicy) -> "PolicyIndex":
        """As it would be with ``policy`` (saved or not) in place of the one of its name."""
        rows = {place: row for place, row in self.rows.items() if row.name != policy.name}
        return PolicyIndex({**rows, (policy.collection_id, policy.risk_tier): policy})


def policy_index() -> PolicyIndex:
    """One query, whatever is asked later."""
    return PolicyIndex({(row.collection_id, row.risk_tier): row for row in ApprovalPolicy.objects.all()})


def policy_for(prompt: Prompt) -> ApprovalPolicy | None:
    """The policy in force for the prompt, or None."""
    return policy_index().of(prompt)


def terms_of(policy: ApprovalPolicy) -> Terms:
    """What the policy asks now."""
    return _terms(policy.label, policy.demands)


def terms_at_opening(request: ApprovalRequest) -> Terms:
    """What was asked when the request was opened."""
    return _terms(request.policy_label, request.demands)


def _terms(label: str, asked: Demands) -> Terms:
    return Terms(label, asked.seats, asked.validity_days, asked.waiting_hours, asked.authentication)
