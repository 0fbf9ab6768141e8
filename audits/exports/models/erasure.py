"""That the content of entries be erased: one person asks, another one decides."""

from django.db import models
from django.db.models import Q

from audits.adminkit.querysets import Recorded


class ErasureProposal(Recorded):
    """Open until somebody else says yes or no. ``positions`` is a list of whole numbers."""

    class State(models.TextChoices):
        OPEN = "open", "waits"
        DONE = "done", "erased"
        REFUSED = "refused", "refused"

    positions = models.JSONField()
    reason = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    proposed_by = models.CharField(max_length=255)
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.CharField(max_length=255, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-id"], condition=Q(state="open"), name="exports_erasure_open"),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
