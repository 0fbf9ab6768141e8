"""What an environment asks of a version."""

from django.db import models

from audits.adminkit.history import GovernedHistory
from prompts.registry.models import Environment, RiskTier


class GatePolicy(models.Model):
    """What must hold before a version is released to an environment, for one risk tier or (empty) for all.

    ``requires_documentation`` lists field names of the prompt. ``requires_runs``: the suites that gates
    further up will ask about must have run on this text, with any outcome.
    """

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="gate_policies")
    risk_tier = models.CharField(max_length=10, choices=RiskTier.choices, blank=True)
    requires_approval = models.BooleanField(default=True)
    requires_runs = models.BooleanField(default=False)
    requires_documentation = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = GovernedHistory()

    class Meta:
        verbose_name_plural = "gate policies"
        constraints = [
            models.UniqueConstraint(fields=["environment", "risk_tier"], name="releases_gate_once"),
            models.CheckConstraint(
                condition=models.Q(risk_tier__in=["", *RiskTier.values]), name="releases_gate_tier_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """``production`` or ``production/high``."""
        return f"{self.environment.slug}/{self.risk_tier}" if self.risk_tier else self.environment.slug
