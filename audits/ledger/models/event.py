"""One thing that happened, written in the transaction of the act itself."""

import uuid

from django.db import models

from audits.ledger.querysets import AppendOnlyQuerySet


class Event(models.Model):
    """An act as text: no foreign key leads up, so nothing that is deleted above can change it here.

    ``body`` holds the exact canonical bytes that are hashed into the tree; the other columns repeat it
    for searching. ``payload`` may be erased on request: ``body`` only carries a salted commitment to it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recorded_at = models.DateTimeField()
    event = models.CharField(max_length=100)
    actor_type = models.CharField(max_length=20)
    actor = models.CharField(max_length=255)
    role = models.CharField(max_length=255, blank=True)
    address = models.CharField(max_length=64, blank=True)
    subject_type = models.CharField(max_length=60)
    subject = models.CharField(max_length=400)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    payload = models.TextField(null=True)  # noqa: DJ001  null means erased, empty would be a value
    salt = models.CharField(max_length=64, null=True)  # noqa: DJ001  goes with the payload
    commitment = models.CharField(max_length=64)
    body = models.TextField()

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject", "-id"], name="ledger_event_subject"),
            models.Index(fields=["actor", "-id"], name="ledger_event_actor"),
            models.Index(fields=["event", "-id"], name="ledger_event_kind"),
            models.Index(fields=["recorded_at"], name="ledger_event_time"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self.pk is not None:
            raise AppendOnlyQuerySet.Refused("An event is never changed.")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise AppendOnlyQuerySet.Refused("An event is never deleted.")
