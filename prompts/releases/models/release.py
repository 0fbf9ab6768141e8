"""Which version is served where, and who asked for it."""

from django.conf import settings
from django.db import models

from audits.adminkit.querysets import Recorded
from prompts.registry.models import Environment, Prompt, Version


class Release(Recorded):
    """One version in one environment. Live, superseded or withdrawn: all else derives from these rows.

    ``verdict`` is the gate's verdict at the switch (gates.py), shut for an emergency and for an ``inherited``
    text, which must be recertified by ``recertify_by``; ``replaced`` is the version that was live before.
    """

    class State(models.TextChoices):
        """How the row stands."""

        LIVE = "live", "Live"
        SUPERSEDED = "superseded", "Superseded"
        WITHDRAWN = "withdrawn", "Withdrawn"

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="releases")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="releases")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="releases")
    state = models.CharField(max_length=12, choices=State.choices, default=State.LIVE)
    replaced = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_rollback = models.BooleanField(default=False)
    inherited = models.BooleanField(default=False)
    recertify_by = models.DateTimeField(null=True, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True)
    is_emergency = models.BooleanField(default=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    released_by_name = models.CharField(max_length=255)
    reason = models.TextField()
    released_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = models.CharField(max_length=255, blank=True)
    verdict = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["prompt", "environment"], condition=models.Q(state="live"), name="releases_one_live"
            ),
            models.CheckConstraint(
                condition=models.Q(state="live", ended_at__isnull=True)
                | models.Q(state__in=["superseded", "withdrawn"], ended_at__isnull=False),
                name="releases_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(inherited=False) | models.Q(recertify_by__isnull=False),
                name="releases_inherited_has_a_date",
            ),
        ]
        indexes = [
            models.Index(fields=["prompt", "environment", "-id"], name="releases_pointer"),
            models.Index(fields=["-released_at"], name="releases_recent"),
            models.Index(
                fields=["recertify_by"], condition=models.Q(inherited=True), name="releases_inherited"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prompt.name}@{self.version.number} to {self.environment.slug}"

    @property
    def is_provisional(self) -> bool:
        """Whether no gate let it through: the same text may follow in order."""
        return self.inherited or self.is_emergency


class ReleaseRequest(Recorded):
    """Somebody asked for a release; ``stopped`` rows keep the verdict of a shut gate."""

    class State(models.TextChoices):
        """How the request stands."""

        OPEN = "open", "Open"
        RELEASED = "released", "Released"
        STOPPED = "stopped", "Stopped by the gate"
        WITHDRAWN = "withdrawn", "Withdrawn"

    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="release_requests")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="release_requests")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="release_requests")
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    verdict = models.JSONField(default=dict)
    reason = models.TextField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_by_name = models.CharField(max_length=255)
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    release = models.OneToOneField(
        Release, on_delete=models.PROTECT, null=True, blank=True, related_name="release_request"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "environment"],
                condition=models.Q(state="open"),
                name="releases_one_open_request",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "released", "stopped", "withdrawn"]),
                name="releases_request_state_known",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-asked_at"], name="releases_request_state"),
            models.Index(fields=["prompt", "-id"], name="releases_request_prompt"),
        ]

    def __str__(self) -> str:
        return f"{self.prompt.name}@{self.version.number} to {self.environment.slug}"
