"""What findings of the lint do, for each risk tier."""

from django.db import models

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded
from prompts.registry.models.prompt import RiskTier


class LintPolicy(Recorded):
    """``levels`` maps the code of a rule (lint/levels.py) to blocking, advisory or off.

    ``version`` grows with every change. A tier without a row has the levels of a new portal.
    """

    risk_tier = models.CharField(max_length=10, choices=RiskTier.choices, unique=True)
    levels = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = GovernedHistory()

    class Meta:
        verbose_name_plural = "lint policies"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(risk_tier__in=RiskTier.values), name="registry_lint_tier_known"
            ),
        ]

    def __str__(self) -> str:
        return f"lint of {self.get_risk_tier_display().lower()}"
