"""That the log was verified, how far one has come, and what is wrong with the log right now."""

import uuid

from django.db import models
from django.db.models import Q


class Verification(models.Model):
    """One verification of the whole log; ``ok`` is None while it has not come to its end.

    ``size``, ``edge`` and ``seal`` are how far it has come (``audits/ledger/progress.py``). The proof that a
    verification was made is its event in the log; this row is what pages and schedulers read.
    """

    by = models.CharField(max_length=255)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lost = models.PositiveIntegerField(default=0, help_text="How often its process vanished since it got on.")
    ok = models.BooleanField(null=True)
    entries = models.BigIntegerField(default=0)
    root = models.CharField(max_length=64, blank=True)
    first_bad = models.TextField(blank=True)
    position = models.BigIntegerField(null=True, blank=True)
    seconds = models.FloatField(default=0)
    resumed_at = models.BigIntegerField(
        default=0, help_text="Entries before it were read by an earlier part."
    )
    size = models.BigIntegerField(default=0)
    edge = models.JSONField(default=list)
    seal = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["by", "-id"], name="ledger_verification_by")]

    def __str__(self) -> str:
        return f"verification {self.pk} by {self.by}"


class Sink(models.Model):
    """A place outside to which checkpoints go: up to which one it has them, and what went wrong last."""

    name = models.CharField(max_length=20, unique=True)
    checkpoint = models.BigIntegerField(default=0)
    taken_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.name


class Alarm(models.Model):
    """Something about the log that somebody must look at; one of a kind at a time, until it has ended.

    Told from this row and not from the log, which may be the very thing that stands still. ``event`` is its
    entry in the log, ``told_at`` when people were told.
    """

    class Kind(models.TextChoices):
        UNSOUND = "unsound", "The audit trail does not verify"
        UNVERIFIED = "unverified", "The audit trail could not be verified"
        STANDING = "standing", "New entries are not signed"
        ROLLED_BACK = "rolled-back", "The database is older than a signed checkpoint"
        CALLS_DIFFER = "calls-differ", "Model calls are not those of which the audit trail tells"
        CALLS_UNREAD = "calls-unread", "Model calls could not be compared with the audit trail"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    reason = models.TextField()
    noted = models.BooleanField(default=False)
    event = models.UUIDField(default=uuid.uuid4)
    raised_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(ended_at__isnull=True), name="ledger_one_open_alarm"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """In words."""
        return str(self.get_kind_display())
