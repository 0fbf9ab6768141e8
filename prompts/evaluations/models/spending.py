"""What answers cost, added up as they come."""

from decimal import Decimal

from django.db import models

from prompts.evaluations.models.provider import Provider
from prompts.evaluations.querysets import SpendingQuerySet
from prompts.registry.models import Prompt


class Spending(models.Model):
    """What one provider was paid for one prompt in one month, in USD; ``month`` is its first day, in UTC.

    ``answers`` counts those of known cost. The results are the truth: this is their sum, kept so that neither
    a budget nor a page has to add up millions of them.
    """

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="spendings")
    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="spendings")
    month = models.DateField()
    cost = models.DecimalField(max_digits=16, decimal_places=8, default=Decimal(0))
    answers = models.PositiveIntegerField(default=0)

    objects = SpendingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "month", "prompt"], name="evaluations_spending_once"),
        ]
        indexes = [models.Index(fields=["-month"], name="evaluations_spending_month")]

    def __str__(self) -> str:
        return f"{self.provider} {self.month:%Y-%m}"
