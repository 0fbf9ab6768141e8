"""What somebody is told in the portal."""

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """One event told to one person, once. What it is about is text, as in the ledger: nothing points upward.

    ``subject`` is the prompt's name, by which a page asks whether the person may still see it; ``address``
    is the page that a press on the notice opens.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    event = models.UUIDField()
    kind = models.CharField(max_length=100)
    words = models.CharField(max_length=600)
    subject = models.CharField(max_length=400)
    address = models.CharField(max_length=500)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="notices_once_per_event")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notices_inbox"),
            models.Index(fields=["user"], condition=models.Q(read_at__isnull=True), name="notices_unread"),
        ]

    def __str__(self) -> str:
        return self.words


class Told(models.Model):
    """One row: up to which position of the ledger people were told."""

    position = models.BigIntegerField(default=-1)

    class Meta:
        verbose_name_plural = "told"

    def __str__(self) -> str:
        return f"told up to {self.position}"
