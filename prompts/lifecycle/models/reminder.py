"""People were reminded of a request, or of an approval that ends."""

from django.conf import settings
from django.db import models

from audits.ledger.querysets import AppendOnlyQuerySet
from prompts.lifecycle.models.request import ApprovalRequest


class Reminder(models.Model):
    """One reminder. Those of an end are given once per request; ``by`` is empty for the portal's own."""

    class About(models.TextChoices):
        """Why."""

        ASKED = "asked", "Somebody asked for it"
        WAITING = "waiting", "The request lies"
        ENDS_30 = "ends_30", "The approval ends within 30 days"
        ENDS_7 = "ends_7", "The approval ends within 7 days"
        ENDS_1 = "ends_1", "The approval ends within a day"

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="reminders")
    about = models.CharField(max_length=10, choices=About.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_name = models.CharField(max_length=255)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "about"],
                condition=~models.Q(about__in=["asked", "waiting"]),
                name="lifecycle_reminded_of_the_end_once",
            ),
            models.CheckConstraint(
                condition=models.Q(about__in=["asked", "waiting", "ends_30", "ends_7", "ends_1"]),
                name="lifecycle_reminder_about_known",
            ),
        ]
        indexes = [models.Index(fields=["request", "-at"], name="lifecycle_reminder_newest")]

    def __str__(self) -> str:
        return f"reminder of {self.request}"
