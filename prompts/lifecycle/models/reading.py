"""What a person has opened before deciding, and how long the page was before that person."""

from django.conf import settings
from django.db import models

from prompts.lifecycle.models.request import ApprovalRequest


class Reading(models.Model):
    """One person opened one thing of a request, first and last at these moments.

    ``what`` tells which one it was: of a difference the digest that was compared with, of a failure the key
    of the result, of the page nothing. ``seconds`` is the time on the page as the server measured it, from
    sign to sign of life, each step bounded (readings.py); other kinds leave it 0.
    """

    class Kind(models.TextChoices):
        """What can be opened."""

        PAGE = "page", "The page"
        DIFF = "diff", "What changed"
        FAILURE = "failure", "A failure"

    request = models.ForeignKey(ApprovalRequest, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    what = models.CharField(max_length=80, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "user", "kind", "what"], name="lifecycle_reading_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["page", "diff", "failure"]), name="lifecycle_reading_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(last_at__gte=models.F("first_at")), name="lifecycle_reading_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display().lower()} of {self.request}"
