"""An export that a worker makes while its person does something else."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone

from audits.adminkit.querysets import Recorded
from audits.ledger.models import Checkpoint, Event

PACK = "evidence"


def exports_folder() -> Path:
    """Where files of exports lie; web servers and workers must share it."""
    return Path(settings.DATA_DIR) / "exports"


class Export(Recorded):
    """One file, whole or not there. The row is the truth, the broker only wakes workers.

    ``format`` is one of the trail's or ``evidence``; ``asked`` what was asked for (a ``TrailFilter`` or a
    ``PackAsk``). ``noted`` is its entry, ``checkpoint`` the signed tree that it is made of: by both a later
    try makes the same file. A worker owns the row while ``claim`` is its own and ``lease_until`` has not
    passed; ``entries``, ``position`` and ``offset`` say how far it is. ``digest`` is the file's SHA-256.
    """

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued", "Queued"
        RUNNING = "running", "Being made"
        DONE = "done", "Ready"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "Expired"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    format = models.CharField(max_length=10)
    asked = models.JSONField(default=dict)
    subject = models.CharField(max_length=400)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exports"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    noted = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    claim = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    entries = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True, blank=True)
    position = models.PositiveBigIntegerField(default=0)
    offset = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "running", "done", "failed", "cancelled", "expired"]),
                name="exports_export_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["requested_by", "-id"], name="exports_export_mine"),
            models.Index(fields=["state", "lease_until"], name="exports_export_lease"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.state not in {self.State.QUEUED, self.State.RUNNING}

    @property
    def is_pack(self) -> bool:
        """Whether it is an evidence pack and not a part of the trail."""
        return self.format == PACK

    @property
    def path(self) -> Path:
        """Where the finished file lies."""
        return exports_folder() / f"{self.uuid}.file"

    @property
    def draft(self) -> Path:
        """Where it is being written; its neighbours of the same beginning are a worker's as well."""
        return exports_folder() / f"{self.uuid}.part"
