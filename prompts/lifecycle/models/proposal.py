"""What one person wants an approval policy to become, until a second one says yes or no."""

from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.lifecycle.demands import Demands, parse_demands
from prompts.lifecycle.models.policy import ApprovalPolicy
from prompts.registry.models import Collection, RiskTier


class PolicyProposal(Recorded):
    """``policy`` is None for a new one; ``base_version`` is the version that the proposer looked at.

    ``demands_proposed`` is the stored form of ``demands`` (demands.py). Once decided, a row stays as it is.
    """

    class State(models.TextChoices):
        OPEN = "open", "Waits"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"

    policy = models.ForeignKey(
        ApprovalPolicy, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    name = models.CharField(max_length=80)
    risk_tier = models.CharField(max_length=10, choices=RiskTier.choices, blank=True)
    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    demands_proposed = models.JSONField()
    base_version = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    proposed_by = models.CharField(max_length=255)
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.CharField(max_length=255, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(state="open"), name="lifecycle_one_open_policy_proposal"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", decided_by="")
                | models.Q(state__in=["confirmed", "refused"]) & ~models.Q(decided_by=""),
                name="lifecycle_policy_proposal_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def demands(self) -> Demands:
        """What is proposed, typed."""
        return parse_demands(self.demands_proposed)

    @property
    def as_policy(self) -> ApprovalPolicy:
        """The policy as it would be; never saved."""
        return ApprovalPolicy(
            pk=self.policy_id,
            name=self.name,
            risk_tier=self.risk_tier,
            collection=self.collection,
            version=self.base_version + 1,
            **self.demands.as_dict(),
        )
