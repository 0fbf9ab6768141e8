"""A release that is to happen at a moment."""

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.registry.models import Environment, Prompt, Version
from prompts.releases.models.release import Release


class ScheduledRelease(Recorded):
    """Somebody wants the version live at ``due_at``; the gate is asked then, in that person's name.

    ``zone`` is the time zone (IANA) in which the moment was told. Claimed by compare-and-set on ``state``
    inside the transaction of the switch: a worker that is killed leaves it waiting.
    """

    class State(models.TextChoices):
        """How it stands."""

        WAITING = "waiting", "Waiting"
        RELEASED = "released", "Released"
        STOPPED = "stopped", "Did not happen"
        CANCELLED = "cancelled", "Cancelled"

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="scheduled_releases")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="scheduled_releases")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="scheduled_releases")
    due_at = models.DateTimeField()
    zone = models.CharField(max_length=60, default="UTC")
    reason = models.TextField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scheduled_releases"
    )
    scheduled_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=255, blank=True)
    outcome = models.TextField(blank=True)
    release = models.OneToOneField(
        Release, on_delete=models.PROTECT, null=True, blank=True, related_name="schedule"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "environment"],
                condition=models.Q(state="waiting"),
                name="releases_one_waiting_schedule",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "released", "stopped", "cancelled"]),
                name="releases_schedule_state_known",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="releases_schedule_due")]

    def __str__(self) -> str:
        return f"{self.prompt.name}@{self.version.number} to {self.environment.slug}"
