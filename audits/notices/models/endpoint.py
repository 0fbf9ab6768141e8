"""Where webhooks go, and each message that goes there."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from audits.adminkit.history import GovernedHistory
from audits.adminkit.querysets import Recorded

RUNTIME = ("failures", "paused_until", "busy_until")
"""Columns that the sending writes, past history: they say how things stand, not what somebody decided."""


class Endpoint(Recorded):
    """An address that is called, and for what.

    ``kinds`` are names of events, ``collections`` slugs (text, since collections live in a higher room). What
    the ``owner`` may not see is not sent. Secrets are Fernet tokens (audits/identity/sealing.py); the older
    one signs beside the new one until ``older_until``. ``busy_until`` is the lease of the worker that sends.
    """

    name = models.SlugField(max_length=80, unique=True)
    url = models.CharField("URL", max_length=500)
    kinds = models.JSONField(default=list)
    all_collections = models.BooleanField(default=False)
    collections = models.JSONField(default=list, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="webhook_endpoints"
    )
    encrypted_secret = models.TextField(editable=False)
    encrypted_older = models.TextField(blank=True, editable=False)
    older_until = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_at = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_reason = models.CharField(max_length=300, blank=True, editable=False)
    created_by = models.CharField(max_length=255, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    failures = models.PositiveIntegerField(default=0, editable=False)
    paused_until = models.DateTimeField(null=True, blank=True, editable=False)
    busy_until = models.DateTimeField(null=True, blank=True, editable=False)

    history = GovernedHistory(excluded_fields=["encrypted_secret", "encrypted_older", *RUNTIME])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_enabled(self) -> bool:
        """Whether it is called at all."""
        return self.disabled_at is None

    @property
    def is_rotating(self) -> bool:
        """Whether the older secret still signs as well."""
        return self.older_until is not None and self.older_until > timezone.now()


class Delivery(models.Model):
    """One message to one endpoint: ``kind`` is its type, ``body`` the very bytes that are signed and sent.

    ``uuid`` is the ``webhook-id``, the same at every try. ``event`` is the event it was made of, empty for a
    test; ``subject`` says for a reader what it is about. A try is counted before it is made, together with
    the moment of the next: whoever is killed in between leaves a row that is due again.
    """

    class State(models.TextChoices):
        """Sent means: the receiver answered with 2xx."""

        QUEUED = "queued", "Queued"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=100)
    event = models.UUIDField(null=True, blank=True)
    subject = models.CharField(max_length=400, blank=True)
    body = models.TextField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_answer = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="notices_delivered_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "sent", "failed"]),
                name="notices_delivery_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_attempt_at"],
                condition=models.Q(state="queued"),
                name="notices_delivery_due",
            ),
            models.Index(fields=["endpoint", "-id"], name="notices_delivery_list"),
            models.Index(fields=["finished_at"], name="notices_delivery_old"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.endpoint}"

    @property
    def message_id(self) -> str:
        """The ``webhook-id``."""
        return f"msg_{self.uuid.hex}"
