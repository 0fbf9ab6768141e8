"""What an environment asks of a version."""

from django.db import models

from audits.adminkit.history import GovernedHistory
from prompts.registry.models import Environment, Prompt, RiskTier


class GatePolicy(models.Model):
    """What must hold before a version is released to an environment, for one risk tier or (empty) for all.

    ``requires_documentation`` lists field names of the prompt; ``requires_standard``: all that its tier's
    standard asks. ``requires_runs``: the suites that gates further up will ask about must have run on this
    text, with any outcome.
    """

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="gate_policies")
    risk_tier = models.CharField(max_length=10, choices=RiskTier.choices, blank=True)
    requires_approval = models.BooleanField(default=True)
    requires_runs = models.BooleanField(default=False)
    requires_documentation = models.JSONField(default=list, blank=True)
    requires_standard = models.BooleanField(
        default=False, help_text="The documentation must be complete by the standard of the prompt's tier."
    )
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


class GateSuite(models.Model):
    """A suite that must have passed on the very text: for every prompt under the policy, or for one prompt.

    The newest finished run counts. ``least_pass_rate`` is 0…1; a run older than ``max_age_days`` is too old.
    """

    policy = models.ForeignKey(GatePolicy, on_delete=models.PROTECT, related_name="suites")
    prompt = models.ForeignKey(
        Prompt, on_delete=models.PROTECT, null=True, blank=True, related_name="gate_suites"
    )
    suite = models.ForeignKey("evaluations.Suite", on_delete=models.PROTECT, related_name="gates")
    least_pass_rate = models.DecimalField(max_digits=5, decimal_places=4, default=1)
    max_age_days = models.PositiveIntegerField(null=True, blank=True)

    history = GovernedHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "suite"],
                condition=models.Q(prompt__isnull=True),
                name="releases_gate_suite_once_for_all",
            ),
            models.UniqueConstraint(
                fields=["policy", "prompt", "suite"], name="releases_gate_suite_once_per_prompt"
            ),
            models.CheckConstraint(
                condition=models.Q(least_pass_rate__gte=0, least_pass_rate__lte=1),
                name="releases_gate_suite_rate_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.suite} at {self.policy.name}"
