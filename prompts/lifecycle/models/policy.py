"""Who must sign."""

from django.db import models

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded
from prompts.lifecycle.demands import Demands
from prompts.lifecycle.meanings import PASSWORD
from prompts.lifecycle.seats import parse_seats
from prompts.registry.models import Collection, RiskTier


class ApprovalPolicy(Recorded):
    """How many people of which role must sign for a risk tier, a collection, or both; empty means all.

    ``seats`` is a list of seats in steps (seats.py), ``authentication`` what signers must prove at signing
    (meanings.ACCEPTED), ``forms`` names of forms that they must have signed. ``version`` grows with every
    change, and a request keeps the demands it was opened under. ``is_synthetic`` marks the one policy
    without a seat. Rows change by a proposal that a second person confirmed.
    """

    name = models.CharField(max_length=80, unique=True)
    risk_tier = models.CharField(max_length=10, choices=RiskTier.choices, blank=True)
    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, null=True, blank=True, related_name="approval_policies"
    )
    seats = models.JSONField(default=list)
    validity_days = models.PositiveIntegerField(
        help_text="Days from the last signature until the approval expires."
    )
    waiting_hours = models.PositiveIntegerField(
        default=0, help_text="Hours that pass at least between submission and the approval."
    )
    authentication = models.CharField(max_length=20, default=PASSWORD)
    forms = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    is_synthetic = models.BooleanField(default=False, editable=False)

    history = GovernedHistory()

    class Meta:
        verbose_name_plural = "approval policies"
        constraints = [
            models.UniqueConstraint(
                fields=["risk_tier"],
                condition=models.Q(collection__isnull=True),
                name="lifecycle_policy_tier_once",
            ),
            models.UniqueConstraint(
                fields=["collection", "risk_tier"], name="lifecycle_policy_collection_once"
            ),
            models.CheckConstraint(
                condition=models.Q(risk_tier__in=["", *RiskTier.values]), name="lifecycle_policy_tier_known"
            ),
            models.CheckConstraint(
                condition=models.Q(is_synthetic=True, name="synthetic", collection__isnull=False)
                | models.Q(is_synthetic=False) & ~models.Q(name="synthetic"),
                name="lifecycle_only_synthetic_is_synthetic",
            ),
            models.CheckConstraint(condition=models.Q(validity_days__gt=0), name="lifecycle_policy_ends"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Name and version, as records refer to it."""
        return f"{self.name}@{self.version}"

    @property
    def place(self) -> str:
        """Which prompts it covers, in words."""
        tier = (
            f"{self.get_risk_tier_display().lower()} prompts" if self.risk_tier else "prompts of every tier"
        )
        return f"{tier} in {self.collection.slug}" if self.collection else tier

    @property
    def demands(self) -> Demands:
        """What it asks, typed."""
        return Demands(
            parse_seats(self.seats),
            self.validity_days,
            self.waiting_hours,
            self.authentication,
            tuple(self.forms),
        )
