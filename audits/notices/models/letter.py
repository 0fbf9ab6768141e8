"""E-mails: what goes out, how often it was tried, what came of it."""

import uuid

from django.conf import settings
from django.db import models


class Letter(models.Model):
    """One e-mail to one person. Its words are made when it is sent, of notices that he may still see then.

    ``key`` is ``digest/2026-03-03`` or ``now/<event>``: one of each to a person, by a constraint. ``uuid`` is
    in the Message-ID, which stays the same however often it is tried. A try is counted before it is made,
    together with the moment of the next: whoever is killed in between leaves a row that is due again.
    """

    class State(models.TextChoices):
        """``EMPTY``: when it was to be sent, nothing in it was unread and still to be seen."""

        QUEUED = "queued", "Queued"
        SENT = "sent", "Sent"
        EMPTY = "empty", "Nothing to say"
        FAILED = "failed", "Failed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letters")
    key = models.CharField(max_length=60)
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    fault = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notices_letter_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sent", "empty", "failed"]),
                name="notices_letter_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=models.Q(state="queued"), name="notices_letter_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} to {self.user}"
