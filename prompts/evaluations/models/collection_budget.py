"""The most that the prompts of a collection may cost in a month."""

from django.db import models

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded
from prompts.registry.models import Collection


class CollectionBudget(Recorded):
    """``month_budget`` in USD, for evaluations of all prompts of the collection; empty where none is kept."""

    collection = models.OneToOneField(Collection, on_delete=models.PROTECT, related_name="evaluation_budget")
    month_budget = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    history = GovernedHistory()

    class Meta:
        ordering = ["collection__slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(month_budget__isnull=True) | models.Q(month_budget__gt=0),
                name="evaluations_collection_budget_range",
            ),
        ]

    def __str__(self) -> str:
        return f"budget of {self.collection}"
