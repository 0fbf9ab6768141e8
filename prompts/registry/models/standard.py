"""What the documentation of a prompt must hold."""

from django.db import models

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded
from prompts.registry.documentation import Standard, parse_sections
from prompts.registry.models.prompt import RiskTier


class DocumentationStandard(Recorded):
    """The sections that prompts of a risk tier must fill, and how long each must at least be.

    ``sections`` is a list of ``{"name", "least"}`` (documentation.py); ``version`` grows with every change.
    """

    risk_tier = models.CharField(max_length=10, choices=RiskTier.choices, unique=True)
    sections = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = GovernedHistory()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(risk_tier__in=RiskTier.values), name="registry_standard_tier_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Documentation of prompts with {self.get_risk_tier_display().lower()}"

    @property
    def label(self) -> str:
        """Tier and version, as records refer to it."""
        return f"{self.risk_tier}@{self.version}"

    def told(self) -> Standard:
        """The standard as the rule reads it."""
        return Standard(self.label, parse_sections(self.sections))
